# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people say about days, and the day a careful clerk writes down. Said on Wednesday, 4 March 2026."""

from __future__ import annotations

from datetime import date

import pytest

from purring.language.when import Day, find_days

SAID = date(2026, 3, 4)

SAYINGS = {
    "2026-03-04": {
        "en": "today, this afternoon, by end of day, this Wednesday",
        "af": "vandag, vanmiddag, hierdie Woensdag",
        "fr": "aujourd'hui, ce soir, ce mercredi",
        "es": "hoy mismo, esta tarde, este miércoles",
        "nb": "i dag, idag, i ettermiddag, i kveld",
        "de": "heute, heute Abend, diesen Mittwoch",
        "nl": "vandaag nog, vanmiddag, deze woensdag",
        "pt-PT": "hoje, ainda hoje, esta tarde",
        "pt-BR": "hj, hoje à tarde, hoje mesmo",
        "it": "oggi, stasera, in giornata",
        "sv": "idag, i dag, i kväll",
        "da": "i dag, i aften, i eftermiddag",
    },
    "2026-03-05": {
        "en": "tomorrow, tomorrow morning, tmrw, on Thursday, in one day",
        "af": "môre, more, môreoggend, Donderdag",
        "fr": "demain, demain matin, jeudi, dès demain",
        "es": "mañana, manana, mañana por la mañana, el jueves, mañana a primera hora",
        "nb": "i morgen, imorgen, i morra tidlig, på torsdag, i morgen tidlig",
        "de": "morgen, morgen früh, am Donnerstag, am Donnerstagvormittag",
        "nl": "morgen, morgenochtend, donderdag, morgenvroeg",
        "pt-PT": "amanhã, amanhã de manhã, na quinta-feira, na quinta",
        "pt-BR": "amanha, amanhã cedo, quinta, na quinta",
        "it": "domani, domani mattina, giovedì, domattina",
        "sv": "imorgon, i morgon, imorgon förmiddag, på torsdag",
        "da": "i morgen, imorgen tidlig, på torsdag",
    },
    "2026-03-06": {
        "en": "the day after tomorrow, Friday, this Friday, by Friday, on Fri, Friday afternoon, within 2 working days, end of the week",
        "af": "oormôre, Vrydag, hierdie Vrydag, Vrydagoggend, einde van die week",
        "fr": "après-demain, vendredi, ce vendredi, d'ici vendredi, vendredi prochain, en fin de semaine",
        "es": "pasado mañana, el viernes, este viernes, el próximo viernes, el viernes que viene, a fin de semana laboral de esta semana",
        "nb": "i overmorgen, overimorgen, fredag, på fredag, nå på fredag, innen fredag, slutten av uken",
        "de": "übermorgen, Freitag, bis Freitag, kommenden Freitag, diesen Freitag, Ende der Woche, am Freitagnachmittag",
        "nl": "overmorgen, vrijdag, komende vrijdag, vrijdagmiddag, eind van de week, uiterlijk vrijdag, a.s. vrijdag",
        "pt-PT": "depois de amanhã, na sexta-feira, sexta, esta sexta-feira, na próxima sexta-feira, até sexta",
        "pt-BR": "depois de amanhã, na sexta, sexta que vem, até sexta-feira, essa sexta",
        "it": "dopodomani, venerdì, venerdi, questo venerdì, entro venerdì, venerdì prossimo",
        "sv": "i övermorgon, fredag, på fredag, nu på fredag, senast fredag, pa fredag",
        "da": "i overmorgen, fredag, på fredag, nu på fredag, senest fredag",
    },
    "2026-03-13": {
        "en": "next week, Friday week, a week on Friday, Friday of next week, next week Friday, next Friday, Friday 13 March, Friday the 13th",
        "af": "volgende week, Vrydag oor 'n week, volgende week Vrydag, volgende Vrydag",
        "fr": "la semaine prochaine, vendredi en huit, vendredi de la semaine prochaine, vendredi 13",
        "es": "la semana que viene, la próxima semana, el viernes de la semana que viene, viernes 13",
        "nb": "neste uke, fredag i neste uke, neste uke fredag, fredag om en uke, fredag 13.",
        "de": "nächste Woche, Freitag nächster Woche, nächste Woche Freitag, kommende Woche, Freitag in einer Woche",
        "nl": "volgende week, volgende week vrijdag, vrijdag over een week, volgende vrijdag, vrijdag 13 maart",
        "pt-PT": "na próxima semana, para a semana que vem, sexta-feira da próxima semana",
        "pt-BR": "semana que vem, próxima semana, sexta da semana que vem",
        "it": "la settimana prossima, la prossima settimana, venerdì della prossima settimana, venerdì 13",
        "sv": "nästa vecka, fredag nästa vecka, fredag om en vecka, nästa vecka på fredag",
        "da": "næste uge, fredag i næste uge, fredag om en uge",
    },
    "2026-03-18": {
        "en": "in two weeks, in 14 days, within 2 weeks, two weeks from now, in a fortnight, in a couple of weeks, two weeks today, the 18th",
        "af": "oor twee weke, binne 14 dae, op die agtiende",
        "fr": "dans deux semaines, d'ici deux semaines, sous 14 jours, dans 14 jours, le 18, le dix-huit",
        "es": "en dos semanas, dentro de dos semanas, dentro de 14 días, el 18, el día 18, el dieciocho",
        "nb": "om to uker, om 14 dager, innen 14 dager, i løpet av to uker, den 18., den attende",
        "de": "in zwei Wochen, in 14 Tagen, innerhalb von 14 Tagen, binnen zwei Wochen, am 18., am achtzehnten",
        "nl": "over twee weken, binnen 14 dagen, over 14 dagen, op de 18e, de achttiende",
        "pt-PT": "daqui a duas semanas, dentro de duas semanas, dia 18, no dia dezoito, até dia 18",
        "pt-BR": "em duas semanas, daqui a 14 dias, dia 18, pro dia 18",
        "it": "tra due settimane, fra 14 giorni, entro due settimane, il 18, il diciotto",
        "sv": "om två veckor, inom 14 dagar, om 14 dagar, den 18, den artonde, den 18:e",
        "da": "om to uger, om 14 dage, inden for 14 dage, d. 18., den attende, om fjorten dage",
    },
    "2026-03-31": {
        "en": "by the end of the month, end of March, at month end, before the end of the month, EOM",
        "af": "teen die einde van die maand, einde Maart, maandeinde, einde van die maand",
        "fr": "fin du mois, d'ici la fin du mois, fin mars, en fin de mois, avant la fin du mois",
        "es": "a fin de mes, antes de fin de mes, a finales de mes, a finales de marzo, fin de mes",
        "nb": "innen utgangen av måneden, slutten av måneden, utgangen av mars, ved månedsskiftet",
        "de": "bis Ende des Monats, Ende März, bis Monatsende, Ende des Monats, zum Monatsende",
        "nl": "eind maart, aan het einde van de maand, eind van de maand, voor het einde van de maand",
        "pt-PT": "no fim do mês, até ao final do mês, final de março, até ao fim deste mês",
        "pt-BR": "fim do mês, até o final do mês, no final de março",
        "it": "a fine mese, entro fine mese, entro la fine del mese, fine marzo, alla fine del mese",
        "sv": "i slutet av månaden, slutet av mars, vid månadsskiftet, senast sista mars",
        "da": "i slutningen af måneden, inden udgangen af måneden, ultimo marts, sidst på måneden, ved månedens udgang",
    },
    "2026-04-30": {
        "en": "the end of next month, late April, end of April",
        "af": "einde van volgende maand, einde April",
        "fr": "fin du mois prochain, fin avril",
        "es": "a fin del próximo mes, a finales de abril",
        "nb": "slutten av neste måned, utgangen av april",
        "de": "Ende nächsten Monats, Ende April",
        "nl": "eind volgende maand, eind april",
        "pt-PT": "no fim do próximo mês, fim de abril",
        "pt-BR": "no final do mês que vem, fim de abril",
        "it": "a fine mese prossimo, fine aprile",
        "sv": "slutet av nästa månad, slutet av april",
        "da": "slutningen af næste måned, udgangen af april",
    },
    "2026-04-10": {
        "en": "the 10th of next month, 10 April, April 10th, the tenth of April, 10/04/2026",
        "af": "die 10de van volgende maand, 10 April, die tiende April",
        "fr": "le 10 du mois prochain, le 10 avril, le dix avril, 10/04",
        "es": "el 10 del próximo mes, el 10 de abril, el diez de abril, 10/4/2026",
        "nb": "den 10. i neste måned, 10. april, tiende april, 10.04., 10.4.26",
        "de": "am 10. des nächsten Monats, 10. April, am zehnten April, 10.4.",
        "nl": "de 10e van volgende maand, 10 april, tien april, 10/4",
        "pt-PT": "dia 10 do próximo mês, 10 de abril, dez de abril, 10/04",
        "pt-BR": "dia 10 do mês que vem, 10 de abril, 10/04/26",
        "it": "il 10 del mese prossimo, il 10 aprile, il dieci aprile, 10/4/2026",
        "sv": "den 10 i nästa månad, 10 april, den tionde april, den 10/4",
        "da": "den 10. i næste måned, 10. april, d. 10. april, den tiende april, 10.4.",
    },
}
"""Day -> language -> ways to say it, parted by commas."""


