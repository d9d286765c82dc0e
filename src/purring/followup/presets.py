# SPDX-License-Identifier: AGPL-3.0-or-later
"""Schedules to start from: lawful and customary, for each country and kind of customer from the law data, and by trade."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from babel import Locale

from purring.core.errors import Refused
from purring.law.book import ALIASES, book, countries
from purring.law.model import PresetNotice

USUAL = "gentle"
"""The key of the one that every business begins with."""
TRADES = "trade"
"""What the keys of the schedules by trade begin with."""


class PresetSchedule(NamedTuple):
    """One schedule to start from. `steps` as a schedule keeps them."""

    key: str
    country: str
    """Empty for one of a trade, which holds everywhere."""
    kind: str
    """`business` or `consumer`."""
    most_term_days: int | None
    """For terms up to so many days; None: for longer ones."""
    steps: list[dict[str, Any]]
    min_days_between_contacts: int
    notices: tuple[PresetNotice, ...] = ()
    """Legal notices that a person may send afterwards."""
    trade: str = ""


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
    for trade, told in tomllib.loads(resources.files(__package__).joinpath("trades.toml").read_text("utf-8")).items():
        key = f"{TRADES}-{trade}"
        gap = told["min_days_between_contacts"]
        found[key] = PresetSchedule(key, "", told["kind"], None, told["steps"], gap, trade=trade)
    return found


def known_countries(first: str) -> list[str]:
    """Countries that have presets: that of the business first, the others by their English name."""
    names = Locale("en").territories
    return sorted(countries(), key=lambda code: (code != ALIASES.get(first, first), names[code]))


def presets_of(country: str) -> list[PresetSchedule]:
    """Those of one country."""
    return [one for one in _all().values() if one.country == country]


def trades() -> list[PresetSchedule]:
    """Those by the custom of a trade."""
    return [one for one in _all().values() if one.trade]


def find_preset(key: str) -> PresetSchedule:
    """Refuses (`not_found`) one that is not there."""
    if key not in _all():
        raise Refused("not_found", f"there is no preset {key!r}")
    return _all()[key]
