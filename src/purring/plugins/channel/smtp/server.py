# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where mail is handed over, read from one URL. No network here."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from purring.core.errors import Refused

TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. `tls`: `none`, `starttls`, or `implicit` (smtps)."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    tls: Literal["none", "starttls", "implicit"] = "none"
    timeout_seconds: float = TIMEOUT_SECONDS

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port}, tls={self.tls})"

    def django_settings(self) -> dict[str, object]:
        """The same as Django's `EMAIL_*` settings, for account mails."""
        return {
            "EMAIL_BACKEND": "purring.plugins.channel.smtp.SmtpBackend",
            "EMAIL_HOST": self.host,
            "EMAIL_PORT": self.port,
            "EMAIL_HOST_USER": self.username,
            "EMAIL_HOST_PASSWORD": self.password,
            "EMAIL_USE_TLS": self.tls == "starttls",
            "EMAIL_USE_SSL": self.tls == "implicit",
            "EMAIL_TIMEOUT": self.timeout_seconds,
        }


def from_url(url: str) -> MailServer:
    """Reads `smtp://user:password@host:587?tls=starttls&timeout=30` or `smtps://…`.

    `tls` is `starttls` or `none`; unless said, a password goes to another machine only with STARTTLS. User
    and password are percent-encoded. Raises `Refused` (`bad_smtp_url`); the message never holds the password.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise _bad_url("is not a URL: write smtp://user:password@host:587, special characters as %40") from error
    if parts.scheme not in ("smtp", "smtps"):
        raise _bad_url("must begin with smtp:// or smtps://")
    if not parts.hostname:
        raise _bad_url("names no host: write smtp://host:587")
    if parts.path.strip("/") or parts.fragment:
        raise _bad_url("has something after the host: percent-encode / and # in user and password (%2F, %23)")
    if unknown := sorted(set(options) - {"tls", "timeout"}):
        raise _bad_url(f"has an unknown option “{unknown[0][:20]}”: tls and timeout are known")
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(username) != bool(password):
        raise _bad_url("needs both user and password, or neither")
    tls: Literal["none", "starttls", "implicit"] = "none"
    wanted = options.get("tls", "")
    if wanted not in ("", "none", "starttls"):
        raise _bad_url("has an unknown tls: write tls=starttls or tls=none, or begin with smtps://")
    if parts.scheme == "smtps":
        if wanted:
            raise _bad_url("says tls twice: smtps:// is already encrypted")
        tls = "implicit"
    elif wanted == "starttls" or (not wanted and username and not _is_here(parts.hostname)):
        tls = "starttls"
    try:
        timeout = float(options.get("timeout", TIMEOUT_SECONDS))
    except ValueError:
        timeout = 0.0
    if not 0 < timeout <= 600:
        raise _bad_url("has a timeout that is not between 0 and 600 seconds")
    usual = 465 if tls == "implicit" else 587 if username else 25
    return MailServer(parts.hostname, port or usual, username, password, tls, timeout)


def _bad_url(why: str) -> Refused:
    return Refused("bad_smtp_url", f"The mail server's address (PURRING_SMTP_URL) {why}.", field="PURRING_SMTP_URL")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
