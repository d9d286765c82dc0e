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
    """The words of a letter when they come from elsewhere (the organization's own wording), one text per paragraph."""

    greeting: str
    paragraphs: Sequence[str]
    closing: Sequence[str] = ()


def reminder_page(pen: Pen, facts: ReminderFacts, code: Code | None, words: Words | None) -> Page:
    written = facts.invoice.due + timedelta(days=facts.days_overdue)
    offers = tuple(one for one in facts.invoice.early_payment if one.until >= written)
    invoice = replace(facts.invoice, early_payment=offers)
    sum_of = totals(invoice)
    body: list[Block] = [blocks.text(_words(pen, facts, sum_of.payable, words)), _row(pen, facts)]
    if invoice.charges:
        body.append(charges_block(pen, invoice, sum_of))
    body += payment(pen, invoice, code)
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
        lead=lead_of(pen, invoice, sum_of),
        blocks=body,
    )


def _words(pen: Pen, facts: ReminderFacts, payable: int, words: Words | None) -> list[str]:
    invoice = facts.invoice
    if words:
        given = [words.greeting, *words.paragraphs, *words.closing]
        return [pen.text(one, "words") for one in given if one]
    name = invoice.buyer.contact or invoice.buyer.name
    greeting = pen.label("greeting", name=pen.text(name, "buyer.name"))
    filled = {
        "number": pen.text(invoice.number, "number"),
        "amount": pen.money(payable, invoice.currency),
        "due": pen.day(invoice.due),
        "overdue": pen.count("overdue", max(1, facts.days_overdue)),
    }
    return [
        greeting,
        pen.label(f"open@{facts.stage}", **filled),
        pen.label(f"ask@{facts.stage}", **filled),
        pen.label("thanks"),
        f"{pen.label('regards')}\n{pen.text(invoice.seller.name, 'seller.name')}",
    ]


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
