# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring record`: a fact, stored. Nothing is said to anybody; the next decision sees it.

Options carry the names of the events in a scenario file. With INVOICE the fact is about that invoice; without it, and
with `--customer`, about the customer as a whole.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from purring.core.errors import Refused
from purring.core.money import to_minor, to_text
from purring.doors.cli import output
from purring.doors.cli.arguments import WrongUsage
from purring.doors.cli.house import House
from purring.doors.cli.opening import ACTOR, day, happened_on, moment, open_database, the_organization

if TYPE_CHECKING:
    from purring.facts.customers.models import Customer
    from purring.facts.invoices.models import Invoice
    from purring.facts.organizations.models import Organization

MOST_TEXT = 20_000


class Fact:
    """What every fact has: whose it is, when it happened, and the words typed."""

    def __init__(self, options: argparse.Namespace, organization: Organization, now: datetime) -> None:
        from purring.facts.customers.models import Customer
        from purring.followup.why import find_invoice
        from purring.kit.tenancy import reach

        self.options = options
        self.organization = organization
        self.now = now
        self.on: date = happened_on(options.on, organization.today(now))
        self.invoice: Invoice | None = None
        if options.invoice:
            self.invoice = find_invoice(organization, options.invoice, options.customer)
            self.customer: Customer = self.invoice.customer
        elif options.customer:
            self.customer = reach(Customer, organization, ref=options.customer)
        else:
            raise WrongUsage(f"record {options.fact}: name the invoice, or the customer with --customer")

    @property
    def common(self) -> dict[str, Any]:
        """The arguments every act takes."""
        return {"on": self.on, "now": self.now, "actor": ACTOR}

    def currency(self) -> str:
        own = getattr(self.options, "currency", None)
        if own:
            return str(own).upper()
        return self.invoice.currency if self.invoice else self.organization.currency

    def amount(self) -> int | None:
        if self.options.amount is None:
            return None
        try:
            return to_minor(self.options.amount, self.currency())
        except Refused as refused:
            raise Refused(refused.code, f"--amount: {refused.message}", field="amount") from None


def record_command(options: argparse.Namespace, house: House) -> int:
    open_database(house)
    fact = Fact(options, the_organization(options.organization), moment())
    stored = {"payment": _payment, "promise": _promise, "dispute": _dispute, "hold": _hold, "reply": _reply}[
        options.fact
    ](fact)
    told: dict[str, Any] = {"type": options.fact, "on": fact.on.isoformat(), "customer": fact.customer.ref}
    if fact.invoice:
        fact.invoice.refresh_from_db()
        told |= {
            "invoice": fact.invoice.number,
            "balance": to_text(fact.invoice.balance, fact.invoice.currency),
            "currency": fact.invoice.currency,
        }
    told |= stored
    if options.json:
        output.document(told)
    else:
        output.say(", ".join(f"{name} {_shown(value)}" for name, value in told.items() if value not in (None, "", [])))
    return 0


def _payment(fact: Fact) -> dict[str, Any]:
    from purring.facts.payments.actions import record_payment

    amount = fact.amount() or 0
    payment = record_payment(
        fact.customer,
        amount,
        fact.currency(),
        invoice=fact.invoice,
        pending=fact.options.pending,
        method=fact.options.method[:20],
        **fact.common,
    )
    return {
        "id": payment.pk,
        "amount": to_text(payment.amount, payment.currency),
        "currency": payment.currency,
        "pending": fact.options.pending,
        "method": payment.method,
    }


def _promise(fact: Fact) -> dict[str, Any]:
    from purring.facts.agreements.actions import record_promise
    from purring.followup.why import find_invoice

    covered = [fact.invoice] if fact.invoice else []
    for number in fact.options.invoices or ():
        covered.append(find_invoice(fact.organization, number, fact.customer.ref))
    amount = fact.amount()
    promise = record_promise(
        fact.customer,
        day(fact.options.pay_on, "pay-on", fact.on),
        invoices=list(dict.fromkeys(covered)) or None,
        amount=amount,
        currency=fact.currency() if amount is not None else "",
        **fact.common,
    )
    return {
        "id": promise.pk,
        "pay_on": promise.pay_on.isoformat(),
        "amount": None if amount is None else to_text(amount, promise.currency),
        "invoices": list(promise.invoices.order_by("due", "id").values_list("number", flat=True)),
    }


def _dispute(fact: Fact) -> dict[str, Any]:
    from purring.facts.disputes.actions import open_dispute

    assert fact.invoice is not None
    amount = fact.amount()
    if amount is not None and amount > fact.invoice.balance:
        raise Refused("bad_amount", "--amount: more than what is open cannot be disputed", field="amount")
    dispute = open_dispute(fact.invoice, amount=amount, reason=fact.options.reason, **fact.common)
    return {
        "id": dispute.pk,
        "amount": None if amount is None else to_text(amount, fact.invoice.currency),
        "reason": dispute.reason,
    }


def _hold(fact: Fact) -> dict[str, Any]:
    from purring.facts.agreements.actions import hold

    until = day(fact.options.until, "until", fact.on) if fact.options.until else None
    reason = fact.options.reason
    if len(reason) > 300:
        raise Refused("too_long", "--reason: up to 300 characters", field="reason")
    made = hold(fact.customer, invoice=fact.invoice, until=until, reason=reason, **fact.common)
    return {"id": made.pk, "until": made.until.isoformat() if made.until else None, "reason": made.reason}


def _reply(fact: Fact) -> dict[str, Any]:
    from purring.facts.messages.actions import record_reply

    text = sys.stdin.read(MOST_TEXT + 1) if fact.options.text == "-" else fact.options.text
    if len(text) > MOST_TEXT:
        raise Refused("too_long", f"--text: up to {MOST_TEXT:,} characters", field="text")
    message = record_reply(fact.customer, text, now=fact.now, actor=ACTOR)
    return {"id": message.pk, "text": message.text}


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
