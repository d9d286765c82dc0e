# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every rule finds the sentences it was written for, and what the rule file calls harmless is told nothing of it."""

from __future__ import annotations

import tracemalloc

import pytest

from purring.core.errors import Refused
from purring.language.tone import check_tone
from purring.language.tone.folding import prepare
from purring.language.tone.parts import parts
from purring.language.tone.report import CODES
from purring.language.tone.rulebook import Rule, languages, parse, rulebook
from purring.language.tone.texts import advice

HARMLESS_TOLD = 0.1
"""Share of the rule files' harmless examples, the hardest near misses there are, that may be told."""


def fits(rule: Rule, language: str, sentence: str) -> bool:
    own = parts(language)
    folded = prepare(sentence, (), own.short, ordinal_dots=own.ordinal_dots)
    return any(hit.rule is rule for seen in rulebook(language).evidence(folded) for hit in seen.hits)


@pytest.mark.parametrize("language", languages())
def test_every_rule_finds_its_bad_examples(language: str) -> None:
    missed = [
        f"{rule.code}.{rule.name}: {sentence}"
        for rule in rulebook(language).rules
        for sentence in rule.bad
        if not fits(rule, language, sentence)
    ]
    assert not missed
    assert all(rule.bad for rule in rulebook(language).rules)


@pytest.mark.parametrize("language", languages())
def test_no_pattern_is_passed_over_in_a_sentence_that_it_fits(language: str) -> None:
    own, book, fitting = parts(language), rulebook(language), 0
    for rule in book.rules:
        for sentence in (*rule.bad, *rule.good):
            folded = prepare(sentence, (), own.short, ordinal_dots=own.ordinal_dots)
            for start, end in folded.sentences:
                keys = folded.keys(book.sieve.keys, start, end)
                found = [pattern for pattern in rule.patterns if pattern.find(folded.seen, start, end)]
                assert all(pattern.may_fit(keys) for pattern in found), sentence
                fitting += len(found)
    assert fitting > 100


@pytest.mark.parametrize(
    ("denial", "said"), [("não", "É que não há ladrões."), ("jamás", "Jamás un ladrón."), ("ikke", "Ikke en tyv.")]
)
def test_a_denial_counts_with_its_accents_and_without(denial: str, said: str) -> None:
    book = parse("xx", f"= not: {denial}\n[insult.thief]\nladr*|tyv\n+ ladrón")
    for sentence, seen in ((said, 0), (said.replace(denial, "muy").replace(denial.title(), "Muy"), 1)):
        folded = prepare(sentence, (), frozenset(), ordinal_dots=False)
        assert len(book.evidence(folded)[0].hits) == seen


def test_the_keys_of_a_word_without_an_end_take_no_memory() -> None:
    book = rulebook("en")
    tracemalloc.start()
    assert not prepare("x" * 50_000, (), frozenset(), ordinal_dots=False).keys(book.sieve.keys)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2_000_000


@pytest.mark.parametrize("language", languages())
def test_harmless_examples_are_as_good_as_never_told(language: str) -> None:
    told, count = [], 0
    for rule in rulebook(language).rules:
        stage = "friendly" if "friendly" in rule.stages or not rule.stages else min(rule.stages)
        for sentence in rule.good:
            count += 1
            findings = check_tone(sentence, language=language, stage=stage).findings
            told += [f"{rule.code}: {sentence}" for one in findings if one.code == rule.code]
    assert len(told) <= max(1, count * HARMLESS_TOLD), told


@pytest.mark.parametrize("language", languages())
def test_every_code_has_a_reason_and_better_words_in_the_language(language: str) -> None:
    english = {advice("en", code) for code in CODES}
    for code in CODES:
        why, better = advice(language, code)
        assert why
        assert better
        assert language == "en" or (why, better) not in english


@pytest.mark.parametrize(
    "source",
    ["[nonsense]\nword", "[threat]\n{missing} word", "= name without colon", "[threat]\n.. .."],
)
def test_a_mistake_in_a_rule_file_is_told_with_its_line(source: str) -> None:
    with pytest.raises(Refused, match="line"):
        parse("en", source)
