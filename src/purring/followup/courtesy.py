# SPDX-License-Identifier: AGPL-3.0-or-later
"""The tone guard before a message leaves.

Words that a person wrote, once or as a wording of their own, are read in full while they are written, and for what blocks as each
message of them leaves. Our own wordings the tests have judged, so of a message of them only what others wrote into it is looked at.
What blocks stays here until a person says that it shall leave all the same; the journal keeps who, when and in spite of what.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from purring.core.errors import Refused
from purring.facts.journal.models import Entry
from purring.followup.models import Reminder
from purring.language.compose import Words
from purring.language.facts import MessageFacts
from purring.language.tone import KNOWN_STAGES, Finding, Report, check_grave, check_tone

EDITED = "reminder.edited"
WRITTEN = (EDITED, "message.wanted")
"""Entries of words that a person wrote."""
_ANY_STAGE = "reply"
"""Notes and announcements ask for nothing, as an answer does."""


def judge(reminder: Reminder, subject: str, text: str) -> Report | None:
    """What the guard says of words for this message; None in a language it does not know. Not what is missing: what a
    person leaves out of a message of their own is up to them."""
    customer = reminder.customer
    people = [contact.name for contact in customer.contacts.all()]
    facts = {
        "customer_name": customer.name,
        "contact_name": " ".join(people),
        "organisation": reminder.organization.name,
    }
    language = reminder.language or customer.language
    return _report(check_tone, language, reminder.stage, reminder.channel, facts, subject, text)


def findings(reminder: Reminder, subject: str, text: str) -> list[Finding]:
    """What the guard would change in words for this message, as they stand."""
    report = judge(reminder, subject.strip(), text.replace("\r\n", "\n").strip())
    return list(report.findings) if report else []


def refuse_unkind(words: Words, reminder: Reminder) -> None:
    """Raises `Refused` (`unkind`) when a person's words block, unless that very edit says that they shall leave."""
    report = judge(reminder, words.subject, words.text)
    if report is not None and report.verdict == "block" and not overruled(reminder):
        raise refused(blocking(report))


def refuse_unkind_wording(
    words: Words, stage: str, channel: str, facts: MessageFacts, let_stand: Collection[str] = ()
) -> None:
    """Raises `Refused` (`unkind`) when a message of a wording of the users' own blocks, unless for what a person let stand (codes)
    when they kept the text."""
    report = _report(check_grave, words.language, stage, channel, _names(facts), words.subject, words.text)
    if grave := [finding for finding in blocking(report) if finding.code not in let_stand]:
        raise refused(grave)


def refuse_unkind_facts(words: Words, facts: MessageFacts) -> None:
    """Raises `Refused` (`unkind`) when what others wrote into a message of our own words blocks: what an import calls an invoice, what was
    noted of an agreement. Our words themselves the tests have judged, in every language, variant and voice."""
    written = [item.description for item in facts.items]
    written += [facts.terms_text, facts.relation, *facts.extra.values()]
    written += [one.text for one in (facts.agreement, facts.consequence) if one is not None]
    said = "\n".join(text for text in dict.fromkeys(written) if " " in text)
    report = _report(check_grave, words.language, _ANY_STAGE, "email", _names(facts), "", said) if said else None
    if grave := blocking(report):
        raise refused(grave)


def judge_wording(words: Words, stage: str, channel: str, facts: MessageFacts) -> Report | None:
    """What the guard says of a message made of these facts; None in a language it does not know."""
    return _report(check_tone, words.language, stage, channel, _names(facts), words.subject, words.text)


def _names(facts: MessageFacts) -> dict[str, str]:
    contact = facts.customer.contact
    return {
        "customer_name": facts.customer.name,
        "contact_name": (contact.full_name or f"{contact.given_name} {contact.family_name}".strip()) if contact else "",
        "organisation": facts.organization.name,
        "sender_name": facts.organization.sender_name,
    }


def overruled(reminder: Reminder) -> bool:
    """Whether the person who wrote the words that stand now let them leave in spite of what the guard says."""
    mine = Entry.objects.of(reminder.organization_id).filter(customer_id=reminder.customer_id, kind__in=WRITTEN)
    last = mine.filter(data__reminder=reminder.pk).order_by("-id").first()
    return last is not None and bool(last.data.get("overruled"))


def blocking(report: Report | None) -> list[Finding]:
    """The findings that stop a message."""
    return [finding for finding in report.findings if finding.severity == "block"] if report else []


def refused(grave: list[Finding]) -> Refused:
    """Why a message stays here, with the findings as `findings`."""
    said = "; ".join(f"“{finding.quote}”: {finding.why}" for finding in grave)
    return Refused("unkind", f"these words may hurt: {said}", findings=grave)


def _report(
    check: Callable[..., Report],
    language: str,
    stage: str,
    channel: str,
    facts: dict[str, str],
    subject: str,
    text: str,
) -> Report | None:
    known = stage if stage in KNOWN_STAGES else _ANY_STAGE
    try:
        report = check(text, language=language, stage=known, channel=channel, facts=facts, subject=subject)
    except Refused as refusal:
        if refusal.code == "unknown_language":
            return None
        raise
    kept = tuple(finding for finding in report.findings if not finding.code.startswith("missing_"))
    return Report(report.language, report.verdict if kept else "ok", kept)
