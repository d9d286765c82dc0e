# SPDX-License-Identifier: AGPL-3.0-or-later
"""Charges still open beside a paid invoice: never chased, a task for a person, a courteous text in every language."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from purring.facts.charges.actions import handle_charges
from purring.facts.payments.actions import record_payment, reverse_payment
from purring.followup.models import Task
from purring.followup.open_charges import open_charges_text
from purring.language.compose import LANGUAGES
from tests.apps.followup.test_law import DUE, Town

pytestmark = pytest.mark.django_db

LATER = date(2026, 2, 13)
"""The day after the last on which the charges would have fallen away."""


def open_codes(town: Town) -> list[str]:
    return list(Task.objects.of(town.organization).filter(done_at=None).values_list("code", flat=True))


def paid(town: Town, on: date = LATER, amount: int = 1_000_000) -> None:
    record_payment(town.customer, amount, "NOK", invoice=town.invoice, on=on, **town.told(on))
    town.invoice.refresh_from_db()


def test_paid_too_late_a_person_decides_and_nobody_is_chased() -> None:
    town = Town()
    town.until_firm()
    paid(town)
    town.run(LATER)
    task = Task.objects.of(town.organization).get(code="charges_open")
    assert "529.04 NOK" in task.why
    assert "ask for them, waive them, or keep them aside" in task.why
    before = len(town.boxes["email"].released)
    for days in range(1, 60, 7):
        assert town.run(LATER + timedelta(days))["reminders"] == []
    assert len(town.boxes["email"].released) == before
    assert open_codes(town).count("charges_open") == 1


@pytest.mark.parametrize("choice", ["waive", "aside"])
def test_what_a_person_decides_ends_the_task(choice: str) -> None:
    town = Town()
    town.until_firm()
    paid(town)
    town.run(LATER)
    handle_charges(town.invoice, choice, on=LATER, **town.told(LATER))
    town.run(LATER + timedelta(1))
    assert "charges_open" not in open_codes(town)
    assert open_charges_text(town.invoice, LATER) is None


def test_done_once_it_does_not_come_back() -> None:
    town = Town()
    town.until_firm()
    paid(town)
    town.run(LATER)
    Task.objects.of(town.organization).filter(code="charges_open").update(done_at=town.at(LATER))
    town.run(LATER + timedelta(1))
    assert "charges_open" not in open_codes(town)


def test_paid_in_time_there_is_nothing_to_decide() -> None:
    town = Town()
    town.until_firm()
    paid(town, date(2026, 2, 12))
    town.run(LATER)
    assert open_codes(town) == []


def test_a_payment_that_went_back_ends_it() -> None:
    town = Town()
    town.until_firm()
    paid(town)
    town.run(LATER)
    payment = town.customer.payments.get()
    reverse_payment(payment, 1_000_000, on=LATER, **town.told(LATER))
    town.run(LATER + timedelta(1))
    assert "charges_open" not in open_codes(town)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_is_whole_in_every_language(language: str) -> None:
    town = Town()
    town.until_firm()
    paid(town)
    ready = open_charges_text(town.invoice, LATER, language)
    assert ready
    assert (ready.language, ready.to) == (language, "ana@b.example")
    assert "{" not in ready.text + ready.subject
    for said in (town.invoice.number, "529", "460"):
        assert said in ready.text
    assert len(ready.text.split()) < 130


def test_the_charges_have_their_names_of_the_place() -> None:
    town = Town(language="nb")
    handle_charges(town.invoice, "pursue", on=DUE, **town.told(DUE))
    assert "Standardkompensasjon" in town.until_firm().text
    paid(town)
    ready = open_charges_text(town.invoice, LATER)
    assert ready
    assert "- Standardkompensasjon: 460,00" in ready.text.replace("\u00a0", " ")
