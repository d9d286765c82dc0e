# SPDX-License-Identifier: AGPL-3.0-or-later
"""Column charts as SVG, drawn on the server: no script, no inline style; colours come from the stylesheet by class.

A chart never stands alone: the page has its numbers as a table beneath, and the drawing says so to who cannot see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 400, 190
TOP, BOTTOM = 22, 26
"""Room for the numbers over the columns, and for the words under them."""
GAP = 0.32
"""Of each column's place."""
WIDEST = 60


class Column(NamedTuple):
    """One column: the word under it, the text over it, and its parts from the bottom up, each with its class."""

    name: str
    text: str
    parts: Sequence[tuple[str, int]]

    @property
    def whole(self) -> int:
        return sum(amount for _, amount in self.parts)


def columns(made: Sequence[Column], title: str) -> SafeString:
    """The chart. Nothing when there is nothing above zero to draw."""
    top = max((one.whole for one in made), default=0)
    if top <= 0:
        return SafeString("")
    place = WIDTH / len(made)
    width, room = min(place * (1 - GAP), WIDEST), HEIGHT - TOP - BOTTOM
    drawn: list[SafeString] = []
    for index, one in enumerate(made):
        left, base = index * place + (place - width) / 2, float(HEIGHT - BOTTOM)
        for name, amount in one.parts:
            high = room * amount / top
            if high > 0:
                high = max(high, 1.0)
                base -= high
                drawn.append(
                    format_html(
                        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>',
                        name,
                        f"{left:.1f}",
                        f"{base:.1f}",
                        f"{width:.1f}",
                        f"{high:.1f}",
                    )
                )
        middle = f"{left + width / 2:.1f}"
        drawn.append(format_html('<text x="{}" y="{}">{}</text>', middle, f"{base - 6:.1f}", one.text))
        drawn.append(format_html('<text class="under" x="{}" y="{}">{}</text>', middle, HEIGHT - 8, one.name))
    line = format_html('<path d="M0 {}H{}"/>', HEIGHT - BOTTOM, WIDTH)
    inside = format_html_join("", "{}", ((one,) for one in [*drawn, line]))
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', WIDTH, HEIGHT, title, inside
    )


def legend(parts: Sequence[tuple[str, str]]) -> SafeString:
    """What the classes mean, as (class, word)."""
    marks = format_html_join(
        mark_safe(" "),  # a blank between them
        '<span><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="{}" width="10" height="10" rx="2"/></svg>{}</span>',
        parts,
    )
    return format_html('<p class="legend">{}</p>', marks)
