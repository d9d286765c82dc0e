# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who owes money: customers with their rules (R7), groups, contacts, and addresses that do not work."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from purring.kit.tenancy import OrganizationOwned

USUAL_TERMS_DAYS = 14
"""Days to pay of a customer who has no terms of their own."""


class Group(OrganizationOwned):
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="group_name_once")]


class Customer(OrganizationOwned):
    """The unit of following up. `version` rises with every fact about the account; a message leaves only if it has not."""

    KINDS: ClassVar = [("business", "business"), ("consumer", "consumer"), ("unknown", "unknown")]
    CLOSENESS: ClassVar = [(c, c) for c in ("new", "regular", "long_standing", "personal")]
    FORMALITY: ClassVar = [(f, f) for f in ("", "formal", "informal")]

    ref = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=KINDS, default="unknown")
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=12)
    timezone = models.CharField(max_length=64, blank=True)
    group = models.ForeignKey(Group, models.SET_NULL, null=True, db_index=False, related_name="customers")
    address_lines = models.TextField(blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    vat_id = models.CharField(max_length=30, blank=True)
    terms_days = models.PositiveIntegerField(null=True)
    po_required = models.BooleanField(default=False)
    pay_run_days = models.JSONField(default=list)
    """Days of the month on which the customer pays; 31 means the last day. Empty: any day."""
    preferred_channel = models.CharField(max_length=10, blank=True)
    preferred_method = models.CharField(max_length=20, blank=True)
    closeness = models.CharField(max_length=14, choices=CLOSENESS, default="regular")
    formality = models.CharField(max_length=10, choices=FORMALITY, blank=True)
    monthly_statement = models.CharField(max_length=3, blank=True, db_default="")
    """`yes`, `no`, or as the organization does."""
    sender = models.ForeignKey("sending.Identity", models.SET_NULL, null=True, db_index=False, related_name="+")
    """The person of ours this customer knows: signs what they get; None: as the schedule says."""
    note = models.TextField(blank=True)
    version = models.BigIntegerField(default=0)
    look_on = models.DateField(null=True)
    """The next day the decision could change without a new fact; every fact sets it to "now"."""
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "ref"], name="customer_ref_once")]
        indexes = [
            models.Index(
                fields=["organization", "look_on", "id"], condition=Q(look_on__isnull=False), name="customer_look_on"
            ),
            models.Index(fields=["organization", "name"], name="customer_name"),
            # A customer's row changes with every fact and every message: what most lack is left out of the index.
            models.Index(fields=["group"], condition=Q(group__isnull=False), name="customer_of_group"),
            models.Index(fields=["sender"], condition=Q(sender__isnull=False), name="customer_of_sender"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def postal_address(self) -> str:
        """In one line, or empty."""
        place = " ".join(part for part in (self.postcode, self.city) if part)
        lines = [line for line in self.address_lines.splitlines() if line.strip()]
        return ", ".join([*lines, place] if place else lines)


class Contact(OrganizationOwned):
    """A person at the customer. The first one in `position` order with a working address is written to."""

    ROLES: ClassVar = [(r, r) for r in ("payment", "billing", "owner", "other")]
    SAID = ("name", "given_name", "family_name", "title", "gender", "email", "phone", "role")
    """What somebody says of a person."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200, blank=True)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=40, blank=True)
    gender = models.CharField(max_length=1, blank=True)
    """`f`, `m` or unknown."""
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=10, choices=ROLES, default="billing")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        indexes = [models.Index(fields=["organization", "customer", "position"], name="contact_of_customer")]

    @property
    def stamp(self) -> str:
        """What a form was made from: another one when somebody else changed the person meanwhile."""
        said = "\0".join(str(getattr(self, name)) for name in self.SAID)
        return hashlib.sha256(said.encode()).hexdigest()[:16]


class AddressTrouble(OrganizationOwned):
    """An address that is never used again: it bounced for good, or it is the wrong person's."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="address_troubles")
    address = models.CharField(max_length=254)
    why = models.CharField(max_length=12)
    """`bounced` or `wrong_person`."""
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "address"], name="address_trouble_once")]


class DetailProposal(OrganizationOwned):
    """What a customer wants corrected where it changes to whom or where we write: a person decides.

    `old` and `new` name the same fields, of the contact `contact.name` or of the customer `city`."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="detail_proposals")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="+")
    """Whom it changes; none: a new person."""
    old = models.JSONField()
    new = models.JSONField()
    key = models.CharField(max_length=40)
    """Of the form: sent twice, it is one proposal."""
    at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    """The network address it came from."""
    agent = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(max_length=8, blank=True)
    """`accepted`, `declined`, `replaced` by a later one, or nothing yet."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="detail_proposal_key_once"),
            models.UniqueConstraint(fields=["customer"], condition=Q(outcome=""), name="detail_proposal_one_open"),
        ]


class Remark(OrganizationOwned):
    """What we note about a customer for ourselves; they never see it. Earlier words stay in the journal."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="remarks")
    text = models.TextField()
    pinned = models.BooleanField(default=False)
    """Stands on top of the customer's page."""
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=32)
    """Of the form: sent twice, it is one."""
    at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="remark_key_once")]
        indexes = [
            models.Index(
                fields=["organization", "customer", "id"], condition=Q(removed_at=None), name="remark_of_customer"
            )
        ]
