# SPDX-License-Identifier: AGPL-3.0-or-later
"""A number beside the code or the sign of any currency is a sum; words and references of three letters are none."""

from __future__ import annotations

import time

import pytest
from babel.core import get_global

from purring.language.tone import check_tone

SUMS = (
    *("We cannot see the payment of JPY 124,500.", "The sum of KWD 124.500 is open.", "ISK 12 000 is open."),
    *("Es geht um 124.500 CLP.", "Noch offen: 124.500 ₩.", "124 500 VND ennå ikke betalt.", "Quedan 124.500 JPY."),
    *(
        "Il reste 124 500 F CFA.",
        "124.500 JP¥ mangler.",
        "124 500 Ikr saknas.",
        "F CFA 124\u202f500 is open.",
        "¥124,500 is open.",
        "JP¥124,500 is open.",
    ),
    *("₫124,500 is open.", "PLN 900 is open.", "124,500 BHD manca ancora.", "KRW124,500 is open."),
    *("TRY 1.250,00 is open.", "INR 1,24,500 is open.", "500,- CZK is open.", "THB. 12500 is open."),
)
NO_SUMS = (
    *("ALL 3 INVOICES ARE OPEN.", "TRY 2 TIMES.", "We are in the TOP 10.", "Since 2026 ALL is well."),
    *(
        "Invoice RSD0012 is open.",
        "Invoice 2026-SAR-001 is open.",
        "Invoice PLN 2026-17 is open.",
        "KID 123456 is yours.",
    ),
    *("We try 3 times, top 10.", "Unsere UID ist CHE 123.456.789.", "NO 123 456 789 MVA", "Reference XXX 4711"),
    *("All 200 and try 500, mad 100.", "BIC DNBANOKKXXX", "It was due on 12.03.2026, ALL of it.", "isk 12, jpy 5"),
)


def says_amount(text: str) -> bool:
    return all(one.code != "missing_amount" for one in check_tone(text, language="en").findings)


@pytest.mark.parametrize("text", SUMS)
def test_a_number_beside_any_currency_is_an_amount(text: str) -> None:
    assert says_amount(text)


@pytest.mark.parametrize("text", NO_SUMS)
def test_words_and_references_of_three_letters_are_no_currencies(text: str) -> None:
    assert not says_amount(text)


def test_every_code_is_known_beside_a_sum_and_none_of_them_in_small_letters() -> None:
    codes = set(get_global("all_currencies")) - {"CHE", "XXX"}
    assert not {
        code for code in codes if not (says_amount(f"{code} 124.500 due") and says_amount(f"124,500 {code} due"))
    }
    taken = {code for code in codes if says_amount(f"{code.lower()} 7 due")}
    known = "EUR USD GBP CHF CAD AUD NZD ZAR NAD INR NOK SEK DKK BRL MXN ARS CLP COP PEN AOA MZN"
    assert {code for code in taken if code not in known} == set()


@pytest.mark.parametrize("piece", ["JPY ", "1 JPY", "1,1 JPY-", "ALL 1 ", "1 1,", "F CFA", "¥ ", "JPY.1.", "111 "])
def test_no_text_of_codes_and_numbers_takes_long(piece: str) -> None:
    text = (piece * (100_000 // len(piece)))[:99_950]
    began = time.process_time()
    says_amount(text)
    assert time.process_time() - began < 5
