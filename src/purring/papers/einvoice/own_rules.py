# SPDX-License-Identifier: Apache-2.0
"""Rules of Peppol BIS and XRechnung that have no runnable form in a package: a list of our own, in `data/rules_*.toml`.

Findings carry the official code with `PURRING-` before it, because the wording and any mistake in it are ours.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from purring.core.money import is_currency
from purring.papers.einvoice.findings import Finding
from purring.papers.einvoice.profiles import Syntax
from purring.papers.einvoice.terms import NAMESPACES, Path, with_parts

if TYPE_CHECKING:
    from lxml.etree import _Element

RuleSet = Literal["xrechnung", "peppol"]

_OWN = "urn:purring:rules"
_SKONTO_LINE = re.compile(r"#SKONTO#TAGE=[0-9]+#PROZENT=[0-9]+\.[0-9]{2}#(BASISBETRAG=-?[0-9]+\.[0-9]{2}#)?")
_CATEGORY_OF_VATEX = {"G": "G", "O": "O", "IC": "K", "AE": "AE", "D": "E", "F": "E", "I": "E", "J": "E"}


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    severity: Literal["error", "warning"]
    field: str
    message: str
    remedy: str
    each: Path
    holds: Path


def check_own_rules(root: _Element, rules: RuleSet, syntax: Syntax) -> Iterator[Finding]:
    """The rules of a set that a document breaks, each as often as it is broken."""
    for rule in _rules(rules, syntax):
        for node in rule.each(root):
            if not rule.holds(node):
                field = rule.field.replace("[]", _line_index(node)) if "[]" in rule.field else rule.field
                where = f"line {node.sourceline}" if node.sourceline else ""
                yield Finding(f"PURRING-{rule.code}", rule.severity, field, rule.message, rule.remedy, where)


def _line_index(node: _Element) -> str:
    """Which of the invoice's lines a node stands in, like `[2]`; empty when in none."""
    for one in (node, *node.iterancestors()):
        if one.tag.endswith(("}InvoiceLine", "}CreditNoteLine", "}IncludedSupplyChainTradeLineItem")):
            return f"[{sum(1 for _ in one.itersiblings(one.tag, preceding=True))}]"
    return ""


@lru_cache(4)
def _rules(rules: RuleSet, syntax: Syntax) -> tuple[_Rule, ...]:
    from lxml import etree

    spaces = {**NAMESPACES[syntax], "re": "http://exslt.org/regular-expressions", "own": _OWN}
    functions = {(_OWN, name): function for name, function in _FUNCTIONS.items()}

    def compiled(path: str) -> Path:
        return etree.XPath(with_parts(path), namespaces=spaces, extensions=functions)

    text = files("purring.papers.einvoice").joinpath(f"data/rules_{rules}.toml").read_text("utf-8")
    return tuple(
        _Rule(
            row["code"],
            row.get("severity", "error"),
            row["field"],
            row["message"],
            row["remedy"],
            compiled(row[syntax]["each"]),
            compiled(row[syntax]["holds"]),
        )
        for row in tomllib.loads(text)["rule"]
        if syntax in row
    )


def _valid(_context: object, kind: str, text: str) -> bool:
    return _KINDS[kind](text)


def _near(_context: object, one: float, other: float, slack: float) -> bool:
    return abs(one - other) <= slack + 1e-9


def _line(_context: object, nodes: list[_Element]) -> bool:
    """Whether a UBL line's amount is quantity times price plus charges less allowances, give or take two cents."""
    line, spaces = nodes[0], NAMESPACES["ubl"]

    def first(path: str) -> Decimal | None:
        return _decimal(line.findtext(path, namespaces=spaces))

    def added(indicator: str) -> Decimal:
        amounts = (
            _decimal(one.findtext("cbc:Amount", namespaces=spaces))
            for one in line.findall("cac:AllowanceCharge", spaces)
            if (one.findtext("cbc:ChargeIndicator", namespaces=spaces) or "").strip() == indicator
        )
        return sum((amount or Decimal(0) for amount in amounts), Decimal(0))

    quantity = first("cbc:InvoicedQuantity")
    quantity = first("cbc:CreditedQuantity") if quantity is None else quantity
    price = first("cac:Price/cbc:PriceAmount") or Decimal(0)
    base = first("cac:Price/cbc:BaseQuantity") or Decimal(1)
    computed = (Decimal(1) if quantity is None else quantity) * price / base + added("true") - added("false")
    return abs(computed - (first("cbc:LineExtensionAmount") or Decimal(0))) <= Decimal("0.02")


def _distinct(_context: object, values: list[str]) -> bool:
    return len(set(values)) == len(values)


def _vatex(_context: object, code: str, category: str) -> bool:
    expected = _CATEGORY_OF_VATEX.get(code.upper().removeprefix("VATEX-EU-"))
    return expected is None or not code.upper().startswith("VATEX-EU-") or category == expected


def _decimal(text: str | None) -> Decimal | None:
    try:
        return Decimal(text.strip()) if text else None
    except InvalidOperation:
        return None


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and date.fromisoformat(text) is not None
    except ValueError:
        return False


def _is_skonto(text: str) -> bool:
    """Every line of payment terms that begins with # is one XRechnung knows, and the last of them is ended."""
    lines = text.splitlines(keepends=True)
    told = [line for line in lines if line.strip().startswith("#")]
    return all(_SKONTO_LINE.fullmatch(line.strip()) and line.endswith("\n") for line in told)


def _by_stdnum(module: str) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        from importlib import import_module

        compact = "".join(text.split())
        return compact.isalnum() and bool(import_module(f"stdnum.{module}").is_valid(compact))

    return check


_KINDS: dict[str, Callable[[str], bool]] = {
    "iban": _by_stdnum("iban"),
    "gln": _by_stdnum("ean"),
    "no": _by_stdnum("no.orgnr"),
    "be": _by_stdnum("be.vat"),
    "se": _by_stdnum("se.orgnr"),
    "au": _by_stdnum("au.abn"),
    "currency": is_currency,
    "date": _is_day,
    "skonto": _is_skonto,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "valid": _valid,
    "near": _near,
    "line": _line,
    "distinct": _distinct,
    "vatex": _vatex,
}
