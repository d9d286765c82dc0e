# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links: random, kept as a hash, revocable, expiring, counted without touching the account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from purring.config.environment import link_days
from purring.core.errors import Refused
from purring.facts.access.actions import make_link, revoke_link, revoke_links
from purring.facts.access.models import Link
from purring.facts.access.tokens import address_of, digest_of, is_token, new_token, token_of
from purring.facts.access.visits import count_visit, find_link
from purring.facts.customers.models import Customer
from purring.facts.journal.models import Entry
from tests.apps.facts.cast import NOW, TOLD, ana, bill, fjord

pytestmark = pytest.mark.django_db


def test_a_token_is_128_random_bits() -> None:
    made = {new_token() for _ in range(2000)}
    assert len(made) == 2000
    assert all(is_token(token) and len(token) == 22 for token in made)
    assert len({token[at] for token in made for at in range(21)}) == 64


def test_a_seed_gives_the_same_token_each_time_and_another_seed_another() -> None:
    assert token_of("a") == token_of("a")
    assert is_token(token_of("a"))
    assert token_of("a") != token_of("b")


def test_only_its_hash_is_kept() -> None:
    customer = ana(fjord())
    token = new_token()
    link = make_link(customer, token, invoices=[bill(customer)], **TOLD)
    kept = {str(getattr(link, field.attname)) for field in Link._meta.fields}
    assert token not in " ".join(kept)
    assert token not in str(list(Entry.objects.of(customer.organization).values_list("data", flat=True)))
    assert digest_of(token) in kept
    assert find_link(token) == link
    assert address_of(token).endswith(f"/pay/{token}/")


def test_made_twice_with_one_token_it_is_one_link() -> None:
    customer = ana(fjord())
    token = new_token()
    assert make_link(customer, token, **TOLD) == make_link(customer, token, **TOLD)
    assert Entry.objects.of(customer.organization).filter(kind="link.made").count() == 1


def test_it_shows_only_invoices_of_its_customer() -> None:
    house = fjord()
    theirs = bill(ana(house, ref="other"))
    with pytest.raises(Refused, match="not the customer's"):
        make_link(ana(house), new_token(), invoices=[theirs], **TOLD)


def test_it_expires() -> None:
    link = make_link(ana(fjord()), new_token(), **TOLD)
    assert link.opens(NOW)
    assert link.opens(NOW + timedelta(days=400, seconds=-1))
    assert not link.opens(NOW + timedelta(days=400))


def test_how_long_it_opens_can_be_set(settings: Any) -> None:
    customer = ana(fjord())
    settings.LINK_DAYS = 30
    assert make_link(customer, new_token(), **TOLD).expires_at == NOW + timedelta(days=30)
    assert link_days({"PURRING_LINK_DAYS": "7"}) == 7
    for wrong in ("0", "forever", "-5", "3651", "1.5"):
        with pytest.raises(Refused, match="1 to 3650"):
            link_days({"PURRING_LINK_DAYS": wrong})


def test_revoked_it_opens_nothing_and_revoking_twice_is_once() -> None:
    customer = ana(fjord())
    link = make_link(customer, new_token(), **TOLD)
    revoke_link(link, **TOLD)
    revoke_link(link, **TOLD)
    assert not link.opens(NOW)
    assert Entry.objects.of(customer.organization).filter(kind="link.revoked").count() == 1


def test_all_of_a_customer_are_revoked_and_nobody_elses() -> None:
    house = fjord()
    customer, other = ana(house), ana(house, ref="other")
    tokens = [new_token() for _ in range(3)]
    for token in tokens[:2]:
        make_link(customer, token, **TOLD)
    make_link(other, tokens[2], **TOLD)
    assert revoke_links(customer, **TOLD) == 2
    assert revoke_links(customer, **TOLD) == 0
    found = [find_link(token) for token in tokens]
    assert [link and link.opens(NOW) for link in found] == [False, False, True]


def test_visits_are_counted_half_an_hour_apart_and_the_account_stays_as_it_was() -> None:
    customer = ana(fjord())
    token = new_token()
    make_link(customer, token, **TOLD)
    version = Customer.objects.of(customer.organization).get(pk=customer.pk).version
    entries = Entry.objects.of(customer.organization).count()
    for minutes in (0, 1, 29, 31, 40, 100):
        link = find_link(token)
        assert link
        count_visit(link, NOW + timedelta(minutes=minutes))
    link = find_link(token)
    assert link
    assert (link.opened, link.last_opened_at) == (3, NOW + timedelta(minutes=100))
    assert Customer.objects.of(customer.organization).get(pk=customer.pk).version == version
    assert Entry.objects.of(customer.organization).count() == entries + 3, "each visit stands in the journal"


def test_two_at_once_are_one_visit() -> None:
    """Both read it before either wrote."""
    token = new_token()
    make_link(ana(fjord()), token, **TOLD)
    first, second = find_link(token), find_link(token)
    assert first
    assert second
    count_visit(first, NOW)
    count_visit(second, NOW)
    again = find_link(token)
    assert again
    assert again.opened == 1
