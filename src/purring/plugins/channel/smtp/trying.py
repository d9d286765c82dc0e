# SPDX-License-Identifier: AGPL-3.0-or-later
"""Trying a mail server: connect, encrypt, sign in, name the sender. No message is handed over.

The answer is a code, so that a page can say in its own words what to do, with what the server said beside it. Bytes of
something that is no mail server are never shown.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import replace
from typing import NamedTuple

from purring.plugins.channel.smtp.backend import SmtpBackend
from purring.plugins.channel.smtp.server import MailServer

CODES = (
    "ok", "unknown_host", "no_answer", "closed", "not_encrypted", "encrypted", "certificate", "no_starttls",
    "no_sign_in", "wrong_password", "app_password", "forbidden", "sender", "not_mail", "busy",
)  # fmt: skip
PATIENCE_SECONDS = 10.0


class Tried(NamedTuple):
    """What came of it: one of `CODES`, and the server's own words (may be empty)."""

    code: str
    said: str = ""


def try_server(server: MailServer, sender: str, patience: float = PATIENCE_SECONDS) -> Tried:
    """Sign in as messages will, and ask whether mail from this address is taken. Never raises for trouble out there."""
    server = replace(server, timeout_seconds=patience)
    backend = SmtpBackend.of(server)
    try:
        backend.open()
        line = backend.connection
        assert line is not None
        code, answer = line.mail(sender)
        if code >= 400:
            return Tried("busy" if code < 500 else "sender", _words(code, answer))
        line.rset()
    except (OSError, smtplib.SMTPException) as error:
        return _judged(error, server)
    finally:
        backend.hang_up()
    return Tried("ok")


def _judged(error: Exception, server: MailServer) -> Tried:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _sign_in(error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Tried("no_starttls" if "STARTTLS" in str(error).upper() else "no_sign_in")
    if isinstance(error, smtplib.SMTPResponseException):
        if not 400 <= error.smtp_code < 600:
            return Tried("not_mail")
        return Tried("busy" if error.smtp_code < 500 else "closed", _words(error.smtp_code, error.smtp_error))
    if isinstance(error, smtplib.SMTPException):
        if "auth" in str(error).lower():
            return Tried("no_sign_in")
        # Whoever speaks plainly to a port that is encrypted from the first byte waits in vain, or is hung up on.
        if server.tls != "implicit" and server.port == 465:
            return Tried("encrypted")
        return Tried("no_answer" if "timed out" in str(error) else "not_mail")
    if isinstance(error, ssl.SSLCertVerificationError):
        return Tried("certificate", error.verify_message[:200])
    if isinstance(error, ssl.SSLError):
        return Tried("not_encrypted" if server.tls == "implicit" else "certificate")
    if isinstance(error, socket.gaierror | UnicodeError):
        return Tried("unknown_host")
    if isinstance(error, TimeoutError):
        # Whoever speaks plainly to a port that is encrypted from the first byte waits in vain, too.
        return Tried("encrypted" if server.tls != "implicit" and server.port == 465 else "no_answer")
    return Tried("closed" if isinstance(error, ConnectionRefusedError) else "no_answer")


def _sign_in(error: smtplib.SMTPAuthenticationError) -> Tried:
    said = _words(error.smtp_code, error.smtp_error)
    low = said.lower()
    if error.smtp_code == 534 or "application-specific" in low or "app password" in low:
        return Tried("app_password", said)
    if "5.7.139" in low or "disabled" in low or "basic authentication" in low:
        return Tried("forbidden", said)
    return Tried("busy" if error.smtp_code < 500 else "wrong_password", said)


def _words(code: int, answer: bytes | str) -> str:
    """The server's answer on one line, printable, not endless."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return f"{code} " + "".join(letter if letter.isprintable() else " " for letter in text[:250])
