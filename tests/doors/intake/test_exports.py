# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files as accounting programs and careful people really write them, in five languages and four products."""

from __future__ import annotations

from datetime import date

import pytest

from purring.core.errors import Refused
from purring.doors.intake import LocaleFacts
from tests.doors.intake.cast import (
    AMERICA,
    BRITAIN,
    FRANCE,
    GERMANY,
    NORWAY,
    SOUTH_AFRICA,
    SPAIN,
    customers,
    invoices,
    opened,
    payments,
    refusals,
    taken,
    workbook,
)

NORWEGIAN = """Fakturanr;Kundenr;Kundenavn;E-post;Tlf;Språk;Land;Fakturadato;Forfallsdato;Beløp;Restbeløp;Valuta;Deres ref
20260117;1004;Brødrene Sørås AS;post@soras.example;22 00 11 22;norsk;Norge;02.10.2026;16.10.2026;"12 500,00";"12 500,00";NOK;PO-88
20260118;1011;Café Ærlig;hei@aerlig.example;;engelsk;Sverige;05.10.2026;19.10.2026;kr 1 250,-;kr 250,-;NOK;
"""
AFRIKAANS = """Faktuurnommer,Kliënt,E-pos,Faktuurdatum,Vervaldatum,Bedrag,Geldeenheid,Taal
INV-031,Van der Merwe & Seuns,rekeninge@vdm.example,2026/10/02,2026/11/01,"R 4 350,75",ZAR,Afrikaans
INV-032,Karoo Wolplaas,boer@karoo.example,2026/10/09,2026/11/08,"R 12 000,00",ZAR,Engels
"""
FRENCH = """N° de facture;Client;Courriel;Date de facture;Échéance;Montant TTC;Montant réglé;Devise;Langue;Pays
FA-2026-091;Boulangerie Lefèvre;compta@lefevre.example;1 octobre 2026;31 octobre 2026;"1 234,50 €";0,00 €;EUR;français;France
FA-2026-092;Zoë & Fils;zoe@fils.example;3 oct. 2026;2 nov. 2026;"980,00 €";"480,00 €";EUR;néerlandais;Belgique
"""
SPANISH = """Nº factura;Cliente;Correo electrónico;Fecha;Vencimiento;Importe;Moneda;Idioma;País
A-77;Panadería Ñandú S.L.;pagos@nandu.example;01/10/2026;31/10/2026;1.234,56;EUR;español;España
A-78;Hermanos Peña;info@pena.example;02/10/2026;01/11/2026;987,00;EUR;inglés;Reino Unido
"""
GERMAN = """Rechnungsnummer;Kunde;Rechnungsdatum;Fällig am;Betrag;Währung
R-1;Müller & Söhne;01.10.26;15.10.26;1.234,56 €;EUR
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize(
    ("text", "locale", "number", "customer", "due", "minor"),
    [
        (NORWEGIAN, NORWAY, "20260117", "Brødrene Sørås AS", date(2026, 10, 16), 1250000),
        (AFRIKAANS, SOUTH_AFRICA, "INV-031", "Van der Merwe & Seuns", date(2026, 11, 1), 435075),
        (FRENCH, FRANCE, "FA-2026-091", "Boulangerie Lefèvre", date(2026, 10, 31), 123450),
        (SPANISH, SPAIN, "A-77", "Panadería Ñandú S.L.", date(2026, 10, 31), 123456),
        (GERMAN, GERMANY, "R-1", "Müller & Söhne", date(2026, 10, 15), 123456),
    ],
    ids=["Norwegian", "Afrikaans", "French", "Spanish", "German"],
)
def test_local_export_in_any_encoding(
    text: str, locale: LocaleFacts, number: str, customer: str, due: date, minor: int, encoding: str
) -> None:
    first = invoices(text.encode(encoding), locale)[0]
    assert (first.number, first.customer, first.due, first.amount_minor) == (number, customer, due, minor)


def test_norwegian_columns_beyond_the_needed_ones() -> None:
    first, second = invoices(NORWEGIAN, NORWAY)
    assert (first.customer_ref, first.phone, first.language, first.country) == ("1004", "22 00 11 22", "nb", "NO")
    assert (first.paid_minor, first.po_number) == (0, "PO-88")
    assert (second.language, second.country, second.paid_minor) == ("en", "SE", 100000)


def test_french_part_payment_and_languages() -> None:
    first, second = invoices(FRENCH, FRANCE)
    assert (first.paid_minor, first.language, first.issued) == (0, "fr", date(2026, 10, 1))
    assert (second.paid_minor, second.language, second.country) == (48000, "nl", "BE")


def test_xero_export_repeats_the_invoice_for_each_line() -> None:
    text = """*ContactName,EmailAddress,POCity,POPostalCode,POCountry,*InvoiceNumber,Reference,*InvoiceDate,*DueDate,Total,InvoiceAmountPaid,InvoiceAmountDue,*Description,*Quantity,*UnitAmount,LineAmount,Currency,Type,Sent,Status
