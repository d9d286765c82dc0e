# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class ExportConfig(AppConfig):
    name = "purring.followup.export"
    label = "export"
    default_auto_field = "django.db.models.BigAutoField"
