# SPDX-License-Identifier: AGPL-3.0-or-later
"""Payment providers as plug-ins: what Purring asks of one, and what one tells back.

A provider is one small file with no Django model in sight, found by the entry point group `purring.payment`; its name
is a free string, so a new one needs no migration. The payer is always sent to the provider's own page (full redirect):
no card data comes near us. What a provider's notice says is never believed; it only says what to look at, and
`fetch` asks the provider itself. Amounts are whole minor units of an ISO 4217 currency.

Errors: `Refused` for what we or the settings did wrong (`bad_settings`, `bad_signature`, `not_offered`), `Trouble` for
the outside world; `Trouble(permanent=True)` when trying again with the same key cannot help. A provider never retries
by itself and never sleeps: rounds do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class State(StrEnum):
    """What became of the money, as the provider tells it when asked."""

    OPEN = "open"
    """Nobody has paid yet; the page is still there."""
    AGREED = "agreed"
    """The payer has agreed; the money is taken when we say so (`Completing`)."""
    PENDING = "pending"
    """The payer has done their part, the money is on its way (a debit, a transfer, a check by the provider)."""
    PAID = "paid"
    FAILED = "failed"
    """Declined or returned before it counted; the payer may try again."""
    ENDED = "ended"
    """Expired or cancelled, or unknown to the provider by now (then without amount and currency): nothing can come of
    it any more."""


class Back(StrEnum):
    """Why money of a payment went back."""

    REFUND = "refund"
    CHARGEBACK = "chargeback"
    """Taken back by the payer's bank or in a dispute with the provider."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the payer is to pay. `key` is our attempt's own id: the idempotency key, and how truth finds its way home."""

    key: str
    amount: int
    currency: str
    description: str
    """What for, in the payer's language, as it stands on the provider's page and the bank statement's second line."""
    reference: str
    return_url: str
    cancel_url: str
    language: str = ""
    email: str = ""
    methods: Sequence[str] = ()
    """Ways offered, as this provider names them; empty: all that its account allows."""
    keep: bool = False
    """Ask to keep the way of paying for later payments (autopay); only after the payer agreed on our page."""


@dataclass(frozen=True, slots=True)
class Started:
    """An attempt at the provider: its id there, and the page the payer is sent to."""

    ref: str
    url: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of the provider, its signature checked: one id for ever, and what it says to look at."""

    id: str
    kind: str
    ref: str
    """What `fetch` is to be asked; empty when it concerns nothing of ours."""
    account: str = ""
    live: bool | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """Money that went back, or is claimed back. `done`: it has left; otherwise it is asked for or in dispute."""

    ref: str
    why: Back
    amount: int
    done: bool
    on: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A way of paying that the payer let us keep: the provider's token, and words a person recognises it by."""

    ref: str
    label: str
    """Such as "Visa 4242" or "DE… 3000"; never a whole number."""
    payer: str = ""
    """The provider's own id of the payer, where it needs one."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What the provider says when asked about an attempt or a payment."""

    ref: str
    state: State
    amount: int
    currency: str
    key: str = ""
    """Our attempt's id as the provider kept it; empty when it did not come from us."""
    payment_ref: str = ""
    """The provider's id of the money itself, unique for ever; what refunds name. Set once money moves."""
    paid_at: datetime | None = None
    method: str = ""
    fee: int | None = None
    account: str = ""
    live: bool | None = None
    returned: Sequence[Returned] = ()
    kept: Kept | None = None
    why: str = ""
    """For a failure: the provider's reason, one line."""


@runtime_checkable
class Provider(Protocol):
    """One account at one provider. Built by a plug-in's `connect(settings)`."""

    name: str

    def start(self, wanted: Wanted) -> Started:
        """Make the provider's page. The same key again gives the same attempt."""

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """Check the signature over the raw bytes and read the notice. Header names arrive in small letters.

        Refuses `bad_signature` (wrong, missing, too old, from the future) and `bad_notice` (signed, but unreadable).
        """

    def fetch(self, ref: str) -> Truth:
        """Ask what became of an attempt or payment; `ref` is `Started.ref`, `Notice.ref` or `Truth.payment_ref`."""

    def refund(self, payment_ref: str, amount: int, currency: str, key: str) -> Returned:
        """Send money back. The same key again sends nothing twice."""

    def end(self, ref: str) -> None:
        """Close the provider's page, so that nobody pays what is settled. Silent when it is closed already."""

    def changed_since(self, moment: datetime) -> Iterable[str]:
        """Refs of what changed, for an installation no webhook can reach. Bounded: at most a few pages a call."""


@runtime_checkable
class Completing(Protocol):
    """A provider whose payers agree first: nothing is taken before we have looked once more that it is still owed."""

    def complete(self, ref: str, key: str) -> Truth:
        """Take the agreed amount. The same key again takes nothing twice."""


@runtime_checkable
class Charging(Protocol):
    """A provider that can take money from a kept way of paying."""

    def charge(self, kept: Kept, wanted: Wanted) -> Truth:
        """Take the amount now. The same key again takes nothing twice."""

    def forget(self, kept: Kept) -> None:
        """The payer ended the consent: the provider drops what it kept."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a provider's settings need: `secret` ones are kept encrypted and never shown again."""

    key: str
    label: str
    secret: bool = False
    required: bool = True
    hint: str = ""


@runtime_checkable
class TellsMode(Protocol):
    """A plug-in whose settings tell whether real money moves."""

    def is_live(self, settings: Mapping[str, str]) -> bool:
        """False for keys to try it with."""


class Plugin(Protocol):
    """What an entry point of the group `purring.payment` names: a module or object with these."""

    NAME: str
    TITLE: str
    FIELDS: Sequence[Field]

    def connect(self, settings: Mapping[str, str]) -> Provider:
        """The provider for these settings. Refuses `bad_settings` naming the field. Makes no connection."""
