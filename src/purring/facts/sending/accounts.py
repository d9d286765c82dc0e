# SPDX-License-Identifier: AGPL-3.0-or-later
"""The mail account of an organization: connecting it, changing it, letting it go, and what became of it in use.

Secrets are sealed and never shown again. Whoever sends asks `mark_of` whether the account is still the one it began with.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization
from purring.facts.sending.models import MailAccount
from purring.kit import vault
from purring.plugins.channel import Channel
from purring.plugins.channel.providers import provider, providers
from purring.plugins.channel.smtp import MailServer, SmtpChannel

TIMEOUT_SECONDS = 20.0
REST = timedelta(minutes=1)
"""An account that took nothing is left alone for so long, so that waiting for it keeps nobody else waiting."""
Mark = tuple[int, datetime]
"""Which account, and as it stood when: another mark is another way out."""


def account_of(organization: Organization | int) -> MailAccount | None:
    """The organization's own account, if it has one."""
    return MailAccount.objects.of(organization).first()


def mark_of(organization: Organization | int) -> Mark | None:
    """The mark of the organization's own account, None while it has none."""
    return MailAccount.objects.of(organization).values_list("pk", "changed_at").first()


@transaction.atomic
def keep_account(
    organization: Organization,
    given: Mapping[str, str],
    *,
    now: datetime,
    actor: str,
    provider: str,
    address: str,
    host: str = "",
    port: int = 0,
    tls: str = "",
    username: str = "",
    tried: str = "",
    detail: str = "",
) -> MailAccount:
    """Connect the account, or change the one that is there. Of `given` (the secrets) an empty one keeps what is there.

    `tried` and `detail`: what came of trying it. Refuses `bad_settings` naming the field, `unknown_provider`.
    """
    there = MailAccount.objects.of(organization).select_for_update().first()
    values = merged(there, provider, given, host=host)
    account = there or MailAccount(organization=organization, token=secrets.token_urlsafe(32))
    account.provider, account.address = provider, address
    account.host, account.port, account.tls, account.username = host, port, tls, username
    _check(account, values)
    account.sealed = vault.seal(_place(account), values)
    account.changed_at = now
    account.tried, account.tried_detail, account.tried_at = tried, detail[:300], now if tried else None
    account.tested_at, account.tested_to = None, ""
    account.trouble, account.trouble_since, account.trouble_at = "", None, None
    account.save()
    write(
        organization.pk,
        "mail.changed" if there else "mail.connected",
        at=now,
        actor=actor,
        provider=provider,
        address=address,
    )
    return account


@transaction.atomic
def remove_account(organization: Organization, *, now: datetime, actor: str) -> bool:
    """Messages leave as the installation does it, if it does; False when there was none."""
    there = MailAccount.objects.of(organization).select_for_update().first()
    if there is None:
        return False
    address = there.address
    there.delete()
    write(organization.pk, "mail.removed", at=now, actor=actor, address=address)
    return True


def merged(there: MailAccount | None, key: str, given: Mapping[str, str], *, host: str = "") -> dict[str, str]:
    """The secrets as entered; one left empty is the one that is kept, while provider and server stay the same.

    Refuses (`bad_settings`) to take a kept one to another server: whoever may change settings could read it there.
    """
    names = _known(key)
    if there is None or there.provider != key or all(given.get(name) for name in names):
        return {name: given.get(name, "") for name in names}
    if there.host != host:
        raise Refused("bad_settings", "the server is another one, so enter the password again", field=names[0])
    kept = secrets_of(there)
    return {name: given.get(name) or kept.get(name, "") for name in names}


def secrets_of(account: MailAccount) -> dict[str, str]:
    """In clear: for the provider alone, never for a page. Refuses `sealed`."""
    return vault.unseal(_place(account), account.sealed)


def server_of(account: MailAccount, values: Mapping[str, str] | None = None) -> MailServer:
    """The account as a mail server. Refuses `sealed`."""
    values = secrets_of(account) if values is None else values
    password = values.get("password", "")
    tls: Any = account.tls or "none"
    return MailServer(account.host, account.port, account.username if password else "", password, tls, TIMEOUT_SECONDS)


