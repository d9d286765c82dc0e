# SPDX-License-Identifier: Apache-2.0
"""Templates that are only text, names and plain choices, rendered without Liquid.

Most wordings are nothing but ``{{ name }}``, ``{{ name | upfirst }}`` and ``{% if name %}`` (with ``unless``,
``elsif``, ``else``). Such a template is understood here and rendered several times faster; for every other
one, and for values that are more than text, whole numbers and nil, Liquid is asked. Both give the same text.
Not here: finding mistakes; Liquid has compiled every template before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_OUTPUT = re.compile(r"\{\{ *([a-z_]+) *(\| *upfirst *)?\}\}")
_TAG = re.compile(r"\{% *(?:(if|unless|elsif) +([a-z_]+)|(else|endif|endunless)) *%\}")
_LITERALS = frozenset({"true", "false", "nil", "null", "empty", "blank"})
_PLAIN = frozenset({str, int, type(None)})
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Output:
    """`{{ name }}`, or with `upfirst`."""

    name: str
    upfirst: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Branches in order: (name, whether its value must be true, what is said). The last name may be None."""

    branches: tuple[tuple[str | None, bool, Nodes], ...]


Nodes = tuple["str | Output | Choice", ...]


class _NotQuick(Exception):
    pass


def understand(source: str) -> Nodes | None:
    """The template as nodes, or None when it uses more than is understood here."""
    try:
        nodes, ended_by = _nodes(iter(_TOKEN.split(source)))
    except _NotQuick:
        return None
    return nodes if ended_by is None else None


def _nodes(tokens: Iterator[str]) -> tuple[Nodes, re.Match[str] | None]:
    nodes: list[str | Output | Choice] = []
    for token in tokens:
        if token.startswith("{%"):
            tag = _TAG.fullmatch(token)
            if tag is None or tag[2] in _LITERALS:
                raise _NotQuick
            if tag[1] not in ("if", "unless"):
                return tuple(nodes), tag
            nodes.append(_choice(tokens, tag))
        elif token.startswith("{{"):
            output = _OUTPUT.fullmatch(token)
            if output is None or output[1] in _LITERALS:
                raise _NotQuick
            nodes.append(Output(output[1], bool(output[2])))
        elif "{{" in token or "}}" in token or "{%" in token or "%}" in token:
            raise _NotQuick
        elif token:
            nodes.append(token)
    return tuple(nodes), None


def _choice(tokens: Iterator[str], opened: re.Match[str]) -> Choice:
    branches: list[tuple[str | None, bool, Nodes]] = []
    name, wanted = opened[2], opened[1] == "if"
    while True:
        said, tag = _nodes(tokens)
        if tag is None or all(isinstance(node, str) and not node.strip() for node in said):
            raise _NotQuick  # Liquid leaves out a branch of mere blanks
        branches.append((name, wanted, said))
        if tag[3] == "end" + opened[1]:
            return Choice(tuple(branches))
        if name is None or tag[3] not in (None, "else"):
            raise _NotQuick
        name, wanted = tag[2], True


def render(nodes: Sequence[str | Output | Choice], values: Mapping[str, object]) -> str | None:
    """The text, or None when a value is absent or more than text, a whole number or nil."""
    if len(nodes) == 1 and isinstance(nodes[0], str):
        return nodes[0]
    said: list[str] = []
    return "".join(said) if _render(nodes, values, said) else None


def _render(nodes: Sequence[str | Output | Choice], values: Mapping[str, object], said: list[str]) -> bool:
    for node in nodes:
        if isinstance(node, str):
            said.append(node)
        elif isinstance(node, Output):
            value = values.get(node.name, _ABSENT)
            if type(value) not in _PLAIN:
                return False
            if value is not None:
                text = str(value)
                said.append(text[:1].upper() + text[1:] if node.upfirst else text)
        else:
            for name, wanted, branch in node.branches:
                if name is not None:
                    value = values.get(name, _ABSENT)
                    if value is _ABSENT:
                        return False
                    if (value is not None and value is not False) != wanted:
                        continue
                if not _render(branch, values, said):
                    return False
                break
    return True
