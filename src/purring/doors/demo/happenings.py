# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can happen to an invoice of a sample business, each told through the same acts a person's day would call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from purring.core.money import split
from purring.doors.demo.bills import Happening
from purring.doors.demo.said import NOTED, SAID
from purring.facts.agreements.actions import agree_plan, answer_check_in, ask_check_in, hold, record_promise
from purring.facts.customers.models import Customer
from purring.facts.disputes.actions import open_dispute
from purring.facts.invoices.models import Invoice
from purring.facts.messages.actions import mark_answered, record_conversation, record_reply
from purring.facts.messages.models import Message
from purring.facts.payments.actions import record_payment
from purring.facts.payments.settling import WRITE_OFF, close, credit_note
from purring.followup.deliveries import record_bounce, settle_doubt
from purring.followup.models import Reminder, State
from purring.language.formats import locale_for, long_date

INSTALMENTS = 4
BETWEEN_INSTALMENTS_DAYS = 30
SOON = timedelta(minutes=20)


@dataclass(frozen=True)
class Scene:
    """One happening with the rows it concerns, its moment, and who of the staff acts."""

    customer: Customer
    invoice: Invoice
    facts: Happening
    now: datetime
    staff: str

    @property
    def on(self) -> date:
        return self.facts.on

    @property
    def until(self) -> date:
        assert self.facts.until is not None
        return self.facts.until

    @property
    def amount(self) -> int:
        """The amount that is named, or the named part of the invoice."""
        return self.facts.facts.amount or self.invoice.amount * self.facts.facts.percent // 100

    def writes(self, what: str) -> str:
        """The customer writes; returns the words."""
        language = self.customer.language
        text = SAID[what][language].format(
            number=self.invoice.number,
            day=long_date(self.facts.until, locale_for(language, self.customer.country)) if self.facts.until else "",
        )
        contact = self.customer.contacts.exclude(email="").first()
        address = contact.email if contact else ""
        record_reply(self.customer, text, now=self.now, actor="customer", address=address)
        return text

    def answered(self) -> None:
        mark_answered(self.customer, now=self.now + SOON, actor=self.staff)


def promises(scene: Scene) -> None:
    text = scene.writes("promises")
    record_promise(
        scene.customer,
        scene.until,
        on=scene.on,
        now=scene.now + SOON,
        actor=scene.staff,
        invoices=[scene.invoice],
        note=text,
    )
    scene.answered()


def agrees_plan(scene: Scene) -> None:
    """The first instalment on the day named, the others a month apart."""
    scene.writes("agrees_plan")
    parts = split(scene.invoice.balance, [1] * INSTALMENTS)
    days = [scene.until + timedelta(BETWEEN_INSTALMENTS_DAYS * number) for number in range(INSTALMENTS)]
    agree_plan(
        scene.customer,
        [scene.invoice],
        list(zip(days, parts, strict=True)),
        on=scene.on,
        now=scene.now + SOON,
        actor=scene.staff,
    )
    scene.answered()


def disputes(scene: Scene) -> None:
    text = scene.writes("disputes")
    whole = scene.facts.facts.percent == 100
    open_dispute(
        scene.invoice,
        on=scene.on,
        now=scene.now + SOON,
        actor=scene.staff,
        amount=None if whole else scene.amount,
        reason=text,
    )
    scene.answered()


def asks(scene: Scene) -> None:
    """A question nobody has answered yet."""
    scene.writes("asks")


def says_it_arrived(scene: Scene) -> None:
    """We asked whether the invoice had arrived, and the answer came at once."""
    check_in = ask_check_in(scene.customer, "receipt", now=scene.now, actor="user", invoice=scene.invoice)
    note = SAID["says_it_arrived"][scene.customer.language]
    answer_check_in(check_in, "yes", now=scene.now, actor="customer", note=note)


def telephones(scene: Scene) -> None:
    record_conversation(scene.customer, on=scene.on, now=scene.now, actor=scene.staff, note=NOTED["telephones"])


def put_on_hold(scene: Scene) -> None:
    hold(
        scene.customer,
        on=scene.on,
        now=scene.now,
        actor=scene.staff,
        until=scene.until,
        reason=NOTED["put_on_hold"],
    )


def excluded(scene: Scene) -> None:
    hold(scene.customer, on=scene.on, now=scene.now, actor=scene.staff, exclusion=True, reason=NOTED["excluded"])


def pays_by_card(scene: Scene) -> None:
    """A card payment that the provider has not settled yet."""
    record_payment(
        scene.customer,
        scene.invoice.balance,
        scene.invoice.currency,
        on=scene.on,
        now=scene.now,
        actor="customer",
        invoice=scene.invoice,
        pending=True,
        method="card",
        source="card",
    )


def money_on_account(scene: Scene) -> None:
    record_payment(
        scene.customer,
        scene.amount,
        scene.invoice.currency,
        on=scene.on,
        now=scene.now,
        actor="import",
        method="transfer",
        source="bank",
        note=NOTED["money_on_account"],
    )


def credited(scene: Scene) -> None:
    credit_note(
        scene.invoice,
        scene.amount,
        on=scene.on,
        now=scene.now,
        actor=scene.staff,
        number=f"{scene.invoice.number}-C",
        reason=NOTED["credited"],
    )


def written_off(scene: Scene) -> None:
    close(scene.invoice, WRITE_OFF, on=scene.on, now=scene.now, actor=scene.staff, reason=NOTED["written_off"])


def bounces(scene: Scene) -> None:
    """The last message came back: the mailbox does not exist any more."""
    sent = Message.objects.of(scene.customer.organization_id).filter(customer=scene.customer, direction="out")
    last = sent.order_by("-at", "-id").first()
    if last:
        record_bounce(last, True, NOTED["bounces"], now=scene.now, actor="round:collect")


def clears_doubt(scene: Scene) -> None:
    """We asked, and the message that may have been lost had arrived."""
    organization_id = scene.customer.organization_id
    for reminder in Reminder.objects.of(organization_id).filter(customer=scene.customer, state=State.UNCONFIRMED):
        settle_doubt(reminder, True, now=scene.now, actor=scene.staff)


HAPPENINGS: dict[str, Callable[[Scene], None]] = {
    act.__name__: act
    for act in (
        agrees_plan,
        asks,
        bounces,
        clears_doubt,
        credited,
        disputes,
        excluded,
        money_on_account,
        pays_by_card,
        promises,
        put_on_hold,
        says_it_arrived,
        telephones,
        written_off,
    )
}
