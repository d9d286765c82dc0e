# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names, exit codes and where errors go: what other programs rely on."""

from __future__ import annotations

import json
import resource

import pytest

from purring.doors.cli.arguments import COMMANDS, parse
from tests.doors.cli.shell import Shell

CONTRACT = (
    "demo init serve work import approve record run why rehearse tone read-reply late-charges reference qr document "
    "backup restore migrate law doctor"
)


def test_every_name_of_the_contract_is_known() -> None:
    assert set(COMMANDS) == set(CONTRACT.split())


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("dance",),
        ("init",),
        ("import",),
        ("run", "--sideways"),
        ("record", "gift", "1001"),
        ("record", "payment", "1001"),
        ("serve", "--port", "70000"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], shell: Shell) -> None:
    done = shell.run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
    done = shell.run(*arguments, "--json")
    assert (done.code, done.error) == (2, "wrong_usage")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_helps(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse([name, "--help"])
    assert ended.value.code == 0
    assert name in capsys.readouterr().out


@pytest.mark.parametrize("name", ["approve", "run", "doctor", "migrate"])
def test_before_there_is_a_database(name: str, shell: Shell) -> None:
    done = shell.run(name, "--json")
    assert done.code == 1
    if name != "doctor":
        assert done.error == "not_initialised"
    assert "purring init" in done.err
    assert not shell.data.exists(), "asking leaves nothing behind"


def test_a_settings_file_that_cannot_be_read(fjord: Shell) -> None:
    (fjord.data / ".env").write_text("PURRING_MAIL_FORM=a@b.example\n")
    done = fjord.run("run", "--json")
    assert (done.code, done.error) == (1, "bad_setting")
    assert "line 1" in done.err


def test_a_bug_is_one_line_and_its_trace_a_file(fjord: Shell) -> None:
    (fjord.data / "purring.sqlite3").write_bytes(b"this is no database" * 100)
    done = fjord.run("run", "--json")
    assert done.code == 1
    assert done.error in ("bug", "database", "no_database")
    assert "Traceback" not in done.err


def test_a_pure_command_starts_in_under_a_second(shell: Shell) -> None:
    scenario = {
        "start": "2026-01-01",
        "end": "2026-01-02",
        "organization": {
            "name": "Fjord",
            "country": "NO",
            "language": "nb",
            "timezone": "Europe/Oslo",
            "currency": "NOK",
        },
        "schedule": {"steps": [{"stage": "friendly", "days": 3, "channel": "email"}]},
        "customers": [],
        "invoices": [],
        "events": [],
    }
    shell.settings["PURRING_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nowhere"
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = shell.run("rehearse", "-", "--json", given=json.dumps(scenario))
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.code == 0, done.err
    # Processor time, because other tests may have the machine; a cold disk is not what is promised either.
    assert (ended.ru_utime - began.ru_utime) + (ended.ru_stime - began.ru_stime) < 1.0
    assert not shell.data.exists()


def test_a_bad_line_does_not_end_the_stream(shell: Shell) -> None:
    lines = shell.folder / "worlds.jsonl"
    lines.write_bytes(b'\xff\xfe\n{"a": 1}\n[]\nnot json\n')
    for arguments in (("--jsonl",), ("--jsonl", "--json")):
        done = shell.run("rehearse", lines, *arguments)
        assert (done.code, done.err) == (0, "")
        told = [json.loads(line)["error"]["code"] for line in done.out.splitlines()]
        assert told == ["bad_json", "bad_scenario", "bad_scenario", "bad_json"]
    assert len(shell.run("rehearse", "--jsonl", given="{}\n{}\n").out.splitlines()) == 2
    assert shell.run("rehearse", "--json").code == 2
