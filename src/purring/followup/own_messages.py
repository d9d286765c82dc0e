# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person's own message to a customer: kept as a draft, wanted, taken back, and what became of it.

It is a note (`followup.notes`) in the person's words and leaves through the same rounds, with the same conditional
release. The words were written about an account as it stood; when a payment, a promise, a dispute or a message of theirs
comes in between, they stay here and the person reads them again. Rules of the ladder (gap, hold, answer owed) do not stop
it, for a person decided; leaving a customer out, a broken address, lawful hours and the pause of everything do.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from purring.core import reasons
from purring.core.errors import Refused
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Attachment, Invoice
from purring.facts.journal.actions import write
from purring.facts.messages.actions import mark_answered
from purring.facts.messages.models import Message
from purring.facts.organizations.models import Membership, Organization
from purring.followup import courtesy
from purring.followup.accounts import Loaded, load_accounts
from purring.followup.approvals import may_approve
from purring.followup.beginnings import people_of
from purring.followup.hours import send_after, within
from purring.followup.models import GONE, PLANNING, WAITING, Note, OwnMessage, Reminder, State, Task
from purring.followup.tasks import finish_task
from purring.kit.numbers import whole
from purring.kit.zones import zone_of
from purring.language.tone import Finding

PERSONAL = "personal"
WANTED = "message.wanted"
LONGEST = 20_000
"""Characters."""
MOST_BYTES = 15 * 1024 * 1024
"""Of everything that goes along: most mail servers take no more."""
MOST = 500
KEPT = ("address", "subject", "text", "begun_with", "invoices", "documents")


@transaction.atomic
def keep_draft(
    customer: Customer,
    key: str,
    *,
    now: datetime,
    author_id: int | None,
    reply_to: Message | None = None,
    **fields: Any,
) -> OwnMessage:
    """What stands in the form, kept under its key. A draft is no fact yet: nothing is told and nothing changes. Refuses
    (`not_draft`) when it is on its way already."""
    unknown = fields.keys() - set(KEPT)
    assert not unknown, unknown
    fields["subject"] = " ".join(str(fields.get("subject", "")).split())[:300]
    fields["text"] = str(fields.get("text", "")).replace("\r\n", "\n")[:LONGEST]
    rows = OwnMessage.objects.of(customer.organization_id)
    made, _ = rows.get_or_create(
        organization_id=customer.organization_id, key=key, defaults={"customer": customer, "saved_at": now}
    )
    own = rows.select_for_update(of=("self",)).select_related("reply_to").get(pk=made.pk)
    if own.note_id or own.ended_at or own.customer_id != customer.pk:
        raise Refused("not_draft", "this message is on its way already, or was thrown away")
    for name, value in fields.items():
        setattr(own, name, value)
    own.customer, own.author_id, own.saved_at = customer, author_id, now
    own.reply_to = reply_to or own.reply_to
    own.save(update_fields=[*fields, "author", "saved_at", "reply_to"])
    return own


def throw_away(own: OwnMessage, *, now: datetime) -> None:
    """The draft is not wanted any more."""
    OwnMessage.objects.of(own.organization_id).filter(pk=own.pk, note=None, ended_at=None).update(ended_at=now)


def drafts(customer: Customer) -> Any:
    """What is being written to the customer, the newest first."""
    mine = OwnMessage.objects.of(customer.organization_id).filter(customer=customer, note=None, ended_at=None)
    return mine.order_by("-saved_at", "-id")


def stage_of(own: OwnMessage) -> str:
    return "reply" if own.reply_to_id else PERSONAL


def findings(own: OwnMessage) -> list[Finding]:
    """What the tone guard says of the words as they stand."""
    return courtesy.findings(_as_reminder(own), own.subject, own.text) if own.text.strip() else []


def _as_reminder(own: OwnMessage) -> Reminder:
    return Reminder(
        organization=own.customer.organization,
        customer=own.customer,
        stage=stage_of(own),
        channel="email",
        language=own.customer.language,
    )


