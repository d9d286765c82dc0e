# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for every claim under every law."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from purring.core.errors import Refused
from purring.law.book import book, countries
from purring.law.charges import late_charges
from purring.law.claim import Charges, Claim
from purring.law.rates import CONFIDENCES

FIRST, LAST = date(2019, 2, 7), date(2026, 11, 20)
"""Days on which most rates are known."""
KINDS = ("business", "consumer", "unknown")

days = st.dates(FIRST, LAST)


@st.composite
def claims(draw: st.DrawFn, *, plain: bool = False) -> Claim:
    """A claim under one law; `plain`: without part payments."""
    law = draw(st.sampled_from(countries()))
    due, on = sorted((draw(days), draw(days)))
    amount = draw(st.integers(1, 10**9))
    middle = st.dates(due, on)
    reminders = tuple(draw(st.lists(middle, max_size=4)))
    paid: list[tuple[int, date]] = []
    if not plain and amount > 4:
        paid = draw(st.lists(st.tuples(st.integers(1, amount // 4), middle), max_size=3))
    return Claim(
        amount=amount,
        currency=book().country(law).currency,
        due=due,
        on=on,
        kind=draw(st.sampled_from(KINDS)),
        law=law,
        issued=draw(st.one_of(st.none(), st.just(due - timedelta(draw(st.integers(0, 60)))))),
        agreed_rate=draw(st.one_of(st.none(), st.integers(0, 100_000_000))),
        agreed_fee=draw(st.one_of(st.none(), st.integers(0, 10_000))),
        calendar_due_date_agreed=draw(st.booleans()),
        reminders=reminders,
        demands=reminders[:1] if draw(st.booleans()) else (),
        paid=tuple(paid),
        prefer=draw(st.sampled_from(("compensation", "fees"))),
        registered=draw(st.booleans()),
    )


def worked_out(claim: Claim) -> Charges:
    """The charges, where every rate that is needed is known."""
    try:
        return late_charges(claim)
    except Refused as refused:
        assume(refused.code != "rate_unknown")
        raise


@given(claims())
def test_a_total_is_what_may_be_asked_and_no_more(claim: Claim) -> None:
    found = worked_out(claim)
    items = [found.interest.amount, found.compensation.amount, *(fee.amount for fee in found.fees)]
    assert min(items) >= 0
    assert found.principal == claim.amount - sum(amount for amount, _ in claim.paid)
    assert found.principal <= found.total <= found.principal + sum(items)
    sure = [
        (found.interest.amount, found.interest.confidence, claim.on),
        (found.compensation.amount, found.compensation.confidence, claim.on),
        *((fee.amount, fee.confidence, fee.earliest_on) for fee in found.fees),
    ]
    assert found.total == found.principal + sum(a for a, c, on in sure if c == "high" and on <= claim.on)


@given(claims())
def test_no_item_without_a_rule_and_nothing_missing_without_a_reason(claim: Claim) -> None:
    found = worked_out(claim)
    rules = [found.interest.rule, found.compensation.rule, *(fee.rule for fee in found.fees)]
    rules += [denied.rule for denied in found.not_allowed]
    assert all(rules)
    assert {found.interest.confidence, found.compensation.confidence} <= set(CONFIDENCES)
    missing = set()
    if not found.interest.segments:
        missing.add("interest")
    if not found.compensation.amount:
        missing.add("compensation")
    if not found.fees:
        missing.add("fee")
    assert missing <= {denied.what for denied in found.not_allowed}
    assert all(denied.why for denied in found.not_allowed)


@given(claims())
def test_segments_cover_each_day_once_and_add_up(claim: Claim) -> None:
    interest = worked_out(claim).interest
    assert sum(one.amount for one in interest.segments) == interest.amount
    if not interest.segments:
        return
    assert interest.segments[0].first == interest.first
    assert interest.segments[-1].last == claim.on
    for before, after in zip(interest.segments, interest.segments[1:], strict=False):
        assert after.first == before.last + timedelta(1)


@given(claims())
def test_things_that_exclude_each_other_never_come_together(claim: Claim) -> None:
    found = worked_out(claim)
    kind = book().kind(claim.law or "", claim.kind, registered=claim.registered)
    if kind.compensation.instead_of_fees:
        assert not (found.compensation.amount and found.fees)


@given(claims(plain=True), st.integers(1, 400))
def test_interest_grows_with_the_days(claim: Claim, more: int) -> None:
    """Also where the lower of several readings counts, with one exception said in the data: a rate fixed by the day
    asked about (Ireland) may fall with it."""
    kind = book().kind(claim.law or "", claim.kind, registered=claim.registered)
    assume("as_of_day" not in kind.interest.rate_on)
    later = claim._replace(on=min(claim.on + timedelta(more), LAST))
    assert worked_out(claim).interest.amount <= worked_out(later).interest.amount


@given(claims(plain=True))
def test_interest_never_passes_the_caps_on_the_principal(claim: Claim) -> None:
    found = worked_out(claim)
    kind = book().kind(claim.law or "", claim.kind, registered=claim.registered)
    if kind.interest.stops_at_principal:
        assert found.interest.amount <= claim.amount
    ceilings = [one for one in kind.interest.agreed.ceilings if one.percent is not None]
    if claim.agreed_rate is not None and len(kind.interest.agreed.ceilings) == 1 and ceilings:
        most = max(int(ceilings[0].percent or 0) * 1_000_000, 0)
        assert all(one.rate <= most for one in found.interest.segments)


@given(claims(plain=True), st.data())
def test_interest_adds_up_over_part_payments(claim: Claim, data: st.DataObject) -> None:
    """What is paid bears interest up to its day, the rest goes on; in laws with simple interest and no cap, to the cent
    of rounding, and never more than without the payment in any."""
    assume(claim.amount > 1 and claim.due < claim.on)
    whole = worked_out(claim)
    part = data.draw(st.integers(1, claim.amount - 1))
    on = data.draw(st.dates(claim.due, claim.on))
    kind = book().kind(claim.law or "", claim.kind, registered=claim.registered)
    found = worked_out(claim._replace(paid=((part, on),)))
    assert found.interest.amount <= whole.interest.amount
    interest = kind.interest
    by_principal = len(interest.agreed.ceilings) > 1
    several = len(interest.rate_on) * len(interest.day_count) > 1
    if interest.compounding == "none" and not interest.stops_at_principal and not by_principal and not several:
        reminders = tuple(day for day in claim.reminders if day <= on)
        demands = tuple(day for day in claim.demands if day <= on)
        until = worked_out(claim._replace(amount=part, on=on, reminders=reminders, demands=demands))
        rest = worked_out(claim._replace(amount=claim.amount - part))
        assume(until.interest.first == rest.interest.first)
        assert 0 <= found.interest.amount - until.interest.amount - rest.interest.amount <= 1


@given(claims(), st.sampled_from(countries()))
def test_the_lower_of_two_laws_is_never_above_either(claim: Claim, debtor: str) -> None:
    creditor = claim.law or ""
    both = worked_out(claim._replace(law=None, creditor=creditor, debtor=debtor))
    for one in (creditor, debtor):
        try:
            alone = late_charges(claim._replace(law=one))
        except Refused as refused:
            if refused.code != "rate_unknown":
                raise
            continue  # then the other law gives no interest, or `both` were not worked out
        assert both.interest.amount <= alone.interest.amount
        assert both.compensation.amount <= alone.compensation.amount
        assert len(both.fees) <= len(alone.fees)
        assert both.total <= alone.total


@given(claims(), st.integers(1, 100))
def test_more_principal_never_bears_less(claim: Claim, more: int) -> None:
    assume(len(book().kind(claim.law or "", claim.kind).interest.agreed.ceilings) <= 1)
    assert worked_out(claim).interest.amount <= worked_out(claim._replace(amount=claim.amount + more)).interest.amount


@given(claims())
def test_the_same_question_has_the_same_answer(claim: Claim) -> None:
    assert worked_out(claim) == worked_out(claim)
