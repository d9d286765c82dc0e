# SPDX-License-Identifier: AGPL-3.0-or-later
"""What there is at all of a customer, in one question: most have no plan, no mandate, no agreement and nothing on its way,
and a page then does not ask for them one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F

from purring.facts.agreements.models import CheckIn, PaymentPlan
from purring.facts.checkout.models import AttemptPart, AttemptState, Mandate
from purring.facts.customers.models import Customer
from purring.facts.offers.models import OfferTerms, PlanProposal, Settlement
from purring.facts.payments.models import Payment
from purring.kit.prepared import Prepared


@dataclass(frozen=True, slots=True)
class There:
    """Whether there is any."""

    plans: bool = True
    proposals: bool = True
    settlements: bool = True
    terms: bool = True
    """Anything is or was offered by this organization."""
    mandate: bool = True
    check_in: bool = True
    on_its_way: bool = True
    payments: bool = True


def _question(organization: int, customer: int) -> Any:
    def any_of(model: Any, **more: Any) -> Exists:
        return Exists(model.objects.of(organization).filter(**more))

    whose = {"customer": customer}
    moving = AttemptPart.objects.of(organization).filter(
        attempt__customer=customer, attempt__state=AttemptState.PENDING
    )
    coming = Payment.objects.of(organization).filter(
        customer=customer, settled_on=None, failed_on=None, invoice__isnull=False
    )
    answers = {
        "plans": any_of(PaymentPlan, cancelled_at=None, **whose),
        "proposals": any_of(PlanProposal, state="open", **whose),
        "settlements": any_of(Settlement, taken_on=None, ended_at=None, **whose),
        "terms": any_of(OfferTerms),
        "mandate": any_of(Mandate, ended_at=None, given_at__isnull=False, **whose),
        "check_in": any_of(CheckIn, answer="", **whose),
        "on_its_way": Exists(moving) | Exists(coming),
        "payments": any_of(Payment, failed_on=None, **whose),
    }
    assert [*answers] == [*There.__dataclass_fields__]
    rows = Customer.objects.of(organization).filter(pk=customer).annotate(**{f"any_{k}": v for k, v in answers.items()})
    return rows.values_list(*(F(f"any_{name}") for name in answers))


_ASK = Prepared(_question, organization=int, customer=int)


def there(customer: Customer) -> There:
    """Of one customer."""
    (row,) = _ASK(organization=customer.organization_id, customer=customer.pk)
    return There(*map(bool, row))
