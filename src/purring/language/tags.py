# SPDX-License-Identifier: Apache-2.0
"""Names used by everyone in this package: languages, stages, channels, situations."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, get_args

Stage = Literal[
    "request",
    "courtesy",
    "due_today",
    "friendly",
    "follow_up",
    "firm",
    "final",
    "thank_you",
    "terms_note",
    "check_in",
]
Channel = Literal["email", "sms", "letter"]
Voice = Literal["neutral", "warm", "formal", "direct"]

STAGES: tuple[Stage, ...] = get_args(Stage)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
VOICES: tuple[Voice, ...] = get_args(Voice)
ASKING: frozenset[str] = frozenset(STAGES[:7])
"""Stages that ask for money."""
LATE: frozenset[str] = frozenset({"follow_up", "firm", "final"})
"""Stages that may say what follows, and mention that we wrote before."""

Case = Literal[
    "promise_to_pay",
    "already_paid",
    "not_received",
    "copy_request",
    "info_request",
    "po_request",
    "dispute",
    "not_satisfied",
    "cannot_pay_all",
    "plan_request",
    "plan_agreed",
    "plan_declined",
    "day_declined",
    "day_agreed",
    "sum_agreed",
    "hardship",
    "hardship_short",
    "hardship_lasting",
    "wrong_person",
    "approval_pending",
    "pay_run",
    "pays_late",
    "call_request",
    "call_summary",
    "refusal",
    "hostile",
    "insolvency",
    "stop_contact",
    "acknowledgement",
    "other",
]
CASES: tuple[Case, ...] = get_args(Case)
"""What a customer may say that has a ready answer (``reply.txt``); the same names are the objections on a call
sheet. They follow the intents of a read reply, and are finer where the answer differs."""

_ALIASES = {"no": "nb", "nn": "nb", "pt": "pt-PT", "iw": "he"}


@lru_cache(1024)
def normalise(tag: str) -> str:
    """A BCP 47 tag in its usual spelling, with the accepted short forms: "no" -> "nb", "PT_br" -> "pt-BR"."""
    base, *rest = tag.replace("_", "-").split("-")
    base = base.lower()
    region = next((part.upper() for part in rest if len(part) == 2 and part.isalpha()), "")
    if region:
        return f"{_ALIASES.get(base, base) if base != 'pt' else 'pt'}-{region}"
    return _ALIASES.get(base, base)
