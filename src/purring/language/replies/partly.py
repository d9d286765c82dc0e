# SPDX-License-Identifier: Apache-2.0
"""Answers in parts: a part that is paid and a rest that will be, one invoice that is paid and another that is not, a day that is
all that is said. The learned models see such a sentence as one; what counts is which part says what."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any

from purring.language.learned import Model, words
from purring.language.replies.dating import joints, read_as_future
from purring.language.replies.evidence import Evidence, Told, days_within, part
from purring.language.replies.hinges import hangs_on

_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d[\d\s.,]{0,12}\d")
_WHOLE_NUMBER = rf"(?<![\d.,]){_NUMBER.pattern}"
_WORDS = Path(__file__).with_name("answer_words.toml")
MOST_SENTENCES, MOST_WORDS = 4, 14
"""A longer answer says more than a day, with greeting and name."""
OF_MONEY = frozenset({"@=pay", "@=paid", "@=transfer", "@=payment", "@=money", "@=amount", "@pay", "@paid", "@<sum>"})
"""Marks of a part of a sentence that speaks of money at all."""
SHORTEST = 3
"""Digits of a number that another can look like."""
CLOSE, LONG = 2, 4
"""Words, none of so many letters, between the numbers of invoices of which the same is said: "both 9921 and 9934 were settled"."""
MOST_RESTS, NEAR = 8, 12
"""How often a reply speaks of a rest, and how many edges of clauses around that are looked at: more than anybody writes, but
nobody shall wait for who does."""
NO_DAY_ALONE = frozenset({"feast", "vague", "pay_day", "month", "quarter", "year"})
"""Kinds of days that as a whole answer may be a wish or a heading."""


A_SUM = r"\W{0,3}(?:(?:R|kr|eur|euros?|nok|sek|dkk|zar|brl)\b\W{0,2})?(?:R(?=\d))?\d[\d\s.,]{0,12}\d"
"""What `<sum>` in `answer_words.toml` stands for where it is to follow: a sum, be it only a number; of a part any number is one."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Where the rest of a sum is spoken of that is paid in part, and the sentence that tells of the part which is paid.

    promised: it is said to come, by a day that is named or by the words.
    """

    start: int
    end: int
    paid: Told
    promised: bool


def rest(evidence: Evidence, model: Model) -> Rest | None:
    """The rest of what is paid in part: "I paid £450 this morning, the rest follows on Friday"."""
    found: Rest | None = None
    spoken = (
        (number, match)
        for number, told in enumerate(evidence.told)
        for match in _rest(evidence.language).finditer(evidence.reply, told.sentence.start, told.sentence.end)
    )
    for number, match in islice(spoken, MOST_RESTS):
        told = evidence.told[number]
        start, end = told.sentence.start, told.sentence.end
        before = list(_edges(evidence, start, match.start()))
        left = before[-1].end() if before else start
        if len(before) > NEAR:
            start = before[-NEAR].end()
        paid = _paid_in(evidence, model, left, match.start())
        if paid is not None:
            left = match.start()
        right, behind = _until_paid(evidence, model, match.end(), end)
        paid = paid or _any_paid(evidence, model, start, left) or behind or _beside(evidence, model, number)
        if paid is None:
            continue
        own = part(evidence, left, right)
        if own is None or _says_paid(own, model, evidence, left, right):
            continue
        if right == end and _paid_in(evidence, model, match.end(), end):
            continue  # "the rest, 612, sent on 18 June"
        found = Rest(left, right, paid, _comes(own, told, evidence, model, left, right))
        if found.promised:
            return found
    return found


def _until_paid(evidence: Evidence, model: Model, start: int, end: int) -> tuple[int, Told | None]:
    """Where the part of the rest ends, and the part behind it that tells of paying, if any does."""
    edges = islice(_edges(evidence, start, end), NEAR + 1)
    for edge, following in islice(pairwise(chain((edge.start() for edge in edges), [end])), NEAR):
        paid = _paid_in(evidence, model, edge + 1, following)
        if paid is not None:
            return edge, paid
    return end, None


def _any_paid(evidence: Evidence, model: Model, start: int, end: int) -> Told | None:
    """The last part before that tells of paying."""
    edges = [start, *(edge.end() for edge in _edges(evidence, start, end)), end]
    for one in reversed(list(pairwise(edges))):
        paid = _paid_in(evidence, model, *one)
        if paid is not None or to_come(evidence, *one):
            return paid  # "as I said yesterday, 150 in April and the rest in May"
    return _paid_in(evidence, model, start, end)


def _beside(evidence: Evidence, model: Model, number: int) -> Told | None:
    """The sentence before or after that tells of paying."""
    for other in (number - 1, number + 1):
        if 0 <= other < len(evidence.told):
            sentence = evidence.told[other].sentence
            if _paid_in(evidence, model, sentence.start, sentence.end) is not None:
                return evidence.told[other]
    return None


def _paid_in(evidence: Evidence, model: Model, start: int, end: int) -> Told | None:
    told = part(evidence, start, end)
    return told if told is not None and _says_paid(told, model, evidence, start, end) else None


def _says_paid(told: Told, model: Model, evidence: Evidence, start: int, end: int) -> bool:
    """Whether a part of a sentence tells that money has been paid."""
    clauses = told.clauses
    if clauses.asks or clauses.has("thought", "unpaid", "habit") or to_come(evidence, start, end):
        return False
    if clauses.has("paid") and not clauses.all_denied("paid") and not clauses.has("becoming"):
        return True
    if gone(told, evidence, start, end):
        return True
    if OF_MONEY.isdisjoint(told.marks):
        return False
    odds = _odds(told, model)
    return odds["already_paid"] > max(0.0, odds["promise_to_pay"])


def gone(told: Told, evidence: Evidence, start: int, end: int) -> bool:
    """Whether a part of a sentence tells, by a verb of the past, that a sum or an invoice has left: "I sent €180 this morning",
    where the models see a day of today that is promised."""
    if told.clauses.has("negation", "becoming", "maybe", "condition") or not _NUMBER.search(evidence.reply, start, end):
        return False
    whole = any(one.sentence.start == start for one in evidence.told)
    said = evidence.reply[
        start:end
    ]  # a participle alone may be what the words before it did: "the rest, 612, sent on 18 June"
    return said_of("gone", evidence.language).search(said if whole else f"_ {said}") is not None


def _comes(own: Told, told: Told, evidence: Evidence, model: Model, start: int, end: int) -> bool:
    """Whether the rest is promised: a day to come is named, or the words say so; not asked, denied, or hung on us."""
    if told.clauses.asks or own.clauses.has("negation") or hangs_on(told.clauses, evidence.language):
        return False
    odds = _odds(own, model)
    promising = odds["promise_to_pay"]
    if odds["plan_request"] > max(promising, 0.0) or odds["hardship"] > max(promising, 0.0):
        return False
    later = (day.on for day in read_as_future(evidence, (start, end)))
    return promising > 0 or any(on is not None and on > evidence.said_on for on in later)


def _odds(told: Told, model: Model) -> dict[str, float]:
    """What the model says of a sentence or a part of one: by label the logarithm of the odds."""
    return dict(zip(model.labels, model.logits(model.seen(told.tokens, told.marks)), strict=True))


def to_come(evidence: Evidence, start: int, end: int) -> bool:
    """Whether a part of the reply names a day to come."""
    return any(day.on and day.direction == "future" for day in days_within(evidence.days, start, end))


def tells_paid(told: Told, model: Model) -> bool:
    """Whether a sentence tells only of what is done: "Har betalt i dag" pays nothing later today."""
    clauses = told.clauses
    if clauses.has("promise", "promise?", "becoming") or "@day future" in told.marks or clauses.all_denied("paid"):
        return False
    odds = _odds(told, model)
    return clauses.has("paid") or odds["already_paid"] > odds["promise_to_pay"]


def other_invoice(evidence: Evidence, model: Model, refs: Sequence[str]) -> tuple[Told, Told, bool] | None:
    """What is said of an invoice that is paid, what of another, and whether in one sentence: "0099 is paid, 0117 we are still
    checking"."""
    reply = evidence.reply
    places = _alike(evidence, refs)
    groups = [one for number, one in enumerate(places) if not number or _apart(reply[places[number - 1][1] : one[0]])]
    parts = []
    for start, _ in groups:
        sentence = next(told.sentence for told in evidence.told if told.sentence.end > start)
        parts.append(max([sentence.start, *(edge.end() for edge in _edges(evidence, sentence.start, start))]))
    paid: dict[int, Told] = {}
    others: list[tuple[int, Told]] = []
    for start, following in pairwise([*parts, len(reply)]):
        sentence = next(told.sentence for told in evidence.told if told.sentence.end > start)
        end = min(sentence.end, following)
        own = part(evidence, start, end) if start < end else None
        if own is None:
            continue
        if _says_paid(own, model, evidence, start, end):
            paid[sentence.start] = own
        else:
            others.append((sentence.start, own))
    if not paid or not others:
        return None
    at, other = next((one for one in others if one[0] in paid), others[0])
    return paid.get(at, next(iter(paid.values()))), other, at in paid


