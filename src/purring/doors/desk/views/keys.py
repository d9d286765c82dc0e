# SPDX-License-Identifier: AGPL-3.0-or-later
"""API keys: those there are and those there were, making one, revoking one."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from purring.doors.desk.desk import Desk, go_on
from purring.doors.desk.key_forms import STANDS, KeyForm
from purring.doors.desk.shown_once import not_kept, put_by, take_out
from purring.doors.desk.views.settings import show
from purring.facts.organizations.keys import closed_by, revoke_key, roles_of
from purring.facts.organizations.models import ApiKey
from purring.kit.tenancy import reach

FRESH = "api-key"
SHOWN = 200
"""Rows of the page; those that open something come first, and there are fewer."""


def listing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every key; a fresh one is shown whole on the page after it was made, and never again."""
    form = KeyForm(request.POST or None, desk=desk)
    if request.method == "POST" and (made := form.run()) is not None:
        if made:
            put_by(request, desk, FRESH, key=made, program=form.cleaned_data["name"])
        return go_on(request, reverse("desk:keys"))
    there = ApiKey.objects.of(desk.organization).select_related("made_by", "revoked_by")
    keys = list(there.order_by(F("revoked_at").desc(nulls_first=True), "-id")[:SHOWN])
    roles = roles_of(keys)
    rows = []
    for key in keys:
        word, tone = STANDS[closed_by(key, roles.get(key.made_by_id or 0, ""), desk.today)]
        rows.append({"key": key, "word": word, "tone": tone})
    fresh = take_out(request, desk, FRESH)
    page = show(request, "keys", "keys", 422 if form.errors else 200, form=form, rows=rows, fresh=fresh)
    return not_kept(page) if fresh else page


def revoke(request: HttpRequest, desk: Desk, key_id: int) -> HttpResponse:
    key = reach(ApiKey, desk.organization, pk=key_id)
    if revoke_key(key, by=desk.user, now=desk.now, actor=desk.actor):
        messages.success(request, gettext("Revoked. Whoever calls with “%(name)s” is refused.") % {"name": key.name})
    return go_on(request, reverse("desk:keys"))
