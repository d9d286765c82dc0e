# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sums of money as people write them, in digits and in words, and numbers that are no money."""

from __future__ import annotations

from decimal import Decimal

import pytest

from purring.language.when import find_amounts


@pytest.mark.parametrize(
    ("language", "hint", "text", "expected"),
    [
        ("en", None, "£1,240.00", "1240.00 GBP"),
        ("en", None, "€50", "50 EUR"),
        ("en", None, "EUR 1.250,50", "1250.50 EUR"),
        ("en", None, "$1,250", "1250 USD"),
        ("en", "AUD", "$1,250", "1250 AUD"),
        ("en", None, "Rs. 1,50,000/-", "150000 INR"),
        ("en", None, "R1 250", "1250 ZAR"),
        ("en", None, "N$ 2 340,00", "2340.00 NAD"),
        ("en", None, "two thousand pounds", "2000 GBP"),
        ("en", None, "twelve hundred euros", "1200 EUR"),
        ("en", None, "two and a half thousand dollars", "2500 USD"),
        ("en", None, "£2.5k", "2500 GBP"),
        ("en", None, "two lakh rupees", "200000 INR"),
        ("en", None, "15 dollars and 30 cents", "15.30 USD"),
        ("en", None, "I will pay 450 on Friday", "450 -"),
        ("af", None, "agtienhonderd rand", "1800 ZAR"),
        ("af", None, "R3 250,50", "3250.50 ZAR"),
        ("fr", None, "1 250,50 €", "1250.50 EUR"),
        ("fr", None, "1\u202f250,50\u00a0€", "1250.50 EUR"),
        ("fr", None, "quatre-vingt-dix-sept euros", "97 EUR"),
        ("fr", None, "cent cinquante mille francs CFA", "150000 XOF"),
        ("fr", "CHF", "trois cents francs", "300 CHF"),
        ("fr", None, "12 euros 50", "12.50 EUR"),
        ("fr", None, "CHF 500.–", "500 CHF"),
        ("es", None, "642,80 €", "642.80 EUR"),
        ("es", "CLP", "$60.000", "60000 CLP"),
        ("es", None, "$60.000", "60000 -"),
        ("es", None, "dos mil quinientos pesos", "2500 -"),
        ("es", None, "cuatrocientos veinte mil euros", "420000 EUR"),
        ("nb", None, "kr 500,-", "500 NOK"),
        ("nb", None, "500,-", "500 NOK"),
        ("nb", None, "1 250,50 kr", "1250.50 NOK"),
        ("nb", None, "fire tusen to hundre kroner", "4200 NOK"),
        ("nb", None, "tolv hundre kroner", "1200 NOK"),
        ("nb", "SEK", "500 kroner", "500 SEK"),
        ("nb", None, "1,5k", None),
        ("nb", None, "betaler 1,5k nå", "1500 -"),
        ("de", None, "€ 1.180,-", "1180 EUR"),
        ("de", None, "CHF 1'842.30", "1842.30 CHF"),
        ("de", None, "zweitausendfünfhundert Euro", "2500 EUR"),
        ("de", None, "tausend Franken", "1000 CHF"),
        ("nl", None, "€ 1.250,00", "1250.00 EUR"),
        ("nl", None, "zeshonderdvijftig euro", "650 EUR"),
        ("pt-PT", None, "quatrocentos e vinte e cinco euros", "425 EUR"),
        ("pt-BR", None, "R$ 1.250,50", "1250.50 BRL"),
        ("pt-BR", None, "mil e duzentos reais", "1200 BRL"),
        ("it", None, "1.250,50 euro", "1250.50 EUR"),
        ("it", None, "milleduecento euro", "1200 EUR"),
        ("it", "CHF", "200 franchi", "200 CHF"),
        ("sv", None, "500:-", "500 SEK"),
        ("sv", None, "6 480 kr", "6480 SEK"),
        ("sv", None, "ettusentvåhundrafyrtio euro", "1240 EUR"),
        ("da", None, "1.250,50 kr.", "1250.50 DKK"),
        ("da", None, "femoghalvfjerds kroner", "75 DKK"),
        ("da", None, "halvandet tusind kroner", "1500 DKK"),
    ],
)
def test_an_amount_is_read_with_its_currency(language: str, hint: str | None, text: str, expected: str | None) -> None:
    found = find_amounts(text, language, hint)
    if expected is None:
        assert found == []
        return
    value, currency = expected.split()
    assert [(a.value, a.currency or "-") for a in found] == [(Decimal(value), currency)]
    assert text[found[0].start : found[0].end].strip(",.:") in text


