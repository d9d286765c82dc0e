# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lives a scenario in the database: every event becomes the act that stores it, every day its rounds.

The other half of `tests.core.playing`: the same history, kept in rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from purring.core.errors import Refused
from purring.core.lawful import Charge, together
from purring.core.scenario import Event, NewInvoice, read_scenario
from purring.core.schedule import Schedule as CoreSchedule
from purring.facts.agreements.actions import (
    agree_plan,
    cancel_plan,
    hold,
    record_promise,
    release_holds,
    withdraw_promises,
)
from purring.facts.charges.models import AskedCharge
from purring.facts.customers.actions import add_customer, replace_contacts, spoil_address
from purring.facts.customers.models import Customer
from purring.facts.disputes.actions import open_dispute, resolve_disputes
from purring.facts.invoices.actions import change_due_date, record_invoice
from purring.facts.invoices.models import Invoice
from purring.facts.messages.actions import mark_answered, record_conversation, record_reply
from purring.facts.organizations.actions import change_organization
from purring.facts.payments.actions import fail_payment, record_payment, reverse_payment, settle_payment
from purring.facts.payments.models import Payment
from purring.facts.payments.settling import VOID, WRITE_OFF, cancel_credit_note, close, credit_note, reopen
from purring.followup.deliveries import carry_over_notices, plan_thanks, record_bounce
from purring.followup.models import GONE, Reminder, State, Task
from purring.followup.planning import plan
from purring.followup.schedules import change_schedule, default_schedule
from purring.followup.writing import write
from purring.kit.tenancy import reach
from purring.plugins.channel import Delivery, Outgoing
from tests.apps.facts.cast import fjord, sender

Row = dict[str, Any]

NOT_HERE = ("task_done",)
"""Events without an act of their own."""


