# SPDX-License-Identifier: Apache-2.0
"""The data files of the tone guard: ``rules/LANGUAGE.txt``, ``parts/LANGUAGE.txt``."""

from __future__ import annotations

from importlib import resources


def source_of(folder: str, language: str) -> str:
    """A language's file as text; one that begins with ``use: pt`` has that language's file before it."""
    file = resources.files("purring.language.tone") / folder / f"{language}.txt"
    source = file.read_text("utf-8")
    first, _, rest = source.partition("\n")
    if not first.startswith("use:"):
        return source
    return f"{source_of(folder, first.removeprefix('use:').strip())}\n{rest}"
