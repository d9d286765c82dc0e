# SPDX-License-Identifier: Apache-2.0
"""How a message ends: the answer buttons, the closing formula, who signs, the small print."""

from __future__ import annotations

from purring.language.draft import Draft
from purring.language.safe_text import clean, unbroken
from purring.language.shapes import Answers, Closing


def answers(draft: Draft) -> Answers | None:
    """The answer buttons of an e-mail. A code the language has no label for is left out."""
    if draft.channel != "email":
        return None
    named = [(draft.page(f"answer_{code}"), link) for code, link in draft.facts.answers]
    links = tuple((label, link) for label, link in named if label)
    return Answers(draft.page("answer_heading"), links) if links else None


def closing(draft: Draft) -> Closing:
    """Closing formula, who signs and how to reach them, and the small print."""
    organization = draft.facts.organization
    person = ", ".join(clean(text) for text in (organization.sender_name, organization.sender_title) if text)
    reach = " · ".join(filter(None, (unbroken(organization.phone), clean(organization.email))))
    address = ", ".join(clean(line) for line in organization.address_lines if line)
    signature = tuple(filter(None, (person, clean(organization.name), reach)))
    return Closing(
        draft.say("closing"), signature, tuple(filter(None, (address, clean(organization.legal_footer, 400))))
    )
