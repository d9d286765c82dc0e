# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "purring.facts.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"
