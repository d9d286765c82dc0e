# SPDX-License-Identifier: Apache-2.0
"""From what a schema or an official rule says to a finding that a person can act on."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from purring.papers.einvoice.findings import Finding, Severity
from purring.papers.einvoice.profiles import SYNTAXES
from purring.papers.einvoice.rule_process import Failed
from purring.papers.einvoice.terms import places

_TERM = re.compile(r"\bB[TG]-[0-9]+\b")
_LINE = re.compile(r"(?:InvoiceLine|CreditNoteLine|IncludedSupplyChainTradeLineItem)\[[^]]*\]\[([0-9]+)\]")
_NAMESPACE = re.compile(r"\{[^}]*\}")
_STEP = re.compile(r"\*:([A-Za-z]+)\[namespace-uri\(\)='[^']*'\]\[([0-9]+)\]")


def rule_finding(failed: Failed) -> Finding:
    """A failed assertion of an official rule set in plain words where we have them, else in its own."""
    code = _code(failed)
    severity: Severity = "warning" if failed.flag in ("warning", "information", "info") else "error"
    official = re.sub(r"^\[[^]]*\]\s*-?\s*", "", failed.text)
    line = _LINE.search(failed.location)
    where = _STEP.sub(lambda step: step[1] if step[2] == "1" else f"{step[1]}[{step[2]}]", failed.location)
    if listed := re.match(r"Value of '([^']+)' is not allowed", official):
        official = f"The value of {listed[1].rpartition(':')[2].strip('@')} is not in the list of codes."
        where = f"{where}/{listed[1]}" if listed[1].startswith("@") else where
    field, message, remedy = _plain(code) or (
        _field(official, where),
        official,
        f"Look up the rule {code}, or ask the sender.",
    )
    if "[]" in field:
        field = field.replace("[]", f"[{int(line[1]) - 1}]" if line else "")
    return Finding(code, severity, field, message, remedy, where)


def schema_finding(message: str, line: int) -> Finding:
    """What the schema says of a document, without its namespaces."""
    plain = _NAMESPACE.sub("", message)
    if found := re.match(
        r"Element '(\w+)': This element is not expected\.(?: Expected is (?:one of )?\( (.*) \)\.)?", plain
    ):
        plain = f"{found[1]} may not stand here" + (f"; expected is {found[2]}." if found[2] else ".")
    elif found := re.match(
        r"Element '(\w+)': Missing child element\(s\)\. Expected is (?:one of )?\( (.*) \)\.", plain
    ):
        plain = f"{found[1]} is not complete; {found[2]} is missing."
    remedy = "The document is not built as its format wants; ask whoever made it to make it anew."
    return Finding("XSD", "error", "", plain, remedy, f"line {line}")


def _code(failed: Failed) -> str:
    """The rule's id; Factur-X gives some rules a number of its own and the official id in the text."""
    named = re.match(r"\[([A-Z0-9-]+)\]", failed.text)
    return named[1] if named else failed.id or "RULE"


@lru_cache(1)
def _table() -> tuple[list[tuple[re.Pattern[str], tuple[str, str, str]]], dict[str, str]]:
    folder = files("purring.papers.einvoice").joinpath("data")
    rules = [
        (re.compile(row["code"]), (row["field"], row["message"], row["remedy"]))
        for row in tomllib.loads(folder.joinpath("plain.toml").read_text("utf-8"))["rule"]
    ]
    return rules, tomllib.loads(folder.joinpath("fields.toml").read_text("utf-8"))


def _plain(code: str) -> tuple[str, str, str] | None:
    rules, _ = _table()
    return next((words for pattern, words in rules if pattern.fullmatch(code)), None)


def _field(text: str, where: str) -> str:
    """The place in the facts of the first business term a text names, else of the place; else the term itself."""
    _, fields = _table()
    path = re.sub(r"\[[0-9]+\]", "", where.strip("/").partition("/")[2])
    at = (places(syntax).get(path) for syntax in SYNTAXES)
    terms = [*_TERM.findall(text), *(term for term in at if term)]
    return next((fields[term] for term in terms if term in fields), terms[0] if terms else "")
