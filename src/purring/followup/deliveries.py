# SPDX-License-Identifier: AGPL-3.0-or-later
"""What became of messages: the sweep after a crash, doubtful ones, bounces, and thank-yous to be said."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from purring.core import reasons
from purring.core.errors import Refused
from purring.facts.charges.actions import withdraw_asked
from purring.facts.customers.actions import spoil_address, touch
from purring.facts.journal.actions import write
from purring.facts.messages.models import DeliveryEvent, Message
from purring.facts.organizations.models import Organization
from purring.facts.payments.models import Payment
from purring.followup.hours import send_after
from purring.followup.models import GONE, WAITING, Reminder, State
from purring.followup.tasks import record_task
from purring.kit.zones import zone_of

THANK_WITHIN = timedelta(days=7)
"""An older payment is not thanked for any more: it was recorded late, and the words would read strangely."""
NOT_THANKED = ("import",)
"""Sources of payments that tell of the past."""
ACTOR = "round:sweep"


def sweep(now: datetime, *, alone: bool = False) -> tuple[int, int]:
    """After a process died: free what it had claimed, and mark what it had released as unconfirmed. (freed, doubtful).

    `alone`: no other process works here, so every lease is a dead one's; otherwise only those that ran out.
    """
    until = now + timedelta(days=365) if alone else now
    stale = Reminder.objects.everywhere("the sweep").filter(lease_until__lt=until)
    freed = stale.filter(state__in=WAITING).update(lease="", lease_until=None)
    doubtful = 0
    for key, organization_id in list(stale.filter(state__among=(State.RELEASED,)).values_list("id", "organization_id")):
        with transaction.atomic():
            changed = (
                Reminder.objects.of(organization_id)
                .filter(pk=key, state=State.RELEASED, lease_until__lt=until)
                .update(
                    state=State.UNCONFIRMED,
                    detail="the work was interrupted while it was being handed over; it may have arrived",
                    ended_at=now,
                    lease="",
                    lease_until=None,
                )
            )
            if changed:
                row = Reminder.objects.of(organization_id).get(pk=key)
                write(
                    organization_id,
                    "reminder.unconfirmed",
                    at=now,
                    actor=ACTOR,
                    customer_id=row.customer_id,
                    reminder=key,
                )
                doubtful += 1
    return freed, doubtful


def doubtful(organization: Organization) -> QuerySet[Reminder]:
    """Messages that may or may not have arrived; a person, a bounce or a delivery notice settles them."""
    return Reminder.objects.of(organization).filter(state=State.UNCONFIRMED).order_by("-on", "-id")


@transaction.atomic
def settle_doubt(reminder: Reminder, arrived: bool, *, now: datetime, actor: str) -> None:
    """A person found out. Not arrived: the stage counts as not said and is decided again."""
    touch(reminder.organization_id, [reminder.customer_id])  # the account is locked first, as in every round
    row = Reminder.objects.of(reminder.organization_id).select_for_update().get(pk=reminder.pk)
    if row.state != State.UNCONFIRMED:
        raise Refused("not_doubtful", "this message is not in doubt any more")
    row.state = State.SENT if arrived else State.BOUNCED
    row.detail = "a person confirmed that it arrived" if arrived else "a person found that it did not arrive"
    row.save(update_fields=["state", "detail"])
    if not arrived and row.message:
        withdraw_asked([row.message], now=now, actor=actor)
    write(
        row.organization_id,
        "reminder.doubt_settled",
        at=now,
        actor=actor,
        customer_id=row.customer_id,
        reminder=row.pk,
        arrived=arrived,
    )


@transaction.atomic
def record_bounce(message: Message, permanent: bool, detail: str, *, now: datetime, actor: str) -> None:
    """A message came back: its stages count as not said; a permanent one also spoils the address."""
    touch(message.organization_id, [message.customer_id])
    DeliveryEvent(
        organization_id=message.organization_id,
        message=message,
        kind="bounced",
        permanent=permanent,
        detail=detail[:500],
        at=now,
    ).save(force_insert=True)
    Reminder.objects.of(message.organization_id).filter(message=message, state__in=GONE).update(
        state=State.BOUNCED, detail=detail[:500]
    )
    withdraw_asked([message], now=now, actor=actor)
    write(
        message.organization_id,
        "message.bounced",
        at=now,
        actor=actor,
        customer_id=message.customer_id,
        message=message.pk,
        permanent=permanent,
    )
    if not permanent:
        return
    customer = message.customer
    spoil_address(customer, message.address, "bounced", now=now, actor=actor)
    asked = Reminder.objects.of(message.organization_id).filter(message=message)
    record_task(
        customer.organization,
        "bad_address",
        customer_id=customer.pk,
        subjects=(message.address[:120],),
        invoice_ids=list(asked.values_list("items__invoice_id", flat=True).exclude(items=None)),
        why=reasons.tell("task_bad_address", {"address": message.address}),
        today=customer.organization.today(now),
        now=now,
        actor=actor,
    )


def plan_thanks(organization: Organization, now: datetime, today: date | None = None) -> int:
    """Make the intention of a thank-you for every payment of these days that has none yet; how many."""
    today = today or organization.today(now)
    fresh = Payment.objects.of(organization).filter(
        settled_on__gte=today - THANK_WITHIN,
        settled_on__lte=today,
        thank_you=None,
        failed_on=None,
        recorded_at__gte=now - THANK_WITHIN,
    )
    made = 0
    for payment in fresh.exclude(source__in=NOT_THANKED).select_related("customer")[:500]:
        customer = payment.customer
        zone = zone_of(customer.timezone, customer.country, organization.timezone)
        who = f"{organization.slug}/{customer.ref}/thanks"
        _, new = Reminder.objects.of(organization).get_or_create(
            payment=payment,
            defaults={
                "organization": organization,
                "customer": customer,
                "on": today,
                "stage": "thank_you",
                "channel": "email",
                "language": customer.language,
                "currency": payment.currency,
                "asked": 0,
                "why": reasons.tell("thank_you", {"on": payment.on}),
                "send_after": send_after(today, zone, organization.sending_from, organization.sending_until, who),
                "planned_at": now,
            },
        )
        made += new
    return made


def carry_over_notices(organization: Organization, now: datetime, today: date | None = None) -> None:
    """A thank-you or first asking that could not leave on its day leaves on the next, at a good hour too."""
    today = today or organization.today(now)
    late = Reminder.objects.of(organization).filter(on__lt=today, state__in=WAITING)
    late = late.filter(Q(payment__isnull=False) | Q(request__isnull=False)).select_related("customer")
    for reminder in late.order_by("id")[:500]:
        customer = reminder.customer
        zone = zone_of(customer.timezone, customer.country, organization.timezone)
        who = f"{organization.slug}/{customer.ref}/{reminder.stage}"
        hour = send_after(today, zone, organization.sending_from, organization.sending_until, who)
        Reminder.objects.of(organization).filter(pk=reminder.pk, state__in=WAITING).update(on=today, send_after=hour)