# --- wanted ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def want_message(
    own: OwnMessage,
    *,
    today: date,
    now: datetime,
    actor: str,
    user_id: int | None = None,
    good_hour: bool = False,
    overrule: bool = False,
) -> Reminder:
    """A person says: this leaves, at once or at the customer's next good hour. Whoever
    may approve has approved what they write. A second
    time is the same message. Refuses words that may hurt (`unkind`), unless the person says that they shall leave all the
    same: then the journal keeps in spite of what."""
    touch(own.organization_id, [own.customer_id])
    own = OwnMessage.objects.of(own.organization_id).select_for_update(of=("self",)).select_related(
        "customer__organization", "note", "reply_to"
    ).get(pk=own.pk)  # fmt: skip
    if own.note_id:
        return Reminder.objects.of(own.organization_id).filter(note_id=own.note_id).order_by("id")[0]
    if own.ended_at:
        raise Refused("not_draft", "this message was thrown away")
    customer, organization = own.customer, own.customer.organization
    one = load_accounts(organization, [customer.pk], today)[customer.pk]
    _check(own, one)
    grave = courtesy.blocking(courtesy.judge(_as_reminder(own), own.subject, own.text))
    if grave and not overrule:
        raise courtesy.refused(grave)
    note = Note(organization=organization, customer=customer, kind=PERSONAL, wanted_at=now)
    note.save(force_insert=True)
    own.note, own.came_back = note, ""
    own.standing, own.read_up_to = standing(one), newest_of(customer)
    own.save(update_fields=["note", "came_back", "standing", "read_up_to"])
    approves = _may_approve(organization, user_id)
    on, leaves = _when(organization, one, now, today, good_hour)
    reminder = Reminder(
        organization=organization,
        customer=customer,
        note=note,
        on=on,
        stage=stage_of(own),
        channel="email",
        address=own.address,
        language=customer.language,
        currency=organization.currency,
        asked=0,
        why=reasons.tell("note", {}),
        own_subject=own.subject,
        own_text=own.text.strip(),
        approved_at=now if approves else None,
        approved_by_id=user_id if approves else None,
        send_after=leaves,
        planned_at=now,
    )
    reminder.save(force_insert=True)
    for task in Task.objects.of(organization).filter(customer=customer, code="check_message", done_at=None):
        if Reminder.objects.of(organization).filter(pk__in=_ids(task.subject), own_text=reminder.own_text).exists():
            finish_task(task, now=now, actor=actor, user_id=user_id)
    data: dict[str, Any] = {"reminder": reminder.pk, "invoices": own.invoices, "good_hour": good_hour}
    if grave:
        data["overruled"] = [[one.code, one.field, one.start, one.end] for one in grave]
    write(organization.pk, WANTED, at=now, actor=actor, customer_id=customer.pk, text=own.text, **data)
    return reminder


def _may_approve(organization: Organization, user_id: int | None) -> bool:
    """Whether what this person writes needs no further yes; where somebody else gives it, it waits for them."""
    if user_id is None:
        return True
    roles = Membership.objects.of(organization).filter(user_id=user_id).values_list("role", flat=True)
    return any(may_approve(organization, role) for role in roles)


def _ids(subject: str) -> list[int]:
    found = whole(subject)
    return [] if found is None else [found]


def _check(own: OwnMessage, one: Loaded) -> None:
    if one.account.excluded:
        raise Refused("excluded", f"{one.customer.name} is not to be written to; take them in again first")
    usable = addresses(own.customer)
    if own.address not in usable:
        raise Refused("bad_address", "choose a working e-mail address of this customer", field="address")
    if not own.text.strip() or not own.subject.strip():
        field = "subject" if own.text.strip() else "text"
        raise Refused("bad_text", "a message needs a subject and words", field=field)
    org = own.organization_id
    if Invoice.objects.of(org).filter(pk__in=own.invoices, customer_id=own.customer_id).count() != len(own.invoices):
        raise Refused("bad_invoice", "choose among this customer's invoices", field="invoices")
    sizes = list(documents_of(own.customer).filter(pk__in=own.documents).values_list("size", flat=True))
    if len(sizes) != len(own.documents):
        raise Refused("bad_document", "one of the documents is not there any more", field="documents")
    if sum(sizes) > MOST_BYTES:
        raise Refused("too_large", "together the documents are larger than 15 MB", field="documents")


def addresses(customer: Customer) -> dict[str, str]:
    """The customer's working e-mail addresses, with whose they are, in the order in which they are written to."""
    spoiled = set(customer.address_troubles.values_list("address", flat=True))
    return {one.email: one.name for one in people_of(customer) if one.email and one.email not in spoiled}


def documents_of(customer: Customer) -> Any:
    """Every document of the customer and of the customer's invoices, the newest first, without their bytes."""
    invoices = Invoice.objects.of(customer.organization_id).filter(customer=customer).values("pk")
    mine = Q(customer=customer) | Q(invoice_id__in=invoices)
    return Attachment.objects.of(customer.organization_id).filter(mine).defer("content").order_by("-id")


