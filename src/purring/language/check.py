# SPDX-License-Identifier: Apache-2.0
"""The structural check before every send: are all the parts there, exactly, and nothing left over?

It compares finished words (a machine's or a person's) with the facts. Not here: judging tone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from purring.language import sms
from purring.language.compose import MOST_WORDS, Words, words_besides_lists
from purring.language.facts import Item, MessageFacts
from purring.language.formats import long_date, money, one_stop, short_date
from purring.language.safe_text import FIRST_ISOLATE, POP_ISOLATE, clean
from purring.language.tags import ASKING, Channel, Stage

_SIGNS = ("{{", "}}", "{%", "%}", "\ue000", "\ue001", "None", "nil", "undefined", "null", "NaN")
"""What a leftover contains; looking for these first is much faster than the expression."""
_LEFTOVER = re.compile(r"\{\{|\}\}|\{%|%\}|[\ue000\ue001]|(?<![\w-])(?:None|nil|undefined|null|NaN)(?![\w-])")
_HOLES: Mapping[str, re.Pattern[str]] = {
    language: re.compile(pattern, re.IGNORECASE)
    for language, pattern in {
        "en": r"[,;:(] ?ago\b|\bafter [.,;)]|; have passed\b",
        "af": r"[,;:(] ?gelede\b|\bna [.;)]",
        "nl": r"[,;:(] ?geleden\b|\binmiddels geleden\b",
        "de": r"[,(] ?vor ?[.,;)]|\bseit überfällig\b",
        "fr": r"\b(?:il y a|depuis) [.,)]",
        "es": r"[,;(] ?hace ?[.,;)]",
        "it": r"[,;(] ?fa ?[.,;)]",
        "pt": r"[,;(] ?há ?[.,;)]",
        "nb": r"\bfor siden\b",
        "da": r"\bfor siden\b",
        "sv": r"\bför sedan\b",
    }.items()
}
"""What is left of "12 days ago" where no day is overdue, in the flat text."""
_MOST_IN_A_GREETING = 6
"""Words of a greeting besides the name."""
_ALLOWED_INVISIBLE = frozenset({"\n", FIRST_ISOLATE, POP_ISOLATE, "\u200c", "\u200d", "\u200f", "\u200e", "\u061c"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `field` is text, subject or html; a blocking one stops the message."""

    code: str
    field: str
    message: str
    blocking: bool = True


def check_words(words: Words, facts: MessageFacts, stage: Stage, channel: Channel) -> list[Finding]:
    """All findings, empty when the message may leave. Codes are those of the tone guard where they fit."""
    return [*_form(words, facts, channel), *_content(words, facts, stage, channel)]


def check_reply(words: Words, facts: MessageFacts, *, discreet: bool) -> list[Finding]:
    """The findings of an answer to a customer. With `discreet` it may name neither an amount nor an invoice."""
    said = _flat(words.text)
    findings = list(_form(words, facts, "email"))
    if _flat(clean(facts.organization.name)) not in said:
        findings.append(Finding("missing_organization", "text", "who is writing is not said"))
    findings += _letter_parts(words.text, said, facts)
    if discreet:
        findings += _told_to_a_stranger(f"{said} {words.subject}", facts, words.locale)
    return findings


def _told_to_a_stranger(said: str, facts: MessageFacts, locale: str) -> Iterator[Finding]:
    amounts = {facts.total_minor, *(item.open_minor for item in facts.items)} - {0}
    secrets = [_flat(money(minor, facts.currency, locale)) for minor in amounts]
    secrets += [_flat(clean(text, 80)) for item in facts.items for text in (item.number, item.description) if text]
    if any(_has_number(said, secret) for secret in secrets) or (facts.pay_link and facts.pay_link in said):
        yield Finding("privacy", "text", "this tells somebody else what the customer owes")


