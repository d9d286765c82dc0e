# SPDX-License-Identifier: AGPL-3.0-or-later
"""Following up: schedules and who follows which, reminders with what they count for, tasks, and the beat of rounds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from purring.facts.agreements.models import CheckIn, Instalment
from purring.facts.checkout.models import Debit
from purring.facts.customers.models import Customer, Group
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Message
from purring.facts.payments.models import Payment
from purring.kit.tenancy import OrganizationOwned


class Schedule(OrganizationOwned):
    name = models.CharField(max_length=100)
    steps = models.JSONField()
    """[{"stage", "days", "channel", "repeat_every"?}] in rising days, checked by `purring.core.schedule`."""
    min_days_between_contacts = models.PositiveIntegerField(default=5)
    minimum_balance = models.CharField(max_length=20, default="0.00")
    promise_grace_days = models.PositiveIntegerField(default=1)
    working_days_only = models.BooleanField(default=True)
    charges = models.CharField(max_length=10, choices=[("none", "none"), ("lawful", "lawful")], default="none")
    """What messages from `firm` on ask beside the principal: nothing, or what the law surely gives."""
    is_default = models.BooleanField(default=False)
    preset = models.CharField(max_length=60, blank=True, db_default="")
    """The key of the preset it began from; empty: none, or forgotten."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="schedule_name_once"),
            models.UniqueConstraint(fields=["organization"], condition=Q(is_default=True), name="schedule_one_default"),
        ]


class Assignment(OrganizationOwned):
    """A group, a customer or one invoice follows a schedule of its own; the closest one counts."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="assignments")
    group = models.ForeignKey(Group, models.CASCADE, null=True, related_name="+")
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="+")
    invoice = models.ForeignKey(Invoice, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group"], condition=Q(group__isnull=False), name="assigned_group_once"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(customer__isnull=False), name="assigned_customer_once"
            ),
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(invoice__isnull=False), name="assigned_invoice_once"
            ),
        ]


PLANNING = "round:plan"
"""Who the journal names for what the planning round did."""


class State(models.TextChoices):
    """`planned` waits for its hour and approval; `released` was let go just before the final dot; the rest is known."""

    PLANNED = "planned"
    RELEASED = "released"
    SENT = "sent"
    UNCONFIRMED = "unconfirmed"
    DEFERRED = "deferred"
    FAILED = "failed"
    BOUNCED = "bounced"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"
    SKIPPED = "skipped"


GONE = (State.RELEASED, State.SENT, State.UNCONFIRMED, State.DELIVERED)
"""Counts as said: these stages are never said again by themselves."""
WAITING = (State.PLANNED, State.DEFERRED)
"""Still only an intention."""


class Note(OrganizationOwned):
    """Something kind to be said that asks for no money: a person wants it, a round finds its day."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=12)
    """`terms_note`, what a check-in asks for (`receipt`, `satisfaction`), or `personal`: a message in a person's words."""
    invoice = models.ForeignKey(Invoice, models.CASCADE, null=True, related_name="+")
    """What a check-in is about; empty: everything open, or the work as a whole."""
    wanted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    """It went out, a person took it back, or what it is about was settled."""
    check_in = models.OneToOneField(CheckIn, models.SET_NULL, null=True, related_name="+")
    """Set when the question went out: the answer is a fact of its own."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"], condition=Q(ended_at=None) & ~Q(kind="personal"), name="note_wanted_once"
            )
        ]
        indexes = [models.Index(fields=["organization", "id"], condition=Q(ended_at=None), name="note_wanted")]


class OwnMessage(OrganizationOwned):
    """A message that a person writes to a customer: a draft until it is wanted, then what its note says."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="own_messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=32)
    """Of the form: kept or sent twice, it is one."""
    address = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    begun_with = models.TextField(blank=True)
    """The words it began with: as long as they stand untouched, another beginning takes their place."""
    invoices = models.JSONField(default=list)
    """Ids of the invoices it is about; their documents can go along."""
    documents = models.JSONField(default=list)
    """Ids of the attachments that go along."""
    reply_to = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    """The message it answers; it goes into the same thread."""
    saved_at = models.DateTimeField()
    note = models.OneToOneField(Note, models.SET_NULL, null=True, related_name="own_message")
    """Set from the moment it is to leave; empty again when it could not."""
    standing = models.CharField(max_length=64, blank=True)
    """Digest of what the account owed and had agreed when the person said yes."""
    read_up_to = models.BigIntegerField(default=0)
    """The newest message of the customer that was there when the person said yes."""
    came_back = models.CharField(max_length=500, blank=True)
    """Why it did not leave."""
    ended_at = models.DateTimeField(null=True)
    """It went out, or the person threw it away."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="own_message_key_once")]
        indexes = [
            models.Index(
                fields=["organization", "customer", "id"], condition=Q(ended_at=None), name="own_message_of_customer"
            )
        ]


class Reminder(OrganizationOwned):
    """One decided contact with one customer: the intention until it is released, the record afterwards."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="reminders")
    payment = models.OneToOneField(Payment, models.CASCADE, null=True, related_name="thank_you")
    """Set for a thank-you; then nothing is asked and the contact budget does not count it."""
    request = models.OneToOneField(Invoice, models.CASCADE, null=True, related_name="asked_by")
    """Set for the first asking of a payment request: a contact like any other, but no stage of the ladder."""
    note = models.ForeignKey(Note, models.CASCADE, null=True, db_index=False, related_name="reminders")
    """Set for a note: a contact like any other, but no stage of the ladder."""
    debit = models.ForeignKey(Debit, models.CASCADE, null=True, db_index=False, related_name="reminders")
    """Set for the announcement of an automatic payment: no stage of the ladder, it asks for nothing."""
    on = models.DateField()
    """The day it was decided for; after release, the day it went out."""
    stage = models.CharField(max_length=12)
    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    asked = models.BigIntegerField()
    why = models.CharField(max_length=300)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    detail = models.CharField(max_length=500, blank=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    send_after = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    own_subject = models.CharField(max_length=300, blank=True)
    own_text = models.TextField(blank=True)
    """Words edited by a person for this one message; empty: worded when it leaves."""
    any_hour = models.BooleanField(default=False, db_default=False)
    """A person wants this one message to leave outside the usual hours too; the law's hours hold all the same."""
    message = models.ForeignKey(Message, models.PROTECT, null=True, db_index=False, related_name="reminders")
    planned_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "on"],
                condition=Q(payment=None, request=None, note=None, debit=None),
                name="reminder_one_a_day",
            ),
            models.UniqueConstraint(
                fields=["debit", "on"], condition=Q(debit__isnull=False), name="reminder_of_debit_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["note", "on"], condition=Q(note__isnull=False), name="reminder_of_note_once_a_day"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "on", "send_after", "id"],
                condition=Q(state__in=["planned", "deferred"]),
                name="reminder_waiting",
            ),
            models.Index(fields=["lease_until"], condition=Q(state="released"), name="reminder_in_flight"),
            models.Index(fields=["organization", "customer", "on"], name="reminder_of_customer"),
            models.Index(fields=["organization", "on", "id"], name="reminder_on"),
            # Each index costs every message three entries: those of what most reminders lack leave them out.
            models.Index(fields=["message"], condition=Q(message__isnull=False), name="reminder_of_message"),
            models.Index(fields=["approved_by"], condition=Q(approved_by__isnull=False), name="reminder_approved_by"),
        ]

    @property
    def is_notice(self) -> bool:
        """A thank-you, a first asking, a note or an announcement: it follows from one fact, not from the ladder."""
        facts = (self.payment_id, self.request_id, self.note_id, self.debit_id)
        return any(key is not None for key in facts)


