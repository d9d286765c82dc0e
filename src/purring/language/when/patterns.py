# SPDX-License-Identifier: Apache-2.0
"""Patterns of words, written as people read them, compiled into one automaton per language.

    the? {dom} of (this|next) month        words, choices, an optional word or group, a class in braces, a <macro>

All patterns of a language share one automaton, so that finding the longest one at a token costs a few look-ups however
many there are; its states are made when a text first needs them. A class is something with a value: a number, a
weekday, a month; what it takes is decided by a reader handed in by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from purring.language.when.scan import Scan, spellings

Reader = Callable[[Scan, int], Iterable[tuple[Any, int]]]
"""Reads a class at a token: (value, index of the token after it), several where it is open which is meant."""

_PIECE = re.compile(r"\s*(\(|\)|\||\?|\{\w+\}|<\w+>|[^\s()|?{}<>]+)")
_SEPARATOR = re.compile(r"['’-]")


class Match(NamedTuple):
    """A pattern found: the token after it, its meaning, and what its classes took, in order of reading."""

    after: int
    meaning: str
    taken: tuple[tuple[str, Any], ...]


class _State:
    """A set of places in patterns where reading may stand."""

    __slots__ = ("classes", "meaning", "order", "words")

    def __init__(self) -> None:
        self.words: dict[str, Any] = {}  # a word -> the nodes it leads to, replaced by their state when first needed
        self.classes: list[tuple[str, Reader, Any]] = []
        self.meaning: str | None = None
        self.order = 0


class Patterns:
    """Patterns by meaning; `longest` finds the one that takes most. Of equally long ones the first added wins."""

    def __init__(
        self, macros: Mapping[str, str], readers: Mapping[str, Reader], gate: Callable[[str], bool] = bool
    ) -> None:
        """gate: a quick test whether any class could begin with a word, to spare the readers the others."""
        self._macros, self._readers, self._gate = macros, readers, gate
        self._edges: list[dict[str, tuple[int, ...]]] = [{}]
        self._meanings: list[tuple[int, str] | None] = [None]
        self._states: dict[frozenset[int], _State] = {}
        self._added = 0

    @property
    def first_words(self) -> frozenset[str]:
        """The words a pattern may begin with, classes aside."""
        return frozenset(edge for edge in self._edges[0] if edge[0] != "{")

    def add(self, meaning: str, pattern: str) -> None:
        self._added += 1
        self._states.clear()
        for node in self._laid(pattern, {0}):
            if node and self._meanings[node] is None:
                self._meanings[node] = (self._added, meaning)

    def _laid(self, pattern: str, begin: set[int]) -> set[int]:
        """Lay a pattern's edges from the nodes `begin`; the nodes where it ends."""
        pieces = _PIECE.findall(pattern)
        position = 0

        def choice(begin: set[int]) -> set[int]:
            nonlocal position
            ends: set[int] = set()
            line = begin
            while position < len(pieces) and pieces[position] != ")":
                piece = pieces[position]
                position += 1
                if piece == "|":
                    ends |= line
                    line = begin
                    continue
                if piece == "(":
                    reached = choice(line)
                    position += 1
                elif piece[0] == "<":
                    reached = self._laid(self._macros[piece[1:-1]], line)
                elif piece[0] == "{":
                    self._readers[piece[1:-1]]  # an unknown class is an error of the vocabulary, seen at once
                    reached = self._edge(line, (piece,))
                else:
                    reached = line
                    for word in [word for word in _SEPARATOR.split(piece) if word] or [piece]:
                        reached = self._edge(reached, spellings(word))
                if position < len(pieces) and pieces[position] == "?":
                    position += 1
                    reached = reached | line
                line = reached
            return ends | line

        return choice(begin)

    def _edge(self, begin: set[int], labels: Iterable[str]) -> set[int]:
        node = len(self._edges)
        self._edges.append({})
        self._meanings.append(None)
        alone = (node,)  # one for all the labels that lead to it: there are a hundred thousand of them
        for start in begin:
            leaving = self._edges[start]
            for label in labels:
                leaving[label] = (*leaving[label], node) if label in leaving else alone
        return {node}

    def _state(self, nodes: frozenset[int]) -> _State:
        state = self._states.get(nodes)
        if state is None:
            state = self._states[nodes] = _State()
            edges: dict[str, set[int]] = {}
            for node in nodes:
                for label, reached in self._edges[node].items():
                    edges.setdefault(label, set()).update(reached)
            for label, reached_nodes in edges.items():
                if label[0] == "{":
                    reader = self._readers[label[1:-1]]
                    state.classes.append((label[1:-1], reader, frozenset(reached_nodes)))
                else:
                    state.words[label] = frozenset(reached_nodes)
            meanings = [meaning for node in nodes if (meaning := self._meanings[node])]
            if meanings:
                state.order, state.meaning = min(meanings)
        return state

    def longest(self, scan: Scan, index: int) -> Match | None:
        """The longest pattern that starts at a token, or None."""
        best: Match | None = None
        order = 0
        words, count, gate = scan.words, len(scan.words), self._gate
        stack: list[tuple[_State, int, tuple[tuple[str, Any], ...]]] = [(self._state(_ROOT), index, ())]
        while stack:
            state, position, taken = stack.pop()
            if state.meaning is not None and (
                best is None or position > best.after or (position == best.after and state.order < order)
            ):
                best, order = Match(position, state.meaning, taken), state.order
            if position >= count:
                continue
            for place, (name, reader, following) in enumerate(
                state.classes if state.classes and gate(words[position]) else ()
            ):
                read = reader(scan, position)
                if read:
                    if type(following) is frozenset:
                        following = self._state(following)
                        state.classes[place] = (name, reader, following)
                    for value, after in read:
                        stack.append((following, after, (*taken, (name, value))))
            following = state.words.get(words[position])
            if following is not None:
                if type(following) is frozenset:
                    following = state.words[words[position]] = self._state(following)
                stack.append((following, position + 1, taken))
        return best


_ROOT = frozenset((0,))
