# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is compiled gives what the names of features and words give, for every sentence of mails in every language; and so does the
guard where nothing can be compiled."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from purring.language.learned import model
from purring.language.tone import Report, check_tone, weigher
from purring.language.tone.by_name import ByName
from purring.language.tone.folding import MASK, NAME, Folded, fold
from purring.language.tone.form import form
from purring.language.tone.general import InGeneral
from purring.language.tone.judge import LIMITS, Judge
from purring.language.tone.kernel import Kernel
from purring.language.tone.signs import GOOD, MOMENTS, TASK, judged_rules
from purring.language.tone.weighed import Limits, Reading, Span, Weighed

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


def text_of(sentences: list[str]) -> Folded:
    """Sentences, masked, as a text."""
    ends = [*accumulate(len(one) + 1 for one in sentences)]
    spans = [(end - len(one) - 1, end) for one, end in zip(sentences, ends, strict=True)]
    masked = "".join(f"{one}\n" for one in sentences)
    return Folded(masked, masked, fold(masked), masked, spans, None)


def readers(language: str) -> tuple[Kernel, ByName]:
    tag = {"pt": "pt-PT"}.get(language, language)
    learned, book, of_text = model.load(TASK, language), judged_rules(tag), form(tag)
    compiled = weigher.weigher(learned, language, of_text, book.sieve, InGeneral(book))
    assert isinstance(compiled, Kernel), "there is no LuaJIT here"
    return compiled, ByName(learned, language, of_text)


def read(reader: Kernel | ByName, text: Folded, limits: Limits) -> Reading:
    (reading,) = reader.read([text], limits)
    return reading


def weighed_in(reading: Reading) -> dict[Span, Weighed]:
    return {span: doubt.weighed() for span, doubt in reading.doubted}


@pytest.fixture(scope="module", params=FILES, ids=[file.stem for file in FILES])
def both(request: pytest.FixtureRequest) -> tuple[Kernel, ByName, list[str]]:
    lines = [line for mail in mails_of(request.param) for line in mail["text"].splitlines()]
    return *readers(request.param.stem), [*lines, *ODD]


Both = tuple[Kernel, ByName, list[str]]


@pytest.mark.parametrize("limits", [Limits(), LIMITS], ids=["all", "doubted"])
def test_a_sentence_weighs_what_its_features_weigh(both: Both, limits: Limits) -> None:
    compiled, by_name, sentences = both
    text = text_of(sentences)
    found, wanted = (weighed_in(read(reader, text, limits)) for reader in (compiled, by_name))
    assert found.keys() == wanted.keys()
    for (start, end), weighed in found.items():
        assert weighed == wanted[start, end], text.masked[start:end]
    assert (len(found) == len(sentences)) == (limits == Limits())
    assert len(sentences) > 100
    assert len(wanted) > 10


def test_a_text_has_the_words_and_patterns_that_are_looked_up_by_their_names(both: Both) -> None:
    compiled, by_name, sentences = both
    some = 0
    for start in range(0, len(sentences), 12):
        text = text_of(sentences[start : start + 12])
        found, wanted = (read(reader, text, LIMITS) for reader in (compiled, by_name))
        assert found.words == wanted.words
        assert found.fitting == wanted.fitting
        some += len(found.fitting)
    assert some > 100


def test_a_doubted_sentence_has_the_words_of_rules_that_it_has_in_general(both: Both) -> None:
    compiled, by_name, sentences = both
    book = judged_rules({"pt": "pt-PT"}.get(by_name._language, by_name._language))
    text, general, fitting = text_of(sentences), InGeneral(book), 0
    for (start, end), doubt in read(compiled, text, Limits()).doubted:
        seen = fold(general.of(text.masked[start:end]))
        sifted = book.sieve.sift(book.sieve.keys.of(seen))
        assert doubt.sifted() == sifted, seen
        fitting += len(sifted.fitting)
    assert fitting > 100


def test_a_sentence_is_read_the_same_alone_among_others_and_again(both: Both) -> None:
    compiled, _, sentences = both
    together = weighed_in(read(compiled, text_of(sentences), LIMITS))
    assert weighed_in(read(compiled, text_of(sentences), LIMITS)) == together
    compiled.forget()
    assert weighed_in(read(compiled, text_of(sentences), LIMITS)) == together
    for span, sentence in zip(text_of(sentences).sentences, sentences, strict=True):
        alone = read(compiled, text_of([sentence]), LIMITS)
        assert [*weighed_in(alone).values()] == [together[span] for _ in range(span in together)]


