# SPDX-License-Identifier: AGPL-3.0-or-later
"""One spelling for names that people write in many ways: small letters and digits only, no accents. No dictionary."""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i"})


def fold(text: str) -> str:
    """ "Forfallsdato:" -> "forfallsdato", "N° de facture" -> "ndefacture", "Customer Name*" ->
    "customername".
    """
    if text.isascii():
        return "".join(char for char in text.lower() if char.isalnum())
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return "".join(char for char in plain if char.isalnum() and not unicodedata.combining(char))
