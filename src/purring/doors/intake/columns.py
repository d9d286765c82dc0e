# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which column holds what: from an explicit mapping, else from its name, else (carefully) from its contents.

Says how sure it is of each column, what kind of list the file is, and what is missing. Reads no values; see
`values`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from purring.core.errors import Refused
from purring.doors.intake.cells import Cell, RawRow
from purring.doors.intake.fold import fold
from purring.doors.intake.guessing import guess_fields, looks_like_data
from purring.doors.intake.headers import (
    LINE_TOTALS,
    REQUIRED,
    dictionary,
    every_field,
    fields_of,
    known_headers,
)
from purring.doors.intake.limits import Limits
from purring.doors.intake.locale import LocaleFacts, Order
from purring.doors.intake.names import currencies_meant
from purring.doors.intake.rows import Kind
from purring.doors.intake.source import unreadable

Sureness = Literal["given", "certain", "likely", "guess", "ignored"]
"""Told by the mapping · canonical name · known name · from the contents · not used."""

_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_LAST_WORD = re.compile(r"^(.*?)(?:\s+(?:in|i|en|em))?[\s_,-]+(\S{1,4})$")
_DAY_FIRST = re.compile(r"^[djt]{1,2}\W?m", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"^m{1,2}\W?[djt]", re.IGNORECASE)
_GENERIC_DATES = frozenset(fold(word) for word in ("date", "datum", "fecha", "dato", "data"))
_LIST_KINDS: tuple[Kind, ...] = ("invoices", "payments", "customers")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header as written and the canonical field it became ("" if it is not used).

    `money` is a currency that the header names ("Amount (EUR)"), `order` an order of dates ("Due
    (dd/mm/yyyy)").
    """

    index: int
    header: str
    field: str
    sure: Sureness
    money: str = ""
    order: Order | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one file. `missing` are required fields that no column has; `unclear` says why, where
    known.

    `unknown_in_mapping` are headers of the mapping that this file does not have (another file of the run
    may). `header_line` is 0 when the file has no header or is JSON.
    """

    kind: Kind
    columns: tuple[Column, ...]
    header_line: int
    missing: tuple[str, ...]
    unclear: tuple[str, ...] = ()
    unknown_in_mapping: tuple[str, ...] = ()

    def by_field(self) -> dict[str, Column]:
        """The used columns by canonical field."""
        return {column.field: column for column in self.columns if column.field}


def read_mapping(data: bytes) -> dict[str, str]:
    """A mapping file: one JSON object from column header to canonical field, or to "" for a column to
    ignore.
    """
    try:
        parsed = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict) or not all(isinstance(value, str) for value in parsed.values()):
        raise Refused("bad_mapping", 'the mapping must be one JSON object such as {"Fakt.nr": "number", "Notat": ""}')
    for header, name in parsed.items():
        if name and name not in every_field():
            known = ", ".join(sorted(every_field()))
            raise Refused(
                "bad_mapping", f"{header!r} is mapped to {name!r}, which is no field; the fields are: {known}"
            )
    return parsed


def score_header(row: Sequence[object]) -> int:
    """How many cells of a row are known column names."""
    return sum(1 for cell in row if isinstance(cell, str) and _parts(cell)[0] in known_headers())


def find_columns(
    sample: Sequence[RawRow], mapping: Mapping[str, str], locale: LocaleFacts, limits: Limits
) -> tuple[Columns, int]:
    """The columns of a file from its first rows, and how many of these rows stand before the data.

    Refuses (`unreadable`) a file in which nothing is recognised, and (`bad_mapping`) a mapping that is wrong.
    """
    if not sample:
        raise unreadable("the file has no rows; export it again")
    wanted = {fold(header) for header in mapping}
    scores = [
        max(score_header(cells), 2 * sum(isinstance(cell, str) and fold(cell) in wanted for cell in cells))
        for _, cells in sample[: limits.header_search_rows]
    ]
    best = max(range(len(scores)), key=lambda index: (scores[index], -index))
    alone = scores[best] == 1 and len(sample[best][1]) == 1
    if scores[best] < 2 and not alone:
        best = 0
        if looks_like_data(sample[0][1], limits):
            headers = [f"column {index + 1}" for index in range(max(len(cells) for _, cells in sample))]
            return _columns(headers, 0, sample, mapping, locale, limits), 0
    line, cells = sample[best]
    headers = [cell.strip() if isinstance(cell, str) else "" for cell in cells]
    return _columns(headers, line, sample[best + 1 :], mapping, locale, limits), best + 1


def _columns(
    headers: list[str],
    line: int,
    data: Sequence[RawRow],
    mapping: Mapping[str, str],
    locale: LocaleFacts,
    limits: Limits,
) -> Columns:
    given, unknown = _given(headers, mapping)
    named = [name for name in given.values() if name]
    kinds = [kind for kind in _LIST_KINDS if set(named) <= set(fields_of(kind))]
    if not kinds:
        raise Refused("bad_mapping", f"no kind of list has all of these fields: {', '.join(sorted(named))}")
    choices = {kind: _assign(headers, kind, given) for kind in kinds}
    kind = _kind(headers, choices)
    fields, unclear = choices[kind]
    sure: dict[int, Sureness] = {
        index: "given" if index in given else "certain" if fold(headers[index]) == fold(name) else "likely"
        for index, name in fields.items()
    }
    free = [
        index
        for index, header in enumerate(headers)
        if index not in fields and index not in given and not (header and _parts(header)[0] in known_headers())
    ]
    guessed = guess_fields(free, fields, [cells for _, cells in data], kind, locale, limits)
    if not fields and not {"due", "date", "amount", "email"} & set(guessed.values()):
        raise unreadable("no column name is known here; name the columns number, customer, due, amount, or map them")
    fields |= guessed
    sure |= dict.fromkeys(guessed, "guess")
    if kind == "invoices" and "amount" not in fields.values() and "balance" in fields.values():
        fields = {index: "amount" if name == "balance" else name for index, name in fields.items()}
    missing = tuple(name for name in REQUIRED[kind] if name not in fields.values())
    if "amount" in missing and any(fold(header) in LINE_TOTALS for header in headers):
        unclear += ("the file has a row for each line of an invoice and no invoice total; export the list of invoices",)
    columns = tuple(
        Column(index, header, fields.get(index, ""), sure.get(index, "ignored"), *_parts(header)[1:])
        for index, header in enumerate(headers)
    )
    return Columns(kind, columns, line, missing, unclear, unknown)


