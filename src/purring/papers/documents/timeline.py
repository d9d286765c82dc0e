# SPDX-License-Identifier: Apache-2.0
"""The pages of an evidence pack: what happened with an invoice, in order, each event with its proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from purring.papers.documents import blocks
from purring.papers.documents.blocks import Cell, column
from purring.papers.documents.invoice import lead_of
from purring.papers.documents.letterhead import Page, page
from purring.papers.documents.pen import Pen
from purring.papers.facts import InvoiceFacts
from purring.papers.totals import totals


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the journal, in words."""

    at: datetime
    """With an offset; printed in that offset."""
    what: str
    who: str = ""
    details: Sequence[str] = ()
    proof: str = ""
    """The entry's hash; its beginning is printed."""


@dataclass(frozen=True, slots=True)
class TimelineFacts:
    invoice: InvoiceFacts
    events: Sequence[Event]


PROOF_SHOWN = 12
"""Hex digits of a hash: enough to find the entry; the pack carries the whole."""


def timeline_page(pen: Pen, facts: TimelineFacts) -> Page:
    invoice = facts.invoice
    number = pen.text(invoice.number, "number")
    columns = [
        column(pen.label("when")),
        column(pen.label("what"), wide=True),
        column(pen.label("who")),
        column(pen.label("proof"), number=True),
    ]
    rows = [_row(pen, event, at) for at, event in enumerate(facts.events)]
    last = facts.events[-1].at.date() if facts.events else invoice.issued
    return page(
        pen,
        invoice.seller,
        invoice.buyer,
        heading=f"{pen.label('timeline')} · {pen.label('invoice')} {number}",
        on=last,
        facts=[
            (pen.label("as_of"), pen.day(last)),
            (pen.label("issued"), pen.day(invoice.issued)),
            (pen.label("due"), pen.day(invoice.due)),
        ],
        lead=lead_of(pen, invoice, totals(invoice)),
        blocks=[blocks.table(columns, rows)],
    )


def _row(pen: Pen, event: Event, at: int) -> list[Cell]:
    what = pen.text(event.what, f"events[{at}].what")
    details = [pen.text(one, f"events[{at}].details") for one in event.details]
    offset = f"{event.at:%z}"
    clock = f"{event.at:%H:%M} UTC{offset[:3]}:{offset[3:5]}" if offset else f"{event.at:%H:%M}"
    return [
        [pen.short_day(event.at.date()), clock],
        [what, *details] if details else what,
        pen.text(event.who, f"events[{at}].who"),
        pen.text(event.proof[:PROOF_SHOWN], f"events[{at}].proof"),
    ]
