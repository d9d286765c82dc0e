# SPDX-License-Identifier: AGPL-3.0-or-later
"""Looking at an upload before anything is kept: what each column is taken for, how its rows are understood, what they
add up to, and which of them need a person's hand. And what the person says to it: other columns, single values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.choices import country_name, language_name
from purring.doors.desk.desk import Desk
from purring.doors.desk.fields import locale_facts, sentence
from purring.doors.desk.uploads import Upload
from purring.doors.intake.cells import Cell, Unusable, plain_decimal
from purring.doors.intake.columns import Column
from purring.doors.intake.headers import fields_of
from purring.doors.intake.reading import Reading, read
from purring.doors.intake.rows import InvoiceRow, Kind, PaymentRow, Refusal, Row
from purring.doors.intake.storing import FileResult, store
from purring.facts.beginning.importing import GivenFile
from purring.kit.numbers import whole
from purring.language import formats

TRIED_ROWS = 5000
"""Up to so many rows the preview tries the whole file as it would be stored; a larger one is only read."""
READ_ROWS = 20_000
"""Up to so many rows it is read to the end for its sums; of a larger one only the first rows are."""
SHOWN_ROWS = 8
SHOWN_REFUSALS = 50
SAMPLES = 3
SHOWN_CHARS = 60

FIELDS: dict[str, Lazy | str] = {
    "number": _("Invoice number"), "customer": _("Customer"), "customer_ref": _("Customer number"),
    "email": _("E-mail"), "phone": _("Phone"), "language": _("Language"), "country": _("Country"),
    "kind": _("Kind of customer"), "issued": _("Invoice date"), "due": _("Due date"), "amount": _("Amount"),
    "currency": _("Currency"), "paid": _("Already paid"), "balance": _("Still open"),
    "po_number": _("Purchase order"), "description": _("What for"), "status": _("Status"),
    "contact": _("Contact person"), "title": _("Title"), "gender": _("Gender"), "given_name": _("First name"),
    "family_name": _("Family name"), "address": _("Address"), "address2": _("Address, line 2"),
    "postcode": _("Postcode"), "city": _("City"), "document": _("Kind of document"), "date": _("Date"),
    "reference": _("Payment reference"), "invoice": _("Invoice"), "payer": _("Payer"), "method": _("How paid"),
}  # fmt: skip
KINDS: dict[str, Lazy | str] = {
    "invoices": _("Invoices"),
    "customers": _("Customers"),
    "payments": _("Payments"),
    "attachment": _("Document"),
}


@dataclass(frozen=True)
class Mapped:
    """One column: what it is taken for, the first values as they stand, and the first as it is understood."""

    column: Column
    choices: list[tuple[str, Lazy | str]]
    samples: str
    understood: str


@dataclass(frozen=True)
class Understood:
    """One row as it will be kept."""

    line: int
    title: str
    note: str
    on: date | None
    amount: int
    currency: str


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong with a row. `cell` names its input, empty where the file has no such cell to write."""

    label: str
    reason: str
    cell: str
    value: str
    fresh: bool
    """The value is the person's own, from before."""


@dataclass(frozen=True)
class Mend:
    """A row that is not taken as it is."""

    line: int
    about: str
    wrong: list[Wrong]


@dataclass
class Looked:
    """One file of an upload as its preview shows it."""

    number: int
    name: str
    problem: str = ""
    kind: str = ""
    missing: Sequence[str] = ()
    columns: list[Mapped] = field(default_factory=list)
    rows: list[Understood] = field(default_factory=list)
    sums: list[tuple[str, int]] = field(default_factory=list)
    """What is open of the rows that are taken: currency, minor units."""
    read_to_the_end: bool = True
    result: FileResult | None = None
    refused: Sequence[Refusal] = ()
    mends: list[Mend] = field(default_factory=list)
    corrected: int = 0
    total: int = 0

    @property
    def is_document(self) -> bool:
        return self.kind == "attachment"

    @property
    def is_ready(self) -> bool:
        return not self.problem and not self.missing

    @property
    def kind_label(self) -> str:
        return str(KINDS.get(self.kind, ""))

    @property
    def missing_labels(self) -> list[str]:
        return [str(FIELDS.get(name, name)) for name in self.missing]

    @property
    def refused_rows(self) -> int:
        return len({one.line for one in self.refused})

    @property
    def good(self) -> int:
        """Rows that will be taken, as far as was tried."""
        return self.total - self.refused_rows

    @property
    def used(self) -> list[Mapped]:
        return [one for one in self.columns if one.column.field]

    @property
    def unused(self) -> list[Mapped]:
        return [one for one in self.columns if not one.column.field]


def look_at(desk: Desk, upload: Upload) -> list[Looked]:
    """Every file of the upload, in order."""
    return [_look(desk, upload, number, path, name) for number, (path, name) in enumerate(upload.files)]


