# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every paper in every language: what stands on it, that it scans, and what kind of PDF it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import zxingcpp

from purring.language import formats
from purring.papers.documents import Words
from purring.papers.documents.house import LANGUAGES, labels
from purring.papers.facts import InvoiceFacts, ReminderFacts
from purring.papers.payment_reference import payment_reference
from purring.papers.qr import qr_for
from purring.papers.qr.swiss import swiss_bill
from tests.papers.documents.cast import HOMES, PAPERS, Seen, flat, invoice, invoice_object, paper_facts, plain_printer
from tests.support.zbar import read_by_zbar

MONEY = {
    "invoice": (152000, 180436, 160436),
    "credit_note": (152000, 180177),
    "payment_request": (180436, 160436),
    "reminder": (180436, 160436),
    "statement": (257636, 248436, 88000),
    "receipt": (160436, 180436),
    "plan": (160436, 80436),
    "timeline": (160436,),
}
"""What has to be readable on each paper, minor units."""


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paper_says_what_it_has_to(paper: str, language: str, artefacts: Path) -> None:
    seen = Seen(plain_printer().pdf(paper_facts(paper, language), language=language))
    folder = artefacts / "papers"
    folder.mkdir(exist_ok=True)
    seen.picture().save(folder / f"{paper.replace(' ', '-')}.{language}.png", compress_level=1)

    country, currency, _ = HOMES[language]
    locale = formats.locale_for(language, country)
    name, _, stage = paper.partition(" ")
    assert seen.document.findings == ()
    assert seen.document.pages == len(seen.pdf) == 1
    assert labels(language).get(f"{name}@{stage}", labels(language)[name]) in seen.text
    for words in ("Tischlerei Brandt GmbH", "Café Zürich & Söhne", "Ana Sörensen", "Hauptstraße 1", "2026-0417"):
        assert words in seen.text
    for minor in MONEY[name]:
        assert flat(formats.money(minor, currency, locale)) in seen.text
    if name not in ("statement", "receipt", "plan", "credit_note"):
        assert flat(formats.long_date(date(2026, 5, 18), locale)) in seen.text
    assert "{" not in seen.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_to_pay_stands_there_and_scans(language: str) -> None:
    facts = invoice(language)
    seen = Seen(plain_printer().pdf(facts))
    expected = qr_for(facts)
    assert expected
    picture = seen.picture()
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [expected.payload]
    assert read_by_zbar(picture) == [expected.payload.encode()]
    account = facts.seller.accounts[0]
    assert account.compact in seen.text.replace(" ", "").replace("-", "").upper() or account.number in seen.text
    assert flat(payment_reference(facts).printed) in seen.text
    assert labels(language)["pay_online"] in seen.text
    assert facts.payment_link in seen.links


def test_a_swiss_invoice_ends_in_the_payment_part() -> None:
    made = invoice_object("de", currency="CHF")
    made["seller"] |= {"country": "CH", "accounts": [{"scheme": "iban", "number": "CH4431999123000889012"}]}
    made["buyer"]["country"] = "CH"
    facts = invoice("de", **made)
    seen = Seen(plain_printer().pdf(facts))
    last = len(seen.pdf) - 1
    codes = zxingcpp.read_barcodes(seen.picture(last))
    assert [code.text.replace("\r\n", "\n") for code in codes] == [swiss_bill(facts).payload.replace("\r\n", "\n")]
    left, top, _, _ = seen.place("Empfangsschein", last)
    assert left == pytest.approx(5, abs=0.7), "style guide: 5 mm from the edge"
    assert 297 - 105 < top < 297 - 105 + 10
    assert "LiberationSans" in seen.document.pdf.decode("latin-1"), "the face the style guide asks for"


@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_is_tagged_and_archival(paper: str) -> None:
    seen = Seen(plain_printer().pdf(paper_facts(paper, "nb"), language="nb"))
    assert "<pdfaid:part>3</pdfaid:part>" in seen.metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in seen.metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in seen.metadata
    root = seen.reader.trailer["/Root"]
    assert "/StructTreeRoot" in root  # type: ignore[operator]
    assert root["/Lang"] == "nb"  # type: ignore[index]
    assert "Tischlerei Brandt GmbH" in str(seen.reader.metadata and seen.reader.metadata.title)


