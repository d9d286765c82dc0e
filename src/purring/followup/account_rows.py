# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows behind the accounts of a batch of customers, in a fixed number of questions to the database; those about a few
customers, as a page asks them, go together in two statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Max

from purring.facts.agreements.models import Hold, Instalment, PaymentPlan, Promise
from purring.facts.checkout.models import Debit
from purring.facts.customers.models import AddressTrouble, Contact, Customer
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Conversation, Message, Outcome
from purring.facts.organizations.models import LegalEntity
from purring.facts.payments.models import Allocation, Credit, Payment
from purring.followup.governing import SPOKEN
from purring.followup.models import GONE, Reminder, ReminderItem, State, Task
from purring.kit.batches import Ids
from purring.kit.together import FEW, Question, answers

Rows = dict[int, list[Any]]


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
    vat_id: str
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
    entity_id: int | None
    checked_at: Any

    @property
    def balance(self) -> int:
        return self.amount - self.allocated - self.credited - self.forgiven


UNSAID = frozenset({State.PLANNED, State.DEFERRED, State.WITHDRAWN, State.SKIPPED, State.FAILED})


class Item(NamedTuple):
    invoice_id: int
    instalment_id: int | None
    generation: int
    stage: str
    on: date
    gone: bool


class AccountRows:
    """What is stored about these customers, by customer id unless said otherwise."""

    def __init__(self, org: int, customer_ids: Iterable[int], *, few: bool | None = None) -> None:
        """`few`: fetch all together; None: as their number suggests."""
        ids = Ids(customer_ids)
        self._few = len(ids.all) <= FEW if few is None else few
        spoken = Reminder.objects.of(org).filter(customer_id__any_of=ids, state__in=SPOKEN, payment=None)
        said = Conversation.objects.of(org).filter(customer_id__any_of=ids).exclude(outcome=Outcome.NO_ANSWER)
        contacts = Contact.objects.of(org).filter(customer_id__any_of=ids).order_by("customer_id", "position", "id")
        invoices = Invoice.objects.of(org).filter(customer_id__any_of=ids, settled_on=None)
        on_its_way = Payment.objects.of(org).filter(customer_id__any_of=ids, settled_on=None, failed_on=None)
        to_be_taken = Debit.objects.of(org).filter(customer_id__any_of=ids, ended_at=None, parts__left_out="")
        plans = PaymentPlan.objects.of(org).filter(customer_id__any_of=ids, cancelled_at=None)
        promises = Promise.objects.of(org).filter(customer_id__any_of=ids, withdrawn_at=None)
        holds = Hold.objects.of(org).filter(customer_id__any_of=ids, released_at=None)
        credits = Credit.objects.of(org).filter(customer_id__any_of=ids, amount__gt=0)
        unanswered = Message.objects.of(org).filter(customer_id__any_of=ids, needs_answer=True, answered_at=None)
        tasks = Task.objects.of(org).filter(customer_id__any_of=ids).order_by("id")
        spoiled = AddressTrouble.objects.of(org).filter(customer_id__any_of=ids)
        found = self._ask(
            customers=Question(Customer.objects.of(org).filter(id__any_of=ids), *CustomerFacts._fields),
            invoices=Question(invoices.order_by("id"), *OpenInvoice._fields),
            pending=Question(on_its_way, "invoice_id", "customer_id"),
            to_be_taken=Question(to_be_taken, "parts__invoice_id", "customer_id"),
            contacts=Question(contacts, "customer_id", "email", "phone"),
            spoiled=Question(spoiled, "customer_id", "address"),
            plans=Question(plans.order_by("id"), "customer_id", "id", "since"),
            promises=Question(promises.order_by("id"), "customer_id", "id", "said_on", "pay_on", "amount"),
            holds=Question(holds.order_by("id"), "customer_id", "invoice_id", "until", "exclusion"),
            credits=Question(credits, "customer_id", "currency", "amount"),
            spoken=Question(spoken.values("customer_id").annotate(last=Max("on")), "customer_id", "last"),
            said=Question(said.values("customer_id").annotate(last=Max("on")), "customer_id", "last"),
            unanswered=Question(unanswered, "customer_id"),
            tasks=Question(tasks, "customer_id", "code", "subject", "done_at"),
            entities=Question(LegalEntity.objects.of(org), "id", "is_default", "accounts"),
        )
        self.customers = [CustomerFacts(*row) for row in found["customers"]]
        self.invoices: Rows = defaultdict(list)
        for row in found["invoices"]:
            opened = OpenInvoice(*row)
            self.invoices[opened.customer_id].append(opened)
        self.pending: dict[int | None, set[int]] = defaultdict(set)
        """Customers by invoice with money on its way; under None those whose pending money names no invoice. What an
        automatic payment is going to take is on its way, too."""
        for invoice_id, customer_id in (*found["pending"], *found["to_be_taken"]):
            self.pending[invoice_id].add(customer_id)
        self.contacts, self.spoiled = _grouped(found["contacts"]), {*found["spoiled"]}
        self.plans, self.promises = _grouped(found["plans"]), _grouped(found["promises"])
        self.holds, self.tasks = _grouped(found["holds"]), _grouped(found["tasks"])
        self.unanswered = {customer_id for (customer_id,) in found["unanswered"]}
        self.credits: dict[int, dict[str, int]] = defaultdict(dict)
        for customer_id, currency, amount in found["credits"]:
            self.credits[customer_id][currency] = amount
        self.accounts: dict[int, list[dict[str, str]]] = {}
        """Bank accounts by legal entity, those of the usual one under 0."""
        for entity_id, is_default, accounts in found["entities"]:
            self.accounts[entity_id] = accounts
            if is_default:
                self.accounts[0] = accounts
        self.last_contact: dict[int, date] = {}
        for customer_id, on in (*found["spoken"], *found["said"]):
            self.last_contact[customer_id] = max(on, self.last_contact.get(customer_id, on))
        self._hanging_on(org)

    def _hanging_on(self, org: int) -> None:
        """What hangs on the open invoices, the plans and the promises."""
        invoice_ids = Ids(row.id for rows in self.invoices.values() for row in rows)
        plan_ids = [key for rows in self.plans.values() for key, _ in rows]
        promise_ids = [row[0] for rows in self.promises.values() for row in rows]
        asked: dict[str, Question] = {}
        if invoice_ids.all:
            items = ReminderItem.objects.of(org).filter(invoice_id__any_of=invoice_ids).order_by("reminder__on", "id")
            disputes = Dispute.objects.of(org).filter(invoice_id__any_of=invoice_ids, resolved_at=None)
            fields = ("invoice_id", "instalment_id", "generation", "stage", "reminder__on", "reminder__state")
            asked["items"] = Question(items, *fields)
            asked["disputes"] = Question(disputes, "invoice_id", "amount", "invoice__amount")
        if plan_ids:
            pairs = PaymentPlan.invoices.through._default_manager.filter(paymentplan_id__any_of=plan_ids)
            instalments = Instalment.objects.of(org).filter(plan_id__any_of=plan_ids).order_by("plan_id", "number")
            asked["in_plans"] = Question(pairs.order_by("invoice_id"), "paymentplan_id", "invoice_id")
            asked["instalments"] = Question(instalments, "plan_id", "id", "due", "amount")
        if promise_ids:
            pairs = Promise.invoices.through._default_manager.filter(promise_id__any_of=promise_ids)
            asked["promised"] = Question(pairs, "promise_id", "invoice_id")
        found = self._ask(**asked)
        self.items: Rows = defaultdict(list)
        """What was said of an invoice, by invoice id."""
        for invoice_id, instalment_id, generation, stage, on, state in found["items"]:
            if state not in UNSAID:  # not in the query: it would be answered by reading all reminders
                item = Item(invoice_id, instalment_id, generation, stage, on, state in GONE)
                self.items[invoice_id].append(item)
        self.disputed: dict[int, int] = {}
        """The disputed part by invoice id."""
        for invoice_id, amount, whole in found["disputes"]:
            self.disputed[invoice_id] = self.disputed.get(invoice_id, 0) + (whole if amount is None else amount)
        self.in_plans, self.instalments = _grouped(found["in_plans"]), _grouped(found["instalments"])
        """By plan id."""
        self.promised = _grouped(found["promised"])
        """Invoice ids by promise id."""
        self.received: Rows = defaultdict(list)
        """(day, amount) that promised invoices received, by invoice id."""
        if promised := {invoice_id for rows in self.promised.values() for (invoice_id,) in rows}:
            given = Allocation.objects.of(org).filter(invoice_id__any_of=promised)
            self.received = _grouped(given.values_list("invoice_id", "on", "amount"))

    def _ask(self, **questions: Question) -> dict[str, list[Any]]:
        found = answers(list(questions.values()), few=self._few)
        return defaultdict(list, zip(questions, found, strict=True))


def _grouped(rows: Iterable[tuple[Any, ...]]) -> Rows:
    """By the first field."""
    groups: Rows = defaultdict(list)
    for first, *rest in rows:
        groups[first].append(tuple(rest))
    return groups
