# SPDX-License-Identifier: AGPL-3.0-or-later
"""Telling the owner that something has stopped: rounds that do not beat, messages in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.mail import send_mail
from django.db import transaction

from purring.facts.journal.actions import write
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import Membership, Organization, Role
from purring.followup.deliveries import doubtful
from purring.followup.models import Beat, Reminder, State

LATE_FACTOR = 5
AT_LEAST = timedelta(minutes=10)
TOLD_AGAIN_AFTER = timedelta(days=1)


def stopped_rounds(now: datetime, rhythms: Sequence[tuple[str, int]]) -> list[str]:
    """One line for each round that failed or has not finished for five times its rhythm (and ten minutes)."""
    beats = {beat.round: beat for beat in Beat.objects.all()}
    lines = []
    for name, every in rhythms:
        beat = beats.get(name)
        patience = max(timedelta(seconds=every * LATE_FACTOR), AT_LEAST)
        if beat is None:
            continue
        if beat.error and beat.failed_since and now - beat.failed_since > AT_LEAST:
            lines.append(f'the round "{name}" fails: {beat.error}')
        elif (last := beat.finished_at or beat.started_at) and now - last > patience:
            lines.append(f'the round "{name}" has not finished since {last:%d %B %H:%M} UTC')
    return lines


def worries(organization: Organization, now: datetime, rhythms: Sequence[tuple[str, int]]) -> list[str]:
    """Everything the owner should know now, one line each."""
    lines = stopped_rounds(now, rhythms)
    in_doubt = doubtful(organization).count()
    if in_doubt:
        lines.append(f"{in_doubt} message(s) may or may not have arrived; please look at them in the desk")
    failed = Reminder.objects.of(organization).filter(state=State.FAILED, ended_at__gte=now - timedelta(days=1)).count()
    if failed:
        lines.append(f"{failed} message(s) could not be delivered since yesterday")
    return lines


def tell_owners(now: datetime, rhythms: Sequence[tuple[str, int]]) -> int:
    """One mail a day to the owners of each organization that has worries; how many organizations were told."""
    told = 0
    for organization in Organization.objects.order_by("id"):
        lines = worries(organization, now, rhythms)
        since = now - TOLD_AGAIN_AFTER
        if not lines or Entry.objects.of(organization).filter(kind="owner.told", at__gt=since).exists():
            continue
        owners = Membership.objects.of(organization).filter(role=Role.OWNER).values_list("user__email", flat=True)
        text = "\n".join(f"- {line}" for line in lines)
        send_mail(
            f"Purring needs you: {organization.name}",
            f"Hello,\n\nsomething in Purring needs a person:\n\n{text}\n\nNothing is lost, and nothing is sent twice.\n",
            None,
            list(owners),
        )
        with transaction.atomic():  # only once it has left: a mail server that is away must not swallow the warning
            write(organization.pk, "owner.told", at=now, actor="round:watch", count=len(lines))
        told += 1
    return told
