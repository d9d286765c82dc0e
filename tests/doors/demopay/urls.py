# SPDX-License-Identifier: AGPL-3.0-or-later
"""Desk and payment page, as in the demo."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("purring.doors.desk.urls")),
    path("demo-pay/", include("purring.doors.demopay.urls")),
]
