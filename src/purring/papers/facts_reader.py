# SPDX-License-Identifier: Apache-2.0
"""From a parsed JSON object to the facts of a paper. Nothing here computes; see `purring.papers.totals`."""

from __future__ import annotations

import re
from decimal import Decimal

from babel.numbers import get_territory_currencies

from purring.core.schedule import STAGES
from purring.papers.facts import (
    ACCOUNT_SCHEMES,
    CHARGE_KINDS,
    INVOICE_KINDS,
    PAPERS,
    TAX_CATEGORIES,
    Account,
    Address,
    Buyer,
    Charge,
    EarlyPayment,
    Endpoint,
    Facts,
    Instalment,
    InvoiceFacts,
    Line,
    Payment,
    PlanFacts,
    ReceiptFacts,
    ReminderFacts,
    Seller,
    StatementFacts,
    StatementInvoice,
)
from purring.papers.facts_values import LONG, Value, refuse_too_large, refused
from purring.papers.totals import line_gross

MAX_LINES = 2_000
MAX_ROWS = 5_000
MAX_FEW = 100

_INVOICE_REQUIRED = ("seller", "buyer", "number", "issued", "due", "currency", "lines")
_INVOICE_OPTIONAL = (
    *("kind", "corrects", "delivered", "deliver_to_country", "order", "status", "note", "payment_link"),
    *("paid", "charges", "early_payment", "reference"),
)
_ADDED = {
    "reminder": ("stage", "language", "days_overdue"),
    "receipt": ("payment",),
    "plan": ("instalments",),
}
_UNIT = re.compile("[A-Z0-9]{2,3}")


def read(paper: str, obj: object) -> Facts:
    if paper not in PAPERS:
        raise refused("", f"{paper!r} is not a paper; use one of {', '.join(PAPERS)}")
    top = Value(obj)
    if paper == "statement":
        return _statement(top)
    required = (*_INVOICE_REQUIRED, *(name for name in _ADDED.get(paper, ()) if name != "language"))
    top.object(required, (*_INVOICE_OPTIONAL, "language") if paper == "reminder" else _INVOICE_OPTIONAL)
    invoice = _invoice(top, paper)
    if paper == "reminder":
        return ReminderFacts(
            invoice,
            top["stage"].one_of(STAGES),
            invoice.buyer.language if top["language"].absent else top["language"].language(),
            top["days_overdue"].whole(-3_660, 36_600),
        )
    if paper == "receipt":
        return ReceiptFacts(invoice, _payment(top["payment"], invoice.currency))
    if paper == "plan":
        instalments = tuple(_instalment(one, invoice.currency) for one in top["instalments"].items(MAX_FEW * 5))
        if not instalments:
            raise refused("instalments", "at least one is needed", "missing")
        return PlanFacts(invoice, instalments)
    return invoice


def _invoice(top: Value, paper: str) -> InvoiceFacts:
    own = paper if paper in ("credit_note", "payment_request") else ""
    kind = top["kind"].one_of(INVOICE_KINDS) if not top["kind"].absent else own or "invoice"
    if own and kind != own:
        raise refused("kind", f"{kind!r} does not fit, this paper is a {own}; leave kind out")
    currency = top["currency"].currency()
    lines = tuple(_line(one, currency) for one in top["lines"].items(MAX_LINES))
    if not lines:
        raise refused("lines", "at least one line is needed", "missing")
    early = (_early(one) for one in top["early_payment"].items(MAX_FEW))
    return InvoiceFacts(
        kind=kind,
        seller=_seller(top["seller"]),
        buyer=_buyer(top["buyer"]),
        number=top["number"].text(60),
        corrects=top["corrects"].optional_text(60),
        issued=top["issued"].day(),
        due=top["due"].day(),
        delivered=top["delivered"].optional_day(),
        deliver_to_country=_country(top["deliver_to_country"]),
        currency=currency,
        order=top["order"].optional_text(),
        status=top["status"].optional_text(),
        note=top["note"].optional_text(LONG),
        payment_link=_link(top["payment_link"]),
        lines=lines,
        paid=top["paid"].optional_amount(currency),
        charges=tuple(_charge(one, currency) for one in top["charges"].items(MAX_FEW)),
        early_payment=tuple(sorted(early, key=lambda one: one.until)),
        reference=top["reference"].optional_text(140),
    )


def _statement(top: Value) -> StatementFacts:
    top.object(
        ("seller", "buyer", "as_of", "invoices"),
        ("payments", "currency", "payment_link", "reference", "note", "language"),
    )
    seller, buyer = _seller(top["seller"]), _buyer(top["buyer"])
    if top["currency"].absent:  # not asked for here: it is the money of the seller's country
        known = get_territory_currencies(seller.country)
        if len(known) != 1:
            raise refused("currency", "is missing", "missing")
        currency = str(known[0])
    else:
        currency = top["currency"].currency()
    return StatementFacts(
        seller=seller,
        buyer=buyer,
        as_of=top["as_of"].day(),
        currency=currency,
        invoices=tuple(_row(one, currency) for one in top["invoices"].items(MAX_ROWS)),
        payments=tuple(_payment(one, currency) for one in top["payments"].items(MAX_ROWS)),
        payment_link=_link(top["payment_link"]),
        reference=top["reference"].optional_text(140),
        note=top["note"].optional_text(LONG),
        language=buyer.language if top["language"].absent else top["language"].language(),
    )


