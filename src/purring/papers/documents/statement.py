# SPDX-License-Identifier: Apache-2.0
"""Statement of account: what is open as of a day, by invoice and by age, and what came in."""

from __future__ import annotations

from itertools import accumulate

from purring.papers.documents import blocks
from purring.papers.documents.blocks import Block, Cell, column
from purring.papers.documents.codes import Code, whole_balance
from purring.papers.documents.letterhead import CARRY_FROM, Page, page
from purring.papers.documents.payment import payment
from purring.papers.documents.pen import Pen
from purring.papers.facts import Payment, StatementFacts

BUCKETS = ((1, 30), (31, 60), (61, 90))
"""Days overdue, both ends included; what is older stands in a last bucket."""


def statement_page(pen: Pen, facts: StatementFacts, code: Code | None) -> Page:
    currency = facts.currency
    balance = sum(row.balance for row in facts.invoices)
    overdue = sum(row.balance for row in facts.invoices if row.due < facts.as_of and row.balance > 0)
    body: list[Block] = [_invoices(pen, facts)] if facts.invoices else []
    body.append(blocks.sums(_ages(pen, facts), (pen.label("balance"), pen.money(balance, currency))))
    if facts.payments:
        body += [blocks.title(pen.label("payments")), payments_table(pen, facts.payments, currency)]
    if facts.note:
        body.append(blocks.notes([pen.text(facts.note, "note")]))
    body += payment(pen, whole_balance(facts), code)
    words = pen.label("lead_open")
    if overdue > 0:
        words += ", " + pen.label("of_which_overdue", amount=pen.money(overdue, currency))
    if balance <= 0:
        words = pen.label("all_settled")
    return page(
        pen,
        facts.seller,
        facts.buyer,
        heading=pen.label("statement"),
        on=facts.as_of,
        facts=[
            (pen.label("as_of"), pen.day(facts.as_of)),
            (pen.label("your_reference"), pen.text(facts.buyer.reference, "buyer.reference")),
            (pen.label("your_vat"), pen.text(facts.buyer.vat_id, "buyer.vat_id")),
        ],
        lead=(pen.money(balance, currency), words),
        blocks=body,
    )


def _invoices(pen: Pen, facts: StatementFacts) -> Block:
    columns = [
        column(pen.label("invoice"), wide=True),
        column(pen.label("issued")),
        column(pen.label("due")),
        column(pen.label("amount"), number=True),
        column(pen.label("paid_so_far"), number=True),
        column(f"{pen.label('balance')} {facts.currency}", number=True),
    ]
    rows: list[list[Cell]] = [
        [
            pen.text(row.number, f"invoices[{at}].number"),
            pen.short_day(row.issued),
            pen.short_day(row.due),
            pen.bare(row.amount, facts.currency),
            pen.bare(row.paid, facts.currency),
            pen.bare(row.balance, facts.currency),
        ]
        for at, row in enumerate(facts.invoices)
    ]
    running = [pen.money(one, facts.currency) for one in accumulate(row.balance for row in facts.invoices)]
    return blocks.table(columns, rows, running if len(rows) >= CARRY_FROM else None)


def _ages(pen: Pen, facts: StatementFacts) -> list[tuple[str, str]]:
    """The open balance by days overdue; buckets that hold nothing are left out."""
    sums = [0] * (len(BUCKETS) + 2)
    for row in facts.invoices:
        days = (facts.as_of - row.due).days
        at = 0 if days < 1 else next((i for i, (_, last) in enumerate(BUCKETS, 1) if days <= last), len(BUCKETS) + 1)
        sums[at] += row.balance
    names = [
        pen.label("not_due"),
        *(pen.label("days_range", first=str(first), last=str(last)) for first, last in BUCKETS),
        pen.label("days_over", last=str(BUCKETS[-1][1])),
    ]
    return [(name, pen.money(one, facts.currency)) for name, one in zip(names, sums, strict=True) if one]


def payments_table(pen: Pen, payments: tuple[Payment, ...], currency: str) -> Block:
    columns = [
        column(pen.label("date")),
        column(pen.label("method"), wide=True),
        column(f"{pen.label('amount')} {currency}", number=True),
    ]
    rows: list[list[Cell]] = [
        [pen.short_day(one.on), method_name(pen, one.method), pen.bare(one.amount, currency)] for one in payments
    ]
    return blocks.table(columns, rows)


METHODS = frozenset(("transfer", "card", "cash", "cheque", "direct_debit", "phone", "online", "mobile"))


def method_name(pen: Pen, method: str) -> str:
    """A known way to pay in the paper's language, any other as it was said."""
    return pen.label(f"method_{method}") if method in METHODS else pen.text(method, "payment.method")
