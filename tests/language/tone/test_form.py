# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is no fault of form: a closing in any words, a friend with a title, somebody else who is "lei" too, one's own name."""

from __future__ import annotations

import pytest

from purring.language.tone import check_tone

BODY = "the invoice of 3 May is still with me. Could you have a look?"


def codes(text: str, language: str = "en", **facts: str) -> set[str]:
    return {one.code for one in check_tone(text, language=language, facts=facts).findings}


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("Until soon\nDave", True),
        ("Until soon,\n\nDave", True),
        ("Pip,\nDave", True),
        ("Have a lovely Easter!\nDave", True),
        ("/Dave", True),
        ("Dave", False),
        ("My number is 0123 456.\nDave", False),
    ],
)
def test_a_closing_is_known_by_where_it_stands(ending: str, kind: bool) -> None:
    said = codes(f"Hello Anna,\n\n{BODY}\n\n{ending}")
    assert ("missing_thanks_or_closing" not in said) is kind


@pytest.mark.parametrize(
    ("greeting", "contact", "known"),
    [
        ("Buongiorno Beppe,", "Giuseppe Rossi", True),
        ("Buongiorno, qui Franca della tipografia", "Giuseppe Rossi", True),
        ("Buongiorno Carlo,", "Giuseppe Rossi", False),
        ("Namaste Giuseppe,", "Giuseppe Rossi", True),
    ],
)
def test_short_forms_and_ones_own_name_are_no_wrong_names(greeting: str, contact: str, known: bool) -> None:
    said = codes(f"{greeting}\n\nla fattura è aperta.\n\nSaluti", "it", contact_name=contact, sender_name="Franca")
    assert ("wrong_name" not in said) is known


@pytest.mark.parametrize(
    ("text", "mixed"),
    [
        ("Ciao Anna, ti scrivo per la tua fattura. Ne ho parlato con Pia, e lei mi ha detto di sentire te.", False),
        ("Ciao Anna, ti scrivo per la tua fattura. La Sua risposta e il suo pagamento mancano.", True),
        ("Ciao dottoressa, hai tempo? Dimmi quando puoi, ti chiamo, e se vuoi ti mando la tua copia.", False),
        ("Gentile dottoressa, le scrivo per la fattura. Dimmi quando puoi.", True),
    ],
)
def test_one_form_of_address_is_told_from_two(text: str, mixed: bool) -> None:
    assert ("wrong_formality" in codes(text, "it")) is mixed


@pytest.mark.parametrize(
    ("language", "way"),
    [
        ("af", "Die rekeningbesonderhede is op die faktuur."),
        ("da", "Kontonummeret står på fakturaen."),
        ("de", "Das Vereinskonto steht auf dem Beleg."),
        ("en", "You'll find our account printed under the total."),
        ("es", "Como siempre, puede pagar con el recibo domiciliado."),
        ("fr", "Nos coordonnées bancaires figurent sur la facture."),
        ("it", "Le coordinate sono nella fattura."),
        ("nb", "Betaling: 8601 33 20944."),
        ("nl", "Het nummer staat op de factuur."),
        ("pt-PT", "Os dados para pagamento seguem no rodapé."),
        ("sv", "Uppgifterna hittar du längst ner på fakturan."),
    ],
)
def test_a_way_to_pay_is_known_in_the_words_of_each_language(language: str, way: str) -> None:
    assert "missing_how_to_pay" not in codes(way, language, phone="75 12 60 60")
    assert "missing_how_to_pay" in codes("75 12 60 60", language, phone="75 12 60 60")


@pytest.mark.parametrize(
    ("language", "way"),
    [
        ("af", "Vra gerus vir my."),
        ("da", "Giv lige lyd."),
        ("de", "Antworte mir einfach hier."),
        ("en", "Just say the word."),
        ("es", "Cualquier duda, me dices."),
        ("fr", "Un mot suffit."),
        ("it", "Mi avvisi, ne parliamo."),
        ("nb", "Slå gjerne på tråden."),
        ("nl", "Dan zeg je het."),
        ("pt-BR", "É só falar comigo."),
        ("sv", "Skicka en rad."),
    ],
)
def test_whom_to_turn_to_is_known_in_the_words_of_each_language(language: str, way: str) -> None:
    assert "missing_contact" not in codes(way, language)
    assert "missing_contact" in codes("Iban.", language)


def test_the_number_of_an_account_is_no_telephone() -> None:
    said = codes("Betaal by FNB, tak 250655, rekening 6212 3344 556.", "af")
    assert "missing_contact" in said
    assert "missing_how_to_pay" not in said


