# SPDX-License-Identifier: Apache-2.0
"""What the learned model of the tone guard looks at in a sentence: its words, their order, what they are about, and what
the rules see.

Training and judging share this, so the models are to be made anew when it changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, pairwise

from purring.language.learned import features
from purring.language.learned.words import NUMBER, plain
from purring.language.tone.concepts import Lexicon, Row
from purring.language.tone.folding import BLANKED
from purring.language.tone.rulebook import Evidence, Rulebook, rulebook

TASK = "tone"
GOOD = "good"
LABELS: tuple[str, ...] = (
    *(GOOD, "threat", "legal_bluff", "blame", "insult", "sarcasm", "shaming", "guilt", "false_urgency", "command"),
    *("presumption", "condescension", "robotic", "overfamiliar", "too_firm", "too_apologetic", "vague"),
    *("discrimination", "privacy", "jargon"),
)
"""What a sentence may be: one of these."""

UNKIND, OVERALL = "unkind", "overall"
"""The last lanes of a model: whether a sentence could be any of the codes, from its words alone, and from all that is looked at."""

TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,:/'-]\d+)*\w*|[,;:()?!]|\.{2,}|…|[" + BLANKED + "]+|[€$£%&]")
_NAME, _MONEY, _PAUSE = "@", "$", "..."
MOMENTS = {
    **dict.fromkeys(("request", "terms_note", "check_in", "courtesy", "due_today", "friendly"), "early"),
    **dict.fromkeys(("firm", "final"), "late"),
    **dict.fromkeys(("thank_you", "reply"), "answer"),
}
TIMELY = {
    "early": frozenset({"too_firm"}),
    "late": frozenset({"too_firm", "threat", "legal_bluff"}),
    "answer": frozenset({"too_apologetic"}),
}
"""When a message comes, and the codes of which that changes how a sentence reads: a consequence is too much in a first note and
has its place in a last one, an apology in an answer. Of the other codes it says nothing: authors only plant fewer early."""
SIGNS = frozenset((NUMBER, _NAME, _MONEY, "?", "!", ","))
"""Tokens that are their own class."""
ASKED = "??"
NEAR = 3
"""Tokens between which two concepts stand beside each other."""
SHORT = 8
"""Tokens below which a sentence is a short one."""
_ODDS = (*(f"odds {code}" for code in LABELS[1:]), UNKIND, OVERALL)
_FAR = 6.0
"""Log-odds beyond which a model's word is as sure as any."""


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
    if first in BLANKED:
        return _NAME
    if first in "€$£":
        return _MONEY
    return _PAUSE if first in ".…" else raw


def asks(tokens: Sequence[str]) -> bool:
    """Whether a sentence is a question."""
    return "?" in tokens[-2:]


def of_evidence(evidence: Evidence) -> list[str]:
    """Features of what the rules see; they are called the same in every language, so that languages teach each other."""
    found: list[str] = []
    if evidence.hits:
        found += ["@rule", *sorted({f"@rule {hit.rule.code}" for hit in evidence.hits})]
    found += [f"@near {code}" for code in sorted(evidence.near)] or ["@near"]
    for code, count in evidence.words.items():
        found.append(f"@word {code}")
        if count > 1:
            found.append(f"@words {code}")
    return found


def for_referee(logits: Sequence[float], length: int) -> dict[str, float]:
    """What the referee looks at in a sentence besides what it is about and what rules see; called the same in every language.

    logits: those of `LABELS`, `UNKIND` and `OVERALL`; length: in tokens.
    """
    good, *others, unkind, overall = logits
    found = {
        name: (-_FAR if odds < -_FAR else _FAR if odds > _FAR else odds) / 3
        for name, odds in zip(_ODDS, [*[logit - good for logit in others], unkind, overall], strict=True)
    }
    found["length"] = length / 20
    return found


def in_time(features: Mapping[str, float], stage: str | None) -> dict[str, float]:
    """What the time of a message adds to `for_referee`; nothing when the stage is not known or changes nothing."""
    moment = MOMENTS.get(stage or "", "")
    return {f"{moment} {code}": features[f"odds {code}"] for code in TIMELY.get(moment, ())}


def of_word(token: str, concepts: Sequence[str], meaning: str | None) -> Iterator[str]:
    """A token, its parts, what it is about, and the class of words of like meaning (`learned.classes`) that it belongs to."""
    yield from features.of_word(token)
    yield from beside_parts(concepts, meaning)


def beside_parts(concepts: Sequence[str], meaning: str | None) -> list[str]:
    """What `of_word` says besides of a token and its parts."""
    found = [f"={concept}" for concept in concepts]
    if meaning is not None:
        found.append(f"%{meaning}")
    return found


def of_meanings(meanings: Sequence[str | None], *, asks: bool) -> list[str]:
    """The classes of neighbouring words, of words one apart, and of those in a question; words without a class left out.
    meanings: of each token its class, or itself when it is one of `SIGNS`."""
    known = [one for one in meanings if one is not None]
    found = [f"%{first} {second}" for first, second in pairwise(known)]
    found += [f"%{first} _ {second}" for first, second in zip(known, known[2:], strict=False)]
    if asks:
        found += [f"%{ASKED} {one}" for one in known]
    return found


def of_order(tokens: list[str], row: Row, lexicon: Lexicon, denials: frozenset[str]) -> list[str]:
    """What the order of the tokens says, and what they are about together. row: the concepts of each token. The latter is
    called the same in every language."""
    found = features.of_order(tokens, denials)
    whole = lexicon.with_rows(tokens, row)
    if whole is not row:
        found += [f"={concept}" for both, own in zip(whole, row, strict=True) for concept in both[len(own) :]]
    places = [(place, concept) for place, concepts in enumerate(whole) for concept in concepts]
    if not places:
        return found
    about = {concept for _, concept in places}
    denied = not denials.isdisjoint(tokens)
    marks = marks_of(tokens, about, denied=denied)
    found += [f"={mark}" for mark in marks]
    found += [f"={one}+{other}" for one, other in combinations([*sorted(about), *marks], 2)]
    for at, (place, concept) in enumerate(places):
        for later, other in places[at + 1 :]:
            if later - place > NEAR:
                break
            if later > place:
                found.append(f"={concept}>{other}")
    found.append(f"=^{places[0][1]}")
    if denied:
        for place, token in enumerate(tokens):
            if token in denials:
                found += [f"=!{concept}" for some in whole[max(0, place - NEAR) : place + NEAR + 1] for concept in some]
    return found


def marks_of(tokens: list[str], about: set[str], *, denied: bool) -> list[str]:
    """What else concepts are paired with."""
    found = ["?"] if asks(tokens) else []
    found += [mark for mark in ("!", NUMBER) if mark in tokens]
    if len(tokens) < SHORT:
        found.append("SHORT")
    if denied:
        found.append("NOT")
    if "you" not in about:
        found.append("NOT YOU")
    return found
