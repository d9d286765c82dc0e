# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finding: the entries of one organization that have all the words asked for, the best first.

First those whose name or number begins with the question, by name; then those that have every word somewhere, each as
a whole or as a beginning, the newest first. Both are walked along an index, so a page costs the same however many fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from purring.insight.search.sources import GROUPS
from purring.insight.search.watching import ENTRY, VECTOR, WORDS
from purring.insight.search.words import LONGEST, MOST_ASKED, asked_amounts, compact, scope, words
from purring.kit.numbers import whole

BEYOND = "\U0010ffff"
"""Greater than any letter: where a range of beginnings ends."""
SHORTEST = 2
"""Letters of a question that looks through texts; a single one would fit nearly everything."""
LOOKED_AT = 8
"""Times as many as shown are looked at, so that names stand before texts."""


@dataclass(frozen=True)
class Hit:
    """An entry found. `cursor`: where the next page begins behind it."""

    group: str
    kind: str
    object_id: int
    cursor: str


@dataclass(frozen=True)
class Asked:
    """A question, taken apart."""

    words: tuple[str, ...]
    amounts: tuple[str, ...]
    key: str

    @classmethod
    def of(cls, text: str) -> Asked:
        text = text[:200]
        return cls(tuple(dict.fromkeys(words(text)))[:MOST_ASKED], tuple(asked_amounts(text)), compact(text))

    def __bool__(self) -> bool:
        return len(self.key) >= SHORTEST


def best(organization_id: int, asked: Asked, most: int, groups: Sequence[str] = GROUPS) -> dict[str, list[Hit]]:
    """Up to `most` hits of each group, names before texts; one statement."""
    if not asked:
        return {}
    parts = []
    for group in groups:
        parts += [
            _beginning(organization_id, asked, group, "", 0, most),
            _having(organization_id, asked, group, 0, most * LOOKED_AT),
        ]
    found: dict[str, list[Hit]] = {}
    rows = sorted(_rows(parts), key=lambda row: (row[0], not _named(row[5], asked)))
    for _, group, kind, key, _, _ in rows:
        hits = found.setdefault(group, [])
        if len(hits) < most:
            hits.append(Hit(group, kind, key, ""))
    return {group: found[group] for group in groups if group in found}


def page(organization_id: int, asked: Asked, group: str, after: str, size: int) -> tuple[list[Hit], str]:
    """A page of one group's hits behind the cursor `after`, and the cursor of the next one."""
    if not asked:
        return [], ""
    phase, _, rest = after.replace("\0", "").partition("-")  # PostgreSQL refuses it in a text
    name, _, last = rest.rpartition("-")
    at = whole(last) or 0
    parts = []
    if phase != "b":
        parts.append(_beginning(organization_id, asked, group, name if phase == "a" else "", at, size + 1))
    parts.append(_having(organization_id, asked, group, at if phase == "b" else 0, size + 1))
    hits = [
        Hit(found, kind, key, f"a-{name}-{entry}" if number % 2 == 0 and phase != "b" else f"b--{entry}")
        for number, found, kind, key, entry, name in _rows(parts, keys=True)
    ]
    return hits[:size], hits[size - 1].cursor if len(hits) > size else ""


def fitting(organization_id: int, asked: Asked, group: str) -> RawSQL:
    """The ids of all rows of a group that fit, for a filter: `pk__in=fitting(…)`."""
    key = 'e.key COLLATE "C"' if connection.vendor == "postgresql" else "e.key"
    if connection.vendor == "postgresql":
        having = f"{ENTRY} e WHERE ({VECTOR}) @@ %s::tsquery"
        fits = _tsquery(organization_id, asked, group)
    else:
        having = f"{WORDS} CROSS JOIN {ENTRY} e ON e.id = {WORDS}.rowid WHERE {WORDS} MATCH %s"
        fits = _match(organization_id, asked, group)
    own = f"e.organization_id = %s AND e.{GROUP} = %s"
    sql = (
        f"SELECT e.object_id FROM {having} AND {own}"
        f" UNION SELECT e.object_id FROM {ENTRY} e WHERE {own} AND {key} >= %s AND {key} < %s"
    )
    whose = [organization_id, group]
    return RawSQL(sql, [fits, *whose, *whose, asked.key, asked.key + BEYOND])


