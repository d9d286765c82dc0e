# SPDX-License-Identifier: Apache-2.0
"""What the writer of a reply wants: intents with the sentence that shows each, hostility, whether an answer is owed.

    judge(gather("I'll transfer it on Friday. Could you send a copy?", "en", None)).primary  # "promise_to_pay"

How differently people say a thing, the learned model knows (`purring.language.learned`): it weighs each sentence for
itself and the reply as a whole. What must hold, rules say. What pauses reminders (`PAUSES`) is as strong as the model is
sure of it and of nothing else, stronger with a cue that says the same, weaker with one that speaks against it: doubt, a
habit, another invoice. From `ENOUGH` on it is named, for a person to see; `sure` it is from `SAFE` on, with a cue that says
the same, in a reply that says nothing else. A reply in which nothing is likely is an acknowledgement or `other`, with little
confidence.
"""

from __future__ import annotations

from dataclasses import dataclass

from purring.language.learned import Model, load
from purring.language.learned.model import likelihood
from purring.language.replies.evidence import Evidence, Told

PAUSES = frozenset({"promise_to_pay", "already_paid", "dispute", "insolvency", "stop_contact"})
"""Intents that pause reminders by themselves: wrong ones cost money, so they must be sure."""
REST = ("acknowledgement", "other")
"""What a reply is that wants nothing else."""
NO_INTENT = frozenset({"none", "hostile"})
"""Labels of the model that are no intents."""

WHOLE = 0.4
"""How much the whole reply counts beside the sentence that shows an intent best."""
STEEPNESS = 1.4
LEANING = {
    "promise_to_pay": 1.0,
    "dispute": 0.5,
    "refusal": 1.0,
    "plan_request": -0.3,
    "call_request": -1.2,
    "insolvency": -1.0,
    "stop_contact": -1.0,
    "acknowledgement": -0.5,
    "other": -1.5,
}
"""From sentences to a reply: what is often said in passing leans back, what a reply is mostly about, forward. Log-odds,
measured on training mails and lines with models that had not seen them."""

LIKELY = 0.6
"""Probability from which an intent is named."""
PERHAPS = 0.1
"""Probability from which a reply is taken to want something where nothing is likely."""
ENOUGH = 0.5
"""Strength from which a pause is named."""
SAFE = 0.8
"""Strength from which it may be taken without a person. Both measured on lines of authors the model had not learned from."""
ASIDE = 0.3
"""Probability up to which whatever else a reply might say is no matter."""
WITNESSED, DOUBTED = 0.1, 0.15
"""What a cue that says the same, and one that speaks against it, add to and take from the strength of a pause."""
OUTWEIGHING = 0.8
"""What the weightier of two intents of two sentences needs to be the primary one."""
CERTAIN = 0.85
"""What it needs when both are of one sentence."""
WITNESSES = {
    "promise_to_pay": ("promise", "promise?"),
    "already_paid": ("paid", "paid?"),
    "dispute": ("dispute", "dispute?"),
    "insolvency": ("insolvency", "insolvency?"),
    "stop_contact": ("stop", "stop?"),
}
HOSTILE = 0.5

NEVER = {
    "promise_to_pay": ("habit", "thought", "maybe", "copy", "info"),
    "already_paid": ("habit", "thought", "unpaid", "every"),
    "stop_contact": ("channel",),
}
"""Intent -> sections of cues whose sentence shows no such thing: "we usually pay on the 25th", "I thought it was paid",
"send it again and I'll pay", "all we have is paid", "no more paper, please". Nor does a question, or a promise that is
denied or hangs on a condition and names no day, or a complaint that has been put right."""
AGAINST = {
    "promise_to_pay": ("theirs", "refusal"),
    "already_paid": ("other", "maybe", "condition"),
    "insolvency": ("theirs", "maybe", "condition"),
    "stop_contact": ("condition", "promise", "paid"),
    "dispute": (),
}
"""Pause -> sections of cues that make its sentence doubtful; "I thought ..." makes every sentence so."""
OUTWEIGHS = {
    "promise_to_pay": frozenset({"already_paid", "copy_request", "call_request", "wrong_person"}),
    "already_paid": frozenset({"info_request"}),
    "dispute": frozenset({"already_paid", "call_request", "refusal", "copy_request"}),
    "wrong_person": frozenset({"call_request", "copy_request"}),
    "copy_request": frozenset({"refusal"}),
    "info_request": frozenset({"refusal"}),
}
"""Intent -> those of other sentences that come after it however likely they are: half is paid, half is promised; of two
invoices for one job one is paid. In one sentence too where it is certain, or where there is a condition: "we won't pay
until the rest is here"."""

