# SPDX-License-Identifier: AGPL-3.0-or-later
"""Well-known mail providers: where each takes mail and what it wants in DNS. Facts from `providers.toml`, no network.

What a person is told about finding the password is words, and stands where pages are made.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

Tls = Literal["implicit", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider. With `service` it is reached by its own interface, else by SMTP."""

    key: str
    title: str
    host: str = ""
    port: int = 0
    tls: Tls = "implicit"
    username: Literal["address", "own"] = "address"
    spf: tuple[str, ...] = ()
    """Mechanisms that the domain's SPF entry must have; empty: not known here."""
    selectors: tuple[str, ...] = ()
    domains: frozenset[str] = frozenset()
    service: str = ""
    secrets: tuple[str, ...] = ("password",)
    options: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the service that are the same for everybody."""

    def host_for(self, address: str) -> str:
        """Where mail of this sender is handed over; empty while that is not known."""
        domain = address.rpartition("@")[2]
        return self.host.format(domain=domain) if domain or "{" not in self.host else ""


OTHER = "other"


@lru_cache(1)
def providers() -> Mapping[str, Provider]:
    """All of them by key, as they stand in the file: mailboxes first, then services."""
    text = (resources.files("purring.plugins.channel") / "providers.toml").read_text(encoding="utf-8")
    return {key: _provider(key, row) for key, row in tomllib.loads(text).items()}


def _provider(key: str, row: dict[str, Any]) -> Provider:
    for name in ("spf", "selectors", "secrets"):
        if name in row:
            row[name] = tuple(row[name])
    if "domains" in row:
        row["domains"] = frozenset(row["domains"])
    return Provider(key=key, **row)


def provider(key: str) -> Provider:
    """The provider of this key; one that is not known any more is any server."""
    return providers().get(key) or providers()[OTHER]


def guess(address: str) -> Provider | None:
    """The provider whose own domain the address has, such as gmail.com."""
    domain = address.rpartition("@")[2].strip().lower()
    return next((one for one in providers().values() if domain in one.domains), None)
