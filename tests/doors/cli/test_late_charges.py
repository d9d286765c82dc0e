# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring late-charges` and `purring law update`: the contract's words, fields and codes."""

from __future__ import annotations

import json
import resource
from typing import Any

import pytest

from tests.doors.cli.shell import Shell

NORWAY = "late-charges --law NO --kind business --currency NOK --amount 10000 --due 2026-05-15 --on 2026-07-31".split()  # noqa: SIM905


def test_the_document_of_the_contract(shell: Shell) -> None:
    done = shell.run(*NORWAY, "--json")
    assert (done.code, done.err) == (0, "")
    found = done.json
    assert list(found) == [
        "law", "principal", "interest", "compensation", "fees", "not_allowed", "total", "as_of", "sources",
    ]  # fmt: skip
    assert found["law"] == "NO"
    assert found["principal"] == "10000.00"
    assert found["interest"] == {
        "amount": "255.27",
        "from": "2026-05-16",
        "segments": [
            {"from": "2026-05-16", "to": "2026-06-30", "days": 46, "rate": "12.00", "amount": "151.23"},
            {"from": "2026-07-01", "to": "2026-07-31", "days": 31, "rate": "12.25", "amount": "104.04"},
        ],
        "rule": "NO-B2B: forsinkelsesrenteloven §§ 2, 3",
        "confidence": "high",
    }
    assert found["compensation"]["amount"] == "430.00"
    assert found["total"] == "10685.27"
    assert found["as_of"] == "2026-07-31"
    assert [set(denied) for denied in found["not_allowed"]] == [{"what", "why", "rule"}]
    assert {"NO-VAN", "NO-RENT"} <= {source["key"] for source in found["sources"]}


def test_it_starts_in_under_a_second_and_leaves_nothing_behind(shell: Shell) -> None:
    shell.settings["PURRING_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nowhere"
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert shell.run(*NORWAY).code == 0
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (ended.ru_utime - began.ru_utime) + (ended.ru_stime - began.ru_stime) < 1.0
    assert not shell.data.exists()


def test_nothing_due_yet_is_zero(shell: Shell) -> None:
    later = [word.replace("2026-05-15", "2026-08-14") for word in NORWAY]
    found = shell.run(*later, "--json").json
    assert (found["principal"], found["total"]) == ("10000.00", "10000.00")
    assert found["interest"]["amount"] == found["compensation"]["amount"] == "0.00"
    assert found["interest"]["segments"] == []


def test_every_option(shell: Shell) -> None:
    options = (
        "--creditor SE --debtor SE --kind consumer --currency SEK --amount 1000.50 --due 2026-03-02 --on 2026-06-01 "
        "--issued 2026-01-30 --agreed-rate 8.5 --calendar-due-date-agreed --reminder-on 2026-03-10 "
        "--reminder-on 2026-03-20 --paid 200:2026-04-01 --paid 100.50:2026-04-02 --prefer fees --msme"
    )
    found = shell.run("late-charges", *options.split(), "--json").json
    assert found["law"] == "SE"
    assert found["principal"] == "700.00"
    assert {one["rate"] for one in found["interest"]["segments"]} == {"8.50"}
    assert [one["to"] for one in found["interest"]["segments"]] == ["2026-04-01", "2026-04-02", "2026-06-01"]


def test_for_people(shell: Shell) -> None:
    done = shell.run("late-charges", "--law", "IE", "--kind", "business", *NORWAY[5:6], "EUR", *NORWAY[7:])
    assert done.code == 0
    assert "may be asked now" in done.out
    assert "confidence medium, so not in the total" in done.out
    assert "not legal advice" in done.out
    assert "no fee:" in done.out


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"--law": "XX"}, "unknown_country"),
        ({"--amount": "-5"}, "bad_amount"),
        ({"--amount": "1,5"}, "bad_amount"),
        ({"--amount": "1.555"}, "bad_amount"),
        ({"--due": "2026-02-30"}, "bad_date"),
        ({"--due": "15.5.2026"}, "bad_date"),
        ({"--on": "2027-03-01"}, "rate_unknown"),
        ({"--due": "2010-01-04"}, "rate_unknown"),
        ({"--currency": "KRONER"}, "unknown_currency"),
        ({"--paid": "5"}, "bad_amount"),
        ({"--paid": "5:monday"}, "bad_date"),
        ({"--reminder-on": "2026-99-01"}, "bad_date"),
        ({"--agreed-rate": "lots"}, "bad_amount"),
    ],
)
def test_bad_input_is_one_clear_line(changed: dict[str, str], code: str, shell: Shell) -> None:
    given = dict(zip(NORWAY[1::2], NORWAY[2::2], strict=True)) | changed
    arguments = [f"{name}={value}" for name, value in given.items()]
    done = shell.run("late-charges", *arguments, "--json")
    assert (done.code, done.error) == (1, code)


