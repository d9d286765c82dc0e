# SPDX-License-Identifier: AGPL-3.0-or-later
"""Strangers' e-invoices: what the facts have no place for, what does not add up, and what is meant to harm."""

from __future__ import annotations

import re
import time
from decimal import Decimal as D

import pytest

from purring.core.errors import Refused
from purring.papers.einvoice import ReadInvoice, read_einvoice, write_cii, write_ubl
from purring.papers.einvoice.safe_xml import MAX_BYTES, MAX_TAGS
from purring.papers.totals import totals
from tests.papers.einvoice.invoices import line, made

PLAIN = made(lines=[line("100.00", quantity="3", unit="HUR")])
UBL, CII = write_ubl(PLAIN).decode(), write_cii(PLAIN).decode()


def changed(text: str, pattern: str, to: str) -> ReadInvoice:
    replaced, times = re.subn(pattern, to, text, count=1)
    assert times == 1
    return read_einvoice(replaced.encode())


def codes(read: ReadInvoice) -> set[str]:
    return {finding.code for finding in read.findings}


def allowance(indicator: str, amount: str, more: str = "") -> str:
    return (
        f"<cac:AllowanceCharge><cbc:ChargeIndicator>{indicator}</cbc:ChargeIndicator>"
        f"<cbc:AllowanceChargeReason>Versand</cbc:AllowanceChargeReason>"
        f'<cbc:Amount currencyID="EUR">{amount}</cbc:Amount>{more}</cac:AllowanceCharge>'
    )


STANDARD = "<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>"


def test_charges_and_allowances_on_the_whole_become_lines() -> None:
    more = allowance("true", "10.00", STANDARD) + allowance("false", "30.00", STANDARD)
    read = changed(UBL, "<cac:TaxTotal>", f"{more}<cac:TaxTotal>")
    assert read.facts is not None
    assert [(one.description, one.quantity, one.unit_price) for one in read.facts.lines[1:]] == [
        ("Versand", D(1), D(10)),
        ("Versand", D(-1), D(30)),
    ]
    assert totals(read.facts).net == 28_000
    assert read.extra["BG-20"][0]["BT-92"] == "30.00"


def test_a_charge_on_a_line_becomes_a_line_beside_it() -> None:
    read = changed(
        UBL,
        "300.00</cbc:LineExtensionAmount>(?=<cac:Item>)",
        f"307.00</cbc:LineExtensionAmount>{allowance('true', '7.00')}",
    )
    assert read.facts is not None
    assert [one.description for one in read.facts.lines] == ["Tresen aus Eiche", "Versand (Tresen aus Eiche)"]
    assert totals(read.facts).net == 30_700


def test_a_price_for_several_is_brought_to_one() -> None:
    base = '</cbc:PriceAmount><cbc:BaseQuantity unitCode="HUR">4</cbc:BaseQuantity>'
    text = UBL.replace(">300.00<", ">75.00<")
    read = changed(text, "</cbc:PriceAmount>", base)
    assert read.facts is not None
    assert (read.facts.lines[0].unit_price, read.facts.lines[0].quantity) == (D(25), D(3))
    assert read.extra["BG-25"][0]["BT-149"] == "4"


def test_a_price_that_never_ends_still_comes_to_the_amount() -> None:
    base = '</cbc:PriceAmount><cbc:BaseQuantity unitCode="HUR">7</cbc:BaseQuantity>'
    read = changed(UBL.replace(">300.00<", ">42.86<"), "</cbc:PriceAmount>", base)
    assert read.facts is not None
    assert totals(read.facts).net == 4_286
    assert "line_taken_whole" not in codes(read)


def test_a_negative_price_turns_the_quantity() -> None:
    read = changed(CII.replace(">300.00<", ">-300.00<"), "<ram:ChargeAmount>100", "<ram:ChargeAmount>-100")
    assert read.facts is not None
    assert (read.facts.lines[0].quantity, read.facts.lines[0].unit_price) == (D(-3), D(100))


def test_a_line_that_does_not_add_up_is_taken_as_stated_and_told() -> None:
    read = changed(CII, "<ram:LineTotalAmount>300.00", "<ram:LineTotalAmount>299.00")
    assert read.facts is not None
    assert (read.facts.lines[0].quantity, totals(read.facts).net) == (D(1), 29_900)
    assert {"line_taken_whole", "net_differs", "gross_differs", "payable_differs"} <= codes(read)


def test_a_rounding_of_the_amount_due_is_told() -> None:
    rounding = '<cbc:PayableRoundingAmount currencyID="EUR">-0.40</cbc:PayableRoundingAmount>'
    text = UBL.replace('"EUR">357.00</cbc:PayableAmount>', '"EUR">356.60</cbc:PayableAmount>')
    read = changed(text, "<cbc:PayableAmount", f"{rounding}<cbc:PayableAmount")
    assert (read.stated.payable, read.stated.rounding) == (35_660, -40)
    assert codes(read) == {"rounded"}


