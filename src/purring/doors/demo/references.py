# SPDX-License-Identifier: AGPL-3.0-or-later
"""Payment references for the sample invoices: Norwegian KID (modulus 10) and the RF creditor reference (ISO 11649)."""

from __future__ import annotations


def kid(digits: str) -> str:
    """Digits with their Luhn check digit behind them."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"


def rf(text: str) -> str:
    """`RF`, two check digits and the text (letters and digits, at most 21), in groups of four."""
    plain = "".join(char for char in text.upper() if char.isalnum())
    whole = f"RF{98 - _as_number(plain + 'RF00') % 97:02d}{plain}"
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def _as_number(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text))
