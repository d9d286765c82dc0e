# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words a person wrote leave kindly, or in spite of the tone guard and on record; never by accident."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from purring.core.errors import Refused
from purring.facts.journal.models import Entry
from purring.facts.messages.models import Message
from purring.followup import courtesy
from purring.followup.approvals import edit
from purring.followup.models import Reminder, State, Task
from purring.followup.own_wordings import folder_of
from purring.kit.mailsink import Sink
from purring.language.tone import Finding, Report
from tests.apps.cast import Studio

pytestmark = pytest.mark.django_db

KIND = "Dear Ane,\n\nInvoice I1 is still open. Could you have a look?\n\nKind regards\nEva"
GRAVE = "Dear Ane,\n\nPay by Friday. We know where you live.\n\nEva"


def waiting(studio: Studio) -> Reminder:
    studio.invoice(studio.customer(language="en"))
    studio.plan()
    (reminder,) = studio.reminders()
    return reminder


def edits(studio: Studio) -> list[dict[str, Any]]:
    return [entry.data for entry in Entry.objects.of(studio.organization).filter(kind="reminder.edited").order_by("id")]


def said(studio: Studio) -> list[str]:
    return [message.text for message in Message.objects.of(studio.organization).filter(direction="out")]


def test_what_may_hurt_is_refused_with_the_findings(studio: Studio) -> None:
    reminder = waiting(studio)
    with pytest.raises(Refused) as refused:
        edit(reminder, "Invoice I1", GRAVE, **studio.told)
    assert refused.value.code == "unkind"
    assert "We know where you live." in refused.value.message
    assert [one.code for one in refused.value.params["findings"]] == ["threat"]  # type: ignore[attr-defined]
    reminder.refresh_from_db()
    assert reminder.own_text == ""
    assert edits(studio) == []


def test_a_person_may_overrule_and_the_journal_says_who_and_in_spite_of_what(studio: Studio, sink: Sink) -> None:
    reminder = waiting(studio)
    edit(reminder, "Invoice I1", GRAVE, now=studio.now, actor="user:7", overrule=True)
    entry = Entry.objects.of(studio.organization).get(kind="reminder.edited")
    (code, field, start, end), *others = entry.data["overruled"]
    assert (entry.actor, entry.at, code, field, others) == ("user:7", studio.now, "threat", "text", [])
    assert GRAVE[start:end] == "We know where you live."
    studio.write(sink)
    assert said(studio) == [GRAVE]


def test_kind_words_leave_without_a_record_of_overruling(studio: Studio, sink: Sink) -> None:
    edit(waiting(studio), "Invoice I1", KIND, overrule=True, **studio.told)
    assert "overruled" not in edits(studio)[0]
    studio.write(sink)
    assert said(studio) == [KIND]


def test_an_overrule_holds_for_the_words_it_was_said_of_only(studio: Studio, sink: Sink) -> None:
    reminder = waiting(studio)
    edit(reminder, "Invoice I1", GRAVE, overrule=True, **studio.told)
    edit(reminder, "Invoice I1", KIND, **studio.told)
    assert not courtesy.overruled(reminder)
    with pytest.raises(Refused):
        edit(reminder, "Invoice I1", GRAVE, **studio.told)


def test_words_that_nobody_overruled_stay_and_a_task_says_why(
    studio: Studio, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later version of the guard may object to words that an earlier one let pass."""
    edit(waiting(studio), "Invoice I1", KIND, **studio.told)
    grave = Finding("threat", "block", "text", 0, 9, "Dear Ane,", "This threatens.", "Leave it out.")
    monkeypatch.setattr(courtesy, "judge", lambda *_: Report("en", "block", (grave,)))
    studio.write(sink)
    assert said(studio) == []
    assert studio.states() == [State.SKIPPED]
    task = Task.objects.of(studio.organization).get()
    assert task.code == "check_message"
    assert "This threatens." in task.why


def test_a_wording_of_ones_own_that_may_hurt_stays(studio: Studio, sink: Sink, settings: Any, tmp_path: Path) -> None:
    settings.DATA_FOLDER = tmp_path
    built_in = Path(courtesy.__file__).parents[1] / "language" / "wordings" / "en" / "friendly.txt"
    folder = folder_of(studio.organization.slug, "en")
    folder.mkdir(parents=True)
    unkind = built_in.read_text("utf-8").replace("Could you have a look?", "We know where you live.")
    (folder / "friendly.txt").write_text(unkind, "utf-8")
    waiting(studio)
    studio.write(sink)
    assert said(studio) == []
    assert "We know where you live." in Task.objects.of(studio.organization).get(code="check_message").why


def test_what_an_import_brought_into_our_own_words_stays_too(studio: Studio, sink: Sink) -> None:
    studio.invoice(studio.customer(language="en"), description="brochure. We know where you live.")
    studio.plan()
    studio.write(sink)
    assert said(studio) == []
    assert "We know where you live." in Task.objects.of(studio.organization).get(code="check_message").why


def test_nothing_blocked_ever_leaves_unless_the_last_edit_overruled_it(
    studio: Studio, sink: Sink, rng: random.Random
) -> None:
    """Any order of edits, some overruled, some refused: what leaves is the last accepted one."""
    reminder = waiting(studio)
    kept, overruled = "", False
    for number in range(12):
        text = rng.choice((KIND, GRAVE)).replace("Dear Ane", f"Dear Ane {number}")
        anyway = rng.random() < 0.5
        if "We know where you live." in text and not anyway:
            with pytest.raises(Refused):
                edit(reminder, "Invoice I1", text, **studio.told)
            continue
        edit(reminder, "Invoice I1", text, overrule=anyway, **studio.told)
        kept, overruled = text, "We know where you live." in text
    assert courtesy.overruled(reminder) is overruled
    studio.write(sink)
    if kept:
        assert said(studio) == [kept]
    assert ("We know where you live." in said(studio)[0]) is overruled
