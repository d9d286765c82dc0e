# SPDX-License-Identifier: Apache-2.0
"""One text of the customer's page or of the call sheet as it would read, and what a text of one's own must not leave out.

For whoever writes such a text. Not here: the sheet as a whole (`calling`), which text a page shows (`pages`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from purring.language.calling import APART, POINTS, call_sheet
from purring.language.check import Finding
from purring.language.facts import MessageFacts
from purring.language.formats import money, plural
from purring.language.pages import Pages
from purring.language.safe_text import clean
from purring.language.sections import Piece, built_in, situations_of
from purring.language.tags import Voice
from purring.language.templates import compile_template
from purring.language.wording import PLURALS, resolve

COUNTED = (1, 3)
"""Numbers that a text with plural forms is shown with."""
Said = tuple[list[str], str]
"""The lines, and the CLDR locale they are written in."""


def page_text(
    piece: Piece, version: str, facts: MessageFacts, language: str, *, country: str, own: Mapping[str, str] | None
) -> Said:
    """A text of the customer's page with what stands in it there; with plural forms once for each. Raises `Refused`
    (`bad_template`)."""
    pages = Pages(language, country or None, {"pages": own["pages"]} if own and "pages" in own else None)
    values = page_values(piece.file, piece.key, facts, language, pages.locale)
    forms = situations_of(version) & PLURALS if version else set()
    counts = [count for count in COUNTED if not forms or plural(count, pages.locale) in forms] or [COUNTED[-1]]
    several = pages.counted(piece.key) or bool(forms)
    said = [pages.say(piece.key, count, **values) for count in counts] if several else [pages.say(piece.key, **values)]
    return said, pages.locale


def spoken_text(
    piece: Piece, facts: MessageFacts, language: str, *, country: str, voice: Voice, own: Mapping[str, str] | None
) -> Said:
    """What the call sheet says at this place about these facts; nothing where it would leave the place out."""
    earlier = facts.earlier or (facts.today - timedelta(days=16),)
    sheet = call_sheet(replace(facts, earlier=earlier), language, country=country or None, voice=voice, own=own)
    name, _, case = piece.key.partition(".")
    if name == "title":
        return [sheet.title], sheet.language.replace("-", "_")
    if not case and name not in (*POINTS, *APART):  # a sentence that the language has for its points
        return [one.say for one in sheet.points], sheet.language.replace("-", "_")
    points = sheet.objections if case else (*sheet.points, *sheet.apart)
    return [one.say for one in points if one.key == (case or name)], sheet.language.replace("-", "_")


def names_in(file: str, key: str, language: str) -> tuple[str, ...]:
    """What the built-in forms of a page text name."""
    mine = [one for one in built_in(file, language) if one.part == key]
    return tuple(dict.fromkeys(name for one in mine for name in sorted(_names(one.text, language))))


def page_values(file: str, key: str, facts: MessageFacts, language: str, locale: str) -> dict[str, object]:
    """Something for each name of a page text, as the page would give it."""
    item, contact = facts.items[0], facts.customer.contact
    total = facts.total_minor
    person = clean(contact.full_name) if contact else clean(facts.customer.name)
    known: dict[str, object] = {
        "organization": clean(facts.organization.name),
        "amount": money(total, facts.currency, locale),
        "full": money(total + total // 20, facts.currency, locale),
        "date": facts.today + timedelta(days=10),
        "number": item.number,
        "count": COUNTED[-1],
        "address": "a•••@example.com",
        "code": "481 516",
        "email": facts.organization.email or "post@example.com",
        "phone": facts.organization.phone or "+47 22 00 00 00",
        "language": language,
        "name": person,
        "names": f"{item.number}.pdf",
        "paid": 1,
        "k": 1,
        "n": 3,
        "place": facts.organization.place or "",
        "subject": item.number,
        "way": "Visa 4242",
    }
    return {name: known.get(name, "…") for name in names_in(file, key, language)}


def left_out(file: str, language: str, texts: Mapping[str, str]) -> list[Finding]:
    """What texts of one's own for the customer's page leave out although the built-in ones say it: an amount, a day. What
    one says on the phone may leave out anything."""
    return list(_left_out(file, language, texts)) if file == "pages" else []


def _left_out(file: str, language: str, texts: Mapping[str, str]) -> Iterator[Finding]:
    original = {one.heading: one.text for one in built_in(file, language)}
    for heading, text in texts.items():
        if text and heading in original:
            for name in sorted(_names(original[heading], language) - _names(text, language)):
                yield Finding("left_out", "text", f"{{{{ {name} }}}} has to stay in this text")


def _names(text: str, language: str) -> frozenset[str]:
    return compile_template(text, resolve(language) or language).names
