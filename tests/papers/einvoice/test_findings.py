# SPDX-License-Identifier: AGPL-3.0-or-later
"""A broken e-invoice is told in plain words: what is wrong, in which field, and what to do."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from purring.core.errors import Refused
from purring.papers.einvoice import Checker, Finding, validate, validate_schema, write_cii, write_ubl
from purring.papers.einvoice.rule_process import RuleProcess, RulesStopped
from tests.papers.einvoice.invoices import BUYERS, SELLERS, line, made

BROKEN = made(lines=[line("100.00"), line("50.00", "7")])


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker() as one:
        yield one


def found(checker: Checker, xml: bytes) -> dict[str, Finding]:
    return {finding.code: finding for finding in checker.check(xml)}


def changed(xml: bytes, pattern: str, to: str) -> bytes:
    text, times = re.subn(pattern, to, xml.decode(), count=1)
    assert times == 1
    return text.encode()


# What is done to the document, in CII and in UBL, and the rule, the field and some words of what must be told.
BREAKS = {
    "no number": (
        ("<ram:ID>2026-0417</ram:ID>", ""),
        ("<cbc:ID>2026-0417</cbc:ID>", ""),
        "BR-02",
        "number",
        "no number",
    ),
    "no seller": (
        ("<ram:Name>Tischlerei Brandt GmbH</ram:Name>", ""),
        ("<cbc:RegistrationName>Tischlerei Brandt GmbH</cbc:RegistrationName>", ""),
        "BR-06",
        "seller.name",
        "seller's name",
    ),
    "another amount due": (
        ("(<ram:DuePayableAmount>)", r"\g<1>9"),
        ("(<cbc:PayableAmount[^>]*>)", r"\g<1>9"),
        "BR-CO-16",
        "paid",
        "amount due",
    ),
    "another sum of lines": (
        ("(Summation><ram:LineTotalAmount>)150", r"\g<1>151"),
        ("(<cbc:LineExtensionAmount[^>]*>)150", r"\g<1>151"),
        "BR-CO-10",
        "lines",
        "lines add up",
    ),
    "another tax": (
        ("(<ram:CalculatedAmount>)19.00", r"\g<1>91.00"),
        ("(<cac:TaxSubtotal>.*?<cbc:TaxAmount[^>]*>)19.00", r"\g<1>91.00"),
        "BR-CO-17",
        "lines.tax_rate",
        "not its rate",
    ),
    "a negative price": (
        ("(<ram:ChargeAmount>)50", r"\g<1>-50"),
        ("(<cbc:PriceAmount[^>]*>)50", r"\g<1>-50"),
        "BR-27",
        "lines[1].unit_price",
        "negative",
    ),
    "an unknown unit": (
        ('(<ram:BilledQuantity unitCode=")C62', r"\g<1>PCS"),
        ('(unitCode=")C62', r"\g<1>PCS"),
        "BR-CL-23",
        "lines[0].unit",
        "unit",
    ),
    "a VAT number without its country": (
        ('(schemeID="VA">)DE(?=136)', r"\g<1>"),
        ("(<cac:PartyTaxScheme><cbc:CompanyID>)DE(?=136)", r"\g<1>"),
        "BR-CO-09",
        "seller.vat_id",
        "country",
    ),
}


@pytest.mark.parametrize("what", BREAKS)
@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_what_is_broken_is_told_in_plain_words(checker: Checker, what: str, syntax: str) -> None:
    in_cii, in_ubl, code, field, words = BREAKS[what]
    xml = changed(write_cii(BROKEN), *in_cii) if syntax == "cii" else changed(write_ubl(BROKEN), *in_ubl)
    # Factur-X tells what is not in a list of codes by numbers of its own.
    code = "FX-SCH-A-000613" if (what, syntax) == ("an unknown unit", "cii") else code
    finding = found(checker, xml)[code]
    assert (finding.severity, finding.field) == ("error", field)
    assert words in finding.message
    assert finding.remedy


LACKING = {
    "no reason for an exemption": (made(lines=[line("1.00", "0", "E")]), "BR-E-10", "lines.exemption_reason"),
    "reverse charge without the buyer's number": (
        made(buyer=BUYERS["FR"] | {"vat_id": None}, lines=[line("1.00", "0", "AE")]),
        "BR-AE-02",
        "buyer.vat_id",
    ),
    "within the EU, not said where to": (
        made(buyer="FR", lines=[line("1.00", "0", "K")]),
        "BR-IC-12",
        "deliver_to_country",
    ),
    "a standard rate of zero": (made(lines=[line("1.00", "0", "S")]), "BR-S-05", "lines[0].tax_rate"),
    "no number of the seller": (made(seller=SELLERS["DE"] | {"vat_id": None}), "BR-S-02", "seller.vat_id"),
    "outside the tax beside taxed": (
        made(lines=[line("1.00", "0", "O"), line("1.00")]),
        "BR-O-11",
        "lines.tax_category",
    ),
}


@pytest.mark.parametrize("what", LACKING)
def test_what_the_facts_lack_is_told_by_their_field(checker: Checker, what: str) -> None:
    facts, code, field = LACKING[what]
    finding = found(checker, write_ubl(facts))[code]
    assert (finding.severity, finding.field) == ("error", field)
    assert finding.remedy


def test_the_schema_speaks_without_namespaces(checker: Checker) -> None:
    xml = changed(write_cii(BROKEN), "<ram:TypeCode>380</ram:TypeCode>", "<ram:Kind>380</ram:Kind>")
    finding = found(checker, xml)["XSD"]
    assert finding.message == "Kind may not stand here; expected is TypeCode."
    assert finding.where.startswith("line ")
    assert validate_schema(xml) == [finding]
    assert validate_schema(write_cii(BROKEN)) == []


def test_every_schema_finding_is_told() -> None:
    xml = changed(write_ubl(BROKEN), "<cac:PartyLegalEntity>.*?</cac:PartyLegalEntity>", "<cac:PartyLegalEntity/>")
    xml = changed(xml, "<cbc:IssueDate>2026-05-04", "<cbc:IssueDate>yesterday")
    assert any("yesterday" in finding.message for finding in validate_schema(xml))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_xml"),
        (b"Dear customer", "not_xml"),
        (b"<html><body/></html>", "not_an_einvoice"),
        (b'<!DOCTYPE x><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>', "unsafe_xml"),
        (b"%PDF-1.7 nothing more", "pdf_unreadable"),
    ],
)
def test_what_is_no_einvoice_is_a_finding_not_an_error(checker: Checker, data: bytes, code: str) -> None:
    assert [finding.code for finding in checker.check(data)] == [code]


def test_findings_of_one_document_are_limited(checker: Checker) -> None:
    facts = made(lines=[line("1.00", "0", "S") for _ in range(400)])
    assert len(checker.check(write_ubl(facts))) == 200


def test_one_document_alone() -> None:
    assert validate(write_cii(BROKEN)) == []


def test_too_slow_is_told_and_the_next_document_is_checked() -> None:
    with Checker(timeout_s=0.01) as checker:
        assert [finding.code for finding in checker.check(write_cii(BROKEN))] == ["rules_stopped"]
        checker.timeout_s = 60
        assert checker.check(write_cii(BROKEN)) == []


def test_a_helper_that_was_killed_is_started_anew() -> None:
    with Checker() as checker:
        assert checker.check(write_cii(BROKEN)) == []
        for child in multiprocessing.active_children():
            if child.name == "e-invoice rules":
                child.kill()
                child.join()
        assert checker.check(write_cii(BROKEN)) == []


def test_no_helper_is_left_behind() -> None:
    before = {child.pid for child in multiprocessing.active_children()}
    with Checker() as checker:
        checker.check(write_cii(BROKEN))
        assert {child.pid for child in multiprocessing.active_children()} - before
    assert {child.pid for child in multiprocessing.active_children()} <= before


def test_rules_that_do_not_exist_are_told(tmp_path: Path) -> None:
    rules = RuleProcess()
    try:
        with pytest.raises(RulesStopped):
            rules.run(tmp_path / "absent.xslt", "<a/>", 30)
    finally:
        rules.close()


def test_what_cannot_be_written_is_refused_kindly() -> None:
    for facts, code in (
        (made(kind="payment_request"), "not_an_invoice"),
        (made(buyer=BUYERS["DE"] | {"country": None}), "missing"),
        (made(lines=[line("1.234", "0", "Z")], currency="KWD"), "too_many_decimals"),
    ):
        for write in (write_cii, write_ubl):
            with pytest.raises(Refused) as refused:
                write(facts)
            assert refused.value.code == code
            assert ":" in refused.value.message
    with pytest.raises(Refused, match="use one of basic, en16931, xrechnung"):
        write_cii(BROKEN, "extended")
    with pytest.raises(Refused, match="use one of peppol"):
        write_ubl(BROKEN, "basic")
