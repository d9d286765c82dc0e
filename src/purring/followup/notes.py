# SPDX-License-Identifier: AGPL-3.0-or-later
"""Kind words that ask for no money: the note on terms to a new customer, and whether all arrived well.

A person wants one; the round finds the first day on which nothing else is said to the customer and nothing stands in the
way. It is planned, approved and released like every other message, and counts as a contact.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from purring.core import reasons
from purring.core.answers import Answer
from purring.core.decide import quiet_day
from purring.core.errors import Refused
from purring.facts.agreements.actions import answer_check_in, ask_check_in, hold
from purring.facts.agreements.models import CheckIn
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.disputes.actions import open_dispute
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization
from purring.followup.accounts import Loaded, load_accounts
from purring.followup.hours import send_after
from purring.followup.models import GONE, PLANNING, WAITING, Note, Reminder, State
from purring.kit.zones import zone_of

TERMS, RECEIPT, SATISFACTION = "terms_note", "receipt", "satisfaction"
KINDS = (TERMS, RECEIPT, SATISFACTION)
MOST = 500


def stage_of(kind: str) -> str:
    """The stage whose words a note has."""
    return TERMS if kind == TERMS else "check_in"


@transaction.atomic
def want_note(customer: Customer, kind: str, *, now: datetime, actor: str, invoice: Invoice | None = None) -> Note:
    """A person wants it said. Refuses `already_wanted`, and a question about the receipt of nothing (`nothing_open`)."""
    if kind not in KINDS:
        raise Refused("bad_kind", f"{kind} is no kind of note", field="kind")
    touch(customer.organization_id, [customer.pk])
    if customer.notes.filter(kind=kind, ended_at=None).exists():
        raise Refused("already_wanted", "this is asked for already and waits for its day")
    if kind == RECEIPT and not customer.invoices.filter(settled_on=None).exists():
        raise Refused("nothing_open", "nothing is open, so there is nothing to ask about")
    note = Note(organization_id=customer.organization_id, customer=customer, kind=kind, invoice=invoice, wanted_at=now)
    note.save(force_insert=True)
    write(
        customer.organization_id, "note.wanted", at=now, actor=actor, customer_id=customer.pk, note=note.pk, stage=stage_of(kind)
    )  # fmt: skip
    return note


@transaction.atomic
def take_back_notes(customer: Customer, *, now: datetime, actor: str) -> int:
    """None of the notes that wait goes out; how many they were."""
    touch(customer.organization_id, [customer.pk])
    mine = Note.objects.of(customer.organization_id).filter(customer=customer, ended_at=None, kind__in=KINDS)
    waiting = list(mine)
    for note in waiting:
        planned = Reminder.objects.of(customer.organization_id).filter(note=note, state__in=WAITING)
        planned.update(state=State.WITHDRAWN, detail="a person took it back", lease="", lease_until=None)
        _end(note, now)
        write(
            customer.organization_id, "note.taken_back", at=now, actor=actor, customer_id=customer.pk, note=note.pk,
            stage=stage_of(note.kind),
        )  # fmt: skip
    return len(waiting)


@transaction.atomic
def note_answer(check_in: CheckIn, answer: str, *, today: date, now: datetime, actor: str, note: str = "") -> None:
    """What the customer said to a check-in. Not content: the invoice is disputed, and where the question was about none,
    the customer is on hold until a person has cleared it up."""
    answer_check_in(check_in, answer, now=now, actor=actor, note=note)
    if answer != "no":
        return
    invoice = check_in.invoice
    if invoice is None:
        hold(check_in.customer, on=today, now=now, actor=actor, reason=note)
    elif invoice.settled_on is None and not invoice.disputes.filter(resolved_at=None).exists():
        open_dispute(invoice, on=today, now=now, actor=actor, reason=note)


def in_the_way(one: Loaded, note: Note, today: date) -> Answer | None:
    """Why a note cannot be said on this day, or None."""
    account, schedule = one.account, one.schedule
    if account.excluded:
        return Answer("excluded")
    if whole := next((hold for hold in account.holds if hold.invoice is None), None):
        return Answer("held", {"until": whole.until})
    if account.awaiting_our_answer:
        return Answer("awaiting_our_answer")
    if note.kind != TERMS and any(invoice.disputed for invoice in account.invoices):
        return Answer("disputed")
    reach = account.reach["email"]
    if reach.to is None:
        return Answer("bad_address" if reach.spoiled else "no_address", {"channel": "email"})
    last = account.last_contact_on
    if last and today < last + timedelta(max(schedule.gap_days, 1)):
        return Answer("budget", {"last": last, "until": last + timedelta(max(schedule.gap_days, 1) - 1)})
    calendar = one.calendar if schedule.working_days_only else one.calendar.every_day()
    return None if calendar.is_working(today) else quiet_day(calendar, today)


def plan_notes(organization: Organization, now: datetime, today: date | None = None) -> int:
    """Make the intention of every wanted note whose day has come; how many. What went out becomes a fact."""
    today = today or organization.today(now)
    wanted = Note.objects.of(organization).filter(ended_at=None, kind__in=KINDS).order_by("id")
    notes = list(wanted.select_related("customer", "invoice")[:MOST])
    if not notes:
        return 0
    ids = {note.customer_id for note in notes}
    mine: dict[int | None, list[Reminder]] = {}
    for row in Reminder.objects.of(organization).filter(note__in=notes).order_by("id"):
        mine.setdefault(row.note_id, []).append(row)
    others = Reminder.objects.of(organization).filter(customer_id__in=ids, on=today, payment=None)
    spoken_to = dict(others.exclude(state__in=(State.WITHDRAWN, State.SKIPPED)).values_list("customer_id", "note_id"))
    loaded = load_accounts(organization, ids, today)
    made = 0
    for note in notes:
        if _over(organization, note, mine.get(note.pk, []), now):
            continue
        one, planned = loaded[note.customer_id], mine.get(note.pk, [])
        waiting = next((row for row in planned if row.state in WAITING), None)
        busy = spoken_to.get(note.customer_id, note.pk) != note.pk
        if busy or in_the_way(one, note, today):
            if waiting and not waiting.lease:
                Reminder.objects.of(organization).filter(pk=waiting.pk, state__in=WAITING, lease="").update(
                    state=State.WITHDRAWN, detail="something else is said today; decided afresh"
                )
        elif not any(row.on == today for row in planned):
            _plan(organization, note, one, waiting, today, now)
            spoken_to[note.customer_id] = note.pk
            made += 1
    return made


def _over(organization: Organization, note: Note, planned: list[Reminder], now: datetime) -> bool:
    """True when there is nothing left to do: it went out (then a check-in is a fact), it failed for good and a person was
    told, or its invoice was settled."""
    gone = next((row for row in planned if row.state in GONE), None)
    failed = any(
        row.state in (State.FAILED, State.BOUNCED) or (row.state == State.SKIPPED and row.detail) for row in planned
    )
    settled = note.invoice is not None and note.invoice.settled_on is not None
    if not (gone or failed or settled):
        return False
    with transaction.atomic():
        touch(organization.pk, [note.customer_id])
        locked = Note.objects.of(organization).select_for_update().filter(pk=note.pk, ended_at=None).first()
        if locked is None:
            return True
        if gone and note.kind != TERMS:
            said_at = gone.released_at or now
            note.check_in = ask_check_in(note.customer, note.kind, now=said_at, actor=PLANNING, invoice=note.invoice)
        elif not gone:
            planned_still = Reminder.objects.of(organization).filter(note=note, state__in=WAITING)
            planned_still.update(state=State.WITHDRAWN, detail="it is settled", lease="", lease_until=None)
        _end(note, now)
    return True


def _end(note: Note, now: datetime) -> None:
    note.ended_at = now
    note.save(update_fields=["ended_at", "check_in"])


def _plan(
    organization: Organization, note: Note, one: Loaded, waiting: Reminder | None, today: date, now: datetime
) -> None:
    """The intention for today: a new one, or the one of an earlier day with the approval it has."""
    customer = note.customer
    zone = zone_of(customer.timezone, customer.country, organization.timezone)
    who = f"{organization.slug}/{customer.ref}/note"
    leaves = send_after(today, zone, organization.sending_from, organization.sending_until, who)
    if waiting:
        Reminder.objects.of(organization).filter(pk=waiting.pk, state__in=WAITING).update(on=today, send_after=leaves)
        return
    Reminder.objects.of(organization).get_or_create(
        note=note,
        on=today,
        defaults={
            "organization": organization,
            "customer": customer,
            "stage": stage_of(note.kind),
            "channel": "email",
            "address": one.account.reach["email"].to or "",
            "language": customer.language,
            "currency": note.invoice.currency if note.invoice else organization.currency,
            "asked": 0,
            "why": reasons.tell("note", {}),
            "send_after": leaves,
            "planned_at": now,
        },
    )
