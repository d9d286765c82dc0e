# SPDX-License-Identifier: Apache-2.0
"""Invoice numbers a reply names.

A number counts when a word for invoice stands before it, when it is a creditor's reference (ISO 11649), or when the
quoted older mail calls it an invoice. Sums, days, telephones and other people's case numbers do not.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("reference_words.toml")

LOOKED_AT = 20_000
"""Characters of a mail in which numbers are looked for."""

_TOKEN = (
    r"(?:(?-i:[A-Z]{1,6})[-/_.]?\d(?:\w|[-/_.](?=\w))*|(?-i:[A-Z][A-Z0-9]{0,7}(?:[-/_][A-Z0-9]+)*)[-/_]\d(?:\w|[-/_](?=\w))*"
    r"|\d(?:\w|[-/_.](?=\w))*)"
)
_CODE = re.compile(
    r"(?<![\w/.@#-])(?:[A-Z]{1,6}\d{0,4}(?:[-/_][A-Z0-9]{1,6}){0,3}[-/_]?\d{2,}(?:[-/_]\d+)*[A-Z]?|20\d\d[-/]\d{3,6})(?![\w@]|[-/]\d)"
)
_FISCAL = re.compile(r"\b(?:NF|NFe|NF-e|NFS-e|FT|FS|FR|ND|NC)\s\d(?:\w|[-/.](?=\w))*")
"""Portuguese documents, whose letters belong to the number."""
_RF = re.compile(r"\bRF\d{2}(?: ?[0-9A-Z]{1,4}){1,6}\b")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}(?:[./-](?:\d{2}|\d{4}))?\.?|\d{4}-\d{2}-\d{2}|\d{1,2}\.|(?:19|20)\d\d(?=$)")
_MONEY_AFTER = re.compile(
    r"[.,]?\d*\s?(?:[€$£%]|(?:eur|euros?|kr|kroner|kronor|nok|sek|dkk|chf|usd|gbp|zar|brl|r\$|dollars?|pounds?|days?|tage?n?|dager|dagar|jours|días|dias|giorni|dae|dagen)\b|,-|[.,]\d{2}\b|[.:]\d\d\b)",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(r"(?:[€$£]|\b(?:eur|kr\.?|nok|sek|dkk|chf|usd|gbp|zar|rs\.?|r\$?|n\$))\s?$", re.IGNORECASE)
_RAND = re.compile(r"R\d+")
_MONTH_AFTER = re.compile(
    r"(?:st|nd|rd|th|er|º|ª|e|ste|de)?\.?\s+(?:of |de |den )?(?:jan|feb|f[ée]v|m[aäå]r|mrt|apr|avr|abr|ma[iyj]|mei|mag|giu|jun|juin|jui|jul|lug|aug|ago|ao[uû]t|sep|set|okt|oct|out|ott|nov|de[czs]|d[ée]c|gen|ene)\w*",
    re.IGNORECASE,
)


def invoice_refs(reply: str, rest: str = "") -> tuple[str, ...]:
    """Invoice numbers in `reply`, as written, in order. rest: the whole mail, whose older part may name more of them."""
    reply, rest = reply[:LOOKED_AT], rest[:LOOKED_AT]
    found: dict[int, str] = {}
    for start, number in _named(reply):
        found[start] = number
    found |= {match.start(): match[0] for match in _FISCAL.finditer(reply)}
    found |= {match.start(): match[0] for match in _RF.finditer(reply) if _rf_holds(match[0])}
    known = {number for _, number in _named(rest)} | set(_CODE.findall(rest.replace(reply, "\n", 1)))
    for match in _CODE.finditer(reply):
        if not _taken(found, match.start()) and _is_code(reply, match):
            found[match.start()] = match[0]
    for number in sorted(known, key=len, reverse=True):
        for match in re.finditer(rf"(?<![\w/.,-]){re.escape(number)}(?![\w/]|[.,-]\d)", reply):
            if not _taken(found, match.start()) and not _is_other(reply, match.start()) and _plain(reply, match):
                found[match.start()] = number
    return tuple(dict.fromkeys(found[start] for start in sorted(found)))


def _named(text: str) -> list[tuple[int, str]]:
    """Numbers after a word for invoice, also several: "invoices 7011, 7034 and 7058"."""
    found = []
    for match in _patterns()["named"].finditer(text):
        start, end = match.span("number")
        while True:
            number = text[start:end].rstrip(".-/_")
            if not _numeric_other(text, start, start + len(number)):
                found.append((start, number))
            following = _patterns()["next"].match(text, start + len(number))
            if following is None:
                break
            start, end = following.span("number")
    return found


def _numeric_other(text: str, start: int, end: int) -> bool:
    """A sum, a day or a year."""
    number = text[start:end]
    if _DATE.fullmatch(number) and not re.fullmatch(r"\d{4}", number):
        return True
    if not re.search(r"\d{2}|[A-Z]", number) or _MONEY_BEFORE.search(text[max(0, start - 6) : start]):
        return True
    if number.isdigit() and len(number) <= 2 and (_MONTH_AFTER.match(text, end) or text[end : end + 1] == "."):
        return True
    return bool(re.fullmatch(r"[\d.,' ]+", number)) and _MONEY_AFTER.match(text, end) is not None


def _is_code(text: str, match: re.Match[str]) -> bool:
    """Letters and digits that no word marks as somebody else's number."""
    before = text[max(0, match.start() - 60) : match.start()]
    before = re.split(r"[.!?]\s|\n", before)[-1]
    digits = sum(letter.isdigit() for letter in match[0])
    return (
        digits > 2
        and not _RAND.match(match[0])
        and _patterns()["other_near"].search(before) is None
        and _plain(text, match)
    )


def _plain(text: str, match: re.Match[str]) -> bool:
    return not _numeric_other(text, match.start(), match.end())


def _taken(found: dict[int, str], at: int) -> bool:
    return any(start <= at < start + len(number) for start, number in found.items())


def _is_other(text: str, at: int) -> bool:
    """Whether the word before says that this is the number of something else."""
    return _patterns()["other"].search(text[max(0, at - 32) : at]) is not None


def _rf_holds(written: str) -> bool:
    plain = written.replace(" ", "")
    if len(plain) < 5 or not plain.isalnum():
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    with WORDS.open("rb") as file:
        lists = {name: "|".join(sorted(words, key=len, reverse=True)) for name, words in tomllib.load(file).items()}
    flags = re.IGNORECASE
    number = f"(?P<number>{_TOKEN})"
    return {
        "named": re.compile(
            rf"(?<![\w-])(?:{lists['invoice']})(?:[\s:(#]+|[^\n.!?]{{2,30}}?\()(?:(?:{lists['between']})[\s:.(]*){{0,2}}{number}",
            flags,
        ),
        "next": re.compile(
            rf"(?:\s*,\s*|\s+(?:{lists['also']})\s+|\s*/\s+)(?:(?:{lists['between']})[\s.]*)?{number}", flags
        ),
        "other_near": re.compile(rf"(?<!\w)(?:{lists['other']})(?!\w)", flags),
        "other": re.compile(rf"(?<!\w)(?:{lists['other']})\W{{0,3}}(?:(?:{lists['between']})\W{{0,3}}){{0,2}}$", flags),
    }
