# SPDX-License-Identifier: Apache-2.0
"""Late-payment interest: from which day, at which rates, how much. Whole numbers and exact fractions only.

Days are ordinals inside. Of several readings of the law (day count, day that fixes the rate) the lowest counts.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from math import lcm
from typing import NamedTuple

from purring.law.claim import Claim, Denied, Interest, Segment
from purring.law.compiled import Rule
from purring.law.days import days_360, months_after, working_day_after
from purring.law.rates import CONFIDENCES, MICRO, Span

PERCENT = 100 * MICRO
"""A yearly rate in millionths of a percent, divided by this, is a plain factor."""


class Piece(NamedTuple):
    """Days with one rate and one principal. Interest is `top` / `bottom` minor units."""

    first: int
    last: int
    days: int
    rate: int
    principal: int
    top: int
    bottom: int


def interest_of(rule: Rule, claim: Claim, due: int) -> tuple[Interest, Denied | None, int | None]:
    """The interest by one law, why there is none, and the first day of delay.

    `due`: ordinal of the due date, moved off days off. Refuses (`rate_unknown`) days without a known rate.
    """
    if rule.no_interest and claim.agreed_rate is None:
        return no_interest(rule), rule.no_interest, None
    first, why = first_day(rule, claim, due)
    if first is None:
        return no_interest(rule), Denied("interest", why, rule.interest_rule), None
    on = claim.on.toordinal()
    if first > on:
        starts = date.fromordinal(first)
        denied = Denied("interest", f"not yet; it begins on {starts}", rule.interest_rule)
        return Interest(0, starts, (), rule.interest_rule, CONFIDENCES[rule.interest_doubt]), denied, first
    steps = principal_steps(claim, first)
    cited, doubt, plans = _plans(rule, claim, first, on, steps[0][1])
    best: tuple[int, list[Piece]] | None = None
    for spans in plans:
        for basis in rule.kind.interest.day_count:
            pieces = _accrue(rule, spans, steps, basis, first)
            amount = _floor_of_sum(pieces)
            if best is None or amount < best[0]:
                best = amount, pieces
    assert best is not None
    for spans in plans:
        for span in spans:
            if span.doubt > doubt:
                doubt = span.doubt
    amount, pieces = best
    return Interest(amount, date.fromordinal(first), _shown(amount, pieces), cited, CONFIDENCES[doubt]), None, first


def no_interest(rule: Rule) -> Interest:
    """The answer of a law that gives none."""
    return Interest(0, None, (), rule.interest_rule, CONFIDENCES[rule.interest_doubt])


def first_day(rule: Rule, claim: Claim, due: int) -> tuple[int | None, str]:
    """The first day that bears interest, or None and the reason."""
    start = rule.kind.interest.start
    if start.trigger == "due_date" or (start.trigger == "agreed_calendar_date" and claim.calendar_due_date_agreed):
        return due + 1, ""
    days = claim.demands if start.demand == "formal" else (*claim.demands, *claim.reminders)
    demand = min((day for one in days if (day := one.toordinal()) > due), default=None)
    first = None
    if demand is not None:
        received = working_day_after(rule.calendar, demand, start.wait_working_days)
        first = received + start.wait_days if start.wait_days else received + 1
    if start.latest_days_after_due is not None:
        latest = max(due, claim.issued.toordinal() if claim.issued else due) + start.latest_days_after_due
        first = latest if first is None else min(first, latest)
    if first is not None:
        return first, ""
    if start.demand == "formal":
        return None, "it begins only with a formal demand after the due date; none is on record"
    if start.trigger == "agreed_calendar_date":
        return None, "it begins only with a reminder after the due date, or with a calendar date agreed in the contract"
    return None, "it begins only after a reminder past the due date; none is on record"


def principal_steps(claim: Claim, first: int) -> list[tuple[int, int]]:
    """(first day, principal open from that day on), beginning with `first`. The day of a payment still bears
    interest on what is paid that day, as the day asked for does."""
    steps = [(first, claim.amount)]
    if claim.paid:
        for amount, day in sorted(claim.paid, key=lambda one: one[1]):
            since = day.toordinal() + 1
            left = steps[-1][1] - amount
            if since <= steps[-1][0]:
                steps[-1] = steps[-1][0], left
            else:
                steps.append((since, left))
    return steps


def _plans(rule: Rule, claim: Claim, first: int, on: int, principal: int) -> tuple[str, int, list[list[Span]]]:
    """The readings of the rates, each as spans; with the rule to cite and its doubt."""
    agreed = claim.agreed_rate
    effect = rule.kind.interest.agreed.effect
    if agreed is None or (effect == "only_lowers" and rule.series):
        plans = [_spans(rule, claim, on_day, first, on) for on_day in rule.kind.interest.rate_on]
        if agreed is None:
            return rule.interest_rule, rule.interest_doubt, plans
        if any(span.rate > agreed for spans in plans for span in spans):
            plans = [[span._replace(rate=min(span.rate, agreed)) for span in spans] for spans in plans]
            return rule.agreed_rule, max(rule.agreed_doubt, rule.interest_doubt), plans
        return rule.interest_rule, rule.interest_doubt, plans
    for up_to, percent in rule.ceilings:
        if up_to is None or principal <= up_to:
            agreed = agreed if percent is None else min(agreed, percent)
            break
    spans = [Span(first, on, agreed, 0)]
    if rule.ceiling_series:
        spans = [span._replace(rate=min(span.rate, agreed)) for span in rule.ceiling_series.spans(first, on)]
    return rule.agreed_rule, rule.agreed_doubt, [spans]


def _spans(rule: Rule, claim: Claim, on_day: str, first: int, on: int) -> list[Span]:
    series, times = rule.series, rule.kind.interest.multiple
    assert series is not None
    if on_day == "each_day":
        spans = series.spans(first, on)
    else:
        day = {"due_day": claim.due.toordinal(), "first_day": first, "as_of_day": on}[on_day]
        fixed = series.spans(day, day)[0]
        spans = [Span(first, on, fixed.rate, fixed.doubt)]
    return spans if times == 1 else [span._replace(rate=span.rate * times) for span in spans]


# --- days and amounts ------------------------------------------------------------------------------------


def _accrue(rule: Rule, spans: Sequence[Span], steps: list[tuple[int, int]], basis: str, first: int) -> list[Piece]:
    compounding = rule.kind.interest.compounding
    if compounding == "monthly" or (compounding == "yearly" and spans[-1].last >= months_after(first, 12)):
        return _compound(spans, steps, first, 1 if compounding == "monthly" else 12)
    bottom = {"act/365": 365, "30/360": 360, "act/act": 365 * 366}[basis] * PERCENT
    leap = basis == "act/act"
    stop = rule.kind.interest.stops_at_principal
    pieces = []
    grown = 0
    for start, end, rate, principal in _cut(spans, steps, _leap_borders(spans) if leap else ()):
        days = days_360(start, end) if basis == "30/360" else end - start + 1
        top = principal * rate * days
        if leap:
            top *= 365 if isleap(date.fromordinal(start).year) else 366
        if top < 0:
            top = 0  # a reference rate below zero takes nothing from the principal
        if stop and grown + top > principal * bottom:
            top = max(principal * bottom - grown, 0)
        grown += top
        pieces.append(Piece(start, end, days, rate, principal, top, bottom))
    return pieces


def _cut(
    spans: Sequence[Span], steps: list[tuple[int, int]], borders: Iterable[int]
) -> list[tuple[int, int, int, int]]:
    """(first, last, rate, principal) with cuts where the rate or the principal changes and at `borders` (first days)."""
    if len(steps) == 1 and not borders:
        principal = steps[0][1]
        return [(span.first, span.last, span.rate, principal) for span in spans]
    cuts = sorted({*borders, *(since for since, _ in steps)})
    found = []
    for span in spans:
        starts = [span.first, *(cut for cut in cuts if span.first < cut <= span.last)]
        for start, following in zip(starts, [*starts[1:], span.last + 1], strict=True):
            principal = [left for since, left in steps if since <= start][-1]
            found.append((start, following - 1, span.rate, principal))
    return found


def _leap_borders(spans: Sequence[Span]) -> list[int]:
    """The New Year's days on which the length of the year changes."""
    years = range(date.fromordinal(spans[0].first).year + 1, date.fromordinal(spans[-1].last).year + 1)
    return [date(year, 1, 1).toordinal() for year in years if isleap(year) != isleap(year - 1)]


