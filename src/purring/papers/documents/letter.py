# SPDX-License-Identifier: Apache-2.0
"""The reminder letter: a few kind sentences, the invoice in one row, and how to pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from purring.papers.documents import blocks
from purring.papers.documents.blocks import Block, column
from purring.papers.documents.codes import Code
from purring.papers.documents.invoice import charges_block, lead_of
from purring.papers.documents.letterhead import Page, page
from purring.papers.documents.payment import payment
from purring.papers.documents.pen import Pen
from purring.papers.facts import ReminderFacts
from purring.papers.totals import totals


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a letter, one text per paragraph."""

    greeting: str
    paragraphs: Sequence[str]
    closing: Sequence[str] = ()


def reminder_page(pen: Pen, facts: ReminderFacts, code: Code | None, words: Words) -> Page:
    written = facts.invoice.due + timedelta(days=facts.days_overdue)
    offers = tuple(one for one in facts.invoice.early_payment if one.until >= written)
    invoice = replace(facts.invoice, early_payment=offers)
    sum_of = totals(invoice)
    said = [pen.text(one, "words") for one in (words.greeting, *words.paragraphs, *words.closing) if one]
    body: list[Block] = [blocks.text(said), _row(pen, facts)]
    if invoice.charges:
        body.append(charges_block(pen, invoice, sum_of))
    body += payment(pen, invoice, code, letter=True)
    number = pen.text(invoice.number, "number")
    return page(
        pen,
        invoice.seller,
        invoice.buyer,
        heading=f"{pen.label('reminder', facts.stage)} · {number}",
        on=written,
        facts=[
            (pen.label("issued"), pen.day(written)),
            (pen.label("order"), pen.text(invoice.order, "order")),
            (pen.label("your_reference"), pen.text(invoice.buyer.reference, "buyer.reference")),
            (pen.label("your_vat"), pen.text(invoice.buyer.vat_id, "buyer.vat_id")),
            (pen.label("status"), pen.text(invoice.status, "status")),
        ],
        lead=_lead(pen, facts),
        blocks=body,
    )


def _lead(pen: Pen, facts: ReminderFacts) -> tuple[str, str]:
    """The line under the heading; a due date that has passed only named, as no word then fits before it and after it."""
    invoice, sum_of = facts.invoice, totals(facts.invoice)
    if facts.days_overdue <= 0 or sum_of.payable <= 0:
        return lead_of(pen, invoice, sum_of)
    return pen.money(sum_of.payable, invoice.currency), f"· {pen.label('due')} {pen.day(invoice.due)}"


def _row(pen: Pen, facts: ReminderFacts) -> Block:
    invoice, sum_of = facts.invoice, totals(facts.invoice)
    columns = [
        column(pen.label("invoice"), wide=True),
        column(pen.label("issued")),
        column(pen.label("due")),
        column(pen.label("amount"), number=True),
        column(pen.label("balance"), number=True),
    ]
    row: list[blocks.Cell] = [
        pen.text(invoice.number, "number"),
        pen.short_day(invoice.issued),
        pen.short_day(invoice.due),
        pen.money(sum_of.gross, invoice.currency),
        pen.money(sum_of.payable, invoice.currency),
    ]
    return blocks.table(columns, [row])
