# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the customer's page says: the page texts of the language library (`pages.txt`), in the languages that have all of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from purring.core.errors import Refused
from purring.language.compose import LANGUAGES
from purring.language.pages import Pages
from purring.language.tags import normalise

log = logging.getLogger("purring.portal")

OWN_NAMES = {
    "en": "English", "af": "Afrikaans", "fr": "Français", "es": "Español", "nb": "Norsk", "da": "Dansk", "de": "Deutsch",
    "it": "Italiano", "nl": "Nederlands", "pt-PT": "Português (Portugal)", "pt-BR": "Português (Brasil)", "sv": "Svenska",
}  # fmt: skip
"""What each language calls itself."""


class Labels(Mapping[str, str]):
    """The texts of one language, said when asked for: `labels["to_pay"]`, `labels.say("due_on", date=…)`."""

    def __init__(self, language: str, country: str, organization: str, own: Mapping[str, str] | None = None) -> None:
        self._pages, self._organization = Pages(language, country or None), organization
        self._own = _own_pages(language, country, own) if own else None

    def __getitem__(self, key: str) -> str:
        return self.say(key)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key in self._pages

    def __iter__(self) -> Iterator[str]:
        return iter(self._pages.names())

    def __len__(self) -> int:
        return len(self._pages.names())

    def say(self, key: str, count: int | None = None, /, **values: Any) -> str:
        """In the house's own words where it has some. What cannot be said in them, as a file in the data folder may have it,
        is said in the built-in ones: a mistake closes nobody's page."""
        told = {"organization": self._organization, **values}
        if self._own:
            try:
                return self._own.say(key, count, **told)
            except Refused as refused:
                log.warning("own page text %s (%s): %s", key, self._pages.locale, refused.message)
        return self._pages.say(key, count, **told)


def _own_pages(language: str, country: str, own: Mapping[str, str]) -> Pages | None:
    try:
        return Pages(language, country or None, own)
    except Refused as refused:
        log.warning("own page texts (%s): %s", language, refused.message)
        return None


@lru_cache(1)
def spoken() -> tuple[str, ...]:
    """The languages of the page, English first: those whose wordings have every text that English has."""
    english = set(Pages("en").names())
    return ("en", *(tag for tag in LANGUAGES if tag != "en" and english <= set(Pages(tag).names())))


def language_of(*wanted: str) -> str:
    """The first of these language tags that the page speaks, else English."""
    for tag in wanted:
        known = normalise(tag) if tag else ""
        for candidate in (known, known.partition("-")[0]):
            if candidate in spoken():
                return candidate
    return "en"
