# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands in a link's address, the hash that is kept of it, and how long it opens."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.crypto import salted_hmac

BITS = 128
_SHAPE = re.compile(r"[A-Za-z0-9_-]{22}")
PREVIEW = "preview"
"""Stands for the token in words that have not left; it opens nothing."""


def new_token() -> str:
    """128 random bits in 22 characters that need no escape in an address."""
    return secrets.token_urlsafe(BITS // 8)


def token_of(seed: str) -> str:
    """The token that belongs to a random seed, the same each time: the seed alone, without this installation's secret,
    opens nothing. For links that their maker may look at again though only a hash of them is kept."""
    made = salted_hmac("purring.link.seed", seed, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made[: BITS // 8]).rstrip(b"=").decode()


def is_token(text: str) -> bool:
    """Whether it has the shape of one."""
    return _SHAPE.fullmatch(text) is not None


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def expiry(made_at: datetime) -> datetime:
    """When a link made at this moment ceases to open. The default is longer than a year: last year's message still leads
    to the page while this year closes last year's books."""
    return made_at + timedelta(days=settings.LINK_DAYS)


def address_of(token: str) -> str:
    """The whole address, under the installation's own."""
    return f"{settings.BASE_URL}/pay/{token}/"
