# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a customer's page shows, gathered in few statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse

from purring.doors.desk import paying
from purring.doors.desk.act_forms import ActForm, open_invoices
from purring.doors.desk.acts import CUSTOMER_ACTS, State
from purring.doors.desk.customer_forms import ContactForm, CustomerForm, RemarkForm, Rules
from purring.doors.desk.desk import Desk
from purring.doors.desk.sayings import NOTES
from purring.doors.desk.schedule_people import schedule_of
from purring.facts.access.models import Link
from purring.facts.access.signed import page_address
from purring.facts.agreements.models import CheckIn, Hold, PaymentPlan, Promise
from purring.facts.answers.actions import late_days
from purring.facts.customers.models import AddressTrouble, Contact, Customer, Remark
from purring.facts.customers.people import LEFT
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Message
from purring.facts.offers.models import PlanProposal
from purring.facts.offers.standing import plans_standing
from purring.facts.organizations.models import User
from purring.facts.payments.models import Credit
from purring.followup.models import Note, OwnMessage
from purring.followup.notes import KINDS
from purring.followup.why import of_today, steps
from purring.insight import paying as facts_of_paying
from purring.insight.ageing import BOUNDS, OPEN
from purring.kit.together import Question, together

MOST_INVOICES = 100
MOST_REMARKS = 50


@dataclass(frozen=True)
class Opened:
    """The one form that stands open, perhaps as it was sent: an act, a rule, a person, a note."""

    what: str = ""
    form: Any = None


@dataclass(frozen=True)
class Band:
    """A part of what is open, by days over the due date; `start` and `width` in thousandths of the whole."""

    least: int | None
    most: int | None
    amount: int
    start: int
    width: int
    place: int


