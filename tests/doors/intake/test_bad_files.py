# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that are no list, or only half of one: refused as a whole, with the line where there is one."""

from __future__ import annotations

import json
import random
import struct
import tracemalloc
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from time import process_time

import pytest
from openpyxl import Workbook

from purring.core.errors import Refused
from purring.doors.intake import Limits, Refusal, read
from tests.doors.intake.cast import BRITAIN, HEADER, NORWAY, opened, read_or_refused, workbook

ONE_ROW = f"{HEADER}\n1001,Ana,2026-11-20,12.50\n"
UTF8_ROW = "2,Bjørn,2026-11-20,5.00\n".encode()
LATIN_ROW = "3,Åse,2026-11-20,5.00\n".encode("cp1252")


def refused(data: bytes | Path, limits: Limits | None = None) -> Refused:
    """The refusal of a whole file."""
    with pytest.raises(Refused) as caught:
        list(read(data, locale=BRITAIN, limits=limits).rows())
    assert caught.value.message
    return caught.value


def _zip(**parts: bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(64), "picture"),
        (b"BM\x36\x00\x00\x00\x00\x00" + bytes(64), "picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "save it as XLSX"),
        (b"<!DOCTYPE html><html><table><tr><td>number", "web page"),
        (b"\n  <HTML><body>", "web page"),
        (b'<?xml version="1.0"?><Invoice/>', "XML"),
        (b"{\\rtf1 number", "RTF"),
        (b"\x1f\x8b\x08\x00" + bytes(32), "unpack"),
        (_zip(letter_xml=b"<a/>"), "no Excel workbook"),
        (b"PK\x03\x04 half a zip", "damaged"),
        (b"%PDF-1.7\nhalf", "incomplete"),
        (bytes(range(256)) * 8, "not a text"),
        (b"\x01\x02\x03\x04\x05\x06" * 50, "not a text"),
        (b"Dear Sir,\n\nplease find enclosed our list.\n", "column name"),
        (HEADER.encode(), "no rows"),
        (f"{HEADER}\n,,,\n".encode(), "no rows"),
    ],
)
def test_not_a_list(data: bytes, says: str) -> None:
    refusal = refused(data)
    assert refusal.code == "unreadable"
    assert says in refusal.message


def test_the_name_of_a_file_does_not_matter(tmp_path: Path) -> None:
    misnamed = tmp_path / "invoices.pdf"
    misnamed.write_text(ONE_ROW)
    assert read(misnamed, locale=BRITAIN).kind == "invoices"
    picture = tmp_path / "invoices.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "picture" in refused(picture).message


def test_a_pdf_is_an_attachment() -> None:
    reading = opened(b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n")
    assert (reading.kind, reading.file_type, list(reading.rows())) == ("attachment", "pdf", [])


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "cannot be opened" in refused(tmp_path / "nothing.csv").message
    assert "cannot be opened" in refused(tmp_path).message


@pytest.mark.parametrize("before", [b"", HEADER.encode() + b"\n1,Ana,2026-11-20,5\n2,"])
def test_a_line_of_a_gigabyte_is_refused_without_reading_it(tmp_path: Path, before: bytes) -> None:
    path = tmp_path / "endless.csv"
    with path.open("wb") as stream:
        stream.write(before + b"x" * (4 << 20))
        stream.truncate(1 << 30)
    started = process_time()
    refusal = refused(path)
    assert process_time() - started < 1
    assert refusal.params["line"] == before.count(b"\n") + 1
    assert "longer than" in refusal.message


def test_a_line_that_is_too_long_far_below_is_refused_with_its_line() -> None:
    rows = "".join(f"{n},Ana,2026-11-20,5\n" for n in range(120_000))
    refusal = refused((f"{HEADER}\n{rows}" + "x" * (2 << 20)).encode())
    assert refusal.params["line"] == 120_002


def test_a_file_that_is_too_large_is_refused() -> None:
    assert "larger than" in refused(ONE_ROW.encode() * 9, Limits(file_bytes=100)).message
    assert "larger than" in refused(workbook(["number"]), Limits(file_bytes=100)).message


def test_too_many_rows_and_columns_are_refused() -> None:
    assert "rows" in refused(ONE_ROW.encode() + b"2,Bo,2026-11-20,5\n", Limits(rows=1)).message
    wide = ",".join(f"c{n}" for n in range(500)).encode() + b"\n" + ONE_ROW.encode()
    assert "columns" in refused(wide).message
    assert "columns" in refused(workbook([*HEADER.split(","), *range(500)])).message


def test_a_nul_character_is_refused_with_its_line() -> None:
    refusal = refused(ONE_ROW.encode() + b"1002,B\0o,2026-11-20,5\n" + ONE_ROW.encode() * 100)
    assert (refusal.code, refusal.params["line"]) == ("unreadable", 3)


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ('1,"Ana,2026-11-20,5\n2,Bo,2026-11-20,5\n', 2),
        ('1,Ana,2026-11-20,5\n2,"Bo,2026-11-20,5\n3,"Cy",2026-11-20,5\n', 3),
        ('1,Ana,2026-11-20,5\n2,"Bo"x,2026-11-20,5\n', 3),
    ],
)
def test_quotes_that_do_not_close_are_refused_with_the_line_they_open_on(rows: str, line: int) -> None:
    refusal = refused(f"{HEADER}\n{rows}".encode())
    assert (refusal.code, refusal.params["line"]) == ("unreadable", line)
    assert "quotation mark" in refusal.message


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (UTF8_ROW + LATIN_ROW, 3),
        (LATIN_ROW + b"9,Bo,2026-11-20,5\n" + UTF8_ROW, 4),
        (b"\r\n" + UTF8_ROW + LATIN_ROW, 4),
        ("2,Åse ".encode() + "Ærlig,2026-11-20,5\n".encode("cp1252"), 2),
    ],
)
def test_mixed_encodings_are_refused_with_the_first_line_that_differs(rows: bytes, line: int) -> None:
    refusal = refused(HEADER.encode() + b"\n" + rows)
    assert (refusal.code, refusal.params["line"]) == ("mixed_encodings", line)


