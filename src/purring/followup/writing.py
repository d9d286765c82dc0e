# SPDX-License-Identifier: AGPL-3.0-or-later
"""The round that writes and releases: intentions whose hour has come become messages, and leave once.

Each is decided a second time from the facts of that second, worded and checked (`drafting`), prepared by its channel,
and released only if the account has not changed since (`releasing`). A process that dies in between leaves it
`released`, which the sweep turns into `unconfirmed`: it may have arrived, is shown to a person, and is never sent
again by itself.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from purring.core.errors import Refused
from purring.facts.customers.actions import NOW
from purring.facts.customers.models import Customer
from purring.facts.invoices.papers import print_missing
from purring.facts.organizations.logos import Logos
from purring.facts.organizations.models import Organization
from purring.followup.accounts import Loaded
from purring.followup.approvals import asking
from purring.followup.closed import closed_on, left_today, paused_on
from purring.followup.drafting import Draft, Drafting, NotNow, Sender
from purring.followup.enclosing import Enclosures
from purring.followup.hours import may_leave
from purring.followup.intentions import withdraw
from purring.followup.leaving import ACTOR, Left, record
from purring.followup.models import WAITING, Reminder, State
from purring.followup.monthly import Statements
from purring.followup.releasing import TAKEN, Release, defer
from purring.followup.schedules import Followed
from purring.followup.tasks import record_task
from purring.kit.batches import Ids
from purring.kit.zones import zone_of
from purring.plugins.channel import Address, Delivery, Outgoing, Session

CLAIM = 400
"""So many are claimed, and their accounts read, at once: what a batch asks of the database costs as much for one."""
LOOK_AGAIN_SECONDS = 1.0
"""So often a pass asks whether the mail account is still the one it began with."""
RETRY_AFTER = (timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1))
Clock = Callable[[], datetime]


class Outcome(NamedTuple):
    """What became of one intention in this pass."""

    reminder: int
    customer: str
    state: str
    detail: str


def claim(
    organization: Organization,
    now: datetime,
    today: date,
    most: int,
    lease: timedelta,
    *,
    any_hour: bool,
    tried: Collection[int] = (),
) -> list[Reminder]:
    """Take up to `most` approved intentions whose hour has come (`any_hour`: all), so that no other worker does.

    None of those that this pass has `tried` already.
    """
    waiting = Reminder.objects.of(organization).filter(state__among=WAITING, on=today)
    waiting = waiting.filter(Q(lease_until=None) | Q(lease_until__lt=now))
    if not any_hour:
        waiting = waiting.filter(send_after__lte=now)
    if tried:
        waiting = waiting.exclude(id__any_of=tried)
    if (rules := asking(organization)) is not None:
        waiting = waiting.exclude(Q(approved_at=None) & rules)
    token = secrets.token_hex(8)
    with transaction.atomic():
        if organization.most_a_day is not None:
            most = min(most, _room(organization, now, today))
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        ids = list(waiting.order_by("send_after", "id").values_list("id", flat=True)[:most])
        if not ids:
            return []
        mine = Reminder.objects.of(organization).filter(id__any_of=Ids(ids))
        mine.update(lease=token, lease_until=now + lease)
    return list(
        mine.filter(lease=token)
        .select_related("payment", "request", "note", "debit__mandate")
        .order_by("send_after", "id")
    )


def _room(organization: Organization, now: datetime, today: date) -> int:
    """How many more may leave today, those in other hands left out. Two workers find out one after the other."""
    list(Organization.objects.select_for_update().filter(pk=organization.pk).values_list("pk"))
    held = Reminder.objects.of(organization).filter(on=today, state__in=WAITING, lease_until__gte=now).count()
    return max((left_today(organization, today) or 0) - held, 0)


def write(
    organization: Organization,
    now: datetime,
    sender: Sender,
    *,
    today: date | None = None,
    any_hour: bool = False,
    most: int | None = None,
    clock: Clock | None = None,
) -> list[Outcome]:
    """Write and release what may leave now. `any_hour`: a person runs it by hand, the sending hours are ignored.

    `most` ends the pass after that many messages; `clock` gives the moment of each record (default: `now`).
    """
    today = today or organization.today(now)
    if paused_on(organization, today) or closed_on(organization, today):
        return []
    run = Run(organization, now, today, sender, any_hour, clock or (lambda: now))
    try:
        while most is None or len(run.outcomes) < most:
            size = CLAIM if most is None else min(CLAIM, most - len(run.outcomes))
            tried = [*run.taken, *(one.reminder for one in run.outcomes if one.state == State.DEFERRED)]
            batch = claim(organization, now, today, size, sender.lease, any_hour=any_hour, tried=tried)
            if not batch or not run.batch(batch):
                break
    finally:
        run.close()
    run.tell()
    return run.outcomes


class Run:
    """One pass over what may leave, with its open lines to the outside."""

    def __init__(
        self, organization: Organization, now: datetime, today: date, sender: Sender, any_hour: bool, clock: Clock
    ) -> None:
        self.organization, self.now, self.today = organization, now, today
        self.sender, self.any_hour, self.clock = sender, any_hour, clock
        self.followed = Followed(organization)
        self.sessions: dict[str, Session] = {}
        self.outcomes: list[Outcome] = []
        self.taken: set[int] = set()
        """Intentions that were taken out of our hands in this pass (edited, skipped, another worker's)."""
        self.stopped: dict[str, str] = {}
        """Channels that do not answer in this pass, and what they said."""
        self.changed: set[int] = set()
        """Notices whose account changed while they were leaving."""
        self.enclosures = Enclosures(())
        self.logos = Logos(organization.pk)
        self.checked = time.monotonic()
        """When it was last asked whether the way out is still the same."""
        self.took = False
        """The other side took a message."""
        self.unrecorded: Left | None = None
        """The message that left last, until the next release or the end of the batch records it."""

    def close(self) -> None:
        try:
            self._record()
        finally:
            for session in self.sessions.values():
                session.__exit__(None, None, None)

    def tell(self) -> None:
        """Let the way out know what it said in this pass: why it took nothing, or that it took something."""
        if self.sender.tell and (self.stopped or self.took):
            self.sender.tell("; ".join(self.stopped.values()), self.clock())

    def _still(self) -> bool:
        """True while the way out is the one this pass began with; asked now and then, not for each message."""
        if self.sender.still is None or time.monotonic() - self.checked < LOOK_AGAIN_SECONDS:
            return True
        same = self.sender.still()
        self.checked = time.monotonic()
        return same

    def _record(self) -> None:
        if self.unrecorded:
            left, self.unrecorded = self.unrecorded, None
            record(left)

    def batch(self, batch: list[Reminder]) -> bool:
        """Bring a claimed batch on its way; False when the pass should end."""
        print_missing(self.organization, {one.customer_id for one in batch}, now=self.clock(), actor=ACTOR)
        drafting = Drafting(self.organization, batch, self.today, self.sender, self.followed)
        drafting.statements = Statements(
            self.organization, drafting.saying.customers.values(), self.today, self.clock()
        )
        self.enclosures = Enclosures(drafting.documents(batch))
        ends = time.monotonic() + self.sender.lease.total_seconds() / 2
        for at, reminder in enumerate(batch):
            if not self._still():  # changed or taken away meanwhile: the next pass takes what is there now
                self._give_back(batch[at:])
                self._record()
                return False
            if time.monotonic() > ends:  # slow: give the rest back before the lease runs out
                self._give_back(batch[at:])
                break
            one = drafting.loaded[reminder.customer_id]
            draft = self._draft(drafting, reminder, one)
            if draft is None:
                continue
            channel = reminder.channel
            if channel in self.stopped:
                self._defer(reminder, one, self.stopped[channel])
                continue
            self._release(draft)
        self._record()
        return not self.stopped

    def _give_back(self, rest: list[Reminder]) -> None:
        ids = [reminder.pk for reminder in rest]
        mine = Reminder.objects.of(self.organization).filter(id__any_of=ids, lease=rest[0].lease, state__in=WAITING)
        mine.update(lease="", lease_until=None)

    def _draft(self, drafting: Drafting, reminder: Reminder, one: Loaded) -> Draft | None:
        try:
            if not self.any_hour and not reminder.is_notice and not self._decent(reminder, one):
                raise NotNow("its hours passed; decided afresh")
            return drafting.draft(reminder)
        except NotNow as reason:
            self._withdraw(reminder, one, str(reason))
        except Refused as refused:
            self._needs_a_person(reminder, one, _with_place(refused))
        return None

    def _decent(self, reminder: Reminder, one: Loaded) -> bool:
        zone = zone_of(one.customer.timezone, one.customer.country, self.organization.timezone)
        lawful = one.law.hours(reminder.channel, self.today)
        closes = time_of_day.max if reminder.any_hour else self.organization.sending_until
        return may_leave(self.now, self.today, zone, closes, lawful)

    def _told(self, reminder: Reminder, one: Loaded, state: str, detail: str) -> None:
        self.outcomes.append(Outcome(reminder.pk, one.customer.ref, state, detail))

    def _withdraw(self, reminder: Reminder, one: Loaded, why: str) -> None:
        with transaction.atomic():
            # The account first, as in every round: two that lock in different orders would wait for each other.
            Customer.objects.of(self.organization).filter(pk=reminder.customer_id).update(look_on=NOW)
            if not self._still_mine(reminder):
                return
            withdraw(reminder, why, self.clock())
        self._told(reminder, one, State.WITHDRAWN, why)

    def _still_mine(self, reminder: Reminder) -> bool:
        """True, locked, while the lease holds; a slow worker may have lost it to another one or to a person."""
        mine = Reminder.objects.of(self.organization).select_for_update()
        return bool(mine.filter(pk=reminder.pk, lease=reminder.lease, state__in=WAITING).values_list("id"))

    def _needs_a_person(self, reminder: Reminder, one: Loaded, why: str) -> None:
        """The message cannot leave as it is: it is not sent today, and a task says why."""
        with transaction.atomic():
            list(
                Customer.objects.of(self.organization).select_for_update().filter(pk=one.customer.id).values_list("id")
            )
            if not self._still_mine(reminder):
                return
            reminder.items.all().delete()
            reminder.state, reminder.detail = State.SKIPPED, why[:500]
            reminder.lease, reminder.lease_until = "", None
            reminder.save(update_fields=["state", "detail", "lease", "lease_until"])
            record_task(
                self.organization,
                "check_message",
                customer_id=one.customer.id,
                subjects=(str(reminder.pk),),
                invoice_ids=list(one.invoice_ids.values()),
                why=why,
                today=self.today,
                now=self.clock(),
                actor=ACTOR,
            )
        self._told(reminder, one, State.SKIPPED, why)

    # --- release ------------------------------------------------------------------------------------------------

    def _session(self, channel: str) -> Session:
        if channel not in self.sessions:
            self.sessions[channel] = self.sender.channels[channel].open().__enter__()
        return self.sessions[channel]

    def _release(self, draft: Draft) -> None:
        reminder, channel = draft.reminder, draft.reminder.channel
        domain = self.sender.address.rpartition("@")[2]
        release = Release(self.organization, draft, f"{secrets.token_hex(12)}@{domain}", self.sender, self.today)
        try:
            prepared = self.sender.channels[channel].prepare(self._outgoing(draft, release.message_id))
        except Refused as refused:
            delivery = Delivery("failed", refused.message, about="message")
        else:
            release.source = prepared.raw
            delivery = self._session(channel).release(prepared, lambda: release.permit(self.clock(), self.unrecorded))
        if release.recorded:
            self.unrecorded = None
        if delivery.whole_session:
            self.stopped[channel] = delivery.detail
        if delivery.state == "sent":
            self.took = True
            self.unrecorded = release.left(delivery, self.clock())
        elif delivery.state == "unconfirmed":
            record(release.left(delivery, self.clock()))
        elif delivery.state == "failed":
            release.failed(delivery, self.clock())
        elif delivery.state == "deferred":
            release.not_accepted(delivery.detail, self.clock(), self._try_again(reminder))
        elif release.refused == TAKEN:
            self.taken.add(reminder.pk)  # another worker has it, or a person changed it meanwhile
            return
        elif reminder.is_notice and reminder.pk not in self.changed:
            self.changed.add(reminder.pk)  # no plan makes it anew: it is worded once more from the facts of now
            self._give_back([reminder])
            return
        else:
            self._withdraw(reminder, draft.one, "the account changed while the message was leaving; decided afresh")
            return
        self._told(reminder, draft.one, delivery.state, delivery.detail)

    def _defer(self, reminder: Reminder, one: Loaded, detail: str) -> None:
        defer(reminder, detail, self._try_again(reminder))
        self._told(reminder, one, State.DEFERRED, detail)

    def _try_again(self, reminder: Reminder) -> datetime:
        return self.now + RETRY_AFTER[min(reminder.attempts, len(RETRY_AFTER) - 1)]

    def _outgoing(self, draft: Draft, message_id: str) -> Outgoing:
        asks = draft.facts.organization
        name = f"{asks.sender_name} ({asks.name})" if asks.sender_name else asks.name
        previous = f"<{draft.previous}>" if draft.previous else None
        return Outgoing(
            key=f"reminder-{draft.reminder.pk}",
            sender=Address(name, self.sender.address),
            to=draft.to,
            reply_to=Address(name, asks.reply_to) if asks.reply_to else None,
            subject=draft.words.subject,
            text=draft.words.text,
            html=draft.words.html,
            message_id=f"<{message_id}>",
            in_reply_to=previous,
            references=(previous,) if previous else (),
            date=self.clock(),
            language=draft.words.language,
            attachments=self.enclosures.of(draft.documents),
            pictures=self.logos.shown_by(draft.words.html),
            automatic=not draft.reminder.own_text,
        )


def _with_place(refused: Refused) -> str:
    """What is wrong, with file, line and column when a wording file is to blame."""
    place = " ".join(
        f"{name} {refused.params[name]}" for name in ("file", "line", "column") if refused.params.get(name)
    )
    return f"{refused.message} ({place})" if place else refused.message
