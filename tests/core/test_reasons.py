# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every answer, task and contact has a sentence, and nothing in it is left unsaid."""

from __future__ import annotations

from datetime import date

import pytest

from purring.core.answers import HOLD_CODES, Answer, Contact, Wanted
from purring.core.facts import Promise
from purring.core.reasons import ENGLISH, Telling, tell, why_hold, why_send, why_task
from purring.core.scenario import TASK_CODES

DUE = date(2026, 3, 4)


@pytest.mark.parametrize("code", HOLD_CODES)
def test_a_sentence_for_every_answer(code: str) -> None:
    assert ENGLISH[code]


@pytest.mark.parametrize(
    "code", [*TASK_CODES, "purchase_order_missing", "check_invoice", "check_account", "check_message"]
)
def test_a_sentence_for_every_task(code: str) -> None:
    params = {"address": "a@b.example", "channel": "email", "credit": 100, "currency": "EUR", "problem": "check_days"}
    sentence = why_task(Wanted(code, ("I1", "I2"), (), params))
    assert sentence
    assert "{" not in sentence


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer("held", {"until": None}), "on hold until released"),
        (Answer("held", {"until": date(2026, 5, 1)}), "on hold until 1 May"),
        (Answer("promised", {"pay_on": DUE, "grace": 1, "until": DUE}), "promised for 4 March, one day of grace"),
        (Answer("promised", {"pay_on": DUE, "grace": 3, "until": DUE}), "promised for 4 March, 3 days of grace"),
        (Answer("promised", {"pay_on": DUE, "grace": 0, "until": DUE}), "promised for 4 March"),
        (
            Answer("below_minimum", {"asked": 49, "minimum": 50, "currency": "JPY"}),
            "49 JPY is below the minimum of 50 JPY",
        ),
        (
            Answer("credit_on_account", {"credit": 1_234, "asked": 1_000, "currency": "EUR"}),
            "12.34 EUR on account covers what would be asked; match it first",
        ),
    ],
)
def test_why_nothing_goes(answer: Answer, sentence: str) -> None:
    assert why_hold(answer) == sentence


def contact(**fields: object) -> Contact:
    made = Contact("friendly", "email", "a@b.example", "EUR", 100, ("I1",), (), "I1", DUE, False, None)
    return made._replace(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "today", "sentence"),
    [
        (contact(stage="courtesy"), date(2026, 3, 1), "3 days before the due date of I1"),
        (contact(stage="due_today"), DUE, "I1 is due today"),
        (contact(stage="due_today"), date(2026, 3, 6), "the first working day after the due date of I1"),
        (contact(), date(2026, 3, 5), "one day after the due date of I1"),
        (contact(repeated=True), date(2026, 3, 9), "5 days after the due date of I1, asked again"),
        (
            contact(broken_promise=Promise(DUE, date(2026, 3, 6), frozenset({"I1"}))),
            date(2026, 3, 9),
            "5 days after the due date of I1; promised for 6 March and not received",
        ),
    ],
)
def test_why_it_goes(made: Contact, today: date, sentence: str) -> None:
    assert why_send(made, today) == sentence


def test_another_language_is_another_table() -> None:
    french = {"held_until": "en attente jusqu'au {until}"}
    told = tell("held", {"until": DUE}, Telling(french, lambda day: f"{day:%d/%m}", str))
    assert told == "en attente jusqu'au 04/03"
