# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "purring.followup.lists"
    label = "lists"
    default_auto_field = "django.db.models.BigAutoField"
