# SPDX-License-Identifier: Apache-2.0
"""The lines of an e-invoice as lines of the facts: every line comes to the amount that the document states.

The facts know quantity, unit price and a discount. A base quantity, a charge on a line, a price with too many decimals
or a sum that does not follow from them is brought into that form; where that changes more than the form, it is told.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from purring.core.money import exponent, to_text
from purring.papers.einvoice.amounts_read import read_minor, read_number
from purring.papers.einvoice.findings import Finding
from purring.papers.einvoice.tables import exemptions
from purring.papers.einvoice.term_values import one_line, text
from purring.papers.einvoice.terms import Terms
from purring.papers.einvoice.xml_text import number_text
from purring.papers.facts import TAX_CATEGORIES
from purring.papers.facts_values import LONG

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_PLACES = Decimal("1e-8")
"""The facts take eight decimals of a price or quantity."""
_UNIT = re.compile("[A-Z0-9]{2,3}")

PlainLine = dict[str, Any]


def lines_of(terms: Terms, currency: str, findings: list[Finding]) -> list[PlainLine]:
    """All lines, then what is charged or allowed on the whole."""
    reasons = _exemption_reasons(terms)
    made: list[PlainLine] = []
    for at, line in enumerate(terms.get("BG-25", ())):
        made += _line(line, currency, f"lines[{at}]", reasons, findings)
    for group, amount, category, rate, reason, code, sign in (
        ("BG-21", "BT-99", "BT-102", "BT-103", "BT-104", "BT-105", 1),
        ("BG-20", "BT-92", "BT-95", "BT-96", "BT-97", "BT-98", -1),
    ):
        for one in terms.get(group, ()):
            minor = read_minor(one_line(one, amount), currency)
            if minor is None:
                findings.append(_not_read(group, one_line(one, amount)))
                continue
            what = text(one, reason).strip() or (f"Code {one_line(one, code)}" if one_line(one, code) else "")
            words = what or ("Charge" if sign > 0 else "Allowance")
            made.append(
                _whole(words, sign * minor, currency, _tax(one_line(one, category), one_line(one, rate), reasons))
            )
    return made


def _line(
    line: Terms, currency: str, path: str, reasons: dict[tuple[str, Decimal], str], findings: list[Finding]
) -> list[PlainLine]:
    tax = _tax(one_line(line, "BT-151"), one_line(line, "BT-152"), reasons)
    name, description = text(line, "BT-153"), text(line, "BT-154")
    words = f"{name}\n{description}" if name and description else name or description or text(line, "BT-127")
    words = _told(words, path, findings)
    charged = _added(line, "BG-28", "BT-141", currency, findings)
    allowed = _added(line, "BG-27", "BT-136", currency, findings)
    if allowed < 0:  # on a line that takes back, what was allowed is taken back too
        charged, allowed = charged - allowed, 0
    net = read_minor(one_line(line, "BT-131"), currency)
    priced = _priced(line)
    if net is None and priced is None:
        findings.append(_not_read(path, one_line(line, "BT-131")))
        return []
    made: list[PlainLine] = []
    if priced is not None:
        quantity, price = priced
        gross = _minor(quantity, price, currency)
        if net is None:
            net = gross + charged - allowed
        if gross + charged - allowed == net:
            made.append(_plain(words, quantity, price, allowed, _unit(line, path, findings), currency, tax))
            if charged:
                reasons_told = (one_line(one, "BT-144") for one in line.get("BG-28", ()))
                reason = next((told for told in reasons_told if told), "Charge")
                made.append(_whole(f"{reason} ({words.partition(chr(10))[0]})", charged, currency, tax))
            return made
        findings.append(
            Finding(
                *("line_taken_whole", "warning", path),
                f"{to_text(net, currency)} is not quantity times price less the discount; the amount is taken as stated.",
                "Compare the line with the document.",
            )
        )
    assert net is not None
    return [_whole(words, net, currency, tax)]


def _told(words: str, path: str, findings: list[Finding]) -> str:
    """What a line is for, never empty and never longer than the facts take."""
    if not words.strip():
        told = "It is not said what this line is for."
        findings.append(Finding("no_description", "warning", f"{path}.description", told, "Say it by hand."))
        return "–"
    if len(words) > LONG:
        told = f"The description has {len(words):,} characters; the first {LONG:,} are taken."
        findings.append(
            Finding("description_cut", "warning", f"{path}.description", told, "Nothing, unless you need it.")
        )
    return words[:LONG]


def _priced(line: Terms) -> tuple[Decimal, Decimal] | None:
    """Quantity and unit price as the facts take them; None where they have none."""
    quantity, price = read_number(one_line(line, "BT-129")), read_number(one_line(line, "BT-146"))
    base = read_number(one_line(line, "BT-149")) or read_number(one_line(line, "BT-149-1")) or Decimal(1)
    if quantity is None or price is None:
        return None
    price = _EXACT.divide(price, base)
    if price < 0:
        quantity, price = -quantity, -price
    fits = abs(quantity) < 10**12 and price < 10**12 and quantity == quantity.quantize(_PLACES, context=_EXACT)
    return (quantity, price.quantize(_PLACES, context=_EXACT)) if fits else None


def _added(line: Terms, group: str, term: str, currency: str, findings: list[Finding]) -> int:
    amounts = [(one_line(one, term), read_minor(one_line(one, term), currency)) for one in line.get(group, ())]
    findings += [_not_read(group, found) for found, amount in amounts if amount is None]
    return sum(amount or 0 for _, amount in amounts)


def _minor(quantity: Decimal, price: Decimal, currency: str) -> int:
    amount = _EXACT.multiply(quantity, price).scaleb(exponent(currency), _EXACT)
    return int(amount.to_integral_value(ROUND_HALF_UP))


def _plain(
    words: str, quantity: Decimal, price: Decimal, discount: int, unit: str, currency: str, tax: PlainLine
) -> PlainLine:
    made = {"description": words, "quantity": number_text(quantity), "unit": unit, "unit_price": number_text(price)}
    return made | ({"discount": to_text(discount, currency)} if discount else {}) | tax


def _whole(words: str, minor: int, currency: str, tax: PlainLine) -> PlainLine:
    """One piece at an amount; less than nothing is a negative piece."""
    price = Decimal(to_text(abs(minor), currency))
    return _plain(words, Decimal(-1 if minor < 0 else 1), price, 0, "C62", currency, tax)


def _tax(category: str, rate: str, reasons: dict[tuple[str, Decimal], str]) -> PlainLine:
    percent = read_number(rate) or Decimal(0)
    made: PlainLine = {"tax_rate": number_text(percent)}
    if category in TAX_CATEGORIES:
        made["tax_category"] = category
    if reason := reasons.get((category, percent)):
        made["exemption_reason"] = reason
    return made


def _exemption_reasons(terms: Terms) -> dict[tuple[str, Decimal], str]:
    """By category and rate; the reason a category has by itself is not told."""
    made = {}
    for one in terms.get("BG-23", ()):
        category, words, code = one_line(one, "BT-118"), text(one, "BT-120").strip()[:LONG], one_line(one, "BT-121")
        usual = exemptions().get(category)
        if usual and words in ("", usual.text) and code in ("", usual.code):
            continue
        made[category, read_number(one_line(one, "BT-119")) or Decimal(0)] = words or code
    return made


def _unit(line: Terms, path: str, findings: list[Finding]) -> str:
    unit = one_line(line, "BT-130").upper()
    if _UNIT.fullmatch(unit):
        return unit
    findings.append(
        Finding(
            *("unit_not_taken", "warning", f"{path}.unit"),
            f"{unit or 'Nothing'!r} is no unit of UN/ECE recommendation 20; a piece (C62) is taken.",
            "Set the unit by hand if it matters.",
        )
    )
    return "C62"


def _not_read(path: str, found: str) -> Finding:
    told = f"The amount {found!r} cannot be read" if found else "There is no amount"
    return Finding("amount_not_read", "error", path, f"{told}; it is left out.", "Compare with the document.")
