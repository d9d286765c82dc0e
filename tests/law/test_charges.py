# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may be asked, in the words of the laws."""

from __future__ import annotations

from typing import Any

import pytest

from purring.core.errors import Refused
from purring.law.book import sources
from tests.law.asking import charges, day, denials

# --- who is asked, under which law ---------------------------------------------------------------------------


def test_an_unknown_customer_is_protected_like_a_consumer() -> None:
    unknown = charges(1_000, "2026-03-02", "2026-05-04", law="FR", kind="unknown")
    assert unknown == charges(1_000, "2026-03-02", "2026-05-04", law="FR", kind="consumer")
    assert unknown.total == 1_000_00
    assert set(denials(unknown)) == {"interest", "compensation", "fee"}


def test_of_two_laws_the_lower_of_each_item_counts() -> None:
    found = charges(10_000, "2026-09-01", "2026-10-15", creditor="FR", debtor="NL", kind="business")
    alone = charges(10_000, "2026-09-01", "2026-10-15", law="NL", kind="business")
    assert found.law == "FR+NL"
    assert found.interest.amount == alone.interest.amount
    assert found.interest.rule.startswith("NL-B2B")
    assert found.compensation.amount == 40_00


def test_what_one_of_two_laws_does_not_give_is_not_asked() -> None:
    found = charges(1_000, "2026-09-01", "2026-10-15", creditor="NL", debtor="GB", kind="consumer", currency="EUR")
    assert found.interest.amount == 0
    assert found.total == 1_000_00


def test_a_consumer_keeps_the_protection_of_home() -> None:
    away = charges(1_000, "2026-09-01", "2026-10-15", law="NO", debtor="SE", kind="consumer", currency="SEK")
    home = charges(1_000, "2026-09-01", "2026-10-15", law="SE", kind="consumer")
    assert away.law == "NO+SE"
    assert away.total <= home.total
    company = charges(1_000, "2026-09-01", "2026-10-15", law="NO", debtor="SE", kind="business", currency="NOK")
    assert company.law == "NO", "between businesses the agreed law stands"


def test_an_unknown_rate_does_no_harm_where_the_other_law_gives_no_interest() -> None:
    found = charges(
        1_000, "2026-06-30", "2026-08-31", creditor="IE", debtor="FR", kind="consumer", demands=("2026-07-15",)
    )
    assert found.interest.amount == 0
    with pytest.raises(Refused, match="FR_LEGAL_PRO"):
        charges(1_000, "2026-06-30", "2026-08-31", law="FR", kind="consumer", demands=("2026-07-15",))


def test_an_amount_in_another_currency_is_not_converted() -> None:
    found = charges(1_000, "2026-09-01", "2026-10-15", law="NO", kind="business", currency="EUR")
    assert found.interest.amount > 0
    assert (found.compensation.amount, found.fees) == (0, ())
    assert "NOK" in denials(found)["compensation"]


# --- interest ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["business", "consumer"])
def test_a_german_due_date_set_on_the_invoice_alone_brings_no_delay(kind: str) -> None:
    later = {"business": day("2026-10-02"), "consumer": None}
    found = charges(1_000, "2026-09-01", "2026-11-02", law="DE", kind=kind)
    assert found.interest.first == later[kind], "a business is late thirty days after due date and invoice"
    reminded = charges(1_000, "2026-09-01", "2026-11-02", law="DE", kind=kind, reminders=("2026-09-10",))
    assert reminded.interest.first == day("2026-09-11")
    agreed = charges(1_000, "2026-09-01", "2026-11-02", law="DE", kind=kind, calendar_due_date_agreed=True)
    assert agreed.interest.first == day("2026-09-02")


def test_a_reminder_before_the_due_date_is_no_demand() -> None:
    found = charges(1_000, "2026-09-01", "2026-09-20", law="CH", kind="business", reminders=("2026-08-25",))
    assert found.interest.amount == 0