def test_texts_are_read_the_same_together_as_alone(both: Both) -> None:
    compiled, by_name, sentences = both
    texts = [text_of(sentences[start : start + 7]) for start in range(0, len(sentences), 7)]
    texts[3:3] = [text_of([]), text_of([""]), text_of([])]
    for reader in (compiled, by_name):
        alone = [read(reader, text, LIMITS) for text in texts]
        for start in range(len(texts)):
            together = reader.read(texts[start : start + 3], LIMITS)
            assert [one._replace(doubted=[]) for one in together] == [
                one._replace(doubted=[]) for one in alone[start : start + 3]
            ]
            assert [*map(weighed_in, together)] == [*map(weighed_in, alone[start : start + 3])]
    assert sum(len(one.doubted) for one in alone) > 10


def test_codes_are_as_likely_as_the_referee_says(both: Both) -> None:
    compiled, by_name, sentences = both
    seen_by_rules: tuple[list[str], ...] = (
        [],
        ["@near"],
        ["@rule", "@rule threat", "@near threat", "@near insult", "@word threat", "@words threat"],
    )
    good = 0
    text = text_of(sentences)
    doubted = [[doubt for _, doubt in read(reader, text, Limits()).doubted] for reader in (compiled, by_name)]
    for place, both_ways in enumerate(zip(*doubted, strict=True)):
        faults = [doubt.fault() for doubt in both_ways]
        assert faults[0] == pytest.approx(faults[1], abs=1e-12)
        for stage in (None, *MOMENTS):
            seen = seen_by_rules[place % len(seen_by_rules)]
            found, wanted = (doubt.shares(seen, stage) for doubt in both_ways)
            if wanted is None:
                good += 1
                assert found is None
                continue
            assert found == pytest.approx(wanted, abs=1e-12)
            for most in (wanted[GOOD] * 0.99, wanted[GOOD] * 1.01):
                said = [doubt.shares(seen, stage, most) for doubt in both_ways]
                assert [one is None for one in said] == [most < wanted[GOOD]] * 2
    assert good


def test_a_word_of_many_concepts_is_read_the_same_both_ways(both: Both) -> None:
    compiled, by_name, _ = both
    text = text_of([" ".join("-".join(words) for words in (sorted(MANY), sorted(MANY, reverse=True)))])
    assert weighed_in(read(compiled, text, Limits())) == weighed_in(read(by_name, text, Limits()))


def test_letters_of_all_planes_are_read_the_same_both_ways() -> None:
    compiled, by_name = readers("en")
    odd = ["pay 😊 now, or 😊😊 else!", "\ud83d alone \ude0a", "𝓟𝓪𝔂 𝓷𝓸𝔀 " * 3, "x" * 39 + "😊", "a\u3000b\u2028c\x1cd"]
    for _ in range(2):
        text = text_of(odd)
        assert weighed_in(read(compiled, text, Limits())) == weighed_in(read(by_name, text, Limits()))


def test_letters_without_an_end_are_no_error() -> None:
    compiled, _ = readers("en")
    assert read(compiled, text_of(["deci" * 10_000 + " " + "x" * 15_000]), Limits()).doubted


def test_what_is_no_word_is_not_remembered() -> None:
    compiled, by_name = readers("en")
    text = text_of(["a, b", *(f"{'a,' * (350 + number)} {'b' * 690}{'c' * number}" for number in range(20))])
    read(compiled, text_of(["a, b"]), LIMITS)
    words, letters, _ = compiled.kept()
    assert weighed_in(read(compiled, text, Limits())) == weighed_in(read(by_name, text, Limits()))
    assert compiled.kept()[:2] == (words, letters)
    tracemalloc.start()
    for number in range(200):
        read(compiled, text_of(["a," * (350 + number) + " " + "b" * (600 + number)]), LIMITS)
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < 500_000


def test_sentences_are_remembered_until_they_are_forgotten_or_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("purring.language.tone.kernel._REMEMBERED_SENTENCES", 40)
    compiled, _ = readers("en")
    lines = [line for mail in mails_of(MAILS / "en.jsonl") for line in mail["text"].splitlines() if line.strip()]
    read(compiled, text_of([lines[0], lines[0], lines[1], lines[0]]), LIMITS)
    assert compiled.kept()[2] == 2
    read(compiled, text_of([lines[0]]), Limits(50, 50, 50))
    assert not read(compiled, text_of(["You are a liar."]), Limits(50, 50, 50)).doubted
    assert read(compiled, text_of(["You are a liar."]), LIMITS).doubted, "what was good enough once need not be so now"
    compiled.forget()
    assert compiled.kept()[2] == 0
    for line in lines:
        read(compiled, text_of([line]), LIMITS)
        assert compiled.kept()[2] <= 40


