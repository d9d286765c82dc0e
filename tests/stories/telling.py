# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reading the story files and comparing what was told with what was expected. No rule of the product is here.

A story is one JSON file that a bookkeeper can read: `title`, `rule` (the words of the contract it proves),
`scenario` (a file as `purring rehearse` takes it) and `expect`:

- `sends`, `holds`, `tasks`, `thanks`: all rows of that kind, no more and no less; of each row the fields
  written in the story are compared. The names within `invoices` may stand in any order.
- `invoices`: every invoice by its ref, the fields written. `findings`: the codes, each once.
- `output`: the whole answer, row by row and field by field, but for the sentences (`why`).
- `refused`: the place in the file, exactly (`path`) or that place or one inside it (`under`).

What a story does not mention is not compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
ACTIONS = {"sends": "send", "holds": "hold", "tasks": "task", "thanks": "thank"}
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Story:
    """One story file; `name` is its folder and file name."""

    name: str
    title: str
    rule: str
    scenario: dict[str, Any]
    expect: dict[str, Any]

    @property
    def is_refused(self) -> bool:
        return "refused" in self.expect


def all_stories() -> list[Story]:
    """Every story below this folder, in the order of the names."""
    stories = []
    for file in sorted(FOLDER.glob("*/*.story.json")):
        parts = json.loads(file.read_text(encoding="utf-8"))
        name = f"{file.parent.name}/{file.name.removesuffix('.story.json')}"
        stories.append(Story(name=name, **parts))
    return stories


def differences(expect: Row, output: Row) -> list[str]:
    """What the output says otherwise than the story; empty when they agree."""
    found: list[str] = []
    for key, action in ACTIONS.items():
        if key in expect:
            rows = [row for row in output["timeline"] if row["action"] == action]
            found += _compare(key, expect[key], rows)
    if "invoices" in expect:
        by_ref = {row["ref"]: row for row in output["invoices"]}
        wanted = {row["ref"]: row for row in expect["invoices"]}
        if set(by_ref) != set(wanted):
            found.append(f"invoices: expected {sorted(wanted)}, got {sorted(by_ref)}")
        for ref in sorted(set(by_ref) & set(wanted)):
            found += _compare("invoices", [wanted[ref]], [by_ref[ref]])
    if "findings" in expect:
        codes = sorted({row["code"] for row in output["findings"]})
        if codes != expect["findings"]:
            found.append(f"findings: expected {expect['findings']}, got {codes}")
    if "output" in expect:
        found += _compare_whole(expect["output"], output)
    return found


def is_at(place: Row, path: object) -> bool:
    """True when a refusal names the place the story expects."""
    if "path" in place:
        return bool(path == place["path"])
    under = str(place["under"])
    text = str(path)
    return text == under or text.startswith((under + ".", under + "["))


def _compare(what: str, wanted: Sequence[Row], got: Sequence[Row]) -> list[str]:
    wanted, got = sorted(wanted, key=_standing), sorted(got, key=_standing)
    found = []
    for index in range(max(len(wanted), len(got))):
        if index >= len(wanted):
            found.append(f"{what}: not expected: {_line(got[index])}")
        elif index >= len(got):
            found.append(f"{what}: missing: {_line(wanted[index])}")
        else:
            shown = {key: got[index].get(key) for key in wanted[index]}
            if _plain(shown) != _plain(wanted[index]):
                found.append(f"{what}: expected {_line(wanted[index])}, got {_line(shown)}")
    return found


def _compare_whole(wanted: Row, got: Row) -> list[str]:
    found = []
    for part in ("timeline", "invoices", "findings"):
        rows = [_without_words(row) for row in got[part]]
        if rows != [_without_words(row) for row in wanted[part]]:
            lines = "\n  ".join(map(_line, rows))
            found.append(f"{part}: expected\n  " + "\n  ".join(map(_line, wanted[part])) + f"\ngot\n  {lines}")
    return found


def _without_words(row: Row) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "why" and not (key == "until" and value is None)}


def _plain(row: Row) -> dict[str, Any]:
    return {key: sorted(value) if key == "invoices" else value for key, value in row.items()}


def _standing(row: Row) -> tuple[str, str, str, str, str]:
    amounts: Iterable[str] = row.get("amounts", {}).values()
    return (
        row.get("on", ""),
        row.get("customer") or "",
        row.get("code", ""),
        "".join(row.get("invoices", ())[:1]),
        "".join(amounts),
    )


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False)
