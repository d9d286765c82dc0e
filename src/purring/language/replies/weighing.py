# SPDX-License-Identifier: Apache-2.0
"""What the learned models say of a reply: how likely each label is in each sentence and in the whole, and all of that together
with the cues as the referee sees it (`purring.language.learned.referee`)."""

from __future__ import annotations

from purring.language.learned import Model
from purring.language.learned.model import likelihood
from purring.language.replies.evidence import Evidence, Told

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
_FAR = 4.0
"""Log-odds below which a label is as unlikely as any."""


class Weighed:
    """The log-odds of every label: in each sentence, and in the reply as a whole."""

    def __init__(self, evidence: Evidence, model: Model) -> None:
        self.labels = model.labels
        seen = [model.seen(told.tokens, told.marks) for told in evidence.told]
        self.told = evidence.told
        self._shown: dict[str, Told] = {}
        self._each = [model.logits(one) for one in seen]
        whole = seen[0]
        for one in seen[1:]:
            whole |= one
        self._whole = model.logits(whole) if len(seen) > 1 else self._each[0]
        self._most = [max(odds) for odds in zip(*self._each, strict=True)]

    def probability(self, name: str) -> float:
        """Of one label for itself, from the odds in the whole and in the sentence that shows it best."""
        lane = self.labels.index(name)
        odds = WHOLE * self._whole[lane] + (1 - WHOLE) * self._most[lane]
        return likelihood(STEEPNESS * odds + LEANING.get(name, 0.0))

    def anywhere(self, section: str) -> bool:
        """Whether there is a cue of this section in any sentence."""
        return any(told.clauses.has(section) for told in self.told)

    def shown(self, name: str) -> Told:
        """The sentence that shows it best."""
        found = self._shown.get(name)
        if found is None:
            lane = self.labels.index(name)
            best = max(range(len(self._each)), key=lambda number: self._each[number][lane])
            found = self._shown[name] = self.told[best]
        return found

    def features(self) -> dict[str, float]:
        """What the referee looks at; called the same in every language."""
        found = {"length": sum(len(told.tokens) for told in self.told) / 20, "sentences": len(self.told) / 3}
        for label, most, whole in zip(self.labels, self._most, self._whole, strict=True):
            found[f"sentence {label}"] = max(-_FAR, most) / 3
            found[f"whole {label}"] = max(-_FAR, whole) / 3
        for told in self.told:
            found.update((mark, 1.0) for mark in told.marks if _means_the_same_everywhere(mark))
        return found


def _means_the_same_everywhere(mark: str) -> bool:
    """Whether a mark is a cue, a concept, a day or a sum by itself, denied or asked; pairs and classes made by machine are not."""
    name, space, rest = mark[1:].partition(" ")
    if name[:1] == "c" and name[1:].isdigit():
        return False
    return not space or name == "day" or rest in ("!", "?")
