# SPDX-License-Identifier: AGPL-3.0-or-later
"""The dictionary of column names: what a header most likely means, in eleven languages and four well-known
exports.

Only words; `columns` decides. Earlier names in a line win over later ones when a file has both (the invoice
total before the plain amount). What looks like an amount but is not what is owed (a line total, tax, a
subtotal) is missing here on purpose.

Sources of the export names: the help pages and import templates of Xero, QuickBooks Online, Zoho
Books/Invoice and FreshBooks.
"""

from __future__ import annotations

from functools import lru_cache

from purring.doors.intake.fold import fold
from purring.doors.intake.rows import Kind

_PERSON = {
    "customer": """customer | customer name | customername | client name | client | contactname | contact name
        | customer full name | display name | displayname | company name | company | organization | organisation
        | bill to | billed to | account name | name | debtor | klant | kliënt | klantnaam | kliëntnaam
        | maatskappy | naam | nom du client | client nom | raison sociale | société | nom client | nom
        | nombre del cliente | cliente | nombre cliente | razón social | empresa | nombre | kunde | kundenavn
        | kundens navn | firmanavn | firma | navn | kundenname | name des kunden | debitor | firmenname
        | klantnaam | bedrijfsnaam | bedrijf | debiteur | nome do cliente | nome cliente | ragione sociale
        | kundnamn | kund | företag""",
    "customer_ref": """customer_ref | customer ref | customer id | customerid | customer number | customer no
        | customer code | client id | client number | client code | account number | accountnumber | contact id
        | klantnommer | kliëntnommer | kliëntkode | klantkode | numéro client | numéro de client | n° client
        | no client | code client | référence client | réf client | número de cliente | n.º de cliente
        | nº cliente | código de cliente | código cliente | kundenr | kundenummer | kundenr. | kunde nr
        | kundennummer | kunden nr | debitorennummer | klantnummer | debiteurnummer | código do cliente
        | número do cliente | codice cliente | kundnummer | kundnr""",
    "email": """email | e-mail | email address | emailaddress | emailid | primary contact emailid
        | e-mail address | primary email | billing email | customer email | client email | main email | e-pos
        | epos | e-posadres | epos adres | courriel | adresse e-mail | adresse email | e-mail client | mél
        | correo electrónico | correo | dirección de correo | email cliente | e-post | epost | e-postadresse
        | e-mail-adresse | mailadresse | e-mailadres | endereço de e-mail | indirizzo email | posta elettronica
        | e-postadress""",
    "phone": """phone | phone number | telephone | mobile | mobile phone | mobilephone | billing phone
        | phone numbers | telefoon | telefoonnommer | selfoon | foon | selfoonnommer | téléphone | tél
        | portable | numéro de téléphone | teléfono | móvil | telefon | telefonnummer | tlf | tlf.nr | mobil
        | mobilnummer | mobiltelefon | telefonnr | handy | telefoonnummer | mobiel | telefone | telemóvel
        | celular | telefono | cellulare""",
    "language": """language | customer language | locale | taal | langue | idioma | lengua | språk | sprache
        | língua | lingua | sprog""",
    "country": """country | billing country | pocountry | country code | customer country | land | landkode
        | pays | code pays | país | código de país | landnavn | ländercode | landcode | país | paese | nazione""",
    "kind": """kind | customer kind | customer type | customertype | client type | customer sub type
        | kliënttipe | kliëntsoort | type de client | type client | tipo de cliente | tipo cliente | kundetype
        | kundentyp | kundenart | klanttype | kundtyp""",
    "contact": """contact | contact person | primary contact | attention | attn | kontakpersoon | kontak
        | personne de contact | interlocuteur | persona de contacto | contacto | kontaktperson | kontakt
        | ansprechpartner | contactpersoon | pessoa de contato | pessoa de contacto | persona di contatto
        | referente""",
    "title": """title | salutation | titel | aanspreekvorm | civilité | titre | tratamiento | título | tittel
        | anrede | aanhef | tratamento | titolo""",
    "gender": """gender | sex | geslag | sexe | genre | sexo | género | kjønn | geschlecht | geslacht | gênero
        | genere | sesso | kön | køn""",
    "given_name": """given_name | given name | first name | firstname | voornaam | prénom | nombre de pila
        | fornavn | vorname | primeiro nome | förnamn""",
    "family_name": """family_name | family name | last name | lastname | surname | van | familienaam
        | nom de famille | apellidos | apellido | etternavn | nachname | familienname | achternaam | apelido
        | sobrenome | cognome | efternamn | efternavn""",
    "address": """address | address line 1 | billing address | street | street address | billing street
        | poaddressline1 | adres | straat | straatadres | adresse | adresse ligne 1 | rue | dirección | calle
        | domicilio | gateadresse | gate | straße | anschrift | endereço | rua | morada | indirizzo | via
        | adress | gatuadress | vej""",
    "address2": """address2 | address line 2 | billing street2 | billing street 2 | poaddressline2 | adresse 2
        | adresse ligne 2 | complément d'adresse | adreslyn 2 | dirección 2 | adresslinje 2 | adresse 2
        | adresszusatz | endereço 2""",
    "postcode": """postcode | postal code | zip | zip code | zipcode | postalcode | popostalcode | billing code
        | billing zip | billing postal code | poskode | code postal | cp | código postal | postnummer | postnr
        | postleitzahl | plz | cep | cap | codice postale""",
    "city": """city | town | billing city | pocity | stad | dorp | ville | ciudad | población | localidad
        | poststed | by | sted | ort | stadt | woonplaats | plaats | cidade | localidade | città | comune
        | postort""",
    "currency": """currency | currency code | currencycode | invoice currency | geldeenheid | devise | monnaie
        | moneda | divisa | valuta | valutakode | währung | munteenheid | moeda""",
}  # fmt: skip

