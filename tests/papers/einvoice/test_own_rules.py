# SPDX-License-Identifier: AGPL-3.0-or-later
"""Our list of rules for Peppol and XRechnung, and the official rules as we run them, say what their unit tests expect.

The tests lie outside the project (see tests/support/data.py): small documents, each with the rules that must or must
not speak.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from purring.papers.einvoice import Checker, write_cii, write_ubl
from purring.papers.einvoice.checking import UBL_RULES, rule_folder
from purring.papers.einvoice.own_rules import RuleSet, check_own_rules
from purring.papers.einvoice.plain_words import rule_finding
from purring.papers.einvoice.rule_process import RuleProcess
from purring.papers.facts import InvoiceFacts
from tests.papers.einvoice.invoices import BUYERS, SELLERS, line, made

TEST = "{http://difi.no/xsd/vefa/validator/1.0}"
# Rules of these sets that our list leaves out: Italian codes (only warned of) and a code list that EN 16931 checks too.
LEFT_OUT = {
    "PEPPOL-COMMON-R044",
    "PEPPOL-COMMON-R045",
    "PEPPOL-COMMON-R046",
    "PEPPOL-COMMON-R047",
    "PEPPOL-EN16931-CL003",
}


def cases(folder: Path) -> Iterator[tuple[str, bool, str, Any]]:
    """File, whether the rule must speak, the rule, the document."""
    for file in sorted(folder.glob("*.xml")):
        for test in etree.parse(file).getroot().iter(f"{TEST}test"):
            documents = [one for one in test if isinstance(one.tag, str) and not one.tag.startswith(TEST)]
            for expected in test.iterfind(f"{TEST}assert/*"):
                kind = etree.QName(expected).localname
                if documents and kind in ("success", "error", "warning"):
                    # By itself, so that // does not look into the neighbours.
                    document = etree.fromstring(etree.tostring(documents[0]))
                    yield file.name, kind != "success", (expected.text or "").strip(), document


def _ours(code: str) -> str:
    """Their name of a rule in our list, where the two are not the same."""
    if code in {f"PEPPOL-EN16931-P01{n:02d}" for n in range(4, 12)}:
        return "PEPPOL-EN16931-P0104"  # one rule of ours stands for eight
    if found := re.fullmatch(r"DE-R-0*([0-9]+)(?:-([12]))?", code):
        return f"BR-DE-{found[1]}" + ({"1": "-a", "2": "-b"}[found[2]] if found[2] else "")
    return code


@pytest.mark.parametrize(
    ("rules", "folder", "least"), [("peppol", "unit-UBL-PEPPOL", 190), ("xrechnung", "unit-UBL-DE", 55)]
)
def test_rules_speak_when_they_must(test_data: Path, rules: RuleSet, folder: str, least: int) -> None:
    tried = 0
    for file, must_speak, code, document in cases(test_data / "e-invoices/peppol-bis3/rules" / folder):
        if code in LEFT_OUT:
            continue
        spoke = {finding.code for finding in check_own_rules(document, rules, "ubl")}
        assert (f"PURRING-{_ours(code)}" in spoke) == must_speak, (file, code)
        tried += 1
    assert tried >= least


@pytest.mark.slow
def test_official_rules_speak_when_they_must(test_data: Path) -> None:
    """The unit tests of EN 16931 itself: what they expect comes out of the helper process under the same names."""
    tried, rules = 0, RuleProcess()
    try:
        for kind in ("Invoice", "CreditNote"):
            for file, must_speak, code, document in cases(test_data / f"e-invoices/en16931/test/{kind}-unit-UBL"):
                failed = rules.run(rule_folder() / UBL_RULES, etree.tostring(document, encoding="unicode"), 60)
                assert (code in {rule_finding(one).code for one in failed}) == must_speak, (file, code)
                tried += 1
    finally:
        rules.close()
    assert tried >= 1_000


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker() as one:
        yield one


def _seller(**changes: Any) -> dict[str, Any]:
    return SELLERS["DE"] | changes


def _buyer(**changes: Any) -> dict[str, Any]:
    return BUYERS["DE"] | changes


NO_CITY = {"lines": ["Weg 1"], "postcode": "10115"}
LACKING = {
    "BR-DE-1": made(seller=_seller(accounts=[]), reference=None),
    "BR-DE-2": made(seller=_seller(phone=None, email=None)),
    "BR-DE-3": made(seller=_seller(address=NO_CITY)),
    "BR-DE-4": made(seller=_seller(address={"lines": ["Weg 1"], "city": "Berlin"})),
    "BR-DE-6": made(seller=_seller(phone=None)),
    "BR-DE-7": made(seller=_seller(email=None)),
    "BR-DE-8": made(buyer=_buyer(address=NO_CITY)),
    "BR-DE-9": made(buyer=_buyer(address={"lines": ["Weg 1"], "city": "Berlin"})),
    "BR-DE-10": made(deliver_to_country="FR"),
    "BR-DE-15": made(buyer=_buyer(reference=None)),
    "BR-DE-16": made(seller=_seller(vat_id=None)),
    "BR-DE-19": made(seller=_seller(accounts=[{"scheme": "iban", "number": "DE00370400440532013000"}])),
    "BR-DE-27": made(seller=_seller(phone="--")),
    "BR-DE-28": made(seller=_seller(email="brandt")),
    "BT-34": made(seller=_seller(endpoint=None, email=None)),
    "BT-49": made(buyer=_buyer(endpoint=None, email=None)),
}


@pytest.mark.parametrize("code", LACKING)
def test_what_xrechnung_misses_is_told_in_both_syntaxes(checker: Checker, code: str) -> None:
    facts: InvoiceFacts = LACKING[code]
    for xml in (write_cii(facts, "xrechnung"), write_ubl(facts, "xrechnung")):
        found = {finding.code: finding for finding in checker.check(xml)}
        assert f"PURRING-{code}" in found
        assert found[f"PURRING-{code}"].remedy


@pytest.mark.parametrize(
    ("code", "facts", "field"),
    [
        ("R003", made(buyer=_buyer(reference=None)), "buyer.reference"),
        ("R010", made(buyer=_buyer(endpoint=None)), "buyer.endpoint"),
        ("R020", made(seller=_seller(endpoint=None)), "seller.endpoint"),
        ("CL008", made(buyer=_buyer(endpoint={"scheme": "EM", "id": "a@b.example"})), "buyer.endpoint"),
        ("P0104", made(lines=[line("1.00", "0", "E", exemption_reason="VATEX-EU-G")]), "lines.exemption_reason"),
    ],
)
def test_what_peppol_misses_is_told(checker: Checker, code: str, facts: InvoiceFacts, field: str) -> None:
    found = {finding.code: finding for finding in checker.check(write_ubl(facts))}
    assert found[f"PURRING-PEPPOL-EN16931-{code}"].field == field
