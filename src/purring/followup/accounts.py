# SPDX-License-Identifier: AGPL-3.0-or-later
"""From rows to the facts the decision takes: whole batches of customers in a fixed number of queries."""

from __future__ import annotations

import calendar as months
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Max

from purring.core.answers import Decision
from purring.core.calendar import WorkingDays, working_days
from purring.core.decide import decide
from purring.core.facts import Account, Counted, Hold, Instalment, Invoice, Plan, Promise, Reach
from purring.core.schedule import Schedule
from purring.facts.agreements.models import Hold as HoldRow
from purring.facts.agreements.models import Instalment as InstalmentRow
from purring.facts.agreements.models import PaymentPlan
from purring.facts.agreements.models import Promise as PromiseRow
from purring.facts.customers.models import AddressTrouble, Contact, Customer
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Invoice as InvoiceRow
from purring.facts.messages.models import Conversation, Message
from purring.facts.organizations.actions import data_stale_until
from purring.facts.organizations.models import Organization
from purring.facts.payments.models import Allocation, Credit, Payment
from purring.followup import preflight
from purring.followup.governing import SPOKEN, Laws
from purring.followup.models import GONE, Reminder, ReminderItem, State, Task
from purring.followup.schedules import Followed
from purring.kit.batches import Ids
from purring.law.account import AccountLaw


class CustomerFacts(NamedTuple):
    """What of the customer's row the rounds need."""

    id: int
    ref: str
    name: str
    kind: str
    country: str
    language: str
    timezone: str
    group_id: int | None
    po_required: bool
    pay_run_days: list[int]
    preferred_channel: str
    address_lines: str
    postcode: str
    city: str
    version: int


class OpenInvoice(NamedTuple):
    """What of an open invoice's row the decision needs."""

    id: int
    customer_id: int
    number: str
    issued: date
    due: date
    currency: str
    amount: int
    allocated: int
    credited: int
    forgiven: int
    known_on: date
    generation: int
    po_number: str
    description: str
    checked_at: Any

    @property
    def balance(self) -> int:
        return self.amount - self.allocated - self.credited - self.forgiven


class Loaded(NamedTuple):
    """One account ready to be decided, with the keys to find its rows again."""

    customer: CustomerFacts
    account: Account
    schedule: Schedule
    law: AccountLaw
    calendar: WorkingDays
    invoice_ids: dict[str, int]
    """By number, which is the invoice's ref in the account."""
    instalment_ids: dict[tuple[str, int], int]
    """By plan ref and instalment number."""
    occurrences: dict[tuple[int | None, int, int, str], int]
    """(instalment, invoice, generation, stage) -> how often it was recorded before, bounced ones included."""

    def decide(self, today: date, **changed: Any) -> Decision:
        """Decide, with some facts of the account replaced if need be."""
        account = self.account._replace(**changed) if changed else self.account
        return decide(account, self.schedule, self.law, self.calendar, today)


Rows = dict[int, list[Any]]


