# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every EN 16931 and Peppol example is read in, and read as another program (factur-x) reads it.

The files lie outside the project (EUPL-1.2, see tests/support/data.py).
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from purring.core.money import to_minor, to_text
from purring.papers.einvoice import ReadInvoice, as_contract, read_einvoice, write_cii, write_ubl
from purring.papers.facts import read_invoice
from purring.papers.totals import totals
from tests.support.data import data_folder

FOLDERS = (
    "en16931/ubl/examples",
    "en16931/cii/examples",
    "en16931/test/testfiles",
    "peppol-bis3/rules/examples",
    "peppol-bis3/rules/national-examples/NO",
    "peppol-bis3/rules/national-examples/GR",
)
DATA = data_folder()
FILES = sorted(
    (file for folder in FOLDERS for file in (DATA / "e-invoices" / folder).glob("*.[xX][mM][lL]")) if DATA else (),
    key=str,
)
EXAMPLES = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
SELLER = {
    "name": "BT-27",
    "vat_identifier": "BT-31",
    "legal_identifier": "BT-30",
    "einvoicing_addr": "BT-34",
    "addr_l1": "BT-35",
    "city": "BT-37",
    "postcode": "BT-38",
    "country_code": "BT-40",
}
BUYER = {
    "name": "BT-44",
    "vat_identifier": "BT-48",
    "legal_identifier": "BT-47",
    "einvoicing_addr": "BT-49",
    "addr_l1": "BT-50",
    "city": "BT-52",
    "postcode": "BT-53",
    "country_code": "BT-55",
}
# Beside EN 16931, and rightly told apart: a card's network and a project's name.
BESIDE = {"NetworkID", "Name"}


def test_the_examples_are_there(test_data: Path) -> None:
    assert len(FILES) >= 70


def plain(value: Any) -> Any:
    """As factur-x and we would both write it."""
    if isinstance(value, list):
        return [plain(one) for one in value] if len(value) > 1 else plain(value[0])
    if isinstance(value, dict):
        return plain(value["value"]) if "value" in value else value
    if isinstance(value, datetime.date):
        return value.isoformat()
    return " ".join(str(value).split())


def other_reading(file: Path) -> dict[str, Any]:
    from facturx.parse_xml import parse_ubl_cii_xml  # type: ignore[import-untyped]

    read: dict[str, Any] = parse_ubl_cii_xml(file.read_bytes(), level="en16931", check_xsd=False)
    return read


@EXAMPLES
def test_terms_are_those_another_program_reads(file: Path) -> None:
    ours, theirs = read_einvoice(file.read_bytes()).extra, other_reading(file)
    for term, value in theirs.items():
        # factur-x tells BT-8 by a word, BT-11-0 is no term of the standard, and BT-111 it takes from BT-110
        # where the currency for tax is the currency of the invoice.
        skipped = ("BT-8", "BT-11-0", *(("BT-111",) if theirs.get("BT-6") == theirs["BT-5"] else ()))
        if isinstance(value, str | datetime.date) and term not in skipped:
            mine = ours.get(term) or next((means[term] for means in ours.get("BG-16", ()) if term in means), None)
            assert plain(mine) == plain(value), term
    for group, names in (("BG-4", SELLER), ("BG-7", BUYER)):
        for name, term in names.items():
            if name in theirs[group]:
                assert plain(ours[group][0][term]) == plain(theirs[group][name]), term
    assert len(ours["BG-25"]) == len(theirs["BG-25"])
    for mine, other in zip(ours["BG-25"], theirs["BG-25"], strict=True):
        for term in (
            "BT-126",
            "BT-129",
            "BT-130",
            "BT-131",
            "BT-146",
            "BT-151",
            "BT-152",
            "BT-153",
            "BT-154",
            "BT-155",
        ):
            assert plain(mine.get(term, "")) == plain(other.get(term, "")), term
    for mine, other in zip(ours["BG-23"], theirs["BG-23"], strict=True):
        for term in ("BT-116", "BT-117", "BT-118", "BT-119", "BT-120"):
            assert plain(mine.get(term, "")) == plain(other.get(term, "")), term


@EXAMPLES
def test_facts_agree_with_the_document(file: Path) -> None:
    read, theirs = read_einvoice(file.read_bytes()), other_reading(file)
    facts = read.facts
    assert facts is not None, read.findings
    assert (facts.number, facts.currency) == (plain(theirs["BT-1"]), theirs["BT-5"])
    assert facts.issued == theirs["BT-2"]
    assert facts.due == theirs.get("BT-9", theirs["BT-2"])
    assert facts.seller.name == plain(theirs["BG-4"].get("name") or theirs["BG-4"]["biz_name"])
    assert facts.buyer.name == plain(theirs["BG-7"].get("name") or theirs["BG-7"]["biz_name"])
    assert facts.buyer.country == theirs["BG-7"]["country_code"]
    allowances = len(theirs.get("BG-20", ())) + len(theirs.get("BG-21", ()))
    assert len(facts.lines) >= len(theirs["BG-25"]) + allowances
    for term, minor in (
        ("BT-109", read.stated.net),
        ("BT-110", read.stated.tax),
        ("BT-112", read.stated.gross),
        ("BT-115", read.stated.payable),
    ):
        if term in theirs:
            assert minor == to_minor(_exact(theirs[term], facts.currency), facts.currency), term


@EXAMPLES
def test_sums_of_the_facts_are_those_stated_or_it_is_told(file: Path) -> None:
    read = read_einvoice(file.read_bytes())
    assert read.facts is not None
    sums, told = totals(read.facts), {finding.code for finding in read.findings}
    assert sums.net == read.stated.net
    for name in ("tax", "gross"):
        stated = getattr(read.stated, name)
        assert getattr(sums, name) == stated or stated is None or f"{name}_differs" in told
    assert sums.payable == read.stated.payable or told & {"rounded", "payable_differs"}


@EXAMPLES
def test_nothing_of_en_16931_is_left_unread(file: Path) -> None:
    unread = read_einvoice(file.read_bytes()).unread
    assert {one.path.rpartition(":")[2] for one in unread} <= BESIDE


@EXAMPLES
def test_what_was_read_is_written_and_read_again(file: Path) -> None:
    read = read_einvoice(file.read_bytes())
    assert read.facts is not None
    for xml in (write_cii(read.facts), write_ubl(read.facts)):
        again = read_einvoice(xml)
        assert again.facts is not None
        assert _asked(again) == _asked(read)
        assert again.facts.lines == read.facts.lines
        assert again.facts.buyer.name == read.facts.buyer.name


@EXAMPLES
def test_the_plain_object_is_what_the_import_takes(file: Path) -> None:
    read = read_einvoice(file.read_bytes())
    plain_object = as_contract(read)
    assert read_invoice(plain_object) == read.facts
    plain_object["lines"].clear()
    assert read.contract["lines"]


def _asked(read: ReadInvoice) -> tuple[int, int]:
    assert read.facts is not None
    sums = totals(read.facts)
    return sums.gross, sums.payable


def _exact(text: str, currency: str) -> str:
    """Without zeros beyond the currency's decimals: `1000.00` yen, `12.5000` euros."""
    minor = Decimal(text).scaleb(len(to_text(0, currency).partition(".")[2]))
    assert minor == int(minor)
    return to_text(int(minor), currency)
