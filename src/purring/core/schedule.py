# SPDX-License-Identifier: Apache-2.0
"""Schedules: which stage goes out by which channel, how many days from the due date. Values, no behaviour over time."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from purring.core.errors import Refused
from purring.core.money import threshold_minor

STAGES = ("courtesy", "due_today", "friendly", "follow_up", "firm", "final")
"""Softest to firmest."""
RANK = {stage: rank for rank, stage in enumerate(STAGES)}
CHANNELS = ("email", "sms", "letter", "phone")


class Step(NamedTuple):
    """One step of a schedule."""

    stage: str
    days: int
    """From the due date; negative is before. Calendar days."""
    channel: str
    repeat_every: int | None = None
    """Calendar days after which the step comes again; only on the last step."""


class Schedule:
    """Steps in rising days, with the rules of contact around them. Immutable; make it once and share it.

    `minimum_balance` is a decimal text in major units, the same number in every currency.
    Raises `Refused` (`bad_schedule`, with `path`) when the steps contradict each other.
    """

    __slots__ = (
        "charges",
        "early",
        "gap_days",
        "grace_days",
        "minimum_balance",
        "overdue",
        "repeat_every",
        "step_of",
        "steps",
        "working_days_only",
    )

    def __init__(
        self,
        steps: tuple[Step, ...],
        *,
        min_days_between_contacts: int = 5,
        minimum_balance: str = "0.00",
        promise_grace_days: int = 1,
        working_days_only: bool = True,
        charges: str = "none",
    ) -> None:
        check_steps(steps)
        self.steps = steps
        self.gap_days = max(min_days_between_contacts, 1)
        self.minimum_balance = minimum_balance
        self.grace_days = promise_grace_days
        self.working_days_only = working_days_only
        self.charges = charges
        self.early = tuple(step for step in steps if step.days <= 0)
        self.overdue = tuple(step for step in steps if step.days > 0)
        self.step_of = {step.stage: step for step in steps}
        self.repeat_every = steps[-1].repeat_every if self.overdue else None

    def minimum(self, currency: str) -> int:
        """The smallest sum in minor units that is worth a contact."""
        return _minimum(self.minimum_balance, currency)


_minimum = lru_cache(4096)(threshold_minor)


def check_steps(steps: tuple[Step, ...]) -> None:
    """Refuse (`bad_schedule`) steps out of order; `path` names the step, as in ``steps[2].days``."""
    if not steps:
        raise Refused("bad_schedule", "a schedule needs at least one step", path="steps")
    for at, step in enumerate(steps):
        before = steps[at - 1] if at else None
        if step.stage not in RANK:
            raise _bad(at, "stage", f"{step.stage!r} is not a stage; use one of {', '.join(STAGES)}")
        if step.channel not in CHANNELS:
            raise _bad(at, "channel", f"{step.channel!r} is not a channel; use one of {', '.join(CHANNELS)}")
        if before and step.days <= before.days:
            raise _bad(at, "days", f"steps stand in rising days, and {step.days} is not after {before.days}")
        if before and RANK[step.stage] == RANK[before.stage]:
            raise _bad(at, "stage", f"the stage {step.stage!r} stands twice; each may stand once")
        if before and RANK[step.stage] < RANK[before.stage]:
            raise _bad(at, "stage", f"{step.stage!r} is softer than {before.stage!r} before it")
        if step.repeat_every is not None and at < len(steps) - 1:
            raise _bad(at, "repeat_every", "only the last step may repeat")
        if step.repeat_every is not None and step.repeat_every < 1:
            raise _bad(at, "repeat_every", "must be at least one day")


def _bad(at: int, field: str, message: str) -> Refused:
    return Refused("bad_schedule", message, path=f"steps[{at}].{field}")
