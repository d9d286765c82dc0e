# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people want, from what they say. `said/` has replies in eleven languages that no model was trained on."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from purring.language.replies.evidence import gather
from purring.language.replies.intents import PAUSES, Judged, judge
from purring.language.replies.reading import read_reply

SAID = Path(__file__).with_name("said")
LANGUAGES = sorted(path.stem for path in SAID.glob("*.txt"))
WEDNESDAY = date(2026, 3, 4)
LEAST_RIGHT = 0.8
"""Share of primary intents that must be right in every language."""
MOST_WRONG_PAUSES = 0.02
"""Share of the pauses taken, over all languages."""


def lines(language: str) -> list[tuple[str, str]]:
    found = []
    for line in (SAID / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        wanted, bar, text = line.partition("|")
        if bar:
            found.append((wanted.strip(), text.strip()))
    return found


def judged(text: str, language: str = "en") -> Judged:
    return judge(gather(text, language, WEDNESDAY))


@cache
def read_all(language: str) -> tuple[tuple[str, Judged, str], ...]:
    tag = "pt-PT" if language == "pt" else language
    return tuple((wanted, judged(text, tag), text) for wanted, text in lines(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_primary_intents_are_right(language: str) -> None:
    wrong = [(wanted, one.primary, text) for wanted, one, text in read_all(language) if one.primary != wanted]
    assert 1 - len(wrong) / len(read_all(language)) >= LEAST_RIGHT, wrong


def test_hardly_a_pause_is_wrong() -> None:
    taken = [(wanted, one.primary) for name in LANGUAGES for wanted, one, _ in read_all(name) if one.primary in PAUSES]
    wrong = Counter(pair for pair in taken if pair[0] != pair[1] and pair[0] not in PAUSES)
    assert len(taken) > 150
    assert wrong.total() / len(taken) <= MOST_WRONG_PAUSES, wrong


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We usually pay on the 25th.", "en"),
        ("Send it again and I'll pay straight away.", "en"),
        ("Once the boiler works you will get your money.", "en"),
        ("I have NOT paid this yet.", "en"),
        ("I thought I had paid this one!", "en"),
        ("Didn't we pay this already?", "en"),
        ("Sobald der Schaden behoben ist, zahlen wir.", "de"),
        ("Ich dachte, meine Frau hätte das überwiesen.", "de"),
        ("Avons-nous déjà payé cette facture ?", "fr"),
        ("Vi pleier å betale den 25. i måneden.", "nb"),
        ("¿No la habíamos pagado ya?", "es"),
        ("Pensavo di averla pagata.", "it"),
    ],
)
def test_what_only_sounds_like_paying_pauses_nothing(text: str, language: str) -> None:
    assert not {"promise_to_pay", "already_paid"} & {one.intent for one in judged(text, language).intents}


def test_of_a_part_paid_and_a_rest_promised_the_promise_counts() -> None:
    one = judged("I sent you half of it yesterday. The rest, £340, will be in your account on the 28th, I promise.")
    assert one.primary == "promise_to_pay"
    assert "already_paid" in [intent.intent for intent in one.intents]


def test_several_things_are_seen_in_one_reply() -> None:
    text = "I'll transfer the money on Friday. Could you please ring me about the new contract tomorrow?"
    names = [intent.intent for intent in judged(text).intents]
    assert names[0] == "promise_to_pay"
    assert judged(text).open_question


def test_the_sentence_that_shows_it_is_quoted() -> None:
    text = "Hello Sue, what weather! We paid this by bank transfer on Monday. Best, Jo"
    (one,) = judged(text).intents
    assert (one.intent, one.quote) == ("already_paid", "We paid this by bank transfer on Monday.")
    assert 0.5 < one.confidence <= 0.99


@pytest.mark.parametrize("text", ["?", "hm", "see below", "...", "7", "ok so"])
def test_an_unclear_text_comes_out_as_unclear(text: str) -> None:
    one = judged(text)
    assert one.primary in ("other", "acknowledgement", "info_request")
    assert not PAUSES & {intent.intent for intent in one.intents}


def test_a_language_it_does_not_know_pauses_nothing() -> None:
    for text in (
        "Faktura została już opłacona w zeszłym tygodniu, proszę sprawdzić konto.",
        "Lasku maksettiin jo viime viikolla, tarkistakaa tilinne ennen muistutusta.",
    ):
        assert read_reply(text, said_on=WEDNESDAY).primary == "other"


def test_swearing_is_hostile_and_being_cross_is_not() -> None:
    assert judged("You are a bunch of idiots, piss off.").hostile
    assert not judged("This is the THIRD reminder and I paid it in March. Not amused!").hostile


@pytest.mark.parametrize(
    ("text", "language", "never"),
    [
        ("Please stop sending the paper ones, e-mail is fine for us.", "en", "stop_contact"),
        ("Merci de ne plus nous envoyer de factures papier, le mail suffit.", "fr", "stop_contact"),
        ("No nos manden más facturas en papel, con el correo es suficiente.", "es", "stop_contact"),
        ("Everything we have received is paid, so send me the other one please.", "en", "already_paid"),
        ("Trodde denne var betalt jeg.", "nb", "already_paid"),
        ("Havde svoret på, at min kone betalte den.", "da", "already_paid"),
    ],
)
def test_what_only_sounds_like_a_pause_is_none(text: str, language: str, never: str) -> None:
    assert judged(text, language).primary != never


@pytest.mark.parametrize(
    ("text", "language", "primary"),
    [
        ("This one was paid on 3 May. Could you confirm you have it?", "en", "already_paid"),
        ("Die ist am 3. Mai bezahlt worden. Können Sie das bestätigen?", "de", "already_paid"),
        ("My son does the bills, not me. He will pay it on Tuesday.", "en", "promise_to_pay"),
    ],
)
def test_the_weightier_of_two_intents_is_the_primary_one(text: str, language: str, primary: str) -> None:
    assert judged(text, language).primary == primary


@pytest.mark.parametrize(
    ("text", "language", "sure"),
    [
        ("I'll transfer the full amount on Friday.", "en", True),
        ("Ich überweise den Betrag am Freitag.", "de", True),
        (
            "I'll transfer the full amount on Friday. Could you send me a copy of the invoice first, please?",
            "en",
            False,
        ),
        ("We haven't had it yet, could you send us the invoice again?", "en", False),
    ],
)
def test_only_what_is_said_plainly_and_alone_needs_no_person(text: str, language: str, sure: bool) -> None:
    assert judged(text, language).sure is sure
