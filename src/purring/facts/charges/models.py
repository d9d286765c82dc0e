# SPDX-License-Identifier: AGPL-3.0-or-later
"""Late interest, compensation and fees beside an invoice, which they never change.

What the law gives is worked out for the day asked (`accruing`) and not stored. Stored is what the business and a person
want done with it, and what a message asked for, with that message as its proof. Money set against it lies with the
payments.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Message
from purring.kit.tenancy import OrganizationOwned


class Choice(models.TextChoices):
    """What is to become of the charges beside one invoice. Without a choice they are offered as waived, when everything
    is paid by the day that the message names."""

    PURSUE = "pursue"
    """They are part of what is asked."""
    ASIDE = "aside"
    """They go on accruing, and no message speaks of them."""
    WAIVE = "waive"
    """Given up for good."""
    WAIVE_UNTIL = "waive_until"
    """They fall away when everything is paid by a day the person chose; after it they are asked for."""


class Order(models.TextChoices):
    """What money that comes in for an invoice fills first."""

    PRINCIPAL = "principal"
    """The invoice itself; what is over waits on account. It claims less than most laws allow."""
    LAW = "law"
    """Charges that were asked for, as far as the law fills them before the principal (`filling`)."""


class Policy(OrganizationOwned):
    """What the business has decided about late charges; the journal keeps what it decided before."""

    order = models.CharField(max_length=12, choices=Order.choices, default=Order.PRINCIPAL)
    least = models.CharField(max_length=6, default="high")
    """Charges the law data is less sure of are not put on a message: high, medium or low."""
    less_sure_at = models.DateTimeField(null=True)
    """When a person said that less sure charges are asked too; null while only sure ones are."""
    less_sure_by = models.CharField(max_length=120, blank=True)
    """Who said so, as the journal names people."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="charge_policy_once"),
            models.CheckConstraint(
                condition=Q(least="high", less_sure_at=None) | (~Q(least="high") & Q(less_sure_at__isnull=False)),
                name="charge_policy_said_when",
            ),
        ]


class Handling(OrganizationOwned):
    """A person's choice for one invoice; the journal keeps the choices before it."""

    invoice = models.OneToOneField(Invoice, models.CASCADE, related_name="charge_handling")
    choice = models.CharField(max_length=12, choices=Choice.choices)
    until = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    since = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(choice="waive_until", until__isnull=False) | (~Q(choice="waive_until") & Q(until=None)),
                name="handling_until_fits",
            )
        ]


class AskedCharge(OrganizationOwned):
    """A charge as a message asked for it: accrued to the day of the message. A later message states it anew."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="asked_charges")
    message = models.ForeignKey(Message, models.PROTECT, related_name="asked_charges")
    kind = models.CharField(max_length=12)
    """`interest`, `compensation` or `fee`."""
    amount = models.BigIntegerField()
    """What the message asked."""
    currency = models.CharField(max_length=3)
    paid_before = models.BigIntegerField(default=0)
    """What had been paid of it before the message, which asked for the rest."""
    rule = models.CharField(max_length=300)
    confidence = models.CharField(max_length=6, default="high")
    """How sure the law data was of it."""
    on = models.DateField()
    """The day up to which it accrued: that of the message."""
    generation = models.PositiveIntegerField(default=0)
    """Of the invoice's due date; a new due date makes letters before it no reminders any more."""
    waived_by = models.DateField(null=True)
    """It falls away when everything is paid by this day."""
    withdrawn_at = models.DateTimeField(null=True)
    """The message did not arrive, so nothing was asked."""

    @property
    def whole(self) -> int:
        """With what had been paid of it before the message."""
        return self.amount + self.paid_before

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="asked_charge_positive")]
        indexes = [
            models.Index(fields=["organization", "invoice"], name="asked_charge_of_invoice"),
            models.Index(fields=["organization", "message"], name="asked_charge_of_message"),
        ]
