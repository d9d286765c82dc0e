# SPDX-License-Identifier: Apache-2.0
"""The seller's account that a kind of QR code pays into, checked: a code must never lead to a wrong account."""

from __future__ import annotations

import re
from collections.abc import Callable

from stdnum import iban
from stdnum.br import cnpj, cpf

from purring.core.errors import Refused
from purring.papers.facts import Account, Seller
from purring.papers.payment_reference import SEPA

_VPA = re.compile(r"[A-Za-z0-9.\-_]{2,256}@[A-Za-z][A-Za-z0-9.\-]{1,63}")
_EVP = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+[1-9][0-9]{9,14}")


def sepa_iban(seller: Seller) -> tuple[Account, str]:
    return _first(seller, "iban", lambda number: number[:2] in SEPA, "an IBAN of a SEPA country")


def swiss_iban(seller: Seller) -> tuple[Account, str]:
    return _first(seller, "iban", lambda number: number[:2] in ("CH", "LI"), "an IBAN of Switzerland or Liechtenstein")


def czech_iban(seller: Seller) -> tuple[Account, str]:
    return _first(seller, "iban", lambda number: number[:2] == "CZ", "a Czech IBAN")


def upi_address(seller: Seller) -> str:
    """A virtual payment address such as shop@bank."""
    at, account = _place(seller, "upi", lambda _: True, "a UPI address")
    if not _VPA.fullmatch(account.number):
        raise _bad(at, f"{account.number!r} is not a UPI address; write it like shop@bank")
    return account.number


def pix_key(seller: Seller) -> tuple[Account, str]:
    """The account and its key as the directory has it: CPF, CNPJ, e-mail, +telephone or random key."""
    at, account = _place(seller, "pix", lambda _: True, "a Pix key")
    given = account.number
    if "@" in given:
        if _MAIL.fullmatch(given) and given.isascii() and len(given) <= 77:
            return account, given.lower()
    elif _EVP.fullmatch(given.lower()):
        return account, given.lower()
    elif given.startswith("+"):
        phone = "+" + "".join(sign for sign in given if sign.isdigit())
        if given.isascii() and _PHONE.fullmatch(phone):
            return account, phone
    elif cpf.is_valid(given):
        return account, str(cpf.compact(given))
    elif cnpj.is_valid(given):
        return account, str(cnpj.compact(given))
    raise _bad(at, f"{given!r} is not a Pix key; give a CPF, a CNPJ, an e-mail, a telephone with +55, or a random key")


def _first(seller: Seller, scheme: str, fits: Callable[[str], bool], what: str) -> tuple[Account, str]:
    at, account = _place(seller, scheme, lambda account: fits(account.compact), what)
    if not iban.is_valid(account.compact):
        raise _bad(at, f"{account.number!r} is not a valid IBAN; look for a typing error")
    return account, account.compact


def _place(seller: Seller, scheme: str, fits: Callable[[Account], bool], what: str) -> tuple[int, Account]:
    for at, account in enumerate(seller.accounts):
        if account.scheme == scheme and fits(account):
            return at, account
    raise Refused("no_account", f"seller.accounts: this QR code needs {what}", path="seller.accounts")


def _bad(at: int, message: str) -> Refused:
    path = f"seller.accounts[{at}].number"
    return Refused("bad_account", f"{path}: {message}", path=path)
