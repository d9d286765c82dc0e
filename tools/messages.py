# SPDX-License-Identifier: AGPL-3.0-or-later
"""The texts of the interface and their translations: `python -m tools.messages` gathers them, `--check` only looks.

Texts stand in templates and Python files, marked for gettext. One catalogue per language lies in `src/purring/locale`; a
new text is added to each, untranslated, one that is gone is taken out, and the compiled catalogue is written beside it.
Needs no program but Babel.

What the libraries refuse is said in English where it is refused, for they know no gettext (`purring.core.errors`). Its
shapes are gathered too, as texts of the context "refusal", and listed in `refusals.txt` for `doors/desk/refusals.py`. The
sentences of the law data are English as well (`purring.law.words`), and are gathered with the context "law".
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

from purring.law.words import words

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/purring"
LOCALES = SOURCE / "locale"
REFUSALS = LOCALES / "refusals.txt"
LANGUAGES = ("af", "fr", "es", "nb")
"""Beside English, the language the texts are written in."""
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""A day that stands in every compiled catalogue, where the format wants one."""
COUNTED = {"count", "counter", "number"}
"""What a text for one alone may leave unsaid."""
_SAYING = {
    "Refused": slice(1, 2),
    "Finding": slice(2, 4),
    "BadTemplate": slice(0, 1),
    "Problem": slice(2, 3),
    "Mistake": slice(0, 1),
    "Denied": slice(1, 2),
}
"""What makes something that a person is told, and which of its arguments are text."""
_NAME = re.compile(r"[A-Za-z][A-Za-z_]*")
_WORDS = re.compile(r"[A-Za-z]{2,}.* [a-z]{2,}|[A-Za-z]{2,} ")
_FIELD = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w*)\}(?!\})")


def gathered() -> Catalog:
    """Every text with the files it stands in."""
    catalogue = Catalog(charset="utf-8", fuzzy=False)
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix not in (".py", ".html", ".txt") or "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            if "templates" not in path.parts:
                continue
            text = _as_python(text, path)
        for line, message, comments, context in _texts(text):
            del line  # lines would change with every edit
            catalogue.add(
                message, locations=[(str(path.relative_to(ROOT)), 0)], auto_comments=comments, context=context
            )
    for path, shape in refusals():
        catalogue.add(shape, locations=[(str(path.relative_to(ROOT)), 0)], context="refusal")
    for name, sentence in words():
        catalogue.add(sentence, locations=[(f"src/purring/law/{name}", 0)], context="law")
    return catalogue


def refusals() -> Iterator[tuple[Path, str]]:
    """What a page may have to say no with: the file and the text, with `%(name)s` where something is filled in."""
    for path in sorted(SOURCE.rglob("*.py")):
        if path.is_relative_to(SOURCE / "doors/cli") or path.is_relative_to(SOURCE / "config"):
            continue  # the command line speaks English
        is_law = path.is_relative_to(SOURCE / "law")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for said in [*_said_by(node), *(_answered_by(node) if is_law else ())]:
                if (shape := _shape(said)) and _WORDS.search(_FIELD.sub("", shape)):
                    yield path, shape


def _said_by(node: ast.AST) -> list[ast.expr]:
    """The message of a refusal; why and remedy of what a check of documents found."""
    if isinstance(node, ast.Assign) and [ast.unparse(one) for one in node.targets] in (["why"], ["remedy"]):
        return [node.value]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SAYING:
        return node.args[_SAYING[node.func.id]]
    return []


def _answered_by(node: ast.AST) -> list[ast.expr]:
    """What the law answers to "may it be asked, may it be done" beside its refusals: texts that its functions return."""
    if not isinstance(node, ast.Return):
        return []
    return node.value.elts if isinstance(node.value, ast.Tuple) else [node.value] if node.value else []


