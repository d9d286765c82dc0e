# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days told by what one does then (coming home, lunch, the run of payments on Friday). Said on Wednesday, 4 March 2026."""

from __future__ import annotations

from datetime import date

import pytest

from purring.language.when import find_days

SAID = date(2026, 3, 4)

TODAY = {
    "en": "when I get home from work, before lunch, in ten minutes, in half an hour, once the kids are in bed, after work, this arvo",
    "af": "sodra ek by die huis kom, voor middagete, oor tien minute, oor 'n halfuur, as die kinders slaap, na werk",
    "fr": "dès que je rentre chez moi, avant midi, dans dix minutes, dans une demi-heure, quand les enfants dorment, en sortant du travail",
    "es": "en cuanto llegue a casa, antes de comer, en diez minutos, en media hora, cuando se duerman los niños, al salir del trabajo",
    "nb": "når jeg kommer hjem, før lunsj, om ti minutter, om en halvtime, når ungene har lagt seg, etter jobb",
    "de": "sobald ich zu Hause bin, vor dem Mittagessen, in zehn Minuten, in einer halben Stunde, wenn die Kinder schlafen, nach Feierabend",
    "nl": "zodra ik thuis ben, voor de middag, over tien minuten, over een halfuurtje, als de kinderen in bed liggen, na mijn werk",
    "pt-PT": "assim que chegar a casa, antes do almoço, em dez minutos, daqui a meia hora, quando os miúdos dormirem, ao sair do trabalho",
    "it": "appena arrivo a casa, prima di pranzo, tra dieci minuti, tra mezz'ora, quando i bambini dormono, uscendo dal lavoro",
    "sv": "när jag kommer hem, före lunch, om tio minuter, om en halvtimme, när barnen har somnat, efter jobbet",
    "da": "når jeg kommer hjem, inden middag, om ti minutter, om en halv time, når ungerne er lagt, efter fyraften",
}
FRIDAYS = {
    "en": "it's in Friday's run",
    "af": "dit gaan saam met die Vrydagbetaling, dis in Vrydag se betaallopie",
    "fr": "elle part avec les virements de vendredi",
    "es": "sale en la remesa del viernes",
    "nb": "den ligger i fredagens bunke, den går i fredagskjøringen",
    "de": "sie geht im Freitagslauf mit., sie ist im Freitags-Zahllauf",
    "nl": "gaat mee in de vrijdagrun, zit in de run van vrijdag",
    "pt-PT": "entra na remessa de sexta",
    "it": "è nella distinta di venerdì, parte col giro di venerdì, con i bonifici del venerdì",
    "sv": "den går i fredagens körning, med i fredagsbetalningen",
    "da": "kommer med i fredagens kørsel, i fredagskørslen",
}
RATHER = {
    "en": "rather today than tomorrow",
    "af": "liewer vandag as môre",
    "fr": "plutôt aujourd'hui que demain",
    "es": "mejor hoy que mañana",
    "nb": "heller i dag enn i morgen",
    "de": "lieber heute als morgen",
    "nl": "liever vandaag dan morgen",
    "pt-PT": "antes hoje que amanhã",
    "it": "meglio oggi che domani",
    "sv": "hellre idag än imorgon",
    "da": "hellere i dag end i morgen",
}


def days(text: str, language: str) -> list[str]:
    return [str(day.on) for day in find_days(text, language, SAID) if day.on]


def each(sayings: dict[str, str]) -> list[tuple[str, str]]:
    return [(language, one) for language, said in sayings.items() for one in said.split(", ")]


@pytest.mark.parametrize(("language", "saying"), each(TODAY))
def test_what_one_does_today_tells_of_today(language: str, saying: str) -> None:
    assert days(f"... {saying}", language) == ["2026-03-04"]


@pytest.mark.parametrize(("language", "saying"), each(FRIDAYS))
def test_a_run_of_payments_has_the_name_of_its_day(language: str, saying: str) -> None:
    assert days(saying, language) == ["2026-03-06"]


@pytest.mark.parametrize(("language", "saying"), each(RATHER))
def test_rather_today_than_tomorrow_is_no_day(language: str, saying: str) -> None:
    assert days(saying, language) == []


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "when I get home tomorrow", ["2026-03-05"]),
        ("en", "when I get home on Friday", ["2026-03-06"]),
        ("en", "when we get home from our cruise", []),
        ("en", "after work has begun", []),
        ("de", "wenn ich morgen daheim bin", ["2026-03-05"]),
        ("de", "wenn wir daheim von der Reise sind", []),
        ("it", "di venerdì siamo chiusi", []),
        ("sv", "pengarna gick iväg i fredagens körning", ["2026-02-27"]),
        ("en", "10 minutes late again", []),
        ("af", "Seën vir die week", []),
        ("fr", "Jean-Noël Baratier, Mme Toussaint", []),
    ],
)
def test_near_days_and_what_only_looks_like_one(language: str, text: str, expected: list[str]) -> None:
    assert days(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "we meet on the 19th and you have it the following Thursday", "2026-03-26"),
        ("de", "am 16. kommt der Lohn, am Donnerstag darauf das Geld", "2026-03-19"),
        ("fr", "réunion le 16, paiement le jeudi suivant", "2026-03-19"),
        ("es", "la reunión es el lunes 16 y sale el jueves siguiente", "2026-03-19"),
        ("pt-PT", "a reunião é segunda, 16; sai na quinta a seguir", "2026-03-19"),
        ("it", "ci vediamo il 16, il giovedì successivo parte", "2026-03-19"),
        ("nl", "de 16e is er overleg, donderdag daarop betaal ik", "2026-03-19"),
        ("sv", "möte den 16 mars, påföljande torsdag kommer det", "2026-03-19"),
        ("da", "møde den 16. marts, den følgende torsdag kommer det", "2026-03-19"),
        ("nb", "møte 16. mars, påfølgende torsdag kommer det", "2026-03-19"),
        ("af", "die 16de vergader ons, Donderdag daarna betaal ons", "2026-03-19"),
        ("da", "ferie til torsdag, men fredag dagen efter betaler jeg", "2026-03-06"),
    ],
)
def test_the_weekday_after_another_day(language: str, text: str, expected: str) -> None:
    assert days(text, language)[-1] == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "am dritten des nächsten Monats", "2026-04-03"),
        ("it", "il tre del mese prossimo", "2026-04-03"),
        ("fr", "dans les 48h", "2026-03-06"),
        ("nl", "voor het weekend", "2026-03-06"),
        ("da", "inden ugen er omme", "2026-03-06"),
        ("sv", "vid kvartalsskiftet", "2026-03-31"),
        ("nb", "utpå uka", "2026-03-06"),
        ("es", "a lo largo de la semana", "2026-03-06"),
        ("it", "nel corso della settimana", "2026-03-06"),
    ],
)
def test_sayings_of_single_languages(language: str, text: str, expected: str) -> None:
    assert days(text, language) == [expected]
