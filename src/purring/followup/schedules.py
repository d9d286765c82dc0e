# SPDX-License-Identifier: AGPL-3.0-or-later
"""Schedules as rows, and as the values the decision takes. Which one a customer or invoice follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from purring.core.errors import Refused
from purring.core.schedule import Schedule as CoreSchedule
from purring.core.schedule import Step
from purring.facts.customers.actions import NOW, touch
from purring.facts.customers.models import Customer, Group
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.journal.models import Entry
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


def signers_of(steps: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Who signs, by stage, where a step says so: `step["sender"]`, an id of `facts.sending.Identity`."""
    return {step["stage"]: step["sender"] for step in steps if step.get("sender")}


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
    if fields.keys() - NAMING:
        Customer.objects.of(row.organization_id).update(version=F("version") + 1, look_on=NOW)


NAMING = frozenset(("name", "preset"))
"""Fields of a schedule that decide nothing."""
KEPT = (
    "name",
    "preset",
    "steps",
    "min_days_between_contacts",
    "minimum_balance",
    "promise_grace_days",
    "working_days_only",
    "charges",
)
"""Fields a person changes; the journal keeps how they were."""


@transaction.atomic
def keep_schedule(
    organization: Organization, row: Schedule | None, *, now: datetime, actor: str, **fields: Any
) -> Schedule:
    """Make a schedule (`row` None) or change one; the journal keeps what was before. Making the same again (a second click)
    gives the one that is there. Refuses (`bad_schedule`, `duplicate`) what contradicts itself."""
    named = Schedule.objects.of(organization).filter(name=fields["name"]).first()
    if named and row is None and all(getattr(named, name) == value for name, value in fields.items()):
        return named
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
        before = {name: getattr(row, name) for name in changed}
        change_schedule(row, **changed)
        told: dict[str, Any] = {"schedule": row.pk, "fields": sorted(changed), "before": before}
        write(organization.pk, "schedule.changed", at=now, actor=actor, **told)
    return row


@transaction.atomic
def put_back(row: Schedule, entry_id: int, *, now: datetime, actor: str) -> Schedule:
    """As it was before the change that a journal entry tells of: a change like any other, which can be put back too.

    Refuses `not_found` for an entry that tells of none.
    """
    changes = history(row).filter(pk__gte=entry_id, kind="schedule.changed").order_by("-pk")
    found = list(changes)
    if not found or found[-1].pk != entry_id or "before" not in found[-1].data:
        raise Refused("not_found", "there is no such change")
    fields = {name: getattr(row, name) for name in KEPT}
    for entry in found:
        fields |= entry.data.get("before", {})
    return keep_schedule(row.organization, row, now=now, actor=actor, **fields)


def history(row: Schedule) -> QuerySet[Entry]:
    """The journal of one schedule: made, changed, chosen for groups. Entries of no customer, of which there are few."""
    told = Entry.objects.of(row.organization_id).filter(customer_id=None, kind__startswith="schedule.")
    return told.filter(data__schedule=row.pk)


@transaction.atomic
def remove_schedule(row: Schedule, *, now: datetime, actor: str) -> None:
    """Whoever followed it follows the usual one. Refuses the usual one itself."""
    if row.is_default:
        raise Refused("bad_schedule", "everyone needs a schedule; change this one instead")
    organization_id, key = row.organization_id, row.pk
    row.delete()
    Customer.objects.of(organization_id).update(version=F("version") + 1, look_on=NOW)
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
    now: datetime,
    actor: str,
) -> None:
    """Let a group, a customer or one invoice follow a schedule of its own; None: no longer. The same again is nothing."""
    chosen = {"group": group, "customer": customer, "invoice": invoice}
    target = {name: row for name, row in chosen.items() if row is not None}
    if len(target) != 1:
        raise Refused("bad_assignment", "name one of group, customer and invoice")
    ((what, row),) = target.items()
    organization_id = row.organization_id
    there = Assignment.objects.of(organization_id).filter(**target).first()
    if (there.schedule_id if there else None) == (schedule.pk if schedule else None):
        return
    if there:
        there.delete()
    if schedule:
        Assignment(organization_id=organization_id, schedule=schedule, **target).save(force_insert=True)
    if group:
        touch(organization_id, Customer.objects.of(organization_id).filter(group=group).values_list("pk", flat=True))
    elif customer:
        touch(organization_id, [customer.pk])
    elif invoice:
        touch(organization_id, [invoice.customer_id])
    told: dict[str, Any] = {"schedule": schedule.pk if schedule else there.schedule_id if there else None, "what": what}
    person = customer.pk if customer else invoice.customer_id if invoice else None
    if group:
        told["group"] = group.pk
    kind = "schedule.chosen" if schedule else "schedule.left"
    invoice_id = invoice.pk if invoice else None
    write(organization_id, kind, at=now, actor=actor, customer_id=person, invoice_id=invoice_id, **told)


