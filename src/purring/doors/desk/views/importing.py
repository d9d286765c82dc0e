# SPDX-License-Identifier: AGPL-3.0-or-later
"""Import: upload lists and PDFs, see how every column and row is understood, mend what is wrong right there, confirm
once, and take it back while nothing of it was said or booked."""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk, go_on, is_fragment
from purring.doors.desk.fields import sentence
from purring.doors.desk.looking import chosen_columns, look_at, mended_values, read_upload, where
from purring.doors.desk.uploads import Upload, claim, find, keep, throw_away
from purring.doors.intake.storing import FileResult, store, store_document
from purring.facts.beginning.models import Import
from purring.followup.planning import plan
from purring.followup.taking_back import remember_import, take_back
from purring.kit.tenancy import reach

PLANNED_AT_ONCE_ROWS = 2000
"""After a small import today's decisions are made at once, so that the person sees them; else the round makes them."""
SHOWN_REFUSALS = 50
SHOWN_IMPORTS = 5


def begin(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose files. `?for=begin`: as part of setting up."""
    problem, begins = "", request.GET.get("for") == "begin"
    if request.method == "POST":
        try:
            upload = keep(desk.organization, request.FILES.getlist("files"), desk.now, begins=begins)
            return go_on(request, reverse("desk:import-look", args=[upload.token]))
        except Refused as refused:
            problem = sentence(refused.message)
    context = {"here": "import", "problem": problem, "begins": begins, "imports": latest_imports(desk)}
    return render(request, "desk/import.html", context, status=422 if problem else 200)


def latest_imports(desk: Desk) -> list[Import]:
    """The last ones, newest first."""
    return list(Import.objects.of(desk.organization).select_related("by").order_by("-id")[:SHOWN_IMPORTS])


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
    """Store the good rows, tell the others. A second click finds it done."""
    upload = claim(find(desk.organization, token))
    if upload is None:
        return go_on(request, reverse("desk:today"))
    begins = upload.begins
    try:
        results, problems = _store(desk, upload)
        brought = _remember(desk, results)
    finally:
        throw_away(upload)
    if 0 < sum(result.created + result.updated for result in results) <= PLANNED_AT_ONCE_ROWS:
        plan(desk.organization, desk.now)
    refused = [(result.file, one) for result in results for one in result.refused]
    if not refused and not problems:
        messages.success(request, _told(results))
        return go_on(request, reverse("desk:begin" if begins else "desk:today"))
    context = {
        "here": "import",
        "results": results,
        "refused": refused[:SHOWN_REFUSALS],
        "more": max(len(refused) - SHOWN_REFUSALS, 0),
        "problems": problems,
        "told": _told(results),
        "begins": begins,
        "brought": brought,
    }
    return render(request, "desk/import_done.html", context)


def undo(request: HttpRequest, desk: Desk, import_id: int) -> HttpResponse:
    """Take an import back; what it changed on things that were there before stays."""
    row = reach(Import, desk.organization, pk=import_id)
    to = reverse("desk:begin-invoices" if request.POST.get("for") == "begin" else "desk:import")
    try:
        done = take_back(row, now=desk.now, actor=desk.actor)
    except Refused as refused:
        messages.warning(request, sentence(refused.message))
        return go_on(request, to)
    if done is None:
        messages.info(request, gettext("This import was taken back before."))
        return go_on(request, to)
    said = ngettext("Taken back: %(count)s invoice.", "Taken back: %(count)s invoices.", done.invoices)
    messages.success(request, said % {"count": done.invoices})
    if done.stayed:
        stay = ngettext(
            "%(count)s customer stays, because more is known of them by now.",
            "%(count)s customers stay, because more is known of them by now.",
            done.stayed,
        )
        messages.info(request, stay % {"count": done.stayed})
    return go_on(request, to)


def _remember(desk: Desk, results: list[FileResult]) -> Import | None:
    """So that it can be taken back."""
    if not any(result.created or result.updated for result in results):
        return None
    return remember_import(
        desk.organization,
        [result.file for result in results],
        invoices=[key for result in results for key in result.made_invoices],
        customers=[key for result in results for key in result.made_customers],
        changed=sum(result.updated for result in results),
        booked=sum(result.created for result in results if result.kind == "payments"),
        now=desk.now,
        user_id=desk.user.pk,
    )


def _store(desk: Desk, upload: Upload) -> tuple[list[FileResult], list[str]]:
    results: list[FileResult] = []
    problems: list[str] = []
    documents: list[tuple[Path, str]] = []
    for path, name in upload.files:
        try:
            reading = read_upload(desk, upload, path, name)
            if reading.kind == "attachment":
                documents.append((path, name))
            else:
                results.append(store(desk.organization, reading, now=desk.now, actor=desk.actor))
        except Refused as refused:
            problems.append(f"{name}: {where(refused)}")
    for path, name in documents:  # after the lists, so that an invoice of this upload is there
        try:
            with transaction.atomic():
                new = store_document(desk.organization, name, path.read_bytes(), now=desk.now, actor=desk.actor)
            results.append(FileResult(name, "document", created=int(new), unchanged=int(not new)))
        except Refused as refused:
            problems.append(f"{name}: {where(refused)}")
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