Basket Case,sue@basket.example,Leeds,LS1 1AA,United Kingdom,INV-0027,P/O 9711,25/09/2026,05/10/2026,"1,396.00",100.00,"1,296.00",Desk,1,1100.00,1100.00,GBP,Sales Invoice,Sent,Awaiting Payment
Basket Case,sue@basket.example,Leeds,LS1 1AA,United Kingdom,INV-0027,P/O 9711,25/09/2026,05/10/2026,"1,396.00",100.00,"1,296.00",Delivery,1,63.33,63.33,GBP,Sales Invoice,Sent,Awaiting Payment
Ridgeway Bank,,,,,INV-0028,,01/10/2026,11/10/2026,62.00,62.00,0.00,Hosting,1,62.00,62.00,GBP,Sales Invoice,Sent,Paid
Ridgeway Bank,,,,,CN-0003,,01/10/2026,11/10/2026,62.00,0.00,62.00,Hosting,1,62.00,62.00,GBP,Sales Credit Note,Sent,Awaiting Payment
"""
    kept = taken(text)
    assert [(row.number, row.amount_minor, row.paid_minor) for row in kept] == [
        ("INV-0027", 139600, 10000),
        ("INV-0028", 6200, 6200),
    ]
    assert kept[0].description == "Desk; Delivery"
    assert refusals(text) == [(5, "document", "credit_note")]


def test_quickbooks_report_with_title_lines_and_totals() -> None:
    text = """Craig's Design and Landscaping Services,,,,,,,
Invoice List,,,,,,,
"September 1 - November 20, 2026",,,,,,,
,,,,,,,
Date,Transaction Type,Num,Name,Memo/Description,Due Date,Amount,Open Balance
09/28/2026,Invoice,1036,Freeman Sporting Goods:0969 Ocean View Road,,10/28/2026,477.50,477.50
10/01/2026,Invoice,1037,Sonnenschein Family Store,Fountain,10/31/2026,"1,362.07",362.07
10/05/2026,Payment,,Sonnenschein Family Store,,,-1000.00,0.00
Total,,,,,,"$839.57","$839.57"
"""
    kept = [(row.line, row.number, row.due, row.amount_minor, row.paid_minor) for row in taken(text, AMERICA)]
    assert kept == [(6, "1036", date(2026, 10, 28), 47750, 0), (7, "1037", date(2026, 10, 31), 136207, 100000)]
    assert {line for line, _, _ in refusals(text, AMERICA)} == {8}


def test_zoho_export_prefers_number_total_and_balance() -> None:
    text = """Invoice Date,Invoice ID,Invoice Number,Invoice Status,Customer ID,Customer Name,Due Date,PurchaseOrder,Currency Code,SubTotal,Total,Balance,Item Name,Item Total,Primary Contact EmailID,Billing Country
2026-09-01,982000000567,INV-000011,Overdue,982000000450,NewTech Industries,2026-09-16,SO-00006,USD,3000.00,3030.000,3030.000,Fire Wood,3000.00,pay@newtech.example,USA
2026-09-02,982000000571,INV-000012,Closed,982000000451,Elite International,2026-09-17,,USD,100.00,100.000,0.000,Painting,100.00,,Canada
2026-09-03,982000000575,INV-000013,Draft,982000000451,Elite International,2026-09-18,,USD,80.00,80.000,80.000,Painting,80.00,,Canada
"""
    first, second, draft = taken(text, AMERICA)
    assert (first.number, first.amount_minor, first.paid_minor) == ("INV-000011", 303000, 0)
    assert (first.email, first.country, first.po_number) == ("pay@newtech.example", "US", "SO-00006")
    assert second.paid_minor == second.amount_minor
    assert draft.status == "Draft"


def test_freshbooks_item_export_has_no_invoice_total_and_says_so() -> None:
    text = """Client Name,Invoice #,Date Issued,Invoice Status,Date Paid,Item Name,Rate,Quantity,Line Subtotal,Line Total,Currency
