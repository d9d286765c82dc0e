# SPDX-License-Identifier: Apache-2.0
"""Days and amounts that people name in words or digits, in twelve languages, from the day they said it.

    find_days("I can pay half on Friday, the rest by the end of May", "en", said_on=date(2026, 3, 4))
    find_amounts("vi betaler 1 250,50 kr nå", "nb")

`find_days` resolves what a careful clerk would write in the diary; what names no day is not guessed.
"""

from __future__ import annotations

from purring.language.when.amounts import find_amounts
from purring.language.when.days import find_days
from purring.language.when.found import Amount, Day

__all__ = ["Amount", "Day", "find_amounts", "find_days"]
