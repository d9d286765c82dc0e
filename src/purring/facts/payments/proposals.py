# SPDX-License-Identifier: AGPL-3.0-or-later
"""What money on account may be for: proposals for a person, the most certain first. Nothing is set against anything here.

An invoice counts as named when its number or reference stands in what came with the payment, whole and not as a part of a
longer number. An amount proves less: it is proposed only where it fits to the cent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from purring.core.references import SCHEMES, find
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.payments.models import Payment

COMBINED = 24
"""Of the open invoices, how many are put together to a sum of two or three."""
MOST_WORDS = 40
LEAST_SIGNS = 3
"""A number of fewer signs is found in any text by chance."""
_WORD = re.compile(r"[\w][\w./-]*")
_APART = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Set the money against these invoices, in this order. `why` is a code: `named`, `amount`, `sum`, `all`, `oldest`; with
    `other_customer` the named invoice is another customer's, and the money would have to be moved there first."""

    why: str
    parts: Sequence[tuple[Invoice, int]]
    customer: Customer | None = None

    @property
    def amount(self) -> int:
        return sum(part for _, part in self.parts)


def proposals(payment: Payment, left: int, open_: Sequence[Invoice]) -> list[Proposal]:
    """For what a payment has left (`actions.unapplied`), from its customer's open invoices, the oldest first; each set of
    invoices once. At most one query."""
    if left <= 0:
        return []
    rows = [one for one in open_ if one.currency == payment.currency]
    text = f"{payment.note} {payment.external_ref if payment.source in TOLD_BY_BANKS else ''}"
    words = named_words(text)
    found: list[Proposal] = []
    if named := [one for one in rows if is_named(one, words)]:
        found.append(Proposal("named", _filled(named, left)))
    found += [Proposal("amount", [(one, left)]) for one in rows if one.balance == left]
    if together := _together(rows, left):
        found.append(Proposal("sum", [(one, one.balance) for one in together]))
    if words and not named:
        found += _elsewhere(payment, words, left)
    if rows:
        whole = sum(one.balance for one in rows) <= left
        found.append(Proposal("all" if whole and len(rows) > 1 else "oldest", _filled(rows, left)))
    return _once(found)


TOLD_BY_BANKS = frozenset({"file", "bank"})
"""Sources whose own reference is the payer's text; elsewhere it is the key of a form or a provider's id."""


def named_words(text: str) -> frozenset[str]:
    """The words and payment references of a text, each in small letters and digits only."""
    words = [plain(one) for one in _WORD.findall(text)[:MOST_WORDS]]
    words += [plain(one.reference) for one in find(text[:2000], SCHEMES) if one.valid]
    return frozenset(one for one in words if len(one) >= LEAST_SIGNS and any(sign.isdigit() for sign in one))


def is_named(invoice: Invoice, words: frozenset[str]) -> bool:
    return any(
        one and len(one) >= LEAST_SIGNS and one in words for one in map(plain, (invoice.number, invoice.reference))
    )


def plain(text: str) -> str:
    return _APART.sub("", text.lower())


def _filled(rows: Iterable[Invoice], left: int) -> list[tuple[Invoice, int]]:
    """As far as the money goes."""
    parts = []
    for one in rows:
        part = min(one.balance, left)
        if part:
            parts.append((one, part))
            left -= part
    return parts


def _together(rows: Sequence[Invoice], left: int) -> Sequence[Invoice]:
    """Two or three invoices that come to the sum, or the oldest few in a row; the first that fits."""
    total = 0
    for count, one in enumerate(rows, 1):
        total += one.balance
        if total == left and count > 1:
            return rows[:count]
    for size in (2, 3):
        for chosen in combinations(rows[:COMBINED], size):
            if sum(one.balance for one in chosen) == left:
                return chosen
    return ()


def _elsewhere(payment: Payment, words: frozenset[str], left: int) -> list[Proposal]:
    """An open invoice of another customer that is named by its number, as it is written."""
    written = {one for one in _WORD.findall(payment.note)[:MOST_WORDS] if plain(one) in words}
    others = Invoice.objects.of(payment.organization_id).filter(
        number__in=written, currency=payment.currency, settled_on=None
    )
    rows = others.exclude(customer_id=payment.customer_id).select_related("customer").order_by("due", "id")[:3]
    return [Proposal("other_customer", _filled([one], left), one.customer) for one in rows]


def _once(found: Iterable[Proposal]) -> list[Proposal]:
    kept: dict[tuple[tuple[int, int], ...], Proposal] = {}
    for one in found:
        kept.setdefault(tuple(sorted((invoice.pk, part) for invoice, part in one.parts)), one)
    return list(kept.values())