def test_a_utf8_mark_before_other_letters_is_refused() -> None:
    refusal = refused(b"\xef\xbb\xbf" + HEADER.encode() + b"\n" + LATIN_ROW)
    assert (refusal.code, refusal.params["line"]) == ("mixed_encodings", 2)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1250", "Žofie Černá, Přemysl Dvořák"),
        ("mac_roman", "Renée Müller-Østerås à Nîmes"),
        ("cp850", "Renée Müller-Østerås à Nîmes"),
        ("iso8859_15", "Renée Müller, 5 € à Nîmes"),
        ("koi8_r", "Иван Петров"),
    ],
)
def test_other_old_encodings_whose_letters_make_sense_in_one_way(encoding: str, name: str) -> None:
    text = f"{HEADER}\n".replace(",", ";") + f"1;{name};2026-11-20;5,00\n" * 3
    found = read_or_refused(text.encode(encoding))
    assert isinstance(found, list)
    assert [getattr(row, "customer", "") for row in found] == [name]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1251", "Иван Петров и сыновья"),
        ("cp1253", "Γιώργος Παπαδόπουλος"),
        ("cp1254", "Ayşe Yılmaz, Oğulları"),
        ("cp1257", "Jānis Bērziņš"),
        ("gb18030", "李雷和韩梅梅"),
        ("shift_jis", "山田太郎"),
    ],
)
def test_letters_that_cannot_be_told_are_refused_and_never_garbled(encoding: str, name: str) -> None:
    text = f"{HEADER}\n1,{name},2026-11-20,5.00\n"
    found = read_or_refused(text.encode(encoding))
    if isinstance(found, list):
        assert [getattr(row, "customer", "") for row in found] == [name]
    else:
        assert found.code in ("unreadable", "mixed_encodings")
        assert found.params["line"] == 2


def test_a_russian_file_long_enough_to_be_told() -> None:
    names = ("Иван Петров и сыновья", "Ольга Смирнова", "Алексей Кузнецов", "Мария Николаевна Соколова")
    text = f"{HEADER}\n" + "".join(f"{n},{name},2026-11-20,5.00\n" for n, name in enumerate(names * 6))
    found = read_or_refused(text.encode("cp1251"))
    assert isinstance(found, list)
    assert {getattr(row, "customer", "") for row in found} == set(names)


def test_workbook_that_would_unpack_to_gigabytes_is_refused() -> None:
    sheet = b"<sheetData>" + b" " * (2 << 20)
    bomb = _zip(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=sheet)
    assert "unpacks to" in refused(bomb, Limits(unpacked_bytes=1 << 20)).message
    assert "megabytes of text" in refused(bomb).message
    strings = _zip(xl__workbook_xml=b"<workbook/>", xl__sharedStrings_xml=sheet)
    assert "unpacks to" in refused(strings, Limits(unpacked_strings_bytes=1 << 20)).message


