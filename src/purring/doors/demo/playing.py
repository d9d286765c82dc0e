# SPDX-License-Identifier: AGPL-3.0-or-later
"""Plays two years of a sample business, each fact at its own moment, through the acts and rounds of every day.

Following up was switched on some weeks before today; since then each day is planned, approved by the bookkeeper and
written as any day would be. Today is planned only: its messages wait for the visitor's yes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random

from django.db.models import Q

from purring.doors.demo.bills import YEARS_DAYS, Bill, Happening, Paid, plan_business
from purring.doors.demo.cast import Business
from purring.doors.demo.founding import ACTOR, add_customers, found_business
from purring.doors.demo.happenings import HAPPENINGS, Scene
from purring.doors.demo.paper import invoice_pdf
from purring.doors.demo.post import LineThatBreaks, sender_nowhere
from purring.doors.demo.said import DELIVERED
from purring.facts.customers.models import Customer
from purring.facts.invoices.actions import attach, record_invoice
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import seal
from purring.facts.organizations.actions import change_organization
from purring.facts.organizations.models import Organization, User
from purring.facts.payments.actions import record_payment
from purring.followup.approvals import approve, waiting
from purring.followup.deliveries import carry_over_notices, plan_thanks
from purring.followup.drafting import Sender
from purring.followup.models import Reminder
from purring.followup.planning import plan
from purring.followup.writing import write
from purring.language.formats import locale_for, long_date

FOLLOWED_UP_DAYS = 75
IN_MAILBOX_DAYS = 14
"""The mailbox holds what was sent in the last two weeks; older messages are in the customers' histories alone."""
DOUBT_SINCE_DAYS = 4
"""Since then the line breaks for the customer whose situation is `in_doubt`."""

BOOKED = time(7, 10)
PLANNED = time(8, 0)
APPROVED = time(8, 20)
WRITTEN = time(9, 5)
AFTERNOON = time(13, 0)

Act = Callable[[datetime], None]


