# SPDX-License-Identifier: AGPL-3.0-or-later
"""The law in the rounds: what it forbids is held with its rule, what it gives is asked from `firm` on, and proven."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from purring.facts.charges.accruing import accrued, law_book
from purring.facts.charges.actions import handle_charges
from purring.facts.charges.asked import standing
from purring.facts.charges.models import AskedCharge
from purring.facts.charges.policy import keep_policy
from purring.facts.disputes.actions import open_dispute
from purring.facts.invoices.models import Invoice
from purring.facts.messages.actions import record_conversation
from purring.facts.messages.models import Message
from purring.facts.payments.actions import record_payment
from purring.followup.accounts import load_accounts
from purring.followup.deliveries import record_bounce, settle_doubt
from purring.followup.models import Reminder, State
from purring.followup.planning import plan
from purring.followup.run import run_once
from purring.followup.schedules import change_schedule, default_schedule
from purring.followup.why import why_invoice
from purring.law.rate_file import OVERLAY
from purring.plugins.channel import Delivery
from tests.apps.facts.cast import ana, bill, fjord, sender

pytestmark = pytest.mark.django_db

DUE = date(2026, 1, 15)
FIRM_ON = date(2026, 2, 5)
STEPS = [
    {"stage": "friendly", "days": 3, "channel": "email"},
    {"stage": "firm", "days": 21, "channel": "email"},
    {"stage": "final", "days": 40, "channel": "email"},
]
Fields = dict[str, Any]


class Town:
    """A business, Norwegian unless told otherwise, with one late invoice, on days of our choice."""

    def __init__(
        self, *, charges: str = "lawful", channel: str = "email", creditor: str = "NO", **customer: Any
    ) -> None:
        self.organization = fjord(country=creditor, currency="NOK" if creditor == "NO" else "EUR")
        self.steps = [{**step, "channel": channel} for step in STEPS]
        change_schedule(default_schedule(self.organization), steps=self.steps, charges=charges)
        contacts = [{"email": "ana@b.example", "phone": "+4712345678"}]
        known = {"kind": "business", "country": creditor} | customer
        self.customer = ana(self.organization, contacts=contacts, **known)
        self.invoice = bill(self.customer, amount=1_000_000, due=DUE)
        self.sender, self.boxes = sender("email", "sms")

    def at(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)

    def run(self, day: date) -> Fields:
        return run_once(self.organization, day, self.at(day), self.sender)

    def told(self, day: date) -> Fields:
        return {"now": self.at(day), "actor": "test"}

    def until_firm(self) -> Message:
        """The friendly reminder, then the firm one."""
        self.run(date(2026, 1, 20))
        return self.firm()

    def firm(self, day: date = FIRM_ON) -> Message:
        (row,) = self.run(day)["reminders"]
        assert row["stage"] == "firm"
        said = Reminder.objects.of(self.organization).get(pk=row["id"]).message
        assert said
        return said

    def asked(self) -> list[tuple[str, int]]:
        rows = AskedCharge.objects.of(self.organization).filter(withdrawn_at=None).order_by("id")
        return list(rows.values_list("kind", "amount"))


def test_charges_are_asked_with_the_firm_message_and_fall_away_in_time() -> None:
    town = Town()
    said = town.until_firm()
    assert town.asked() == [("interest", 6904), ("compensation", 46_000)]
    text = " ".join(said.text.split())
    assert "529,04 kr" in text, "both together"
    assert "falls away if 10 000,00 kr reaches us by" in text
    assert "instead of 10 529,04 kr" in text
    reminder = Reminder.objects.of(town.organization).get(message=said)
    assert reminder.asked == 1_000_000, "beside the principal, never in it"
    first = AskedCharge.objects.of(town.organization).filter(message=said, kind="interest").get()
    assert (first.on, first.waived_by) == (FIRM_ON, date(2026, 2, 12))
    assert first.rule.startswith("NO-B2B")


def test_pursued_they_are_part_of_what_is_asked_line_by_line() -> None:
    town = Town()
    handle_charges(town.invoice, "pursue", on=DUE, **town.told(DUE))
    text = " ".join(town.until_firm().text.split())
    assert "falls away" not in text
    assert "10 529,04 kr" in text
    assert "Interest" in text
    assert "69,04 kr" in text
    assert AskedCharge.objects.of(town.organization).filter(waived_by=None).count() == 2


@pytest.mark.parametrize("choice", ["aside", "waive"])
def test_what_a_person_set_aside_or_waived_is_not_asked(choice: str) -> None:
    town = Town()
    handle_charges(town.invoice, choice, on=DUE, **town.told(DUE))
    assert "529,04" not in town.until_firm().text
    assert town.asked() == []


@pytest.mark.parametrize(("until", "waived"), [(date(2026, 3, 1), True), (date(2026, 2, 1), False)])
def test_waived_until_a_day(until: date, waived: bool) -> None:
    town = Town()
    handle_charges(town.invoice, "waive_until", until=until, on=DUE, **town.told(DUE))
    assert ("falls away" in town.until_firm().text) == waived
    assert town.asked()


def test_without_the_switch_nothing_is_asked() -> None:
    town = Town(charges="none")
    assert "69,04" not in town.until_firm().text
    assert town.asked() == []


def test_less_than_sure_is_asked_only_by_the_switch_and_marked() -> None:
    """Irish interest and compensation are known at second hand."""
    town = Town(creditor="IE")
    town.until_firm()
    assert town.asked() == []
    keep_policy(town.organization, order="principal", least="medium", **town.told(FIRM_ON))
    (row,) = town.run(date(2026, 2, 24))["reminders"]
    assert row["stage"] == "final"
    rows = AskedCharge.objects.of(town.organization).order_by("id")
    assert list(rows.values_list("kind", "confidence")) == [("interest", "medium"), ("compensation", "medium")]
    assert rows[0].message.text.count("compensation") or "late payment" in rows[0].message.text


def test_what_was_paid_of_them_is_not_asked_again() -> None:
    """Where the law fills charges first, the next message asks the rest, and the sums stay true."""
    town = Town(creditor="FR")
    keep_policy(town.organization, order="law", least="high", **town.told(DUE))
    handle_charges(town.invoice, "pursue", on=DUE, **town.told(DUE))
    town.until_firm()
    first = dict(town.asked())
    assert first["compensation"] == 4_000
    on = date(2026, 2, 10)
    record_payment(town.customer, 5_000, "EUR", invoice=town.invoice, on=on, **town.told(on))
    town.invoice.refresh_from_db()
    assert town.invoice.balance == 1_000_000 - (5_000 - min(5_000, 4_000 + first["interest"]))
    paid = min(5_000, 4_000 + first["interest"])
    final = date(2026, 2, 24)
    town.run(final)
    law = accrued(town.invoice, final)
    now = standing([town.invoice], final)[town.invoice.pk]
    assert now.total == law.interest.amount + 4_000
    assert now.open == law.interest.amount + 4_000 - paid
    said = AskedCharge.objects.of(town.organization).filter(on=final)
    assert [(one.kind, one.amount, one.paid_before) for one in said] == [
        ("interest", law.interest.amount - (paid - 4_000), paid - 4_000)
    ], "the compensation is paid and not asked again"


def test_a_text_message_asks_for_none() -> None:
    town = Town(channel="sms")
    town.until_firm()
    assert town.asked() == []


def test_a_disputed_invoice_bears_none() -> None:
    town = Town()
    open_dispute(town.invoice, amount=1000, on=DUE, **town.told(DUE))
    town.until_firm()
    assert town.asked() == []


def test_a_fee_that_did_not_arrive_is_asked_once_more() -> None:
    town = Town(kind="consumer")
    lost = town.until_firm()
    assert [kind for kind, _ in town.asked()] == ["interest", "fee"]
    record_bounce(lost, False, "mailbox full", **town.told(FIRM_ON))
    assert town.asked() == []
    town.firm(date(2026, 2, 10))
    assert [kind for kind, _ in town.asked()] == ["interest", "fee"]


def test_found_not_arrived_by_a_person_is_not_asked() -> None:
    town = Town()
    said = town.until_firm()
    reminder = Reminder.objects.of(town.organization).get(message=said)
    Reminder.objects.of(town.organization).filter(pk=reminder.pk).update(state=State.UNCONFIRMED)
    settle_doubt(reminder, False, **town.told(FIRM_ON))
    assert town.asked() == []


@pytest.mark.parametrize("state", ["deferred", "failed"])
def test_words_that_were_taken_back_asked_for_nothing(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server refuses after the release: message and charges go together."""
    town = Town()
    town.run(date(2026, 1, 20))
    line = town.boxes["email"].open()

    def release(self: Any, prepared: Any, permit: Any) -> Delivery:
        assert permit()
        assert AskedCharge.objects.of(town.organization).exists()
        return Delivery(state, "no", about="message")  # type: ignore[arg-type]

    monkeypatch.setattr(type(line), "release", release)
    town.run(FIRM_ON)
    assert not AskedCharge.objects.of(town.organization).exists()
    assert Message.objects.of(town.organization).filter(kind="firm").count() == 0


