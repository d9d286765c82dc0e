# SPDX-License-Identifier: AGPL-3.0-or-later
"""What only a person can do: recording tasks once, listing and finishing them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from purring.core import reasons
from purring.core.answers import Wanted
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Invoice
from purring.facts.journal import actions as journal
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization
from purring.followup.accounts import Loaded
from purring.followup.models import PLANNING, Task

OF_ALL = frozenset(("data_stale", "check_account"))
"""One task for the organization, however many customers wait for it."""


def _subjects_of_all(organization: Organization, task: Wanted) -> tuple[str, ...]:
    return (str(organization.data_checked_on),) if task.code == "data_stale" else ("",)


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


def record_tasks(organization: Organization, wanted: list[tuple[Loaded, Wanted]], today: date, now: datetime) -> int:
    """Store the tasks that are not there yet; how many."""
    made = 0
    for one, task in wanted:
        made += record_task(
            organization,
            task.code,
            customer_id=None if task.code in OF_ALL else one.customer.id,
            subjects=_subjects_of_all(organization, task) if task.code in OF_ALL else task.subjects,
            invoice_ids=[one.invoice_ids[ref] for ref in task.invoices],
            why=reasons.why_task(task),
            today=today,
            now=now,
            actor=PLANNING,
        )
    return made


def follow_disputes(organization: Organization, today: date, now: datetime) -> int:
    """A task for each open dispute, once; it is done when the dispute is resolved. How many are new."""
    mine = Dispute.objects.of(organization).select_related("invoice")
    there = dict(Task.objects.of(organization).filter(code="dispute").values_list("subject", "done_at"))
    made = 0
    for dispute in mine.filter(resolved_at=None).order_by("id"):
        if str(dispute.pk) not in there:
            made += record_task(
                organization,
                "dispute",
                customer_id=dispute.invoice.customer_id,
                subjects=(str(dispute.pk),),
                invoice_ids=[dispute.invoice_id],
                why=reasons.tell("task_dispute", {"invoices": (dispute.invoice.number,)}),
                today=today,
                now=now,
                actor=PLANNING,
            )
    open_ones = [int(subject) for subject, done_at in there.items() if done_at is None]
    resolved = mine.filter(id__any_of=open_ones).exclude(resolved_at=None).values_list("id", flat=True)
    for task in open_tasks(organization).filter(code="dispute", subject__in=[str(key) for key in resolved]):
        finish_task(task, now=now, actor=PLANNING)
    return made


def record_task(
    organization: Organization,
    code: str,
    *,
    customer_id: int | None,
    subjects: tuple[str, ...],
    invoice_ids: list[int],
    why: str,
    today: date,
    now: datetime,
    actor: str,
) -> int:
    """A task for each subject that has none; a task that was done and is wanted again is opened again. How many."""
    made = 0
    for subject in subjects:
        task, new = Task.objects.of(organization).get_or_create(
            organization=organization,
            customer=Customer.objects.of(organization).get(pk=customer_id) if customer_id else None,
            code=code,
            subject=subject,
            defaults={"why": why[:500], "opened_on": today},
        )
        if not new and task.done_at:
            task.done_at = task.done_by = None
            task.opened_on, task.why = today, why[:500]
            task.save(update_fields=["done_at", "done_by", "opened_on", "why"])
        elif not new:
            continue
        task.invoices.set(Invoice.objects.of(organization).filter(id__in=invoice_ids))
        journal.write(
            organization.pk,
            "task.opened",
            at=now,
            actor=actor,
            customer_id=customer_id,
            task=task.pk,
            code=code,
            invoices=invoice_ids,
        )
        made += 1
    return made
