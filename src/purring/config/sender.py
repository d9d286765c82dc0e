# SPDX-License-Identifier: AGPL-3.0-or-later
"""The way out that the settings describe."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from purring.followup.drafting import Sender
from purring.plugins.channel.smtp import SmtpChannel
from purring.plugins.channel.smtp.server import from_url


@lru_cache(1)
def sender() -> Sender | None:
    """Through the mail server of the settings; None while none is set. Refuses (`bad_setting`) a wrong address."""
    if not settings.SMTP_URL or not settings.MAIL_FROM:
        return None
    return Sender(settings.MAIL_FROM, {"email": SmtpChannel(from_url(settings.SMTP_URL))})
