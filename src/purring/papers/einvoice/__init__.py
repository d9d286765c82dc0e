# SPDX-License-Identifier: Apache-2.0
"""E-invoices of EN 16931: Factur-X, ZUGFeRD, XRechnung (CII) and Peppol BIS (UBL), written, read and checked.

Writing is for `purring.papers.facts`; reading takes what strangers send. See `docs/e-invoices.md` for what is supported.
"""

from __future__ import annotations

from purring.papers.einvoice.checking import Checker, validate, validate_schema
from purring.papers.einvoice.cii import write_cii
from purring.papers.einvoice.findings import Finding
from purring.papers.einvoice.profiles import profile_names
from purring.papers.einvoice.reading import ReadInvoice, as_contract, read_einvoice
from purring.papers.einvoice.ubl import write_ubl
from purring.papers.einvoice.xmp import factur_x_xmp

__all__ = [
    "Checker",
    "Finding",
    "ReadInvoice",
    "as_contract",
    "factur_x_xmp",
    "profile_names",
    "read_einvoice",
    "validate",
    "validate_schema",
    "write_cii",
    "write_ubl",
]