def load_accounts(
    organization: Organization, customer_ids: Iterable[int], today: date, followed: Followed | None = None
) -> dict[int, Loaded]:
    """The accounts of these customers on a day, by customer id."""
    ids = Ids(customer_ids)
    org = organization.pk
    followed = followed or Followed(organization)
    customers = [
        CustomerFacts(*row)
        for row in Customer.objects.of(org).filter(id__any_of=ids).values_list(*CustomerFacts._fields)
    ]
    invoices: Rows = defaultdict(list)
    fields = OpenInvoice._fields
    open_rows = InvoiceRow.objects.of(org).filter(customer_id__any_of=ids, settled_on=None).order_by("id")
    for row in open_rows.values_list(*fields):
        opened = OpenInvoice(*row)
        invoices[opened.customer_id].append(opened)
    invoice_ids = Ids(row.id for rows in invoices.values() for row in rows)
    items = _items(org, invoice_ids)
    disputed = _disputed(org, invoice_ids)
    pending = _pending(org, ids)
    reach = _Reach(org, ids)
    plans = _grouped(
        PaymentPlan.objects.of(org).filter(customer_id__any_of=ids, cancelled_at=None), "customer_id", "id", "since"
    )
    plan_facts = _plans(org, plans) if plans else {}
    promises = _Promises(org, ids)
    holds = _grouped(
        HoldRow.objects.of(org).filter(customer_id__any_of=ids, released_at=None),
        "customer_id",
        "invoice_id",
        "until",
        "exclusion",
    )
    credits: dict[int, dict[str, int]] = defaultdict(dict)
    for customer_id, currency, amount in (
        Credit.objects.of(org)
        .filter(customer_id__any_of=ids, amount__gt=0)
        .values_list("customer_id", "currency", "amount")
    ):
        credits[customer_id][currency] = amount
    last = _last_contacts(org, ids)
    waiting = set(
        Message.objects.of(org)
        .filter(customer_id__any_of=ids, needs_answer=True, answered_at=None)
        .values_list("customer_id", flat=True)
    )
    raised = _grouped(Task.objects.of(org).filter(customer_id__any_of=ids), "customer_id", "code", "subject", "done_at")
    laws = Laws(organization, customers, today)
    stale = data_stale_until(organization, today)
    stale_raised = (
        stale and Task.objects.of(org).filter(code="data_stale", subject=str(organization.data_checked_on)).exists()
    )

    loaded = {}
    for customer in customers:
        rows = invoices.get(customer.id, ())
        numbers = {row.id: row.number for row in rows}
        problems = preflight.problems(rows, po_required=customer.po_required)
        own_holds = holds.get(customer.id, ())
        schedule = followed.of_customer(customer.id, customer.group_id)
        known = frozenset(
            (code, subject)
            for code, subject, done_at in raised.get(customer.id, ())
            if code != "no_address" or not done_at
        )
        account = Account(
            customer=customer.ref,
            invoices=tuple(
                Invoice(
                    row.number,
                    row.issued,
                    row.due,
                    row.currency,
                    row.balance,
                    row.known_on,
                    tuple(
                        Counted(item.stage, item.on)
                        for item in items.get(row.id, ())
                        if item.instalment_id is None and item.gone and item.generation == row.generation
                    ),
                    row.generation,
                    disputed.get(row.id, 0),
                    row.id in pending or customer.id in pending.get(None, ()),
                    pay_run_day(row.due, customer.pay_run_days) if customer.pay_run_days else None,
                    problems.get(row.id),
                    followed.of_invoice(row.id),
                )
                for row in rows
            ),
            reach=reach.of(customer),
            promises=promises.of(customer.id, numbers, schedule.grace_days),
            holds=tuple(
                Hold(numbers[invoice_id] if invoice_id else None, until)
                for invoice_id, until, exclusion in own_holds
                if not exclusion and (invoice_id is None or invoice_id in numbers)
            ),
            plans=tuple(
                _core_plan(key, plan_facts[key], since, numbers, items)
                for key, since in plans.get(customer.id, ())
                if any(invoice_id in numbers for invoice_id in plan_facts[key].invoice_ids)
            ),
            credit=credits.get(customer.id, {}),
            last_contact_on=last.get(customer.id),
            excluded=any(exclusion for _, _, exclusion in own_holds),
            awaiting_our_answer=customer.id in waiting,
            preferred_channel=customer.preferred_channel or None,
            data_stale_until=stale,
            raised=known | {("data_stale", "")} if stale_raised else known,
        )
        loaded[customer.id] = Loaded(
            customer,
            account,
            schedule,
            laws.of(customer, account),
            working_days(customer.country),
            {number: key for key, number in numbers.items()},
            {
                (plan_ref(key), number): instalment_id
                for key, _ in plans.get(customer.id, ())
                for number, instalment_id in enumerate(plan_facts[key].instalment_ids)
            },
            _occurrences(rows, items),
        )
    return loaded


def _grouped(rows: Any, key: str, *fields: str) -> Rows:
    groups: Rows = defaultdict(list)
    for first, *rest in rows.order_by("id").values_list(key, *fields):
        groups[first].append(tuple(rest))
    return groups


UNSAID = frozenset({State.PLANNED, State.DEFERRED, State.WITHDRAWN, State.SKIPPED, State.FAILED})


