# SPDX-License-Identifier: AGPL-3.0-or-later
"""Routes of the demo's mailbox."""

from __future__ import annotations

from django.urls import path

from purring.doors.mailbox import views

app_name = "mailbox"
urlpatterns = [
    path("", views.listing, name="messages"),
    path("<str:key>/", views.one, name="message"),
    path("<str:key>/html/", views.html, name="html"),
    path("<str:key>/source/", views.source, name="source"),
    path("<str:key>/attachments/<int:number>/", views.attachment, name="attachment"),
]