def one_open(evidence: Evidence, model: Model, refs: Sequence[str]) -> bool:
    """Whether a reply names several invoices, and not of each that it is paid: "2026-114 went out on the 12th. As for 2026-131, I
    haven't seen that one"."""
    reply = evidence.reply
    places = [one for one in _alike(evidence, refs) if reply[one[0] : one[1]] in refs]
    if not any(_apart(reply[one[1] : other[0]]) for one, other in pairwise(places)):
        return False
    for start, following in pairwise([*(start for start, _ in places), len(reply)]):
        sentence = next(told.sentence for told in evidence.told if told.sentence.end > start)
        end = min(sentence.end, following)
        before = max([sentence.start, *(edge.end() for edge in _edges(evidence, sentence.start, start))])
        if _apart(reply[start:end]) and _paid_in(evidence, model, min(before, start), end) is None:
            return True
    return False


def hangs_on_chance(told: Told, language: str) -> bool:
    """Whether a sentence hangs on an "if": wages, the weather, somebody else's money. What is said by courtesy is blank there."""
    return _ifs(language).search(told.clauses.text) is not None


def of_a_part(evidence: Evidence, told: Told) -> bool:
    """Whether a sentence promises part of what is owed only: "£150 of it goes out on Friday"; or it, or the one behind it, speaks
    of a rest without a day."""
    number = next((place for place, one in enumerate(evidence.told) if one.sentence.start == told.sentence.start), None)
    if number is None:
        return False
    start, end = told.sentence.start, told.sentence.end
    rests = [
        _has_day(evidence, one, match.start())
        for one in evidence.told[number : number + 2]
        if not one.sentence.asks
        for match in islice(_rest(evidence.language).finditer(evidence.reply, one.sentence.start, one.sentence.end), 1)
    ]
    if any(rests):
        return False  # instalments, each with its day
    if said_of("part", evidence.language).search(evidence.reply[start:end]):
        return True
    return bool(rests) and any(start <= amount.start < end for amount in evidence.amounts)


