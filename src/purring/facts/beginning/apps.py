# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class BeginningConfig(AppConfig):
    name = "purring.facts.beginning"
    label = "beginning"
    default_auto_field = "django.db.models.BigAutoField"
