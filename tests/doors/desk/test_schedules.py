# SPDX-License-Identifier: AGPL-3.0-or-later
"""Schedules at the desk: changed, made, chosen for a customer, removed; a contradiction is told at the step it is in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from purring.facts.journal.models import Entry
from purring.followup.models import Assignment, Schedule
from purring.followup.schedules import assign, default_schedule
from tests.doors.desk.cast import House

pytestmark = pytest.mark.django_db

Step = tuple[object, str, str, object]


def form(name: str, *steps: Step, **more: object) -> dict[str, object]:
    """What the page sends: a row of fields for each step."""
    data: dict[str, object] = {
        "name": name,
        "min_days_between_contacts": 4,
        "promise_grace_days": 2,
        "minimum_balance": "",
        "working_days_only": "on",
        "steps-TOTAL_FORMS": len(steps),
        "steps-INITIAL_FORMS": 0,
    }
    for at, (days, stage, channel, again) in enumerate(steps):
        for field, value in (("days", days), ("stage", stage), ("channel", channel), ("repeat_every", again)):
            data[f"steps-{at}-{field}"] = value
    return {**data, **more}


def test_the_usual_schedule_is_changed_and_the_change_is_told(house: House, client: Client) -> None:
    usual = default_schedule(house.organization)
    to = reverse("desk:schedule", args=[usual.pk])
    assert "friendly reminder" in client.get(to).content.decode()
    sent = form(
        "Calm",
        (14, "firm", "phone", ""),
        (2, "friendly", "email", ""),
        ("", "final", "email", ""),
        (30, "final", "email", 20),
        minimum_balance="12,50",
    )
    assert client.post(to, sent).status_code == 303
    usual.refresh_from_db()
    assert usual.steps == [
        {"stage": "friendly", "days": 2, "channel": "email"},
        {"stage": "firm", "days": 14, "channel": "phone"},
        {"stage": "final", "days": 30, "channel": "email", "repeat_every": 20},
    ]
    assert (usual.name, usual.minimum_balance, usual.min_days_between_contacts) == ("Calm", "12.50", 4)
    (entry,) = Entry.objects.of(house.organization).filter(kind="schedule.changed")
    assert entry.data["fields"] == [
        "min_days_between_contacts",
        "minimum_balance",
        "name",
        "promise_grace_days",
        "steps",
    ]
    assert "12,50" in client.get(to).content.decode() or "12.50" in client.get(to).content.decode()


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([(3, "firm", "email", ""), (9, "friendly", "email", "")], "is softer than"),
        ([(3, "friendly", "email", 5), (9, "firm", "email", "")], "only the last step may repeat"),
        ([(3, "friendly", "email", ""), (3, "firm", "email", "")], "rising days"),
        ([("", "friendly", "email", "")], "at least one step"),
        ([("soon", "friendly", "email", "")], "whole number"),
    ],
)
def test_a_contradiction_changes_nothing_and_is_told(
    house: House, client: Client, steps: list[Step], said: str
) -> None:
    usual = default_schedule(house.organization)
    before = usual.steps
    answer = client.post(reverse("desk:schedule", args=[usual.pk]), form("Gentle", *steps))
    assert answer.status_code == 422
    assert said in answer.content.decode().lower()
    usual.refresh_from_db()
    assert usual.steps == before


def test_a_schedule_of_their_own(house: House, client: Client) -> None:
    default_schedule(house.organization)
    assert client.post(reverse("desk:schedule-new"), form("Lighter", (10, "friendly", "email", ""))).status_code == 303
    lighter = Schedule.objects.of(house.organization).get(name="Lighter")
    customer = house.customer()
    assign(lighter, customer=customer)
    page = client.get(reverse("desk:schedule", args=[lighter.pk])).content.decode()
    assert "1 customer, group or invoice follows it." in page
    again = client.post(reverse("desk:schedule-new"), form("Lighter", (10, "friendly", "email", "")))
    assert again.status_code == 422
    assert client.post(reverse("desk:schedule-remove", args=[lighter.pk])).status_code == 303
    assert not Assignment.objects.of(house.organization).exists()


def test_the_usual_one_stays(house: House, client: Client) -> None:
    usual = default_schedule(house.organization)
    client.post(reverse("desk:schedule-remove", args=[usual.pk]))
    assert "Everyone needs a schedule" in client.get(reverse("desk:schedules")).content.decode()
    assert Schedule.objects.of(house.organization).filter(pk=usual.pk).exists()


@pytest.mark.parametrize("role", ["collector", "accountant", "read_only"])
def test_only_the_owner_changes_schedules(house: House, role: str) -> None:
    usual = default_schedule(house.organization)
    colleague = Client()
    colleague.force_login(house.user(role))
    assert colleague.get(reverse("desk:schedules")).status_code == 200
    assert colleague.get(reverse("desk:schedule", args=[usual.pk])).status_code == 403
