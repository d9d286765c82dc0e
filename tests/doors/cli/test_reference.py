# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring reference`: made, checked, one by one and in a stream."""

from __future__ import annotations

import json

import pytest

from purring.core.references import SCHEMES
from tests.doors.cli.shell import Shell


def test_make_and_check(shell: Shell) -> None:
    made = shell.run("reference", "make", "rf", "2026-0417", "--json")
    assert (made.code, made.err) == (0, "")
    assert made.json == {"scheme": "rf", "reference": "RF5120260417", "printed": "RF51 2026 0417"}
    assert shell.run("reference", "make", "rf", "2026-0417").out == "RF51 2026 0417\n"
    checked = shell.run("reference", "check", "rf", "rf51 2026 0417", "--json")
    assert (checked.code, checked.json["valid"], checked.json["reference"]) == (0, True, "RF5120260417")


def test_a_reference_that_does_not_hold_is_something_to_report(shell: Shell) -> None:
    done = shell.run("reference", "check", "ogm", "+++090/9337/55494+++", "--json")
    assert (done.code, done.json["valid"], done.json["code"]) == (1, False, "check_digit")
    assert "typing error" in done.json["why"]
    people = shell.run("reference", "check", "ogm", "+++090/9337/55494+++")
    assert people.code == 1
    assert people.out.startswith("not valid: ")


def test_a_dash_at_the_end_is_a_check_digit(shell: Shell) -> None:
    assert shell.run("reference", "check", "kid11", "40-").code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("make", "kid10", "INV-7"), "bad_reference"),
        (("make", "iban", "7"), "unknown_scheme"),
        (("check", "x", "7"), "unknown_scheme"),
    ],
)
def test_refused(shell: Shell, arguments: tuple[str, ...], code: str) -> None:
    done = shell.run("reference", *arguments, "--json")
    assert (done.code, done.error) == (1, code)


@pytest.mark.parametrize(
    "arguments",
    [(), ("make",), ("make", "rf"), ("check", "rf"), ("check", "--jsonl", "rf", "RF1"), ("guess", "rf", "1")],
)
def test_wrong_usage(shell: Shell, arguments: tuple[str, ...]) -> None:
    done = shell.run("reference", *arguments)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1


def test_a_stream_goes_on_after_a_bad_line(shell: Shell) -> None:
    lines = [
        *(json.dumps({"scheme": scheme, "value": "RF5120260417"}) for scheme in SCHEMES),
        *("rubbish", '{"scheme": "rf"}', '{"scheme": "rf", "value": 7}', '{"scheme": "x", "value": "1"}', ""),
        '{"scheme": "rf", "scheme": "scor", "value": "1"}',
        json.dumps({"scheme": "rf", "value": "RF" + "1" * 5000}),
        '{"scheme": "viite", "value": "12 34561"}',
    ]
    done = shell.run("reference", "check", "--jsonl", given="\n".join(lines))
    assert (done.code, done.err) == (0, "")
    results = [json.loads(line) for line in done.out.splitlines()]
    assert [one.get("valid", one.get("error", {}).get("code")) for one in results] == [
        *(scheme in ("rf", "scor") for scheme in SCHEMES),
        *("bad_json", "bad_line", "bad_line", "unknown_scheme", "bad_json", "too_long", True),
    ]


def test_lines_that_are_not_text(shell: Shell) -> None:
    done = shell.run("reference", "check", "--jsonl", given='{"scheme": "rf", "value": "\\ud800"}\n[1]\n')
    results = [json.loads(line) for line in done.out.splitlines()]
    assert results[0]["valid"] is False
    assert results[1]["error"]["code"] == "bad_line"
