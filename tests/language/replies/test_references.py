# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invoice numbers in replies, and numbers that are none."""

from __future__ import annotations

import pytest

from purring.language.replies.references import invoice_refs


@pytest.mark.parametrize(
    ("reply", "refs"),
    [
        ("Paid INV-20418 and invoice 5507.", ("INV-20418", "5507")),
        ("Faktura 10933 er betalt.", ("10933",)),
        ("Rechnungen 7011, 7034 und 7058 sind bezahlt.", ("7011", "7034", "7058")),
        ("La facture n° 2026-0417 part demain.", ("2026-0417",)),
        ("A fatura FT 26/309 já foi paga.", ("FT 26/309",)),
        ("julifakturan (nr 4410) är betald", ("4410",)),
        ("fattura n. 118/2026", ("118/2026",)),
        ("Betaald: VK26-0089.", ("VK26-0089",)),
        ("Reference RF18 5390 0754 7034.", ("RF18 5390 0754 7034",)),
    ],
)
def test_numbers_of_invoices_as_written(reply: str, refs: tuple[str, ...]) -> None:
    assert invoice_refs(reply) == refs


@pytest.mark.parametrize(
    "reply",
    [
        "I'll pay the invoice 15 March.",
        "The invoice of 28/02/2026 is fine.",
        "Your invoice: £1,240.00 is too much.",
        "faktura på 7 800 kr",
        "Rechnung über 550 € ist falsch.",
        "Our ticket AP-118834 is open.",
        "Call me on 0117 496 0120.",
        "RF18 5390 0754 7035 is mistyped.",
        "Ons betaal solank R700.",
        "Bestellnummer BX-44812 fehlt.",
    ],
)
def test_sums_days_and_other_numbers_are_none(reply: str) -> None:
    assert invoice_refs(reply) == ()


def test_a_number_the_quoted_mail_calls_an_invoice_is_known() -> None:
    assert invoice_refs("The 0087 is paid.", "The 0087 is paid.\n\n> Your invoice 0087 is due.") == ("0087",)
    assert invoice_refs("Paid it.", "Paid it.\n\n> Your invoice 0087 is due.") == ()
