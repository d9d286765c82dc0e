# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sums that somebody worked out by hand, from the research data and its notes."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from purring.law.book import book
from purring.law.charges import late_charges
from purring.law.claim import Claim
from purring.law.rates import MICRO, Meta, Rates, Row, Series, packaged
from purring.law.scales import find_scale, scale_amount
from tests.law.asking import charges, day

COUNTRY = {"UK": "GB"}


def test_norway_floats_and_splits_at_the_half_year() -> None:
    found = charges(10_000, "2026-05-15", "2026-07-31", law="NO", kind="business")
    assert found.interest.amount == 255_27
    assert [(one.first, one.days, one.rate) for one in found.interest.segments] == [
        (day("2026-05-16"), 46, 12 * MICRO),
        (day("2026-07-01"), 31, 12_250_000),
    ]


def test_germany_with_an_agreed_calendar_date() -> None:
    found = charges(500, "2026-05-29", "2026-08-31", law="DE", kind="consumer", calendar_due_date_agreed=True)
    assert found.interest.amount == 8_28
    assert [(one.days, one.rate) for one in found.interest.segments] == [(32, 6_270_000), (62, 6_520_000)]


def test_the_united_kingdom_fixes_the_rate_when_the_debt_falls_due() -> None:
    found = charges(1_000, "2025-06-16", "2026-01-31", law="GB", kind="business")
    assert (found.interest.amount, found.compensation.amount) == (79_99, 70_00)
    assert [(one.days, one.rate) for one in found.interest.segments] == [(229, 12_750_000)]


def test_south_africa_takes_the_lower_of_two_readings() -> None:
    found = charges(20_000, "2026-06-30", "2026-11-20", law="ZA", kind="business")
    assert found.interest.amount == 803_15
    assert [(one.days, one.rate) for one in found.interest.segments] == [(143, 10_250_000)]


def test_france_between_businesses() -> None:
    found = charges(1_200, "2026-04-30", "2026-07-15", law="FR", kind="business")
    assert (found.interest.amount, found.compensation.amount) == (30_48, 40_00)
    assert [(one.days, one.rate) for one in found.interest.segments] == [(61, 12_150_000), (15, 12_400_000)]


def test_the_netherlands_add_interest_to_the_principal_after_a_full_year() -> None:
    found = charges(1_000, "2025-03-31", "2026-09-30", law="NL", kind="business")
    assert found.interest.amount == 160_86
    simple = sum(100_000 * one.rate * one.days for one in found.interest.segments) // (365 * 100 * MICRO)
    assert simple == 155_51


def test_india_compounds_with_monthly_rests() -> None:
    """Three full months at three times 5.75 %, the rate held still."""
    meta = Meta("IN", "Bank Rate", "% p.a.", "event", day("2027-12-31"))
    still = Series("IN_BANK_RATE", meta, [Row("IN_BANK_RATE", day("2020-01-01"), "5.75", "high", "example")])
    laws = type(book())(Rates({**{one.name: one for one in packaged()}, "IN_BANK_RATE": still}))
    found = charges(100_000, "2025-12-31", "2026-03-31", law="IN", kind="business", registered=True, laws=laws)
    assert found.interest.amount == 4374_78


def test_no_further_interest_in_south_africa_once_it_reaches_the_capital() -> None:
    found = charges(1_000, "2018-05-31", "2026-10-30", law="ZA", kind="business", agreed_rate=20)
    assert found.interest.amount == 1_000_00


NL_STAFFEL = {
    "50": "40.00", "100": "40.00", "266.67": "40.00", "1000": "150.00", "2500": "375.00", "5000": "625.00",
    "10000": "875.00", "200000": "2775.00", "1000000": "6775.00", "2000000": "6775.00",
}  # fmt: skip
BE_CEILING = {
    "100": "20.00", "150": "20.00", "150.01": "30.00", "300": "45.00", "500": "65.00", "500.01": "65.00",
    "1000": "90.00", "39200": "2000.00", "100000": "2000.00",
}  # fmt: skip


def minor(text: str) -> int:
    return int(Decimal(text) * 100)


@pytest.mark.parametrize(("principal", "cost"), NL_STAFFEL.items())
def test_the_dutch_staffel(principal: str, cost: str) -> None:
    scale = find_scale(book().kind("NL", "consumer"), "incassokosten")
    assert scale_amount(scale, minor(principal), "EUR") == minor(cost)


@pytest.mark.parametrize(("principal", "most"), BE_CEILING.items())
def test_the_belgian_ceiling_of_damages_clauses(principal: str, most: str) -> None:
    scale = find_scale(book().kind("BE", "consumer"), "damages clause")
    assert scale_amount(scale, minor(principal), "EUR") == minor(most)


@pytest.mark.parametrize(("principal", "flat"), [(1, 40), (99_999, 40), (100_000, 70), (999_999, 70), (1_000_000, 100)])
def test_british_bands(principal: int, flat: int) -> None:
    claim = Claim(principal, "GBP", day("2026-03-02"), day("2026-04-01"), kind="business", law="GB")
    assert late_charges(claim).compensation.amount == flat * 100


def test_norwegian_fees() -> None:
    """Two light letters, two weeks after the due date and two weeks apart."""
    letters = ("2026-09-15", "2026-09-29")
    found = charges(1_000, "2026-09-01", "2026-10-15", law="NO", kind="consumer", reminders=letters)
    assert [(fee.amount, str(fee.earliest_on)) for fee in found.fees] == [(38_00, "2026-09-15"), (38_00, "2026-09-29")]


def test_norwegian_notices_have_fees_of_their_own() -> None:
    fees = {notice.name: notice.fee for notice in book().kind("NO", "consumer").notices}
    assert fees == {"inkassovarsel": Decimal(38), "betalingsoppfordring": Decimal(113)}


def test_every_example_of_the_research_data(test_data: Path) -> None:
    """Those that stand in the data itself, read from there: nothing is lost when it grows."""
    research = json.loads((test_data / "law" / "late-payment-rules.json").read_text("utf-8"))
    played = [_played(example) for example in research["worked_examples"] if "segments" in example]
    assert len(played) >= 3
    tables = {example["id"]: example["table"] for example in research["worked_examples"] if "table" in example}
    assert tables["BE-XIX"] == BE_CEILING


def _played(example: dict[str, Any]) -> str:
    code, kind = example["rule"].split("-")[:2]
    claim = Claim(
        amount=minor(example["principal"]),
        currency=book().country(code).currency,
        due=day(example["due"]),
        on=day(example["as_of"]),
        kind="business" if kind == "B2B" else "consumer",
        law=code,
        calendar_due_date_agreed=True,
    )
    found = late_charges(claim)
    assert found.interest.amount == minor(example["interest"]), example["id"]
    shown = [(str(one.first), one.days, one.rate) for one in found.interest.segments]
    wanted = [(one["from_date"], one["days"], round(one["rate"] * MICRO)) for one in example["segments"]]
    assert shown == wanted, example["id"]
    if "compensation" in example:
        assert found.compensation.amount == minor(str(example["compensation"])), example["id"]
    return str(example["id"])


def test_the_day_after_the_due_date_is_the_first_and_the_day_asked_for_counts() -> None:
    due = date(2026, 5, 12)
    for days in range(1, 20):
        claim = Claim(365_000_00, "NOK", due, due + timedelta(days), kind="consumer", law="NO")
        assert late_charges(claim).interest.amount == days * 120_00
