# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is told by mail of what. While nobody is chosen, the owners are told of everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Membership, Organization, Role
from purring.facts.sending.models import AlertRecipient

KINDS = ("rounds", "mail", "doubt", "failed", "bank")
"""The daily work stopped, the mail account refuses, a message may not have arrived, one could not be delivered, a bank
detail is missing."""


def recipients(organization: Organization) -> dict[str, tuple[str, ...]]:
    """Who is told of what: kinds by address, the owners' when nobody is chosen."""
    chosen = AlertRecipient.objects.of(organization).order_by("email")
    found = {row.email: tuple(kind for kind in KINDS if kind in row.kinds) for row in chosen}
    if found:
        return {email: kinds for email, kinds in found.items() if kinds}
    owners = Membership.objects.of(organization).filter(role=Role.OWNER).order_by("id")
    return dict.fromkeys(owners.values_list("user__email", flat=True), KINDS)


def untold(told: Mapping[str, Iterable[str]]) -> list[str]:
    """Kinds nobody is told of."""
    heard = {kind for kinds in told.values() for kind in kinds}
    return [kind for kind in KINDS if kind not in heard]


@transaction.atomic
def keep_recipients(
    organization: Organization, wanted: Mapping[str, Iterable[str]], *, now: datetime, actor: str
) -> None:
    """Exactly these people are told of these things; none at all: the owners of everything. Refuses (`unknown_alert`)."""
    rows = {email.strip().lower(): [kind for kind in KINDS if kind in set(kinds)] for email, kinds in wanted.items()}
    if unknown := {kind for kinds in wanted.values() for kind in kinds} - set(KINDS):
        raise Refused("unknown_alert", f"nobody can be told of {min(unknown)}")
    there = dict(AlertRecipient.objects.of(organization).values_list("email", "kinds"))
    if there == rows:
        return
    AlertRecipient.objects.of(organization).delete()
    for email, kinds in rows.items():
        AlertRecipient(organization=organization, email=email, kinds=kinds).save(force_insert=True)
    write(organization.pk, "alerts.changed", at=now, actor=actor, told=rows)
