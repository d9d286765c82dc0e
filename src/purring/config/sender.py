# SPDX-License-Identifier: AGPL-3.0-or-later
"""The way out that the settings describe."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

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