def page_of(desk: Desk, customer: Customer, opened: Opened) -> dict[str, Any]:
    """Everything but the timeline."""
    org, today = desk.organization, desk.today
    invoices = open_invoices(customer)[:MOST_INVOICES]
    promised = Promise.objects.of(org).filter(customer=customer, withdrawn_at=None, pay_on__gte=today)
    unanswered = Message.objects.of(org).filter(customer=customer, needs_answer=True, answered_at=None)
    running = PaymentPlan.objects.of(org).filter(customer=customer, cancelled_at=None)
    proposed = PlanProposal.objects.of(org).filter(customer=customer, state="open").order_by("id")
    disputed = Dispute.objects.of(org).filter(invoice__customer=customer, resolved_at=None)
    remarks = Remark.objects.of(org).filter(customer=customer, removed_at=None).order_by("-pinned", "-id")
    own = OwnMessage.objects.of(org).filter(customer=customer, ended_at=None).order_by("-id")
    currencies = Invoice.objects.of(org).filter(customer=customer).values("currency")
    currencies = currencies.annotate(open_ones=Count("id", filter=Q(settled_on=None)))
    links = Link.objects.of(org).filter(customer=customer, revoked_at=None, expires_at__gt=desk.now)
    found = together(
        Question(Hold.objects.of(org).filter(customer=customer, released_at=None).order_by("id")),
        Question(promised.order_by("pay_on")),
        Question(unanswered.order_by("-id")[:1], "id"),
        Question(Note.objects.of(org).filter(customer=customer, ended_at=None, kind__in=KINDS).order_by("id"), "kind"),
        Question(CheckIn.objects.of(org).filter(customer=customer, answer="")[:1], "id"),
        Question(Contact.objects.of(org).filter(customer=customer).order_by("position", "id")),
        Question(AddressTrouble.objects.of(org).filter(customer=customer), "address", "why"),
        Question(Credit.objects.of(org).filter(customer=customer, amount__gt=0).order_by("currency")),
        Question(running.order_by("-id")),
        Question(proposed, "currency", "instalments"),
        Question(late_days(org, customer).order_by("id")),
        Question(links[:100], "id"),
        Question(disputed, "invoice_id", "amount", "invoice__currency"),
        Question(remarks[:MOST_REMARKS]),
        Question(own[:20], "id", "key", "subject", "text", "note_id", "came_back", "saved_at", "author_id"),
        Question(own.filter(note__isnull=False).order_by("id")[:20], "id", "note__reminders__send_after"),
        Question(User.objects.filter(memberships__organization=org), "id", "name", "email"),
        *CustomerForm.questions(customer),
        Question(currencies.order_by("-open_ones", "currency"), "currency"),
        of_today(org, [customer.pk], today),
        *facts_of_paying.questions(customer, today),
        *ageing_questions(customer, today),
    )
    (
        holds, promises, waiting, notes, asked, contacts, troubles, credits, running_plans, proposals, asked_days, shared, disputes,
        remarked, messages, leaving, users, schedules, assigned, signers, groups, used, there,
        *rest,
    ) = found  # fmt: skip
    habits, bands = rest[:3], rest[3:]
    why = steps(org, invoices, today, there)
    standing = plans_standing(running_plans, today)
    customer.__dict__ |= {"standing_plans": standing, "late_days": asked_days}  # no form need ask again
    plans = [one for one in standing if one.open]
    state = State(
        open=bool(invoices),
        held=any(hold.invoice_id is None and not hold.exclusion for hold in holds),
        excluded=any(hold.exclusion for hold in holds),
        promised=bool(promises),
        unanswered=bool(waiting),
        noted=bool(notes),
        asked=bool(asked),
        planned=bool(plans),
        plan_asked=bool(proposals),
        day_asked=bool(asked_days),
    )
    names = {key: name or email for key, name, email in users}
    return {
        "here": "customers",
        "customer": customer,
        "people": _people(desk, contacts, dict(troubles), opened),
        "owed": owed_of(bands, invoices, holds, promises, disputes, today),
        "habits": paying.told(facts_of_paying.habits(habits, today), desk.locale),
        "credits": credits,
        "invoices": [{"invoice": row, "why": why[row.pk][0], "late": row.due < today} for row in invoices],
        "coming": _coming(why),
        "holds": holds,
        "promises": promises,
        "state": state,
        "answer_to": waiting[0][0] if waiting else 0,
        "notes": [NOTES[kind] for (kind,) in notes],
        "drafts": [_draft(row) for row in messages if row[4] is None],
        "leaving": [{**_draft(row), "at": dict(leaving).get(row[0])} for row in messages if row[4] is not None],
        "plans": plans,
        "proposals": [
            {"currency": currency, "rows": [(date.fromisoformat(day), amount) for day, amount in instalments]}
            for currency, instalments in proposals
        ],
        "asked_days": asked_days,
        "acts": _acts(desk, customer, state, opened),
        "remarks": _remarks(desk, remarked, names, opened),
        "remark_form": opened.form if opened.what == "note" and opened.form else RemarkForm(desk=desk, prefix="note"),
        "opened": opened.what,
        "rules": Rules(desk, customer, (schedules, assigned, signers, groups), opened.what, opened.form).rows(),
        "followed": schedule_of(desk, customer),
        "currencies": [currency for (currency,) in used] or [org.currency],
        "links": len(shared),
        "portal": page_address(customer, today, desk.now),
        "phone": next((one.phone for one in contacts if one.phone and one.phone not in dict(troubles)), ""),
    }


def _draft(row: tuple[Any, ...]) -> dict[str, Any]:
    return {"key": row[1], "subject": row[2] or row[3][:80], "came_back": row[5], "saved_at": row[6]}


def _coming(why: dict[int, tuple[str, dict[str, str] | None]]) -> dict[str, Any] | None:
    """The next contact that can be foreseen, with its why."""
    known = [(step["on"], sentence, step) for sentence, step in why.values() if step]
    if not known:
        return None
    on, sentence, step = min(known, key=lambda one: one[0])
    return {"on": date.fromisoformat(on), "stage": step["stage"], "channel": step["channel"], "why": sentence}


def _acts(desk: Desk, customer: Customer, state: State, opened: Opened) -> list[dict[str, Any]]:
    offered = []
    for offer in CUSTOMER_ACTS:
        mine = opened.what == f"act-{offer.key}"
        if not desk.may(offer.permission) or not (offer.when(state) or mine):
            continue
        form: ActForm = (mine and opened.form) or offer.form(desk=desk, customer=customer, prefix=offer.key)
        to = reverse(f"desk:customer-{offer.key}", args=[customer.pk])
        offered.append({"act": offer, "form": form, "open": mine, "to": to})
    return offered


def people_of(desk: Desk, customer: Customer) -> dict[str, Any]:
    """Their people alone, nothing open."""
    org = desk.organization
    contacts, troubles = together(
        Question(Contact.objects.of(org).filter(customer=customer).order_by("position", "id")),
        Question(AddressTrouble.objects.of(org).filter(customer=customer), "address", "why"),
    )
    return _people(desk, contacts, dict(troubles), Opened())


