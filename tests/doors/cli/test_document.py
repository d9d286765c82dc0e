# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring document`: papers from a file of facts."""

from __future__ import annotations

import json
import time
from typing import Any

import facturx  # type: ignore[import-untyped]
import pypdfium2  # type: ignore[import-untyped]
import pytest

from tests.doors.cli.shell import Shell

FACTS: dict[str, Any] = {
    "seller": {
        "name": "Tischlerei Brandt GmbH",
        "country": "DE",
        "accounts": [{"scheme": "iban", "number": "DE89370400440532013000"}],
        "vat_id": "DE136695976",
    },
    "buyer": {"name": "Café Zürich & Söhne", "country": "DE", "language": "de"},
    "number": "2026-0417",
    "issued": "2026-05-04",
    "due": "2026-05-18",
    "currency": "EUR",
    "lines": [{"description": "Tresen aus Eiche", "unit_price": "1100.00", "tax_rate": "19"}],
}
STATEMENT = {key: FACTS[key] for key in ("seller", "buyer", "currency")} | {
    "as_of": "2026-06-30",
    "invoices": [
        {"number": "2026-0417", "issued": "2026-05-04", "due": "2026-05-18", "amount": "1309.00", "paid": "9.00"}
    ],
}
ADDED: dict[str, dict[str, Any]] = {
    "invoice": {},
    "credit_note": {"corrects": "2026-0411"},
    "payment_request": {},
    "reminder": {"stage": "friendly", "language": "fr", "days_overdue": 3},
    "receipt": {"payment": {"on": "2026-05-12", "amount": "1309.00", "method": "card"}, "paid": "1309.00"},
    "plan": {"instalments": [{"due": "2026-06-01", "amount": "1309.00"}]},
}


def text_of(shell: Shell, name: str) -> str:
    pdf = pypdfium2.PdfDocument((shell.folder / name).read_bytes())
    return " ".join(page.get_textpage().get_text_bounded() for page in pdf)


@pytest.mark.parametrize(
    ("paper", "says"),
    [
        ("invoice", "Rechnung 2026-0417"),
        ("credit_note", "Rechnungskorrektur 2026-0417"),
        ("payment_request", "Zahlungsanforderung 2026-0417"),
        ("reminder", "Rappel de paiement"),
        ("receipt", "Quittung"),
        ("plan", "Zahlungsplan"),
    ],
)
def test_every_paper(paper: str, says: str, shell: Shell) -> None:
    shell.write("facts.json", json.dumps(FACTS | ADDED[paper]))
    done = shell.run("document", paper, "--facts", "facts.json", "-o", "out.pdf", "--json")
    assert (done.code, done.err) == (0, "")
    told = done.json
    assert told["pages"] == 1
    assert told["reference"] == "RF5120260417"
    paid, payable = ("1309.00", "0.00") if paper == "receipt" else ("0.00", "1309.00")
    assert told["totals"] == {
        "net": "1100.00",
        "tax": "209.00",
        "gross": "1309.00",
        "paid": paid,
        "payable": payable,
        "currency": "EUR",
    }
    assert told["findings"] == []
    assert says in text_of(shell, "out.pdf")


def test_a_statement(shell: Shell) -> None:
    shell.write("facts.json", json.dumps(STATEMENT))
    done = shell.run("document", "statement", "--facts", "facts.json", "-o", "out.pdf", "--json")
    assert done.code == 0, done.err
    assert done.json["totals"] == {"gross": "1309.00", "paid": "9.00", "payable": "1300.00", "currency": "EUR"}
    assert "Kontoauszug" in text_of(shell, "out.pdf")


def test_facts_from_standard_input_in_another_language(shell: Shell) -> None:
    done = shell.run(
        "document", "invoice", "--facts", "-", "-o", "out.pdf", "--language", "no", given=json.dumps(FACTS)
    )
    assert (done.code, done.err) == (0, "")
    assert done.out == "out.pdf: 1309.00 EUR, reference RF5120260417\n"
    assert "Faktura 2026-0417" in text_of(shell, "out.pdf")


def test_the_data_inside_and_instead(shell: Shell) -> None:
    shell.write("facts.json", json.dumps(FACTS))
    done = shell.run("document", "invoice", "--facts", "facts.json", "-o", "out.pdf", "--e-invoice", "facturx")
    assert done.code == 0, done.err
    name, xml = facturx.get_facturx_xml_from_pdf((shell.folder / "out.pdf").read_bytes(), check_xsd=True)
    assert name == "factur-x.xml"
    assert b"2026-0417" in xml
    done = shell.run("document", "invoice", "--facts", "facts.json", "-o", "out.xml", "--e-invoice", "ubl", "--json")
    assert done.code == 0, done.err
    assert done.json["pages"] == 0
    assert b"oasis:names:specification:ubl:schema:xsd:Invoice-2" in (shell.folder / "out.xml").read_bytes()


def test_what_cannot_be_printed_is_reported(shell: Shell) -> None:
    odd = FACTS | {"note": "\U000132a9"}  # a hieroglyph
    shell.write("facts.json", json.dumps(odd))
    done = shell.run("document", "invoice", "--facts", "facts.json", "-o", "out.pdf", "--json")
    assert done.code == 1
    (finding,) = done.json["findings"]
    assert (finding["field"], finding["code"]) == ("note", "missing_glyph")
    assert "U+132A9" in finding["why"]
    assert (shell.folder / "out.pdf").is_file()
    done = shell.run("document", "invoice", "--facts", "facts.json", "-o", "out.pdf")
    assert done.code == 1
    assert "note: no font has the character" in done.err


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"currency": None}, "missing", "currency"),
        ({"lines": FACTS["lines"] * 10_000}, "too_many", "10,000"),
        ({"note": "a\u0007b"}, "control_character", "note"),
        ({"colour": "red"}, "unknown_key", "colour"),
    ],
)
def test_bad_facts_are_refused_with_their_place(changes: dict[str, Any], code: str, says: str, shell: Shell) -> None:
    shell.write("facts.json", json.dumps(FACTS | changes))
    done = shell.run("document", "invoice", "--facts", "facts.json", "-o", "out.pdf", "--json")
    assert (done.code, done.error) == (1, code)
    assert says in done.err
    assert not (shell.folder / "out.pdf").exists()


def test_wrong_usage(shell: Shell) -> None:
    shell.write("facts.json", json.dumps(STATEMENT))
    for arguments in (
        ("bill", "--facts", "facts.json", "-o", "x.pdf"),
        ("invoice", "--facts", "facts.json"),
        ("invoice", "-o", "x.pdf"),
        ("invoice", "2026-0417", "--facts", "facts.json", "-o", "x.pdf"),
        ("statement", "--facts", "facts.json", "-o", "x.pdf", "--e-invoice", "facturx"),
        ("invoice", "--facts", "facts.json", "-o", "x.pdf", "--e-invoice", "edifact"),
    ):
        done = shell.run("document", *arguments, "--json")
        assert (done.code, done.error) == (2, "wrong_usage"), arguments


def test_it_starts_quickly(shell: Shell) -> None:
    shell.write("facts.json", json.dumps(FACTS))
    times = []
    for _ in range(3):
        start = time.monotonic()
        assert shell.run("document", "invoice", "--facts", "facts.json", "-o", "out.pdf").code == 0
        times.append(time.monotonic() - start)
    assert min(times) < 1.5
    assert not shell.data.exists(), "it needs no data folder"