_INVOICE = _PERSON | {
    "number": """number | invoice number | invoicenumber | invoice no | invoice num | invoice id | invoice #
        | invoice nr | inv no | document number | docnumber | doc number | num | no. | nr | invoice
        | faktuurnommer | faktuurnr | faktuur nr | faktuur | nommer | rekeningnommer van faktuur
        | numéro de facture | numéro facture | n° facture | n° de facture | no facture | nº facture
        | num facture | facture n° | facture no | facture | numéro | número de factura | nº de factura
        | n.º de factura | nº factura | n.º factura | num factura | no factura | factura | número
        | fakturanummer | fakturanr | faktura nr | faktura | bilagsnummer | rechnungsnummer | rechnungsnr
        | rechnung nr | belegnummer | rechnung | factuurnummer | factuurnr | factuur | número da fatura
        | nº da fatura | fatura | numero fattura | n. fattura | numero documento | fattura | fakturanr""",
    "issued": """issued | issue date | invoice date | invoicedate | date issued | date of issue | issued on
        | issue_date | bill date | txn date | date | faktuurdatum | datum van faktuur | uitgereik | datum
        | date de facture | date facture | date de facturation | date d'émission | émise le | fecha de factura
        | fecha factura | fecha de emisión | fecha emisión | emitida | fecha | fakturadato | utstedt
        | faktureringsdato | dato | rechnungsdatum | ausstellungsdatum | belegdatum | factuurdatum
        | data da fatura | data de emissão | data fattura | data emissione | data documento | data
        | fakturadatum | udstedt""",
    "due": """due | due date | duedate | date due | due on | payment due | payment due date | pay by
        | invoice due date | vervaldatum | betaaldatum | betaalbaar teen | sperdatum | keerdatum | betaal voor
        | date d'échéance | échéance | date échéance | échéance le | à payer avant | date limite de paiement
        | date limite | fecha de vencimiento | fecha vencimiento | vencimiento | vence | vence el
        | fecha límite de pago | fecha de pago límite | forfallsdato | forfall | forfaller | betalingsfrist
        | fälligkeitsdatum | fälligkeit | fällig am | fällig | zahlbar bis | uiterste betaaldatum
        | betaaltermijn | data de vencimento | vencimento | vence em | scadenza | data scadenza
        | data di scadenza | förfallodatum | förfallodag | förfaller | forfaldsdato | forfalder""",
    "amount": """amount | invoice total | invoice amount | total amount | total | gross amount | gross total
        | grand total | amount incl tax | amount incl. vat | total incl vat | total incl tax | total incl. vat
        | bedrag | totaal | totale bedrag | faktuurbedrag | bedrag ingesluit btw | totaal ingesluit btw
        | montant ttc | total ttc | montant total | montant de la facture | montant | importe total
        | total factura | total con iva | importe | monto total | monto | beløp | fakturabeløp | totalbeløp
        | totalt | sum inkl mva | beløp inkl mva | total inkl mva | sum | bruttobetrag | rechnungsbetrag
        | gesamtbetrag | brutto | betrag | summe | totaalbedrag | factuurbedrag | bedrag incl btw
        | totaal incl btw | totaal | valor total | valor | totale fattura | importo totale | totale documento
        | importo | totale | totalbelopp | fakturabelopp | belopp | at betale | beløb i alt | beløb""",
    "paid": """paid | amount paid | invoiceamountpaid | paid amount | payments | total paid | paid to date
        | betaal | bedrag betaal | reeds betaal | montant payé | montant réglé | payé | déjà payé | réglé
        | acompte | pagado | importe pagado | cobrado | importe cobrado | betalt | betalt beløp | innbetalt
        | bezahlt | bezahlter betrag | gezahlt | betaald | betaald bedrag | pago | valor pago | pagato
        | importo pagato | betald | betalt belopp | betalt beløb""",
    "balance": """balance | open balance | invoiceamountdue | balance due | amount due | outstanding
        | outstanding amount | amount outstanding | open amount | remaining | amount open | uitstaande
        | uitstaande bedrag | saldo | restant dû | solde | solde dû | reste à payer | montant dû | pendiente
        | saldo pendiente | importe pendiente | restbeløp | utestående | rest | å betale | restbetrag
        | offener betrag | offen | openstaand | openstaand bedrag | saldo em aberto | em aberto | residuo
        | da pagare | restbelopp | att betala | restbeløb""",
    "po_number": """po_number | po number | purchase order | purchaseorder | p.o. number | p.o. | po | po #
        | purchase order number | order number | customer po | your reference | bestelnommer | bestellingnommer
        | u verwysing | numéro de commande | n° de commande | bon de commande | n° commande | votre référence
        | número de pedido | nº de pedido | nº pedido | orden de compra | su referencia | bestillingsnummer
        | ordrenummer | innkjøpsordre | deres ref | deres referanse | bestellnummer | auftragsnummer
        | ihre referenz | bestelnummer | inkoopordernummer | número do pedido | numero ordine | ordernummer
        | er referens | rekvisitionsnummer""",
    "description": """description | memo | subject | details | memo/description | notes | item description
        | item desc | item name | beskrywing | onderwerp | besonderhede | description de la facture | objet
        | libellé | désignation | descripción | concepto | asunto | beskrivelse | tekst | emne | beschreibung
        | betreff | leistung | omschrijving | descrição | descrizione | oggetto | causale | beskrivning""",
    "status": """status | invoice status | state | order status | delivery status | faktuurstatus | stand
        | statut | état | statut de la facture | estado | situación | fakturastatus | stato | situação | zustand""",
    "document": """document | transaction type | document type | type | documentsoort | dokumenttipe
        | type de document | type de pièce | tipo de documento | tipo documento | dokumenttype | bilagstype
        | belegart | dokumentart""",
}  # fmt: skip

