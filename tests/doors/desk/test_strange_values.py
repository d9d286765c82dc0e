# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every route of the desk, with values nobody would type: it answers, and never with 500; and the ids of another
organization in a query or a form show nothing of it and change nothing in it."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client

import purring.doors
from purring.facts.customers.models import Customer
from purring.kit.numbers import whole
from purring.kit.tenancy import OrganizationOwned
from tests.doors.desk.cast import House, found_house
from tests.doors.desk.test_permissions import address, desk_routes, ids_of
from tests.support.seeds import count

DOORS = Path(purring.doors.__file__).parent
STRANGE = ("²", "-1", "9" * 40, "", "\0", "١٢")
THEIRS = 7_000_000
"""From here on the ids of everything that is made: the first of each kind has the same one."""
READ = re.compile(r"""(?:\.get(?:list)?|\.pop)\(\s*f?"([a-z_-]+)\"""")
FIELD = re.compile(r"^    ([a-z_]+) = (?:forms\.\w+|\w*Field)\(", re.MULTILINE)


def names() -> list[str]:
    """Every name by which a view or a form of the desk reads something that a browser sent."""
    found: set[str] = set()
    for path in sorted((DOORS / "desk").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found |= set(READ.findall(text)) | set(FIELD.findall(text))
    assert {"reminder", "customer", "newest", "before", "after", "amount", "role"} <= found
    return sorted(found)


def opened(client: Client, ids: dict[str, object], value: Callable[[], str]) -> Iterator[tuple[str, str, int, str]]:
    """Each route and method with a value under every name: what it answers. Nothing that it did stays."""
    named = names()
    for name, route in desk_routes():
        to = address(name, route, ids)
        for method in route.callback.methods:
            given = {one: value() for one in named}
            with transaction.atomic():
                response: Any = client.get(to, given) if method == "GET" else client.post(to, given)
                text = b"".join(response).decode(errors="replace")
                transaction.set_rollback(True)
            yield name, method, response.status_code, text


@pytest.mark.scales
def test_no_route_stumbles(house: House, rng: random.Random) -> None:
    """Each route with one of them under each name; further runs, and the longer ones, deal them out anew."""
    ids, client = ids_of(house), house.client()
    client.raise_request_exception = False
    for _ in range(count("strange_passes", normal=1, endurance=20)):
        met = opened(client, ids, lambda: rng.choice(STRANGE))
        assert not [(name, method) for name, method, status, _ in met if status == 500]


def from_now_on(first: int) -> None:
    """The next row of each table has this id."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if not (model._meta.auto_field and issubclass(model, OrganizationOwned)):
                continue
            table = model._meta.db_table
            if connection.vendor == "postgresql":
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", [f'"{table}"', first])
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first - 1])


def all_of(organization_id: int) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of one organization."""
    owned = [model for model in apps.get_models() if issubclass(model, OrganizationOwned)]
    return {
        model._meta.label: list(model._default_manager.of(organization_id).order_by("pk").values_list())
        for model in owned
    }


def test_ids_of_another_organization_in_queries_and_forms_are_worth_nothing(house: House) -> None:
    ids, client = ids_of(house), house.client()
    from_now_on(THEIRS)
    other = found_house("fremmed", "De fremmede")
    theirs = ids_of(other)
    assert list(theirs.values()).count(THEIRS) > 10
    Customer.objects.of(other.organization).update(name="Fremmed kunde")
    before = all_of(other.organization.pk)
    for name, method, status, text in opened(client, ids, lambda: str(THEIRS)):
        assert status != 500, (name, method)
        assert "fremmed" not in text.casefold(), (name, method)
    assert all_of(other.organization.pk) == before


def test_ids_are_read_in_one_place() -> None:
    """`"²".isdigit()` is true, and `int("²")` raises: numbers that a browser sends are read by `kit.numbers.whole`."""
    wrong = []
    for path in sorted(DOORS.rglob("*.py")):
        if {"cli", "intake", "demo"} & set(path.relative_to(DOORS).parts):
            continue  # not from a browser: arguments, cells of a file, made-up data
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.IfExp | ast.If | ast.comprehension | ast.BoolOp):
                continue
            calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
            digits = any(isinstance(one.func, ast.Attribute) and one.func.attr == "isdigit" for one in calls)
            if digits and any(isinstance(one.func, ast.Name) and one.func.id == "int" for one in calls):
                wrong.append(f"{path.relative_to(DOORS)}:{getattr(node, 'lineno', '?')}")
    assert not wrong


@pytest.mark.parametrize("said", [*STRANGE, "+1", " 1", "1.0", "1_000", None])
def test_no_number(said: str | None) -> None:
    assert whole(said) is None


def test_a_number() -> None:
    assert [whole(said) for said in ("0", "17", "007", 5)] == [0, 17, 7, 5]
    assert whole("9" * 18) == int("9" * 18)
