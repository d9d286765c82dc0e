# SPDX-License-Identifier: AGPL-3.0-or-later
"""What texts, their versions and the words one may put into them are called at the desk, and what each of these would say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.utils.functional import Promise as Lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.sayings import CHANNELS, STAGES, Labels, label
from purring.language.alone import page_values
from purring.language.compose import written_tag
from purring.language.draft import Draft
from purring.language.facts import MessageFacts
from purring.language.formats import locale_for, long_date
from purring.language.pages import Pages
from purring.language.sections import Piece, part_of, situations_of
from purring.language.tags import Voice
from purring.language.variables import BLOCKS
from purring.language.wording import Wording

FILES: Mapping[str, Lazy] = {
    "sentences": _("shared sentences"),
    "greetings": _("greetings"),
    "labels": _("labels of lists"),
    "call": _("on the phone"),
    "pages": _("customer’s page"),
}
PAGE_GROUPS: Mapping[Lazy, tuple[str, ...]] = {
    _("Answer buttons, and what follows them"): ("answer_", "ask_", "noted_", "your_page"),
    _("Letters on paper"): ("letter_",),
    _("Headings of the call sheet"): ("call_", "case_"),
    _("The page itself, paying and details"): ("",),
}
"""The texts of the customer's page by how their names begin; the last group has the rest."""
STAGE_NOTES: Mapping[str, Lazy] = {
    "request": _("Who you are, what it is for, how much and until when."),
    "courtesy": _("Before the due date: nothing is wrong."),
    "due_today": _("On the day itself."),
    "friendly": _("The first word after the due date, in good faith."),
    "follow_up": _("Brief: since when, and on which day may you expect it?"),
    "firm": _("Pay by a day, or say what stands in the way."),
    "final": _("The last reminder, calm."),
    "thank_you": _("When money came. It never asks for the rest."),
    "terms_note": _("What was agreed, before anything is owed."),
    "check_in": _("Did it arrive, are you content?"),
    "autopay": _("Before money is taken automatically."),
}
CASES: Mapping[str, Lazy] = {
    "promise_to_pay": _("They will pay"),
    "already_paid": _("They have paid"),
    "not_received": _("They never got it"),
    "copy_request": _("They want a copy"),
    "info_request": _("They ask what it is for"),
    "po_request": _("They need an order number"),
    "dispute": _("Something is not right"),
    "not_satisfied": _("They are not content"),
    "cannot_pay_all": _("They cannot pay all of it"),
    "plan_request": _("They ask for instalments"),
    "plan_agreed": _("A plan was agreed"),
    "plan_declined": _("Their plan cannot be agreed to"),
    "day_declined": _("Their day cannot be agreed to"),
    "day_agreed": _("A later day was agreed"),
    "sum_agreed": _("A smaller sum was agreed"),
    "hardship": _("Money is tight"),
    "hardship_short": _("Money is tight for some weeks"),
    "hardship_lasting": _("Money is tight for long"),
    "wrong_person": _("It is not for them"),
    "approval_pending": _("It waits for approval"),
    "pay_run": _("They pay on fixed days"),
    "pays_late": _("They always pay later"),
    "call_request": _("They want to be called"),
    "call_summary": _("After a call"),
    "refusal": _("They will not pay"),
    "hostile": _("They are angry"),
    "insolvency": _("They are insolvent"),
    "stop_contact": _("They want no more messages"),
    "acknowledgement": _("They confirm it arrived"),
    "other": _("Something else"),
}
SITUATIONS: Labels = {
    **CASES,
    "silence": _("nothing came back yet"),
    "received": _("they confirmed that it arrived"),
    "settled": _("all is paid"),
    "remaining": _("something is still open"),
    "receipt": _("did it arrive?"),
    "satisfaction": _("are you content?"),
    "single": _("one invoice"),
    "several": _("several invoices"),
    "plan": _("instalments"),
    "arrived": _("it surely arrived"),
    "partly_paid": _("partly paid"),
    "overdue": _("overdue"),
    "due_is_today": _("due today"),
    "same_due_date": _("one due date"),
    "by_phone": _("agreed by phone"),
    "discount_ending": _("the discount ends soon"),
    "short": _("short form"),
    "warm": _("warm"),
    "direct": _("direct"),
    "formal": _("formal"),
    "informal": _("informal"),
    "new": _("a new customer"),
    "regular": _("a regular customer"),
    "long_standing": _("a long-standing customer"),
    "personal": _("somebody you know well"),
    "business": _("businesses"),
    "consumer": _("private people"),
    "given": _("by first name"),
    "surname": _("by surname"),
    "titled": _("with a title"),
    "full": _("by full name"),
    "company": _("a company"),
    "nobody": _("nobody known by name"),
    "woman": _("a woman"),
    "man": _("a man"),
    "reply": _("answer"),
    "one": _("one of them"),
    "other": _("more of them"),
    **STAGES,
    **CHANNELS,
}
SHOWN_TO: Mapping[str, Lazy] = {
    "standard": _("a customer with one invoice"),
    "several": _("a customer with several invoices"),
    "part_paid": _("a customer who paid a part"),
    "broken_promise": _("a customer whose promised day has passed"),
    "woman_formal": _("a woman who is addressed formally"),
    "consumer": _("a private person"),
    "company_only": _("a company without a known person"),
    "options": _("a customer who is offered instalments"),
}
VOICES: Mapping[str, Lazy] = {"warm": _("warm"), "neutral": _("friendly and plain"), "formal": _("formal")}
NAMES: Mapping[Lazy, Mapping[str, Lazy]] = {
    _("Blocks, each on a line of its own"): {
        "greeting": _("greeting"),
        "details": _("list of what is owed"),
        "button": _("button to pay"),
        "ways_to_pay": _("ways to pay"),
        "proposal": _("instalments that are offered"),
        "closing": _("closing and signature"),
    },
    _("Who"): {
        "organization": _("your name"),
        "sender": _("who signs"),
        "phone": _("your phone"),
        "email": _("your address for answers"),
        "customer": _("the customer"),
        "full": _("the person"),
        "relation": _("who you are to them"),
    },
    _("What"): {
        "number": _("invoice number"),
        "numbers": _("all invoice numbers"),
        "what": _("what it is for"),
        "count": _("how many invoices"),
        "po_number": _("their order number"),
        "order_status": _("status of the order"),
        "purchase_date": _("day of the order"),
        "issued_date": _("invoice date"),
    },
    _("How much"): {
        "amount": _("amount due"),
        "due_amount": _("amount that was due"),
        "asked_now": _("to be paid first"),
        "original_amount": _("invoice amount"),
        "paid_amount": _("already paid"),
        "received_amount": _("payment received"),
    },
    _("When"): {
        "due_date": _("due date"),
        "days_overdue": _("days overdue"),
        "days_left": _("days left"),
        "pay_by": _("to be paid by"),
        "today": _("today"),
        "received_date": _("day of the payment"),
        "previous_date": _("day of your last message"),
        "debit_date": _("day of the automatic payment"),
        "terms_days": _("days to pay"),
    },
    _("How to pay"): {"reference": _("payment reference"), "link": _("link to pay")},
    _("Paragraphs, said only when true"): {
        "background": _("promise, agreement or part payment"),
        "offers": _("charge, discount, instalments"),
        "follows": _("what follows, and the way out"),
        "contact": _("whom to ask"),
        "attached": _("what is attached"),
        "thanks": _("thanks"),
        "crossed": _("perhaps it has crossed"),
        "the_invoices": _("the invoices in a sentence"),
        "first_due": _("when it was due, in a sentence"),
        "confirm_receipt": _("asks whether it arrived"),
    },
}


