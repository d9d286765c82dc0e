# SPDX-License-Identifier: AGPL-3.0-or-later
"""One act on many rows: a person asks once, the first are done at once and the rest by a round, and it can be undone.

Nothing here changes an account itself: each row goes through the same act, with the same checks and the same journal
entry, as if somebody had opened its page. What an act refuses is kept with its reason and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.agreements.actions import hold, release_holds, release_one_hold
from purring.facts.agreements.models import Hold
from purring.facts.customers.actions import change_customer
from purring.facts.customers.models import Customer, Group
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization, User
from purring.facts.payments.settling import WRITE_OFF, close, closed_as, reopen
from purring.followup.lists.models import Bulk
from purring.followup.models import Assignment, Schedule
from purring.followup.schedules import assign
from purring.kit.tenancy import reach

CHUNK = 25
"""Rows in one transaction: nobody's own act waits longer than that takes."""
MOST = 20_000
MOST_REFUSED = 200
"""Reasons that are kept; the number of those that were refused follows from the rest."""


@dataclass(frozen=True)
class _Doing:
    """Who does it to which organization's rows, with what the person chose."""

    organization: Organization
    arguments: dict[str, Any]
    now: datetime
    told: dict[str, Any]

    @property
    def today(self) -> date:
        return self.organization.today(self.now)


Change = Callable[[_Doing, int], Any]
"""Does it to one row; what is needed to undo it, or None when nothing had to be changed."""
Undo = Callable[[_Doing, int, Any], bool]
"""Takes it back; False when it is as it was already."""


def _invoice(doing: _Doing, key: int) -> Invoice:
    invoice = reach(Invoice, doing.organization, "customer", pk=key)
    invoice.organization = invoice.customer.organization = doing.organization
    return invoice


def _hold(doing: _Doing, key: int) -> Any:
    invoice, until = _invoice(doing, key), doing.arguments.get("until") or ""
    if Hold.objects.of(doing.organization).filter(invoice=invoice, released_at=None).exists():
        return None
    day = date.fromisoformat(until) if until else None
    reason = doing.arguments.get("reason", "")
    return hold(invoice.customer, on=doing.today, invoice=invoice, until=day, reason=reason, **doing.told).pk


def _unhold(doing: _Doing, key: int, made: Any) -> bool:
    placed = Hold.objects.of(doing.organization).filter(pk=made).select_related("customer").first()
    return placed is not None and release_one_hold(placed, **doing.told)


def _release(doing: _Doing, key: int) -> Any:
    invoice = _invoice(doing, key)
    held = Hold.objects.of(doing.organization).filter(invoice=invoice, released_at=None, exclusion=False)
    before = [{"until": row.until and row.until.isoformat(), "reason": row.reason} for row in held.order_by("id")]
    return before if release_holds(invoice.customer, invoice=invoice, **doing.told) else None


def _hold_again(doing: _Doing, key: int, before: Any) -> bool:
    invoice = _invoice(doing, key)
    if Hold.objects.of(doing.organization).filter(invoice=invoice, released_at=None).exists():
        return False
    for one in before:
        until = date.fromisoformat(one["until"]) if one["until"] else None
        if until and until < doing.today:
            continue
        hold(invoice.customer, on=doing.today, invoice=invoice, until=until, reason=one["reason"], **doing.told)
    return True


def _write_off(doing: _Doing, key: int) -> Any:
    invoice = _invoice(doing, key)
    if closed_as(invoice) == WRITE_OFF:
        return None
    return close(invoice, WRITE_OFF, on=doing.today, reason=doing.arguments.get("reason", ""), **doing.told).pk


def _reopen(doing: _Doing, key: int, closure: Any) -> bool:
    invoice = _invoice(doing, key)
    if not invoice.closures.filter(pk=closure, undone_at=None).exists():
        return False
    reopen(invoice, on=doing.today, **doing.told)
    return True


def _schedule(doing: _Doing, key: int) -> Any:
    chosen, invoice = doing.arguments.get("schedule"), _invoice(doing, key)
    before = Assignment.objects.of(doing.organization).filter(invoice=invoice).first()
    if (before.schedule_id if before else None) == chosen:
        return None
    schedule = reach(Schedule, doing.organization, pk=chosen) if chosen else None
    assign(schedule, invoice=invoice, **doing.told)
    return {"schedule": before.schedule_id if before else None}


def _schedule_before(doing: _Doing, key: int, before: Any) -> bool:
    wanted = before["schedule"]
    schedule = Schedule.objects.of(doing.organization).filter(pk=wanted).first() if wanted else None
    assign(schedule, invoice=_invoice(doing, key), **doing.told)
    return True


def _group(doing: _Doing, key: int) -> Any:
    customer = reach(Customer, doing.organization, pk=key)
    chosen = doing.arguments.get("group")
    if customer.group_id == chosen:
        return None
    group = reach(Group, doing.organization, pk=chosen) if chosen else None
    before = customer.group_id
    change_customer(customer, group_id=group.pk if group else None, **doing.told)
    return {"group": before}


def _group_before(doing: _Doing, key: int, before: Any) -> bool:
    customer = reach(Customer, doing.organization, pk=key)
    group = Group.objects.of(doing.organization).filter(pk=before["group"]).first()
    change_customer(customer, group_id=group.pk if group else None, **doing.told)
    return True


