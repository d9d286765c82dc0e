# SPDX-License-Identifier: AGPL-3.0-or-later
"""Texts of one's own: kept, looked at, taken back; what is shown is what leaves, and nothing unkind or broken is kept by
accident."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from purring.core.errors import Refused
from purring.facts.journal.models import Entry
from purring.facts.messages.models import Message
from purring.facts.organizations.actions import found_organization
from purring.facts.wordings.actions import Kept, digest, keep_texts
from purring.facts.wordings.models import OwnText
from purring.followup import wordings
from purring.followup.models import State, Task
from purring.followup.own_wordings import folder_of, own_wordings
from purring.followup.wording_checks import take_better
from purring.followup.wording_preview import Look, customer_words, sample_words
from purring.kit.mailsink import Sink
from purring.language.compose import LANGUAGES
from purring.language.sections import EDITABLE, Piece, pieces
from purring.language.wording import built_in_source, wording_for
from tests.apps.cast import NOON, Studio
from tests.support import seeds
from tests.support.wordings import wording

pytestmark = pytest.mark.django_db

KIND = wording(
    "A little sign from {{ organization }}: {{ the_invoices }}, {{ amount }}, was due on {{ due_date }}. Could you have a look?"
)
UNKIND = KIND.replace("Could you have a look?", "We know where you live.")


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_FOLDER = tmp_path


def piece(studio: Studio, name: str = "friendly.email", language: str = "en") -> Piece:
    return wordings.find_piece(studio.organization, language, name)


def look(studio: Studio, text: str, heading: str = "message 1", name: str = "friendly.email", **more: Any) -> Look:
    return Look("en", piece(studio, name), {heading: text}, **more)


def keep(studio: Studio, text: str, heading: str = "message 1", **more: Any) -> Any:
    return wordings.keep(studio.organization, look(studio, text, heading), **studio.told, **more)


def in_force(studio: Studio, heading: str = "message 1") -> wordings.Standing:
    return wordings.standing(studio.organization, "en", "friendly")[heading]


def leaves(studio: Studio, sink: Sink) -> list[Message]:
    studio.plan()
    studio.write(sink)
    return list(Message.objects.of(studio.organization).filter(direction="out").order_by("id"))


def test_a_text_of_ones_own_leaves_and_the_journal_says_who_and_which(studio: Studio, sink: Sink) -> None:
    keep(studio, KIND)
    entry = Entry.objects.of(studio.organization).get(kind="wording.kept")
    assert (entry.actor, entry.data["file"], entry.data["language"]) == ("test", "friendly", "en")
    assert entry.data["digests"] == {"message 1": digest(KIND)}
    studio.invoice(studio.customer(language="en"))
    (message,) = leaves(studio, sink)
    assert "A little sign from Studio Nord: invoice I1 (Brochure 1), " in message.text
    assert "A little sign" in message.html


def test_other_texts_of_the_stage_stay_as_they_are_built_in(studio: Studio) -> None:
    keep(studio, KIND)
    own = own_wordings(studio.organization, "en")
    assert own
    mixed, built_in = wording_for("en", own), wording_for("en")
    for name, entries in built_in.parts.items():
        ours = [entry.template.source for entry in mixed.parts[name]]
        theirs = [entry.template.source for entry in entries]
        if name == "friendly/message":
            assert ours == [KIND, *theirs[1:]]
        else:
            assert ours == theirs, name


def test_what_is_shown_is_what_leaves(studio: Studio, sink: Sink, rng: random.Random) -> None:
    """Property: any text, language, voice, customer and number of invoices; only the token of the link differs."""
    openings = ("A little sign", "Good morning", "One thing")
    for number in range(4):
        language = rng.choice(("en", "nb", "fr", "de"))
        studio.organization.voice = rng.choice(("warm", "neutral", "formal"))
        studio.organization.save(update_fields=["voice"])
        customer = studio.customer(language=language, formality=rng.choice(("", "formal")))
        for _ in range(rng.randint(1, 3)):
            studio.invoice(customer, late=rng.randint(3, 6))
        own = Look(language, piece(studio, language=language))
        heading = rng.choice([h for h in own.piece.headings if h.startswith("message")])
        before = wordings.standing(studio.organization, language, "friendly")[heading].text
        changed = before.replace("{{ details }}", f"{rng.choice(openings)} {number}.\n\n{{{{ details }}}}")
        own = Look(language, own.piece, {heading: changed})
        studio.plan()
        shown, _ = customer_words(studio.organization, own, customer, studio.today)
        wordings.keep(studio.organization, own, overrule=True, **studio.told)
        studio.write(sink)
        sent = Message.objects.of(studio.organization).get(customer=customer, direction="out")
        assert without_links(sent.text) == without_links(shown.text)
        assert without_links(sent.html) == without_links(shown.html)
        assert sent.subject == shown.subject


def without_links(text: str) -> str:
    import re

    return re.sub(r"/pay/[^/]+/", "/pay/TOKEN/", text)


def test_the_look_before_the_plan_is_the_look_after_it(studio: Studio) -> None:
    """A customer for whom nothing waits yet is shown what would be asked."""
    customer = studio.customer(language="en")
    studio.invoice(customer)
    before, _ = customer_words(studio.organization, look(studio, KIND), customer, studio.today)
    studio.plan()
    after, _ = customer_words(studio.organization, look(studio, KIND), customer, studio.today)
    assert before.text == after.text


@pytest.mark.scales
@pytest.mark.parametrize("language", LANGUAGES)
def test_any_text_can_be_looked_at_and_kept_as_it_is(studio: Studio, language: str, rng: random.Random) -> None:
    """Nothing built in is refused, and keeping what is there keeps nothing."""
    for file in EDITABLE:
        there = wordings.standing(studio.organization, language, file)
        all_pieces = pieces(file, there)
        for one in rng.sample(all_pieces, min(len(all_pieces), seeds.count("texts", normal=4, endurance=400))):
            shown = Look(language, one, version=one.headings[-1] if there[one.headings[-1]].text else "")
            words, _ = sample_words(studio.organization, shown)
            assert words.text.strip()
            same = Look(language, one, {heading: there[heading].text for heading in one.headings})
            wordings.keep(studio.organization, same, **studio.told)
    assert not OwnText.objects.of(studio.organization).exists()


def test_the_version_to_be_shown_is_shown(studio: Studio) -> None:
    for heading in ("message 2", "message formal", "message warm"):
        shown = look(studio, KIND.replace("little sign", heading), heading, version=heading)
        words, _ = sample_words(studio.organization, shown)
        assert f"A {heading} from" in words.text


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        (KIND.replace("greeting", "greting"), 1, 4, "did you mean 'greeting'"),
        (KIND.replace("{{ amount }}", "{{ amuont }}"), 3, 63, "did you mean 'amount'"),
        (KIND + "\n\n{% if several %}Both.", 17, 1, "'if' is opened here but never closed"),
        (KIND + "\n== message 2\nMine.", 16, 1, "a line cannot begin with ="),
        (KIND + "\n# remark", 16, 1, "a line cannot begin with #"),
        (KIND + "\x07", 15, 14, "U+0007"),
        (KIND + "\u202emirror", 15, 14, "U+202E"),
    ],
)
def test_a_mistake_is_told_with_line_and_column(studio: Studio, text: str, line: int, column: int, said: str) -> None:
    with pytest.raises(Refused) as refused:
        keep(studio, text)
    (problem, *_) = refused.value.params["mistakes"]["message 1"]  # type: ignore[index]
    assert (problem.line, problem.column) == (line, column)
    assert said in problem.message
    assert in_force(studio).origin == "built_in"


@pytest.mark.parametrize(
    "hostile",
    [
        "{% for a in (1..2000000000) %}x{% endfor %}",
        "{% for a in items %}" * 31 + "x" + "{% endfor %}" * 31,
        "{{ organization.customers }}",
        "{{ settings.SECRET_KEY }}",
        "{% include 'firm' %}",
        "{% render '../../nb/firm.txt' %}",
        "{{ amount | split: '' }}",
        "{% assign a = amount | times: 999999999 %}",
        "x" * 70_000,
        "{{ " * 2_000,
    ],
)
def test_hostile_texts_are_refused_before_they_run(studio: Studio, hostile: str) -> None:
    with pytest.raises(Refused):
        keep(studio, f"{KIND}\n\n{hostile}")
    assert not OwnText.objects.of(studio.organization).exists()


def test_a_text_that_leaves_out_what_is_asked_is_not_kept(studio: Studio) -> None:
    with pytest.raises(Refused) as refused:
        keep(studio, KIND.replace("{{ details }}", "").replace(" on {{ due_date }}", ""))
    assert refused.value.code == "words"
    assert "missing_due_date" in {lack.code for lack in refused.value.params["lacks"]}  # type: ignore[attr-defined]


def test_what_may_hurt_is_kept_only_when_a_person_says_so_and_then_leaves(studio: Studio, sink: Sink) -> None:
    with pytest.raises(Refused) as refused:
        keep(studio, UNKIND)
    (remark,) = [one for one in refused.value.params["remarks"] if one.blocks]  # type: ignore[attr-defined]
    assert (refused.value.code, remark.finding.code, remark.heading, remark.line) == (
        "unkind",
        "threat",
        "message 1",
        3,
    )
    keep(studio, UNKIND, overrule=True)
    assert Entry.objects.of(studio.organization).get(kind="wording.kept").data["overruled"] == {"message 1": ["threat"]}
    studio.invoice(studio.customer(language="en"))
    assert "We know where you live." in leaves(studio, sink)[0].text


def test_an_overrule_holds_for_that_text_only(studio: Studio, sink: Sink) -> None:
    """Words that nobody let stand stay here, whatever stands elsewhere."""
    keep(studio, UNKIND, overrule=True)
    keep(studio, "", heading="message 1")
    keep_texts(studio.organization, "en", "friendly", {"message 1": Kept(UNKIND)}, **studio.told)
    studio.invoice(studio.customer(language="en"))
    assert leaves(studio, sink) == []
    assert studio.states() == [State.SKIPPED]
    assert "We know where you live." in Task.objects.of(studio.organization).get(code="check_message").why


def test_history_and_back(studio: Studio) -> None:
    keep(studio, KIND)
    studio.later(days=1)
    keep(studio, KIND.replace("little", "small"))
    keep(studio, KIND.replace("little", "small"))
    assert [row.text.split()[4] for row in wordings.history(studio.organization, "en", piece(studio))] == [
        "small",
        "little",
    ]
    keep(studio, KIND)
    assert in_force(studio).text == KIND
    keep(studio, "")
    assert (in_force(studio).origin, in_force(studio).text) == ("built_in", in_force(studio).built_in)
    assert own_wordings(studio.organization, "en") is None
    assert studio.organization.wordings == ""
    assert len(wordings.history(studio.organization, "en", piece(studio))) == 4
    assert Entry.objects.of(studio.organization).filter(kind="wording.kept").count() == 4


def test_another_organization_sees_and_says_nothing_of_it(studio: Studio) -> None:
    keep(studio, KIND)
    other, _ = found_organization(
        "other", "Other", "NO", language="en", currency="NOK", timezone="Europe/Oslo", now=NOON, actor="test"
    )
    assert own_wordings(other, "en") is None
    assert wordings.history(other, "en", piece(studio)) == []
    assert wordings.standing(other, "en", "friendly")["message 1"].origin == "built_in"


def test_files_in_the_data_folder_stay_valid_and_the_desk_stands_above_them(studio: Studio) -> None:
    folder = folder_of(studio.organization.slug, "en")
    folder.mkdir(parents=True)
    source = built_in_source("en", "friendly").replace("We cannot see a payment yet", "Nothing came yet")
    (folder / "friendly.txt").write_text(source, "utf-8")
    assert in_force(studio).origin == "file"
    keep(studio, KIND)
    assert in_force(studio).origin == "own"
    own = own_wordings(studio.organization, "en")
    assert own is not None
    assert KIND in own["friendly"]
    assert "Nothing came yet" in own["friendly"]  # the letter's, still from the file
    keep(studio, "")
    assert in_force(studio).origin == "file"


def test_no_message_costs_a_question(studio: Studio) -> None:
    keep(studio, KIND)
    own_wordings(studio.organization, "en")
    with CaptureQueriesContext(connection) as asked:
        for _ in range(50):
            assert own_wordings(studio.organization, "en")
    assert len(asked) == 0
    studio.organization.refresh_from_db()
    rows = OwnText.objects.of(studio.organization)
    rows.update(text=KIND + " ")
    from purring.facts.wordings.actions import stamp

    stamp(studio.organization)  # another machine kept something
    assert KIND + " " in own_wordings(studio.organization, "en")["friendly"]  # type: ignore[index]


def test_better_words_take_the_place_of_the_quoted_ones() -> None:
    text = "Dear Ane,\n\nPay at\nonce, please."
    assert take_better(text, "Pay at once", "Could you have a look") == "Dear Ane,\n\nCould you have a look, please."
    assert take_better(text, "not there", "x") == text


def test_a_shared_sentence_is_judged_in_the_messages_that_say_it(studio: Studio) -> None:
    def contact(text: str) -> None:
        shared = Look("en", piece(studio, "sentences.contact"), {"contact email 1": text})
        wordings.keep(studio.organization, shared, **studio.told)

    with pytest.raises(Refused) as refused:
        contact("Call us. We know where you live.")
    assert refused.value.code == "unkind"
    contact("Call us, or just reply to this message.")
    assert wordings.standing(studio.organization, "en", "sentences")["contact email 1"].origin == "own"
