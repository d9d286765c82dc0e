# SPDX-License-Identifier: Apache-2.0
"""How to pay: bank details, the payment link, the reference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from stdnum import luhn
from stdnum.no import kontonr
from stdnum.us import rtn

from purring.core import references
from purring.core.errors import Refused
from purring.papers.facts import Account, InvoiceFacts, Seller
from purring.papers.payment_reference import scheme_of
from purring.papers.preflight.finding import Finding
from purring.papers.qr import fitting, payload_of
from purring.papers.qr.accounts import pix_key, upi_address

_CURRENCY = {"upi": "INR", "pix": "BRL"}
"""Account schemes that move one currency only."""
_ISLANDS = {"GG": "GB", "JE": "GB", "IM": "GB"} | dict.fromkeys(
    ("GF", "GP", "MQ", "RE", "PF", "TF", "YT", "NC", "BL", "MF", "PM", "WF"), "FR"
)
"""Places whose banks have codes of their own and the IBAN of another country."""


def check_accounts(facts: InvoiceFacts) -> Iterator[Finding]:
    if facts.kind == "credit_note":
        return
    if not facts.seller.accounts and not facts.payment_link:
        why = "It says neither an account nor a link to pay with."
        yield Finding("seller.accounts", "no_way_to_pay", why, "Add a bank account or a payment link.")
    for at, account in enumerate(facts.seller.accounts):
        yield from check_account(account, f"seller.accounts[{at}]")
    if not facts.payment_link and facts.seller.accounts and not _takes(facts):
        why = f"None of the accounts takes {facts.currency}."
        yield Finding(
            "seller.accounts", "account_other_currency", why, f"Add an account for {facts.currency}, or a link."
        )
    yield from _reference(facts)
    yield from _codes(facts)


def _takes(facts: InvoiceFacts) -> bool:
    return any(_CURRENCY.get(one.scheme, facts.currency) == facts.currency for one in facts.seller.accounts)


def check_account(account: Account, path: str) -> Iterator[Finding]:
    """Whether its number can be one, by the check digits and forms of its scheme; for an IBAN also whether the BIC fits.
    Findings name `PATH.number` and `PATH.bic`."""
    if account.scheme == "iban":
        yield from _iban(account, path)
        return
    try:
        wrong = _WRONG[account.scheme](account)
    except Refused as refused:
        wrong = str(refused.message).partition(": ")[2]
    if wrong:
        yield Finding(f"{path}.number", "account_invalid", wrong[0].upper() + wrong[1:] + ".", "Correct the number.")


def _iban(account: Account, path: str) -> Iterator[Finding]:
    from schwifty import BIC, IBAN
    from schwifty.exceptions import SchwiftyException
    from stdnum import iban as national

    country = account.compact[:2]
    try:
        known, valid = IBAN(account.compact).bic, national.is_valid(account.compact)
    except SchwiftyException:
        known, valid = None, False
    if not valid:
        why = f"{account.number} is not a valid IBAN."
        yield Finding(
            f"{path}.number", "iban_invalid", why, "Look for a typing error and compare with the bank's own paper."
        )
    if not account.bic:
        return
    try:
        bank = BIC("".join(account.bic.split()).upper())
    except SchwiftyException:
        yield Finding(f"{path}.bic", "bic_invalid", f"{account.bic} is not a valid BIC.", "Correct it or leave it out.")
        return
    if valid and _ISLANDS.get(bank.country_code, bank.country_code) != country:
        why = f"The BIC is of a bank in {bank.country_code}, and the IBAN of one in {country}."
        yield Finding(f"{path}.bic", "bic_other_bank", why, "Correct one of the two; the IBAN alone is enough in SEPA.")
    elif valid and known and known.bank_code != bank.bank_code:
        why = f"The IBAN belongs to a bank with the BIC {known.compact}, and {bank.compact} is said."
        yield Finding(f"{path}.bic", "bic_other_bank", why, "Correct one of the two; the IBAN alone is enough in SEPA.")


def _reference(facts: InvoiceFacts) -> Iterator[Finding]:
    if not facts.reference or not facts.seller.accounts:
        return
    account = facts.seller.accounts[0]
    for name in dict.fromkeys((scheme_of(account), "rf")):
        if not name:
            continue
        outcome = references.check(name, facts.reference)
        if outcome.valid:
            return
        if outcome.code == "check_digit":
            why = f"The check digit of the reference {facts.reference} does not fit."
            yield Finding(
                "reference", "reference_invalid", why, "Leave the reference out to have one made, or correct it."
            )
            return


def _codes(facts: InvoiceFacts) -> Iterator[Finding]:
    """What the country's payment standard needs besides a valid account; wrong accounts were told above."""
    for kind in fitting(facts):
        try:
            payload_of(kind, facts)
        except Refused as refused:
            if refused.code in ("missing", "bad_reference"):
                path, _, why = str(refused.message).partition(": ")
                code = "reference_invalid" if refused.code == "bad_reference" else "payment_code_impossible"
                yield Finding(path, code, why[0].upper() + why[1:] + ".", "Add or correct it; payers scan this code.")


def _number(form: str, what: str, holds: Callable[[str], bool] = bool) -> Callable[[Account], str]:
    pattern = re.compile(form)

    def wrong(account: Account) -> str:
        fits = pattern.fullmatch(account.compact) and holds(account.compact)
        return "" if fits else f"{account.number} is not {what}"

    return wrong


def _upi(account: Account) -> str:
    upi_address(Seller("", "", accounts=(account,)))
    return ""


def _pix(account: Account) -> str:
    pix_key(Seller("", "", accounts=(account,)))
    return ""


def _us_holds(number: str) -> bool:
    return len(number) <= 9 or rtn.is_valid(number[:9])


_WRONG: dict[str, Callable[[Account], str]] = {
    "no": _number(r"[0-9]{11}", "a Norwegian account number (11 digits with a check digit)", kontonr.is_valid),
    "bankgiro": _number(r"[0-9]{7,8}", "a bankgiro number (7 or 8 digits with a check digit)", luhn.is_valid),
    "fik": _number(r"[0-9]{8}", "a Danish creditor number (8 digits)"),
    "za": _number(r"[0-9]{6,20}", "a South African account number (digits, with or without branch code)"),
    "us": _number(r"[0-9]{4,26}", "a routing number with its check digit and an account number", _us_holds),
    "gb": _number(r"[0-9]{14}", "a sort code (6 digits) and an account number (8 digits)"),
    "au": _number(r"[0-9]{11,15}", "a BSB (6 digits) and an account number (5 to 9 digits)"),
    "ca": _number(r"[0-9]{12,21}", "a transit number (5 digits), an institution (3) and an account number"),
    "upi": _upi,
    "pix": _pix,
}
