# SPDX-License-Identifier: AGPL-3.0-or-later
"""Automatic payment: announced, taken on its day, tried again, given back to the reminders; never both on one day."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from purring.core.errors import Refused, Trouble
from purring.facts.agreements.actions import hold, record_promise, release_holds
from purring.facts.checkout import looking
from purring.facts.checkout.attempts import Part, begin_attempt, open_page, split
from purring.facts.checkout.mandates import Consent, can_keep, end_mandate, forget_ended, mandate_of
from purring.facts.checkout.models import Attempt, AttemptState, Debit, Mandate, ProviderAccount
from purring.facts.customers.models import Customer
from purring.facts.disputes.actions import open_dispute
from purring.facts.invoices.actions import change_due_date
from purring.facts.invoices.models import Invoice
from purring.facts.journal.models import Entry
from purring.facts.messages.actions import mark_answered, record_reply
from purring.facts.organizations.actions import change_organization
from purring.facts.payments.actions import record_payment
from purring.facts.payments.models import Payment
from purring.followup.accounts import load_accounts
from purring.followup.debits import plan_debits
from purring.followup.deliveries import carry_over_notices, plan_thanks
from purring.followup.models import GONE, Reminder, ReminderItem, State
from purring.followup.planning import plan
from purring.followup.taking import take
from purring.followup.writing import write
from purring.kit.tenancy import reach
from purring.plugins.payment import Kept, Truth, Wanted
from purring.plugins.payment import State as Told
from tests.apps.facts.cast import ana, bill, fjord, sender
from tests.apps.facts.till import Till
from tests.support.seeds import count

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
VISA = Kept("pm_1", "Visa 4242", "cus_1")


@dataclass
class CardTill(Till):
    """A till that keeps cards and takes money from them."""

    answers: list[Any] = field(default_factory=list)
    """What the next charges meet: a `Told` state, or a `Trouble`; then everything is paid."""
    charged: dict[str, Truth] = field(default_factory=dict)
    moved: list[tuple[str, int]] = field(default_factory=list)
    """Money that was really taken, by key."""
    forgotten: list[Kept] = field(default_factory=list)

    def charge(self, kept: Kept, wanted: Wanted) -> Truth:
        if wanted.key in self.charged:
            return self.charged[wanted.key]
        answer = self.answers.pop(0) if self.answers else Told.PAID
        if isinstance(answer, Trouble):
            raise answer
        ref = f"pi-{wanted.key}"
        moved = answer in {Told.PAID, Told.PENDING}
        truth = Truth(
            ref, answer, wanted.amount, wanted.currency, key=wanted.key,
            payment_ref=f"money-{wanted.key}" if moved else "", why="" if moved else "no cover",
        )  # fmt: skip
        self.charged[wanted.key] = self.truths[ref] = truth
        if answer is Told.PAID:
            self.moved.append((wanted.key, wanted.amount))
        return truth

    def forget(self, kept: Kept) -> None:
        self.forgotten.append(kept)


class Firm:
    """A business whose customer Ana pays automatically, and its days."""

    def __init__(self, rng: random.Random | None = None, slug: str = "fjord") -> None:
        self.now = at(MONDAY)
        self.hours: tuple[int, ...] = (15,)
        self.organization = fjord(slug, now=self.now)
        self.till = CardTill(rng or random.Random(1))
        self.account = ProviderAccount(
            organization=self.organization, provider="till", sealed="-", created_at=self.now, token=f"till-{slug}"
        )
        self.account.save(force_insert=True)
        self.customer: Customer = ana(self.organization, now=self.now)
        self.sender, boxes = sender()
        self.box = boxes["email"]

    @property
    def today(self) -> date:
        return self.organization.today(self.now)

    @property
    def told(self) -> dict[str, Any]:
        return {"now": self.now, "actor": "test"}

    def bill(self, due: int, amount: int = 100_00) -> Invoice:
        number = f"F{Invoice.objects.of(self.organization).count()}"
        issued, due_on = self.today + timedelta(min(due, 0)), self.today + timedelta(due)
        return bill(self.customer, number, amount, due=due_on, issued=issued, **self.told)

    def agrees(self) -> Mandate:
        """Ana pays something and lets the card be kept."""
        invoice = self.bill(-1, 1_00)
        consent = Consent("I agree that Fjord Design takes each amount on its due date.", "en", "192.0.2.7", "Firefox")
        attempt = begin_attempt(self.account, self.customer, split([invoice], 1_00), now=self.now, consent=consent)
        open_page(
            attempt, self.till, Wanted(attempt.key, 1_00, "EUR", "x", "1", "https://x/r", "https://x/c"), self.now
        )
        self.till.happens(attempt.ref, self.now, state=Told.PAID, payment_ref=f"money-{attempt.key}", kept=VISA)
        looking.look_at_attempt(attempt, self.till, lambda: self.now)
        mandate = mandate_of(self.customer)
        assert mandate
        return mandate

    def rounds(self) -> None:
        """What the engine does of a day."""
        for hour in self.hours:
            self.now = at(self.today, hour)
            plan_debits(self.organization, self.now)
            plan(self.organization, self.now)
            carry_over_notices(self.organization, self.now)
            plan_thanks(self.organization, self.now)
            write(self.organization, self.now, self.sender, any_hour=True)
            self.takes()
            looking.look(self.now, clock=lambda: self.now, connect=lambda _: self.till)

    def takes(self) -> int:
        return take(self.now, clock=lambda: self.now, connect=lambda _: self.till)

    def days(self, number: int) -> None:
        for _ in range(number):
            self.rounds()
            self.now = at(self.today + timedelta(1))

    def until(self, day: date) -> None:
        while self.today < day:
            self.days(1)

    def said(self) -> list[tuple[str, date]]:
        """Messages that left, thank-yous aside."""
        rows = Reminder.objects.of(self.organization).filter(state__in=GONE, payment=None).order_by("on", "id")
        return list(rows.values_list("stage", "on"))

    def debit(self) -> Debit:
        return Debit.objects.of(self.organization).latest("id")

    def tried(self) -> list[date]:
        rows = Attempt.objects.of(self.organization).filter(form_key__startswith="debit-").order_by("id")
        return [self.organization.today(row.started_at) for row in rows]

    def code(self, invoice: Invoice) -> str:
        one = load_accounts(self.organization, [self.customer.pk], self.today)[self.customer.pk]
        return one.decide(self.today).answers[invoice.number].code


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), UTC)


@pytest.fixture
def firm() -> Firm:
    return Firm()


class TestConsent:
    def test_the_words_shown_are_kept_and_the_card_is_sealed(self, firm: Firm) -> None:
        mandate = firm.agrees()
        assert (mandate.label, mandate.language, mandate.address, mandate.agent) == (
            "Visa 4242", "en", "192.0.2.7", "Firefox",
        )  # fmt: skip
        assert mandate.text.startswith("I agree")
        assert "pm_1" not in mandate.sealed
        assert can_keep(firm.account, lambda _: firm.till)
        assert not can_keep(firm.account, lambda _: Till(random.Random(1)))

    def test_nothing_is_kept_that_nobody_agreed_to(self, firm: Firm) -> None:
        invoice = firm.bill(3)
        attempt = begin_attempt(firm.account, firm.customer, split([invoice], 1_00), now=firm.now)
        wanted = Wanted(attempt.key, 1_00, "EUR", "x", "1", "https://x/r", "https://x/c")
        open_page(attempt, firm.till, wanted, firm.now)
        firm.till.happens(attempt.ref, firm.now, state=Told.PAID, payment_ref="money", kept=VISA)
        looking.look_at_attempt(attempt, firm.till, lambda: firm.now)
        assert mandate_of(firm.customer) is None

    def test_a_new_one_takes_the_place_of_the_old_and_the_end_is_told_to_the_provider_once(self, firm: Firm) -> None:
        first = firm.agrees()
        second = firm.agrees()
        first.refresh_from_db()
        assert (first.ended_why, mandate_of(firm.customer)) == ("replaced", second)
        assert forget_ended(firm.now, lambda _: firm.till) == 1
        assert firm.till.forgotten == [], "the same card is still in use"
        version = Customer.objects.of(firm.organization).get().version
        for _ in range(2):
            end_mandate(second, **firm.told)
        assert Customer.objects.of(firm.organization).get().version > version
        assert mandate_of(firm.customer) is None
        assert [forget_ended(firm.now, lambda _: firm.till) for _ in range(2)] == [1, 0]
        assert firm.till.forgotten == [VISA]
        kinds = Entry.objects.of(firm.organization).filter(kind__startswith="mandate.").values_list("kind", flat=True)
        assert sorted(kinds) == ["mandate.ended", "mandate.ended", "mandate.given", "mandate.given"]


class TestItsDays:
    def test_announced_three_days_before_taken_on_the_day_thanked_and_never_reminded(self, firm: Firm) -> None:
        firm.agrees()
        invoice = firm.bill(10)
        firm.days(7)
        assert firm.code(invoice) == "pending_payment"
        assert firm.tried() == []
        firm.days(8)
        assert firm.said() == [("autopay", invoice.due - timedelta(3))]
        assert firm.tried() == [invoice.due]
        invoice.refresh_from_db()
        assert invoice.balance == 0
        assert firm.debit().outcome == "paid"
        mail = next(one for one in firm.box.released if "automatically" in one.outgoing.subject)
        assert "Visa 4242" in mail.outgoing.text
        assert "100,00\u00a0€" in mail.outgoing.text
        assert Reminder.objects.of(firm.organization).filter(stage="thank_you", state__in=GONE).exists()

    def test_what_was_due_before_the_consent_is_asked_for_as_usual(self, firm: Firm) -> None:
        old = firm.bill(-2)
        firm.agrees()
        firm.days(4)
        assert firm.code(old) != "pending_payment"
        assert [stage for stage, _ in firm.said()] == ["friendly"]

    def test_said_late_it_is_taken_late(self, firm: Firm) -> None:
        firm.agrees()
        invoice = firm.bill(1)
        firm.days(6)
        ((stage, said_on),) = firm.said()
        assert stage == "autopay"
        assert firm.tried() == [said_on + timedelta(3)]
        assert said_on + timedelta(3) > invoice.due

    def test_two_of_one_day_are_one_message_and_one_payment(self, firm: Firm) -> None:
        firm.agrees()
        firm.bill(10, 40_00)
        firm.bill(10, 60_00)
        firm.days(14)
        assert [stage for stage, _ in firm.said()] == ["autopay"]
        assert [amount for _, amount in firm.till.moved] == [100_00]
        assert not Invoice.objects.of(firm.organization).filter(settled_on=None).exists()

    def test_tried_again_on_the_days_of_the_plan_then_reminded_the_day_after(self, firm: Firm) -> None:
        firm.agrees()
        invoice = firm.bill(10)
        firm.till.answers = [Told.FAILED] * 3
        firm.days(30)
        assert firm.tried() == [invoice.due + timedelta(days) for days in (0, 3, 7)]
        (_, *reminded) = firm.said()
        assert firm.debit().outcome == "failed"
        assert reminded[0] == ("friendly", max(invoice.due + timedelta(8), reminded[0][1]))
        assert reminded[0][1] > firm.tried()[-1]

    def test_the_second_try_comes_through(self, firm: Firm) -> None:
        firm.agrees()
        firm.bill(10)
        firm.till.answers = [Told.FAILED]
        firm.days(16)
        assert [stage for stage, _ in firm.said()] == ["autopay"]
        assert len(firm.till.moved) == 1

    def test_a_debit_that_bounces_days_later_is_tried_again(self, firm: Firm) -> None:
        firm.agrees()
        invoice = firm.bill(5)
        firm.till.answers = [Told.PENDING]
        firm.until(invoice.due + timedelta(2))
        assert firm.code(invoice) == "pending_payment"
        attempt = firm.debit().attempt
        assert attempt
        firm.till.happens(attempt.ref, firm.now, state=Told.FAILED, payment_ref="")
        firm.days(4)
        assert len(firm.tried()) == 2
        invoice.refresh_from_db()
        assert invoice.balance == 0

    def test_after_trouble_the_same_key_is_asked_again(self, firm: Firm) -> None:
        firm.agrees()
        invoice = firm.bill(5)
        firm.till.answers = [Trouble("the line is bad"), Trouble("the line is bad")]
        firm.until(invoice.due)
        firm.rounds()
        for _ in range(4):
            firm.now += timedelta(minutes=10)
            firm.takes()
        assert len(firm.tried()) == 1
        assert len(firm.till.moved) == 1

    def test_a_provider_that_never_answers_does_not_silence_for_ever(self, firm: Firm) -> None:
        firm.agrees()
        invoice = firm.bill(5)
        firm.till.answers = [Trouble("the line is bad")] * 1_000
        firm.days(40)
        assert firm.debit().outcome == "failed"
        assert ("friendly") in [stage for stage, _ in firm.said()]
        assert firm.code(invoice) != "pending_payment"

    def test_the_days_are_the_firms_own(self, firm: Firm) -> None:
        change_organization(firm.organization, autopay_days=7, autopay_retries=[1], **firm.told)
        firm.agrees()
        invoice = firm.bill(14)
        firm.till.answers = [Told.FAILED] * 2
        firm.days(20)
        assert firm.said()[0] == ("autopay", invoice.due - timedelta(7))
        assert firm.tried() == [invoice.due, invoice.due + timedelta(1)]


class TestSomethingElse:
    @pytest.mark.parametrize("what", ["promise", "dispute", "hold", "asks", "ended", "paid", "moved", "held_bill"])
    def test_between_announcement_and_day_it_stops_the_money(self, firm: Firm, what: str) -> None:
        mandate = firm.agrees()
        invoice = firm.bill(10)
        firm.until(invoice.due - timedelta(1))
        assert [stage for stage, _ in firm.said()] == ["autopay"]
        today = {"on": firm.today, **firm.told}
        if what == "promise":
            record_promise(firm.customer, invoice.due + timedelta(9), invoices=[invoice], **today)
        elif what == "dispute":
            open_dispute(invoice, **today)
        elif what == "hold":
            hold(firm.customer, **today)
        elif what == "held_bill":
            hold(firm.customer, invoice=invoice, **today)
        elif what == "asks":
            record_reply(firm.customer, "Is this right?", **firm.told)
        elif what == "ended":
            end_mandate(mandate, **firm.told)
        elif what == "paid":
            record_payment(firm.customer, 100_00, "EUR", invoice=invoice, **today)
        else:
            change_due_date(invoice, invoice.due + timedelta(20), today=firm.today, **firm.told)
        firm.days(4)
        assert firm.till.moved == []
        ended = Debit.objects.of(firm.organization).exclude(ended_at=None).values_list("outcome", flat=True)
        assert set(ended) <= {"in_the_way", "settled", "mandate_over"}

    def test_a_page_that_is_open_meanwhile_is_closed(self, firm: Firm) -> None:
        firm.agrees()
        invoice = firm.bill(5)
        firm.until(invoice.due)
        attempt = begin_attempt(firm.account, firm.customer, [Part(invoice, 100_00)], now=firm.now)
        wanted = Wanted(attempt.key, 100_00, "EUR", "x", "1", "https://x/r", "https://x/c")
        open_page(attempt, firm.till, wanted, firm.now)
        firm.rounds()
        firm.rounds()
        assert attempt.ref in firm.till.ended

    def test_an_announcement_that_cannot_be_said_gives_the_invoice_back(self, firm: Firm) -> None:
        firm.agrees()
        invoice = firm.bill(5)
        customer = Customer.objects.of(firm.organization).get()
        hold(customer, on=firm.today, **firm.told)
        firm.days(20)
        assert firm.debit().outcome == "not_said"
        release_holds(customer, **firm.told)
        firm.days(2)
        assert firm.code(invoice) != "pending_payment"
        assert firm.till.moved == []

    def test_it_waits_for_approval_like_every_message(self, firm: Firm) -> None:
        change_organization(firm.organization, approves_each_day=True, **firm.told)
        firm.agrees()
        invoice = firm.bill(5)
        firm.days(5)
        assert firm.said() == []
        waiting = Reminder.objects.of(firm.organization).filter(stage="autopay", state=State.PLANNED)
        assert waiting.update(approved_at=firm.now) == 1
        firm.days(3)
        assert firm.said() == [("autopay", MONDAY + timedelta(7))], "the weekend takes the approval from nobody"
        firm.days(5)
        assert firm.tried()[0] > invoice.due


@pytest.mark.scales
def test_never_a_reminder_and_a_try_on_one_day_never_unannounced_never_twice(rng: random.Random) -> None:
    for number in range(count("autopay", normal=4, endurance=2_000)):
        live(Firm(rng, f"firm-{number}"), rng)


def live(firm: Firm, rng: random.Random) -> None:
    """Two months of one customer, with chance at the till and in life."""
    mandate = firm.agrees()
    fates: list[Any] = [
        Told.PAID,
        Told.PENDING,
        Told.FAILED,
        Told.OPEN,
        Trouble("bad line"),
        Trouble("no", permanent=True),
    ]
    firm.till.answers = rng.choices(fates, weights=(4, 3, 4, 1, 2, 1), k=30)
    invoices: list[Invoice] = []
    for _ in range(45):
        firm.hours = rng.choice([(9,), (15,), (9, 15)])
        if rng.random() < 0.12 and len(invoices) < 5:
            invoices.append(firm.bill(rng.randint(-2, 14), rng.randint(1, 200_00)))
        if invoices and rng.random() < 0.1:
            happens(firm, rng.choice(invoices), mandate, rng)
        for truth in list(firm.till.charged.values()):
            if firm.till.truths[truth.ref].state is Told.PENDING and rng.random() < 0.3:
                settles(firm, truth, rng)
        firm.days(1)
    firm.till.answers, firm.hours = [], (15,)
    for truth in list(firm.till.charged.values()):
        if firm.till.truths[truth.ref].state is Told.PENDING:
            settles(firm, truth, rng)
    firm.days(25)
    agrees(firm, invoices)


def settles(firm: Firm, truth: Truth, rng: random.Random) -> None:
    if rng.random() < 0.6:
        firm.till.happens(truth.ref, firm.now, state=Told.PAID)
        firm.till.moved.append((truth.key, truth.amount))
    else:
        firm.till.happens(truth.ref, firm.now, state=Told.FAILED, payment_ref="")


def happens(firm: Firm, invoice: Invoice, mandate: Mandate, rng: random.Random) -> None:
    invoice.refresh_from_db()
    today = {"on": firm.today, **firm.told}
    what = rng.choice(["promise", "dispute", "hold", "asks", "answered", "paid", "ended"])
    try:
        if what == "promise":
            record_promise(firm.customer, firm.today + timedelta(rng.randint(1, 9)), invoices=[invoice], **today)
        elif what == "dispute":
            open_dispute(invoice, amount=rng.choice([None, 1]), **today)
        elif what == "hold":
            hold(firm.customer, until=firm.today + timedelta(rng.randint(1, 5)), **today)
        elif what == "asks":
            record_reply(firm.customer, "Is this right?", **firm.told)
        elif what == "answered":
            mark_answered(firm.customer, **firm.told)
        elif what == "paid" and invoice.balance:
            record_payment(firm.customer, rng.randint(1, invoice.balance), "EUR", invoice=invoice, **today)
        elif what == "ended" and rng.random() < 0.3:
            end_mandate(mandate, **firm.told)
    except Refused:
        pass


def agrees(firm: Firm, invoices: list[Invoice]) -> None:
    org = firm.organization
    debits = Debit.objects.of(org).prefetch_related("parts__invoice")
    attempts = Attempt.objects.of(org).filter(form_key__startswith="debit-").prefetch_related("parts")
    asked = {
        (invoice, on)
        for invoice, on in ReminderItem.objects.of(org)
        .filter(reminder__state__in=GONE)
        .values_list("invoice_id", "reminder__on")
    }
    for attempt in attempts:
        debit = reach(Debit, org, pk=int(attempt.form_key.split("-")[1]))
        day = org.today(attempt.started_at)
        announced = Reminder.objects.of(org).filter(debit=debit, state__in=GONE).latest("on")
        assert day >= announced.on + timedelta(org.autopay_days), "announced in time"
        assert attempt.amount <= announced.asked, "never more than announced"
        for part in attempt.parts.all():
            assert (part.invoice_id, day) not in asked, "never both on one day"
    taken = [key for key, _ in firm.till.moved]
    assert len(taken) == len(set(taken)), "each try takes once"
    keys = {attempt.key for attempt in attempts}
    booked = Payment.objects.of(org).filter(booking__attempt__key__in=keys).exclude(settled_on=None)
    assert sum(booked.values_list("amount", flat=True)) == sum(amount for key, amount in firm.till.moved if key in keys)
    for debit in debits.filter(ended_at=None):
        parts = [part.invoice for part in debit.parts.all() if not part.left_out]
        assert any(part.due >= firm.today - timedelta(20) for part in parts), "nothing is silenced for ever"
    for invoice in invoices:
        invoice.refresh_from_db()
        assert 0 <= invoice.balance <= invoice.amount
    assert not attempts.filter(state=AttemptState.OPEN, look_at=None, debit=None, ref="").exists()
