# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every desk template knows: the desk itself, and whether there is a demo mailbox to look into."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from purring.doors.desk.founding import ownerless


def desk(request: HttpRequest) -> dict[str, Any]:
    return {
        "desk": getattr(request, "desk", None),
        "demo_mailbox": bool(settings.DEMO_MAILBOX),
        "house_is_empty": ownerless,  # asked only by the page to sign in
    }
