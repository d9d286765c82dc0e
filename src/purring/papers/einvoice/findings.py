# SPDX-License-Identifier: Apache-2.0
"""What is wrong with an e-invoice, told so that a person can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. An error makes the document invalid or leaves something out; a warning does not."""

    code: str
    """A rule (`BR-CO-15`, `XSD`, `PURRING-DE-15`) or a word of our own (`no_due_date`); stable, for programs."""
    severity: Severity
    field: str
    """Where in the facts (`buyer.country`, `lines[2].quantity`, `lines.tax_rate` of some line), else the business term
    (`BT-48`); empty: the whole."""
    message: str
    """What is wrong."""
    remedy: str = ""
    """What to do about it."""
    where: str = ""
    """The place in the document: a line number or an XPath."""
