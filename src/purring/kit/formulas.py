# SPDX-License-Identifier: AGPL-3.0-or-later
"""Texts for cells of a spreadsheet that stay texts: who opens the file runs nothing."""

from __future__ import annotations

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(text: str) -> str:
    """With an apostrophe before what would begin a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(DANGEROUS) else text