@dataclass(frozen=True)
class Chip:
    """One thing to put into a text: what to type, its plain name, and what it would say here."""

    code: str
    name: str
    example: str


def title_of(piece: Piece) -> str:
    """A text's name: "friendly reminder, e-mail"."""
    if piece.file == "reply" and piece.situation:
        return gettext("Answer: %(case)s") % {"case": label(dict(CASES), piece.situation)}
    first = label(dict(FILES), piece.file) if piece.file in FILES else label(STAGES, piece.file)
    first = first[:1].upper() + first[1:]
    if piece.file == "call":
        return gettext("%(text)s: %(name)s") % {"text": first, "name": point_name(piece)}
    if not piece.channel:
        return gettext("%(text)s: %(name)s") % {"text": first, "name": piece.key.replace("_", " ")}
    if piece.situation:
        told = {"text": first, "channel": label(CHANNELS, piece.channel), "when": situation(piece.situation)}
        return gettext("%(text)s, %(channel)s: %(when)s") % told
    return gettext("%(text)s, %(channel)s") % {"text": first, "channel": label(CHANNELS, piece.channel)}


def point_name(piece: Piece) -> str:
    """What a point of the call sheet is called: its heading there, or what the customer says."""
    if piece.situation:
        return label(dict(CASES), piece.situation)
    if piece.key == "title":
        return gettext("what it is about")
    try:
        return Pages(get_language() or "en").say(f"call_{piece.key}")
    except Refused:  # a sentence that this language has for its points
        return piece.key.replace("_", " ")