@pytest.mark.parametrize(
    ("language", "said", "due", "overdue", "named"),
    [
        ("da", "Den forfaldt den 23.", "2026-01-23", 31, True),
        ("es", "Venció el día 30.", "2026-06-30", 18, True),
        ("pt-BR", "Venceu ontem.", "2026-09-08", 1, True),
        ("pt-BR", "Venceu ontem.", "2026-09-08", 5, False),
        ("en", "It was due two weeks ago.", "2026-10-17", 14, True),
        ("nl", "De vervaldatum was eind oktober.", "2026-10-31", None, True),
        ("fr", "Elle était à payer fin octobre.", "2026-10-31", 5, True),
        ("fr", "Elle était à payer en octobre.", "2026-10-31", 5, False),
        ("de", "Bitte zahlen Sie in zehn Tagen.", "2026-05-20", None, False),
    ],
)
def test_a_due_day_may_be_said_in_words(language: str, said: str, due: str, overdue: int | None, named: bool) -> None:
    facts = {"due_on": due, "days_overdue": overdue}
    report = check_tone(said, language=language, stage="friendly", facts=facts)
    assert ("missing_due_date" not in {one.code for one in report.findings}) is named


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("Die Zusammenarbeit war mir ein Vergnügen.\nArno Kessel", True),
        ("Toi, toi, toi\nArno", True),
        ("Ahoi, Arno", True),
        ("Arno Kessel\nKessel Statik", False),
        ("Bitte melden Sie sich.\nArno Kessel", False),
    ],
)
def test_a_farewell_stands_above_the_name_of_who_writes(ending: str, kind: bool) -> None:
    text = f"Liebe Frau Todt,\n\ndie Rechnung ist offen.\n\n{ending}"
    said = codes(text, "de", sender_name="Arno Kessel", organisation="Kessel Statik")
    assert ("missing_thanks_or_closing" not in said) is kind


def test_a_word_of_farewell_in_the_middle_is_no_farewell() -> None:
    text = "Señor Chávez:\n\nLlame hasta el 15 de agosto, hasta las dos.\n\nSu factura venció.\n\nRubén Ayala"
    assert "missing_thanks_or_closing" in codes(text, "es", sender_name="Rubén Ayala")


@pytest.mark.parametrize(
    ("greeting", "language", "known"),
    [
        ("Fala, Marquinhos! Passando para lembrar da fatura que ficou aberta", "pt-BR", True),
        ("Oiii Marcos,", "pt-BR", True),
        ("Skål och ohoj!", "sv", True),
        ("PAGAMENTO ATRASADO!", "pt-BR", False),
        ("Das bekannte Stück ist fertig.", "de", False),
    ],
)
def test_an_unusual_greeting_is_one(greeting: str, language: str, known: bool) -> None:
    said = codes(f"{greeting}\n\nR$ 100.", language, contact_name="Marcos Lima")
    assert ("missing_greeting" not in said) is known
    assert "wrong_name" not in said


@pytest.mark.parametrize(
    ("greeting", "language", "contact", "wrong"),
    [
        ("Hola, Paco:", "es", "Francisco Gil", False),
        ("Caro Priore Nannini,", "it", "Duccio Nannini", False),
        ("Caro Maestro Hermano Botelho,", "pt-PT", "Hermano Botelho", False),
        ("Good morning from Leeds, Ruth,", "en", "Ruth Hall", False),
        ("Dear Ruth at Sycamore,", "en", "Ruth Hall", False),
        ("Dear Ruth Leeds,", "en", "Ruth Hall", True),
        ("Hola, Pepe:", "es", "Francisco Gil", True),
    ],
)
def test_offices_and_familiar_forms_are_no_wrong_names(greeting: str, language: str, contact: str, wrong: bool) -> None:
    assert ("wrong_name" in codes(f"{greeting}\n\n100 €", language, contact_name=contact)) is wrong


def test_only_the_beginning_of_a_long_line_is_searched_for_a_name() -> None:
    line = f"Hei snuppa, {'jeg skriver om fakturaen for hårspray ' * 4}i fjor. Den forfalt 2. mars."
    assert "wrong_name" not in codes(line, "nb", contact_name="Monica")


@pytest.mark.parametrize(
    ("subject", "text", "loud"),
    [
        ("RE 4410 / SEPA-RÜCKLASTSCHRIFT / MS03", "Hallo", False),
        ("BITTE ZAHLEN", "Hallo", True),
        ("Rechnung", "Bitte NICHT zweimal überweisen.", False),
        ("Rechnung", "Das haben Sie NICHT!", True),
        ("Rechnung", "IBAN SEPA BACS SWIFT stehen unten.", False),
    ],
)
def test_abbreviations_and_a_stressed_not_are_no_shouting(subject: str, text: str, loud: bool) -> None:
    report = check_tone(text, language="de", stage="reply", subject=subject)
    assert ("shouting" in {one.code for one in report.findings}) is loud


