# SPDX-License-Identifier: Apache-2.0
"""Which form of greeting fits: by title, gender, formality and closeness, or by none of these.

Nothing is guessed: a first name is not cut out of a full name, a gender is not read from a name, and without
a gender the greeting is one that fits everybody. A bare family name never stands alone ("Dear Berg"): with a gender it
is a Mr or Ms, without one the situations `full` and `surname` both hold. The words of each form stand in the language's
``greetings.txt``. Names written in Chinese, Japanese or Korean letters are given whole, family name first and
without a space, as CLDR's person-name data has it for zh, ja and ko (surnameFirst, nativeSpaceReplacement ""); what
order a name in other letters has cannot be seen from it and stays as it was given. "Mrs", "Frau" or "Sr." in the place
of a title says how to address somebody in its own language; in a mail of another it becomes what that one says. Initials
are no first name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from purring.language.facts import Contact, Gender, MessageFacts
from purring.language.safe_text import clean

Style = Literal["given", "surname"]
_SURNAME_FIRST = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_COURTESY: Mapping[str, tuple[str, str]] = {  # language -> said of women, of men
    "af": ("mev mevrou mej mejuffrou", "mnr meneer"),
    "da": ("fru frk frøken", "hr herr"),
    "de": ("frau fräulein", "herr herrn hr"),
    "en": ("mrs ms miss madam", "mr mister"),
    "es": ("sra señora srta señorita doña dña", "sr señor don"),
    "fr": ("mme madame mlle mademoiselle", "m monsieur"),
    "it": ("signora sig.ra signorina sig.na", "signor signore sig"),
    "nb": ("fru frk frøken", "hr herr"),
    "nl": ("mevrouw mevr mw mej", "meneer dhr heer"),
    "pt": ("sra senhora srta dona exma exmª", "sr senhor exmo"),
    "sv": ("fru frk fröken", "hr herr"),
}
_NEUTRAL_COURTESY = frozenset({"mx", "mr/ms", "mr/mrs", "m/mme", "sr/sra", "herr/frau", "frau/herr"})
_WOMENS_TITLES = frozenset(
    [
        "dra",
        "doctora",
        "doutora",
        "profa",
        "profª",
        "profesora",
        "professora",
        "dott.ssa",
        "dr.ssa",
        "dottoressa",
        "prof.ssa",
        "professoressa",
    ]
)
"""Titles that a woman alone has: what is said with them is no guess."""
_LEARNED = ("adv", "arch", "arq", "avv", "dipl", "doc", "dott", "dr", "ds", "eng", "ing", "lic", "mag", "prof", "univ")
"""How titles begin that stand beside "Herr" or "Sra."; beside anything else the word may be no courtesy ("Sr. Manager")."""
_SEVERAL_FOR_WOMEN = frozenset({"en", "af"})
"""Languages in which a woman chooses between several (Mrs, Ms, Miss); the others have one word, or none, of their own."""
_INITIALS = re.compile(r"(?:[^\W\d_]\.[ -]?)+[^\W\d_]?|[A-ZÀ-Þ]")
Form = Literal["given", "surname", "titled", "full", "company", "nobody"]


@dataclass(frozen=True, slots=True)
class Address:
    """How the reader is addressed. `shown` is the name that the greeting must contain ("" when none)."""

    form: Form
    situations: frozenset[str]
    given: str
    family: str
    full: str
    title: str
    company: str
    shown: str

    @property
    def to_person(self) -> bool:
        """Whether one known person is greeted, not a company or nobody in particular."""
        return self.form not in ("company", "nobody")


def address(facts: MessageFacts, style: Style, language: str = "", *, formal: bool) -> Address:
    """The greeting's form in a language. `style` is the language's habit where neither the customer nor, with `formal`,
    the house has a wish."""
    customer = facts.customer
    contact = customer.contact
    if contact is None or not (contact.given_name or contact.family_name or contact.full_name):
        contact = Contact(full_name=customer.name) if customer.kind == "consumer" else None
    company = clean(customer.name)
    if contact is None:
        unnamed: Form = "company" if company else "nobody"
        return Address(unnamed, frozenset({unnamed}), "", "", "", "", company, company)
    given, family = clean(contact.given_name), clean(contact.family_name)
    title, gender = _titled(clean(contact.title, 40), contact.gender, language.partition("-")[0])
    named = clean(customer.name)
    if not given and not contact.full_name and customer.kind == "consumer" and family in named.split():
        contact = replace(contact, full_name=customer.name)  # a person who owes has their whole name there
    eastern = bool(_SURNAME_FIRST.fullmatch(given) and _SURNAME_FIRST.fullmatch(family))
    whole = family + given if eastern else " ".join(part for part in (given, family) if part)
    full = clean(contact.full_name) or whole
    if formal:
        style = "surname"
    elif facts.formality == "informal" or facts.closeness == "personal":
        style = "given"
    form: Form = "full"
    shown = full
    if not eastern:
        form, shown = _form(style, given, family, full, title, gender)
    situations: set[str] = {form}
    if form == "full" and shown == family:
        situations.add("surname")
    if gender != "unknown":
        situations.add("woman" if gender == "f" else "man")
    return Address(form, frozenset(situations), given, family, full, title, company, shown)


def _titled(title: str, gender: Gender, language: str) -> tuple[str, Gender]:
    """The title as it can stand in the language, and the gender with what the title says of it."""
    words = [word.casefold().rstrip(".,").replace("./", "/") for word in title.split()]
    if any(_courtesy(word, "") is None and not word.startswith(_LEARNED) for word in words):
        return title, gender
    kept: list[str] = []
    told: set[Gender] = set()
    for word, bare in zip(title.split(), words, strict=True):
        said = _courtesy(bare, language)
        if said is None:
            kept.append(word.lower() if language == "af" and _at_home(bare, "af") else word)
            told |= {"f"} if bare in _WOMENS_TITLES else set()
        else:
            told.add(said)
    if gender == "unknown" and len(told) == 1:
        gender = told.pop()
    return " ".join(kept), gender


def _at_home(word: str, language: str) -> bool:
    return any(word in words.split() for words in _COURTESY[language])


def _courtesy(word: str, language: str) -> Gender | None:
    """Of whom a word is said in another language than that of the mail; None: it is none of these, or at home here."""
    if word in _NEUTRAL_COURTESY and (word, language) != ("mx", "en"):
        return "unknown"
    if language in _SEVERAL_FOR_WOMEN and _at_home(word, language):
        return None
    for women, men in _COURTESY.values():
        if word in women.split() or word in men.split():
            return "f" if word in women.split() else "m"
    return None


def _form(style: Style, given: str, family: str, full: str, title: str, gender: str) -> tuple[Form, str]:
    initials = bool(family and _INITIALS.fullmatch(given))
    if style == "given" and given and not initials:
        return "given", given
    if family and title:
        return "titled", family
    if family and gender != "unknown" and (style == "surname" or full == family or initials):
        return "surname", family
    return "full", full
