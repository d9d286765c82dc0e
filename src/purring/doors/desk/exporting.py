# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists as files for a spreadsheet, row by row, however many: CSV as it leaves, XLSX by way of a temporary file.

A cell that begins like a formula is text with an apostrophe before it: who opens the file runs nothing.
"""

from __future__ import annotations

import csv
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import IO, Any, cast
from xml.sax.saxutils import escape

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from purring.kit.formulas import neutral
from purring.kit.mime import safe_filename

Cell = str | int | date | None | tuple[str]
"""A text, a whole number, a day, or (in a tuple) a decimal number as text."""
AT_ONCE = 200
EPOCH = date(1899, 12, 30)
"""Day 0 of spreadsheets."""


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponseBase:
    """Commas, UTF-8 with the mark that Excel wants, days as ISO 8601, a point before decimals."""
    response = StreamingHttpResponse(_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{safe_filename(name)}.csv"'
    return response


class _Echo:
    """What csv writes comes back as the line itself."""

    def write(self, line: str) -> str:
        return line


def _lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    writer = csv.writer(cast(IO[str], _Echo()))
    some = ["\ufeff", writer.writerow(head)]
    for row in rows:
        some.append(writer.writerow([_text(cell) for cell in row]))
        if len(some) >= AT_ONCE:
            yield "".join(map(str, some)).encode()
            some = []
    yield "".join(map(str, some)).encode()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, tuple):
        return cell[0]
    return neutral(cell) if isinstance(cell, str) else cell.isoformat() if isinstance(cell, date) else str(cell)


def as_xlsx(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponseBase:
    """One sheet (ISO/IEC 29500): texts are texts, numbers and days are numbers and days."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for path, content in PARTS.items():
            book.writestr(path, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{content}')
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(
                f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{MAIN}"><sheetData>'.encode()
            )
            sheet.write(_row(head))
            for row in rows:
                sheet.write(_row(row))
            sheet.write(b"</sheetData></worksheet>")
    file.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return FileResponse(cast(Any, file), as_attachment=True, filename=f"{safe_filename(name)}.xlsx", content_type=kind)


def _row(cells: Sequence[Cell]) -> bytes:
    return f"<row>{''.join(map(_cell, cells))}</row>".encode()


def _cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, tuple):
        return f'<c s="2"><v>{cell[0]}</v></c>'
    if isinstance(cell, date):
        return f'<c s="1"><v>{(cell - EPOCH).days}</v></c>'
    if isinstance(cell, int):
        return f"<c><v>{cell}</v></c>"
    plain = "".join(char for char in neutral(cell) if char >= " " or char in "\t\n")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(plain)}</t></is></c>'


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEETS}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SHEETS}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEETS}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}/worksheet" '
    f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/></cellXfs></styleSheet>',
}
"""What a workbook needs beside its sheet. Formats: 1 a day, 2 an amount."""
