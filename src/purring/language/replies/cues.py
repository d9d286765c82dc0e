# SPDX-License-Identifier: Apache-2.0
"""Cues: the phrases of `cues/<language>.txt`, ready to be looked for in a clause. The files' README has the form.

A text is compared as a string of plain words with one space before, between and after, numbers as `#`, commas and
their like as `,`: " i ll pay # on friday , promise ". A phrase becomes one pattern over that string, tried only where
a word it cannot do without is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from purring.language.learned.words import plain

FOLDER = Path(__file__).with_name("cues")
LANGUAGES = frozenset({"en", "af", "fr", "es", "nb", "de", "nl", "pt", "it", "sv", "da"})

LEAST_START = 3
"""Letters an open word (`betal*`) must begin with to be found by its beginning."""

_TOKEN = re.compile(
    r"\d+(?:[.,:/'-]\d+)*(?:st|nd|rd|th|er|de|ste|te|e|a|o)?\b(?:[.,]-+)?|[^\W\d_]+|[,;:()]|(?<=\s)-+(?=\s)|\.{2,}"
)
_ASIDE = re.compile(r"\([^()]{0,40}\)")
_WORDS = {"..": 3, "...": 6}
_PIECE = re.compile(r"\.{2,3}|<[\w ]+>|[()|^$]|[*\w'#,-]+|\?")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of a section: its pattern over words."""

    section: str
    pattern: re.Pattern[str]
    number: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: from where to where in the words."""

    section: str
    start: int
    end: int


def as_words(text: str, language: str) -> str:
    """`text` as words to compare."""
    tokens = [
        "#" if token[0].isdigit() else token if token[0].isalpha() else ","
        for token in _TOKEN.findall(plain(_ASIDE.sub(" ", text), language))
    ]
    return f" {' '.join(tokens)} "


class Cues:
    """The phrases of one language."""

    def __init__(self, language: str, sections: dict[str, list[str]]) -> None:
        self.language = language
        classes = {name[6:]: " | ".join(lines) for name, lines in sections.items() if name.startswith("class ")}
        self._whole: dict[str, list[Phrase]] = {}
        self._starts: dict[str, list[Phrase]] = {}
        self._inside: dict[str, list[Phrase]] = {}
        count = 0
        for section, lines in sections.items():
            if section.startswith("class "):
                continue
            for line in lines:
                parsed = _Parser(line, classes, language)
                phrase = Phrase(section, re.compile(parsed.pattern), count)
                count += 1
                for needle in parsed.needles:
                    self._file(needle, phrase)

    def _file(self, needle: str, phrase: Phrase) -> None:
        bare = needle.strip("*")
        if needle.startswith("*"):
            self._inside.setdefault(bare, []).append(phrase)
        elif needle.endswith("*"):
            if len(bare) < LEAST_START:
                raise ValueError(f"{phrase.section}: {needle} is too short to be open")
            self._starts.setdefault(bare, []).append(phrase)
        else:
            self._whole.setdefault(bare, []).append(phrase)

    def hits(self, words: str) -> list[Hit]:
        """What stands in these words (of `as_words`), in no order; each phrase as often as it stands there."""
        tried: dict[int, Phrase] = {}
        for word in set(words.split()):
            for phrase in self._whole.get(word, ()):
                tried[phrase.number] = phrase
            for length in range(LEAST_START, len(word) + 1):
                for phrase in self._starts.get(word[:length], ()):
                    tried[phrase.number] = phrase
        for part, phrases in self._inside.items():
            if part in words:
                for phrase in phrases:
                    tried[phrase.number] = phrase
        return [
            Hit(phrase.section, match.start(), match.end())
            for phrase in tried.values()
            for match in phrase.pattern.finditer(words)
        ]


@cache
def cues(language: str) -> Cues:
    """The cues of a language tag; both kinds of Portuguese share theirs."""
    base = language.split("-")[0]
    return Cues(base, read(FOLDER / f"{base}.txt"))


def read(path: Path) -> dict[str, list[str]]:
    """The lines of a cue file by section."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            current = sections.setdefault(line[3:].strip(), [])
        elif line.strip() and not line.startswith("//"):
            current.append(line.strip())
    return sections


class _Parser:
    """A phrase as a pattern, and the words of which one must be there."""

    def __init__(self, line: str, classes: dict[str, str], language: str) -> None:
        self._line = line
        self._classes = classes
        for name, lines in classes.items():
            line = line.replace(f"<{name}>", f"({lines})")
        self._pieces = list(_split(line, language))
        self._at = 0
        self.pattern, needles = self._choices()
        if self._at < len(self._pieces):
            raise ValueError(f"{self._line}: stray {self._pieces[self._at]}")
        if not self.pattern.startswith("(?:^"):
            self.pattern = "(?<= )" + self.pattern
        if not needles:
            raise ValueError(f"{self._line}: no word that must be there")
        self.needles = needles

    def _choices(self) -> tuple[str, frozenset[str]]:
        patterns, needles, all_have = [], frozenset[str](), True
        while True:
            pattern, own = self._sequence()
            patterns.append(pattern)
            needles |= own
            all_have = all_have and bool(own)
            if self._at < len(self._pieces) and self._pieces[self._at] == "|":
                self._at += 1
                continue
            break
        joined = patterns[0] if len(patterns) == 1 else "(?:" + "|".join(sorted(patterns, key=len, reverse=True)) + ")"
        return joined, needles if all_have else frozenset()

    def _sequence(self) -> tuple[str, frozenset[str]]:
        pattern, best = "", frozenset[str]()
        while self._at < len(self._pieces):
            piece = self._pieces[self._at]
            if piece in "|)":
                break
            self._at += 1
            own = frozenset[str]()
            if piece == "(":
                part, own = self._choices()
                if self._at >= len(self._pieces):
                    raise ValueError(f"{self._line}: an open parenthesis")
                self._at += 1
                if self._at < len(self._pieces) and self._pieces[self._at] == "?":
                    self._at += 1
                    part, own = f"(?:{part})?", frozenset()
                pattern += part
            elif piece in _WORDS:
                pattern += rf"(?:[^ ,]+ ){{0,{_WORDS[piece]}}}?"
            elif piece == "^":
                pattern += "(?:^ |(?<=, ))"
            elif piece == "$":
                pattern += "(?=,|$)"
            else:
                start = "[^ ,]*" if piece.startswith("*") else ""
                end = "[^ ,]*" if piece.endswith("*") else ""
                pattern += start + re.escape(piece.strip("*")) + end + " "
                own = frozenset({piece}) if piece != "," else frozenset()
            if own and (not best or _worth(own) > _worth(best)):
                best = own
        return pattern, best


def _worth(needles: frozenset[str]) -> tuple[bool, int]:
    return not any(needle.startswith("*") for needle in needles), min(len(needle.strip("*")) for needle in needles)


def _split(line: str, language: str) -> Iterator[str]:
    for piece in _PIECE.findall(plain(line, language)):
        if piece[0] in "*#,-'" or piece[0].isalnum():
            yield from (part for part in re.split(r"['-]+", piece) if part)
        else:
            yield piece
