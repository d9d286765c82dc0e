# SPDX-License-Identifier: Apache-2.0
"""Wordings that people edit, run safely: Liquid with a short list of tags and filters and hard limits.

A template sees only the plain values it is given (text, whole numbers, yes/no, lists and tables of these):
no objects, no files, no other template. Nothing in the allowed list can make text grow faster than it is
written, and loops, output, nesting and source are capped, so a template can neither run away nor eat memory.
A mistake is told with line and column. Not here: what the variables mean (variables.py) and how wording files
are laid out (wording.py).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from liquid import BoundTemplate, Environment, RenderContext, StrictUndefined
from liquid.ast import Node
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import LiquidError
from liquid.expression import Expression

from purring.core.errors import Refused
from purring.language import quick
from purring.language.formats import plural

MAX_SOURCE = 64 * 1024
"""Longest template source in characters; a parser needs memory in proportion to it."""

TAGS = frozenset({"if", "unless", "case", "for", "assign", "comment", "output", "content", "illegal", "#"})
FILTERS = frozenset({"default", "downcase", "first", "last", "minus", "plus", "size", "strip", "upcase"})
"""The allowed filters of Liquid; `plural` and `upfirst` are ours. Those that multiply text are left out."""

MAX_NUMBER = 10**15

_BLOCK_TAG = re.compile(r"\{%-?\s*(if|unless|case|for|comment|endif|endunless|endcase|endfor|endcomment)\b")


class BadTemplate(Refused):
    """A mistake in a template. `params`: `file`, `line`, `column` (from 1), `near` (nearest known name or
    None)."""

    def __init__(self, message: str, line: int, column: int, near: str | None = None, file: str = "") -> None:
        super().__init__("bad_template", message, file=file, line=line, column=column, near=near)
        self.line, self.column, self.near = line, column, near


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake found before saving; line and column count from 1."""

    line: int
    column: int
    message: str
    near: str | None = None


class Mistake(LiquidError):
    """One that we tell in our own words."""


class _SafeEnvironment(Environment):
    loop_iteration_limit = 5_000
    output_stream_limit = 300_000
    local_namespace_limit = 100_000
    context_depth_limit = 10
    block_nesting_limit = 30

    def setup_tags_and_filters(self, **options: Any) -> None:
        super().setup_tags_and_filters(**options)
        for tag in set(self.tags) - TAGS:
            del self.tags[tag]
        for name in set(self.filters) - FILTERS:
            del self.filters[name]
        for name in ("plus", "minus"):
            self.filters[name] = _bounded(self.filters[name])
        self.filters["upfirst"] = _upfirst


def _bounded(operation: Any) -> Any:
    def bounded(left: object, right: object) -> object:
        """Sums of huge numbers never grow in a loop, and text is never treated as a number."""
        for value in (left, right):
            if not isinstance(value, int) or abs(value) > MAX_NUMBER:
                raise Mistake("only whole numbers can be added or subtracted", token=None)
        return operation(left, right)

    return bounded


def _upfirst(value: object) -> str:
    text = "" if value is None else str(value)
    return text[:1].upper() + text[1:]


@lru_cache(64)
def _environment(language: str) -> _SafeEnvironment:
    environment = _SafeEnvironment(undefined=StrictUndefined)
    locale = language.replace("-", "_")

    def plural_filter(count: object, **forms: object) -> str:
        """The form that fits the number: `{{ days | plural: one: "day", other: "days" }}`. Nothing has no form."""
        if count is None:
            return ""
        if not isinstance(count, int):
            raise Mistake("plural needs a whole number", token=None)
        form = forms.get(plural(count, locale), forms.get("other"))
        if form is None:
            raise Mistake("plural needs at least the form other:", token=None)
        return str(form)

    environment.add_filter("plural", plural_filter)
    return environment


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template: `names` are the variables it uses; `file` and `first_line` say where it stands."""

    names: frozenset[str]
    source: str
    first_line: int
    file: str
    _bound: BoundTemplate
    _quick: quick.Nodes | None
    """The same template, when it can be rendered without Liquid."""

    def render(self, values: Mapping[str, object]) -> str:
        """The text with the values put in. Raises `BadTemplate` (unknown name, a limit)."""
        if self._quick is not None and (text := quick.render(self._quick, values)) is not None:
            return text
        try:
            return self._bound.render(values)
        except LiquidError as error:
            raise _told(error, self.source, self.first_line, self.file) from None
        except RecursionError:
            raise BadTemplate("this is nested too deeply", self.first_line, 1, None, self.file) from None


@lru_cache(8192)
def compile_template(source: str, language: str, first_line: int = 1, file: str = "") -> Template:
    """Compile once per content. Raises `BadTemplate` with line and column in the file."""
    if len(source) > MAX_SOURCE:
        raise BadTemplate(f"the text is longer than {MAX_SOURCE} characters", first_line, 1, None, file)
    try:
        bound = _environment(language).from_string(source)
        _refuse_ranges(bound, source, first_line, file)
        analysis = bound.analyze()
        names = frozenset(analysis.globals)
        for name, uses in analysis.filters.items():
            if name not in bound.env.filters:
                line, column = place(source, uses[0].index)
                near = nearest(name, bound.env.filters)
                raise BadTemplate(unknown_filter(name, near), line + first_line - 1, column, near, file)
    except LiquidError as error:
        raise _told(error, source, first_line, file) from None
    except RecursionError:
        raise BadTemplate("this is nested too deeply", first_line, 1, None, file) from None
    return Template(names, source, first_line, file, bound, quick.understand(source))


def check_template(source: str, known: Collection[str], language: str = "en") -> list[Problem]:
    """What is wrong with a template before it is saved: syntax, unknown filters and tags, unknown names."""
    try:
        template = compile_template(source, language)
    except BadTemplate as error:
        return [Problem(error.line, error.column, error.message, error.near)]
    return unknown_names(template, known)


def unknown_names(template: Template, known: Collection[str]) -> list[Problem]:
    """The names in a compiled template that nobody knows, in the order they stand there."""
    problems = []
    for name, uses in template._bound.analyze().globals.items():
        if name not in known:
            near = nearest(name, known)
            for use in uses:
                line, column = place(template.source, use.span.index)
                line += template.first_line - 1
                problems.append(Problem(line, column, unknown_name(name, near), near))
    return sorted(problems, key=lambda problem: (problem.line, problem.column))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like a mistyped one, or None."""
    return next(iter(get_close_matches(name, list(known), 1, 0.6)), None)


