# SPDX-License-Identifier: AGPL-3.0-or-later
"""Amounts as people write them: 1.234,56 · 1 234,56 · 1'234.50 · (123.45) · kr 500,- · 1,23,456.00 €.

One text may have two readings (1.234). It then says so, and the column decides (`NumberColumn`): by the marks
of its other values, then by the locale, else the cell is refused. Money itself (minor units, currency) is
`values`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from purring.core.errors import Refused
from purring.doors.intake.locale import LocaleFacts

Mark = Literal[".", ","]

_LONGEST = 60
_QUICK = re.compile(r"(\d{1,15}|\d{1,3}(?: \d{3}){1,4})([.,])(\d{1,2})")
_WHOLE = re.compile(r"\d{1,15}")
_DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "‒": "-", "‐": "-", "‑": "-"})
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009\u2007']+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "′": "'", "`": "'", "´": "'"})
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u2069\ufeff]")
_SHAPE = re.compile(
    r"(?P<a>[-+]?)\s*(?P<before>[^\d\s.,'+-][^\d+-]*?)?\s*(?P<b>[-+]?)\s*"
    r"(?P<digits>[.,]?\d(?:[\d.,' ]*\d)?)(?:[.,]\s?-{1,2})?\s*"
    r"(?P<after>[^\d\s.,'+-][^\d+-]*?)?\s*(?P<c>[-+]?)"
)
_GROUPED = {
    " ": re.compile(r"\d{1,3}(?: \d{3})+|\d{1,2}(?: \d{2})+ \d{3}"),
    ".": re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,2}(?:\.\d{2})+\.\d{3}"),
    ",": re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}"),
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number read from a text: digits before and after the decimal mark, its sign, and what else stood
    there.

    `decimal` is the decimal mark that is certain from this text alone ("" if it tells nothing). With `either`
    set to a mark, that mark may be a decimal mark or part the thousands: `whole` and `fraction` are then on
    its two sides. `money` is the text beside the digits, such as "€" or "NOK".
    """

    whole: str
    fraction: str = ""
    negative: bool = False
    money: str = ""
    decimal: Mark | Literal[""] = ""
    either: Mark | Literal[""] = ""

    def text(self) -> str:
        """Plain decimal text, e.g. "-1234.5"; the caller has settled `either`."""
        sign = "-" if self.negative else ""
        return f"{sign}{self.whole or '0'}.{self.fraction}" if self.fraction else f"{sign}{self.whole or '0'}"


def read_number(text: str) -> Number:
    """The reading, or both readings, of one text; refuses (`bad_number`) what is no number."""
    quick = _QUICK.fullmatch(text)
    if quick and text.isascii():
        return Number(quick[1].replace(" ", ""), quick[3], decimal="." if quick[2] == "." else ",")
    if text.isascii() and _WHOLE.fullmatch(text):
        return Number(text)
    if len(text) > _LONGEST:
        raise _no_number(text[:20] + "…")
    body = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_DASHES).translate(_APOSTROPHES)
    body = _SPACES.sub(" ", "".join(_ascii_digit(char) for char in body)).strip()
    in_brackets = "(" in body and body.endswith(")")
    if in_brackets:
        body = body[:-1].replace("(", "", 1).strip()
    shape = _SHAPE.fullmatch(body)
    if not shape or sum(bool(shape[part]) for part in "abc") + in_brackets > 1:
        raise _no_number(text)
    if shape["before"] and shape["after"]:
        raise _no_number(text)
    money = (shape["before"] or shape["after"] or "").strip()
    negative = in_brackets or "-" in (shape["a"], shape["b"], shape["c"])
    whole, fraction, decimal, either = _split(shape["digits"], text)
    return Number(whole, fraction, negative, money, decimal, either)


def _ascii_digit(char: str) -> str:
    if char.isascii():
        return char
    return str(unicodedata.decimal(char, char))


def _no_number(text: str) -> Refused:
    return Refused("bad_number", f"{text!r} is not a number; write it like 1250.50")


def _split(digits: str, text: str) -> tuple[str, str, Mark | Literal[""], Mark | Literal[""]]:
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        mark: Mark = "." if digits.rindex(".") > digits.rindex(",") else ","
        if digits.count(mark) > 1:
            raise _no_number(text)
        whole, _, fraction = digits.rpartition(mark)
        return _ungroup(whole, text), _only_digits(fraction, text), mark, ""
    if not dots and not commas:
        return _ungroup(digits, text), "", "", ""
    mark = "." if dots else ","
    if dots + commas > 1:
        return _ungroup(digits, text), "", "," if mark == "." else ".", ""
    whole, _, fraction = digits.partition(mark)
    _only_digits(fraction, text)
    if len(fraction) == 3 and whole.isdigit() and len(whole) <= 3 and whole[0] != "0":
        return whole, fraction, "", mark
    return _ungroup(whole, text), fraction, mark, ""


def _ungroup(whole: str, text: str) -> str:
    if not whole or whole.isdigit():
        return whole
    used = {char for char in whole if not char.isdigit()}
    if len(used) != 1 or not _GROUPED[used.pop()].fullmatch(whole):
        raise _no_number(text)
    return "".join(char for char in whole if char.isdigit())


def _only_digits(fraction: str, text: str) -> str:
    if not fraction.isdigit():
        raise _no_number(text)
    return fraction


@dataclass(slots=True)
class NumberColumn:
    """What the values of one column say about their decimal mark. Show it every value first, then ask it."""

    locale: LocaleFacts
    seen: dict[Mark, tuple[int, str]] = field(default_factory=dict)

    def observe(self, text: str, line: int) -> None:
        """Takes note of a value that is certain by itself; anything else tells nothing."""
        quick = _QUICK.fullmatch(text)
        if quick:
            mark: Mark | Literal[""] = "." if quick[2] == "." else ","
        else:
            try:
                mark = read_number(text).decimal
            except Refused:
                return
        if mark and mark not in self.seen:
            self.seen[mark] = (line, text)

    def settle(self, number: Number, text: str) -> Number:
        """The one reading of a number; refuses (`ambiguous`) one that nothing decides."""
        if not number.either:
            return number
        if len(self.seen) == 2:
            (line, one), (other_line, other) = self.seen["."], self.seen[","]
            raise self._ambiguous(number, text, f"line {line} has {one!r} and line {other_line} has {other!r}")
        decimal = next(iter(self.seen), None) or self.locale.decimal_mark
        if decimal is None:
            raise self._ambiguous(number, text, "nothing in this column tells which")
        if decimal == number.either:
            return Number(number.whole, number.fraction, number.negative, number.money, decimal)
        return Number(number.whole + number.fraction, "", number.negative, number.money, decimal)

    @staticmethod
    def _ambiguous(number: Number, text: str, why: str) -> Refused:
        return Refused(
            "ambiguous",
            f"{text!r} can mean {number.whole}{number.fraction} or {number.whole}.{number.fraction}: {why}; "
            f"write {number.whole}{number.fraction}.00 or {number.whole}.{number.fraction}0",
        )
