# SPDX-License-Identifier: AGPL-3.0-or-later
"""From one cell to one value: texts, addresses, names of countries, money. Each refuses (`Refused`) kindly.

What a whole column must tell (the order of dates, the decimal mark) is in `dates` and `numbers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from purring.core.errors import Refused
from purring.core.money import to_minor
from purring.doors.intake import names
from purring.doors.intake.cells import Cell, plain_decimal, text_of
from purring.doors.intake.limits import Limits
from purring.doors.intake.numbers import Number

LONGEST = {
    "number": 80, "customer": 200, "customer_ref": 80, "email": 254, "phone": 40, "po_number": 80,
    "status": 120, "description": 1000, "address": 500, "postcode": 20, "city": 120, "contact": 200, "title": 60,
    "given_name": 100, "family_name": 100, "reference": 140, "invoice": 140, "payer": 200, "method": 60,
}  # fmt: skip
"""Longest text per field, in characters."""

_SHORTENED = re.compile(r"\d[.,]\d+E\+\d{2,}", re.IGNORECASE)
_LOCAL = re.compile(r"[^\s@\"(),:;<>\[\\\]\x00-\x20]+")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])?")
_IN_ANGLES = re.compile(r"[^<>]*<([^<>]+)>")
_PHONE = re.compile(r"\+?[\d\s().\-/]{4,}(?:\s*(?:x|ext\.?|#)\s*\d{1,6})?", re.IGNORECASE)
_CODES = frozenset({"number", "customer_ref", "po_number", "invoice", "reference", "phone", "postcode"})


def text(cell: Cell, field: str) -> str:
    """A text without line breaks, not longer than the field allows."""
    found = text_of(cell)
    if "\n" in found:
        found = " ".join(found.split("\n"))
    if field in _CODES:
        if _SHORTENED.fullmatch(found):
            raise Refused("shortened", f"{found!r} was shortened by a spreadsheet; format the column as text")
        if not isinstance(cell, str | Decimal):
            raise Refused("became_date", "a spreadsheet turned this into a date; format the column as text")
    longest = LONGEST.get(field, 200)
    if len(found) > longest:
        raise Refused("too_long", f"this is longer than {longest} characters; shorten it")
    return found


def address(first: Cell, second: Cell) -> tuple[str, ...]:
    """The lines of an address; a cell may hold several."""
    lines = [line.strip(" ,") for cell in (first, second) for line in text_of(cell).split("\n")]
    if sum(map(len, lines)) > LONGEST["address"]:
        raise Refused("too_long", f"this is longer than {LONGEST['address']} characters; shorten it")
    return tuple(line for line in lines if line)


def email(cell: Cell) -> str:
    """One e-mail address that mail can be sent to, or ""."""
    found = text(cell, "email")
    return _email(found) if found else ""


@lru_cache(4096)
def _email(found: str) -> str:
    in_angles = _IN_ANGLES.fullmatch(found)
    bare = (in_angles[1] if in_angles else found.removeprefix("mailto:")).strip()
    if bare.count("@") > 1 and re.search(r"[,;\s]", bare):
        raise Refused("bad_email", f"{found!r} holds several addresses; keep the one that reminders should go to")
    local, _, domain = bare.rpartition("@")
    fits = _LOCAL.fullmatch(local) and len(local) <= 64 and not re.search(r"^\.|\.\.|\.$", local)
    if not fits or not _DOMAIN.fullmatch(domain):
        raise Refused("bad_email", f"{found!r} is not an e-mail address; write it like name@example.com")
    try:
        domain.encode("idna")
    except UnicodeError:
        raise Refused("bad_email", f"{found!r} is not an e-mail address; write it like name@example.com") from None
    return bare


def phone(cell: Cell) -> str:
    """A telephone number as written, or ""."""
    found = text(cell, "phone").removeprefix("tel:").strip()
    digits = sum(char.isdecimal() for char in found)
    if found and not (_PHONE.fullmatch(found) and 4 <= digits <= 21):
        raise Refused("bad_phone", f"{found!r} is not a telephone number; write it like +47 22 00 00 00")
    return found


@lru_cache(4096)
def country(found: str) -> str:
    """ISO 3166 code of a country given by code or name, or ""."""
    code = names.country(found) if found else ""
    if code is None:
        raise Refused("unknown_country", f"{found!r} is not a country; use its name or a code such as NO")
    return code


@lru_cache(4096)
def language(found: str, country_code: str) -> str:
    """Tag of a language that customers are written to in, or ""."""
    tag = names.language(found, country_code) if found else ""
    if tag is None:
        raise Refused(
            "unknown_language",
            f"{found!r} is not one of the languages written here ({', '.join(names.WRITTEN)}); "
            "leave it empty to use the organization's",
        )
    return tag


def one_of(found: str, field: str) -> str:
    """The customer's kind or a contact's gender by a word in many languages, or ""."""
    known = names.customer_kind(found) if field == "kind" else names.gender(found)
    if found and known is None:
        example = "business or consumer" if field == "kind" else "f or m"
        raise Refused(f"unknown_{field}", f"{found!r} is not understood; write {example}, or leave it empty")
    return known or ""


def currency(said: str, beside: Iterable[str], home: str) -> str:
    """The one currency that fits what its column says, what stands beside the amounts, and else the organization's."""
    options: frozenset[str] | None = None
    shown: list[str] = []
    for mention in [said, *beside]:
        if not mention:
            continue
        meant = names.currencies_meant(mention)
        if not meant:
            raise Refused("unknown_currency", f"{mention!r} is not a currency; use a code such as EUR")
        shown.append(mention)
        options = meant if options is None else options & meant
    if options is None:
        options = frozenset({home}) if home else frozenset()
    if shown and not options:
        raise Refused("unknown_currency", f"{' and '.join(dict.fromkeys(shown))} do not agree; which currency is it?")
    if home in options:
        return home
    if len(options) == 1:
        return next(iter(options))
    if options:
        raise Refused(
            "unknown_currency",
            f"{shown[0]!r} can be {', '.join(sorted(options)[:4])}; write a code such as EUR",
        )
    raise Refused("unknown_currency", "no currency is given; add a column with codes such as EUR")


def number_of(cell: Decimal) -> Number:
    """A typed number, which has one reading."""
    whole, _, fraction = plain_decimal(abs(cell)).partition(".")
    return Number(whole, fraction, cell < 0)


def minor(number: Number, currency_code: str, limits: Limits) -> int:
    """Minor units of a settled number; refuses more decimals than the currency has, and absurd amounts."""
    if number.fraction:
        number = Number(number.whole, number.fraction.rstrip("0"), number.negative)
    if int(number.whole or "0") >= limits.largest_amount_major:
        raise Refused("bad_amount", f"{number.text()} is an absurd amount; is it right?")
    return to_minor(number.text(), currency_code)