class Story:
    """One business from its first day to today."""

    def __init__(self, business: Business, user: User, now: datetime, sender: Sender, seed: int) -> None:
        self.business, self.user, self.now, self.sender = business, user, now, sender
        self.rng = Random(f"{seed}/{business.slug}")
        self.staff = f"user:{user.pk}"
        self.invoices: dict[str, Invoice] = {}
        self.morning: dict[date, list[Act]] = defaultdict(list)
        self.later: dict[date, list[Act]] = defaultdict(list)
        self.organization: Organization
        self.customers: dict[str, Customer]

    def play(self) -> Organization:
        """Record everything and play every day; returns the organization as it stands today."""
        began = self.now - timedelta(YEARS_DAYS + 30)
        self.organization = found_business(self.business, self.user, began)
        self.customers = add_customers(self.business, self.organization, began)
        self.today = self.organization.today(self.now)
        self.switched_on = self.today - timedelta(FOLLOWED_UP_DAYS)
        bills, happenings = plan_business(self.business, self.today, self.rng)
        self._arrange(bills, happenings)
        days = sorted({*self.morning, *self.later, *self._followed_days()})
        for day in days:
            if day <= self.today:
                self._play(day)
        change_organization(
            self.organization,
            now=self.now,
            actor=self.staff,
            sending_from=time(0),
            sending_until=time(23, 59),
        )
        wait_for_nothing_but_approval(self.organization, self.now)
        seal_all(self.organization)
        return self.organization

    def _followed_days(self) -> list[date]:
        return [self.switched_on + timedelta(number) for number in range(FOLLOWED_UP_DAYS + 1)]

    def _arrange(self, bills: list[Bill], happenings: list[Happening]) -> None:
        """Every fact to its day. What is paid is booked in the morning, the rest happens in the afternoon."""
        for bill in bills:
            self.later[bill.issued].append(self._issue(bill))
            for paid in bill.payments:
                self.morning[paid.on].append(self._book(bill, paid))
        for happening in happenings:
            self.later[happening.on].append(self._happen(happening))

    def _play(self, day: date) -> None:
        at = self._moment(day, BOOKED)
        for act in self.morning[day]:
            at += timedelta(seconds=self.rng.randint(20, 90))
            act(min(at, self.now))
        if day >= self.switched_on:
            self._follow_up(day)
        if day == self.today:
            return
        at = self._moment(day, AFTERNOON)
        for act in self.later[day]:
            at += timedelta(minutes=self.rng.randint(1, 9))
            act(min(at, self.now))

    def _moment(self, day: date, at: time) -> datetime:
        return min(datetime.combine(day, at, self.organization.zone), self.now)

    # --- rounds ---------------------------------------------------------------------------------------------

    def _follow_up(self, day: date) -> None:
        """The rounds of one day, as the list of rounds would run them; a person approves in between."""
        organization = self.organization
        planned_at = self._moment(day, PLANNED)
        if day == self.switched_on:
            change_organization(organization, now=planned_at, actor=self.staff, approves_each_day=True)
        plan(organization, planned_at, today=day)
        carry_over_notices(organization, planned_at)
        plan_thanks(organization, planned_at)
        if day == self.today:
            return
        if day == self.switched_on or waiting(organization, day).exists():
            approved_at = self._moment(day, APPROVED)
            approve(organization, now=approved_at, actor=self.staff, user_id=self.user.pk)
            clock = Ticking(self._moment(day, WRITTEN), self.rng)
            write(organization, clock.at, self._sender(day), today=day, any_hour=True, clock=clock)

    def _sender(self, day: date) -> Sender:
        ago = (self.today - day).days
        sender = self.sender if ago <= IN_MAILBOX_DAYS else sender_nowhere(self.sender.address)
        if ago > DOUBT_SINCE_DAYS:
            return sender
        addresses = frozenset(
            person.fields(client.domain)["email"]
            for client in self.business.clients
            if client.situation == "in_doubt"
            for person in client.people
        )
        return Sender(sender.address, {"email": LineThatBreaks(sender.channels["email"], addresses)})

    # --- facts ----------------------------------------------------------------------------------------------

    def _issue(self, bill: Bill) -> Act:
        def act(now: datetime) -> None:
            client = bill.client
            language = self.business.home(client).language
            locale = locale_for(language, self.business.home(client).country)
            invoice = record_invoice(
                self.customers[client.name],
                number=bill.number,
                issued=bill.issued,
                due=bill.due,
                amount=bill.amount,
                currency=bill.currency,
                now=now,
                actor=ACTOR,
                lines=bill.lines,
                description=bill.job.what,
                po_number=bill.po_number,
                purchased_on=bill.purchased_on,
                order_status=DELIVERED[language].format(day=long_date(bill.delivered_on, locale)),
                reference=bill.reference,
            )
            self.invoices[bill.number] = invoice
            if bill.open_after(self.switched_on - timedelta(1)):
                name = f"{bill.number}.pdf"
                attach(invoice, name, invoice_pdf(self.business, bill), "application/pdf", now=now, actor=ACTOR)

        return act

    def _book(self, bill: Bill, paid: Paid) -> Act:
        def act(now: datetime) -> None:
            invoice = self.invoices[bill.number]
            invoice.refresh_from_db()
            amount = invoice.balance if paid.amount is None else paid.amount
            record_payment(
                self.customers[bill.client.name],
                amount,
                bill.currency,
                on=paid.on,
                now=now,
                actor=ACTOR,
                invoice=invoice,
                method=paid.method,
                source="bank",
            )

        return act

    def _happen(self, happening: Happening) -> Act:
        def act(now: datetime) -> None:
            invoice = self.invoices[happening.bill.number]
            invoice.refresh_from_db()
            customer = self.customers[happening.client.name]
            HAPPENINGS[happening.what](Scene(customer, invoice, happening, now, self.staff))

        return act


class Ticking:
    """A clock that goes on a little each time it is asked: messages leave one after another."""

    def __init__(self, at: datetime, rng: Random) -> None:
        self.at, self._rng = at, rng

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=self._rng.randint(2, 40))
        return self.at


def wait_for_nothing_but_approval(organization: Organization, now: datetime) -> None:
    """Let today's messages leave the moment they are approved: a visitor should not have to come back at nine."""
    later = Q(send_after__gt=now)
    Reminder.objects.of(organization).filter(later, pk__in=waiting(organization).values("pk")).update(send_after=now)


def seal_all(organization: Organization) -> None:
    while seal(organization.pk):
        pass