def page_groups(keys: Iterable[str]) -> dict[str, list[str]]:
    """These page texts by their groups."""
    found: dict[str, list[str]] = {str(name): [] for name in PAGE_GROUPS}
    for key in keys:
        found[next(str(name) for name, begins in PAGE_GROUPS.items() if key.startswith(begins))].append(key)
    return found


def situation(name: str) -> str:
    """What holds when a wording is taken; the tag of a country as it is."""
    return label(SITUATIONS, name)


def version_name(piece: Piece, heading: str) -> str:
    """What one version of a text is called on its page: "Text, warm", "Subject line 2"."""
    base = gettext("Subject line") if part_of(heading) == "subject" else gettext("Text")
    number = next((word for word in heading.split() if word.isdigit()), "")
    mine = situations_of(heading) - {piece.situation}
    when = ", ".join(situation(name) for name in sorted(mine))
    if number:
        base = gettext("%(name)s %(number)s") % {"name": base, "number": number}
    return gettext("%(name)s: %(when)s") % {"name": base, "when": when} if when else base


def version_use(heading: str, headings: tuple[str, ...], voice: str) -> str:
    """When a version is taken, given the tone of the house: `first`, `again` (when the message is repeated), `apart` (only in
    another tone), or empty: by what holds."""
    if part_of(heading) not in ("message", "subject"):
        return ""
    manner = situations_of(heading) & {"warm", "formal", "direct"}
    like = [h for h in headings if part_of(h) == part_of(heading)]
    leading = any(voice in situations_of(h) for h in like)
    if manner:
        return "first" if voice in manner else "apart"
    first = (
        not leading and next((h for h in like if not situations_of(h) & {"warm", "formal", "direct"}), "") == heading
    )
    if len(like) == 1 or first:
        return "first"
    return "again"


USES: Labels = {"first": _("taken first"), "again": _("when the message is repeated"), "apart": _("in another tone")}
BLOCK = "…"
"""What a block says is more than fits."""
_NAME = re.compile(r"\{\{\s*([a-z_]+)")
_STRIP = (
    "greeting",
    "organization",
    "amount",
    "due_date",
    "number",
    "details",
    "button",
    "ways_to_pay",
    "closing",
    "link",
)


def strip(groups: list[Any]) -> list[Chip]:
    """What is put in most often."""
    by_code = {chip.code: chip for group in groups for chip in group["chips"]}
    return [by_code[code] for name in _STRIP if (code := f"{{{{ {name} }}}}") in by_code]


def chips(
    texts: Iterable[str], purpose: Any, channel: Any, facts: MessageFacts, wording: Wording, voice: str
) -> list[Any]:
    """What one may put in, by groups, with what it says for these facts, and what else these texts have in them."""
    locale = locale_for(written_tag(wording.language, wording), None)
    draft = Draft(purpose, channel, facts, wording, locale, 0, cast(Voice, voice))
    found = []
    left_out = {"sms": BLOCKS.keys(), "call": BLOCKS.keys(), "letter": {"button", "link"}}.get(channel, set())
    for group, named in NAMES.items():
        names = {code: name for code, name in named.items() if code not in left_out}
        made = [
            Chip(f"{{{{ {code} }}}}", str(name), said) for code, name in names.items() if (said := _said(draft, code))
        ]
        if made:
            found.append({"title": str(group), "chips": made})
    named_here = {code for text in texts for code in _NAME.findall(text)} - {
        c for names in NAMES.values() for c in names
    }
    more = [Chip(f"{{{{ {c} }}}}", c.replace("_", " "), said) for c in sorted(named_here) if (said := _said(draft, c))]
    return [*found, {"title": gettext("Also in this text"), "chips": more}] if more else found


def page_chips(piece: Piece, facts: MessageFacts, language: str) -> list[Any]:
    """What one may put into a text of the customer's page: what the built-in one names."""
    locale = locale_for(language, None)
    plain = {code: str(name) for named in NAMES.values() for code, name in named.items()} | {"date": gettext("day")}
    made = []
    for code, value in page_values(piece.file, piece.key, facts, language, locale).items():
        shown = long_date(value, locale) if isinstance(value, date) else str(value)
        made.append(Chip(f"{{{{ {code} }}}}", plain.get(code, code.replace("_", " ")), shown))
    return [{"title": gettext("In this text"), "chips": made}] if made else []


def _said(draft: Draft, name: str) -> str:
    if name in ("greeting", "details", "button", "ways_to_pay", "closing"):
        return BLOCK
    try:
        value = draft.value(name)
    except Refused:
        return ""
    if isinstance(value, bool) or value is None or "\ue000" in str(value):
        return ""
    return str(value)
