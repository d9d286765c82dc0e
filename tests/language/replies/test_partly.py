# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is said of a part only, what hangs on us, and days that are the whole of an answer, in eleven languages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from time import process_time

import pytest

from purring.language.replies.reading import Reading, read_reply

MONDAY = date(2026, 3, 16)
FRIDAY = date(2026, 3, 20)
NEXT_FRIDAY = date(2026, 3, 27)


def read(language: str, text: str) -> Reading:
    return read_reply(text, language=language, said_on=MONDAY, timezone="Europe/London")


def names(reading: Reading) -> set[str]:
    return {one.intent for one in reading.intents}


@pytest.mark.parametrize(
    ("language", "text", "pay_on", "pay_amount"),
    [
        ("en", "I paid £450 this morning, the rest follows on Friday.", FRIDAY, None),
        ("en", "I transferred £200 yesterday and will send the remaining £250 on 27 March.", NEXT_FRIDAY, "250"),
        ("en", "Half was paid last week, the other half goes out on 27 March.", NEXT_FRIDAY, None),
        ("en", "Paid half today. Rest on Friday.", FRIDAY, None),
        ("de", "Die Hälfte habe ich gestern bezahlt, die andere Hälfte am 27. März.", NEXT_FRIDAY, None),
        ("de", "Am Montag habe ich 200 Euro gezahlt, am 27. kommt der Rest.", NEXT_FRIDAY, None),
        ("fr", "J’ai viré 300 € aujourd’hui, le solde suivra le 27 mars.", NEXT_FRIDAY, None),
        ("es", "Hoy he pagado 200 €, el resto lo pago el día 27.", NEXT_FRIDAY, None),
        ("it", "Ho versato 300 euro oggi, il resto lo pago il 27 marzo.", NEXT_FRIDAY, None),
        ("nl", "Ik heb vandaag 100 euro overgemaakt, de rest volgt vrijdag.", FRIDAY, None),
        ("nb", "Jeg har betalt 500 kr i dag, resten kommer fredag.", FRIDAY, None),
        ("sv", "Jag har betalat 500 kr idag, resten kommer på fredag.", FRIDAY, None),
        ("da", "Halvdelen er betalt i går, den anden halvdel den 27. marts.", NEXT_FRIDAY, None),
        ("pt-PT", "Paguei hoje 200 €, o resto segue na sexta.", FRIDAY, None),
        ("pt-BR", "Metade já foi paga ontem, a outra metade na sexta.", FRIDAY, None),
        ("af", "Ek het R500 vandag betaal, die res volg Vrydag.", FRIDAY, None),
    ],
)
def test_of_a_part_paid_the_rest_is_what_is_promised(
    language: str, text: str, pay_on: date, pay_amount: str | None
) -> None:
    reading = read(language, text)
    assert reading.primary == "promise_to_pay"
    assert "already_paid" in names(reading)
    assert not reading.sure
    assert (reading.pay_on, reading.pay_amount) == (pay_on, Decimal(pay_amount) if pay_amount else None)


def test_a_rest_that_is_not_promised_is_none() -> None:
    assert read("en", "I have paid half; the rest I will not pay.").primary == "refusal"
    assert read("en", "I paid £450 yesterday so the balance should be zero.").primary == "already_paid"
    first = read("en", "I'll pay £200 on Friday and the rest at the end of April.")
    assert (first.primary, first.pay_on, first.pay_amount) == ("promise_to_pay", FRIDAY, Decimal(200))
    both = read("nb", "Halvparten ble betalt 2. mars, og resten, kr 612, ble sendt 9. mars.")
    assert "promise_to_pay" not in names(both)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Paid today."),
        ("nb", "Har betalt i dag."),
        ("da", "Har betalt i dag."),
        ("sv", "Har betalat idag."),
        ("nl", "Heb vandaag betaald."),
    ],
)
def test_who_has_paid_today_promises_nothing(language: str, text: str) -> None:
    reading = read(language, text)
    assert names(reading) == {"already_paid"}
    assert reading.pay_on is None


