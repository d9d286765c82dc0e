# SPDX-License-Identifier: Apache-2.0
"""Late charges: what may be asked beside the principal of an unpaid invoice on a day, each item with its rule.

`late_charges(claim)` is the whole of it. Pure: the rates come with the law book; no clock, no network. When the
governing law is not named, the creditor's and the debtor's are both worked out and the lower of each item counts;
a consumer keeps the protection of home also when another law was agreed (Rome I art. 6).
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from purring.core.calendar import ONE_DAY
from purring.core.errors import Refused
from purring.law import book as law_book
from purring.law.book import ALIASES, LawBook
from purring.law.claim import Charges, Claim, Denied, Fee, Flat, Interest, check
from purring.law.compiled import Rule, compiled
from purring.law.fees import credit_days, fees_of
from purring.law.interest import first_day, interest_of, no_interest
from purring.law.rates import CONFIDENCES


class Granted(NamedTuple):
    """What one law gives, and why not the rest."""

    interest: Interest
    no_interest: Denied | None
    compensation: Flat
    no_compensation: Denied | None
    fees: tuple[Fee, ...]
    no_fees: Denied | None


def late_charges(claim: Claim, book: LawBook | None = None) -> Charges:
    """Work out a claim. `book` is the packaged law book when none is given.

    Refuses: `unknown_country`, `bad_amount`, `bad_date`, `bad_claim`, `unknown_currency`, and `rate_unknown` when
    interest runs on a day whose rate is not known (nothing is carried forward).
    """
    check(claim)
    book = book or law_book.book()
    kind = "business" if claim.kind == "business" else "consumer"
    rules = [compiled(book, code, kind, claim.currency, claim.registered) for code in governing(claim)]
    due = moved_due(claim.due, rules)
    if len(rules) == 1:
        one = _by_law(rules[0], claim, due)
        no = [denied for denied in (one.no_interest, one.no_compensation, one.no_fees) if denied]
    else:
        granted = _by_laws(rules, claim, due)
        no = [d for by_law in granted for d in (by_law.no_interest, by_law.no_compensation, by_law.no_fees) if d]
        one = _lower(granted)
    principal = claim.amount - sum(amount for amount, _ in claim.paid)
    total = principal
    if one.interest.confidence == "high":
        total += one.interest.amount
    if one.compensation.confidence == "high":
        total += one.compensation.amount
    total += sum(fee.amount for fee in one.fees if fee.confidence == "high" and fee.earliest_on <= claim.on)
    return Charges(
        law="+".join(rule.code for rule in rules),
        currency=claim.currency,
        principal=principal,
        interest=one.interest,
        compensation=one.compensation,
        fees=one.fees,
        not_allowed=tuple(no),
        total=total,
        as_of=claim.on,
        sources=rules[0].sources
        if len(rules) == 1
        else tuple(dict.fromkeys(k for rule in rules for k in rule.sources)),
    )


def governing(claim: Claim) -> tuple[str, ...]:
    """The country codes whose laws count: one, or creditor's and debtor's."""
    named = (claim.law,) if claim.law else (claim.creditor, claim.debtor)
    if claim.law and claim.debtor and claim.kind != "business":
        named = (claim.law, claim.debtor)
    codes = tuple(dict.fromkeys(ALIASES.get(code, code) for code in named if code))
    if not codes or (not claim.law and None in named):
        raise Refused("bad_claim", "name the governing law, or the countries of creditor and debtor")
    return codes


def moved_due(due: date, rules: list[Rule]) -> int:
    """The due date (ordinal), moved to the next day that is a working day in every country concerned."""
    moved = due
    while not all(rule.calendar.is_working(moved) for rule in rules):
        moved += ONE_DAY
    return moved.toordinal()


def _by_law(rule: Rule, claim: Claim, due: int) -> Granted:
    return _beside_interest(rule, claim, due, *interest_of(rule, claim, due))


def _beside_interest(
    rule: Rule, claim: Claim, due: int, interest: Interest, without: Denied | None, first: int | None
) -> Granted:
    """The other items, once it is settled when delay began; of two that exclude each other the one preferred."""
    compensation, no_compensation = _compensation(rule, claim, first)
    fees, no_fees = fees_of(rule, claim, due)
    if rule.kind.compensation.instead_of_fees and compensation.amount and fees:
        if claim.prefer == "fees":
            compensation = compensation._replace(amount=0)
            no_compensation = Denied(
                "compensation", "it and reminder fees exclude each other, and fees are asked", rule.compensation_rule
            )
        else:
            fees = ()
            no_fees = Denied("fee", "fees and the flat compensation exclude each other, and it is asked", rule.fee_rule)
    return Granted(interest, without, compensation, no_compensation, fees, no_fees)


def _compensation(rule: Rule, claim: Claim, first: int | None) -> tuple[Flat, Denied | None]:
    """The flat sum, once delay has begun."""
    nothing = Flat(0, rule.compensation_rule, CONFIDENCES[rule.compensation_doubt])
    if rule.no_compensation:
        return nothing, rule.no_compensation
    on = claim.on.toordinal()
    why = ""
    doubt, short = credit_days(rule.kind.compensation.needs_credit_days, claim, rule.compensation_doubt)
    if first is None or first > on:
        why = "only once the payment is late in the eyes of the law"
    elif claim.agreed_rate is not None and rule.kind.interest.agreed.displaces_compensation:
        why = "an agreed remedy for late payment takes the place of the statutory one"
    elif first < rule.compensation_since:
        why = f"the rule on file begins on {rule.kind.compensation.basis.valid_from}"
    elif short:
        why = short
    if why:
        return nothing, Denied("compensation", why, rule.compensation_rule)
    assert first is not None
    amount = _flat_amount(rule, claim, first, on)
    if not amount:
        return nothing, Denied("compensation", "its amount is not known for that time", rule.compensation_rule)
    return Flat(amount, rule.compensation_rule, CONFIDENCES[doubt]), None


def _flat_amount(rule: Rule, claim: Claim, first: int, on: int) -> int:
    """By band of the principal open when delay began; by decree the lower of the first day and the day asked for."""
    if rule.compensation_series:
        rows = [rule.compensation_series.row_at(day) for day in (first, on)]
        return min(rule.minor_of(row.text) if row else 0 for row in rows)
    principal = claim.amount - sum(amount for amount, day in claim.paid if day.toordinal() < first)
    amount = 0
    for band in rule.bands:
        if principal > band.start or (principal == band.start and not band.above):
            amount = band.amount
    return amount if principal else 0


# --- two laws ------------------------------------------------------------------------------------------------


def _by_laws(rules: list[Rule], claim: Claim, due: int) -> list[Granted]:
    """Each law by itself. A rate that is not known does no harm where another law gives no interest anyway."""
    granted: list[Granted] = []
    unknown: list[Refused] = []
    for rule in rules:
        try:
            granted.append(_by_law(rule, claim, due))
        except Refused as refused:
            if refused.code != "rate_unknown":
                raise
            unknown.append(refused)
            without = Denied("interest", refused.message, rule.interest_rule)
            granted.append(
                _beside_interest(rule, claim, due, no_interest(rule), without, first_day(rule, claim, due)[0])
            )
    if unknown and sum(one.no_interest is not None for one in granted) == len(unknown):
        raise unknown[0]
    return granted


def _lower(granted: list[Granted]) -> Granted:
    """The lower of each item; an item that one law does not give is not given. The less sure word counts."""
    interest = min((one.interest for one in granted), key=lambda item: item.amount)
    if any(one.no_interest for one in granted):
        denying = next(one for one in granted if one.no_interest)
        interest = denying.interest
    compensation = min((one.compensation for one in granted), key=lambda item: item.amount)
    fees = tuple(
        Fee(
            min(fee.amount for fee in pair),
            max(fee.earliest_on for fee in pair),
            min(pair, key=lambda fee: fee.amount).rule,
            _less_sure(*(fee.confidence for fee in pair)),
        )
        for pair in zip(*(one.fees for one in granted), strict=False)
    )
    return Granted(
        interest._replace(confidence=_less_sure(*(one.interest.confidence for one in granted))),
        None,
        compensation._replace(confidence=_less_sure(*(one.compensation.confidence for one in granted))),
        None,
        fees,
        None,
    )


def _less_sure(*confidences: str) -> str:
    return max(confidences, key=CONFIDENCES.index)