def _given(headers: Sequence[str], mapping: Mapping[str, str]) -> tuple[dict[int, str], tuple[str, ...]]:
    """The explicit part: column index -> field ("" to ignore), and mapped headers that the file lacks."""
    given: dict[int, str] = {}
    unknown: list[str] = []
    for header, name in mapping.items():
        if name and name not in every_field():
            raise Refused("bad_mapping", f"{header!r} is mapped to {name!r}, which is no field")
        exact = [index for index, own in enumerate(headers) if own == header.strip()]
        places = exact or [index for index, own in enumerate(headers) if fold(own) == fold(header) and own]
        if len(places) > 1 and name:
            raise Refused("bad_mapping", f"two columns are called {header!r}; give them different names")
        if name and name in given.values() and places:
            raise Refused("bad_mapping", f"two columns are mapped to {name!r}; choose one")
        given.update(dict.fromkeys(places, name))
        if not places:
            unknown.append(header)
    if mapping and not given:
        raise Refused("bad_mapping", f"the file has none of the mapped columns: {', '.join(mapping)}")
    return given, tuple(unknown)


def _assign(headers: Sequence[str], kind: Kind, given: Mapping[int, str]) -> tuple[dict[int, str], tuple[str, ...]]:
    """Column index -> field by name; the better name wins, two equally good ones are left out and reported."""
    fields = {index: name for index, name in given.items() if name}
    words = dictionary(kind)
    offers = sorted(
        (rank > 0, rank, index, name)
        for index, header in enumerate(headers)
        if index not in given
        for name, rank in words.get(_parts(header)[0], ())
    )
    taken = set(fields.values())
    unclear: list[str] = []
    for _, rank, index, name in offers:
        if index in fields or name in taken:
            continue
        rivals = [other for _, same, other, field in offers if field == name and same == rank and other not in fields]
        taken.add(name)
        if len(rivals) > 1:
            unclear.append(f"{len(rivals)} columns are called {headers[index]!r}; map the right one to {name}")
            continue
        fields[index] = name
    return fields, tuple(unclear)


def _kind(headers: Sequence[str], choices: Mapping[Kind, tuple[dict[int, str], tuple[str, ...]]]) -> Kind:
    names = {kind: set(fields.values()) for kind, (fields, _) in choices.items()}
    invoice, payment = names.get("invoices", set()), names.get("payments", set())
    if len(choices) == 1:
        return next(iter(choices))
    if "due" in invoice and {"number", "amount", "balance"} & invoice:
        return "invoices"
    if (
        {"date", "amount"} <= payment
        and "due" not in invoice
        and _speaks_of_payments(headers, choices["payments"][0], invoice)
    ):
        return "payments"
    if ("number" in invoice and {"amount", "issued", "due", "balance"} & invoice) or "customers" not in names:
        return "invoices" if "invoices" in names else "payments"
    customer = names["customers"] & {"customer", "customer_ref", "email", "phone", "address", "given_name"}
    amounts = {"amount", "balance"} & invoice
    return "customers" if customer and not ("due" in invoice or "amount" in amounts) else "invoices"


def _speaks_of_payments(headers: Sequence[str], fields: Mapping[int, str], invoice: set[str]) -> bool:
    by_field = {name: _parts(headers[index])[0] for index, name in fields.items()}
    if {"method", "payer"} & set(by_field):
        return True
    tells_where = {"invoice", "reference", "customer", "customer_ref"} & set(by_field)
    if by_field["date"] not in _GENERIC_DATES:
        return bool(tells_where) and "issued" not in invoice
    return by_field.get("invoice") == "invoice" or (by_field.get("reference") is not None and "number" not in invoice)


def _parts(header: Cell) -> tuple[str, str, Order | None]:
    """A header as a folded known name if it can be made one, the currency and the order of dates it mentions."""
    text = header if isinstance(header, str) else ""
    key = fold(text)
    if key in known_headers():
        return key, "", None
    money = ""
    order: Order | None = None
    for inside in _BRACKETS.findall(text):
        money = money or _money(inside)
        order = order or ("dmy" if _DAY_FIRST.match(inside) else "mdy" if _MONTH_FIRST.match(inside) else None)
    bare = _BRACKETS.sub(" ", text).strip(" *:#")
    last = _LAST_WORD.match(bare)
    if fold(bare) not in known_headers() and last and _money(last[2]):
        bare, money = last[1], money or _money(last[2])
    return (fold(bare), money, order) if fold(bare) in known_headers() else (key, money, order)


def _money(text: str) -> str:
    return text.strip() if currencies_meant(text) else ""
