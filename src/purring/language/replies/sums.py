# SPDX-License-Identifier: Apache-2.0
"""Which of the sums of a reply a promise is about: also one that is only a number there ("te verso i 530", "400 on Friday")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from purring.language.replies.evidence import Evidence
from purring.language.when import Amount, Day
from purring.language.when.digits import number_at
from purring.language.when.scan import fold
from purring.language.when.vocabulary import Vocabulary, vocabulary, vocabulary_of

LEAST = 32
"""Smaller bare numbers are mostly days."""
REFERENCE = 3
"""Digits of the shortest invoice number that a bare number may repeat."""
SHORT = 3
"""Letters: a word as short is no thing that is counted."""
PLAIN = 1000
"""Bare numbers from here on are as likely an invoice's where one word serves for both ("die 4471", "your 4471")."""
_NUMBER = re.compile(r"(?<![\w.,:/#+-])\d[\d.,'’]*(?:(?<=\d)|(?<=,-))(?![\w/%€$£-]|\s?[%€$£]|:\d)")
_BEFORE = re.compile(r"(\w+|[^\w\s])\s*\Z")
_AFTER = re.compile(r"\s*(\w+|[^\w\s]|\Z)")
_MARKS = frozenset(".,;:!?()…\n")
_NO_LETTERS = re.compile(r"[\d\s.,'’-]+")


def promised_sum(
    evidence: Evidence,
    spans: Sequence[tuple[int, int]],
    promise: tuple[int, int],
    day: Day | None,
    refs: Sequence[str] = (),
) -> tuple[Decimal, str | None] | None:
    """Value in major units and ISO currency: the sum in the nearest of the parts `spans` that names one; of several the one
    nearest to the day. refs: invoice numbers that the reply or what it answers names; no sum is taken for one."""
    known = _digits(refs)
    amounts = [one for one in evidence.amounts if not _is_reference(evidence.reply[one.start : one.end], known)]
    found = _nearest(amounts, spans, promise, day)
    near = spans[1] if len(spans) > 1 else promise
    if found is None or not near[0] <= found.start < near[1]:
        bare = _nearest(list(_bare(evidence, near, known)), [near], promise, day)
        found = bare or found
    return (found.value, found.currency) if found else None


def _nearest(
    amounts: Sequence[Amount], spans: Sequence[tuple[int, int]], promise: tuple[int, int], day: Day | None
) -> Amount | None:
    for number, span in enumerate(spans):
        inside = [amount for amount in amounts if span[0] <= amount.start < span[1]]
        if len(inside) == 1 or (inside and number < 2):
            near = day.start if day and span[0] <= day.start < span[1] else promise[0]
            return min(inside, key=lambda amount: min(abs(amount.start - near), abs(amount.end - near)))
    return None


def _digits(refs: Sequence[str]) -> frozenset[str]:
    """Invoice numbers as their digits, all together and each run of them."""
    found = {run for ref in refs for run in [*re.findall(r"\d+", ref), re.sub(r"\D", "", ref)]}
    return frozenset(run.lstrip("0") for run in found if len(run) >= REFERENCE)


def _is_reference(text: str, known: frozenset[str]) -> bool:
    return _NO_LETTERS.fullmatch(text) is not None and re.sub(r"\D", "", text).lstrip("0") in known


def _bare(evidence: Evidence, span: tuple[int, int], known: frozenset[str]) -> Iterator[Amount]:
    """Numbers of a promise that can hardly be anything but its sum, though nothing says of which money."""
    words = vocabulary(vocabulary_of(evidence.language))
    for match in _NUMBER.finditer(evidence.reply, *span):
        digits = number_at(evidence.reply, match.start())
        if digits is None or digits.value < LEAST or _is_reference(match[0], known):
            continue
        if any(day.start < match.end() and match.start() < day.end for day in evidence.days):
            continue
        before = _BEFORE.search(evidence.reply, span[0], match.start())
        after = _AFTER.match(evidence.reply, match.end())
        led = fold(before[1]) if before else ""
        following = fold(after[1]) if after else ""
        if _goes_on(following, words) and _led_to(evidence, match, led, digits.value, words):
            yield Amount(match.start(), match.end(), digits.value, None)


def _goes_on(following: str, words: Vocabulary) -> bool:
    """Whether what follows a number is no thing that it counts."""
    if not following.isalpha():
        return True
    if following in words.counted or following in words.months:
        return False
    known = following in words.weekdays or following in words.future or following in words.past
    return known or len(following) <= SHORT or following in words.tree.first_words or (following,) in words.relations


def _led_to(evidence: Evidence, match: re.Match[str], led: str, value: Decimal, words: Vocabulary) -> bool:
    """Whether what stands before a number makes it money."""
    if led in words.references:
        return False
    if led in words.money["sums"]:
        return True
    plain = value < PLAIN or value != int(value)
    if plain and led in words.money["owed"]:
        return True
    beside = any(0 <= day.start - match.end() <= SHORT + 4 for day in evidence.days)
    return beside and (led in words.money["verbs"] or led in _MARKS or led == "")
