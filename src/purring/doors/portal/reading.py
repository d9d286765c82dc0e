# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a reader writes into a field, read as it is written in their language and country."""

from __future__ import annotations

from purring.core.errors import Refused
from purring.core.money import to_minor, to_text
from purring.doors.intake.locale import LocaleFacts
from purring.doors.intake.numbers import NumberColumn, read_number
from purring.doors.intake.values import currency as currency_meant
from purring.doors.portal.opening import Visit


def read_money(text: str, currency: str, found: Visit) -> int | None:
    """An amount in minor units; None when it cannot be read as one, or names another currency."""
    try:
        number = NumberColumn(_locale(currency, found)).settle(read_number(text), text)
        if currency_meant("", [number.money], currency) != currency:
            return None
        return to_minor(number.text(), currency)
    except Refused:
        return None


def written_money(minor: int, currency: str, found: Visit) -> str:
    """To be changed in a field: no grouping, the mark of the place."""
    return to_text(minor, currency).replace(".", _locale(currency, found).decimal_mark or ".")


def _locale(currency: str, found: Visit) -> LocaleFacts:
    return LocaleFacts(found.words.language, found.customer.country, currency)
