# SPDX-License-Identifier: Apache-2.0
"""What the learned model of the tone guard looks at in a sentence: its words, their order and what the rules see.

Training and judging share this, so the models are to be made anew when it changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from purring.language.learned import features
from purring.language.learned.words import NUMBER, plain
from purring.language.tone.folding import MASK
from purring.language.tone.rulebook import Evidence, Rulebook, rulebook

TASK = "tone"
GOOD = "good"
LABELS: tuple[str, ...] = (
    *(GOOD, "threat", "legal_bluff", "blame", "insult", "sarcasm", "shaming", "guilt", "false_urgency", "command"),
    *("presumption", "condescension", "robotic", "overfamiliar", "too_firm", "too_apologetic", "vague"),
    *("discrimination", "privacy", "jargon"),
)
"""What a sentence may be: one of these."""

TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,:/'-]\d+)*\w*|[,;:()?!]|\.{2,}|…|" + MASK + "+|[€$£%&]")
_NAME, _MONEY, _PAUSE = "@", "$", "..."


@lru_cache(16)
def judged_rules(language: str) -> Rulebook:
    """The rules of a language that a judge weighs."""
    return rulebook(language).part(frozenset(LABELS))


def tokens_of(sentence: str, language: str) -> list[str]:
    """The tokens of a masked sentence. language: a base tag."""
    return [token_of(raw, language) for raw in TOKEN.findall(sentence)]


def token_of(raw: str, language: str) -> str:
    """A folded word, `#` for a number, `@` for a blanked name or quotation, `$` for a sign of money, else the mark."""
    first = raw[0]
    if first.isalpha():
        return plain(raw, language)
    if first.isdigit():
        return NUMBER
    if first == MASK:
        return _NAME
    if first in "€$£":
        return _MONEY
    return _PAUSE if first in ".…" else raw


def of_evidence(evidence: Evidence) -> Iterator[str]:
    """Features of what the rules see; they are called the same in every language, so that languages teach each other."""
    if evidence.hits:
        yield "@rule"
        yield from sorted({f"@rule {hit.rule.code}" for hit in evidence.hits})
    if evidence.near:
        yield from (f"@near {code}" for code in sorted(evidence.near))
    else:
        yield "@near"
    for code, count in evidence.words.items():
        yield f"@word {code}"
        if count > 1:
            yield f"@words {code}"


def features_of(tokens: Sequence[str], evidence: Evidence, denials: frozenset[str]) -> Iterator[str]:
    """All features of a sentence, a part of a word as often as it stands there. For the training."""
    for token in tokens:
        yield from features.of_word(token)
    yield from features.of_order(tokens, denials)
    yield from of_evidence(evidence)