@dataclass(frozen=True)
class BulkAct:
    page: str
    change: Change
    undo: Undo


ACTS = {
    "hold": BulkAct("invoices", _hold, _unhold),
    "release": BulkAct("invoices", _release, _hold_again),
    "schedule": BulkAct("invoices", _schedule, _schedule_before),
    "write_off": BulkAct("invoices", _write_off, _reopen),
    "group": BulkAct("customers", _group, _group_before),
}


@transaction.atomic
def ask(
    organization: Organization,
    act: str,
    ids: Sequence[int],
    arguments: dict[str, Any],
    *,
    key: str,
    user: User,
    now: datetime,
    undoes: Bulk | None = None,
) -> Bulk:
    """Keep what is wanted; the same `key` twice is one. Refuses (`too_many`) more than can be looked over."""
    if known := Bulk.objects.of(organization).filter(key=key).first():
        return known
    if len(ids) > MOST:
        raise Refused("too_many", f"choose {MOST} rows at most; a filter makes the list shorter")
    bulk = Bulk(
        organization=organization, act=act, ids=list(ids), arguments=arguments, key=key, by=user, asked_at=now, undoes=undoes
    )  # fmt: skip
    bulk.save(force_insert=True)
    return bulk


def take_back(bulk: Bulk, *, key: str, user: User, now: datetime) -> Bulk:
    """Ask for the opposite, for every row that was changed. Refuses while it still runs, and an undoing itself."""
    if not bulk.ended_at or bulk.undoes_id:
        raise Refused("not_undoable", "this cannot be undone now")
    if there := Bulk.objects.of(bulk.organization_id).filter(undoes=bulk).first():
        return there
    ids = [int(one) for one in bulk.before]
    return ask(bulk.organization, bulk.act, ids, {}, key=key, user=user, now=now, undoes=bulk)


@transaction.atomic
def pause(bulk: Bulk, *, now: datetime, actor: str) -> bool:
    """Wait behind the rows that are being done; False when it does not run."""
    return _turn(bulk, "bulk.paused", now, actor, {"paused_at": None}, paused_at=now)


@transaction.atomic
def go_on(bulk: Bulk, *, now: datetime, actor: str) -> bool:
    """Go on where it was; False when it does not wait."""
    return _turn(bulk, "bulk.continued", now, actor, {"paused_at__isnull": False}, paused_at=None)


@transaction.atomic
def stop(bulk: Bulk, *, now: datetime, actor: str) -> bool:
    """Do no more of it; what was done stays, and can be undone. False when it had ended."""
    return _turn(bulk, "bulk.stopped", now, actor, {}, paused_at=None, stopped_at=now, ended_at=now)


def _turn(bulk: Bulk, kind: str, now: datetime, actor: str, where: dict[str, Any], **fields: Any) -> bool:
    rows = Bulk.objects.of(bulk.organization_id).filter(pk=bulk.pk, ended_at=None, **where)
    turned = rows.update(**fields)
    bulk.refresh_from_db()
    if turned:
        write(bulk.organization_id, kind, at=now, actor=actor, bulk=bulk.pk)
    return bool(turned)


def work(bulk: Bulk, now: datetime, most: int) -> Bulk:
    """Do up to `most` more rows of it, chunk by chunk; the bulk as it stands then."""
    for _ in range(0, most, CHUNK):
        bulk = _chunk(bulk.organization_id, bulk.pk, now)
        if bulk.ended_at or bulk.paused_at:
            break
    return bulk


def work_all(now: datetime) -> None:
    """What is still to be done, of all organizations in turn."""
    running = Bulk.objects.everywhere("a round").filter(ended_at=None, paused_at=None).order_by("id")
    for bulk in running:
        work(bulk, now, len(bulk.ids) + CHUNK)


@transaction.atomic
def _chunk(organization_id: int, key: int, now: datetime) -> Bulk:
    rows = Bulk.objects.of(organization_id).select_related("undoes", "organization")
    bulk = rows.select_for_update(of=("self",)).get(pk=key)  # one at a time: a second one waits and goes on behind it
    if bulk.ended_at or bulk.paused_at:
        return bulk
    actor = f"user:{bulk.by_id}" if bulk.by_id else "desk"
    doing = _Doing(bulk.organization, bulk.arguments, now, {"now": now, "actor": actor})
    for one in bulk.ids[bulk.done : bulk.done + CHUNK]:
        _one(bulk, doing, one)
    bulk.done = min(len(bulk.ids), bulk.done + CHUNK)
    if bulk.done >= len(bulk.ids):
        bulk.ended_at = now
    bulk.save(update_fields=["done", "before", "refused", "ended_at"])
    return bulk


def _one(bulk: Bulk, doing: _Doing, one: int) -> None:
    act = ACTS[bulk.act]
    try:
        with transaction.atomic():
            if bulk.undoes:
                changed = act.undo(doing, one, bulk.undoes.before[str(one)])
                before: Any = True if changed else None
            else:
                before = act.change(doing, one)
    except Refused as refused:
        if len(bulk.refused) < MOST_REFUSED:
            bulk.refused.append([one, refused.message])
    else:
        if before is not None:
            bulk.before[str(one)] = before
