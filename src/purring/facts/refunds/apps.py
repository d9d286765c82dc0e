# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class RefundsConfig(AppConfig):
    name = "purring.facts.refunds"
    label = "refunds"
    default_auto_field = "django.db.models.BigAutoField"
