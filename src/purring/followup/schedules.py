# SPDX-License-Identifier: AGPL-3.0-or-later
"""Schedules as rows, and as the values the decision takes. Which one a customer or invoice follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Q

from purring.core.errors import Refused
from purring.core.schedule import Schedule as CoreSchedule
from purring.core.schedule import Step
from purring.facts.customers.actions import NOW
from purring.facts.customers.models import Customer, Group
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization
from purring.followup.models import Assignment, Schedule
from purring.kit.together import Question, together

GENTLE_STEPS: list[dict[str, Any]] = [
    {"stage": "courtesy", "days": -3, "channel": "email"},
    {"stage": "friendly", "days": 3, "channel": "email"},
    {"stage": "follow_up", "days": 10, "channel": "email"},
    {"stage": "firm", "days": 21, "channel": "email"},
    {"stage": "final", "days": 35, "channel": "email"},
]
"""The custom of the trade: a note before, a first reminder within three days, two weeks and more between the firm ones."""


def read_steps(steps: Sequence[dict[str, Any]]) -> tuple[Step, ...]:
    return tuple(Step(s["stage"], s["days"], s["channel"], s.get("repeat_every")) for s in steps)


def core_schedule(row: Schedule) -> CoreSchedule:
    """The value the decision takes; equal rows give the same object."""
    return _core(
        read_steps(row.steps),
        row.min_days_between_contacts,
        row.minimum_balance,
        row.promise_grace_days,
        row.working_days_only,
        row.charges,
    )


@lru_cache(1024)
def _core(
    steps: tuple[Step, ...], gap: int, minimum: str, grace: int, working_days_only: bool, charges: str
) -> CoreSchedule:
    return CoreSchedule(
        steps,
        min_days_between_contacts=gap,
        minimum_balance=minimum,
        promise_grace_days=grace,
        working_days_only=working_days_only,
        charges=charges,
    )


def default_schedule(organization: Organization) -> Schedule:
    """The organization's own schedule; the gentle one is made when there is none yet."""
    row, _ = Schedule.objects.of(organization).get_or_create(
        organization=organization, is_default=True, defaults={"name": "Gentle", "steps": GENTLE_STEPS}
    )
    return row


@transaction.atomic
def change_schedule(row: Schedule, **fields: Any) -> None:
    """Change a schedule after checking it (`Refused` with the step's path); everyone who may follow it is looked at again."""
    for name, value in fields.items():
        setattr(row, name, value)
    core_schedule(row)
    row.save(update_fields=list(fields))
    Customer.objects.of(row.organization_id).update(look_on=NOW)


@transaction.atomic
def keep_schedule(
    organization: Organization, row: Schedule | None, *, now: datetime, actor: str, **fields: Any
) -> Schedule:
    """Make a schedule (`row` None) or change one. Refuses (`bad_schedule`, `duplicate`) what contradicts itself."""
    named = Schedule.objects.of(organization).filter(name=fields["name"]).first()
    if named and named != row:
        raise Refused("duplicate", f"there is a schedule {fields['name']} already", field="name")
    if row is None:
        row = Schedule(organization=organization, **fields)
        core_schedule(row)
        row.save(force_insert=True)
        write(organization.pk, "schedule.made", at=now, actor=actor, schedule=row.pk)
        return row
    changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
    if changed:
        change_schedule(row, **changed)
        write(organization.pk, "schedule.changed", at=now, actor=actor, schedule=row.pk, fields=sorted(changed))
    return row


@transaction.atomic
def remove_schedule(row: Schedule, *, now: datetime, actor: str) -> None:
    """Whoever followed it follows the usual one. Refuses the usual one itself."""
    if row.is_default:
        raise Refused("bad_schedule", "everyone needs a schedule; change this one instead")
    organization_id, key = row.organization_id, row.pk
    row.delete()
    Customer.objects.of(organization_id).update(look_on=NOW)
    write(organization_id, "schedule.removed", at=now, actor=actor, schedule=key)


def followers(row: Schedule) -> int:
    """How many customers, groups and invoices it is chosen for."""
    return Assignment.objects.of(row.organization_id).filter(schedule=row).count()


@transaction.atomic
def assign(
    schedule: Schedule | None,
    *,
    group: Group | None = None,
    customer: Customer | None = None,
    invoice: Invoice | None = None,
) -> None:
    """Let a group, a customer or one invoice follow a schedule of its own; None: no longer."""
    chosen = {"group": group, "customer": customer, "invoice": invoice}
    target = {name: row for name, row in chosen.items() if row is not None}
    if len(target) != 1:
        raise Refused("bad_assignment", "name one of group, customer and invoice")
    (row,) = target.values()
    organization_id = row.organization_id
    Assignment.objects.of(organization_id).filter(**target).delete()
    if schedule:
        Assignment(organization_id=organization_id, schedule=schedule, **target).save(force_insert=True)
    customers = Customer.objects.of(organization_id)
    if group:
        customers = customers.filter(group=group)
    elif customer:
        customers = customers.filter(pk=customer.pk)
    elif invoice:
        customers = customers.filter(pk=invoice.customer_id)
    customers.update(look_on=NOW)


def schedule_of(invoice: Invoice) -> CoreSchedule:
    """The schedule one invoice follows."""
    followed = Followed(invoice.organization)
    customer = invoice.customer
    return followed.of_invoice(invoice.pk) or followed.of_customer(customer.pk, customer.group_id)


class Followed:
    """Which schedule applies, for a batch: the invoice's own, else the customer's, the group's, the organization's."""

    def __init__(self, organization: Organization) -> None:
        rows = Schedule.objects.of(organization)
        followed = rows.filter(Q(is_default=True) | Q(pk__in=Assignment.objects.of(organization).values("schedule_id")))
        assigned = Assignment.objects.of(organization)
        schedules, chosen = together(
            Question(followed), Question(assigned, "schedule_id", "invoice_id", "customer_id", "group_id")
        )
        values = {row.pk: core_schedule(row) for row in schedules}
        usual = next((values[row.pk] for row in schedules if row.is_default), None)
        self.default = usual or core_schedule(default_schedule(organization))
        self._by_group: dict[int, CoreSchedule] = {}
        self._by_customer: dict[int, CoreSchedule] = {}
        self._by_invoice: dict[int, CoreSchedule] = {}
        for schedule_id, invoice_id, customer_id, group_id in chosen:
            if invoice_id:
                self._by_invoice[invoice_id] = values[schedule_id]
            elif customer_id:
                self._by_customer[customer_id] = values[schedule_id]
            elif group_id:
                self._by_group[group_id] = values[schedule_id]

    def of_customer(self, customer_id: int, group_id: int | None) -> CoreSchedule:
        own = self._by_customer.get(customer_id)
        return own or (self._by_group.get(group_id) if group_id else None) or self.default

    def of_invoice(self, invoice_id: int) -> CoreSchedule | None:
        return self._by_invoice.get(invoice_id)
