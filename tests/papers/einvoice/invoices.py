# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invoices to write and read back: one of every kind that EN 16931 knows, and as many others as chance makes."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from purring.papers.facts import InvoiceFacts, read_invoice
from purring.papers.totals import totals

SELLERS: dict[str, dict[str, Any]] = {
    "DE": {
        "name": "Tischlerei Brandt GmbH",
        "address": {"lines": ["Lindenweg 4"], "postcode": "20095", "city": "Hamburg"},
        "country": "DE",
        "vat_id": "DE136695976",
        "registration": "HRB 1234",
        "accounts": [{"scheme": "iban", "number": "DE89370400440532013000", "bic": "COBADEFFXXX"}],
        "endpoint": {"scheme": "9930", "id": "DE136695976"},
        "email": "rechnung@brandt.example",
        "phone": "+49 40 555 010",
    },
    "NO": {
        "name": "Fjordlys Snekkeri AS",
        "address": {"lines": ["Storgata 1", "Oppgang B"], "postcode": "0155", "city": "Oslo"},
        "country": "NO",
        "vat_id": "NO923609016MVA",
        "registration": "923609016",
        "accounts": [
            {"scheme": "no", "number": "86011117947"},
            {"scheme": "iban", "number": "NO9386011117947", "bic": "DNBANOKK"},
        ],
        "endpoint": {"scheme": "0192", "id": "923609016"},
        "email": "post@fjordlys.example",
        "phone": "+47 22 00 00 00",
    },
    "SE": {
        "name": "Björk & Söner AB",
        "address": {"lines": ["Kungsgatan 3"], "postcode": "111 43", "city": "Stockholm"},
        "country": "SE",
        "vat_id": "SE556036079301",
        "registration": "5560360793",
        "accounts": [{"scheme": "bankgiro", "number": "50501055"}],
        "endpoint": {"scheme": "0007", "id": "5560360793"},
        "email": "faktura@bjork.example",
        "phone": "+46 8 000 000",
    },
    "ES": {
        "name": "Taller Ñandú S.L.",
        "address": {"lines": ["Calle Mayor 7"], "postcode": "35001", "city": "Las Palmas"},
        "country": "ES",
        "vat_id": "ESB76365789",
        "registration": "B76365789",
        "accounts": [{"scheme": "iban", "number": "ES9121000418450200051332"}],
        "endpoint": {"scheme": "9920", "id": "ESB76365789"},
        "email": "hola@nandu.example",
        "phone": "+34 928 000 000",
    },
}
BUYERS: dict[str, dict[str, Any]] = {
    "DE": {
        "name": "Café Zürich & Söhne",
        "contact": "Frau Ana Sörensen",
        "address": {"lines": ["Hauptstraße 1", "Hinterhaus"], "postcode": "10115", "city": "Berlin"},
        "country": "DE",
        "vat_id": "DE811907980",
        "reference": "04011000-12345-03",
        "email": "post@zuerich.example",
        "endpoint": {"scheme": "9930", "id": "DE811907980"},
    },
    "FR": {
        "name": "Société d’Étude « Été »",
        "address": {"lines": ["1 rue de la Paix"], "postcode": "75002", "city": "Paris"},
        "country": "FR",
        "vat_id": "FR40303265045",
        "reference": "PO-77",
        "endpoint": {"scheme": "9957", "id": "FR40303265045"},
    },
    "US": {
        "name": 'Smith, Jones & "Sons" <Inc.>',
        "address": {"lines": ["1 Main Street"], "postcode": "10001", "city": "New York"},
        "country": "US",
        "reference": "PO-99",
        "endpoint": {"scheme": "0060", "id": "123456789"},
    },
    "NO": {
        "name": "Ærlig Handel AS",
        "address": {"lines": ["Havnegata 2"], "postcode": "5003", "city": "Bergen"},
        "country": "NO",
        "vat_id": "NO974761076MVA",
        "reference": "Kari",
        "endpoint": {"scheme": "0192", "id": "974761076"},
    },
}


def line(price: str, rate: str = "19", category: str = "S", **more: Any) -> dict[str, Any]:
    return {"description": "Tresen aus Eiche", "unit_price": price, "tax_rate": rate, "tax_category": category, **more}


Party = str | dict[str, Any]


def made(
    seller: Party = "DE", buyer: Party = "DE", lines: list[dict[str, Any]] | None = None, **more: Any
) -> InvoiceFacts:
    """Facts of one invoice; a party is a country or the contract's own object, `more` are other keys of the contract."""
    return read_invoice(
        {
            "seller": SELLERS[seller] if isinstance(seller, str) else seller,
            "buyer": BUYERS[buyer] if isinstance(buyer, str) else buyer,
            "number": "2026-0417",
            "issued": "2026-05-04",
            "due": "2026-05-18",
            "delivered": "2026-04-30",
            "currency": "EUR",
            "reference": "RF18539007547034",
            "lines": lines or [line("1100.00")],
            **more,
        }
    )


def _without(party: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in party.items() if key not in keys}


