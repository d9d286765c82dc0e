# SPDX-License-Identifier: Apache-2.0
"""How an organization's papers look: one colour, one typeface, a logo, its envelopes, and what stands below."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from purring.core.errors import Refused
from purring.papers.documents.house import windows
from purring.papers.documents.logo import Logo, read_logo

FACES: dict[str, tuple[str, str]] = {
    "inter": ("Inter", "Inter"),
    "source-sans": ("Source Sans 3", "SourceSans3"),
    "source-serif": ("Source Serif 4", "SourceSerif4"),
}
"""Name of the choice -> family name inside the font, beginning of its file names."""

_COLOUR = re.compile("#[0-9a-fA-F]{6}")
_READABLE = 4.5
"""Contrast of text to its ground (WCAG 2.2, 1.4.3)."""


@dataclass(frozen=True, slots=True)
class Brand:
    """Refuses (`bad_colour`, `bad_font`, `bad_logo`) what cannot be printed, when it is made."""

    colour: str = "#14594d"
    """#rrggbb, for the few things that stand out. On text it is darkened as far as it must to be read."""
    font: str = "inter"
    """One of `FACES`."""
    logo: bytes | None = None
    """PNG, JPEG or SVG; see `purring.papers.documents.logo`."""
    window: str = ""
    """Where the address stands, one of `house.windows`; empty: as the seller's country has it."""
    footer: str = ""
    """Stands below what a paper says, where the paper's own note does not say it already."""

    def __post_init__(self) -> None:
        if not _COLOUR.fullmatch(self.colour):
            raise Refused(
                "bad_colour", f'colour: {self.colour!r} is not a colour; write it like "#14594d"', path="colour"
            )
        if self.font not in FACES:
            known = ", ".join(FACES)
            raise Refused("bad_font", f"font: {self.font!r} is not carried here; choose one of {known}", path="font")
        if self.window and self.window not in windows():
            known = ", ".join(windows())
            raise Refused(
                "bad_window", f"window: {self.window!r} is not known here; choose one of {known}", path="window"
            )
        if self.logo is not None:
            _logo(self.logo)

    @property
    def family(self) -> str:
        return FACES[self.font][0]

    @property
    def files(self) -> str:
        return FACES[self.font][1]

    @property
    def drawn_logo(self) -> Logo | None:
        return _logo(self.logo) if self.logo is not None else None

    @property
    def tint(self) -> str:
        """A breath of the colour, for the ground of a box."""
        return _hex([round(255 - (255 - part) * 0.055) for part in _rgb(self.colour)])

    @property
    def accent(self) -> str:
        """The colour, dark enough to be read as text on its own tint."""
        ground, parts = _luminance(_rgb(self.tint)), [float(part) for part in _rgb(self.colour)]
        while (ground + 0.05) / (_luminance(parts) + 0.05) < _READABLE:
            parts = [part * 0.95 for part in parts]
        return _hex([round(part) for part in parts])


@lru_cache(32)
def _logo(data: bytes) -> Logo:
    return read_logo(data)


def _rgb(colour: str) -> list[float]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _hex(parts: list[int]) -> str:
    return "#" + "".join(f"{part:02x}" for part in parts)


def _luminance(parts: list[float]) -> float:
    """Relative luminance (WCAG 2.2)."""
    linear = [part / 255 / 12.92 if part <= 10.31 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
