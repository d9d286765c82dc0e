# SPDX-License-Identifier: AGPL-3.0-or-later
"""How much of a file is taken before it is refused. Nothing here knows what the file says.

Every limit is far above what an honest export needs and far below what would hurt a small machine.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes or characters, as named; amounts in major units of whatever currency."""

    file_bytes: int = 256 * 1024 * 1024
    line_chars: int = 1024 * 1024
    field_chars: int = 10_000
    record_lines: int = 200
    columns: int = 400
    rows: int = 1_000_000
    header_search_rows: int = 20
    unpacked_bytes: int = 768 * 1024 * 1024
    unpacked_strings_bytes: int = 64 * 1024 * 1024
    packed_parts: int = 5_000
    json_item_chars: int = 1024 * 1024
    largest_amount_major: int = 10**12
    earliest_year: int = 1990
    latest_year: int = 2099
