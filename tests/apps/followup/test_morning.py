# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person does with the messages of a morning, and takes back again: until they have left, and only then not."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from purring.core.errors import Refused
from purring.facts.agreements.models import Hold
from purring.facts.customers.models import Customer
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import User
from purring.followup.approvals import edit
from purring.followup.models import PutOff, Reminder, ReminderItem, State, Task
from purring.followup.morning import approve_many, bring_back, hold_many, put_off, send_now, skip_many
from purring.followup.preview import coming, letter_ahead
from purring.followup.tasks import finish_task
from purring.followup.undoing import undo
from purring.followup.writing import claim
from purring.kit.mailsink import Sink
from tests.apps.cast import Studio, at, found_studio
from tests.support.seeds import count

ACTOR = "user:1"


@pytest.fixture
def asking(db: None) -> Studio:
    """Every message waits for a yes; three do."""
    studio = found_studio()
    studio.organization.approves_each_day = True
    studio.organization.save()
    for late in (4, 5, 6):
        studio.invoice(late=late)
    studio.plan()
    return studio


def told(studio: Studio) -> dict[str, Any]:
    studio.later(seconds=1)
    return {"now": studio.now, "actor": ACTOR}


def ids(studio: Studio) -> list[int]:
    return [row.pk for row in studio.reminders()]


def counted(studio: Studio) -> list[tuple[Any, ...]]:
    """What everything that waits counts for."""
    items = ReminderItem.objects.of(studio.organization).order_by("reminder_id", "invoice_id")
    return list(items.values_list("reminder_id", "invoice_id", "stage", "generation", "amount"))


def first_days(studio: Studio) -> int:
    """How many businesses have had the yes to their first day."""
    return type(studio.organization).objects.exclude(first_day_approved_at=None).count()


def take_back(studio: Studio, entry: int | None) -> tuple[int, int]:
    assert entry
    return undo(studio.organization, entry, **told(studio))[:2]


def test_an_approval_is_taken_back_until_the_message_has_left(asking: Studio, sink: Sink) -> None:
    done = approve_many(asking.organization, ids(asking), user_id=None, **told(asking))
    assert done[:3] == (3, 3, 0)
    asking.reminders()[0].save()
    Reminder.objects.of(asking.organization).filter(pk=ids(asking)[0]).update(state=State.SENT)
    assert take_back(asking, done.entry) == (2, 1)
    assert take_back(asking, done.entry) == (0, 3)
    assert [row.approved_at is not None for row in asking.reminders()] == [True, False, False]
    assert asking.write(sink, any_hour=True) == []


def test_whoever_has_it_in_hand_may_not_let_it_go(asking: Studio) -> None:
    done = approve_many(asking.organization, ids(asking), user_id=None, **told(asking))
    now, lease = asking.now, timedelta(minutes=5)
    assert len(claim(asking.organization, now, asking.today, 10, lease, any_hour=True)) == 3
    assert take_back(asking, done.entry) == (3, 0)
    assert [row.lease for row in asking.reminders()] == ["", "", ""]


def test_a_yes_that_somebody_else_gave_afterwards_stays(asking: Studio) -> None:
    first = approve_many(asking.organization, ids(asking), user_id=None, **told(asking))
    take_back(asking, first.entry)
    approve_many(asking.organization, ids(asking)[:1], user_id=None, **told(asking))
    assert take_back(asking, first.entry) == (0, 3)
    assert [row.approved_at is not None for row in asking.reminders()] == [True, False, False]


def test_the_first_day_is_taken_back_with_the_yes_that_was_its_own(db: None, sink: Sink) -> None:
    studio = found_studio(approved=False)
    studio.invoice()
    studio.plan()
    done = approve_many(studio.organization, ids(studio), user_id=None, first=True, **told(studio))
    assert first_days(studio) == 1
    assert take_back(studio, done.entry) == (1, 0)
    assert first_days(studio) == 0
    studio.organization.refresh_from_db()
    assert studio.write(sink, any_hour=True) == []


def test_the_same_act_twice_is_once(asking: Studio) -> None:
    for act in (partial(approve_many, user_id=None), skip_many):
        assert act(asking.organization, ids(asking), **told(asking)).number == 3
        again = act(asking.organization, ids(asking), **told(asking))
        assert (again.number, again.missed, again.entry) == (0, 3, None)


def test_what_was_skipped_is_back_as_it_was_with_its_words(asking: Studio) -> None:
    before = counted(asking)
    edit(asking.reminders()[1], "Hei", "Kjære Ane, går det bra?", **told(asking))
    approve_many(asking.organization, ids(asking)[1:2], user_id=None, **told(asking))
    done = skip_many(asking.organization, ids(asking), **told(asking))
    assert done[:3] == (3, 3, 0)
    assert asking.states() == ["skipped"] * 3
    assert counted(asking) == []
    asking.plan()
    assert asking.states() == ["skipped"] * 3
    assert take_back(asking, done.entry) == (3, 0)
    assert asking.states() == ["planned"] * 3
    assert counted(asking) == before
    assert asking.reminders()[1].own_text.startswith("Kjære")
    assert asking.reminders()[1].approved_at
    asking.plan()
    assert counted(asking) == before


def test_what_was_paid_meanwhile_does_not_come_back(asking: Studio) -> None:
    done = skip_many(asking.organization, ids(asking), **told(asking))
    asking.pay(asking.reminders()[0].customer.invoices.get())
    assert take_back(asking, done.entry) == (2, 1)
    asking.plan()
    assert asking.states() == ["skipped", "planned", "planned"]


