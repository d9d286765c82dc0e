# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accounts at payment providers: connecting one, changing it, putting it aside. Settings are sealed and never shown again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from purring.core.errors import Refused
from purring.core.money import is_currency
from purring.facts.checkout.models import ProviderAccount
from purring.facts.journal.actions import write
from purring.facts.organizations.models import LegalEntity, Organization
from purring.kit import vault
from purring.kit.prepared import Prepared
from purring.plugins.payment import Provider, TellsMode
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
    given = _with_address(provider, token, given)
    made = ProviderAccount(
        organization=organization,
        entity=entity,
        provider=provider,
        title=title,
        sealed=vault.seal(_place(token), dict(given)),
        account=account,
        live=_mode(provider, given) if live is None else live,
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
    account: ProviderAccount, /, *, now: datetime, actor: str, given: Mapping[str, str] | None = None, **fields: Any
) -> None:
    """Change what was connected. Of `given` an empty secret keeps the one that is there."""
    account = ProviderAccount.objects.of(account.organization_id).select_for_update().get(pk=account.pk)
    if given is not None:
        kept = {field.key for field in plugin(account.provider).FIELDS if field.secret and not given.get(field.key)}
        there = settings_of(account) if kept else {}  # all entered anew: the old ones need not open
        whole = {**given, **{key: there[key] for key in kept if key in there}}
        merged = _with_address(account.provider, account.token, whole)
        _check(account.provider, merged, fields.get("currencies", account.currencies))
        account.sealed = vault.seal(_place(account.token), dict(merged))
        account.live = _mode(account.provider, merged, account.live)
    for name, value in fields.items():
        setattr(account, name, value)
    account.save()
    _tell(account, "provider.changed", now, actor)


def notice_address(account: ProviderAccount) -> str:
    """Where the provider is to send its notices: what is entered there as the webhook's address."""
    return _notice_address(account.provider, account.token)


def settings_of(account: ProviderAccount) -> dict[str, str]:
    """The settings in clear: for the provider alone, never for a page. Refuses `sealed`."""
    return vault.unseal(_place(account.token), account.sealed)


def shown_settings(account: ProviderAccount) -> dict[str, str]:
    """The settings that are no secrets, for the page that changes them; none where they cannot be opened."""
    try:
        there = settings_of(account)
        fields = plugin(account.provider).FIELDS
    except Refused:
        return {}
    return {field.key: there.get(field.key, "") for field in fields if not field.secret}


def provider_of(account: ProviderAccount) -> Provider:
    """The provider, ready to be asked. Refuses what cannot be connected any more."""
    return plugin(account.provider).connect(settings_of(account))


_ENABLED = Prepared(
    lambda organization: ProviderAccount.objects.of(organization).filter(enabled=True).order_by("id"), organization=int
)


def offered(
    organization: Organization | int, currency: str, entities: Sequence[int | None] = ()
) -> list[ProviderAccount]:
    """Accounts that may be offered for invoices of these legal entities in a currency, the oldest first."""
    return [
        one
        for one in _ENABLED(organization=organization if isinstance(organization, int) else organization.pk)
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


def _with_address(provider: str, token: str, given: Mapping[str, str]) -> Mapping[str, str]:
    """The settings with the webhook's address where a provider signs it (`notice_url`) and nobody entered another."""
    asked = any(field.key == "notice_url" for field in plugin(provider).FIELDS)
    return {**given, "notice_url": _notice_address(provider, token)} if asked and not given.get("notice_url") else given


def _notice_address(provider: str, token: str) -> str:
    return f"{settings.BASE_URL}/notices/{provider}/{token}/"


def _mode(provider: str, given: Mapping[str, str], known: bool | None = None) -> bool | None:
    """Whether real money moves, where the plug-in can tell it from its settings."""
    found = plugin(provider)
    return found.is_live(given) if isinstance(found, TellsMode) else known


def _place(token: str) -> str:
    return f"provider-account:{token}"


def _tell(account: ProviderAccount, kind: str, now: datetime, actor: str) -> None:
    write(account.organization_id, kind, at=now, actor=actor, provider=account.provider, account=account.pk)
