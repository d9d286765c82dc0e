# SPDX-License-Identifier: Apache-2.0
"""Whether an amount, a day, a reference or a telephone number stands in a text, in any spelling people use."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from purring.language.tone.folding import Folded, fold
from purring.language.tone.parts import Parts, PhraseIndex

_GROUPED = r"\d{1,3}(?:[.,'’\s\u00a0\u202f]\d{2,3})+"
_NUMBER = re.compile(rf"(?<![\d])(?:{_GROUPED}(?:[.,]\d{{1,2}})?|\d+(?:[.,]\d{{1,2}})?)(?!\d)")
_GROUP_ONLY = re.compile(r"\d{1,3}(?:[.,'’\s\u00a0\u202f]\d{2,3})*[.,'’\s\u00a0\u202f]\d{3}|\d+")
_CENTS_ONLY = re.compile(r"(?<![\w.,/-])(\d[\d.,'’ ]{0,14})[.,](\d{2})(?![\d/%-]|[.,]\d)")
"""A sum without its currency; "12.03" may be a day."""
_CENTS = re.compile(r"[.,](\d{1,2})$")
_MONEY = re.compile(
    r"(?:[€£$₹]|(?<!\w)(?:eur|usd|gbp|chf|cad|aud|nzd|zar|nad|inr|nok|sek|dkk|brl|mxn|ars|clp|cop|pen|aoa|mzn|rs|kr|r\$?|n\$))"
    r"\.?\s?\d|\d[\d.,'’\s]*(?:,-|[.,]–|-)?\s?(?:[€£$₹]|(?:eur|euro|euros|usd|gbp|chf|nok|sek|dkk|kr|kroner|kronor|pounds|dollars?|francs?|"
    r"rands?|reais|real|pesos|meticais|kwanzas|mxn|brl|zar)(?!\w))"
)
_NUMERIC_DATE = re.compile(r"(?<!\d)(\d{1,4})\s?[./-]\s?(\d{1,2})(?:\s?[./-]\s?(\d{2,4}))?(?!\d)")
_DIGITS = re.compile(r"\d+")
_PHONE = re.compile(r"(?<![\w-])[+(]?\d[\d\s/().\u00a0-]{6,}\d(?!\w)")
_IBAN = re.compile(r"(?<!\w)[a-z]{2}\d{2}(?:\s?[a-z0-9]{2,4}){3,8}(?!\w)")
_REFERENCE = re.compile(
    r"(?<!\w)(?=[\w./-]{0,40}\d)(?=[\w./-]{0,40}[a-z_/-])[a-z0-9][\w./-]{0,40}\d\w{0,40}|(?<!\w)\d{3,40}(?!\w)"
)
_SEPARATE = re.compile(r"[^\w]+")


def has_amount(text: Folded, amount: Decimal | None) -> bool:
    """Whether the amount is said; without one, whether any sum of money is."""
    if amount is None:
        return _MONEY.search(text.plain.lower()) is not None or any(
            int(match[2]) > 12 or match[2] == "00" or len(match[1]) > 2 for match in _CENTS_ONLY.finditer(text.plain)
        )
    return any(_value(match[0]) == amount for match in _NUMBER.finditer(text.plain)) or _spaced(text.plain, amount)


def _value(written: str) -> Decimal:
    """A number as people group it: "1.250,50", "1,250.50", "12 500", "1'250", "330,-"."""
    cents = _CENTS.search(written)
    if cents and not (len(cents[1]) == 2 and _GROUP_ONLY.fullmatch(written)):
        whole = "".join(_DIGITS.findall(written[: cents.start()]))
        return Decimal(f"{whole}.{cents[1]}")
    return Decimal("".join(_DIGITS.findall(written)))


def _spaced(plain: str, amount: Decimal) -> bool:
    """The amount between other numbers: "... 2026 1 490,00"."""
    whole, _, cents = f"{amount:.2f}".partition(".")
    if len(whole) < 4:
        return False
    grouped = f"{int(whole):,}"
    for separator in (" ", "\u00a0", "\u202f", ".", ",", "'", "’", ""):
        shown = grouped.replace(",", separator)
        at = plain.find(shown)
        while at >= 0:
            after = plain[at + len(shown) : at + len(shown) + 3]
            ends = after[:1] in (".", ",") and after[1:3] == cents
            bare = cents == "00" and not (after[:1].isdigit() or (after[:1] in (".", ",") and after[1:2].isdigit()))
            if ends or bare:
                return True
            at = plain.find(shown, at + 1)
    return False


def has_day(text: Folded, day: date | None, parts: Parts) -> bool:
    """Whether a day is said, with the month in words or figures; without one, whether any day is."""
    seen = text.seen
    months = parts.months if day is None else (parts.months[day.month - 1],)
    for month in months:
        for match in month.finditer(seen):
            before, after = seen[max(0, match.start() - 16) : match.start()], seen[match.end() : match.end() + 8]
            if day is None and (_DIGITS.search(before) or _DIGITS.search(after)):
                return True
            if day is not None and _is_day(before, after, day.day, parts.first):
                return True
    for numeric in _NUMERIC_DATE.finditer(seen):
        first, second, third = int(numeric[1]), int(numeric[2]), numeric[3]
        if len(numeric[1]) > 2:
            first, second = second, int(third) if third and len(third) <= 2 else 0
        if day is None and 1 <= first <= 31 and 1 <= second <= 31 and (third or first <= 12 or second <= 12):
            return True
        if day is not None and sorted((first, second)) == sorted((day.day, day.month)):
            return True
    return False


def _is_day(before: str, after: str, day: int, first: frozenset[str]) -> bool:
    if any(int(one) == day for one in _DIGITS.findall(before) if len(one) <= 2):
        return True
    following = re.match(r"\W{0,3}(\d{1,2})(?!\d)", after)
    if following and int(following[1]) == day:
        return True
    return day == 1 and not first.isdisjoint(re.findall(r"\w+", before))


def has_reference(text: Folded, subject: str, invoice: str) -> bool:
    """Whether the invoice is named; without a number, whether anything looks like one."""
    said = _without_links(text.plain)
    if not invoice:
        lower = _IBAN.sub(" ", fold(f"{subject}\n{said}"))
        return any(not _NUMERIC_DATE.fullmatch(match[0]) for match in _REFERENCE.finditer(lower))
    if _stands(said, invoice):  # mostly as it is written, so that nothing need be folded
        return True
    return any(_stands(_close(where), _close(invoice)) for where in (said, subject))


def _without_links(plain: str) -> str:
    return re.sub(r"\S+://\S+", " ", plain) if "://" in plain else plain


def _close(text: str) -> str:
    """Lower case with every run of separators as one space, so that "TB 061" is "TB-061"."""
    return _SEPARATE.sub(" ", fold(text))


def _stands(said: str, wanted: str) -> bool:
    wanted = wanted.strip()
    at = said.find(wanted)
    while wanted and at >= 0:
        if not (said[at - 1 : at].isalnum() or said[at + len(wanted) : at + len(wanted) + 1].isalnum()):
            return True
        at = said.find(wanted, at + 1)
    return False


def has_way_to_pay(text: Folded, words: frozenset[str], pay_link: str, ways: PhraseIndex) -> bool:
    """A link, an account number or a way that is named."""
    if (pay_link and pay_link in text.plain) or "://" in text.plain:
        return True
    return _IBAN.search(text.plain.lower()) is not None or ways.is_in(text, words)


def has_contact(text: Folded, words: frozenset[str], phone: str, ways: PhraseIndex) -> bool:
    """A telephone number, a mail address or words such as "just reply"."""
    if len(phone) >= 5 and phone in text.plain:
        return True
    digits = "".join(_DIGITS.findall(phone))
    plain = _without_links(text.plain)
    if len(digits) >= 5 and digits[-7:] in "".join(_DIGITS.findall(plain)):
        return True
    if "@" in plain or ways.is_in(text, words):
        return True
    if digits:
        return False
    without = _IBAN.sub(" ", plain.lower())
    return any(sum(char.isdigit() for char in match[0]) >= 8 for match in _PHONE.finditer(without))
