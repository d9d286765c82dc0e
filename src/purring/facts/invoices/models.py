# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked for: invoices and payment requests with lines and attachments, credit notes, closures, repeats.

An invoice's amount never changes. What is open follows from credit notes, closures and allocations, which are rows of
their own; their sums stand on the invoice too, written in the same transaction by `payments.settling` alone, so that a
round reads one row per invoice. `doctor` recomputes them from the rows and from the journal.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from purring.facts.customers.models import Customer
from purring.facts.organizations.models import LegalEntity
from purring.kit.tenancy import OrganizationOwned


class Invoice(OrganizationOwned):
    """An invoice (imported or ours) or a plain payment request. Amounts are minor units of `currency`."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoices")
    entity = models.ForeignKey(LegalEntity, models.PROTECT, null=True, related_name="invoices")
    kind = models.CharField(max_length=16, default="invoice")
    """`invoice` or `payment_request`."""
    number = models.CharField(max_length=60)
    description = models.TextField(blank=True)
    issued = models.DateField()
    due = models.DateField()
    purchased_on = models.DateField(null=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    allocated = models.BigIntegerField(default=0)
    credited = models.BigIntegerField(default=0)
    forgiven = models.BigIntegerField(default=0)
    """Open when it was voided or written off."""
    po_number = models.CharField(max_length=60, blank=True)
    order_status = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    """Payment reference to be printed; the number when empty."""
    pay_link = models.CharField(max_length=500, blank=True)
    known_on = models.DateField()
    """The first day it could be asked for."""
    generation = models.PositiveIntegerField(default=0)
    """Rises with a new due date: the ladder starts afresh."""
    settled_on = models.DateField(null=True)
    checked_at = models.DateTimeField(null=True)
    """A person looked at the findings of the check before the first reminder and let it go on."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "customer", "number"], name="invoice_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_amount_positive"),
            models.CheckConstraint(
                condition=Q(amount__gte=F("allocated") + F("credited") + F("forgiven")),
                name="invoice_balance_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "customer", "due", "id"], condition=Q(settled_on=None), name="invoice_open"
            ),
            models.Index(fields=["organization", "due", "id"], condition=Q(settled_on=None), name="invoice_open_due"),
            models.Index(
                fields=["organization", "number", "id"], condition=Q(settled_on=None), name="invoice_open_number"
            ),
            models.Index(  # all that sums of what is open ask for
                fields=[
                    "organization",
                    "settled_on",
                    "currency",
                    "customer",
                    "due",
                    "amount",
                    "allocated",
                    "credited",
                    "forgiven",
                ],
                condition=Q(settled_on=None),
                name="invoice_open_sums",
            ),
            models.Index(fields=["organization", "currency", "issued", "amount"], name="invoice_sales"),
            models.Index(fields=["organization", "amount", "id"], name="invoice_amount"),
            models.Index(fields=["organization", "number"], name="invoice_number"),
            models.Index(fields=["organization", "due", "id"], name="invoice_due"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def balance(self) -> int:
        """Open now, in minor units; never negative."""
        return self.amount - self.credited - self.forgiven - self.allocated


class InvoiceLine(OrganizationOwned):
    """A line for people to read; amounts in minor units, quantity as decimal."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    description = models.CharField(max_length=500)
    quantity = models.DecimalField(max_digits=14, decimal_places=4, default=1)
    unit_price = models.BigIntegerField(null=True)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    total = models.BigIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["invoice", "position"], name="line_position_once")]


class Attachment(OrganizationOwned):
    """A document of an invoice, usually the original PDF, or one of a customer as a whole: a statement of account that went
    with a message, or a file we keep about them. In the database, so that a backup is one moment."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, null=True, related_name="attachments")
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="statements")
    """Whose document it is when it belongs to no invoice."""
    as_of = models.DateField(null=True)
    """The day of a statement; empty for any other file."""
    filename = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "sha256"], name="attachment_once"),
            models.UniqueConstraint(
                fields=["customer", "sha256"], condition=Q(customer__isnull=False), name="statement_kept_once"
            ),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, customer=None, as_of=None) | Q(invoice=None, customer__isnull=False),
                name="attachment_of_invoice_or_customer",
            ),
        ]


class CreditNote(OrganizationOwned):
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="credit_notes")
    number = models.CharField(max_length=60, blank=True)
    amount = models.BigIntegerField()
    issued = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="credit_note_positive")]
        indexes = [models.Index(fields=["organization", "invoice"], name="credit_note_of_invoice")]


class Closure(OrganizationOwned):
    """The rest is no longer asked for: `void` or `write_off`. `amount` is what was open then."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="closures")
    kind = models.CharField(max_length=10)
    amount = models.BigIntegerField()
    on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice"], condition=Q(undone_at=None), name="closure_one_at_a_time"),
        ]
        indexes = [models.Index(fields=["organization", "invoice"], name="closure_of_invoice")]


class Series(OrganizationOwned):
    """Numbers of one legal entity without gaps: `F-2026-0001`, `F-2026-0002`, in the order of their dates."""

    entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="series")
    kind = models.CharField(max_length=16, default="invoice")
    """What it numbers: `invoice`, `payment_request` or `credit_note`."""
    prefix = models.CharField(max_length=40, blank=True)
    with_year = models.BooleanField(default=True)
    """The year stands in the number, and each year begins with 1."""
    width = models.PositiveIntegerField(default=4)
    last = models.PositiveIntegerField(default=0)
    last_on = models.DateField(null=True)
    """The date of the last document numbered; an earlier one is refused."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "kind", "prefix"], name="series_once")]


class Issued(OrganizationOwned):
    """What we issued ourselves: the facts of the document as they stood then, never changed. The e-invoice is made from
    them at any time; the paper is printed once and kept."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, null=True, related_name="issued_here")
    credit_note = models.OneToOneField(CreditNote, models.PROTECT, null=True, related_name="issued_here")
    series = models.ForeignKey(Series, models.PROTECT, related_name="issued")
    position = models.PositiveIntegerField()
    """Its number in the series and year."""
    year = models.PositiveIntegerField()
    facts = models.JSONField()
    """Invoice facts (see `purring.papers.facts`)."""
    paper = models.OneToOneField(Attachment, models.PROTECT, null=True, related_name="+")
    """The PDF; empty until it is printed, which follows the numbering and is no part of it."""
    key = models.CharField(max_length=32, blank=True)
    """Of the form it came from: sent twice, it is issued once."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "position"], name="issued_number_once"),
            models.UniqueConstraint(fields=["organization", "key"], condition=~Q(key=""), name="issued_key_once"),
            models.CheckConstraint(
                condition=Q(invoice=None, credit_note__isnull=False) | Q(invoice__isnull=False, credit_note=None),
                name="issued_one_document",
            ),
        ]
        indexes = [models.Index(fields=["organization", "id"], condition=Q(paper=None), name="issued_unprinted")]


class Repeat(OrganizationOwned):
    """A payment request that comes again: a new one is made on `next_on`, then every `every_months`."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="repeats")
    entity = models.ForeignKey(LegalEntity, models.PROTECT, null=True, related_name="+")
    description = models.TextField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    terms_days = models.PositiveIntegerField(default=14)
    number_prefix = models.CharField(max_length=40)
    made = models.PositiveIntegerField(default=0)
    """How many were made. Their numbers are those of the series with this prefix; one that is older than its series
    goes on from here."""
    day_of_month = models.PositiveIntegerField()
    every_months = models.PositiveIntegerField(default=1)
    next_on = models.DateField(null=True)
    until = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["next_on"], condition=Q(ended_at=None), name="repeat_next_on")]
