# SPDX-License-Identifier: Apache-2.0
"""What a paper is made from: the typed, validated facts of an invoice and of the papers around it.

`read_facts` turns a JSON object into one of the classes below and refuses what does not fit, naming the place. Inside,
amounts are whole minor units of the paper's currency (see `purring.core.money`); quantities, unit prices and
percentages are `Decimal`. An absent text is empty, an absent date is None. What is well formed but unwise (due before
issued, tax at 19 % in a tax-free category) is not refused here: `purring.papers.preflight` tells it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

INVOICE_KINDS = ("invoice", "credit_note", "payment_request")
PAPERS = (*INVOICE_KINDS, "reminder", "statement", "receipt", "plan")
ACCOUNT_SCHEMES = ("iban", "no", "bankgiro", "fik", "upi", "pix", "za", "us", "gb", "au", "ca")
CHARGE_KINDS = ("interest", "compensation", "fee")
TAX_CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B")
"""EN 16931 (UNCL 5305): standard, zero, exempt, reverse charge, intra-community, export, outside tax, Canary Islands,
Ceuta and Melilla, split payment."""


@dataclass(frozen=True, slots=True)
class Address:
    lines: tuple[str, ...] = ()
    postcode: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Where to pay. The number stands as it was given, blanks and all."""

    scheme: str
    """One of `ACCOUNT_SCHEMES`."""
    number: str
    bic: str = ""
    city: str = ""
    """Of the payee, which Pix wants to know."""

    @property
    def compact(self) -> str:
        """The number without blanks, dots and dashes, in capitals: an IBAN or a national number to compute with."""
        return "".join(sign for sign in self.number if sign.isalnum()).upper()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An electronic address: the scheme of the EAS list (`9930`, `0192`, `EM`, ...) and the identifier in it."""

    scheme: str
    id: str


@dataclass(frozen=True, slots=True)
class Seller:
    name: str
    country: str
    address: Address = Address()
    vat_id: str = ""
    registration: str = ""
    accounts: tuple[Account, ...] = ()
    """The preferred one first."""
    endpoint: Endpoint | None = None
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    name: str
    contact: str = ""
    address: Address = Address()
    country: str = ""
    language: str = ""
    vat_id: str = ""
    reference: str = ""
    """What the buyer wants to read on it: a purchase order, a cost centre, a Leitweg-ID."""
    email: str = ""
    endpoint: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One thing asked for. Its net amount is computed by `purring.papers.totals.line_net`."""

    description: str
    unit_price: Decimal
    """Major units, net of tax, never negative."""
    quantity: Decimal = Decimal(1)
    """Negative for what came back."""
    unit: str = "C62"
    """UN/ECE recommendation 20; C62 is a piece."""
    discount: int = 0
    """An amount off this line, minor units."""
    tax_rate: Decimal = Decimal(0)
    """Percent."""
    tax_category: str = "Z"
    exemption_reason: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """Asked for beside the invoice: late interest, compensation, a fee. Never part of it."""

    kind: str
    amount: int
    rule: str = ""


@dataclass(frozen=True, slots=True)
class EarlyPayment:
    """A discount of `percent` off the gross for paying not later than `until`."""

    percent: Decimal
    until: date


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    kind: str
    """One of `INVOICE_KINDS`."""
    seller: Seller
    buyer: Buyer
    number: str
    issued: date
    due: date
    currency: str
    lines: tuple[Line, ...]
    corrects: str = ""
    """The number of the invoice a credit note corrects."""
    delivered: date | None = None
    deliver_to_country: str = ""
    order: str = ""
    status: str = ""
    note: str = ""
    payment_link: str = ""
    paid: int = 0
    charges: tuple[Charge, ...] = ()
    early_payment: tuple[EarlyPayment, ...] = ()
    """By day, the earliest first."""
    reference: str = ""
    """The payment reference that was given out, in any scheme; empty: none yet."""


@dataclass(frozen=True, slots=True)
class ReminderFacts:
    invoice: InvoiceFacts
    stage: str
    """One of `purring.core.schedule.STAGES`."""
    language: str
    days_overdue: int
    """Negative: so many days before it is due."""


@dataclass(frozen=True, slots=True)
class Payment:
    on: date
    amount: int
    method: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    invoice: InvoiceFacts
    payment: Payment


@dataclass(frozen=True, slots=True)
class Instalment:
    due: date
    amount: int


@dataclass(frozen=True, slots=True)
class PlanFacts:
    invoice: InvoiceFacts
    instalments: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True)
class StatementInvoice:
    """One row of a statement; a credit note's amounts are negative."""

    number: str
    issued: date
    due: date
    amount: int
    paid: int
    balance: int


@dataclass(frozen=True, slots=True)
class StatementFacts:
    seller: Seller
    buyer: Buyer
    as_of: date
    currency: str
    invoices: tuple[StatementInvoice, ...]
    payments: tuple[Payment, ...] = ()
    payment_link: str = ""
    reference: str = ""
    note: str = ""
    language: str = ""
    """The buyer's when not said."""


Facts = InvoiceFacts | ReminderFacts | ReceiptFacts | PlanFacts | StatementFacts


def read_facts(paper: str, obj: object) -> Facts:
    """The facts of a paper (one of `PAPERS`) from a parsed JSON object; its keys are the names of the fields here.

    The papers around an invoice (reminder, receipt, plan) are one flat object: the invoice's keys and their own.
    `payment_request` and `credit_note` settle the kind; `invoice` takes the kind the object says. Raises `Refused`
    with the place in its message and in `path`: `unknown_key`, `missing`, `bad_amount`, `bad_date`, `bad_link`,
    `unknown_currency`, `unknown_country`, `control_character`, `too_many`, `too_long`, else `bad_facts`.
    """
    from purring.papers.facts_reader import read  # it needs the classes above

    return read(paper, obj)


def read_invoice(obj: object, paper: str = "invoice") -> InvoiceFacts:
    """`read_facts` for the papers that are an invoice, a credit note or a payment request."""
    facts = read_facts(paper, obj)
    assert isinstance(facts, InvoiceFacts)
    return facts
