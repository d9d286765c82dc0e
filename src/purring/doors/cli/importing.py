# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring import`: files in, rows stored, refusals told line by line."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from purring.core.errors import Refused
from purring.doors.cli import output
from purring.doors.cli.house import House
from purring.doors.cli.opening import ACTOR, moment, open_database, the_organization

if TYPE_CHECKING:
    from purring.doors.intake.reading import Reading
    from purring.doors.intake.storing import FileResult
    from purring.facts.organizations.models import Organization

SHOWN_REFUSALS = 20


def import_command(options: argparse.Namespace, house: House) -> int:
    """Lists first, in the order given, then the PDFs, so that both may come in one go."""
    open_database(house)
    from django.db import transaction

    from purring.doors.intake.columns import read_mapping

    organization = the_organization(options.organization)
    mapping = read_mapping(_bytes(options.map)) if options.map else {}
    unreadable: list[Refused] = []
    # Several files tell the truth about a dry run, or stand and fall together, only inside one transaction.
    together = options.all_or_nothing or (options.dry_run and len(options.files) > 1)
    with transaction.atomic() if together else contextlib.nullcontext():
        results = _all_files(organization, options.files, mapping, unreadable, dry_run=options.dry_run and not together)
        failed = bool(unreadable or any(result.refused for result in results))
        if together and (options.dry_run or failed):
            transaction.set_rollback(True)
            if failed and options.all_or_nothing:
                for result in results:
                    result.nothing_stored()
    _tell(results, unreadable, options)
    return 1 if failed else 0


def _all_files(
    organization: Organization, names: list[str], mapping: dict[str, str], unreadable: list[Refused], *, dry_run: bool
) -> list[FileResult]:
    from purring.doors.intake.locale import LocaleFacts
    from purring.doors.intake.reading import read
    from purring.doors.intake.rows import Refusal
    from purring.doors.intake.storing import FileResult, store

    locale = LocaleFacts(organization.language, organization.country, organization.currency)
    results: dict[str, FileResult] = {}
    documents: list[str] = []
    for name in names:
        try:
            reading = read(_bytes(name) if name == "-" else Path(name), locale=locale, name=name, mapping=mapping)
            if reading.kind == "attachment":
                documents.append(name)
                continue
            with _progress(reading) as progress:
                results[name] = store(
                    organization, reading, now=moment(), actor=ACTOR, dry_run=dry_run, progress=progress
                )
        except Refused as refused:
            unreadable.append(refused)
            line, field = refused.params.get("line"), refused.params.get("field")
            results[name] = FileResult(name, "unreadable")
            results[name].refused.append(
                Refusal(line if isinstance(line, int) else 0, str(field or ""), refused.message, refused.code)
            )
    for name in documents:
        results[name] = _document(organization, name, dry_run=dry_run)
    return [results[name] for name in dict.fromkeys(names)]


def _document(organization: Organization, name: str, *, dry_run: bool) -> FileResult:
    from django.db import transaction

    from purring.doors.intake.rows import Refusal
    from purring.doors.intake.storing import FileResult, store_document

    result = FileResult(name, "document")
    try:
        with transaction.atomic():
            new = store_document(organization, name, _bytes(name), now=moment(), actor=ACTOR)
            transaction.set_rollback(dry_run)
    except Refused as refused:
        result.refused.append(Refusal(0, str(refused.params.get("field", "")), refused.message, refused.code))
    else:
        result.created, result.unchanged = int(new), int(not new)
    return result


@contextlib.contextmanager
def _progress(reading: Reading) -> Iterator[Callable[[int], None] | None]:
    """A bar on standard error, when a person is there to see it."""
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    with tqdm(total=reading.total, desc=reading.name, unit=" rows", file=sys.stderr, leave=False) as bar:

        def done(rows: int) -> None:
            bar.update(rows)

        yield done


def _bytes(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise Refused("unreadable", f"{name} cannot be read: {error.strerror}") from None


def _tell(results: list[FileResult], unreadable: list[Refused], options: argparse.Namespace) -> None:
    refused = [(result.file, one) for result in results for one in result.refused]
    if options.json:
        told: dict[str, object] = {"files": [result.as_dict() for result in results]}
        if unreadable:
            told["error"] = {"code": unreadable[0].code, "message": unreadable[0].message}
        output.document(told)
    else:
        for result in results:
            _show(result, options)
    if refused:
        file, first = refused[0]
        said = first.reason.startswith((f"line {first.line}:", file))  # the reason names its place itself
        where = f", line {first.line}" if first.line and not said else ""
        field = f", {first.field}" if first.field else ""
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        output.warn(f"purring: {file}{where}{field}: {first.reason}{more}")


def _show(result: FileResult, options: argparse.Namespace) -> None:
    if result.kind == "unreadable":
        output.say(f"{result.file}: not taken, nothing of it is stored")
        return
    would = "would be " if options.dry_run else ""
    counts = [f"{result.created} {would}new", f"{result.updated} {would}updated", f"{result.unchanged} as before"]
    if result.new_customers:
        counts.append(f"{result.new_customers} new customers")
    if result.refused:
        counts.append(f"{len(result.refused)} refused")
    output.say(f"{result.file}: {result.kind}, {', '.join(counts)}")
    for one in result.notes[:SHOWN_REFUSALS]:
        output.say(f"  note{f', {one.field}' if one.field else ''}: {one.reason}")
    for one in result.refused[:SHOWN_REFUSALS]:
        output.say(f"  line {one.line}{f', {one.field}' if one.field else ''}: {one.reason}")
    if len(result.refused) > SHOWN_REFUSALS:
        output.say(f"  and {len(result.refused) - SHOWN_REFUSALS} more; --json tells all")
    if options.all_or_nothing and result.refused:
        output.say("  nothing of it is stored")
