# SPDX-License-Identifier: Apache-2.0
"""Arithmetics and tax. The rules named BR-... are those of EN 16931."""

from __future__ import annotations

from collections.abc import Iterator

from purring.core.money import to_text
from purring.papers.facts import InvoiceFacts
from purring.papers.preflight.finding import Finding
from purring.papers.preflight.record import Stated
from purring.papers.totals import TAX_FREE, Totals, line_gross, totals

HIGHEST_RATE = 30
"""Percent. No country's value added tax is higher (Hungary has 27)."""

VAT_COUNTRIES = frozenset(
    (
        *(
            "AT",
            "BE",
            "BG",
            "CY",
            "CZ",
            "DE",
            "DK",
            "EE",
            "ES",
            "FI",
            "FR",
            "GR",
            "HR",
            "HU",
            "IE",
            "IT",
            "LT",
            "LU",
            "LV",
        ),
        *("MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
        *("CH", "GB", "IS", "LI", "NO"),
    )
)
"""Where an invoice with tax must carry the seller's tax number: the European Union and five neighbours."""


def check_money(facts: InvoiceFacts, stated: Stated | None) -> Iterator[Finding]:
    sums = totals(facts)
    yield from _lines(facts)
    if facts.paid > sums.gross > 0:
        why = f"{_money(facts.paid, facts)} is paid, more than the {_money(sums.gross, facts)} it asks for."
        yield Finding("paid", "overpaid", why, "Give the difference back, or set it against another invoice.")
    if stated:
        yield from _stated(facts, sums, stated)
    yield from _tax(facts, sums)


def _lines(facts: InvoiceFacts) -> Iterator[Finding]:
    for at, line in enumerate(facts.lines):
        gross = line_gross(line, facts.currency)
        if not line.quantity:
            yield Finding(
                f"lines[{at}].quantity", "no_quantity", "The quantity is zero.", "Correct it, or take the line out."
            )
        elif line.discount > max(gross, 0):
            why = f"The discount of {_money(line.discount, facts)} is more than the line's {_money(gross, facts)}."
            yield Finding(f"lines[{at}].discount", "discount_too_large", why, "Correct the discount.")


def _stated(facts: InvoiceFacts, sums: Totals, stated: Stated) -> Iterator[Finding]:
    """Programs that round each line may be one minor unit per line away; more is a mistake."""
    for name in ("net", "tax", "gross"):
        said, computed = getattr(stated, name), getattr(sums, name)
        if said is not None and abs(said - computed) > len(facts.lines):
            why = f"The {name} amount says {_money(said, facts)}, and the lines add up to {_money(computed, facts)}."
            yield Finding(name, "sum_differs", why, "Look which of the two is right before asking for it.")
    if stated.net is not None and stated.tax is not None and stated.gross is not None:
        added = stated.net + stated.tax
        if added != stated.gross:
            why = f"Net and tax make {_money(added, facts)}, and the gross amount says {_money(stated.gross, facts)}."
            yield Finding("gross", "sum_differs", why, "Look which of them is right before asking for it.")


def _tax(facts: InvoiceFacts, sums: Totals) -> Iterator[Finding]:
    for at, line in enumerate(facts.lines):
        place = f"lines[{at}].tax_rate"
        if line.tax_rate and line.tax_category in TAX_FREE:
            why = f"Category {line.tax_category} is without tax, and the rate says {line.tax_rate.normalize():f} %."
            yield Finding(place, "tax_rate_in_tax_free", why, "Set the rate to 0, or the category to S.")
        elif line.tax_category == "S" and not line.tax_rate:  # BR-S-05
            yield Finding(
                place,
                "tax_rate_missing",
                "Category S has tax, and the rate is 0 %.",
                "Set the rate, or take category Z.",
            )
        elif line.tax_rate > HIGHEST_RATE:
            why = f"A tax rate of {line.tax_rate.normalize():f} % is higher than any country has."
            yield Finding(place, "tax_rate_unlikely", why, "Correct the rate.")
    first = {line.tax_category: at for at, line in reversed(list(enumerate(facts.lines)))}
    reasons = {one.category for one in sums.taxes if one.exemption_reason}
    if "E" in first and "E" not in reasons:  # BR-E-10
        place = f"lines[{first['E']}].exemption_reason"
        yield Finding(
            place, "exemption_reason_missing", "It is exempt from tax and does not say why.", "Add the reason."
        )
    if "O" in first and len(first) > 1:  # BR-O-11
        why = "What is outside the scope of tax stands together with other categories."
        yield Finding(f"lines[{first['O']}].tax_category", "tax_categories_mixed", why, "Make two invoices of it.")
    yield from _numbers(facts, set(first))


def _numbers(facts: InvoiceFacts, categories: set[str]) -> Iterator[Finding]:
    """BR-S-02, BR-AE-02, BR-IC-02, BR-G-02 and their kin: who sells and who buys must show a tax number."""
    taxed = categories & {"S", "AE", "K", "G"}
    if taxed and not facts.seller.vat_id and facts.seller.country in VAT_COUNTRIES:
        why = "There is tax on it, or a reason to leave tax out, and the seller's tax number is missing."
        yield Finding("seller.vat_id", "vat_id_missing", why, "Add the seller's VAT number.")
    for category, name in (("AE", "reverse charge"), ("K", "a supply to another country of the Union")):
        if category in categories and not facts.buyer.vat_id:
            yield Finding(
                "buyer.vat_id",
                "vat_id_missing",
                f"It is {name}, and the buyer's tax number is missing.",
                "Ask the customer for it.",
            )
    if "K" in categories:
        country = facts.deliver_to_country or facts.buyer.country
        if not facts.delivered:  # BR-IC-11
            yield Finding(
                "delivered", "delivery_missing", "A supply within the Union needs the day of delivery.", "Add the day."
            )
        if not country or country == facts.seller.country:  # BR-IC-12
            why = "A supply within the Union must go to another country, and none is said."
            yield Finding("deliver_to_country", "delivery_missing", why, "Add the country it was delivered to.")


def _money(minor: int, facts: InvoiceFacts) -> str:
    return f"{to_text(minor, facts.currency)} {facts.currency}"
