# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring late-charges`: what the law lets a creditor ask beside the principal. Needs no database and no settings.

Newer rates that `purring law update` stored in the data folder count.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping
from datetime import date
from typing import Any

from purring.core.errors import Refused
from purring.core.money import to_minor, to_text
from purring.doors.cli import output
from purring.doors.cli.arguments import LATE_CHARGES_NEEDED, WrongUsage
from purring.doors.cli.house import House
from purring.law.book import KINDS, LawBook, book, sources
from purring.law.charges import late_charges
from purring.law.claim import Charges, Claim
from purring.law.rates import micro_percent, percent_text

MAX_LINE = 1_000_000
TEXTS = ("law", "creditor", "debtor", "kind", "currency", "amount", "due", "on", "issued", "agreed_rate", "prefer")
LISTS = ("reminder_on", "paid")
SWITCHES = ("calendar_due_date_agreed", "msme")


def late_charges_command(options: argparse.Namespace, house: House) -> int:
    """Refused: exit 1. With `--jsonl` each line has its own result or error."""
    laws = book(house.data_folder)
    if options.jsonl:
        for line in iter(lambda: sys.stdin.buffer.readline(MAX_LINE + 1), b""):
            if line.strip():
                print(json.dumps(_line_result(line, laws), ensure_ascii=False), flush=True)
        return 0
    given = {name: value for name in (*TEXTS, *LISTS, *SWITCHES) if (value := getattr(options, name))}
    if missing := [name for name in LATE_CHARGES_NEEDED if name not in given]:
        raise WrongUsage(f"--{missing[0]} is missing; see purring late-charges --help")
    if "law" not in given and not ("creditor" in given and "debtor" in given):
        raise WrongUsage("name the governing law (--law), or the countries of both (--creditor and --debtor)")
    found = late_charges(_claim(given), laws)
    if options.json:
        output.document(_document(found))
    else:
        _show(found)
    return 0


# --- what comes in ---------------------------------------------------------------------------------------


def _line_result(line: bytes, laws: LawBook) -> dict[str, Any]:
    try:
        return _document(late_charges(_claim(_given(line)), laws))
    except Refused as refused:
        return {"error": {"code": refused.code, "message": refused.message}}


def _given(line: bytes) -> dict[str, Any]:
    """The options of one line, as the command line would have them."""
    try:
        value = json.loads(line.decode("utf-8-sig"), parse_float=str, parse_int=str)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Refused("bad_json", "this line is not a JSON object in UTF-8") from None
    if not isinstance(value, dict):
        raise Refused("bad_json", "a line must be a JSON object")
    given: dict[str, Any] = {}
    for name, one in value.items():
        if name in LISTS:
            one = [one] if isinstance(one, str) else one
            fits = isinstance(one, list) and all(isinstance(part, str) for part in one)
        elif name in SWITCHES:
            fits = isinstance(one, bool)
        elif name in TEXTS:
            fits = isinstance(one, str)
        else:
            raise Refused("bad_option", f"{name!r} is not known; known are {', '.join((*TEXTS, *LISTS, *SWITCHES))}")
        if one is None:
            continue
        if not fits:
            raise Refused("bad_option", f"{name} has the wrong shape")
        given[name] = one
    for name in LATE_CHARGES_NEEDED:
        if name not in given:
            raise Refused("bad_option", f"{name} is missing")
    if given.get("kind", "unknown") not in KINDS:
        raise Refused("bad_option", f"kind {given['kind']!r} is none of {', '.join(KINDS)}")
    return given


def _claim(given: Mapping[str, Any]) -> Claim:
    currency = given["currency"]
    reminders = tuple(_day("reminder_on", text) for text in given.get("reminder_on", ()))
    return Claim(
        amount=to_minor(given["amount"], currency),
        currency=currency,
        due=_day("due", given["due"]),
        on=_day("on", given["on"]),
        kind=given.get("kind", "unknown"),
        law=_code(given.get("law")),
        creditor=_code(given.get("creditor")),
        debtor=_code(given.get("debtor")),
        issued=_day("issued", given["issued"]) if "issued" in given else None,
        agreed_rate=micro_percent(given["agreed_rate"]) if "agreed_rate" in given else None,
        calendar_due_date_agreed=bool(given.get("calendar_due_date_agreed")),
        reminders=reminders,
        demands=reminders,
        paid=tuple(_payment(text, currency) for text in given.get("paid", ())),
        prefer=given.get("prefer", "compensation"),
        registered=bool(given.get("msme")),
    )


def _code(text: str | None) -> str | None:
    return text.upper() if text is not None else None


def _day(name: str, text: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Refused("bad_date", f"{name} {text!r} is not a date; write it like 2026-01-31", field=name)


def _payment(text: str, currency: str) -> tuple[int, date]:
    amount, colon, day = text.partition(":")
    if not colon:
        raise Refused("bad_amount", f"payment {text!r} has no day; write it like 400.00:2026-01-31", field="paid")
    return to_minor(amount, currency), _day("paid", day)


# --- what goes out ---------------------------------------------------------------------------------------


def _document(found: Charges) -> dict[str, Any]:
    """The document of the contract. Amounts and rates are decimal texts."""

    def text(amount: int) -> str:
        return to_text(amount, found.currency)

    interest, flat = found.interest, found.compensation
    known = sources()
    return {
        "law": found.law,
        "principal": text(found.principal),
        "interest": {
            "amount": text(interest.amount),
            "from": interest.first.isoformat() if interest.first else None,
            "segments": [
                {
                    "from": one.first.isoformat(),
                    "to": one.last.isoformat(),
                    "days": one.days,
                    "rate": percent_text(one.rate),
                    "amount": text(one.amount),
                }
                for one in interest.segments
            ],
            "rule": interest.rule,
            "confidence": interest.confidence,
        },
        "compensation": {"amount": text(flat.amount), "rule": flat.rule, "confidence": flat.confidence},
        "fees": [
            {
                "amount": text(fee.amount),
                "earliest_on": fee.earliest_on.isoformat(),
                "rule": fee.rule,
                "confidence": fee.confidence,
            }
            for fee in found.fees
        ],
        "not_allowed": [one._asdict() for one in found.not_allowed],
        "total": text(found.total),
        "as_of": found.as_of.isoformat(),
        "sources": [known[key]._asdict() for key in found.sources],
    }


def _show(found: Charges) -> None:
    """For people: what may be asked, what not, and how sure that is. Not legal advice."""

    def text(amount: int) -> str:
        return f"{to_text(amount, found.currency)} {found.currency}"

    rows = [("principal", text(found.principal), "")]
    for one in found.interest.segments:
        days = f"{one.days} day{'' if one.days == 1 else 's'}"
        rows.append(("interest", text(one.amount), f"{one.first} to {one.last}, {days} at {percent_text(one.rate)} %"))
    for flat in (found.interest, found.compensation):
        if flat.amount:
            name = "interest in all" if flat is found.interest else "compensation"
            rows.append((name, text(flat.amount), _sure(flat.rule, flat.confidence)))
    for fee in found.fees:
        rows.append(("reminder fee", text(fee.amount), f"from {fee.earliest_on}; {_sure(fee.rule, fee.confidence)}"))
    rows.append(("may be asked now", text(found.total), f"on {found.as_of} under the law of {found.law}"))
    output.table(rows)
    for denied in found.not_allowed:
        output.say(f"no {denied.what}: {denied.why} ({denied.rule})")
    output.say("This is worked out from published rules and is not legal advice.")


def _sure(rule: str, confidence: str) -> str:
    return rule if confidence == "high" else f"{rule}; confidence {confidence}, so not in the total"