class Lived:
    """One scenario, day by day. `scenario` afterwards holds the events that were taken; an act may refuse one."""

    def __init__(self, scenario: Row, slug: str) -> None:
        self.read = read_scenario(scenario)
        self.now = self._noon(self.read.start)
        self.organization = fjord(slug, now=self.now)
        self._follow(self.read.schedule)
        self.customers = {}
        for who in self.read.customers:
            address = {"address_lines": "Street 1", "postcode": "1000", "city": "Town"} if who.letter_address else {}
            contacts = [{"email": contact.email, "phone": contact.phone} for contact in who.contacts]
            told: Row = {"kind": who.kind, "country": who.country, "now": self.now, "actor": "test", **address}
            self.customers[who.ref] = add_customer(
                self.organization, ref=who.ref, name=who.name, contacts=contacts, **told
            )
        self.sender, boxes = sender("email", "sms", "letter")
        for box in boxes.values():
            box.trouble = self._trouble
        self.failing: dict[str, bool] = {}
        """Today's customers whose messages cannot leave, and whether for good."""
        self.stale_until: date | None = None
        self.outage_until: date | None = None
        self.refused: list[tuple[str, str]] = []
        taken = self._play(scenario["events"])
        self.scenario = {**scenario, "events": [event for event in scenario["events"] if id(event) in taken]}

    def _noon(self, day: date) -> datetime:
        return datetime.combine(day, time(10), UTC)

    def _play(self, raw: list[Row]) -> set[int]:
        """Live all days; the ids of the events that were taken."""
        places = {event.path: raw[int(event.path[7:-1])] for event in self.read.events}
        events = list(self.read.events)
        taken: set[int] = set()
        for new in self.read.invoices:  # some of them ahead of their day
            self._record(new, new.issued)
        day = min([self.read.start, *(event.on for event in events)])
        while day <= self.read.end:
            self.now = self._noon(day)
            while events and events[0].on == day:
                event = events.pop(0)
                try:
                    getattr(self, f"_on_{event.type}")(event)
                    taken.add(id(places[event.path]))
                except Refused as refused:
                    self.refused.append((event.type, refused.message))
            if day >= self.read.start and not (self.outage_until and day <= self.outage_until):
                self._rounds(day)
            self.failing.clear()
            day += timedelta(1)
        return taken

    def _rounds(self, day: date) -> None:
        """Twice, as rounds come again: a thank-you that left changed the account, and the reminder is decided afresh."""
        for _ in range(2):
            plan(self.organization, self.now, today=day)
            carry_over_notices(self.organization, self.now)
            plan_thanks(self.organization, self.now)
            write(self.organization, self.now, self.sender, today=day, any_hour=True)

    def _trouble(self, outgoing: Outgoing) -> Delivery | None:
        reminder = Reminder.objects.of(self.organization).get(pk=int(outgoing.key.removeprefix("reminder-")))
        permanent = self.failing.get(reminder.customer.ref)
        if permanent is None or reminder.payment_id:
            return None
        return Delivery("failed" if permanent else "deferred", "no", about="recipient" if permanent else "server")

    # --- events ---------------------------------------------------------------------------------------------

    @property
    def told(self) -> Row:
        return {"now": self.now, "actor": "test"}

    @property
    def dated(self) -> Row:
        return {"on": self.now.date(), **self.told}

    def _follow(self, schedule: CoreSchedule) -> None:
        steps = [
            {"stage": s.stage, "days": s.days, "channel": s.channel}
            | ({"repeat_every": s.repeat_every} if s.repeat_every else {})
            for s in schedule.steps
        ]
        change_schedule(
            default_schedule(self.organization),
            steps=steps,
            min_days_between_contacts=schedule.gap_days,
            minimum_balance=schedule.minimum_balance,
            promise_grace_days=schedule.grace_days,
            working_days_only=schedule.working_days_only,
            charges=schedule.charges,
        )

    def _record(self, new: NewInvoice, known_on: date) -> None:
        fields: Row = {"issued": new.issued, "due": new.due, "amount": new.amount, "currency": new.currency}
        record_invoice(self.customers[new.customer], number=new.ref, known_on=known_on, **fields, **self.told)

    def _who(self, event: Event) -> Customer:
        return Customer.objects.of(self.organization).select_related("organization").get(ref=event.fields["customer"])

    def _bill(self, event: Event) -> Invoice:
        return self._named(event.fields["invoice"])

    def _named(self, number: str) -> Invoice:
        return reach(Invoice, self.organization, number=number)

    def _on_payment(self, event: Event) -> None:
        pending = bool(event.fields.get("pending"))
        if "customer" in event.fields:
            who, amount = self._who(event), event.fields["amount"]
            record_payment(who, amount, event.fields["currency"], pending=pending, **self.dated)
            return
        bill = self._bill(event)
        amount = event.fields["amount"].amount(bill.currency)
        record_payment(bill.customer, amount, bill.currency, invoice=bill, pending=pending, **self.dated)

    def _pending(self, event: Event) -> Payment:
        return reach(Payment, self.organization, invoice=self._bill(event), settled_on=None, failed_on=None)

    def _on_payment_settled(self, event: Event) -> None:
        settle_payment(self._pending(event), **self.dated)

    def _on_payment_failed(self, event: Event) -> None:
        fail_payment(self._pending(event), **self.dated)

    def _on_payment_reversed(self, event: Event) -> None:
        """The latest payment of the invoice first."""
        bill = self._bill(event)
        left = event.fields["amount"].amount(bill.currency)
        rows = Payment.objects.of(self.organization).filter(invoice=bill, settled_on__isnull=False)
        for payment in rows.order_by("-settled_on", "-id"):
            back = min(left, payment.amount - sum(payment.reversals.values_list("amount", flat=True)))
            if back > 0:
                reverse_payment(payment, back, **self.dated)
                left -= back

    def _on_credit_note(self, event: Event) -> None:
        bill = self._bill(event)
        credit_note(bill, event.fields["amount"].amount(bill.currency), **self.dated)

    def _on_credit_note_cancelled(self, event: Event) -> None:
        bill = self._bill(event)
        note = bill.credit_notes.filter(cancelled_at=None).order_by("-id").first()
        if note is None:
            raise Refused("not_found", f"{bill.number} has no credit note")
        cancel_credit_note(note, **self.dated)

    def _on_void(self, event: Event) -> None:
        close(self._bill(event), VOID, **self.dated)

    def _on_write_off(self, event: Event) -> None:
        close(self._bill(event), WRITE_OFF, **self.dated)

    def _on_write_off_undone(self, event: Event) -> None:
        reopen(self._bill(event), **self.dated)

    def _on_due_date_changed(self, event: Event) -> None:
        change_due_date(self._bill(event), event.fields["due"], today=event.on, **self.told)

    def _on_invoice(self, event: Event) -> None:
        fields = event.fields
        new = NewInvoice(*(fields[key] for key in ("ref", "customer", "issued", "due", "amount", "currency")))
        self._record(new, event.on)

    def _on_promise(self, event: Event) -> None:
        fields, bills, amount = event.fields, None, None
        if "invoices" in fields:
            bills = [self._named(ref) for ref in fields["invoices"]]
            amount = fields["amount"].amount(bills[0].currency) if "amount" in fields else None
        record_promise(self._who(event), fields["pay_on"], invoices=bills, amount=amount, **self.dated)

    def _on_promise_withdrawn(self, event: Event) -> None:
        grace = default_schedule(self.organization).promise_grace_days
        withdraw_promises(self._who(event), grace_days=grace, **self.told)

    def _on_dispute(self, event: Event) -> None:
        bill = self._bill(event)
        amount = event.fields["amount"].amount(bill.currency) if "amount" in event.fields else None
        open_dispute(bill, amount=amount, **self.dated)

    def _on_dispute_resolved(self, event: Event) -> None:
        resolve_disputes(self._bill(event), **self.told)

    def _held(self, event: Event) -> tuple[Customer, Invoice | None]:
        bill = self._bill(event) if "invoice" in event.fields else None
        return (bill.customer if bill else self._who(event)), bill

    def _on_hold(self, event: Event) -> None:
        who, bill = self._held(event)
        hold(who, invoice=bill, until=event.fields.get("until"), **self.dated)

    def _on_hold_released(self, event: Event) -> None:
        who, bill = self._held(event)
        release_holds(who, invoice=bill, **self.told)

    def _on_exclude(self, event: Event) -> None:
        hold(self._who(event), exclusion=True, **self.dated)

    def _on_include(self, event: Event) -> None:
        release_holds(self._who(event), exclusion=True, **self.told)

    def _on_plan(self, event: Event) -> None:
        bills = [self._named(ref) for ref in event.fields["invoices"]]
        currency = bills[0].currency
        instalments = [(node["due"].day(), node["amount"].amount(currency)) for node in event.fields["instalments"]]
        agree_plan(bills[0].customer, bills, instalments, **self.dated)

    def _on_plan_cancelled(self, event: Event) -> None:
        bills = [self._named(ref) for ref in event.fields["invoices"]]
        for row in bills[0].customer.plans.filter(cancelled_at=None, invoices__in=bills).distinct():
            cancel_plan(row, **self.told)

    def _on_reply(self, event: Event) -> None:
        record_reply(self._who(event), "Hello", **self.told)

    def _on_reply_answered(self, event: Event) -> None:
        mark_answered(self._who(event), **self.told)

    def _on_bounce(self, event: Event) -> None:
        """Concerns the last message to that address; of one day, the thank-you went first."""
        who, address, permanent = self._who(event), event.fields["address"], event.fields["permanent"]
        went = Reminder.objects.of(self.organization).filter(customer=who, message__address=address)
        last = max(went, key=lambda row: (row.on, row.payment_id is None), default=None)
        if last and last.message:
            record_bounce(last.message, permanent, "bounced", **self.told)
        elif permanent:
            spoil_address(who, address, "bounced", **self.told)

    def _on_contact_changed(self, event: Event) -> None:
        contacts = [{"email": contact.email, "phone": contact.phone} for contact in event.fields["contacts"]]
        replace_contacts(self._who(event), contacts, **self.told)

    def _on_contact_made(self, event: Event) -> None:
        record_conversation(self._who(event), **self.dated)

    def _on_wrong_person(self, event: Event) -> None:
        spoil_address(self._who(event), event.fields["address"], "wrong_person", **self.told)

    def _on_schedule_changed(self, event: Event) -> None:
        self._follow(event.fields["schedule"])

    def _on_outage(self, event: Event) -> None:
        self.outage_until = max(self.outage_until or event.on, event.fields["until"])

    def _on_approval(self, event: Event) -> None:
        change_organization(self.organization, approves_each_day=event.fields["required"], **self.told)

    def _on_send_failed(self, event: Event) -> None:
        self.failing[event.fields["customer"]] = event.fields["permanent"]

    # --- what came of it ------------------------------------------------------------------------------------

    def contacts(self) -> list[tuple[Any, ...]]:
        """(day, customer, stage, channel, address, currency, asked, ((invoice, its stage), ...),
        charges) of all that went out."""
        rows = Reminder.objects.of(self.organization).filter(payment=None, state__in=(*GONE, State.BOUNCED))
        return sorted(
            (
                row.on,
                row.customer.ref,
                row.stage,
                row.channel,
                row.address,
                row.currency,
                row.asked,
                tuple(sorted(row.items.values_list("invoice__number", "stage"))),
                self._charges(row),
            )
            for row in rows.select_related("customer")
        )

    def _charges(self, row: Reminder) -> tuple[Charge, ...]:
        """What the message asked beside the invoices; the same kind by the same rule beside several is one sum."""
        each = [
            [Charge(asked.kind, asked.amount, asked.currency, asked.rule)]
            for asked in AskedCharge.objects.of(self.organization).filter(message=row.message_id or 0)
        ]
        return tuple(sorted(together(each)))

    def tasks(self) -> Iterator[tuple[date, str, str, str]]:
        """(day, customer, code, subject) of the tasks that decisions asked for."""
        codes = ("promise_broken_twice", "final_reached", "unmatched_receipt", "no_address")
        for task in Task.objects.of(self.organization).filter(code__in=codes).select_related("customer"):
            yield task.opened_on, task.customer.ref if task.customer else "", task.code, task.subject

    def balances(self) -> dict[str, int]:
        return {row.number: row.balance for row in Invoice.objects.of(self.organization)}