@pytest.mark.parametrize(
    ("language", "text", "primary"),
    [
        ("en", "Provided the missing box arrives we will pay on Friday.", "dispute"),
        ("en", "Once you correct the VAT we will pay on Friday.", "dispute"),
        ("en", "If you send the PO number we could pay on Friday.", "info_request"),
        ("en", "If you email me the invoice today I'll pay it tomorrow.", "copy_request"),
        ("de", "Wenn Sie uns die Gutschrift schicken, zahlen wir am Freitag.", "dispute"),
        ("de", "Ich zahle am Freitag, sofern Sie mir vorher den Lieferschein schicken.", "copy_request"),
        ("fr", "Si vous m’envoyez le bon de livraison, je paie vendredi.", "copy_request"),
        ("fr", "Dès que vous aurez corrigé la facture, nous payons sous 8 jours.", "dispute"),
        ("es", "Si corrigen la factura pagamos el viernes.", "dispute"),
        ("es", "Si me envían el albarán, pago el viernes.", "copy_request"),
        ("it", "Se correggete la fattura paghiamo venerdì.", "dispute"),
        ("nl", "Als u de creditnota stuurt, betaal ik vrijdag.", "dispute"),
        ("nb", "Når dere retter fakturaen, betaler vi på fredag.", "dispute"),
        ("da", "Når I retter fakturaen, betaler vi på fredag.", "dispute"),
        ("sv", "Om ni skickar kreditfakturan betalar jag på fredag.", "dispute"),
        ("sv", "Om ni skickar fraktsedeln betalar jag på fredag.", "copy_request"),
        ("pt-BR", "Se vocês corrigirem a nota, pagamos na sexta.", "dispute"),
        ("pt-PT", "Desde que corrijam o valor, pagamos na sexta.", "dispute"),
        ("af", "Sodra julle die faktuur regmaak, betaal ons Vrydag.", "dispute"),
    ],
)
def test_what_hangs_on_us_is_no_promise_but_asks(language: str, text: str, primary: str) -> None:
    reading = read(language, text)
    assert not {"promise_to_pay", "already_paid"} & names(reading)
    assert (reading.primary, reading.pay_on, reading.sure) == (primary, None, False)
    assert reading.open_question


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "When my wages come on the 25th I will pay."),
        ("en", "If that is all right with you, I'll pay Friday."),
        ("en", "You'll have a banker's draft on Friday when your man brings the keys."),
        ("de", "Wenn es Ihnen recht ist, zahle ich am Freitag."),
        ("de", "Wenn Sie am Dienstag liefern, drücke ich Ihrem Fahrer das Geld gleich in die Hand."),
        ("fr", "Si cela vous convient, je paie vendredi."),
        ("it", "Se per voi va bene, pago venerdì."),
        ("nl", "Als het goed is voor u, betaal ik vrijdag."),
        ("sv", "Vi ses på fredag när ni levererar, då har jag kontanterna i ett kuvert åt dig."),
        ("da", "Hvis det er okay med dig, betaler jeg fredag."),
        ("pt-PT", "Se estiver bem para si, pago na sexta."),
        ("af", "As dit reg is met jou, betaal ek Vrydag."),
    ],
)
def test_wages_and_courtesy_are_no_condition(language: str, text: str) -> None:
    assert read(language, text).primary == "promise_to_pay"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We will not pay before you send the delivery note."),
        ("de", "Wir zahlen nicht, bevor Sie den Lieferschein schicken."),
        ("es", "No pagaremos hasta que nos envíen el albarán."),
        ("da", "Vi betaler ikke, før I sender følgesedlen."),
        ("nl", "Wij betalen niet voordat u de pakbon stuurt."),
    ],
)
def test_who_waits_for_something_of_ours_waits_for_an_answer(language: str, text: str) -> None:
    reading = read(language, text)
    assert reading.open_question
    assert reading.primary != "refusal"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Invoice 2026-0099 has been paid, 2026-0117 is still being checked."),
        ("de", "Die Rechnung 2026-0099 ist bezahlt, die 2026-0117 prüfen wir noch."),
        ("fr", "La facture 2026-0099 est payée, la 2026-0117 est encore à l’étude."),
        ("es", "La factura 2026-0099 está pagada, la 2026-0117 la estamos revisando."),
        ("it", "La 2026-0099 è pagata, la 2026-0117 è ancora in verifica."),
        ("nl", "Factuur 2026-0099 is betaald, 2026-0117 wordt nog nagekeken."),
        ("sv", "Faktura 2026-0099 är betald, 2026-0117 kontrollerar vi fortfarande."),
        ("nb", "Faktura 2026-0099 er betalt, 2026-0117 sjekker vi fortsatt."),
        ("da", "Faktura 2026-0099 er betalt, 2026-0117 er stadig til godkendelse."),
        ("pt-PT", "A fatura 2026-0099 está paga, a 2026-0117 está a ser verificada."),
        ("af", "Faktuur 2026-0099 is betaal, 2026-0117 word nog nagegaan."),
    ],
)
def test_one_invoice_paid_and_another_not_is_both(language: str, text: str) -> None:
    reading = read(language, text)
    assert "already_paid" in names(reading)
    assert len(names(reading)) > 1
    assert not reading.sure


