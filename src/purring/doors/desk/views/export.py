# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings, "Take everything along": all data of the organization as one file, made behind the page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk, go_on, is_fragment
from purring.doors.desk.fields import fresh_key, sentence
from purring.doors.desk.views.settings import show
from purring.followup.export import actions
from purring.followup.export.models import Export
from purring.kit.tenancy import reach
from purring.language import formats

SHOWN = 5


def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows = list(Export.objects.of(desk.organization).select_related("by").order_by("-id")[:SHOWN])
    running = next((row for row in rows if not row.ended_at), None)
    percent = formats.percent(Decimal(running.percent), desk.locale) if running else ""
    context: dict[str, Any] = {
        "running": running, "percent": percent, "there": [row for row in rows if row.is_there], "rows": rows, "key": fresh_key(),
    }  # fmt: skip
    if is_fragment(request):
        return render(request, "desk/settings/export_state.html", context)
    return show(request, "export", "export", **context)


def want(request: HttpRequest, desk: Desk) -> HttpResponse:
    key = request.POST.get("key", "")[:32] or fresh_key()
    actions.want(desk.organization, key=key, user=desk.user, now=desk.now)
    return go_on(request, reverse("desk:export"))


def stop(request: HttpRequest, desk: Desk, export_id: int) -> HttpResponse:
    export = reach(Export, desk.organization, pk=export_id)
    if actions.stop(export, now=desk.now, actor=desk.actor):
        messages.success(request, gettext("Stopped. Nothing of it is kept."))
    return go_on(request, reverse("desk:export"))


def remove(request: HttpRequest, desk: Desk, export_id: int) -> HttpResponse:
    export = reach(Export, desk.organization, pk=export_id)
    if actions.remove(export, now=desk.now, actor=desk.actor):
        messages.success(request, gettext("The file is removed."))
    return go_on(request, reverse("desk:export"))


def download(request: HttpRequest, desk: Desk, export_id: int) -> HttpResponseBase:
    """The file, streamed: one part of it in memory at a time."""
    export = reach(Export, desk.organization, pk=export_id)
    try:
        actions.take_along(export, now=desk.now, actor=desk.actor)
    except Refused as refused:
        messages.error(request, sentence(refused.message))
        return go_on(request, reverse("desk:export"))
    name = f"{desk.organization.slug}-{export.asked_at.astimezone(desk.organization.zone):%Y-%m-%d}.zip"
    response = StreamingHttpResponse(actions.contents(export), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Length"] = str(export.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
