# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money that came in, and what it was allocated to. Amounts are minor units of the payment's currency.

A payment counts once it is settled; until then it only says that money is on its way. What a settled payment has
not allocated is money on account. A reversal takes money back: the allocation gets a negative twin.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.kit.tenancy import OrganizationOwned


class Payment(OrganizationOwned):
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="payments")
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="payments_meant")
    """The invoice it was meant for, if the payer or the person who recorded it said so."""
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    on = models.DateField()
    method = models.CharField(max_length=20, blank=True)
    """`transfer`, `card`, `cash`, `cheque`, `imported`, ...: free, so that a new provider needs no migration."""
    source = models.CharField(max_length=30)
    external_ref = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    settled_on = models.DateField(null=True)
    failed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.UniqueConstraint(
                fields=["organization", "source", "external_ref"],
                condition=~Q(external_ref=""),
                name="payment_booked_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "customer", "on"], name="payment_of_customer"),
            models.Index(
                fields=["organization", "customer"],
                condition=Q(settled_on=None, failed_on=None),
                name="payment_pending",
            ),
        ]


class Allocation(OrganizationOwned):
    """Part of a settled payment set against an invoice; negative when a reversal takes it back."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="allocations")
    amount = models.BigIntegerField()
    on = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "invoice"], name="allocation_of_invoice"),
            models.Index(fields=["organization", "payment"], name="allocation_of_payment"),
        ]


class ChargeAllocation(OrganizationOwned):
    """Part of a settled payment set against the late charges beside an invoice; negative when it is freed again."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="charge_allocations")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="charge_allocations")
    amount = models.BigIntegerField()
    on = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "invoice"], name="charge_allocation_of_invoice"),
            models.Index(fields=["organization", "payment"], name="charge_allocation_of_payment"),
        ]


class Reversal(OrganizationOwned):
    """Money of a payment that went back (chargeback, refund, returned debit)."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="reversals")
    amount = models.BigIntegerField()
    on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="reversal_positive")]


class Credit(OrganizationOwned):
    """Money on account of a customer in one currency: settled payments less allocations and reversals.

    Kept by the same transaction that books, allocates or reverses; `doctor` recomputes it.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="credits")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "currency"], name="credit_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="credit_not_negative"),
        ]
