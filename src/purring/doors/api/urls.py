# SPDX-License-Identifier: AGPL-3.0-or-later
"""The addresses for programs. The number stands for what is answered: a field may be added, none goes or changes its meaning."""

from __future__ import annotations

from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from purring.doors.api.views import me, nothing

app_name = "api"
urlpatterns = [path("v1/me", me, name="me"), re_path("", csrf_exempt(nothing), name="nothing")]