def test_two_invoices_of_which_the_same_is_said_are_one_thing() -> None:
    assert names(read("en", "Both 2026-0099 and 2026-0117 were paid on Monday.")) == {"already_paid"}
    assert names(read("de", "Die 2026-0099 und die 2026-0117 sind beide bezahlt.")) == {"already_paid"}
    assert not read("es", "Ya pagué la factura 2026-0099, no la 2026-0117.").sure


@pytest.mark.parametrize(
    ("language", "text", "pay_on"),
    [
        ("en", "> When will you pay?\nOn Friday.", FRIDAY),
        ("en", "> Did you get the invoice?\nYes, all fine.\n> When will you pay?\nOn Friday.", FRIDAY),
        ("fr", "> Quand allez-vous payer ?\nLe 27 mars.", NEXT_FRIDAY),
        ("de", "> Wann dürfen wir mit der Zahlung rechnen?\n27.3.", NEXT_FRIDAY),
        ("es", "> ¿Cuándo van a pagar?\nEl viernes.", FRIDAY),
        ("da", "> Hvornår betaler I?\nPå fredag.", FRIDAY),
        ("nb", "Fredag. Punkt.", FRIDAY),
        ("fr", "Vendredi sans faute", FRIDAY),
        ("de", "Spätestens am 27.3.", NEXT_FRIDAY),
        ("es", "El viernes sin falta.", FRIDAY),
        ("it", "Entro venerdì.", FRIDAY),
        ("nl", "Vrijdag, beloofd.", FRIDAY),
        ("sv", "Fredag. Punkt.", FRIDAY),
        ("pt-BR", "Na sexta, sem falta.", FRIDAY),
        ("af", "Vrydag, belowe.", FRIDAY),
        ("en", "By Friday at the latest.", FRIDAY),
    ],
)
def test_a_day_as_the_whole_answer_is_promised(language: str, text: str, pay_on: date) -> None:
    reading = read(language, text)
    assert (reading.primary, reading.pay_on) == ("promise_to_pay", pay_on)