def _form(words: Words, facts: MessageFacts, channel: Channel) -> Iterator[Finding]:
    if not words.text.strip():
        yield Finding("empty", "text", "the message is empty")
    fields = [("text", words.text)]
    if channel != "sms":
        fields.append(("subject", words.subject))
        if not words.subject.strip():
            yield Finding("empty", "subject", "the subject is empty")
        elif "\n" in words.subject or "\r" in words.subject:
            yield Finding("control_character", "subject", "the subject must be one line")
    for field, text in fields:
        if not text.isascii() or not text.replace("\n", "").isprintable():
            for char in set(text) - _ALLOWED_INVISIBLE:
                if not char.isprintable() and unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs"):
                    yield Finding("control_character", field, f"the invisible character U+{ord(char):04X} is in it")
        match = _LEFTOVER.search(text) if any(map(text.__contains__, _SIGNS)) else None
        if match and _LEFTOVER.search(_without_facts(text, facts)):
            yield Finding("leftover", field, f"{match[0]!r} was left over from a template")
    if channel == "sms":
        count = sms.segments(words.text)
        if count > sms.MAX_SEGMENTS:
            yield Finding(
                "sms_too_long",
                "text",
                f"this needs {count} segments, {sms.MAX_SEGMENTS} are the limit",
                False,
            )
    elif words_besides_lists(words.text) > MOST_WORDS:
        yield Finding("overlong", "text", "this is too long to be read on a phone", False)


def _content(words: Words, facts: MessageFacts, stage: Stage, channel: Channel) -> Iterator[Finding]:
    said = _flat(words.text)
    short = channel == "sms"
    yield from _holes(said, facts, words.locale)
    organization = facts.organization
    if _flat(clean(organization.name)) not in said:
        yield Finding("missing_organization", "text", "who is writing is not said")
    if stage in ASKING:
        yield from _amounts(said, facts, words.locale, short)
        yield from _invoices(said, facts, words.locale, short)
        if not _how_to_pay(said, facts) and (not short or facts.pay_link):
            yield Finding("missing_how_to_pay", "text", "how to pay is not said")
    elif stage == "thank_you" and facts.received is not None:
        received = money(facts.received.amount_minor, facts.currency, words.locale)
        if not _has_number(said, _flat(received)):
            yield Finding("missing_amount", "text", "the amount received is not said")
    if not short:
        yield from _letter_parts(words.text, said, facts)


def _holes(said: str, facts: MessageFacts, locale: str) -> Iterator[Finding]:
    """A wording that counts the days overdue, used when there are none."""
    pattern = _HOLES.get(locale.partition("_")[0])
    if pattern is None or any(item.days_overdue > 0 for item in facts.items):
        return
    if match := pattern.search(said):
        yield Finding("leftover", "text", f"{match[0]!r} was left over from a template")


def _amounts(said: str, facts: MessageFacts, locale: str, short: bool) -> Iterator[Finding]:
    total, asked = (_flat(money(minor, facts.currency, locale)) for minor in (facts.total_minor, facts.asked_minor))
    if short and asked != total and _has_number(said, asked):
        return  # an agreed part is asked first; a text message need not say the whole
    if not _has_number(said, total):
        yield Finding("missing_amount", "text", "the exact amount is not said")
    if not short and asked != total and not _has_number(said, asked):
        yield Finding("missing_amount", "text", "the agreed amount to pay now is not said")


def _invoices(said: str, facts: MessageFacts, locale: str, short: bool) -> Iterator[Finding]:
    if short and len(facts.items) > 1:
        return  # a text message names how many; the page behind the link lists them
    for item in facts.items:
        if not _has_number(said, _flat(clean(item.number, 80))):
            yield Finding("missing_reference", "text", f"invoice {item.number} is not named")
        if not _due_date_said(said, item, locale):
            yield Finding("missing_due_date", "text", f"the due date of {item.number} is not said")


def _due_date_said(said: str, item: Item, locale: str) -> bool:
    return any(_flat(write(item.due_on, locale)) in said for write in (long_date, short_date))


def _how_to_pay(said: str, facts: MessageFacts) -> bool:
    """Whether the pay link, an account or a way's note is said; true when there is no link and no account that
    could be, as when the invoice alone knows them."""
    if facts.pay_link and facts.pay_link in said:
        return True
    numbers = [_flat(clean(account.number, 80)) for account in facts.organization.accounts]
    notes = [_flat(clean(way.note, 300)) for way in facts.ways if way.note]
    return any(text and text in said for text in (*numbers, *notes)) or not (numbers or facts.pay_link)


