# SPDX-License-Identifier: Apache-2.0
"""One value of the facts with its place (`lines[3].quantity`), and the readers that refuse what does not fit.

Every refusal is a `Refused` whose message begins with the place and whose `path` parameter repeats it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel.core import get_global

from purring.core.errors import Refused
from purring.core.money import MAX_MINOR, is_currency, to_minor

LONG, SHORT = 5_000, 300
"""Characters of a text that may have line breaks (a description, a note), and of any other."""

_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,8})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LINK = re.compile(r"https?://[^\s<>\"\\^`{|}]+")
# Control characters, half surrogates, non-characters (no XML and no PDF may hold them), and the invisible marks that
# make a text read in another order than it is written. The marks a right-to-left name needs (200E, 200F) stay.
_BAD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u2028-\u202e\u2066-\u2069]")


def refused(path: str, message: str, code: str = "bad_facts") -> Refused:
    return Refused(code, f"{path}: {message}" if path else message, path=path)


@lru_cache(1)
def _countries() -> frozenset[str]:
    return frozenset(code for code in get_global("territory_languages") if re.fullmatch("[A-Z]{2}", code))


class Value:
    """A value and its path. `None` and a missing key are the same: absent."""

    __slots__ = ("path", "value")

    def __init__(self, value: object, path: str = "") -> None:
        self.value = value
        self.path = path

    def object(self, required: Iterable[str], optional: Iterable[str] = ()) -> Value:
        """An object with the required keys and no unknown one."""
        if not isinstance(self.value, dict):
            raise refused(self.path or "facts", "must be an object")
        needed = tuple(required)
        allowed = {*needed, *optional}
        for key in self.value:
            if key not in allowed:
                known = ", ".join(sorted(allowed))
                raise refused(self._at(str(key)[:60]), f"unknown key; known here: {known}", "unknown_key")
        for key in needed:
            if self.value.get(key) is None:
                raise refused(self._at(key), "is missing", "missing")
        return self

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def __getitem__(self, key: str) -> Value:
        assert isinstance(self.value, dict)
        return Value(self.value.get(key), self._at(key))

    @property
    def absent(self) -> bool:
        return self.value is None

    def items(self, most: int) -> Iterator[Value]:
        """The members of a list of at most `most`; of an absent one, none."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise refused(self.path, "must be a list")
        if len(self.value) > most:
            raise refused(self.path, f"{len(self.value):,} entries; at most {most:,} are taken", "too_many")
        for at, value in enumerate(self.value):
            yield Value(value, f"{self.path}[{at}]")

    def text(self, most: int = SHORT) -> str:
        """A text that says something, composed (NFC) and without blanks around it; line breaks only in long ones."""
        if not isinstance(self.value, str) or not (text := self.value.strip()):
            raise refused(self.path, "must be a text that is not empty")
        if len(text) > most:
            raise refused(self.path, f"{len(text):,} characters; at most {most:,} are taken", "too_long")
        if "\r" in text:
            text = text.replace("\r\n", "\n")
        if (found := _BAD.search(text)) or (most <= SHORT and "\n" in text):
            sign = found.group() if found else "\n"
            raise refused(
                self.path, f"holds a control character (U+{ord(sign):04X}); leave it out", "control_character"
            )
        return text if text.isascii() else unicodedata.normalize("NFC", text)

    def optional_text(self, most: int = SHORT) -> str:
        """Empty when absent or blank."""
        if self.value is None or (isinstance(self.value, str) and not self.value.strip()):
            return ""
        return self.text(most)

    def day(self) -> date:
        text = self.text()
        if not _DATE.fullmatch(text):
            raise refused(self.path, f'{text!r} is not a date; write it like "2026-01-31"', "bad_date")
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise refused(self.path, f"{text} does not exist in the calendar", "bad_date") from None

    def optional_day(self) -> date | None:
        return None if self.value is None else self.day()

    def amount(self, currency: str, *, least: int | None = 0) -> int:
        """Minor units of a decimal text in major units, not below `least` (minor units)."""
        text = self._number()
        try:
            minor = to_minor(text, currency)
        except Refused as bad:
            raise refused(self.path, bad.message, bad.code) from None
        if least is not None and minor < least:
            raise refused(self.path, f"{text} must be more than zero" if least else f"{text} is negative", "bad_amount")
        return minor

    def optional_amount(self, currency: str, *, least: int | None = 0) -> int:
        return 0 if self.value is None else self.amount(currency, least=least)

    def decimal(self, *, negative: bool = False) -> Decimal:
        """A number of up to 12 digits and 8 decimals."""
        text = self._number()
        if not _DECIMAL.fullmatch(text):
            raise refused(self.path, f'{text!r} is not a number; write it like "12.50"', "bad_amount")
        number = Decimal(text)
        if number < 0 and not negative:
            raise refused(self.path, f"{text} is negative", "bad_amount")
        return number

    def percent(self) -> Decimal:
        rate = self.decimal()
        if rate > 100:
            raise refused(self.path, f"{rate} is more than 100 percent", "bad_amount")
        return rate

    def _number(self) -> str:
        if isinstance(self.value, int | float):
            raise refused(self.path, 'must be a text in quotes, like "12.50"', "bad_amount")
        return self.text()

    def whole(self, least: int, most: int) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool) or not least <= self.value <= most:
            raise refused(self.path, f"must be a whole number from {least} to {most}")
        return self.value

    def one_of(self, known: Iterable[str]) -> str:
        values, text = tuple(known), self.text()
        if text not in values:
            raise refused(self.path, f"{text!r} is not known here; use one of {', '.join(values)}")
        return text

    def currency(self) -> str:
        text = self.text()
        if not is_currency(text):
            raise refused(self.path, f"{text!r} is not a currency; use a code such as EUR", "unknown_currency")
        return text

    def country(self) -> str:
        text = self.text()
        if text not in _countries():
            raise refused(self.path, f"{text!r} is not a country; use a code such as NO", "unknown_country")
        return text

    def language(self) -> str:
        text = self.text()
        if not _LANGUAGE.fullmatch(text):
            raise refused(self.path, f"{text!r} is not a language; use a code such as nb or pt-BR")
        return text

    def link(self) -> str:
        text = self.text(2_000)
        if not _LINK.fullmatch(text):
            raise refused(self.path, f"{text!r} is not a link; write it like https://example.org/pay/77", "bad_link")
        return text


def refuse_too_large(path: str, minor: int) -> None:
    """Refuse an amount (minor units) beyond what money takes."""
    if abs(minor) > MAX_MINOR:
        raise refused(path, "larger than any amount taken here", "bad_amount")
