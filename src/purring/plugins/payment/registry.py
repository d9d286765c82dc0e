# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which payment providers are installed: ours and anybody's, found by the entry point group `purring.payment`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

from purring.core.errors import Refused
from purring.plugins.payment import Plugin, Provider

GROUP = "purring.payment"


_brought: dict[str, Plugin] = {}


def bring_in(one: Plugin) -> None:
    """Make a plug-in known to this process alone, as the demo does with its own."""
    _brought[one.NAME] = one


def plugins() -> Mapping[str, Plugin]:
    """The plug-ins by name, in the order of their names. One that cannot be loaded is left out: its accounts say so."""
    return {**_installed(), **_brought}


@cache
def _installed() -> Mapping[str, Plugin]:
    found: dict[str, Plugin] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        try:
            found[point.name] = point.load()
        except ImportError:
            continue
    return found


def plugin(name: str) -> Plugin:
    """Refuses `unknown_provider`."""
    try:
        return plugins()[name]
    except KeyError:
        raise Refused("unknown_provider", f"there is no payment provider {name} on this installation") from None


def connect(name: str, settings: Mapping[str, str]) -> Provider:
    """The provider for these settings. Refuses `unknown_provider`, or `bad_settings` naming the field."""
    return plugin(name).connect(settings)
