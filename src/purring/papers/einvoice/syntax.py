# SPDX-License-Identifier: Apache-2.0
"""Which of the syntaxes of EN 16931 a document is written in, and what it calls itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from purring.core.errors import Refused
from purring.papers.einvoice.profiles import Syntax
from purring.papers.einvoice.terms import NAMESPACES, UBL_CREDIT_NOTE, UBL_INVOICE

if TYPE_CHECKING:
    from lxml.etree import _Element

_ROOTS: dict[str, Syntax] = {
    f"{{{NAMESPACES['cii']['rsm']}}}CrossIndustryInvoice": "cii",
    f"{{{UBL_INVOICE}}}Invoice": "ubl",
    f"{{{UBL_CREDIT_NOTE}}}CreditNote": "ubl",
}


def find_syntax(root: _Element) -> Syntax:
    """By the root element. Refuses `not_an_einvoice`."""
    if syntax := _ROOTS.get(root.tag):
        return syntax
    name = root.tag.rpartition("}")[2]
    if name == "CrossIndustryDocument":
        told = "this is ZUGFeRD 1, which came before EN 16931; ask for a newer one, or take the PDF"
    elif name == "FatturaElettronica":
        told = "this is an Italian FatturaPA, which is not EN 16931; ask for CII or UBL"
    else:
        told = f"the root element is {name[:60]}; an e-invoice is a CrossIndustryInvoice, Invoice or CreditNote"
    raise Refused("not_an_einvoice", told, root=name)


def specification(root: _Element, syntax: Syntax) -> str:
    """What the document calls itself (BT-24); empty when it does not."""
    path = (
        "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
        if syntax == "cii"
        else "cbc:CustomizationID"
    )
    return (root.findtext(path, namespaces=NAMESPACES[syntax]) or "").strip()
