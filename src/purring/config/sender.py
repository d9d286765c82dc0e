# SPDX-License-Identifier: AGPL-3.0-or-later
"""The way out: an organization's own mail account, or else the one that the settings describe."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.conf import settings

from purring.core.errors import Refused, Trouble
from purring.facts.organizations.models import Organization
from purring.facts.sending.accounts import account_of, channel_of, mark_of, note_trouble, rests
from purring.followup.drafting import Sender
from purring.plugins.channel import Channel
from purring.plugins.channel.smtp import SmtpChannel
from purring.plugins.channel.smtp.server import from_url


@lru_cache(1)
def sender() -> Sender | None:
    """Through the mail service or the mail server of the settings; None while none is set.

    Refuses (`bad_mail_service`, `bad_smtp_url`) what cannot be read.
    """
    if not settings.MAIL_FROM:
        return None
    if settings.MAIL_SERVICE:
        from purring.plugins.channel.bigmail import BigMail  # with `requests` behind it, for the few who use a service

        email: Channel = BigMail.from_setting(settings.MAIL_SERVICE)
    elif settings.SMTP_URL:
        email = SmtpChannel(from_url(settings.SMTP_URL))
    else:
        return None
    return Sender(settings.MAIL_FROM, {"email": email})


def sender_of(organization: Organization, now: datetime | None = None) -> Sender | None:
    """The way out of one organization: its own account, else the installation's; None while there is neither.

    `now`: a round asks, and an account that has just taken nothing rests (None). A secret that cannot be opened is told
    at the account and stops nobody else.
    """
    account = account_of(organization)
    if account is None:
        usual = sender()
        if usual is None:
            return None
        return Sender(usual.address, usual.channels, usual.lease, still=lambda: mark_of(organization) is None)
    if now and rests(account, now):
        return None
    try:
        channel = channel_of(account)
    except (Refused, Trouble) as error:
        if now:
            note_trouble(account, error.message, now)
        return None
    mark = (account.pk, account.changed_at)
    return Sender(
        account.address,
        {"email": channel},
        still=lambda: mark_of(organization) == mark,
        tell=lambda detail, at: note_trouble(account, detail, at),
    )
