# SPDX-License-Identifier: Apache-2.0
"""Receipt of one payment, and the payment plan that was agreed: both stand beside one invoice."""

from __future__ import annotations

from itertools import accumulate

from purring.papers.documents import blocks
from purring.papers.documents.blocks import Block, Cell, column
from purring.papers.documents.codes import Code, next_instalment
from purring.papers.documents.invoice import lines_table, net_and_taxes
from purring.papers.documents.letterhead import Page, page
from purring.papers.documents.payment import payment
from purring.papers.documents.pen import Pen
from purring.papers.documents.statement import method_name
from purring.papers.facts import PlanFacts, ReceiptFacts
from purring.papers.totals import totals


def receipt_page(pen: Pen, facts: ReceiptFacts) -> Page:
    """The invoice's `paid` includes this payment; other payments and what is left are told when there are any."""
    invoice, paid = facts.invoice, facts.payment
    sum_of = totals(invoice)
    number = pen.text(invoice.number, "number")
    rows = [*net_and_taxes(pen, invoice, sum_of), (pen.label("total"), pen.money(sum_of.gross, invoice.currency))]
    if before := sum_of.paid - paid.amount:
        rows.append((pen.label("payments"), pen.money(-before, invoice.currency)))
    left = [(pen.label("remaining"), pen.money(sum_of.payable, invoice.currency))] if sum_of.payable > 0 else []
    received = (pen.label("paid"), pen.money(paid.amount, invoice.currency))
    body: list[Block] = [lines_table(pen, invoice, sum_of), blocks.sums(rows, received, left)]
    closing = [pen.label("thanks")]
    body.append(blocks.text([pen.label("paid_in_full"), *closing] if sum_of.payable <= 0 else closing))
    return page(
        pen,
        invoice.seller,
        invoice.buyer,
        heading=f"{pen.label('receipt')} · {number}",
        on=paid.on,
        facts=[
            (pen.label("date"), pen.day(paid.on)),
            (pen.label("amount"), pen.money(paid.amount, invoice.currency)),
            (pen.label("method"), method_name(pen, paid.method)),
            (pen.label("invoice_of"), number),
            (pen.label("your_reference"), pen.text(invoice.buyer.reference, "buyer.reference")),
        ],
        lead=(pen.money(paid.amount, invoice.currency), pen.label("received_on", date=pen.day(paid.on))),
        blocks=body,
    )


def plan_page(pen: Pen, facts: PlanFacts, code: Code | None) -> Page:
    """Each instalment with its day and what is left after it; the code and the box ask for the next one only."""
    invoice = facts.invoice
    currency, number = invoice.currency, pen.text(invoice.number, "number")
    total = sum(one.amount for one in facts.instalments)
    left = [total - done for done in accumulate(one.amount for one in facts.instalments)]
    columns = [
        column(pen.label("instalment"), wide=True),
        column(pen.label("due")),
        column(f"{pen.label('amount')} {currency}", number=True),
        column(pen.label("left_afterwards"), number=True),
    ]
    rows: list[list[Cell]] = [
        [f"{at} / {len(left)}", pen.day(one.due), pen.bare(one.amount, currency), pen.bare(rest, currency)]
        for at, (one, rest) in enumerate(zip(facts.instalments, left, strict=True), 1)
    ]
    body: list[Block] = [blocks.table(columns, rows), blocks.text([pen.label("plan_note"), pen.label("thanks")])]
    body += payment(pen, next_instalment(facts), code)
    return page(
        pen,
        invoice.seller,
        invoice.buyer,
        heading=f"{pen.label('plan')} · {number}",
        on=invoice.issued,
        facts=[
            (pen.label("invoice_of"), number),
            (pen.label("issued"), pen.day(invoice.issued)),
            (pen.label("total"), pen.money(totals(invoice).gross, currency)),
            (pen.label("your_reference"), pen.text(invoice.buyer.reference, "buyer.reference")),
        ],
        lead=(pen.money(total, currency), pen.count("plan_open", len(left))),
        blocks=body,
    )