def _compound(spans: Sequence[Span], steps: list[tuple[int, int]], first: int, months: int) -> list[Piece]:
    """Interest is added to the principal after each full period of so many months.

    A full month counts as a twelfth of a year; days of a year, and of a broken month, as days of 365. What was added is
    kept exact, as a number over `bottom`, which grows by the same factor with each period.
    """
    last = spans[-1].last
    borders = [first]
    while borders[-1] <= last:
        borders.append(months_after(first, months * len(borders)))
    periods = list(pairwise(borders))
    parts = _MONTH_PARTS if months == 1 else 365
    factor = parts * PERCENT
    bottom, capital, since, at = factor, 0, 0, 0
    pieces = []
    for start, end, rate, principal in _cut(spans, steps, borders[1:]):
        if start == periods[at][1]:
            capital, since, bottom, at = (capital + since) * factor, 0, bottom * factor, at + 1
        days = end - start + 1
        begins, follows = periods[at]
        whole_month = months == 1 and follows - 1 <= last
        share = days * parts // (12 * (follows - begins) if whole_month else 365)
        base = principal * (bottom // factor) + capital // factor
        top = base * rate * share
        since += top
        pieces.append(Piece(start, end, days, rate, base // (bottom // factor), top, bottom))
    return pieces


_MONTH_PARTS = 365 * 12 * lcm(28, 29, 30, 31)
"""A year in parts that both days of 365 and days of any month come out whole in."""


def _floor_of_sum(pieces: list[Piece]) -> int:
    """Rounded down once. Each `bottom` divides the last one."""
    bottom = pieces[-1].bottom
    if pieces[0].bottom == bottom:
        return sum([piece.top for piece in pieces]) // bottom
    return sum([piece.top * (bottom // piece.bottom) for piece in pieces]) // bottom


def _shown(amount: int, pieces: list[Piece]) -> tuple[Segment, ...]:
    """Segments floored; what is left of the sum goes to the largest remainders, the earliest first on a tie."""
    floors = [piece.top // piece.bottom for piece in pieces]
    rest = amount - sum(floors)
    if rest:
        bottom = pieces[-1].bottom
        left = [piece.top % piece.bottom * (bottom // piece.bottom) for piece in pieces]
        for at in sorted(range(len(pieces)), key=left.__getitem__, reverse=True)[:rest]:
            floors[at] += 1
    day = date.fromordinal
    return tuple(
        [
            Segment(day(piece.first), day(piece.last), piece.days, piece.rate, floor, piece.principal)
            for piece, floor in zip(pieces, floors, strict=True)
        ]
    )
