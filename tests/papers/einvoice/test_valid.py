# SPDX-License-Identifier: AGPL-3.0-or-later
"""What we write is valid: by the schema, by the official rules, and by our own list for Peppol and XRechnung."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from purring.papers.einvoice import Checker, write_cii, write_ubl
from purring.papers.facts import InvoiceFacts
from tests.papers.einvoice.invoices import every_kind

KINDS = every_kind()
# Who has no account in an XRechnung, or no address for delivery, breaks its rules; that is tested with the findings.
XRECHNUNG = {name: facts for name, facts in KINDS.items() if facts.seller.country == "DE" and facts.seller.accounts}
NAMES = pytest.mark.parametrize("name", KINDS)


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker() as one:
        yield one


def test_there_are_enough_kinds() -> None:
    assert len(KINDS) >= 40
    assert {line.tax_category for facts in KINDS.values() for line in facts.lines} >= {
        "S",
        "Z",
        "E",
        "AE",
        "K",
        "G",
        "O",
        "L",
        "M",
    }
    assert len({facts.currency for facts in KINDS.values()}) >= 10


@NAMES
def test_cii_en16931(checker: Checker, name: str) -> None:
    assert checker.check(write_cii(KINDS[name], "en16931")) == []


@NAMES
def test_cii_basic(checker: Checker, name: str) -> None:
    assert checker.check(write_cii(KINDS[name], "basic")) == []


@NAMES
def test_ubl_peppol(checker: Checker, name: str) -> None:
    assert checker.check(write_ubl(KINDS[name], "peppol")) == []


@NAMES
def test_ubl_en16931(checker: Checker, name: str) -> None:
    assert checker.check(write_ubl(KINDS[name], "en16931")) == []


@pytest.mark.parametrize("name", XRECHNUNG)
def test_xrechnung_in_both_syntaxes(checker: Checker, name: str) -> None:
    facts: InvoiceFacts = XRECHNUNG[name]
    assert checker.check(write_cii(facts, "xrechnung")) == []
    assert checker.check(write_ubl(facts, "xrechnung")) == []
