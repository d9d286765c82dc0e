# SPDX-License-Identifier: AGPL-3.0-or-later
"""Heavy libraries are loaded by those who need them only."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("django", "facturx", "lxml", "pypdf", "saxonche", "schwifty", "typst")
PROGRAM = f"""
import json, sys
from tests.papers.einvoice.invoices import made
from purring.papers.einvoice import read_einvoice, validate_schema, write_cii, write_ubl
def heavy(): return [name for name in {HEAVY!r} if name in sys.modules]
assert heavy() == [], heavy()
xml = write_cii(made())
write_ubl(made())
assert heavy() == [], heavy()
read_einvoice(xml)
assert validate_schema(xml) == []
assert heavy() == ["lxml"], heavy()
"""


def test_writing_needs_no_library_and_reading_only_lxml() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
