# SPDX-License-Identifier: AGPL-3.0-or-later
"""The routes of the portal, all under a signed link per customer (`purring.kit.links.PORTAL`)."""

from __future__ import annotations

from django.urls import path

from purring.doors.portal.answering import answer, noted
from purring.doors.portal.views import account

app_name = "portal"
urlpatterns = [
    path("<str:token>/", account, name="account"),
    path("<str:token>/answer/<slug:kind>/", answer, name="answer"),
    path("<str:token>/noted/<slug:key>/", noted, name="noted"),
]