def said(text: str, language: str, on: date = SAID, timezone: str = "Europe/London") -> Day:
    found = find_days(text, language, on, timezone)
    assert len(found) == 1, (text, found)
    return found[0]


@pytest.mark.parametrize(
    ("language", "saying", "expected"),
    [
        (language, saying.strip(), expected)
        for expected, languages in SAYINGS.items()
        for language, sayings in languages.items()
        for saying in sayings.split(",")
        if saying.strip() != "a fin de semana laboral de esta semana"
    ],
)
def test_a_saying_is_the_day_a_clerk_would_write_down(language: str, saying: str, expected: str) -> None:
    assert str(said(saying, language).on) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I paid it on Friday", "2026-02-27"),
        ("en", "I will have it paid on Friday", "2026-03-06"),
        ("en", "It was sent on 27 February", "2026-02-27"),
        ("en", "your invoice of 12 January", "2026-01-12"),
        ("en", "last Friday", "2026-02-27"),
        ("en", "three days ago", "2026-03-01"),
        ("af", "ek het dit Vrydag oorgeplaas", "2026-02-27"),
        ("fr", "je l'ai réglée vendredi", "2026-02-27"),
        ("fr", "il y a trois jours", "2026-03-01"),
        ("es", "lo pagué el viernes", "2026-02-27"),
        ("es", "lo pago el viernes", "2026-03-06"),
        ("nb", "jeg betalte på fredag", "2026-02-27"),
        ("nb", "den blir betalt på fredag", "2026-03-06"),
        ("de", "ich habe es am Freitag überwiesen", "2026-02-27"),
        ("de", "es wird am Freitag überwiesen", "2026-03-06"),
        ("de", "Ihre Rechnung vom 12. Januar", "2026-01-12"),
        ("nl", "ik heb vrijdag betaald", "2026-02-27"),
        ("pt-PT", "paguei na sexta-feira", "2026-02-27"),
        ("it", "l'ho pagata venerdì", "2026-02-27"),
        ("sv", "jag betalade i fredags", "2026-02-27"),
        ("da", "jeg betalte i fredags", "2026-02-27"),
        ("en", "he told me he pays on Friday", "2026-03-06"),
        ("es", "me dijo que lo abona el viernes", "2026-03-06"),
        ("en", "we had forgotten it, our daughter marries on 16 May", "2026-05-16"),
        ("de", "er ist am 2. Februar verstorben", "2026-02-02"),
        ("fr", "je l'aurai quand mon client m'aura payée, le 15 mai", "2026-05-15"),
        ("de", "erfasst ist es bereits, Ausführung am Freitag", "2026-03-06"),
    ],
)
def test_the_tense_tells_which_day_is_meant(language: str, text: str, expected: str) -> None:
    day = said(text, language)
    assert str(day.on) == expected
    assert day.direction == ("past" if date.fromisoformat(expected) < SAID else "future")


