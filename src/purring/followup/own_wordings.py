# SPDX-License-Identifier: AGPL-3.0-or-later
"""The users' own texts, as the engine takes them: what was kept at the desk, above plain text files in the data folder,
above the built-in ones.

`wordings/<organization>/<language>/<file>.txt` under the data folder, in the format of the built-in files, is read again
when it changes. What was kept at the desk are rows (`facts.wordings`), one for each heading; the organization carries a
digest of them, so that nothing is asked of the database while nothing changed. A mistake stops only the messages that
need the text: a person is told, with line and column.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from purring.facts.organizations.models import Organization
from purring.facts.wordings.actions import stamp_of
from purring.facts.wordings.models import OwnText
from purring.language.sections import part_of, replaced
from purring.language.wording import ALL_FILES, resolve

FOLDER = "wordings"
LARGEST_BYTES = 64 * 1024
_MOST_ORGANIZATIONS = 256


class InForce(NamedTuple):
    """One text of one's own that is in force."""

    language: str
    file: str
    heading: str
    text: str
    findings: int
    overruled: tuple[str, ...]


def folder_of(slug: str, language: str) -> Path:
    """Where an organization keeps its own wording files in one language."""
    return Path(settings.DATA_FOLDER) / FOLDER / slug / language


def own_wordings(organization: Organization, language: str) -> Mapping[str, str] | None:
    """Own wording files by name without ending, None when there are none."""
    return with_changes(organization, language, {})


def own_pages(organization: Organization, language: str) -> Mapping[str, str] | None:
    """Of these the texts of the customer's page alone: a mistake in another file of one's own closes no page."""
    mine = (own_wordings(organization, language) or {}).get("pages", "")
    return {"pages": mine} if mine else None


def with_changes(
    organization: Organization, language: str, changes: Mapping[str, Mapping[str, str]]
) -> Mapping[str, str] | None:
    """The same with these texts, file -> heading -> text, in place of those in force; an empty one: the built-in one."""
    texts: dict[str, dict[str, str]] = {}
    tag = resolve(language) or language
    for one in in_force(organization):
        if one.language == tag:
            texts.setdefault(one.file, {})[one.heading] = one.text
    for file, given in changes.items():
        texts[file] = {heading: text for heading, text in {**texts.get(file, {}), **given}.items() if text}
    files = folder_files(organization.slug, language)
    kept = tuple((file, tuple(mine.items())) for file, mine in sorted(texts.items()) if mine)
    return _together(tag, tuple(sorted(files.items())), kept) if files or kept else None


def folder_files(slug: str, language: str) -> Mapping[str, str]:
    """What lies in the data folder: file name without ending -> text."""
    folder = folder_of(slug, language)
    if not folder.is_dir():
        return {}
    return _read(str(folder), tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.txt"))))


@lru_cache(256)
def _read(folder: str, files: tuple[tuple[str, int], ...]) -> Mapping[str, str]:
    texts = {}
    for name, _ in files:
        content = (Path(folder) / name).read_bytes()[: LARGEST_BYTES + 1]
        texts[name.removesuffix(".txt")] = content.decode("utf-8", errors="replace")
    return texts


@lru_cache(256)
def _together(
    language: str, files: tuple[tuple[str, str], ...], kept: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
) -> Mapping[str, str]:
    found = dict(files)
    for file, texts in kept:
        if file in ALL_FILES:
            found[file] = replaced(file, language, found.get(file, ""), dict(texts))
    return found


_in_force: dict[int, tuple[str, tuple[InForce, ...]]] = {}


def in_force(organization: Organization) -> tuple[InForce, ...]:
    """All texts that were kept at the desk and are in force. Asked of the database only when the organization's digest
    says something that this process has not read yet."""
    if not organization.wordings:
        return ()
    known = _in_force.get(organization.pk)
    if known and known[0] == organization.wordings:
        return known[1]
    rows = OwnText.objects.of(organization).filter(current=True).exclude(text="").order_by("id")
    found = tuple(
        InForce(row.language, row.file, row.heading, row.text, row.findings, tuple(row.overruled)) for row in rows
    )
    read = stamp_of((one.language, one.file, one.heading, one.text, list(one.overruled)) for one in found)
    if len(_in_force) >= _MOST_ORGANIZATIONS:
        _in_force.clear()
    _in_force[organization.pk] = (read, found)  # by what was read: a text may have been kept in between
    return found


def let_stand(organization: Organization, language: str, stage: str, channel: str) -> frozenset[str]:
    """Codes of blocking findings that a person let stand in the texts a message of this stage and channel may be made of."""
    tag = resolve(language) or language
    other = {"email": {"letter", "sms"}, "letter": {"sms"}, "sms": {"letter", "subject", "message"}}.get(channel, set())
    return frozenset(
        code
        for one in in_force(organization)
        if one.overruled and one.language == tag and one.file in (stage, "sentences", "greetings", "labels", "pages")
        if part_of(one.heading) not in other
        for code in one.overruled
    )
