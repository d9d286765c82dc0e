# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the libraries say in English, in the reader's language: what was refused, and why something goes out or does not.

The libraries refuse in English, in words with their facts filled in, for they know no gettext
(`purring.core.errors.Refused`). `python -m tools.messages` gathers the shapes of these texts; here a text is known by its
shape, and said anew with the same facts in the language of the page. A text of no known shape stays as it is. Reasons are told again in the same way
(`purring.language.retold`).

The law data is English too. Its sentences are texts of the context "law", known as they stand; a sentence that an update of
the data brings and no catalogue has is shown as it is. Citations stay in every language what they are.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from django.utils.translation import get_language, pgettext

from purring.language.retold import retold

_FIELD = re.compile(r"%\((\w+)\)s|%%")
_WHOSE = r"[A-Z]{2}-[A-Z0-9-]+: "
"""What stands before a rule of the law data: whose it is, such as `NO-B2B: `."""
_RULED = re.compile(rf"(.*) \(({_WHOSE}.*)\)", re.DOTALL)
_CITED = re.compile(rf"({_WHOSE})?(.*?)(?: \(([^()]+)\))?", re.DOTALL)


def told(message: str) -> str:
    """The refusal in the language that is active. A place before it (`line 3: …`, `seller.city: …`) stays in front."""
    if not message or (get_language() or "en").startswith("en"):
        return message
    if (said := _said(message)) is not None:
        return said
    if message[0].isupper() and (said := _said(message[0].lower() + message[1:])):
        return said[0].upper() + said[1:]
    place, colon, rest = message.partition(": ")
    return f"{place}: {told(rest)}" if colon else message


def _said(message: str) -> str | None:
    if (reason := retold(message, get_language() or "en", law_answer)) is not None:
        return reason
    for text, shape in _shapes():
        if facts := shape.fullmatch(message):
            return pgettext("refusal", text) % {name: told(fact) for name, fact in facts.groupdict().items()}
    return None


@cache
def _shapes() -> list[tuple[str, re.Pattern[str]]]:
    """The texts, those with the most words of their own first, so that the nearest is found."""
    lines = files("purring").joinpath("locale/refusals.txt").read_text(encoding="utf-8").splitlines()
    return [(line, _shape(line)) for line in lines]


def _shape(text: str) -> re.Pattern[str]:
    pattern, end = "", 0
    for field in _FIELD.finditer(text):
        pattern += re.escape(text[end : field.start()])
        pattern += f"(?P<{field[1]}>.*?)" if field[1] else "%"
        end = field.end()
    return re.compile(pattern + re.escape(text[end:]), re.DOTALL)


def law_words(sentence: str) -> str:
    """A sentence of the law data in the language that is active."""
    return pgettext("law", sentence) if sentence else ""


def law_rule(rule: str) -> str:
    """A rule as `Basis.named` and `cited` have it, or several with a plus between them: the words in it told anew, the
    citation as it is."""
    return " + ".join(map(_rule, rule.split(" + ")))


def _rule(rule: str) -> str:
    found = _CITED.fullmatch(rule)
    assert found  # everything fits
    whose, cited, words = found.groups("")
    return f"{whose}{law_words(cited)}{f' ({law_words(words)})' if words else ''}"


def law_answer(answer: str) -> str:
    """What the law has against something, from its data or worked out, perhaps with the rule behind it in parentheses."""
    if (said := law_words(answer)) != answer:
        return said
    if found := _RULED.fullmatch(answer):
        return f"{law_answer(found[1])} ({law_rule(found[2])})"
    return told(answer)
