# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who asks for money: users, organizations (tenants), their legal entities, and who may do what."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models

from purring.kit.tenancy import OrganizationOwned


def usual_retries() -> list[int]:
    return [3, 7]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """A person who signs in, by e-mail."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=12, blank=True)
    sat_at = models.ForeignKey("organizations.Organization", models.SET_NULL, null=True, related_name="+")
    """The organization the person chose last; there they come in the next time, while they belong to it."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()  # type: ignore[misc,assignment]


class Organization(models.Model):
    """A creditor: one business, the unit that nothing crosses."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    timezone = models.CharField(max_length=64)
    voice = models.CharField(max_length=10, default="neutral")
    """Brand voice of the wording: warm, neutral or formal."""
    sending_from = models.TimeField(default=time(9))
    sending_until = models.TimeField(default=time(11))
    approves_each_day = models.BooleanField(default=False)
    approves_firm = models.BooleanField(default=False, db_default=False)
    """Firm and final messages wait for a person's yes."""
    approves_above = models.CharField(max_length=20, blank=True, default="", db_default="")
    """Messages that ask for more than this wait for a person's yes: major units, the same number in every currency; empty:
    no amount does."""
    approver = models.CharField(max_length=12, default="collector", db_default="collector")
    """Who may give that yes: the role, or one that may do more."""
    most_a_day = models.PositiveIntegerField(null=True)
    """So many messages leave on one day and no more; None: no limit."""
    closed_days = models.JSONField(default=list)
    """[{"first", "last", "why"}]: days of our own on which nothing leaves, first and last of each time, as ISO dates."""
    monthly_statements = models.BooleanField(default=False)
    """The first mail of each month to a customer has the statement of account with it."""
    autopay_days = models.PositiveIntegerField(default=3, db_default=3)
    """An automatic payment is announced this many days before it is taken, or more."""
    autopay_retries = models.JSONField(default=usual_retries)
    """Days after the first try on which one that failed is tried again, rising; empty: never."""
    first_day_approved_at = models.DateTimeField(null=True)
    """Nothing is sent until a person has approved the first day (R23)."""
    second_factor = models.BooleanField(default=False, db_default=False)
    """Everybody who works here comes in with more than a password."""
    paused_until = models.DateField(null=True)
    paused_note = models.CharField(max_length=200, blank=True, default="", db_default="")
    """Why everything is paused, in a person's words."""
    data_checked_on = models.DateField(null=True)
    """The day to which bank or ledger data is complete; with `data_fresh_days` it tells when to doubt."""
    data_fresh_days = models.PositiveIntegerField(null=True)
    wordings = models.CharField(max_length=64, blank=True, default="", db_default="")
    """A digest of all texts of its own in force, empty when there are none: whoever has the organization in hand sees
    without asking whether texts changed."""
    planned_on = models.DateField(null=True)
    """The last local day that was planned to the end."""
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["planned_on"], name="organization_planned_on")]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def today(self, now: datetime) -> date:
        """The organization's calendar day at a moment."""
        return now.astimezone(self.zone).date()


class LegalEntity(OrganizationOwned):
    """A legal person the organization bills as, with the accounts it is paid to and the person who signs."""

    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    registration = models.CharField(max_length=60, blank=True)
    vat_id = models.CharField(max_length=30, blank=True)
    address_lines = models.TextField(blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    accounts = models.JSONField(default=list)
    """[{"scheme", "number", "bic", "label"}], the preferred one first; schemes as in the invoice facts."""
    sender_name = models.CharField(max_length=120, blank=True)
    sender_title = models.CharField(max_length=120, blank=True)
    is_default = models.BooleanField(default=False)
    mail_logo = models.CharField(max_length=40, blank=True)
    """Name of the `MailLogo` above the words of its mails; empty: none. It stands here because every message reads its
    entity anyway."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="entity_name_once"),
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(is_default=True), name="entity_one_default"
            ),
        ]


class Letterhead(OrganizationOwned):
    """How the papers of one legal entity look, and what they carry beside the facts."""

    entity = models.OneToOneField(LegalEntity, models.CASCADE, related_name="letterhead")
    colour = models.CharField(max_length=7, default="#14594d")
    """#rrggbb"""
    font = models.CharField(max_length=20, default="inter")
    """One of `purring.papers.documents.brand.FACES`."""
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=20, blank=True)
    """Its media type: image/png, image/jpeg or image/svg+xml."""
    in_mails = models.BooleanField(default=True)
    """The logo stands above the words of mails too."""
    window = models.CharField(max_length=10, blank=True, default="")
    """Where the address stands: one of `purring.papers.documents.house.windows`, empty: as the country has it."""
    footer = models.TextField(blank=True)
    """Stands below the sums of every paper, under its own note."""
    e_invoice = models.CharField(max_length=12, blank=True)
    """Profile of the data inside the PDF of an invoice: `en16931`, `basic`, `xrechnung`; empty: none."""
    bank_references = models.BooleanField(default=False)
    """References of the bank's own kind (KID, OCR, FIK) are made; they need an agreement with the bank."""


class MailLogo(OrganizationOwned):
    """A logo as mails carry it: a small PNG. Never changed and never taken away, since messages that left name it."""

    name = models.CharField(max_length=40)
    """Of its content, and its size in CSS pixels: `<24 digits of its SHA-256>-<width>x<height>`."""
    content = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="mail_logo_once")]


class Role(models.TextChoices):
    OWNER = "owner"
    ACCOUNTANT = "accountant"
    COLLECTOR = "collector"
    READ_ONLY = "read_only"


class Membership(OrganizationOwned):
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="member_once")]


class Invitation(OrganizationOwned):
    """An invitation to join; the token itself is only in the mail, its hash here."""

    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    """When its newest link was made; earlier links open nothing."""
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)


class ApiKey(OrganizationOwned):
    """A key with which a program comes in, see `keys`. The key itself is with whoever made it; its digest is here.

    A row is never deleted: a key that opens nothing any more stays visible as such."""

    name = models.CharField(max_length=80)
    role = models.CharField(max_length=12, choices=Role.choices)
    public_id = models.CharField(max_length=10, unique=True)
    """Stands in the key: by it the row is found, and a person knows which one it is."""
    digest = models.CharField(max_length=64)
    last_day = models.DateField(null=True)
    """Of the organization's calendar, the last one on which it opens; None: it has no end."""
    form = models.CharField(max_length=32)
    """Of the form it was made with: sent twice, it is one key."""
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    used_at = models.DateTimeField(null=True)
    """Within the hour."""
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "form"], name="api_key_form_once")]

    @property
    def begins(self) -> str:
        """Its beginning, as far as it is kept."""
        return f"purr_{self.public_id}_…"
