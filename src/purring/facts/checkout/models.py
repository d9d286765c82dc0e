# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accounts at payment providers, the attempts of payers, the providers' notices, and what was booked from their truth.

Amounts are minor units. A booking joins a provider's payment to ours, once; money that went back joins a reversal, once.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from purring.facts.agreements.models import Instalment
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import LegalEntity
from purring.facts.payments.models import Payment
from purring.kit.tenancy import OrganizationOwned


class ProviderAccount(OrganizationOwned):
    """One account at one provider; its settings are encrypted (`kit/vault`)."""

    entity = models.ForeignKey(LegalEntity, models.PROTECT, null=True, related_name="provider_accounts")
    """Whose invoices it is offered for; None: everybody's of the organization."""
    provider = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    """What the customer reads on the button's line, such as "Card"; empty: the provider's own name."""
    sealed = models.TextField()
    account = models.CharField(max_length=80, blank=True)
    """The provider's own id of the account, where its truth names one: money of any other is not booked."""
    live = models.BooleanField(null=True)
    """What its keys are for; None while not known. Test money never settles an invoice of a live account."""
    token = models.CharField(max_length=43, unique=True)
    """In the address of its webhook: so that nobody can guess which organizations use what."""
    methods = models.JSONField(default=list)
    currencies = models.JSONField(default=list)
    """Offered for these currencies; empty: for all."""
    limits = models.JSONField(default=dict)
    """{currency: [least, most]} in minor units, null where there is no bound; what lies outside is not offered."""
    enabled = models.BooleanField(default=True)
    asked_until = models.DateTimeField(null=True)
    """Changes were asked for up to here."""
    heard_at = models.DateTimeField(null=True)
    """The last notice that was signed as it should be."""
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "provider"], name="provider_account_of")]


class OfferedWay(OrganizationOwned):
    """A way of being paid by hand that a legal entity offers or does not: see `ways`."""

    entity = models.ForeignKey(LegalEntity, models.CASCADE, related_name="ways")
    kind = models.CharField(max_length=10)
    """One of `ways.KINDS`."""
    enabled = models.BooleanField(default=False)
    number = models.CharField(max_length=60, blank=True)
    """The number to call, or the one to pay to in an app."""
    text = models.CharField(max_length=300, blank=True)
    """Where and when, as the customer reads it."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "kind"], name="offered_way_once")]


class AttemptState(models.TextChoices):
    OPEN = "open"
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    ENDED = "ended"


LOOKED_AFTER = (AttemptState.OPEN, AttemptState.PENDING, AttemptState.FAILED)
"""States that something may still come of."""
PAYABLE = (AttemptState.OPEN, AttemptState.FAILED)
"""States in which the payer may still press "pay" on the provider's page."""


class Attempt(OrganizationOwned):
    """A payer pressed "pay": what for, how much, and the page at the provider."""

    key = models.CharField(max_length=32, unique=True)
    account = models.ForeignKey(ProviderAccount, models.PROTECT, related_name="attempts")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="attempts")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    ref = models.CharField(max_length=200, blank=True)
    url = models.TextField(blank=True)
    form_key = models.CharField(max_length=64, blank=True)
    """Of the form that was sent: pressed twice, or in two tabs, it is one attempt."""
    keep = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=AttemptState.choices, default=AttemptState.OPEN)
    why = models.CharField(max_length=300, blank=True)
    """The provider's reason of a failure."""
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    """When the provider is asked again; None when nothing can come of it any more."""
    looks = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    """When the provider was asked for what stands here; an older truth changes nothing."""
    seen = models.CharField(max_length=64, blank=True, db_default="")
    """Digest of the truth that stands here: the same one again changes nothing, so nobody is disturbed by it."""
    needless = models.BooleanField(default=False, db_default=False)
    """Its page is to be closed: a newer one took its place, or less is open by now than it asks."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="attempt_positive"),
            models.UniqueConstraint(
                fields=["organization", "form_key"], condition=~Q(form_key=""), name="attempt_per_form"
            ),
        ]
        indexes = [
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="attempt_to_look_at"),
            models.Index(fields=["account", "ref"], name="attempt_by_ref"),
            models.Index(fields=["organization", "customer"], name="attempt_of_customer"),
        ]


class AttemptPart(OrganizationOwned):
    """How much of an attempt is for which invoice, and for the charges asked beside it."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="parts")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="attempt_parts")
    amount = models.BigIntegerField()
    charges = models.BigIntegerField(default=0, db_default=0)
    """Beside the invoice, never part of it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "invoice"], name="attempt_part_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, charges__gte=0) & (Q(amount__gt=0) | Q(charges__gt=0)),
                name="attempt_part_positive",
            ),
        ]


class Notice(OrganizationOwned):
    """A provider's message as it came, its signature checked. It only says what to look at."""

    account = models.ForeignKey(ProviderAccount, models.PROTECT, related_name="notices")
    notice_id = models.CharField(max_length=160)
    kind = models.CharField(max_length=80)
    ref = models.CharField(max_length=200, blank=True)
    body = models.BinaryField()
    received_at = models.DateTimeField()
    look_at = models.DateTimeField(null=True)
    """When it is worked on; None when it is done with."""
    looks = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "notice_id"], name="notice_once")]
        indexes = [
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="notice_to_look_at"),
            models.Index(fields=["account"], condition=Q(look_at=None) & ~Q(error=""), name="notice_lost"),
        ]


