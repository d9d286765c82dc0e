# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole demo on a working day, a Saturday and Christmas Day: alive on each, and true."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import TestCase

from purring.core.errors import Refused
from purring.doors.demo import SeededDemo, seed, sender_into
from purring.doors.demo.post import sender_nowhere
from purring.facts.agreements.models import CheckIn, Hold, PaymentPlan, Promise
from purring.facts.customers.models import Customer
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Attachment, Closure, CreditNote, Invoice
from purring.facts.journal.models import Entry
from purring.facts.messages.models import Conversation, Message
from purring.facts.organizations.models import Membership, Organization, User
from purring.facts.payments.models import Payment
from purring.followup.approvals import approve, waiting
from purring.followup.drafting import Drafting
from purring.followup.invariants import INVARIANTS
from purring.followup.models import GONE, Reminder, ReminderItem, State, Task
from purring.followup.planning import plan
from purring.followup.schedules import Followed
from purring.followup.writing import write
from purring.kit import links, mailsink
from purring.language.check import check_words

pytestmark = [pytest.mark.slow]  # the demo lives on SQLite, whatever else a house lives on

PASSWORD = "a password for the demo"
SENDER = "invoices@purring-demo.example"
LANGUAGES = {"en", "af", "fr", "es", "nb"}
EVERY_TEST = "the demo's own test"
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SATURDAY_NIGHT = datetime(2026, 11, 21, 20, 45, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 25, 6, 0, tzinfo=UTC)


@dataclass
class World:
    now: datetime
    seeded: SeededDemo
    mailbox: Path
    cpu_seconds: float

    @property
    def organizations(self) -> list[Organization]:
        return list(Organization.objects.order_by("id"))

    def waiting(self) -> Iterator[tuple[Organization, Reminder]]:
        for organization in self.organizations:
            for reminder in waiting(organization).select_related("payment", "customer"):
                yield organization, reminder


DAYS = {"monday": MONDAY, "saturday_night": SATURDAY_NIGHT, "christmas": CHRISTMAS}


@pytest.fixture(
    scope="module",
    params=[
        # Half a minute to make: all tests of one day go to the worker that has it.
        pytest.param(day, id=name, marks=pytest.mark.xdist_group(f"demo-{name}"))
        for name, day in DAYS.items()
    ],
)
def world(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """The demo as it stands on a day; undone afterwards."""
    now: datetime = request.param
    mailbox = tmp_path_factory.mktemp("mailbox")
    with django_db_blocker.unblock(), transaction.atomic():
        started = time.process_time()
        with TestCase.captureOnCommitCallbacks(execute=True):
            seeded = seed(now, password=PASSWORD, sender=sender_into(mailbox, SENDER))
        yield World(now, seeded, mailbox, time.process_time() - started)
        transaction.set_rollback(True)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="`purring demo` runs on SQLite")
def test_it_is_quick(world: World) -> None:
    assert world.cpu_seconds < 40


def test_five_businesses_with_about_sixty_customers_and_four_hundred_invoices(world: World) -> None:
    assert tuple(organization.slug for organization in world.organizations) == world.seeded.organization_slugs
    invoices = Invoice.objects.everywhere(EVERY_TEST)
    assert invoices.count() == 400
    assert 55 <= Customer.objects.everywhere(EVERY_TEST).count() <= 65
    assert {row.language for row in Customer.objects.everywhere(EVERY_TEST)} == LANGUAGES
    oldest = invoices.order_by("issued").values_list("issued", flat=True)[0]
    assert timedelta(680) < world.now.date() - oldest < timedelta(735)
    settled = invoices.exclude(settled_on=None).count()
    assert 320 < settled < 360
    assert {row.currency for row in invoices} == {"EUR", "NOK", "ZAR", "GBP"}


def test_one_person_signs_in_to_all_of_them(world: World) -> None:
    user = User.objects.get(email=world.seeded.email)
    assert user.check_password(PASSWORD)
    mine = Membership.objects.everywhere(EVERY_TEST).filter(user=user)
    assert mine.count() == 5
    assert mine.order_by("organization__name").first().organization.slug == world.seeded.organization_slugs[0]  # type: ignore[union-attr]


