# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ways out: an organization's own account, or else the installation's mail server.

Reminders take the channel (`accounts.channel_of`); short mails that answer somebody at once (a code, an invitation, an
alert) take Django's mail backend of the same account.
"""

from __future__ import annotations

import logging
import secrets
import smtplib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from purring.core.errors import Refused, Trouble
from purring.facts.organizations.models import Membership, Organization
from purring.facts.sending.accounts import account_of, channel_of, server_of
from purring.facts.sending.models import MailAccount
from purring.plugins.channel import Address, Delivery, Outgoing
from purring.plugins.channel.providers import provider
from purring.plugins.channel.smtp import SmtpBackend

logger = logging.getLogger(__name__)


def house_can_mail() -> bool:
    """The installation itself has a way out for messages."""
    return bool(settings.MAIL_FROM and (settings.SMTP_URL or settings.MAIL_SERVICE))


def mail_ready(organization: Organization | int) -> bool:
    """Messages of the organization can leave: by its own account, or by the installation's."""
    return house_can_mail() or account_of(organization) is not None


def trouble(organization: Organization | int) -> str:
    """What the organization's own account says while it takes nothing; empty while all is well."""
    account = account_of(organization)
    return account.trouble if account else ""


def address_of(organization: Organization | int) -> str:
    """Whom messages of the organization come from; empty while nothing can leave."""
    account = account_of(organization)
    return account.address if account else settings.MAIL_FROM if house_can_mail() else ""


def send_test(account: MailAccount, to: str, subject: str, text: str, language: str, now: datetime) -> Delivery:
    """One mail to oneself, by the very road of real messages. Refuses what cannot be written or opened."""
    channel = channel_of(account)
    domain = account.address.rpartition("@")[2]
    key = secrets.token_hex(12)
    prepared = channel.prepare(
        Outgoing(
            key=f"test-{key}",
            sender=Address("", account.address),
            to=Address("", to),
            subject=subject,
            text=text,
            message_id=f"<{key}@{domain}>",
            date=now,
            language=language,
        )
    )
    with channel.open() as session:
        return session.release(prepared, lambda: True)


class OwnRoad(BaseEmailBackend):
    """Django's way of mailing, by one account. Trouble is logged and told by the count, never raised."""

    def __init__(self, account: MailAccount) -> None:
        super().__init__()
        self.account = account

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            return self._backend().send_messages(email_messages) or 0
        except (OSError, smtplib.SMTPException, Refused, Trouble) as error:
            logger.error("a mail could not be handed over: %s", type(error).__name__)
        except Exception as error:
            if type(error).__module__.partition(".")[0] != "anymail":
                raise
            logger.error("a mail could not be handed over: %s", type(error).__name__)
        return 0

    def _backend(self) -> Any:
        if provider(self.account.provider).service:
            return channel_of(self.account).account_mail()  # type: ignore[attr-defined]
        server = server_of(self.account)
        return SmtpBackend.of(server)


def by_road_of(organization: Organization | int, mail: EmailMessage) -> EmailMessage:
    """The mail, to leave by the organization's own account and address where it has one; else as it is."""
    if account := account_of(organization):
        mail.connection = OwnRoad(account)
        name, _, rest = mail.from_email.rpartition("<")
        mail.from_email = f"{name}<{account.address}>" if rest.endswith(">") and name else account.address
    return mail


def account_for(address: str) -> MailAccount | None:
    """The account that may write to one of our own people: of an organization they belong to. For mails about signing in,
    where the installation itself has no way out."""
    mine = Membership.objects.everywhere("a person's own mail").filter(user__email=address.lower()).order_by("id")
    rows = MailAccount.objects.everywhere("a person's own mail").filter(organization__in=mine.values("organization"))
    return rows.order_by("id").first()
