# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the guard says of messages people paste, where it says it, and that no text takes it long."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.core.errors import Refused
from purring.language.tone import Report, check_grave, check_tone
from purring.language.tone.facts import read_facts
from purring.language.tone.folding import MASK, NAME, Folded, fold, prepare
from purring.language.tone.general import ANY_NUMBER, InGeneral
from purring.language.tone.judge import judge_of
from purring.language.tone.parts import parts
from purring.language.tone.rulebook import QUOTED_WHOLE, languages
from purring.language.tone.signs import judged_rules

MAILS = Path(__file__).resolve().parents[3] / "corpora" / "outgoing" / "train"

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
STING = "Perhaps our emails are not interesting enough for you."


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


TO_GRACE = "Dear Grace,\n\nWe know where you live, Grace, and we will come for the £386.40 of INV-2041.\n\nDave"
TO_WILLIAM = "Dear William-James Okonkwo,\n\nWe know where you live, William-James Okonkwo, and we will come for the £1,250.00 of 7.\n\nDave"


def test_what_a_sentence_was_told_serves_for_everybody_it_is_said_to() -> None:
    def told(text: str, name: str, invoice: str) -> list[tuple[str, str | None]]:
        facts = {"contact_name": name, "invoice": invoice}
        return [(one.code, one.quote) for one in check_tone(text, language="en", facts=facts).findings if one.quote]

    judged = judge_of("en")._judged
    first = told(TO_GRACE, "Grace", "INV-2041")
    known = len(judged)
    second = told(TO_WILLIAM, "William-James Okonkwo", "7")
    assert len(judged) == known
    assert [code for code, _ in first] == [code for code, _ in second]
    assert ("threat", TO_GRACE.split("\n\n")[1]) in first
    assert ("threat", TO_WILLIAM.split("\n\n")[1]) in second


def test_a_number_that_rules_name_stays_what_it_is() -> None:
    general, book = InGeneral(judged_rules("en")), judged_rules("en")
    assert general.of("24") == "24"
    assert general.of("£1,250.00,") == general.of("£7,") == f"£{ANY_NUMBER},"
    assert general.of("10...20") == f"{ANY_NUMBER}...{ANY_NUMBER}"
    assert general.of(f"{NAME * 7}'s") == f"{NAME}'s"
    assert general.of(f"({MASK * 12})") == f"({MASK})"
    assert not any(judged_rules(tag).names_number(ANY_NUMBER) for tag in languages())
    assert not book.names_number("386.40")
    assert judged_rules("es").names_number("4300001"), "rules name the accounts that begin with 430"
    assert judged_rules("pt-BR").names_number("13"), "named in a class of words"


@pytest.mark.parametrize("tag", languages())
def test_rules_see_in_a_sentence_what_they_see_in_it_as_it_is_said_to_everybody(tag: str) -> None:
    judge, book, part = judge_of(tag), judged_rules(tag), parts(tag)

    def prepared(text: str) -> Folded:
        return prepare(text, ["Grace"], part.short, ordinal_dots=part.ordinal_dots)

    for example in [example for rule in book.rules for example in (*rule.bad, *rule.good)]:
        text = prepared(example)
        for start, end in text.sentences:
            said = judge._general.of(text.masked[start:end].strip())
            own = book.evidence_of(text, start, end)
            general = book.evidence_of(Folded(said, said, fold(said), said, [(0, len(said))], None), 0, len(said))
            assert {one.rule.name for one in own.hits} == {one.rule.name for one in general.hits}, example


