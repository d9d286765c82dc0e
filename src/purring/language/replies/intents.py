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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from purring.language.learned import Model, load
from purring.language.learned.model import likelihood
from purring.language.learned.referee import referee
from purring.language.replies import dating, partly, telling
from purring.language.replies.cues import Hit
from purring.language.replies.evidence import Evidence, Told
from purring.language.replies.hinges import ORDER, came_true, hangs_on
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
HOLDS = 0.5
"""Probability from which a part of a sentence says something of its own."""
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
BETWEEN, LEAST_OF_BOTH = 0.9, 0.3
"""What a payment and a promise must share between them so that both are named, the promise first, and the promise alone."""
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

HANGING = frozenset({"promise_to_pay", "already_paid"})
"""Intents that are none where they hang on what we must do: "if you correct it we pay on Friday"."""
UNCLEAR = ("hardship", "plan_request", "approval_pending")
"""What else a reply seems to be that says which part can be paid, and when."""
LEAST_SAID = 3
"""Words, the number among them, of what says more of an invoice than "not that one"."""
OF_AN_INVOICE = ("promise_to_pay", "dispute", "copy_request", "info_request", "approval_pending")
"""What else than that it is paid may be said of an invoice."""
OF_PAYING = (dating.OF_PAYING - {"@=you"}) | {"@pay", "@promise", "@promise?", "@paid", "@refusal"}
"""Marks of a sentence that speaks of paying."""
OF_PAID = frozenset({"@paid", "@paid?", "@=paid", "@=pay", "@=payment"})
"""Marks without which a complaint tells of no payment: "we left in December, so the £300 is wrong"."""

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

    rest: it speaks of the rest of what is paid in part. sure: what is primary may pause reminders without a person looking;
    never of anything else than `PAUSES`, nor of what is said of a part only.
    """

    intents: tuple[Intent, ...]
    primary: str
    hostile: bool
    open_question: bool
    commitment: tuple[int, int] | None
    sure: bool = False
    rest: bool = False


NOT_UNDERSTOOD = Judged((Intent("other", 0.1, ""),), "other", False, False, None)
"""Nothing can be said: no words, or none of a language we know."""


def judge(
    evidence: Evidence, *, guessed: bool = False, refs: Sequence[str] = (), asked: Mapping[str, bool] | None = None
) -> Judged:
    """What a reply says. Never raises: a reply without words is `other`.

    guessed: the language is a guess; then only a text is judged of which every word is known in it. refs: the invoices it
    names. asked: its lines that stand right under a quoted question about paying (True) or about a call (False).
    """
    model = load("replies", evidence.language)
    if not evidence.told or (guessed and not _understood(evidence, model)):
        return NOT_UNDERSTOOD
    weighed = Weighed(evidence, model)
    shares = referee("replies").shares(weighed.features())
    likely = {name: weighed.probability(name) for name in weighed.labels if name not in NO_INTENT}
    committing = [weighed.shown(name) for name in HANGING]
    hinges = {
        told.sentence.start: hinge
        for told in evidence.told
        if (any(told is one for one in committing) or not OF_PAYING.isdisjoint(told.marks))
        and (hinge := hangs_on(told.clauses, evidence.language))
    }
    found = _Found(weighed, model, hinges, shares, likely)
    found.weigh()
    found.hinge()
    found.came_true(evidence.language)
    found.done_today()
    found.rest(evidence)
    found.other_invoice(evidence, refs)
    found.bare_day(evidence, asked or {})
    found.partial(evidence)
    found.told_plainly(evidence)
    named = found.named
    return Judged(
        tuple(
            Intent(name, round(min(found.sure_of[name], 0.99), 2), found.shown(name).sentence.text) for name in named
        ),
        named[0],
        weighed.probability("hostile") >= HOSTILE,
        _owed(named, evidence) or bool(found.owed),
        found.commitment(),
        found.plain and len(named) == 1 and named[0] in PAUSES and shares[named[0]] >= SAFE,
        found.of_rest is not None,
    )


class _Found:
    """What a reply is found to want, the primary one first, while one rule after the other looks at it.

    sure_of: how likely each is. plain: nothing in it says that it holds of a part only. owed: what we must do first.
    """

    def __init__(
        self,
        weighed: Weighed,
        model: Model,
        hinges: Mapping[int, Hit],
        shares: Mapping[str, float],
        likely: Mapping[str, float],
    ) -> None:
        self.named: list[str] = []
        self.sure_of: dict[str, float] = {}
        self.plain = True
        self.owed: list[str] = []
        self.of_rest: partly.Rest | None = None
        self._weighed, self._model, self._hinges = weighed, model, hinges
        self._shares, self._likely = shares, likely
        self._shown: dict[str, Told] = {}

    def shown(self, name: str) -> Told:
        """The sentence that shows an intent best; of what may not hang on us, rather one that does not."""
        if name not in self._shown:
            best = self._weighed.shown(name)
            self._shown[name] = (self._free(name) or best) if self.hangs(name, best) else best
        return self._shown[name]

    def hangs(self, name: str, told: Told) -> bool:
        """Whether a promise, or a payment that is not past, hangs on what we must do."""
        if name not in HANGING or told.sentence.start not in self._hinges:
            return False
        hinge = self._hinges[told.sentence.start]
        over = told.clauses.hits.get("past", ())  # "when we got the credit note we paid the rest last week"
        return name == "promise_to_pay" or all(hinge.start <= hit.start < hinge.end for hit in over)

    def _free(self, name: str) -> Told | None:
        """The best of the sentences that hang on nothing, if it shows the intent."""
        lane = self._model.labels.index(name)
        best: tuple[float, Told] | None = None
        for told in self._weighed.told:
            if told.sentence.start not in self._hinges:
                odds = self._model.logits(self._model.seen(told.tokens, told.marks))[lane]
                if best is None or odds > best[0]:
                    best = odds, told
        return best[1] if best is not None and likelihood(best[0]) >= LIKELY else None

    def weigh(self) -> None:
        """What models and referee say."""
        self.named = _named(self._shares, self._likely, self._weighed, self)
        self.sure_of = {name: self._likely[name] for name in self.named}
        self.sure_of[self.named[0]] = max(self._shares[self.named[0]], PERHAPS)

    def hinge(self) -> None:
        """What stands behind a promise that hangs on us comes first: that we correct, send, explain."""
        for told in self._weighed.told:
            hinge = self._hinges.get(told.sentence.start)
            if hinge is None or (
                OF_PAYING.isdisjoint(told.marks) and told is not self._weighed.shown("promise_to_pay")
            ):
                continue
            kind = hinge.section
            self.owed.append(kind)
            self.plain = self.plain and kind in self.named
            self.add(kind, max(self._likely[kind], LIKELY), told)
            if self.named[0] in (*REST, "refusal") or self._shares[self.named[0]] < ENOUGH:
                self.lead(kind)

    def came_true(self, language: str) -> None:
        """Who tells of a payment that came after something of ours complains of nothing and asks for nothing by that."""
        for told in self._weighed.told:
            clauses = told.clauses
            if clauses.asks or clauses.has(*NEVER["already_paid"], "negation"):
                continue
            hinge = came_true(clauses, language)
            if hinge is None:
                continue
            before = list(self.named)
            breaks = clauses.hits.get("break", ())  # "... but it leaks again"
            if all(hinge.start <= hit.start < hinge.end for hit in breaks):
                for kind in ORDER:
                    if kind in self.named and kind not in self.owed and not self._elsewhere(kind, told):
                        self.drop(kind)
            self.add("already_paid", max(self._likely["already_paid"], LIKELY), told)
            self.plain = self.plain and self.named == before

    def _elsewhere(self, name: str, told: Told) -> bool:
        """Whether another sentence shows an intent too."""
        lane = self._model.labels.index(name)
        return any(
            likelihood(self._model.logits(self._model.seen(one.tokens, one.marks))[lane]) >= HOLDS
            for one in self._weighed.told
            if one is not told
        )

    def done_today(self) -> None:
        """Who has paid today does not promise to."""
        if {"promise_to_pay", "already_paid"} <= set(self.named):
            told = self.shown("promise_to_pay")
            if told is self.shown("already_paid") and partly.tells_paid(told, self._model):
                self.drop("promise_to_pay")
                self.plain = False

    def rest(self, evidence: Evidence) -> None:
        """Of a part paid and a rest promised the promise counts; neither is said of the whole."""
        if not HANGING.isdisjoint(self.named) or "plan_request" in self.named or self.named[0] in REST:
            found = partly.rest(evidence, self._model)
            if found is None:
                return
            self.plain = False
            if found.promised:
                self.of_rest = found
                self.add("promise_to_pay", max(self._likely["promise_to_pay"], LIKELY))
                self.add("already_paid", max(self._likely["already_paid"], LIKELY), found.paid)
                if self.named[0] in ("already_paid", *REST):
                    self.lead("promise_to_pay")

    def partial(self, evidence: Evidence) -> None:
        """What is promised of a part, or hangs on an "if", is promised, and for a person to see."""
        if "promise_to_pay" not in self.named and (self.named[0] in (*REST, *UNCLEAR)):
            told = partly.offered(evidence)
            if told is not None:
                self.add("promise_to_pay", max(self._likely["promise_to_pay"], LIKELY), told)
                if self.sure_of[self.named[0]] < ENOUGH and self.named[0] != "promise_to_pay":
                    self.lead("promise_to_pay")
                self.plain = False
        if "promise_to_pay" in self.named and self.plain:
            told = self.shown("promise_to_pay")
            self.plain = not (partly.hangs_on_chance(told, evidence.language) or partly.of_a_part(evidence, told))

    def other_invoice(self, evidence: Evidence, refs: Sequence[str]) -> None:
        """One invoice is paid, another is not: nobody knows which was meant."""
        if self.named[0] not in ("already_paid", "approval_pending"):
            return  # a promise for the one that is open stands as it is
        if self.plain and partly.one_open(evidence, self._model, refs):
            self.plain = False
        other = partly.other_invoice(evidence, self._model, refs)
        if other is None:
            return
        paid, told, same = other
        odds = self._model.score(self._model.seen(told.tokens, told.marks))
        name = max(OF_AN_INVOICE, key=lambda one: odds[one])
        self.plain = self.plain and not same and odds[name] < HOLDS and not told.clauses.has("negation")
        if same:
            self.add("already_paid", max(self._likely["already_paid"], LIKELY), paid)
            if len(told.tokens) > LEAST_SAID:
                self.add(name, max(odds[name], PERHAPS), told)

    def bare_day(self, evidence: Evidence, asked: Mapping[str, bool]) -> None:
        """A day is promised that is all that is answered, unless something else was asked."""
        if "promise_to_pay" in self.named and asked.get(self.shown("promise_to_pay").sentence.text) is False:
            self.drop("promise_to_pay")
            self.named = self.named or ["acknowledgement"]
            self.sure_of.setdefault(self.named[0], LIKELY)
            return
        if "promise_to_pay" in self.named or not (asked or self.named[0] in REST):
            return
        told = partly.bare_day(evidence, asked=asked, alone=self.named[0] in REST)
        if told is not None:
            for name in REST:
                self.drop(name)
            self.add("promise_to_pay", max(self._likely["promise_to_pay"], LIKELY), told)
            self.plain = False

    def told_plainly(self, evidence: Evidence) -> None:
        """What a turn of phrase says: of a complaint no promise is made, a question is one without its mark."""
        for told in self._weighed.told:
            if telling.contests(told, evidence, self._model):
                self._contested(told)
            if self.named[0] != "info_request" and telling.asks_for_account(told, evidence):
                if "copy_request" in self.named and self.shown("copy_request") is told:
                    self.drop("copy_request")
                self._told("info_request", told)
            elif self._open() and self._shares[self.named[0]] < ENOUGH and telling.done_now(told, evidence):
                self._told("already_paid", told)
        if self._open():
            part = telling.part_on_a_day(evidence, self._model)
            if part is not None:
                self._told("promise_to_pay", part)

    def _open(self) -> bool:
        """Whether nothing is named first that says what is to happen."""
        return self.named[0] in (*REST, *UNCLEAR)

    def _contested(self, told: Told) -> None:
        """A complaint of the sum is no promise of it, nor a payment where no word is of paying."""
        none = ["promise_to_pay", *(["already_paid"] if OF_PAID.isdisjoint(told.marks) else [])]
        none = [name for name in none if name in self.named and self.shown(name) is told]
        leading = self.named[0] in none
        for name in none:
            self.drop(name)
        if none:
            self.add("dispute", max(self._likely["dispute"], LIKELY), told)
            self.plain = False
        if leading:
            self.lead("dispute")
        elif self._open() or (self.named[0] not in PAUSES and self._shares[self.named[0]] < ENOUGH):
            self._told("dispute", told)

    def _told(self, name: str, told: Told) -> None:
        """Name first what a sentence says plainly, unless it is named beside something firm; never sure."""
        self.add(name, max(self._likely[name], LIKELY), told)
        if self.named[0] not in PAUSES:
            self.lead(name)
        self.plain = False

    def add(self, name: str, odds: float, told: Told | None = None) -> None:
        """Name an intent too, last."""
        if name not in self.named:
            for rest in set(REST) & set(self.named):
                self.drop(rest)
            self.named.append(name)
            self.sure_of[name] = odds
            if told is not None:
                self._shown[name] = told

    def lead(self, name: str) -> None:
        self.named.remove(name)
        self.named.insert(0, name)

    def drop(self, name: str) -> None:
        if name in self.named:
            self.named.remove(name)

    def commitment(self) -> tuple[int, int] | None:
        """From where to where the promise stands."""
        if "promise_to_pay" not in self.named:
            return None
        if self.of_rest is not None:
            return self.of_rest.start, self.of_rest.end
        sentence = self.shown("promise_to_pay").sentence
        return sentence.start, sentence.end


def _understood(evidence: Evidence, model: Model) -> bool:
    return all(model.knows(token) for told in evidence.told for token in told.tokens if token.isalpha())


def _named(shares: Mapping[str, float], likely: Mapping[str, float], weighed: Weighed, found: _Found) -> list[str]:
    """The intents to name, the primary one first: at least one."""
    wanted = [name for name in likely if name not in REST and _may_be(name, weighed, found)]
    ranked = sorted(wanted, key=lambda name: -shares[name])
    standing = [name for name in ranked if shares[name] >= (ENOUGH if name in PAUSES else PERHAPS)]
    if _both(shares, likely, found) and HANGING.issubset(ranked):
        standing = ["promise_to_pay", *(name for name in standing if name != "promise_to_pay")]
    rest = max(REST, key=lambda name: shares[name])
    if not standing or shares[rest] > shares[standing[0]]:
        return ["acknowledgement" if weighed.anywhere("ack") else rest]
    primary = standing[0]
    named = [primary, *(name for name in ranked if name != primary and likely[name] >= LIKELY)]
    for name in named[1:]:
        apart = found.shown(name) is not found.shown(primary)
        if apart and primary in OUTWEIGHS.get(name, ()) and likely[name] >= OUTWEIGHING:
            primary = name
    return [primary, *(name for name in named if name != primary)]


def _both(shares: Mapping[str, float], likely: Mapping[str, float], found: _Found) -> bool:
    """Whether a payment and a promise take the share of one between them, each shown by a sentence of its own: "The first is
    paid. The second I'll pay on Friday"."""
    paid, promise = (found.shown(name) for name in ("already_paid", "promise_to_pay"))
    if paid is promise or min(likely[name] for name in HANGING) < OUTWEIGHING:
        return False
    if shares["promise_to_pay"] < LEAST_OF_BOTH:
        return False
    return sum(shares[name] for name in HANGING) >= BETWEEN


def _may_be(name: str, weighed: Weighed, found: _Found) -> bool:
    """Whether the sentence that shows an intent best may show such a thing at all."""
    told = found.shown(name) if name in HANGING else weighed.shown(name)
    clauses = told.clauses
    if found.hangs(name, told):
        return False
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
