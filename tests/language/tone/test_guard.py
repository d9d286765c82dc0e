# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the guard says of messages people paste, where it says it, and that no text takes it long."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.core.errors import Refused
from purring.language.tone import Report, check_tone

SOFT_AF = """Goeiedag Anna,

Ek hoop dit gaan goed met jou. Jy het in Maart 'n troukoek by ons bestel en die betaling is nog uitstaande. Kan jy dit
asseblief so gou moontlik betaal? As ek met iets kan help, laat weet my gerus.

Vriendelike groete
Elsa"""
SOFT_FR = """Bonjour Anna,

J'espère que vous allez bien. Vous avez commandé un gâteau chez nous en mars et le paiement est encore en attente.
Pourriez-vous le régler dès que possible ? Si je peux vous aider, n'hésitez pas à me répondre.

Bien à vous,
Élise"""
RECORDS_FR = """Bonjour Madame Martin,

Nous n'avons pas encore reçu le paiement de la facture F-204. Pourriez-vous nous indiquer la date de votre paiement, afin
que nos dossiers soient à jour ? Nous restons à votre disposition au 01 23 45 67 89.

Cordialement,
Élise Petit"""
BEST_AF = """Hallo Anna,

Jy het op 3 Maart 'n koek by ons gekoop. Ons wil jou graag die beste diens gee, en die regte betaling help ons daarmee.
Laat weet as jy hulp nodig het. Dankie dat jy gou hierna kyk.

Groete
Elsa"""
BEST_FR = """Bonjour Anna,

Vous avez acheté un gâteau chez nous le 3 mars. Nous tenons à vous offrir le meilleur service, et votre paiement nous y
aide. Dites-nous si vous avez besoin d'aide. Merci de votre attention.

Bien à vous,
Élise"""


def codes(report: Report) -> set[str]:
    return {one.code for one in report.findings}


@pytest.mark.parametrize(("language", "text"), [("af", SOFT_AF), ("fr", SOFT_FR), ("af", BEST_AF), ("fr", BEST_FR)])
def test_a_warm_note_lacks_parts_at_most(language: str, text: str) -> None:
    report = check_tone(text, language=language, stage="friendly")
    assert report.verdict == "warn"
    assert all(code == "vague" or code.startswith("missing_") for code in codes(report))


def test_a_formal_note_in_french_lacks_only_its_parts() -> None:
    report = check_tone(RECORDS_FR, language="fr", stage="friendly")
    assert codes(report) == {"missing_amount", "missing_due_date", "missing_how_to_pay"}


def test_two_forms_of_address_are_told_with_their_place() -> None:
    text = "Geagte mnr. Nel,\n\nOns het u betaling vir faktuur 12 nog nie ontvang nie. Sal jy asseblief laat weet?\n\nGroete"
    mixed = [one for one in check_tone(text, language="af").findings if one.code == "wrong_formality"]
    assert [one.quote for one in mixed] == ["jy"]


def test_tu_and_usted_in_one_message_are_told() -> None:
    text = "Estimado señor Ruiz:\n\nLe recordamos la factura 12. Puedes pagarla con tu tarjeta.\n\nUn saludo"
    assert "wrong_formality" in codes(check_tone(text, language="es"))


def test_a_text_that_scolds_is_told_so_in_its_language() -> None:
    text = "Estimada Ana:\n\nPor su culpa no hemos podido pagar a nuestros proveedores.\n\nUn saludo"
    (blame,) = [one for one in check_tone(text, language="es").findings if one.code == "blame"]
    assert blame.quote
    assert text[blame.start : blame.end] == blame.quote
    assert blame.why != blame.better


@pytest.mark.parametrize(
    ("stage", "text"),
    [
        ("friendly", "With payment by 12 June you save 2 %; after that it is the full 120.00."),
        ("firm", "From 1 June interest of 8 % a year is added, as agreed in section 6 of our contract."),
        (
            "final",
            "If we have not heard from you by 12 June, we will pause deliveries; a call is enough to avoid that.",
        ),
        ("friendly", "Please pay as soon as possible."),
        ("friendly", "Mr Killer of Cutthroat & Sons signed for it at 3 Gallows Lane."),
        ("follow_up", 'You wrote: "I am an idiot, I forgot." Not at all!'),
        ("reply", "You are right, we made a mistake, and we apologise."),
    ],
)
def test_courtesy_is_never_told(stage: str, text: str) -> None:
    report = check_tone(text, language="en", stage=stage)
    assert all(code.startswith("missing_") for code in codes(report)), report.findings


def test_a_threat_blocks_and_is_quoted_in_subject_and_text() -> None:
    report = check_tone("Pay by Friday. We know where you live.", language="en", subject="We know where you live.")
    assert report.verdict == "block"
    threats = [(one.field, one.quote) for one in report.findings if one.code == "threat"]
    assert threats == [("subject", "We know where you live."), ("text", "We know where you live.")]