_PAYMENT = {
    "date": """date | payment date | date paid | paid on | received on | date received | value date
        | booking date | transaction date | betaaldatum | datum | datum betaal | datum ontvang
        | date de paiement | date de règlement | payé le | reçu le | fecha de pago | fecha de cobro | fecha
        | betalingsdato | betalt dato | innbetalingsdato | betalt den | dato | bokføringsdato | zahlungsdatum
        | zahldatum | eingangsdatum | buchungstag | betaaldatum | betaald op | data de pagamento
        | data pagamento | data incasso | data | betalningsdatum | inbetalningsdatum | indbetalingsdato""",
    "amount": """amount | payment amount | amount received | received | paid | amount paid | total
        | amount applied | bedrag | bedrag ontvang | bedrag betaal | montant | montant payé | montant reçu
        | montant du paiement | importe | importe pagado | importe cobrado | monto | beløp | innbetalt
        | innbetalt beløp | betalt beløp | betrag | zahlbetrag | zahlungsbetrag | betaald bedrag | valor
        | valor pago | importo | importo pagato | belopp | inbetalt belopp | beløb | indbetalt beløb""",
    "reference": """reference | payment reference | reference number | kid | kid-nummer | ref | transaction id
        | payment number | payment id | verwysing | betaalverwysing | référence | référence de paiement
        | communication | referencia | referencia de pago | referanse | betalingsreferanse | melding | referenz
        | verwendungszweck | betalingskenmerk | kenmerk | referência | riferimento | referens | ocr | meddelande""",
    "invoice": """invoice | invoice number | invoicenumber | invoice no | invoice # | invoice id | faktuur
        | faktuurnommer | facture | numéro de facture | n° facture | n° de facture | factura | número de factura
        | nº de factura | nº factura | faktura | fakturanummer | fakturanr | faktura nr | rechnung
        | rechnungsnummer | rechnungsnr | factuur | factuurnummer | fatura | número da fatura | fattura
        | numero fattura""",
    "payer": """payer | paid by | received from | sender | payee name | betaler | betaal deur | payeur
        | payé par | émetteur | pagador | pagado por | ordenante | betalt av | innbetaler | avsender | zahler
        | auftraggeber | betaald door | pagante | pagato da | ordinante | betalare | indbetaler""",
    "customer": _PERSON["customer"],
    "customer_ref": _PERSON["customer_ref"],
    "currency": _PERSON["currency"],
    "method": """method | payment method | payment mode | mode | payment type | betaalmetode | betaalwyse
        | mode de paiement | moyen de paiement | mode de règlement | método de pago | forma de pago
        | medio de pago | betalingsmåte | betalingsmetode | betalingstype | zahlungsart | zahlungsmethode
        | zahlungsweise | betaalmethode | betaalwijze | método de pagamento | forma de pagamento
        | metodo di pagamento | modalità di pagamento | betalningssätt | betalingsmåde""",
    "description": """description | memo | notes | details | text | beskrywing | libellé | descripción
        | concepto | beskrivelse | tekst | beschreibung | buchungstext | omschrijving | descrição | descrizione
        | beskrivning""",
}  # fmt: skip

