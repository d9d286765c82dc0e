# SPDX-License-Identifier: AGPL-3.0-or-later
"""Is the key one that nobody guesses, and does nobody else read it?"""

from __future__ import annotations

from collections.abc import Iterator

from purring.doors.cli.doctor.finding import Finding, failure, good
from purring.doors.cli.house import House

SHORTEST = 50
FEWEST_DIFFERENT = 12
TELLTALE = ("insecure", "secret", "change", "default", "example", "purring", "password", "qwerty", "12345")
"""Words of keys that were copied from somewhere, or made up."""


def checks(house: House) -> Iterator[Finding]:
    key = house.secret_key()
    weakness = weak(key)
    if weakness:
        yield failure("key", f"{weakness}; take PURRING_SECRET_KEY out and a good one is made for you")
        return
    for name in ("secret-key", ".env"):
        path = house.data_folder / name
        if path.is_file() and path.stat().st_mode & 0o077:
            yield failure("key", f"{path} can be read by others on this machine; run: chmod 600 {path}")
            return
    yield good("key", "long, random, readable by you only")


def weak(key: str) -> str:
    """What is wrong with a key, or nothing."""
    if not key:
        return "there is no key yet"
    if len(key) < SHORTEST:
        return f"the key has {len(key)} characters and needs {SHORTEST}"
    if len(set(key)) < FEWEST_DIFFERENT:
        return "the key repeats itself"
    lowered = key.lower()
    if any(word in lowered for word in TELLTALE):
        return "the key was not made by chance"
    return ""
