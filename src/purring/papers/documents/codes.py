# SPDX-License-Identifier: Apache-2.0
"""Which QR code and which payment reference a paper shows. The codes themselves are made in `purring.papers.qr`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from purring.core.money import exponent
from purring.papers.documents.house import sheet_of
from purring.papers.facts import Account, InvoiceFacts, Line, PlanFacts, StatementFacts
from purring.papers.totals import totals

_SCHEMES = {"epc": "iban", "swiss": "iban", "slip": "iban", "spayd": "iban", "upi": "upi", "pix": "pix"}
SLIP_FONT = "Liberation Sans"


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code to print: `kind` is "slip" (the whole Swiss payment part, 210 by 105 mm) or a kind of `papers.qr`."""

    kind: str
    svg: str


def code_for(facts: InvoiceFacts, language: str) -> Code | None:
    """The code that asks for what is payable, or None: nothing is, it is a credit note, or no account has one."""
    from purring.papers.qr import qr_for

    if facts.kind == "credit_note" or totals(facts).payable <= 0:
        return None
    code = qr_for(facts)
    if code is None:
        return None
    if code.kind == "swiss" and sheet_of(facts.seller.country).width == 210:
        from purring.papers.qr.slip import slip_svg
        from purring.papers.qr.swiss import swiss_bill

        return Code("slip", slip_svg(swiss_bill(facts), language, fonts=SLIP_FONT))
    return Code(code.kind, code.svg(quiet=0))


def account_of(facts: InvoiceFacts, code: Code | None) -> Account | None:
    """The account that stands beside the code: the one it pays to, else the preferred one."""
    scheme = _SCHEMES.get(code.kind, "") if code else ""
    accounts = facts.seller.accounts
    return next((one for one in accounts if one.scheme == scheme), accounts[0] if accounts else None)


def next_instalment(facts: PlanFacts) -> InvoiceFacts:
    """The invoice as if only the plan's first instalment were open."""
    invoice = replace(facts.invoice, due=facts.instalments[0].due, early_payment=(), charges=())
    return replace(invoice, paid=totals(invoice).gross - facts.instalments[0].amount)


def whole_balance(facts: StatementFacts) -> InvoiceFacts:
    """The balance of a statement as one thing asked for, under the statement's own reference."""
    balance = sum(row.balance for row in facts.invoices)
    line = Line("balance", Decimal(max(balance, 0)).scaleb(-exponent(facts.currency)))
    return InvoiceFacts(
        kind="payment_request",
        seller=facts.seller,
        buyer=facts.buyer,
        number=facts.reference or f"{facts.as_of:%Y-%m-%d}",
        issued=facts.as_of,
        due=facts.as_of,
        currency=facts.currency,
        lines=(line,),
        payment_link=facts.payment_link,
        reference=facts.reference,
    )


def printed_reference(facts: InvoiceFacts) -> str:
    """The reference as people copy it: the one given out, else one that the seller's bank hands back."""
    from purring.papers.payment_reference import payment_reference

    return payment_reference(facts).printed
