# SPDX-License-Identifier: Apache-2.0
"""The box that says how to pay: amount, account, reference, QR code and link, and what paying early takes off."""

from __future__ import annotations

from purring.papers.documents.blocks import LOW, Block, label_width
from purring.papers.documents.codes import Code, account_of, printed_reference
from purring.papers.documents.letterhead import account_label, account_number
from purring.papers.documents.pen import Pen
from purring.papers.facts import Account, EarlyPayment, InvoiceFacts
from purring.papers.totals import early_discount, totals


def payment(pen: Pen, facts: InvoiceFacts, code: Code | None, *, letter: bool = False) -> list[Block]:
    """The blocks of asking for what is payable; none when there is nothing to pay or no way is known. A `letter`, and a
    request that somebody holds in their hand, also has the customer's own page as a code and a short address."""
    sum_of = totals(facts)
    link = facts.payment_link
    if sum_of.payable <= 0 or not (facts.seller.accounts or link):
        return []
    slip = code is not None and code.kind == "slip"
    scan = pen.label("scan_link" if code.kind == "link" else "scan_bank") if code and not slip else None
    offers = [_early(pen, one, sum_of.payable, sum_of.gross, facts.currency) for one in facts.early_payment]
    rows = [] if slip else [list(row) for row in _rows(pen, facts, account_of(facts, code), sum_of.payable)]
    box: Block = {
        "kind": "pay",
        "head": pen.label("how_to_pay"),
        "rows": rows,
        "label_width": label_width(rows),
        "link": {"url": link, "text": pen.label("pay_online"), "shown": _shown(link)} if link else None,
        "scan": scan,
        "alt": pen.label("qr_alt"),
        "extra": offers,
    }
    on_paper = letter or facts.kind == "payment_request"
    box["own"] = _own_page(pen, link) if link and on_paper and code and code.kind != "link" else None
    if not slip:
        return [LOW, box]
    return [{**box, "kind": "ways"}, {"kind": "slip", "alt": pen.label("qr_alt")}]


def _own_page(pen: Pen, link: str) -> Block:
    """The page as a code of its own, where the larger one is the bank's."""
    from purring.papers.qr.symbol import svg, symbol

    said = pen.label("scan_link")
    return {"svg": svg(symbol(link), label=said, quiet=0), "alt": said, "text": said}


def _rows(pen: Pen, facts: InvoiceFacts, account: Account | None, payable: int) -> list[tuple[str, str]]:
    rows = [(pen.label("payable"), pen.money(payable, facts.currency))]
    if account:
        rows.append((pen.label("account_holder"), pen.text(facts.seller.name, "seller.name")))
        rows.append((account_label(pen, account), account_number(pen, account)))
        if account.bic:
            rows.append(("BIC", pen.text(account.bic, "seller.accounts.bic")))
        rows.append((pen.label("reference"), pen.text(printed_reference(facts), "reference")))
    return rows


def _early(pen: Pen, early: EarlyPayment, amount: int, gross: int, currency: str) -> str:
    less = max(0, amount - early_discount(early, gross))
    return pen.label(
        "early", date=pen.day(early.until), percent=pen.percent(early.percent), amount=pen.money(less, currency)
    )


def _shown(link: str) -> str:
    """The address in print, for those who type; not when nobody would."""
    bare = link.partition("://")[2].rstrip("/")
    return bare if len(bare) <= 60 else ""
