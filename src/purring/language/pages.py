# SPDX-License-Identifier: Apache-2.0
"""Short texts of pages and buttons in the customer's language: answer buttons, what is said when one was pressed,
the customer's page. They stand in ``pages.txt`` of each language.

Not here: which of them a page shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from purring.core.errors import Refused
from purring.language.compose import spoken_in, written_tag
from purring.language.formats import locale_for, long_date, plural, spelt, typography
from purring.language.templates import compile_template
from purring.language.wording import PLURALS, wording_for

ANSWERS: tuple[str, ...] = (
    "received",
    "question",
    "paid",
    "promise",
    "copy",
    "po",
    "dispute",
    "plan",
    "wrong_person",
    "content",
    "not_content",
)
"""The answer buttons. Each code has ``answer_CODE`` (the button), ``ask_CODE`` (what its page asks, where it asks
anything) and ``noted_CODE`` (the thanks)."""


class Pages:
    """The page texts of one language as they are written in one country."""

    def __init__(self, language: str, country: str | None = None, own: Mapping[str, str] | None = None) -> None:
        """Raises `Refused` (`no_wording`, `bad_template`)."""
        language = spoken_in(language, country)
        self._wording = wording_for(language, own)
        self.locale = locale_for(written_tag(language, self._wording), country)

    def say(self, key: str, count: int | None = None, /, **values: object) -> str:
        """One text with its values put in; days are written out, amounts come finished. `count` chooses the plural
        form and is the value `count`. Raises `Refused` (`no_wording`) for a text the language lacks."""
        situations = {self.locale.rpartition("_")[2]}
        shown = {name: long_date(v, self.locale) if isinstance(v, date) else v for name, v in values.items()}
        if count is not None:
            situations.add(plural(count, self.locale))
            shown["count"] = count
        template = self._wording.pick(f"pages/{key}", frozenset(situations))
        if template is None:
            raise Refused("no_wording", f"there is no page text {key!r} in {self._wording.language!r}")
        source = spelt(template.source, self.locale)
        compiled = compile_template(source, self._wording.language, template.first_line, template.file)
        return typography(compiled.render(shown), self.locale)

    def names(self) -> tuple[str, ...]:
        """The names of all texts."""
        return tuple(name.removeprefix("pages/") for name in self._wording.parts if name.startswith("pages/"))

    def counted(self, key: str) -> bool:
        """Whether a text has plural forms."""
        return any(entry.situations & PLURALS for entry in self._wording.parts.get(f"pages/{key}", ()))

    def __contains__(self, key: str) -> bool:
        return f"pages/{key}" in self._wording.parts