@pytest.mark.parametrize(
    ("language", "text", "mixed"),
    [
        ("de", "Lieber Kai, du weißt, Ihr und Euer Team habt Zeit.\n\nGrüße\n\nEuer Bernd", False),
        ("de", "Hallo Kai, du weißt, dein Konto ist offen.\n\nGruß\n\nund danke, Ihr Bernd", False),
        ("sv", "Tjena Barbro! Kul att du kom. Måtte Eder högt ärade förvaltning betala.", True),
        ("pt-BR", "Senhor Wilson, a responsabilidade é toda de vocês, peço ao senhor o pagamento.", False),
        ("de", "Guten Tag Frau Dr. Pein,\n\nanbei die Rechnung für das Logo.", False),
        ("fr", "Bonjour Docteur Petit,\n\nil n'y a plus qu'à payer la facture.", False),
        ("en", "Dear Sir Alistair,\n\nlong time no see, matey.", True),
    ],
)
def test_several_friends_and_everyday_words_are_no_mixed_address(language: str, text: str, mixed: bool) -> None:
    assert ("wrong_formality" in codes(text, language)) is mixed


def test_a_short_number_in_a_sum_or_telephone_is_not_the_invoice() -> None:
    assert "missing_reference" in codes("Die 12,50 € sind offen, Tel. 0551 12 34 56.", "de", invoice="12")
    assert "missing_reference" not in codes("Die Rechnung 12 ist offen.", "de", invoice="12")


@pytest.mark.parametrize(
    ("language", "way"),
    [
        ("af", "Betaal dit in die trustrekening op u kontrak."),
        ("af", "Die nommer is op die strokie, betaal asseblief so."),
        ("da", "Brug FIK-linjen nederst."),
        ("da", "Det kan ske til foreningens konto."),
        ("de", "Der QR-Zahlteil liegt bei."),
        ("de", "Überweisung oder Karte im Geschäft, beides passt."),
        ("de", "Unsere Bank steht im Briefkopf."),
        ("en", "The account is 00-00-00, 44018872."),
        ("en", "Checks to Wapsie Campground are just right."),
        ("es", "Puede pagarlo en cualquier oficina de Correos."),
        ("fr", "Elle est déposée sur Chorus Pro."),
        ("it", "Il versamento va sul conto dell'associazione."),
        ("nb", "Inn på kontoen i bunnteksten hadde vært flott."),
        ("nl", "Het mag op de verenigingsrekening."),
        ("nl", "De gegevens voor de bank staan op het tweede blad."),
        ("pt-BR", "A segunda via vai anexa."),
        ("sv", "Virtuell streckkod finns på fakturan."),
        ("sv", "Vår bank står i sidfoten."),
        ("fr", "Notre banque figure dans l'en-tête."),
        ("da", "Kort i butikken er fint."),
    ],
)
def test_ways_to_pay_of_each_country_are_known(language: str, way: str) -> None:
    assert "missing_how_to_pay" not in codes(way, language, phone="75 12 60 60")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "It would be good to have it sorted in the usual way."),
        ("nl", "Wil je het op de gewone manier rechtzetten?"),
        ("it", "Sistemiamo nel solito modo."),
        ("es", "La palabra vale lo que vale."),
        ("pt-PT", "Estou no escritório de manhã."),
        ("pt-PT", "No escritório, liquidámos a dúvida."),
        ("en", "Our quality checks are done."),
        ("en", "I enclose this with a card for Ruth."),
        ("es", "Le hemos enviado dos correos sobre el pago."),
        ("da", "Vedlagte kort viser vejen."),
        ("sv", "Banken längst ner i parken är målad."),
        ("sv", "Vi la ett kort på kontoret."),
    ],
)
def test_the_usual_way_alone_is_no_way_to_pay(language: str, said: str) -> None:
    assert "missing_how_to_pay" in codes(said, language, phone="75 12 60 60")