def _shape(message: ast.expr) -> str | None:
    if isinstance(message, ast.Constant) and isinstance(message.value, str):
        return message.value.replace("%", "%%")
    if not isinstance(message, ast.JoinedStr):
        return None
    text, seen = "", set[str]()
    for part in message.values:
        if isinstance(part, ast.Constant):
            text += str(part.value).replace("%", "%%")
            continue
        assert isinstance(part, ast.FormattedValue)
        name = next((word for word in reversed(_NAME.findall(ast.unparse(part.value)))), "it").lower()
        while name in seen:
            name += "_"
        seen.add(name)
        text += f"%({name})s"
    return text


def _as_python(template: str, path: Path) -> str:
    from django.utils.translation.template import templatize

    # What is no text has become a row of X, indented as the page is, which Python would not read.
    return "\n".join(line.strip() for line in templatize(template, origin=str(path)).splitlines())


def _texts(python: str) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    source = io.BytesIO(python.encode())
    yield from extract("python", source, keywords=KEYWORDS, comment_tags=("Translators:",))


def path_of(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def kept(language: str) -> Catalog:
    """The catalogue as it lies there, or an empty one."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, texts: Catalog) -> Catalog:
    """The catalogue with what is new and without what is gone. Nothing is guessed from a text that is alike."""
    catalogue = kept(language)
    catalogue.update(texts, no_fuzzy_matching=True, keep_user_comments=True)
    catalogue.obsolete.clear()
    return catalogue


def faults(language: str, texts: Catalog) -> list[str]:
    """What keeps a language from being complete: a text without translation, or one that loses or invents a field."""
    catalogue = kept(language)
    found = []
    for message in texts:
        if not message.id:
            continue
        there = catalogue.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
        string = None if there is None else there.string
        forms = [string] if isinstance(string, str) else list(string or ())
        own = [message.id] if isinstance(message.id, str) else list(message.id)
        if not forms or not all(forms):
            found.append(f"{language}: not translated: {own[0]!r}")
            continue
        for at, form in enumerate(forms):
            last, there_now = at == len(forms) - 1, _fields(form)
            needed = _fields(own[-1]) if last else _fields(own[0]) - COUNTED
            if needed - there_now or there_now - _fields(own[-1]):
                found.append(f"{language}: {sorted(needed ^ there_now)} differ: {own[0]!r}")
    return found


def _fields(text: str) -> set[str]:
    return {one or other for one, other in _FIELD.findall(text)}


def store(language: str, catalogue: Catalog) -> None:
    """Write the catalogue and its compiled twin."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_po(catalogue))
    path.with_suffix(".mo").write_bytes(compiled(kept(language)))


def _po(catalogue: Catalog) -> bytes:
    written = io.BytesIO()
    write_po(written, catalogue, width=0, no_location=True, omit_header=False, sort_output=True)
    return re.sub(rb'"(POT-Creation-Date|PO-Revision-Date|Generated-By)[^\n]*\n', b"", written.getvalue())


def shapes() -> str:
    """What `refusals.txt` says: a text a line, each once, the longest first."""
    told = {shape for _, shape in refusals()}
    return "".join(f"{shape}\n" for shape in sorted(told, key=lambda shape: (-len(_FIELD.sub("", shape)), shape)))


def compiled(catalogue: Catalog) -> bytes:
    """As gettext reads it; the same bytes for the same texts, whenever they are made."""
    catalogue.creation_date = catalogue.revision_date = MADE
    written = io.BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; say what is missing")
    options = parser.parse_args()
    settings.configure(USE_I18N=True)
    django.setup()
    texts = gathered()
    missing: list[str] = []
    if not options.check:
        REFUSALS.write_text(shapes(), encoding="utf-8")
    for language in LANGUAGES:
        if not options.check:
            store(language, updated(language, texts))
        missing += faults(language, texts)
    print("\n".join(missing[:50]))
    print(f"{len(texts)} texts; {len(missing)} to do in {', '.join(LANGUAGES)}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
