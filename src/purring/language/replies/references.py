# SPDX-License-Identifier: Apache-2.0
"""Invoice numbers a reply names.

A number counts when a word for invoice stands before it, when it is a creditor's reference (ISO 11649), when the quoted
older mail calls it an invoice, or when it is named as if it were one: by its shape ("26-0031", "774/B") or by the words
beside it ("the 5507", "La 88 parte lunedì"). Sums, days, telephones and other people's case numbers do not.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("reference_words.toml")

LOOKED_AT = 20_000
"""Characters of a mail in which numbers are looked for."""
LONGEST_ABBREVIATION = 6
"""Letters."""

_TOKEN = (
    r"(?:(?-i:[A-Z]{1,6})[-/_.]?\d(?:\w|[-/_.](?=\w))*|(?-i:[A-Z][A-Z0-9]{0,7}(?:[-/_][A-Z0-9]+)*)[-/_]\d(?:\w|[-/_](?=\w))*"
    r"|\d(?:\w|[-/_.](?=\w))*)"
)
_CODE = re.compile(
    r"(?<![\w/.@#-])(?!IMG|DSC|PXL|GDPR)(?:[A-Z]{1,6}\d{0,4}(?:[-/_][A-Z0-9]{1,6}){0,3}[-/_]?\d{2,}(?:[-/_]\d+)*[A-Z]?|20\d\d[-/]\d{3,6})(?![\w@]|[-/]\d)"
)
_FISCAL = re.compile(
    r"\b(?:(?:NF|NFe|NF-e|NFS-e|FT|FS|FR|FA|ND|NC|FPA|FEV|FAC|RG|AR)\s(?:[A-Z]/)?|(?<=[Ll]a )[ABC]\s)\d(?:\w|[-/.](?=\w))*"
)
"""Portuguese, Italian, Spanish and other documents, whose letters belong to the number."""
_RF = re.compile(r"\bRF\d{2}(?: ?[0-9A-Z]{1,4}){1,6}\b")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}(?:[./-](?:\d{2}|\d{4}))?\.?|\d{4}-\d{2}-\d{2}|\d{1,2}\.|(?:19|20)\d\d(?=$)")
_MONEY_AFTER = re.compile(
    r"[.,]?\d*\s?(?:[€$£%]|(?:eur|euros?|kr|kroner|kronor|nok|sek|dkk|chf|usd|gbp|zar|brl|r\$|dollars?|pounds?|days?|tage?n?|dager|dagar|jours|días|dias|giorni|dae|dagen)\b|,-|[.,]\d{2}\b|[.:]\d\d\b)",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(r"(?:[€$£]|\b(?:eur|kr\.?|nok|sek|dkk|chf|usd|gbp|zar|rs\.?|r\$?|n\$))\s?$", re.IGNORECASE)
_RAND = re.compile(r"R\d+(?![\d/-])")
_MONTH_AFTER = re.compile(
    r"(?:st|nd|rd|th|er|º|ª|e|ste|de)?\.?\s+(?:of |de |den )?(?:jan|feb|f[ée]v|m[aäå]r|mrt|apr|avr|abr|ma[iyj]|mei|mag|giu|jun|juin|jui|jul|lug|aug|ago|ao[uû]t|sep|set|okt|oct|out|ott|nov|de[czs]|d[ée]c|gen|ene)\w*",
    re.IGNORECASE,
)
_SHAPED = re.compile(
    r"(?<![\w.,/@#+:'’€$£%-])(?<!\d[ \u00a0])"
    r"(?:\d{1,8}(?:[-/]\d{1,8}){1,2}(?:[-/]?[A-Z]{1,2})?|\d{1,8}[-/]?[A-Z]{1,3}(?:[-/]?\d{1,6})?|[A-Z]{1,4}[-/]\d{2,8}(?:-[A-Z])?|\d{4}-[A-Z]{1,3}-?\d{1,4})"
    r"(?![\w@€$£%]|[-/.,:'’]\w|[ \u00a0]\d\d)"
)
"""Digits joined to digits or letters as in the numbers of invoices."""
_BARE = re.compile(
    r"(?<![\w.,/@#+:'’€$£%*-])(?<!\d[ \u00a0])\d{2,8}(?![\w@€$£%*]|[-/.,:'’]\w|[ \u00a0]\d\d|,-|\.-|\.–|:-|[ \u00a0][€$£%])"
)
_TOKEN_LIKE = re.compile(r"[A-Z\d][A-Z\d/-]*")
"""Where either of them may begin; far cheaper to look for."""
_DIGIT = re.compile(r"\d")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s|\n)(?:[^\n\d.!?:]{2,25},\s)?\W*$")
"""Also after a greeting."""
_YEARS = range(1900, 2036)
"""Numbers of four digits that mostly are years."""
_ORDINAL = re.compile(r"\.\s?[^\W\dA-ZÅÄÖØÆÉ]")
"""A full stop within a sentence, as after the number of a day."""
_NAME_BEFORE = re.compile(r"\b[A-ZÅÄÖØÆÉ]{3,}\s$")
"""As on a statement of account: "MERIDIAN 0512"."""
_POSTCODE = re.compile(r"(?:,\s|\n)\d{4,5} [A-ZÅÄÖØÆÉ][^\W\d_]{2}$")
_PHONE = re.compile(r"0[1-9]\d{0,3}[-/]\d{4,8}|\d{3}-\d{3}-\d{4}|\d{4}-\d{4}")


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
    for match in _unworded(reply):
        if not _taken(found, match.start()) and (_is_listed(reply, match, found) or _is_named(reply, match)):
            found[match.start()] = match[0]
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
    if len(number) <= 2 and text[start - 1 : start] == "," and text[start - 2 : start - 1].isdigit():
        return True
    if number.isdigit() and len(number) <= 2 and (_MONTH_AFTER.match(text, end) or _ORDINAL.match(text, end)):
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
        and _patterns()["given"].search(before) is None
        and _plain(text, match)
    )


def _unworded(text: str) -> Iterator[re.Match[str]]:
    """Tokens shaped like the numbers of invoices, and bare numbers."""
    for token in _TOKEN_LIKE.finditer(text):
        start = token.start()
        match = (_SHAPED.match(text, start) or _BARE.match(text, start)) if _DIGIT.search(token[0]) else None
        if match:
            yield match


def _is_named(text: str, match: re.Match[str]) -> bool:
    """Whether a number without a word for invoice is named like one."""
    number, before = match[0], text[max(0, match.start() - 32) : match.start()]
    patterns = _patterns()
    if _is_other(text, match.start()) or _numeric_other(text, match.start(), match.end()):
        return False
    if any(_after_word(patterns[name], before) for name in ("elsewhere", "given")) or _NAME_BEFORE.search(before):
        return False
    article = patterns["article"].search(before) is not None
    if not number.isdigit():
        return _is_shaped(number, named=article)
    if _POSTCODE.search(before + number + text[match.end() : match.end() + 4]):
        return False
    if number[0] == "0" or len(number) > 4:
        return len(number) > 3 and not number.endswith("000")
    if patterns["sum_before"].search(before) or patterns["sum_after"].match(text, match.end()):
        return False
    if len(number) == 4 and int(number) in _YEARS:
        return False
    if article:
        return True
    if len(number) < 3 or int(number) % (50 if len(number) == 4 else 10) == 0:
        return False
    return (
        len(number) == 4
        or patterns["before"].search(before) is not None
        or _SENTENCE_START.search(before) is not None
        or patterns["after"].match(text, match.end()) is not None
    )


def _is_listed(text: str, match: re.Match[str], found: dict[int, str]) -> bool:
    """Whether a number stands beside an invoice of as many digits: "the 771 and 774"."""
    before = _patterns()["listed"].search(text[max(0, match.start() - 32) : match.start()])
    return (
        before is not None
        and len(before["number"]) == len(match[0]) > 2
        and before["number"] in found.values()
        and not _numeric_other(text, match.start(), match.end())
    )


def _is_shaped(number: str, *, named: bool) -> bool:
    """Whether joined parts are a number of an invoice rather than a day, a month, a share, hours or a season."""
    if _PHONE.fullmatch(number):
        return False
    parts = re.split(r"[-/]", number)
    if not all(part.isdigit() for part in parts):
        return sum(letter.isdigit() for letter in number) > 1
    first, second = int(parts[0]), int(parts[1])
    if len(parts) > 2:
        return not (first < 32 and second < 13) and max(len(part) for part in parts) > 2
    if len(number) < 6 and max(len(part) for part in parts) < 3:
        day = first < 32 and second < 13 and "/" in number
        return not day and (named or (first > second and "-" in number and (first + second) % 10 > 0))
    if second in _YEARS and len(parts[1]) == 4:
        return named or first > 12
    return not (first in _YEARS and second in (first % 100 + 1, first + 1)) or named


def _plain(text: str, match: re.Match[str]) -> bool:
    return not _numeric_other(text, match.start(), match.end())


def _taken(found: dict[int, str], at: int) -> bool:
    return any(start <= at < start + len(number) for start, number in found.items())


def _is_other(text: str, at: int) -> bool:
    """Whether the word before says that this is the number of something else."""
    return _after_word(_patterns()["other"], text[max(0, at - 32) : at])


def _after_word(pattern: re.Pattern[str], before: str) -> bool:
    """Whether a text ends with such a word; a full stop follows it only when it is an abbreviation."""
    match = pattern.search(before)
    if match is None:
        return False
    shortened = len(match["word"]) <= LONGEST_ABBREVIATION or match["word"].lower().endswith(("nr", "ref"))
    return shortened or before[match.end("word") : match.end("word") + 1] not in (".", "!", "?")


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
        **{
            name: re.compile(rf"(?<!\w)(?P<word>{lists[name]})\W{{1,3}}(?:(?:nr|no|n)\W{{1,2}})?$", flags)
            for name in ("article", "before", "sum_before", "elsewhere", "given")
        },
        **{name: re.compile(rf"\W{{0,2}}(?:{lists[name]})(?![\w'’])", flags) for name in ("after", "sum_after")},
        "listed": re.compile(rf"(?<![\w/.-])(?P<number>\d+)(?:,|\s(?:{lists['also']}))\s$", flags),
        "other_near": re.compile(rf"(?<!\w)(?:{lists['other']})(?!\w)", flags),
        "other": re.compile(
            rf"(?<!\w)(?P<word>{lists['other']})\W{{0,3}}(?:(?:{lists['between']})\W{{0,3}}){{0,2}}$", flags
        ),
    }
