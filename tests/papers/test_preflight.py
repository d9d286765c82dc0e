# SPDX-License-Identifier: AGPL-3.0-or-later
"""The check before money is asked for: each fault by its place, and silence where nothing is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from purring.papers.preflight import Context, Record, Stated, check_record, check_request, record_of
from purring.papers.preflight.people import vat_id_holds
from tests.papers.sample import invoice, line


def found(context: Context | None = None, **places: Any) -> list[tuple[str, str]]:
    facts = invoice(**places)
    findings = check_request(facts, context) if context else check_request(facts)
    assert all(one.why.endswith(".") and one.remedy.endswith(".") for one in findings)
    return [(one.field, one.code) for one in findings]


def account(scheme: str, number: str, **more: str) -> list[dict[str, str]]:
    return [{"scheme": scheme, "number": number, **more}]


def test_a_good_invoice_goes() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("places", "finding"),
    [
        # days
        ({"due": "2026-05-03", "early_payment": []}, ("due", "due_before_issued")),
        ({"due": "2027-06-18"}, ("due", "due_far_away")),
        ({"issued": "1926-05-04", "due": "1926-05-18", "early_payment": []}, ("issued", "issued_long_ago")),
        ({"early_payment": [{"percent": "2", "until": "2026-05-19"}]}, ("early_payment[0].until", "early_payment_day")),
        ({"kind": "credit_note"}, ("corrects", "corrects_missing")),
        # arithmetics
        ({"lines": [line(quantity="0"), line()]}, ("lines[0].quantity", "no_quantity")),
        ({"lines": [line(discount="100.01"), line()]}, ("lines[0].discount", "discount_too_large")),
        ({"lines": [line(quantity="-1")]}, ("lines", "nothing_to_ask")),
        ({"paid": "1309.01"}, ("paid", "overpaid")),
        # tax
        ({"lines": [line(tax_rate="0", tax_category="S")]}, ("lines[0].tax_rate", "tax_rate_missing")),
        ({"lines": [line(tax_category="G")]}, ("lines[0].tax_rate", "tax_rate_in_tax_free")),
        ({"lines": [line(tax_rate="91")]}, ("lines[0].tax_rate", "tax_rate_unlikely")),
        ({"lines": [line(tax_rate="0", tax_category="E")]}, ("lines[0].exemption_reason", "exemption_reason_missing")),
        ({"lines": [line(tax_rate="0", tax_category="O"), line()]}, ("lines[0].tax_category", "tax_categories_mixed")),
        ({"lines": [line(tax_rate="0", tax_category="AE")]}, ("buyer.vat_id", "vat_id_missing")),
        ({"seller__vat_id": None}, ("seller.vat_id", "vat_id_missing")),
        # who
        ({"seller__vat_id": "DE136695977"}, ("seller.vat_id", "vat_id_invalid")),
        ({"buyer__vat_id": "FR41303265045"}, ("buyer.vat_id", "vat_id_invalid")),
        ({"buyer__email": "ana.sörensen"}, ("buyer.email", "email_invalid")),
        ({"buyer__email": "ana@gmial.com"}, ("buyer.email", "email_mistyped")),
        # how to pay
        ({"seller__accounts": [], "payment_link": None}, ("seller.accounts", "no_way_to_pay")),
        (
            {"seller__accounts": account("iban", "DE89370400440532013001")},
            ("seller.accounts[0].number", "iban_invalid"),
        ),
        ({"seller__accounts__0__bic": "COBAXXFF"}, ("seller.accounts[0].bic", "bic_invalid")),
        ({"seller__accounts__0__bic": "DNBANOKK"}, ("seller.accounts[0].bic", "bic_other_bank")),
        ({"seller__accounts__0__bic": "DEUTDEFF"}, ("seller.accounts[0].bic", "bic_other_bank")),
        ({"seller__accounts": account("no", "86011117948")}, ("seller.accounts[0].number", "account_invalid")),
        ({"seller__accounts": account("bankgiro", "5050-1056")}, ("seller.accounts[0].number", "account_invalid")),
        ({"seller__accounts": account("us", "021000022 12345678")}, ("seller.accounts[0].number", "account_invalid")),
        ({"seller__accounts": account("gb", "12-34-56 1234567")}, ("seller.accounts[0].number", "account_invalid")),
        ({"reference": "RF18 5390 0754 7043"}, ("reference", "reference_invalid")),
    ],
)
def test_a_fault_is_told_by_its_place(places: dict[str, Any], finding: tuple[str, str]) -> None:
    assert finding in found(**places)


@pytest.mark.parametrize(
    ("currency", "accounts", "finding"),
    [
        ("INR", account("upi", "shop at bank"), ("seller.accounts[0].number", "account_invalid")),
        ("BRL", account("pix", "123.456.789-08", city="Rio"), ("seller.accounts[0].number", "account_invalid")),
        ("EUR", account("pix", "123.456.789-09", city="Rio"), ("seller.accounts", "account_other_currency")),
    ],
)
def test_accounts_of_one_currency(currency: str, accounts: Any, finding: tuple[str, str]) -> None:
    assert finding in found(currency=currency, seller__accounts=accounts, payment_link=None)


@pytest.mark.parametrize(
    ("currency", "accounts"),
    [
        ("NOK", account("no", "8601 11 17947")),
        ("SEK", account("bankgiro", "5050-1055")),
        ("DKK", account("fik", "81234567")),
        ("USD", account("us", "021000021 123456789")),
        ("GBP", account("gb", "12-34-56 12345678")),
        ("AUD", account("au", "062-000 12345678")),
        ("ZAR", account("za", "62 0123 45678")),
        ("CAD", account("ca", "00006-010 1234567")),
        ("INR", account("upi", "shop@okbank")),
        ("BRL", account("pix", "+55 11 99999-9999", city="São Paulo")),
        ("CHF", account("iban", "CH44 3199 9123 0008 8901 2")),
        ("GBP", account("iban", "GB33BUKB20201555555555", bic="BUKBGB22")),
    ],
)
def test_accounts_that_are_right(currency: str, accounts: Any) -> None:
    assert found(currency=currency, seller__accounts=accounts, charges=[]) == []


CHECKSUM_ALONE = {
    *("AD48 0001 2030 2003 5910 01", "AT93 1904 3002 3457 3201 99", "BE36 5390 0754 7034 1234"),
    *("BA30 1290 0794 0102 84", "NL56 3003 0A17 1643 00", "ES89 3183 1500 9500 0121 0562"),
}
"""Their two check digits hold, which is all the vectors say; length, form or the bank's own check digits do not."""


