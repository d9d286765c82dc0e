# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whoever gets past the database's guard is found out: a changed, missing, added or swapped entry breaks the chain, and
a cut end or a rewritten whole does not match the head that was kept outside. Erasing personal text breaks nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from purring.core.chain import GENESIS
from purring.facts.journal.actions import broken_links, chain_hash, head, seal, write
from purring.facts.journal.guard import guard, unguard
from purring.facts.journal.models import Entry, EntryText
from purring.facts.organizations.models import Organization
from tests.apps.facts.cast import NOW, fjord
from tests.support import seeds

pytestmark = pytest.mark.django_db

KINDS = ("invoice.recorded", "payment.recorded", "reminder.sent", "promise.recorded")
ENTRIES = 30


@pytest.fixture
def journal(rng: random.Random) -> Organization:
    """A sealed journal of some weeks; every third entry carries personal text."""
    organization = fjord()
    for number in range(ENTRIES):
        write(
            organization.pk,
            rng.choice(KINDS),
            at=NOW + timedelta(hours=number, microseconds=number),
            actor=rng.choice(("user:1", "import", "round:write")),
            customer_id=rng.choice((None, 1, 2)),
            invoice_id=rng.choice((None, 1, 2)),
            text="" if number % 3 else f"Ana said {number}",
            amount=rng.randint(1, 10**9),
        )
    seal(organization.pk)
    return organization


class Forger:
    """Somebody with the database's password, and no guard in the way."""

    def __init__(self, organization: Organization, rng: random.Random) -> None:
        self.organization, self.rng = organization, rng
        self.other = fjord("other")

    @property
    def rows(self) -> Any:
        return Entry.objects.of(self.organization).exclude(seq=None).order_by("seq")

    def some(self) -> Entry:
        made: Entry = self.rng.choice(list(self.rows))
        return made

    def store(self, made: Entry, **fields: Any) -> None:
        Entry.objects.everywhere("a forger").filter(pk=made.pk).update(**fields)

    # --- deeds ----------------------------------------------------------------------------------------------

    def change(self) -> None:
        made = self.some()
        field, value = self.rng.choice(
            [
                ("at", made.at + timedelta(microseconds=self.rng.choice((-1, 1, 10**6)))),
                ("actor", made.actor + "x"),
                ("kind", "payment.reversed"),
                ("customer_id", (made.customer_id or 0) + 1),
                ("invoice_id", None if made.invoice_id else 7),
                ("data", {**made.data, "amount": -1}),
                ("data", {"forged": True}),
                ("text_digest", "0" * 64),
                ("hash", made.hash[:-1] + ("0" if made.hash[-1] != "0" else "1")),
            ]
        )
        self.store(made, **{field: value})

    def give_away(self) -> None:
        """Make it another organization's."""
        made = self.rng.choice(list(self.rows)[:-1])
        EntryText.objects.of(self.organization).filter(entry=made).update(organization_id=self.other.pk)
        self.store(made, organization_id=self.other.pk, seq=900)

    def remove(self) -> None:
        made = self.rng.choice(list(self.rows)[:-1])
        EntryText.objects.of(self.organization).filter(entry=made).delete()
        self.rows.filter(pk=made.pk).delete()

    def unseal(self) -> None:
        self.store(self.rng.choice(list(self.rows)[:-1]), seq=None, hash="")

    def swap(self) -> None:
        one, other = self.rng.sample(list(self.rows), 2)
        whole = self.rng.random() < 0.5  # with their hashes, or leaving those where they were
        hashes = {"hash": one.hash}, {"hash": other.hash}
        self.store(one, seq=900)
        self.store(other, seq=one.seq, **({} if whole else hashes[0]))
        self.store(one, seq=other.seq, **({} if whole else hashes[1]))

    def add(self) -> None:
        place = self.rng.randrange(1, ENTRIES)
        for made in reversed(list(self.rows.filter(seq__gte=place))):
            self.store(made, seq=(made.seq or 0) + 1)
        before = self.rows.filter(seq=place - 1).first()
        forged = Entry(organization=self.organization, at=NOW, actor="user:1", kind="payment.recorded", seq=place)
        forged.hash = chain_hash(before.hash if before else GENESIS, forged)
        forged.save(force_insert=True)

    def reword(self) -> None:
        text = self.rng.choice(list(EntryText.objects.of(self.organization)))
        EntryText.objects.of(self.organization).filter(pk=text.pk).update(text=text.text + "!")

    def cut(self) -> None:
        last = list(self.rows)[-self.rng.randint(1, 5) :]
        EntryText.objects.of(self.organization).filter(entry__in=last).delete()
        self.rows.filter(pk__in=[made.pk for made in last]).delete()

    def rewrite(self) -> None:
        """Change one entry and forge every hash after it."""
        made = self.some()
        self.store(made, actor="somebody else")
        before = self.rows.filter(seq__lt=made.seq).last()
        previous = before.hash if before else GENESIS
        for later in self.rows.filter(seq__gte=made.seq):
            previous = chain_hash(previous, later)
            self.store(later, hash=previous)


BY_THE_CHAIN = (
    Forger.change, Forger.change, Forger.change, Forger.remove, Forger.give_away, Forger.unseal, Forger.swap, Forger.add,
    Forger.reword,
)  # fmt: skip
BY_THE_HEAD = (Forger.cut, Forger.rewrite)


@pytest.mark.scales
def test_tampering_is_found(journal: Organization, rng: random.Random) -> None:
    forger = Forger(journal, rng)
    known = head(journal.pk)
    assert known[0] == ENTRIES + 2  # founded, and its first day approved
    unguard(connection)
    for _ in range(seeds.count("forgeries", normal=1_000, endurance=10_000)):
        deed: Callable[[Forger], None] = rng.choice(BY_THE_CHAIN + BY_THE_HEAD)
        with transaction.atomic():
            deed(forger)
            found = list(broken_links(journal.pk, known if deed in BY_THE_HEAD else None))
            transaction.set_rollback(True)
        assert found, deed.__name__
    guard(connection)
    assert list(broken_links(journal.pk, known)) == []


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_erasing_text_keeps_the_chain_whole(journal: Organization, rng: random.Random, share: float) -> None:
    known = head(journal.pk)
    for text in EntryText.objects.of(journal):
        if rng.random() < share:
            text.delete()
    write(journal.pk, "text.erased", at=NOW, actor="user:1")
    seal(journal.pk)
    assert list(broken_links(journal.pk, known)) == []


def test_what_is_added_later_does_not_move_the_head_that_was_known(journal: Organization) -> None:
    known = head(journal.pk)
    for number in range(3):
        write(journal.pk, "payment.recorded", at=NOW, actor="user:1", amount=number)
        assert seal(journal.pk, most=2) == 1
    assert head(journal.pk)[0] == known[0] + 3
    assert list(broken_links(journal.pk, known)) == []


def test_an_empty_journal_has_a_head(journal: Organization) -> None:
    assert head(journal.pk + 1000) == (0, GENESIS)
    assert list(broken_links(journal.pk + 1000, (0, GENESIS))) == []
