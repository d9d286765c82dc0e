# SPDX-License-Identifier: AGPL-3.0-or-later
"""Groups: customers that are treated alike, made and filled at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from purring.facts.customers.groups import add_group
from purring.facts.customers.models import Customer, Group
from purring.facts.journal.models import Entry
from purring.followup.models import Assignment, Schedule
from purring.followup.schedules import default_schedule
from tests.doors.desk.cast import House


def groups(house: House) -> list[str]:
    return list(Group.objects.of(house.organization).order_by("name").values_list("name", flat=True))


def sent(client: Client, name: str, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"desk:{name}", args=args), data)


@pytest.fixture
def calm(house: House) -> Schedule:
    """A schedule beside the usual one."""
    usual = default_schedule(house.organization)
    own = Schedule(organization=house.organization, name="Calm", steps=usual.steps)
    own.save(force_insert=True)
    return own


def test_a_group_is_made_with_its_schedule_and_filled_from_a_customers_page(
    house: House, client: Client, calm: Schedule
) -> None:
    customer = house.customer()
    assert "No groups yet" in client.get(reverse("desk:groups")).content.decode()
    for _ in range(2):  # a double click
        sent(client, "group-new", **{"group-name": " Schools  and nurseries", "group-schedule": calm.pk})
    assert groups(house) == ["Schools and nurseries"]
    group = Group.objects.of(house.organization).get()
    assert Assignment.objects.of(house.organization).get(group=group).schedule_id == calm.pk
    before = Customer.objects.of(house.organization).get().version
    assert sent(client, "customer-rule", customer.pk, "group", **{"rule-group": group.pk}).status_code == 303
    kept = Customer.objects.of(house.organization).get()
    assert kept.group_id == group.pk
    assert kept.version > before  # what waited for them is decided again
    page = client.get(reverse("desk:groups")).content.decode()
    assert "1 customer<" in page
    assert "follows “Calm”" in page


def test_another_name_and_the_usual_schedule_again(house: House, client: Client, calm: Schedule) -> None:
    group = add_group(house.organization, "Schools", **house.told)
    other = add_group(house.organization, "Abroad", **house.told)
    prefix = f"group{group.pk}"
    sent(client, "group", group.pk, **{f"{prefix}-name": "Nurseries", f"{prefix}-schedule": calm.pk})
    assert groups(house) == ["Abroad", "Nurseries"]
    assert Assignment.objects.of(house.organization).get().group_id == group.pk
    sent(client, "group", group.pk, **{f"{prefix}-name": "Nurseries", f"{prefix}-schedule": ""})
    assert not Assignment.objects.of(house.organization).exists()
    taken = sent(client, "group", other.pk, **{f"group{other.pk}-name": "Nurseries"})
    assert taken.status_code == 422
    assert "Another group has this name." in taken.content.decode()
    assert groups(house) == ["Abroad", "Nurseries"]


def test_only_an_empty_group_goes(house: House, client: Client) -> None:
    group = add_group(house.organization, "Schools", **house.told)
    customer = house.customer(group=group)
    sent(client, "group-remove", group.pk)
    assert groups(house) == ["Schools"]
    assert "put them into another one first" in client.get(reverse("desk:groups")).content.decode()
    sent(client, "customer-rule", customer.pk, "group", **{"rule-group": ""})
    sent(client, "group-remove", group.pk)
    assert groups(house) == []


def test_what_was_done_with_groups_is_in_the_log(house: House, client: Client) -> None:
    sent(client, "group-new", **{"group-name": "Schools"})
    group = Group.objects.of(house.organization).get()
    sent(client, "group", group.pk, **{f"group{group.pk}-name": "Nurseries"})
    sent(client, "group-remove", group.pk)
    page = client.get(reverse("desk:audit")).content.decode()
    for said in ("Group “Schools” made", "Group “Schools” is now called “Nurseries”", "Group “Nurseries” removed"):
        assert said in page
    actors = Entry.objects.of(house.organization).filter(kind__startswith="group.").values_list("actor", flat=True)
    assert set(actors) == {f"user:{house.user('owner').pk}"}


def test_who_only_looks_sees_them_and_changes_nothing(house: House) -> None:
    add_group(house.organization, "Schools", **house.told)
    reader = house.client("read_only")
    page = reader.get(reverse("desk:groups")).content.decode()
    assert "Schools" in page
    assert "Add a group" not in page
    assert sent(reader, "group-new", **{"group-name": "Abroad"}).status_code == 403
    assert groups(house) == ["Schools"]