_CUSTOMER = _PERSON | {"customer_ref": _PERSON["customer_ref"] + " | ref | id"}
"""In a list of customers a bare "Ref" can only be theirs."""

_FIELDS: dict[Kind, dict[str, str]] = {"invoices": _INVOICE, "customers": _CUSTOMER, "payments": _PAYMENT}

REQUIRED: dict[Kind, tuple[str, ...]] = {
    "invoices": ("number", "customer", "due", "amount"),
    "customers": ("customer",),
    "payments": ("date", "amount"),
}
LINE_TOTALS = frozenset(
    fold(name)
    for name in (
        "Line Total", "Line Amount", "Line Subtotal", "Item Total", "Item Price", "Unit Amount", "Unit Price",
        "Lyntotaal", "Montant ligne", "Prix unitaire", "Precio unitario", "Linjesum", "Linjebeløp", "Einzelpreis",
    )
)  # fmt: skip
"""Names that show a file has one row per line of an invoice."""


def fields_of(kind: Kind) -> tuple[str, ...]:
    """The canonical names a file of this kind may have."""
    return tuple(_FIELDS[kind])


@lru_cache(1)
def every_field() -> frozenset[str]:
    """Every canonical name of any kind of file."""
    return frozenset(name for fields in _FIELDS.values() for name in fields)


@lru_cache(3)
def dictionary(kind: Kind) -> dict[str, tuple[tuple[str, int], ...]]:
    """Folded header -> the fields it can mean, each with its rank (0: the canonical name itself)."""
    found: dict[str, dict[str, int]] = {}
    for name, text in _FIELDS[kind].items():
        for rank, header in enumerate(text.split("|")):
            found.setdefault(fold(header), {}).setdefault(name, rank)
    return {
        header: tuple(sorted(fields.items(), key=lambda item: (item[1] > 0, item[1])))
        for header, fields in found.items()
    }


@lru_cache(1)
def known_headers() -> frozenset[str]:
    """Every folded header of any kind of file."""
    return frozenset(header for kind in _FIELDS for header in dictionary(kind))
