# SPDX-License-Identifier: AGPL-3.0-or-later
"""A program comes in with its key and nothing else, and learns who it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from purring.doors.api.coming_in import WRONG_KEYS
from purring.facts.organizations.keys import make_key, revoke_key
from purring.facts.organizations.models import ApiKey
from tests.doors.desk.cast import House, found_house

pytestmark = pytest.mark.django_db
ME = "/api/v1/me"


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    WRONG_KEYS.clear()


@pytest.fixture
def house() -> House:
    return found_house()


@pytest.fixture
def key(house: House) -> str:
    by, today = house.user("owner"), house.today
    return make_key(house.organization, "Ledger", "accountant", form="form", by=by, last_day=today, **house.told)


def ask(key: str, client: Client | None = None, address: str = "192.0.2.1") -> Any:
    return (client or Client()).get(ME, headers={"authorization": f"Bearer {key}"}, REMOTE_ADDR=address)


def test_who_it_is_and_what_it_may(house: House, key: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        answer = ask(key)
    assert answer.status_code == 200
    told = answer.json()
    assert told["organization"]["slug"] == house.organization.slug
    assert (told["role"], told["key"]["name"]) == ("accountant", "Ledger")
    assert told["key"]["last_day"] == house.today.isoformat()
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    assert not any("session" in query["sql"] for query in asked)
    assert "digest" not in answer.content.decode()


@pytest.mark.parametrize("said", ["", "Basic abc", "Bearer", "Bearer a b", "Bearer nonsense"])
def test_without_a_key_nothing_is_told(said: str) -> None:
    answer = Client().get(ME, headers={"authorization": said} if said else {})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="Purring"' + (', error="invalid_token"' if said else "")
    assert answer.json()["error"]["code"] == ("unknown_key" if said else "no_key")


def test_a_session_at_the_desk_opens_nothing_here(house: House) -> None:
    assert house.client().get(ME).status_code == 401


def test_a_revoked_key_says_so_and_counts_as_no_guess(house: House, key: str) -> None:
    revoke_key(ApiKey.objects.of(house.organization).get(), by=None, **house.told)
    codes = {ask(key).json()["error"]["code"] for _ in range(25)}
    assert codes == {"revoked"}


def test_whoever_guesses_waits_and_others_do_not(key: str) -> None:
    for _ in range(20):
        assert ask("purr_wrong").status_code == 401
    answer = ask(key)
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert ask(key, address="192.0.2.2").status_code == 200


def test_it_is_only_read(key: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(ME, headers={"authorization": f"Bearer {key}"})
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert Client().head(ME, headers={"authorization": f"Bearer {key}"}).status_code == 200


def test_an_address_that_is_none_is_told_as_programs_read_it() -> None:
    for method in ("get", "post"):
        answer = getattr(Client(enforce_csrf_checks=True), method)("/api/v1/nowhere")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
