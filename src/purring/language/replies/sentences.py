# SPDX-License-Identifier: Apache-2.0
"""A reply as sentences, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_END = re.compile(r"(?<=[.!?…])[\"'»”)]*\s+(?=[^\s\d.,]|\d)|\n")
_NOT_ENDED = re.compile(
    r"(?:^|[\s(])(?:\d{1,2}|[A-Za-zÅÄÖÉ]|nr|no|kr|ca|dr|mr|mrs|ms|st|sr|sra|dña|dhr|mevr|mnr|mev|hr|fr|bl|bl\.a|f\.eks|t\.ex|z\.b|bzw|inkl|incl|ink|exkl|eks|evt|ev|resp|tel|tlf|art|abs|n|núm|num|fact|rg|re|ref|vs|etc|approx|rs|jan|feb|mar|apr|jun|jul|aug|sep|sept|okt|oct|nov|dec|des|dez|janv|févr|avr|juil|ene|abr|ago|set|dic|gen|mag|giu|lug|ott|mrt|mån|tis|ons|tors|fre|lör|sön|man|tir|tor|lør|søn|p|pkt|kl|d|m|mvh|d\.d|t\.o\.m|fr\.o\.m|p\.g\.a|o\.s\.v|m\.v|e\.l|a\.u\.b|i\.v\.m|t/m|exma|exmo|exmos|ilmo|fac|fatt|dott|sig|spett|vdo|lic|ing)\.$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\d\.$")
_BEFORE_A_NUMBER = re.compile(r"(?:^|[\s(])(?:no|n|nr)\.$", re.IGNORECASE)
_MONTH = re.compile(r"Jan|Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Rate|Quartal|Kalender|Tag")
WRAPPED = 58
"""A line longer than this was probably broken by a mail program and goes on in the next."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """From where to where it stands in the text, and its words with line breaks as spaces."""

    start: int
    end: int
    text: str

    @property
    def asks(self) -> bool:
        """Whether it ends as a question."""
        return "?" in self.text[-4:]


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text in order. A line ends one, unless a mail program broke it."""
    found: list[Sentence] = []
    start = 0
    for match in _END.finditer(text):
        if match[0] == "\n":
            line_start = text.rfind("\n", 0, match.start()) + 1
            following = text[match.end() : match.end() + 1]
            if match.start() - line_start >= WRAPPED and (
                following.islower() or following.isdigit() or following in "(€$£"
            ):
                continue
        elif "\n" not in match[0] and _goes_on(text, max(start, match.start() - 12), match.start(), match.end()):
            continue
        _add(found, text, start, match.start())
        start = match.end()
    _add(found, text, start, len(text))
    return found


def _goes_on(text: str, start: int, end: int, following: int) -> bool:
    """Whether the full stop before `end` ends an abbreviation or a number ("den 3. Mai"), not the sentence."""
    before = text[start:end]
    if not _NOT_ENDED.search(before):
        return False
    if _BEFORE_A_NUMBER.search(before) and not text[following].isdigit():
        return False
    opens = text[following].isupper() or text[following] in "¿¡"
    return not (_COUNTED.search(before) and opens and not _MONTH.match(text, following))


def _add(found: list[Sentence], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        start += len(piece) - len(piece.lstrip())
        found.append(Sentence(start, start + len(stripped), stripped.replace("\n", " ")))
