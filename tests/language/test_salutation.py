# SPDX-License-Identifier: AGPL-3.0-or-later
"""Greetings: right for everyone, never blindly masculine, safe with any name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.language.check import check_words
from purring.language.compose import LANGUAGES, compose
from purring.language.facts import Contact, Customer, Formality, Gender, MessageFacts
from purring.language.samples import sample_facts
from purring.language.tone import check_tone


def greeted(language: str, customer: Customer, **changes: object) -> str:
    facts: MessageFacts = replace(sample_facts("standard", "friendly", language), customer=customer, **changes)  # type: ignore[arg-type]
    words = compose("friendly", "email", facts, language)
    assert not [f for f in check_words(words, facts, "friendly", "email") if f.blocking]
    return words.text.splitlines()[0]


def person(gender: Gender, title: str = "") -> Customer:
    return Customer("Nordlight Café", "business", Contact("Kim", "Durand", title=title, gender=gender))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_greeting_without_a_known_gender_fits_everyone(language: str) -> None:
    for formality in ("formal", "informal", "none"):
        unknown = greeted(language, person("unknown"), formality=formality)
        woman, man = (greeted(language, person(gender), formality=formality) for gender in ("f", "m"))
        assert "Kim" in unknown
        if woman != man:
            assert unknown not in (man, woman)
    words = set(greeted(language, person("unknown"), formality="formal").lower().replace(",", "").split())
    assert not words & {"mr", "mr.", "monsieur", "sr.", "señor", "mnr.", "mnr", "herr", "sir", "m."}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_formal_house_greets_formally(language: str) -> None:
    def line(**changes: object) -> str:
        facts = replace(sample_facts("standard", "friendly", language), customer=person("f"))
        if "formality" in changes:
            facts = replace(facts, formality="formal")
        return compose("friendly", "email", facts, language, voice=changes.get("voice", "neutral")).text.splitlines()[0]  # type: ignore[arg-type]

    assert line(voice="formal") == line(formality="formal")
    assert "Durand" in line(voice="formal")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("formality", ["formal", "informal", "none"])
@pytest.mark.parametrize("gender", ["f", "m", "unknown"])
@pytest.mark.parametrize("title", ["", "Dr"])
def test_every_way_of_knowing_a_reader_gives_a_greeting(
    language: str, formality: Formality, gender: Gender, title: str
) -> None:
    contacts = [
        Contact("Kim", "Durand", title=title, gender=gender),
        Contact(full_name="Kim Durand", title=title, gender=gender),
        Contact(given_name="Kim", title=title, gender=gender),
        Contact(family_name="Durand", title=title, gender=gender),
        Contact(title=title, gender=gender),
        None,
    ]
    for kind in ("business", "consumer", "unknown"):
        for contact in contacts:
            line = greeted(language, Customer("Durand Kim", kind, contact), formality=formality)
            assert "  " not in line
            assert " ," not in line
            assert len(line) > 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_known_at_all_still_gets_a_greeting(language: str) -> None:
    assert len(greeted(language, Customer(""))) > 2


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zoë\r\nBcc: all@example.com", "Zoë Bcc: all@example.com"),
        ("<b>Anna</b>", "<b>Anna</b>"),
        ("{{ secret }}", "{{ secret }}"),
        ("Anna\u202eevil", "Annaevil"),
        ("A\u0000n\u200bna", "A nna"),
        ("None", "None"),
        ("مريم", "\u2068مريم\u2069"),
        ("王小明", "王小明"),
        ("x" * 500, "x" * 159 + "…"),
    ],
)
def test_hostile_and_foreign_names_stay_names(name: str, shown: str) -> None:
    facts = replace(
        sample_facts("standard", "friendly", "en"),
        customer=Customer("X", "business", Contact(given_name=name)),
    )
    words = compose("friendly", "email", facts, "en")
    assert words.text.splitlines()[0] == f"Hello {shown},"
    assert "<b>" not in words.html
    assert not [finding for finding in check_words(words, facts, "friendly", "email") if finding.blocking]


@pytest.mark.parametrize(
    ("given_name", "family_name", "shown"),
    [
        ("小明", "王", "王小明"),
        ("太郎", "山田", "山田太郎"),
        ("민준", "김", "김민준"),
        ("Xiaoming", "Wang", "Xiaoming"),
    ],
)
@pytest.mark.parametrize("gender", ["f", "m", "unknown"])
def test_eastern_names_are_given_whole_and_in_their_order(
    given_name: str, family_name: str, shown: str, gender: Gender
) -> None:
    customer = Customer("X", "business", Contact(given_name, family_name, gender=gender))
    assert greeted("en", customer) == f"Hello {shown},"
    if shown != given_name:
        assert greeted("en", customer, formality="formal") == f"Dear {shown},"


@given(st.text(min_size=1, max_size=60))
def test_any_name_gives_a_message_that_may_leave(name: str) -> None:
    facts = sample_facts("standard", "friendly", "en")
    customer = Customer(name, "business", Contact(given_name=name, family_name=name))
    facts = replace(facts, customer=customer, organization=replace(facts.organization, name=f"Studio {name}"))
    words = compose("friendly", "email", facts, "en")
    assert not [finding for finding in check_words(words, facts, "friendly", "email") if finding.blocking]
    assert words.text.splitlines()[1] == ""


@pytest.mark.parametrize(
    ("language", "woman", "man"),
    [
        ("en", "Dear Ms Durand,", "Dear Mr Durand,"),
        ("af", "Geagte me. Durand,", "Geagte mnr. Durand,"),
        ("fr", "Bonjour Madame Durand,", "Bonjour Monsieur Durand,"),
        ("es", "Estimada Sra. Durand:", "Estimado Sr. Durand:"),
        ("nb", "God dag, Kim Durand", "God dag, Kim Durand"),
        ("de", "Sehr geehrte Frau Durand,", "Sehr geehrter Herr Durand,"),
        ("nl", "Geachte mevrouw Durand,", "Geachte heer Durand,"),
        ("pt-PT", "Exma. Senhora Kim Durand,", "Exmo. Senhor Kim Durand,"),
        ("pt-BR", "Prezada Sra. Kim Durand,", "Prezado Sr. Kim Durand,"),
        ("it", "Gentile signora Durand,", "Gentile signor Durand,"),
        ("sv", "Bästa Kim Durand,", "Bästa Kim Durand,"),
        ("da", "Kære Kim Durand", "Kære Kim Durand"),
    ],
)
def test_a_courtesy_title_of_another_language_becomes_that_of_the_mail(language: str, woman: str, man: str) -> None:
    own = {"en": ("Mrs", "Ms", "Mr", "Mr."), "af": ("Mev.", "Mnr.")}.get(language, ())
    for titles, expected in (
        (("Mrs", "Ms", "Frau", "Mme", "Sra.", "Fru", "Mevr.", "Mev.", "Sig.ra"), woman),
        (("Mr", "Mr.", "Herr", "M.", "Sr.", "Dhr.", "Mnr.", "Sig."), man),
    ):
        for title in titles:
            line = greeted(language, person("unknown", title), formality="formal")
            assert line == expected or title in own, (title, line)


def test_a_woman_who_is_called_mrs_stays_mrs() -> None:
    assert greeted("en", person("unknown", "Mrs"), formality="formal") == "Dear Mrs Durand,"
    assert greeted("af", person("unknown", "Mev."), formality="formal") == "Geagte mev. Durand,"


def test_a_learned_title_stays_beside_a_courtesy_title() -> None:
    assert greeted("de", person("unknown", "Herr Dr."), formality="formal") == "Sehr geehrter Herr Dr. Durand,"
    assert greeted("fr", person("unknown", "Herr Dr."), formality="formal") == "Bonjour Docteur Durand,"
    assert greeted("es", person("unknown", "Dra."), formality="formal") == "Estimada Dra. Durand:"
    assert "Sr. Manager" in greeted("de", person("unknown", "Sr. Manager"), formality="formal")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("initial", ["J.", "J", "J.R.", "J. R.", "J.-P.", "Ø."])
def test_an_initial_is_no_first_name(language: str, initial: str) -> None:
    line = greeted(language, Customer("Nordlys", "business", Contact(initial, "Berg")))
    assert "Berg" in line, line
    assert "Berg" in greeted(language, Customer("Nordlys", "business", Contact(initial, "Berg", gender="f")))


@pytest.mark.parametrize("language", ["nb", "sv", "da"])
def test_nobody_is_made_a_married_woman(language: str) -> None:
    for formality in ("formal", "none"):
        for customer in (Customer("Nordlys", "business"), Customer("Berg", "consumer")):
            known = replace(customer, contact=Contact(family_name="Berg", gender="f"))
            line = greeted(language, known, formality=formality)
            assert "fru" not in line.casefold()
            assert line.count("Berg") == 1


def test_a_doctor_in_brazil_is_addressed_formally_when_it_is_not_known_whether_it_is_a_woman() -> None:
    facts = replace(
        sample_facts("standard", "friendly", "pt-BR"), customer=person("unknown", "Dr."), formality="formal"
    )
    words = compose("friendly", "email", facts, "pt-BR")
    assert words.text.startswith("Aos cuidados de Dr. Kim Durand,")
    assert "O senhor ou a senhora poderia" in words.text
    found = check_tone(words.text, language="pt-BR", stage="friendly", channel="email", subject=words.subject)
    assert [finding.code for finding in found.findings] == []
