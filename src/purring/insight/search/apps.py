# SPDX-License-Identifier: AGPL-3.0-or-later
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class SearchConfig(AppConfig):
    name = "purring.insight.search"
    label = "search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """SQLite builds a table anew to change it, and drops its triggers: they are put on after every migration."""
        pre_migrate.connect(_off, sender=self)
        post_migrate.connect(_on, sender=self)


def _off(using: str, **told: Any) -> None:
    from django.db import connections

    from purring.insight.search.watching import unwatch

    unwatch(connections[using])


def _on(using: str, **told: Any) -> None:
    from django.db import connections

    from purring.insight.search.watching import watch

    watch(connections[using])
