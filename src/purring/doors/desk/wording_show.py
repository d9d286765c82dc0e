# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands beside a text on its page: the message as it would read, what one may put in, and what was kept before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk
from purring.doors.desk.fields import sentence
from purring.doors.desk.mail_view import mail_view
from purring.doors.desk.word_diff import compared
from purring.doors.desk.wording_names import SHOWN_TO, chips, page_chips, version_name
from purring.facts.customers.models import Customer
from purring.facts.organizations.logos import Logos
from purring.facts.organizations.models import User
from purring.followup import wordings
from purring.followup.own_wordings import own_wordings
from purring.followup.wording_checks import lacking
from purring.followup.wording_preview import Look, customer_words, sample_words
from purring.language.sections import Piece
from purring.language.sms import MAX_SEGMENTS, segments
from purring.language.wording import wording_for

FOUND = 6
"""Customers offered while one is searched."""


def preview(desk: Desk, given: QueryDict, asked: Look, *, broken: bool) -> dict[str, Any]:
    """The message as it would read, to the customer that was searched or to a sample one."""
    find = str(given.get("find", "")).strip()[:100]
    situation_name = str(given.get("situation", ""))
    situation_name = situation_name if situation_name in SHOWN_TO else "standard"
    context: dict[str, Any] = {"find": find, "situation": situation_name, "matches": [], "whom": None, "trouble": ""}
    if broken:
        return context
    if find:
        rows = Customer.objects.of(desk.organization).filter(name__icontains=find).order_by("name", "id")
        matches = list(rows[:FOUND])
        wanted = str(given.get("customer", "")) if given.get("found_for") == find or "pick" in given else ""
        wanted = str(given.get("pick", "")) or wanted
        whom = next((row for row in matches if str(row.pk) == wanted), matches[0] if matches else None)
        context |= {"matches": matches, "whom": whom}
        if whom is None:
            context["trouble"] = gettext("No customer of that name. Here is a sample one.")
    try:
        words, facts = _words(desk, asked, context, situation_name)
    except Refused as refused:
        context["trouble"] = sentence(refused.message)
        return context
    context |= {
        "words": words,
        "mail": mail_view(Logos(desk.organization.pk).put_into(words.html)) if words.html else "",
        "channel": "alone" if asked.alone else asked.by,
    }
    if asked.by == "sms" and not asked.alone:
        context |= {"segments": segments(words.text), "characters": len(words.text), "most_segments": MAX_SEGMENTS}
    context["shown_lacks"] = [
        sentence(lack_said(lack.code, lack.message)) for lack in lacking(asked, words, facts) if lack.blocking
    ]
    return context


def _words(desk: Desk, asked: Look, context: dict[str, Any], situation_name: str) -> Any:
    if context["whom"] is not None:
        try:
            return customer_words(desk.organization, asked, context["whom"], desk.today)
        except Refused as refused:
            if refused.code != "nothing_to_say":
                raise
            context["trouble"] = gettext("%(why)s Here is a sample customer.") % {"why": sentence(refused.message)}
            context["whom"] = None
    return sample_words(desk.organization, asked, situation_name)


def chips_of(desk: Desk, asked: Look, texts: Iterable[str]) -> list[Any]:
    """What one may put into the text, with what it says to a sample customer."""
    _, facts = sample_words(desk.organization, Look(asked.language, asked.piece))
    if asked.piece.file == "pages":
        return page_chips(asked.piece, facts, asked.language)
    wording = wording_for(asked.language, own_wordings(desk.organization, asked.language))
    return chips(texts, asked.purpose, "call" if asked.alone else asked.by, facts, wording, desk.organization.voice)


def history_of(desk: Desk, language: str, piece: Piece, there: dict[str, wordings.Standing]) -> list[dict[str, Any]]:
    """Each kept version: who, when, what changed against the one before it."""
    rows = wordings.history(desk.organization, language, piece)
    people = User.objects.filter(pk__in={int(r.by[5:]) for r in rows if r.by.startswith("user:")})
    names = {f"user:{user.pk}": user.name or user.email for user in people}
    found = []
    for index, row in enumerate(rows):
        earlier = next((before for before in rows[index + 1 :] if before.heading == row.heading), None)
        stands = there.get(row.heading)
        before = earlier.text if earlier and earlier.text else stands.built_in if stands else ""
        after = row.text or (stands.built_in if stands else "")
        found.append(
            {
                "row": row,
                "who": names.get(row.by, row.by),
                "name": version_name(piece, row.heading),
                "lines": compared(before, after),
            }
        )
    return found


def lack_said(code: str, message: str) -> str:
    """What a message would lack, in the reader's words."""
    said = {
        "missing_organization": gettext("who is writing is not said"),
        "missing_amount": gettext("the amount is not said"),
        "missing_due_date": gettext("the due date is not said"),
        "missing_reference": gettext("the invoice is not named"),
        "missing_how_to_pay": gettext("how to pay is not said"),
        "missing_contact": gettext("whom to ask is not said"),
        "missing_greeting": gettext("there is no greeting"),
        "missing_thanks_or_closing": gettext("there is no closing"),
        "empty": gettext("nothing is left of it"),
        "leftover": gettext(
            "something that is filled in later was left over; blocks such as the greeting stand in mails and letters only"
        ),
        "privacy": gettext("it tells somebody else what the customer owes"),
    }
    return said.get(code, message)
