# SPDX-License-Identifier: Apache-2.0
"""The sums of an invoice, computed as EN 16931 has it: in whole minor units, every rounding half up (away from zero).

A line's net is quantity times unit price, rounded once, less its discount (BT-131). Tax is computed per category and
rate on the sum of its lines and rounded once (BT-117), never per line; the gross is net plus tax (BT-112) and the
payable amount is the gross less what is paid (BT-115). Charges stand beside the invoice and enter none of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from purring.core.money import exponent, to_text
from purring.papers.facts import EarlyPayment, InvoiceFacts, Line

TAX_FREE = frozenset(("Z", "E", "AE", "K", "G", "O"))
"""Categories in which no tax is asked for, whatever the rate says."""

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """The tax of one category and rate."""

    category: str
    rate: Decimal
    """Percent."""
    basis: int
    tax: int
    exemption_reason: str = ""
    """The first one given in the category."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Minor units of `currency`."""

    currency: str
    lines: tuple[int, ...]
    """Net of each line, its discount taken off."""
    discounts: int
    """All that was taken off the lines; `net` is without it already."""
    net: int
    taxes: tuple[TaxTotal, ...]
    """In the order in which they first occur."""
    tax: int
    gross: int
    paid: int
    payable: int
    charges: int
    """Interest, compensation and fees beside the invoice."""
    asked: int
    """`payable` and `charges` together: what one transfer would settle."""

    def as_json(self) -> dict[str, str]:
        """The sums as decimal texts in major units, with their currency."""
        names = ("net", "tax", "gross", "paid", "payable")
        return {name: to_text(getattr(self, name), self.currency) for name in names} | {"currency": self.currency}


def line_gross(line: Line, currency: str) -> int:
    """Quantity times unit price, before the discount, in minor units."""
    return _round(_EXACT.multiply(line.quantity, line.unit_price).scaleb(exponent(currency), _EXACT))


def line_net(line: Line, currency: str) -> int:
    """What a line comes to before tax, in minor units (BT-131)."""
    return line_gross(line, currency) - line.discount


def unit_price_minor(line: Line, currency: str) -> int | None:
    """A unit price in minor units; None when it is finer than the currency."""
    price = line.unit_price.scaleb(exponent(currency), _EXACT)
    return int(price) if price == price.to_integral_value() else None


def totals(facts: InvoiceFacts) -> Totals:
    """The sums of an invoice, credit note or payment request."""
    nets = tuple(line_net(line, facts.currency) for line in facts.lines)
    bases: dict[tuple[str, Decimal], int] = {}
    reasons: dict[tuple[str, Decimal], str] = {}
    for line, net in zip(facts.lines, nets, strict=True):
        key = (line.tax_category, line.tax_rate)  # equal decimals are one key: 19 and 19.00
        bases[key] = bases.get(key, 0) + net
        reasons[key] = reasons.get(key, "") or line.exemption_reason
    taxes = tuple(
        TaxTotal(category, rate, basis, _tax(category, rate, basis), reasons[category, rate])
        for (category, rate), basis in bases.items()
    )
    net, tax = sum(nets), sum(one.tax for one in taxes)
    gross, charges = net + tax, sum(charge.amount for charge in facts.charges)
    return Totals(
        currency=facts.currency,
        lines=nets,
        discounts=sum(line.discount for line in facts.lines),
        net=net,
        taxes=taxes,
        tax=tax,
        gross=gross,
        paid=facts.paid,
        payable=gross - facts.paid,
        charges=charges,
        asked=gross - facts.paid + charges,
    )


def early_discount(early: EarlyPayment, gross: int) -> int:
    """What an early payment takes off the gross, in minor units."""
    return _percent(early.percent, gross)


def _tax(category: str, rate: Decimal, basis: int) -> int:
    return 0 if category in TAX_FREE else _percent(rate, basis)


def _percent(rate: Decimal, minor: int) -> int:
    return _round(_EXACT.multiply(rate, Decimal(minor)).scaleb(-2, _EXACT))


def _round(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_HALF_UP))