class ReminderItem(OrganizationOwned):
    """What a reminder asks for and counts as: a stage of one invoice's (or instalment's) ladder, once per occurrence."""

    reminder = models.ForeignKey(Reminder, models.CASCADE, related_name="items")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="reminder_items")
    instalment = models.ForeignKey(Instalment, models.CASCADE, null=True, db_index=False, related_name="reminder_items")
    """Set when the invoice is reminded through its plan; then the stage counts for the instalment."""
    generation = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=12)
    occurrence = models.PositiveIntegerField(default=0)
    """Rises with a repeating last step or after a bounce."""
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "generation", "stage", "occurrence"],
                condition=Q(instalment=None),
                name="stage_once_per_invoice",
            ),
            models.UniqueConstraint(
                fields=["instalment", "invoice", "stage", "occurrence"],
                condition=Q(instalment__isnull=False),
                name="stage_once_per_instalment",
            ),
        ]
        indexes = [models.Index(fields=["organization", "invoice"], name="reminder_item_of_invoice")]


class Task(OrganizationOwned):
    """Something only a person can do. One open or done task per customer, code and subject."""

    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="tasks")
    code = models.CharField(max_length=30)
    subject = models.CharField(max_length=120, blank=True)
    """What makes it the same task: an invoice and its ladder, a currency, an address."""
    invoices: models.ManyToManyField[Invoice, models.Model] = models.ManyToManyField(Invoice, related_name="tasks")
    why = models.CharField(max_length=500)
    params = models.JSONField(default=dict)
    opened_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "code", "subject"], name="task_once"),
            models.UniqueConstraint(
                fields=["organization", "code", "subject"], condition=Q(customer=None), name="task_once_for_all"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "opened_on", "id"], condition=Q(done_at=None), name="task_open"),
        ]


class PutOff(OrganizationOwned):
    """Something that waits for a person, and that a person put off until a day; then it is back by itself."""

    subject = models.CharField(max_length=40)
    """What: `task:7`, `answer:3`, `message:9`, `reminder:4`."""
    until = models.DateField()
    """The day on which it is shown again."""
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "subject"], name="put_off_once")]


class ListByMail(OrganizationOwned):
    """A person who wishes to have the morning's list by mail, whenever messages wait for a yes."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    told_on = models.DateField(null=True)
    """The day they were last told of."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="list_by_mail_once")]


class ReadUpTo(OrganizationOwned):
    """How far a person has read what came in: the last entry of the journal they have seen."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    entry_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="read_up_to_once")]


class Beat(models.Model):
    """The last runs of a round: how the owner learns that one has stopped."""

    round = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    failed_since = models.DateTimeField(null=True)
