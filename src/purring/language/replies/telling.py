# SPDX-License-Identifier: Apache-2.0
"""What a few turns of phrase say plainly, where the learned models see their days and sums rather than the words: that a sum cannot
be right, which account it was again, that it was done this minute, that not all can be paid but a part on a day.

The turns are in `answer_words.toml`, regular expressions per language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice, pairwise

from purring.language.learned import Model
from purring.language.replies.evidence import Evidence, Told, part
from purring.language.replies.partly import NEAR, said_of, to_come

_OPENING = (
    r"^\W*(?:(?:hi|hello|hey|hiya|hej|hei|hoi|hai|hallå|tjena|hallo|heisan|hejsa|moin|servus|hola|buenas|oi|olá|ola|ciao|buongiorno|bonjour|salut|bom dia"
    r"|boa tarde|god dag|goeiedag|goeie dag|dag|goedemorgen|goedemiddag|god morgen|god morgon|good morning|guten morgen|buenos días|buenas tardes|guten tag|sorry|undskyld|unnskyld|ursäkta|förlåt|beklager|jammer|excuses|entschuldigung"
    r"|entschuldige|pardon|désolée?|perdona|perdone|perdón|scusi|scusa|scusate|desculpa|desculpe|ok|okay|but|and|aber|und|maar|en|men"
    r"|og|och|mais|et|pero|y|ma|e|mas|so|also|dus|så|alors|pues|então|jo|ja|yes|sí|sì|sim|oui)\b[ ,.!–-]*(?:[A-ZÅÄÖØÆÉ]\w+\b[ ,!–-]*)?){0,3}"
)
"""What may stand before a question at the beginning of a sentence: a greeting with a name, a word of regret, a "but"."""
_TURN = re.compile(
    r"[,;:()\n]|\s[-–—]|(?<=\s)(?:but|aber|maar|men|mais|pero|ma|mas|però|porém|doch|jedoch)(?=\s)", re.IGNORECASE
)
"""Where a sentence turns: marks, and the words for "but"."""
OF_PAYING = frozenset({"@=pay", "@=paid", "@=transfer", "@=payment", "@pay", "@promise"})
"""Marks of a clause that speaks of paying."""
_RATHER = ("plan_request", "already_paid", "dispute", "refusal")
"""What a part of a sentence with a sum and a day may say rather than promise it."""


def contests(told: Told, evidence: Evidence, model: Model) -> bool:
    """Whether a sentence says that a sum cannot be right, or that nobody sees why to pay it, and promises nothing all the same: "I left
    the choir in November, so the £64 can't be right"."""
    start, end = told.sentence.start, told.sentence.end
    if told.sentence.asks or told.clauses.has("resolved"):
        return False
    named = any(start <= amount.start < end for amount in evidence.amounts)
    found = said_of("why_pay", evidence.language).search(evidence.reply, start, end)
    if found is None and named:
        found = said_of("wrong", evidence.language).search(evidence.reply, start, end)
    return found is not None and not _promises_beside(told, evidence, found.span(), model)


def _promises_beside(told: Told, evidence: Evidence, complaint: tuple[int, int], model: Model) -> bool:
    """Whether a clause beside a complaint promises: "it isn't quite right, but I'll pay it on Friday"."""
    start, end = told.sentence.start, told.sentence.end
    for left, right in _clauses(evidence.reply, start, end):
        own = None if left < complaint[1] and complaint[0] < right else part(evidence, left, right)
        if own is None or own.clauses.all_denied("pay", "promise", "promise?"):
            continue
        if OF_PAYING.isdisjoint(own.marks) and (left < complaint[0] or not own.clauses.has("promise?")):
            continue
        if own.clauses.has("promise") or to_come(evidence, left, right):
            odds = dict(zip(model.labels, model.logits(model.seen(own.tokens, own.marks)), strict=True))
            if odds["promise_to_pay"] > max(0.0, odds["dispute"]):
                return True
    return False


def _clauses(reply: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a sentence between its turns, no more than somebody writes."""
    edges = [start, *(edge.end() for edge in islice(_TURN.finditer(reply, start, end), NEAR))]
    if len(edges) <= NEAR:
        edges.append(end)
    yield from (one for one in pairwise(edges) if one[0] < one[1])


def asks_for_account(told: Told, evidence: Evidence) -> bool:
    """Whether a sentence asks which account, number or sum it was, with no mark at its end: "Which sort code was it, can't find it"."""
    return not told.sentence.asks and _which(evidence.language).match(told.sentence.text) is not None


def done_now(told: Told, evidence: Evidence) -> bool:
    """Whether a sentence says in few words that it was done this minute: "habs grad gmacht, per Echtzeitüberweisung"."""
    clauses, sentence = told.clauses, told.sentence
    if sentence.asks or clauses.has("negation", "condition", "becoming", "thought"):
        return False
    return said_of("just_done", evidence.language).search(sentence.text) is not None


def part_on_a_day(evidence: Evidence, model: Model) -> Told | None:
    """The sentence that names a sum and its day after it was said that not all can be paid: "Can't pay it all now, but 300 I'll put
    over on the 25th"."""
    language, reply = evidence.language, evidence.reply
    for number, told in enumerate(evidence.told):
        short = said_of("not_all", language).search(reply, told.sentence.start, told.sentence.end)
        if short is None or told.sentence.asks:
            continue
        for one in evidence.told[number : number + 2]:
            start, end = max(one.sentence.start, short.end()), one.sentence.end
            if one.sentence.asks:
                continue
            for left, right in _clauses(reply, start, end):
                own = part(evidence, left, right)
                if own is None or own.clauses.has("negation", "condition", "maybe") or own.clauses.all_denied("pay"):
                    continue
                if not any(left <= amount.start < right for amount in evidence.amounts):
                    continue
                if not to_come(evidence, left, right):
                    continue
                odds = dict(zip(model.labels, model.logits(model.seen(own.tokens, own.marks)), strict=True))
                if odds["promise_to_pay"] >= max(odds[name] for name in _RATHER):
                    return one
    return None


@cache
def _which(language: str) -> re.Pattern[str]:
    return re.compile(_OPENING + said_of("which", language).pattern, re.IGNORECASE)