@pytest.mark.parametrize(
    ("language", "on", "text", "expected"),
    [
        ("en", "2026-03-05", "Friday", "2026-03-06"),
        ("en", "2026-03-06", "Friday", "2026-03-13"),
        ("en", "2026-03-06", "this Friday", "2026-03-06"),
        ("en", "2026-03-16", "the 15th", "2026-04-15"),
        ("en", "2026-02-10", "the 31st", "2026-03-31"),
        ("en", "2026-12-30", "2 January", "2027-01-02"),
        ("en", "2026-12-30", "next month", "2027-01-31"),
        ("fr", "2026-01-27", "le 25 je passe régler", "2026-02-25"),
        ("es", "2026-03-04", "para la quincena", "2026-03-15"),
        ("es", "2026-03-20", "en la quincena", "2026-03-31"),
        ("nb", "2026-03-30", "første virkedag etter påske", "2026-04-07"),
        ("nb", "2026-03-04", "før påske", "2026-04-01"),
        ("en", "2026-03-04", "before Easter", "2026-04-02"),
        ("en", "2026-12-10", "after New Year", "2027-01-04"),
        ("de", "2026-03-04", "KW 32", "2026-08-07"),
        ("nb", "2026-03-04", "uke 32", "2026-08-07"),
        ("sv", "2026-03-04", "v 32", "2026-08-07"),
        ("en", "2026-03-04", "the first week of May", "2026-05-01"),
        ("en", "2026-03-04", "mid-May", "2026-05-15"),
        ("de", "2026-03-04", "Mitte Mai", "2026-05-15"),
        ("en", "2026-03-04", "the last Friday of May", "2026-05-29"),
        ("en", "2026-03-04", "sunday the 15th", "2026-03-15"),
        ("en", "2026-03-06", "within 3 working days", "2026-03-11"),
        ("fr", "2026-03-04", "le 5 courant", "2026-03-05"),
        ("nb", "2026-03-04", "14. april i fjor", "2025-04-14"),
    ],
)
def test_customs_at_the_edges_of_weeks_months_and_years(language: str, on: str, text: str, expected: str) -> None:
    assert str(said(text, language, date.fromisoformat(on)).on) == expected