def _letter_parts(text: str, said: str, facts: MessageFacts) -> Iterator[Finding]:
    lines = [line for line in text.splitlines() if line.strip()]
    greeting = _flat(lines[0]) if lines else ""
    if not greeting or _is_sentence(greeting, facts):
        yield Finding("missing_greeting", "text", "the message does not begin with a greeting")
    elif not _names_reader(greeting, facts):
        yield Finding("wrong_name", "text", "the greeting does not name the person this is for")
    reach = (facts.organization.phone, facts.organization.email, facts.organization.reply_to)
    if any(reach) and not any(_flat(clean(way)) in said for way in reach if way):
        yield Finding("missing_contact", "text", "whom to contact is not said")
    signers = [_flat(clean(name)) for name in (facts.organization.sender_name, facts.organization.name) if name]
    if not any(name in line for line in map(_flat, lines[-8:]) for name in signers):
        yield Finding("missing_thanks_or_closing", "text", "nobody signs the message")


def _is_sentence(line: str, facts: MessageFacts) -> bool:
    """Whether the first line is a sentence rather than a greeting. The stop of a name ("Acme Inc.", "J.") ends none,
    and a long name makes no greeting too long."""
    ended = line.endswith((".", "?"))
    contact = facts.customer.contact
    known = [facts.customer.name]
    if contact is not None:
        known += [contact.full_name, contact.family_name, contact.given_name]
    names = sorted({_flat(clean(name)).casefold() for name in known if name}, key=len, reverse=True)
    folded = line.casefold()
    by_name = ended and any(folded.endswith(name) for name in names)
    for name in names:
        folded = folded.replace(name, "")
    return len(folded) > 200 or (ended and not (by_name and len(folded.split()) <= _MOST_IN_A_GREETING))


def _names_reader(greeting: str, facts: MessageFacts) -> bool:
    """True when the greeting holds one of the reader's names, in any case: "van der Merwe" begins a greeting as
    "Van der Merwe". A company, or nobody known, need not be named."""
    greeting = greeting.casefold()
    contact = facts.customer.contact
    if contact is None and facts.customer.kind == "consumer":
        return _flat(clean(facts.customer.name)).casefold() in greeting
    if contact is None:
        return True
    names = [
        _flat(clean(name)).casefold() for name in (contact.given_name, contact.family_name, contact.full_name) if name
    ]
    return not names or any(name in greeting for name in names)


def _has_number(said: str, wanted: str) -> bool:
    """Whether a number or reference stands in the text by itself, not inside a longer one."""
    start = said.find(wanted)
    while wanted and start >= 0:
        end = start + len(wanted)
        before, after = said[max(start - 2, 0) : start], said[end : end + 2]
        inside = (wanted[0].isalnum() and _joins(before[::-1])) or (wanted[-1].isalnum() and _joins(after))
        if not inside:
            return True
        start = said.find(wanted, start + 1)
    return False


def _joins(beside: str) -> bool:
    """Whether the characters next to a number belong to it: "1" before "250", ".5" after "100"."""
    return beside[:1].isalnum() or (beside[:1] in (".", ",") and beside[1:2].isdigit())


def _flat(text: str) -> str:
    """One line with plain punctuation: a text message has ' where an amount (1’245.00) or a name has ’, and so has
    what people type. Stops that meet are one, as in finished words."""
    return sms.plain(one_stop(text))


def _fact_texts(facts: MessageFacts) -> Iterable[str]:
    contact, organization = facts.customer.contact, facts.organization
    yield from (
        facts.customer.name,
        organization.name,
        organization.sender_name,
        organization.signature,
        facts.relation,
        facts.reference,
    )
    yield from (facts.pay_link, facts.terms_text, *facts.extra.values())
    if contact is not None:
        yield from (contact.given_name, contact.family_name, contact.full_name, contact.title)
    for item in facts.items:
        yield from (item.number, item.description, item.order_status, item.po_number)
        yield from (line.description for line in item.lines)
    if facts.agreement is not None:
        yield facts.agreement.text
    yield from (charge.text for charge in facts.charges)


def _without_facts(text: str, facts: MessageFacts) -> str:
    """The text without what the facts brought in: a customer may be called {{ x }} or None."""
    flat = _flat(text)
    for fact in sorted(filter(None, map(clean, _fact_texts(facts))), key=len, reverse=True):
        flat = flat.replace(_flat(fact), " ")
    return flat
