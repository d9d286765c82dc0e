# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every desk template knows: the desk itself, and whether there is a demo mailbox to look into."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from purring.doors.desk.founding import ownerless
from purring.doors.desk.overview import elsewhere

SWITCHES = 8
"""So many organizations stand in the bar; all of them are one press further."""


def desk(request: HttpRequest) -> dict[str, Any]:
    return {
        "desk": (here := getattr(request, "desk", None)),
        "elsewhere": lambda: elsewhere(here.user, here.others[:SWITCHES], here.now) if here else [],
        "demo_mailbox": bool(settings.DEMO_MAILBOX),
        "house_is_empty": ownerless,  # asked only by the page to sign in
    }
