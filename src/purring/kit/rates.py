# SPDX-License-Identifier: AGPL-3.0-or-later
"""A limit on how often one address may fail at something, in bounded memory.

Counts live in this process: they slow a guesser down, and rest on nobody's database. The address is the one the server
gives: what a proxy says of it counts only where the settings trust the proxy (`PURRING_TRUSTED_PROXIES`).
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic


def _place(address: str) -> str:
    """An IPv4 address, or the network of an IPv6 one: one connection has all of its addresses (RFC 6177)."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if known.version == 6 and not known.ipv4_mapped:
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known.ipv4_mapped if known.version == 6 else known)


class Failures:
    """Each address may fail `burst` times at once, and once more every `seconds` after that. `place` says which addresses
    are one; with `str` anything can be counted."""

    def __init__(
        self,
        burst: int,
        seconds: float,
        *,
        most: int = 10_000,
        clock: Callable[[], float] = monotonic,
        place: Callable[[str], str] = _place,
    ) -> None:
        self._burst, self._seconds, self._most, self._clock, self._place = burst, seconds, most, clock, place
        self._full: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """By address: how many failures stand, and since when. The one that failed longest ago is forgotten first."""
        self._lock = threading.Lock()

    def too_many(self, address: str) -> bool:
        """Whether this address has to wait."""
        with self._lock:
            return self._standing(self._place(address)) > self._burst - 1

    def add(self, address: str) -> None:
        """It failed once more."""
        place = self._place(address)
        with self._lock:
            standing = min(self._standing(place) + 1, self._burst)
            self._full[place] = (standing, self._clock())
            self._full.move_to_end(place)
            while len(self._full) > self._most:
                self._full.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._full.clear()

    def __len__(self) -> int:
        return len(self._full)

    def _standing(self, place: str) -> float:
        count, since = self._full.get(place, (0.0, 0.0))
        return max(0.0, count - (self._clock() - since) / self._seconds)
