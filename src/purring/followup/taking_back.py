# SPDX-License-Identifier: AGPL-3.0-or-later
"""Taking back an import: what it brought disappears, as long as nothing of it was said, booked or agreed since.

Rows go, the journal stays: it tells that they were brought in, by whom, and that they were taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db import models, transaction

from purring.core.errors import Refused
from purring.facts.beginning.models import Import
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Contact, Customer
from purring.facts.invoices.models import Attachment, Invoice, InvoiceLine
from purring.facts.journal.actions import record_many, write
from purring.facts.payments.models import Allocation, Payment
from purring.followup.models import PLANNING, WAITING, Assignment, Reminder, ReminderItem, State, Task
from purring.kit.batches import Ids

SOURCE = "import"
UNSAID = (*WAITING, State.WITHDRAWN, State.SKIPPED)
"""States of intentions that nobody has read."""
GOES_ALONG = (InvoiceLine, Attachment, Payment, Allocation, ReminderItem, Reminder, Task.invoices.through)
"""What of an invoice is looked at on its own below, or goes with it."""
GOES_WITH_CUSTOMER = (Contact, Reminder, Task, Assignment, Invoice)


class TakenBack(NamedTuple):
    invoices: int
    customers: int
    stayed: int
    """Customers of the import of whom more is known by now."""


def runs(ids: Sequence[int]) -> list[list[int]]:
    """Rising ids as [first, last] without gaps between: 100,000 rows of one import are usually one."""
    grouped = groupby(enumerate(ids), lambda pair: pair[1] - pair[0])
    found = [[key for _, key in group] for _, group in grouped]
    return [[run[0], run[-1]] for run in found]


def with_later(kept: Sequence[Sequence[int]], ids: Iterable[int]) -> list[list[int]]:
    """Such runs with further ids, which are higher than all before: what is made later is."""
    found = [list(run) for run in kept]
    for first, last in runs(sorted(ids)):
        if found and found[-1][1] + 1 == first:
            found[-1][1] = last
        else:
            found.append([first, last])
    return found


def listed(kept: Sequence[Sequence[int]]) -> list[int]:
    """The ids of such runs."""
    return [key for first, last in kept for key in range(first, last + 1)]


@transaction.atomic
def take_back(row: Import, *, now: datetime, actor: str) -> TakenBack | None:
    """Let everything disappear that the import made; None when it was taken back before.

    Refuses (`too_late`) when a message about one of its invoices has left, or money or anything else was noted since.
    """
    org = row.organization_id
    row = Import.objects.of(org).select_for_update().get(pk=row.pk)
    if row.taken_back_at:
        return None
    if row.state in (Import.RUNNING, Import.PAUSED):
        raise Refused("too_early", "this import is not over yet; stop it first")
    invoices = Ids(_there(row, Invoice, row.invoices))
    customers = Ids(_there(row, Customer, row.customers))
    _take_out(org, row, invoices, now)
    gone = _leave(org, customers)
    done = TakenBack(len(invoices.all), gone, len(customers.all) - gone)
    _over(row, done, now, actor)
    return done


@transaction.atomic
def take_back_some(row: Import, most: int, *, now: datetime, actor: str) -> bool:
    """The same in steps of at most `most` rows, each a transaction of its own, of an import that is leaving: nobody waits
    long. False when it is over. Refuses as `take_back` does; what went before stays gone."""
    org = row.organization_id
    row = Import.objects.of(org).select_for_update().get(pk=row.pk)
    if row.state != Import.LEAVING:
        return False
    if invoices := _next(row, Invoice, row.invoices, most):
        _take_out(org, row, Ids(invoices), now)
        return True
    if customers := _next(row, Customer, row.customers, most, behind=row.place):
        _leave(org, Ids(customers))
        row.place = customers[-1]
        row.save(update_fields=["place"])
        return True
    stayed = _there(row, Customer, row.customers).count()
    _over(row, TakenBack(row.made_invoices, row.made_customers - stayed, stayed), now, actor)
    return False


def refuse_if_used(row: Import) -> None:
    """Refuses (`too_late`) what taking back would refuse, before anything of it goes."""
    _refuse_if_used(row.organization_id, row, Ids(_there(row, Invoice, row.invoices)))


def _there(row: Import, model: Any, kept: Sequence[Sequence[int]]) -> Any:
    """Ids of what is still there of what the import made, rising."""
    mine = model.objects.of(row.organization_id).filter(id__any_of=listed(kept))
    return mine.order_by("id").values_list("id", flat=True)


def _next(row: Import, model: Any, kept: Sequence[Sequence[int]], most: int, behind: int = 0) -> list[int]:
    """The first of them, run by run."""
    rows = model.objects.of(row.organization_id).order_by("id").values_list("id", flat=True)
    for first, last in kept:
        if last > behind and (found := list(rows.filter(id__gte=max(first, behind + 1), id__lte=last)[:most])):
            return found
    return []


def _take_out(org: int, row: Import, invoices: Ids, now: datetime) -> None:
    """Let these invoices disappear. Customers who did not come with them are decided afresh."""
    owners = set(Invoice.objects.of(org).filter(id__any_of=invoices).values_list("customer_id", flat=True))
    touch(org, owners)  # first of all: nothing that was decided before may leave now
    _refuse_if_used(org, row, invoices)
    there_before = {one for one in owners if not any(first <= one <= last for first, last in row.customers)}
    _unplan(org, invoices, there_before, now)
    mine = Payment.objects.of(org).filter(invoice_id__any_of=invoices)
    Allocation.objects.of(org).filter(invoice_id__any_of=invoices).delete()
    mine.delete()
    Invoice.objects.of(org).filter(id__any_of=invoices).delete()


def _over(row: Import, done: TakenBack, now: datetime, actor: str) -> None:
    row.taken_back_at, row.state, row.trouble = now, Import.DONE, ""
    row.save(update_fields=["taken_back_at", "state", "trouble"])
    write(
        row.organization_id, "import.taken_back", at=now, actor=actor, text=row.title, imported=row.pk, **done._asdict()
    )


def _refuse_if_used(org: int, row: Import, invoices: Ids) -> None:
    said = ReminderItem.objects.of(org).filter(invoice_id__any_of=invoices).exclude(reminder__state__in=UNSAID)
    asked = Reminder.objects.of(org).filter(request_id__any_of=invoices).exclude(state__in=UNSAID)
    for rows, field in ((said, "invoice__number"), (asked, "request__number")):
        number = rows.values_list(field, flat=True).first()
        if number:
            raise _too_late(f"a message about {number} has left already")
    own = Payment.objects.of(org).filter(
        invoice_id__any_of=invoices, source=SOURCE, recorded_at__gte=row.at, recorded_at__lte=row.ended_at or row.at
    )
    paid = Payment.objects.of(org).filter(invoice_id__any_of=invoices).exclude(pk__in=own.values("pk"))
    given = Allocation.objects.of(org).filter(invoice_id__any_of=invoices).exclude(payment__in=own.values("pk"))
    for money in (paid, given):
        number = money.values_list("invoice__number", flat=True).first()
        if number:
            raise _too_late(f"a payment of {number} was booked since")
    own_ids = Ids(own.values_list("id", flat=True))
    if any(True for _ in _others(Payment, own_ids, (Allocation,))):
        raise _too_late("a payment that came with it was used since")
    for key in _others(Invoice, invoices, GOES_ALONG):
        number = Invoice.objects.of(org).filter(pk=key).values_list("number", flat=True).first()
        raise _too_late(f"something was noted about {number} since")


def _too_late(why: str) -> Refused:
    return Refused("too_late", f"{why}, so the import stays; void single invoices on their own pages instead")


def _others(model: type[models.Model], ids: Ids, known: Sequence[Any]) -> Iterator[int]:
    """Ids of those that rows of any other table speak of."""
    for relation in model._meta.get_fields(include_hidden=True):
        related: Any = getattr(relation, "related_model", None)
        if not relation.auto_created or relation.concrete or relation.many_to_many or related in known:
            continue
        field = relation.field.attname  # type: ignore[union-attr]
        yield from related._base_manager.filter(**{f"{field}__any_of": ids}).values_list(field, flat=True)


def _unplan(org: int, invoices: Ids, stays: set[int], now: datetime) -> None:
    """Give up what was intended about these invoices; who stays is decided afresh."""
    items = ReminderItem.objects.of(org).filter(invoice_id__any_of=invoices)
    intended = Reminder.objects.of(org).filter(id__any_of=Ids(set(items.values_list("reminder_id", flat=True))))
    waiting = list(intended.filter(state__in=WAITING).values_list("id", "customer_id"))
    ReminderItem.objects.of(org).filter(reminder_id__any_of=[key for key, _ in waiting]).delete()
    items.delete()
    why = "the import of these invoices was taken back"
    ended = {"state": State.WITHDRAWN, "detail": why, "lease": "", "lease_until": None, "ended_at": now}
    Reminder.objects.of(org).filter(id__any_of=[key for key, _ in waiting]).update(**ended)
    told = [(customer, None, {"reminder": key, "why": why}) for key, customer in waiting if customer in stays]
    record_many(org, "reminder.withdrawn", told, at=now, actor=PLANNING)
    Reminder.objects.of(org).filter(request_id__any_of=invoices).delete()
    about = Task.invoices.through._base_manager.filter(invoice_id__any_of=invoices)
    Task.objects.of(org).filter(id__in=about.values("task_id"), done_at=None).delete()
    about.delete()


def _leave(org: int, customers: Ids) -> int:
    """Let the customers go of whom nothing else is known; how many."""
    touch(org, customers.all)
    known = set(_others(Customer, customers, GOES_WITH_CUSTOMER))
    known |= set(Invoice.objects.of(org).filter(customer_id__any_of=customers).values_list("customer_id", flat=True))
    spoken = Reminder.objects.of(org).filter(customer_id__any_of=customers).exclude(state__in=UNSAID)
    known |= set(spoken.values_list("customer_id", flat=True))
    leave = Ids(key for key in customers.all if key not in known)
    Reminder.objects.of(org).filter(customer_id__any_of=leave).delete()
    Task.objects.of(org).filter(customer_id__any_of=leave).delete()
    Customer.objects.of(org).filter(id__any_of=leave).delete()
    return len(leave.all)
