# SPDX-License-Identifier: AGPL-3.0-or-later
"""Import: upload lists and PDFs, see what each column is taken for and which rows are refused, then confirm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk, go_on
from purring.doors.desk.fields import locale_facts, sentence
from purring.doors.desk.uploads import Upload, claim, find, keep, throw_away
from purring.doors.intake.headers import fields_of
from purring.doors.intake.preview import Preview, preview
from purring.doors.intake.reading import Reading, read
from purring.doors.intake.rows import Kind, Refusal
from purring.doors.intake.storing import FileResult, store, store_document
from purring.followup.planning import plan

TRIED_ROWS = 5000
"""Up to so many rows the preview tries the whole file; a larger one shows its first rows."""
PLANNED_AT_ONCE_ROWS = 2000
"""After a small import today's decisions are made at once, so that the person sees them; else the round makes them."""
SHOWN_ROWS = 8
SHOWN_REFUSALS = 50

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


@dataclass
class Looked:
    """One file of an upload as its preview shows it."""

    number: int
    name: str
    problem: str = ""
    kind: str = ""
    preview: Preview | None = None
    columns: list[dict[str, Any]] = field(default_factory=list)
    result: FileResult | None = None
    refused: Sequence[Refusal] = ()
    total: int = 0

    @property
    def is_document(self) -> bool:
        return self.kind == "attachment"

    @property
    def kind_label(self) -> str:
        return str(KINDS.get(self.kind, ""))

    @property
    def missing_labels(self) -> list[str]:
        return [str(FIELDS.get(name, name)) for name in self.preview.missing] if self.preview else []

    @property
    def refused_lines(self) -> set[int]:
        return {one.line for one in self.refused}

    @property
    def good(self) -> int:
        """Rows that will be taken, as far as was tried."""
        return self.total - len(self.refused_lines)


