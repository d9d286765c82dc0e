# SPDX-License-Identifier: Apache-2.0
"""Which answer buttons a message carries, by its stage and what it is about. The lists stand in `buttons.toml`.

Not here: their words (`pages.txt`), their links, and how they look (`layout`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from purring.language.facts import MessageFacts
from purring.language.tags import Stage


def buttons_for(stage: Stage | Literal["autopay"], facts: MessageFacts) -> tuple[str, ...]:
    """The codes of the buttons, in order (`purring.language.pages.ANSWERS`); none for a thank-you."""
    lists = _lists()
    wanted = lists["check_in"][facts.check_in] if stage == "check_in" else lists["stages"].get(stage, ())
    return tuple(code for code in wanted if _fits(code, facts))[: lists["most"]]


def _fits(code: str, facts: MessageFacts) -> bool:
    """Nobody is offered what they have: an order number that is on it, a copy that comes along, instalments that run."""
    if code == "po":
        return facts.customer.kind != "consumer" and not all(item.po_number for item in facts.items)
    if code == "copy":
        return not facts.attachments
    if code == "plan":
        return not any(item.instalment for item in facts.items)
    return True


@cache
def _lists() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("buttons.toml").read_text("utf-8"))