ALWAYS_OWED = frozenset({"copy_request", "info_request", "plan_request", "call_request"})
"""Intents that always wait for an answer."""
OWED_IF_ASKED = frozenset({"dispute", "already_paid"})
"""Intents that wait for one if the reply asks or requests something."""
NEVER_OWED = frozenset({"insolvency", "refusal", "stop_contact", "wrong_person", "acknowledgement"})


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing the writer wants or says: how sure (0-1), and the sentence that shows it."""

    intent: str
    confidence: float
    quote: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What a reply says. `commitment` is where the sentence with the promise stands, None when nothing is promised.

    sure: what is primary may pause reminders without a person looking; never of anything else than `PAUSES`.
    """

    intents: tuple[Intent, ...]
    primary: str
    hostile: bool
    open_question: bool
    commitment: tuple[int, int] | None
    sure: bool = False


NOT_UNDERSTOOD = Judged((Intent("other", 0.1, ""),), "other", False, False, None)
"""Nothing can be said: no words, or none of a language we know."""


def judge(evidence: Evidence, *, guessed: bool = False) -> Judged:
    """What a reply says. Never raises: a reply without words is `other`.

    guessed: the language is a guess; then only a text is judged of which every word is known in it.
    """
    model = load("replies", evidence.language)
    if not evidence.told or (guessed and not _understood(evidence, model)):
        return NOT_UNDERSTOOD
    weighed = _Weighed(evidence, model)
    likely = {name: weighed.probability(name) for name in weighed.labels if name not in NO_INTENT}
    named = _named(likely, weighed)
    intents = tuple(
        Intent(name, round(_confidence(name, likely, weighed), 2), weighed.shown(name).sentence.text) for name in named
    )
    commitment = None
    if "promise_to_pay" in named:
        sentence = weighed.shown("promise_to_pay").sentence
        commitment = (sentence.start, sentence.end)
    return Judged(
        intents,
        named[0],
        weighed.probability("hostile") >= HOSTILE,
        _owed(named, evidence),
        commitment,
        _sure(named[0], likely, weighed),
    )


def _confidence(name: str, likely: dict[str, float], weighed: _Weighed) -> float:
    return strength(name, likely, weighed) if name in PAUSES else min(likely[name], 0.99)


def _understood(evidence: Evidence, model: Model) -> bool:
    return all(model.knows(token) for told in evidence.told for token in told.tokens if token.isalpha())


class _Weighed:
    """The log-odds of every label: in each sentence, and in the reply as a whole."""

    def __init__(self, evidence: Evidence, model: Model) -> None:
        self.labels = model.labels
        seen = [model.seen(told.tokens, told.marks) for told in evidence.told]
        self._told = evidence.told
        self._shown: dict[str, Told] = {}
        self._each = [model.logits(one) for one in seen]
        whole = seen[0]
        for one in seen[1:]:
            whole |= one
        self._whole = model.logits(whole) if len(seen) > 1 else self._each[0]

    def probability(self, name: str) -> float:
        """From the odds in the whole and in the sentence that shows it best."""
        lane = self.labels.index(name)
        odds = WHOLE * self._whole[lane] + (1 - WHOLE) * max(row[lane] for row in self._each)
        return likelihood(STEEPNESS * odds + LEANING.get(name, 0.0))

    def anywhere(self, section: str) -> bool:
        """Whether there is a cue of this section in any sentence."""
        return any(told.clauses.has(section) for told in self._told)

    def shown(self, name: str) -> Told:
        """The sentence that shows it best."""
        found = self._shown.get(name)
        if found is None:
            lane = self.labels.index(name)
            best = max(range(len(self._each)), key=lambda number: self._each[number][lane])
            found = self._shown[name] = self._told[best]
        return found


