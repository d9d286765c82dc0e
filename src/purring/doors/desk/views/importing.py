# SPDX-License-Identifier: AGPL-3.0-or-later
"""Import: upload lists and PDFs, see how every column and row is understood, mend what is wrong right there, confirm
once, and take it back while nothing of it was said or booked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk, go_on, is_fragment
from purring.doors.desk.exporting import Cell, as_csv
from purring.doors.desk.fields import sentence
from purring.doors.desk.looking import FIELDS, chosen_columns, given_files, look_at, mended_values
from purring.doors.desk.uploads import claim, find, give_back, keep, throw_away
from purring.doors.intake.bringing import AT_ONCE_ROWS, work
from purring.facts.beginning.importing import ask_to_take_back, begin_import, pause, stop
from purring.facts.beginning.importing import go_on as go_on_with
from purring.facts.beginning.models import Import, ImportFile, RefusedRow
from purring.facts.organizations.models import LegalEntity
from purring.followup.planning import plan
from purring.followup.taking_back import take_back
from purring.kit.numbers import whole
from purring.kit.tenancy import reach

SHOWN_REFUSALS = 50
SHOWN_IMPORTS = 5
NUMBER = re.compile(r"[-+]?[\d\s.,'’()/-]+")
"""What no spreadsheet runs as a formula, though it begins with a sign: it stays as it was."""


def begin(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose files. `?for=begin`: as part of setting up."""
    problem, begins = "", request.GET.get("for") == "begin"
    billed_by = whole(request.POST.get("entity"))
    if request.method == "POST":
        try:
            entity = reach(LegalEntity, desk.organization, pk=billed_by) if billed_by is not None else None
            told: dict[str, Any] = {"begins": begins, "entity_id": entity.pk if entity else None}
            upload = keep(desk.organization, request.FILES.getlist("files"), desk.now, **told)
            return go_on(request, reverse("desk:import-look", args=[upload.token]))
        except Refused as refused:
            if refused.code == "not_found":
                raise
            problem = sentence(refused.message)
    context = {"here": "import", "problem": problem, "begins": begins, "billed_by": billed_by, **brought(desk)}
    return render(request, "desk/import.html", context, status=422 if problem else 200)


def brought(desk: Desk) -> dict[str, Any]:
    """What stands beside the box for files: the last imports, newest first, and who may bill what is in them."""
    last = Import.objects.of(desk.organization).select_related("by").order_by("-id")[:SHOWN_IMPORTS]
    entities = LegalEntity.objects.of(desk.organization).order_by("-is_default", "name")
    return {"imports": list(last), "entities": list(entities)}


def look(request: HttpRequest, desk: Desk, token: str) -> HttpResponse:
    """How each file is understood; a POST keeps the columns and values a person chose, and looks again."""
    upload = find(desk.organization, token)
    if request.method == "POST":
        if request.POST.get("do") == "forget":
            upload.correct({})
        else:
            upload.correct(mended_values(desk, upload, request.POST))
            upload.map(chosen_columns(desk, upload, request.POST))
        if not is_fragment(request):
            return go_on(request, reverse("desk:import-look", args=[token]))
    files = look_at(desk, upload)
    upload.count({one.name: one.total for one in files})
    ready = [one for one in files if one.is_ready]
    context = {
        "here": "import",
        "token": token,
        "begins": upload.begins,
        "lists": [one for one in files if not one.is_document],
        "documents": [one for one in files if one.is_document],
        "ready": bool(ready),
        "rows": sum(one.good for one in ready),
    }
    return render(request, f"desk/import_{'looked' if is_fragment(request) else 'look'}.html", context)


def confirm(request: HttpRequest, desk: Desk, token: str) -> HttpResponse:
    """Take the upload as an import. A small one goes in while the person waits, a large one behind its page; a second
    click finds it begun."""
    known = Import.objects.of(desk.organization).filter(key=token).first()
    if known:
        return go_on(request, reverse("desk:import-one", args=[known.pk]))
    upload = claim(find(desk.organization, token))
    if upload is None:
        return go_on(request, reverse("desk:import"))
    try:
        told: dict[str, Any] = {"key": token, "now": desk.now, "user_id": desk.user.pk, "begins": upload.begins}
        told["entity_id"] = upload.entity
        row = begin_import(desk.organization, given_files(desk, upload), **told)
    except BaseException:
        give_back(upload)
        raise
    throw_away(upload)
    if row.rows <= AT_ONCE_ROWS:
        work(row, lambda: desk.now)
        if row.state == Import.DONE and row.made_invoices + row.changed + row.made_customers + row.booked:
            plan(desk.organization, desk.now)
    problems = ImportFile.objects.of(desk.organization).filter(brought_by=row).exclude(problem="").exists()
    if row.state != Import.DONE or row.refused or problems:
        return go_on(request, reverse("desk:import-one", args=[row.pk]))
    messages.success(request, _told(row))
    return go_on(request, reverse("desk:begin" if row.begins else "desk:today"))


