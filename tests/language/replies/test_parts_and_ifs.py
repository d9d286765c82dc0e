# SPDX-License-Identifier: AGPL-3.0-or-later
"""Promises of a part and promises that hang on an "if": read as what they are, and never taken without a person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from purring.language.replies.reading import Reading, read_reply

SAID = date(2026, 3, 18)
FRIDAY = date(2026, 3, 20)
LAST_OF_MARCH = date(2026, 3, 31)
SEVENTH = date(2026, 4, 7)


def read(language: str, text: str) -> Reading:
    return read_reply(text, language=language, said_on=SAID)


@pytest.mark.parametrize(
    ("language", "text", "rest"),
    [
        ("en", "I sent €180 this morning and the remaining €300 will follow on 7 April.", 300),
        ("en", "I paid 180 this morning, the other 300 on 7 April.", 300),
        ("de", "200 € sind heute raus, die übrigen 280 € bekommen Sie am 7. April.", 280),
        ("nl", "Vanochtend € 200 overgemaakt, de andere € 280 komt 7 april.", 280),
        ("nb", "Har betalt 2 500 kr i dag, de siste 1 500 kommer 7. april.", 1500),
        ("da", "Jeg har betalt 2.500 kr. i dag, de sidste 1.500 kr. kommer den 7. april.", 1500),
        ("sv", "500 kr gick i väg i dag, de andra 300 kommer den 7 april.", 300),
        ("fr", "200 € sont partis aujourd'hui, les 280 € restants arriveront le 7 avril.", 280),
        ("es", "Hoy han salido 200 €, los otros 280 € van el 7 de abril.", 280),
        ("it", "Oggi sono partiti 200 €, gli altri 280 € arrivano il 7 aprile.", 280),
        ("pt-BR", "Hoje saíram R$ 200, os outros R$ 280 vão no dia 7 de abril.", 280),
        ("af", "Ek het vanoggend R800 betaal, die ander R400 volg op 7 April.", 400),
    ],
)
def test_a_part_that_left_today_is_paid_and_the_rest_is_promised(language: str, text: str, rest: int) -> None:
    reading = read(language, text)
    assert (reading.primary, reading.pay_on, reading.pay_amount) == ("promise_to_pay", SEVENTH, Decimal(rest))
    assert not reading.sure


@pytest.mark.parametrize(
    ("language", "text", "part"),
    [
        ("en", "£150 of it goes out on Friday, that much is certain.", 150),
        ("de", "150 Euro davon überweise ich am Freitag, so viel ist sicher.", 150),
        ("sv", "500 kr av det betalar jag på fredag, så mycket är säkert.", 500),
        ("nb", "500 kr av det betaler jeg på fredag.", 500),
        ("es", "De eso, 150 € se los pago el viernes seguro.", 150),
        ("it", "Di questi, 150 € li bonifico venerdì.", 150),
        ("nl", "Daarvan maak ik vrijdag € 150 over, zoveel is zeker.", 150),
    ],
)
def test_part_of_what_is_owed_is_promised_but_not_sure(language: str, text: str, part: int) -> None:
    reading = read(language, text)
    assert (reading.primary, reading.pay_on, reading.pay_amount) == ("promise_to_pay", FRIDAY, Decimal(part))
    assert not reading.sure


def test_a_part_whose_rest_nobody_knows_is_not_sure() -> None:
    assert not read("af", "Ek betaal R1 500 op 31 Maart, oor die res laat weet ek nog.").sure


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "2026-114 went out on the 12th. As for 2026-131, I haven't seen that one yet."),
        ("de", "Die 2026-114 ging am 12. raus. Die 2026-131 habe ich noch nicht gesehen."),
    ],
)
def test_of_two_invoices_one_that_is_paid_settles_not_both(language: str, text: str) -> None:
    reading = read(language, text)
    assert reading.primary == "already_paid"
    assert not reading.sure


@pytest.mark.parametrize(
    ("language", "text", "pay_on"),
    [
        ("de", "Falls mein Gehalt bis zum 30. da ist, überweise ich sofort.", date(2026, 3, 30)),
        ("fr", "Si mon salaire tombe bien le 28, je vous règle dans la foulée.", date(2026, 3, 28)),
        ("es", "Si cobro la nómina el día 30, le pago ese mismo día.", date(2026, 3, 30)),
        ("nb", "Kommer lønna den 25., så betaler jeg da.", date(2026, 3, 25)),
        ("nl", "Als mijn salaris de 25e binnenkomt, maak ik het dezelfde dag over.", date(2026, 3, 25)),
        ("it", "Se lo stipendio arriva il 27 La pago subito.", date(2026, 3, 27)),
        ("sv", "Om lönen kommer den 25:e betalar jag samma dag.", date(2026, 3, 25)),
        ("da", "Hvis lønnen går ind den 31., betaler jeg samme dag.", LAST_OF_MARCH),
        ("en", "If my own customer pays me on Friday, I'll transfer it the same day.", FRIDAY),
    ],
)
def test_what_hangs_on_an_if_is_promised_for_its_day_but_not_sure(language: str, text: str, pay_on: date) -> None:
    reading = read(language, text)
    assert (reading.primary, reading.pay_on, reading.sure) == ("promise_to_pay", pay_on, False)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "You'll have all £480 of it on Friday, promise."),
        ("sv", "Pengarna är hos er på fredag, jag betalar då."),
        ("de", "Ich überweise am Freitag, ohne Wenn und Aber."),
        ("it", "Pago 600 il 31 marzo e gli altri 600 il 30 aprile, i bonifici sono già impostati."),
    ],
)
def test_the_whole_and_instalments_with_their_days_stay_sure(language: str, text: str) -> None:
    assert read(language, text).sure


@pytest.mark.parametrize(
    ("language", "text", "part"),
    [
        ("nb", "Jeg får til 1 000 kr den 31. mars, resten må jeg komme tilbake til.", 1000),
        ("it", "Posso versarLe 150 € il 31 marzo, per il resto devo vedere.", 150),
        ("af", "Ek kan R1 500 daarvan op 31 Maart inbetaal, die res moet ek nog kyk.", 1500),
        ("de", "150 Euro kann ich Ihnen zum 31. März anweisen, mehr ist gerade nicht drin.", 150),
        ("nl", "Ik kan op 31 maart alvast € 150 overmaken, de rest lukt nu nog niet.", 150),
        ("da", "Jeg kan klare 1.000 kr. den 31. marts, resten må jeg vende tilbage med.", 1000),
    ],
)
def test_the_part_that_somebody_can_manage_has_its_day_and_sum(language: str, text: str, part: int) -> None:
    reading = read(language, text)
    assert (reading.pay_on, reading.pay_amount, reading.sure) == (LAST_OF_MARCH, Decimal(part), False)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We'll pay the day you put the broken gate right, not before."),
        ("de", "Sobald Sie die Heizung in Ordnung gebracht haben, bekommen Sie Ihr Geld."),
        ("nl", "Wij betalen pas als u de lekkage verholpen heeft."),
    ],
)
def test_what_waits_for_a_repair_of_ours_waits_for_an_answer(language: str, text: str) -> None:
    assert read(language, text).open_question