def test_every_account_vector(test_data: Path) -> None:
    vectors = json.loads((test_data / "references/reference_vectors.json").read_text("utf-8"))
    ibans = [one for one in vectors if one["scheme"] == "IBAN"]
    assert len(ibans) > 60
    for vector in ibans:
        right = vector["valid"] and vector["value"] not in CHECKSUM_ALONE
        findings = found(seller__accounts=account("iban", vector["value"]))
        assert (("seller.accounts[0].number", "iban_invalid") in findings) is not right, vector


def test_a_swiss_account_that_takes_qr_references_only() -> None:
    places: dict[str, Any] = {"currency": "CHF", "seller__accounts": account("iban", "CH4431999123000889012")}
    assert found(**places, reference="RF18539007547034") == [("reference", "reference_invalid")]
    assert found(**places, reference="21 00000 00003 13947 14300 09017") == []
    assert found(**places, number="RE-7") == [("reference", "reference_invalid")]
    assert found(**places, seller__address=None) == [("seller.address", "payment_code_impossible")]


def test_what_the_country_s_code_needs() -> None:
    places: dict[str, Any] = {"currency": "BRL", "seller__accounts": account("pix", "123.456.789-09")}
    assert found(**places) == []
    assert found(**places, seller__address=None) == [("seller.accounts.city", "payment_code_impossible")]


@pytest.mark.parametrize("reference", ["RF18 5390 0754 7034", "2026-0417", "Order 77", "BRANDT 7"])
def test_references_that_may_stay(reference: str) -> None:
    assert found(reference=reference) == []


def test_a_supply_within_the_union() -> None:
    lines = [line(tax_rate="0", tax_category="K")]
    assert found(lines=lines, delivered=None) == [
        ("buyer.vat_id", "vat_id_missing"),
        ("delivered", "delivery_missing"),
        ("deliver_to_country", "delivery_missing"),
    ]
    assert found(lines=lines, buyer__vat_id="FR40303265045", deliver_to_country="FR") == []


def test_who_sells_where_there_is_no_vat_needs_no_number() -> None:
    assert found(seller__country="US", seller__vat_id=None) == []


def test_a_credit_note_needs_no_account() -> None:
    assert found(kind="credit_note", corrects="2026-0400", seller__accounts=[], payment_link=None) == []


# --- what must be known besides -----------------------------------------------------------------------------


def test_purchase_order() -> None:
    needs = Context(purchase_order_required=True)
    assert found(needs) == []
    assert found(needs, buyer__reference=None) == [("order", "purchase_order_missing")]
    assert found(needs, buyer__reference=None, order="4500012") == []


