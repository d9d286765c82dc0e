# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one route of the notices; its address is made by `facts.checkout.accounts.notice_address`."""

from __future__ import annotations

from django.urls import path

from purring.doors.notices.views import notice

app_name = "notices"
urlpatterns = [path("<slug:provider>/<str:token>/", notice, name="notice")]
