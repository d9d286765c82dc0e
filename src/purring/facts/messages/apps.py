# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "purring.facts.messages"
    label = "correspondence"
    default_auto_field = "django.db.models.BigAutoField"
