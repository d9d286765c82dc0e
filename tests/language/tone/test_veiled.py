# SPDX-License-Identifier: AGPL-3.0-or-later
"""What hurts without a rude word is seen by the rules in every language: a veiled threat, a picture or a list on display, all the
blame for one side, mocking thanks. And kind sentences of the same words are not: rules are all that says so in a language of which
the models have seen little."""

from __future__ import annotations

import pytest

from purring.language.tone.folding import prepare
from purring.language.tone.parts import parts
from purring.language.tone.rulebook import rulebook

UNKIND = """
en | threat | Carry on like this and you will find out the hard way.
en | threat | Pay by Friday or you will rue the day you came to us.
en | shaming | From Monday your picture will hang in the shop window.
en | shaming | We are going to pin a list of late payers to the clubhouse door.
en | blame | You have got yourself to thank for that.
en | blame | That the account is in this state is solely your own doing.
en | sarcasm | Thanks a bunch for keeping us waiting since May.
en | sarcasm | The cheque is presumably coming by stagecoach.
af | threat | Betaal, of jy leer ons nog behoorlik ken.
af | threat | Jy weet nie met wie jy sukkel nie.
af | shaming | Ons gaan jou foto by die ingang ophang.
af | blame | Jy kan net jouself blameer.
af | sarcasm | Baie dankie dat u ons al weke laat wag.
fr | threat | Ça va vous coûter cher, cette histoire.
fr | threat | Vous allez voir de quel bois nous nous chauffons.
fr | shaming | Dès lundi, votre portrait sera accroché à l'entrée du magasin.
fr | shaming | Votre photo sera affichée dans la vitrine avec celles des autres.
fr | blame | Vous n'avez qu'à vous en prendre qu'à vous-même.
fr | sarcasm | Merci bien de nous laisser sans nouvelles depuis mars.
es | threat | Como no pague, se va usted a enterar, y no sabe con quién se está metiendo.
es | threat | Esto le saldrá caro.
es | shaming | Pondremos su foto en la sala de espera.
es | blame | Usted se lo ha buscado.
es | sarcasm | Gracias por dejarnos sin noticias dos meses.
nb | threat | Betaler du ikke, kommer det til å koste deg dyrt.
nb | threat | Ellers skal dere få lære oss å kjenne.
nb | shaming | Fra mandag henger bildet ditt i butikkvinduet.
nb | blame | At det er blitt slik, kan dere takke dere selv for.
nb | sarcasm | Tusen takk for at dere lar oss sitte og vente.
de | threat | Noch eine Woche, und Sie können was erleben.
de | threat | Sonst lernen Sie uns von einer anderen Seite kennen.
de | shaming | Ab Montag hängt Ihr Foto in unserem Schaufenster bei den säumigen Zahlern.
de | blame | Das haben Sie sich selbst eingebrockt.
de | sarcasm | Herzlichen Dank, dass Sie uns seit März hängen lassen.
nl | threat | Anders leert u mij nog wel kennen.
nl | threat | Dit zal u nog zuur opbreken.
nl | shaming | Vanaf maandag hangt uw portret in de etalage.
nl | blame | Dat is geheel uw eigen schuld.
nl | sarcasm | Bedankt dat u ons al weken laat wachten.
pt-PT | threat | Vai pagar caro por isto.
pt-PT | threat | Não sabe com quem se está a meter.
pt-PT | shaming | A sua fotografia ficará na montra a partir de segunda.
pt-PT | blame | Isto é exclusivamente culpa sua.
pt-PT | sarcasm | Muito obrigado por nos deixar sem notícias desde março.
pt-BR | threat | Isso vai lhe custar muito caro.
pt-BR | shaming | Vamos colocar a sua foto no mural do prédio para todos verem.
pt-BR | blame | A culpa é só sua.
pt-BR | sarcasm | Obrigada por nos deixar esperando um mês.
it | threat | Se non paga, le facciamo passare la voglia di tornare.
it | threat | Stia attento, gliela facciamo vedere noi.
it | threat | Altrimenti ve la faremo pagare cara.
it | shaming | Da lunedì la sua foto sarà appesa all'ingresso.
it | blame | Se l'è proprio cercata.
it | sarcasm | Grazie mille per averci lasciato senza notizie.
sv | threat | Annars kommer det att stå er dyrt.
sv | threat | Ni vet inte vem ni har att göra med.
sv | shaming | Från måndag hänger din bild i skyltfönstret.
sv | blame | Det är uteslutande ert eget fel.
sv | sarcasm | Tack ska du ha för att du låter oss sitta och vänta.
sv | sarcasm | Pengarna kommer väl med häst och vagn.
da | threat | Betaler du ikke, kommer det til at koste dig dyrt.
da | threat | Så skal I lære os for alvor at kende.
da | shaming | Fra mandag hænger dit billede i udstillingsvinduet.
da | blame | Det er udelukkende din egen skyld, at det er kommet så vidt.
da | sarcasm | Mange tak, fordi I lader os vente så længe.
"""
"""What must be seen: language, code, sentence."""
KIND = """
en | threat | We would love you to get to know us at the summer fair.
en | threat | Our mechanic will show you how the pump works.
en | shaming | Our photo of the crew will be on display in the window.
en | shaming | The list of rehearsal dates is on the noticeboard.
en | blame | It is certainly not your fault.
en | blame | None of this is your doing.
en | sarcasm | Thank you for waiting so patiently.
en | discrimination | Our elderly snail, the mascot, has turned thirty.
af | threat | Ons sien uit daarna dat u ons beter leer ken.
af | shaming | Ons foto van die koor hang in die saal.
af | blame | Dit is glad nie u eie skuld nie.
af | threat | Daar is geen prokureur en geen hof by betrokke nie.
af | sarcasm | Baie dankie dat u gewag het.
fr | threat | Vous aurez affaire à notre collègue, qui vous aidera.
fr | shaming | Notre photo sera affichée dans la vitrine.
fr | blame | Ce n'est absolument pas votre faute.
fr | sarcasm | Merci d'avoir patienté.
es | threat | Así le saldrá más barato.
es | shaming | Nuestra foto estará en el escaparate.
es | blame | No es en absoluto culpa suya.
es | sarcasm | Gracias por esperar.
nb | threat | Vi gleder oss til å bli kjent med dere på åpen dag.
nb | shaming | Bildet av oss henger i butikkvinduet.
nb | blame | Det er slett ikke din egen skyld.
nb | sarcasm | Takk for at du ventet på oss.
de | threat | Schön, dass wir Sie kennenlernen durften.
de | shaming | Unser Foto hängt ab Montag im Schaufenster.
de | blame | Das ist ganz bestimmt nicht Ihre Schuld.
de | sarcasm | Danke, dass Sie auf uns gewartet haben.
nl | threat | Wij hopen u snel beter te leren kennen.
nl | shaming | Onze foto hangt vanaf maandag in de etalage.
nl | blame | Dat is beslist niet uw eigen schuld.
nl | sarcasm | Dank dat u op ons wilde wachten.
pt-PT | threat | Não há advogados nem tribunais metidos nisto.
pt-PT | shaming | A nossa fotografia ficará na montra.
pt-PT | shaming | Toda a gente ainda fala do seu solo no Natal.
pt-PT | blame | A culpa não é sua, de certeza.
pt-PT | sarcasm | Obrigada por ter esperado por nós.
pt-BR | threat | Não se preocupe, não há advogado nenhum nisso.
pt-BR | shaming | A nossa foto vai ficar no mural do prédio.
pt-BR | blame | Certamente não é culpa sua.
pt-BR | sarcasm | Obrigada por esperar pela gente.
it | threat | La bicicletta gliela facciamo vedere volentieri.
it | shaming | La nostra foto sarà in vetrina da lunedì.
it | blame | Non è certo colpa sua.
it | blame | Lei non ha alcuna colpa.
it | too_firm | Non c'entrano né avvocati né tribunali.
it | sarcasm | Grazie per averci aspettato.
sv | threat | Vi ser fram emot att lära känna er.
sv | shaming | Vår bild hänger i skyltfönstret.
sv | blame | Det är verkligen inte ditt eget fel.
sv | sarcasm | Tack för att du väntade på oss.
da | threat | Vent du bare med at betale til fredag.
da | shaming | Vores billede hænger i udstillingsvinduet.
da | blame | Det er bestemt ikke din egen skyld.
da | sarcasm | Tak, fordi du ventede på os.
"""
"""What must not: the same words meant kindly."""


def lines(table: str) -> list[tuple[str, ...]]:
    return [tuple(part.strip() for part in line.split("|")) for line in table.strip().splitlines()]


def seen(language: str, sentence: str) -> set[str]:
    own = parts(language)
    folded = prepare(sentence, (), own.short, ordinal_dots=own.ordinal_dots)
    return {hit.rule.code for found in rulebook(language).evidence(folded) for hit in found.hits}


@pytest.mark.parametrize(("language", "code", "sentence"), lines(UNKIND))
def test_an_unkind_sentence_without_a_rude_word_is_seen(language: str, code: str, sentence: str) -> None:
    assert code in seen(language, sentence)


@pytest.mark.parametrize(("language", "code", "sentence"), lines(KIND))
def test_the_same_words_meant_kindly_are_not(language: str, code: str, sentence: str) -> None:
    assert code not in seen(language, sentence)
