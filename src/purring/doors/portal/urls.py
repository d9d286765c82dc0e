# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one route of the portal: a signed link per customer (`purring.kit.links.PORTAL`)."""

from __future__ import annotations

from django.urls import path

from purring.doors.portal.views import account

app_name = "portal"
urlpatterns = [path("<str:token>/", account, name="account")]