def test_what_the_law_forbids_is_held_with_its_rule() -> None:
    """A Belgian consumer, and a schedule without patience."""
    town = Town(kind="consumer", country="BE")
    hasty = [{**step, "days": days} for step, days in zip(STEPS, (3, 9, 30), strict=True)]
    change_schedule(default_schedule(town.organization), steps=hasty)
    town.run(date(2026, 1, 20))
    (held,) = town.run(date(2026, 1, 27))["held"]
    assert held["code"] == "unlawful"
    assert "BE-B2C: WER / CDE art. XIX.2" in held["why"]
    why = why_invoice(Invoice.objects.of(town.organization).get(), date(2026, 1, 27))
    assert (why["code"], why["why"]) == ("unlawful", held["why"])
    assert why["next"]
    assert why["next"]["stage"] == "firm"
    town.firm(date.fromisoformat(why["next"]["on"]))


def test_what_the_staff_said_counts_where_the_law_counts_contacts() -> None:
    town = Town(kind="consumer", country="AU")
    day = date(2026, 1, 20)
    for before in (17, 18, 19):
        record_conversation(town.customer, on=date(2026, 1, before), **town.told(day))
    change_schedule(default_schedule(town.organization), min_days_between_contacts=1)
    (held,) = town.run(day)["held"]
    assert "at most 3 contacts in 7 days" in held["why"]


def test_earlier_contacts_are_loaded_only_where_they_can_forbid() -> None:
    counts = {}
    for country in ("NO", "AU"):
        organization = fjord(f"house-{country.lower()}")
        customer = ana(organization, country=country, kind="consumer")
        bill(customer, due=DUE)
        plan(organization, datetime(2026, 1, 20, 10, tzinfo=UTC))
        with CaptureQueriesContext(connection) as queries:
            load_accounts(organization, [customer.pk], date(2026, 1, 20))
        counts[country] = len(queries)
    assert counts["AU"] == counts["NO"] + 2


def test_newer_rates_of_the_data_folder_count_at_once(tmp_path: Path, settings: Any) -> None:
    settings.DATA_FOLDER = tmp_path
    usual = law_book()
    file = tmp_path / OVERLAY
    file.parent.mkdir(parents=True)
    file.write_text(
        "series,valid_from,rate,confidence,source\nNO_STATUTORY,2027-01-01,12.50,high,regulation of December\n"
    )
    assert law_book() is not usual
    assert law_book() is law_book()
    file.write_text("nonsense")
    assert law_book() is usual
