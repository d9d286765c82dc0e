# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "purring.facts.offers"
    label = "offers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from purring.facts.invoices.rounds import offer_early
        from purring.facts.offers.consequences import money_came, money_went
        from purring.facts.offers.early import early_payment
        from purring.facts.payments.following import follow

        follow(came=money_came, went=money_went)
        offer_early(early_payment)
