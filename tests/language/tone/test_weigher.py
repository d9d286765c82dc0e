# SPDX-License-Identifier: AGPL-3.0-or-later
"""Adding up without names gives what the names give, for every sentence of mails in every language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from purring.language.learned import model
from purring.language.learned.classes import classes
from purring.language.tone.concepts import lexicon
from purring.language.tone.signs import SIGNS, TASK, asks, of_meanings, of_order, of_word, tokens_of
from purring.language.tone.weigher import Weigher

MAILS = Path(__file__).resolve().parents[3] / "corpora" / "outgoing" / "train"
SENTENCES = 400


@pytest.mark.parametrize("file", sorted(MAILS.glob("*.jsonl")), ids=lambda file: file.stem)
def test_a_sentence_weighs_what_its_features_weigh(file: Path) -> None:
    language = file.stem
    learned, known, meanings = model.load(TASK, language), lexicon(language), classes(language)
    weigher = Weigher(learned, language)
    texts = [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
    sentences = [line for text in texts for line in text.splitlines() if line.strip()][:SENTENCES]
    assert len(sentences) > 100
    for sentence in sentences:
        tokens = tokens_of(sentence, language)
        row = [known.of_word(token) for token in tokens]
        order = of_order(tokens, row, known, learned.denials)
        signs = [token if token in SIGNS else meanings.get(token) for token in tokens]
        names = [
            name
            for token, about in zip(tokens, row, strict=True)
            for name in of_word(token, about, meanings.get(token))
        ]
        weighed = weigher.weigh(sentence.split())
        assert weighed.total == learned.sum_of([*names, *order, *of_meanings(signs, asks=asks(tokens))]), sentence
        assert weighed.length == len(tokens)
        about = {f"={one}" for concepts in row for one in concepts}
        assert weighed.about == about | {name for name in order if name[0] == "=" and not {"+", ">"} & set(name)}