def test_something_waits_in_every_language_and_reads_well(world: World) -> None:
    languages: Counter[str] = Counter()
    stages = set()
    for organization, reminder in world.waiting():
        assert reminder.approved_at is None
        today = organization.today(world.now)
        drafting = Drafting(organization, [reminder], today, sender_nowhere(SENDER), Followed(organization))
        draft = drafting.draft(reminder)
        assert check_words(draft.words, draft.facts, draft.stage, "email") == []  # type: ignore[arg-type]
        assert draft.contact is None or draft.facts.attachments
        languages[draft.words.language.partition("-")[0]] += 1
        stages.add(draft.stage)
    assert set(languages) == LANGUAGES
    assert min(languages.values()) >= 3, languages
    assert stages == {"courtesy", "due_today", "friendly", "follow_up", "firm", "final", "thank_you"}


def test_the_first_page_shows_five_languages(world: World) -> None:
    first = world.organizations[0]
    shown = Counter(reminder.language for reminder in waiting(first))
    assert set(shown) == LANGUAGES
    assert min(shown.values()) >= 2


def test_nothing_leaves_before_the_visitor_says_so_and_everything_then(world: World) -> None:
    later = world.now + timedelta(minutes=2)
    for organization in world.organizations:
        with transaction.atomic():
            gone = {outcome.reminder for outcome in write(organization, later, sender_nowhere(SENDER))}
            thanks = Reminder.objects.of(organization).filter(id__in=gone, payment__isnull=False)
            assert thanks.count() == len(gone)  # a thank-you needs no approval
            count = approve(organization, now=later, actor="user:1")
            states = [outcome.state for outcome in write(organization, later, sender_nowhere(SENDER))]
            assert states == [State.SENT] * count
            assert count >= 3
            transaction.set_rollback(True)


def test_reasons_to_be_silent_and_tasks_are_there(world: World) -> None:
    held: set[str] = set()
    with transaction.atomic():
        for organization in world.organizations:
            held |= {one.code for one in plan(organization, world.now, everyone=True).held}
        transaction.set_rollback(True)
    assert held >= {
        "awaiting_our_answer",
        "bad_address",
        "below_minimum",
        "credit_on_account",
        "disputed",
        "excluded",
        "final_reached",
        "held",
        "no_address",
        "on_plan",
        "pending_payment",
        "promised",
        "to_check",
    }
    tasks = set(Task.objects.everywhere(EVERY_TEST).filter(done_at=None).values_list("code", flat=True))
    assert tasks >= {
        "bad_address",
        "final_reached",
        "no_address",
        "promise_broken_twice",
        "purchase_order_missing",
        "unmatched_receipt",
    }


def test_the_past_holds_a_bit_of_everything(world: World) -> None:
    for model in (Promise, PaymentPlan, Dispute, Hold, CheckIn, CreditNote, Closure, Conversation):
        assert model.objects.everywhere(EVERY_TEST).exists(), model.__name__
    states = set(Reminder.objects.everywhere(EVERY_TEST).values_list("state", flat=True))
    assert {State.SENT, State.BOUNCED, State.PLANNED} <= states
    for attachment in Attachment.objects.everywhere(EVERY_TEST):
        assert bytes(attachment.content).startswith(b"%PDF-")
    still_open = Invoice.objects.everywhere(EVERY_TEST).filter(settled_on=None)
    assert not still_open.filter(attachments=None).exists()


def test_every_invariant_holds(world: World) -> None:
    for invariant in INVARIANTS:
        assert list(invariant.broken(world.now)) == [], invariant.name


def test_nothing_is_dated_after_now_and_the_journal_goes_forward(world: World) -> None:
    assert not Entry.objects.everywhere(EVERY_TEST).filter(seq=None).exists()
    soon = world.now + timedelta(minutes=1)
    assert not Entry.objects.everywhere(EVERY_TEST).filter(at__gt=soon).exists()
    assert not Message.objects.everywhere(EVERY_TEST).filter(at__gt=soon).exists()
    assert not Payment.objects.everywhere(EVERY_TEST).filter(recorded_at__gt=soon).exists()
    for organization in world.organizations:
        days = [
            at.astimezone(organization.zone).date()
            for at in Entry.objects.of(organization).order_by("seq").values_list("at", flat=True)
        ]
        assert days == sorted(days)


