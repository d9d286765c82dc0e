# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists page by keyset: the next page begins after the last row shown, however long the list and whatever was added."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from purring.kit.numbers import whole

M = TypeVar("M", bound=Model)
SEPARATOR = "\t"


def page_of(
    rows: QuerySet[M], order: tuple[str, str], after: str, size: int, read: Callable[[str], Any] = str
) -> tuple[list[M], str]:
    """A page of rows by two rising fields (the second unique), after the key `after`; and the key of the next one.

    `read` makes the first field's value from its text; a key that cannot be read begins at the front.
    """
    first, second = order
    rows = rows.order_by(*order)
    value, _, key = after.rpartition(SEPARATOR)
    number = whole(key)
    if number is not None:
        try:
            at = read(value)
        except ValueError:
            at = None
        if at is not None:
            rows = rows.filter(Q(**{f"{first}__gt": at}) | Q(**{first: at, f"{second}__gt": number}))
    found = list(rows[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    return found[:size], f"{getattr(last, first)}{SEPARATOR}{getattr(last, second)}"


@dataclass(frozen=True)
class Order:
    """By one field and then by id, rising or both falling: so that one index is walked either way."""

    field: str
    read: Callable[[str], Any]
    falling: bool = False


def ordered(rows: QuerySet[M], order: Order) -> QuerySet[M]:
    sign = "-" if order.falling else ""
    return rows.order_by(f"{sign}{order.field}", *([f"{sign}id"] if order.field != "id" else []))


def page_in(rows: QuerySet[M], order: Order, after: str, size: int) -> tuple[list[M], str]:
    """A page of rows in this order, after the key `after`, and the key of the next one."""
    value, _, key = after.replace("\0", "").rpartition(SEPARATOR)
    number = whole(key)
    if number is not None:
        try:
            at = order.read(value)
        except ValueError:
            at = None
        if at is not None:
            beyond = "lt" if order.falling else "gt"
            same = Q(**{order.field: at, f"id__{beyond}": number})
            rows = rows.filter(Q(**{f"{order.field}__{beyond}": at}) | same)
            # Said once more by itself: the database begins here in the index, which it would not for an "or".
            rows = rows.filter(**{f"{order.field}__{beyond}e": at})
    found = list(ordered(rows, order)[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    return found[:size], f"{getattr(last, order.field)}{SEPARATOR}{last.pk}"


def newest_first(rows: QuerySet[M], after: str, size: int) -> tuple[list[M], str]:
    """A page of rows by falling id, older than the id `after`; and the key of the next one."""
    number = whole(after)
    if number is not None:
        rows = rows.filter(pk__lt=number)
    found = list(rows.order_by("-pk")[: size + 1])
    return found[:size], str(found[size - 1].pk) if len(found) > size else ""


def more_link(path: str, query: QueryDict, key: str) -> str:
    """The address of the next page, or nothing."""
    if not key:
        return ""
    kept = [(name, str(value)) for name, value in query.items() if name != "after" and value]
    return f"{path}?{urlencode([*kept, ('after', key)])}"
