# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the page of each answer asks, and what a person filled in, read and checked in their language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest

from purring.core.errors import Refused
from purring.doors.portal.opening import Visit
from purring.doors.portal.reading import read_money, written_money
from purring.facts.invoices.models import Invoice
from purring.kit import uploads
from purring.kit.numbers import whole
from purring.language import formats

MOST_FILES = 3
MOST_WORDS = 4000
MOST_SENT = MOST_FILES * uploads.MOST_BYTES + 1_000_000


@dataclass(frozen=True, slots=True)
class Asks:
    """The fields of one answer's page."""

    words: bool | None = None
    """None: not asked; True: must be filled in."""
    day: bool = False
    amount: bool | None = None
    """True: with what is open filled in already."""
    file: bool = False
    invoices: str = "some"
    """Which open invoices it may speak of: `some`, `one`, or none of them."""


ASKS: Mapping[str, Asks] = {
    "received": Asks(),
    "question": Asks(words=True),
    "paid": Asks(words=False, day=True, file=True),
    "promise": Asks(day=True, amount=True),
    "copy": Asks(words=False),
    "po": Asks(words=True),
    "dispute": Asks(words=True, amount=False, file=True, invoices="one"),
    "plan": Asks(words=True),
    "wrong_person": Asks(words=False, invoices=""),
    "content": Asks(invoices=""),
    "not_content": Asks(words=True, invoices=""),
}


@dataclass
class Filled:
    """What was filled in, as it was written and as it was understood; `errors` by field, in the reader's language."""

    words: str = ""
    day_text: str = ""
    amount_text: str = ""
    chosen: set[int] = field(default_factory=set)
    day: date | None = None
    amount: int | None = None
    files: list[uploads.Upload] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


def blank(found: Visit, kind: str, invoices: Sequence[Invoice]) -> Filled:
    """The page as it first opens."""
    asks = ASKS[kind]
    chosen = [one.pk for one in invoices] if asks.invoices == "some" else [one.pk for one in invoices[:1]]
    filled = Filled(chosen=set(chosen))
    if kind == "paid":
        filled.day_text = found.today.isoformat()
    currencies = {one.currency for one in invoices}
    if asks.amount and len(currencies) == 1 and len(invoices) == 1:
        currency = currencies.pop()
        filled.amount_text = written_money(sum(one.balance for one in invoices), currency, found)
    return filled


def read(request: HttpRequest, found: Visit, kind: str, invoices: Sequence[Invoice]) -> tuple[Filled, list[Invoice]]:
    """What was filled in, and the invoices it speaks of."""
    asks, said = ASKS[kind], request.POST
    filled = Filled(
        words=said.get("words", "").replace("\x00", "").strip()[:MOST_WORDS] if asks.words is not None else "",
        day_text=said.get("day", "") if asks.day else "",
        amount_text=said.get("amount", "").strip()[:40] if asks.amount is not None else "",
        chosen={key for one in said.getlist("invoice")[:1000] if (key := whole(one)) is not None},
    )
    about = _about(filled, asks, invoices, found)
    if asks.words and not filled.words:
        filled.errors["words"] = found.words.say("required")
    if asks.day:
        _read_day(filled, kind, found)
    if filled.amount_text or asks.amount:
        _read_amount(filled, about, found)
    if asks.file:
        _read_files(filled, request.FILES.getlist("file"))
    return filled, about


def _about(filled: Filled, asks: Asks, invoices: Sequence[Invoice], found: Visit) -> list[Invoice]:
    if not asks.invoices:
        return []
    about = [one for one in invoices if one.pk in filled.chosen] if len(invoices) > 1 else list(invoices)
    if invoices and (not about or (asks.invoices == "one" and len(about) > 1)):
        filled.errors["invoices"] = found.words.say("required")
    return about


def _read_day(filled: Filled, kind: str, found: Visit) -> None:
    try:
        filled.day = date.fromisoformat(filled.day_text)
    except ValueError:
        filled.errors["day"] = found.words.say("required")
        return
    if kind == "promise" and not 0 <= (filled.day - found.today).days <= 3660:
        filled.errors["day"] = found.words.say("bad_date")
    if kind == "paid" and filled.day > found.today:
        filled.errors["day"] = found.words.say("required")


def _read_amount(filled: Filled, about: Sequence[Invoice], found: Visit) -> None:
    """Nothing written means all of it. An amount is in one currency."""
    currencies = {one.currency for one in about}
    if len(currencies) != 1:
        if filled.amount_text and about:
            filled.errors["amount"] = found.words.say("required")
        return
    currency, open_now = currencies.pop(), sum(one.balance for one in about)
    if not filled.amount_text:
        filled.amount = open_now
        return
    filled.amount = read_money(filled.amount_text, currency, found)
    if filled.amount is None or not 0 < filled.amount <= open_now:
        most = formats.money(open_now, currency, found.words.locale)
        filled.errors["amount"] = found.words.say("bad_amount", amount=most)


def _read_files(filled: Filled, sent: Sequence[Any]) -> None:
    for one in sent:
        try:
            if len(sent) > MOST_FILES or one.size > uploads.MOST_BYTES:
                raise Refused("bad_file", "too many, or too large")
            filled.files.append(uploads.checked(one.read(), one.name or ""))
        except Refused:
            filled.errors["file"] = one.name or "?"
            return
