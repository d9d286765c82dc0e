# SPDX-License-Identifier: Apache-2.0
"""How long a text message is: GSM 03.38 (160/153 per segment) or UCS-2 (70/67), and plain punctuation for
it."""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
_PLAIN = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u2026": "...",
    "\u00b7": "-",
}
"""Each is looked for in the whole text at once, which is much faster than `str.translate`, character by character."""
MAX_SEGMENTS = 2


def plain(text: str) -> str:
    """The text on one line with punctuation that every phone's short alphabet has; letters stay as they
    are."""
    if not text.isascii():
        for char, instead in _PLAIN.items():
            text = text.replace(char, instead)
    return " ".join(text.split())  # no-break spaces are spaces, too


def segments(text: str) -> int:
    """Number of SMS segments a text needs."""
    if all(char in _BASIC or char in _EXTENDED for char in text):
        units, single, joined = len(text) + sum(char in _EXTENDED for char in text), 160, 153
    else:
        units, single, joined = len(text.encode("utf-16-le", "surrogatepass")) // 2, 70, 67
    return 1 if units <= single else -(-units // joined)
