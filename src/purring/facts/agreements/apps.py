# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "purring.facts.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"