def _named(title: str, asked: Asked) -> bool:
    """Whether the name alone has every word."""
    have = title.split(" ")[1:]
    return all(any(word.startswith(wanted) for word in have) for wanted in asked.words)


def _rows(parts: Sequence[tuple[str, list[Any]]], *, keys: bool = False) -> list[tuple[Any, ...]]:
    """Number of the part, group, kind, object's id, then title, or entry's id and key; in order of the parts."""
    wanted = "e.id, e.key" if keys else "e.id, e.title"
    sql = " UNION ALL ".join(
        f"SELECT * FROM ({one.format(columns=f'{number} AS part, e.{GROUP}, e.kind, e.object_id, {wanted}')}) part{number}"
        for number, (one, _) in enumerate(parts)
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [param for _, params in parts for param in params])
        return sorted(cursor.fetchall(), key=lambda row: row[0])


GROUP = '"group"'


def _beginning(organization_id: int, asked: Asked, group: str, name: str, at: int, most: int) -> tuple[str, list[Any]]:
    """Entries whose name begins with the question, by name, behind (name, at)."""
    key = 'e.key COLLATE "C"' if connection.vendor == "postgresql" else "e.key"
    behind = f" AND ({key} > %s OR ({key} = %s AND e.id > %s))" if name else ""
    return (
        f"SELECT {{columns}} FROM {ENTRY} e WHERE e.organization_id = %s AND e.{GROUP} = %s AND {key} >= %s AND {key} < %s{behind}"
        f" ORDER BY {key}, e.id LIMIT {int(most)}",
        [organization_id, group, asked.key, asked.key + BEYOND, *((name, name, at) if name else ())],
    )


def _having(organization_id: int, asked: Asked, group: str, before: int, most: int) -> tuple[str, list[Any]]:
    """Entries with all the words, but not those that `_beginning` finds, the newest first, older than `before`."""
    full = connection.vendor == "postgresql"
    fits = _tsquery(organization_id, asked, group) if full else _match(organization_id, asked, group)
    key = 'e.key COLLATE "C"' if full else "e.key"
    row = "e.id" if full else f"{WORDS}.rowid"
    older = f" AND {row} < %s" if before else ""
    source = (
        f"{ENTRY} e WHERE ({VECTOR}) @@ %s::tsquery"
        if full
        else f"{WORDS} CROSS JOIN {ENTRY} e ON e.id = {WORDS}.rowid WHERE {WORDS} MATCH %s"
    )
    return (
        f"SELECT {{columns}} FROM {source} AND e.organization_id = %s AND e.{GROUP} = %s"
        f" AND NOT ({key} >= %s AND {key} < %s){older} ORDER BY {row} DESC LIMIT {int(most)}",
        [fits, organization_id, group, asked.key, asked.key + BEYOND, *((before,) if before else ())],
    )


def _match(organization_id: int, asked: Asked, group: str) -> str:
    """For FTS5; words are letters and digits only."""
    every = " AND ".join(f'"{word[:LONGEST]}" *' for word in asked.words)
    either = " OR ".join([f"({every})", *(f'"{amount}"' for amount in asked.amounts)])
    return f'title : "{scope(organization_id, group)}" AND ({either})'


def _tsquery(organization_id: int, asked: Asked, group: str) -> str:
    every = " & ".join(f"'{word[:LONGEST]}':*" for word in asked.words)
    either = " | ".join([f"({every})", *(f"'{amount}'" for amount in asked.amounts)])
    return f"'{scope(organization_id, group)}' & ({either})"
