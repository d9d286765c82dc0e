# SPDX-License-Identifier: Apache-2.0
"""What every paper has: sender, address window, footer, page numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from purring.papers.documents.blocks import Block, label_width
from purring.papers.documents.house import account_name, town_lines
from purring.papers.documents.pen import Pen, groups
from purring.papers.facts import Account, Buyer, Seller

Page = dict[str, Any]

CARRY_FROM = 12
"""Rows from which a table may reach a second page and carries its sum."""
SHORT = 24
"""Rows of all blocks together below which one page is tried first."""


def page(
    pen: Pen,
    seller: Seller,
    buyer: Buyer,
    *,
    heading: str,
    on: date,
    facts: Sequence[tuple[str, str]],
    lead: tuple[str, str] | None,
    blocks: Sequence[Block],
) -> Page:
    """The whole paper for the template. `facts` stand beside the address, `lead` is (amount, words) below the heading;
    rows of `facts` without a value are left out. Brand, sheet and logo are added by the printer."""
    name = pen.text(seller.name, "seller.name")
    before, _, rest = pen.label("page", page="\0", pages="\1").partition("\0")
    between, _, after = rest.partition("\1")
    address, sender = _window(pen, seller, buyer), _sender(pen, seller)
    beside = [(label, value) for label, value in facts if value]
    language, _, region = pen.language.partition("-")
    return {
        "lang": language,
        "region": region or None,
        "title": f"{heading} · {name}",
        "author": name,
        "name": name,
        "date": [on.year, on.month, on.day],
        "page_of": [before, between, after],
        "running": heading,
        "carry": _carry(pen, blocks),
        "sender": sender,
        "place": len(sender) - _reachable(seller),
        "return_line": " · ".join([name, *_address(pen, seller)]),
        "address": address,
        "meta": [list(row) for row in beside],
        "meta_width": label_width(beside),
        "roomy": _roomy(address, sender, beside),
        "single": _short(blocks),
        "heading": heading,
        "lead": {"amount": lead[0], "words": lead[1]} if lead else None,
        "blocks": list(blocks),
        "footer": _footer(pen, seller, name),
    }


def _roomy(address: Sequence[str], sender: Sequence[str], facts: Sequence[tuple[str, str]]) -> bool:
    """True when what stands above the text fits for certain, without a line that wraps."""
    narrow = all(len(line) <= 36 for line in (*address, *sender)) and all(len(a) + len(b) <= 32 for a, b in facts)
    return narrow and len(address) <= 6 and len(sender) + 2 * len(facts) <= 20


def _short(blocks: Sequence[Block]) -> bool:
    """True when everything will most likely stand on one page."""
    rows = sum(len(one["rows"]) for one in blocks if "rows" in one)
    return rows < SHORT and not any(one["kind"] == "slip" or one.get("sums") for one in blocks)


def _carry(pen: Pen, blocks: Sequence[Block]) -> dict[str, str] | None:
    sums = next((one["sums"] for one in blocks if one["kind"] == "table" and one["sums"]), None)
    return {"brought": pen.label("brought"), "forward": pen.label("forward"), "last": sums[-1]} if sums else None


def _address(pen: Pen, party: Seller | Buyer) -> list[str]:
    where = "seller" if isinstance(party, Seller) else "buyer"
    lines = [pen.text(line, f"{where}.address.lines") for line in party.address.lines]
    return lines + [pen.text(line, f"{where}.address") for line in town_lines(party.address, party.country)]


def _window(pen: Pen, seller: Seller, buyer: Buyer) -> list[str]:
    lines = [pen.text(buyer.name, "buyer.name")]
    if buyer.contact:
        lines.append(pen.text(buyer.contact, "buyer.contact"))
    lines += _address(pen, buyer)
    if buyer.country and buyer.country != seller.country:
        lines.append(pen.country(buyer.country))
    return lines


def _sender(pen: Pen, seller: Seller) -> list[str]:
    reach = [pen.text(seller.email, "seller.email"), pen.text(seller.phone, "seller.phone")]
    return [pen.text(seller.name, "seller.name"), *_address(pen, seller), *(one for one in reach if one)]


def _reachable(seller: Seller) -> int:
    """How many of the sender's last lines are no part of the postal address."""
    return bool(seller.email) + bool(seller.phone)


def _footer(pen: Pen, seller: Seller, name: str) -> list[list[str]]:
    legal = [name]
    if seller.registration:
        legal.append(pen.text(seller.registration, "seller.registration"))
    number = [f"{pen.label('vat_id')} {pen.text(seller.vat_id, 'seller.vat_id')}"] if seller.vat_id else []
    bank = [f"{account_label(pen, one)} {account_number(pen, one)}" for one in seller.accounts[:2]]
    return [part for part in (legal, number, bank) if part]


def account_label(pen: Pen, account: Account) -> str:
    return account_name(account.scheme) or pen.label("account")


def account_number(pen: Pen, account: Account) -> str:
    """As people copy it: an IBAN in groups of four, any other number as it was given."""
    return pen.text(groups(account.compact) if account.scheme == "iban" else account.number, "seller.accounts.number")
