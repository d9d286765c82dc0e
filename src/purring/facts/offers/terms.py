# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which terms hold for a customer on a day, what of them a customer may use, and how they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import Q

from purring.core.discounts import Rung, check_ladder
from purring.core.errors import Refused
from purring.core.money import threshold_minor
from purring.core.plans import MOST_INSTALMENTS, RHYTHMS, Limits
from purring.facts.customers.models import Customer, Group
from purring.facts.journal.actions import write
from purring.facts.offers.models import OfferTerms
from purring.facts.organizations.models import Organization
from purring.kit.prepared import Prepared

KEPT = (
    "whom", "plan_most", "plan_first_percent", "plan_first_days", "plan_last_days", "plan_smallest", "plan_rhythms",
    "deferral_days", "ladder", "instalments_at_start", "autopay", "autopay_at_start",
)  # fmt: skip
MOST_DAYS = 3660
MOST_DEFERRAL_DAYS = 180


@dataclass
class TermsBook:
    """All terms of an organization that could hold for these customers, read once."""

    rows: Sequence[OfferTerms]

    def of(self, customer: Customer, on: date) -> OfferTerms:
        """The nearest terms in force on a day: the customer's own, the group's, the organization's; else none are
        offered (a row that is not stored)."""
        for own in (
            lambda row: row.customer_id == customer.pk,
            lambda row: row.group_id is not None and row.group_id == customer.group_id,
            lambda row: row.customer_id is None and row.group_id is None,
        ):
            last = next((row for row in self.rows if row.since <= on and own(row)), None)
            if last and not last.as_usual:
                return last
        return OfferTerms(organization_id=customer.organization_id, since=on)


_OF_ONE = Prepared(
    lambda organization, group, customer: (
        OfferTerms.objects.of(organization)
        .filter(Q(customer=None, group=None) | Q(group_id=group) | Q(customer_id=customer))
        .order_by("-since", "-id")
    ),
    organization=int,
    group=int,
    customer=int,
)


def terms_book(customers: Sequence[Customer]) -> TermsBook:
    """The terms for customers of one organization, in one query."""
    if not customers:
        return TermsBook([])
    if len(customers) == 1:
        one = customers[0]
        return TermsBook(_OF_ONE(organization=one.organization_id, group=one.group_id or 0, customer=one.pk))
    groups = {one.group_id for one in customers if one.group_id}
    rows = OfferTerms.objects.of(customers[0].organization_id).filter(
        Q(customer=None, group=None) | Q(group_id__in=groups) | Q(customer_id__in=[one.pk for one in customers])
    )
    return TermsBook(list(rows.order_by("-since", "-id")))


def terms_of(customer: Customer, on: date) -> OfferTerms:
    """The terms that hold for one customer on a day."""
    return terms_book([customer]).of(customer, on)


def may_agree_alone(terms: OfferTerms, customer: Customer) -> bool:
    """Whether plans and deferrals need no person. A customer of unknown kind gets what is for all."""
    return terms.whom == "all" or terms.whom == customer.kind


def limits_of(terms: OfferTerms, customer: Customer, currency: str) -> Limits:
    """What of a plan needs no person; `most` is 0 where every plan does."""
    return Limits(
        terms.plan_most if may_agree_alone(terms, customer) else 0,
        terms.plan_first_percent,
        terms.plan_first_days,
        terms.plan_last_days,
        threshold_minor(terms.plan_smallest or "0", currency),
    )


def rhythms_of(terms: OfferTerms) -> tuple[str, ...]:
    """The slowest first."""
    return tuple(name for name in RHYTHMS[::-1] if not terms.plan_rhythms or name in terms.plan_rhythms)


@transaction.atomic
def keep_terms(
    organization: Organization,
    values: Mapping[str, Any] | None,
    *,
    on: date,
    now: datetime,
    actor: str,
    group: Group | None = None,
    customer: Customer | None = None,
) -> OfferTerms | None:
    """Offer this from today on, to everybody, a group or a customer; `values` names all of `KEPT`. None ends a group's
    or customer's own terms. The same again changes nothing.

    Refuses (`bad_terms`, `bad_ladder`, `bad_amount`) what cannot be offered.
    """
    if values is not None:
        values = _checked(values)
    elif not group and not customer:
        raise Refused("bad_terms", "the organization's own terms can be changed, not ended")
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    mine = OfferTerms.objects.of(organization).filter(group=group, customer=customer)
    last = mine.order_by("-since", "-id").first()
    if values is None and (last is None or last.as_usual):
        return last
    if values is not None and last and not last.as_usual and all(getattr(last, n) == values[n] for n in KEPT):
        return last
    made = OfferTerms(
        organization=organization,
        group=group,
        customer=customer,
        since=on,
        as_usual=values is None,
        kept_at=now,
        kept_by=actor[:80],
        **(values or {}),
    )
    made.save(force_insert=True)
    write(
        organization.pk,
        "offers.kept",
        at=now,
        actor=actor,
        customer_id=customer.pk if customer else None,
        terms=made.pk,
        group=group.pk if group else None,
        as_usual=made.as_usual,
        **(values or {}),
    )
    return made


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: values[name] for name in KEPT}
    _within("plan_most", kept["plan_most"], MOST_INSTALMENTS)
    _within("plan_first_percent", kept["plan_first_percent"], 90)
    _within("plan_first_days", kept["plan_first_days"], 90)
    _within("plan_last_days", kept["plan_last_days"], MOST_DAYS)
    _within("deferral_days", kept["deferral_days"], MOST_DEFERRAL_DAYS)
    try:
        smallest = Decimal(kept["plan_smallest"] or "0")
    except InvalidOperation:
        smallest = Decimal(-1)
    if not smallest.is_finite() or smallest < 0 or len(kept["plan_smallest"]) > 20:
        raise Refused("bad_amount", "the smallest instalment is an amount such as 20", field="plan_smallest")
    if not set(kept["plan_rhythms"]) <= set(RHYTHMS):
        raise Refused("bad_terms", f"a rhythm is one of {', '.join(RHYTHMS)}", field="plan_rhythms")
    if kept["whom"] not in dict(OfferTerms.WHOM):
        raise Refused("bad_terms", "offer it to all, business or consumer", field="whom")
    kept["ladder"] = [list(rung) for rung in check_ladder([Rung(*rung) for rung in kept["ladder"]])]
    kept["plan_rhythms"] = [name for name in RHYTHMS if name in kept["plan_rhythms"]]
    return kept


def _within(name: str, value: int, most: int) -> None:
    if not 0 <= value <= most:
        raise Refused("bad_terms", f"from 0 to {most}", field=name)
