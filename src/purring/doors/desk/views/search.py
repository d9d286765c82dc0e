# SPDX-License-Identifier: AGPL-3.0-or-later
"""Search over everything: the first hits while one types, then a page of them by kind. What is shown is read anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.desk import Desk, is_fragment
from purring.doors.desk.hits import Shown, shown
from purring.doors.desk.paging import more_link
from purring.insight.search.finding import Asked, Hit, best, page
from purring.insight.search.indexing import catch_up
from purring.insight.search.sources import GROUPS

FIRST, ON_PAGE, IN_BAR = 5, 50, 4
"""Hits of a kind on the whole page, on a kind's own page, and under the field."""
NEW_AT_MOST = 200
"""Rows so new that the round has not seen them yet, which a search takes in itself."""
NAMES: dict[str, Lazy | str] = {
    "customer": _("Customers"),
    "invoice": _("Invoices"),
    "payment": _("Payments"),
    "message": _("Messages"),
    "note": _("Notes, promises, disputes"),
}


def search(request: HttpRequest, desk: Desk) -> HttpResponse:
    """`q` is the question; `in` a kind to see all of, from the key `after` on."""
    text = request.GET.get("q", "").strip()[:200]
    asked = Asked.of(text)
    group = request.GET.get("in", "")
    group = group if group in GROUPS else ""
    fragment = is_fragment(request)
    whole = catch_up(NEW_AT_MOST) if asked else True
    after, key = request.GET.get("after", ""), ""
    if group:
        hits, key = page(desk.organization.pk, asked, group, after, ON_PAGE)
        found = {group: hits} if hits else {}
    else:
        found = best(desk.organization.pk, asked, IN_BAR if fragment else FIRST + 1)
    context = {
        "here": "search",
        "q": text,
        "asked": bool(asked),
        "within": group,
        "names": NAMES,
        "groups": _groups(desk, found, asked, text, cut=0 if group or fragment else FIRST),
        "more": more_link(reverse("desk:search"), request.GET, key),
        "behind": not whole,
        "first": not after,
    }
    return render(request, "desk/search_hits.html" if fragment else "desk/search.html", context)


def _groups(
    desk: Desk, found: Mapping[str, Sequence[Hit]], asked: Asked, text: str, *, cut: int
) -> list[dict[str, Any]]:
    rows = shown(desk, [hit for hits in found.values() for hit in hits], asked)
    groups = []
    for group, hits in found.items():
        there: list[Shown] = [rows[hit.kind, hit.object_id] for hit in hits if (hit.kind, hit.object_id) in rows]
        more = bool(cut) and len(there) > cut
        if there:
            groups.append({"code": group, "name": NAMES[group], "rows": there[: cut or None], "more": more})
    return groups
