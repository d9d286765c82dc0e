# SPDX-License-Identifier: Apache-2.0
"""Every sentence of the law data that a page may show: for whoever translates them, and for the test that none is forgotten.

Which texts these are is said by the fields that hold them (`model.Words`), and by what was found in a source.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from purring.law.book import book, countries, sources
from purring.law.model import IN_WORDS


def words() -> Iterator[tuple[str, str]]:
    """(data file below `purring/law`, sentence), each sentence once for each file it stands in."""
    for code in countries():
        for text in dict.fromkeys(_words_of(book().country(code))):
            yield f"countries/{code}.json", text
    for text in dict.fromkeys(one.about for one in sources().values() if one.about):
        yield "sources.json", text


def _words_of(value: Any) -> Iterator[str]:
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            held = getattr(value, field.name)
            if not _is_words(_hints(type(value))[field.name]):
                yield from _words_of(held)
            elif held:
                yield held
    elif isinstance(value, tuple):
        for one in value:
            yield from _words_of(one)


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _is_words(hint: Any) -> bool:
    return get_origin(hint) is Annotated and IN_WORDS in get_args(hint)
