# SPDX-License-Identifier: AGPL-3.0-or-later
"""Automatic payment: a customer's consent, what the provider keeps because of it, and its end.

The consent is stored with the words that were shown when the payer presses "pay"; when the provider has kept the way of
paying, the mandate is given. Nothing is kept that nobody agreed to, and what has ended is dropped at the provider too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from purring.core.errors import Refused, Trouble
from purring.facts.checkout.accounts import provider_of
from purring.facts.checkout.models import Attempt, Mandate, ProviderAccount
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.journal.actions import write
from purring.kit import vault
from purring.plugins.payment import Charging, Kept, Provider

log = logging.getLogger("purring.checkout")


@dataclass(frozen=True, slots=True)
class Consent:
    """What the payer agreed to on our page: the words shown, in which language, from where and with what browser."""

    text: str
    language: str
    address: str = ""
    agent: str = ""
    instalments: bool = False
    """The words say that instalments of a plan are taken too."""


def can_keep(account: ProviderAccount, connect: Callable[[ProviderAccount], Provider] = provider_of) -> bool:
    """Whether the account's provider can keep a way of paying and take money from it. False when it cannot be connected."""
    try:
        return isinstance(connect(account), Charging)
    except Refused:
        return False


def mandate_of(customer: Customer) -> Mandate | None:
    """The customer's mandate that is in force."""
    mine = Mandate.objects.of(customer.organization_id).filter(customer=customer, ended_at=None)
    return mine.exclude(given_at=None).select_related("account").first()


def note_consent(attempt: Attempt, consent: Consent, now: datetime) -> None:
    """Keep the evidence of a consent beside the attempt it was given with; part of `begin_attempt`."""
    Mandate(
        organization_id=attempt.organization_id,
        account=attempt.account,
        customer=attempt.customer,
        attempt=attempt,
        text=consent.text,
        language=consent.language[:12],
        address=consent.address[:45],
        agent=consent.agent[:300],
        instalments=consent.instalments,
        agreed_at=now,
    ).save(force_insert=True)


@transaction.atomic
def give_mandate(attempt: Attempt, kept: Kept, *, now: datetime, actor: str) -> bool:
    """The provider has kept the way of paying that the payer agreed to. It takes the place of the one before. False when
    nobody agreed, or it was given already."""
    touch(attempt.organization_id, [attempt.customer_id])
    mine = Mandate.objects.of(attempt.organization_id)
    mandate = mine.select_for_update().filter(attempt=attempt, given_at=None).first()
    if mandate is None:
        return False
    for before in mine.filter(customer_id=attempt.customer_id, ended_at=None).exclude(given_at=None):
        end_mandate(before, now=now, actor=actor, why="replaced")
    mandate.sealed = vault.seal(_place(mandate), {"ref": kept.ref, "label": kept.label, "payer": kept.payer})
    mandate.label, mandate.given_at = kept.label[:80], now
    mandate.save(update_fields=["sealed", "label", "given_at"])
    _tell(mandate, "mandate.given", now, actor, label=mandate.label)
    return True


@transaction.atomic
def end_mandate(mandate: Mandate, *, now: datetime, actor: str, why: str = "customer") -> None:
    """Nothing more is taken. What the provider keeps is dropped there by the next round. Ended twice is ended once."""
    touch(mandate.organization_id, [mandate.customer_id])
    mandate = Mandate.objects.of(mandate.organization_id).select_for_update().get(pk=mandate.pk)
    if mandate.ended_at:
        return
    mandate.ended_at, mandate.ended_why = now, why
    mandate.save(update_fields=["ended_at", "ended_why"])
    _tell(mandate, "mandate.ended", now, actor, why=why)


def kept_of(mandate: Mandate) -> Kept:
    """What the provider keeps: for the provider alone. Refuses `sealed`."""
    return Kept(**vault.unseal(_place(mandate), mandate.sealed))


def forget_ended(now: datetime, connect: Callable[[ProviderAccount], Provider] = provider_of) -> int:
    """Have providers drop what they kept of mandates that ended; how many. A way that a later mandate uses too stays.

    Requests lie outside of any transaction; what meets trouble is tried again by the next round.
    """
    ended = Mandate.objects.everywhere("the round of the providers").filter(forgotten_at=None)
    done = 0
    for mandate in ended.exclude(ended_at=None).exclude(sealed="").select_related("account").order_by("id")[:100]:
        try:
            kept = kept_of(mandate)
            provider = connect(mandate.account)
            if isinstance(provider, Charging) and kept.ref not in _in_force(mandate):
                provider.forget(kept)
        except (Refused, Trouble) as error:
            log.warning("what account %s keeps could not be dropped: %s", mandate.account_id, error.message)
            continue
        mine = Mandate.objects.of(mandate.organization_id).filter(pk=mandate.pk)
        done += mine.update(forgotten_at=now, sealed="")
    return done


def _in_force(mandate: Mandate) -> set[str]:
    mine = Mandate.objects.of(mandate.organization_id).filter(account=mandate.account_id, ended_at=None)
    return {kept_of(one).ref for one in mine.filter(customer=mandate.customer_id).exclude(given_at=None)}


def _place(mandate: Mandate) -> str:
    return f"mandate:{mandate.attempt_id}"


def _tell(mandate: Mandate, kind: str, now: datetime, actor: str, **data: Any) -> None:
    write(
        mandate.organization_id, kind, at=now, actor=actor, customer_id=mandate.customer_id, mandate=mandate.pk,
        provider=mandate.account.provider, **data,
    )  # fmt: skip
