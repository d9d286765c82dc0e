# SPDX-License-Identifier: AGPL-3.0-or-later
"""What only a person can do: listing and finishing tasks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from purring.facts.customers.actions import touch
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization
from purring.followup.models import Task


def open_tasks(organization: Organization) -> QuerySet[Task]:
    """Open tasks, oldest first."""
    return (
        Task.objects.of(organization)
        .filter(done_at=None)
        .select_related("customer")
        .prefetch_related("invoices")
        .order_by("opened_on", "id")
    )


@transaction.atomic
def finish_task(task: Task, *, now: datetime, actor: str, user_id: int | None = None) -> None:
    """A person did it; the account is looked at again."""
    changed = (
        Task.objects.of(task.organization_id).filter(pk=task.pk, done_at=None).update(done_at=now, done_by_id=user_id)
    )
    if changed:
        if task.customer_id:
            touch(task.organization_id, [task.customer_id])
        write(
            task.organization_id,
            "task.done",
            at=now,
            actor=actor,
            customer_id=task.customer_id,
            task=task.pk,
            code=task.code,
        )