class Booking(OrganizationOwned):
    """A provider's payment and ours: the guard against booking twice."""

    account = models.ForeignKey(ProviderAccount, models.PROTECT, related_name="bookings")
    payment_ref = models.CharField(max_length=120)
    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="bookings")
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="booking")
    """The one that stands: a payment that failed and was tried again under the same name gives way to the new one."""
    tries = models.PositiveIntegerField(default=1)
    fee = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "payment_ref"], name="booking_once")]


class MoneyBack(OrganizationOwned):
    """Money of a booking that went back, or is claimed back: a refund, a chargeback."""

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="money_back")
    ref = models.CharField(max_length=120)
    why = models.CharField(max_length=12)
    amount = models.BigIntegerField()
    noticed_at = models.DateTimeField()
    done_on = models.DateField(null=True)
    """Since then it has left; the payment is reversed by it."""
    ended_at = models.DateTimeField(null=True)
    """It came to nothing: a dispute won, a refund that failed."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["booking", "ref"], name="money_back_once")]


class Discrepancy(OrganizationOwned):
    """Something about money at a provider that only a person can judge."""

    class Code(models.TextChoices):
        WRONG_AMOUNT = "wrong_amount"
        WRONG_CURRENCY = "wrong_currency"
        OTHER_ACCOUNT = "other_account"
        TEST_MONEY = "test_money"
        UNKNOWN_ATTEMPT = "unknown_attempt"
        PAID_TWICE = "paid_twice"
        DISPUTED = "disputed"
        CAME_BACK = "came_back"
        UNREADABLE = "unreadable"

    account = models.ForeignKey(ProviderAccount, models.PROTECT, related_name="discrepancies")
    attempt = models.ForeignKey(Attempt, models.PROTECT, null=True, related_name="discrepancies")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="discrepancies")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=20, choices=Code.choices)
    ref = models.CharField(max_length=200)
    """What it is about at the provider: noticed once per code and ref."""
    detail = models.CharField(max_length=300, blank=True)
    noticed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "code", "ref"], name="discrepancy_once")]
        indexes = [
            models.Index(fields=["organization", "noticed_at"], condition=Q(settled_at=None), name="discrepancy_open")
        ]


class Mandate(OrganizationOwned):
    """A customer agreed on the pay page that amounts are taken when they fall due, from a way of paying that the provider
    keeps. The consent is stored when it is pressed; the mandate begins (`given_at`) when the provider has kept the way."""

    account = models.ForeignKey(ProviderAccount, models.PROTECT, related_name="mandates")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="mandates")
    attempt = models.OneToOneField(Attempt, models.PROTECT, related_name="mandate")
    """The payment it was agreed with."""
    sealed = models.TextField(blank=True)
    """What the provider calls the kept way, encrypted (`kit/vault`); empty before it is kept and after it was dropped."""
    label = models.CharField(max_length=80, blank=True)
    """Words the payer recognises it by, such as "Visa 4242"."""
    instalments = models.BooleanField(default=False)
    """The words shown said that instalments of a plan are taken too."""
    text = models.TextField()
    """The consent as it was shown."""
    language = models.CharField(max_length=12)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    agreed_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=10, blank=True)
    """`customer`, `staff`, `replaced`."""
    forgotten_at = models.DateTimeField(null=True)
    """Since then the provider has dropped what it kept."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(given_at__isnull=False, ended_at=None), name="mandate_one"
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "customer"],
                condition=Q(given_at__isnull=False, ended_at=None),
                name="mandate_in_force",
            ),
            models.Index(
                fields=["id"],
                condition=Q(ended_at__isnull=False, forgotten_at=None) & ~Q(sealed=""),
                name="mandate_to_forget",
            ),
        ]


class Debit(OrganizationOwned):
    """What a mandate lets us take on one due date in one currency: planned, announced, taken, perhaps tried again. While it
    has not ended, its invoices are not asked for in any other way."""

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="debits")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="debits")
    currency = models.CharField(max_length=3)
    due = models.DateField()
    instalment = models.ForeignKey(Instalment, models.PROTECT, null=True, related_name="debits")
    """Set when it is this instalment of a plan that is taken, set against the plan's invoices, the oldest first."""
    said_on = models.DateField(null=True)
    """The day it was announced."""
    on = models.DateField(null=True)
    """The day that was announced: of the first try."""
    take_at = models.DateTimeField(null=True)
    """When the money is taken, or taking it is tried again; None while it is announced, or on its way."""
    tries = models.PositiveIntegerField(default=0)
    asks = models.PositiveIntegerField(default=0)
    """How often the provider was asked in the present try without an answer."""
    attempt = models.OneToOneField(Attempt, models.PROTECT, null=True, related_name="debit")
    """Of the present or last try."""
    planned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    """`paid`, `failed`, `settled` (otherwise), `in_the_way`, `not_said`, `mandate_over`."""

    class Meta:
        indexes = [
            models.Index(fields=["organization", "customer"], condition=Q(ended_at=None), name="debit_live"),
            models.Index(fields=["take_at"], condition=Q(take_at__isnull=False), name="debit_to_take"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["instalment"], condition=Q(instalment__isnull=False), name="debit_of_instalment_once"
            ),
        ]


class DebitPart(OrganizationOwned):
    """How much of a debit is for which invoice, at most. An invoice is taken by one debit only, whatever becomes of it; a
    new due date makes it another. Of a plan, an invoice has its part in several instalments."""

    debit = models.ForeignKey(Debit, models.CASCADE, related_name="parts")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="debit_parts")
    generation = models.PositiveIntegerField(default=0)
    of_plan = models.BooleanField(default=False)
    amount = models.BigIntegerField()
    left_out = models.CharField(max_length=20, blank=True)
    """Why it is not taken after all."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "generation"], condition=Q(of_plan=False), name="debit_part_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="debit_part_positive"),
        ]
