# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "purring.facts.organizations"
    label = "organizations"
    default_auto_field = "django.db.models.BigAutoField"