class _Item(NamedTuple):
    invoice_id: int
    instalment_id: int | None
    generation: int
    stage: str
    on: date
    gone: bool


def _items(org: int, invoice_ids: Ids) -> Rows:
    items: Rows = defaultdict(list)
    if not invoice_ids.all:
        return items
    rows = (
        ReminderItem.objects.of(org)
        .filter(invoice_id__any_of=invoice_ids)
        .order_by("reminder__on", "id")
        .values_list("invoice_id", "instalment_id", "generation", "stage", "reminder__on", "reminder__state")
    )
    for invoice_id, instalment_id, generation, stage, on, state in rows:
        if state in UNSAID:  # not in the query: it would be answered by reading all reminders
            continue
        items[invoice_id].append(_Item(invoice_id, instalment_id, generation, stage, on, state in GONE))
    return items


def _occurrences(rows: Sequence[OpenInvoice], items: Rows) -> dict[tuple[int | None, int, int, str], int]:
    counts: dict[tuple[int | None, int, int, str], int] = {}
    for row in rows:
        for item in items.get(row.id, ()):
            generation = item.generation if item.instalment_id is None else 0
            key = (item.instalment_id, item.invoice_id, generation, item.stage)
            counts[key] = counts.get(key, 0) + 1
    return counts


def _disputed(org: int, invoice_ids: Ids) -> dict[int, int]:
    sums: dict[int, int] = {}
    if invoice_ids.all:
        rows = Dispute.objects.of(org).filter(invoice_id__any_of=invoice_ids, resolved_at=None)
        for invoice_id, amount, whole in rows.values_list("invoice_id", "amount", "invoice__amount"):
            sums[invoice_id] = sums.get(invoice_id, 0) + (whole if amount is None else amount)
    return sums


def _pending(org: int, ids: Ids) -> dict[int | None, set[int]]:
    """Invoices with money on its way (as keys), and under None the customers whose pending money names no invoice."""
    pending: dict[int | None, set[int]] = {}
    rows = Payment.objects.of(org).filter(customer_id__any_of=ids, settled_on=None, failed_on=None)
    for invoice_id, customer_id in rows.values_list("invoice_id", "customer_id"):
        pending.setdefault(invoice_id, set()).add(customer_id)
    return pending


def _last_contacts(org: int, ids: Ids) -> dict[int, date]:
    last: dict[int, date] = {}
    reminders = Reminder.objects.of(org).filter(customer_id__any_of=ids, state__in=SPOKEN, payment=None)
    spoken = Conversation.objects.of(org).filter(customer_id__any_of=ids)
    for rows in (reminders, spoken):
        for customer_id, on in rows.values("customer_id").annotate(on=Max("on")).values_list("customer_id", "on"):
            if customer_id not in last or on > last[customer_id]:
                last[customer_id] = on
    return last


class _Reach:
    """Working addresses per channel for a batch of customers."""

    def __init__(self, org: int, ids: Ids) -> None:
        self.contacts: dict[int, list[tuple[str, str]]] = defaultdict(list)
        rows = Contact.objects.of(org).filter(customer_id__any_of=ids).order_by("customer_id", "position", "id")
        for customer_id, email, phone in rows.values_list("customer_id", "email", "phone"):
            self.contacts[customer_id].append((email, phone))
        self.spoiled = set(
            AddressTrouble.objects.of(org).filter(customer_id__any_of=ids).values_list("customer_id", "address")
        )

    def of(self, customer: CustomerFacts) -> dict[str, Reach]:
        contacts = self.contacts.get(customer.id, ())
        place = " ".join(part for part in (customer.postcode, customer.city) if part)
        letter = ", ".join([*customer.address_lines.splitlines(), place] if customer.address_lines and place else ())
        return {
            "email": self._first(customer.id, [email for email, _ in contacts if email]),
            "sms": self._first(customer.id, [phone for _, phone in contacts if phone]),
            "letter": self._first(customer.id, [letter] if letter else []),
        }

    def _first(self, customer_id: int, addresses: list[str]) -> Reach:
        for address in addresses:
            if not self.spoiled or (customer_id, address) not in self.spoiled:
                return Reach(address)
        return Reach(None, spoiled=bool(addresses))


