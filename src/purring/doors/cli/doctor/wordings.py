# SPDX-License-Identifier: AGPL-3.0-or-later
"""Can the users' own texts be used: those kept at the desk, and wording files where somebody looks? A mistake is told with
line and column."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from purring.core.errors import Refused
from purring.doors.cli.doctor.finding import Finding, failure, good, warning
from purring.doors.cli.house import House

if TYPE_CHECKING:
    from purring.facts.wordings.models import OwnText

SHOWN = 5


def checks(house: House) -> Iterator[Finding]:
    """`wordings/<organization>/<language>/<file>.txt` in the data folder, where a bad one stops every message in its
    language, and the texts in the database."""
    from purring.facts.organizations.models import Organization
    from purring.facts.wordings.models import OwnText
    from purring.followup.own_wordings import FOLDER

    place = house.data_folder / FOLDER
    files = sorted(place.rglob("*.txt")) if place.is_dir() else []
    kept = OwnText.objects.everywhere("doctor looks at the whole house").filter(current=True).exclude(text="")
    texts = list(kept.select_related("organization").order_by("organization_id", "id"))
    if not files and not texts:
        yield good("wordings", "the built-in ones")
        return
    slugs = set(Organization.objects.values_list("slug", flat=True))
    unused: list[str] = []
    wrong: list[str] = []
    for path in files:
        name = path.relative_to(place)
        nobody = unread(name, slugs)
        if nobody:
            unused.append(f"{name}: {nobody}")
        else:
            wrong += mistakes(path, name)
    for text in texts:
        wrong += mistakes_kept(text)
    if wrong:
        yield failure("wordings", listed(wrong))
    if unused:
        yield warning("wordings", listed(unused))
    if not wrong and not unused:
        yield good("wordings", f"{len(files) + len(texts)} own, all can be read")


def unread(name: Path, slugs: set[str]) -> str:
    """Why no message ever looks at a file of this name (relative to the folder), or nothing."""
    from purring.language.compose import LANGUAGES

    if len(name.parts) != 3:
        return "never read; write it as organization/language/file.txt"
    slug, language, _ = name.parts
    if slug not in slugs:
        return f"never read; there is no organization {slug}"
    if language not in LANGUAGES:
        return f"never read; the languages are {', '.join(LANGUAGES)}"
    return ""


def mistakes(path: Path, name: Path) -> Iterator[str]:
    """What is wrong with one own wording file, a line each."""
    from purring.followup.own_wordings import LARGEST_BYTES
    from purring.language.compose import check_wording_file

    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
    except OSError as error:
        yield f"{name}: cannot be read ({error.strerror})"
        return
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        yield f"{name}, line {line}: not in UTF-8; save it as UTF-8"
        return
    if len(content) > LARGEST_BYTES:
        yield f"{name}: larger than {LARGEST_BYTES // 1024} KB"
        return
    try:
        for problem in check_wording_file(name.parts[1], name.stem, text):
            near = f"; did you mean {problem.near!r}?" if problem.near and problem.near not in problem.message else ""
            yield f"{name}, line {problem.line}, column {problem.column}: {problem.message}{near}"
    except Refused as refused:  # no file of this name: the whole language stops
        yield f"{name}: {refused.message}; take it out of this folder"


def mistakes_kept(text: OwnText) -> Iterator[str]:
    """What is wrong with one text that was kept at the desk: a later version may know other names."""
    from purring.followup.wording_checks import mistakes as found

    place = f"{text.organization.slug}/{text.language}/{text.file}, {text.heading}"
    try:
        for problem in found(text.language, text.file, text.heading, text.text):
            yield f"{place}, line {problem.line}, column {problem.column}: {problem.message}"
    except Refused as refused:
        yield f"{place}: {refused.message}"


def listed(lines: list[str]) -> str:
    more = f" · and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return " · ".join(lines[:SHOWN]) + more
