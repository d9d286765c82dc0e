# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days that another one leads to, last working days, weeks by number, feasts and the days about them, as people say them.

Said on Wednesday, 4 March 2026.
"""

from __future__ import annotations

from datetime import date

import pytest

from purring.language.when import find_days

SAID = date(2026, 3, 4)


def days(text: str, language: str, said_on: date = SAID) -> list[str]:
    return [str(day.on) for day in find_days(text, language, said_on) if day.on]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "My wages come on 27 March. That same day it is yours."),
        ("de", "Am 27. März kommt das Gehalt, am selben Tag geht es raus."),
        ("fr", "La paie tombe le 27 mars, le jour même je vous règle."),
        ("es", "Cobro el 27 de marzo y ese mismo día se lo ingreso."),
        ("it", "Lo stipendio arriva il 27 marzo, lo stesso giorno la saldo."),
        ("pt-PT", "Recebo a 27 de março e no mesmo dia transfiro."),
        ("nl", "Op 27 maart komt mijn loon, dezelfde dag maak ik het over."),
        ("af", "Op 27 Maart kom my geld, dieselfde dag betaal ek."),
        ("da", "Lønnen kommer den 27. marts, samme dag betaler jeg."),
        ("nb", "Lønna kommer 27. mars, samme dag betaler jeg."),
        ("sv", "Lönen kommer den 27 mars, samma dag betalar jag."),
    ],
)
def test_the_same_day_is_the_one_named_before(language: str, text: str) -> None:
    assert days(text, language) == ["2026-03-27", "2026-03-27"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the same day as your other customers"),
        ("de", "am selben Tag wie die anderen"),
        ("it", "lo stesso giorno in cui arriva la merce"),
        ("sv", "samma dag som varorna kommer"),
        ("es", "no pago un día después"),
    ],
)
def test_the_same_day_as_something_else_is_none(language: str, text: str) -> None:
    assert days(text, language) == []


def test_the_same_day_is_none_until_which_somebody_is_away() -> None:
    assert days("I'm paid on 20 March, away until the 12th; that same day you have it.", "en")[-1] == "2026-03-20"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the last working day of the month"),
        ("de", "am letzten Bankarbeitstag des Monats"),
        ("fr", "le dernier jour ouvré du mois"),
        ("es", "el último día hábil del mes"),
        ("it", "l'ultimo giorno lavorativo del mese"),
        ("pt-BR", "no último dia útil do mês"),
        ("nl", "de laatste werkdag vd maand"),
        ("af", "op die laaste werksdag van die maand"),
        ("da", "sidste bankdag i måneden"),
        ("nb", "siste virkedag i måneden"),
        ("sv", "sista bankdagen i månaden"),
    ],
)
def test_the_last_working_day_of_a_month_is_no_weekend(language: str, text: str) -> None:
    assert days(text, language, date(2026, 5, 4)) == ["2026-05-29"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "in week 12, I promise"),
        ("de", "in KW 12."),
        ("fr", "en semaine 12, promis"),
        ("es", "en la semana 12."),
        ("it", "nella settimana 12, promesso"),
        ("pt-PT", "na semana 12."),
        ("nl", "in week 12, beloofd"),
        ("af", "in week 12, belowe"),
        ("da", "i uge 12."),
        ("nb", "i uke 12!"),
        ("sv", "vecka 12\n\nMvh"),
    ],
)
def test_a_numbered_week_may_end_its_sentence(language: str, text: str) -> None:
    assert days(text, language) == ["2026-03-20"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the first Monday of the new year"),
        ("de", "am ersten Montag im neuen Jahr"),
        ("fr", "le premier lundi de la nouvelle année"),
        ("es", "el primer lunes del año nuevo"),
        ("it", "il primo lunedì del nuovo anno"),
        ("pt-BR", "na primeira segunda do ano novo"),
        ("nl", "de eerste maandag van het nieuwe jaar"),
        ("af", "die eerste Maandag van die nuwe jaar"),
        ("da", "den første mandag i det nye år"),
        ("nb", "første mandag på nyåret"),
        ("sv", "första måndagen på det nya året"),
    ],
)
def test_weekdays_of_the_new_year(language: str, text: str) -> None:
    assert days(text, language, date(2026, 12, 20)) == ["2027-01-04"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the first working day after 15 May, as always"),
        ("de", "am ersten Werktag nach dem 15. Mai"),
        ("fr", "le premier jour ouvré après le 15 mai"),
        ("es", "el primer día hábil después del 15 de mayo"),
        ("it", "il primo giorno lavorativo dopo il 15 maggio"),
        ("pt-PT", "no primeiro dia útil depois de 15 de maio"),
        ("nl", "de eerste werkdag na 15 mei"),
        ("af", "die eerste werksdag na 15 Mei"),
        ("da", "første hverdag efter den 15. maj"),
        ("nb", "første virkedag etter 15. mai, da går den"),
        ("sv", "första vardagen efter 15 maj"),
    ],
)
def test_the_first_working_day_after_a_date(language: str, text: str) -> None:
    assert days(text, language) == ["2026-05-18"]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "the day after Good Friday", "2026-04-04"),
        ("de", "am Tag nach Fronleichnam", "2026-06-05"),
        ("fr", "le lendemain de l'Ascension", "2026-05-15"),
        ("es", "al día siguiente de San José", "2026-03-20"),
        ("it", "l'indomani di Ferragosto", "2026-08-16"),
        ("pt-PT", "no dia a seguir ao Natal", "2026-12-26"),
        ("nl", "de dag na Koningsdag", "2026-04-28"),
        ("af", "die dag ná Vryheidsdag", "2026-04-28"),
        ("da", "dagen efter Grundlovsdag", "2026-06-06"),
        ("nb", "dagen etter grunnlovsdagen", "2026-05-18"),
        ("sv", "dagen efter nationaldagen", "2026-06-07"),
        ("nl", "donderdag na Pasen", "2026-04-09"),
        ("sv", "torsdagen efter påsk", "2026-04-09"),
        ("de", "Freitag vor Pfingsten", "2026-05-22"),
        ("it", "entro Ferragosto", "2026-08-15"),
        ("de", "bis Weihnachten", "2026-12-25"),
        ("en", "before Christmas", "2026-12-24"),
        ("sv", "senast första advent", "2026-11-29"),
        ("de", "am zweiten Advent", "2026-12-06"),
        ("nb", "til lucia", "2026-12-13"),
        ("pt-BR", "na quarta de cinzas", "2027-02-10"),
    ],
)
def test_feasts_and_the_days_about_them(language: str, text: str, expected: str) -> None:
    assert days(text, language) == [expected]


@pytest.mark.parametrize(
    ("language", "on", "text", "expected"),
    [
        ("de", "2026-05-11", "Donnerstag ist Himmelfahrt. Am Tag nach dem Feiertag zahle ich.", "2026-05-15"),
        ("en", "2026-04-02", "Monday is Easter Monday so it will be the Tuesday.", "2026-04-07"),
        ("af", "2026-04-02", "Volgende Maandag is Gesinsdag, so dit word die Dinsdag.", "2026-04-07"),
        ("pt-PT", "2026-03-04", "Chego no domingo dia 12 de abril e na segunda pago.", "2026-04-13"),
        ("sv", "2026-03-30", "Annandag påsk är vi borta, men tisdagen efter, då betalar jag.", "2026-04-07"),
        ("sv", "2026-03-04", "Pengarna går på fredag efter frukostmötet.", "2026-03-06"),
        ("en", "2026-03-04", "Wages come on the 29th, which is a Sunday, so it goes the day after.", "2026-03-30"),
        ("de", "2026-03-04", "Am 25. kommt der Lohn, tags drauf haben Sie Ihr Geld.", "2026-03-26"),
        ("de", "2026-03-04", "Der Verein zahlt am 14. aus, einen Tag drauf überweise ich.", "2026-03-15"),
        ("af", "2026-03-04", "Die salaris kom die 25ste in, dag daarna betaal ek julle.", "2026-03-26"),
        ("nb", "2026-03-04", "Lønna kommer 25. mars, og dagen etterpå betaler jeg.", "2026-03-26"),
        ("da", "2026-03-04", "Lønnen kommer den 25., og dagen derefter overfører jeg.", "2026-03-26"),
        ("nl", "2026-03-04", "We komen 13 april terug. In die week maak ik het over.", "2026-04-17"),
    ],
)
def test_days_that_follow_another(language: str, on: str, text: str, expected: str) -> None:
    assert days(text, language, date.fromisoformat(on))[-1] == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "am 2. kriegt ihr euer Geld", ["2026-04-02"]),
        ("de", "Am Ersten bucht die Bank", ["2026-04-01"]),
        ("de", "am 2. Termin", []),
        ("nl", "de eerste 150 komen later", []),
        ("nb", "beløpet trekkes fra konto 1. juli", ["2026-07-01"]),
        ("de", "für die 14-2026", []),
        ("en", "the balance of WED/114", []),
        ("da", "JUL-88 er den", []),
        ("it", "bonifico di lunedì 16, ecco", ["2026-03-16"]),
        ("sv", "betalas den sista.", ["2026-03-31"]),
        ("sv", "den sista fakturan", []),
        ("nb", "ut måneden, så er vi à jour", ["2026-03-31"]),
        ("pt-BR", "depois de amanhã sem falta", ["2026-03-06"]),
        ("en", "the day after tomorrow morning", ["2026-03-06"]),
        ("sv", "fixar på fre, lovar", ["2026-03-06"]),
        ("fr", "Je l'ai vu avec le chef : 400 lundi et le reste le 30. C'est déjà prêt.", ["2026-03-09", "2026-03-30"]),
        ("fr", "le mois prochain au 15 j'ai ma prime", ["2026-04-15"]),
        ("en", "with the Christmas bonus", []),
        ("es", "antes de que acabe junio", ["2026-06-30"]),
        ("it", "da oggi a otto", ["2026-03-11"]),
        ("da", "på fredag otte dage", ["2026-03-13"]),
        ("nb", "i løpet av morgendagen", ["2026-03-05"]),
    ],
)
def test_what_stood_in_the_way_of_a_day(language: str, text: str, expected: list[str]) -> None:
    assert days(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("da", "fredag 3 stykker"),
        ("da", "fredag 3 styk"),
        ("nb", "fredag 3 stykker"),
        ("nb", "fredag 3 stykk"),
        ("sv", "fredag 3 stycken"),
        ("de", "Freitag 3 Stück"),
        ("de", "Freitag 3 Kartons"),
        ("nl", "vrijdag 3 stuks"),
        ("nl", "vrijdag 3 pakketten"),
        ("af", "Vrydag 3 stukke"),
        ("en", "Friday 3 parcels"),
        ("fr", "vendredi 3 colis"),
        ("es", "viernes 3 paquetes"),
        ("it", "venerdì 3 pacchi"),
        ("pt-PT", "sexta 3 encomendas"),
    ],
)
def test_a_number_of_pieces_behind_a_weekday_is_no_day_of_the_month(language: str, text: str) -> None:
    assert [day.on for day in find_days(text, language, date(2026, 3, 4))] == [date(2026, 3, 6)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "the 22nd working day of March", date(2026, 3, 31)),
        ("en", "the 25th working day of March", None),
        ("en", "the 25th working day of this month", None),
        ("en", "the 25th working day of the month", None),
        ("en", "the 23rd working day of next month", None),
        ("pt-BR", "no quinto dia útil", date(2026, 3, 6)),
        ("pt-BR", "o 25º dia útil de março", None),
        ("fr", "le 25e jour ouvré de mars", None),
    ],
)
def test_a_working_day_beyond_its_month_is_none(language: str, text: str, expected: date | None) -> None:
    assert [day.on for day in find_days(text, language, date(2026, 3, 4)) if day.on] == ([expected] if expected else [])
