# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mail over SMTP: a conversation that can be stopped at the last moment, and never says "sent" on a guess.

The point of no return in SMTP is the message's final dot. Everything before it is asked first (sender,
recipient, DATA), then `permit` is called, then text and dot go out in one write, and then we wait for the
server's word. RFC 5321: a 2xx answer makes the message the server's duty; a 4xx or 5xx answer, also after
the dot, says that it did not take it; silence says nothing, and RFC 1047 tells how that makes duplicates.

One connection serves a whole batch, and EHLO is said once. Where PIPELINING is offered, sender, recipient
and DATA go in one write: two round trips per message instead of four.

`SmtpBackend` is an ordinary Django mail backend too (account mails); only `SmtpSession` splits.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from purring.plugins.channel import Outgoing, Prepared, Report, prepare_mail
from purring.plugins.channel.smtp.backend import SmtpBackend
from purring.plugins.channel.smtp.server import MailServer, from_url
from purring.plugins.channel.smtp.session import SmtpSession

__all__ = ["MailServer", "SmtpBackend", "SmtpChannel", "SmtpSession", "from_url"]


class SmtpChannel:
    """The mail server of the settings as a channel."""

    name = "email"
    idempotent = False

    def __init__(self, server: MailServer) -> None:
        self.server = server

    def prepare(self, outgoing: Outgoing) -> Prepared:
        return prepare_mail(outgoing)

    def open(self) -> SmtpSession:
        return SmtpSession(self.server)

    def collect(self, since: datetime) -> Iterable[Report]:
        """Nothing: SMTP cannot be asked. Bounces come in as mail."""
        return ()
