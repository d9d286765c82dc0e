# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who did what and when, in words a person reads; and whether nobody changed it since."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

import purring
from purring.doors.desk import log
from purring.doors.desk.invitations import remove
from purring.doors.desk.log_sayings import LOG_NAMES, SAID, group_of
from purring.facts.agreements.actions import hold
from purring.facts.charges.models import Choice
from purring.facts.checkout.models import AttemptState
from purring.facts.journal import checking
from purring.facts.journal.actions import seal, write
from purring.facts.journal.guard import guard, unguard
from purring.facts.journal.models import LEFT, ChainCheck, Entry
from purring.facts.organizations.actions import add_member
from purring.facts.organizations.models import Membership
from purring.followup.models import State
from tests.doors.desk.cast import House, found_house

KIND = re.compile(r"[a-z_]+\.[a-z_]+")
FAMILIES: dict[str, list[str]] = {
    "reminder.{}": [state for state in State.values if state != "bounced"],  # of that the message's own entry tells
    "attempt.{}": list(AttemptState.values),
    "charges.{}": [*Choice.values, "usual", "paid", "freed"],
    "details.{}": ["accepted", "declined"],
}
"""Kinds whose second half is worked out, and every way it comes out."""
NO_KINDS = ("purring.", "who.", "contact.{", "contact.name", "contact.email", "contact.phone", "buyer.", "seller.")
FILES = (".json", ".py", ".pdf", ".txt", ".html", ".toml", ".csv", ".eml")
"""Other words with a dot in modules that write to the journal: names of logs, of labels, of fields."""


def kinds_written() -> Iterator[tuple[str, str]]:
    """Every kind that any act writes, with its module: the dotted words of all modules that reach for the journal."""
    root = Path(purring.__file__).parent
    for folder in ("facts", "followup", "insight", "doors"):
        for path in sorted((root / folder).rglob("*.py")):
            source = path.read_text()
            if (
                not re.search(r"facts\.journal|telling import tell|COLUMNS as JOURNAL", source)
                or "migrations" in path.parts
            ):
                continue
            if path.parent.name == "desk" and path.name in ("timeline.py", "log.py", "log_sayings.py"):
                continue
            for kind in _dotted(ast.parse(source)):
                if not kind.startswith(NO_KINDS) and not kind.endswith(FILES):
                    yield kind, path.relative_to(root).as_posix()


def _dotted(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KIND.fullmatch(node.value):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            family = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            if family in FAMILIES:
                yield from (family.format(one) for one in FAMILIES[family])
            elif re.fullmatch(r"[a-z_]+\.\{\}", family) and not family.startswith(NO_KINDS):
                yield family


def test_every_kind_that_is_written_has_a_sentence_and_a_group() -> None:
    found = dict(kinds_written())
    assert len(found) > 100
    assert {"member.factor_reset", "import.taken_back", "wording.kept", "reminder.sent", "attempt.failed"} <= set(found)
    assert not {kind: where for kind, where in found.items() if kind not in SAID}
    assert not {kind for kind in found if group_of(kind) not in LOG_NAMES or not group_of(kind)}


def show(client: Client, **asked: str) -> str:
    page = client.get(reverse("desk:audit"), asked)
    assert page.status_code == 200
    return page.content.decode()


def said(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r'<div class="said"><p>(.*?)</p>', html)]


def test_what_happened_with_who_and_where(house: House, client: Client) -> None:
    customer = house.customer()
    invoice = house.invoice(customer)
    owner = house.user("owner")
    hold(customer, on=house.today, invoice=invoice, reason="We spoke", now=house.told["now"], actor=f"user:{owner.pk}")
    page = show(client)
    assert f"Invoice {invoice.number} put on hold until released" in page
    assert "We spoke" in page
    assert reverse("desk:customer", args=[customer.pk]) in page
    assert reverse("desk:invoice", args=[invoice.pk]) in page
    assert "Owner joined as Owner" in page
    mine = said(show(client, who=f"user:{owner.pk}"))
    assert len(mine) == 1
    assert "put on hold" in mine[0]
    assert said(show(client, what="people")) == ["Owner joined as Owner"]
    assert all(customer.name in one for one in said(show(client, whom="kaffe")))
    assert "Nothing more." in show(client, whom="Nobody of this name")
    assert "Nothing more." in show(client, until=(house.today - timedelta(9)).isoformat())
    assert len(said(show(client, since=house.today.isoformat()))) == len(said(page))


def test_who_did_it_is_not_told_to_everybody(house: House) -> None:
    assert house.client("accountant").get(reverse("desk:audit")).status_code == 200
    assert house.client("collector").get(reverse("desk:audit")).status_code == 403


def test_who_has_left_can_still_be_picked(house: House, client: Client) -> None:
    """By name, and found by an index of leavings alone, however long the journal is. Nobody of another business is offered."""
    gone, back = house.user("collector"), house.user("accountant")
    hold(house.customer(), on=house.today, reason="Before I went", now=house.told["now"], actor=f"user:{gone.pk}")
    for user in (gone, back):
        remove(Membership.objects.of(house.organization).get(user=user), **house.told)
    add_member(house.organization, back, "accountant", **house.told)
    other = found_house("nabo", "Naboen")
    other.user("owner")
    remove(Membership.objects.of(other.organization).get(user=other.user("read_only")), **other.told)
    page = show(client, who=f"user:{gone.pk}")
    offered = re.findall(r'<option value="user:(\d+)"[^>]*>([^<]*)', page)
    assert sorted(offered, key=lambda one: one[1]) == [
        (str(back.pk), "Accountant"), (str(gone.pk), "Collector (has left)"), (str(house.user("owner").pk), "Owner")
    ]  # fmt: skip
    assert ["Put on hold" in one for one in said(page)] == [True]
    leavings = Entry.objects.of(house.organization).filter(kind__among=(LEFT,))
    assert connection.vendor != "sqlite" or "journal_of_leaving" in leavings.values_list("data").explain()


