# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring tone`: the contract's fields, places, verdicts and codes."""

from __future__ import annotations

import json
import resource
from pathlib import Path

from tests.doors.cli.shell import Shell

KIND = """Dear Anna,

Invoice 204 over 120.00 EUR was due on 2 March 2026. Could you have a look? You can pay at https://pay.example/204, or
just reply to this mail.

Thank you, and kind regards
Sue
"""
UNKIND = "Dear Anna 😀,\n\nWe know where you live.\n"
FIELDS = ["code", "severity", "field", "start", "end", "quote", "why", "better"]


def test_a_kind_message_is_ok(shell: Shell) -> None:
    done = shell.run("tone", "-", "--language", "en", "--stage", "friendly", "--json", given=KIND)
    assert (done.code, done.err) == (0, "")
    assert done.json == {"language": "en", "verdict": "ok", "findings": []}


def test_the_document_of_the_contract(shell: Shell) -> None:
    done = shell.run("tone", "-", "--language", "en", "--stage", "friendly", "--json", given=UNKIND)
    assert done.code == 1
    found = done.json
    assert list(found) == ["language", "verdict", "findings"]
    assert found["verdict"] == "block"
    assert all(list(one) == FIELDS for one in found["findings"])
    (threat,) = [one for one in found["findings"] if one["code"] == "threat"]
    assert (threat["severity"], threat["field"], threat["quote"]) == ("block", "text", "We know where you live.")
    assert UNKIND[threat["start"] : threat["end"]] == threat["quote"], "places are code points"
    (amount,) = [one for one in found["findings"] if one["code"] == "missing_amount"]
    assert (amount["severity"], amount["start"], amount["end"], amount["quote"]) == ("warn", None, None, None)


def test_the_language_is_found_out(shell: Shell) -> None:
    text = "Sehr geehrte Frau Nolte,\n\nbitte überweisen Sie den Betrag der Rechnung 12 bis Freitag.\n\nMit freundlichen Grüßen\n"
    assert shell.run("tone", "-", "--json", given=text).json["language"] == "de"


def test_facts_subject_and_channel_count(shell: Shell, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps({"contact_name": "Berta", "amount": "99.00"}), "utf-8")
    asked = ("tone", "-", "--language", "en", "--stage", "friendly", "--json")
    with_facts = shell.run(*asked, "--facts", str(facts), "--subject", "PAY NOW!!!", given=KIND)
    told = {(one["code"], one["field"]) for one in with_facts.json["findings"]}
    assert {("wrong_name", "text"), ("missing_amount", "text"), ("shouting", "subject")} <= told
    long = "Hi Anna, 120.00 was due on 2 March: https://pay.example/204. " * 8
    by_sms = shell.run(*asked, "--channel", "sms", given=long)
    assert "sms_too_long" in {one["code"] for one in by_sms.json["findings"]}


def test_people_read_why_and_better_words(shell: Shell) -> None:
    done = shell.run("tone", "-", "--language", "en", "--stage", "friendly", given=UNKIND)
    assert '! threat "We know where you live."' in done.out
    assert "This must not go out like this. (en)" in done.out
    assert (
        shell.run("tone", "-", "--language", "en", "--stage", "friendly", given=KIND).out == "This can go out. (en)\n"
    )


def test_one_result_per_line_and_a_bad_line_stops_nothing(shell: Shell) -> None:
    lines = [
        json.dumps({"text": KIND, "language": "en", "stage": "friendly"}),
        "not json",
        json.dumps({"text": "x", "stage": "brutal"}),
        json.dumps({"text": "x", "colour": "red"}),
        json.dumps({"text": UNKIND, "language": "en", "facts": {"contact_name": "Anna"}}),
    ]
    done = shell.run("tone", "--jsonl", given="\n".join(lines) + "\n")
    found = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert [one.get("verdict") or one["error"]["code"] for one in found] == [
        "ok",
        "bad_json",
        "unknown_stage",
        "bad_option",
        "block",
    ]


def test_what_is_no_text_is_refused_kindly(shell: Shell, tmp_path: Path) -> None:
    binary = tmp_path / "text.txt"
    binary.write_bytes(b"\xff\xfe\x00")
    for asked in (("tone", str(binary)), ("tone", str(tmp_path / "none.txt")), ("tone", "-", "--stage", "brutal")):
        done = shell.run(*asked, given=KIND)
        assert done.code != 0
        assert "Traceback" not in done.err
        assert len(done.err.strip().splitlines()) <= 2


def test_it_answers_soon(shell: Shell) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    shell.run("tone", "-", "--language", "en", "--json", given=KIND)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2
