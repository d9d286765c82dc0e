# SPDX-License-Identifier: AGPL-3.0-or-later
"""A letter and a request on paper lead to the customer's own page: a code that scans to its address, and the address to
type; beside the bank's code, not instead of it."""

from __future__ import annotations

import pytest
import zxingcpp

from purring.papers.facts import read_facts
from tests.papers.documents.cast import HOMES, Seen, invoice_object, paper_facts, plain_printer

LINK = "https://pay.brandt.example/i/8Fk2"


def scanned(seen: Seen) -> list[str]:
    return [one.text for page in range(len(seen.pdf)) for one in zxingcpp.read_barcodes(seen.picture(page))]


@pytest.mark.parametrize("language", HOMES)
def test_a_letter_has_both(language: str) -> None:
    seen = Seen(plain_printer().pdf(paper_facts("reminder friendly", language)))
    codes = scanned(seen)
    assert LINK in codes
    assert "pay.brandt.example/i/8Fk2" in seen.text
    if language in ("de", "fr", "es", "nl", "it"):
        assert len(codes) == 2, "the bank's code too"


def test_an_invoice_has_the_bank_s_alone_and_a_request_both() -> None:
    assert LINK not in scanned(Seen(plain_printer().pdf(paper_facts("invoice"))))
    request = read_facts("payment_request", invoice_object() | {"kind": "payment_request"})
    assert LINK in scanned(Seen(plain_printer().pdf(request)))