def one(request: HttpRequest, desk: Desk, import_id: int) -> HttpResponse:
    """How far it is, what was not taken and why; wait, go on, enough, take it back."""
    row = reach(Import, desk.organization, "by", pk=import_id)
    if request.method == "POST":
        _do(request, desk, row, request.POST.get("do", ""))
        return go_on(request, reverse("desk:import-one", args=[row.pk]))
    files = list(ImportFile.objects.of(desk.organization).filter(brought_by=row).defer("content").order_by("position"))
    refused = RefusedRow.objects.of(desk.organization).filter(file__brought_by=row).select_related("file")
    some = list(refused.defer("file__content").order_by("file__position", "line", "id")[: SHOWN_REFUSALS + 1])
    context = {
        "here": "import",
        "row": row,
        "told": _told(row),
        "problems": [(one.name, sentence(one.problem)) for one in files if one.problem],
        "refused": [
            {"one": one, "field": FIELDS.get(one.field, ""), "why": sentence(one.reason)}
            for one in some[:SHOWN_REFUSALS]
        ],
        "more": len(some) > SHOWN_REFUSALS,
        "lists": [one for one in files if one.head and one.counts.get("refused")],
        "trouble": sentence(row.trouble) if row.trouble else "",
        "begins": row.begins,
    }
    return render(request, "desk/import_state.html" if is_fragment(request) else "desk/import_one.html", context)


def _do(request: HttpRequest, desk: Desk, row: Import, what: str) -> None:
    told: dict[str, Any] = {"now": desk.now, "actor": desk.actor}
    if what == "pause":
        pause(row, **told)
    elif what == "go-on":
        go_on_with(row, **told)
    elif what in ("stop", "stop-back"):
        stop(row, **told)
        if what == "stop-back" and row.may_be_taken_back:
            _take_back(request, desk, row)


def not_taken(request: HttpRequest, desk: Desk, import_id: int) -> HttpResponseBase:
    """The rows of one of its lists that were not taken, as they were, with why behind them: to be mended and brought
    again. A column that a person had to name has the name that is understood."""
    row = reach(Import, desk.organization, pk=import_id)
    asked = whole(request.GET.get("file"))
    files = ImportFile.objects.of(desk.organization).filter(brought_by=row).defer("content").order_by("position")
    file = files.first() if asked is None else files.filter(position=asked).first()
    if file is None:
        raise Http404
    head = [file.mapping.get(name) or name for name in file.head]
    return as_csv(f"{gettext('not taken')} {file.name}", [*head, gettext("Not taken because")], _refused_rows(file))


def _refused_rows(file: ImportFile) -> Iterator[list[Cell]]:
    rows = RefusedRow.objects.of(file.organization_id).filter(file=file).order_by("line", "id")
    for _line, some in groupby(rows.iterator(chunk_size=1000), lambda one: one.line):
        same = list(some)
        cells: list[str] = next((one.cells for one in same if one.cells), [])
        padded = [*cells, *[""] * (len(file.head) - len(cells))]
        why = " ".join(sentence(one.reason) for one in same)
        yield [*[(cell,) if NUMBER.fullmatch(cell) else cell for cell in padded], why]


def undo(request: HttpRequest, desk: Desk, import_id: int) -> HttpResponse:
    """Take an import back; what it changed on things that were there before stays."""
    row = reach(Import, desk.organization, pk=import_id)
    to = reverse("desk:begin-invoices" if request.POST.get("for") == "begin" else "desk:import")
    if row.state == Import.LEAVING:
        return go_on(request, reverse("desk:import-one", args=[row.pk]))
    _take_back(request, desk, row)
    return go_on(request, reverse("desk:import-one", args=[row.pk]) if row.state == Import.LEAVING else to)


def _take_back(request: HttpRequest, desk: Desk, row: Import) -> None:
    """At once, or behind the page where it is much."""
    if row.may_be_taken_back and row.brought > AT_ONCE_ROWS:
        ask_to_take_back(row, actor=desk.actor)
        return
    try:
        done = take_back(row, now=desk.now, actor=desk.actor)
    except Refused as refused:
        messages.warning(request, sentence(refused.message))
        return
    if done is None:
        messages.info(request, gettext("This import was taken back before."))
        return
    said = ngettext("Taken back: %(count)s invoice.", "Taken back: %(count)s invoices.", done.invoices)
    messages.success(request, said % {"count": done.invoices})
    if done.stayed:
        stay = ngettext(
            "%(count)s customer stays, because more is known of them by now.",
            "%(count)s customers stay, because more is known of them by now.",
            done.stayed,
        )
        messages.info(request, stay % {"count": done.stayed})


def _told(row: Import) -> str:
    new = row.made_invoices + row.booked + (0 if row.made_invoices else row.made_customers)
    parts = [ngettext("%(n)s new", "%(n)s new", new) % {"n": new}]
    if row.changed:
        parts.append(gettext("%(n)s updated") % {"n": row.changed})
    if row.unchanged:
        parts.append(gettext("%(n)s as before") % {"n": row.unchanged})
    return gettext("Imported: %(what)s.") % {"what": ", ".join(parts)}
