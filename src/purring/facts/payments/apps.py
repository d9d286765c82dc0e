# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "purring.facts.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"