def _has_day(evidence: Evidence, told: Told, at: int) -> bool:
    """Whether the part of a sentence that goes on from the clause of a place names a day, or how long after."""
    start, end = told.sentence.start, told.sentence.end
    before = [edge.end() for edge in _edges(evidence, start, at)]
    return bool(days_within(evidence.days, before[-1] if before else at, end))


def offered(evidence: Evidence) -> Told | None:
    """The sentence that says what part can be paid, and when, while of the rest nobody knows: "I can manage 1,000 on 31 March,
    about the rest I'll get back to you"."""
    language = evidence.language
    for number, told in enumerate(evidence.told):
        sentence = told.sentence
        start, end = sentence.start, sentence.end
        if told.clauses.asks or hangs_on(told.clauses, language) or hangs_on_chance(told, language):
            continue
        for left, right in pairwise([start, *(edge.end() for edge in islice(_edges(evidence, start, end), NEAR)), end]):
            own = part(evidence, left, right)
            if own is None or own.clauses.has("negation") or not to_come(evidence, left, right):
                continue
            if not any(left <= amount.start < right for amount in evidence.amounts):
                continue
            if not said_of("manage", language).search(evidence.reply, left, right):
                continue
            after = evidence.told[number + 1].sentence.end if number + 1 < len(evidence.told) else end
            behind = _rest(language).search(evidence.reply, right, after)
            more = said_of("no_more", language).search(evidence.reply, left, after)
            if more or (behind and not to_come(evidence, behind.start(), after)):
                return told
    return None


