# SPDX-License-Identifier: AGPL-3.0-or-later
"""A wording of one's own, as a person would write it: whole, with every block, around the sentences that matter."""

from __future__ import annotations

BLOCKS = ("greeting", "", "button", "details", "ways_to_pay", "contact", "thanks", "closing")


def wording(sentences: str) -> str:
    """A message that asks for money in these words: they stand on its third line."""
    return "\n\n".join(f"{{{{ {block} }}}}" if block else sentences for block in BLOCKS)