def _people(desk: Desk, contacts: list[Contact], troubles: dict[str, str], opened: Opened) -> dict[str, Any]:
    rows = []
    for at, contact in enumerate(contacts):
        what = f"person-{contact.pk}"
        mine = opened.what == what
        usable = [one for one in (contact.email, contact.phone) if one]
        why = {troubles.get(one, "") for one in usable}
        rows.append(
            {
                "contact": contact,
                "first": at == 0,
                "left": bool(usable) and why == {LEFT},
                "broken": [one for one in usable if troubles.get(one, LEFT) != LEFT],
                "unused": bool(why - {""}),
                "form": (mine and opened.form) or ContactForm.of(contact) if desk.may_follow_up else None,
                "open": mine,
            }
        )
    fresh = opened.form if opened.what == "person" and opened.form else ContactForm(prefix="person", label_suffix="")
    return {"rows": rows, "form": fresh, "open": opened.what == "person"}


def _remarks(desk: Desk, remarks: list[Remark], names: dict[int, str], opened: Opened) -> list[dict[str, Any]]:
    rows = []
    for remark in remarks:
        mine = opened.what == f"note-{remark.pk}"
        form = (mine and opened.form) or RemarkForm.of(remark, desk=desk)
        may_remove = desk.may_manage or remark.author_id == desk.user.pk
        who = names.get(remark.author_id or 0, "")
        rows.append({"remark": remark, "form": form, "open": mine, "may_remove": may_remove, "who": who})
    return rows


# --- what they owe ------------------------------------------------------------------------------------------------


def ageing_questions(customer: Customer, today: date) -> list[Question]:
    """Open sums by currency, one question for each band of days over the due date, the youngest first."""
    mine = Invoice.objects.of(customer.organization_id).filter(customer=customer, settled_on=None)
    days = [today - timedelta(bound) for bound in BOUNDS]
    parts = [mine.filter(due__gte=days[0])]
    parts += [mine.filter(due__lt=days[at], due__gte=days[at + 1]) for at in range(len(days) - 1)]
    parts.append(mine.filter(due__lt=days[-1]))
    return [Question(part.order_by().values("currency").annotate(open=Sum(OPEN)), "currency", "open") for part in parts]


EDGES: list[tuple[int | None, int | None]] = [
    (None, 0), *((low + 1, high) for low, high in pairwise(BOUNDS)), (BOUNDS[-1] + 1, None),
]  # fmt: skip


def owed_of(
    bands: list[list[Any]],
    invoices: list[Invoice],
    holds: list[Hold],
    promises: list[Promise],
    disputes: list[Any],
    today: date,
) -> list[dict[str, Any]]:
    """What is open by currency, how old it is, and what of it is on hold, promised or disputed."""
    by_currency: dict[str, list[int]] = {}
    for at, rows in enumerate(bands):
        for currency, amount in rows:
            by_currency.setdefault(currency, [0] * len(bands))[at] = int(amount or 0)
    whole = any(hold.invoice_id is None and not hold.exclusion for hold in holds)
    held_ids = {hold.invoice_id for hold in holds}
    owed = []
    for currency, amounts in sorted(by_currency.items()):
        mine = [row for row in invoices if row.currency == currency]
        total = sum(amounts)
        owed.append(
            {
                "currency": currency,
                "open": total,
                "overdue": sum(amounts[1:]),
                "since": min((row.due for row in mine), default=None),
                "bands": _bands(amounts),
                "held": sum(row.balance for row in mine if whole or row.pk in held_ids),
                "disputed": sum(_part(row, disputes) for row in mine),
                "promised": bool(promises),
            }
        )
    return owed


def _bands(amounts: list[int]) -> list[Band]:
    whole, at = sum(amount for amount in amounts if amount > 0), 0
    found = []
    for place, ((least, most), amount) in enumerate(zip(EDGES, amounts, strict=True)):
        if amount > 0:
            end = at + amount
            start, stop = round(1000 * at / whole), round(1000 * end / whole)
            found.append(Band(least, most, amount, start, max(stop - start, 4), place))
            at = end
    return found


def _part(invoice: Invoice, disputes: list[Any]) -> int:
    found = [amount for key, amount, _ in disputes if key == invoice.pk]
    if not found:
        return 0
    return min(invoice.balance, sum(invoice.balance if amount is None else amount for amount in found))
