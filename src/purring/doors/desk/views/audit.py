# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings, "What happened": the journal as people read it, as a file, and whether its chain is whole."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from purring.doors.desk import log
from purring.doors.desk.desk import Desk, go_on, is_fragment
from purring.doors.desk.exporting import as_csv
from purring.doors.desk.log_sayings import LOG_NAMES
from purring.doors.desk.paging import more_link
from purring.doors.desk.views.settings import show
from purring.facts.journal.checking import ask, work
from purring.facts.journal.models import ChainCheck
from purring.language import formats

AT_ONCE_SECONDS = 0.1
"""How long the person waits for the first piece of a check; a round goes on with the rest."""
BROKEN: dict[str, Lazy | str] = {
    "missing": _("Entry %(number)s is missing."),
    "changed": _("Entry %(number)s was changed after it was sealed."),
    "text": _("The words of entry %(number)s were changed."),
    "rewritten": _("Entry %(number)s is not the one that was there at the last check."),
    "cut": _("The journal ends at entry %(number)s; at the last check it was longer."),
}


def listing(request: HttpRequest, desk: Desk) -> HttpResponse:
    asked = log.Filter.of(request.GET)
    page = log.page(desk, asked, request.GET.get("after", ""))
    path = reverse("desk:audit")
    context: dict[str, Any] = {"lines": page.lines, "found": page, "more": more_link(path, request.GET, page.after)}
    if is_fragment(request):
        return render(request, "desk/settings/audit_rows.html", context)
    offered = log.people(desk)
    context |= {
        "asked": asked, "people": offered, "whats": [(key, name) for key, name in LOG_NAMES.items() if key],
        "chips": log.chips(asked, offered), "query": urlencode(asked.parts), **_state(desk),
    }  # fmt: skip
    return show(request, "audit", "audit", **context)


def file(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """What is shown, all of it, as CSV."""
    asked = log.Filter.of(request.GET)
    return as_csv(f"{gettext('what-happened')}-{desk.today.isoformat()}", log.head(), log.cells(desk, asked))


def check(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Look at the whole chain; a small one is done at once."""
    work(ask(desk.organization.pk, now=desk.now, actor=desk.actor), desk.now, AT_ONCE_SECONDS)
    return go_on(request, f"{reverse('desk:audit')}#chain")


def chain(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How far the check is."""
    if not is_fragment(request):
        return go_on(request, f"{reverse('desk:audit')}#chain")
    return render(request, "desk/settings/audit_chain.html", _state(desk))


def _state(desk: Desk) -> dict[str, Any]:
    last = ChainCheck.objects.of(desk.organization).order_by("-id").first()
    wrong = [str(BROKEN[str(what)]) % {"number": number} for what, number in last.wrong] if last else []
    number, done = (formats.quantity(Decimal(one), desk.locale) for one in (last.upto, last.done)) if last else ("", "")
    whole = ngettext("Whole: %(number)s entry.", "Whole: %(number)s entries.", last.upto if last else 0)
    return {"check": last, "wrong": wrong, "whole": whole % {"number": number}, "total": number, "done": done}
