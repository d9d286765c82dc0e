# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a payer chose on the page, read and checked in their language: everything, some invoices or a part; and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, QueryDict

from purring.doors.portal.opening import Visit
from purring.doors.portal.payable import Block, Choice, Due, choices
from purring.doors.portal.reading import read_money, written_money
from purring.kit.numbers import whole
from purring.language import formats

ALL, CHOSEN, PART = WHATS = ("all", "chosen", "part")


@dataclass
class Wish:
    """As it was written and as it was understood; `errors` by field, in the reader's language."""

    what: str = ALL
    chosen: set[int] = field(default_factory=set)
    amount_text: str = ""
    method: str = ""
    keep: bool = False
    dues: Sequence[Due] = ()
    amount: int = 0
    choice: Choice | None = None
    errors: dict[str, str] = field(default_factory=dict)


def first_wish(request: HttpRequest, found: Visit, block: Block, ways: Sequence[Choice]) -> Wish:
    """The page as it first opens; `?what=`, `?invoice=` and `?amount=` (minor units) of the link that led here are filled in."""
    wish = Wish(what=_what(request.GET, block), chosen=_ids(request.GET) & {one.pk for one in block.dues})
    wish.chosen = wish.chosen or {one.pk for one in block.dues}
    given = whole(request.GET.get("amount")) or 0
    if wish.what == PART and 0 < given <= block.total:
        wish.amount_text = written_money(given, block.currency, found)
    wish.method = ways[0].key if ways else ""
    wish.dues, wish.amount = block.dues, block.total
    return wish


def read_wish(request: HttpRequest, found: Visit, block: Block) -> Wish:
    """What was sent. The oldest invoices are paid first by a part."""
    said = request.POST
    wish = Wish(
        what=_what(said, block),
        chosen=_ids(said),
        amount_text=said.get("amount", "").replace("\x00", "").strip()[:40],
        method=said.get("method", "")[:40],
        keep=said.get("keep") == "yes",
        dues=block.dues,
        amount=block.total,
    )
    if wish.what == CHOSEN:
        wish.dues = [one for one in block.dues if one.pk in wish.chosen]
        wish.amount = sum(one.asked for one in wish.dues)
        if not wish.dues:
            wish.errors["invoices"] = found.words.say("required")
    elif wish.what == PART:
        _read_part(wish, found, block)
    if not wish.errors:
        _read_method(wish, found, block)
    return wish


def _read_part(wish: Wish, found: Visit, block: Block) -> None:
    amount = read_money(wish.amount_text, block.currency, found)
    if amount is None or not 0 < amount <= block.total:
        most = formats.money(block.total, block.currency, found.words.locale)
        wish.errors["amount"] = found.words.say("bad_amount", amount=most)
        return
    wish.amount = amount


def _read_method(wish: Wish, found: Visit, block: Block) -> None:
    ways = {one.key: one for one in choices(found, block, wish.amount)}
    wish.choice = ways.get(wish.method)
    if wish.choice is None:
        wish.errors["method"] = found.words.say("bad_method" if wish.method else "required")


def _what(said: QueryDict, block: Block) -> str:
    what = said.get("what", ALL)
    return what if what in WHATS and not (what == CHOSEN and len(block.dues) < 2) else ALL


def _ids(said: QueryDict) -> set[int]:
    return {key for one in said.getlist("invoice")[:1000] if (key := whole(one)) is not None}
