# SPDX-License-Identifier: Apache-2.0
"""How a message ends: the answer buttons, the closing formula, who signs, the small print."""

from __future__ import annotations

from purring.language.draft import Draft
from purring.language.safe_text import clean, unbroken
from purring.language.shapes import Answers, Closing


def answers(draft: Draft) -> Answers | None:
    """The answer buttons of an e-mail, and the way to the customer's page (on paper only this one). A code the language
    has no label for is left out."""
    facts = draft.facts
    if draft.channel == "sms":
        return None
    given = [(f"answer_{code}", link) for code, link in facts.answers] if draft.channel == "email" else []
    if facts.page_link:
        given.append(("your_page", facts.page_link))
    links = tuple((label, link) for name, link in given if (label := draft.page(name)))
    heading = draft.page("answer_heading") if facts.answers and draft.channel == "email" else ""
    return Answers(heading, links) if links else None


def closing(draft: Draft) -> Closing:
    """Closing formula, who signs and how to reach them, and the small print."""
    organization = draft.facts.organization
    person = ", ".join(clean(text) for text in (organization.sender_name, organization.sender_title) if text)
    reach = " · ".join(filter(None, (unbroken(organization.phone), clean(organization.email))))
    address = ", ".join(clean(line) for line in organization.address_lines if line)
    signature = tuple(filter(None, (person, clean(organization.name), reach, clean(organization.signature))))
    return Closing(
        draft.say("closing"), signature, tuple(filter(None, (address, clean(organization.legal_footer, 400))))
    )
