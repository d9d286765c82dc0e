# SPDX-License-Identifier: AGPL-3.0-or-later
"""Why: what happens next with an invoice, when, and why, or why not. The same sentence in page, API, CLI and log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from purring.core import reasons
from purring.core.answers import Answer, Decision
from purring.core.errors import Refused
from purring.core.foresee import Next, foresee_each
from purring.core.money import to_text
from purring.core.reasons import IN_ENGLISH, Telling
from purring.facts.agreements.models import Hold, PaymentPlan, Promise
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Closure, CreditNote, Invoice
from purring.facts.organizations.models import Organization
from purring.facts.payments.models import Allocation
from purring.followup.accounts import Loaded, load_accounts
from purring.followup.approvals import needs_yes
from purring.followup.closed import paused_on
from purring.followup.models import WAITING, Reminder, ReminderItem, State
from purring.kit.together import Question, together


def find_invoice(organization: Organization, number: str, customer_ref: str | None = None) -> Invoice:
    """The invoice with this number. Refuses `not_found`, and `ambiguous` when several customers have it."""
    rows = Invoice.objects.of(organization).filter(number=number).select_related("customer", "organization")
    if customer_ref:
        rows = rows.filter(customer__ref=customer_ref)
    found = list(rows[:2])
    if not found:
        raise Refused("not_found", f"there is no invoice {number}", field="number")
    if len(found) > 1:
        raise Refused("ambiguous", f"several customers have an invoice {number}; name the customer", field="number")
    return found[0]


def why_invoice(invoice: Invoice, today: date, telling: Telling = IN_ENGLISH) -> dict[str, Any]:
    """The whole answer for one invoice, as `purring why --json` prints it; what was noted before stays as it was said."""
    organization = invoice.organization
    one = load_accounts(organization, [invoice.customer_id], today)[invoice.customer_id]
    todays, *trail = together(of_today(organization, [invoice.customer_id], today), *_trail(invoice))
    there = todays[0] if todays else None
    coming_of = _foreseen(one, [invoice], today)
    code, why, coming = _answer(organization, one, invoice, today, there, coming_of, one.decide(today), telling)
    return {
        "invoice": invoice.number,
        "customer": invoice.customer.ref,
        "balance": to_text(invoice.balance, invoice.currency),
        "currency": invoice.currency,
        "next": coming,
        "code": code,
        "why": why,
        "history": _told(invoice, trail),
    }


def _answer(
    organization: Organization,
    one: Loaded,
    invoice: Invoice,
    today: date,
    there: Reminder | None,
    foreseen: Mapping[str, Next],
    decision: Decision,
    telling: Telling = IN_ENGLISH,
) -> tuple[str, str, dict[str, str] | None]:
    """Code, sentence, and the next contact as far as it was foreseen. `decision`: of the account, today."""
    if invoice.number not in one.invoice_ids:
        if invoice.settled_on:
            return "settled", reasons.tell("settled", {}, telling), None
        return "not_due", reasons.tell("not_due", {}, telling), None
    coming = foreseen.get(invoice.number)
    following = None
    if coming:
        following = {
            "on": coming.on.isoformat(),
            "stage": coming.contact.stage,
            "channel": coming.contact.channel,
        }
    answer = decision.answers.get(invoice.number, Answer("settled"))
    if answer.code == "send" and decision.contact:
        if there and there.state == State.SKIPPED:
            return "approval", there.detail or "a person skipped it for today", following
        if there and there.state == State.DEFERRED:
            return "delivery_failed", there.detail, following
        if until := paused_on(organization, today):
            params = {"until": until, "note": organization.paused_note}
            return "held", reasons.tell("paused", params, telling), following
        approved, contact = there and there.approved_at, decision.contact
        if not approved and needs_yes(organization, contact.stage, contact.asked, contact.currency):
            return "approval", reasons.tell("approval", {}, telling), following
        return "send", reasons.why_send(decision.contact, today, telling), following
    return answer.code, _sentence(answer, following, telling), following


def _foreseen(one: Loaded, invoices: Sequence[Invoice], today: date) -> dict[str, Next]:
    """The next contact about each of these invoices of the account."""
    wanted = [invoice.number for invoice in invoices if invoice.number in one.invoice_ids]
    return foresee_each(one.account, one.schedule, one.law, one.calendar, today, wanted)


def _sentence(answer: Answer, following: dict[str, str] | None, telling: Telling) -> str:
    if answer.code == "not_due" and following:
        return reasons.tell("next", {**following, "day": date.fromisoformat(following["on"])}, telling)
    return reasons.why_hold(answer, telling)


def sentences(organization: Organization, invoices: Sequence[Invoice], today: date) -> dict[int, str]:
    """One sentence per invoice, for a page of them."""
    return {key: why for key, (why, _) in steps(organization, invoices, today).items()}


def steps(
    organization: Organization, invoices: Sequence[Invoice], today: date, known: Sequence[Reminder] | None = None
) -> dict[int, tuple[str, dict[str, str] | None]]:
    """The same with the next contact about it, as far as it can be foreseen: `{"on", "stage", "channel"}`. `known`: the
    answer to `of_today`, where a page has asked already."""
    customers = {invoice.customer_id for invoice in invoices}
    loaded = load_accounts(organization, customers, today)
    rows = of_today(organization, customers, today).alone() if known is None else known
    there = {row.customer_id: row for row in rows}
    decisions = {customer: loaded[customer].decide(today) for customer in customers}
    found, mine = {}, dict[int, list[Invoice]]()
    for invoice in invoices:
        mine.setdefault(invoice.customer_id, []).append(invoice)
    foreseen = {customer: _foreseen(loaded[customer], some, today) for customer, some in mine.items()}
    for invoice in invoices:
        key = invoice.customer_id
        about = there.get(key), foreseen[key], decisions[key]
        _, why, coming = _answer(organization, loaded[key], invoice, today, *about)
        found[invoice.pk] = _capital(why), coming
    return found


def of_today(organization: Organization, customer_ids: Iterable[int], today: date) -> Question:
    """Today's intention or message of each customer."""
    rows = Reminder.objects.of(organization).filter(customer_id__any_of=list(customer_ids), on=today)
    return Question(rows.filter(payment=None, request=None, note=None, debit=None))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