def following(row: Schedule) -> Q:
    """Which customers follow a schedule, or have an invoice that does: as a condition on customers."""
    org = row.organization_id
    assigned = Assignment.objects.of(org)
    own, groups = assigned.exclude(customer=None), assigned.exclude(group=None)
    without = ~Q(pk__in=own.values("customer_id"))
    bills = assigned.filter(schedule=row).exclude(invoice=None).values("invoice__customer_id")
    found = Q(pk__in=own.filter(schedule=row).values("customer_id")) | Q(pk__in=bills)
    found |= without & Q(group_id__in=groups.filter(schedule=row).values("group_id"))
    if row.is_default:
        found |= without & (Q(group=None) | ~Q(group_id__in=groups.values("group_id")))
    return found


def schedule_of(invoice: Invoice) -> CoreSchedule:
    """The schedule one invoice follows."""
    followed = Followed(invoice.organization)
    customer = invoice.customer
    return followed.of_invoice(invoice.pk) or followed.of_customer(customer.pk, customer.group_id)


class Followed:
    """Which schedule applies, for a batch: the invoice's own, else the customer's, the group's, the organization's."""

    def __init__(self, organization: Organization, instead: Mapping[int, CoreSchedule] | None = None) -> None:
        """`instead`: schedules by id that are to be taken for what is stored (a rehearsal)."""
        rows = Schedule.objects.of(organization)
        followed = rows.filter(Q(is_default=True) | Q(pk__in=Assignment.objects.of(organization).values("schedule_id")))
        assigned = Assignment.objects.of(organization)
        schedules, chosen = together(
            Question(followed), Question(assigned, "schedule_id", "invoice_id", "customer_id", "group_id")
        )
        values = {row.pk: core_schedule(row) for row in schedules} | dict(instead or {})
        usual = next((values[row.pk] for row in schedules if row.is_default), None)
        self.default = usual or core_schedule(default_schedule(organization))
        self._by_group: dict[int, CoreSchedule] = {}
        self._by_customer: dict[int, CoreSchedule] = {}
        self._by_invoice: dict[int, CoreSchedule] = {}
        self._signers = {row.pk: named for row in schedules if (named := signers_of(row.steps))}
        """Who signs which stage, of schedules that say so."""
        self._chosen = chosen if self._signers else []
        self._closest: dict[tuple[int | None, int | None, int | None], int] | None = None
        self._usual = next((row.pk for row in schedules if row.is_default), None)
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

    def signer(self, invoice_id: int, customer_id: int, group_id: int | None, stage: str) -> int | None:
        """The id of the person whom the step of this stage names as who signs; None: the usual one."""
        if not self._signers:
            return None
        if self._closest is None:
            self._closest = {}
            for schedule_id, invoice, customer, group in self._chosen:
                self._closest[invoice, customer, group] = schedule_id
        for key in ((invoice_id, None, None), (None, customer_id, None), (None, None, group_id)):
            if key != (None, None, None) and (schedule_id := self._closest.get(key)):
                return self._signers.get(schedule_id, {}).get(stage)
        return self._signers.get(self._usual, {}).get(stage) if self._usual else None
