# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring qr`: a picture that scans."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from tests.doors.cli.shell import Shell
from tests.papers.sample import INVOICE, changed

SWISS = [{"scheme": "iban", "number": "CH44 3199 9123 0008 8901 2"}]


@pytest.fixture
def facts(shell: Shell) -> Path:
    return shell.write("facts.json", json.dumps(INVOICE))


def written(shell: Shell, **places: Any) -> Path:
    return shell.write("other.json", json.dumps(changed(**places)))


def scanned(picture: Path) -> str:
    (found,) = zxingcpp.read_barcodes(
        Image.open(picture), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return found.text


def test_png_scans(shell: Shell, facts: Path) -> None:
    done = shell.run("qr", "--kind", "epc", "--facts", facts, "-o", "code.png", "--json")
    assert (done.code, done.err) == (0, "")
    assert done.json["kind"] == "epc"
    assert scanned(shell.folder / "code.png") == done.json["payload"]
    assert "RF5120260417" in done.json["payload"]


def test_svg_is_a_picture(shell: Shell, facts: Path) -> None:
    done = shell.run("qr", "--kind", "link", "--facts", facts, "-o", "code.svg")
    assert (done.code, done.out) == (0, "code.svg: link\n")
    assert (shell.folder / "code.svg").read_text("utf-8").startswith("<svg ")


def test_the_kind_that_fits_and_facts_from_standard_input(shell: Shell) -> None:
    given = json.dumps(changed(currency="CHF", seller__accounts=SWISS))
    done = shell.run("qr", "--facts", "-", "-o", "slip.svg", "--json", given=given)
    assert done.json["kind"] == "swiss"
    slip = (shell.folder / "slip.svg").read_text("utf-8")
    assert "Empfangsschein" in slip
    assert "Zahlteil" in slip


@pytest.mark.parametrize(
    ("places", "arguments", "code", "says"),
    [
        ({"currency": "NOK"}, ("--kind", "epc"), "wrong_currency", "EUR, not NOK"),
        ({"seller__accounts__0__number": "DE00"}, ("--kind", "epc"), "bad_account", "seller.accounts[0].number"),
        ({"seller__accounts": [], "payment_link": None}, (), "no_code", "payment_link"),
        ({"lines__0__colour": "red"}, (), "unknown_key", "lines[0].colour"),
        ({"currency": None}, (), "missing", "currency: is missing"),
        ({}, ("--kind", "poem"), "unknown_kind", "epc, swiss"),
    ],
)
def test_refused(shell: Shell, places: dict[str, Any], arguments: tuple[str, ...], code: str, says: str) -> None:
    done = shell.run("qr", *arguments, "--facts", written(shell, **places), "-o", "code.png", "--json")
    assert (done.code, done.error) == (1, code)
    assert says in done.err
    assert not (shell.folder / "code.png").exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [("{", "bad_json"), ("[1, NaN]", "bad_json"), ('{"a": 1, "a": 2}', "bad_json"), ("7", "bad_facts")],
)
def test_files_that_are_no_facts(shell: Shell, content: str, code: str) -> None:
    done = shell.run("qr", "--facts", shell.write("bad.json", content), "-o", "code.png", "--json")
    assert (done.code, done.error) == (1, code)


def test_files_that_are_not_there(shell: Shell, facts: Path) -> None:
    assert shell.run("qr", "--facts", "none.json", "-o", "code.png", "--json").error == "unreadable"
    assert shell.run("qr", "--facts", facts, "-o", "no/such/code.png", "--json").error == "unwritable"
    assert shell.run("qr", "--facts", facts, "-o", "code.gif", "--json").error == "wrong_usage"
