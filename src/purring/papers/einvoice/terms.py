# SPDX-License-Identifier: Apache-2.0
"""The business terms of EN 16931, and reading all of them out of a document of either syntax.

The table is `data/terms.txt`. What is read is a tree of plain values, keyed by the ids of the standard:
`{"BT-1": "77", "BG-4": [{"BT-27": "Brandt", ...}], "BG-25": [{"BT-126": "1", ...}, ...]}`. A term is a text as it
stands in the document (a date as ISO), an `id` is `{"value", "scheme"?, "version"?}`, a `file` is `{"name", "mime",
"base64"}`; a term that occurs several times is a list. A group is always a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from purring.papers.einvoice.profiles import Syntax

if TYPE_CHECKING:
    from lxml.etree import _Element

Terms = dict[str, Any]
Path = Callable[..., Any]
"""A compiled XPath: nodes, or a truth, of a node."""

NAMESPACES: dict[Syntax, dict[str, str]] = {
    "cii": {
        "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
        "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
        "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
        "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    },
    "ubl": {
        "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
        "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    },
}
UBL_INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
UBL_CREDIT_NOTE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"

_TRADE = "rsm:SupplyChainTradeTransaction"
_PARTS = {
    "{X}": "rsm:ExchangedDocument",
    "{A}": f"{_TRADE}/ram:ApplicableHeaderTradeAgreement",
    "{D}": f"{_TRADE}/ram:ApplicableHeaderTradeDelivery",
    "{S}": f"{_TRADE}/ram:ApplicableHeaderTradeSettlement",
}


def with_parts(path: str) -> str:
    """An XPath with {X}, {A}, {D} and {S} written out: document, agreement, delivery and settlement of a CII invoice."""
    for name, part in _PARTS.items():
        path = path.replace(name, part)
    return path


@dataclass(slots=True)
class _Row:
    term: str
    kind: str
    xpath: Path | None
    rows: list[_Row] = field(default_factory=list)
    """Of a group: its terms."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in a document that is no term of EN 16931."""

    path: str
    text: str


def read_terms(root: _Element, syntax: Syntax) -> tuple[Terms, list[Unread]]:
    """All terms of a document, and what stands in it beside them."""
    rows, structure = _table(syntax)
    seen: set[_Element] = set(structure(root))
    terms = _group(root, rows, seen)
    tree = root.getroottree()
    unread = [
        Unread(tree.getpath(element), element.text.strip())
        for element in root.iter()
        if not len(element) and element not in seen and element.text and element.text.strip()
    ]
    return terms, unread


def _group(node: _Element, rows: list[_Row], seen: set[_Element]) -> Terms:
    terms: Terms = {}
    for row in rows:
        if row.xpath is None:
            continue
        found = row.xpath(node)
        if not found:
            continue
        if row.kind == "group":
            terms[row.term] = [_group(element, row.rows, seen) for element in found]
            continue
        values = list(_values(row.kind, found, seen))
        if values:
            terms[row.term] = values[0] if len(values) == 1 else values
    return terms


def _values(kind: str, found: list[Any], seen: set[_Element]) -> Iterator[object]:
    for one in found:
        if isinstance(one, str):  # an attribute
            if one.strip():
                yield one.strip()
            continue
        seen.add(one)
        text = one.text or ""
        if not text.strip():
            continue
        if kind == "id":
            yield {"value": text.strip()} | {
                name: one.get(attribute)
                for name, attribute in (("scheme", "schemeID"), ("scheme", "listID"), ("version", "listVersionID"))
                if one.get(attribute)
            }
        elif kind == "file":
            yield {"name": one.get("filename", ""), "mime": one.get("mimeCode", ""), "base64": "".join(text.split())}
        elif kind == "date":
            yield _iso(text.strip())
        else:
            yield text.replace("\r\n", "\n")


def _iso(text: str) -> str:
    """20260131 (UNTDID 2379 code 102) and 2026-01-31+01:00 as 2026-01-31; anything else as it stands."""
    if len(text) == 8 and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text[:10] if len(text) > 10 and text[4:5] == "-" and text[10] in "+-Z" else text


def _cells() -> Iterator[tuple[str, str, str, str]]:
    """The rows of the table: name with its groups, kind, path in CII, path in UBL."""
    for line in files("purring.papers.einvoice").joinpath("data/terms.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, kind, cii, ubl = line.split(" ; ")
            yield name, kind, with_parts(cii), with_parts(ubl)


@lru_cache(2)
def places(syntax: Syntax) -> dict[str, str]:
    """Terms by where they stand: names from below the root, without namespaces, conditions and groups' numbers."""
    groups: dict[str, list[str]] = {"": [""]}
    found: dict[str, str] = {}
    for name, _, cii, ubl in _cells():
        group, _, term = name.rpartition("/")
        bare = re.sub(r"\[[^]]*\]|[a-z]+:", "", cii if syntax == "cii" else ubl)
        paths = [f"{above}/{path}".strip("/") for above in groups[group] for path in bare.split("|")]
        groups[name] = paths
        for path in paths:
            found.setdefault(path, term)
    return found


@lru_cache(2)
def _table(syntax: Syntax) -> tuple[list[_Row], Path]:
    from lxml import etree

    top: list[_Row] = []
    groups: dict[str, list[_Row]] = {"": top}
    structure: Path | None = None
    for name, kind, cii, ubl in _cells():
        path = cii if syntax == "cii" else ubl
        compiled = None if path == "-" else etree.XPath(path, namespaces=NAMESPACES[syntax])
        if name == "structure":
            structure = compiled
            continue
        group, _, term = name.rpartition("/")
        row = _Row(term, kind, compiled)
        groups[group].append(row)
        if kind == "group":
            groups[name] = row.rows
    assert structure is not None
    return top, structure