@pytest.mark.parametrize(
    "missing", [("--law", "NO"), ("--currency", "NOK"), ("--amount", "10000"), ("--due", "2026-05-15")]
)
def test_what_is_missing_is_wrong_usage(missing: tuple[str, str], shell: Shell) -> None:
    arguments = [word for word in NORWAY if word not in missing]
    done = shell.run(*arguments, "--json")
    assert (done.code, done.error) == (2, "wrong_usage")
    assert shell.run("late-charges", "--law", "NO", "--kind", "charity").code == 2


def test_lines_in_and_lines_out(shell: Shell) -> None:
    good: dict[str, Any] = {
        "law": "NO",
        "kind": "business",
        "currency": "NOK",
        "amount": "10000",
        "due": "2026-05-15",
        "on": "2026-07-31",
        "paid": ["100.00:2026-06-01"],
        "reminder_on": "2026-06-10",
        "calendar_due_date_agreed": True,
        "agreed_rate": None,
        "prefer": "fees",
    }
    lines = [
        good,
        {**good, "law": "XX"},
        {**good, "speed": "fast"},
        {**good, "msme": "yes"},
        {**good, "kind": "charity"},
        {key: value for key, value in good.items() if key != "due"},
        {key: value for key, value in good.items() if key != "law"},
        [],
        {**good, "amount": 10000.5},
    ]
    done = shell.run("late-charges", "--jsonl", given="\n".join([*map(json.dumps, lines), "", "not json", ""]))
    assert (done.code, done.err) == (0, "")
    told = [json.loads(line) for line in done.out.splitlines()]
    assert told[0]["principal"] == "9900.00"
    assert told[8]["principal"] == "9900.50"
    codes = [one["error"]["code"] if "error" in one else "" for one in told]
    assert codes == [
        "", "unknown_country", "bad_option", "bad_option", "bad_option", "bad_option", "bad_claim", "bad_json", "", "bad_json",
    ]  # fmt: skip
    assert all("\n" not in one["error"]["message"] for one in told if "error" in one)


def test_newer_rates(shell: Shell) -> None:
    later = [word.replace("2026-07-31", "2027-01-31") for word in NORWAY]
    assert shell.run(*later, "--json").error == "rate_unknown"
    rates = "series,valid_from,rate,confidence,source\nNO_STATUTORY,2027-01-01,12.50,high,regulation\n"
    file = shell.write("rates.csv", rates)
    done = shell.run("law", "update", file, "--json")
    assert done.code == 0
    assert len(done.json["changes"]) == 2
    assert done.json["stored"].endswith("reference-rates.csv")
    assert shell.run(*later, "--json").json["interest"]["segments"][-1]["rate"] == "12.50"
    assert shell.run("law", "update", file, "--json").json == {"changes": [], "stored": None}
    assert "nothing new" in shell.run("law", "update", file).out


def test_bad_rates_are_refused_with_their_line(shell: Shell) -> None:
    rates = "series,valid_from,rate,confidence,source\nNO_STATUTORY,2027-01-01,twelve,high,regulation\n"
    done = shell.run("law", "update", shell.write("rates.csv", rates), "--json")
    assert (done.code, done.error) == (1, "bad_rates")
    assert "rates.csv: line 2" in done.err
    assert not shell.data.exists()
    assert shell.run("law", "update", "nowhere.csv", "--json").error == "unreadable"
    (shell.folder / "rates.bin").write_bytes(b"\xff\xfe\x00")
    assert shell.run("law", "update", "rates.bin", "--json").error == "bad_rates"
    assert shell.run("law").code == 2


def test_a_rehearsal_asks_what_is_lawful(shell: Shell) -> None:
    scenario = {
        "start": "2026-02-01",
        "end": "2026-03-10",
        "organization": {"name": "F", "country": "NO", "language": "nb", "timezone": "Europe/Oslo", "currency": "NOK"},
        "schedule": {"steps": [{"stage": "firm", "days": 21, "channel": "email"}], "charges": "lawful"},
        "customers": [{"ref": "C", "name": "C", "kind": "consumer", "contacts": [{"email": "c@b.example"}]}],
        "invoices": [
            {
                "ref": "I",
                "customer": "C",
                "issued": "2026-01-02",
                "due": "2026-02-02",
                "amount": "365.00",
                "currency": "NOK",
            }
        ],
    }
    done = shell.run("rehearse", "-", "--json", given=json.dumps(scenario))
    (send,) = (row for row in done.json["timeline"] if row["action"] == "send")
    assert [(one["kind"], one["amount"]) for one in send["charges"]] == [("interest", "2.52"), ("fee", "38.00")]
