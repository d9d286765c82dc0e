# SPDX-License-Identifier: AGPL-3.0-or-later
"""Instalments that are taken automatically: of a plan whose customer agreed to that, the next instalment, and no other.

One that was missed is asked for by the plan's own steps, and nothing more is taken of the plan until it is paid: a debit for
a later one would silence it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from purring.facts.agreements.models import Instalment, PaymentPlan
from purring.facts.checkout.accounts import offered
from purring.facts.checkout.models import Debit, DebitPart, Mandate
from purring.facts.customers.actions import touch
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.offers.models import Consent
from purring.facts.offers.standing import Part, PlanStanding, plans_standing
from purring.facts.organizations.models import Organization

ACTOR = "round:autopay"


def cover_plans(organization: Organization, mandates: Mapping[int, Mandate], today: date, now: datetime) -> int:
    """A debit for the next instalment of every plan in force that is taken automatically; how many. What was due before the
    consent is asked for as usual."""
    agreed = Consent.objects.of(organization).filter(plan=OuterRef("pk"), automatic=True)
    live = Debit.objects.of(organization).filter(instalment__plan=OuterRef("pk"), ended_at=None)
    rows = PaymentPlan.objects.of(organization).filter(
        ~Exists(live), customer_id__any_of=list(mandates), cancelled_at=None, invoices__settled_on=None
    )
    plans = list(rows.annotate(agreed=Exists(agreed)).distinct().order_by("id"))
    made = 0
    for standing in plans_standing(
        [one for one in plans if one.agreed or mandates[one.customer_id].instalments], today
    ):
        mandate, part = mandates[standing.plan.customer_id], standing.next
        given = organization.today(mandate.given_at or now)
        if part is None or part.due < max(given, standing.plan.since) or not _fits(organization, mandate, standing):
            continue
        made += _plan(organization, mandate, standing, part, now)
    return made


def _fits(organization: Organization, mandate: Mandate, standing: PlanStanding) -> bool:
    """Whether the account may take money for all that the plan covers."""
    entities = [one.entity_id for one in standing.invoices]
    return any(one.pk == mandate.account_id for one in offered(organization, standing.currency, entities))


@transaction.atomic
def _plan(organization: Organization, mandate: Mandate, standing: PlanStanding, part: Part, now: datetime) -> bool:
    touch(organization.pk, [mandate.customer_id])
    instalment = Instalment.objects.of(organization).get(plan=standing.plan, number=part.number - 1)
    shares = _shares(standing.invoices, part.open)
    if Debit.objects.of(organization).filter(instalment=instalment).exists() or not shares:
        return False  # each is taken by one debit only, whatever becomes of it
    debit = Debit(
        organization=organization,
        mandate=mandate,
        customer_id=mandate.customer_id,
        currency=standing.currency,
        due=part.due,
        instalment=instalment,
        planned_at=now,
    )
    debit.save(force_insert=True)
    for invoice, amount in shares:
        DebitPart(
            organization=organization,
            debit=debit,
            invoice=invoice,
            generation=invoice.generation,
            of_plan=True,
            amount=amount,
        ).save(force_insert=True)
    write(
        organization.pk,
        "debit.planned",
        at=now,
        actor=ACTOR,
        customer_id=debit.customer_id,
        debit=debit.pk,
        invoices=[invoice.pk for invoice, _ in shares],
        due=part.due.isoformat(),
        plan=standing.plan.pk,
        instalment=part.number,
    )
    return True


def _shares(invoices: Sequence[Invoice], amount: int) -> list[tuple[Invoice, int]]:
    """An amount set against open invoices, the oldest first."""
    shares = []
    for one in invoices:
        if (share := min(one.balance, amount)) > 0:
            shares.append((one, share))
            amount -= share
    return shares


def is_over(debit: Debit, today: date) -> bool:
    """Whether the instalment that a debit takes is paid by another way, or its plan has ended."""
    if debit.instalment is None:
        return False
    standing = next(iter(plans_standing([debit.instalment.plan], today)), None)
    if standing is None or standing.plan.cancelled_at:
        return True
    return not any(part.open for part in standing.parts if part.number == debit.instalment.number + 1)
