# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "purring.facts.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"
