# SPDX-License-Identifier: Apache-2.0
"""What a message is made of, before it becomes text or HTML: paragraphs, lists, buttons, the signature."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: `label` and `value` ("" when the label says all); `strong` is the sum."""

    label: str
    value: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """The short list of details."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """The one clear thing to do."""

    label: str
    link: str


@dataclass(frozen=True, slots=True)
class Way:
    """One way to pay with its lines; `link` is set when it is done on the pay page. `note` marks a single
    line that may stand beside the title."""

    title: str
    lines: tuple[str, ...]
    link: str = ""
    note: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """All ways to pay, the preferred one first."""

    heading: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """Closing formula, who signs, and the small print."""

    formula: str
    signature: tuple[str, ...]
    footer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """The buttons with which the reader answers without writing: (label, link). Without a heading it is only the way to
    the page."""

    heading: str
    links: tuple[tuple[str, str], ...]


Part = Text | Rows | Button | Ways | Closing | Answers
