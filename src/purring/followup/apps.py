# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "purring.followup"
    label = "followup"
    default_auto_field = "django.db.models.BigAutoField"