def every_kind() -> dict[str, InvoiceFacts]:
    """One invoice of every kind, by name; all are right, so every rule must be content with them."""
    outside: dict[str, Any] = {"seller": _without(SELLERS["DE"], "vat_id"), "buyer": _without(BUYERS["DE"], "vat_id")}
    within_eu = {"deliver_to_country": "FR"}
    fractions = [line("0.333", quantity="7", discount="0.01"), line("12.3456", "7", quantity="1.125", unit="HUR")]
    mixed = [
        line("100.00"),
        line("50.00", "7"),
        line("20.00", "0", "Z"),
        line("9.99", "0", "E", exemption_reason="§ 4 Nr. 21 UStG"),
    ]
    kinds = {
        "one line at the standard rate": made(),
        "two rates": made(lines=[line("100.10"), line("33.33", "7")]),
        "three rates and exempt": made(lines=mixed),
        "zero rated": made(lines=[line("100.00", "0", "Z")]),
        "exempt with a reason": made(
            lines=[line("100.00", "0", "E", exemption_reason="Heilbehandlung, § 4 Nr. 14 UStG")]
        ),
        "exempt with a code": made(lines=[line("100.00", "0", "E", exemption_reason="VATEX-EU-132")]),
        "reverse charge": made(buyer="FR", lines=[line("100.00", "0", "AE")]),
        "reverse charge with words": made(
            buyer="FR", lines=[line("100.00", "0", "AE", exemption_reason="Autoliquidation")]
        ),
        "within the EU": made(buyer="FR", lines=[line("100.00", "0", "K")], **within_eu),
        "export": made(buyer="US", lines=[line("100.00", "0", "G")]),
        "outside the tax": made(lines=[line("100.00", "0", "O")], **outside),
        "outside the tax with words": made(lines=[line("8.28", "0", "O", exemption_reason="Verzugszinsen")], **outside),
        "Canary Islands": made("ES", lines=[line("100.00", "7", "L")]),
        "Ceuta": made("ES", lines=[line("100.00", "4", "M")]),
        "Canary Islands, two rates": made("ES", lines=[line("100.00", "7", "L"), line("10.00", "3", "L")]),
        "kroner": made("NO", "NO", [line("1000.00", "25")], currency="NOK", reference="123456782"),
        "two kinds of account in euros": made("NO", "FR", [line("10.00", "25")]),
        "kroner, food": made("NO", "NO", [line("1000.00", "25"), line("59.90", "15", quantity="3")], currency="NOK"),
        "kronor by bankgiro": made("SE", "NO", [line("99.90", "25")], currency="SEK"),
        "kronor without a reference": made("SE", "DE", [line("99.90", "25")], currency="SEK", reference=None),
        "dollars": made(buyer="US", lines=[line("19.99", "0", "G", quantity="12")], currency="USD"),
        "pounds": made(lines=[line("19.99", quantity="3")], currency="GBP"),
        "francs": made(lines=[line("19.95", "8.1")], currency="CHF"),
        "yen, no decimals": made(lines=[line("12345", "10")], currency="JPY"),
        "yen, tax is rounded": made(lines=[line("333", "10"), line("7", "8")], currency="JPY"),
        "kronur, no decimals": made(lines=[line("25000", "24")], currency="ISK"),
        "dinars, three decimals": made(lines=[line("1000.500", "0", "Z")], currency="KWD"),
        "dinars of Bahrain": made(lines=[line("250.000", "10")], currency="BHD"),
        "forints": made(lines=[line("25000.00", "27")], currency="HUF"),
        "fractions": made(lines=fractions),
        "a discount on a line": made(lines=[line("100.00", discount="12.34")]),
        "all of it discounted": made(lines=[line("100.00", discount="100.00")], buyer="DE"),
        "something came back": made(lines=[line("100.00", quantity="3"), line("100.00", quantity="-1")]),
        "a discount beside what came back": made(
            lines=[line("80.00", quantity="5", discount="20.00"), line("10.00", quantity="-2")]
        ),
        "given away": made(lines=[line("0.00"), line("10.00")]),
        "partly paid": made(paid="300.00"),
        "paid": made(paid="1309.00"),
        "paid too much": made(paid="1400.00"),
        "a discount for early payment": made(early_payment=[{"percent": "2", "until": "2026-05-11"}]),
        "a ladder of discounts": made(
            early_payment=[{"percent": "3", "until": "2026-05-07"}, {"percent": "1.5", "until": "2026-05-11"}]
        ),
        "a discount told in words": made(
            "NO", "NO", [line("100", "25")], currency="NOK", early_payment=[{"percent": "2", "until": "2026-05-11"}]
        ),
        "credit note": made(kind="credit_note", corrects="2026-0400"),
        "credit note, two rates": made(
            kind="credit_note", corrects="2026-0400", lines=[line("10.00"), line("5.00", "7", discount="0.50")]
        ),
        "credit note within the EU": made(
            kind="credit_note", corrects="1", buyer="FR", lines=[line("100.00", "0", "K")], **within_eu
        ),
        "credit note in kroner": made(
            "NO", "NO", [line("100.00", "25")], kind="credit_note", corrects="7", currency="NOK"
        ),
        "credit note, reverse charge": made(kind="credit_note", buyer="FR", lines=[line("10.00", "0", "AE")]),
        "an invoice that corrects": made(corrects="2026-0399"),
        "an order, a note and a link": made(
            order="4500012345", note="Vielen Dank!\nBis bald.", payment_link="https://pay.example/i/1?a=1&b=2"
        ),
        "several lines of description": made(lines=[line("10.00", description="Tresen\naus Eiche,\ngeölt")]),
        "names of many scripts": made(
            seller={**SELLERS["DE"], "name": "شركة الأثاث & Söhne"},
            buyer={**BUYERS["DE"], "name": "北京家具有限公司", "contact": "Ольга О’Нил"},
            lines=[line("10.00", description="Стол «Дуб» – 木のテーブル 🪵")],
        ),
        "signs that mean something in XML": made(
            number="A&B<1>",
            note="]]> & <tag attr=\"x\"> 'y'",
            lines=[line("10.00", description='5 < 6 & 7 > 6 "quoted"')],
        ),
        "no account": made(seller=_without(SELLERS["DE"], "accounts"), reference=None),
        "a hundred lines": made(
            lines=[line(f"{n}.{n:02d}", ("19", "7")[n % 2], quantity=str(n % 9 + 1)) for n in range(1, 100)]
        ),
    }
    return kinds


