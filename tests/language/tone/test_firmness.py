# SPDX-License-Identifier: AGPL-3.0-or-later
"""What belongs only to a last letter is too firm in an early one, however calmly it is said."""

from __future__ import annotations

import pytest

from purring.language.compose import compose
from purring.language.samples import sample_facts
from purring.language.tags import STAGES
from purring.language.tone import check_tone
from purring.language.tone.folding import prepare
from purring.language.tone.judge import judge_of
from purring.language.tone.parts import parts
from purring.language.tone.rulebook import languages
from purring.language.tone.structure import firmness

EARLY = ("courtesy", "friendly")
LAST = {
    "af": ["Laaste aanmaning voor regstappe.", "Anders gaan ons die saak aan ons prokureur oorhandig."],
    "da": ["Sidste rykker før inkasso.", "Så tager vi sagen i retten.", "Du bliver registreret i RKI."],
    "de": [
        "Letzte Mahnung vor Inkasso.",
        "Andernfalls beantragen wir einen Mahnbescheid.",
        "Sonst geht die Akte zum Anwalt.",
    ],
    "en": [
        "This is our final reminder.",
        "This is our last reminder before we hand this over to a collection agency.",
        "If we do not hear from you we will take you to court.",
        "We will suspend your account if you do not pay by Friday.",
    ],
    "es": ["Último aviso antes de acudir a la vía judicial.", "Incluiremos sus datos en un fichero de morosos."],
    "fr": ["Dernier rappel avant mise en demeure.", "À défaut, nous transmettrons le dossier à notre avocat."],
    "it": ["Ultimo sollecito prima delle vie legali.", "Richiederemo un decreto ingiuntivo."],
    "nb": ["Dette er siste påminnelse før inkasso.", "Da tar vi saken til retten."],
    "nl": ["Anders stappen wij naar de rechter.", "Wij stellen u hierbij in gebreke."],
    "pt-BR": ["Caso contrário, vamos negativar o seu nome no Serasa.", "Tomaremos as medidas cabíveis."],
    "pt-PT": ["Último aviso antes do recurso à via judicial.", "O caso segue para contencioso."],
    "sv": ["Sista påminnelsen innan inkasso.", "Annars går ärendet till Kronofogden."],
}
KIND = {
    "af": ["Ons sal dit nooit aan 'n skuldinvorderaar oorhandig nie.", "U prokureur kan my gerus bel."],
    "da": ["Hos os bliver der hverken inkasso eller advokat.", "Siden vores sidste påmindelse er vi flyttet."],
    "de": [
        "Dies ist keine letzte Mahnung, nur ein Hinweis.",
        "Das Gericht war köstlich, sagt die Küche.",
        "Wenn Sie möchten, stoppen wir die Lieferung im August.",
    ],
    "en": [
        "There will be no court and no collectors, whatever happens.",
        "We would never hand this to an agency.",
        "This is not a final reminder, just a note.",
        "The tennis court is booked for you on Friday.",
        "This is the last reminder of the season: sign up by Friday.",
        "Your lawyer is welcome to call me about the final invoice.",
        "Collection of the parcels is on Tuesday.",
        "We will close the shop on Friday and open again on Monday unless it snows.",
        "You don't have to worry about late fees or a collection agency.",
        "You wrote that another supplier sent you a final notice.",
    ],
    "es": ["Nunca pasaríamos su caso a una agencia de cobro.", "Su abogado puede llamarme cuando quiera."],
    "fr": [
        "Il n'y aura ni huissier ni tribunal chez nous.",
        "Depuis notre dernier rappel, nous avons déménagé.",
        "J'ai ma place au marché, devant le tribunal.",
    ],
    "it": ["Questo non è un ultimo sollecito.", "La sede legale è a Milano."],
    "nb": ["Vi sender aldri noe til inkasso.", "Advokaten deres kan gjerne ringe meg."],
    "nl": ["Het bedrag gaat per automatische incasso van uw rekening.", "De gerechten waren heerlijk."],
    "pt-BR": ["Não vamos negativar o seu nome.", "A quadra de tênis está reservada."],
    "pt-PT": ["Aqui não há advogados nem tribunal.", "Segue a tradução para o tribunal."],
    "sv": ["Det här är inte en sista påminnelse.", "Stämmer det för er?"],
}


