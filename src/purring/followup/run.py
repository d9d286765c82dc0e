# SPDX-License-Identifier: AGPL-3.0-or-later
"""One whole pass by hand: plan, write, release, and tell. The sending hours are ignored, everything else holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from purring.core import reasons
from purring.core.errors import Refused
from purring.core.money import to_text
from purring.facts.organizations.models import Organization
from purring.followup.approvals import needs_yes
from purring.followup.calls import call_again
from purring.followup.debits import plan_debits
from purring.followup.deliveries import carry_over_notices, plan_thanks, sweep
from purring.followup.drafting import Sender
from purring.followup.first_asking import plan_requests
from purring.followup.models import GONE, WAITING, Reminder, State, Task
from purring.followup.notes import plan_notes
from purring.followup.own_messages import follow_messages
from purring.followup.planning import plan
from purring.followup.writing import write


def run_once(
    organization: Organization,
    on: date,
    now: datetime,
    sender: Sender | None,
    *,
    dry_run: bool = False,
    clock: Callable[[], datetime] | None = None,
) -> dict[str, Any]:
    """Plan and send for the day `on`, as `purring run --json` prints it. `dry_run` stores nothing and sends nothing.

    Refuses a future day unless it is a dry run. Without a sender nothing can leave, and it says so.
    """
    if on > organization.today(now) and not dry_run:
        raise Refused("future_day", f"{on} is in the future; add --dry-run to see what would happen", field="on")
    if dry_run:
        with transaction.atomic():
            result = _run(organization, on, now, None, clock, dry_run=True)
            transaction.set_rollback(True)
        return result
    return _run(organization, on, now, sender, clock)


def _run(
    organization: Organization,
    on: date,
    now: datetime,
    sender: Sender | None,
    clock: Callable[[], datetime] | None,
    *,
    dry_run: bool = False,
) -> dict[str, Any]:
    if not dry_run:
        sweep(now)
    if on <= organization.today(now):
        plan_debits(organization, now, on)
    planned = plan(organization, now, today=on, everyone=True)
    held = planned.held
    if on <= organization.today(now):
        carry_over_notices(organization, now, on)
        plan_thanks(organization, now, on)
        plan_requests(organization, now, on)
        plan_notes(organization, now, on)
        follow_messages(organization, now, on)
        call_again(organization, now, on)
    before = set(Reminder.objects.of(organization).filter(on=on, state__in=GONE).values_list("id", flat=True))
    if sender:
        outcomes = write(organization, now, sender, today=on, any_hour=True, clock=clock)
        # A thank-you that left, or a fact of this minute, changed the account: the reminder is decided afresh.
        changed = {one.customer for one in outcomes if one.state == State.WITHDRAWN}
        if changed:
            again = plan(organization, now, today=on, everyone=True)
            held = [one for one in held if one.customer not in changed]
            held += [one for one in again.held if one.customer in changed]
            write(organization, now, sender, today=on, any_hour=True, clock=clock)
    rows = (
        Reminder.objects.of(organization)
        .filter(on=on)
        .exclude(id__in=before)
        .select_related("customer", "payment__invoice")
        .prefetch_related("items__invoice")
        .order_by("send_after", "id")
    )
    result: dict[str, Any] = {
        "on": on.isoformat(),
        "decided": planned.decided,
        "reminders": [],
        "thanks": [],
        "held": [],
    }
    for row in rows:
        asks = needs_yes(organization, row.stage, row.asked, row.currency, thanks=row.payment_id is not None)
        if row.state in WAITING and row.approved_at is None and asks:
            _hold(result, row, "approval", reasons.tell("approval", {}))
        elif row.state == State.PLANNED and not dry_run:
            why = (
                row.detail
                or "no mail account is set up; connect one at the desk, or set PURRING_SMTP_URL and PURRING_MAIL_FROM"
            )
            _hold(result, row, "delivery_failed", why)
        elif row.state == State.SKIPPED and row.detail:
            result["held"].append(
                {"customer": row.customer.ref, "invoices": _to_check(row), "code": "to_check", "why": row.detail}
            )
        elif row.state not in (State.WITHDRAWN, State.SKIPPED):
            result["thanks" if row.payment_id else "reminders"].append(_told(row, dry_run))
    result["held"] += [
        {"customer": one.customer, "invoices": one.invoices, "code": one.code, "why": one.why} for one in held
    ]
    return result


def _numbers(row: Reminder) -> list[str]:
    if row.payment:
        return [row.payment.invoice.number] if row.payment.invoice else []
    return list(dict.fromkeys(item.invoice.number for item in row.items.all()))


def _to_check(row: Reminder) -> list[str]:
    task = Task.objects.of(row.organization_id).filter(code="check_message", subject=str(row.pk)).first()
    return list(task.invoices.values_list("number", flat=True)) if task else []


def _hold(result: dict[str, Any], row: Reminder, code: str, why: str) -> None:
    result["held"].append({"customer": row.customer.ref, "invoices": _numbers(row), "code": code, "why": why})


def _told(row: Reminder, dry_run: bool) -> dict[str, Any]:
    return {
        "id": row.pk,
        "customer": row.customer.ref,
        "channel": row.channel,
        "stage": row.stage,
        "language": row.language,
        "to": row.address or (row.message.address if row.message else ""),
        "invoices": _numbers(row),
        "amounts": {row.currency: to_text(row.payment.amount if row.payment else row.asked, row.currency)},
        "state": "planned" if dry_run else str(row.state),
        "why": row.why if row.state in (*GONE, State.PLANNED) else row.detail or row.why,
    }