def read_upload(desk: Desk, upload: Upload, path: Path, name: str) -> Reading:
    """One of its files, with the columns and values a person chose."""
    return read(
        path,
        locale=locale_facts(desk.organization),
        name=name,
        mapping=upload.mappings.get(name) or None,
        corrections=upload.corrections.get(name) or None,
    )


def given_files(desk: Desk, upload: Upload) -> list[GivenFile]:
    """The upload as an import takes it; a file nobody looked at is counted now."""
    found, counted, mappings, corrections = [], upload.counted, upload.mappings, upload.corrections
    for path, name in upload.files:
        content = path.read_bytes()
        document = b"%PDF-" in content[:1024] and _is_document(desk, upload, path, name)
        rows = counted.get(name)
        if rows is None and not document:
            try:
                rows = read_upload(desk, upload, path, name).total
            except Refused:  # told when its turn comes
                rows = 0
        found.append(
            GivenFile(name, content, rows or 0, document, mappings.get(name) or {}, corrections.get(name) or {})
        )
    return found


def _is_document(desk: Desk, upload: Upload, path: Path, name: str) -> bool:
    """A PDF without an invoice to be read inside."""
    try:
        return read_upload(desk, upload, path, name).kind == "attachment"
    except Refused:
        return False


def where(refused: Refused) -> str:
    """The refusal of a file, with the line if it names one."""
    line = refused.params.get("line")
    text = sentence(refused.message)
    return gettext("Line %(line)s: %(text)s") % {"line": line, "text": text} if line else text


def _look(desk: Desk, upload: Upload, number: int, path: Path, name: str) -> Looked:
    looked = Looked(number, name)
    try:
        reading = read_upload(desk, upload, path, name)
    except Refused as refused:
        looked.problem = where(refused)
        return looked
    looked.kind, looked.total = reading.kind, reading.total
    if looked.is_document:
        return looked
    looked.missing = reading.columns.missing if reading.columns else ()
    corrections = upload.corrections.get(name, {})
    looked.corrected = sum(len(cells) for cells in corrections.values())
    taken: list[Row] = []
    if not looked.missing:
        try:
            taken = _try(desk, reading, looked)
        except Refused as refused:
            looked.problem = where(refused)
            return looked
    if reading.columns:
        looked.columns = _columns(desk, reading, taken)
        looked.mends = _mends(reading, looked, corrections)
    return looked


def _try(desk: Desk, reading: Reading, looked: Looked) -> list[Row]:
    """What the rows would become, and those that would be kept, the first ones first."""
    if reading.total <= TRIED_ROWS:
        looked.result = store(desk.organization, reading, now=desk.now, actor=desk.actor, dry_run=True)
        looked.refused = looked.result.refused
    refused = {one.line for one in looked.refused}
    looked.read_to_the_end = reading.total <= READ_ROWS
    sums: Counter[str] = Counter()
    taken: list[Row] = []
    wrong: list[Refusal] = []
    for row in reading.rows():
        if isinstance(row, Refusal):
            wrong.append(row)
        elif row.line not in refused:
            if len(taken) < SHOWN_ROWS:
                taken.append(row)
            if not isinstance(row, InvoiceRow | PaymentRow):
                continue
            sums[row.currency] += row.amount_minor - (getattr(row, "paid_minor", 0) or 0)
        if not looked.read_to_the_end and len(taken) >= SHOWN_ROWS:
            break
    looked.refused = looked.refused or wrong
    looked.rows = [_understood(desk, row) for row in taken]
    looked.sums = sorted(sums.items()) if looked.read_to_the_end else []
    return taken


def _understood(desk: Desk, row: Row) -> Understood:
    if isinstance(row, InvoiceRow):
        note = " · ".join(filter(None, (row.number, row.email)))
        return Understood(row.line, row.customer, note, row.due, row.amount_minor, row.currency)
    if isinstance(row, PaymentRow):
        who = row.invoice or row.reference or row.customer or row.payer
        return Understood(row.line, who, row.description, row.date, row.amount_minor, row.currency)
    place = " ".join(filter(None, (row.postcode, row.city)))
    return Understood(row.line, row.customer, " · ".join(filter(None, (row.email, place))), None, 0, "")


# --- columns ------------------------------------------------------------------------------------------------------


def offered_fields(kind: Kind) -> list[str]:
    """What a column may be taken for: the fields of this kind of list first, then those of the others, because a
    wrong guess of the kind is mended by naming one of its columns."""
    return list(dict.fromkeys([*fields_of(kind), *fields_of("invoices"), *fields_of("payments")]))


