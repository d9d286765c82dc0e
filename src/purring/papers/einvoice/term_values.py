# SPDX-License-Identifier: Apache-2.0
"""Single values out of the terms of a stranger's document, fit for the facts: composed, and without traps.

Left out are control characters and the marks that make a text read in another order than it is written; the marks a
right-to-left name needs stay. Where a term occurs several times, the first counts.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from purring.papers.einvoice.terms import Terms

_TRAPS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u2028-\u202e\u2066-\u2069]")


def text(terms: Terms, term: str) -> str:
    """With its line breaks; empty when there is none."""
    value = terms.get(term, "")
    return clean(str(value[0] if isinstance(value, list) else value))


def one_line(terms: Terms, term: str) -> str:
    """On one line; empty when there is none."""
    return " ".join(text(terms, term).split())


def identifier(terms: Terms, term: str) -> dict[str, str]:
    """`value`, and `scheme` when it has one; nothing when there is none."""
    value = terms.get(term, {})
    found = value[0] if isinstance(value, list) else value
    return {name: " ".join(clean(one).split()) for name, one in found.items()}


def day(terms: Terms, term: str) -> date | None:
    """None when there is none, or none that the calendar knows."""
    try:
        return date.fromisoformat(one_line(terms, term))
    except ValueError:
        return None


def clean(found: str) -> str:
    return unicodedata.normalize("NFC", _TRAPS.sub("", found.replace("\t", " ")))
