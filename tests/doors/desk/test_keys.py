# SPDX-License-Identifier: AGPL-3.0-or-later
"""An owner gives programs keys, sees which there are, and takes them back."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from purring.doors.desk.invitations import change_role, remove
from purring.facts.journal.models import Entry
from purring.facts.organizations.keys import SHAPE
from purring.facts.organizations.models import ApiKey, Membership
from tests.doors.desk.cast import House


def form(**more: Any) -> dict[str, Any]:
    return {"name": "Ledger", "role": "read_only", "last_day": "", "key": "form", **more}


def make(client: Client, **more: Any) -> str:
    """The page after a key was made."""
    answer = client.post(reverse("desk:keys"), form(**more))
    assert answer.status_code == 303
    return listed(client)


def listed(client: Client) -> str:
    answer = client.get(reverse("desk:keys"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_key_is_shown_once_and_works(house: House, client: Client) -> None:
    answer = client.post(reverse("desk:keys"), form())
    shown = client.get(answer["Location"])
    assert shown["Cache-Control"] == "no-store"
    found = SHAPE.search(shown.content.decode())
    assert found
    assert not SHAPE.search(listed(client))
    told = Client().get("/api/v1/me", headers={"authorization": f"Bearer {found[0]}"})
    assert told.json()["key"]["name"] == "Ledger"
    assert "never used" not in listed(client)


def test_sent_twice_it_is_one_key(house: House, client: Client) -> None:
    make(client)
    assert not SHAPE.search(make(client))
    assert ApiKey.objects.of(house.organization).count() == 1


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(house: House, client: Client) -> None:
    answer = client.post(reverse("desk:keys"), form(name="Till <b>", last_day="2020-01-31"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "That day is over" in page
    assert "Till &lt;b&gt;" in page
    assert not ApiKey.objects.of(house.organization).exists()


def test_revoked_it_stays_in_the_list_and_in_the_log(house: House, client: Client) -> None:
    make(client)
    key = ApiKey.objects.of(house.organization).get()
    to = reverse("desk:key-revoke", args=[key.pk])
    assert to in listed(client)
    for _ in range(2):
        assert client.post(to).status_code == 303
    page = listed(client)
    assert "revoked by Owner" in page
    assert to not in page
    log = client.get(reverse("desk:audit") + "?what=people").content.decode()
    assert log.count("An API key was revoked") == 1
    assert "An API key was made (Read only)" in log


def test_whose_maker_fell_or_left_is_said_so(house: House, client: Client) -> None:
    second = house.client("accountant")
    member = Membership.objects.of(house.organization).get(user=house.user("accountant"))
    change_role(member, "owner", **house.told)
    make(second, role="owner")
    change_role(member, "collector", **house.told)
    assert "its maker may no longer do this" in listed(client)
    remove(member, **house.told)
    assert Entry.objects.of(house.organization).filter(kind="key.revoked").count() == 1
    assert re.search(r"revoked (<[^>]*>)?\d", listed(client))
