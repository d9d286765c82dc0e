# SPDX-License-Identifier: Apache-2.0
"""Texts for payloads: one line, the letters a standard takes, and not longer than it allows."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from purring.core.errors import Refused
from purring.core.money import to_text
from purring.papers.facts import InvoiceFacts
from purring.papers.totals import totals

_ALONE = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "đ": "d", "Đ": "D", "ł": "l"}
    | {"Ł": "L", "ı": "i", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H", "–": "-", "—": "-", "‑": "-"}
    | {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "…": "...", "€": "EUR"}
)
"""Letters and signs that do not come apart into a plain letter and an accent."""


def one_line(text: str) -> str:
    return " ".join(text.split())


def shortened(text: str, most: int) -> str:
    """At most so many characters of one line, cut at a word where that leaves most of it."""
    line = one_line(text)
    if len(line) <= most:
        return line
    cut = line[:most]
    words = cut if line[most] == " " else cut.rpartition(" ")[0]
    return (words if len(words) * 3 >= most * 2 else cut).rstrip(" ,;-")


def folded(text: str, taken: Callable[[str], bool]) -> str:
    """Letters that are not taken lose their accents; what still is not taken is left out."""
    out = []
    for sign in unicodedata.normalize("NFC", one_line(text)):
        if taken(sign):
            out.append(sign)
            continue
        plain = unicodedata.normalize("NFKD", sign.translate(_ALONE))
        out += [part for part in plain if taken(part)]
    return one_line("".join(out))


def ascii_only(text: str) -> str:
    return folded(text, lambda sign: " " <= sign <= "~")


def payable_text(facts: InvoiceFacts, currency: str, most: int) -> str:
    """What the code asks for, as a decimal text: the payable amount, never the charges beside it.

    Raises `Refused`: `wrong_currency`, `nothing_to_pay`, `too_large` (more than `most` minor units).
    """
    if facts.currency != currency:
        raise Refused("wrong_currency", f"currency: this QR code asks for {currency}, not {facts.currency}")
    payable = totals(facts).payable
    if payable <= 0 or facts.kind == "credit_note":
        raise Refused("nothing_to_pay", "there is nothing to pay, so there is no QR code")
    if payable > most:
        raise Refused("too_large", f"{to_text(payable, currency)} is more than this QR code can ask for")
    return to_text(payable, currency)


def needed(text: str, path: str, why: str) -> str:
    if not text:
        raise Refused("missing", f"{path}: {why}", path=path)
    return text
