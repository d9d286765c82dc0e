# SPDX-License-Identifier: Apache-2.0
"""Invoice, credit note and payment request."""

from __future__ import annotations

from itertools import accumulate

from purring.law.book import book
from purring.papers.documents import blocks
from purring.papers.documents.blocks import Block, Cell, column
from purring.papers.documents.codes import Code
from purring.papers.documents.letterhead import CARRY_FROM, Page, page
from purring.papers.documents.payment import payment
from purring.papers.documents.pen import Pen
from purring.papers.facts import InvoiceFacts, Line
from purring.papers.totals import TaxTotal, Totals, totals


def invoice_page(pen: Pen, facts: InvoiceFacts, code: Code | None) -> Page:
    """A page for the template. A credit note gives back, so it asks for nothing; charges stand beside the sums."""
    sum_of = totals(facts)
    asking = facts.kind != "credit_note"
    body: list[Block] = [lines_table(pen, facts, sum_of), sums_block(pen, facts, sum_of)]
    if remarks := _remarks(pen, facts, sum_of):
        body.append(blocks.notes(remarks))
    if asking and facts.charges:
        body.append(charges_block(pen, facts, sum_of))
    if asking:
        body += payment(pen, facts, code)
    return page(
        pen,
        facts.seller,
        facts.buyer,
        heading=f"{pen.label(facts.kind)} {pen.text(facts.number, 'number')}",
        on=facts.issued,
        facts=_meta(pen, facts),
        lead=lead_of(pen, facts, sum_of),
        blocks=body,
    )


def _meta(pen: Pen, facts: InvoiceFacts) -> list[tuple[str, str]]:
    """The rows beside the address."""
    buyer = facts.buyer
    return [
        (pen.label("issued"), pen.day(facts.issued)),
        (pen.label("delivered"), pen.day(facts.delivered) if facts.delivered else ""),
        (pen.label("due"), pen.day(facts.due) if facts.kind != "credit_note" else ""),
        (pen.label("corrects"), pen.text(facts.corrects, "corrects")),
        (pen.label("order"), pen.text(facts.order, "order")),
        (pen.label("your_reference"), pen.text(buyer.reference, "buyer.reference")),
        (pen.label("your_vat"), pen.text(buyer.vat_id, "buyer.vat_id")),
        (pen.label("status"), pen.text(facts.status, "status")),
    ]


def lead_of(pen: Pen, facts: InvoiceFacts, sum_of: Totals) -> tuple[str, str]:
    """The line under the heading: what is to be paid and until when."""
    if facts.kind == "credit_note":
        return pen.money(sum_of.gross, facts.currency), pen.label("lead_credit")
    if sum_of.payable <= 0:
        return pen.money(sum_of.gross, facts.currency), pen.label("lead_settled")
    return pen.money(sum_of.payable, facts.currency), pen.label("lead_due", date=pen.day(facts.due))


def _says_tax(facts: InvoiceFacts) -> bool:
    return any(line.tax_rate or line.tax_category not in ("Z", "O") for line in facts.lines)


def lines_table(pen: Pen, facts: InvoiceFacts, sum_of: Totals) -> Block:
    """Description, quantity, unit price, tax, amount; a payment request of single things needs only two of them."""
    counts = facts.kind != "payment_request" or any(line.quantity != 1 or line.discount for line in facts.lines)
    taxes = _says_tax(facts)
    columns = [column(pen.label("description"), wide=True)]
    if counts:
        columns += [column(pen.label("quantity"), number=True), column(pen.label("unit_price"), number=True)]
    if taxes:
        columns.append(column(pen.label("tax"), number=True))
    columns.append(column(f"{pen.label('amount')} {facts.currency}", number=True))
    rows = []
    for at, (line, net) in enumerate(zip(facts.lines, sum_of.lines, strict=True)):
        row: list[Cell] = [_described(pen, facts, line, at)]
        if counts:
            row += [pen.quantity(line.quantity, line.unit), pen.unit_price(line.unit_price, facts.currency)]
        if taxes:
            row.append(pen.percent(line.tax_rate))
        rows.append([*row, pen.bare(net, facts.currency)])
    running = [pen.money(one, facts.currency) for one in accumulate(sum_of.lines)]
    return blocks.table(columns, rows, running if len(rows) >= CARRY_FROM else None)


