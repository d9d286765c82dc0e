# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which invoices an entry names that stands with the customer as a whole: an agreement over several, a hold of one."""

from __future__ import annotations

from purring.facts.journal.models import Entry


def names_another(entry: Entry, invoice_id: int) -> bool:
    """It is about invoices, and not about this one. What names none is about the account."""
    if entry.invoice_id:
        return entry.invoice_id != invoice_id
    one, several = entry.data.get("invoice"), entry.data.get("invoices")
    if one is not None:
        return bool(one != invoice_id)
    return isinstance(several, list) and bool(several) and invoice_id not in several
