# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sample businesses' invoices on paper: one plain page in the customer's language. Pure."""

from __future__ import annotations

from purring.doors.demo.bills import Bill
from purring.doors.demo.cast import Business
from purring.doors.demo.pdf import Page
from purring.language.formats import locale_for, long_date, money

LABELS: dict[str, dict[str, str]] = {
    "en": {
        "invoice": "Invoice", "number": "Number", "issued": "Date", "due": "Due", "order": "Your order",
        "what": "Description", "quantity": "Quantity", "price": "Price", "sum": "Amount", "net": "Net",
        "tax": "VAT {rate}%", "export": "Outside our country: no VAT charged", "total": "To pay",
        "account": "Account", "reference": "Reference", "thanks": "Thank you.",
    },
    "nb": {
        "invoice": "Faktura", "number": "Nummer", "issued": "Dato", "due": "Forfall", "order": "Bestilling",
        "what": "Beskrivelse", "quantity": "Antall", "price": "Pris", "sum": "Beløp", "net": "Netto",
        "tax": "Mva. {rate} %", "export": "Utenfor vårt land: uten mva.", "total": "Å betale",
        "account": "Konto", "reference": "KID / referanse", "thanks": "Takk for handelen.",
    },
    "af": {
        "invoice": "Faktuur", "number": "Nommer", "issued": "Datum", "due": "Betaalbaar", "order": "Bestelling",
        "what": "Beskrywing", "quantity": "Aantal", "price": "Prys", "sum": "Bedrag", "net": "Netto",
        "tax": "BTW {rate}%", "export": "Buite ons land: sonder BTW", "total": "Betaalbaar",
        "account": "Rekening", "reference": "Verwysing", "thanks": "Dankie.",
    },
    "fr": {
        "invoice": "Facture", "number": "Numéro", "issued": "Date", "due": "Échéance", "order": "Votre commande",
        "what": "Désignation", "quantity": "Quantité", "price": "Prix", "sum": "Montant", "net": "Total HT",
        "tax": "TVA {rate} %", "export": "Hors de notre pays : sans TVA", "total": "À payer",
        "account": "Compte", "reference": "Référence", "thanks": "Merci.",
    },
    "es": {
        "invoice": "Factura", "number": "Número", "issued": "Fecha", "due": "Vencimiento", "order": "Su pedido",
        "what": "Concepto", "quantity": "Cantidad", "price": "Precio", "sum": "Importe", "net": "Base",
        "tax": "IVA {rate} %", "export": "Fuera de nuestro país: sin IVA", "total": "Total a pagar",
        "account": "Cuenta", "reference": "Referencia", "thanks": "Gracias.",
    },
}  # fmt: skip

LEFT, RIGHT = 64, 531
PRICE, QUANTITY = 440, 350


def invoice_pdf(business: Business, bill: Bill) -> bytes:
    """The bill as a PDF file."""
    client = bill.client
    language = business.home(client).language
    words, locale = LABELS[language], locale_for(language, business.home(client).country)
    page = Page(f"{words['invoice']} {bill.number}", language)
    page.text(LEFT, 776, business.name, 18, bold=True)
    street, postcode, city = business.place
    page.text(LEFT, 758, f"{street}, {postcode} {city}", 9)
    page.text(LEFT, 746, f"{business.phone} · {business.email}", 9)
    page.text(LEFT, 694, client.name)
    page.text(LEFT, 680, client.place[0])
    page.text(LEFT, 666, f"{client.place[1]} {client.place[2]}")
    facts = [("number", bill.number), ("issued", long_date(bill.issued, locale)), ("due", long_date(bill.due, locale))]
    if bill.po_number:
        facts.append(("order", bill.po_number))
    for row, (label, value) in enumerate(facts):
        page.text(340, 694 - 14 * row, words[label], 9)
        page.text(RIGHT, 694 - 14 * row, value, right=True)
    page.text(LEFT, 604, f"{words['invoice']}: {bill.job.what}", 13, bold=True)
    y = _lines(page, bill, words, locale)
    y = _sums(page, bill, words, locale, y)
    for account in business.accounts:
        bank = " · ".join(part for part in (account["number"], account["bic"], account["label"]) if part)
        page.text(LEFT, y, f"{words['account']}: {bank}")
        y -= 15
    page.text(LEFT, y, f"{words['reference']}: {bill.reference}")
    page.text(LEFT, y - 32, words["thanks"])
    return bytes(page)


def _lines(page: Page, bill: Bill, words: dict[str, str], locale: str) -> float:
    y = 572.0
    page.text(LEFT, y, words["what"], 9)
    for label, x in (("quantity", QUANTITY), ("price", PRICE), ("sum", RIGHT)):
        page.text(x, y, words[label], 9, right=True)
    page.line(LEFT, y - 6, RIGHT)
    for line in bill.lines:
        y -= 22
        page.text(LEFT, y, line["description"])
        page.text(QUANTITY, y, f"{line['quantity']}", right=True)
        page.text(PRICE, y, money(line["unit_price"], bill.currency, locale), right=True)
        page.text(RIGHT, y, money(line["total"], bill.currency, locale), right=True)
    page.line(LEFT, y - 8, RIGHT)
    return y - 28


def _sums(page: Page, bill: Bill, words: dict[str, str], locale: str, y: float) -> float:
    if bill.tax:
        rate = f"{bill.lines[0]['tax_rate']}"
        for label, amount in (("net", bill.amount - bill.tax), ("tax", bill.tax)):
            page.text(PRICE, y, words[label].format(rate=rate), right=True)
            page.text(RIGHT, y, money(amount, bill.currency, locale), right=True)
            y -= 16
    else:
        page.text(LEFT, y, words["export"], 9)
    page.text(PRICE, y, words["total"], 11, bold=True, right=True)
    page.text(RIGHT, y, money(bill.amount, bill.currency, locale), 11, bold=True, right=True)
    return y - 54
