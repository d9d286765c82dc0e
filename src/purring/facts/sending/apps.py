# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class SendingConfig(AppConfig):
    name = "purring.facts.sending"
    label = "sending"
