# SPDX-License-Identifier: Apache-2.0
"""Whether a day is spoken of as past or to come: "I paid on Friday" is another Friday than "I will pay on Friday".

Only the words around the day decide, within its sentence; the nearest before it counts most. A past participle beside
a word of the future belongs to the future ("will be paid on Friday", "wird am Freitag bezahlt"); one beyond a comma
is another clause's.
"""

from __future__ import annotations

from typing import Literal

from purring.language.when.scan import BREAK, Scan
from purring.language.when.vocabulary import Vocabulary

Tense = Literal["past", "future"] | None

_STOPS = frozenset(".!?;:()" + "\ufffc") | {BREAK}
_REACH = 12
_COMMA = 4


def tense_at(scan: Scan, start: int, after: int, vocabulary: Vocabulary) -> Tense:
    """The tense in which the tokens from `start` to `after` are mentioned; None where nothing says."""
    before = _nearest(scan, range(start - 1, max(-1, start - 1 - _REACH), -1), vocabulary)
    behind = _nearest(scan, range(after, min(len(scan), after + _REACH)), vocabulary)
    if not before or (behind and behind[1] + 2 < before[1]):
        return behind[0] if behind else None
    return before[0]


def done_by(scan: Scan, start: int, after: int, vocabulary: Vocabulary) -> bool:
    """Whether a sentence says how things will stand by a day, not what was done: "it's paid by Friday", "bis Freitag ist das
    überwiesen"."""
    for places in (range(start - 1, max(-1, start - 1 - _REACH), -1), range(after, min(len(scan), after + _REACH))):
        for place in places:
            if scan.words[place] in _STOPS:
                break
            if _spelling(scan, place) in vocabulary.state:
                return True
    return False


def _spelling(scan: Scan, place: int) -> str:
    return scan.text[scan.starts[place] : scan.ends[place]].lower()


def _of_the_past(scan: Scan, place: int, vocabulary: Vocabulary) -> bool:
    """Whether a word of the future is one of the past here: by its accents ("payé" and "paye", "wurde" and "würde"), or
    after a word that makes it passive ("pago", "foi pago")."""
    if scan.word(place - 1) in vocabulary.passive:
        return True
    spelling = _spelling(scan, place)
    return spelling in vocabulary.spelt_past and spelling not in vocabulary.spelt_future


def _of_a_day(scan: Scan, place: int, vocabulary: Vocabulary) -> bool:
    """Whether a full stop ends no sentence but a number, as in "am 5. März", "den 5. betaler jeg"."""
    if not (vocabulary.dot and scan.word(place - 1).isdigit() and place + 1 < len(scan)):
        return False
    return scan.words[place + 1] in vocabulary.months or not scan.text[scan.starts[place + 1]].isupper()


def _nearest(scan: Scan, places: range, vocabulary: Vocabulary) -> tuple[Tense, int] | None:
    distance, beyond = 0, False
    past: tuple[Tense, int] | None = None
    for place in places:
        word = scan.words[place]
        distance += 1
        if word in _STOPS and not (word == "." and _of_a_day(scan, place, vocabulary)):
            break
        if word == ",":
            distance, beyond = distance + _COMMA, True
            if past:
                break
        if word in vocabulary.future and not _of_the_past(scan, place, vocabulary):
            return "future", past[1] if past else distance
        if past is None and not beyond and word in vocabulary.past:
            past = ("past", distance)
        elif past and distance > past[1] + 5:
            break
    return past
