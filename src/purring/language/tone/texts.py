# SPDX-License-Identifier: Apache-2.0
"""Why a finding matters and better words, in the reader's language, from ``texts/<language>.txt``."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from purring.core.errors import Refused
from purring.language.tone.report import CODES


def advice(language: str, code: str) -> tuple[str, str]:
    """(why, better) of a code."""
    return _all(language)[code]


@lru_cache(16)
def _all(language: str) -> dict[str, tuple[str, str]]:
    source = (resources.files("purring.language.tone") / "texts" / f"{language}.txt").read_text("utf-8")
    return parse(language, source)


def parse(language: str, source: str) -> dict[str, tuple[str, str]]:
    """Read lines of the form ``code | why | better``. Raises `Refused` (`bad_rule`) when one is missing or wrong."""
    found: dict[str, tuple[str, str]] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != 3 or not all(cells):
            raise Refused("bad_rule", f"texts/{language}.txt, line {number}: write 'code | why | better'")
        found[cells[0]] = (cells[1], cells[2])
    if missing := [code for code in CODES if code not in found]:
        raise Refused("bad_rule", f"texts/{language}.txt: nothing for {', '.join(missing)}")
    return found
