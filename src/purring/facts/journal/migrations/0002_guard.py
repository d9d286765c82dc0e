# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal becomes append-only in the database too; see `purring.facts.journal.guard`."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from purring.facts.journal.guard import guard, unguard


def put_on(apps: Any, schema_editor: Any) -> None:
    guard(schema_editor.connection)


def take_off(apps: Any, schema_editor: Any) -> None:
    unguard(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_first")]
    operations = [migrations.RunPython(put_on, take_off)]
