# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal alone gives the same balance as the invoice: two ways to one number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.db.models import BigIntegerField, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from purring.facts.invoices.models import Invoice
from purring.facts.journal.models import Entry

NAME = "balances from the journal"

EFFECTS = {
    "invoice.recorded": ("amount", 1),
    "invoice.credited": ("amount", -1),
    "invoice.credit_cancelled": ("amount", 1),
    "invoice.closed": ("amount", -1),
    "invoice.reopened": ("amount", 1),
    "payment.allocated": ("allocated", -1),
    "payment.unallocated": ("allocated", -1),
}
"""What an entry does to the balance of its invoice: which number, and its sign."""


def broken(now: datetime) -> Iterator[str]:
    told: Counter[int] = Counter()
    for kind, (name, sign) in EFFECTS.items():
        number = Cast(KeyTextTransform(name, "data"), BigIntegerField())
        entries = Entry.objects.everywhere("invariants").filter(kind=kind, invoice_id__isnull=False)
        for invoice, amount in entries.order_by().values_list("invoice_id").annotate(sum=Sum(number)).iterator():
            told[invoice] += sign * amount
    columns = ("id", "amount", "allocated", "credited", "forgiven")
    rows = Invoice.objects.everywhere("invariants").values_list(*columns).iterator(5000)
    for key, amount, allocated, credited, forgiven in rows:
        balance = amount - allocated - credited - forgiven
        if told[key] != balance:
            yield f"invoice {key}: {balance} open, {told[key]} by the journal"
