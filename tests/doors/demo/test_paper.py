# SPDX-License-Identifier: AGPL-3.0-or-later
"""The small PDFs: whole files, the same each time, that say what is asked."""

from __future__ import annotations

import re
from datetime import date
from random import Random

import pytest

from purring.doors.demo.bills import plan_business
from purring.doors.demo.businesses import BUSINESSES
from purring.doors.demo.cast import Business
from purring.doors.demo.paper import LEFT, PRICE, RIGHT, invoice_pdf
from purring.doors.demo.pdf import Page, width


def test_every_object_lies_where_the_table_says() -> None:
    page = Page("Title (one)", "en")
    page.text(64, 700, "Café (5 €) \\ 日", 12, bold=True)
    page.line(64, 690, 500)
    file = bytes(page)
    assert file == bytes(page)
    start = int(file.rsplit(b"startxref\n", 1)[1].split()[0])
    assert file[start : start + 4] == b"xref"
    for number, place in enumerate(re.findall(rb"(\d{10}) 00000 n", file[start:]), 1):
        assert file[int(place) :].startswith(b"%d 0 obj" % number)
    assert b"(Caf\\351 \\(5 \\200\\) \\\\ ?)" in file
    length = int(re.search(rb"/Length (\d+)", file)[1])  # type: ignore[index]
    content = file.split(b"stream\n", 1)[1]
    assert content[length:].startswith(b"\nendstream")


def test_width_is_helveticas() -> None:
    assert width("100,00", 10) == pytest.approx((5 * 556 + 278) / 100)
    assert width("é", 10) == width("e", 10)


@pytest.mark.parametrize("business", BUSINESSES, ids=lambda business: business.slug)
def test_an_invoice_says_number_and_sum_and_fits_its_columns(business: Business) -> None:
    bills, _ = plan_business(business, date(2026, 11, 21), Random("1"))
    for bill in bills[-20:]:
        file = invoice_pdf(business, bill)
        assert file.startswith(b"%PDF-1.4")
        assert bill.number.encode() in file
        assert bill.reference.encode() in file
        assert len(file) < 6000
        for line in bill.lines:
            assert width(line["description"], 10) < 350 - LEFT - 20, line["description"]
        assert width(bill.job.what, 13) < PRICE - LEFT < RIGHT
