# SPDX-License-Identifier: Apache-2.0
"""The form of a letter on paper: to whom, where and when, what about, the text, what is enclosed.

The place of each on the sheet is up to whoever prints it. Not here: PDF.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from purring.language.compose import Words, compose, spoken_in, written_tag
from purring.language.draft import Draft
from purring.language.facts import MessageFacts
from purring.language.formats import locale_for
from purring.language.safe_text import clean
from purring.language.tags import Stage, Voice
from purring.language.wording import wording_for


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in its pieces. `words.text` runs from the greeting to the signature."""

    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    dated: str
    subject: str
    words: Words
    enclosed: str

    @property
    def text(self) -> str:
        """The whole letter as plain text, in the usual order."""
        pieces = ("\n".join(self.sender), "\n".join(self.recipient), self.dated, self.subject, self.words.text.strip())
        return "\n\n".join(piece for piece in (*pieces, self.enclosed) if piece) + "\n"


def letter(
    stage: Stage,
    facts: MessageFacts,
    language: str,
    *,
    country: str | None = None,
    variant: int = 0,
    voice: Voice = "neutral",
    own: Mapping[str, str] | None = None,
) -> Letter:
    """Write one letter; arguments and errors as for `compose.compose`."""
    language = spoken_in(language, country)
    words = compose(stage, "letter", facts, language, country=country, variant=variant, voice=voice, own=own)
    wording = wording_for(language, own)
    draft = Draft(stage, "letter", facts, wording, locale_for(written_tag(language, wording), country), variant, voice)
    organization, day = facts.organization, draft.day(facts.today) or ""
    place = clean(organization.place)
    names = [clean(name.removesuffix(".pdf")) for name in facts.attachments]
    return Letter(
        sender=tuple(filter(None, (clean(organization.name), *map(clean, organization.address_lines)))),
        recipient=_recipient(draft),
        dated=(draft.page("letter_dated", place=place, date=day) if place else "") or day,
        subject=draft.page("letter_subject", subject=words.subject) or words.subject,
        words=words,
        enclosed=draft.page("letter_enclosed", len(names), names=", ".join(names)) if names else "",
    )


def _recipient(draft: Draft) -> tuple[str, ...]:
    """The lines of the envelope: the company, then its person; a person alone without "for the attention of"."""
    customer, at = draft.facts.customer, draft.address
    contact = draft.facts.customer.contact
    title = clean(contact.title, 40) if contact else ""  # on an envelope as it was given, in their language
    person = " ".join(filter(None, (title, at.full))) if at.to_person else ""
    company = clean(customer.name)
    if person and (customer.kind == "consumer" or not company or company in (at.full, person)):
        lines = [person]
    else:
        lines = [company, draft.page("letter_attention", name=person) or person if person else ""]
    return tuple(filter(None, (*lines, *map(clean, customer.address_lines))))
