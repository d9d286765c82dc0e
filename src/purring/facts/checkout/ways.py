# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ways of being paid by hand: a bank transfer, an app, cash, a cheque, by phone. A legal entity says which it offers.

A transfer is offered wherever the entity has an account, unless it is switched off; the others only when switched on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.checkout.models import OfferedWay
from purring.facts.journal.actions import write
from purring.facts.organizations.models import LegalEntity
from purring.kit.prepared import Prepared

TRANSFER, MOBILE, CASH, CHEQUE, PHONE = KINDS = ("transfer", "mobile", "cash", "cheque", "phone")
"""In the order they are offered."""
WITH_NUMBER = (MOBILE, PHONE)
"""Kinds that have a number: to pay to, or to call (then the entity's own when empty)."""
MOST_NUMBER, MOST_TEXT = 60, 300
_CURRENCY = {
    "pix": "BRL", "upi": "INR", "za": "ZAR", "us": "USD", "gb": "GBP", "au": "AUD", "ca": "CAD", "no": "NOK",
    "bankgiro": "SEK", "fik": "DKK",
}  # fmt: skip
"""What an account of a national scheme takes; an IBAN takes all."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of one legal entity, as it stands."""

    kind: str
    enabled: bool
    number: str = ""
    text: str = ""


_KEPT = Prepared(
    lambda organization, entity: OfferedWay.objects.of(organization).filter(entity=entity), organization=int, entity=int
)


def ways_of(entity: LegalEntity) -> list[Way]:
    """Every kind, on or off, as a settings page shows them."""
    kept = {row.kind: row for row in _KEPT(organization=entity.organization_id, entity=entity.pk)}
    return [_way(entity, kind, kept.get(kind)) for kind in KINDS]


def offered_ways(entity: LegalEntity) -> list[Way]:
    """What a customer of the entity may choose."""
    return [way for way in ways_of(entity) if way.enabled]


@transaction.atomic
def keep_way(
    entity: LegalEntity, kind: str, *, enabled: bool, now: datetime, actor: str, number: str = "", text: str = ""
) -> OfferedWay:
    """Offer a way, or no longer. Refuses `unknown_way`, an app without the number to pay to (`missing`), and what is too
    long."""
    if kind not in KINDS:
        raise Refused("unknown_way", f"{kind!r} is no way of paying; known are {', '.join(KINDS)}", field="kind")
    number, text = " ".join(number.split()), " ".join(text.split())
    if kind == MOBILE and enabled and not number:
        raise Refused("missing", "customers need the number to pay to", field="number")
    for name, given, most in (("number", number, MOST_NUMBER), ("text", text, MOST_TEXT)):
        if len(given) > most:
            raise Refused("too_long", f"at most {most} characters", field=name)
    values = {"enabled": enabled, "number": number, "text": text}
    way, _ = OfferedWay.objects.of(entity.organization_id).update_or_create(
        organization_id=entity.organization_id,
        entity=entity,
        kind=kind,
        defaults=values,
    )
    write(entity.organization_id, "way.kept", at=now, actor=actor, entity=entity.pk, way=kind, enabled=enabled)
    return way


def accounts_for(entity: LegalEntity, currency: str, country: str) -> Sequence[Mapping[str, Any]]:
    """The entity's bank accounts for an amount in a currency from a customer of a country, the fitting ones only if any
    fits. From abroad an IBAN comes first: a national number leads nowhere there."""
    known = [one for one in entity.accounts if one.get("number")]
    fitting = [one for one in known if _CURRENCY.get(str(one.get("scheme")), currency) == currency] or known
    abroad = bool(country) and country != entity.country
    return sorted(fitting, key=lambda one: abroad and one.get("scheme") != "iban")


def _way(entity: LegalEntity, kind: str, kept: OfferedWay | None) -> Way:
    has_account = any(one.get("number") for one in entity.accounts)
    number, text = (kept.number, kept.text) if kept else ("", "")
    if kind == TRANSFER:
        return Way(kind, has_account and (kept is None or kept.enabled), number, text)
    if kind == PHONE:
        number = number or entity.phone
        return Way(kind, bool(kept and kept.enabled and number), number, text)
    return Way(kind, bool(kept and kept.enabled), number, text)