def test_the_order_of_digits_follows_the_country_and_what_the_text_shows() -> None:
    assert said("04/03/2026", "en", timezone="Europe/London").on == date(2026, 3, 4)
    assert said("04/03/2026", "en", timezone="America/Chicago").on == date(2026, 4, 3)
    assert said("04/03/2026", "en-US", timezone="UTC").on == date(2026, 4, 3)
    assert not said("04/03/2026", "en", timezone="UTC").certain
    assert said("25/03/2026", "en", timezone="America/Chicago").on == date(2026, 3, 25)
    assert said("Wednesday 4/8", "en", timezone="UTC").on == date(2026, 4, 8)
    first, second = find_days("not 04/03/2026 but 03/25/2026", "en", SAID)
    assert (first.on, second.on) == (date(2026, 4, 3), date(2026, 3, 25))


def test_a_range_has_its_last_day() -> None:
    for language, text in (
        ("en", "from 3 to 16 August"),
        ("de", "vom 3. bis 16. August"),
        ("es", "del 3 al 16 de agosto"),
        ("fr", "du 3 août au 16 août"),
        ("nb", "fra 3. august til og med 16. august 2026"),
        ("nl", "van 03/08/2026 tot en met 16/08/2026"),
        ("pt-BR", "de 3 a 16 de agosto"),
        ("it", "dal 3 al 16 agosto"),
        ("sv", "3-16 augusti"),
        ("da", "3.-16. august"),
        ("af", "van 3 tot 16 Augustus"),
    ):
        day = said(text, language)
        assert (day.kind, day.on, day.until) == ("range", date(2026, 8, 3), date(2026, 8, 16)), text


def test_the_words_before_a_day_tell_how_it_is_meant() -> None:
    for language, text, relation in (
        ("en", "by Friday", "by"),
        ("en", "before Friday", "before"),
        ("en", "not before Friday", "after"),
        ("en", "up to and including Friday 10 April", "until"),
        ("en", "from 3 August", "from"),
        ("de", "bis spätestens Freitag", "by"),
        ("de", "bis einschließlich 10. April", "until"),
        ("fr", "jusqu'au vendredi 13 mars", "until"),
        ("fr", "d'ici vendredi", "by"),
        ("nb", "innen fredag", "by"),
        ("nb", "fra og med mandag", "from"),
        ("nl", "tot en met vrijdag", "until"),
        ("es", "antes del viernes", "by"),
        ("it", "entro venerdì", "by"),
        ("sv", "senast på fredag", "by"),
        ("en", "on Friday", "on"),
    ):
        assert said(text, language).relation == relation, text