def test_what_changed_meanwhile_is_decided_afresh(asking: Studio) -> None:
    done = skip_many(asking.organization, ids(asking), **told(asking))
    first = asking.reminders()[0].customer
    asking.pay(first.invoices.get(), 25_000)
    assert take_back(asking, done.entry) == (2, 1)
    asking.plan()
    assert asking.states() == ["planned"] * 3
    assert [row.asked for row in asking.reminders(customer=first)] == [100_000]


def test_a_hold_stops_at_once_and_is_lifted_by_its_undo_alone(asking: Studio) -> None:
    before = counted(asking)
    done = hold_many(asking.organization, ids(asking)[:2], on=asking.today, **told(asking))
    assert done[:3] == (2, 2, 0)
    assert asking.states() == ["withdrawn", "withdrawn", "planned"]
    other = hold_many(asking.organization, ids(asking)[2:], on=asking.today, **told(asking))
    asking.plan()
    assert take_back(asking, done.entry) == (2, 0)
    assert asking.states() == ["planned", "planned", "withdrawn"]
    assert Hold.objects.of(asking.organization).filter(released_at=None).count() == 1
    assert take_back(asking, other.entry) == (1, 0)
    assert counted(asking) == before


def test_now_is_when_their_hours_begin(asking: Studio) -> None:
    early = asking.reminders()[0]
    asking.now = at(7)
    leaving = send_now(early, any_hour=False, user_id=None, **told(asking))
    assert leaving.at == at(9)
    assert asking.reminders()[0].approved_at
    assert take_back(asking, leaving.entry) == (1, 0)
    back = asking.reminders()[0]
    assert (back.send_after, back.approved_at) == (early.send_after, None)
    assert take_back(asking, leaving.entry) == (0, 1)


def test_after_hours_only_when_the_person_says_so(asking: Studio, sink: Sink) -> None:
    late = asking.reminders()[0]
    asking.now = at(19)
    with pytest.raises(Refused, match="over for today"):
        send_now(late, any_hour=False, user_id=None, **told(asking))
    assert send_now(late, any_hour=True, user_id=None, **told(asking)).at == asking.now
    assert [one.state for one in asking.write(sink)] == ["sent"]
    with pytest.raises(Refused, match="does not wait"):
        send_now(late, any_hour=True, user_id=None, **told(asking))


def test_the_laws_hours_are_never_given_up(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import time

    from purring.law.account import AccountLaw
    from purring.law.model import Hours

    monkeypatch.setattr(AccountLaw, "hours", lambda *_: Hours(time(9), time(18)))
    studio = found_studio()
    studio.invoice()
    studio.plan()
    studio.now = at(19)
    with pytest.raises(Refused, match="over for today"):
        send_now(studio.reminders()[0], any_hour=True, user_id=None, **told(studio))


def test_another_day_or_another_kind_of_entry_cannot_be_taken_back(asking: Studio) -> None:
    planned = Entry.objects.of(asking.organization).filter(kind="reminder.planned").first()
    assert planned
    with pytest.raises(Refused, match="cannot be taken back"):
        take_back(asking, planned.pk)
    done = skip_many(asking.organization, ids(asking), **told(asking))
    asking.later(days=1)
    with pytest.raises(Refused, match="another day"):
        take_back(asking, done.entry)


def test_a_task_is_put_off_and_done_and_both_are_taken_back(asking: Studio) -> None:
    user = User.objects.create_user("eva@studio.example")
    task = Task(organization=asking.organization, code="call", why="because", opened_on=asking.today)
    task.save(force_insert=True)
    named: dict[str, Any] = {"customer_id": None, "user_id": user.pk}
    with pytest.raises(Refused):
        put_off(asking.organization, "task-1", asking.today, **named, **told(asking))
    tomorrow = asking.today + timedelta(1)
    for _ in range(2):
        entry = put_off(asking.organization, "task-1", tomorrow, **named, **told(asking))
    assert PutOff.objects.of(asking.organization).count() == 1
    assert take_back(asking, entry) == (1, 0)
    assert not bring_back(asking.organization, "task-1", customer_id=None, **told(asking))
    finish_task(task, **told(asking))
    done = Entry.objects.of(asking.organization).get(kind="task.done")
    assert take_back(asking, done.pk) == (1, 0)
    assert take_back(asking, done.pk) == (0, 1)
    task.refresh_from_db()
    assert task.done_at is None


@pytest.mark.scales
def test_what_is_shown_for_the_days_ahead_is_what_they_plan(studio: Studio, rng: random.Random, sink: Sink) -> None:
    """A random book: what waits today leaves, nothing new comes, and the next days do what was foretold."""
    for _ in range(count("days_ahead", normal=20, endurance=120)):
        studio.invoice(late=rng.randint(-20, 25), amount=rng.randint(1_000, 90_000))
    studio.plan()
    org = studio.organization
    foretold = {}
    for day in (studio.today + timedelta(number) for number in range(1, 6)):
        found, more = coming(org, studio.today, day)
        assert not more
        foretold[day] = {(one.customer_id, one.contact.stage, one.contact.asked) for one in found}
    assert any(foretold.values())
    tomorrow = studio.today + timedelta(1)
    for customer_id, stage, _asked in foretold[tomorrow]:
        customer = Customer.objects.of(org).select_related("organization").get(pk=customer_id)
        assert letter_ahead(org, customer, studio.today, tomorrow).words.text, stage
    studio.write(sink, any_hour=True)
    written: set[int] = set()
    for day, expected in foretold.items():
        studio.later(days=1)
        studio.plan()
        rows = [row for row in studio.reminders(on=day) if row.customer_id not in written]
        assert {(row.customer_id, row.stage, row.asked) for row in rows} == expected, day
        written |= {row.customer_id for row in rows}
        studio.write(sink, any_hour=True)
