# SPDX-License-Identifier: AGPL-3.0-or-later
"""The law in the decision and in the rehearsal: what is held, what is asked beside the principal."""

from __future__ import annotations

from typing import Any

import pytest

from purring.core.facts import Account, Counted, Invoice, Reach
from purring.core.lawful import Debt, together
from purring.core.rehearse import rehearse
from purring.core.schedule import Schedule, Step
from purring.law.account import AccountLaw, LawFinder
from tests.law.asking import charges, day

STEPS = [("friendly", 3, "email"), ("follow_up", 10, "email"), ("firm", 21, "email"), ("final", 40, "email")]


def steps(*rows: tuple[str, int, str]) -> list[dict[str, Any]]:
    return [{"stage": stage, "days": days, "channel": channel} for stage, days, channel in rows]


def played(*customers: dict[str, Any], events: list[dict[str, Any]] | None = None, **schedule: Any) -> dict[str, Any]:
    """A Norwegian business and invoices due on Thursday 15 January 2026, one for each customer."""
    currency = {"NO": "NOK", "AU": "AUD"}
    terms: dict[str, Any] = {"steps": steps(*STEPS), "charges": "lawful"}
    return rehearse(
        {
            "start": "2026-01-01",
            "end": "2026-03-31",
            "organization": {
                "name": "F",
                "country": "NO",
                "language": "nb",
                "timezone": "Europe/Oslo",
                "currency": "NOK",
            },
            "schedule": terms | schedule,
            "customers": [
                {"ref": f"C{at}", "name": "C", "contacts": [{"email": "c@b.example", "phone": "+4712345678"}], **who}
                for at, who in enumerate(customers)
            ],
            "invoices": [
                {
                    "ref": f"I{at}",
                    "customer": f"C{at}",
                    "issued": "2026-01-02",
                    "due": "2026-01-15",
                    "amount": "10000.00",
                    "currency": currency.get(who.get("country", "NO"), "EUR"),
                }
                for at, who in enumerate(customers)
            ],
            "events": events or [],
        },
        law_of=LawFinder(),
    )


