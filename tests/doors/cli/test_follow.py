# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring approve`, `run` and `why`: from a file of invoices to a mail in a mailbox, and silence after the payment."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from purring.core.calendar import working_days
from purring.kit import mailsink
from tests.doors.cli.shell import CUSTOMERS_BILL, Shell


def working_day(day: date) -> date:
    """That day, or the last working day before it."""
    calendar = working_days("NO")
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    return day


TODAY = working_day(date.today())
"""The day of these stories: rules look at it, whatever the weekday of the test run."""


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[mailsink.Sink]:
    with mailsink.start(tmp_path / "mailbox") as sink:
        yield sink


@pytest.fixture
def owed(fjord: Shell, sink: mailsink.Sink) -> Shell:
    """One late invoice, a mail server, nothing approved."""
    fjord.settings |= {"PURRING_SMTP_URL": sink.url, "PURRING_MAIL_FROM": "ola@fjord.example"}
    rows = CUSTOMERS_BILL.format(issued=TODAY - timedelta(days=30), due=TODAY - timedelta(days=9))
    assert fjord.run("import", fjord.write("a.csv", rows)).code == 0
    return fjord


def mails(shell: Shell) -> list[str]:
    return [one.rcpt_to[0] for one in mailsink.messages(shell.folder / "mailbox")]


def test_nothing_leaves_before_a_person_approved(owed: Shell) -> None:
    done = owed.run("run", "--on", TODAY.isoformat(), "--json")
    assert (done.code, done.err) == (0, "")
    assert done.json["on"] == TODAY.isoformat()
    assert done.json["reminders"] == []
    (held,) = done.json["held"]
    assert (held["customer"], held["invoices"], held["code"]) == ("C1", ["1001"], "approval")
    assert held["why"]
    assert mails(owed) == []


def test_approved_it_leaves_once_and_stops_when_paid(owed: Shell) -> None:
    assert owed.run("approve", "--json").json["first_day"] is True
    on = TODAY.isoformat()
    done = owed.run("run", "--on", on, "--json")
    (reminder,) = done.json["reminders"]
    assert (reminder["customer"], reminder["channel"], reminder["stage"]) == ("C1", "email", "friendly")
    assert (reminder["language"], reminder["to"]) == ("nb", "ingrid@nordlys.example")
    assert (reminder["invoices"], reminder["amounts"]) == (["1001"], {"NOK": "1250.50"})
    assert reminder["state"] == "sent"
    assert reminder["id"]
    assert reminder["why"]
    assert mails(owed) == ["ingrid@nordlys.example"]
    assert owed.run("run", "--on", on, "--json").json["reminders"] == []
    assert len(mails(owed)) == 1
    answer = owed.run("why", "1001", "--json").json
    assert answer["next"]["stage"] == "follow_up"
    assert [row["stage"] for row in answer["history"] if row["what"] == "sent"] == ["friendly"]
    owed.run("record", "payment", "1001", "--amount", "1250.50", "--on", on)
    later = (TODAY + timedelta(days=60)).isoformat()
    assert owed.run("run", "--on", later, "--dry-run", "--json").json["reminders"] == []
    assert owed.run("why", "1001", "--json").json["next"] is None


def test_a_dry_run_stores_and_sends_nothing(owed: Shell) -> None:
    owed.run("approve")
    for _ in range(2):
        done = owed.run("run", "--on", TODAY.isoformat(), "--dry-run", "--json")
        assert [row["invoices"] for row in done.json["reminders"]] == [["1001"]]
    assert mails(owed) == []


def test_a_future_day_only_as_a_dry_run(owed: Shell) -> None:
    tomorrow = (date.today() + timedelta(days=40)).isoformat()
    done = owed.run("run", "--on", tomorrow, "--json")
    assert done.code == 1
    assert "--dry-run" in done.err
    assert owed.run("run", "--on", tomorrow, "--dry-run", "--json").code == 0


def test_a_mail_server_that_is_away(owed: Shell, sink: mailsink.Sink) -> None:
    owed.run("approve")
    sink.stop()
    done = owed.run("run", "--on", TODAY.isoformat(), "--json")
    assert done.code == 0
    assert [row["state"] for row in done.json["reminders"]] in (["deferred"], [])
    assert not any(row["state"] == "sent" for row in done.json["reminders"])


def test_why_as_the_contract_says(owed: Shell) -> None:
    done = owed.run("why", "1001", "--on", TODAY.isoformat(), "--json")
    assert done.code == 0
    answer = done.json
    assert set(answer) >= {"invoice", "customer", "balance", "currency", "next", "code", "why", "history"}
    assert (answer["invoice"], answer["customer"]) == ("1001", "C1")
    assert (answer["balance"], answer["currency"], answer["code"]) == ("1250.50", "NOK", "approval")
    assert set(answer["next"]) == {"on", "stage", "channel"}


def test_why_of_a_number_that_two_customers_have(owed: Shell) -> None:
    rows = CUSTOMERS_BILL.format(issued="2026-01-05", due="2026-02-04").replace("Nordlys Kafé,C1,ingrid", "Bar,C2,bar")
    owed.run("import", owed.write("b.csv", rows))
    done = owed.run("why", "1001", "--json")
    assert (done.code, done.error) == (1, "ambiguous")
    assert owed.run("why", "1001", "--customer", "C2", "--json").json["customer"] == "C2"
    assert owed.run("why", "404", "--json").error == "not_found"


def test_for_people(owed: Shell) -> None:
    assert "approval" in owed.run("run", "--on", TODAY.isoformat()).out
    assert "1250.50 NOK open" in owed.run("why", "1001").out
    assert "first day" in owed.run("approve").out
    assert "friendly" in owed.run("run", "--on", TODAY.isoformat()).out


def test_reasons_in_another_language(owed: Shell) -> None:
    asked = ("why", "1001", "--on", TODAY.isoformat(), "--json", "--language")
    assert owed.run(*asked, "nb").json["why"] == "venter på godkjenning"
    assert owed.run(*asked, "pt").json["why"] == "a aguardar aprovação"


def test_what_is_not_told_in_another_language_says_so(owed: Shell) -> None:
    assert owed.run("run", "--language", "fr", "--json").error == "not_available_yet"
    assert owed.run("why", "1001", "--language", "fi", "--json").error == "unknown_language"
    assert owed.run("why", "1001", "--language", "en", "--json").code == 0


def test_a_reader_that_goes_away_is_no_trouble(owed: Shell) -> None:
    done = subprocess.run(
        ["bash", "-c", "python -m purring doctor | head -c 1 >/dev/null; echo ${PIPESTATUS[0]}"],
        capture_output=True,
        text=True,
        env=owed.environment(),
        cwd=owed.folder,
        check=False,
    )
    assert "Traceback" not in done.stderr
