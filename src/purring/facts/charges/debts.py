# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invoices as the law needs to know them: what fell due, what was paid when, which letters asked for charges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from purring.core.lawful import Debt
from purring.facts.charges.models import AskedCharge
from purring.facts.payments.models import Allocation
from purring.kit.together import FEW, Question, answers


class Owed(Protocol):
    """What of an invoice's row is needed."""

    @property
    def id(self) -> int: ...
    @property
    def amount(self) -> int: ...
    @property
    def credited(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def issued(self) -> date: ...
    @property
    def due(self) -> date: ...
    @property
    def generation(self) -> int: ...


Asked = tuple[int, int, date, int]
"""Invoice, its generation, the day, and the message that asked for a charge."""


class Known(NamedTuple):
    """A debt, and whether money that had come in for it went back: then a person looks before charges are asked."""

    debt: Debt
    went_back: bool


def known_debts(organization_id: int, invoices: Sequence[Owed]) -> dict[int, Known]:
    """The debts of these invoices, by id, in two queries."""
    ids = [invoice.id for invoice in invoices]
    given = Allocation.objects.of(organization_id).filter(invoice_id__any_of=ids).order_by("on", "id")
    asked = AskedCharge.objects.of(organization_id).filter(withdrawn_at=None, invoice_id__any_of=ids)
    paid, mine = answers(
        [
            Question(given, "invoice_id", "amount", "on"),
            Question(asked.order_by("on", "id"), "invoice_id", "generation", "on", "message_id"),
        ],
        few=len(ids) <= FEW,
    )
    received: dict[int, list[tuple[int, date]]] = defaultdict(list)
    for key, amount, on in paid:
        received[key].append((amount, on))
    letters = _letters(organization_id, mine)
    found = {}
    for invoice in invoices:
        own = letters.get((invoice.id, invoice.generation), {})
        came = received.get(invoice.id, [])
        debt = Debt(
            amount=invoice.amount - invoice.credited,
            currency=invoice.currency,
            issued=invoice.issued,
            due=invoice.due,
            paid=tuple(stayed(came)),
            reminders=tuple(own),
            fees_elsewhere=sum(own.values()),
        )
        found[invoice.id] = Known(debt, any(amount < 0 for amount, _ in came))
    return found


def stayed(received: Iterable[tuple[int, date]]) -> list[tuple[int, date]]:
    """The payments without what went back, which is taken off the latest before it: that money paid nothing."""
    left: list[tuple[int, date]] = []
    for amount, on in received:
        back = -amount
        while back > 0 and left:
            last, day = left.pop()
            if last > back:
                left.append((last - back, day))
            back -= last
        if amount > 0:
            left.append((amount, on))
    return left


def _letters(organization_id: int, asked: Sequence[Asked]) -> dict[tuple[int, int], dict[date, bool]]:
    """By invoice and generation: the days of letters that asked for charges on it, and whether the one fee of the letter
    stood beside another invoice."""
    if not asked:
        return {}
    rows = AskedCharge.objects.of(organization_id).filter(withdrawn_at=None)
    fees = rows.filter(message_id__any_of=[message for *_, message in asked], kind="fee")
    beside = dict(fees.values_list("message_id", "invoice_id"))
    letters: dict[tuple[int, int], dict[date, bool]] = defaultdict(dict)
    for invoice_id, generation, on, message in asked:
        letters[invoice_id, generation][on] = beside.get(message, invoice_id) != invoice_id
    return letters