# --- history ----------------------------------------------------------------------------------------------------


def history(invoice: Invoice) -> list[dict[str, Any]]:
    """What happened with the invoice, oldest first: `{"on", "what", "stage", "channel", "why"}`."""
    return _told(invoice, together(*_trail(invoice)))


def _trail(invoice: Invoice) -> list[Question]:
    org = invoice.organization_id
    items = ReminderItem.objects.of(org).filter(invoice=invoice)
    items = items.exclude(reminder__state__in=(*WAITING, State.WITHDRAWN, State.SKIPPED))
    holds = Hold.objects.of(org).filter(Q(invoice=invoice) | Q(invoice=None), customer_id=invoice.customer_id)
    return [
        Question(items, "reminder__on", "reminder__state", "reminder__why", "stage", "reminder__channel"),
        Question(Allocation.objects.of(org).filter(invoice=invoice), "on", "amount"),
        Question(CreditNote.objects.of(org).filter(invoice=invoice), "issued", "amount"),
        Question(Closure.objects.of(org).filter(invoice=invoice), "on", "kind", "reason"),
        Question(Promise.objects.of(org).filter(invoices=invoice), "said_on", "pay_on"),
        Question(Dispute.objects.of(org).filter(invoice=invoice), "opened_on", "reason"),
        Question(PaymentPlan.objects.of(org).filter(invoices=invoice), "since"),
        Question(holds, "since", "exclusion", "reason"),
    ]


def _told(invoice: Invoice, trail: Sequence[list[Any]]) -> list[dict[str, Any]]:
    currency = invoice.currency
    reminded, paid, credits, closures, promises, disputes, plans, held = trail
    rows = [_row(invoice.known_on, "recorded", f"due {invoice.due}")]
    for on, state, why, stage, channel in reminded:
        rows.append(_row(on, state, why, stage=stage, channel=channel))
    for on, amount in paid:
        what = "payment" if amount > 0 else "payment_reversed"
        rows.append(_row(on, what, f"{to_text(abs(amount), currency)} {currency}"))
    rows += [_row(on, "credit_note", f"{to_text(amount, currency)} {currency}") for on, amount in credits]
    rows += [_row(on, kind, reason) for on, kind, reason in closures]
    rows += [_row(on, "promise", f"to pay on {pay_on}") for on, pay_on in promises]
    rows += [_row(on, "dispute", reason) for on, reason in disputes]
    rows += [_row(on, "plan", "") for (on,) in plans]
    rows += [_row(on, "exclude" if exclusion else "hold", reason) for on, exclusion, reason in held]
    return sorted(rows, key=lambda row: row["on"])


def _row(on: date, what: str, why: str, *, stage: str | None = None, channel: str | None = None) -> dict[str, Any]:
    return {"on": on.isoformat(), "what": what, "stage": stage, "channel": channel, "why": why}