@pytest.mark.parametrize(
    ("language", "said", "known"),
    [
        ("af", "Stuur 'n antwoord as dit nie klop nie.", True),
        ("af", "Anders, antwoord en ek doen dit.", True),
        ("da", "Svar endelig på denne mail.", True),
        ("de", "Schreiben Sie einfach zurück.", True),
        ("en", "Just answer this email.", True),
        ("en", "Write back and we'll compare.", True),
        ("en", "I have not received a reply.", False),
        ("en", "You did not reply to my email.", False),
        ("af", "Ek kry geen antwoord en geen betaling nie.", False),
        ("nl", "U reageert niet op mijn brieven.", False),
        ("es", "Conteste a este correo.", True),
        ("es", "Le escribo por la boleta 12.", False),
        ("fr", "J'appelle cela de la patience, vous vous rappelez la date.", False),
        ("nl", "Reageer gerust op deze mail.", True),
        ("pt-BR", "Minha chave Pix é ana@loja.example.", False),
        ("pt-BR", "Meu endereço é ana@loja.example.", True),
        ("sv", "Återkom gärna.", True),
        ("sv", "Vi är tacksamma för betalning till bankgirot.", False),
        ("en", "We sent two copies to your inbox last month.", False),
        ("es", "Usted no contestó a este mensaje.", False),
        ("nb", "Du har ikke svart på meldingen.", False),
        ("de", "Es ist einfach, Fragen zu stellen.", False),
        ("en", "You can use PayPal, or for anything at all: anna@studio.example", True),
    ],
)
def test_whom_to_write_back_to_is_told_from_other_words(language: str, said: str, known: bool) -> None:
    assert ("missing_contact" not in codes(said, language)) is known


@pytest.mark.parametrize(
    ("language", "said", "due", "named"),
    [
        ("af", "Dit was op die 1ste betaalbaar.", "2026-10-01", True),
        ("fr", "Il était dû le 1er et nous n'avons rien reçu.", "2026-07-01", True),
        ("fr", "Voici le 1er rappel.", "2026-07-01", False),
        ("nl", "Die was op de 1e betaalbaar.", "2026-07-01", True),
        ("pt-BR", "Vencido em 1º/11.", "2026-11-01", True),
        ("pt-BR", "Vencido em 1º/11.", "2026-11-02", False),
        ("it", "Era per il 1º e manca.", "2026-11-01", True),
        ("en", "We wrote on the 1st of July.", "2026-05-01", False),
        ("en", "The tiles on the 1st floor are up.", "2026-05-01", False),
        ("en", "It was due on the 1st, as ever.", "2026-05-01", True),
        ("da", "Godt at se jer i sidste uge.", "2026-10-30", False),
        ("en", "It was due at the end of last week.", "2026-10-30", True),
    ],
)
def test_the_first_of_a_month_is_a_day_and_a_week_is_none(language: str, said: str, due: str, named: bool) -> None:
    report = check_tone(said, language=language, stage="friendly", facts={"due_on": due, "days_overdue": 6})
    assert ("missing_due_date" not in {one.code for one in report.findings}) is named


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("de", "Das Konto steht damit auf null.", False),
        ("de", "Null Problem, und null Euro Gebühr: null Euro.", False),
        ("nb", "Nedtellingen går, og etter null er det over.", False),
        ("de", "Hallo null, die Rechnung ist offen.", True),
        ("de", "Ihre Rechnung null ist offen.", True),
        ("nb", "Beløpet er null kroner.", True),
        ("en", "Your balance is null.", True),
        ("en", "Your balance is under null.", True),
        ("de", "Die Rechnung ist fällig bis null.", True),
    ],
)
def test_null_is_a_number_in_some_languages(language: str, text: str, left: bool) -> None:
    findings = check_tone(text, language=language, stage="reply").findings
    assert any(one.code == "robotic" and one.severity == "block" for one in findings) is left


@pytest.mark.parametrize("quoted", ['„SO EIN PFUSCH!"', "„SO EIN PFUSCH!“", "„SO EIN PFUSCH!”", "”SO EIN PFUSCH!”"])
def test_what_somebody_else_shouted_is_a_quotation(quoted: str) -> None:
    assert "shouting" not in codes(f"Auf der Karte stand {quoted} und sonst nichts.", "de")


def test_an_alias_in_capitals_is_no_shouting() -> None:
    assert "shouting" not in codes("Podés pasarla al alias CORO.ALMAGRO.CANTA.", "es")
    assert "shouting" in codes("PAGUE. AHORA. MISMO.", "es")