def channel_of(account: MailAccount, values: Mapping[str, str] | None = None) -> Channel:
    """The account as the channel that messages leave through. Refuses `sealed`."""
    known = provider(account.provider)
    if not known.service:
        return SmtpChannel(server_of(account, values))
    from purring.plugins.channel.bigmail import BigMail  # with `requests` behind it, for the few who use a service

    values = secrets_of(account) if values is None else values
    more = {"sender_domain": account.address.rpartition("@")[2]} if known.service == "mailgun" else {}
    return BigMail(known.service, **{**known.options, **more, **values})


def note_trouble(account: MailAccount, detail: str, now: datetime) -> None:
    """What the account said in use: why it took nothing, or nothing when it took something. Stored when that changed."""
    rows = MailAccount.objects.of(account.organization_id).filter(pk=account.pk, changed_at=account.changed_at)
    if detail:
        since = account.trouble_since or now
        rows.update(trouble=detail[:300], trouble_since=since, trouble_at=now)
        account.trouble, account.trouble_since, account.trouble_at = detail[:300], since, now
    elif account.trouble:
        rows.update(trouble="", trouble_since=None, trouble_at=None)
        account.trouble, account.trouble_since, account.trouble_at = "", None, None


def rests(account: MailAccount, now: datetime) -> bool:
    """True just after it took nothing: it is left alone for a moment."""
    return account.trouble_at is not None and now - account.trouble_at < REST


def note_try(account: MailAccount, code: str, detail: str, *, now: datetime) -> None:
    """What came of trying the account as it stands."""
    rows = MailAccount.objects.of(account.organization_id).filter(pk=account.pk, changed_at=account.changed_at)
    rows.update(tried=code, tried_detail=detail[:300], tried_at=now)


@transaction.atomic
def note_test(account: MailAccount, to: str, *, now: datetime, actor: str) -> None:
    """A test mail was taken: the account works from end to end."""
    rows = MailAccount.objects.of(account.organization_id).filter(pk=account.pk, changed_at=account.changed_at)
    if rows.update(tested_at=now, tested_to=to, tried="ok", tried_detail="", tried_at=now):
        rows.update(trouble="", trouble_since=None, trouble_at=None)
        write(account.organization_id, "mail.tested", at=now, actor=actor, address=to)


def _known(key: str) -> tuple[str, ...]:
    if key not in providers():
        raise Refused("unknown_provider", f"there is no mail provider {key}", field="provider")
    return provider(key).secrets


def _check(account: MailAccount, values: Mapping[str, str]) -> None:
    local, _, domain = account.address.rpartition("@")
    if not local or "." not in domain or any(char.isspace() or char in '<>,;"' for char in account.address):
        raise Refused("bad_settings", "write an address such as ingrid@example.com", field="address")
    known = provider(account.provider)
    if known.service:
        for name in known.secrets:
            if not values.get(name):
                raise Refused("bad_settings", "the key is needed", field=name)
        return
    if not account.host or any(char.isspace() or char in "/@" for char in account.host):
        raise Refused("bad_settings", "write the name of the mail server, such as smtp.example.com", field="host")
    if not 0 < account.port < 65536:
        raise Refused("bad_settings", "a port is a number from 1 to 65535", field="port")
    if account.tls not in ("implicit", "starttls", "none"):
        raise Refused("bad_settings", "choose how the line is encrypted", field="tls")
    if bool(account.username) != bool(values.get("password")):
        missing = "password" if account.username else "username"
        raise Refused("bad_settings", "both user name and password are needed, or neither", field=missing)
    if account.tls == "none" and values.get("password") and not is_here(account.host):
        raise Refused("bad_settings", "the password would travel unencrypted; choose STARTTLS or TLS", field="tls")


def is_here(host: str) -> bool:
    """True for this very machine, the only one a password may reach unencrypted."""
    return host in ("127.0.0.1", "::1", "localhost")


def _place(account: MailAccount) -> str:
    return f"mail-account:{account.token}"
