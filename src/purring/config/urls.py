# SPDX-License-Identifier: AGPL-3.0-or-later
"""All routes. The mailbox is there only where mail goes into a folder of this machine, as in the demo."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("purring.doors.desk.urls")),
    path("pay/", include("purring.doors.portal.urls")),
]
if getattr(settings, "DEMO_MAILBOX", ""):
    urlpatterns.append(path("mailbox/", include("purring.doors.mailbox.urls")))