def standing(one: Loaded) -> str:
    """Digest of what the customer owes and what was agreed: words written about it hold while it is the same."""
    account = one.account
    said = (
        [(row.ref, row.balance, row.due, row.disputed, row.pending) for row in account.invoices],
        [(row.pay_on, row.amount, sorted(row.invoices)) for row in account.promises],
        [(row.invoice, row.until) for row in account.holds],
        [row.ref for row in account.plans],
        sorted(account.credit.items()),
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()


def newest_of(customer: Customer) -> int:
    """The id of the customer's newest message to us, or 0."""
    said = Message.objects.of(customer.organization_id).filter(customer=customer, direction="in")
    return said.aggregate(newest=Max("pk"))["newest"] or 0


def _when(
    organization: Organization, one: Loaded, now: datetime, today: date, good_hour: bool
) -> tuple[date, datetime]:
    """The day and moment it leaves: now, or at the next good hour of a working day; within lawful hours either way."""
    zone = zone_of(one.customer.timezone, one.customer.country, organization.timezone)
    who = f"{organization.slug}/{one.customer.ref}/personal"
    for ahead in range(60):
        day = today + timedelta(ahead)
        if good_hour and not one.calendar.is_working(day):
            continue
        lawful = one.law.hours("email", day)
        opens, closes = within(lawful, organization.sending_from, organization.sending_until)
        if good_hour:
            leaves = send_after(day, zone, opens, closes, who)
            if leaves > now:
                return day, leaves
        elif lawful is None:
            return today, now
        else:
            first = datetime.combine(day, lawful.opens, zone)
            if now < datetime.combine(day, lawful.closes, zone):
                return day, max(first, now)
    return today, now


@transaction.atomic
def take_back(own: OwnMessage, *, now: datetime, actor: str) -> bool:
    """It does not leave and is a draft again. False when it has left already."""
    touch(own.organization_id, [own.customer_id])
    own = OwnMessage.objects.of(own.organization_id).select_for_update().get(pk=own.pk)
    if not own.note_id:
        return own.ended_at is None
    planned = Reminder.objects.of(own.organization_id).filter(note=own.note)
    if planned.exclude(state__in=WAITING).exists():
        return False
    planned.update(state=State.WITHDRAWN, detail="a person took it back", lease="", lease_until=None, ended_at=now)
    _draft_again(own, now, None)
    write(own.organization_id, "message.taken_back", at=now, actor=actor, customer_id=own.customer_id)
    return True


def _end_note(own: OwnMessage, now: datetime) -> None:
    if own.note_id:
        Note.objects.of(own.organization_id).filter(pk=own.note_id).update(ended_at=now)


def _draft_again(own: OwnMessage, now: datetime, stayed: Reminder | None) -> None:
    """The words go back to their writer, as they were last edited, with why they `stayed` here."""
    _end_note(own, now)
    own.note, own.came_back = None, ""
    if stayed:
        own.subject, own.text, own.came_back = stayed.own_subject, stayed.own_text, stayed.detail
    own.save(update_fields=["note", "subject", "text", "came_back"])


# --- the round ------------------------------------------------------------------------------------------------------


def follow_messages(organization: Organization, now: datetime, today: date | None = None) -> int:
    """What became of the messages people wrote: gone, then what they answer is answered; not gone, then a draft again;
    still waiting after its day, then today. How many were brought to an end."""
    today = today or organization.today(now)
    mine = OwnMessage.objects.of(organization).filter(note__isnull=False, ended_at=None).order_by("id")
    ended = 0
    for own in mine.select_related("customer", "note")[:MOST]:
        planned = list(Reminder.objects.of(organization).filter(note=own.note).order_by("id"))
        if any(row.state in WAITING for row in planned):
            for row in planned:
                if row.state in WAITING and row.on < today:
                    late = Reminder.objects.of(organization).filter(pk=row.pk, state__in=WAITING, lease="")
                    late.update(on=today, send_after=max(row.send_after, now))
            continue
        with transaction.atomic():
            touch(organization.pk, [own.customer_id])
            mine_now = OwnMessage.objects.of(organization).select_for_update().get(pk=own.pk)
            if mine_now.note_id is None or mine_now.ended_at:
                continue
            ended += 1
            if any(one.state in GONE for one in planned):
                _went_out(mine_now, now)
            else:
                _draft_again(mine_now, now, planned[-1] if planned else None)
    return ended


def _went_out(own: OwnMessage, now: datetime) -> None:
    _end_note(own, now)
    own.ended_at = now
    own.save(update_fields=["ended_at"])
    if (
        own.author_id or own.reply_to_id
    ):  # else a confirmation that nobody wrote: a question may still wait for its answer
        mark_answered(own.customer, now=now, actor=PLANNING, up_to=own.read_up_to)


def read_own(reminder: Reminder) -> OwnMessage | None:
    """The person's message behind an intention, if it is one."""
    if not reminder.note_id or reminder.note is None or reminder.note.kind != PERSONAL:
        return None
    rows = OwnMessage.objects.of(reminder.organization_id).select_related("customer", "reply_to")
    return rows.filter(note_id=reminder.note_id).first()


def still_true(own: OwnMessage, one: Loaded) -> None:
    """Raises `Refused` when the words may not leave as they are: somebody is to read them again."""
    if one.account.excluded:
        raise Refused("excluded", "the customer is not written to any more")
    if own.address not in addresses(own.customer):
        raise Refused("bad_address", f"{own.address} does not work any more")
    if own.standing != standing(one) or own.read_up_to != newest_of(own.customer):
        raise Refused("facts_changed", "something about the account changed since it was written; please read it again")
