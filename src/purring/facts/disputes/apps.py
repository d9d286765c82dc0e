# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class DisputesConfig(AppConfig):
    name = "purring.facts.disputes"
    label = "disputes"
    default_auto_field = "django.db.models.BigAutoField"
