# SPDX-License-Identifier: AGPL-3.0-or-later
"""An invoice as JSON, and ways to change it."""

from __future__ import annotations

import copy
from typing import Any

from purring.papers.facts import InvoiceFacts, read_invoice

INVOICE: dict[str, Any] = {
    "kind": "invoice",
    "seller": {
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
    "buyer": {
        "name": "Café Zürich & Söhne",
        "contact": "Frau Ana Sörensen",
        "address": {"lines": ["Hauptstraße 1"], "postcode": "10115", "city": "Berlin"},
        "country": "DE",
        "language": "de",
        "vat_id": None,
        "reference": "PO-77",
        "email": None,
        "endpoint": None,
    },
    "number": "2026-0417",
    "corrects": None,
    "issued": "2026-05-04",
    "due": "2026-05-18",
    "delivered": "2026-04-30",
    "deliver_to_country": None,
    "currency": "EUR",
    "order": None,
    "status": None,
    "note": None,
    "payment_link": "https://brandt.example/pay/77",
    "lines": [
        {
            "description": "Tresen aus Eiche",
            "quantity": "1",
            "unit": "C62",
            "unit_price": "1100.00",
            "discount": "0.00",
            "tax_rate": "19",
            "tax_category": "S",
            "exemption_reason": None,
        }
    ],
    "paid": "0.00",
    "charges": [{"kind": "interest", "amount": "8.28", "rule": "BGB § 288"}],
    "early_payment": [{"percent": "2", "until": "2026-05-11"}],
    "reference": None,
}


def changed(**places: Any) -> dict[str, Any]:
    """The invoice with other values: `changed(seller__accounts__0__number="...")`; `...` takes a key out."""
    made = copy.deepcopy(INVOICE)
    for place, value in places.items():
        *path, last = [int(step) if step.isdigit() else step for step in place.split("__")]
        node: Any = made
        for step in path:
            node = node[step]
        if value is ...:
            del node[last]
        else:
            node[last] = value
    return made


def invoice(**places: Any) -> InvoiceFacts:
    return read_invoice(changed(**places))


def line(**values: Any) -> dict[str, Any]:
    return {"description": "Work", "unit_price": "100.00", "tax_rate": "19"} | values