def test_some_laws_want_a_formal_demand() -> None:
    asked: dict[str, Any] = {"law": "IT", "kind": "consumer"}
    reminded = charges(1_000, "2026-03-02", "2026-06-01", reminders=("2026-04-01",), **asked)
    assert (reminded.interest.amount, reminded.interest.first) == (0, None)
    demanded = charges(1_000, "2026-03-02", "2026-06-01", demands=("2026-04-01",), **asked)
    assert demanded.interest.first == day("2026-04-02")


def test_a_due_date_on_a_day_off_moves_to_the_next_working_day() -> None:
    saturday = charges(1_000, "2026-05-30", "2026-06-30", law="DE", kind="business", calendar_due_date_agreed=True)
    assert saturday.interest.first == day("2026-06-02"), "payable on Monday, late from Tuesday on"
    easter = charges(1_000, "2026-04-02", "2026-04-30", law="NO", kind="business")
    assert easter.interest.first == day("2026-04-08")
    both = charges(1_000, "2026-05-14", "2026-06-30", creditor="GB", debtor="DE", kind="business", currency="EUR")
    assert both.interest.first is None or both.interest.first > day("2026-05-15"), "Ascension Day is off in Germany"


def test_day_count_in_a_leap_year() -> None:
    """Germany counts actual days of the actual year."""
    found = charges(366_000, "2024-06-28", "2024-07-31", law="DE", kind="business", calendar_due_date_agreed=True)
    assert [one.amount for one in found.interest.segments] == [2 * 126_20, 31 * 123_70]


def test_denmark_takes_the_lower_of_two_day_counts() -> None:
    """From 27 February to 2 March 2026 there are three days; with months of thirty there would be five."""
    found = charges(360_000, "2026-02-27", "2026-03-02", law="DK", kind="business")
    assert found.interest.amount == 360_000_00 * 3 * 975 // (365 * 10_000)


def test_equal_rates_are_one_segment() -> None:
    found = charges(1_000, "2026-03-02", "2026-09-01", law="SE", kind="consumer")
    assert [(str(one.first), one.days) for one in found.interest.segments] == [("2026-03-03", 183)]


def test_segments_add_up_to_the_sum() -> None:
    found = charges(777, "2024-02-20", "2026-11-20", law="NO", kind="consumer", paid=((111, "2025-03-03"),))
    assert len(found.interest.segments) == 5
    assert sum(one.amount for one in found.interest.segments) == found.interest.amount


def test_part_payments_go_to_the_principal() -> None:
    found = charges(1_000, "2026-03-02", "2026-06-01", law="NO", kind="consumer", paid=((400, "2026-04-01"),))
    until = charges(400, "2026-03-02", "2026-04-01", law="NO", kind="consumer")
    rest = charges(600, "2026-03-02", "2026-06-01", law="NO", kind="consumer")
    assert found.principal == 600_00
    assert abs(found.interest.amount - until.interest.amount - rest.interest.amount) <= 1


def test_a_payment_before_the_due_date_bears_no_interest() -> None:
    found = charges(1_000, "2026-03-02", "2026-06-01", law="NO", kind="consumer", paid=((400, "2026-02-20"),))
    assert found.interest == charges(600, "2026-03-02", "2026-06-01", law="NO", kind="consumer").interest


def test_ireland_takes_the_lower_of_two_readings_and_says_that_it_is_not_sure() -> None:
    found = charges(1_000, "2025-03-03", "2026-03-02", law="IE", kind="business")
    assert [one.rate for one in found.interest.segments] == [10_150_000], "11.15 at the due date, 10.15 later"
    assert found.interest.confidence == "medium"
    assert found.total == 1_000_00


def test_what_is_less_than_sure_stays_out_of_the_total() -> None:
    sure = charges(1_000, "2026-03-02", "2026-06-01", law="ES", kind="business")
    assert (sure.interest.confidence, sure.total) == ("high", 1_000_00 + sure.interest.amount + 40_00)
    derived = charges(1_000, "2026-03-02", "2026-07-01", law="ES", kind="business")
    assert (derived.interest.confidence, derived.total) == ("medium", 1_000_00 + 40_00)


