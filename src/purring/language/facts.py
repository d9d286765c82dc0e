# SPDX-License-Identifier: Apache-2.0
"""Everything a message may say, as plain values. No wording, no formatting, no database.

The caller fills these in at the moment a message is written, so the words are as true as the facts of that
second. Money is always `int` minor units beside one ISO 4217 currency (a message speaks of one currency).
Empty text, `None` and empty tuples mean "not known or not the case"; the wording then leaves it out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Gender = Literal["f", "m", "unknown"]
CustomerKind = Literal["business", "consumer", "unknown"]
Closeness = Literal["new", "regular", "long_standing", "personal"]
Formality = Literal["formal", "informal", "none"]
Method = Literal["online", "transfer", "card", "direct_debit", "cash", "cheque", "phone", "mobile"]
Previous = Literal["none", "silence", "received"]
CheckIn = Literal["receipt", "satisfaction"]

_IBAN = re.compile("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where money is to be transferred; `label` is the owner's own word for it (empty: none)."""

    number: str
    label: str = ""
    bic: str = ""
    bank: str = ""
    branch: str = ""

    @property
    def is_iban(self) -> bool:
        """Whether the number is an IBAN: its shape and its check digits (ISO 13616, ISO 7064 mod 97-10)."""
        number = self.number.replace(" ", "").upper()
        if not _IBAN.fullmatch(number):
            return False
        return int("".join(str(int(char, 36)) for char in number[4:] + number[:4])) % 97 == 1


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture above the words of an HTML mail: where it is found (`cid:…`, RFC 2392), and its size in CSS pixels."""

    source: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Organization:
    """Who asks."""

    name: str
    sender_name: str = ""
    sender_title: str = ""
    phone: str = ""
    email: str = ""
    reply_to: str = ""
    address_lines: tuple[str, ...] = ()
    accounts: tuple[BankAccount, ...] = ()
    legal_footer: str = ""
    place: str = ""
    """The town a letter is dated from."""
    signature: str = ""
    """A line of the person who signs, such as when they can be reached."""
    logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """The person written to. Only what is known: names are never guessed from each other."""

    given_name: str = ""
    family_name: str = ""
    full_name: str = ""
    title: str = ""
    gender: Gender = "unknown"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who owes: a company (`business`) or a person (`consumer`)."""

    name: str
    kind: CustomerKind = "unknown"
    contact: Contact | None = None
    address_lines: tuple[str, ...] = ()
    """Street, place and country as they stand on an envelope, without the name."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice; the total is what the invoice says, not computed here."""

    description: str
    quantity: Decimal
    unit_price_minor: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that has arrived, booked on a day."""

    on: date
    amount_minor: int
    method: Method | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One invoice (or one instalment of a plan) that the message is about.

    `open_minor` is what is asked for this item now: original minus payments and credit notes, a disputed
    part left out. `days_overdue` is negative before the due date, 0 on it. For an instalment `instalment` is
    (which, of how many) and `number` names the plan's invoices.
    """

    number: str
    due_on: date
    amount_minor: int
    open_minor: int
    days_overdue: int
    paid_minor: int = 0
    disputed_minor: int = 0
    description: str = ""
    purchased_on: date | None = None
    order_status: str = ""
    po_number: str = ""
    issued_on: date | None = None
    lines: tuple[Line, ...] = ()
    instalment: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class WayToPay:
    """A method the organization takes, with its own short note in the customer's language (may be empty)."""

    method: Method
    note: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed last, e.g. by phone. `text` is a short clause in the customer's language, or empty."""

    on: date
    by_phone: bool = False
    text: str = ""
    pay_on: date | None = None
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A promised payment that has not arrived, mentioned kindly."""

    pay_on: date
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """Pay by `until`, pay `amount_minor` instead of the total. `percent` is for reading."""

    percent: Decimal
    until: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge that was agreed or is lawful. With `waived_if_paid_by` it is not part of the total asked now
    and falls away when everything is paid by that day; without, it is part of the total. `text` is the
    agreed basis in the customer's language ("as agreed in our quotation"), or empty. `name` is what the governing
    law calls it in that language ("purregebyr"); empty: the general name."""

    kind: Literal["interest", "compensation", "fee", "agreed"]
    amount_minor: int
    text: str = ""
    waived_if_paid_by: date | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Consequence:
    """One true thing that is intended if nothing happens by `on`. Never a threat, never a legal step.

    call: we will phone · colleague: a person takes it over · pause: further work or deliveries wait ·
    prepay: new orders are paid in advance · charge: the agreed or lawful charge is added · own: `text` as
    given, one whole sentence in the customer's language.
    """

    code: Literal["call", "colleague", "pause", "prepay", "charge", "own"]
    on: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment of a plan that is offered or agreed."""

    on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an answer offers, each part only when a person or the house's limits allow it.

    `instalments` in order; `deferred_until` is the new day for all of it (also the customer's own pay run);
    `in_kind` is a clause in the customer's language for what would be taken instead of money ("two days of
    your photography"), or empty.
    """

    instalments: tuple[Instalment, ...] = ()
    deferred_until: date | None = None
    in_kind: str = ""