NAMES = (
    "Brandt",
    "Åse Øye",
    "O’Neill & Söhne",
    "Łódź",
    "Ψυχή",
    "Ярослав",
    "مريم",
    "山田",
    "<b>",
    '"q"',
    "a'b",
    "🪵 Holz",
)
WORDS = ("Tresen", "aus", "Eiche", "& Öl", "2 < 3", "„gut“", "\n", "木", "стол", "x" * 40)


def by_chance(rng: random.Random) -> InvoiceFacts:
    """Any invoice that EN 16931 can hold, not always a lawful one."""
    currency = rng.choice(("EUR", "EUR", "NOK", "SEK", "JPY", "USD", "CHF", "PLN"))
    outside = rng.random() < 0.1
    categories = ("O",) if outside else ("S", "S", "S", "Z", "E", "AE", "K", "G", "L", "M")
    issued = date(2026, 1, 1) + timedelta(rng.randrange(700))
    seller, buyer = SELLERS[rng.choice(tuple(SELLERS))], BUYERS[rng.choice(tuple(BUYERS))]
    facts = made(
        seller={**seller, "name": _name(rng)},
        buyer={
            **buyer,
            "name": _name(rng),
            "contact": rng.choice((None, _name(rng))),
            "email": rng.choice((None, "a@b.example")),
        },
        kind=rng.choice(("invoice", "invoice", "credit_note")),
        number=f"{rng.choice(('', 'R-', 'Ø/'))}{rng.randrange(10**6)}",
        corrects=rng.choice((None, "2025-1")),
        issued=issued.isoformat(),
        due=(issued + timedelta(rng.randrange(60))).isoformat(),
        delivered=rng.choice((None, issued.isoformat())),
        deliver_to_country=rng.choice((None, "FR", "DE")),
        currency=currency,
        order=rng.choice((None, "PO 1", "4500/ä")),
        note=rng.choice((None, _words(rng, 8))),
        payment_link=rng.choice((None, "https://pay.example/i/1?a=1&b=2")),
        reference=rng.choice((None, "RF18539007547034", "123456782", "000000012345678")),
        lines=[_line(rng, categories) for _ in range(rng.randint(1, 6))],
        early_payment=[
            {"percent": f"{rng.randrange(1, 999) / 100:.2f}", "until": (issued + timedelta(day)).isoformat()}
            for day in sorted(rng.sample(range(1, 30), rng.randrange(3)))
        ],
    )
    gross = totals(facts).gross
    return replace(facts, paid=rng.choice((0, 0, gross, gross // 3)) if gross > 0 else 0)


def _line(rng: random.Random, categories: tuple[str, ...]) -> dict[str, Any]:
    category = rng.choice(categories)
    rates = {"S": ("19", "7", "25", "5.5", "8.1"), "L": ("7", "3", "15"), "M": ("4", "0.5")}
    reasons = (None, "§ 19 UStG", "Autoliquidation & <x>")
    return line(
        f"{rng.randrange(10**6)}.{rng.randrange(10**4):04d}",
        rng.choice(rates.get(category, ("0",))),
        category,
        description=_words(rng, 6),
        quantity=str(Decimal(rng.randrange(-3_000, 9_000)) / rng.choice((1, 10, 1000))),
        unit=rng.choice(("C62", "HUR", "KGM", "H87", "DAY")),
        discount=str(rng.choice((0, 0, rng.randrange(500)))),
        exemption_reason=rng.choice(reasons) if category in ("E", "AE", "K", "G", "O") else None,
    )


def _name(rng: random.Random) -> str:
    return " ".join(rng.sample(NAMES, rng.randint(1, 3)))


def _words(rng: random.Random, most: int) -> str:
    return "Ware " + " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, most))) + " Ende"