def test_another_organizations_entries_are_not_there(house: House, client: Client) -> None:
    other = found_house("nabo", "Naboen")
    other.customer("Their customer")
    assert "Their customer" not in show(client, whom="Their")
    assert "Their customer" not in show(client)
    rows = list(csv.reader(io.StringIO(b"".join(client.get(reverse("desk:audit-csv")).streaming_content).decode())))  # type: ignore[attr-defined]
    assert len(rows) == 1 + Entry.objects.of(house.organization).count()


def test_pages_go_on_where_the_last_one_ended(house: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a stretch is over before the page is full: what is rare is found however far back it lies."""
    monkeypatch.setattr("purring.doors.desk.log.PAGE", 3)
    monkeypatch.setattr("purring.doors.desk.log.STRETCH", 4)
    now = house.told["now"]
    for number in range(11):  # several of one instant, as an import writes them
        at = now + timedelta(seconds=number // 3)
        kind = "member.invited" if number % 5 == 0 else "days.closed"
        write(house.organization.pk, kind, at=at, actor="cli", text=f"n{number}")
    for what, wanted in (("people", [10, 5, 0]), ("settings", [9, 8, 7, 6, 4, 3, 2, 1])):
        seen, to = [], f"{reverse('desk:audit')}?what={what}"
        for _ in range(20):
            html = client.get(to).content.decode()
            seen += [int(one) for one in re.findall(r"<blockquote>n(\d+)", html)]
            link = re.search(r'href="([^"]*after=[^"]*)"', html)
            if not link:
                break
            to = link[1].replace("&amp;", "&")
        assert seen == wanted


def test_the_file_holds_what_the_page_shows(house: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("purring.doors.desk.log.AT_ONCE", 2)
    house.customer("=cmd()")
    answer = client.get(reverse("desk:audit-csv"), {"what": "customers"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert rows[0][:4] == ["Number", "When", "Who", "What happened"]
    assert [row[7] for row in rows[1:]] == ["customer.added"]
    assert rows[1][2] == "command line"
    assert rows[1][5] == "'=cmd()"


def test_keys_that_cannot_be_read_begin_at_the_front(house: House, client: Client) -> None:
    for after in ("x", "2026-01-01\t²", "2026-01-01T00:00:00\t3", "\0\t1", "9" * 40):
        assert said(show(client, after=after)) == said(show(client))


# --- the chain --------------------------------------------------------------------------------------------------


def check(client: Client) -> str:
    answer = client.post(reverse("desk:audit-check"))
    assert answer.status_code == 303
    return show(client)


def test_the_chain_is_checked_when_asked(house: House, client: Client) -> None:
    house.customer()
    seal(house.organization.pk)
    sealed = Entry.objects.of(house.organization).exclude(seq=None).count()
    assert "has not been checked" in show(client)
    page = check(client)
    assert f"Whole: {sealed} entries." in page
    assert ChainCheck.objects.of(house.organization).get().sealed in page
    entry = Entry.objects.of(house.organization).order_by("-id")[0]
    assert entry.kind == "journal.checked"
    assert entry.actor == f"user:{house.user('owner').pk}"
    assert "The journal was checked: whole" in page


def test_a_check_goes_on_in_pieces_from_where_it_stood(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PIECE", 2)
    for name in ("A", "B", "C"):
        house.customer(name)
    seal(house.organization.pk)
    found = checking.ask(house.organization.pk, now=house.told["now"], actor="cli")
    assert checking.ask(house.organization.pk, now=house.told["now"], actor="cli").pk == found.pk
    first = checking.work(found, house.told["now"], 0)
    assert (first.done, first.ended_at) == (2, None)
    assert checking.work(first, house.told["now"], 0).done == 4
    assert checking.work(found, house.told["now"], 0).done == 4  # another worker, with what it read at first
    checking.work_all(house.told["now"], 10)
    ended = ChainCheck.objects.of(house.organization).get()
    assert ended.ended_at
    assert ended.done == ended.upto
    assert ended.wrong == []
    assert Entry.objects.of(house.organization).filter(kind="journal.checked").count() == 1


def test_what_was_changed_in_the_database_is_named(house: House, client: Client) -> None:
    for name in ("A", "B", "C"):
        house.customer(name)
    seal(house.organization.pk)
    check(client)
    rows = Entry.objects.of(house.organization)
    last = rows.exclude(seq=None).order_by("-seq")[0]
    unguard(connection)
    try:
        rows.filter(seq=2).update(actor="somebody else")
        assert "Entry 2 was changed after it was sealed." in check(client)
        rows.filter(seq=2).delete()
        assert "Entry 2 is missing." in check(client)
        rows.filter(seq__gte=(last.seq or 0) - 1).delete()
        assert "at the last check it was longer" in check(client)
    finally:
        guard(connection)
    assert log.Filter().parts == {}
