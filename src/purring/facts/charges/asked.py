# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands asked beside invoices now: the charges of the last message that stated them, less what was paid or waived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from purring.facts.charges.models import AskedCharge, Choice, Handling
from purring.facts.invoices.models import Invoice
from purring.facts.payments.models import ChargeAllocation
from purring.kit.together import FEW, Question, answers


@dataclass(frozen=True)
class Standing:
    """The charges beside one invoice on a day. Amounts in minor units of the invoice's currency."""

    asked: tuple[AskedCharge, ...]
    """As the last message that arrived stated each kind; empty when the person's choice was not to ask."""
    paid: int
    waived_by: date | None
    """Paid by this day, which has not passed, all of them fall away."""
    handling: Handling | None

    @property
    def total(self) -> int:
        """Of all that was asked, paid or not."""
        return sum(charge.whole for charge in self.asked)

    @property
    def open(self) -> int:
        """What is asked and not paid."""
        return max(self.total - self.paid, 0)


def standing(invoices: Iterable[Invoice], today: date) -> dict[int, Standing]:
    """By invoice id, for invoices of one organization, in one statement."""
    rows = list(invoices)
    if not rows:
        return {}
    org, ids = rows[0].organization_id, [invoice.pk for invoice in rows]
    stated = AskedCharge.objects.of(org).filter(invoice_id__any_of=ids, withdrawn_at=None)
    decided, given, charges = answers(
        [
            Question(Handling.objects.of(org).filter(invoice_id__any_of=ids)),
            Question(ChargeAllocation.objects.of(org).filter(invoice_id__any_of=ids), "invoice_id", "amount"),
            Question(stated.order_by("on", "message_id", "id")),
        ],
        few=len(ids) <= FEW,
    )
    handlings = {one.invoice_id: one for one in decided}
    paid = _summed(given)
    asked: dict[int, dict[str, list[AskedCharge]]] = defaultdict(dict)
    for charge in charges:
        of_kind = asked[charge.invoice_id].setdefault(charge.kind, [])
        if of_kind and of_kind[-1].message_id != charge.message_id:
            of_kind.clear()
        of_kind.append(charge)
    return {
        invoice.pk: _standing(
            invoice,
            [charge for charges in asked[invoice.pk].values() for charge in charges],
            paid.get(invoice.pk, 0),
            handlings.get(invoice.pk),
            today,
        )
        for invoice in rows
    }


def paid_beside(organization_id: int, ids: Sequence[int]) -> dict[int, int]:
    """What was paid on the charges beside these invoices, by invoice id; without those where nothing was."""
    given = ChargeAllocation.objects.of(organization_id).filter(invoice_id__any_of=list(ids))
    return _summed(given.values_list("invoice_id", "amount")) if ids else {}


def _summed(given: Iterable[tuple[int, int]]) -> dict[int, int]:
    paid: dict[int, int] = {}
    for key, amount in given:
        paid[key] = paid.get(key, 0) + amount
    return paid


def _standing(
    invoice: Invoice, asked: list[AskedCharge], paid: int, handling: Handling | None, today: date
) -> Standing:
    if handling and handling.choice in (Choice.ASIDE, Choice.WAIVE):
        return Standing((), paid, None, handling)
    days = [charge.waived_by for charge in asked if charge.waived_by]
    last = max(days, default=None)
    if handling and handling.choice == Choice.PURSUE:
        last = None
    elif handling and handling.choice == Choice.WAIVE_UNTIL:
        last = handling.until
    if last and invoice.settled_on and invoice.settled_on <= last:
        asked = []  # paid in time: they fell away
    return Standing(tuple(asked), paid, last if asked and last and today <= last else None, handling)
