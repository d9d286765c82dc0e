# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days and sums as customers write them in answers to reminders, in the files of `said/`: what is meant, and the words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from purring.language.when import find_amounts, find_days

SAID_ON = date(2026, 10, 13)
"""A Tuesday."""
ZONES = {"en": "Europe/London"}
CURRENCIES = {"en": "GBP", "af": "ZAR", "nb": "NOK", "sv": "SEK", "da": "DKK", "pt-BR": "BRL"}
"""What the invoice is in; elsewhere in euros."""


def cases(name: str) -> Iterator[tuple[str, str, str]]:
    """Language, what is meant, words."""
    language = ""
    for line in (Path(__file__).parent / "said" / name).read_text("utf-8").splitlines():
        if line.startswith("["):
            language = line[1:-1]
        elif line and not line.startswith("#"):
            meant, words = line.split(" | ", 1)
            yield language, meant, words


def day(meant: str) -> date:
    return date.fromisoformat(meant if len(meant) > len("10-13") else f"2026-{meant}")


def several(meant: str) -> list[str]:
    return [] if meant == "-" else meant.split(",")


def days_in(language: str, words: str) -> list[date]:
    found = find_days(words, language, SAID_ON, ZONES.get(language, "UTC"))
    return sorted({one.on for one in found if one.on})


def sums_in(language: str, words: str) -> list[tuple[Decimal, str | None]]:
    return [(one.value, one.currency) for one in find_amounts(words, language, CURRENCIES.get(language, "EUR"))]


@pytest.mark.parametrize(("language", "meant", "words"), list(cases("days.txt")))
def test_the_day_a_customer_means_is_read(language: str, meant: str, words: str) -> None:
    assert days_in(language, words) == [day(one) for one in several(meant)]


@pytest.mark.parametrize(("language", "meant", "words"), list(cases("sums.txt")))
def test_the_sum_a_customer_means_is_read(language: str, meant: str, words: str) -> None:
    fits(sums_in(language, words), several(meant))


@pytest.mark.parametrize(("language", "meant", "words"), list(cases("answers.txt")))
def test_days_and_sums_are_told_apart_in_whole_sentences(language: str, meant: str, words: str) -> None:
    days, sums = meant.split(";")
    assert days_in(language, words) == [day(one) for one in several(days)]
    fits(sums_in(language, words), several(sums))


def fits(found: list[tuple[Decimal, str | None]], meant: list[str]) -> None:
    expected = [(Decimal(value), currency) for value, currency in (one.split() for one in meant)]
    assert [value for value, _ in found] == [value for value, _ in expected]
    assert all(
        currency in (None, named) or named == "-" for (_, currency), (_, named) in zip(found, expected, strict=True)
    )
