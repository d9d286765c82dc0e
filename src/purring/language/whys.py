# SPDX-License-Identifier: Apache-2.0
"""Reasons in other languages: the table of `purring.core.reasons` as a file for each, with days as people there write them.

`reasons/xx.txt` holds one `code = sentence` a line. `days_one` and `days_other` are the forms of a number of days;
`days_none` says that there are none.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib import resources

from purring.core.errors import Refused
from purring.core.reasons import IN_ENGLISH, Telling
from purring.language.tags import normalise

FORMS = ("days_none", "days_one", "days_other")
PATTERNS = {
    "es": "d 'de' MMMM",
    "pt-PT": "d 'de' MMMM",
    "pt-BR": "d 'de' MMMM",
    "de": "d. MMMM",
    "nb": "d. MMMM",
    "da": "d. MMMM",
}
"""A day and its month where that is more than "4 March"."""


def spoken() -> tuple[str, ...]:
    """The languages that reasons can be told in."""
    files = resources.files("purring.language") / "reasons"
    return ("en", *sorted(file.name.removesuffix(".txt") for file in files.iterdir() if file.name.endswith(".txt")))


@lru_cache(32)
def telling(language: str) -> Telling:
    """How reasons are said in a language (BCP 47). Raises `Refused` (`unknown_language`)."""
    asked = normalise(language)
    tag = asked if asked in spoken() else asked.partition("-")[0]
    if tag not in spoken():
        known = ", ".join(spoken())
        raise Refused("unknown_language", f"reasons are not told in {language!r}; use one of {known}", field="language")
    if tag == "en":
        return IN_ENGLISH
    table = read(tag)
    forms = {name: table.pop(name) for name in FORMS}

    def show_date(day: date) -> str:
        from babel.dates import format_date  # a third of a second to load, only when a language needs it

        return format_date(day, PATTERNS.get(tag, "d MMMM"), locale=tag.replace("-", "_"))

    def show_days(days: int) -> str:
        form = "days_none" if not days else "days_one" if days == 1 else "days_other"
        return forms[form].format(days=days)

    return Telling(table, show_date, show_days)


def read(tag: str) -> dict[str, str]:
    """The table of one language as it stands in its file."""
    text = (resources.files("purring.language") / "reasons" / f"{tag}.txt").read_text("utf-8")
    lines = (line.partition("=") for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return {code.strip(): sentence.strip() for code, _, sentence in lines}