@pytest.mark.parametrize("tag", ["af", "da", "de", "en", "es", "fr", "it", "nb", "nl", "pt-PT", "sv"])
def test_a_sentence_is_told_the_same_however_long_its_names_and_sums_are(tag: str) -> None:
    judge, part, judged = judge_of(tag), parts(tag), 0
    for mail in map(json.loads, (MAILS / f"{tag[:2]}.jsonl").read_text("utf-8").splitlines()):
        names, stage = read_facts(mail["facts"]).names(), mail["stage"]
        text = prepare(mail["text"], names, part.short, ordinal_dots=part.ordinal_dots)
        judge.forget()
        (reading,) = judge.read(text)
        told = judge.told(text, reading, stage, title=False)
        for (start, end), doubt in reading.doubted:
            if end - start <= QUOTED_WHOLE:
                own = judge._judge(doubt, None, text.masked[start:end], stage, title=False)
                assert told.get((start, end), []) == [one._replace(start=start, end=end) for one in own]
                judged += 1
    assert judged > 10


@pytest.mark.parametrize("tag", ["af", "da", "de", "en", "es", "fr", "it", "nb", "nl", "pt-PT", "sv"])
def test_what_blocks_a_message_that_leaves_is_what_blocks_it_while_it_is_written(tag: str) -> None:
    blocked = 0
    for mail in map(json.loads, (MAILS / f"{tag[:2]}.jsonl").read_text("utf-8").splitlines()):
        of = {key: mail.get(key) for key in ("language", "stage", "channel", "facts", "subject")}
        grave = tuple(one for one in check_tone(mail["text"], **of).findings if one.severity == "block")
        assert check_grave(mail["text"], **of).findings == grave
        blocked += bool(grave)
    assert blocked


def test_what_a_sentence_was_told_is_remembered_for_its_stage_only() -> None:
    judge, part = judge_of("en"), parts("en")
    text = prepare("There is absolutely no excuse for paying late here.", [], part.short, ordinal_dots=False)

    def told(stage: str) -> list[str]:
        return [
            one.code for found in judge.told(text, judge.read(text)[0], stage, title=False).values() for one in found
        ]

    judge.forget()
    judge._as_they_stand[text.masked, "final", False] = []
    assert told("final") == []
    assert told("courtesy") == told("courtesy") != []
    judge._as_they_stand.clear()


@pytest.mark.parametrize("amount", ["1e-10000000", "1e-999999999", "0.0000000000001"])
def test_an_amount_of_endless_decimals_is_refused(amount: str) -> None:
    with pytest.raises(Refused, match="amount"):
        check_tone("Hello", language="en", facts={"amount": amount})


@pytest.mark.parametrize("piece", ["://", "@", "a@ ", "a:// ", "www."])
def test_signs_of_links_alone_take_no_time(piece: str) -> None:
    began = time.process_time()
    check_tone(piece * (60_000 // len(piece)), language="en")
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "text", ["PLEASE\nIBAN\nSEND MONEY", "PAYMENT REQUIRED VIA\nSEPA BACS\nTHANK YOU", "We are waiting, PAY UP NOW!"]
)
def test_capitals_around_an_abbreviation_shout(text: str) -> None:
    assert "shouting" in codes(check_tone(f"Dear Anna,\n\n{text}", language="en"))


@pytest.mark.parametrize(
    "left",
    [
        *("Hello name}},", "Hello {{name,", "Hello %NAME%,", "Hello [Name],", "Hello <<name>>,", "Hello XXXX,"),
        *(
            "Please pay XXX € by Friday.",
            "Please pay £XX.",
            "It was due on <date>.",
            "Beløpet er kr XXX.",
            "Fällig am <Datum>.",
        ),
        *("It was due on DD/MM/YYYY.", "Den förföll ÅÅÅÅ-MM-DD.", "Fällig am TT.MM.JJJJ."),
    ],
)
def test_what_a_template_left_behind_blocks_by_itself(left: str) -> None:
    assert check_tone(f"{left}\n\nyour invoice is open.", language="en").verdict == "block"


@pytest.mark.parametrize(
    "kept",
    [
        *(
            "The roof of the XX century wing is done.",
            "Two shirts, size XXL, as ordered.",
            "Anna <anna@studio.example> has the key.",
        ),
        *("<b>Thank you</b> for the party.", "Chapter XXX, 30 € a page.", "The MM model runs at A < B."),
    ],
)
def test_what_looks_like_a_place_left_for_a_value_but_is_none(kept: str) -> None:
    report = check_tone(f"Dear Anna,\n\n{kept}", language="en")
    assert not [one for one in report.findings if one.severity == "block"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Your neighbour told me how lovely your party was."),
        ("de", "Ihre Nachbarin hat mir erzählt, wie schön Ihr Fest war."),
        ("nl", "Uw buurvrouw vertelde me hoe mooi uw feest was."),
        ("es", "Su vecina me contó lo bonita que fue su fiesta."),
        ("it", "La Sua vicina mi ha raccontato quanto è stata bella la Sua festa."),
        ("nb", "Naboen din fortalte hvor fin festen din var."),
    ],
)
def test_a_friendly_word_of_what_was_heard_never_blocks(language: str, said: str) -> None:
    assert check_tone(said, language=language, stage="friendly").verdict != "block"


