# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is compiled gives what the names of features give, for every sentence of mails in every language; and so does the guard
where nothing can be compiled."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from purring.language.learned import model
from purring.language.tone import Report, check_tone, weigher
from purring.language.tone.by_name import ByName
from purring.language.tone.judge import LIMITS, Judge
from purring.language.tone.kernel import Kernel
from purring.language.tone.signs import MOMENTS, TASK, judged_rules
from purring.language.tone.weighed import Limits

MAILS = Path(__file__).resolve().parents[3] / "corpora" / "outgoing" / "train"
FILES = sorted(MAILS.glob("*.jsonl"))
ODD = [
    "",
    "?",
    "!",
    ",",
    "...",
    "100 %",
    "€ 5 , ?",
    "not",
    "! not ? not",
    "a" * 700,
    "pay-court-" * 60,
    "no no no no no",
    "^ _ % = @ #",
]
MANY = (
    *(
        "lawyer",
        "court",
        "family",
        "police",
        "public",
        "thief",
        "kiss",
        "debtor",
        "shame",
        "anwalt",
        "gericht",
        "polizei",
        "avocat",
    ),
    *(
        "tribunal",
        "famille",
        "vergogna",
        "abogado",
        "juzgado",
        "familia",
        "advocaat",
        "rechter",
        "advokat",
        "inkasso",
        "skam",
    ),
)
HARDENED = """
import ctypes
allowed = ctypes.CDLL(None).prctl(65, 1, 0, 0, 0)  # PR_SET_MDWE
from purring.language.tone import check_tone
for number in range(200):
    report = check_tone(f"We know where you live, {number}. Pay today or else. The invoice {number} is due.", language="en")
print(allowed, "threat" in {one.code for one in report.findings})
"""


def mails_of(file: Path) -> list[dict[str, Any]]:
    return [*map(json.loads, file.read_text(encoding="utf-8").splitlines())]


def sentences_of(file: Path) -> list[list[str]]:
    lines = [line for mail in mails_of(file) for line in mail["text"].splitlines()]
    return [line.split() for line in (*lines, *ODD)]


@pytest.fixture(scope="module", params=FILES, ids=[file.stem for file in FILES])
def both(request: pytest.FixtureRequest) -> tuple[Kernel, ByName, list[list[str]]]:
    language = request.param.stem
    learned = model.load(TASK, language)
    compiled = weigher.weigher(learned, language)
    assert isinstance(compiled, Kernel), "there is no LuaJIT here"
    return compiled, ByName(learned, language), sentences_of(request.param)


Both = tuple[Kernel, ByName, list[list[str]]]


@pytest.mark.parametrize("limits", [Limits(), LIMITS], ids=["all", "doubted"])
def test_a_sentence_weighs_what_its_features_weigh(both: Both, limits: Limits) -> None:
    compiled, by_name, sentences = both
    found, wanted = compiled.doubted(sentences, limits), by_name.doubted(sentences, limits)
    assert len(found) == len(sentences) > 100
    for sentence, one, other in zip(sentences, found, wanted, strict=True):
        assert one == other, " ".join(sentence)
    assert any(found)
    assert all(found) == (limits == Limits())


def test_a_sentence_weighs_the_same_alone_and_among_others(both: Both) -> None:
    compiled, _, sentences = both
    for one, other in zip(compiled.doubted(sentences, Limits()), sentences, strict=True):
        assert compiled.doubted([other], Limits()) == [one]


def test_codes_are_as_likely_as_the_referee_says(both: Both) -> None:
    compiled, by_name, sentences = both
    seen_by_rules: tuple[list[str], ...] = (
        [],
        ["@near"],
        ["@rule", "@rule threat", "@near threat", "@near insult", "@word threat", "@words threat"],
    )
    good = 0
    for place, weighed in enumerate(compiled.doubted(sentences, Limits())):
        assert weighed is not None
        for stage in (None, *MOMENTS):
            seen = seen_by_rules[place % len(seen_by_rules)]
            found, wanted = compiled.shares(weighed, seen, stage), by_name.shares(weighed, seen, stage)
            if wanted is None:
                good += 1
                assert found is None
            else:
                assert found == pytest.approx(wanted, abs=1e-12)
    assert good


def test_a_word_of_many_concepts_is_read_the_same_both_ways(both: Both) -> None:
    compiled, by_name, _ = both
    words = ["-".join(words) for words in (sorted(MANY), sorted(MANY, reverse=True))]
    assert compiled.doubted([words], Limits()) == by_name.doubted([words], Limits())


def test_letters_without_an_end_are_no_error() -> None:
    compiled = weigher.weigher(model.load(TASK, "en"), "en")
    assert isinstance(compiled, Kernel)
    assert compiled.doubted([["deci" * 10_000, "x" * 50_000]], Limits()) != [None]


def test_what_is_no_word_is_not_remembered() -> None:
    compiled = weigher.weigher(model.load(TASK, "en"), "en")
    tracemalloc.start()
    for number in range(200):
        compiled.doubted([[f"{number}," + "a," * 350, "b" * 690 + str(number)]], Limits())
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < 500_000


def test_without_a_compiler_the_guard_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    mails = mails_of(MAILS / "en.jsonl")

    def told() -> list[Report]:
        return [
            check_tone(mail["text"], language="en", stage=mail["stage"], channel=mail["channel"], facts=mail["facts"])
            for mail in mails
        ]

    compiled = told()
    monkeypatch.setattr(weigher, "_runtime", lambda: None)
    plain = Judge(model.load(TASK, "en"), judged_rules("en"), "en")
    assert isinstance(plain._weigher, ByName)
    monkeypatch.setattr("purring.language.tone.guard.judge_of", lambda tag: plain)
    assert told() == compiled


@pytest.mark.skipif(sys.platform != "linux", reason="a way of Linux to keep a process from making code")
def test_a_service_that_may_not_make_code_is_not_ended_by_it() -> None:
    found = subprocess.run([sys.executable, "-c", HARDENED], capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stderr
    allowed, told = found.stdout.split()
    if allowed != "0":
        pytest.skip("this kernel knows no such protection")
    assert told == "True"
