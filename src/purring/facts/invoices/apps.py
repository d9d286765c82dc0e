# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "purring.facts.invoices"
    label = "invoices"
    default_auto_field = "django.db.models.BigAutoField"
