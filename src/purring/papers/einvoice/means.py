# SPDX-License-Identifier: Apache-2.0
"""How to pay (BG-16): the accounts of the facts under the codes of UNTDID 4461."""

from __future__ import annotations

from dataclasses import dataclass, replace

from purring.papers.einvoice.tables import account_schemes
from purring.papers.einvoice.xml_text import escape
from purring.papers.facts import Account, InvoiceFacts


@dataclass(frozen=True, slots=True)
class Means:
    """BG-16."""

    code: str
    text: str
    account: str = ""
    is_iban: bool = False
    bic: str = ""


def payment_means(facts: InvoiceFacts) -> tuple[Means, ...]:
    """One for each of the seller's accounts; none without an account."""
    means = tuple(_one_means(account, facts) for account in facts.seller.accounts)
    if len({one.code for one in means}) <= 1:
        return means
    # All must have one code (UBL-SR-47, CII-SR-467): a transfer of any kind. Danish rules do not take that code at
    # home, so there it is the kind of account that the seller put first.
    if facts.seller.country == facts.buyer.country == "DK":
        return tuple(one for one in means if one.code == means[0].code)
    return tuple(replace(one, code="30") for one in means)


def _one_means(account: Account, facts: InvoiceFacts) -> Means:
    scheme = account_schemes()[account.scheme]
    code = scheme.code
    if account.scheme == "iban" and facts.currency == "EUR":
        code = "58"
    elif account.scheme == "iban" and facts.seller.country == facts.buyer.country == "DK":
        code = "31"  # a domestic transfer; Danish rules take neither 30 nor, in kroner, 58
    # A UPI address or a Pix key is no number: its dots and dashes mean something.
    number = account.number.strip() if account.scheme in ("upi", "pix") else account.compact
    return Means(code, scheme.text, escape(number), account.scheme == "iban", escape(account.bic.replace(" ", "")))