def test_no_due_date_is_told_with_the_terms() -> None:
    text = re.sub("<cbc:DueDate>.*?</cbc:DueDate>", "", UBL)
    read = changed(
        text, "<cac:TaxTotal>", "<cac:PaymentTerms><cbc:Note>30 dager netto</cbc:Note></cac:PaymentTerms><cac:TaxTotal>"
    )
    assert read.facts is not None
    assert read.facts.due == read.facts.issued
    assert any(finding.code == "no_due_date" and "30 dager netto" in finding.message for finding in read.findings)


@pytest.mark.parametrize(
    ("code", "kind"),
    [("380", "invoice"), ("384", "invoice"), ("326", "invoice"), ("381", "credit_note"), ("261", "credit_note")],
)
def test_types_are_invoices_or_credit_notes(code: str, kind: str) -> None:
    read = changed(CII, "<ram:TypeCode>380", f"<ram:TypeCode>{code}")
    assert read.contract["kind"] == kind
    assert read.extra["BT-3"] == code


def test_what_is_missing_is_told_and_the_rest_is_kept() -> None:
    read = changed(CII, "<ram:ID>2026-0417</ram:ID>", "")
    assert read.facts is None
    assert [(finding.code, finding.field) for finding in read.findings] == [("missing", "number")]
    assert read.contract["seller"]["name"] == "Tischlerei Brandt GmbH"
    assert read.stated.payable == 35_700


LONG_TEXT = "x" * 6_000


@pytest.mark.parametrize(
    ("element", "field"),
    [
        ("ram:CompleteNumber", "seller.phone"),
        ("ram:BuyerReference", "buyer.reference"),
        ("ram:LineOne", "seller.address.lines[0]"),
        ("ram:BICID", "seller.accounts[0].bic"),
        ("ram:PaymentReference", "reference"),
    ],
)
def test_what_an_invoice_can_do_without_does_not_stop_it(element: str, field: str) -> None:
    read = changed(CII, f"<{element}>[^<]*<", f"<{element}>{LONG_TEXT}<")
    assert read.facts is not None
    assert [(finding.code, finding.field) for finding in read.findings] == [("left_out", field)]
    assert LONG_TEXT in str(read.extra)


def test_a_line_without_words_or_with_too_many_is_kept() -> None:
    for words, code, length in (("", "no_description", 1), (LONG_TEXT, "description_cut", 5_000)):
        read = changed(CII, "<ram:Name>Tresen aus Eiche<", f"<ram:Name>{words}<")
        assert read.facts is not None
        assert len(read.facts.lines[0].description) == length
        assert codes(read) == {code}


@pytest.mark.parametrize("currency", ["", "XEURX", "€"])
def test_an_unknown_currency_is_told(currency: str) -> None:
    read = changed(CII, "<ram:InvoiceCurrencyCode>EUR", f"<ram:InvoiceCurrencyCode>{currency}")
    assert read.facts is None
    assert "no_currency" in codes(read)
    assert read.stated.payable is None


@pytest.mark.parametrize("amount", ["", "1,00", "1e400", "NaN", "abc", "9" * 40])
def test_amounts_that_are_none_are_told(amount: str) -> None:
    read = changed(CII, "<ram:LineTotalAmount>300.00", f"<ram:LineTotalAmount>{amount}")
    assert read.facts is not None
    assert totals(read.facts).net == 30_000  # quantity times price still says it
    read = changed(
        changed(CII, "<ram:ChargeAmount>100", "<ram:ChargeAmount>x").xml.decode(),
        "<ram:LineTotalAmount>300.00",
        f"<ram:LineTotalAmount>{amount}",
    )
    assert read.facts is None
    assert {"amount_not_read", "missing"} <= codes(read)


def test_signs_that_turn_a_text_are_left_out_of_the_facts_only() -> None:
    read = changed(UBL, "Tresen aus Eiche", "Tresen \u202eaus Eiche\u200f")
    assert read.facts is not None
    assert read.facts.lines[0].description == "Tresen aus Eiche\u200f"
    assert "\u202e" in read.extra["BG-25"][0]["BT-153"]


