# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demo's payment page; its path is the plug-in's (`plugins.payment.demo.PAGE`)."""

from __future__ import annotations

from django.urls import path

from purring.doors.demopay.views import page

app_name = "demopay"
urlpatterns = [path("<slug:ref>/", page, name="page")]
