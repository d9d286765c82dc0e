# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/health`: do the pages, the database and the rounds live? For a watcher outside, which is told by status 200 or 503.

Anybody may ask, so it tells nothing else: no names, no counts of customers, no words of errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from purring.followup.models import Beat
from purring.followup.watch import stopped_rounds


def health(request: HttpRequest, rhythms: Sequence[tuple[str, int]]) -> JsonResponse:
    """`{"ok", "database", "rounds": {name: {"ok", "age_seconds"}}}`; the age counts from the last good end, null without one.

    `rhythms` are the rounds as (name, seconds between two runs). Not ok: no database, a round that fails or is late
    (`stopped_rounds`), or no round that ever ended.
    """
    try:
        rounds = _rounds(timezone.now(), rhythms)
    except Error:
        return _answer({"ok": False, "database": False, "rounds": {}})
    ok = all(one["ok"] for one in rounds.values()) and any(one["age_seconds"] is not None for one in rounds.values())
    return _answer({"ok": ok, "database": True, "rounds": rounds})


def _rounds(now: datetime, rhythms: Sequence[tuple[str, int]]) -> dict[str, dict[str, bool | int | None]]:
    ended: dict[str, datetime | None] = dict(Beat.objects.values_list("round", "finished_at"))
    ages = {name: max(int((now - end).total_seconds()), 0) for name, end in ended.items() if end}
    return {
        name: {"ok": not stopped_rounds(now, [(name, every)]), "age_seconds": ages.get(name)} for name, every in rhythms
    }


def _answer(told: dict[str, object]) -> JsonResponse:
    return JsonResponse(told, status=200 if told["ok"] else 503, headers={"Cache-Control": "no-store"})
