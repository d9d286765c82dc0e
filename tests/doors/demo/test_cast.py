# SPDX-License-Identifier: AGPL-3.0-or-later
"""The invented people and firms: complete in five languages, reachable by nobody, with accounts that would pass a check."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from purring.doors.demo.bills import plan_business
from purring.doors.demo.businesses import BUSINESSES
from purring.doors.demo.cast import Business
from purring.doors.demo.happenings import HAPPENINGS
from purring.doors.demo.paper import LABELS
from purring.doors.demo.said import DELIVERED, NOTED, SAID
from purring.doors.demo.situations import PAST, SITUATIONS

LANGUAGES = {"en", "af", "fr", "es", "nb"}
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("business", BUSINESSES, ids=lambda business: business.slug)
def test_nobody_real_can_be_reached(business: Business) -> None:
    assert business.email.endswith(".example")
    for client in business.clients:
        for person in client.people:
            address = person.fields(client.domain)["email"]
            assert not client.domain or address.endswith(".example")
            assert address.isascii()


def test_the_first_business_comes_first_by_name_and_speaks_every_language() -> None:
    assert BUSINESSES[0].name == min(business.name for business in BUSINESSES)
    assert {BUSINESSES[0].home(client).language for client in BUSINESSES[0].clients} == LANGUAGES
    assert {business.language for business in BUSINESSES} == LANGUAGES


def test_customers_differ_in_everything_that_words_depend_on() -> None:
    clients = [client for business in BUSINESSES for client in business.clients]
    people = [person for client in clients for person in client.people]
    assert 55 <= len(clients) <= 65
    assert {"f", "m", ""} == {person.gender for person in people}
    assert any(person.title for person in people)
    assert any(not person.title for person in people)
    assert {"new", "regular", "long_standing", "personal"} == {client.closeness for client in clients}
    assert {"", "formal", "informal"} == {client.formality for client in clients}
    assert {"business", "consumer"} == {client.kind for client in clients}
    assert any(client.pay_run_days for client in clients)
    assert any(client.po_required for client in clients)


def test_every_situation_is_somebodys_and_tells_what_exists() -> None:
    used = {client.situation for business in BUSINESSES for client in business.clients}
    earlier = {name for business in BUSINESSES for client in business.clients for name in client.also}
    assert used == set(SITUATIONS)
    assert earlier == set(PAST)
    happens = {one.what for situation in (*SITUATIONS.values(), *PAST.values()) for one in situation.happens}
    assert happens == set(HAPPENINGS)


def test_texts_are_there_in_every_language() -> None:
    assert set(LABELS) == set(DELIVERED) == LANGUAGES
    assert len({frozenset(labels) for labels in LABELS.values()}) == 1
    assert all(set(by_language) == LANGUAGES for by_language in SAID.values())
    assert set(NOTED) <= set(HAPPENINGS)
    for business in BUSINESSES:
        assert {business.home(client).language for client in business.clients} == set(business.jobs)


def test_account_numbers_have_right_check_digits() -> None:
    for business in BUSINESSES:
        for account in business.accounts:
            number = account["number"].replace(" ", "")
            if account["scheme"] == "iban":
                assert int("".join(str(int(char, 36)) for char in number[4:] + number[:4])) % 97 == 1, number
            elif account["scheme"] == "no":
                weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
                assert sum(int(digit) * weight for digit, weight in zip(number, weights, strict=True)) % 11 == 0


@pytest.mark.parametrize("business", BUSINESSES, ids=lambda business: business.slug)
def test_the_same_seed_plans_the_same_two_years(business: Business) -> None:
    first, happened = plan_business(business, TODAY, Random("1"))
    again, _ = plan_business(business, TODAY, Random("1"))
    other, _ = plan_business(business, TODAY, Random("2"))
    assert first == again
    assert first != other
    assert len(first) == business.invoices
    assert len({bill.number for bill in first}) == len(first)
    for bill in first:
        assert bill.issued <= bill.due
        assert bill.purchased_on < bill.delivered_on <= bill.issued
        assert bill.amount == sum(line["total"] for line in bill.lines) + bill.tax > 0
        assert all(paid.on > bill.issued for paid in bill.payments)
    for one in happened:
        assert one.bill.issued <= one.on <= TODAY, one.what
