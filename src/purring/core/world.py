# SPDX-License-Identifier: Apache-2.0
"""The small world of a scenario file: what has happened so far, and the facts of each account on a day.

Takes the place that the database has in the product. It keeps records and judges whether an event can
happen (`Refused` with its `path`); it decides nothing about contacts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from purring.core.answers import Contact, Count
from purring.core.facts import Account, Counted, Hold, Instalment, Invoice, Plan, Promise, Reach
from purring.core.scenario import Customer, Event, NewInvoice, Node, Scenario, bad
from purring.core.schedule import Schedule


@dataclass
class Bill:
    """An invoice with all that was booked on it. Amounts are minor units of its currency."""

    new: NewInvoice
    order: int
    due: date
    known_on: date
    paid: int = 0
    credits: list[int] = field(default_factory=list)
    forgiven: int = 0
    closed_as: str = ""
    """`void` or `written_off`."""
    zeroed_by: str = "paid"
    pending: int = 0
    disputes: list[int | None] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    generation: int = 0
    reminders: int = 0

    @property
    def open_or_over(self) -> int:
        return self.new.amount - sum(self.credits) - self.forgiven - self.paid

    @property
    def balance(self) -> int:
        return max(self.open_or_over, 0)

    @property
    def excess(self) -> int:
        """What payments exceed the invoice by: money on account."""
        return min(self.paid, max(-self.open_or_over, 0))

    @property
    def disputed(self) -> int:
        return sum(self.new.amount if part is None else part for part in self.disputes)

    @property
    def state(self) -> str:
        return self.closed_as or (self.zeroed_by if not self.balance else "open")


@dataclass
class Pledge:
    """A promise in the making of its facts: `received` grows with payments."""

    customer: str
    said_on: date
    pay_on: date
    invoices: frozenset[str]
    amount: int | None
    received: int = 0


@dataclass
class PlanRecord:
    ref: str
    since: date
    customer: str
    invoices: tuple[str, ...]
    instalments: list[tuple[date, int]]
    counted: list[list[Counted]]


@dataclass
class SentRow:
    """A contact that went out, to be undone by a bounce."""

    customer: str
    to: str | None
    on: date
    counts: tuple[Count, ...]
    generations: dict[str, int]
    bounced: bool = False


@dataclass
class Debtor:
    who: Customer
    contacts: tuple[tuple[str, str], ...]
    """(email, phone) of each contact."""
    excluded: bool = False
    owed_answers: int = 0
    holds: list[Hold] = field(default_factory=list)
    spoiled: set[str] = field(default_factory=set)
    on_account: dict[str, int] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    last_contact_on: date | None = None
    raised: set[tuple[str, str]] = field(default_factory=set)
    delivery: str = ""
    """Today's trouble: `temporary` or `permanent`."""

    def reach(self) -> dict[str, Reach]:
        emails = [email for email, _ in self.contacts if email]
        phones = [phone for _, phone in self.contacts if phone]
        letter = [self.who.letter_address] if self.who.letter_address else []
        return {
            channel: self._first(addresses)
            for channel, addresses in (("email", emails), ("sms", phones), ("letter", letter))
        }

    def _first(self, addresses: list[str]) -> Reach:
        good = next((address for address in addresses if address not in self.spoiled), None)
        return Reach(good, spoiled=good is None and bool(addresses))


@dataclass
class TaskFact:
    """A task that an event makes by itself."""

    customer: str
    code: str
    invoices: tuple[str, ...]
    params: dict[str, object]


@dataclass
class Booked:
    """A payment to be thanked for."""

    customer: str
    invoices: tuple[str, ...]
    amount: int
    currency: str


