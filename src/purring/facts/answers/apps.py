# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class AnswersConfig(AppConfig):
    name = "purring.facts.answers"
    label = "answers"
    default_auto_field = "django.db.models.BigAutoField"
