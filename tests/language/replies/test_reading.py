# SPDX-License-Identifier: AGPL-3.0-or-later
"""A reply read as a whole: what counts is newly written; day and sum belong to the promise."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.core.errors import Refused
from purring.language.replies.reading import read_reply

WEDNESDAY = date(2026, 3, 4)


def test_a_promise_with_day_sum_and_invoice() -> None:
    reading = read_reply("I'll transfer £1,240.00 for INV-20418 on Friday.", said_on=WEDNESDAY)
    assert (reading.kind, reading.primary, reading.language) == ("human", "promise_to_pay", "en")
    assert (reading.pay_on, reading.pay_amount, reading.pay_currency) == (date(2026, 3, 6), Decimal("1240.00"), "GBP")
    assert reading.invoice_refs == ("INV-20418",)


def test_a_promise_in_the_quoted_mail_is_none() -> None:
    text = "Noted.\n\nOn Tue, 3 Mar 2026 at 09:12, Bo <bo@oak.example> wrote:\n> I'll pay £500 on Friday."
    reading = read_reply(text, said_on=WEDNESDAY)
    assert reading.reply == "Noted."
    assert "promise_to_pay" not in [one.intent for one in reading.intents]
    assert (reading.pay_on, reading.pay_amount) == (None, None)


def test_of_several_instalments_the_first_counts() -> None:
    reading = read_reply("We will pay £300 on Friday and the rest, £900, on 15 April.", said_on=WEDNESDAY)
    assert (reading.pay_on, reading.pay_amount) == (date(2026, 3, 6), Decimal(300))


def test_a_day_in_another_part_of_the_sentence_is_not_the_promised_one() -> None:
    reading = read_reply("My wages come on the 24th, so I'll pay you on the 25th.", said_on=WEDNESDAY)
    assert reading.pay_on == date(2026, 3, 25)


def test_without_the_day_it_was_said_friday_is_no_day() -> None:
    reading = read_reply("I'll transfer the £90 on Friday.")
    assert (reading.primary, reading.pay_on, reading.pay_amount) == ("promise_to_pay", None, Decimal(90))


def test_the_mail_itself_says_when_it_was_written() -> None:
    raw = b"Date: Tue, 3 Mar 2026 23:30:00 +0000\nSubject: Re: x\n\nI'll pay it tomorrow.\n"
    assert read_reply(raw, raw=True).pay_on == date(2026, 3, 4)
    assert read_reply(raw, raw=True, timezone="Asia/Tokyo").pay_on == date(2026, 3, 5)
    assert read_reply(raw, raw=True, said_on=date(2026, 5, 1)).pay_on == date(2026, 5, 2)


def test_a_page_is_read_as_its_text() -> None:
    page = "<html><body><p>I'll pay on Friday.</p><blockquote>I never pay.</blockquote></body></html>"
    reading = read_reply(page, said_on=WEDNESDAY)
    assert (reading.reply, reading.pay_on) == ("I'll pay on Friday.", date(2026, 3, 6))


@pytest.mark.parametrize(
    ("text", "language", "on"),
    [
        ("Das war ein Versehen, die 1.190 € gehen am Freitag raus.", "de", date(2026, 3, 6)),
        ("Já falei com ele, na sexta a gente paga.", "pt-BR", date(2026, 3, 6)),
        ("My wages come on the 24th and I'll pay you the day after.", "en", date(2026, 3, 25)),
        ("I'll pay the lot before the month is out.", "en", date(2026, 3, 31)),
    ],
)
def test_what_is_promised_is_to_come(text: str, language: str, on: date) -> None:
    assert read_reply(text, language=language, said_on=WEDNESDAY).pay_on == on


def test_the_language_may_be_told() -> None:
    assert read_reply("OK", language="EN").language == "en"
    assert read_reply("OK", language="en-GB").language == "en"
    assert read_reply("7").language is None


@pytest.mark.parametrize(
    ("given_as", "code"), [({"language": "tlh"}, "unknown_language"), ({"timezone": "Europe"}, "unknown_timezone")]
)
def test_what_cannot_be_is_refused(given_as: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_reply("hello", **given_as)  # type: ignore[arg-type]
    assert refused.value.code == code


PIECES = [
    "I'll pay",
    " on Friday",
    " yesterday",
    "?",
    "\n",
    ".",
    " not",
    " £500",
    " invoice 118",
    " thanks",
    "> ",
    "5/3",
    " never",
]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_is_said_the_reading_holds_together(text: str) -> None:
    reading = read_reply(text, said_on=WEDNESDAY, language="en")
    spoken = " ".join(reading.reply.split())
    for one in reading.intents:
        assert 0 <= one.confidence <= 1
        assert " ".join(one.quote.split()) in spoken
    assert reading.pay_on is None or WEDNESDAY <= reading.pay_on < WEDNESDAY + timedelta(days=600)
    assert reading.pay_on is None or "promise_to_pay" in [one.intent for one in reading.intents]


@given(st.binary(max_size=300))
def test_any_bytes_are_read(raw: bytes) -> None:
    assert read_reply(raw, raw=True, language="en").kind in ("human", "out_of_office", "auto_acknowledgement", "bounce")
