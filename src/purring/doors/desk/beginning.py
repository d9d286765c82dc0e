# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far setting up has come: the steps in their order, each read from the facts, so that one can leave, return on
another device and go back to any of them. It is over with the first yes (R23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk
from purring.facts.beginning.models import Step
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.organizations.models import LegalEntity, Organization
from purring.facts.sending.roads import mail_ready

STEPS: dict[str, Lazy | str] = {
    "business": _("Your business"),
    "bank": _("Where the money goes"),
    "invoices": _("What is owed"),
    "words": _("How you ask"),
    "mail": _("Your mail"),
    "first-day": _("The first day"),
}
MAY_WAIT = frozenset({"bank", "words", "mail"})
"""Steps that a person may put off: they only make asking better, or can be done any day before something leaves."""
DONE, LATER = "done", "later"


@dataclass(frozen=True)
class At:
    """One step as the progress line shows it."""

    name: str
    label: Lazy | str
    done: bool
    later: bool
    here: bool

    @property
    def to(self) -> str:
        return reverse(f"desk:begin-{self.name}")


def steps_of(desk: Desk, here: str = "") -> list[At]:
    """Every step, with what is done, what was put off, and which page this is."""
    organization = desk.organization
    said = dict(Step.objects.of(organization).values_list("name", "said"))
    done = {
        "business": True,
        "bank": any(entity.accounts for entity in LegalEntity.objects.of(organization)),
        "invoices": Invoice.objects.of(organization).exists(),
        "words": said.get("words") == DONE,
        "mail": mail_ready(organization),
        "first-day": organization.first_day_approved_at is not None,
    }
    return [
        At(name, label, done[name], not done[name] and said.get(name) == LATER, name == here)
        for name, label in STEPS.items()
    ]


def next_step(steps: list[At], after: str = "") -> At | None:
    """Where to go on: the first step that is neither done nor put off, from `after` on before those ahead of it; then
    what was not done of the last one. None when nothing is left."""
    names = [one.name for one in steps]
    at = names.index(after) + 1 if after in names else 0
    waiting = [one for one in [*steps[at:], *steps[:at]] if not one.done and not one.later]
    return waiting[0] if waiting else None


@transaction.atomic
def say(organization: Organization, name: str, said: str, *, now: datetime, actor: str) -> None:
    """A person is content with a step, or puts it off. Refuses (`not_found`) what is no step or cannot wait."""
    if name not in STEPS or (said == LATER and name not in MAY_WAIT):
        raise Refused("not_found", f"{name} cannot be put off")
    row, made = Step.objects.of(organization).get_or_create(
        organization=organization, name=name, defaults={"said": said, "at": now}
    )
    if not made and row.said != said:
        row.said, row.at = said, now
        row.save(update_fields=["said", "at"])
    elif not made:
        return
    write(organization.pk, "beginning.step", at=now, actor=actor, step=name, said=said)
