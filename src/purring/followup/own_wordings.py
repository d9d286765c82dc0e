# SPDX-License-Identifier: AGPL-3.0-or-later
"""The users' own copies of wording files: plain text in the data folder, taken instead of the built-in ones.

`wordings/<organization>/<language>/<file>.txt` under the data folder, in the format of the built-in files. A file is read
again when it changes. A mistake in one stops only the messages that need it: a person is told, with line and column.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings

FOLDER = "wordings"
LARGEST_BYTES = 64 * 1024


def folder_of(slug: str, language: str) -> Path:
    """Where an organization keeps its own wording in one language."""
    return Path(settings.DATA_FOLDER) / FOLDER / slug / language


def own_wordings(slug: str, language: str) -> Mapping[str, str] | None:
    """Own files by name without ending, None when there are none."""
    folder = folder_of(slug, language)
    if not folder.is_dir():
        return None
    files = tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.txt")))
    return _read(str(folder), files) if files else None


@lru_cache(256)
def _read(folder: str, files: tuple[tuple[str, int], ...]) -> Mapping[str, str]:
    texts = {}
    for name, _ in files:
        content = (Path(folder) / name).read_bytes()[: LARGEST_BYTES + 1]
        texts[name.removesuffix(".txt")] = content.decode("utf-8", errors="replace")
    return texts