class _PlanFacts(NamedTuple):
    invoice_ids: list[int]
    instalment_ids: list[int]
    instalments: list[tuple[date, int]]


def _plans(org: int, plans: Rows) -> dict[int, _PlanFacts]:
    facts = {key: _PlanFacts([], [], []) for rows in plans.values() for key, _ in rows}
    through = PaymentPlan.invoices.through._default_manager
    pairs = (
        through.filter(paymentplan_id__any_of=list(facts))
        .values_list("paymentplan_id", "invoice_id")
        .order_by("invoice_id")
    )
    for key, invoice_id in pairs:
        facts[key].invoice_ids.append(invoice_id)
    rows = InstalmentRow.objects.of(org).filter(plan_id__any_of=list(facts)).order_by("plan_id", "number")
    for key, instalment_id, due, amount in rows.values_list("plan_id", "id", "due", "amount"):
        facts[key].instalment_ids.append(instalment_id)
        facts[key].instalments.append((due, amount))
    return facts


def plan_ref(key: int) -> str:
    """A plan's ref in the account."""
    return f"plan{key}"


def _core_plan(key: int, facts: _PlanFacts, since: date, numbers: dict[int, str], items: Rows) -> Plan:
    counted: dict[int, dict[tuple[str, date], None]] = defaultdict(dict)
    for invoice_id in facts.invoice_ids:
        for item in items.get(invoice_id, ()):
            if item.instalment_id and item.gone:
                counted[item.instalment_id][item.stage, item.on] = None
    return Plan(
        plan_ref(key),
        since,
        tuple(numbers[key] for key in facts.invoice_ids if key in numbers),
        tuple(
            Instalment(due, amount, tuple(Counted(*pair) for pair in sorted(counted[own], key=lambda pair: pair[1])))
            for own, (due, amount) in zip(facts.instalment_ids, facts.instalments, strict=True)
        ),
    )


class _Promises:
    def __init__(self, org: int, ids: Ids) -> None:
        rows = PromiseRow.objects.of(org).filter(customer_id__any_of=ids, withdrawn_at=None).order_by("id")
        self.rows = _grouped(rows, "customer_id", "id", "said_on", "pay_on", "amount")
        self.covered: dict[int, list[int]] = defaultdict(list)
        self.paid: dict[int, list[tuple[date, int]]] = defaultdict(list)
        if not self.rows:
            return
        keys = [row[0] for group in self.rows.values() for row in group]
        through = PromiseRow.invoices.through._default_manager.filter(promise_id__any_of=keys)
        for key, invoice_id in through.values_list("promise_id", "invoice_id"):
            self.covered[key].append(invoice_id)
        invoice_ids = {invoice_id for covered in self.covered.values() for invoice_id in covered}
        given = Allocation.objects.of(org).filter(invoice_id__any_of=invoice_ids)
        for invoice_id, on, amount in given.values_list("invoice_id", "on", "amount"):
            self.paid[invoice_id].append((on, amount))

    def of(self, customer_id: int, numbers: dict[int, str], grace_days: int) -> tuple[Promise, ...]:
        made = []
        grace = timedelta(grace_days)
        for key, said_on, pay_on, amount in self.rows.get(customer_id, ()):
            covered = self.covered[key]
            refs = frozenset(numbers[invoice_id] for invoice_id in covered if invoice_id in numbers)
            if refs:
                received = sum(
                    paid
                    for invoice_id in covered
                    for on, paid in self.paid.get(invoice_id, ())
                    if said_on <= on <= pay_on + grace
                )
                made.append(Promise(said_on, pay_on, refs, amount, received))
        return tuple(made)


def pay_run_day(due: date, days_of_month: Sequence[int]) -> date:
    """The first pay run on or after the due date; a day a month does not have is its last."""
    for ahead in range(3):
        index = due.year * 12 + due.month - 1 + ahead
        year, month = divmod(index, 12)
        last = months.monthrange(year, month + 1)[1]
        for day in sorted({min(day, last) for day in days_of_month}):
            candidate = date(year, month + 1, day)
            if candidate >= due:
                return candidate
    return due