@pytest.mark.parametrize(
    "text",
    ["> When can we call you?\nOn Friday.", "Last Friday.", "Yesterday.", "See you on Friday!", "Happy Easter!"],
)
def test_a_day_of_something_else_is_not(text: str) -> None:
    reading = read("en", text)
    assert "promise_to_pay" not in names(reading)
    assert reading.pay_on is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Once you sent the corrected invoice we paid it on Monday."),
        ("en", "After you fixed the boiler we paid you in cash."),
        ("en", "As soon as you sent the corrected invoice, we settled it."),
        ("en", "I paid before I got the invoice copy"),
        ("en", "We have paid, after receipt of the corrected invoice."),
        ("en", "We paid, right after you sent the credit note."),
        ("en", "When we got the credit note we paid the rest last week."),
        ("nl", "Als u de creditnota stuurde hebben we maandag betaald."),
        ("nl", "Nadat u de factuur had gecorrigeerd, hebben we meteen betaald."),
        ("de", "Wir haben nach Erhalt der korrigierten Rechnung sofort bezahlt."),
        ("de", "Nachdem Sie uns die Gutschrift geschickt hatten, haben wir am Montag überwiesen."),
        ("fr", "Dès que vous avez corrigé la facture, nous avons payé."),
        ("fr", "Une fois que vous avez envoyé le bon de livraison, j’ai viré la somme."),
        ("es", "Cuando nos enviaron el albarán, ya habíamos pagado."),
        ("es", "En cuanto corrigieron la factura, la pagamos."),
        ("es", "Hemos pagado después de recibir la factura corregida."),
        ("pt-PT", "Paguei assim que corrigiram a fatura."),
        ("de", "Als Sie uns die Gutschrift geschickt haben, habe ich sofort bezahlt."),
        ("nb", "Da dere sendte kreditnotaen, betalte vi resten."),
        ("it", "Appena avete mandato la nota di credito abbiamo fatto il bonifico."),
        ("it", "Una volta che avete corretto la fattura l’abbiamo saldata lunedì."),
        ("pt-PT", "Já pagámos, depois de receber a nota de crédito."),
        ("pt-BR", "Depois que vocês corrigiram a nota, fizemos o pagamento."),
        ("nb", "Så snart dere sendte kreditnotaen, betalte vi."),
        ("nb", "Etter at dere rettet fakturaen, har vi betalt."),
        ("sv", "När ni skickade kreditfakturan betalade jag direkt."),
        ("sv", "Efter att ni rättade fakturan har vi betalat den."),
        ("da", "Efter at I rettede fakturaen, har vi betalt."),
        ("da", "Vi betalte, efter at I havde rettet fakturaen."),
        ("af", "Nadat julle die faktuur reggemaak het, het ons betaal."),
        ("af", "Ons het betaal nadat julle die faktuur gestuur het."),
    ],
)
def test_a_payment_that_came_after_something_of_ours_hangs_on_nothing(language: str, text: str) -> None:
    reading = read(language, text)
    assert names(reading) == {"already_paid"}
    assert not reading.open_question


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "As soon as you send the credit note it's paid."),
        ("en", "If you had sent the credit note we would have paid."),
        ("en", "Nobody has paid and nobody pays until you fix the boiler."),
        ("en", "We paid half, the rest when you send the credit note."),
        ("en", "I paid the deposit, and when you send the missing parts you get the rest."),
        ("nl", "Zodra wij de creditnota hebben is het betaald."),
        ("sv", "Vi har betalat hälften, resten när ni skickar kreditfakturan."),
        ("nl", "Zodra u de creditnota hebt gestuurd, betalen wij."),
        ("de", "Sobald Sie die Gutschrift schicken, ist die Rechnung bezahlt."),
        ("de", "Erst wenn Sie die Gutschrift geschickt haben, wird bezahlt."),
        ("fr", "Dès que vous avez corrigé la facture, nous payons."),
        ("fr", "Si vous aviez envoyé l’avoir, nous aurions payé."),
        ("es", "Si corrigen la factura pagamos."),
        ("es", "En cuanto corrijan la factura, queda pagada."),
        ("it", "Appena mandate la nota di credito, la fattura è pagata."),
        ("pt-PT", "Quando enviarem a nota de crédito, fica pago."),
        ("nb", "Når dere har rettet fakturaen, betaler vi."),
        ("sv", "Så fort ni skickar kreditfakturan är den betald."),
        ("da", "Den bliver betalt, når I har rettet fakturaen."),
        ("af", "Nadat julle die faktuur reggemaak het, betaal ons."),
    ],
)
def test_a_payment_to_come_hangs_on_us_however_it_is_said(language: str, text: str) -> None:
    reading = read(language, text)
    assert not {"promise_to_pay", "already_paid"} & names(reading)
    assert reading.open_question


def test_who_paid_after_one_repair_may_ask_for_another() -> None:
    reading = read(
        "en", "After you fixed the boiler we paid you in cash, but it leaks again and we want our money back."
    )
    assert "dispute" in names(reading)
    apart = read("en", "After you fixed the boiler we paid you in cash. It is leaking again, the repair was useless.")
    assert names(apart) == {"already_paid", "dispute"}


@pytest.mark.parametrize(
    ("language", "before", "again"),
    [
        ("en", "", "the rest, "),
        ("de", "", "der Rest, "),
        ("en", "", "paid the rest, "),
        ("en", "We paid 5 today, ", "the remaining balance, £100, "),
        ("en", "", "the rest\n"),
        ("en", "", "Friday\n"),
    ],
)
def test_a_reply_that_says_the_same_for_ever_takes_no_long_time(language: str, before: str, again: str) -> None:
    read(language, again)
    begun = process_time()
    read(language, before + again * (60_000 // len(again)))
    assert process_time() - begun < 5
