# SPDX-License-Identifier: AGPL-3.0-or-later
"""All routes. The mailbox and the page for payments without money are there only where mail goes into a
folder of this machine, as in the demo.

The watcher's page is declared here because only the configuration knows the list of rounds.
"""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from purring.config.rounds import ROUNDS
from purring.doors.desk.desk import page
from purring.doors.desk.permissions import Permission
from purring.doors.desk.views.health import health

_RHYTHMS = [(one.name, one.every) for one in ROUNDS]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("purring.doors.desk.urls")),
    path("pay/", include("purring.doors.portal.urls")),
    path("notices/", include("purring.doors.notices.urls")),
    path("api/", include("purring.doors.api.urls")),
    page("health", partial(health, rhythms=_RHYTHMS), "health", Permission.PUBLIC),
]
if getattr(settings, "DEMO_MAILBOX", ""):
    urlpatterns.append(path("mailbox/", include("purring.doors.mailbox.urls")))
    urlpatterns.append(path("demo-pay/", include("purring.doors.demopay.urls")))
