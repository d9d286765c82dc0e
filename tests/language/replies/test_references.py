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


@pytest.mark.parametrize(
    ("reply", "refs"),
    [
        ("5518 was settled on Monday.", ("5518",)),
        ("Hello Ruth, 771 is on Friday's run.", ("771",)),
        ("Please resend 26-0031, the file is broken.", ("26-0031",)),
        ("PS-77 goes to the committee.", ("PS-77",)),
        ("Die 44871 hat mein Bruder bezahlt.", ("44871",)),
        ("Auf der 118/26 stehen zwölf Bäume.", ("118/26",)),
        ("Die 771-B liegt beim Chef.", ("771-B",)),
        ("La 302 part mardi.", ("302",)),
        ("Sur la 2026-D-18 il manque une ligne.", ("2026-D-18",)),
        ("La 88 parte lunedì, sulla 91 manca lo sconto.", ("88", "91")),
        ("La 774/B è nel giro di venerdì.", ("774/B",)),
        ("La FPA 12/26 attende il visto.", ("FPA 12/26",)),
        ("Para la 3019 pido cuatro cuotas.", ("3019",)),
        ("A 4410 já foi, a 4438 segue terça.", ("4410", "4438")),
        ("Betaling van 33017 is op ys.", ("33017",)),
        ("Voor 4419 is al betaald.", ("4419",)),
        ("Er staan twee regels te veel op 8820-2.", ("8820-2",)),
        ("7714 er betalt, 7719 kommer fredag.", ("7714", "7719")),
        ("Angående 31877: mattan är grön.", ("31877",)),
        ("Skriver du 0618 én gang til?", ("0618",)),
        ("We do not pay invoice 64. That is all.", ("64",)),
    ],
)
def test_numbers_named_without_a_word_for_invoice(reply: str, refs: tuple[str, ...]) -> None:
    assert invoice_refs(reply) == refs


@pytest.mark.parametrize(
    "reply",
    [
        "I can do 150 a month, the other 300 in June.",
        "We have been members since 1971.",
        "Ring me on 01632 960 552 or 0573-221904.",
        "It cleared on 4/29, cheque 3391.",
        "The desk is open 9-17 on 24/7 days.",
        "Your message was logged under reference 2026-0044.",
        "950 am 29. Mai, die anderen 950 am 30. Juni.",
        "Wir haben 200 Flyer bestellt und 2000 bekommen.",
        "Über 5000 Franken entscheidet der Rat.",
        "Je vous propose 150 par mois dès le 15/04.",
        "Con sentenza n. 41/2026 il Tribunale ha deciso.",
        "Te giro los 3400 el martes.",
        "Pago os 640 na sexta, dia 05/06.",
        "Ek betaal R48 000 op die 31ste.",
        "De eerste 600 volgt vrijdag.",
        "Du får dine 3200 når lønna kommer.",
        "Vi ses kl. 14.30, jag tar 655 spänn med mig.",
        "Saken din har fått nummer 2026/8841-1.",
    ],
)
def test_sums_counts_telephones_and_given_numbers_stay_none(reply: str) -> None:
    assert invoice_refs(reply) == ()
