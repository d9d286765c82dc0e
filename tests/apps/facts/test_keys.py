# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keys for programs: who may make which, what each opens, and every reason for which one opens nothing any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from purring.core.errors import Refused
from purring.facts.journal.models import Entry
from purring.facts.organizations.actions import add_member
from purring.facts.organizations.keys import MOST, SHAPE, key_of, make_key, revoke_key, revoke_keys_of
from purring.facts.organizations.models import ApiKey, Membership, Organization, User
from tests.apps.facts.cast import TODAY, TOLD, fjord

pytestmark = pytest.mark.django_db
NOW: datetime = TOLD["now"]


@pytest.fixture
def org() -> Organization:
    return fjord()


@pytest.fixture
def eva(org: Organization) -> User:
    user = User.objects.create_user("eva@fjord.example", name="Eva")
    add_member(org, user, "owner", **TOLD)
    return user


def made(org: Organization, eva: User, role: str = "read_only", form: str = "form", **more: Any) -> str:
    return make_key(org, "Ledger", role, form=form, by=eva, **more, **TOLD)


def why_not(text: str, now: datetime = NOW) -> str:
    with pytest.raises(Refused) as refused:
        key_of(text, now=now)
    return refused.value.code


def as_role(org: Organization, eva: User, role: str) -> None:
    Membership.objects.of(org).filter(user=eva).update(role=role)


def test_a_key_says_who_is_calling(org: Organization, eva: User) -> None:
    caller = key_of(made(org, eva, "collector"), now=NOW)
    assert (caller.organization, caller.role, caller.actor) == (org, "collector", f"key:{caller.key.pk}")


def test_what_is_stored_opens_nothing_and_what_is_given_is_easily_found(org: Organization, eva: User) -> None:
    text = made(org, eva)
    assert SHAPE.fullmatch(text)
    row = ApiKey.objects.of(org).values().get()
    assert text.rpartition("_")[2] not in str(row)
    assert why_not(row["digest"]) == "unknown_key"
    assert text.startswith(ApiKey.objects.of(org).get().begins.rstrip("…"))


def test_the_same_form_makes_one_key(org: Organization, eva: User) -> None:
    assert made(org, eva)
    assert made(org, eva) == ""
    assert made(org, eva, form="another")
    assert ApiKey.objects.of(org).count() == 2


@pytest.mark.parametrize("wrong", ["", "purr_", "x" * 56, "purr_" + "ø" * 10 + "_" + "a" * 40])
def test_what_is_no_key_is_refused(org: Organization, wrong: str) -> None:
    assert why_not(wrong) == "unknown_key"


def test_the_right_beginning_with_another_secret_is_refused(org: Organization, eva: User) -> None:
    text = made(org, eva)
    assert why_not(text[:-1] + ("a" if text[-1] != "a" else "b")) == "unknown_key"


def test_a_revoked_key_opens_nothing(org: Organization, eva: User) -> None:
    text = made(org, eva)
    key = ApiKey.objects.of(org).get()
    assert revoke_key(key, by=eva, **TOLD)
    assert not revoke_key(key, by=eva, **TOLD)
    assert why_not(text) == "revoked"
    kinds = list(Entry.objects.of(org).filter(kind__startswith="key.").order_by("id").values_list("kind", "actor"))
    assert kinds == [("key.made", TOLD["actor"]), ("key.revoked", TOLD["actor"])]


def test_a_key_opens_to_the_end_of_its_last_day(org: Organization, eva: User) -> None:
    text = made(org, eva, last_day=TODAY)
    assert key_of(text, now=NOW)
    assert why_not(text, NOW + timedelta(1)) == "expired"


def test_no_key_may_more_than_its_maker_may_now(org: Organization, eva: User) -> None:
    low, high = made(org, eva), made(org, eva, "accountant", "another")
    as_role(org, eva, "collector")
    assert key_of(low, now=NOW).role == "read_only"
    assert why_not(high) == "maker_fell"
    with pytest.raises(Refused, match="at most what"):
        made(org, eva, "accountant", "a third")


def test_whoever_leaves_leaves_no_key(org: Organization, eva: User) -> None:
    text = made(org, eva)
    member = Membership.objects.of(org).get(user=eva)
    revoke_keys_of(member, **TOLD)
    assert why_not(text) == "revoked"


def test_a_key_without_its_maker_opens_nothing(org: Organization, eva: User) -> None:
    here, gone = made(org, eva), made(org, eva, form="another")
    Membership.objects.of(org).filter(user=eva).delete()
    assert why_not(here) == "maker_left"
    User.objects.filter(pk=eva.pk).delete()
    assert why_not(gone) == "maker_left"


def test_a_stranger_makes_no_key(org: Organization) -> None:
    with pytest.raises(Refused) as refused:
        made(org, User.objects.create_user("stranger@x.example"))
    assert refused.value.code == "too_high"


def test_a_day_that_is_over_is_refused_and_so_are_too_many(org: Organization, eva: User) -> None:
    with pytest.raises(Refused) as refused:
        made(org, eva, last_day=TODAY - timedelta(1))
    assert refused.value.code == "past_day"
    for number in range(MOST):
        made(org, eva, form=str(number))
    with pytest.raises(Refused) as refused:
        made(org, eva)
    assert refused.value.code == "too_many"


def test_that_it_was_used_is_noted_once_an_hour(org: Organization, eva: User) -> None:
    text = made(org, eva)

    def used_at(now: datetime) -> tuple[datetime | None, bool]:
        with CaptureQueriesContext(connection) as asked:
            key_of(text, now=now)
        wrote = any(query["sql"].startswith("UPDATE") for query in asked)
        return ApiKey.objects.of(org).get().used_at, wrote

    assert used_at(NOW) == (NOW, True)
    assert used_at(NOW + timedelta(minutes=59)) == (NOW, False)
    assert used_at(NOW + timedelta(hours=1)) == (NOW + timedelta(hours=1), True)
