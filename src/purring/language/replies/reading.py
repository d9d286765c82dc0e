# SPDX-License-Identifier: Apache-2.0
"""Reading a reply as a whole: from a mail, or a text with whatever is quoted below, to what its writer wants.

read_reply("I'll pay on Friday.\\n\\nOn Tue, 3 Mar 2026, Sue wrote:\\n> ...", said_on=date(2026, 3, 4)).pay_on
"""

from __future__ import annotations

import email.utils
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from purring.core.errors import Refused
from purring.language import detect, tags
from purring.language.replies import back, dating, intents, kinds
from purring.language.replies.cut import cut
from purring.language.replies.evidence import gather
from purring.language.replies.intents import Intent, judge
from purring.language.replies.mail import Mail, mended, opened
from purring.language.replies.markup import plain_text
from purring.language.replies.quoting import QUOTED
from purring.language.replies.references import invoice_refs

_PAGE = re.compile(r"\s*<(?:!doctype html|html|head|body|div|meta|p|table)\b[^>]*>", re.IGNORECASE)

FALLBACK = "en"
"""Language a text is judged in when its own cannot be told: so short that little depends on it."""

SHORT = 12
"""Words; in fewer, Danish can hardly be told from Norwegian."""
_KIN = (frozenset({"nb", "da", "sv"}), frozenset({"nl", "af"}), frozenset({"pt-PT", "pt-BR", "es"}))


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood.

    kind: human, out_of_office, auto_acknowledgement or bounce; `primary` is the kind itself when not human.
    language: one of the twelve tags, None when it cannot be told. reply: what is newly written. pay_on, pay_amount
    (major units), pay_currency (ISO 4217): of a commitment to pay, the first instalment of several; None when not said or
    not resolvable. return_on: the first day back of an absence note. invoice_refs: as written. open_question: an
    answer is owed. sure: reminders may rest on what is `primary` without a person looking; all else is a proposal.
    """

    kind: str
    language: str | None
    reply: str
    intents: tuple[Intent, ...]
    primary: str
    hostile: bool
    pay_on: date | None
    pay_amount: Decimal | None
    pay_currency: str | None
    return_on: date | None
    invoice_refs: tuple[str, ...]
    open_question: bool
    sure: bool = False


def read_reply(
    text_or_raw: str | bytes,
    *,
    raw: bool = False,
    language: str | None = None,
    said_on: date | None = None,
    timezone: str = "UTC",
) -> Reading:
    """Read a reply.

    text_or_raw: the text of a mail with whatever is quoted below; with `raw` the whole mail as it came over the wire.
    language: when it is known; else it is detected. said_on: the day it was written, in the writer's zone; of a raw
    mail its own date counts when none is given; without any, words such as "Friday" stay unresolved. timezone: the
    writer's. Raises `Refused`: unknown_language, unknown_timezone. Never raises on any text or mail.
    """
    zone = _zone(timezone)
    known = _known(language) if language else None
    mail: Mail | None = None
    if raw:
        mail = opened(text_or_raw if isinstance(text_or_raw, bytes) else text_or_raw.encode("utf-8", "surrogateescape"))
        text = mail.text
        said_on = said_on or _dated(mail, zone)
    else:
        text = text_or_raw if isinstance(text_or_raw, str) else text_or_raw.decode("utf-8", "replace")
        text = mended(text.replace("\r\n", "\n"))
        text = plain_text(text) if _PAGE.match(text) else text
    reply = cut(text)
    spoken = known or _spoken(reply, text)
    kind = kinds.kind_of(mail, reply) if mail else kinds.kind_of_text(text, reply)
    refs = invoice_refs(reply, f"{mail.header('subject')}\n{text}" if mail else text)
    if kind.name != kinds.HUMAN:
        return _automatic(kind, reply, spoken, refs, said_on, timezone)
    evidence = gather(reply, spoken or FALLBACK, said_on, timezone)
    judged = judge(evidence, guessed=spoken is None, refs=refs, asked=_asked(reply, text, evidence.language))
    pay_on = pay_amount = pay_currency = None
    if judged.commitment is not None:
        pay_on, pay_amount, pay_currency = dating.promised(evidence, judged.commitment, said_on, refs, rest=judged.rest)
    return Reading(
        kind=kinds.HUMAN,
        language=spoken,
        reply=reply,
        intents=judged.intents,
        primary=judged.primary,
        hostile=judged.hostile,
        pay_on=pay_on,
        pay_amount=pay_amount,
        pay_currency=pay_currency,
        return_on=None,
        invoice_refs=refs,
        open_question=judged.open_question,
        sure=judged.sure,
    )


def _automatic(
    kind: kinds.Kind, reply: str, language: str | None, refs: tuple[str, ...], said_on: date | None, timezone: str
) -> Reading:
    """What no person wrote asks nothing and promises nothing."""
    away = kind.name == kinds.OUT_OF_OFFICE and said_on is not None
    return Reading(
        kind=kind.name,
        language=language,
        reply=reply,
        intents=(Intent(kind.name, kind.confidence, kind.quote),),
        primary=kind.name,
        hostile=False,
        pay_on=None,
        pay_amount=None,
        pay_currency=None,
        return_on=back.back_on(reply, language or FALLBACK, said_on, timezone) if away and said_on else None,
        invoice_refs=refs,
        open_question=False,
    )


def _asked(reply: str, text: str, language: str) -> dict[str, bool]:
    """The lines of a reply that stand right under a quoted question about paying (True), or about a call (False)."""
    if ">" not in text or "?" not in text:
        return {}
    new = {line.strip() for line in reply.split("\n") if line.strip()}
    found: dict[str, bool] = {}
    above = ""
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped in new and QUOTED.match(above) and above.rstrip().endswith("?"):
            marks = {mark for one in gather(above.lstrip("> "), language, None).told for mark in one.marks}
            if "@call" in marks or not intents.OF_PAYING.isdisjoint(marks):
                found[stripped] = "@call" not in marks
        above = line if stripped else above
    return found


def _spoken(reply: str, text: str) -> str | None:
    """The language of a reply; where it is short and its language has near kin, the quoted mail may settle it."""
    own = detect.detect(reply)
    if own is not None and len(reply.split()) >= SHORT:
        return own
    whole = detect.detect(text)
    if own is None or any({own, whole} <= family for family in _KIN):
        return whole
    return own


def _known(language: str) -> str:
    tag = tags.normalise(language)
    for name in (tag, tag.split("-")[0]):
        if name in detect.LANGUAGES:
            return name
    raise Refused(
        "unknown_language",
        f"{language!r} is no language that replies are read in; known are {', '.join(detect.LANGUAGES)}",
    )


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: a folder's name, such as "Europe"
        raise Refused("unknown_timezone", f"{name!r} is no time zone; one is written like Europe/Oslo") from None


def _dated(mail: Mail, zone: ZoneInfo) -> date | None:
    """The day of a mail's Date header in the writer's zone."""
    try:
        moment: datetime = email.utils.parsedate_to_datetime(mail.header("date"))
        return moment.astimezone(zone).date() if moment.tzinfo else moment.date()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