# --- agreed rates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("law", "kind", "agreed", "used"),
    [
        ("NO", "business", 18, 18),
        ("NO", "consumer", 18, 12.25),
        ("NO", "consumer", 5, 5),
        ("FI", "consumer", 20, 9.5),
        ("GB", "business", 4, 4),
        ("US", "business", 18, 18),
        ("CA", "consumer", 60, 35),
        ("BR", "consumer", 24, 12),
        ("ZA", "consumer", 36, 24),
        ("BE", "consumer", 12, 10.5),
    ],
)
def test_agreed_rates(law: str, kind: str, agreed: float, used: float) -> None:
    asked = charges(1_000, "2026-07-06", "2026-11-02", law=law, kind=kind, agreed_rate=agreed, demands=("2026-07-13",))
    assert {one.rate for one in asked.interest.segments} == {round(used * 1_000_000)}


def test_without_a_clause_there_is_nothing_in_some_countries() -> None:
    for law in ("US", "CA", "AU", "IN", "BR"):
        for kind in ("business", "consumer"):
            found = charges(1_000, "2026-03-02", "2026-11-02", law=law, kind=kind)
            assert found.total == 1_000_00
            assert set(denials(found)) == {"interest", "compensation", "fee"}


def test_canadian_ceilings_follow_the_principal() -> None:
    rates = [
        charges(amount, "2026-03-02", "2026-11-02", law="CA", kind="business", agreed_rate=60).interest.segments[0].rate
        for amount in (10_000, 10_001, 500_001)
    ]
    assert rates == [35_000_000, 48_000_000, 60_000_000]


def test_an_agreed_remedy_displaces_the_british_act() -> None:
    found = charges(1_000, "2026-03-02", "2026-11-02", law="GB", kind="business", agreed_rate=4)
    assert found.compensation.amount == 0
    assert "agreed remedy" in denials(found)["compensation"]


def test_interest_from_a_belgian_consumer_begins_after_the_free_reminder_and_two_weeks() -> None:
    """Sent on Tuesday 8 September; the third working day after is Friday the 11th; fourteen days from there."""
    asked: dict[str, Any] = {"law": "BE", "kind": "consumer", "agreed_rate": 8, "reminders": ("2026-09-08",)}
    assert charges(1_000, "2026-09-01", "2026-10-15", **asked).interest.first == day("2026-09-25")
    early = charges(1_000, "2026-09-01", "2026-09-20", **asked)
    assert (early.interest.amount, early.total) == (0, 1_000_00)


# --- compensation and fees -------------------------------------------------------------------------------------


def test_compensation_and_fees_exclude_each_other_in_norway() -> None:
    letters = ("2026-09-15", "2026-09-29")
    asked: dict[str, Any] = {"law": "NO", "kind": "business", "reminders": letters}
    first = charges(1_000, "2026-09-01", "2026-10-15", **asked)
    assert (first.compensation.amount, first.fees) == (430_00, ())
    assert "exclude" in denials(first)["fee"]
    fees = charges(1_000, "2026-09-01", "2026-10-15", prefer="fees", **asked)
    assert (fees.compensation.amount, len(fees.fees)) == (0, 2)
    assert "exclude" in denials(fees)["compensation"]


def test_they_add_up_in_denmark() -> None:
    letters = ("2026-09-02", "2026-09-12", "2026-09-22", "2026-10-02")
    found = charges(1_000, "2026-09-01", "2026-10-15", law="DK", kind="business", reminders=letters)
    assert found.compensation.amount == 310_00
    assert [fee.amount for fee in found.fees] == [100_00] * 3
    assert found.total == 1_000_00 + found.interest.amount + 310_00 + 300_00


def test_letters_too_early_are_free() -> None:
    letters = ("2026-09-04", "2026-09-16", "2026-09-20")
    found = charges(1_000, "2026-09-01", "2026-09-25", law="NO", kind="consumer", reminders=letters)
    assert [str(fee.earliest_on) for fee in found.fees] == ["2026-09-15", "2026-09-30"]
    assert found.total == 1_000_00 + found.interest.amount + 38_00, "the next one may not be asked yet"


