# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring read-reply`: the contract's words, fields and codes."""

from __future__ import annotations

import json
import resource

import pytest

from tests.doors.cli.shell import Shell

TEXT = """Hi Sue,

I'll transfer £1,240.00 for INV-20418 on Friday.

Cheers,
Dan

On Tue, 3 Mar 2026 at 09:12, Sue Pargeter <sue@oak.example> wrote:

> a nudge about INV-20418, due on 20 February
"""
FIELDS = [
    "kind", "language", "reply", "intents", "primary", "hostile", "pay_on", "pay_amount", "pay_currency", "return_on",
    "invoice_refs", "open_question",
]  # fmt: skip


def test_the_document_of_the_contract(shell: Shell) -> None:
    done = shell.run("read-reply", "-", "--said-on", "2026-03-04", "--timezone", "Europe/London", "--json", given=TEXT)
    assert (done.code, done.err) == (0, "")
    found = done.json
    assert list(found) == FIELDS
    assert found["kind"] == "human"
    assert found["language"] == "en"
    assert found["reply"].startswith("Hi Sue,")
    assert found["reply"].endswith("Cheers,\nDan")
    assert [list(one) for one in found["intents"]] == [["intent", "confidence", "quote"]]
    assert found["primary"] == found["intents"][0]["intent"] == "promise_to_pay"
    assert 0 < found["intents"][0]["confidence"] <= 1
    assert found["intents"][0]["quote"] in found["reply"]
    assert (found["pay_on"], found["pay_amount"], found["pay_currency"]) == ("2026-03-06", "1240.00", "GBP")
    assert (found["return_on"], found["invoice_refs"], found["hostile"]) == (None, ["INV-20418"], False)


def test_a_mail_brings_its_own_day(shell: Shell) -> None:
    mail = (
        "Date: Thu, 5 Mar 2026 23:30:00 +0000\nSubject: Re: INV-20418\nContent-Type: text/plain\n\nI'll pay tomorrow.\n"
    )
    assert shell.run("read-reply", "-", "--raw", "--json", given=mail).json["pay_on"] == "2026-03-06"
    east = shell.run("read-reply", "-", "--raw", "--timezone", "Asia/Tokyo", "--json", given=mail)
    assert east.json["pay_on"] == "2026-03-07"


def test_people_read_lines(shell: Shell) -> None:
    done = shell.run("read-reply", "-", "--said-on", "2026-03-04", given=TEXT)
    assert "wants     promise to pay" in done.out
    assert "2026-03-06" in done.out


def test_one_result_per_line_and_a_bad_line_stops_nothing(shell: Shell) -> None:
    lines = [
        json.dumps({"text": TEXT, "said_on": "2026-03-04"}),
        '{"text": "x", "raw": "y"}',
        '{"text": 7}',
        '{"words": "x"}',
        "not json",
        json.dumps({"raw": "Auto-Submitted: auto-replied\nSubject: Out of office\n\nI am away.\n"}),
    ]
    done = shell.run("read-reply", "--jsonl", given="\n".join(lines) + "\n")
    found = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert [one.get("error", {}).get("code") for one in found] == [
        None,
        "bad_json",
        "bad_json",
        "bad_json",
        "bad_json",
        None,
    ]
    assert found[0]["pay_on"] == "2026-03-06"
    assert found[5]["kind"] == "out_of_office"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--said-on", "4 March"], "bad_date"),
        (["--timezone", "Mars/Phobos"], "unknown_timezone"),
        (["--language", "tlh"], "unknown_language"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(shell: Shell, words: list[str], code: str) -> None:
    done = shell.run("read-reply", "-", *words, "--json", given="hello")
    assert (done.code, done.json["error"]["code"]) == (1, code)
    assert len(done.err.splitlines()) == 1


def test_a_missing_file_is_told(shell: Shell) -> None:
    done = shell.run("read-reply", "nowhere.txt", "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "unreadable")
    assert shell.run("read-reply").code == 2


def test_it_starts_in_under_a_second_and_leaves_nothing_behind(shell: Shell) -> None:
    shell.settings["PURRING_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nowhere"
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert shell.run("read-reply", "-", "--language", "en", given="I paid yesterday.").code == 0
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (ended.ru_utime - began.ru_utime) + (ended.ru_stime - began.ru_stime) < 1.0
    assert not shell.data.exists()
