# SPDX-License-Identifier: Apache-2.0
"""What the writer of a reply wants: intents with the sentence that shows each, hostility, whether an answer is owed.

    judge(gather("I'll transfer it on Friday. Could you send a copy?", "en", None)).primary  # "promise_to_pay"

How differently people say a thing, the learned model knows (`purring.language.learned`): it weighs each sentence for
itself and the reply as a whole. What must hold, rules say. What pauses reminders (`PAUSES`) needs two witnesses, the
model and a cue, or a model that is surer, and most of all where a cue in its sentence speaks against it: doubt, a
habit, another invoice. A reply in which nothing is likely is an acknowledgement or `other`, with little confidence.
"""

from __future__ import annotations

import math
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
    "dispute": 1.0,
    "refusal": 1.0,
    "plan_request": -1.0,
    "call_request": -1.2,
    "insolvency": -1.0,
    "stop_contact": -1.0,
    "acknowledgement": -0.5,
    "other": -1.5,
}
"""From sentences to a reply: what is often said in passing leans back, what a reply is mostly about, forward. Log-odds,
measured on the training mails with models that had not seen them."""

LIKELY = 0.6
"""Probability from which an intent is named."""
PERHAPS = 0.2
"""Probability from which a reply is taken to want something where nothing is likely."""
SURE = {"promise_to_pay": 0.5, "already_paid": 0.7, "dispute": 0.7, "insolvency": 0.9, "stop_contact": 0.9}
"""What a pause needs whose sentence holds a cue that says the same: two witnesses, the model and the cue."""
ALONE = {"promise_to_pay": 0.78, "already_paid": 0.75, "dispute": 0.6, "insolvency": 0.9, "stop_contact": 0.9}
"""What it needs where only the model says so. Both measured on replies the model had not learned from; a dispute costs
least when it is none, since a person looks at it anyway."""
VERY_SURE = 0.88
"""What it needs where its sentence holds a cue against it."""
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
    """What a reply says. `commitment` is where the sentence with the promise stands, None when nothing is promised."""

    intents: tuple[Intent, ...]
    primary: str
    hostile: bool
    open_question: bool
    commitment: tuple[int, int] | None


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
        Intent(name, round(min(likely[name], 0.99), 2), weighed.shown(name).sentence.text) for name in named
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
    )


def _understood(evidence: Evidence, model: Model) -> bool:
    return all(model.knows(token) for told in evidence.told for token in told.tokens if token.isalpha())


class _Weighed:
    """The log-odds of every label: in each sentence, and in the reply as a whole."""

    def __init__(self, evidence: Evidence, model: Model) -> None:
        self.labels = model.labels
        seen = [model.seen(told.tokens, told.marks) for told in evidence.told]
        self._told = evidence.told
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
        lane = self.labels.index(name)
        best = max(range(len(self._each)), key=lambda number: self._each[number][lane])
        return self._told[best]


def _named(likely: dict[str, float], weighed: _Weighed) -> list[str]:
    """The intents to name, the primary one first: at least one."""
    ranked = sorted(likely, key=lambda name: -likely[name])
    standing = [name for name in ranked if name not in REST and likely[name] >= _needed(name, weighed)]
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


def _needed(name: str, weighed: _Weighed) -> float:
    """How likely an intent must be; more than anything can be where its sentence shows no such thing."""
    told = weighed.shown(name)
    clauses = told.clauses
    if name == "copy_request" and clauses.has("channel") and clauses.has("stop"):
        return math.inf  # "no more invoices on paper, please"
    if name not in PAUSES:
        return PERHAPS
    if name in NEVER and (clauses.has(*NEVER[name]) or clauses.asked(*WITNESSES[name])):
        return math.inf
    if name == "dispute" and clauses.has("resolved") and not clauses.all_denied("resolved"):
        return math.inf
    if name == "promise_to_pay" and (clauses.all_denied("promise", "promise?", "pay") or _some_day(told)):
        return math.inf
    doubted = clauses.has(*AGAINST[name]) or weighed.anywhere("thought")
    least = SURE[name] if clauses.has(*WITNESSES[name]) else ALONE[name]
    if name == "promise_to_pay" and not clauses.has("future") and "@<day>" not in told.marks:
        least = VERY_SURE
    return max(least, VERY_SURE) if doubted else least


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