@pytest.mark.parametrize(
    "text",
    [
        "We say that INV-2041 Thief is what you are.",
        "You are a Thief https://pay.example/x and everybody knows it.",
    ],
)
def test_a_number_or_a_link_beside_an_insult_makes_no_name_of_it(text: str) -> None:
    book, part = judged_rules("en"), parts("en")
    folded = prepare(text, ["INV-2041"], part.short, ordinal_dots=part.ordinal_dots)
    assert "insult" in {one.rule.code for one in book.evidence_of(folded, *folded.sentences[0]).hits}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "You will regret this, Grace, if the £386.40 for INV-2041 is not here by 9 March."),
        ("en", "Pay the £386.40 for INV-2041 by Friday or I will tell your wife about it."),
        ("de", "Zahlen Sie die 386,40 € für INV-2041 bis Freitag, sonst erzähle ich Ihrem Chef davon."),
        (
            "fr",
            "La facture INV-2041 de 386,40 € est échue depuis le 9 mars, et à cause de vous je ne peux pas payer mes gars.",
        ),
        ("nb", "Faktura INV-2041 på kr 386,40 forfalt 9. mars, og det er vel ikke så vanskelig, selv for deg."),
        ("es", "La factura INV-2041 de 386,40 € venció el 9 de marzo, y todo el barrio sabe ya cómo paga usted."),
    ],
)
def test_figures_do_not_drown_an_unkind_word(language: str, text: str) -> None:
    report = check_tone(text, language=language, facts={"invoice": "INV-2041", "contact_name": "Grace"})
    assert any(one.quote for one in report.findings)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Merci beaucoup, votre paiement pour les factures {} est bien arrivé."),
        ("fr", "Merci, tout est payé :\n{}."),
        ("es", "Gracias, hemos recibido el pago de las facturas {} y todo está en orden."),
        ("nl", "Hartelijk dank, uw betaling van de facturen {} is binnen."),
        ("it", "Grazie, il pagamento delle fatture {} è arrivato."),
    ],
)
def test_a_long_row_of_invoices_weighs_no_more_than_two(language: str, said: str) -> None:
    def told(numbers: int) -> list[str]:
        row = ", ".join(f"2026-{number:03}" for number in range(1, numbers + 1))
        return [one.code for one in check_tone(said.format(row), language=language, stage="thank_you").findings]

    assert told(30) == told(2)


def test_what_is_unkind_behind_a_row_of_numbers_is_quoted_where_it_stands() -> None:
    row = ", ".join(f"2026-{number:03}" for number in range(1, 20))
    text = f"Dear Ann,\n\nOpen are {row}.\n\nYou are a liar and a thief.\n\nBest, Bob"
    (insult,) = (one for one in check_tone(text, language="en").findings if one.code == "insult")
    assert insult.quote == "You are a liar and a thief."
    assert text[insult.start : insult.end] == insult.quote


@pytest.mark.parametrize("channel", ["email", "sms", "letter"])
def test_half_a_sign_that_was_cut_apart_is_no_error(channel: str) -> None:
    text = "Hello Ann \ud83d, £12 was due on 3 May \ude0a."
    assert check_tone(text, language="en", channel=channel, subject="\ud83d").language == "en"
