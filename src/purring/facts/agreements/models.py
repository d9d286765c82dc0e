# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was agreed: promises to pay, payment plans, holds, and answers to check-ins."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.kit.tenancy import OrganizationOwned


class Promise(OrganizationOwned):
    """A promise to pay, as of `said_on`, by `pay_on`. Kept or broken follows from payments, and is not stored."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="promises")
    invoices: models.ManyToManyField[Invoice, models.Model] = models.ManyToManyField(Invoice, related_name="promises")
    said_on = models.DateField()
    pay_on = models.DateField()
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    said_by_phone = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["organization", "customer"], condition=Q(withdrawn_at=None), name="promise_of_customer"
            )
        ]


class PaymentPlan(OrganizationOwned):
    """Instalments over some invoices of one currency, in force until cancelled or replaced."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="plans")
    invoices: models.ManyToManyField[Invoice, models.Model] = models.ManyToManyField(Invoice, related_name="plans")
    since = models.DateField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "customer"], condition=Q(cancelled_at=None), name="plan_of_customer")
        ]


class Instalment(OrganizationOwned):
    plan = models.ForeignKey(PaymentPlan, models.CASCADE, related_name="instalments")
    number = models.PositiveIntegerField()
    due = models.DateField()
    amount = models.BigIntegerField()

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="instalment_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_positive"),
        ]


class Hold(OrganizationOwned):
    """A person's "not now" for a customer or one invoice; an exclusion is a hold of the customer for good."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="holds")
    invoice = models.ForeignKey(Invoice, models.CASCADE, null=True, related_name="holds")
    exclusion = models.BooleanField(default=False)
    until = models.DateField(null=True)
    """Last silent day; None until released."""
    reason = models.CharField(max_length=300, blank=True)
    since = models.DateField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "customer"], condition=Q(released_at=None), name="hold_of_customer")
        ]


class CheckIn(OrganizationOwned):
    """Did it arrive (`receipt`), are you content (`satisfaction`)? The answer is a fact; silence blocks nothing."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="check_ins")
    invoice = models.ForeignKey(Invoice, models.CASCADE, null=True, related_name="check_ins")
    kind = models.CharField(max_length=12)
    asked_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=12, blank=True)
    """`yes`, `no` or nothing yet."""
    answered_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "customer"], name="check_in_of_customer")]