def test_today_and_language() -> None:
    assert found(Context(today=date(2026, 5, 3))) == [("issued", "issued_in_future")]
    assert found(Context(today=date(2026, 5, 4), language="de-AT")) == []
    assert found(Context(language="fr")) == [("buyer.language", "other_language")]
    assert found(Context(language="nb"), buyer__language="no") == []


def test_a_domain_that_takes_no_mail() -> None:
    dead = Context(dead_domains={"gone.example"})
    assert found(dead, buyer__email="ana@Gone.example") == [("buyer.email", "email_dead_domain")]
    assert found(dead, buyer__email="ana@cafe-zürich.example") == []


def test_sums_that_another_program_wrote() -> None:
    assert found(Context(stated=Stated(110_000, 20_900, 130_900))) == []
    assert found(Context(stated=Stated(110_000, 20_901, 130_901))) == []  # rounded per line
    assert found(Context(stated=Stated(gross=130_000))) == [("gross", "sum_differs")]
    assert found(Context(stated=Stated(110_000, 20_900, 130_901))) == [("gross", "sum_differs")]


def series(*numbers: int) -> Context:
    return Context(others=[replace(OTHER, number=f"2026-{one:04d}") for one in numbers])


OTHER = Record("2026-0001", date(2026, 1, 5), date(2026, 1, 19), 5_000, "EUR", customer="Someone")


def test_numbers_without_gaps() -> None:
    assert found(series(*range(400, 417))) == []
    assert found(series(*range(400, 416))) == found(series(1, 2)) == [("number", "number_gap")]
    assert "2026-0416 is missing" in check_request(invoice(), series(*range(400, 416)))[0].why
    assert found(series(*range(400, 418))) == [("number", "duplicate_number")]


@pytest.mark.parametrize("numbers", [(), (1,), (10, 99, 180, 200, 310), (400, 402), tuple(range(418, 430))])
def test_series_that_tell_nothing_about_the_next_number(numbers: tuple[int, ...]) -> None:
    assert found(series(*numbers)) == []


def test_other_series_and_imported_numbers() -> None:
    context = series(*range(400, 416))
    assert found(context, number="2027-0001") == []
    assert found(context, number="draft") == []
    assert found(replace(context, numbered_here=False)) == []


def test_the_same_asked_for_twice() -> None:
    first = replace(record_of(invoice()), number="2026-0400")
    assert found(Context(others=[first])) == [("lines", "duplicate_amount")]
    for other in (
        replace(first, issued=first.issued - timedelta(days=28)),
        replace(first, amount=first.amount + 1),
        replace(first, currency="CHF"),
        replace(first, customer="Someone else"),
        replace(first, description="Stuhl"),
        replace(first, credit=True),
    ):
        assert found(Context(others=[other])) == []


def test_an_imported_invoice_without_lines() -> None:
    record = replace(OTHER, number="9", due=date(2026, 1, 1))
    assert [one.code for one in check_record(record, Context(purchase_order_required=True))] == [
        "due_before_issued",
        "purchase_order_missing",
    ]
    same = replace(OTHER, number="10")
    assert check_record(same, Context(others=[OTHER])) == []  # without a description the amount alone says nothing


# --- tax numbers --------------------------------------------------------------------------------------------

GOOD = [
    *(("DE136695976", "DE"), ("136695976", "DE"), ("ATU13585627", "AT"), ("U13585627", "AT"), ("FR40303265045", "FR")),
    *(("40303265045", "FR"), ("ESB58378431", "ES"), ("B58378431", "ES"), ("EL094259216", "GR"), ("094259216", "GR")),
    *(("IE6433435F", "IE"), ("NL4495445B01", "NL"), ("SE123456789701", "SE"), ("GB980780684", "GB")),
    *(("980780684", "GB"), ("XI980780684", "GB"), ("NO995525828MVA", "NO"), ("995 525 828", "NO")),
    *(("CHE-107.787.577 MWST", "CH"), ("CHE-107.787.577", "LI"), ("51824753556", "AU"), ("FR40303265045", "")),
    *(("12-3456789", "US"), ("4010112345", "ZA"), ("anything", "")),
]
BAD = [
    *(("DE136695977", "DE"), ("136695977", "DE"), ("DE12", "FR"), ("FR41303265045", "FR"), ("GB980780685", "GB")),
    *(("EL094259217", "GR"), ("995525829MVA", "NO"), ("CHE107787578IVA", "CH"), ("123", "DE")),
]


@pytest.mark.parametrize(("number", "country"), GOOD)
def test_tax_numbers_that_hold(number: str, country: str) -> None:
    assert vat_id_holds(number, country)


@pytest.mark.parametrize(("number", "country"), BAD)
def test_tax_numbers_that_do_not(number: str, country: str) -> None:
    assert not vat_id_holds(number, country)
