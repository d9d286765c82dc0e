# SPDX-License-Identifier: AGPL-3.0-or-later
"""The steps by which an export is made, one after the other: each walks along the keys of its rows, block by block, so
that any worker can go on where the last one stopped."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from purring.facts.answers.models import AnswerFile
from purring.facts.invoices.models import Attachment
from purring.facts.journal.actions import head
from purring.facts.messages.models import Message
from purring.facts.organizations.models import Letterhead, Organization
from purring.followup.export.journal import HEAD, chained, head_cells
from purring.followup.export.mails import mails
from purring.followup.export.models import Export
from purring.followup.export.tables import (
    Table,
    csv_head,
    csv_lines,
    json_lines,
    left_out,
    table_csv,
    table_lines,
    tables,
)
from purring.kit.batches import Ids
from purring.kit.mime import safe_filename

Limits = Callable[[int], tuple[int, int]]
"""Of an organization: the keys of the first and of the last row."""
File = tuple[str, bytes, bool]
"""Name, content, and whether it is worth compressing."""


@dataclass(frozen=True)
class Growing:
    """One file to which each block of rows adds some bytes."""

    name: str
    head: bytes
    block: int
    limits: Limits
    more: Callable[[int, int, int], bytes]
    """Of (organization, after, upto): the bytes of the rows with keys in (after, upto]."""


@dataclass(frozen=True)
class Single:
    """Rows that are files of their own."""

    block: int
    limits: Limits
    files: Callable[[int, int, int], Iterator[File]]


Step = Growing | Single


@cache
def steps() -> tuple[Step, ...]:
    found: list[Step] = [Single(1, lambda _: (1, 1), about)]
    for table in tables():
        whole = partial(_rows, table)
        found.append(
            Growing(f"csv/{table.file}.csv", csv_head(table.names), 1000, table.limits, partial(whole, table_csv))
        )
        found.append(Growing(f"json-lines/{table.file}.jsonl", b"", 1000, table.limits, partial(whole, table_lines)))
    found.append(Growing("journal/journal.csv", csv_head(HEAD), 1000, _sealed, _journal_csv))
    found.append(Growing("journal/journal.jsonl", b"", 1000, _sealed, _journal_lines))
    found.append(Single(10, partial(_limits, Attachment), documents))
    found.append(Single(10, partial(_limits, AnswerFile), answer_files))
    found.append(Single(10, partial(_limits, Letterhead), logos))
    found.append(Single(200, partial(_limits, Message), mails))
    return tuple(found)


def _rows(table: Table, write: Callable[[Table, Any], bytes], organization_id: int, after: int, upto: int) -> bytes:
    return write(table, table.between(organization_id, after, upto))


def _limits(model: Any, organization_id: int) -> tuple[int, int]:
    keys = model.objects.of(organization_id).values_list("pk", flat=True)
    return keys.order_by("pk").first() or 0, keys.order_by("-pk").first() or 0


def _sealed(organization_id: int) -> tuple[int, int]:
    """The journal is walked along by its own numbers."""
    last = head(organization_id)[0]
    return min(1, last), last


def _journal_csv(organization_id: int, after: int, upto: int) -> bytes:
    return csv_lines(head_cells(one) for one in chained(organization_id, after, upto))


def _journal_lines(organization_id: int, after: int, upto: int) -> bytes:
    return json_lines(chained(organization_id, after, upto))


# --- files ------------------------------------------------------------------------------------------------------


def about(organization_id: int, after: int, upto: int) -> Iterator[File]:
    """What this is, and a small program that checks the journal without Purring."""
    yield "README.txt", readme(organization_id).encode(), True
    yield "journal/check_journal.py", resources.files(__package__).joinpath("check_journal.py").read_bytes(), True


def readme(organization_id: int) -> str:
    """In the language of whoever asked for the file, else in the organization's."""
    organization = Organization.objects.get(pk=organization_id)
    running = Export.objects.of(organization).filter(ended_at=None).select_related("by").first()
    asked_in = running.by.language if running and running.by else ""
    left_out_ones = ", ".join(sorted(model.partition(".")[2] for model in left_out()))
    with translation.override(asked_in or organization.language):
        text = render_to_string("export/README.txt", {"organization": organization.name, "left_out": left_out_ones})
    return "\n".join(_folded(line) for line in text.strip().splitlines()) + "\n"


def _folded(line: str) -> str:
    margin = " " * (len(line) - len(line.lstrip()))
    return textwrap.fill(line, 80, subsequent_indent=margin, break_on_hyphens=False, break_long_words=False)


def documents(organization_id: int, after: int, upto: int) -> Iterator[File]:
    yield from _files(Attachment, "documents", organization_id, after, upto)


def answer_files(organization_id: int, after: int, upto: int) -> Iterator[File]:
    yield from _files(AnswerFile, "answer-files", organization_id, after, upto)


def _files(model: Any, folder: str, organization_id: int, after: int, upto: int) -> Iterator[File]:
    """One at a time: each may have ten megabytes."""
    rows = model.objects.of(organization_id).filter(pk__any_of=Ids(range(after + 1, upto + 1))).order_by("pk")
    for key, name in list(rows.values_list("pk", "filename")):
        content = model.objects.of(organization_id).values_list("content", flat=True).get(pk=key)
        yield document_name(folder, key, name), bytes(content), False


def document_name(folder: str, key: int, filename: str) -> str:
    return f"{folder}/{key}-{safe_filename(filename)}"


def logos(organization_id: int, after: int, upto: int) -> Iterator[File]:
    rows = Letterhead.objects.of(organization_id).filter(pk__any_of=Ids(range(after + 1, upto + 1))).order_by("pk")
    for row in rows:
        if row.logo:
            yield f"logos/{row.pk}.{'png' if row.logo_type == 'image/png' else 'jpg'}", bytes(row.logo), False
