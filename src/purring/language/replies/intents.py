# SPDX-License-Identifier: Apache-2.0
"""What the writer of a reply wants: intents with the sentence that shows each, hostility, whether an answer is owed.

    judge("I'll transfer it on Friday. Could you send a copy?", "en").primary  # "promise_to_pay"

Rules over the cues of `cues/<language>.txt`, the same for every language. What pauses reminders (a promise, a payment
made, a dispute, an insolvency, a wish to be left alone) needs an unhindered cue: not denied, not asked, not hoped, not
hanging on somebody else, not about another invoice. What is left over is an acknowledgement, or `other`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from purring.language.replies.cues import LANGUAGES, Hit, as_words, cues
from purring.language.replies.sentences import Sentence, sentences

SURE = 1.0
"""Evidence of one plain cue; a weak one (sections ending in `?`) has `HINT`."""
HINT = 0.45
ENOUGH = 0.8
"""Evidence an intent needs to be named."""

_BEFORE, _AFTER = 7, 3
"""Words before and after a cue in which a negation is about it."""

PLAIN = (
    "dispute",
    "copy",
    "info",
    "hardship",
    "plan",
    "wrong_person",
    "approval",
    "call",
    "refusal",
    "insolvency",
    "stop",
    "ack",
)
NAMES = {
    "promise": "promise_to_pay",
    "paid": "already_paid",
    "copy": "copy_request",
    "info": "info_request",
    "plan": "plan_request",
    "approval": "approval_pending",
    "call": "call_request",
    "stop": "stop_contact",
    "ack": "acknowledgement",
}
_CAN_BE_DENIED = frozenset({"dispute", "insolvency", "stop", "plan", "refusal", "hardship", "approval", "call", "copy"})


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing the writer wants or says: how sure (0–1), and the sentence that shows it."""

    intent: str
    confidence: float
    quote: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What a reply says. `commitment` is where the sentence with the promise stands, None when nothing is promised."""

    intents: tuple[Intent, ...]
    primary: str
    hostile: bool
    open_question: bool
    commitment: tuple[int, int] | None


@dataclass(slots=True)
class _Evidence:
    weight: float = 0.0
    best: float = 0.0
    sentence: Sentence | None = None

    def add(self, weight: float, sentence: Sentence) -> None:
        """Add up, each further cue counting less; keep the sentence that shows most."""
        if weight > self.best:
            self.best, self.sentence = weight, sentence
        self.weight = max(self.weight, weight) + 0.4 * min(self.weight, weight)


@dataclass(slots=True)
class _Read:
    """What has been found so far."""

    found: dict[str, _Evidence] = field(default_factory=dict)
    commitments: list[tuple[bool, Sentence]] = field(default_factory=list)
    hostile: bool = False
    asks: bool = False
    doubts: bool = False
    unpaid: bool = False
    habit: bool = False
    others: int = 0
    withheld: Sentence | None = None

    def add(self, name: str, weight: float, sentence: Sentence) -> None:
        self.found.setdefault(name, _Evidence()).add(weight, sentence)

    def has(self, name: str, least: float = ENOUGH) -> bool:
        evidence = self.found.get(name)
        return evidence is not None and evidence.weight >= least


def judge(reply: str, language: str) -> Judged:
    """What `reply` (only what was newly written) says, in one of the twelve languages. Never raises: other is other."""
    base = language.split("-")[0]
    if base not in LANGUAGES:
        return Judged((), "other", False, "?" in reply, None)
    read = _Read()
    for sentence in sentences(reply):
        _read_sentence(read, sentence, base)
    return _conclude(read)


class _Words:
    """A sentence as words, with its cues by section and its clauses."""

    def __init__(self, sentence: Sentence, language: str) -> None:
        known = cues(language)
        words = as_words(sentence.text, language)
        found = known.hits(words)
        for hit in found:
            if hit.section == "idiom":
                words = (
                    words[: hit.start]
                    + "_ " * ((hit.end - hit.start) // 2)
                    + words[hit.start + (hit.end - hit.start) // 2 * 2 :]
                )
        if any(hit.section == "idiom" for hit in found):
            found = known.hits(words)
        self.text = words
        self.hits: dict[str, list[Hit]] = {}
        for hit in sorted(found, key=lambda hit: (hit.start, -hit.end)):
            same = self.hits.setdefault(hit.section, [])
            if not same or hit.start >= same[-1].end:
                same.append(hit)
        self._edges = sorted(
            {0, len(words)}
            | {at for at, letter in enumerate(words) if letter == ","}
            | {hit.start for hit in self.hits.get("break", ())}
        )

    def clause(self, hit: Hit) -> tuple[int, int]:
        """From where to where the clause goes in which this stands."""
        start = max(edge for edge in self._edges if edge <= hit.start)
        end = min((edge for edge in self._edges if edge >= hit.end), default=len(self.text))
        return start, end

    def on_from(self, hit: Hit) -> tuple[int, int]:
        """The clause in which this stands and the next."""
        start, end = self.clause(hit)
        return start, next((edge for edge in self._edges if edge > end + 1), len(self.text))

    def last_clause(self, hit: Hit) -> bool:
        """Whether nothing but a few words follows the clause."""
        return len(self.text[self.clause(hit)[1] :].split()) <= 3

    def has(self, section: str) -> bool:
        return section in self.hits

    def within(self, section: str, span: tuple[int, int]) -> bool:
        """Whether such a cue stands in this part."""
        return any(hit.start < span[1] and hit.end > span[0] for hit in self.hits.get(section, ()))

    def usual(self, span: tuple[int, int]) -> bool:
        """Whether this part, or a short one that opens the sentence, tells what is always done."""
        return self.within("habit", span) or any(
            len(self.text[: hit.end].split()) <= 4 for hit in self.hits.get("habit", ())
        )

    def denied(self, hit: Hit) -> bool:
        """Whether a negation near it, in its clause, is about it and no part of it."""
        start, end = self.clause(hit)
        before = self.text[start : hit.start].split()[-_BEFORE:]
        after = [] if self.overlaps(hit, "negation") else self.text[hit.end : end].split()[:_AFTER]
        low = hit.start - len(" ".join(before)) - 1
        high = hit.end + len(" ".join(after)) + 1
        return any(
            low <= negation.start < high and (negation.end <= hit.start or negation.start >= hit.end)
            for negation in self.hits.get("negation", ())
        )

    def overlaps(self, hit: Hit, section: str) -> bool:
        return any(other.start < hit.end and other.end > hit.start for other in self.hits.get(section, ()))


def _read_sentence(read: _Read, sentence: Sentence, language: str) -> None:
    words = _Words(sentence, language)
    asks = sentence.asks and not sentence.text.rstrip("\"'»”) ").endswith("?!")
    if sentence.asks or words.has("ask"):
        read.asks = True
    if words.has("hostile"):
        read.hostile = True
    if words.has("thought") and (words.has("paid") or words.has("pay") or words.has("unpaid") or words.has("promise?")):
        read.doubts = True
    if words.has("unpaid"):
        read.unpaid = True
    if words.has("habit"):
        read.habit = True
    read.others += len(words.hits.get("other", ()))
    promised = _promises(read, sentence, words, asks)
    _payments(read, sentence, words, asks, promised)
    for name in PLAIN:
        _plain(read, sentence, words, name, asks)


def _promises(read: _Read, sentence: Sentence, words: _Words, asks: bool) -> list[Hit]:
    """Add the promises of a sentence; back come all words of promise, kept or not."""
    hits = words.hits.get("promise", []) + [
        hit
        for hit in words.hits.get("promise?", ())
        if words.within("future", words.clause(hit))
        or (words.has("future") and not words.has("past") and not words.has("condition"))
    ]
    for hit in hits:
        clause = words.clause(hit)
        dated = words.within("future", clause) or (words.has("future") and not words.has("past"))
        hindered = (
            words.denied(hit)
            or words.overlaps(hit, "unpaid")
            or words.usual(clause)
            or words.within("theirs", clause)
            or words.within("maybe", clause)
            or words.has("refusal")
            or words.within("thought", clause)
            or words.within("condition", (clause[0], hit.start + 1))
            or words.within("hardship", clause)
            or (words.within("past", clause) and words.overlaps(hit, "paid"))
            or (asks and (words.last_clause(hit) or words.text.count(",") == 0))
            or (words.has("condition") and not dated)
            or (words.has("theirs") and not dated)
            or words.has("dispute")
            or any(other.start < hit.start for other in words.hits.get("copy", ()))
        )
        if not hindered:
            read.add("promise", SURE, sentence)
            read.commitments.append((dated, sentence))
    if not hits and words.has("pay") and words.has("future"):
        for hit in words.hits["pay"]:
            clause = words.clause(hit)
            if words.within("future", clause) and not (
                words.denied(hit)
                or asks
                or any(
                    words.has(name)
                    for name in ("habit", "condition", "theirs", "maybe", "thought", "unpaid", "past", "paid")
                )
                or any(
                    words.has(name)
                    for name in ("dispute", "refusal", "plan", "plan?", "hardship", "approval", "copy", "ask")
                )
            ):
                read.add("promise", ENOUGH, sentence)
                read.commitments.append((True, sentence))
                break
    return hits


def _payments(read: _Read, sentence: Sentence, words: _Words, asks: bool, promised: list[Hit]) -> None:
    """Add the payments made that a sentence tells of."""
    for hit in words.hits.get("paid", ()):
        clause = words.clause(hit)
        if any(other.start < hit.end and other.end > hit.start for other in promised) and not words.within(
            "past", clause
        ):
            continue
        if words.within("becoming", clause):
            if words.within("future", clause) and not (
                promised or asks or words.denied(hit) or words.has("condition") or words.has("habit")
            ):
                read.add("promise", SURE, sentence)
                read.commitments.append((True, sentence))
            continue
        if words.overlaps(hit, "unpaid") or words.denied(hit):
            read.unpaid = True
            if asks:
                read.add("info", SURE, sentence)
        elif asks and (words.last_clause(hit) or words.text.count(",") == 0):
            read.add("info", ENOUGH, sentence)
        elif words.has("thought") and min(other.start for other in words.hits["thought"]) < hit.end:
            read.doubts = True
        elif (
            words.within("theirs", clause)
            or _waits(words, hit, clause)
            or words.usual(clause)
            or words.within("maybe", clause)
        ):
            continue
        elif any(other.start < hit.end for other in words.hits.get("other", ())):
            read.add("paid_other", SURE, sentence)
        else:
            read.add("paid", SURE, sentence)


def _waits(words: _Words, hit: Hit, clause: tuple[int, int]) -> bool:
    """Whether the payment waits for something said before it in the sentence."""
    if words.within("condition", (clause[0], hit.start)):
        return True
    return words.within("condition", (0, hit.start)) and not words.within("past", clause)


def _plain(read: _Read, sentence: Sentence, words: _Words, name: str, asks: bool) -> None:
    """Add what the other cues of a sentence say."""
    for section, weight in ((name, SURE), (name + "?", HINT)):
        for hit in words.hits.get(section, ()):
            if name in _CAN_BE_DENIED and words.denied(hit):
                continue
            if (
                name == "insolvency"
                and weight == SURE
                and (words.has("theirs") or words.within("maybe", words.clause(hit)))
            ):
                read.add("hardship", ENOUGH, sentence)
                continue
            if (
                name == "dispute"
                and words.overlaps(hit, "refusal")
                and not words.within("condition", words.clause(hit))
            ):
                continue
            if name == "refusal" and asks:
                continue
            if (
                name == "refusal"
                and words.within("condition", words.on_from(hit))
                and not words.overlaps(hit, "condition")
            ):
                read.withheld = sentence
                continue
            read.add(name, weight, sentence)


def _conclude(read: _Read) -> Judged:
    """From what was found to what it means, where several things were found."""
    named = _named(read)
    primary = next((name for name in _order(read) if name in named), None)
    if primary is None:
        primary = "ack" if read.has("ack") or read.doubts or read.habit else "other"
        weight = 0.6 if primary == "ack" else 0.3
        evidence = read.found.get("ack")
        named = {primary: weight}
        if primary == "other" and read.unpaid:
            named = {"other": 0.4}
        intents: tuple[Intent, ...] = tuple(
            Intent(NAMES.get(name, name), sure, evidence.sentence.text if evidence and evidence.sentence else "")
            for name, sure in named.items()
        )
    else:
        ordered = [primary, *sorted((name for name in named if name != primary), key=lambda name: -named[name])]
        intents = tuple(Intent(NAMES.get(name, name), round(named[name], 2), _quote(read, name)) for name in ordered)
    commitment = None
    if "promise" in named:
        best = next((sentence for dated, sentence in read.commitments if dated), None)
        best = best or read.commitments[0][1]
        commitment = (best.start, best.end)
    asks = read.asks or any(name in named for name in ("copy", "plan", "call", "info"))
    return Judged(intents, NAMES.get(primary, primary), read.hostile, asks, commitment)


def _order(read: _Read) -> tuple[str, ...]:
    """What comes first where several things are said."""
    front = ("insolvency", "wrong_person", "dispute", "refusal", "stop")
    rest: tuple[str, ...] = ("plan", "promise", "paid", "copy", "approval", "hardship", "call", "info")
    return (*front, *rest)


def _named(read: _Read) -> dict[str, float]:
    """The intents there is enough evidence for, with how sure, after the rules for what excludes what."""
    has = {name: evidence.weight for name, evidence in read.found.items() if evidence.weight >= ENOUGH}
    has.pop("ack", None)
    if (
        read.withheld
        and "refusal" not in has
        and not {"dispute", "copy", "info", "approval", "plan", "hardship"} & set(has)
    ):
        read.add("dispute", SURE, read.withheld)
        has["dispute"] = SURE

    def drop(name: str, where: bool) -> None:
        if where:
            has.pop(name, None)

    if "refusal" in has and "dispute" not in has and read.has("dispute", HINT):
        has["dispute"] = read.found["dispute"].weight + HINT
    if "insolvency" in has:
        return {"insolvency": _sure(has["insolvency"])}
    if "paid_other" in has:
        del has["paid_other"]
        if (
            not read.unpaid
            and read.others < 2
            and not read.has("ack", SURE + HINT)
            and not {"paid", "promise", "hardship", "plan", "copy", "approval"} & set(has)
        ):
            has["paid"] = ENOUGH
            read.found["paid"] = read.found["paid_other"]
    dated = any(dated for dated, _ in read.commitments)
    promise = "promise" in has
    drop("wrong_person", promise and dated and has.get("wrong_person", 0) <= SURE)
    if "wrong_person" in has:
        for name in ("promise", "paid", "dispute", "copy", "info", "hardship", "plan", "approval", "call", "refusal"):
            drop(name, True)
    if "refusal" in has and "hardship" in has and read.found["refusal"].sentence is read.found["hardship"].sentence:
        del has["hardship"]
    drop("refusal", "dispute" in has or "hardship" in has or "plan" in has or "copy" in has or "paid" in has or promise)
    drop("stop", bool({"promise", "paid", "dispute", "plan", "approval"} & set(has)))
    drop("paid", (read.doubts or read.unpaid) and has.get("paid", 0) <= SURE)
    weak = has.get("dispute", 0) <= SURE
    drop("dispute", weak and (has.get("hardship", 0) >= SURE or has.get("approval", 0) >= SURE))
    drop("copy", "hardship" in has and has.get("copy", 0) <= SURE)
    drop(
        "hardship", bool({"dispute", "paid", "refusal", "stop"} & set(has)) or (promise and dated and "plan" not in has)
    )
    drop(
        "promise",
        "promise" in has and not dated and bool({"hardship", "copy", "info", "approval", "dispute"} & set(has)),
    )
    drop("plan", "dispute" in has or "paid" in has)
    drop("approval", bool({"dispute", "paid", "plan"} & set(has)) or ("promise" in has and dated))
    drop("copy", bool({"paid"} & set(has)))
    drop("info", "ack" in read.found and not read.asks)
    drop("info", bool({"copy", "plan", "dispute", "paid", "promise", "approval", "call"} & set(has)))
    drop("call", bool({"dispute", "paid", "promise", "plan", "copy", "wrong_person", "refusal", "stop"} & set(has)))
    return {name: _sure(weight) for name, weight in has.items()}


def _sure(weight: float) -> float:
    return min(0.97, 0.55 + 0.3 * min(weight, SURE) + 0.1 * max(0.0, weight - SURE))


def _quote(read: _Read, name: str) -> str:
    sentence = read.found[name].sentence
    return sentence.text if sentence else ""