American Cyanamid,0000001,2026-10-01,sent,,Paperwork,50.00,2,100.00,100.00,USD
"""
    reading = opened(text, AMERICA)
    assert reading.kind == "invoices"
    assert reading.columns is not None
    assert reading.columns.missing == ("due", "amount")
    with pytest.raises(Refused, match="no invoice total") as refused:
        next(reading.rows())
    assert refused.value.code == "missing_columns"


def test_freshbooks_client_export() -> None:
    text = """Organization,First Name,Last Name,Email,Phone,Street,City,Postal Code,Country,Currency
Gordon Shumway LLC,Gordon,Shumway,alf@melmac.example,+1 555 010 2000,1 Main St,Springfield,12345,United States,USD
,Ada,Lovelace,ada@engine.example,,,,,United Kingdom,GBP
"""
    company, person = customers(text, AMERICA)
    assert (company.customer, company.given_name, company.country, company.currency) == (
        "Gordon Shumway LLC", "Gordon", "US", "USD",
    )  # fmt: skip
    assert company.address == ("1 Main St",)
    assert (person.customer, person.country) == ("Ada Lovelace", "GB")


@pytest.mark.parametrize(
    ("header", "row", "locale"),
    [
        ("Payment Date,Payment Method,Amount,Invoice Number", "20/10/2026,Card,1250.50,INV-7", BRITAIN),
        ("Betalingsdato;Beløp;KID;Betaler", "20.10.2026;1250,50;INV-7;Ola", NORWAY),
        ("Date de paiement;Montant;N° facture;Mode de règlement", "20/10/2026;1 250,50;INV-7;virement", FRANCE),
        ("Fecha de pago;Importe;Nº factura;Forma de pago", "20/10/2026;1250,50;INV-7;transferencia", SPAIN),
        ("date,amount,invoice", "2026-10-20,1250.50,INV-7", SOUTH_AFRICA),
    ],
)
def test_payments_are_told_from_invoices(header: str, row: str, locale: LocaleFacts) -> None:
    payment = payments(f"{header}\n{row}\n", locale)[0]
    assert (payment.date, payment.amount_minor) == (date(2026, 10, 20), 125050)
    assert "INV-7" in (payment.invoice, payment.reference)


def test_workbook_with_typed_dates_and_numbers() -> None:
    data = workbook(
        ["Fakturanummer", "Kunde", "Forfallsdato", "Beløp", "Betalt"],
        [1001, "Åse", date(2026, 4, 3), 1234.56, 0],
        ["A-2", "Bø", "03.04.2026", "1 234,56", "34,56"],
        [1003, "Cato", 46115, 0.1 + 0.2, None],
    )
    first, second, third = invoices(data, NORWAY)
    assert (first.number, first.due, first.amount_minor, first.line) == ("1001", date(2026, 4, 3), 123456, 2)
    assert (second.due, second.amount_minor, second.paid_minor) == (date(2026, 4, 3), 123456, 3456)
    assert (third.due, third.amount_minor, third.paid_minor) == (date(2026, 4, 3), 30, None)


def test_silence_about_payments_is_not_a_payment() -> None:
    assert invoices("number,customer,due,amount\n1,Ana,2026-01-05,5\n")[0].paid_minor is None


@pytest.mark.parametrize(("ticked", "paid"), [("ja", 500), ("Nei", None), ("2,50", 250), ("-", None)])
def test_paid_column_with_amounts_or_ticks(ticked: str, paid: int | None) -> None:
    text = f"number;customer;due;amount;Betalt\n1;Ana;2026-01-05;5,00;{ticked}\n"
    assert invoices(text, NORWAY)[0].paid_minor == paid