def test_what_is_beside_the_standard_is_told_apart() -> None:
    read = changed(UBL, "<cbc:BuyerReference>", "<cbc:AccountingCost>KST 7</cbc:AccountingCost><cbc:BuyerReference>")
    assert read.extra["BT-19"] == "KST 7"
    read = changed(UBL, "<cac:OrderReference>|<cac:AccountingSupplierParty>", r"<cbc:Mood>sunny</cbc:Mood>\g<0>")
    assert [(one.path, one.text) for one in read.unread] == [("/*/cbc:Mood", "sunny")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_usual_encodings_are_read(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    text = CII.replace('encoding="UTF-8"', f'encoding="{name}"')
    read = read_einvoice(text.encode(encoding))
    assert read.facts is not None
    assert read.facts.buyer.name == "Café Zürich & Söhne"


BILLION = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><x>&c;</x>'
)
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
ATTACKS = {
    "entities": (BILLION.encode(), "unsafe_xml"),
    "entities in UTF-16": (BILLION.encode("utf-16"), "unsafe_xml"),
    "a file of ours": (EXTERNAL.encode(), "unsafe_xml"),
    "a DTD from elsewhere": (b'<!DOCTYPE x SYSTEM "http://attacker.example/x.dtd"><x/>', "unsafe_xml"),
    "UTF-7 to hide a DTD": (b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x+AD4-<x/>', "not_xml"),
    "an entity nobody defined": (b"<x>&f;</x>", "not_xml"),
    "a million tags": (b"<x>" + b"<y/>" * (MAX_TAGS + 1) + b"</x>", "too_large"),
    "many bytes": (b"<x>" + b" " * MAX_BYTES + b"</x>", "too_large"),
    "ten thousand deep": (b"<x>" * 10_000 + b"</x>" * 10_000, "not_xml"),
    "a text of twenty megabytes": (b"<x>" + b"a" * 20_000_000 + b"</x>", "not_xml"),
    "half a file": (CII.encode()[:2000], "not_xml"),
    "zeros": (b"\x00" * 1000, "not_xml"),
    "no UTF-8": (CII.encode("iso-8859-1"), "not_xml"),
    "ZUGFeRD 1": (
        b'<rsm:CrossIndustryDocument xmlns:rsm="urn:ferd:CrossIndustryDocument:invoice:1p0"/>',
        "not_an_einvoice",
    ),
    "a web page": (b"<html/>", "not_an_einvoice"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_meant_to_harm_is_refused_at_once(name: str) -> None:
    data, code = ATTACKS[name]
    start = time.process_time()
    with pytest.raises(Refused) as refused:
        read_einvoice(data)
    assert refused.value.code == code
    assert time.process_time() - start < 2


def test_an_include_is_not_followed() -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
    read = changed(CII, "<ram:Name>Tresen aus Eiche</ram:Name>", f"<ram:Name>Tresen{include}</ram:Name>")
    assert read.contract["lines"][0]["description"] == "Tresen"


def test_ten_thousand_lines_are_refused_by_the_facts_and_kept_in_the_terms() -> None:
    start, end = CII.index("<ram:IncludedSupplyChainTradeLineItem>"), CII.index("<ram:ApplicableHeaderTradeAgreement>")
    many = CII[:start] + CII[start:end] * 10_000 + CII[end:]
    read = read_einvoice(many.encode())
    assert read.facts is None
    assert "too_many" in codes(read)
    assert len(read.extra["BG-25"]) == 10_000


def test_fifty_thousand_accounts_do_not_hold_us_up() -> None:
    start, end = UBL.index("<cac:PaymentMeans>"), UBL.index("</cac:PaymentMeans>") + len("</cac:PaymentMeans>")
    accounts = "".join(UBL[start:end].replace("DE89370400440532013000", f"DE{n:020d}") for n in range(50_000))
    began = time.process_time()
    read = read_einvoice((UBL[:start] + accounts + UBL[end:]).encode())
    assert read.facts is not None
    assert time.process_time() - began < 10


def test_a_discount_beyond_the_calendar_is_no_discount() -> None:
    text = re.sub("<cbc:(IssueDate|DueDate)>[^<]*<", r"<cbc:\1>9999-12-30<", UBL)
    note = "<cac:PaymentTerms><cbc:Note>#SKONTO#TAGE=14#PROZENT=2.00#\nDiscount of 2 % if paid by 9999-02-30.\n</cbc:Note></cac:PaymentTerms>"
    read = changed(text, "<cac:TaxTotal>", f"{note}<cac:TaxTotal>")
    assert read.facts is not None
    assert read.facts.early_payment == ()


def test_words_in_place_of_a_tax_number_are_not_taken_for_one() -> None:
    number = "<cac:PartyTaxScheme><cbc:CompanyID>DE136695976</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
    words = "<cac:PartyTaxScheme><cbc:CompanyID>Foretaksregisteret</cbc:CompanyID><cac:TaxScheme><cbc:ID>TAX</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
    assert "vat_id" not in changed(UBL, number, words).contract["seller"]
    also = words.replace("Foretaksregisteret", "21/815/08150")
    assert changed(UBL, number, words + also).contract["seller"]["vat_id"] == "21/815/08150"


@pytest.mark.parametrize(("written", "read_as"), [("EL", "GR"), ("UK", "GB"), ("XI", "GB"), ("1A", "XK"), ("no", "NO")])
def test_countries_by_other_names_are_known(written: str, read_as: str) -> None:
    assert changed(CII, "<ram:CountryID>DE", f"<ram:CountryID>{written}").contract["seller"]["country"] == read_as