def test_a_letter_of_today_may_carry_its_fee() -> None:
    before = charges(1_000, "2026-09-01", "2026-09-14", law="NO", kind="consumer")
    today = charges(1_000, "2026-09-01", "2026-09-15", law="NO", kind="consumer")
    assert before.total == 1_000_00 + before.interest.amount
    assert today.total == 1_000_00 + today.interest.amount + 38_00


def test_norwegian_letters_count_anew_after_half_a_year() -> None:
    letters = ("2026-01-26", "2026-02-10", "2026-09-01")
    found = charges(1_000, "2026-01-12", "2026-09-02", law="NO", kind="consumer", reminders=letters)
    assert len(found.fees) == 4


def test_norwegian_fees_have_their_amount_from_the_day_of_the_letter() -> None:
    found = charges(
        1_000, "2025-11-28", "2026-01-15", law="NO", kind="consumer", reminders=("2025-12-16", "2026-01-05")
    )
    assert [fee.amount for fee in found.fees] == [35_00, 38_00]


def test_no_norwegian_fee_is_known_after_2026(tmp_path: Any) -> None:
    """The new law comes into force some day; until somebody has looked, no fee."""
    from purring.law.book import book
    from purring.law.update import store

    store(
        tmp_path,
        "series,valid_from,rate,confidence,source\n"
        "NO_STATUTORY,2027-01-01,12.00,high,example\nNO_PURREGEBYR,2027-01-01,39,high,example\n",
    )
    found = charges(1_000, "2027-02-01", "2027-03-15", law="NO", kind="consumer", laws=book(tmp_path))
    assert found.interest.amount > 0
    assert found.fees == ()
    assert "2026-12-31" in denials(found)["fee"]


def test_swedish_fees_need_an_agreement() -> None:
    asked: dict[str, Any] = {"law": "SE", "kind": "consumer"}
    assert "agreement" in denials(charges(1_000, "2026-09-01", "2026-10-15", **asked))["fee"]
    agreed = charges(1_000, "2026-09-01", "2026-10-15", agreed_fee=90_00, **asked)
    assert [fee.amount for fee in agreed.fees] == [60_00], "more than the law allows is void"


def test_swedish_compensation_needs_thirty_days_of_credit() -> None:
    asked: dict[str, Any] = {"law": "SE", "kind": "business"}
    long = charges(1_000, "2026-09-01", "2026-10-15", issued="2026-07-31", **asked)
    assert (long.compensation.amount, long.compensation.confidence) == (450_00, "high")
    short = charges(1_000, "2026-09-01", "2026-10-15", issued="2026-08-15", **asked)
    assert short.compensation.amount == 0
    unknown = charges(1_000, "2026-09-01", "2026-10-15", **asked)
    assert (unknown.compensation.amount, unknown.compensation.confidence) == (450_00, "medium")
    assert unknown.total == 1_000_00 + unknown.interest.amount, "what is not sure is not in the total"


def test_finnish_fees_need_an_invoice_sent_in_time() -> None:
    asked: dict[str, Any] = {"law": "FI", "kind": "consumer"}
    found = charges(1_000, "2026-03-02", "2026-03-30", issued="2026-02-10", reminders=("2026-03-10",), **asked)
    assert [(fee.amount, str(fee.earliest_on)) for fee in found.fees] == [(5_00, "2026-03-24")]
    late = charges(1_000, "2026-03-02", "2026-03-30", issued="2026-02-20", **asked)
    assert "14 days" in denials(late)["fee"]


def test_a_german_reminder_by_mail_costs_nothing() -> None:
    found = charges(
        1_000, "2026-09-01", "2026-10-15", law="DE", kind="consumer", reminders=("2026-09-10", "2026-09-24")
    )
    assert found.fees == ()
    assert "e-mail" in denials(found)["fee"]


def test_forty_euro_never_from_a_consumer() -> None:
    for law in ("AT", "BE", "DE", "ES", "FI", "FR", "IE", "IT", "NL", "PT"):
        found = charges(1_000, "2026-03-02", "2026-05-04", law=law, kind="consumer", demands=("2026-03-10",))
        assert found.compensation.amount == 0, law
        assert "compensation" in denials(found)


