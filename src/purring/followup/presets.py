# SPDX-License-Identifier: AGPL-3.0-or-later
"""Schedules to start from: lawful and customary, for each country and kind of customer, from the law data."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from babel import Locale

from purring.core.errors import Refused
from purring.law.book import book, countries
from purring.law.model import PresetNotice


class PresetSchedule(NamedTuple):
    """One schedule to start from. `steps` as a schedule keeps them."""

    key: str
    country: str
    kind: str
    """`business` or `consumer`."""
    most_term_days: int | None
    """For terms up to so many days; None: for longer ones."""
    steps: list[dict[str, Any]]
    min_days_between_contacts: int
    notices: tuple[PresetNotice, ...]
    """Legal notices that a person may send afterwards."""

    @property
    def name(self) -> str:
        """How the schedule may be called."""
        short = f", up to {self.most_term_days} days" if self.most_term_days else ""
        return f"{Locale('en').territories[self.country]}, {self.kind}{short}"


@lru_cache(1)
def _all() -> dict[str, PresetSchedule]:
    found = {}
    for country in countries():
        law = book().country(country)
        for kind, rules in (("business", law.business), ("consumer", law.consumer)):
            for preset in rules.presets:
                key = f"{country}-{kind}-{preset.name}"
                steps = [{"stage": step.stage, "days": step.days, "channel": step.channel} for step in preset.steps]
                gap = preset.min_days_between_contacts
                found[key] = PresetSchedule(key, country, kind, preset.most_term_days, steps, gap, preset.notices)
    return found


def presets(first: str) -> list[tuple[str, list[PresetSchedule]]]:
    """By country, that of the business first, the others by their English name."""
    names = Locale("en").territories
    codes = sorted(countries(), key=lambda code: (code != first, names[code]))
    return [(code, [one for one in _all().values() if one.country == code]) for code in codes]


def find_preset(key: str) -> PresetSchedule:
    """Refuses (`not_found`) one that is not there."""
    if key not in _all():
        raise Refused("not_found", f"there is no preset {key!r}")
    return _all()[key]
