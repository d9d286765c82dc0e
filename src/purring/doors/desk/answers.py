# SPDX-License-Identifier: AGPL-3.0-or-later
"""What customers answered by the buttons of their page, in the desk's words, and which of it a person has to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.sayings import ANSWERS, label
from purring.facts.answers.models import Answer
from purring.language import formats

MEANING: dict[str, Lazy | str] = {
    "paid": _("Nothing is sent about it for a week, so that the money can come. Please look for it."),
    "dispute": _("That part is asked for again once the dispute is resolved."),
    "wrong_person": _("This person is not written to any more. Please find out who is the right one."),
}
"""Kinds that a person looks at here, and what has happened with them already. What waits for our answer is a message."""


@dataclass(frozen=True)
class Told:
    """An answer as Today shows it."""

    given: Answer
    line: str
    meaning: Lazy | str


def told(data: Mapping[str, Any], locale: str, currency: str) -> str:
    """One answer in a line: `will pay 1 250,00 kr on 15.05.2026`. `data` as in its journal entry."""
    said = label(ANSWERS, str(data["answer"]))
    if isinstance(data.get("amount"), int):
        said += " · " + formats.money(data["amount"], data.get("currency") or currency, locale)
    if data.get("day"):
        said += " · " + formats.short_date(date.fromisoformat(str(data["day"])), locale)
    return said