def _named(likely: dict[str, float], weighed: _Weighed) -> list[str]:
    """The intents to name, the primary one first: at least one."""
    ranked = sorted(likely, key=lambda name: -likely[name])
    standing = [name for name in ranked if name not in REST and _stands(name, likely, weighed)]
    rest = "acknowledgement" if weighed.anywhere("ack") else max(REST, key=lambda name: likely[name])
    if not standing or likely[rest] > likely[standing[0]]:
        return [rest]
    named = [standing[0], *(name for name in standing[1:] if likely[name] >= LIKELY)]
    primary = named[0]
    for name in named[1:]:
        shown = weighed.shown(primary)
        apart = weighed.shown(name) is not shown or shown.clauses.has("condition")
        needed = OUTWEIGHING if apart else CERTAIN
        if primary in OUTWEIGHS.get(name, ()) and likely[name] >= needed:
            primary = name
    return [primary, *(name for name in named if name != primary)]


def _stands(name: str, likely: dict[str, float], weighed: _Weighed) -> bool:
    """Whether an intent is likely enough to be named, and its sentence may show such a thing at all."""
    told = weighed.shown(name)
    clauses = told.clauses
    if name == "copy_request" and clauses.has("channel") and clauses.has("stop"):
        return False  # "no more invoices on paper, please"
    if name not in PAUSES:
        return likely[name] >= PERHAPS
    if name in NEVER and (clauses.has(*NEVER[name]) or clauses.asked(*WITNESSES[name])):
        return False
    if name == "dispute" and clauses.has("resolved") and not clauses.all_denied("resolved"):
        return False
    if name == "promise_to_pay" and (clauses.all_denied("promise", "promise?", "pay") or _some_day(told)):
        return False
    return strength(name, likely, weighed) >= ENOUGH


def strength(name: str, likely: dict[str, float], weighed: _Weighed) -> float:
    """How sure a pause is (0-0.99): likely itself, nothing else as likely in its sentence, and what the cues there say."""
    told = weighed.shown(name)
    second = max((likely[other] for other in likely if other != name and weighed.shown(other) is told), default=0.0)
    found = likely[name] ** 2 / (likely[name] + second)
    if told.clauses.has(*WITNESSES[name]):
        found += WITNESSED
    if told.clauses.has(*AGAINST[name]) or weighed.anywhere("thought"):
        found -= DOUBTED
    if name == "promise_to_pay" and not told.clauses.has("future") and "@<day>" not in told.marks:
        found -= DOUBTED
    return min(max(found, 0.0), 0.99)


def _sure(name: str, likely: dict[str, float], weighed: _Weighed) -> bool:
    """Whether a pause needs no person: strong, a cue says the same, and the reply says nothing else."""
    if name not in PAUSES or not weighed.shown(name).clauses.has(*WITNESSES[name]):
        return False
    alone = all(odds <= ASIDE for other, odds in likely.items() if other != name)
    return alone and strength(name, likely, weighed) >= SAFE


def _some_day(told: Told) -> bool:
    """Whether a sentence hangs on a condition and names no day."""
    return told.clauses.has("condition") and "@<day>" not in told.marks


def _owed(named: list[str], evidence: Evidence) -> bool:
    """Whether an answer is owed."""
    if not ALWAYS_OWED.isdisjoint(named):
        return True
    if not NEVER_OWED.isdisjoint(named):
        return False
    asks = any(told.sentence.asks for told in evidence.told)
    if not OWED_IF_ASKED.isdisjoint(named):
        return asks or any(told.clauses.has("ask") for told in evidence.told)
    return asks