def too_firm(text: str, language: str, stage: str | None, channel: str = "email") -> list[str | None]:
    report = check_tone(text, language=language, stage=stage, channel=channel)
    return [one.quote for one in report.findings if one.code == "too_firm"]


@pytest.mark.parametrize("stage", EARLY)
@pytest.mark.parametrize(("language", "said"), [(tag, said) for tag, sentences in LAST.items() for said in sentences])
def test_a_last_step_is_too_firm_before_its_time(language: str, said: str, stage: str) -> None:
    assert said in too_firm(f"{said}\n\n2026-0117: 20.3.", language, stage)


@pytest.mark.parametrize(("language", "said"), [(tag, said) for tag, sentences in KIND.items() for said in sentences])
def test_what_is_denied_or_means_something_else_threatens_nobody(language: str, said: str) -> None:
    known = parts(language)
    text = prepare(said, (), known.short, ordinal_dots=known.ordinal_dots)
    assert not list(firmness(text, judge_of(language).read(text)[0], known, "courtesy"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("af", "Jy het nie geantwoord nie en ons gaan hof toe."),
        ("da", "Du har ikke svaret, og vi sender sagen til inkasso."),
        ("de", "Sie haben nicht geantwortet und wir gehen vor Gericht."),
        ("en", "You have not answered and we will take you to court."),
        ("en", "We do not want to but we will take you to court."),
        ("en", "Do not ignore this final reminder."),
        ("es", "No ha contestado y vamos a acudir a los tribunales."),
        ("es", "Si el viernes no ha pagado, nuestro abogado presentará una demanda."),
        ("fr", "Vous n'avez pas répondu et nous irons au tribunal."),
        ("it", "Non ha risposto e ci rivolgeremo al tribunale."),
        ("nb", "Du har ikke svart og vi sender saken til inkasso."),
        ("nl", "U heeft niet gereageerd en wij schakelen een incassobureau in."),
        ("pt-PT", "Não respondeu e vamos recorrer a tribunal."),
        ("sv", "Du har inte svarat och vi skickar ärendet till inkasso."),
    ],
)
def test_a_denial_of_something_else_hides_no_last_step(language: str, said: str) -> None:
    assert said in too_firm(f"{said}\n\n2026-0117: 20.3.", language, "courtesy")


@pytest.mark.parametrize("stage", ["firm", "final", None])
def test_a_last_reminder_has_its_time(stage: str | None) -> None:
    assert not too_firm("This is our last reminder about invoice 2026-0117.", "en", stage)


def test_a_second_reminder_may_be_firmer_than_a_first() -> None:
    ending = "We will suspend your account if you do not pay by Friday."
    collection = "Otherwise the file goes to a collection agency."
    assert too_firm(ending, "en", "friendly")
    assert too_firm(collection, "en", "follow_up")


def test_terms_may_tell_the_agreed_charges() -> None:
    said = "Verzugszinsen berechnen wir ab dem 15. Tag."
    assert too_firm(said, "de", "courtesy")
    assert not too_firm(said, "de", "terms_note")


@pytest.mark.parametrize("language", languages())
def test_own_last_messages_are_too_firm_early_and_own_early_ones_are_not(language: str) -> None:
    for channel in ("email", "letter", "sms"):
        for variant in (0, 1):
            last = compose("final", channel, sample_facts("standard", "final", language), language, variant=variant)
            for stage in EARLY:
                assert too_firm(last.text, language, stage, channel), (channel, variant)
    for stage in set(STAGES) - {"firm", "final"}:
        own = compose(stage, "email", sample_facts("standard", stage, language), language)
        assert not too_firm(own.text, language, stage), stage
