# SPDX-License-Identifier: Apache-2.0
"""The hash chain of a journal: how one entry is linked to the one before. Pure, so that it can be checked anywhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64
"""Before the first entry."""


def link(previous: str, body: Mapping[str, Any]) -> str:
    """The hash of an entry: SHA-256 over the hash before and the canonical JSON of its body."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def digest_text(salt: str, text: str) -> str:
    """What stands in the chain for a personal text, which is kept outside with its salt and can be erased."""
    return hashlib.sha256(f"{salt}\0{text}".encode()).hexdigest()