@pytest.mark.parametrize(
    ("language", "text", "mixed"),
    [
        ("es", "Hola, Ana: te dejo tu factura. Se puede pagar con tarjeta.", False),
        ("es", "Hola, Ana: te dejo tu factura. Usted puede pagar con tarjeta.", True),
        ("it", "Ciao Ada, ti ricordo la tua fattura, basta che mi telefoni.", False),
        ("it", "Ciao Ada, ti ricordo la tua fattura. Paghi da qui o in cassa.", False),
        ("it", "Ciao Ada, sono le cose più belle che abbia stampato. Ti ricordo la tua fattura.", False),
        ("it", "Ciao Ada, tu sei brava. Confido che Lei vorrà provvedere. Scrivimi.", True),
        ("pt-PT", "Olá Inês, faz mais do que eu consigo. Se precisares, diz.", False),
        ("pt-PT", "Senhor Tavares, peço-lhe o pagamento. Basta ligar, fala comigo ou com a minha filha.", False),
        ("pt-PT", "Boa tarde, D. Zulmira. E tu não te esqueças!", True),
        ("fr", "Cher Monsieur, vous avez chanté un demi-ton trop haut.", False),
        ("fr", "Salut Luc, tu vas bien ? Ta facture attend. Veuillez régulariser.", True),
        ("fr", "Bonjour Docteur Petit, il n'y a pas d'escompte.", False),
        ("nl", "Dag Bo, de lift stond er van 9.10 u tot 10.40 u, je ziet het op je factuur.", False),
        (
            "de",
            "Sehr geehrte Frau Dr. Pein,\n\ndas Konto findest du unten, und ist dir etwas unklar, ruf einfach an.",
            True,
        ),
        ("af", "Hallo Jan, dankie dat jy skryf. U word versoek om te betaal.", True),
    ],
)
def test_words_that_speak_to_nobody_are_no_other_form_of_address(language: str, text: str, mixed: bool) -> None:
    assert ("wrong_formality" in codes(text, language)) is mixed


def test_of_two_forms_said_as_often_the_second_is_the_wrong_one() -> None:
    report = check_tone("Hallo Jan, dankie dat jy skryf. U word versoek om te betaal.", language="af")
    assert [one.quote for one in report.findings if one.code == "wrong_formality"] == ["U"]


@pytest.mark.parametrize(
    ("language", "greeting", "customer", "contact", "wrong"),
    [
        ("sv", "Hej Lisbeth Hallman,", "Lisbeth Hagman", "Lisbeth", True),
        ("sv", "Hej Lisbeth Hagman,", "Lisbeth Hagman", "Lisbeth", False),
        ("it", "Spett.le Azienda, gentile signor Marcheggiani,", "Torrebruna", "signor Marchetti", True),
        ("it", "Spett.le Azienda, gentile signor Marchetti,", "Torrebruna", "signor Marchetti", False),
        ("en", "Dear Guest #2904-GB,", "Lucinda Ferris", "Lucinda", False),
        ("es", "¡Aúpa, Javi!", "Javi Mora", "Javi Mora", False),
        ("pt-BR", "Fofo, bom dia!", "Juliano Peixoto", "Juliano", False),
    ],
)
def test_the_whole_name_of_a_customer_is_known(
    language: str, greeting: str, customer: str, contact: str, wrong: bool
) -> None:
    said = codes(f"{greeting}\n\n100 €", language, customer_name=customer, contact_name=contact)
    assert ("wrong_name" in said) is wrong


@pytest.mark.parametrize(
    ("language", "greeting"),
    [
        ("de", "Mein liebes Röschen, Sie Sonnenschein meiner Werkstatt,"),
        ("es", "Reverendo padre:"),
        ("fr", "Mon petit lapin en sucre, quand est-ce que tu m'invites ?"),
        ("it", "Tesoro bellissimo, ti mangerei di baci, ma prima c'è una cosina!"),
    ],
)
def test_a_fond_greeting_is_a_greeting(language: str, greeting: str) -> None:
    assert "missing_greeting" not in codes(f"{greeting}\n\n100 €", language)


@pytest.mark.parametrize(
    ("language", "ending", "kind"),
    [
        ("en", "Hope the judge is in a good mood.\nDave", True),
        ("it", "Pace e bene, e occhio all'umidità.\nDave", True),
        ("nb", "Julehilsen fra Dave, som lukter røyk", True),
        ("nl", "Het is gelukt dankzij de wind.\nDave", False),
    ],
)
def test_wishes_of_the_season_are_closings_and_thanks_to_the_wind_none(language: str, ending: str, kind: bool) -> None:
    said = codes(f"Hallo Anna,\n\n{BODY}\n\n{ending}", language, sender_name="Dave")
    assert ("missing_thanks_or_closing" not in said) is kind


def test_letters_that_gateways_spell_out_do_not_make_a_text_message_long() -> None:
    text = "Bonjour Camille, petit rappel du Chœur : la cotisation de 120 € est à régler avant le 31/10, par chèque. Merci !"
    assert "sms_too_long" not in {
        one.code for one in check_tone(f"{text} {'x' * 40}", language="fr", channel="sms", stage="reply").findings
    }
