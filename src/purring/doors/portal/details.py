# SPDX-License-Identifier: AGPL-3.0-or-later
"""Correcting one's details: language and channel change at once, what changes to whom or where we write a person looks at
first, and the old address hears of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from purring.core.errors import Refused
from purring.doors.portal.coming_in import bound, go
from purring.doors.portal.labels import OWN_NAMES, language_of, spoken
from purring.doors.portal.mails import tell_old_address
from purring.doors.portal.opening import Visit, closed, private, visit, with_query
from purring.facts.customers.actions import change_customer
from purring.facts.customers.details import details_of, open_proposal, propose_details
from purring.facts.customers.models import Contact, DetailProposal
from purring.followup.tasks import record_task
from purring.kit import forms

log = logging.getLogger("purring.portal")
CUSTOMER = "customer"
"""Who the journal names."""
FORM, LANGUAGE = "details", "language"
CHANNELS = ("email", "phone")
"""What can be kept: mail leaves from here, and a call is a task for a person. A text message or a letter would need a
gateway that no installation has yet; a wish that staff noted for one stays."""
TASK = "details"
MOST = {
    "contact.name": 200,
    "contact.email": 254,
    "contact.phone": 40,
    "address_lines": 400,
    "postcode": 20,
    "city": 100,
}
_PHONE = re.compile(r"[+(]?[\d\s()/.\-]{5,38}")


@csrf_exempt  # the token of the form does what the cookie would
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, token: str) -> HttpResponse:
    """Only for who came in by a code; others are asked for one."""
    found = visit(request, token)
    if found is None:
        return closed(request)
    if not found.known:
        return go(found, found.to("more"))
    contact = _contact(found)
    now_there = details_of(found.customer, contact)
    if request.method != "POST":
        return _page(request, found, now_there, {})
    wanted, errors = read(request.POST, found)
    try:
        key = forms.read(FORM, request.POST.get("form", ""), bound(found), found.now)
    except Refused:
        errors.setdefault("page", found.words.say("try_later"))
    if errors:
        return _page(request, found, now_there | wanted, errors, status=422)
    language, channel = request.POST.get("language", ""), request.POST.get("channel", "")
    before = open_proposal(found.customer)
    with transaction.atomic():
        change_customer(
            found.customer,
            now=found.now,
            actor=CUSTOMER,
            language=language if language in spoken() else found.customer.language,
            preferred_channel=channel if channel in _channels(found) else "",
        )
        proposal = propose_details(
            found.customer,
            contact,
            wanted,
            key=key,
            now=found.now,
            actor=CUSTOMER,
            address=request.META.get("REMOTE_ADDR", ""),
            agent=request.headers.get("User-Agent", ""),
        )
        if proposal:
            _task(found, proposal)
    if proposal and (before is None or before.pk != proposal.pk):
        _tell(found, proposal)
    return go(found, with_query(found.to("details"), "saved=asked" if proposal else "saved=1"))


def _channels(found: Visit) -> tuple[str, ...]:
    """What may be wished for; a wish that is kept already can stay."""
    kept = found.customer.preferred_channel
    return (*CHANNELS, kept) if kept and kept not in CHANNELS else CHANNELS


def read(said: Mapping[str, str], found: Visit) -> tuple[dict[str, str], dict[str, str]]:
    """What was filled in, and what is wrong with it by field, in the reader's language."""
    wanted: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name, most in MOST.items():
        text = said.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()
        if name != "address_lines":
            text = " ".join(text.split())
        wanted[name] = text[:most]
    if email := wanted["contact.email"]:
        try:
            validate_email(email)
        except ValidationError:
            errors["contact.email"] = found.words.say("bad_email")
    else:
        errors["contact.email"] = found.words.say("required")
    if wanted["contact.phone"] and not _PHONE.fullmatch(wanted["contact.phone"]):
        errors["contact.phone"] = found.words.say("bad_phone")
    return wanted, errors


def _contact(found: Visit) -> Contact | None:
    """Whom the code went to."""
    assert found.known
    people = list(found.customer.contacts.order_by("position", "id"))
    return next((one for one in people if one.email == found.known.address), people[0] if people else None)


def _task(found: Visit, proposal: DetailProposal) -> None:
    names = ", ".join(name.removeprefix("contact.").replace("_", " ") for name in proposal.new)
    record_task(
        found.organization,
        TASK,
        customer_id=found.customer.pk,
        subjects=("",),
        invoice_ids=[],
        why=gettext("asked on their page: {names}").format(names=names),
        today=found.today,
        now=found.now,
        actor=CUSTOMER,
    )


def _tell(found: Visit, proposal: DetailProposal) -> None:
    """The address that is known hears of it: whoever changes it should read mail there."""
    assert found.known
    said = field_names(found)
    try:
        tell_old_address(found, found.known.address, [(said[name], value) for name, value in proposal.new.items()])
    except Exception:  # it is proposed all the same, and a person looks at it
        log.exception("word of a change of details could not be sent")


def field_names(found: Visit) -> dict[str, str]:
    label = found.words.label
    return {
        "contact.name": label["details_name"],
        "contact.email": label["channel_email"],
        "contact.phone": label["channel_phone"],
        "address_lines": label["details_street"],
        "postcode": label["details_postcode"],
        "city": label["details_city"],
    }


def _page(
    request: HttpRequest, found: Visit, values: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> HttpResponse:
    waiting = open_proposal(found.customer)
    shown = {**values, **waiting.new} if waiting and not errors else values
    names = field_names(found)
    said = request.POST
    context: dict[str, Any] = {
        "w": found.words,
        "organization": found.organization,
        "back": found.to("account"),
        "saved": request.GET.get("saved", ""),
        "waiting": waiting is not None,
        "error": errors.get("page", ""),
        "fields": {
            name.replace(".", "_"): {
                "name": name, "label": names[name], "value": shown.get(name, ""), "error": errors.get(name, ""),
                "most": MOST[name],
            }
            for name in MOST
        },
        "languages": [(code, OWN_NAMES[code]) for code in spoken()],
        "language": said.get("language") or _spoken_to(found),
        "channels": [(code, found.words.say(f"channel_{code}")) for code in _channels(found)],
        "channel": said.get("channel", found.customer.preferred_channel),
        "form": forms.token(FORM, bound(found), found.now),
    }  # fmt: skip
    return private(render(request, "portal/details.html", context, status=status), found.words.language)


def _spoken_to(found: Visit) -> str:
    """The language we write in now, as one that the page knows."""
    return language_of(found.customer.language, found.organization.language)


@csrf_exempt  # the token of the form does what the cookie would
@require_POST
def language(request: HttpRequest, token: str) -> HttpResponse:
    """From now on we write in this language."""
    found = visit(request, token)
    if found is None:
        return closed(request)
    wanted = request.POST.get("language", "")
    to = found.to("account")
    try:
        forms.read(LANGUAGE, request.POST.get("form", ""), bound(found), found.now)
    except Refused:
        return go(found, to)
    if wanted not in spoken():
        return go(found, to)
    change_customer(found.customer, now=found.now, actor=CUSTOMER, language=wanted)
    return go(found, f"{to.partition('?')[0]}?language={wanted}&kept=1")