def _columns(desk: Desk, reading: Reading, taken: Sequence[Row]) -> list[Mapped]:
    assert reading.columns
    choices = [(name, FIELDS.get(name, name)) for name in offered_fields(reading.columns.kind)]
    cells = [cells for _, cells in reading.sample]
    found = []
    for column in reading.columns.columns:
        if column.header:
            values = [_shown(row[column.index]) for row in cells if column.index < len(row)]
            samples = " · ".join(list(dict.fromkeys(filter(None, values)))[:SAMPLES])
            found.append(Mapped(column, choices, samples, _meaning(desk, column.field, taken)))
    return found


def _meaning(desk: Desk, name: str, taken: Sequence[Row]) -> str:
    """The first value of this field, in words."""
    for row in taken:
        if name in ("amount", "paid"):
            minor = getattr(row, f"{name}_minor", None)
            if minor is not None:
                return formats.money(minor, row.currency, desk.locale)
        value = getattr(row, name, None)
        if isinstance(value, date):
            return formats.long_date(value, desk.locale)
        if value and name == "country":
            return country_name(value, get_language() or "en")
        if value and name == "language":
            return language_name(value, get_language() or "en")
        if value and name == "kind":
            return gettext("a business") if value == "business" else gettext("a private person")
    return ""


def _shown(cell: Cell) -> str:
    """A cell as a person would read it in the file, shortened."""
    text = _whole(cell)
    return text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 1] + "…"


def _whole(cell: Cell) -> str:
    if isinstance(cell, Unusable):
        return "…"
    return " ".join((str(cell) if isinstance(cell, str | date) else plain_decimal(cell)).split())


# --- rows to mend -------------------------------------------------------------------------------------------------


def _mends(reading: Reading, looked: Looked, corrections: Mapping[int, Mapping[int, str]]) -> list[Mend]:
    """The first rows that are not taken, each with its cells to write anew."""
    assert reading.columns
    lines = list(dict.fromkeys(one.line for one in looked.refused))[:SHOWN_REFUSALS]
    cells, used = reading.cells_at(lines), reading.columns.by_field()
    found = []
    for line in lines:
        row = cells.get(line, [])
        about = [
            _shown(row[used[name].index])
            for name in ("number", "customer")
            if name in used and used[name].index < len(row)
        ]
        wrong = []
        for one in looked.refused:
            if one.line == line:
                column = used.get(one.field) if row else None
                at = column.index if column else -1
                wrong.append(
                    Wrong(
                        str(FIELDS.get(one.field, "")) or gettext("The row"),
                        sentence(one.reason),
                        cell_name(looked.number, line, at) if column else "",
                        _whole(row[at]) if column and at < len(row) else "",
                        at in corrections.get(line, {}),
                    )
                )
        found.append(Mend(line, " · ".join(filter(None, about)), wrong))
    return found


def cell_name(file: int, line: int, at: int) -> str:
    """What the input of a cell is called."""
    return f"file-{file}-line-{line}-cell-{at}"


# --- what the person says -----------------------------------------------------------------------------------------


def chosen_columns(desk: Desk, upload: Upload, given: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Header -> field for every file, from the page's selects; what was left as guessed stays a guess."""
    mappings = upload.mappings
    for number, (path, name) in enumerate(upload.files):
        try:
            reading = read_upload(desk, upload, path, name)
        except Refused:
            mappings.pop(name, None)
            continue
        if not reading.columns:
            continue
        known = {"", *offered_fields(reading.columns.kind)}
        chosen = dict(mappings.get(name) or {})
        for column in reading.columns.columns:
            wanted = given.get(f"file-{number}-column-{column.index}")
            if column.header and wanted in known and wanted != column.field:
                chosen = {header: its for header, its in chosen.items() if not wanted or its != wanted}
                chosen[column.header] = wanted
        mappings[name] = chosen
    return mappings


def mended_values(desk: Desk, upload: Upload, given: Mapping[str, Any]) -> dict[str, dict[int, dict[int, str]]]:
    """What was written into cells, with what was written before; a value left as it stands is no correction."""
    kept = upload.corrections
    for number, (path, name) in enumerate(upload.files):
        said = _said(given, f"file-{number}-line-")
        if not said:
            continue
        try:
            cells = read_upload(desk, upload, path, name).cells_at({line for line, _ in said})
        except Refused:
            continue
        mine = kept.setdefault(name, {})
        for (line, at), text in said.items():
            row = cells.get(line)
            if row is not None and text != (_whole(row[at]) if at < len(row) else ""):
                mine.setdefault(line, {})[at] = text
    return kept


def _said(given: Mapping[str, Any], prefix: str) -> dict[tuple[int, int], str]:
    """(line, index of the column) -> text, from the inputs of one file; anything strange is left out."""
    found = {}
    for name in list(given):
        line, _, at = name.removeprefix(prefix).partition("-cell-")
        place = whole(line), whole(at)
        if name.startswith(prefix) and place[0] is not None and place[1] is not None and place[1] < 500:
            found[place[0], place[1]] = str(given[name]).strip()[:1000]
    return found
