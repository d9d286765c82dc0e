# SPDX-License-Identifier: AGPL-3.0-or-later
"""Secrets at rest: encrypted and signed with keys of their own (not the one that signs sessions), bound to their place.

A sealed text opens only where it was sealed: `place` stands inside it, so a copied row opens nothing. Several keys may be
set, newest first: all open, the first seals. Fernet: AES-128-CBC with HMAC-SHA256.
"""

from __future__ import annotations

import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from purring.core.errors import Refused


def seal(place: str, values: dict[str, Any]) -> str:
    """The values, sealed for a place."""
    return _keys().encrypt(json.dumps([place, values]).encode()).decode()


def unseal(place: str, text: str) -> dict[str, Any]:
    """What was sealed for this place. Refuses `sealed` when no key opens it, or it belongs elsewhere."""
    try:
        where, values = json.loads(_keys().decrypt(text.encode()))
    except (InvalidToken, ValueError):
        raise Refused("sealed", "a stored secret cannot be opened with the keys of this installation") from None
    if where != place or not isinstance(values, dict):
        raise Refused("sealed", "a stored secret does not belong where it stands")
    return values


def reseal(text: str) -> str:
    """The same secret under the newest key."""
    return _keys().rotate(text.encode()).decode()


def _keys() -> MultiFernet:
    keys = [key for key in settings.VAULT_KEYS if key]
    if not keys:
        raise Refused("no_vault_key", "there is no key for secrets yet; start Purring once, it makes one")
    return MultiFernet([Fernet(key) for key in keys])