def test_what_is_interrupted_while_it_learns_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled, by_name = readers("en")
    lines = [line for mail in mails_of(MAILS / "en.jsonl") for line in mail["text"].splitlines()]
    texts = [text_of(lines[start : start + 4]) for start in range(0, 200, 4)]
    tell, told = compiled._chunks._tell, 0

    def interrupted(chunk: str, letters: bytes, numbers: dict[str, int]) -> None:
        nonlocal told
        told += 1
        if told % 37 == 0 or (len(chunk) > 40 and told % 2):
            raise KeyboardInterrupt
        tell(chunk, letters, numbers)

    monkeypatch.setattr(compiled._chunks, "_tell", interrupted)
    stopped = 0
    for place, text in enumerate(texts):
        said = [text.masked[start:end] for start, end in text.sentences]
        long = ["a-b" * 20 + str(place) * 41] if place % 3 == 0 else []
        try:
            read(compiled, text_of([*said, *long]), LIMITS)
        except KeyboardInterrupt:
            stopped += 1
    monkeypatch.undo()
    assert stopped > 5
    for text in texts:
        assert weighed_in(read(compiled, text, LIMITS)) == weighed_in(read(by_name, text, LIMITS))


def test_any_number_is_known_that_nobody_looks_for() -> None:
    compiled, by_name = readers("en")
    book = judged_rules("en")
    assert book.names_number("24")
    assert not book.names_number("2,041.50")
    first = read(compiled, text_of(["Pay £386.40 for 2041/7 (due 3.4.2031) within 24 hours."]), Limits())
    known = compiled.kept()[:2]
    text = text_of(["Pay £1250.99 for 99/123 (due 13.11.1999) within 24 hours."])
    other = read(compiled, text, Limits())
    assert compiled.kept()[:2] == known
    assert weighed_in(other) == weighed_in(read(by_name, text, Limits()))
    assert [*weighed_in(first).values()] == [*weighed_in(other).values()]
    ((_, doubt),), ((_, later),) = other.doubted, read(compiled, text_of(["Pay it within 36 hours."]), Limits()).doubted
    assert doubt.sifted() != later.sifted()


def test_words_that_are_made_to_meet_in_one_place_are_found_as_quickly_as_others() -> None:
    compiled, _ = readers("en")

    def seconds(texts: list[Folded]) -> float:
        began = time.process_time()
        for text in texts:
            read(compiled, text, LIMITS)
        return time.process_time() - began

    meeting = ["".join("Aa" if number >> bit & 1 else "BB" for bit in range(14)) for number in range(12_000)]
    others = ["".join("Ca" if number >> bit & 1 else "xD" for bit in range(14)) for number in range(12_000)]
    spent = [
        seconds(
            [
                text_of([" ".join(words[start : start + 50]) for start in range(at, at + 1_000, 50)])
                for at in range(0, 12_000, 1_000)
            ]
        )
        for words in (others, meeting)
    ]
    assert spent[1] < 6 * spent[0] + 1


def test_a_link_and_a_name_are_known_however_long_they_are() -> None:
    compiled, _ = readers("en")
    known_words = weighed_in(read(compiled, text_of([f"Pay {MASK * 7}, {NAME * 5}!"]), Limits()))
    known = compiled._chunks._chunks
    other = weighed_in(read(compiled, text_of([f"Pay {MASK * 700}, {NAME * 19}!"]), Limits()))
    assert [*other.values()] == [*known_words.values()]
    assert compiled._chunks._chunks == known


def test_when_too_many_words_are_known_it_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled, by_name = readers("en")
    monkeypatch.setattr("purring.language.tone.kernel._REMEMBERED", 50)
    lines = [line for mail in mails_of(MAILS / "en.jsonl") for line in mail["text"].splitlines()]
    for start in range(0, 300, 3):
        text = text_of(lines[start : start + 3])
        assert weighed_in(read(compiled, text, LIMITS)) == weighed_in(read(by_name, text, LIMITS))
    assert compiled._chunks._chunks < 200


def test_texts_are_read_beside_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled, by_name = readers("en")
    told_of = compiled._chunks._words.told_of

    def slowly(raw: str) -> tuple[bytes, bytes, bytes]:
        time.sleep(0.0002)  # so that another one comes between
        return told_of(raw)

    monkeypatch.setattr(compiled._chunks._words, "told_of", slowly)
    monkeypatch.setattr("purring.language.tone.kernel._REMEMBERED", 300)
    lines = [line for mail in mails_of(MAILS / "en.jsonl") for line in mail["text"].splitlines()]
    texts = [text_of(lines[start : start + 5]) for start in range(0, 300, 5)]
    wanted = [weighed_in(read(by_name, text, LIMITS)) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        found = [*pool.map(lambda text: weighed_in(read(compiled, text, LIMITS)), texts * 3)]
    assert found == wanted * 3


def test_without_a_compiler_the_guard_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    mails = mails_of(MAILS / "en.jsonl")

    def told() -> list[Report]:
        return [
            check_tone(mail["text"], language="en", stage=mail["stage"], channel=mail["channel"], facts=mail["facts"])
            for mail in mails
        ]

    compiled = told()
    monkeypatch.setattr(weigher, "_runtime", lambda: None)
    plain = Judge(model.load(TASK, "en"), judged_rules("en"), "en", form("en"))
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
