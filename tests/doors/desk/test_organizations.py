# SPDX-License-Identifier: AGPL-3.0-or-later
"""One person in several organizations: all at a glance, and nothing of anybody else's; going from one to another; opening
one more; what each role may do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from purring.doors.desk import going as goes
from purring.doors.desk import needs
from purring.doors.desk.desk import Desk
from purring.doors.desk.overview import elsewhere, houses
from purring.doors.desk.permissions import Permission
from purring.doors.desk.role_words import ROWS, rows_of, said
from purring.facts.agreements.actions import record_promise
from purring.facts.organizations.actions import add_member, change_organization, sit_at
from purring.facts.organizations.models import Membership, Organization, User
from purring.followup.approvals import to_approve
from purring.followup.morning import put_off
from purring.followup.planning import plan
from purring.insight.ageing import ageing
from purring.insight.outlook import outlook
from tests.doors.desk.cast import House, found_house
from tests.doors.desk.test_permissions import desk_routes, ids_of


def joined(house: House, slug: str, name: str, role: str = "accountant") -> House:
    """Another organization in which the owner of the first one works."""
    other = found_house(slug, name)
    user = house.user("owner")
    add_member(other.organization, user, role, **other.told)
    sit_at(user, house.organization.pk)
    return other


def mine(user: User) -> list[Membership]:
    return list(Membership.objects.everywhere("a test").filter(user=user).select_related("organization"))


def test_all_of_mine_and_nothing_else(house: House, client: Client) -> None:
    other = joined(house, "nabo", "Naboen")
    strange = found_house("fremmed", "De fremmede")
    for one, amount in ((other, 777_700), (strange, 888_800)):
        one.invoice(one.customer(), amount, late=9)
        plan(one.organization, one.told["now"])
    page = client.get(reverse("desk:organizations")).content.decode()
    assert "Naboen" in page
    assert "7\u00a0777,00\u00a0kr" in page
    assert "De fremmede" not in page
    assert "8\u00a0888,00" not in page


def test_memberships_of_somebody_else_open_nothing(house: House) -> None:
    other = joined(house, "nabo", "Naboen")
    with pytest.raises(AssertionError):
        houses(other.user("collector"), mine(house.user("owner")), house.told["now"])


def test_it_counts_what_the_pages_of_each_count(house: House) -> None:
    """The same needs, messages, sums as on Today, Ageing and Outlook of each organization; what was put off is not among them."""
    user = house.user("owner")
    other = joined(house, "nabo", "Naboen")
    ids_of(other)  # one of everything
    customer = house.customer()
    invoice = house.invoice(customer, late=3)
    record_promise(customer, house.today + timedelta(2), on=house.today, invoices=[invoice], **house.told)
    house.invoice(house.customer("Fjord"), 5_000, late=20, currency="EUR")
    house.invoice(house.customer("Berg"), 9_900, late=-1)
    plan(house.organization, house.told["now"])
    members = mine(user)
    for one in members:
        desk = Desk(user, one.organization, one.role, house.told["now"], [], one)
        rows = [need.subject for group in needs.queue(desk).groups for need in group.rows]
        if len(rows) > 1:
            told: dict[str, Any] = {"user_id": user.pk, "customer_id": None, "now": desk.now, "actor": desk.actor}
            put_off(one.organization, rows[0], desk.today + timedelta(3), **told)
    found = houses(user, members, house.told["now"])
    bar = elsewhere(user, members, house.told["now"])
    assert [row.needs for row in found] == [row.needs for row in bar]
    for member, house_ in zip(members, found, strict=True):
        organization = member.organization
        desk = Desk(user, organization, member.role, house.told["now"], [], member)
        assert house_.needs == needs.queue(desk).count
        assert house_.goes == goes.day(desk).going.messages
        assert house_.yes == to_approve(organization, desk.today).count()
        for currency, bands in ageing(organization, desk.today).items():
            late = sum(band.amount for band in bands[1:])
            assert {t.currency: t.amount for t in house_.overdue}.get(currency, 0) == late
            week = outlook(organization, currency, desk.today).weeks[0]
            assert {t.currency: t.amount for t in house_.expected}.get(currency, 0) == week.promised + week.expected
    assert sum(row.needs for row in found) > 2
    assert any(row.expected for row in found)
    assert {total.currency for row in found for total in row.overdue} == {"NOK", "EUR"}


def test_more_organizations_are_not_more_questions(house: House, client: Client) -> None:
    def asked(name: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(f"desk:{name}")).status_code == 200
        return len(found)

    joined(house, "nabo-0", "Naboen 0")
    few = asked("organizations"), asked("today")
    for number in range(1, 12):
        other = joined(house, f"nabo-{number}", f"Naboen {number}")
        other.invoice(other.customer(), late=9)
    assert (asked("organizations"), asked("today")) == few
    assert max(few) <= 15


def test_their_order(house: House, client: Client) -> None:
    for slug, name, amount in (("b", "Beta", 5_000), ("a", "Alfa", 0), ("c", "Cæsar", 90_000)):
        other = joined(house, slug, name)
        if amount:
            other.invoice(other.customer(), amount, late=9)

    def names(sort: str) -> list[str]:
        page = client.get(reverse("desk:organizations"), {"sort": sort}).content.decode()
        return re.findall(r'class="as-link">([^<]+)', page)

    assert names("name") == ["Alfa", "Beta", "Cæsar", "Snekker Solberg"]
    assert names("overdue") == ["Cæsar", "Beta", "Alfa", "Snekker Solberg"]
    assert names("nonsense") == names("needs")


def test_what_stands_still_is_said(house: House, client: Client, settings: Any) -> None:
    other = joined(house, "nabo", "Naboen")
    told = other.told
    change_organization(other.organization, paused_until=other.today + timedelta(9), **told)
    change_organization(other.organization, first_day_approved_at=told["now"], **told)
    settings.SMTP_URL = ""
    page = client.get(reverse("desk:organizations")).content.decode()
    assert "paused until" in page
    assert "no mail account" in page
    assert "being set up" in page


def test_one_that_asks_for_a_second_factor_shows_nothing_before(house: House, client: Client) -> None:
    other = joined(house, "nabo", "Naboen")
    other.invoice(other.customer(), 777_700, late=9)
    plan(other.organization, other.told["now"])
    change_organization(other.organization, second_factor=True, **other.told)
    page = client.get(reverse("desk:organizations")).content.decode()
    assert "Naboen" in page
    assert "777,00" not in page
    assert "second factor before it shows anything" in page
    there = client.post(reverse("desk:switch", args=[other.organization.pk]))
    assert (there.status_code, there["Location"]) == (302, reverse("mfa_index"))
    assert client.get(reverse("desk:organizations")).status_code == 200, "the others stay within reach"


def test_the_bar_says_what_waits_and_remembers_the_last_one(house: House, client: Client) -> None:
    other = joined(house, "nabo", "Naboen")
    ids_of(other)
    count = elsewhere(
        house.user("owner"), [one for one in mine(house.user("owner")) if one.role == "accountant"], house.told["now"]
    )[0].needs
    page = client.get(reverse("desk:today")).content.decode()
    assert re.search(rf"Naboen</span><span[^>]*>{count} thing", page)
    assert client.post(reverse("desk:switch", args=[other.organization.pk])).status_code == 303
    assert '<span class="name">Naboen</span>' in client.get(reverse("desk:today")).content.decode()
    house.user("owner").refresh_from_db()
    fresh = Client()  # another browser, another day
    fresh.force_login(house.user("owner"), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert '<span class="name">Naboen</span>' in fresh.get(reverse("desk:today")).content.decode()
    Membership.objects.of(other.organization).filter(user=house.user("owner")).delete()
    assert '<span class="name">Snekker Solberg</span>' in fresh.get(reverse("desk:today")).content.decode()


def test_one_more_organization(house: House, client: Client) -> None:
    change_organization(house.organization, created_at=house.told["now"] - timedelta(9), **house.told)
    form = {"name": "Studio Weaver", "country": "GB", "language": "", "currency": ""}
    made = client.post(reverse("desk:organization-new"), form)
    assert (made.status_code, made["Location"]) == (303, reverse("desk:begin"))
    again = client.post(reverse("desk:organization-new"), form)  # sits at the new one already; owns that, too
    assert again.status_code == 303
    found = Organization.objects.exclude(pk=house.organization.pk).get()
    assert (found.name, found.currency, found.language, found.timezone) == (
        "Studio Weaver",
        "GBP",
        "en",
        "Europe/London",
    )
    assert Membership.objects.of(found).get().role == "owner"
    page = client.get(reverse("desk:today")).content.decode()
    assert '<span class="name">Studio Weaver</span>' in page
    wrong = client.post(reverse("desk:organization-new"), {**form, "name": " snekker solberg "})
    assert wrong.status_code == 422
    assert b"of this name already" in wrong.content
    assert Organization.objects.count() == 2


def test_only_an_owner_opens_another(house: House) -> None:
    for role in ("accountant", "collector", "read_only"):
        assert (
            house.client(role).post(reverse("desk:organization-new"), {"name": "X", "country": "NO"}).status_code == 403
        )
    assert Organization.objects.count() == 1


def test_the_words_about_roles_are_true(house: House, client: Client) -> None:
    """Every route that asks for more than looking is named by a row with its very permission, and every row names some."""
    unnamed = [
        (name, route.callback.permission.value)
        for name, route in desk_routes()
        if route.callback.permission not in (Permission.PUBLIC, Permission.SIGNED_IN)
        and not rows_of(name.removeprefix("desk:"), route.callback.permission)
    ]
    assert not unnamed, "say in doors/desk/role_words.py who may do this, and in which words"
    named = {
        row.words: [one for name, route in desk_routes() for one in rows_of(name[5:], route.callback.permission)]
        for row in ROWS
    }
    assert all(row in named[row.words] for row in ROWS)
    page = client.get(reverse("desk:roles")).content.decode()
    assert page.count('class="yes"') == sum(may for row in said(house.organization) for _role, may in row.who)
    assert house.client("read_only").get(reverse("desk:roles")).status_code == 200


def test_who_says_yes_here_is_in_the_words(house: House) -> None:
    row = next(at for at, one in enumerate(ROWS) if one.says_yes)
    assert dict(said(house.organization)[row].who)["collector"]
    change_organization(house.organization, approver="owner", **house.told)
    assert dict(said(house.organization)[row].who) == {
        "owner": True,
        "accountant": False,
        "collector": False,
        "read_only": False,
    }