def unknown_name(name: str, near: str | None) -> str:
    """The sentence told for a name nobody knows."""
    why = f"{name!r} is not a known name; did you mean {near!r}?"
    if not near:
        why = f"{name!r} is not a known name"
    return why


def unknown_filter(name: str, near: str | None) -> str:
    """The sentence told for a filter there is not."""
    why = f"there is no filter {name!r}; did you mean {near!r}?"
    if not near:
        why = f"there is no filter {name!r}"
    return why


def place(source: str, index: int) -> tuple[int, int]:
    """Line and column (from 1) of an offset."""
    before = source[: max(index, 0)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _told(error: LiquidError, source: str, first_line: int, file: str) -> BadTemplate:
    message = str(error.message or "")
    index = error.token.start_index if error.token is not None else -1
    tag, opened = _open_block(source) if "tag end" in message or "tag 'end" in message else ("", 0)
    line, column = place(source, opened if tag else index)
    why = message if isinstance(error, Mistake) else never_closed(tag) if tag else plainly(message)
    return BadTemplate(why, line + first_line - 1, column, None, file)


def never_closed(tag: str) -> str:
    why = f"'{tag}' is opened here but never closed"
    return why


_TAG_SAID = re.compile(
    r"unexpected tag '(\w+)'|(comment) tag was never closed|(\w+) tag (?:has no end|was never closed)"
)
_NAME_SAID = re.compile(r"'(.+)' is undefined")


def plainly(message: str) -> str:
    """What Liquid says of a mistake, in words for people who write letters, not programs."""
    if "found end of file" in message or "closing delimiter" in message:
        why = "this is opened here but never closed"
    elif tag := _TAG_SAID.fullmatch(message):
        return never_closed(tag[2] or tag[3]) if not tag[1] else misplaced(tag[1])
    elif name := _NAME_SAID.fullmatch(message):
        return unknown_name(name[1], None)
    elif "found end of expression" in message or "missing" in message:
        why = "something is missing here"
    elif "limit" in message or "too deep" in message:
        why = "this becomes too long"
    elif message.startswith(("expected", "unexpected")):
        why = "this cannot stand here"
    else:
        why = "this cannot be worked out"
    return why


def misplaced(tag: str) -> str:
    why = f"there is no {tag!r} that could stand here"
    return why


def _open_block(source: str) -> tuple[str, int]:
    """The innermost block tag that is never closed, and its offset; Liquid does not say where it stands."""
    open_blocks: list[tuple[str, int]] = []
    for match in _BLOCK_TAG.finditer(source):
        tag = match[1]
        if not tag.startswith("end"):
            open_blocks.append((tag, match.start()))
        elif open_blocks and open_blocks[-1][0] == tag[3:]:
            open_blocks.pop()
        else:
            break
    return open_blocks[-1] if open_blocks else ("", 0)


def _refuse_ranges(bound: BoundTemplate, source: str, first_line: int, file: str) -> None:
    """`(1..2000000000)` would build the list before any limit is asked."""
    context = RenderContext(bound)
    for expression in _expressions(bound.nodes, context):
        if isinstance(expression, RangeLiteral):
            line, column = place(source, expression.token.start_index)
            at = line + first_line - 1
            raise BadTemplate("ranges such as (1..9) are not available", at, column, None, file)


def _expressions(nodes: Iterable[Node], context: RenderContext) -> Iterator[Expression]:
    for node in nodes:
        stack = list(node.expressions())
        while stack:
            expression = stack.pop()
            yield expression
            stack.extend(expression.children())
        yield from _expressions(node.children(context), context)
