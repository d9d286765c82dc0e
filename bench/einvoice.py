# SPDX-License-Identifier: AGPL-3.0-or-later
"""E-invoices written, read and checked per second on one core: `python -m bench.einvoice`.

Baselines of the same run, on the same invoices: the library factur-x, which writes and reads through a tree, and its
`xml_check_xsd`, which compiles the schema for every document. Ratios do not depend on how busy the machine is.
The official rules run in a helper process; they are counted by the wall, the helper's work being no CPU of ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from statistics import median
from typing import Any

from facturx.facturx import xml_check_xsd  # type: ignore[import-untyped]
from facturx.generate_xml import generate_cii_xml, generate_ubl_xml  # type: ignore[import-untyped]
from facturx.parse_xml import parse_ubl_cii_xml  # type: ignore[import-untyped]

from purring.core.money import to_text
from purring.papers.einvoice import Checker, read_einvoice, validate_schema, write_cii, write_ubl
from purring.papers.facts import Account, Address, Buyer, Endpoint, InvoiceFacts, Line, Seller
from purring.papers.totals import totals

ROUNDS, SECONDS = 5, 0.15


def invoice(lines: int) -> InvoiceFacts:
    return InvoiceFacts(
        kind="invoice",
        seller=Seller(
            name="Tischlerei Brandt GmbH",
            country="DE",
            address=Address(("Lindenweg 4",), "20095", "Hamburg"),
            vat_id="DE136695976",
            registration="HRB 1234",
            accounts=(Account("iban", "DE89370400440532013000", "COBADEFFXXX"),),
            endpoint=Endpoint("9930", "DE136695976"),
            email="rechnung@brandt.example",
            phone="+49 40 555 010",
        ),
        buyer=Buyer(
            name="Café Zürich & Söhne",
            address=Address(("Hauptstraße 1",), "10115", "Berlin"),
            country="DE",
            reference="PO-77",
            endpoint=Endpoint("9930", "DE811907980"),
        ),
        number="2026-0417",
        issued=date(2026, 5, 4),
        due=date(2026, 5, 18),
        delivered=date(2026, 4, 30),
        currency="EUR",
        reference="RF18539007547034",
        lines=tuple(
            Line(f"Tresen {n} aus Eiche", Decimal("12.34") + n, Decimal(n), tax_rate=Decimal(19), tax_category="S")
            for n in range(1, lines + 1)
        ),
    )


def as_factur_x(facts: InvoiceFacts) -> dict[str, Any]:
    """The same invoice as the dictionary that factur-x takes."""
    sums = totals(facts)
    net, tax, gross = (to_text(minor, "EUR") for minor in (sums.net, sums.tax, sums.gross))
    seller, buyer = facts.seller, facts.buyer
    return {
        **{"BT-1": facts.number, "BT-2": facts.issued, "BT-3": "380", "BT-5": "EUR", "BT-9": facts.due},
        **{"BT-10": buyer.reference, "BT-72": facts.delivered, "BT-81": "58", "BT-83": facts.reference},
        **{"BT-84": seller.accounts[0].number, "BT-86": seller.accounts[0].bic},
        "BG-4": {
            **{"name": seller.name, "vat_identifier": seller.vat_id, "country_code": "DE", "city": seller.address.city},
            **{"postcode": seller.address.postcode, "addr_l1": seller.address.lines[0]},
            **{"einvoicing_addr": seller.vat_id, "einvoicing_addr_schemeid": "9930"},
            "legal_identifier": seller.registration,
            "contacts": [{"name": seller.name, "phone": seller.phone, "email": seller.email}],
        },
        "BG-7": {
            **{"name": buyer.name, "country_code": "DE", "city": buyer.address.city},
            **{"postcode": buyer.address.postcode, "addr_l1": buyer.address.lines[0]},
            **{"einvoicing_addr": "DE811907980", "einvoicing_addr_schemeid": "9930"},
        },
        "BG-23": [{"BT-116": net, "BT-117": tax, "BT-118": "S", "BT-119": "19"}],
        **{"BT-106": net, "BT-109": net, "BT-110": tax, "BT-112": gross, "BT-115": gross},
        "BG-25": [
            {
                **{"BT-126": str(at), "BT-129": str(line.quantity), "BT-130": "C62", "BT-131": to_text(minor, "EUR")},
                **{"BT-146": str(line.unit_price), "BT-151": "S", "BT-152": "19", "BT-153": line.description},
            }
            for at, (line, minor) in enumerate(zip(facts.lines, sums.lines, strict=True), 1)
        ],
    }


def measured(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """CPU seconds of each, the median of rounds in which they take turns."""
    took: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            times, start = 0, time.process_time()
            while time.process_time() - start < SECONDS:
                work()
                times += 1
            took[name].append((time.process_time() - start) / times)
    return {name: median(times) for name, times in took.items()}


def tell(title: str, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    took = measured({"ours": ours, "factur-x": theirs})
    ratio = took["factur-x"] / took["ours"]
    print(f"{title:20} {took['ours'] * 1e3:8.3f} ms   factur-x {took['factur-x'] * 1e3:8.3f} ms = {ratio:.0f}x")


def main() -> None:
    level: dict[str, Any] = {"level": "en16931", "check_xsd": False, "check_schematron": "none"}
    for lines in (8, 60):
        facts = invoice(lines)
        xml, ubl, other = write_cii(facts), write_ubl(facts), as_factur_x(facts)
        for theirs in (generate_cii_xml(other, **level), generate_ubl_xml(other, **level)):
            assert read_einvoice(theirs).stated == read_einvoice(xml).stated  # it is the same invoice
        print(f"--- {lines} lines, {len(xml):,} bytes CII, {len(ubl):,} bytes UBL")
        tell("write CII", partial(write_cii, facts), partial(generate_cii_xml, other, **level))
        tell("write UBL", partial(write_ubl, facts), partial(generate_ubl_xml, other, **level))
        tell(
            "read CII to facts",
            partial(read_einvoice, xml),
            partial(parse_ubl_cii_xml, xml, level="en16931", check_xsd=False),
        )
        tell(
            "check by schema",
            partial(validate_schema, xml),
            partial(xml_check_xsd, xml, flavor="factur-x", level="en16931"),
        )
        with Checker() as checker:
            for name, data in (("CII", xml), ("UBL Peppol", ubl)):
                start = time.perf_counter()
                assert checker.check(data) == []
                first = time.perf_counter() - start
                start = time.perf_counter()
                for _ in range(20):
                    checker.check(data)
                print(
                    f"all rules, {name:15} {(time.perf_counter() - start) * 50:8.1f} ms by the wall, first one {first:.2f} s"
                )


if __name__ == "__main__":
    main()
