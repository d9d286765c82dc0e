# SPDX-License-Identifier: Apache-2.0
"""Readers of the classes that patterns name in braces: numbers, lengths of time, names, days of a month, years.

Each takes a text and a token and gives what it reads there with the token after it; several answers where it is open what
is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from purring.language.when.numerals import Numerals
from purring.language.when.patterns import Patterns, Reader
from purring.language.when.scan import BREAK, Scan


def read_names(full: Mapping[str, int], short: Mapping[str, int], suffix: str = "") -> Reader:
    """Names as numbers; a short form may have a point, a weekday in Portuguese has "feira"."""

    names = {**short, **full}

    def read(scan: Scan, index: int) -> Iterable[tuple[Any, int]]:
        word = scan.words[index]
        number = names.get(word)
        if number is None:
            return ()
        if suffix and scan.word(index + 1) == suffix:
            return ((number, index + 2),)
        if word in short and scan.word(index + 1) == "." and scan.glued(index + 1):
            return ((number, index + 1), (number, index + 2))
        return ((number, index + 1),)

    return read


def read_phrases(tree: Patterns) -> Reader:
    def read(scan: Scan, index: int) -> Iterable[tuple[Any, int]]:
        found = tree.longest(scan, index)
        return ((found.meaning, found.after),) if found else ()

    return read


def read_numbers(numerals: Numerals) -> Reader:
    def read(scan: Scan, index: int) -> Iterable[tuple[Any, int]]:
        word = scan.words[index]
        if word[0].isdigit():
            if scan.in_code(index) or len(word) > 4:
                return ()
            after = scan.word(index + 1)
            if (
                after in (".", ",")
                and scan.glued(index + 1)
                and scan.glued(index + 2)
                and scan.word(index + 2).isdigit()
            ):
                if after and scan.word(index + 2) in ("5", "25", "75"):
                    return ((Decimal(f"{int(word)}.{scan.word(index + 2)}"), index + 3),)
                return ()
            value, following = numerals.scaled(scan, index + 1, Decimal(int(word)))
            return ((value, following),)
        number = numerals.read(scan, index)
        return ((number.value, number.after),) if number and not number.ordinal else ()

    return read


def read_digits(scan: Scan, index: int) -> Iterable[tuple[Any, int]]:
    """One or two digits, as of a week."""
    word = scan.words[index]
    if not word.isdigit() or len(word) > 2:
        return ()
    if scan.glued(index + 1):
        mark, behind = scan.word(index + 1), scan.word(index + 2)
        if mark[0].isalnum() or (mark != BREAK and scan.glued(index + 2) and behind[0].isdigit()):
            return ()
    return ((int(word), index + 1),)


class Length(NamedTuple):
    """A length of time; `loose` when the text leaves room ("two or three weeks": the longer one)."""

    number: Decimal
    unit: str
    loose: bool


def read_lengths(numerals: Numerals, units: Patterns, one: frozenset[str], choice: frozenset[str]) -> Reader:
    """Lengths of time, one after the other: "a month", "10 days", "1 month and 21 days", "2-3 weeks", "a week or two"."""
    read_number = read_numbers(numerals)

    def count_at(scan: Scan, index: int) -> list[tuple[Decimal, int]]:
        if index >= len(scan):
            return []
        counts = [*read_number(scan, index)]
        if scan.words[index] in one:
            counts.append((Decimal(1), index + 1))
        return counts

    def part(scan: Scan, index: int) -> tuple[Length, int] | None:
        for value, after in count_at(scan, index):
            most = value
            if scan.word(after) in choice and (others := count_at(scan, after + 1)):
                most, after = others[0]
            unit = units.longest(scan, after) if after < len(scan) else None
            if unit is None:
                continue
            if most == value and scan.word(unit.after) in choice:  # "a week or two"
                later = count_at(scan, unit.after + 1)
                if later and later[0][0] > value and not units.longest(scan, min(later[0][1], len(scan) - 1)):
                    return Length(later[0][0], unit.meaning, True), later[0][1]
            return Length(max(most, value), unit.meaning, most != value), unit.after
        return None

    def read(scan: Scan, index: int) -> Iterable[tuple[Any, int]]:
        found = part(scan, index)
        if found is None:
            return ()
        parts, after = [found[0]], found[1]
        while following := part(scan, after + (scan.word(after) in numerals.joins or scan.word(after) == ",")):
            parts.append(following[0])
            after = following[1]
        return ((tuple(parts), after),)

    return read


def read_days_of_month(
    numerals: Numerals,
    suffixes: frozenset[str],
    dot: bool,
    months: Mapping[str, int],
    cardinal_days: bool,
    *,
    ordinal: bool,
) -> Reader:
    """1 to 31: digits ("5", "5th", "5."), words ("fifth", or "cinco" where days are
    counted so); with `ordinal` only forms that say so."""

    def read(scan: Scan, index: int) -> Iterable[tuple[Any, int]]:
        word = scan.words[index]
        if not word[0].isdigit():
            number = numerals.read(scan, index)
            if number is None or not 1 <= number.value <= 31 or (ordinal and not number.ordinal):
                return ()
            beside_month = scan.word(number.after) in months or scan.word(index - 1) in months
            if number.value != int(number.value) or not (number.ordinal or cardinal_days or beside_month):
                return ()
            return ((int(number.value), number.after),)
        if len(word) > 2 or not 1 <= int(word) <= 31 or scan.in_code(index, months):
            return ()
        value, after = int(word), index + 1
        found = []
        glued, following = scan.glued(after), scan.word(after)
        if glued and following in ":" and scan.glued(after + 1) and scan.word(after + 1) in suffixes:
            return ((value, after + 2),)
        if glued and following in suffixes and following not in months:
            return ((value, after + 1),)
        if glued and following == "-" and scan.glued(after + 1):
            behind = scan.word(after + 1)
            if behind.isdigit() and len(behind) > 2:  # "die 14-2026" is a number of an invoice
                return ()
        if glued and following in (".", ",", "/", ":") and scan.glued(after + 1) and scan.word(after + 1).isdigit():
            return ()
        if glued and following.isalpha() and following not in months and len(following) < 3:
            return ()
        if glued and following == "." and (dot or scan.word(after + 1) in months):
            found.append((value, after + 1))
        if not ordinal:
            found.append((value, after))
        return found

    return read


def read_years(numerals: Numerals, counted: frozenset[str]) -> Reader:
    """A year of four digits, or of two ("14 April 15", "'26"), which the meaning completes, or in words."""

    def in_words(scan: Scan, index: int) -> Iterable[tuple[Any, int]]:
        number = numerals.read(scan, index)
        if number is None or number.ordinal or scan.word(number.after) in counted:
            return ()
        value, after = number.value, number.after
        if value in (19, 20) and after < len(scan) and (rest := numerals.read(scan, after)) and 10 <= rest.value < 100:
            value, after = value * 100 + rest.value, rest.after
        return ((int(value), after),) if 1900 <= value <= 2199 and scan.word(after) not in counted else ()

    def read(scan: Scan, index: int) -> Iterable[tuple[Any, int]]:
        word, following = scan.words[index], scan.word(index + 1)
        if not word[0].isdigit():
            return in_words(scan, index)
        if not word.isdigit() or len(word) not in (2, 4) or following in counted or following == "%":
            return ()
        if scan.glued(index + 1) and following[0].isalnum():
            return ()
        if scan.glued(index + 1) and following in ".,:/" and scan.glued(index + 2) and scan.word(index + 2).isdigit():
            return ()
        if len(word) == 4 and not 1900 <= int(word) <= 2199:
            return ()
        if len(word) == 2 and (following.isdigit() or following in (":", "-", "/")):
            return ()
        return ((int(word), index + 1),)

    return read
