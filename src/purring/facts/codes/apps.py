# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class CodesConfig(AppConfig):
    name = "purring.facts.codes"
    label = "codes"
    default_auto_field = "django.db.models.BigAutoField"