def test_an_amount_without_a_currency_shares_that_of_the_text() -> None:
    found = find_amounts("j'ai versé CHF 500.– hier, le solde, soit 312.40, suivra", "fr")
    assert [(a.value, a.currency) for a in found] == [(Decimal(500), "CHF"), (Decimal("312.40"), "CHF")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Invoice 20418, order 15/2026, version 3.10, call 020 7946 0018, account 12345678"),
        ("en", "half now, the rest later. A thousand apologies, a hundred percent. 25 % off, 12.5%, 3 weeks, 20 years"),
        ("en", "at 14.30, on 5.3.2026, 2026-03-04, IBAN GB29 NWBK 6016 1331 9268 19, three boxes, one of us"),
        (
            "nb",
            "tusen takk, faktura 44871, kl. 14.30, tlf. 61 00 43 17, org.nr. 900 000 117, halvparten nå, 25 %, 10 dager",
        ),
        ("sv", "tusen tack, faktura 1187, tel 08-465 004 60, kl 9.30, hälften nu, 25 %, 10 dagar, 30.10.2026"),
        ("da", "tusind tak, faktura 117, tlf. 33 12 45 67, kl. 9.30, halvdelen nu, 25 %, 10 dage"),
        ("de", "tausend Dank, Rechnung 26-0113, Tel. 05572 555 31-0, 14.30 Uhr, 19 % USt, die Hälfte, 10 Tage, am 15."),
        ("nl", "duizendmaal dank, factuur F2025-0972, tel. 0470 00 11 22, 21 %, de helft, 10 dagen, om 14.30"),
        ("fr", "mille mercis, facture 2026-0417, tél. 01 99 00 27 14, 8h30, la moitié, 20 %, 10 jours, le 25"),
        ("es", "mil gracias, factura 26/309, tel. 91 555 01 43, la mitad, 21 %, 10 días, el día 25"),
        ("it", "grazie mille, mille grazie, fattura 2026/19, tel. 030 5550 118, la metà, 22 %, 10 giorni, il 25"),
        ("pt-PT", "mil desculpas, fatura 26/309, tel. 21 555 01 43, metade, 23 %, 10 dias, dia 25"),
        ("af", "baie dankie, faktuur 5503, tel. 021 555 0162, die helfte, 15 %, 10 dae, die 25ste"),
    ],
)
def test_other_numbers_are_no_money(language: str, text: str) -> None:
    assert [text[a.start : a.end] for a in find_amounts(text, language)] == []


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "the 340 on Friday", ["340"]),
        ("de", "die restlichen 350 überweise ich nächsten Montag", ["350"]),
        ("sv", "resterande 700 tar jag på måndag", ["700"]),
        ("it", "gli altri 200 li mando lunedì", ["200"]),
        ("en", "pay for the 240 boxes", []),
        ("en", "we'll pay the parts on 8840 on the 30th", []),
    ],
)
def test_a_bare_number_is_money_after_the_words_for_what_is_left(language: str, text: str, expected: list[str]) -> None:
    assert [str(amount.value) for amount in find_amounts(text, language)] == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I'll pay 12.5% of the £900 on Friday", "112.50"),
        ("en", "12,5 % of the £900", "112.50"),
        ("en", "33.3 % of the £900", "299.70"),
        ("en", "33.333% of the £900", "300.00"),
        ("en", "0.5% of the £900", "4.50"),
        ("en", "100% of the £900", "900"),
        ("en", "12.5 % of the 900 I owe", "112.50"),
        ("en", "fifty per cent of the £900", "450"),
        ("en", "twelve and a half percent of the £900", "112.50"),
        ("en", "one hundred percent of the £900", "900"),
        ("en", "a fifth of the £900", "180"),
        ("af", "12,5 persent van die R900", "112.50"),
        ("af", "vyftig persent van die R900", "450"),
        ("fr", "12,5 pour cent des 900 €", "112.50"),
        ("fr", "un cinquième des 900 €", "180"),
        ("es", "el 12,5 por ciento de los 900 €", "112.50"),
        ("es", "la quinta parte de los 900 €", "180"),
        ("nb", "12,5 pst. av de 900 kronene", "112.50"),
        ("nb", "en femdel av de 900 kronene", "180"),
        ("de", "12,5 Prozent der 900 €", "112.50"),
        ("de", "ein Fünftel der 900 €", "180"),
        ("nl", "12,5 % van de 900 euro", "112.50"),
        ("nl", "een vijfde van de 900 euro", "180"),
        ("pt-PT", "12,5 por cento dos 900 €", "112.50"),
        ("pt-BR", "33,33% dos R$ 900", "299.97"),
        ("it", "il 12,5 per cento dei 900 €", "112.50"),
        ("sv", "12,5 procent av de 900 kronorna", "112.50"),
        ("sv", "en tiondel av de 900 kronorna", "90"),
        ("da", "12,5 pct. af de 900 kr.", "112.50"),
        ("da", "en femtedel af de 900 kr.", "180"),
    ],
)
def test_a_percentage_of_a_sum_is_that_part_of_it(language: str, text: str, expected: str) -> None:
    assert [amount.value for amount in find_amounts(text, language)] == [Decimal(expected)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "0 % of the £900"),
        ("en", "150 % of the £900"),
        ("en", "1,000% of the £900"),
        ("en", "12½ % of the £900"),
        ("en", "10-20% of the £900"),
        ("en", "10 to 20% of the £900"),
        ("en", "twenty two point five percent of the £900"),
        ("en", "one hundred and fifty percent of the £900"),
        ("en", "150% of the 900 I owe"),
        ("en", "0 % of two tenners"),
        ("fr", "150 pour cent des 900 €"),
        ("es", "el 0 % de los 900 €"),
        ("de", "zehn bis zwanzig Prozent der 900 €"),
        ("it", "il 150 % dei 900 €"),
        ("pt-PT", "150 por cento dos 900 €"),
        ("nl", "0 % van de 900 euro"),
        ("af", "150 % van die R900"),
        ("nb", "0 % av de 900 kronene"),
        ("sv", "150 procent av de 900 kronorna"),
        ("da", "10 til 20 pct. af de 900 kr."),
    ],
)
def test_a_percentage_that_cannot_be_told_promises_nothing(language: str, text: str) -> None:
    assert find_amounts(text, language) == []


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "half of the £99.99 on Friday", "50.00"),
        ("en", "10% of the £1,000.55", "100.06"),
        ("en", "a third of the £1000", "333.33"),
        ("en", "two thirds of the £99.99", "66.66"),
        ("de", "die Hälfte der 99,99 €", "50.00"),
        ("nb", "halvparten av de 99,99 kronene", "50.00"),
    ],
)
def test_a_part_of_a_sum_is_rounded_to_the_cent(language: str, text: str, expected: str) -> None:
    assert [str(amount.value) for amount in find_amounts(text, language)] == [expected]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "a tenner", "10"),
        ("en", "half a tenner", "5"),
        ("en", "half of a tenner", "5"),
        ("en", "half a fiver", "2.50"),
        ("en", "half of the two tenners", "10"),
        ("nl", "een half tientje", "5"),
        ("de", "ein Hunderter", "100"),
        ("de", "ein halber Hunderter", "50"),
        ("nb", "en halv tusenlapp", "500"),
        ("sv", "en halv tusenlapp", "500"),
        ("da", "en halv tusindlap", "500"),
    ],
)
def test_half_a_note_is_half_its_worth(language: str, text: str, expected: str) -> None:
    assert [amount.value for amount in find_amounts(text, language)] == [Decimal(expected)]


