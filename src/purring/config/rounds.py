# SPDX-License-Identifier: AGPL-3.0-or-later
"""All rounds of the house in one list: name, rhythm, function. Every engine reads this list and nothing else.

A round is idempotent: run twice, late or by two workers at once, it does what one run on time would have done. Each
works through the organizations one after another; trouble with one never keeps the others waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import close_old_connections
from django.urls import reverse
from django.utils import timezone

from purring.config.sender import sender_of
from purring.doors.intake import bringing
from purring.facts.beginning.importing import under_way
from purring.facts.checkout.looking import look
from purring.facts.checkout.mandates import forget_ended
from purring.facts.invoices.rounds import make_repeats
from purring.facts.journal.actions import seal
from purring.facts.journal.checking import work_all as check_chains
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import Organization
from purring.facts.refunds.sending import send_refunds
from purring.followup import deliveries, list_by_mail, watch
from purring.followup.calls import call_again
from purring.followup.debits import plan_debits
from purring.followup.export.making import work_all as make_exports
from purring.followup.first_asking import plan_requests
from purring.followup.lists.working import work_all
from purring.followup.models import Beat
from purring.followup.notes import plan_notes
from purring.followup.own_messages import follow_messages
from purring.followup.planning import plan
from purring.followup.taking import take
from purring.followup.writing import write
from purring.insight.search.indexing import take_in, take_in_all
from purring.kit.batches import sample

log = logging.getLogger("purring.rounds")

WRITE_AT_MOST = 500
"""Messages of one organization in one pass, so that no other waits long."""
AT_A_TIME_SECONDS = 3.0
"""Of long work in pieces (checking a chain, making an export), before the other rounds have their turn."""


class Round(NamedTuple):
    """`every`: seconds from the start of one run to the start of the next."""

    name: str
    every: int
    run: Callable[[datetime], None]


def _each(act: Callable[[Organization], object]) -> None:
    trouble: list[str] = []
    for organization in Organization.objects.order_by("id"):
        try:
            act(organization)
        except Exception as error:  # one organization's trouble must not stop the others; it is logged and told
            log.exception("organization %s", organization.slug)
            trouble.append(f"{organization.slug}: {error}")
    if trouble:
        raise RuntimeError("; ".join(trouble))


def repeats(now: datetime) -> None:
    make_repeats(now)


def _settled(act: Callable[[Organization], object]) -> Callable[[Organization], object]:
    """Not while rows of an import are going in: what was paid may stand further down in the file."""
    busy = under_way()
    return lambda organization: None if organization.pk in busy else act(organization)


def planning(now: datetime) -> None:
    def act(organization: Organization) -> None:
        plan_debits(organization, now)
        plan(organization, now)
        deliveries.carry_over_notices(organization, now)
        deliveries.plan_thanks(organization, now)
        plan_requests(organization, now)
        plan_notes(organization, now)
        follow_messages(organization, now)
        call_again(organization, now)

    _each(_settled(act))


def writing(now: datetime) -> None:
    def act(organization: Organization) -> None:
        if way_out := sender_of(organization, now):
            write(organization, now, way_out, most=WRITE_AT_MOST, clock=timezone.now)

    _each(_settled(act))


def checking_out(now: datetime) -> None:
    look(now, clock=timezone.now)
    forget_ended(now)


def taking(now: datetime) -> None:
    take(now, clock=timezone.now)


def refunding(now: datetime) -> None:
    send_refunds(now, clock=timezone.now)


def sweeping(now: datetime) -> None:
    deliveries.sweep(now)


def starting(now: datetime) -> None:
    """Whoever held a lease here is gone: the data folder is locked by this process alone."""
    deliveries.sweep(now, alone=True)


def sealing(now: datetime) -> None:
    waiting = Entry.objects.everywhere("sealing").filter(seq=None).values_list("organization_id", flat=True)
    for organization_id in list(waiting.distinct()):
        while seal(organization_id):
            pass


def sampling(now: datetime) -> None:
    """SQLite sees anew how its tables are filled; PostgreSQL does that by itself."""
    sample()


def working(now: datetime) -> None:
    """What a person wants done to many rows goes on behind the page."""
    work_all(now)


def checking(now: datetime) -> None:
    """Chains that somebody wants looked at: a few seconds at a time, so that nothing else waits."""
    check_chains(now, AT_A_TIME_SECONDS)


def importing(now: datetime) -> None:
    """Rows of large files go in behind the page, and what was imported goes again."""
    bringing.work_all(timezone.now)


def exporting(now: datetime) -> None:
    """Everything of an organization as a file, for whoever wants to take it along: a few seconds at a time."""
    make_exports(now, AT_A_TIME_SECONDS)


def forgetting(now: datetime) -> None:
    """What files had that was not taken is not kept for ever."""
    bringing.forget(now)


def taking_in(now: datetime) -> None:
    """What is new or changed becomes findable."""
    while take_in():
        pass


def looking_over(now: datetime) -> None:
    """And what a transaction that took long left behind the last id."""
    take_in_all()


def watching(now: datetime) -> None:
    watch.tell_owners(now, [(one.name, one.every) for one in ROUNDS])


def telling(now: datetime) -> None:
    list_by_mail.tell(now, lambda token: f"{settings.BASE_URL}{reverse('desk:morning', args=[token])}")


ROUNDS = (
    Round("sweep", 30, sweeping),
    Round("repeats", 3600, repeats),
    Round("plan", 60, planning),
    Round("write", 10, writing),
    Round("checkout", 10, checking_out),
    Round("autopay", 60, taking),
    Round("refunds", 15, refunding),
    Round("seal", 60, sealing),
    Round("sample", 3600, sampling),
    Round("bulk", 5, working),
    Round("import", 5, importing),
    Round("import-over", 3600, forgetting),
    Round("check", 5, checking),
    Round("export", 5, exporting),
    Round("index", 15, taking_in),
    Round("index-over", 3600, looking_over),
    Round("watch", 900, watching),
    Round("list", 300, telling),
)


FIRST = Round("sweep", 30, starting)
"""What the one process on SQLite does when it starts."""


def run_round(one: Round, now: datetime) -> bool:
    """Run one round and keep its beat; True when it went well. Never raises: an engine goes on to the next."""
    close_old_connections()
    try:
        beat, _ = Beat.objects.get_or_create(round=one.name)
        Beat.objects.filter(pk=beat.pk).update(started_at=now)
        one.run(now)
    except Exception as error:
        log.exception("the round %s failed", one.name)
        _failed(one, now, error)
        return False
    Beat.objects.filter(pk=beat.pk).update(finished_at=timezone.now(), error="", failed_since=None)
    return True


def _failed(one: Round, now: datetime, error: Exception) -> None:
    try:
        close_old_connections()
        Beat.objects.filter(round=one.name).update(error=str(error)[:500])
        Beat.objects.filter(round=one.name, failed_since=None).update(failed_since=now)
    except Exception:  # the database itself is away: the missing beat tells it
        log.exception("the trouble of the round %s could not be recorded", one.name)


def due(one: Round, last: datetime | None, now: datetime) -> bool:
    """True when the round's time has come again."""
    return last is None or now - last >= timedelta(seconds=one.every)
