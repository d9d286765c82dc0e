# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class WordingsConfig(AppConfig):
    name = "purring.facts.wordings"
    label = "wordings"
    default_auto_field = "django.db.models.BigAutoField"