@pytest.mark.parametrize("stage", [None, "friendly", "reply"])
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "You are a liar and we will sue you, you thief!"),
        ("en", "You're a disgrace; everyone in town will hear of it."),
        ("en", "You lazy foreigners never pay on time."),
        ("nb", "Du er en løgner."),
        ("de", "Wir wissen, wo Sie wohnen."),
        ("fr", "Nous savons où vous habitez."),
    ],
)
def test_the_plainest_words_block(language: str, text: str, stage: str | None) -> None:
    assert check_tone(text, language=language, stage=stage).verdict == "block"


def test_kind_words_around_an_unkind_clause_do_not_mend_it() -> None:
    text = (
        "Thank you for the lovely afternoon, which we all enjoyed very much, but you clearly forgot to pay us, and we "
        "look forward to seeing you again in spring."
    )
    assert "presumption" in codes(check_tone(text, language="en", stage="friendly"))


def test_a_row_of_a_list_is_no_sentence() -> None:
    text = "Querida Ana:\n\n- Factura 12 (rótulo, orden de compra PO-88, ya recibido: 200,00 €): 180,00 €\n\nUn saludo"
    assert all(code.startswith("missing_") for code in codes(check_tone(text, language="es")))


def test_unknown_languages_stages_and_channels_are_refused() -> None:
    for given_wrong in ({"language": "tlh"}, {"stage": "brutal"}, {"channel": "pigeon"}):
        with pytest.raises(Refused):
            check_tone("Dear Anna,", **{"language": "en", **given_wrong})  # type: ignore[arg-type]


@given(st.text(max_size=400))
def test_places_are_code_points_of_the_text_as_it_was_given(text: str) -> None:
    for one in check_tone(f"{text} You are nothing but a crook. {text}", language="en").findings:
        if one.start is not None and one.end is not None:
            assert one.quote == f"{text} You are nothing but a crook. {text}"[one.start : one.end]


@pytest.mark.parametrize(
    "piece",
    [
        *("You must pay now! ", "!", "A", "שלום ", "😀", "Z̴͕̎ä̵͓l̷", "\n", "((", "you, ", "a.b.", "'", "{{", "- "),
        *("1 2 ", "1.1.", "pix @", "„a", "on the 1st of "),
    ],
)
def test_no_text_takes_long(piece: str, rng: random.Random) -> None:
    text = (piece * (100_000 // len(piece)))[: 100_000 - rng.randrange(50)]
    began = time.process_time()
    check_tone(text, language="en")
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Invoice 12 over 120.00 is open.", True),
        ("Es geht um 1.250,50 aus Rechnung 12.", True),
        ("Invoice 12 was due on 12.03.2026.", False),
        ("It was due on 12.03. and is open.", False),
        ("Invoice 2026-0117 is open.", False),
    ],
)
def test_a_sum_without_its_currency_is_an_amount_and_a_day_is_none(text: str, said: bool) -> None:
    assert ("missing_amount" not in codes(check_tone(text, language="en"))) is said


ORDINARY = (
    "We would be glad to have the 120.00 for invoice 12, due on 4 May, by Friday; the account stands on the invoice."
)
STING = "I suppose some of us have other priorities."


def test_beside_an_unkind_sentence_a_sting_is_told_too() -> None:
    def of(*sentences: str) -> set[str]:
        report = check_tone(
            "\n\n".join(["Dear Anna,", *sentences, "Kind regards\nElsa"]), language="en", stage="friendly"
        )
        return {one.quote for one in report.findings if one.quote}

    assert not of(ORDINARY, STING)
    assert STING in of(ORDINARY, STING, "You are a liar.")
    assert ORDINARY not in of(ORDINARY, STING, "You are a liar.")


@pytest.mark.parametrize("stage", ["firm", "final"])
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Pay by Friday or we will break your legs."),
        ("de", "Sonst brechen wir Ihnen die Beine."),
        ("fr", "Sinon on vous casse les jambes."),
        ("es", "Si no paga, le rompemos las piernas."),
        ("it", "Se non paga le spezziamo le gambe."),
        ("pt-BR", "Se não pagar, quebramos as suas pernas."),
        ("nl", "Anders breken we uw benen."),
        ("sv", "Annars bryter vi benen på dig."),
        ("nb", "Ellers brekker vi beina på deg."),
        ("da", "Ellers brækker vi benene på dig."),
        ("af", "Anders breek ons jou bene."),
    ],
)
def test_menace_is_told_however_firm_the_message_may_be(language: str, text: str, stage: str) -> None:
    assert "threat" in codes(check_tone(text, language=language, stage=stage))


def test_at_most_three_things_are_said_of_one_sentence() -> None:
    text = "Because of you foreigners and your lies my children go hungry, everybody in town knows it, and you will pay for it."
    told = [one for one in check_tone(text, language="en").findings if one.quote]
    assert 0 < len(told) <= 3


def test_a_subject_is_judged_as_any_sentence_is() -> None:
    report = check_tone("Dear Anna,", language="de", subject="Letzte Chance, bevor alles zu spät ist")
    assert "false_urgency" in {one.code for one in report.findings if one.field == "subject"}
