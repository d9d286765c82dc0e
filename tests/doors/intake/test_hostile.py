# SPDX-License-Identifier: AGPL-3.0-or-later
"""Texts made to break programs: every one is taken as it is or refused, in every field, and never runs or crashes."""

from __future__ import annotations

import csv
import io
import json
import random
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from purring.doors.intake import InvoiceRow, Refusal, read
from purring.doors.intake.headers import fields_of
from tests.doors.intake.cast import BRITAIN, NORWAY, read_or_refused

GOOD = {"number": "1001", "customer": "Ana", "due": "2026-11-20", "amount": "12.50"}


def _file(rows: list[dict[str, str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(dict.fromkeys(key for row in rows for key in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8", "surrogatepass")


def test_naughty_strings_in_every_field(test_data: Path) -> None:
    naughty = json.loads((test_data / "names" / "blns" / "blns.json").read_text(encoding="utf-8"))
    assert len(naughty) > 400
    for field in fields_of("invoices"):
        rows = [GOOD | {"number": f"N{n}"} | {field: text} for n, text in enumerate(naughty) if "\0" not in text]
        for row in read(_file(rows), locale=BRITAIN).rows():
            if isinstance(row, InvoiceRow):
                for value in (row.number, row.customer, row.description, row.status, row.contact):
                    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in value)
                    assert not value.startswith("=")
                assert row.amount_minor > 0
            else:
                assert isinstance(row, Refusal)
                assert row.reason


def test_ordinary_unusual_names_are_kept_as_they_are() -> None:
    names = [
        "O'Brien & Sons",
        "Null",
        "Robert'); DROP TABLE students;--",
        "<b>Ana</b>",
        "Ørjan Ærlig",
        "李雷",
        "עברית",
        "N/A Ltd",
    ]
    rows = [GOOD | {"number": str(n), "customer": name} for n, name in enumerate(names)]
    found = [row.customer for row in read(_file(rows), locale=NORWAY).rows() if isinstance(row, InvoiceRow)]
    assert found == names


@given(
    st.lists(st.lists(st.text(max_size=30), min_size=1, max_size=6), max_size=8), st.sampled_from([",", ";", "\t", "|"])
)
def test_any_table_under_good_names_is_read_or_refused(table: list[list[str]], delimiter: str) -> None:
    text = delimiter.join(GOOD) + "\n" + "\n".join(delimiter.join(row) for row in table)
    found = read_or_refused(text.encode("utf-8", "surrogatepass"))
    for row in found if isinstance(found, list) else []:
        assert isinstance(row, InvoiceRow | Refusal)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    found = read_or_refused(data)
    assert isinstance(found, list) or found.message


def test_a_good_file_with_some_bytes_changed_is_read_or_refused(rng: random.Random) -> None:
    whole = _file([GOOD | {"number": str(n), "customer": "Åse"} for n in range(30)])
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 5)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        found = read_or_refused(bytes(data))
        assert isinstance(found, list) or found.message