@dataclass(frozen=True, slots=True)
class Legal:
    """What the governing law adds to this very message, as finished words in the customer's language.

    `text` is what must be said in it (a right to object, the itemised claim), one or more whole sentences.
    `document` is the local name of such a letter ("betalingspåminnelse"), for headings and the call sheet.
    """

    text: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Debit:
    """Money that is taken automatically: on which day, from which way of paying ("Visa 4242"), and whether it is tried
    again should it not go through."""

    on: date
    way: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """All facts of one message to one customer in one currency.

    `total_minor` is what is asked now: the items' open amounts, less `credit_minor` on account, plus charges
    that are not offered as waived. For a thank-you it is what remains open (0: settled) and `received` is
    the payment.
    """

    today: date
    organization: Organization
    customer: Customer
    currency: str
    items: tuple[Item, ...] = ()
    total_minor: int = 0
    credit_minor: int = 0
    reference: str = ""
    pay_link: str = ""
    ways: tuple[WayToPay, ...] = ()
    preferred_method: Method | None = None
    closeness: Closeness = "regular"
    formality: Formality = "none"
    relation: str = ""
    pay_by: date | None = None
    payments: tuple[Payment, ...] = ()
    received: Payment | None = None
    previous: Previous = "none"
    previous_on: date | None = None
    agreement: Agreement | None = None
    broken_promise: BrokenPromise | None = None
    instalments_offered: int = 0
    discount: Discount | None = None
    charges: tuple[Charge, ...] = ()
    consequence: Consequence | None = None
    attachments: tuple[str, ...] = ()
    check_in: CheckIn = "receipt"
    terms_days: int | None = None
    terms_text: str = ""
    autopay_offered: bool = False
    """Automatic payment (direct debit, card on file) may be set up, with consent."""
    debit: Debit | None = None
    """What is announced, when automatic payment is."""
    confirm_receipt: bool = False
    """With the request we ask for a word that it arrived."""
    answers: tuple[tuple[str, str], ...] = ()
    """Answer buttons: (code, link) with the codes of ``pages.txt`` (received, question, paid, ...), in order."""
    page_link: str = ""
    """The customer's page, where everything else is."""
    earlier: tuple[date, ...] = ()
    """The days we wrote about this before, for a call."""
    replied_on: date | None = None
    """The day of the customer's message that is being answered."""
    answer_by: date | None = None
    """The day by which we come back to them."""
    proposal: Proposal = field(default_factory=Proposal)
    legal: Legal = field(default_factory=Legal)
    extra: Mapping[str, str] = field(default_factory=dict)
    """The user's own fields (`{{ extra.colour }}`): plain text, e.g. from an import."""

    @property
    def asked_minor(self) -> int:
        """What is to be paid first: the agreed amount where an agreement that still stands names a smaller one,
        else the total."""
        agreed = self.agreement.amount_minor if self.agreement and not self.broken_promise else None
        return agreed if agreed and agreed < self.total_minor else self.total_minor

    @property
    def asked_by(self) -> date | None:
        """The day to pay by: the agreed one while it has not passed, else `pay_by`."""
        agreed = self.agreement.pay_on if self.agreement and not self.broken_promise else None
        return agreed if agreed and agreed >= self.today else self.pay_by
