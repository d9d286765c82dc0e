# SPDX-License-Identifier: Apache-2.0
"""A sentence as clauses with the cues in them, and which cue bears on which: what is denied, asked, hung on a condition."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from purring.language.replies.cues import Hit, as_words, cues
from purring.language.replies.sentences import Sentence

_BEFORE, _AFTER = 7, 3
"""Words before and after a cue in which a negation is about it."""
_ONLY_BEFORE = frozenset({"en", "es", "it", "pt"})
"""Languages in which a denial stands before what it denies: "te lo mando, no te enfades" denies no sending."""
_TAG = re.compile(
    r" (?:ok|okay|okey|okej|oke|oukei|oki|okidoki|blz|beleza|ta|ta bom|tudo bem|combinado|vale|va bene|d accord|einverstanden|alright"
    r"|all right|right|yeah|greit|fint|i orden|in ordnung|passt|passt das|goed|is goed|reg so|si|eh|va) $"
)
"""What makes no question of a statement at whose end it stands with a question mark: "faço o pix na sexta blz?"; without a comma,
too."""


class Clauses:
    """A sentence as words, with its cues by section and the edges of its clauses. language: a base tag."""

    def __init__(self, sentence: Sentence, language: str) -> None:
        known = cues(language)
        words = as_words(sentence.text, language)
        self._after = 0 if language in _ONLY_BEFORE else _AFTER
        found = known.hits(words)
        idioms = [hit for hit in found if hit.section == "idiom"]
        if idioms:  # "sick pay", "if you like": those words say nothing
            for hit in idioms:
                blank = "_ " * ((hit.end - hit.start) // 2)
                words = words[: hit.start] + blank + words[hit.start + len(blank) :]
            found = known.hits(words)
        self.text = words
        self.asks = sentence.asks and not sentence.text.rstrip("\"'»”) ").endswith("?!")
        self.hits: dict[str, list[Hit]] = {}
        for hit in sorted(found, key=lambda hit: (hit.start, -hit.end)):
            same = self.hits.setdefault(hit.section, [])
            if not same or hit.start >= same[-1].end:
                same.append(hit)
        self._edges = sorted(
            {0, len(words)}
            | {at for at, letter in enumerate(words) if letter == ","}
            | {hit.start for hit in self.hits.get("break", ())}
            | {tag.start() for tag in (_TAG.search(words),) if tag and self.asks and tag.start()}
        )

    def has(self, *sections: str) -> bool:
        """Whether there is a cue of any of these sections."""
        return any(section in self.hits for section in sections)

    def clause(self, hit: Hit) -> tuple[int, int]:
        """From where to where the clause goes in which this stands."""
        start = self._edges[bisect_right(self._edges, hit.start) - 1]
        end = bisect_left(self._edges, hit.end)
        return start, self._edges[end] if end < len(self._edges) else len(self.text)

    def within(self, section: str, span: tuple[int, int]) -> bool:
        """Whether such a cue stands in this part."""
        return any(hit.start < span[1] and hit.end > span[0] for hit in self.hits.get(section, ()))

    def denied(self, hit: Hit) -> bool:
        """Whether a negation near it, in its clause, is about it and no part of it."""
        start, end = self.clause(hit)
        before = self.text[start : hit.start].split()[-_BEFORE:]
        behind = self.text[hit.end : end].split()[: self._after]
        low = hit.start - len(" ".join(before)) - 1
        high = hit.end + len(" ".join(behind)) + 1
        return any(
            low <= negation.start < high and (negation.end <= hit.start or negation.start >= hit.end)
            for negation in self.hits.get("negation", ())
        )

    def all_denied(self, *sections: str) -> bool:
        """Whether there are cues of these sections, and each is denied."""
        found = [hit for section in sections for hit in self.hits.get(section, ())]
        return bool(found) and all(self.denied(hit) for hit in found)

    def asked(self, *sections: str) -> bool:
        """Whether the sentence asks, and no cue of these sections stands in a clause before the one that does."""
        return self.asks and not any(
            self.clause(hit)[1] <= self._edges[-2] for section in sections for hit in self.hits.get(section, ())
        )

    def marks(self) -> Iterator[str]:
        """The cues as features of a learned model, the same in every language.

        `@paid`: a cue of that section; `@paid !` denied, `@paid ?` in a question, `@paid & past` with one of the past in
        its clause, `@paid + past` anywhere in the sentence.
        """
        sections = sorted(section for section in self.hits if section != "break")
        for place, section in enumerate(sections):
            yield f"@{section}"
            if self.asks:
                yield f"@{section} ?"
            yield from (f"@{section} + {other}" for other in sections[place + 1 :])
            for hit in self.hits[section]:
                if self.denied(hit):
                    yield f"@{section} !"
                clause = self.clause(hit)
                yield from (
                    f"@{section} & {other}" for other in sections if other != section and self.within(other, clause)
                )
