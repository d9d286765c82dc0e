# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the customer's page says, in each language that has it. Every language has the same keys (tested)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from purring.language.compose import LANGUAGES
from purring.language.pages import Pages
from purring.language.tags import normalise

Labels = dict[str, str]

LABELS: dict[str, Labels] = {
    "en": {
        "title": "Your open invoices with {organization}",
        "to_pay": "To pay",
        "overdue_part": "of which already due: {amount}",
        "nothing_open": "Nothing is open. Thank you!",
        "as_of": "As of {date}",
        "invoice": "Invoice",
        "request": "Payment request",
        "issued": "dated {date}",
        "due_since": "due since {date}",
        "due_on": "due on {date}",
        "of_amount": "Invoice amount {amount}",
        "received": "Already received: {amount}",
        "disputed": "We are looking into your question about this invoice.",
        "charge_interest": "Interest",
        "charge_compensation": "Compensation for late payment",
        "charge_fee": "Reminder fee",
        "charges_waived": "They fall away when everything is paid by {date}.",
        "charges_received": "Already received for them: {amount}",
        "your_order": "Your order {number}",
        "credit": "Your credit with us",
        "how_to_pay": "How to pay",
        "account_of": "Account of {name}",
        "reference": "Payment reference",
        "several": "Paying several at once? Please give all the references.",
        "crossed": "If you have paid in the last few days, thank you: it will show here as soon as it arrives.",
        "no_account": "Please ask us for our bank details.",
        "questions": "Questions? We are glad to help.",
        "private": "This page is meant for you alone. Please do not pass on its link.",
        "closed_title": "This link does not open any more",
        "closed_text": "Please open the link in the newest message you have from us, or answer that message and ask for a new one.",
    },
    "af": {
        "title": "U oop fakture by {organization}",
        "to_pay": "Te betaal",
        "overdue_part": "waarvan reeds betaalbaar: {amount}",
        "nothing_open": "Niks is uitstaande nie. Dankie!",
        "as_of": "Soos op {date}",
        "invoice": "Faktuur",
        "request": "Betaalversoek",
        "issued": "van {date}",
        "due_since": "betaalbaar sedert {date}",
        "due_on": "betaalbaar op {date}",
        "of_amount": "Faktuurbedrag {amount}",
        "received": "Reeds ontvang: {amount}",
        "disputed": "Ons kyk na u vraag oor hierdie faktuur.",
        "charge_interest": "Rente",
        "charge_compensation": "Vergoeding vir laat betaling",
        "charge_fee": "Herinneringsfooi",
        "charges_waived": "Dit val weg as alles teen {date} betaal is.",
        "charges_received": "Reeds daarvoor ontvang: {amount}",
        "your_order": "U bestelling {number}",
        "credit": "U krediet by ons",
        "how_to_pay": "Hoe om te betaal",
        "account_of": "Rekening van {name}",
        "reference": "Betaalverwysing",
        "several": "Betaal u meer as een gelyk? Gee asseblief al die verwysings.",
        "crossed": "As u in die afgelope paar dae betaal het, baie dankie: dit verskyn hier sodra ons dit ontvang.",
        "no_account": "Vra ons gerus vir ons bankbesonderhede.",
        "questions": "Enige vrae? Ons help graag.",
        "private": "Hierdie bladsy is net vir u bedoel. Moet asseblief nie die skakel aanstuur nie.",
        "closed_title": "Hierdie skakel werk nie meer nie",
        "closed_text": "Maak asseblief die skakel in ons jongste boodskap oop, of antwoord daarop en vra vir 'n nuwe een.",
    },
    "fr": {
        "title": "Vos factures à régler auprès de {organization}",
        "to_pay": "À régler",
        "overdue_part": "dont déjà échu : {amount}",
        "nothing_open": "Tout est réglé. Merci !",
        "as_of": "Situation au {date}",
        "invoice": "Facture",
        "request": "Demande de paiement",
        "issued": "du {date}",
        "due_since": "échue depuis le {date}",
        "due_on": "à régler le {date}",
        "of_amount": "Montant de la facture : {amount}",
        "received": "Déjà reçu : {amount}",
        "disputed": "Nous examinons votre question sur cette facture.",
        "charge_interest": "Intérêts de retard",
        "charge_compensation": "Indemnité de retard",
        "charge_fee": "Frais de rappel",
        "charges_waived": "Ces sommes ne sont plus dues si tout est réglé au plus tard le {date}.",
        "charges_received": "Déjà reçu à ce titre : {amount}",
        "your_order": "Votre commande {number}",
        "credit": "Votre avoir chez nous",
        "how_to_pay": "Comment régler",
        "account_of": "Compte de {name}",
        "reference": "Référence du paiement",
        "several": "Vous réglez plusieurs factures à la fois ? Merci d’indiquer toutes les références.",
        "crossed": "Si vous avez payé ces derniers jours, merci : votre paiement apparaîtra ici dès que nous l’aurons reçu.",
        "no_account": "N’hésitez pas à nous demander nos coordonnées bancaires.",
        "questions": "Une question ? Nous sommes là pour vous aider.",
        "private": "Cette page vous est réservée. Merci de ne pas transmettre son lien.",
        "closed_title": "Ce lien ne fonctionne plus",
        "closed_text": "Merci d’ouvrir le lien de notre message le plus récent, ou d’y répondre pour en demander un nouveau.",
    },
    "es": {
        "title": "Sus facturas pendientes con {organization}",
        "to_pay": "Por pagar",
        "overdue_part": "de los que ya han vencido: {amount}",
        "nothing_open": "No hay nada pendiente. ¡Gracias!",
        "as_of": "A fecha de {date}",
        "invoice": "Factura",
        "request": "Solicitud de pago",
        "issued": "del {date}",
        "due_since": "vencida desde el {date}",
        "due_on": "vence el {date}",
        "of_amount": "Importe de la factura: {amount}",
        "received": "Ya recibido: {amount}",
        "disputed": "Estamos revisando su consulta sobre esta factura.",
        "charge_interest": "Intereses",
        "charge_compensation": "Compensación por pago fuera de plazo",
        "charge_fee": "Gastos de recordatorio",
        "charges_waived": "Dejan de exigirse si todo se paga a más tardar el {date}.",
        "charges_received": "Ya recibido por ello: {amount}",
        "your_order": "Su pedido {number}",
        "credit": "Su saldo a favor",
        "how_to_pay": "Cómo pagar",
        "account_of": "Cuenta de {name}",
        "reference": "Referencia del pago",
        "several": "¿Paga varias a la vez? Indique, por favor, todas las referencias.",
        "crossed": "Si ha pagado en los últimos días, gracias: lo verá aquí en cuanto lo recibamos.",
        "no_account": "Pídanos, por favor, nuestros datos bancarios.",
        "questions": "¿Alguna pregunta? Le ayudamos con mucho gusto.",
        "private": "Esta página es solo para usted. Por favor, no comparta el enlace.",
        "closed_title": "Este enlace ya no funciona",
        "closed_text": "Abra, por favor, el enlace de nuestro mensaje más reciente, o respóndalo y pida uno nuevo.",
    },
    "nb": {
        "title": "Dine åpne fakturaer hos {organization}",
        "to_pay": "Å betale",
        "overdue_part": "hvorav allerede forfalt: {amount}",
        "nothing_open": "Alt er betalt. Tusen takk!",
        "as_of": "Per {date}",
        "invoice": "Faktura",
        "request": "Betalingsforespørsel",
        "issued": "datert {date}",
        "due_since": "forfalt {date}",
        "due_on": "forfaller {date}",
        "of_amount": "Fakturabeløp {amount}",
        "received": "Allerede mottatt: {amount}",
        "disputed": "Vi ser på spørsmålet ditt om denne fakturaen.",
        "charge_interest": "Forsinkelsesrente",
        "charge_compensation": "Kompensasjon for sen betaling",
        "charge_fee": "Purregebyr",
        "charges_waived": "Dette faller bort når alt er betalt innen {date}.",
        "charges_received": "Allerede mottatt for dette: {amount}",
        "your_order": "Din bestilling {number}",
        "credit": "Til gode hos oss",
        "how_to_pay": "Slik betaler du",
        "account_of": "Kontoen til {name}",
        "reference": "Merk betalingen med",
        "several": "Betaler du flere samtidig? Oppgi gjerne alle referansene.",
        "crossed": "Har du betalt de siste dagene, takk for det: betalingen vises her så snart vi har mottatt den.",
        "no_account": "Spør oss gjerne om kontonummeret vårt.",
        "questions": "Har du spørsmål? Vi hjelper deg gjerne.",
        "private": "Denne siden er bare til deg. Ikke del lenken med andre.",
        "closed_title": "Denne lenken virker ikke lenger",
        "closed_text": "Åpne lenken i den nyeste meldingen fra oss, eller svar på den og be om en ny.",
    },
}


