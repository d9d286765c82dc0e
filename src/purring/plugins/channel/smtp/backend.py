# SPDX-License-Identifier: AGPL-3.0-or-later
"""Django's SMTP backend, as the session needs it; also an ordinary `EMAIL_BACKEND` for account mails."""

from __future__ import annotations

import smtplib
import socket

from django.core.mail.backends.smtp import EmailBackend

from purring.plugins.channel.smtp.server import MailServer


def _without_delay(connection: socket.socket) -> socket.socket:
    # Several small writes per message: waiting for the other side's acknowledgement would cost 40 ms each.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class _Smtp(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return _without_delay(super()._get_socket(host, port, timeout))  # type: ignore[misc]


class _SmtpSsl(smtplib.SMTP_SSL):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return _without_delay(super()._get_socket(host, port, timeout))  # type: ignore[misc]


class SmtpBackend(EmailBackend):
    """Django's backend with TCP_NODELAY, EHLO said once on opening, and a way to hang up without a word."""

    _partial_connection: smtplib.SMTP | None

    @classmethod
    def of(cls, server: MailServer) -> SmtpBackend:
        """To a server as it was described, with no certificate of one's own whatever Django's settings say."""
        return cls(
            host=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.tls == "starttls",
            use_ssl=server.tls == "implicit",
            timeout=server.timeout_seconds,
            ssl_keyfile="",
            ssl_certfile="",
        )

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SmtpSsl if self.use_ssl else _Smtp

    def open(self) -> bool | None:
        opened = super().open()
        if opened:
            assert self.connection is not None
            try:
                self.connection.ehlo_or_helo_if_needed()
            except (OSError, smtplib.SMTPException):
                self.hang_up()
                if not self.fail_silently:
                    raise
                return None
        return opened

    def hang_up(self) -> None:
        """Close at once, without QUIT: within a message that is what takes it back."""
        for connection in (self.connection, self._partial_connection):
            if connection is not None:
                connection.close()
        self.connection = None
        self._partial_connection = None
