# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accounts at payment providers: connecting one, changing it, putting it aside. Settings are sealed and never shown again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from purring.core.errors import Refused
from purring.core.money import is_currency
from purring.facts.checkout.models import ProviderAccount
from purring.facts.journal.actions import write
from purring.facts.organizations.models import LegalEntity, Organization
from purring.kit import vault
from purring.plugins.payment import Provider
from purring.plugins.payment.registry import plugin


@transaction.atomic
def connect_account(
    organization: Organization,
    provider: str,
    given: Mapping[str, str],
    *,
    now: datetime,
    actor: str,
    entity: LegalEntity | None = None,
    title: str = "",
    account: str = "",
    live: bool | None = None,
    methods: Sequence[str] = (),
    currencies: Sequence[str] = (),
) -> ProviderAccount:
    """A new account. Refuses `bad_settings` naming the field, `unknown_provider`, `unknown_currency`."""
    _check(provider, given, currencies)
    token = secrets.token_urlsafe(32)
    made = ProviderAccount(
        organization=organization,
        entity=entity,
        provider=provider,
        title=title,
        sealed=vault.seal(_place(token), dict(given)),
        account=account,
        live=live,
        token=token,
        methods=list(methods),
        currencies=list(currencies),
        created_at=now,
    )
    made.save(force_insert=True)
    _tell(made, "provider.connected", now, actor)
    return made


@transaction.atomic
def change_account(
    account: ProviderAccount, *, now: datetime, actor: str, given: Mapping[str, str] | None = None, **fields: Any
) -> None:
    """Change what was connected. Of `given` an empty secret keeps the one that is there."""
    account = ProviderAccount.objects.of(account.organization_id).select_for_update().get(pk=account.pk)
    if given is not None:
        kept = {field.key for field in plugin(account.provider).FIELDS if field.secret and not given.get(field.key)}
        there = settings_of(account)
        merged = {**given, **{key: there[key] for key in kept if key in there}}
        _check(account.provider, merged, fields.get("currencies", account.currencies))
        account.sealed = vault.seal(_place(account.token), merged)
    for name, value in fields.items():
        setattr(account, name, value)
    account.save()
    _tell(account, "provider.changed", now, actor)


def settings_of(account: ProviderAccount) -> dict[str, str]:
    """The settings in clear: for the provider alone, never for a page. Refuses `sealed`."""
    return vault.unseal(_place(account.token), account.sealed)


def provider_of(account: ProviderAccount) -> Provider:
    """The provider, ready to be asked. Refuses what cannot be connected any more."""
    return plugin(account.provider).connect(settings_of(account))


def offered(
    organization: Organization | int, currency: str, entities: Sequence[int | None] = ()
) -> list[ProviderAccount]:
    """Accounts that may be offered for invoices of these legal entities in a currency, the oldest first."""
    rows = ProviderAccount.objects.of(organization).filter(enabled=True).order_by("id")
    return [
        one
        for one in rows
        if (not one.currencies or currency in one.currencies)
        and (one.entity_id is None or all(entity == one.entity_id for entity in entities))
    ]


def _check(provider: str, given: Mapping[str, str], currencies: Sequence[str]) -> None:
    known = plugin(provider)
    for field in known.FIELDS:
        if field.required and not given.get(field.key, "").strip():
            raise Refused("bad_settings", f"{field.label} is needed", field=field.key)
    for currency in currencies:
        if not is_currency(currency):
            raise Refused(
                "unknown_currency", f"{currency!r} is not a currency; use codes such as EUR", field="currencies"
            )
    known.connect(given)


def _place(token: str) -> str:
    return f"provider-account:{token}"


def _tell(account: ProviderAccount, kind: str, now: datetime, actor: str) -> None:
    write(account.organization_id, kind, at=now, actor=actor, provider=account.provider, account=account.pk)