def test_no_two_contacts_within_the_gap(world: World) -> None:
    for organization in world.organizations:
        followed = Followed(organization)
        contacts: dict[int, list[tuple[date, bool]]] = defaultdict(list)
        said = Reminder.objects.of(organization).filter(payment=None, state__in=(*GONE, State.BOUNCED))
        for customer_id, on in said.values_list("customer_id", "on"):
            contacts[customer_id].append((on, True))
        for customer_id, on in Conversation.objects.of(organization).values_list("customer_id", "on"):
            contacts[customer_id].append((on, False))  # the staff may call when they like; we then keep our distance
        groups = dict(Customer.objects.of(organization).values_list("id", "group_id"))
        for customer_id, days in contacts.items():
            gap = followed.of_customer(customer_id, groups[customer_id]).gap_days
            for (before, _), (after, ours) in pairwise(sorted(days)):
                assert not ours or (after - before).days >= gap, (organization.slug, customer_id, before, after)


def test_nobody_was_chased_who_had_paid_or_promised_or_disagreed(world: World) -> None:
    items = ReminderItem.objects.everywhere(EVERY_TEST).filter(reminder__state__in=(*GONE, State.BOUNCED))
    count = 0
    for item in items.select_related("reminder", "invoice"):
        on, invoice = item.reminder.on, item.invoice
        count += 1
        assert invoice.settled_on is None or on < invoice.settled_on
        for promise in invoice.promises.all():
            assert not promise.said_on < on <= promise.pay_on + timedelta(1)
        for dispute in invoice.disputes.filter(amount=None):
            assert on <= dispute.opened_on
        for hold in Hold.objects.of(item.organization_id).filter(customer=invoice.customer_id):
            assert on <= hold.since
        for agreed in invoice.plans.all():
            assert item.instalment_id or on <= agreed.since
    assert count > 60


def test_the_mailbox_shows_the_last_two_weeks_in_five_languages(world: World) -> None:
    kept = mailsink.messages(world.mailbox)
    assert 25 <= len(kept) <= 90
    languages = set()
    for one in kept:
        mail = message_from_bytes(mailsink.read(world.mailbox, one.id), policy=policy.default)
        languages.add(str(mail["Content-Language"]).partition("-")[0])
        sent_at = mail["Date"].datetime
        assert timedelta(0) <= world.now - sent_at < timedelta(16)
        assert abs(one.received_at - sent_at.timestamp()) < 2
        assert str(mail["To"]).rstrip(">").endswith(".example")
    assert languages == LANGUAGES


def test_the_portal_link_opens_a_customer_who_owes(world: World) -> None:
    text = world.seeded.portal_path.strip("/").split("/")[-1]
    assert links.read(links.PORTAL, text, world.now.date()) == [
        world.seeded.portal_organization_id,
        world.seeded.portal_customer_id,
    ]
    owed = Invoice.objects.of(world.seeded.portal_organization_id).filter(
        customer=world.seeded.portal_customer_id, settled_on=None
    )
    assert owed.count() >= 2


def test_a_second_start_finds_everything_there(world: World) -> None:
    def counted() -> list[int]:
        return [model.objects.everywhere(EVERY_TEST).count() for model in (Invoice, Message, Reminder, Payment, Entry)]

    before = counted()
    started = time.process_time()
    assert seed(world.now, password=PASSWORD, sender=None) == world.seeded
    assert time.process_time() - started < 3
    assert counted() == before


def test_a_start_next_week_is_brought_up_to_that_day(world: World) -> None:
    later = world.now + timedelta(7)
    with transaction.atomic():
        seed(later, password="another password", sender=None)
        assert User.objects.get(email=world.seeded.email).check_password("another password")
        for organization in world.organizations:
            asking = waiting(organization).filter(payment=None)
            assert {reminder.on for reminder in asking} <= {organization.today(later)}
            assert asking.exists()
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_database_in_use_is_left_alone() -> None:
    Organization.objects.create(
        slug="own",
        name="Own business",
        country="NO",
        language="nb",
        currency="NOK",
        timezone="Europe/Oslo",
        created_at=MONDAY,
    )
    with pytest.raises(Refused) as caught:
        seed(MONDAY, password=PASSWORD, sender=None)
    assert caught.value.code == "not_a_demo"
    assert Organization.objects.count() == 1
