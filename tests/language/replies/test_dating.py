# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which of several days and sums is the promised one. Said on Wednesday, 4 March 2026."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from purring.language.replies import back, dating
from purring.language.replies.evidence import gather

SAID = date(2026, 3, 4)


def promised(text: str, language: str, refs: tuple[str, ...] = ()) -> tuple[str | None, Decimal | None]:
    """Day and sum of a reply whose first sentence is the commitment."""
    evidence = gather(text, language, SAID)
    first = evidence.told[0].sentence
    day, amount, _ = dating.promised(evidence, (first.start, first.end), SAID, refs)
    return (str(day) if day else None, amount)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("it", "domani è festa e lunedì son via, martedì hai i tuoi 215 euro", "2026-03-10"),
        ("de", "bafög kommt am 30. und bis Monatsende sind die 95 euro bei dir, versprochen", "2026-03-31"),
        ("es", "El fin de semana queda hecho, el domingo como muy tarde.", "2026-03-08"),
        ("sv", "Sista betalningen före helgen körs på fredag och den är med.", "2026-03-06"),
        ("en", "I'll pay before lunch on Friday.", "2026-03-06"),
    ],
)
def test_of_several_days_the_one_that_brings_the_money(language: str, text: str, day: str) -> None:
    assert promised(text, language)[0] == day


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("de", "Das Weihnachtsgeld kommt am 17., Tag drauf bekommt ihr die 130 €.", "2026-03-18"),
        ("sv", "Barnbidraget kommer den 20 mars och dagen därpå för jag över 120 euro.", "2026-03-21"),
        ("da", "Den 9. holder vi lukket, men dagen efter, altså den 10., betaler jeg.", "2026-03-10"),
        ("it", "Il 27 mi arriva la pensione e il giorno dopo la pago.", "2026-03-28"),
        ("fr", "Les 400 partent vendredi prochain, le 13.", "2026-03-13"),
        ("nl", "Vrijdag komt mijn loon, de dag erna maak ik het over.", "2026-03-07"),
    ],
)
def test_a_day_that_leads_to_another_is_not_the_promised_one(language: str, text: str, day: str) -> None:
    assert promised(text, language)[0] == day


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("de", "Freitag ist Feiertag, am Montag überweise ich.", "2026-03-09"),
        ("fr", "Lundi est férié, je vous paie mardi.", "2026-03-10"),
        ("sv", "Fredag är helgdag så jag betalar på måndag.", "2026-03-09"),
        ("en", "Friday is a holiday here so I'll pay on Monday.", "2026-03-09"),
        ("pt-PT", "Sexta é feriado, segunda faço a transferência.", "2026-03-09"),
        ("es", "El viernes es festivo, le pago el lunes.", "2026-03-09"),
    ],
)
def test_nobody_pays_on_a_holiday(language: str, text: str, day: str) -> None:
    assert promised(text, language)[0] == day


def test_a_holiday_alone_is_no_promised_day() -> None:
    assert promised("Morgen ist ja Feiertag. Ich melde mich.", "de")[0] is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Wir haben heute angestoßen, Wertstellung 06.03."),
        ("it", "Ho appena inserito il bonifico con valuta 6 marzo, giorno di paga."),
        ("es", "Hoy queda ordenado con fecha valor 6 de marzo."),
        ("fr", "Saisi ce matin, date d'exécution 6 mars."),
    ],
)
def test_the_day_for_which_a_payment_is_entered(language: str, text: str) -> None:
    assert promised(text, language)[0] == "2026-03-06"


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("sv", "Nästa vecka får du pengarna, gästerna åker på söndag.", "2026-03-13"),
        ("en", "You'll be paid next week, my guests leave on Sunday.", "2026-03-13"),
        ("en", "You'll be paid next week, on Tuesday.", "2026-03-10"),
    ],
)
def test_a_week_is_said_more_closely_only_by_its_own_days(language: str, text: str, day: str) -> None:
    assert promised(text, language)[0] == day


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nb", "Begge er lagt inn i banken. Det er 500 kr på fredag og 500 kr den 15. april."),
        ("de", "Beide sind eingerichtet. Also 500 Euro am Freitag und 500 Euro am 15. April."),
    ],
)
def test_of_instalments_in_another_sentence_the_first(language: str, text: str) -> None:
    assert promised(text, language)[0] == "2026-03-06"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Les 500 euros ont été payés vendredi."),
        ("nb", "Vippsa dette fredag."),
    ],
)
def test_a_day_on_which_it_was_paid_is_not_promised(language: str, text: str) -> None:
    assert promised(text, language)[0] is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Puedo 100 € este viernes y los otros 150 el día 30."),
        ("af", "Ek kan R1 000 hierdie Vrydag gee en die ander R1 000 op die 27ste."),
        ("it", "la chiudo in due volte: 600 il 6 di questo mese e gli altri 600 il 30 aprile."),
        ("de", "Wir können am 6. März neunhundert überweisen und am 15. April den Rest von 450."),
    ],
)
def test_of_instalments_the_first(language: str, text: str) -> None:
    assert promised(text, language)[0] == "2026-03-06"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Give me until Friday and it is paid."),
        ("af", "Gee my tot Vrydag dan stap ek by die tak in en betaal."),
        ("fr", "Laissez-moi jusqu'à vendredi et c'est payé."),
        ("nl", "Geef me tot vrijdag dan is het betaald."),
    ],
)
def test_waiting_until_a_day_is_no_condition(language: str, text: str) -> None:
    assert promised(text, language)[0] == "2026-03-06"


