# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sentences of the law data that a page may show stand in fields of their own, apart from citations and local names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from purring.law.book import book, countries, sources
from purring.law.model import Basis
from purring.law.words import words

ENGLISH = re.compile(r"\b(?:the|not|no|only|custom|contract|law|general knowledge|collected|of the house)\b")
"""Words that stand in sentences of ours and in no citation."""


def bases(value: Any) -> Iterator[Basis]:
    if isinstance(value, Basis):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from bases(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from bases(getattr(value, field.name))


def every_basis() -> list[Basis]:
    return [basis for code in countries() for basis in bases(book().country(code))]


def test_a_rule_is_a_citation_and_what_is_said_of_it_stands_beside_it() -> None:
    found = every_basis()
    assert len(found) > 300
    assert sorted({basis.rule for basis in found if ENGLISH.search(basis.rule)}) == []
    assert all(basis.named for basis in found)


@pytest.mark.parametrize(
    ("rule", "said", "named"),
    [
        ("inkassoloven § 17", "", "inkassoloven § 17"),
        ("mora ex persona", "common law", "mora ex persona (common law)"),
        ("", "custom", "custom"),
    ],
)
def test_both_are_named_together(rule: str, said: str, named: str) -> None:
    some = every_basis()[0]
    assert Basis(rule, some.sources, some.confidence, some.valid_from, words=said).named == named


def test_a_source_has_a_name_and_what_was_found_there() -> None:
    for one in sources().values():
        assert one.named, one.key
        assert not ENGLISH.search(one.title), one.key


def test_every_kind_of_sentence_is_among_the_words() -> None:
    told = {text for _, text in words()}
    assert {basis.words for basis in every_basis() if basis.words} <= told
    assert {one.about for one in sources().values() if one.about} <= told
    for code in countries():
        law = book().country(code)
        assert {law.early_payment.custom, law.early_payment.tax} <= told
        for kind in filter(None, (law.business, law.consumer, law.registered_small_business)):
            said = [kind.interest.why_not, kind.compensation.why_not, kind.fees.why_not]
            said += [kind.contact.note, kind.limitation.note, *(notice.form for notice in kind.notices)]
            said += [content.what for notice in kind.notices for content in notice.contents]
            said += [content.what for letter in kind.letters for content in letter.contents]
            assert set(filter(None, said)) <= told, kind.id


def test_each_reads_as_a_sentence_and_not_as_a_note_to_ourselves() -> None:
    for _, text in words():
        assert not re.search(r"->|\bmemory\b|\bsourced\b|^[A-Z]{2}\b.*\d$|\s$|\.$", text), text
