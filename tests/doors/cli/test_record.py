# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring record`: each fact is stored, echoed, and seen by the next answer to "why"."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from purring.facts.organizations.actions import found_organization
from tests.doors.cli.conftest import Inside
from tests.doors.cli.shell import CUSTOMERS_BILL

TODAY = date.today()
ISSUED, DUE = TODAY - timedelta(days=30), TODAY - timedelta(days=9)
LATER = (TODAY + timedelta(days=10)).isoformat()


@pytest.fixture
def owed(inside: Inside, tmp_path: Path) -> Inside:
    """Two late invoices, 1001 and 1002 of C1, and an approved first day."""
    found_organization(
        "fjord",
        "Fjord Design",
        "NO",
        language="nb",
        currency="NOK",
        timezone="Europe/Oslo",
        now=datetime.now(UTC),
        actor="test",
    )
    rows = CUSTOMERS_BILL.format(issued=ISSUED, due=DUE)
    rows += f"1002,Nordlys Kafé,C1,ingrid@nordlys.example,NO,{ISSUED},{DUE},300,NOK,More\n"
    (tmp_path / "a.csv").write_text(rows)
    assert inside("import", tmp_path / "a.csv").code == 0
    assert inside("approve").code == 0
    return inside


def why(owed: Inside, number: str = "1001") -> tuple[str, str]:
    answer = owed("why", number, "--json").json
    return answer["code"], answer["balance"]


def test_a_payment(owed: Inside) -> None:
    done = owed("record", "payment", "1001", "--amount", "1000", "--on", DUE.isoformat(), "--json")
    assert (done.code, done.err) == (0, "")
    told = done.json
    assert (told["type"], told["invoice"], told["customer"]) == ("payment", "1001", "C1")
    assert (told["amount"], told["currency"], told["on"], told["pending"]) == ("1000.00", "NOK", DUE.isoformat(), False)
    assert told["balance"] == "250.50"
    assert owed("record", "payment", "1001", "--amount", "250.50").code == 0
    assert why(owed) == ("settled", "0.00")


def test_a_payment_on_its_way(owed: Inside) -> None:
    assert owed("record", "payment", "1001", "--amount", "1", "--pending", "--json").json["pending"] is True
    assert why(owed) == ("pending_payment", "1250.50")


def test_a_payment_on_account(owed: Inside) -> None:
    done = owed("record", "payment", "--customer", "C1", "--amount", "5000", "--currency", "NOK", "--json")
    assert done.code == 0
    assert "invoice" not in done.json
    assert why(owed)[1] == "1250.50"


def test_a_promise_covers_what_it_names(owed: Inside) -> None:
    done = owed("record", "promise", "1001", "--pay-on", LATER, "--amount", "100", "--json")
    assert (done.json["pay_on"], done.json["invoices"], done.json["amount"]) == (LATER, ["1001"], "100.00")
    assert why(owed)[0] == "promised"
    assert why(owed, "1002")[0] != "promised"


def test_a_promise_of_the_customer_covers_all_that_is_open(owed: Inside) -> None:
    done = owed("record", "promise", "--customer", "C1", "--pay-on", LATER, "--json")
    assert done.json["invoices"] == ["1001", "1002"]
    assert why(owed, "1002")[0] == "promised"


def test_a_promise_of_several(owed: Inside) -> None:
    done = owed("record", "promise", "1001", "--pay-on", LATER, "--invoices", "1002", "--json")
    assert done.json["invoices"] == ["1001", "1002"]


def test_a_dispute(owed: Inside) -> None:
    done = owed("record", "dispute", "1001", "--reason", "two hours too many", "--json")
    assert (done.json["amount"], done.json["reason"]) == (None, "two hours too many")
    assert why(owed)[0] == "disputed"


def test_a_dispute_of_a_part(owed: Inside) -> None:
    done = owed("record", "dispute", "1001", "--amount", "250.50", "--json")
    assert done.json["amount"] == "250.50"
    assert why(owed)[0] != "disputed"
    assert owed("record", "dispute", "1001", "--amount", "9999", "--json").error == "bad_amount"


def test_a_hold_of_an_invoice_or_a_customer(owed: Inside) -> None:
    assert owed("record", "hold", "1001", "--until", LATER, "--json").json["until"] == LATER
    assert (why(owed)[0], why(owed, "1002")[0] == "held") == ("held", False)
    assert owed("record", "hold", "--customer", "C1", "--reason", "on holiday").code == 0
    assert why(owed, "1002")[0] == "held"


def test_a_reply_waits_for_our_answer(owed: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Which invoice is this?"))
    done = owed("record", "reply", "1001", "--text", "-", "--json")
    assert done.json["text"] == "Which invoice is this?"
    assert why(owed)[0] == why(owed, "1002")[0] == "awaiting_our_answer"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("payment", "404", "--amount", "1"), "not_found"),
        (("payment", "1001", "--amount", "1,50"), "bad_amount"),
        (("payment", "1001", "--amount", "-5"), "bad_amount"),
        (("payment", "1001", "--amount", "0"), "bad_amount"),
        (("payment", "1001", "--amount", "1.005"), "bad_amount"),
        (("payment", "1001", "--amount", "1", "--currency", "EUR"), "bad_currency"),
        (("payment", "1001", "--amount", "1", "--currency", "BTC"), "unknown_currency"),
        (("payment", "1001", "--amount", "1", "--on", "2026-02-31"), "bad_date"),
        (("payment", "1001", "--amount", "1", "--on", "2999-01-01"), "bad_date"),
        (("promise", "1001", "--pay-on", "soon"), "bad_date"),
        (("promise", "1001", "--pay-on", "2020-01-01"), "bad_date"),
        (("hold", "1001", "--until", "2020-01-01"), "bad_date"),
        (("hold", "--customer", "C404"), "not_found"),
        (("hold", "1001", "--customer", "C404"), "not_found"),
    ],
)
def test_refused(arguments: tuple[str, ...], code: str, owed: Inside) -> None:
    done = owed("record", *arguments, "--json")
    assert (done.code, done.error) == (1, code)
    assert why(owed)[1] == "1250.50"


def test_somebody_must_be_meant(owed: Inside) -> None:
    assert owed("record", "hold", "--json").code == 2