@pytest.mark.parametrize("law", ["NO", "DK", "DE", "GB", "NL", "IE", "CH", "ZA"])
@pytest.mark.parametrize("kind", ["business", "consumer"])
def test_nothing_is_asked_before_the_due_date_nor_on_it(law: str, kind: str) -> None:
    for on in ("2026-08-03", "2026-09-01"):
        found = charges(1_000, "2026-09-01", on, law=law, kind=kind, calendar_due_date_agreed=True)
        assert (found.total, found.interest.amount, found.compensation.amount) == (1_000_00, 0, 0)
        assert found.interest.segments == ()
        assert "interest" in denials(found)


def test_it_says_when_delay_will_begin() -> None:
    found = charges(1_000, "2026-09-01", "2026-08-20", law="NO", kind="consumer")
    assert found.interest.first == day("2026-09-02")
    assert "begins on 2026-09-02" in denials(found)["interest"]
    assert [str(fee.earliest_on) for fee in found.fees] == ["2026-09-15", "2026-09-29"]


def test_a_norwegian_flat_sum_is_the_lower_of_two_half_years() -> None:
    found = charges(1_000, "2026-06-01", "2026-07-31", law="NO", kind="business")
    assert found.compensation.amount == 430_00
    gap = charges(1_000, "2020-12-01", "2021-02-01", law="NO", kind="business")
    assert "not known" in denials(gap)["compensation"]


# --- rules, sources, refusals ----------------------------------------------------------------------------------


def test_every_item_has_its_rule_and_every_source_a_title() -> None:
    found = charges(1_000, "2026-03-02", "2026-05-04", law="DK", kind="business")
    assert found.interest.rule == "DK-B2B: renteloven §§ 3, 5"
    assert all(fee.rule == "DK-B2B: renteloven § 9 b" for fee in found.fees)
    assert found.sources
    assert all(sources()[key].named for key in found.sources)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"law": "XX", "currency": "EUR"}, "unknown_country"),
        ({"creditor": "NO", "debtor": "PL"}, "unknown_country"),
        ({"creditor": "NO"}, "bad_claim"),
        ({"law": "NO", "currency": "ABC"}, "unknown_currency"),
        ({"law": "NO", "amount": -5}, "bad_amount"),
        ({"law": "NO", "amount": 0}, "bad_amount"),
        ({"law": "NO", "issued": "2026-09-02"}, "bad_date"),
        ({"law": "CH", "due": "1899-12-29"}, "bad_date"),
        ({"law": "CH", "due": "9999-12-31", "on": "9999-12-31"}, "bad_date"),
        ({"law": "NO", "paid": ((2_000, "2026-09-05"),)}, "bad_amount"),
        ({"law": "NO", "paid": ((-5, "2026-09-05"),)}, "bad_amount"),
        ({"law": "NO", "paid": ((5, "2026-12-05"),)}, "bad_date"),
        ({"law": "NO", "reminders": ("2026-12-05",)}, "bad_date"),
        ({"law": "NO", "agreed_rate": 101}, "bad_amount"),
        ({"law": "NO", "agreed_rate": -1}, "bad_amount"),
        ({"law": "NO", "agreed_fee": -1}, "bad_amount"),
        ({"law": "NO", "kind": "charity"}, "bad_claim"),
        ({"law": "NO", "prefer": "both"}, "bad_claim"),
        ({"law": "NO", "due": "2017-01-02"}, "rate_unknown"),
        ({"law": "NO", "on": "2027-01-01"}, "rate_unknown"),
        ({"law": "FI", "kind": "business", "due": "1999-01-04"}, "rate_unknown"),
    ],
)
def test_bad_input_is_refused_in_one_line(given: dict[str, Any], code: str) -> None:
    asked = {"amount": 1_000, "due": "2026-09-01", "on": "2026-10-15", **given}
    with pytest.raises(Refused) as refused:
        charges(**asked)
    assert refused.value.code == code
    assert "\n" not in refused.value.message
