# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every desk template knows: the desk itself, and whether there is a demo mailbox to look into."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def desk(request: HttpRequest) -> dict[str, Any]:
    return {"desk": getattr(request, "desk", None), "demo_mailbox": bool(getattr(settings, "DEMO_MAILBOX", ""))}