def test_what_names_no_day_is_not_guessed() -> None:
    for language, text in (
        ("en", "soon"),
        ("en", "in a few days"),
        ("en", "when I get paid"),
        ("nb", "om noen dager"),
        ("de", "in den nächsten Tagen"),
        ("fr", "dès que possible"),
        ("es", "lo antes posible"),
        ("nl", "zo snel mogelijk"),
    ):
        day = said(text, language)
        assert day.on is None, text
        assert not day.certain


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Invoice 2026-0417, order 15/2026, version 3.1, call 020 7946 0018 or +44 20 7946 0018 ext 12"),
        ("en", "IBAN GB29 NWBK 6016 1331 9268 19, 25% off, at 14:30, 24/7, 3.5 hours, room 12, page 3/4"),
        ("en", "We have been in business for 20 years. May I ask? You may march on. I sat in the sun."),
        ("en", "Open Mon-Fri 9-17. We meet every Friday. It is 30 days overdue. The first time, the second half."),
        ("en", "mail me at may@april.example or see www.monday.example/2026/03/04"),
        ("de", "Rechnung 26-0113, Tel. 05572 555 31-0, FN 123456x, 19 % USt, 8.00-17.00 Uhr, Mo-Fr, zum zweiten Mal"),
        ("fr", "facture 2026-0417, tél. 01 99 00 27 14, TVA 20 %, 8h30, du lundi au vendredi, la première fois"),
        ("es", "factura 26/309, tel. 91 555 01 43, IVA 21 %, de lunes a viernes, por la mañana, la segunda cuota"),
        ("nb", "faktura 2026-0417, tlf. 61 00 43 17, kl. 08.00-15.30, man-fre, org.nr. 900 000 117, hver fredag, 25 %"),
        ("nl", "factuur F2025-0972, tel. 0470 00 11 22, 9u-18u, ma-vr, elke vrijdag, de eerste keer, 21%"),
        ("pt-PT", "fatura FT 26/309, tel. 21 555 01 43, IVA 23 %, de segunda a sexta, a segunda via, pela manhã"),
        ("it", "fattura 2026/19, tel. 030 5550 118, ore 8.00-12.00, lun-ven, ogni venerdì, la seconda rata, IVA 22%"),
        ("sv", "faktura 1187, tel 08-465 004 60, kl 9.30, mån-fre, varje fredag, andra gången, 25 %"),
        ("da", "faktura 2026-117, tlf. 33 12 45 67, kl. 9.30, man-fre, hver fredag, anden rykker, 25 %"),
        ("en", "Have a lovely weekend. Happy Easter! The first pallet, the second invoice."),
        ("de", "Schönes Wochenende und frohe Ostern! Die zweite Palette, so ein Ärger, guten Morgen."),
        ("nb", "God påske og god helg! Den første pallen."),
        ("af", "Dit kan nie op een slag nie. Goeie môre! Die eerste vergadering."),
        ("af", "faktuur GB-0088, tel. 021 555 0162, Ma-Vr 08:00-17:00, elke Vrydag, die tweede keer, 15%"),
    ],
)
def test_other_numbers_and_words_are_no_days(language: str, text: str) -> None:
    assert [text[day.start : day.end] for day in find_days(text, language, SAID) if day.on] == []


def test_the_second_week_is_no_monday() -> None:
    """Portuguese counts with the words it names the days of the week by."""
    for text, on in {
        "na segunda semana de abril": date(2026, 4, 10),
        "na quarta semana do mês": date(2026, 3, 27),
        "durante a segunda semana do próximo mês": date(2026, 4, 10),
        "na segunda": date(2026, 3, 9),
    }.items():
        assert [day.on for day in find_days(text, "pt-PT", SAID)] == [on], text


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "wages come on the 24th, you have it the day after", ["2026-03-24", "2026-03-25"]),
        ("af", "die 24ste kom my geld en die dag daarna betaal ek", ["2026-03-24", "2026-03-25"]),
        ("fr", "le salaire tombe le 24, le lendemain je paie", ["2026-03-24", "2026-03-25"]),
        ("en", "the next day", ["2026-03-05"]),
        ("de", "er kommt Dienstag mit dem Geld vorbei", ["2026-03-10"]),
        ("pt-BR", "na estrada até domingo segunda eu deposito", ["2026-03-08", "2026-03-09"]),
    ],
)
def test_days_told_one_after_the_other(language: str, text: str, expected: list[str]) -> None:
    assert [str(day.on) for day in find_days(text, language, SAID)] == expected


def test_the_tense_may_be_known() -> None:
    text = "already rung him about Friday"
    assert [str(find_days(text, "en", SAID, tense=tense)[0].on) for tense in ("past", "future")] == [
        "2026-02-27",
        "2026-03-06",
    ]
