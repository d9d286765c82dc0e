# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rules of the house that no linter knows: licences, plug-ins that load, texts whose links lead somewhere."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tests.support.data import ROOT
from tools import docs

SOURCES = [
    path
    for folder in ("src", "tests", "tools", "bench")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.parent.name != "migrations"  # written by Django
]
LIBRARIES = {"core", "law", "language", "papers"}


def licence_of(path: Path) -> str:
    """Apache for the four libraries, AGPL for all else."""
    parts = path.relative_to(ROOT).parts
    return "Apache-2.0" if parts[:2] == ("src", "purring") and parts[2] in LIBRARIES else "AGPL-3.0-or-later"


def test_every_file_opens_with_its_licence() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.read_text().partition("\n")[0] != f"# SPDX-License-Identifier: {licence_of(path)}"
    ]
    assert wrong == []


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_the_libraries_load_without_django(library: str) -> None:
    """What import-linter proves file by file, seen from outside: importing them brings no Django along."""
    modules = [
        ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((ROOT / "src/purring" / library).rglob("*.py"))
    ]
    check = f"import sys, {', '.join(modules)}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT / "src").returncode == 0


def plug_ins() -> list[EntryPoint]:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    return [EntryPoint(name, value, group) for group in groups for name, value in groups[group].items()]


@pytest.mark.parametrize("plug_in", plug_ins(), ids=lambda p: f"{p.group}-{p.name}")
def test_every_plug_in_loads(plug_in: EntryPoint) -> None:
    """A channel is a class; a payment plug-in has a `connect` and says which settings it needs."""
    loaded = plug_in.load()
    if plug_in.group == "purring.payment":
        assert plug_in.name == loaded.NAME
        assert loaded.FIELDS
    assert callable(loaded.connect if plug_in.group == "purring.payment" else loaded)


def test_the_page_of_settings_is_up_to_date() -> None:
    assert docs.CONFIGURATION.read_text() == docs.configuration(), "run `make docs`"


def test_every_link_in_the_texts_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert [problem for page in pages for problem in docs.broken_links(page)] == []
