# SPDX-License-Identifier: Apache-2.0
"""Reading a stranger's e-invoice: CII, UBL, or a PDF with one of them attached. Tolerant, and honest about it."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from purring.core.errors import Refused
from purring.core.money import to_text
from purring.papers.einvoice.amounts_read import Stated, read_stated
from purring.papers.einvoice.contract import contract_of
from purring.papers.einvoice.findings import Finding
from purring.papers.einvoice.pdf import attached_xml, is_pdf
from purring.papers.einvoice.profiles import Syntax
from purring.papers.einvoice.safe_xml import parse
from purring.papers.einvoice.syntax import find_syntax
from purring.papers.einvoice.terms import Terms, Unread, read_terms
from purring.papers.facts import InvoiceFacts, read_invoice
from purring.papers.totals import totals

_DROPPABLE = re.compile(
    r"(seller|buyer)\.(address|vat_id|registration|accounts(\[\d+\])?|endpoint|email|phone|contact|reference)"
    r"|buyer\.country|lines\[\d+\]\.(unit|exemption_reason)|early_payment(\[\d+\])?"
    r"|corrects|delivered|deliver_to_country|order|note|payment_link|reference"
)
"""What an invoice can do without, when it comes in a form that the facts do not take (a phone number of 200 signs)."""
_MOST_DROPPED = 50
"""Of one document; every time the facts are read anew."""


@dataclass(frozen=True, slots=True)
class ReadInvoice:
    syntax: Syntax
    specification: str
    """What the document calls itself (BT-24)."""
    attachment: str
    """The name it had in the PDF; empty when it came as XML."""
    xml: bytes
    facts: InvoiceFacts | None
    """None when something is missing that an invoice cannot do without; `findings` say what."""
    contract: dict[str, Any]
    """The facts as a plain object (keys of `read_facts`), also when they are not complete."""
    stated: Stated
    """The sums as the document states them: what is to be asked for is `stated.payable`."""
    extra: Terms
    """Every term of EN 16931 in the document, by its id; what the facts have no place for is found here."""
    unread: tuple[Unread, ...]
    """What stands in the document beside EN 16931."""
    findings: tuple[Finding, ...]


def read_einvoice(data: bytes) -> ReadInvoice:
    """The invoice in an XML or PDF file.

    Raises `Refused` when there is none to read: `too_large`, `unsafe_xml`, `not_xml`, `not_an_einvoice`,
    `pdf_unreadable`, `no_einvoice`. Whether the document is valid is not asked; see `validate`.
    """
    attachment = ""
    if is_pdf(data):
        found = attached_xml(data)
        attachment, data = found.name, found.xml
    root = parse(data)
    syntax = find_syntax(root)
    terms, unread = read_terms(root, syntax)
    findings: list[Finding] = []
    contract = contract_of(terms, findings)
    stated = read_stated(terms, contract.get("currency", ""))
    facts = _facts(contract, findings)
    if facts:
        findings += _differences(facts, stated)
    specification = terms.get("BT-24", "")
    return ReadInvoice(
        syntax=syntax,
        specification=specification if isinstance(specification, str) else "",
        attachment=attachment,
        xml=data,
        facts=facts,
        contract=contract,
        stated=stated,
        extra=terms,
        unread=tuple(unread),
        findings=tuple(findings),
    )


def _facts(contract: dict[str, Any], findings: list[Finding]) -> InvoiceFacts | None:
    """The facts of a plain object; what the facts do not take is left out of it when an invoice can do without."""
    for left in range(_MOST_DROPPED, -1, -1):
        try:
            return read_invoice(contract)
        except Refused as refused:
            field = str(refused.params.get("path", ""))
            dropped = _DROPPABLE.match(field)
            if not dropped or not left or not _drop(contract, dropped.group()):
                remedy = "Complete or correct it by hand."
                findings.append(Finding(refused.code, "error", field, refused.message, remedy))
                return None
            told = f"{refused.message}; it is left out."
            findings.append(Finding("left_out", "warning", field, told, "Add it by hand if it matters."))
    return None


def _drop(contract: dict[str, Any], path: str) -> bool:
    """Takes the value at a path like `seller.accounts[0]` out; False when there is none."""
    *way, last = re.findall(r"\w+", path)
    holder: Any = contract
    for step in way:
        holder = holder[int(step)] if isinstance(holder, list) else holder.get(step, {})
    key: Any = int(last) if isinstance(holder, list) else last
    if isinstance(holder, dict) and key not in holder:
        return False
    del holder[key]
    return True


def as_contract(read: ReadInvoice) -> dict[str, Any]:
    """The plain object that `purring.papers.facts.read_facts` and the import take; a copy, free to be completed."""
    return deepcopy(read.contract)


def _differences(facts: InvoiceFacts, stated: Stated) -> list[Finding]:
    """Sums that do not follow from the lines, and a rounding, for which the facts have no place."""
    sums = totals(facts)
    made = []
    for name, told, computed in (
        ("net", stated.net, sums.net),
        ("tax", stated.tax, sums.tax),
        ("gross", stated.gross, sums.gross),
        ("payable", stated.payable, sums.payable + (stated.rounding or 0)),
    ):
        if told is not None and told != computed:
            made.append(
                Finding(
                    *(f"{name}_differs", "warning", name),
                    f"The document states {to_text(told, facts.currency)}, "
                    f"its lines come to {to_text(computed, facts.currency)}.",
                    "Ask for what the document states, or ask the sender.",
                )
            )
    if stated.rounding:
        made.append(
            Finding(
                *("rounded", "warning", "payable"),
                f"The amount due is rounded by {to_text(stated.rounding, facts.currency)}.",
                "Ask for what the document states.",
            )
        )
    return made
