# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring doctor` reads the users' own wording files before a message needs them."""

from __future__ import annotations

import sqlite3

import pytest

from tests.doors.cli.shell import ROOT, Shell

FRIENDLY = (ROOT / "src/purring/language/wordings/nb/friendly.txt").read_text(encoding="utf-8")


def told(shell: Shell, name: str, content: bytes) -> tuple[int, str, str]:
    """Exit code, level and detail of the check, with one own file of that name."""
    path = shell.data / "wordings" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    done = shell.run("doctor", "--json")
    (found,) = [one for one in done.json["checks"] if one["name"] == "wordings"]
    return done.code, str(found["level"]), str(found["detail"])


def test_a_good_copy(fjord: Shell) -> None:
    assert told(fjord, "fjord/nb/friendly.txt", FRIENDLY.encode()) == (0, "ok", "1 own, all can be read")


def test_a_typo_is_told_with_line_and_column(fjord: Shell) -> None:
    lines = FRIENDLY.splitlines()
    number = next(number for number, line in enumerate(lines, 1) if "{{ greeting }}" in line)
    lines[number - 1] = lines[number - 1].replace("greeting", "greting")
    code, level, detail = told(fjord, "fjord/nb/friendly.txt", "\n".join(lines).encode())
    assert (code, level) == (1, "fail")
    assert f"fjord/nb/friendly.txt, line {number}, column " in detail
    assert "did you mean 'greeting'?" in detail


@pytest.mark.parametrize(
    ("content", "words"), [(b"# ok\n\xe5h", "line 2: not in UTF-8"), (b"# " + b"x" * 70_000, "larger than 64 KB")]
)
def test_what_cannot_be_read(content: bytes, words: str, fjord: Shell) -> None:
    code, level, detail = told(fjord, "fjord/nb/friendly.txt", content)
    assert (code, level) == (1, "fail")
    assert words in detail


def test_a_file_of_another_name_stops_its_language(fjord: Shell) -> None:
    code, level, detail = told(fjord, "fjord/nb/notes.txt", b"remember the milk")
    assert (code, level) == (1, "fail")
    assert "notes" in detail


@pytest.mark.parametrize("name", ["friendly.txt", "somebody/nb/friendly.txt", "fjord/tlh/friendly.txt"])
def test_a_file_that_nobody_reads(name: str, fjord: Shell) -> None:
    code, level, detail = told(fjord, name, FRIENDLY.encode())
    assert (code, level) == (0, "warn")
    assert "never read" in detail


def test_a_text_kept_at_the_desk_that_names_what_is_not_known_any_more(fjord: Shell) -> None:
    code, level, detail = kept(fjord, "{{ greeting }}\n\n{{ something_of_before }}")
    assert (code, level) == (1, "fail")
    assert "fjord/nb/friendly, message 1, line 3, column 4: " in detail


def test_a_good_text_kept_at_the_desk(fjord: Shell) -> None:
    assert kept(fjord, "{{ greeting }}") == (0, "ok", "1 own, all can be read")


def kept(shell: Shell, text: str) -> tuple[int, str, str]:
    """Exit code, level and detail of the check, with one text kept at the desk."""
    columns = "organization_id, language, file, heading, text, current, at, by, findings, overruled"
    with sqlite3.connect(shell.data / "purring.sqlite3") as database:
        (organization,) = database.execute("SELECT id FROM organizations_organization").fetchone()
        row = (organization, "nb", "friendly", "message 1", text, True, "2026-05-05 06:00:00", "cli", 0, "[]")
        database.execute(f"INSERT INTO wordings_owntext ({columns}) VALUES ({', '.join('?' * len(row))})", row)
    done = shell.run("doctor", "--json")
    (found,) = [one for one in done.json["checks"] if one["name"] == "wordings"]
    return done.code, str(found["level"]), str(found["detail"])
