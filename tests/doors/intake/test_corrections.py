# SPDX-License-Identifier: AGPL-3.0-or-later
"""Single cells written anew by a person: they stand in the place of the file's, and everything else is read as before."""

from __future__ import annotations

from datetime import date

import pytest

from purring.doors.intake.locale import LocaleFacts
from purring.doors.intake.reading import read
from purring.doors.intake.rows import InvoiceRow, Refusal

HERE = LocaleFacts("en", "GB", "GBP")
LIST = (
    b"Invoice number,Customer,E-mail,Due,Amount\n"
    b"1,Ann,ann@a.example,2026-05-01,10.00\n"
    b"2,Ben,ben@@b.example,2026-02-31,20.00\n"
    b"3,Cleo,cleo@c.example,2026-05-03,30.00\n"
)


def test_a_mended_row_is_taken_and_the_others_stay_as_they_are() -> None:
    before = list(read(LIST, locale=HERE).rows())
    assert [(one.line, one.field) for one in before if isinstance(one, Refusal)] == [(3, "email"), (3, "due")]
    mended = list(read(LIST, locale=HERE, corrections={3: {2: "ben@b.example", 3: "28.02.2026"}}).rows())
    assert [one for one in mended if isinstance(one, Refusal)] == []
    assert mended[0] == before[0]
    assert mended[2] == before[3]
    row = mended[1]
    assert isinstance(row, InvoiceRow)
    assert (row.email, row.due, row.amount_minor) == ("ben@b.example", date(2026, 2, 28), 2000)


def test_what_a_person_writes_is_read_as_carefully_as_the_file() -> None:
    found = list(read(LIST, locale=HERE, corrections={3: {2: "ben", 3: "2026-03-01"}}).rows())
    assert [(one.line, one.field) for one in found if isinstance(one, Refusal)] == [(3, "email")]


def test_a_cell_behind_the_end_of_a_short_row() -> None:
    short = b"Invoice number,Customer,Due,Amount,E-mail\n1,Ann,2026-05-01,10.00\n2,Ben,2026-05-01,10.00\n"
    row = next(read(short, locale=HERE, corrections={2: {4: "ann@a.example"}}).rows())
    assert isinstance(row, InvoiceRow)
    assert row.email == "ann@a.example"


def test_the_last_row_of_a_file_that_breaks_off_can_be_completed() -> None:
    cut = LIST.removesuffix(b",30.00\n")
    assert [one.code for one in read(cut, locale=HERE).rows() if isinstance(one, Refusal)][-1] == "cut_off"
    whole = list(read(cut, locale=HERE, corrections={4: {4: "30.00"}}).rows())
    assert [one.line for one in whole if isinstance(one, InvoiceRow)] == [2, 4]


@pytest.mark.parametrize("lines", [[], [3], [2, 3, 99]])
def test_cells_are_shown_as_they_stand(lines: list[int]) -> None:
    cells = read(LIST, locale=HERE, corrections={3: {3: "2026-02-28"}}).cells_at(lines)
    assert set(cells) == set(lines) - {99}
    if 3 in cells:
        assert cells[3] == ["2", "Ben", "ben@@b.example", "2026-02-28", "20.00"]
