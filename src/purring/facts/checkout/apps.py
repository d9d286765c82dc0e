# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "purring.facts.checkout"
    label = "checkout"
    default_auto_field = "django.db.models.BigAutoField"
