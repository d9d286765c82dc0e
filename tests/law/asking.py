# SPDX-License-Identifier: AGPL-3.0-or-later
"""Claims in few words, and what they come to."""

from __future__ import annotations

from datetime import date
from typing import Any

from purring.law.book import LawBook, book
from purring.law.charges import late_charges
from purring.law.claim import Charges, Claim
from purring.law.rates import MICRO


def day(text: str) -> date:
    return date.fromisoformat(text)


def claim(amount: int, due: str, on: str, **more: Any) -> Claim:
    """`amount` in whole major units; days as texts; `paid` as (major units, day); `agreed_rate` in percent."""
    for name in ("reminders", "demands"):
        if name in more:
            more[name] = tuple(map(day, more[name]))
    if "issued" in more:
        more["issued"] = day(more["issued"])
    if "paid" in more:
        more["paid"] = tuple((paid * 100, day(on)) for paid, on in more["paid"])
    if "agreed_rate" in more:
        more["agreed_rate"] = round(more["agreed_rate"] * MICRO)
    laws = book()
    if "currency" not in more:
        more["currency"] = laws.country(more.get("law") or more["creditor"]).currency
    return Claim(amount=amount * 100, due=day(due), on=day(on), **more)


def charges(amount: int, due: str, on: str, *, laws: LawBook | None = None, **more: Any) -> Charges:
    return late_charges(claim(amount, due, on, **more), laws)


def denials(found: Charges) -> dict[str, str]:
    """What is not allowed, and why."""
    return {denied.what: denied.why for denied in found.not_allowed}