def test_workbook_that_lies_about_its_size_does_no_harm() -> None:
    data = bytearray(workbook(HEADER.split(","), [1, "Ana", "2026-11-20", 5]))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    found = read_or_refused(bytes(data))
    assert isinstance(found, list) or found.code == "unreadable"


def test_workbook_with_entities_is_refused() -> None:
    laugh = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    book = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "ha">{laugh}]><workbook>&l9;</workbook>'
    parts = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": book.encode()}
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    assert refused(buffer.getvalue()).code == "unreadable"


def test_workbook_with_rows_far_apart_does_not_take_long() -> None:
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>number</t></is></c></row><row r="900000000"><c r="A900000000"><v>1</v></c></row>'
    data = workbook(["number"])
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for part in old.infolist():
            body = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                body = body[: body.index(b"<sheetData>")] + f"<sheetData>{rows}</sheetData></worksheet>".encode()
            new.writestr(part.filename, body)
    assert "rows" in refused(buffer.getvalue()).message


def test_two_sheets_with_invoices_are_not_chosen_between() -> None:
    book = Workbook()
    for title in ("2025", "2026"):
        sheet = book.create_sheet(title)
        sheet.append(HEADER.split(","))
        sheet.append([1, "Ana", "2026-11-20", 5])
    buffer = BytesIO()
    book.save(buffer)
    assert "'2025' and '2026'" in refused(buffer.getvalue()).message


JSON_ROWS = json.dumps(
    [{"number": "1", "customer": "Åse", "due": "2026-11-20", "amount": "5.50"}] * 2, ensure_ascii=False, indent=1
).encode()


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(f"{HEADER},description\n1,Åse,2026-11-20,12.50,\"two\nlines\"\n".encode(), id="csv"),
        pytest.param(("\ufeff" + f"{HEADER}\n1,Åse,2026-11-20,12.50\n").encode("utf-16-le"), id="utf-16"),
        pytest.param(JSON_ROWS, id="json"),
        pytest.param(workbook(HEADER.split(","), [1, "Åse", "2026-11-20", 12.5]), id="xlsx"),
    ],
)  # fmt: skip
def test_every_beginning_of_a_file_is_read_or_refused_and_never_breaks(whole: bytes) -> None:
    step = max(1, len(whole) // 700)
    for length in [*range(0, len(whole), step), *range(len(whole) - 60, len(whole))]:
        found = read_or_refused(whole[:length])
        for row in found if isinstance(found, list) else []:
            if not isinstance(row, Refusal):
                assert row.customer == "Åse"


def test_damaged_workbooks_are_read_or_refused_and_never_break(rng: random.Random) -> None:
    whole = workbook(HEADER.split(","), *([n, "Åse", "2026-11-20", 12.5] for n in range(20)))
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        found = read_or_refused(bytes(data))
        assert isinstance(found, list) or found.code in ("unreadable", "missing_columns")


@pytest.mark.parametrize(
    "text",
    [
        '[{"number": "1", "customer": "Ana"', "[1, 2]", "[[1]]", '{"a": {"b": 1}', '[{"number": NaN}]',
        '[{"a": 1} {"b": 2}]', '[{"a": 1}] trailing', "[", "{", '[{"a": 1, "a": 2}]',
        "[" * 5000, '{"a":' * 5000, '[{"a": ' + "9" * 5000 + "}]", "[]", "{}",
    ],
)  # fmt: skip
def test_broken_json_is_refused(text: str) -> None:
    assert refused(text.encode()).code == "unreadable"


def test_a_missing_end_line_in_a_row_that_is_too_short_means_the_file_was_cut() -> None:
    rows = list(opened(f"{HEADER}\n1,Ana,2026-11-20,5.00\n2,Bo,2026-11").rows())
    assert [(row.line, row.code) for row in rows if isinstance(row, Refusal)] == [(3, "cut_off")]


def test_memory_stays_flat() -> None:
    def data(count: int) -> bytes:
        rows = "".join(f"{n},Brødrene Sørås AS,2026-11-20,12.50\n" for n in range(count))
        return f"{HEADER}\n{rows}".encode()

    list(read(data(10), locale=NORWAY).rows())  # loads what Babel knows, once
    many = data(20_000)
    tracemalloc.start()
    try:
        count = sum(1 for _ in read(many, locale=NORWAY).rows())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 8 << 20


def test_compressed_noise_is_refused() -> None:
    assert refused(zlib.compress(bytes(10_000)) * 20).code in ("unreadable", "mixed_encodings")