@pytest.mark.parametrize(
    ("language", "text", "amount"),
    [
        ("fr", "je te fais tes 940 depuis l'ordi", 940),
        ("fr", "je vous verse 400 mardi prochain", 400),
        ("es", "Los 312 se los ingreso el viernes", 312),
        ("pt-PT", "os 312 que faltam seguem na sexta", 312),
        ("it", "provvedo a breve con i 530, mi scusi", 530),
        ("nb", "De 3300 for materialene overfører jeg til fredag", 3300),
        ("da", "De 3300 kommer på fredag", 3300),
        ("sv", "det blir i omgångar, 1500 nu på fredag, 1500 i april", 1500),
        ("de", "die restlichen 340 kommen am Freitag", 340),
        ("nl", "je 340 komt vrijdag", 340),
        ("en", "you get your 340 on Friday", 340),
        ("af", "jou 340 kom Vrydag", 340),
    ],
)
def test_a_bare_number_may_be_the_promised_sum(language: str, text: str, amount: int) -> None:
    assert promised(text, language)[1] == amount


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "die 11862 geht am Freitag raus"),
        ("nl", "de 26118 gaat vrijdag weg"),
        ("en", "invoice 340 goes out on Friday"),
        ("it", "la 515 parte venerdì"),
        ("es", "los 120 ladrillos llegan el viernes y pago"),
        ("en", "you get your 25% on Friday"),
        ("fr", "je paie vendredi à 12:45"),
    ],
)
def test_other_numbers_are_no_promised_sums(language: str, text: str) -> None:
    assert promised(text, language)[1] is None


def test_the_number_of_an_invoice_is_no_sum() -> None:
    text = "Wij betalen 26.118 op de 25e, dat is € 1.016,40."
    assert promised(text, "nl", ("26118",))[1] == Decimal("1016.40")
    assert promised("Wij betalen 26.118 op de 25e.", "nl", ("26118",))[1] is None
    assert promised("Wij betalen 26.118 op de 25e.", "nl")[1] == 26118


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("da", "Jeg holder ferie i uge 11 og er tilbage mandag den 16. marts.", "2026-03-16"),
        (
            "fr",
            "L'atelier ferme du 5 au 23 mars inclus ; je relirai mes courriels à compter du mardi 24 mars.",
            "2026-03-24",
        ),
        ("pt-PT", "Estou ausente até 20 de março, regressando ao serviço no dia 23.", "2026-03-23"),
        ("sv", "Jag är ledig t.o.m. fredag 20 mars och åter på kontoret måndag 23/3.", "2026-03-23"),
        ("nl", "Ik heb vakantie tot en met vrijdag 20 maart en ben maandag 23 maart weer aanwezig.", "2026-03-23"),
        ("de", "Ich bin am 9. März wieder erreichbar, die Abteilung am 6. März nicht.", "2026-03-09"),
        ("es", "Cerramos del 5 al 20 de marzo; leeremos el correo a partir del lunes 23 de marzo.", "2026-03-23"),
        ("af", "Ons is toe vir Paasfees en weer oop op Donderdag, 9 April.", "2026-04-09"),
    ],
)
def test_the_day_back_stands_beside_the_words_of_coming_back(language: str, text: str, day: str) -> None:
    assert str(back.back_on(text, language, SAID)) == day
