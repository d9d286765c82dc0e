# SPDX-License-Identifier: AGPL-3.0-or-later
"""Facts written and read again are the same facts, but for what EN 16931 has no place for."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.papers.einvoice import read_einvoice, write_cii, write_ubl
from purring.papers.facts import Account, Endpoint, InvoiceFacts, Line
from purring.papers.payment_reference import payment_reference
from purring.papers.totals import totals
from tests.papers.einvoice.invoices import by_chance, every_kind
from tests.support import seeds

KINDS = every_kind()
WRITERS: dict[str, Callable[[InvoiceFacts], bytes]] = {
    "CII EN 16931": lambda facts: write_cii(facts, "en16931"),
    "CII XRechnung": lambda facts: write_cii(facts, "xrechnung"),
    "UBL Peppol": lambda facts: write_ubl(facts, "peppol"),
    "UBL EN 16931": lambda facts: write_ubl(facts, "en16931"),
}


def held(facts: InvoiceFacts) -> InvoiceFacts:
    """The facts as EN 16931 holds them.

    Numbers have no blanks, a tax group has one reason, outside the tax there is no VAT number of the buyer; and the
    reference is the one that is printed, made from the invoice's number when none was given.
    """
    reasons = {(tax.category, tax.rate): tax.exemption_reason for tax in totals(facts).taxes}
    outside = all(line.tax_category == "O" for line in facts.lines)
    seller, buyer = facts.seller, facts.buyer
    lines = tuple(replace(line, exemption_reason=reasons[line.tax_category, line.tax_rate]) for line in facts.lines)
    accounts = tuple(Account(one.scheme, one.compact, one.bic) for one in seller.accounts)
    return replace(
        facts,
        lines=lines,
        seller=replace(seller, accounts=accounts),
        buyer=replace(buyer, language="", vat_id="" if outside else buyer.vat_id),
        reference=payment_reference(facts).bare if facts.reference or seller.accounts else "",
        status="",
        charges=(),
    )


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("name", KINDS)
def test_every_kind_comes_back(name: str, writer: str) -> None:
    read = read_einvoice(WRITERS[writer](KINDS[name]))
    assert read.facts == held(KINDS[name])
    assert (read.findings, read.unread) == ((), ())


@given(seed=st.integers(0, 2**32), writer=st.sampled_from(sorted(WRITERS)))
def test_whatever_chance_makes_comes_back(seed: int, writer: str) -> None:
    facts = by_chance(random.Random(seed))
    read = read_einvoice(WRITERS[writer](facts))
    assert read.facts == held(facts)
    assert read.unread == ()


@given(seed=st.integers(0, 2**32))
def test_both_syntaxes_say_the_same(seed: int) -> None:
    facts = by_chance(random.Random(seed))
    assert read_einvoice(write_cii(facts)).facts == read_einvoice(write_ubl(facts)).facts


@pytest.mark.scales
def test_sums_stated_are_the_sums_computed(rng: random.Random) -> None:
    for _ in range(seeds.count("einvoice_sums", normal=200, endurance=20_000)):
        facts = by_chance(rng)
        sums, stated = totals(facts), read_einvoice(write_cii(facts)).stated
        assert (stated.net, stated.tax, stated.gross, stated.payable) == (sums.net, sums.tax, sums.gross, sums.payable)
        assert (stated.paid or 0) == sums.paid


@pytest.mark.parametrize("name", KINDS)
def test_basic_holds_all_but_contacts_and_bank(name: str) -> None:
    facts = held(KINDS[name])
    seller = facts.seller
    expected = replace(
        facts,
        seller=replace(
            seller,
            email="",
            phone="",
            accounts=tuple(Account(one.scheme, one.number) for one in seller.accounts),
        ),
        buyer=replace(facts.buyer, contact="", email=""),
        payment_link="",
    )
    read = read_einvoice(write_cii(KINDS[name], "basic"))
    assert read.facts is not None
    assert replace(read.facts, buyer=replace(read.facts.buyer, email="")) == expected


def test_the_reference_is_the_one_that_is_printed() -> None:
    facts = replace(KINDS["kroner"], reference="")
    assert payment_reference(facts).bare == "202604179"
    assert b"<ram:PaymentReference>202604179<" in write_cii(facts)
    assert b"<cbc:PaymentID>202604179<" in write_ubl(facts)


def test_a_mail_address_stands_in_for_an_electronic_one() -> None:
    facts = KINDS["one line at the standard rate"]
    facts = replace(facts, seller=replace(facts.seller, endpoint=None))
    assert b'schemeID="EM">rechnung@brandt.example<' in write_cii(facts)
    assert b'schemeID="EM"' not in write_ubl(facts, "peppol")  # the network has no such addresses
    read = read_einvoice(write_cii(facts)).facts
    assert read == held(facts)


def test_an_electronic_address_that_is_another_mail_address_is_kept() -> None:
    facts = KINDS["one line at the standard rate"]
    facts = replace(facts, seller=replace(facts.seller, endpoint=Endpoint("EM", "invoices@brandt.example")))
    assert read_einvoice(write_ubl(facts)).facts == held(facts)


@pytest.mark.parametrize(
    ("account", "country", "currency"),
    [
        (Account("upi", "tischler.brandt@bank"), "IN", "INR"),
        (Account("pix", "a3f1-77@brandt.example"), "BR", "BRL"),
        (Account("za", "62001234567"), "ZA", "ZAR"),
        (Account("us", "021000021123456789"), "US", "USD"),
        (Account("gb", "12345612345678"), "GB", "GBP"),
        (Account("fik", "81234567"), "DK", "DKK"),
    ],
    ids=lambda value: value.scheme if isinstance(value, Account) else "",
)
def test_accounts_of_other_countries_come_back(account: Account, country: str, currency: str) -> None:
    facts = KINDS["one line at the standard rate"]
    seller = replace(facts.seller, accounts=(account,), country=country, registration="")
    facts = replace(facts, seller=seller, currency=currency, reference="000000012345678")
    for write in WRITERS.values():
        read = read_einvoice(write(facts)).facts
        assert read is not None
        assert (read.seller.accounts, read.reference) == ((account,), "000000012345678")


@pytest.mark.parametrize(
    ("buyer", "schemes", "code"), [("DK", ["fik"], "93"), ("NO", ["fik", "iban"], "30")], ids=["at home", "abroad"]
)
def test_one_way_of_paying_is_named_for_all_accounts(buyer: str, schemes: list[str], code: str) -> None:
    facts = KINDS["one line at the standard rate"]
    accounts = (Account("fik", "81234567"), Account("iban", "DK5000400440116243"))
    seller = replace(facts.seller, country="DK", registration="", accounts=accounts)
    facts = replace(facts, currency="DKK", seller=seller, buyer=replace(facts.buyer, country=buyer))
    for write in WRITERS.values():
        read = read_einvoice(write(facts))
        assert read.facts is not None
        assert [one.scheme for one in read.facts.seller.accounts] == schemes
        assert {means["BT-81"] for means in read.extra["BG-16"]} == {code}


def test_a_vat_number_loses_its_blanks_and_a_national_one_stays() -> None:
    facts = KINDS["one line at the standard rate"]
    for given_id, read_id in (("DE 136 695 976", "DE136695976"), ("21/815/08150", "21/815/08150")):
        read = read_einvoice(write_cii(replace(facts, seller=replace(facts.seller, vat_id=given_id)))).facts
        assert read is not None
        assert read.seller.vat_id == read_id


def test_lines_of_an_address_beyond_three_are_joined() -> None:
    facts = KINDS["one line at the standard rate"]
    address = replace(facts.buyer.address, lines=("c/o Meier", "Haus 3", "Stiege 2", "Tür 9"))
    read = read_einvoice(write_ubl(replace(facts, buyer=replace(facts.buyer, address=address)))).facts
    assert read is not None
    assert read.buyer.address.lines == ("c/o Meier", "Haus 3", "Stiege 2, Tür 9")


def test_what_xml_cannot_hold_is_left_out() -> None:
    line = Line("Tre\x00sen \x0b\ufffe aus Eiche", KINDS["two rates"].lines[0].unit_price)
    facts = replace(KINDS["one line at the standard rate"], lines=(line,))
    read = read_einvoice(write_cii(facts)).facts
    assert read is not None
    assert read.lines[0].description == "Tresen  aus Eiche"
