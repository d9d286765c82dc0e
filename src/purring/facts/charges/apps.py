# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class ChargesConfig(AppConfig):
    name = "purring.facts.charges"
    label = "charges"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from purring.facts.charges.filling import beside_first
        from purring.facts.payments.filling import ask_first

        ask_first(beside_first)