def _row(one: Value, currency: str) -> StatementInvoice:
    one.object(("number", "issued", "due", "amount"), ("paid", "balance"))
    amount = one["amount"].amount(currency, least=None)
    paid = one["paid"].optional_amount(currency, least=None)
    balance = amount - paid if one["balance"].absent else one["balance"].amount(currency, least=None)
    if balance != amount - paid:
        raise refused(f"{one.path}.balance", "is not the amount less what is paid", "bad_amount")
    return StatementInvoice(one["number"].text(60), one["issued"].day(), one["due"].day(), amount, paid, balance)


def _seller(one: Value) -> Seller:
    one.object(("name", "country"), ("address", "vat_id", "registration", "accounts", "endpoint", "email", "phone"))
    return Seller(
        name=one["name"].text(),
        country=one["country"].country(),
        address=_address(one["address"]),
        vat_id=one["vat_id"].optional_text(40),
        registration=one["registration"].optional_text(),
        accounts=tuple(_account(account) for account in one["accounts"].items(MAX_FEW)),
        endpoint=_endpoint(one["endpoint"]),
        email=one["email"].optional_text(),
        phone=one["phone"].optional_text(60),
    )


def _buyer(one: Value) -> Buyer:
    one.object(
        ("name",),
        ("contact", "address", "country", "language", "vat_id", "reference", "email", "endpoint"),
    )
    return Buyer(
        name=one["name"].text(),
        contact=one["contact"].optional_text(),
        address=_address(one["address"]),
        country=_country(one["country"]),
        language="" if one["language"].absent else one["language"].language(),
        vat_id=one["vat_id"].optional_text(40),
        reference=one["reference"].optional_text(),
        email=one["email"].optional_text(),
        endpoint=_endpoint(one["endpoint"]),
    )


def _address(one: Value) -> Address:
    if one.absent:
        return Address()
    one.object((), ("lines", "postcode", "city"))
    lines = (line.optional_text() for line in one["lines"].items(10))
    return Address(
        tuple(line for line in lines if line), one["postcode"].optional_text(40), one["city"].optional_text()
    )


def _account(one: Value) -> Account:
    one.object(("scheme", "number"), ("bic", "city"))
    return Account(
        scheme=one["scheme"].one_of(ACCOUNT_SCHEMES),
        number=one["number"].text(100),
        bic=one["bic"].optional_text(20),
        city=one["city"].optional_text(),
    )


def _endpoint(one: Value) -> Endpoint | None:
    if one.absent:
        return None
    one.object(("scheme", "id"))
    return Endpoint(one["scheme"].text(10), one["id"].text())


def _line(one: Value, currency: str) -> Line:
    one.object(
        ("description", "unit_price"),
        ("quantity", "unit", "discount", "tax_rate", "tax_category", "exemption_reason"),
    )
    rate = Decimal(0) if one["tax_rate"].absent else one["tax_rate"].percent()
    unit = "C62" if one["unit"].absent else one["unit"].text(3)
    if not _UNIT.fullmatch(unit):
        raise refused(one["unit"].path, f"{unit!r} is not a unit of UN/ECE rec. 20; use a code such as C62 or HUR")
    line = Line(
        description=one["description"].text(LONG),
        quantity=Decimal(1) if one["quantity"].absent else one["quantity"].decimal(negative=True),
        unit=unit,
        unit_price=one["unit_price"].decimal(),
        discount=one["discount"].optional_amount(currency),
        tax_rate=rate,
        tax_category=one["tax_category"].one_of(TAX_CATEGORIES)
        if not one["tax_category"].absent
        else ("S" if rate else "Z"),
        exemption_reason=one["exemption_reason"].optional_text(LONG),
    )
    refuse_too_large(one.path, line_gross(line, currency))
    return line


def _charge(one: Value, currency: str) -> Charge:
    one.object(("kind", "amount"), ("rule",))
    return Charge(one["kind"].one_of(CHARGE_KINDS), one["amount"].amount(currency), one["rule"].optional_text(LONG))


def _early(one: Value) -> EarlyPayment:
    one.object(("percent", "until"))
    return EarlyPayment(one["percent"].percent(), one["until"].day())


def _payment(one: Value, currency: str) -> Payment:
    one.object(("on", "amount"), ("method",))
    return Payment(one["on"].day(), one["amount"].amount(currency, least=1), one["method"].optional_text())


def _instalment(one: Value, currency: str) -> Instalment:
    one.object(("due", "amount"))
    return Instalment(one["due"].day(), one["amount"].amount(currency, least=1))


def _country(one: Value) -> str:
    return "" if one.absent else one.country()


def _link(one: Value) -> str:
    return "" if one.absent else one.link()