def _alike(evidence: Evidence, refs: Sequence[str]) -> list[tuple[int, int]]:
    """Where the reply names invoices, whose numbers look alike: also what only looks like one of them."""
    shapes = {
        re.sub(r"\d+", lambda run: rf"\d{{{len(run[0])}}}", re.escape(ref))
        for ref in refs
        if len(re.findall(r"\d", ref)) >= SHORTEST
    }
    spans = [(day.start, day.end) for day in evidence.days]
    spans += [(amount.start, amount.end) for amount in evidence.amounts]
    found: list[tuple[int, int]] = []
    for shape in shapes:
        free: dict[str, tuple[int, int]] = {}
        for match in re.finditer(rf"(?<![\w/-]){shape}(?![\w/-])", evidence.reply):
            if not any(match.start() < end and start < match.end() for start, end in spans):
                free.setdefault(match[0], match.span())
        found = max(found, list(free.values()), key=len)
    return found


def _apart(between: str) -> bool:
    """Whether more stands between two numbers than joins them."""
    between_them = _WORD.findall(between)
    return len(between_them) > CLOSE or any(len(word) >= LONG for word in between_them)


def bare_day(evidence: Evidence, *, asked: Mapping[str, bool], alone: bool) -> Told | None:
    """The sentence that is a day and nothing else: "Le 27 mars.", "Friday, promise". asked: lines of the reply right under a
    quoted question -> whether that asks about paying. alone: nothing else is said in the reply."""
    told = evidence.told
    short = alone and len(told) <= MOST_SENTENCES and sum(len(one.tokens) for one in told) <= MOST_WORDS
    for one in told:
        about_paying = asked.get(one.sentence.text)
        if about_paying or (short and about_paying is None):
            days = [day for day in evidence.days if one.sentence.start <= day.start < one.sentence.end]
            if days and _only_a_day(one, evidence.language) and not one.sentence.asks:
                today = ("past",) if about_paying else ("past", "today")
                if not any(day.on is None or day.direction in today or day.kind in NO_DAY_ALONE for day in days):
                    return one
    return None


def _only_a_day(told: Told, language: str) -> bool:
    return "<day>" in told.tokens and all(
        not token[0].isalpha() or token in _alone(language) for token in told.tokens if not token.startswith("<")
    )


def _edges(evidence: Evidence, start: int, end: int) -> Iterator[re.Match[str]]:
    """Where clauses meet; no comma or colon inside a number."""
    reply = evidence.reply
    for edge in joints(evidence.language).finditer(reply, start, end):
        inside = edge[0] in ",:" and reply[edge.start() - 1 : edge.start()].isdigit()
        if not (inside and reply[edge.end() : edge.end() + 1].isdigit()):
            yield edge


@cache
def _said() -> dict[str, Any]:
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))


@cache
def _rest(language: str) -> re.Pattern[str]:
    said = "|".join(_said()["rest"][language]).replace("<sum>", A_SUM)
    return re.compile(rf"(?<!\w)(?:{said})(?!\w)", re.IGNORECASE)


@cache
def said_of(section: str, language: str) -> re.Pattern[str]:
    """The turns of phrase of a section of `answer_words.toml`."""
    said = "|".join(one if one.startswith("^") else rf"(?<!\w)(?:{one})" for one in _said()[section][language])
    return re.compile(rf"(?:{said.replace('<sum>', _WHOLE_NUMBER)})(?!\w)", re.IGNORECASE)


@cache
def _ifs(language: str) -> re.Pattern[str]:
    """Over words as the cues see them: a blank before, between and after."""
    said = (rf"(?:^ |, ){one[1:]}" if one.startswith("^") else rf"(?<= ){one}" for one in _said()["if"][language])
    return re.compile("|".join(rf"{one}(?:(?= )|(?<= ))" for one in said))


@cache
def _alone(language: str) -> frozenset[str]:
    return frozenset(words.plain(word, language) for word in _said()["alone"][language])