def _described(pen: Pen, facts: InvoiceFacts, line: Line, at: int) -> Cell:
    first, *more = pen.text(line.description, f"lines[{at}].description").split("\n")
    if line.discount:
        more.append(f"{pen.label('discount')} {pen.bare(-line.discount, facts.currency)}")
    return [first, *more] if more else first


def sums_block(pen: Pen, facts: InvoiceFacts, sum_of: Totals) -> Block:
    def money(minor: int) -> str:
        return pen.money(minor, facts.currency)

    rows = net_and_taxes(pen, facts, sum_of)
    if facts.kind == "credit_note":
        return blocks.sums(rows, (pen.label("credited"), money(sum_of.gross)))
    if sum_of.paid:
        rows += [(pen.label("total"), money(sum_of.gross)), (pen.label("paid"), money(-sum_of.paid))]
    if sum_of.payable < 0:
        return blocks.sums(rows, (pen.label("overpaid"), money(-sum_of.payable)))
    return blocks.sums(rows, (pen.label("payable" if sum_of.paid else "total"), money(sum_of.payable)))


def net_and_taxes(pen: Pen, facts: InvoiceFacts, sum_of: Totals) -> list[tuple[str, str]]:
    """The rows above the total; none when the invoice knows no tax."""
    if not _says_tax(facts):
        return []
    taxes = [(_tax_label(pen, one, facts.currency), pen.money(one.tax, facts.currency)) for one in sum_of.taxes]
    return [(pen.label("net"), pen.money(sum_of.net, facts.currency)), *taxes]


def _tax_label(pen: Pen, one: TaxTotal, currency: str) -> str:
    label = pen.label("tax_on", tax=pen.label("tax"), rate=pen.percent(one.rate), base=pen.money(one.basis, currency))
    why = _category(pen, one)
    return f"{label}, {why}" if why else label


def _category(pen: Pen, one: TaxTotal) -> str:
    """What an invoice without tax must say (Directive 2006/112/EC, article 226 (11) and (11a))."""
    if one.category in ("Z", "E", "AE", "K", "G", "O"):
        return pen.label(f"cat_{one.category}", tax=pen.label("tax"))
    return ""


def _remarks(pen: Pen, facts: InvoiceFacts, sum_of: Totals) -> list[str]:
    """Why no tax is asked for, in the seller's words, and the note."""
    reasons = [one.exemption_reason for one in sum_of.taxes if one.exemption_reason]
    remarks = [pen.text(one, "lines.exemption_reason") for one in dict.fromkeys(reasons)]
    if facts.note:
        remarks.append(pen.text(facts.note, "note"))
    return remarks


def _charge_label(pen: Pen, facts: InvoiceFacts, kind: str) -> str:
    """What the charge is called where the buyer is, else in general. Only a business has a VAT number or is asked for a
    flat compensation."""
    buyer = facts.buyer
    business = buyer.vat_id or any(charge.kind == "compensation" for charge in facts.charges)
    name = book().charge_name(buyer.country, "business" if business else "consumer", kind, pen.language)
    return pen.text(name[:1].upper() + name[1:], "charges") if name else pen.label(kind)


def charges_block(pen: Pen, facts: InvoiceFacts, sum_of: Totals) -> Block:
    """Each with its rule, their sum together with the invoice, and never inside it."""
    rows: list[tuple[Cell, str]] = []
    for at, charge in enumerate(facts.charges):
        label = _charge_label(pen, facts, charge.kind)
        cell: Cell = [label, pen.text(charge.rule, f"charges[{at}].rule")] if charge.rule else label
        rows.append((cell, pen.money(charge.amount, facts.currency)))
    together = (pen.label("all_together"), pen.money(sum_of.asked, facts.currency))
    return blocks.charges(pen.label("charges"), rows, [together])
