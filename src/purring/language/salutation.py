# SPDX-License-Identifier: Apache-2.0
"""Which form of greeting fits: by title, gender, formality and closeness, or by none of these.

Nothing is guessed: a first name is not cut out of a full name, a gender is not read from a name, and without
a gender the greeting is one that fits everybody. A bare family name never stands alone ("Dear Berg"): with a gender it
is a Mr or Ms, without one the situations `full` and `surname` both hold. The words of each form stand in the language's
``greetings.txt``. Names written in Chinese, Japanese or Korean letters are given whole, family name first and
without a space, as CLDR's person-name data has it for zh, ja and ko (surnameFirst, nativeSpaceReplacement ""); what
order a name in other letters has cannot be seen from it and stays as it was given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from purring.language.facts import Contact, MessageFacts
from purring.language.safe_text import clean

Style = Literal["given", "surname"]
_SURNAME_FIRST = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
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


def address(facts: MessageFacts, style: Style, *, formal: bool) -> Address:
    """The greeting's form. `style` is the language's habit where neither the customer nor, with `formal`, the
    house has a wish."""
    customer = facts.customer
    contact = customer.contact
    if contact is None or not (contact.given_name or contact.family_name or contact.full_name):
        contact = Contact(full_name=customer.name) if customer.kind == "consumer" else None
    company = clean(customer.name)
    if contact is None:
        unnamed: Form = "company" if company else "nobody"
        return Address(unnamed, frozenset({unnamed}), "", "", "", "", company, company)
    given, family, title = clean(contact.given_name), clean(contact.family_name), clean(contact.title, 40)
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
        form, shown = _form(style, given, family, full, title, contact.gender)
    situations: set[str] = {form}
    if form == "full" and shown == family:
        situations.add("surname")
    if contact.gender != "unknown":
        situations.add("woman" if contact.gender == "f" else "man")
    return Address(form, frozenset(situations), given, family, full, title, company, shown)


def _form(style: Style, given: str, family: str, full: str, title: str, gender: str) -> tuple[Form, str]:
    if style == "given" and given:
        return "given", given
    if family and title:
        return "titled", family
    if family and gender != "unknown" and (style == "surname" or full == family):
        return "surname", family
    return "full", full
