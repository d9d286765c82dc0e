# SPDX-License-Identifier: Apache-2.0
"""The check before money is asked for: is this request right, complete, and payable?

`check_request` reads an invoice's facts; of an imported one `check_record` reads what is known, and `check_account`,
`check_email` and `vat_id_holds` where the money and the message go. All are pure: what was
asked before, what the customer demands and today come in as `Context`. A finding is for a person to look at; nothing
here stops anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from purring.papers.facts import InvoiceFacts
from purring.papers.preflight.accounts import check_account, check_accounts
from purring.papers.preflight.finding import Finding
from purring.papers.preflight.money import check_money
from purring.papers.preflight.people import check_email, check_people, vat_id_holds
from purring.papers.preflight.record import Context, Record, Stated, check_record
from purring.papers.totals import totals

__all__ = [
    "Context",
    "Finding",
    "Record",
    "Stated",
    "check_account",
    "check_email",
    "check_record",
    "check_request",
    "record_of",
    "vat_id_holds",
]

_NOTHING_KNOWN = Context()


def check_request(facts: InvoiceFacts, context: Context = _NOTHING_KNOWN) -> list[Finding]:
    """Everything a person should see before this invoice, credit note or payment request leaves. Empty: it may go."""
    return [
        *check_record(record_of(facts), context),
        *_days(facts),
        *check_money(facts, context.stated),
        *check_accounts(facts),
        *check_people(facts, context),
    ]


def record_of(facts: InvoiceFacts) -> Record:
    """The head of an invoice, as later requests are compared with."""
    return Record(
        number=facts.number,
        issued=facts.issued,
        due=facts.due,
        amount=totals(facts).gross,
        currency=facts.currency,
        customer=facts.buyer.vat_id or facts.buyer.name,
        description="\n".join(line.description for line in facts.lines),
        purchase_order=facts.order or facts.buyer.reference,
        credit=facts.kind == "credit_note",
    )


def _days(facts: InvoiceFacts) -> Iterator[Finding]:
    if facts.kind == "credit_note" and not facts.corrects:
        why = "A credit note says which invoice it corrects, and this one does not."
        yield Finding("corrects", "corrects_missing", why, "Add the number of the invoice.")
    for at, early in enumerate(facts.early_payment):
        if not facts.issued <= early.until <= facts.due:
            why = f"The discount for early payment runs until {early.until}, not between the day of issue and the due date."
            yield Finding(f"early_payment[{at}].until", "early_payment_day", why, "Correct the day.")