def test_half_of_a_sum_in_small_change_or_thousands_is_half_of_it() -> None:
    assert [amount.value for amount in find_amounts("half of the 80 pence", "en")] == [Decimal("0.40")]
    assert [amount.value for amount in find_amounts("halvparten av 5 tkr", "nb")] == [Decimal(2500)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I'll bring you sixty-four pounds fifty on Friday.", "64.50"),
        ("en", "sixty-four pounds fifty, going over the day after tomorrow", "64.50"),
        ("en", "You'll have the sixty-four pounds fifty by Monday", "64.50"),
        ("en", "three hundred and twelve pounds twenty-five leaves us on Monday", "312.25"),
        ("en", "sixty-four pounds and fifty pence on Friday", "64.50"),
        ("en", "Sixty pounds twenty days from now", "60"),
        ("en", "sixty pounds fifty percent of the bill", "60"),
        ("de", "Übermorgen bekommen Sie vierundsechzig Euro fünfzig von mir.", "64.50"),
        ("de", "Die vierundsechzig Euro fünfzig überweise ich am Freitag.", "64.50"),
        ("de", "vierundsechzig Euro und fünfzig am Freitag", "64.50"),
        ("de", "Ich zahle hundertfünfundachtzig Euro neunzig bar.", "185.90"),
        ("de", "Ich zahle sechzig Euro und zwanzig im Mai.", "60"),
        (
            "nl",
            "Overmorgen krijgt u vierenzestig euro vijftig van mij, ik zit nu nog op de boot zonder bereik.",
            "64.50",
        ),
        ("nl", "Ik maak vrijdag vierenzestig euro en vijftig cent over", "64.50"),
        ("nl", "honderdachtenveertig euro twintig maak ik morgen over", "148.20"),
        ("af", "Ek betaal Vrydag agthonderd vier en sestig rand vyftig.", "864.50"),
        ("af", "vier-en-sestig rand vyftig gaan môre deur", "64.50"),
        ("fr", "Je vous fais un virement de soixante-quatre euros cinquante vendredi.", "64.50"),
        ("fr", "deux cent trente euros soixante-quinze, c'est parti lundi", "230.75"),
        ("fr", "soixante-quatre euros et cinquante centimes", "64.50"),
        ("fr", "quatre-vingt-dix-sept euros quatre-vingts demain", "97.80"),
        ("es", "Mañana le ingreso sesenta y cuatro euros con cincuenta.", "64.50"),
        ("es", "El viernes le ingreso sesenta y cuatro euros cincuenta sin falta", "64.50"),
        ("es", "sesenta euros con cincuenta el viernes", "60.50"),
        ("es", "sesenta euros quince de marzo", "60"),
        ("it", "Venerdì le faccio un bonifico di sessantaquattro euro e cinquanta.", "64.50"),
        ("it", "le mando sessantaquattro euro cinquanta domani", "64.50"),
        ("it", "settantotto euro e novanta li verso lunedì", "78.90"),
        ("it", "cinquanta euro e venti la prossima settimana", "50"),
        ("pt-PT", "Transfiro sessenta e quatro euros e cinquenta na sexta.", "64.50"),
        ("pt-PT", "sessenta e quatro euros e cinquenta cêntimos", "64.50"),
        ("pt-PT", "amanhã faço o pix de cinquenta e quatro reais e noventa", "54.90"),
        ("pt-PT", "sessenta e quatro euros cinquenta amanhã", "64.50"),
        ("sv", "I övermorgon får ni sextiofyra kronor femtio av mig", "64.50"),
        ("sv", "Jag för över åttahundrasextiofyra kronor och femtio öre", "864.50"),
        ("sv", "sextiofyra kronor och femtio på fredag", "64.50"),
        ("da", "I overmorgen får du fireogtres kroner halvtreds", "64.50"),
        ("da", "fireogtres kroner og halvtreds på fredag", "64.50"),
        ("da", "fireogtres kroner og halvtreds øre", "64.50"),
        ("nb", "Sekstifire kroner femti vippser jeg på fredag", "64.50"),
        ("nb", "sekstifire kroner og femti på fredag", "64.50"),
        ("nb", "sekstifire kroner og femti øre", "64.50"),
        ("en", "I'll bring you sixty-four quid fifty on Friday", "64.50"),
        ("en", "I owe 64 euros fifty", "64.50"),
        ("de", "64 Euro fünfzig am Freitag", "64.50"),
        ("nl", "64 euro vijftig vrijdag", "64.50"),
        ("fr", "64 euros cinquante vendredi", "64.50"),
    ],
)
def test_small_change_may_be_said_in_words_behind_the_currency(language: str, text: str, expected: str) -> None:
    assert [amount.value for amount in find_amounts(text, language)] == [Decimal(expected)]
