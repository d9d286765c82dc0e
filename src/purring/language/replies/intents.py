# SPDX-License-Identifier: Apache-2.0
"""What the writer of a reply wants: intents with the sentence that shows each, hostility, whether an answer is owed.

    judge(gather("I'll transfer it on Friday. Could you send a copy?", "en", None)).primary  # "promise_to_pay"

How differently people say a thing, the learned models know (`purring.language.learned`): they weigh each sentence for itself
and the reply as a whole. What they say, and the cues, the referee sees together (`weighing.py`) and gives each label its share. What
pauses reminders (`PAUSES`) is named from `ENOUGH` on, for a person to see; `sure` it is from `SAFE` on, in a reply that says
nothing else. A few rules say what a sentence cannot be. A reply in which nothing is likely is an acknowledgement or `other`,
with little confidence.
"""

from __future__ import annotations

from dataclasses import dataclass

from purring.language.learned import Model, load
from purring.language.learned.referee import referee
from purring.language.replies.evidence import Evidence, Told
from purring.language.replies.weighing import Weighed

PAUSES = frozenset({"promise_to_pay", "already_paid", "dispute", "insolvency", "stop_contact"})
"""Intents that pause reminders by themselves: wrong ones cost money, so they must be sure."""
REST = ("acknowledgement", "other")
"""What a reply is that wants nothing else."""
NO_INTENT = frozenset({"none", "hostile"})
"""Labels of the model that are no intents."""

LIKELY = 0.6
"""Probability from which an intent is named beside the primary one."""
PERHAPS = 0.08
"""Share from which a reply is taken to want something where nothing is likely."""
ENOUGH = 0.55
"""Share from which a pause is named."""
SAFE = 0.98
"""Share from which it may be taken without a person. All measured on lines of authors the models had not learned from."""
WITNESSES = {
    "promise_to_pay": ("promise", "promise?"),
    "already_paid": ("paid", "paid?"),
    "stop_contact": ("stop", "stop?"),
}
"""Intent of `NEVER` -> sections of cues that say it; in a question they say nothing."""
HOSTILE = 0.5

NEVER = {
    "promise_to_pay": ("copy",),
    "already_paid": ("thought", "unpaid", "every"),
    "stop_contact": ("channel",),
}
"""Intent -> sections of cues whose sentence shows no such thing: "send it again and I'll pay", "I thought it was paid", "all we
have is paid", "no more paper, please". Nor does a question, or a promise that is denied or hangs on a condition and names no
day, or a complaint that has been put right. What a habit or another invoice makes of a sentence the referee has learned."""

OUTWEIGHS = {"promise_to_pay": frozenset({"copy_request", "call_request"})}
"""Intent -> those of other sentences that come after it however likely they are: what is asked for beside a promise."""
OUTWEIGHING = 0.8
"""Probability that it needs for that."""

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
    weighed = Weighed(evidence, model)
    shares = referee("replies").shares(weighed.features())
    likely = {name: weighed.probability(name) for name in weighed.labels if name not in NO_INTENT}
    named = _named(shares, likely, weighed)
    sure_of = [max(shares[named[0]], PERHAPS), *(likely[name] for name in named[1:])]
    intents = tuple(
        Intent(name, round(min(sure, 0.99), 2), weighed.shown(name).sentence.text)
        for name, sure in zip(named, sure_of, strict=True)
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
        len(named) == 1 and named[0] in PAUSES and shares[named[0]] >= SAFE,
    )


def _understood(evidence: Evidence, model: Model) -> bool:
    return all(model.knows(token) for told in evidence.told for token in told.tokens if token.isalpha())


def _named(shares: dict[str, float], likely: dict[str, float], weighed: Weighed) -> list[str]:
    """The intents to name, the primary one first: at least one."""
    wanted = [name for name in likely if name not in REST and _may_be(name, weighed)]
    ranked = sorted(wanted, key=lambda name: -shares[name])
    standing = [name for name in ranked if shares[name] >= (ENOUGH if name in PAUSES else PERHAPS)]
    rest = max(REST, key=lambda name: shares[name])
    if not standing or shares[rest] > shares[standing[0]]:
        return ["acknowledgement" if weighed.anywhere("ack") else rest]
    primary = standing[0]
    named = [primary, *(name for name in ranked if name != primary and likely[name] >= LIKELY)]
    for name in named[1:]:
        apart = weighed.shown(name) is not weighed.shown(primary)
        if apart and primary in OUTWEIGHS.get(name, ()) and likely[name] >= OUTWEIGHING:
            primary = name
    return [primary, *(name for name in named if name != primary)]


def _may_be(name: str, weighed: Weighed) -> bool:
    """Whether the sentence that shows an intent best may show such a thing at all."""
    told = weighed.shown(name)
    clauses = told.clauses
    if name == "copy_request" and clauses.has("channel") and clauses.has("stop"):
        return False  # "no more invoices on paper, please"
    if name in NEVER and (clauses.has(*NEVER[name]) or clauses.asked(*WITNESSES[name])):
        return False
    if name == "dispute" and clauses.has("resolved") and not clauses.all_denied("resolved"):
        return False
    if name == "promise_to_pay":
        return not (clauses.all_denied("promise", "promise?", "pay") or _some_day(told))
    return True


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