def asked(world: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """What each send asked beside the principal, by stage."""
    return {
        row["stage"]: [(charge["kind"], charge["amount"]) for charge in row["charges"]]
        for row in world["timeline"]
        if row["action"] == "send"
    }


def test_charges_are_asked_from_firm_on() -> None:
    world = played({"kind": "business"})
    assert asked(world) == {
        "friendly": [],
        "follow_up": [],
        "firm": [("interest", "69.04"), ("compensation", "460.00")],
        "final": [("interest", "131.50"), ("compensation", "460.00")],
    }
    firm = next(row for row in world["timeline"] if row.get("stage") == "firm")
    assert firm["amounts"] == {"NOK": "10000.00"}, "beside the principal, never in it"
    assert firm["charges"][0]["rule"].startswith("NO-B2B")
    assert firm["charges"][0]["currency"] == "NOK"


def test_a_consumer_is_asked_for_a_fee_per_letter_instead() -> None:
    world = played({"kind": "consumer"})
    assert asked(world)["firm"] == [("interest", "69.04"), ("fee", "38.00")]
    assert asked(world)["final"] == [("interest", "131.50"), ("fee", "38.00"), ("fee", "38.00")]


def test_without_the_switch_nothing_is_asked() -> None:
    assert not any(asked(played({"kind": "business"}, charges="none")).values())


def test_a_part_payment_lowers_the_interest_from_its_day() -> None:
    payment = {"on": "2026-01-30", "type": "payment", "invoice": "I0", "amount": "4000.00"}
    world = played({"kind": "consumer"}, events=[payment])
    wanted = charges(10_000, "2026-01-15", "2026-02-05", law="NO", kind="consumer", paid=((4_000, "2026-01-30"),))
    assert asked(world)["firm"][0] == ("interest", f"{wanted.interest.amount / 100:.2f}")


@pytest.mark.parametrize(
    "event",
    [
        {"on": "2026-01-30", "type": "dispute", "invoice": "I0", "amount": "100.00"},
        {"on": "2026-02-01", "type": "payment_reversed", "invoice": "I0", "amount": "4000.00"},
    ],
)
def test_a_person_looks_first_where_something_is_not_plain(event: dict[str, Any]) -> None:
    payment = {"on": "2026-01-20", "type": "payment", "invoice": "I0", "amount": "4000.00"}
    world = played({"kind": "consumer"}, events=[payment, event])
    assert asked(world)["firm"] == []


def test_a_bounced_letter_is_no_letter() -> None:
    bounce = {"on": "2026-02-06", "type": "bounce", "customer": "C0", "address": "c@b.example", "permanent": False}
    world = played({"kind": "consumer"}, events=[bounce])
    assert [kind for kind, _ in asked(world)["final"]] == ["interest", "fee", "fee"], "firm went out again, on time"
    twice = [row for row in world["timeline"] if row.get("stage") == "firm"]
    assert [[charge["kind"] for charge in row["charges"]] for row in twice] == [["interest", "fee"]] * 2


def test_a_plan_is_free_of_charges() -> None:
    plan = {
        "on": "2026-01-20",
        "type": "plan",
        "invoices": ["I0"],
        "instalments": [{"due": "2026-01-21", "amount": "10000.00"}],
    }
    assert not any(asked(played({"kind": "business"}, events=[plan])).values())


def test_countries_without_law_data_are_asked_for_the_principal_only() -> None:
    world = played({"country": "PL", "kind": "business"})
    assert not any(asked(world).values())
    assert world["findings"] == []


def test_what_the_law_forbids_is_held_and_reported() -> None:
    """A Belgian consumer, with a schedule that has no patience."""
    hasty = steps(("friendly", 3, "email"), ("firm", 9, "email"), ("final", 30, "email"))
    world = played({"country": "BE", "kind": "consumer"}, steps=hasty)
    held = [row for row in world["timeline"] if row["action"] == "hold" and row["code"] == "unlawful"]
    assert held
    assert "BE-B2C: WER / CDE art. XIX.2" in held[0]["why"]
    sent = [(row["on"], row["stage"]) for row in world["timeline"] if row["action"] == "send"]
    assert sent == [("2026-01-19", "friendly"), ("2026-02-05", "firm"), ("2026-02-16", "final")]
    found = [(one["code"], one.get("step")) for one in world["findings"]]
    assert ("step_unlawful", "firm") in found
    assert all(one["customer"] == "C0" for one in world["findings"])


def test_a_schedule_that_begins_firmly_is_reported() -> None:
    law = AccountLaw("BE", "BE", "consumer")
    assert [stage for stage, _ in law.unlawful_steps(Schedule((Step("firm", 20, "email"),)))] == ["firm"]
    assert AccountLaw("BE", "BE", "business").unlawful_steps(Schedule((Step("firm", 20, "email"),))) == []


def test_the_pace_of_australia_holds_a_schedule_without_patience() -> None:
    daily = steps(("friendly", 1, "email"), ("follow_up", 2, "email"), ("firm", 3, "email"), ("final", 4, "email"))
    world = played({"country": "AU"}, steps=daily, min_days_between_contacts=1, working_days_only=False)
    sent = [row["on"] for row in world["timeline"] if row["action"] == "send"]
    assert sent == ["2026-01-16", "2026-01-17", "2026-01-18", "2026-01-23"]


def test_the_first_reminder_of_each_invoice_counts() -> None:
    """Two invoices of a Belgian consumer: the younger one's reminder does not lengthen the older one's time."""
    older = Invoice("A", day("2026-01-02"), day("2026-01-15"), "EUR", 100_00, day("2026-01-02"))
    ladder = (
        Counted("courtesy", day("2026-01-13")),
        Counted("friendly", day("2026-01-20")),
        Counted("follow_up", day("2026-02-10")),
    )
    account = Account("C", (older._replace(counted=ladder), older._replace(ref="B")), {"email": Reach("a@b.example")})
    law = AccountLaw("BE", "BE", "consumer", account)
    assert law.forbids("firm", "email", day("2026-02-16"), day("2026-02-10")) is None
    bare = AccountLaw("BE", "BE", "consumer")
    assert bare.forbids("firm", "email", day("2026-02-16"), day("2026-02-10")) is not None, (
        "knowing less, it waits longer"
    )


def test_one_letter_has_one_fee_however_many_invoices() -> None:
    debt = Debt(1_000_00, "NOK", day("2026-01-02"), day("2026-01-15"), (), ())
    law = AccountLaw("NO", "NO", "consumer")
    kinds = [charge.kind for charge in together(law.charges_of_each([debt, debt], day("2026-02-10")))]
    assert kinds == ["interest", "fee"]


def test_where_a_rate_is_not_known_nothing_is_asked() -> None:
    debt = Debt(1_000_00, "NOK", day("2026-11-02"), day("2026-11-16"), (), ())
    assert AccountLaw("NO", "NO", "business").charges_of_each([debt], day("2027-01-11")) == [()]
