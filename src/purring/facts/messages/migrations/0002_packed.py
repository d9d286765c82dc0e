# SPDX-License-Identifier: AGPL-3.0-or-later
"""On PostgreSQL the words of messages are packed with LZ4, not with its own older method.

Every message that leaves is stored with its HTML, some kilobytes: packing it so costs a fraction, for a fifth more room. A
server that was built without LZ4 goes on as it did.
"""

from __future__ import annotations

from typing import Any

from django.db import NotSupportedError, migrations, transaction


def _pack_with(method: str, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return
    columns = ", ".join(f"ALTER {name} SET COMPRESSION {method}" for name in ("text", "html"))
    try:
        with transaction.atomic(using=editor.connection.alias):
            editor.execute(f"ALTER TABLE correspondence_message {columns}")
    except NotSupportedError:
        pass


def quickly(apps: Any, editor: Any) -> None:
    _pack_with("lz4", editor)


def as_before(apps: Any, editor: Any) -> None:
    _pack_with("default", editor)


class Migration(migrations.Migration):
    dependencies = [("correspondence", "0001_first")]

    operations = [migrations.RunPython(quickly, as_before)]