class _FromPages(Mapping[str, str]):
    """The labels of a language whose page texts are written (`pages.txt` of its wordings), said when asked for."""

    def __init__(self, pages: Pages, organization: str) -> None:
        self._pages, self._organization = pages, organization

    def __getitem__(self, key: str) -> str:
        return self.say(key)

    def __iter__(self) -> Iterator[str]:
        return iter(LABELS["en"])

    def __len__(self) -> int:
        return len(LABELS["en"])

    def say(self, key: str, **values: Any) -> str:
        return self._pages.say(key, **{"organization": self._organization, **values})


class _FromTable(dict[str, str]):
    def say(self, key: str, **values: Any) -> str:
        return self[key].format(**values)


def labels_of(language: str, country: str, organization: str) -> _FromPages | _FromTable:
    """The labels in one of the languages `spoken()`."""
    if language not in LABELS:
        return _FromPages(Pages(language, country or None), organization)
    return _FromTable({key: text.replace("{organization}", organization) for key, text in LABELS[language].items()})


@lru_cache(1)
def spoken() -> tuple[str, ...]:
    """The languages of the page: those of the table, and those whose wordings have every text of it."""
    written = (tag for tag in LANGUAGES if tag not in LABELS)
    return (*LABELS, *(tag for tag in written if all(key in Pages(tag) for key in LABELS["en"])))


def language_of(*wanted: str) -> str:
    """The first of these language tags that the page speaks, else English."""
    for tag in wanted:
        known = normalise(tag) if tag else ""
        for candidate in (known, known.partition("-")[0]):
            if candidate in spoken():
                return candidate
    return "en"
