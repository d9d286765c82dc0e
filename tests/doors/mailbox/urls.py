# SPDX-License-Identifier: AGPL-3.0-or-later
"""Desk and mailbox, as in the demo."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("purring.doors.desk.urls")),
    path("mailbox/", include("purring.doors.mailbox.urls")),
]
