# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "purring.facts.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
