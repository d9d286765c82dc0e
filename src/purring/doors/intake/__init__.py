# SPDX-License-Identifier: AGPL-3.0-or-later
"""The file door: bytes of a CSV, XLSX or JSON file in, typed rows and line-precise refusals out. No database,
no Django.

Start with `read`. Storing what was read is the business of whoever calls it.
"""

from purring.doors.intake.columns import Column, Columns, read_mapping
from purring.doors.intake.limits import Limits
from purring.doors.intake.locale import LocaleFacts
from purring.doors.intake.preview import Preview, preview
from purring.doors.intake.reading import Reading, read
from purring.doors.intake.rows import CustomerRow, InvoiceRow, Kind, PaymentRow, Refusal, Row

__all__ = [
    "Column",
    "Columns",
    "CustomerRow",
    "InvoiceRow",
    "Kind",
    "Limits",
    "LocaleFacts",
    "PaymentRow",
    "Preview",
    "Reading",
    "Refusal",
    "Row",
    "preview",
    "read",
    "read_mapping",
]