def begin(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose files."""
    problem = ""
    if request.method == "POST":
        try:
            upload = keep(desk.organization, request.FILES.getlist("files"), desk.now)
            return go_on(request, reverse("desk:import-look", args=[upload.token]))
        except Refused as refused:
            problem = sentence(refused.message)
    return render(request, "desk/import.html", {"here": "import", "problem": problem}, status=422 if problem else 200)


def look(request: HttpRequest, desk: Desk, token: str) -> HttpResponse:
    """What each file is taken for; a POST keeps the columns a person chose, and looks again."""
    upload = find(desk.organization, token)
    if request.method == "POST":
        upload.map(_chosen(request, desk, upload))
        return go_on(request, reverse("desk:import-look", args=[token]))
    files = [_look(desk, upload, number, path, name) for number, (path, name) in enumerate(upload.files)]
    ready = [one for one in files if not one.problem and not (one.preview and one.preview.missing)]
    context = {
        "here": "import",
        "token": token,
        "lists": [one for one in files if not one.is_document],
        "documents": [one for one in files if one.is_document],
        "ready": bool(ready),
        "rows": sum(one.good for one in ready),
    }
    return render(request, "desk/import_look.html", context)


def _read(desk: Desk, upload: Upload, path: Path, name: str) -> Reading:
    mapping = upload.mappings.get(name) or None
    return read(path, locale=locale_facts(desk.organization), name=name, mapping=mapping)


def _look(desk: Desk, upload: Upload, number: int, path: Path, name: str) -> Looked:
    looked = Looked(number, name)
    try:
        reading = _read(desk, upload, path, name)
    except Refused as refused:
        looked.problem = _where(refused)
        return looked
    looked.kind, looked.total = reading.kind, reading.total
    if reading.kind == "attachment":
        return looked
    looked.preview = preview(reading, SHOWN_ROWS)
    if reading.columns:
        looked.columns = _columns(reading)
    if looked.preview.missing:
        return looked
    try:
        if reading.total <= TRIED_ROWS:
            looked.result = store(desk.organization, reading, now=desk.now, actor=desk.actor, dry_run=True)
            looked.refused = looked.result.refused
        else:
            looked.refused = looked.preview.refused
    except Refused as refused:
        looked.problem = _where(refused)
    return looked


def _columns(reading: Reading) -> list[dict[str, Any]]:
    assert reading.columns
    choices = [(name, FIELDS.get(name, name)) for name in _offered(reading.columns.kind)]
    samples = [cells for _, cells in reading.sample[:3]]
    return [
        {
            "column": column,
            "choices": choices,
            "samples": [str(cells[column.index]) for cells in samples if column.index < len(cells)],
        }
        for column in reading.columns.columns
        if column.header
    ]


def _offered(kind: Kind) -> list[str]:
    """What a column may be taken for: the fields of this kind of list first, then those of the others, because a
    wrong guess of the kind is mended by naming one of its columns."""
    return list(dict.fromkeys([*fields_of(kind), *fields_of("invoices"), *fields_of("payments")]))


def _chosen(request: HttpRequest, desk: Desk, upload: Upload) -> dict[str, dict[str, str]]:
    """Header -> field for every file, from the page's selects; what was left as guessed stays a guess."""
    mappings = upload.mappings
    for number, (path, name) in enumerate(upload.files):
        try:
            reading = _read(desk, upload, path, name)
        except Refused:
            mappings.pop(name, None)
            continue
        if not reading.columns:
            continue
        known = {"", *_offered(reading.columns.kind)}
        chosen = dict(mappings.get(name) or {})
        for column in reading.columns.columns:
            wanted = request.POST.get(f"file-{number}-column-{column.index}")
            if column.header and wanted in known and wanted != column.field:
                chosen = {header: its for header, its in chosen.items() if not wanted or its != wanted}
                chosen[column.header] = wanted
        mappings[name] = chosen
    return mappings


def _where(refused: Refused) -> str:
    line = refused.params.get("line")
    text = sentence(refused.message)
    return gettext("Line %(line)s: %(text)s") % {"line": line, "text": text} if line else text


def confirm(request: HttpRequest, desk: Desk, token: str) -> HttpResponse:
    """Store the good rows, tell the others. A second click finds it done."""
    upload = claim(find(desk.organization, token))
    if upload is None:
        return go_on(request, reverse("desk:today"))
    try:
        results, problems = _store(desk, upload)
    finally:
        throw_away(upload)
    if 0 < sum(result.created + result.updated for result in results) <= PLANNED_AT_ONCE_ROWS:
        plan(desk.organization, desk.now)
    refused = [(result.file, one) for result in results for one in result.refused]
    if not refused and not problems:
        messages.success(request, _told(results))
        return go_on(request, reverse("desk:today"))
    context = {
        "here": "import",
        "results": results,
        "refused": refused[:SHOWN_REFUSALS],
        "more": max(len(refused) - SHOWN_REFUSALS, 0),
        "problems": problems,
        "told": _told(results),
    }
    return render(request, "desk/import_done.html", context)


def _store(desk: Desk, upload: Upload) -> tuple[list[FileResult], list[str]]:
    results: list[FileResult] = []
    problems: list[str] = []
    documents: list[tuple[Path, str]] = []
    for path, name in upload.files:
        try:
            reading = _read(desk, upload, path, name)
            if reading.kind == "attachment":
                documents.append((path, name))
            else:
                results.append(store(desk.organization, reading, now=desk.now, actor=desk.actor))
        except Refused as refused:
            problems.append(f"{name}: {_where(refused)}")
    for path, name in documents:  # after the lists, so that an invoice of this upload is there
        try:
            with transaction.atomic():
                new = store_document(desk.organization, name, path.read_bytes(), now=desk.now, actor=desk.actor)
            results.append(FileResult(name, "document", created=int(new), unchanged=int(not new)))
        except Refused as refused:
            problems.append(f"{name}: {_where(refused)}")
    return results, problems


def _told(results: list[FileResult]) -> str:
    new = sum(result.created for result in results)
    changed = sum(result.updated for result in results)
    same = sum(result.unchanged for result in results)
    parts = [ngettext("%(n)s new", "%(n)s new", new) % {"n": new}]
    if changed:
        parts.append(gettext("%(n)s updated") % {"n": changed})
    if same:
        parts.append(gettext("%(n)s as before") % {"n": same})
    return gettext("Imported: %(what)s.") % {"what": ", ".join(parts)}