class World:
    """The state of a scenario as its events happen one after another."""

    def __init__(self, scenario: Scenario) -> None:
        self.currency = scenario.organization.currency
        self.schedule: Schedule = scenario.schedule
        self.debtors = {
            customer.ref: Debtor(customer, tuple((c.email, c.phone) for c in customer.contacts))
            for customer in scenario.customers
        }
        self.bills: dict[str, Bill] = {}
        for invoice in scenario.invoices:
            self.bills[invoice.ref] = Bill(invoice, len(self.bills), invoice.due, invoice.issued)
        self.pledges: list[Pledge] = []
        self.plans: list[PlanRecord] = []
        self.sent: list[SentRow] = []
        self.outage_until: date | None = None
        self.stale_until: date | None = None
        self.stale_raised = False
        self.approval_required = False
        self.new_tasks: list[TaskFact] = []
        self.new_payments: list[Booked] = []
        self.schedules = [scenario.schedule]

    # --- what the decision sees ---------------------------------------------------------------------------

    def account(self, ref: str, today: date) -> Account:
        """The facts of one customer on a day. Invoices that do not exist yet are left out."""
        debtor = self.debtors[ref]
        bills = self.bills_of(ref, today)
        credit = dict(debtor.on_account)
        for bill in bills:
            if bill.excess:
                credit[bill.new.currency] = credit.get(bill.new.currency, 0) + bill.excess
        raised = frozenset(debtor.raised | ({("data_stale", "")} if self.stale_raised else set()))
        return Account(
            customer=ref,
            invoices=tuple(
                Invoice(
                    ref=bill.new.ref,
                    issued=bill.new.issued,
                    due=bill.due,
                    currency=bill.new.currency,
                    balance=bill.balance,
                    known_on=bill.known_on,
                    counted=tuple(bill.counted),
                    generation=bill.generation,
                    disputed=bill.disputed,
                    pending=bool(bill.pending) or bill.new.currency in debtor.pending,
                )
                for bill in bills
            ),
            reach=debtor.reach(),
            promises=tuple(
                Promise(pledge.said_on, pledge.pay_on, pledge.invoices, pledge.amount, pledge.received)
                for pledge in self.pledges
                if pledge.customer == ref
            ),
            holds=tuple(debtor.holds),
            plans=tuple(
                Plan(
                    plan.ref,
                    plan.since,
                    plan.invoices,
                    tuple(
                        Instalment(due, amount, tuple(counted))
                        for (due, amount), counted in zip(plan.instalments, plan.counted, strict=True)
                    ),
                )
                for plan in self.plans
                if plan.customer == ref
            ),
            credit=credit,
            last_contact_on=debtor.last_contact_on,
            excluded=debtor.excluded,
            awaiting_our_answer=bool(debtor.owed_answers),
            approval_required=self.approval_required,
            delivery_trouble=debtor.delivery == "temporary",
            data_stale_until=self.stale_until,
            raised=raised,
        )

    def bills_of(self, ref: str, today: date) -> list[Bill]:
        return [bill for bill in self.bills.values() if bill.new.customer == ref and bill.new.issued <= today]

    # --- what a contact leaves behind -----------------------------------------------------------------------

    def contact_went_out(self, ref: str, contact: Contact, today: date) -> None:
        """Record a contact: the stages it counts for, the budget, and the row a bounce can undo."""
        self.debtors[ref].last_contact_on = today
        for count in contact.counts:
            self._ladder(count).append(Counted(count.stage, today))
        for invoice in contact.invoices:
            self.bills[invoice].reminders += 1
        generations = {invoice: self.bills[invoice].generation for invoice in contact.invoices}
        self.sent.append(SentRow(ref, contact.to, today, contact.counts, generations))

    def _ladder(self, count: Count) -> list[Counted]:
        if count.plan is None or count.instalment is None:
            return self.bills[count.invoices[0]].counted
        plan = next((plan for plan in self.plans if plan.ref == count.plan), None)
        return plan.counted[count.instalment] if plan else []

    def thanked(self, ref: str, to: str, today: date) -> None:
        """A thank-you is a message too: a bounce after it concerns it, not the reminder before."""
        self.sent.append(SentRow(ref, to, today, (), {}))

    def _undo_last_to(self, ref: str, address: str) -> tuple[str, ...]:
        """Undo the last message to that address, once; the invoices it carried."""
        rows = [row for row in self.sent if row.customer == ref and row.to == address]
        if not rows:
            return ()
        row = rows[-1]
        if row.bounced:
            return tuple(row.generations)
        row.bounced = True
        for invoice in row.generations:
            self.bills[invoice].reminders -= 1
        for count in row.counts:
            same_ladder = count.plan or self.bills[count.invoices[0]].generation == row.generations[count.invoices[0]]
            ladder = self._ladder(count)
            if same_ladder and Counted(count.stage, row.on) in ladder:
                ladder.remove(Counted(count.stage, row.on))
        return tuple(row.generations)

    def spoil(self, ref: str, address: str) -> None:
        """An address that does not work for good: never used again."""
        self.debtors[ref].spoiled.add(address)

    # --- events -----------------------------------------------------------------------------------------------

    def happen(self, event: Event) -> None:
        """Let one event take effect, or refuse it with its place in the file."""
        handler: Callable[[Event], None] = getattr(self, f"_on_{event.type}")
        handler(event)

    def _debtor(self, event: Event) -> Debtor:
        ref = event.fields["customer"]
        if ref not in self.debtors:
            raise bad(f"{event.path}.customer", f"there is no customer {ref!r}", "unknown_ref")
        return self.debtors[ref]

    def _bill(self, event: Event, *, allowed: str = "open credited", key: str = "invoice") -> Bill:
        """The invoice an event names; `allowed`: the states in which this event can happen to it."""
        return self._named_bill(event.fields[key], f"{event.path}.{key}", event.type, allowed)

    def _named_bill(self, ref: str, path: str, what: str, allowed: str = "open credited") -> Bill:
        if ref not in self.bills:
            raise bad(path, f"there is no invoice {ref!r} on that day", "unknown_ref")
        bill = self.bills[ref]
        if bill.state not in allowed.split():
            raise bad(path, f"{what} cannot happen to {ref!r}, which is {bill.state.replace('_', ' ')}")
        return bill

    def _amount(self, event: Event, currency: str) -> int:
        node = event.fields["amount"]
        assert isinstance(node, Node)
        return node.amount(currency)

    def _settled_now(self, bill: Bill, before: int, how: str) -> None:
        if before and not bill.balance:
            bill.zeroed_by = how

    def _on_payment(self, event: Event) -> None:
        if "invoice" not in event.fields:
            debtor, currency, amount = self._debtor(event), event.fields["currency"], event.fields["amount"]
            if event.fields.get("pending"):
                debtor.pending.add(currency)
                return
            debtor.on_account[currency] = debtor.on_account.get(currency, 0) + amount
            self.new_payments.append(Booked(debtor.who.ref, (), amount, currency))
            return
        bill = self._bill(event, allowed="open credited paid void written_off")
        amount = self._amount(event, bill.new.currency)
        if event.fields.get("pending"):
            if bill.pending:
                raise bad(f"{event.path}.pending", f"{bill.new.ref!r} has a pending payment already")
            bill.pending = amount
            return
        self._book(bill, amount, event.on)

    def _book(self, bill: Bill, amount: int, on: date) -> None:
        before = bill.balance
        bill.paid += amount
        self._settled_now(bill, before, "paid")
        for pledge in self.pledges:
            if bill.new.ref in pledge.invoices and on <= pledge.pay_on + timedelta(self.schedule.grace_days):
                pledge.received += amount
        self.new_payments.append(Booked(bill.new.customer, (bill.new.ref,), amount, bill.new.currency))

    def _on_payment_settled(self, event: Event) -> None:
        bill = self._pending(event)
        amount, bill.pending = bill.pending, 0
        self._book(bill, amount, event.on)

    def _on_payment_failed(self, event: Event) -> None:
        self._pending(event).pending = 0

    def _pending(self, event: Event) -> Bill:
        bill = self._bill(event, allowed="open credited paid void written_off")
        if not bill.pending:
            raise bad(f"{event.path}.invoice", f"{bill.new.ref!r} has no pending payment")
        return bill

    def _on_payment_reversed(self, event: Event) -> None:
        bill = self._bill(event, allowed="open credited paid")
        amount = self._amount(event, bill.new.currency)
        if amount > bill.paid:
            raise bad(f"{event.path}.amount", f"more than was paid on {bill.new.ref!r}", "bad_amount")
        bill.paid -= amount

    def _on_credit_note(self, event: Event) -> None:
        bill = self._bill(event)
        before = bill.balance
        bill.credits.append(self._amount(event, bill.new.currency))
        self._settled_now(bill, before, "credited")

    def _on_credit_note_cancelled(self, event: Event) -> None:
        bill = self._bill(event, allowed="open credited paid")
        if not bill.credits:
            raise bad(f"{event.path}.invoice", f"{bill.new.ref!r} has no credit note")
        bill.credits.pop()

    def _on_void(self, event: Event) -> None:
        self._close(event, "void")

    def _on_write_off(self, event: Event) -> None:
        self._close(event, "written_off")

    def _close(self, event: Event, how: str) -> None:
        bill = self._bill(event)
        bill.forgiven, bill.closed_as = bill.balance, how

    def _on_write_off_undone(self, event: Event) -> None:
        bill = self._bill(event, allowed="written_off")
        bill.forgiven, bill.closed_as = 0, ""

    def _on_due_date_changed(self, event: Event) -> None:
        bill = self._bill(event)
        due = event.fields["due"]
        if due < event.on:
            raise bad(f"{event.path}.due", f"{due} is a past day on {event.on}", "bad_date")
        bill.due, bill.known_on = due, event.on
        bill.generation += 1
        bill.counted.clear()

    def _on_invoice(self, event: Event) -> None:
        self._debtor(event)
        fields = event.fields
        new = NewInvoice(*(fields[key] for key in ("ref", "customer", "issued", "due", "amount", "currency")))
        self.bills[new.ref] = Bill(new, len(self.bills), new.due, event.on)

    def _on_promise(self, event: Event) -> None:
        debtor = self._debtor(event)
        if "invoices" in event.fields:
            bills = [
                self._named_bill(ref, f"{event.path}.invoices[{at}]", "a promise")
                for at, ref in enumerate(event.fields["invoices"])
            ]
            for at, bill in enumerate(bills):
                if bill.new.customer != debtor.who.ref:
                    raise bad(f"{event.path}.invoices[{at}]", f"{bill.new.ref!r} is another customer's", "unknown_ref")
        else:
            bills = [bill for bill in self.bills_of(debtor.who.ref, event.on) if bill.balance]
        currencies = {bill.new.currency for bill in bills}
        currency = currencies.pop() if len(currencies) == 1 else self.currency
        amount = self._amount(event, currency) if "amount" in event.fields else None
        refs = frozenset(bill.new.ref for bill in bills)
        self.pledges.append(Pledge(debtor.who.ref, event.on, event.fields["pay_on"], refs, amount))

    def _on_promise_withdrawn(self, event: Event) -> None:
        """All open ones; a promise whose day is over stays as it ended."""
        ref = self._debtor(event).who.ref
        grace = timedelta(self.schedule.grace_days)
        self.pledges = [p for p in self.pledges if p.customer != ref or p.pay_on + grace < event.on]

    def _on_dispute(self, event: Event) -> None:
        bill = self._bill(event)
        bill.disputes.append(self._amount(event, bill.new.currency) if "amount" in event.fields else None)
        self.new_tasks.append(TaskFact(bill.new.customer, "dispute", (bill.new.ref,), {}))

    def _on_dispute_resolved(self, event: Event) -> None:
        bill = self._bill(event)
        if not bill.disputes:
            raise bad(f"{event.path}.invoice", f"{bill.new.ref!r} has no dispute")
        bill.disputes.clear()

    def _holder(self, event: Event) -> tuple[Debtor, str | None]:
        if "customer" in event.fields:
            return self._debtor(event), None
        bill = self._bill(event)
        return self.debtors[bill.new.customer], bill.new.ref

    def _on_hold(self, event: Event) -> None:
        debtor, ref = self._holder(event)
        debtor.holds.append(Hold(ref, event.fields.get("until")))

    def _on_hold_released(self, event: Event) -> None:
        debtor, ref = self._holder(event)
        debtor.holds = [hold for hold in debtor.holds if hold.invoice != ref]

    def _on_exclude(self, event: Event) -> None:
        self._debtor(event).excluded = True

    def _on_include(self, event: Event) -> None:
        self._debtor(event).excluded = False

    def _plan_bills(self, event: Event) -> list[Bill]:
        bills = [
            self._named_bill(
                ref, f"{event.path}.invoices[{at}]", "a plan", "open" if event.type == "plan" else "open credited paid"
            )
            for at, ref in enumerate(event.fields["invoices"])
        ]
        for at, bill in enumerate(bills):
            if bill.new.customer != bills[0].new.customer or bill.new.currency != bills[0].new.currency:
                raise bad(f"{event.path}.invoices[{at}]", "a plan covers invoices of one customer in one currency")
        return bills

    def _on_plan(self, event: Event) -> None:
        bills = self._plan_bills(event)
        currency = bills[0].new.currency
        instalments = [(node["due"].day(), node["amount"].amount(currency)) for node in event.fields["instalments"]]
        owed = sum(bill.balance for bill in bills)
        if sum(amount for _, amount in instalments) != owed:
            raise bad(f"{event.path}.instalments", "do not add up to the balance", "bad_amount")
        refs = tuple(bill.new.ref for bill in bills)
        self._end_plans(refs)
        ref = f"plan {event.path}"
        instalments.sort(key=lambda instalment: instalment[0])
        ladders: list[list[Counted]] = [[] for _ in instalments]
        self.plans.append(PlanRecord(ref, event.on, bills[0].new.customer, refs, instalments, ladders))

    def _on_plan_cancelled(self, event: Event) -> None:
        refs = tuple(bill.new.ref for bill in self._plan_bills(event))
        if not self._end_plans(refs):
            raise bad(f"{event.path}.invoices", "there is no plan on these invoices")

    def _end_plans(self, refs: tuple[str, ...]) -> bool:
        kept = [plan for plan in self.plans if not set(plan.invoices) & set(refs)]
        ended = len(kept) < len(self.plans)
        self.plans = kept
        return ended

    def _on_reply(self, event: Event) -> None:
        self._debtor(event).owed_answers += 1

    def _on_reply_answered(self, event: Event) -> None:
        self._debtor(event).owed_answers = 0

    def _on_bounce(self, event: Event) -> None:
        ref = self._debtor(event).who.ref
        address = event.fields["address"]
        invoices = self._undo_last_to(ref, address)
        if event.fields["permanent"]:
            self.spoil(ref, address)
            self.new_tasks.append(TaskFact(ref, "bad_address", invoices, {"address": address}))

    def _on_contact_changed(self, event: Event) -> None:
        debtor = self._debtor(event)
        debtor.contacts = tuple((c.email, c.phone) for c in event.fields["contacts"])
        debtor.raised.discard(("no_address", ""))

    def _on_contact_made(self, event: Event) -> None:
        self._debtor(event).last_contact_on = event.on

    def _on_wrong_person(self, event: Event) -> None:
        debtor = self._debtor(event)
        debtor.spoiled.add(event.fields["address"])
        self.new_tasks.append(TaskFact(debtor.who.ref, "wrong_person", (), {"address": event.fields["address"]}))

    def _on_schedule_changed(self, event: Event) -> None:
        self.schedule = event.fields["schedule"]
        self.schedules.append(self.schedule)

    def _on_outage(self, event: Event) -> None:
        self.outage_until = max(self.outage_until or event.on, event.fields["until"])

    def _on_bank_data_stale(self, event: Event) -> None:
        self.stale_until, self.stale_raised = event.fields["until"], False

    def _on_approval(self, event: Event) -> None:
        self.approval_required = event.fields["required"]

    def _on_send_failed(self, event: Event) -> None:
        self._debtor(event).delivery = "permanent" if event.fields["permanent"] else "temporary"

    def _on_task_done(self, event: Event) -> None:
        """Recorded by the staff; no rule of the decision depends on it."""
        self._debtor(event)
