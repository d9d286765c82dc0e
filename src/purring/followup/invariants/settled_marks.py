# SPDX-License-Identifier: AGPL-3.0-or-later
"""An invoice is marked settled exactly when nothing of it is open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, Q

from purring.facts.invoices.models import Invoice

NAME = "settled marks"


def broken(now: datetime) -> Iterator[str]:
    rows = Invoice.objects.everywhere("invariants").annotate(
        open=F("amount") - F("allocated") - F("credited") - F("forgiven")
    )
    wrong = rows.filter(Q(open=0, settled_on=None) | Q(settled_on__isnull=False) & ~Q(open=0))
    for key, balance, settled_on in wrong.values_list("id", "open", "settled_on").iterator():
        yield f"invoice {key}: {balance} open, settled on {settled_on}"
