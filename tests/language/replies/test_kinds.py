# SPDX-License-Identifier: AGPL-3.0-or-later
"""Person, absence note, automatic receipt or bounce, by words alone and by headers; the day somebody is back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from purring.language.replies.cut import cut
from purring.language.replies.kinds import kind_of, kind_of_text
from purring.language.replies.mail import opened
from purring.language.replies.reading import read_reply

TUESDAY = date(2026, 3, 10)


def written() -> Iterator[tuple[str, str, str]]:
    for line in Path(__file__).with_name("kinds.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, back, text = (part.strip() for part in line.split(" | ", 2))
            yield kind, back, text.replace(" / ", "\n")


@pytest.mark.parametrize(("kind", "back", "text"), list(written()))
def test_the_words_tell(kind: str, back: str, text: str) -> None:
    assert kind_of_text(text, cut(text)).name == kind
    if kind == "human":
        return
    reading = read_reply(text, said_on=TUESDAY)
    assert (reading.return_on.isoformat() if reading.return_on else "-") == back
    assert reading.kind == reading.primary == kind
    assert [one.intent for one in reading.intents] == [kind]
    assert reading.intents[0].quote
    assert not reading.open_question
    assert not reading.hostile
    assert reading.pay_on is None


def mail(text: str, *headers: str) -> str:
    return kind_of(opened("\n".join(["From: a@b.example", *headers, "", text]).encode()), text).name


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["Auto-Submitted: auto-replied", "Subject: Automatic reply: invoice"], "out_of_office"),
        (["Auto-Submitted: auto-generated", "Subject: Re: invoice"], "auto_acknowledgement"),
        (["X-Autoreply: yes", "Subject: Abwesenheitsnotiz: Rechnung"], "out_of_office"),
        (["Precedence: auto_reply", "Subject: Re: invoice"], "auto_acknowledgement"),
        (["Auto-Submitted: no", "Subject: Re: invoice"], "human"),
        (["Precedence: bulk", "Subject: Re: invoice"], "human"),
        (["Subject: Re: invoice"], "human"),
    ],
)
def test_headers_tell_what_words_do_not(headers: list[str], kind: str) -> None:
    assert mail("All right.", *headers) == kind


def test_an_automatic_mail_says_by_its_words_which_kind_it_is() -> None:
    assert mail("I am out of the office until Monday.", "Auto-Submitted: auto-replied") == "out_of_office"
    assert (
        mail("We have received your request, ticket 55120.", "Auto-Submitted: auto-replied") == "auto_acknowledgement"
    )


def test_what_a_person_writes_in_a_help_desk_is_a_persons() -> None:
    assert mail("We have paid this on Friday, sorry for the delay.", "Auto-Submitted: auto-generated") == "human"


def test_a_promise_in_an_absence_note_is_none() -> None:
    reading = read_reply(
        "Automatic reply: I'm on leave until 23 March. Suppliers are paid on Fridays as always.", said_on=TUESDAY
    )
    assert (reading.kind, reading.pay_on) == ("out_of_office", None)


def test_the_day_back_needs_the_day_it_was_said() -> None:
    assert read_reply("I'm out of the office until Monday.").return_on is None


@pytest.mark.parametrize(
    ("text", "said_on", "back"),
    [
        ("I'm out of the office until 16 March.", date(2026, 3, 2), date(2026, 3, 16)),
        ("Out of office. Away, returning on March 16th.", date(2026, 3, 2), date(2026, 3, 16)),
        ("Automatic reply: back in the office on 12 March", date(2026, 11, 20), date(2027, 3, 12)),
        ("I am on annual leave from 9 to 20 March.", date(2026, 3, 9), date(2026, 3, 23)),
    ],
)
def test_days_back(text: str, said_on: date, back: date) -> None:
    assert read_reply(text, said_on=said_on).return_on == back
