# SPDX-License-Identifier: AGPL-3.0-or-later
"""A schedule as a small line of time: a mark for the due day, a dot for each step with its days. Drawn on the server as SVG;
the words stand beneath, so the drawing itself says only what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

WIDTH, HEIGHT, MIDDLE = 340, 52, 32
EDGE = 14
LEAST_APART = 19.0
"""Between two dots, so that their numbers do not touch."""
FIRST, LAST = -7, 42
"""The days that every line shows, so that several can be compared."""
TONES = {"firm": "care-1", "final": "care-3"}


def step_line(steps: Sequence[Mapping[str, Any]]) -> SafeString:
    """The line of steps in rising days."""
    days = [step["days"] for step in steps]
    low, high = min([FIRST, *days]), max([LAST, *days])
    scale = (WIDTH - 2 * EDGE) / (high - low)
    due = EDGE + -low * scale
    places: list[float] = []
    for step in steps:
        place = EDGE + (step["days"] - low) * scale
        places.append(max(place, places[-1] + LEAST_APART) if places else place)
    over = max(places, default=0) - (WIDTH - EDGE)
    if over > 0:  # the last ones move back instead
        limit = float(WIDTH - EDGE)
        for at in range(len(places) - 1, -1, -1):
            places[at] = min(places[at], limit)
            limit = places[at] - LEAST_APART
    dots = [
        (f"{place:.1f}", TONES.get(step["stage"], "first"), "0" if step["channel"] == "phone" else "5", step["days"])
        for place, step in zip(places, steps, strict=True)
    ]
    marks = format_html_join(
        "",
        '<rect class="{1}" x="{4}" y="{5}" width="10" height="10" rx="{2}"/><text x="{0}" y="18">{3}</text>',
        ((x, tone, corner, number, f"{float(x) - 5:.1f}", MIDDLE - 5) for x, tone, corner, number in dots),
    )
    title = ngettext("%(count)s step on a line of days", "%(count)s steps on a line of days", len(steps)) % {
        "count": len(steps)
    }
    return format_html(
        '<svg class="chart step-line" viewBox="0 0 {} {}" role="img" aria-label="{}"><path d="M0 {}H{}"/>'
        '<path class="due" d="M{} {}V{}"/><text class="under" x="{}" y="{}">{}</text>{}</svg>',
        WIDTH,
        HEIGHT,
        title,
        MIDDLE,
        WIDTH,
        f"{due:.1f}",
        MIDDLE - 8,
        MIDDLE + 8,
        f"{due:.1f}",
        HEIGHT - 1,
        gettext("due"),
        marks,
    )