def test_the_same_facts_give_the_same_bytes() -> None:
    first, second = (plain_printer().pdf(invoice()).pdf for _ in range(2))
    assert first == second


def test_a_letter_in_the_organizations_own_words() -> None:
    facts = paper_facts("reminder friendly", "de")
    words = Words("Liebe Frau Sörensen,", ("kurze Frage zur Rechnung.", "Passt alles?"), ("Herzlich, Jana Brandt",))
    seen = Seen(plain_printer().pdf(facts, words=words))
    for one in (words.greeting, *words.paragraphs, *words.closing):
        assert one in seen.text
    assert isinstance(facts, ReminderFacts)
    assert "Mit freundlichen Grüßen" not in seen.text


def test_one_day_is_one_day() -> None:
    facts = paper_facts("reminder follow_up", "en")
    assert isinstance(facts, ReminderFacts)
    one = Seen(plain_printer().pdf(replace(facts, days_overdue=1)))
    assert "1 day ago" in one.text
    assert "12 days ago" in Seen(plain_printer().pdf(facts)).text


def test_charges_stand_beside_the_invoice_each_with_its_rule() -> None:
    facts = invoice(
        "de",
        charges=[
            {"kind": "interest", "amount": "8.28", "rule": "§ 288 Abs. 2 BGB"},
            {"kind": "compensation", "amount": "40.00", "rule": "§ 288 Abs. 5 BGB"},
        ],
    )
    seen = Seen(plain_printer().pdf(facts))
    for words in ("§ 288 Abs. 2 BGB", "8,28 €", "§ 288 Abs. 5 BGB", "40,00 €", "1.652,64 €"):
        assert words in seen.text
    assert seen.text.count("1.604,36 €") >= 3, "the invoice itself asks for what it asked before"
    code = qr_for(facts)
    assert code
    assert "EUR1604.36" in code.payload


def test_paying_early_shows_what_is_taken_off() -> None:
    seen = Seen(
        plain_printer().pdf(invoice("de", paid="0.00", early_payment=[{"percent": "2", "until": "2026-05-11"}]))
    )
    assert "bis 11. Mai 2026 abzüglich 2 % Skonto: 1.768,27 €" in seen.text


def test_a_reminder_offers_no_discount_whose_day_has_passed() -> None:
    early = [{"percent": "2", "until": "2026-05-11"}, {"percent": "1", "until": "2026-06-30"}]
    facts = paper_facts("reminder friendly", "de")
    assert isinstance(facts, ReminderFacts)
    with_offers = replace(facts, invoice=invoice("de", early_payment=early))
    text = Seen(plain_printer().pdf(with_offers)).text
    assert "30. Juni 2026 abzüglich 1 % Skonto" in text
    assert "11. Mai 2026" not in text


def test_the_account_beside_the_code_is_the_one_it_pays_to() -> None:
    made = invoice_object("de")
    made["seller"]["accounts"].insert(0, {"scheme": "za", "number": "62001234567"})
    seen = Seen(plain_printer().pdf(invoice("de", **made)))
    (code,) = zxingcpp.read_barcodes(seen.picture())
    assert "DE89370400440532013000" in code.text
    box = seen.text.partition(labels("de")["how_to_pay"])[2].partition(labels("de")["pay_online"])[0]
    assert "DE89 3704 0044 0532 0130 00" in box
    assert "62001234567" not in box


def test_nothing_is_asked_for_when_all_is_paid() -> None:
    seen = Seen(plain_printer().pdf(invoice("de", paid="1804.36")))
    assert labels("de")["lead_settled"] in seen.text
    assert labels("de")["how_to_pay"] not in seen.text
    assert zxingcpp.read_barcodes(seen.picture()) == []


def test_a_credit_note_asks_for_nothing() -> None:
    facts = paper_facts("credit_note", "de")
    assert isinstance(facts, InvoiceFacts)
    seen = Seen(plain_printer().pdf(facts))
    assert "2026-0411" in seen.text
    assert "Steuerschuldnerschaft des Leistungsempfängers" in seen.text
    assert labels("de")["how_to_pay"] not in seen.text
    assert zxingcpp.read_barcodes(seen.picture()) == []
