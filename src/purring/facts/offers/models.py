# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a business offers to those who pay early, cannot pay at once, or cannot pay all; what was agreed to, and what
came of it. The plan itself, the new due date and the promise are the facts they are everywhere."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from purring.facts.agreements.models import PaymentPlan
from purring.facts.customers.models import Customer, Group
from purring.facts.invoices.models import CreditNote, Invoice
from purring.facts.messages.models import Message
from purring.kit.tenancy import OrganizationOwned

NOBODY = 0
"""`plan_most` and `deferral_days` of terms that offer none."""


class OfferTerms(OrganizationOwned):
    """What is offered from a day on: by the organization, to a group, or to one customer. The nearest terms count as a
    whole. They are never changed, only followed by others: what was offered with an invoice stays offered."""

    WHOM: ClassVar = [(kind, kind) for kind in ("all", "business", "consumer")]

    group = models.ForeignKey(Group, models.CASCADE, null=True, related_name="offer_terms")
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="offer_terms")
    since = models.DateField()
    as_usual = models.BooleanField(default=False)
    """A group's or customer's own terms ended on that day."""
    whom = models.CharField(max_length=10, choices=WHOM, default="all")
    """Who gets plans and deferrals without asking a person."""
    plan_most = models.PositiveIntegerField(default=NOBODY)
    """Instalments at most; less than 2: no plan without a person."""
    plan_first_percent = models.PositiveIntegerField(default=0)
    plan_first_days = models.PositiveIntegerField(default=14)
    plan_last_days = models.PositiveIntegerField(default=180)
    plan_smallest = models.CharField(max_length=20, default="20")
    """Decimal text in major units, the same number in every currency."""
    plan_rhythms = models.JSONField(default=list)
    """Of `purring.core.plans.RHYTHMS`; empty: all of them."""
    deferral_days = models.PositiveIntegerField(default=NOBODY)
    """So many days beyond the due date, once per invoice."""
    ladder = models.JSONField(default=list)
    """Discounts for early payment: [hundredths of a percent, days from the invoice's date], by day."""
    instalments_at_start = models.BooleanField(default=False)
    """The first request already speaks of instalments."""
    autopay = models.BooleanField(default=False)
    """Customers may agree on the page of paying that amounts are taken when they fall due."""
    autopay_at_start = models.BooleanField(default=False)
    """The first request already speaks of it."""
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(group=None) | Q(customer=None), name="offer_terms_one_scope"),
        ]
        indexes = [models.Index(fields=["organization", "customer", "group", "since"], name="offer_terms_scope")]


class Consent(OrganizationOwned):
    """That somebody agreed, as evidence: the words that were shown, when, and where from."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=12)
    """`plan` or `deferral`."""
    text = models.TextField()
    language = models.CharField(max_length=12)
    at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    link = models.CharField(max_length=64, blank=True)
    """SHA-256 of the token of the link it came by."""
    key = models.CharField(max_length=64)
    """Of the form: sent twice, it is one consent."""
    automatic = models.BooleanField(default=False)
    """They agreed that each instalment is taken by the automatic payment they have."""
    plan = models.ForeignKey(PaymentPlan, models.CASCADE, null=True, related_name="consents")
    invoice = models.ForeignKey(Invoice, models.CASCADE, null=True, related_name="consents")
    """Whose due date was put off."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="consent_once")]
        indexes = [models.Index(fields=["organization", "customer"], name="consent_of_customer")]


class PlanProposal(OrganizationOwned):
    """A plan beyond the limits, asked for by the customer; a person agrees, changes it or declines."""

    STATES: ClassVar = [(state, state) for state in ("open", "agreed", "declined")]

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="plan_proposals")
    invoices: models.ManyToManyField[Invoice, models.Model] = models.ManyToManyField(
        Invoice, related_name="plan_proposals"
    )
    currency = models.CharField(max_length=3)
    instalments = models.JSONField()
    """[day, minor units], in order."""
    consent = models.OneToOneField(Consent, models.PROTECT, related_name="proposal")
    """They agree to it, should we."""
    message = models.ForeignKey(Message, models.PROTECT, related_name="+")
    """What waits for our answer, so that nothing else is sent."""
    state = models.CharField(max_length=8, choices=STATES, default="open")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    plan = models.ForeignKey(PaymentPlan, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["organization", "id"], condition=Q(state="open"), name="plan_proposal_open"),
        ]


class DiscountTaken(OrganizationOwned):
    """An invoice was paid within its discount, and the rest was credited."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="discounts_taken")
    credit_note = models.OneToOneField(CreditNote, models.PROTECT, related_name="discount_taken")
    percent = models.PositiveIntegerField()
    """Hundredths of a percent."""
    until = models.DateField()
    paid_on = models.DateField()
    undone_at = models.DateTimeField(null=True)
    """The money went back, and the discount with it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice"], condition=Q(undone_at=None), name="discount_taken_once"),
        ]


class Settlement(OrganizationOwned):
    """An agreement to take less: when `amount` comes in on these invoices by `until`, the rest is given up."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="settlements")
    invoices: models.ManyToManyField[Invoice, models.Model] = models.ManyToManyField(
        Invoice, related_name="settlements"
    )
    currency = models.CharField(max_length=3)
    owed = models.BigIntegerField()
    """Open on these invoices when it was agreed."""
    amount = models.BigIntegerField()
    until = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    agreed_on = models.DateField()
    agreed_by = models.CharField(max_length=80)
    taken_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    """A person took it back before it was met."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lt=models.F("owed")), name="settlement_is_less"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "customer"], condition=Q(ended_at=None), name="settlement_of_customer"
            ),
        ]
