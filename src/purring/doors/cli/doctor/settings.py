# SPDX-License-Identifier: AGPL-3.0-or-later
"""Are the settings known, readable and sensible? Debug must be off."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from purring.core.errors import Refused
from purring.doors.cli.doctor.finding import Finding, failure, good, warning
from purring.doors.cli.house import House

DEBUG_NAMES = ("PURRING_DEBUG", "DJANGO_DEBUG")
OFF = ("", "0", "false", "no", "off")
HERE = ("127.0.0.1", "localhost")
"""Where the pages are served, and so the only place a proxy can speak to them from."""


def unreadable(house: House) -> Finding | None:
    """What keeps the settings from being read at all."""
    try:
        for name in house.setting_names:
            house.setting(name)
    except Refused as refused:
        return failure("settings", refused.message)
    except OSError as error:
        return failure("settings", f".env cannot be read: {error.strerror}")
    return None


def checks(house: House, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Needs Django's settings."""
    from django.conf import settings

    known = set(house.setting_names)
    strange = sorted(name for name in environ if name.startswith("PURRING_") and name not in known)
    if strange:
        yield warning("settings", f"no such setting: {', '.join(strange)}; see docs/configuration.md")
    else:
        yield good("settings", f"data in {house.data_folder}")
    asked = [name for name in DEBUG_NAMES if environ.get(name, "").lower() not in OFF]
    if settings.DEBUG or asked:
        what = f"{asked[0]} is set" if asked else "debug is on"
        yield failure("debug", f"{what}; strangers would see the inside of the program, take it out")
    else:
        yield good("debug", "off")
    yield _address(house.setting("PURRING_BASE_URL"))
    yield _proxies(house)
    yield _folder(house)


def _address(url: str) -> Finding:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return failure("address", f"PURRING_BASE_URL {url!r} is not an address; write it like https://pay.example.com")
    if is_public(url) and parts.scheme != "https":
        return failure("address", f"{url} is public and not https; others could read along")
    return good("address", url)


def is_public(url: str) -> bool:
    """True when others than this machine's network can be meant by the address."""
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return bool(host) and host != "localhost" and not host.endswith((".localhost", ".local", ".lan", ".internal"))
    return not (address.is_loopback or address.is_private or address.is_link_local)


def _proxies(house: House) -> Finding:
    listed = [part.strip() for part in house.setting("PURRING_TRUSTED_PROXIES").split(",") if part.strip()]
    for one in listed:
        if one in HERE:
            continue
        try:
            ip_address(one)
        except ValueError:
            return failure("proxies", f"PURRING_TRUSTED_PROXIES: {one!r} is not an address such as 127.0.0.1")
        return warning("proxies", f"{one} has no effect: only proxies on this machine reach Purring; write 127.0.0.1")
    if is_public(house.setting("PURRING_BASE_URL")) and not listed:
        return warning(
            "proxies",
            "PURRING_TRUSTED_PROXIES is empty; behind a proxy all visitors look like one, and links in account mails say http",
        )
    return good("proxies", ", ".join(listed) or "none")


def _folder(house: House) -> Finding:
    try:
        mode = house.data_folder.stat().st_mode
    except OSError:
        return failure("data folder", f"{house.data_folder} is not there yet; begin with: purring init")
    if mode & 0o007:
        return failure("data folder", f"{house.data_folder} can be read by everybody here; run: chmod 700 on it")
    if not os.access(house.data_folder, os.W_OK):
        return failure("data folder", f"{house.data_folder} cannot be written to")
    return good("data folder", str(house.data_folder))
