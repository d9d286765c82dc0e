# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeping texts of one's own, as one act: a new version of each, one journal entry with their digests.

Not here: whether the words are right and kind (`followup.wording_checks`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization
from purring.facts.wordings.models import OwnText

MOST_TEXT = 20_000
"""Characters of one text."""
MOST_FILE = 64 * 1024
"""Bytes of all own texts of one file in one language."""


class Kept(NamedTuple):
    """One text to be kept; empty: the built-in one again. `overruled`: codes of findings that shall stand."""

    text: str
    findings: int = 0
    overruled: Sequence[str] = ()


@transaction.atomic
def keep_texts(
    organization: Organization, language: str, file: str, texts: Mapping[str, Kept], *, now: datetime, actor: str
) -> list[str]:
    """These texts by heading are in force from now on. Those that are already change nothing; the headings that did.

    Refuses (`too_long`) more than a wording file may hold.
    """
    locked = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    rows = OwnText.objects.of(locked).filter(current=True, language=language, file=file)
    there = {row.heading: row for row in rows}
    changed = {heading: kept for heading, kept in texts.items() if _differs(there.get(heading), kept)}
    if not changed:
        return []
    after = {heading: row.text for heading, row in there.items()} | {h: kept.text for h, kept in changed.items()}
    if any(len(kept.text) > MOST_TEXT for kept in changed.values()):
        raise Refused("too_long", f"a text has at most {MOST_TEXT} characters")
    if sum(len(text.encode()) for text in after.values()) > MOST_FILE:
        raise Refused("too_long", f"all texts of one kind together have at most {MOST_FILE // 1024} KB")
    OwnText.objects.of(locked).filter(pk__in=[there[heading].pk for heading in changed if heading in there]).update(
        current=False
    )
    for heading, kept in changed.items():
        OwnText(
            organization=locked,
            language=language,
            file=file,
            heading=heading,
            text=kept.text,
            at=now,
            by=actor[:80],
            findings=kept.findings,
            overruled=list(kept.overruled),
        ).save(force_insert=True)
    stamp(locked)
    organization.wordings = locked.wordings
    data: dict[str, Any] = {"language": language, "file": file}
    data["digests"] = {heading: digest(kept.text) if kept.text else "" for heading, kept in changed.items()}
    if overruled := {heading: sorted(kept.overruled) for heading, kept in changed.items() if kept.overruled}:
        data["overruled"] = overruled
    write(locked.pk, "wording.kept", at=now, actor=actor, **data)
    return list(changed)


def stamp(organization: Organization) -> None:
    """Write down on the organization what all its own texts are: whoever has it in hand sees whether anything changed."""
    organization.wordings = stamp_of(
        (row.language, row.file, row.heading, row.text, row.overruled)
        for row in OwnText.objects.of(organization).filter(current=True).exclude(text="")
    )
    organization.save(update_fields=["wordings"])


def stamp_of(texts: Iterable[tuple[str, str, str, str, list[str]]]) -> str:
    """A digest of texts in force; empty when there are none."""
    found = sorted(texts)
    return digest(json.dumps(found)) if found else ""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _differs(row: OwnText | None, kept: Kept) -> bool:
    if row is None:
        return bool(kept.text)
    return row.text != kept.text or bool(kept.text and sorted(row.overruled) != sorted(kept.overruled))
