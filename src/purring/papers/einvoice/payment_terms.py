# SPDX-License-Identifier: Apache-2.0
"""Discounts for early payment as text of the payment terms (BT-20), the only place EN 16931 has for them.

Between Germans it is the line XRechnung defines, `#SKONTO#TAGE=7#PROZENT=2.00#`, which programs there understand; for
everybody else a plain sentence. Both are understood again when read.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

from purring.papers.facts import EarlyPayment, InvoiceFacts

_SENTENCE = re.compile(r"Discount of ([0-9]+(?:\.[0-9]+)?) % if paid by ([0-9]{4}-[0-9]{2}-[0-9]{2})\.")
_SKONTO = re.compile(r"#SKONTO#TAGE=([0-9]{1,4})#PROZENT=([0-9]{1,3}\.[0-9]{2})#")
_CENT = Decimal("0.01")


def terms_text(facts: InvoiceFacts) -> str:
    """The text of BT-20; empty without a discount."""
    lines = []
    for early in facts.early_payment:
        days = (early.until - facts.issued).days
        # XRechnung takes two decimals and counts days from the date of the invoice.
        if facts.seller.country == "DE" and days >= 0 and early.percent == early.percent.quantize(_CENT):
            lines.append(f"#SKONTO#TAGE={days}#PROZENT={early.percent.quantize(_CENT)}#\n")
        else:
            lines.append(f"Discount of {early.percent:f} % if paid by {early.until.isoformat()}.\n")
    text = "".join(lines)
    return text if "#" in text else text.rstrip("\n")


def early_payments(text: str, issued: date) -> list[EarlyPayment]:
    """The discounts that a text of BT-20 tells in a form we know."""
    found = []
    for line in text.splitlines():
        plain = line.strip()
        if told := _SKONTO.fullmatch(plain):
            percent, until = told[2], _later(issued, int(told[1]))
        elif told := _SENTENCE.fullmatch(plain):
            percent, until = told[1], _day(told[2])
        else:
            continue
        if until:
            found.append(EarlyPayment(Decimal(percent), until))
    return found


def _later(day: date, days: int) -> date | None:
    return day + timedelta(days) if (date.max - day).days >= days else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
