# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring import`: what is told about each file, and when nothing is stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doors.cli.shell import Done, Shell

HEAD = "number,customer,email,issued,due,amount,currency\n"
GOOD = "1001,Nordlys Kafé,ingrid@nordlys.example,2026-01-05,2026-02-04,1250.50,NOK\n"
BAD = "1002,Nordlys Kafé,nobody,2026-01-05,2026-02-31,5,NOK\n"
PDF = "%PDF-1.4\nan invoice\n%%EOF\n"


def invoices(shell: Shell) -> set[str]:
    """The numbers that are stored, of those used here."""
    return {number for number in ("1001", "1002", "1003") if shell.run("why", number).code == 0}


def only(done: Done) -> dict[str, object]:
    (file,) = done.json["files"]
    assert isinstance(file, dict)
    return file


def test_as_the_contract_says(fjord: Shell) -> None:
    done = fjord.run("import", fjord.write("a.csv", HEAD + GOOD), "--json")
    assert (done.code, done.err) == (0, "")
    file = only(done)
    assert (Path(str(file["file"])).name, file["kind"]) == ("a.csv", "invoices")
    assert (file["created"], file["updated"], file["unchanged"], file["refused"]) == (1, 0, 0, [])
    again = only(fjord.run("import", fjord.folder / "a.csv", "--json"))
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)


def test_good_rows_are_stored_refused_ones_listed(fjord: Shell) -> None:
    done = fjord.run("import", fjord.write("a.csv", HEAD + BAD + GOOD), "--json")
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert "line 2" in done.err
    refused = only(done)["refused"]
    assert isinstance(refused, list)
    assert {(one["line"], one["field"]) for one in refused} == {(2, "email"), (2, "due")}
    assert all(one["reason"] for one in refused)
    assert invoices(fjord) == {"1001"}


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n", b"<html>", HEAD.encode(), b"nothing here\nis known\n", b"a,b\n\xff\xfe\x00c,d"]
)
def test_an_unreadable_file_stores_nothing(content: bytes, fjord: Shell) -> None:
    path = fjord.folder / "a.csv"
    path.write_bytes(content)
    done = fjord.run("import", path, "--json")
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert done.json["error"]["code"]
    assert only(done)["created"] == 0


def test_a_file_that_is_not_there(fjord: Shell) -> None:
    done = fjord.run("import", "nowhere.csv", "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "unreadable")
    assert "nowhere.csv" in done.err


def test_one_bad_file_does_not_keep_the_others(fjord: Shell) -> None:
    done = fjord.run("import", fjord.write("bad.csv", ""), fjord.write("a.csv", HEAD + GOOD), "--json")
    assert done.code == 1
    assert [file["created"] for file in done.json["files"]] == [0, 1]
    assert invoices(fjord) == {"1001"}


def test_all_or_nothing_goes_over_all_files(fjord: Shell) -> None:
    files = fjord.write("a.csv", HEAD + GOOD), fjord.write("b.csv", HEAD + BAD)
    done = fjord.run("import", *files, "--all-or-nothing", "--json")
    assert done.code == 1
    assert [file["created"] for file in done.json["files"]] == [0, 0]
    assert invoices(fjord) == set()


def test_a_dry_run_tells_the_truth_over_all_files(fjord: Shell) -> None:
    files = [
        fjord.write("a.csv", HEAD + GOOD),
        fjord.write("money.csv", "date,amount,currency,invoice\n2026-02-01,50,NOK,1001\n"),
        fjord.write("Faktura 1001.pdf", PDF),
    ]
    for extra, stored in (("--dry-run", set()), ("--json", {"1001"})):
        done = fjord.run("import", *files, extra, "--json")
        assert done.code == 0, done.err
        assert [file["created"] for file in done.json["files"]] == [1, 1, 1]
        assert [file["kind"] for file in done.json["files"]] == ["invoices", "payments", "document"]
        assert invoices(fjord) == stored


def test_a_pdf_may_come_before_its_list(fjord: Shell) -> None:
    pdf, rows = fjord.write("1001.pdf", PDF), fjord.write("a.csv", HEAD + GOOD)
    done = fjord.run("import", pdf, rows, "--json")
    assert (done.code, [file["created"] for file in done.json["files"]]) == (0, [1, 1])


def test_a_pdf_that_fits_no_invoice(fjord: Shell) -> None:
    done = fjord.run("import", fjord.write("holiday.pdf", PDF), "--json")
    assert done.code == 1
    assert "rename" in done.err


def test_columns_by_a_mapping(fjord: Shell) -> None:
    rows = fjord.write("a.csv", "A,B,C,D\n1001,Nordlys,2026-02-04,1250.50\n")
    mapping = fjord.write("map.json", '{"A": "number", "B": "customer", "C": "due", "D": "amount"}')
    assert only(fjord.run("import", rows, "--map", mapping, "--json"))["created"] == 1
    done = fjord.run("import", rows, "--map", fjord.write("wrong.json", '{"A": "colour"}'), "--json")
    assert (done.code, done.error) == (1, "bad_mapping")


def test_for_people(fjord: Shell) -> None:
    done = fjord.run("import", fjord.write("a.csv", HEAD + GOOD + BAD))
    assert done.code == 1
    assert "1 new" in done.out
    assert "line 3, due" in done.out
