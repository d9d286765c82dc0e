# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one line that says where mail goes: read right, or refused with what to write instead."""

from __future__ import annotations

import pytest

from purring.core.errors import Refused
from purring.plugins.channel.smtp import MailServer, from_url


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:2525", MailServer("127.0.0.1", 2525)),
        ("smtp://mail.example.org", MailServer("mail.example.org", 25)),
        ("smtp://mail.example.org?tls=starttls", MailServer("mail.example.org", 25, tls="starttls")),
        ("smtp://u:p@mail.example.org:587", MailServer("mail.example.org", 587, "u", "p", "starttls")),
        ("smtp://u:p@mail.example.org?tls=none", MailServer("mail.example.org", 587, "u", "p")),
        ("smtp://u:p@localhost:1025", MailServer("localhost", 1025, "u", "p")),
        ("smtps://u%40x.example:p%2F%23@mail.example.org",
         MailServer("mail.example.org", 465, "u@x.example", "p/#", "implicit")),
        ("smtp://[::1]:2525?timeout=2.5", MailServer("::1", 2525, timeout_seconds=2.5)),
    ],
)  # fmt: skip
def test_reads(url: str, server: MailServer) -> None:
    assert from_url(url) == server


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("", "smtp://"),
        ("mail.example.org", "smtp://"),
        ("http://mail.example.org", "smtp://"),
        ("smtp://", "host"),
        ("smtp://:25", "host"),
        ("smtp://mail.example.org:port", "URL"),
        ("smtp://mail.example.org:99999", "URL"),
        ("smtp://u:secret/word@mail.example.org", "URL"),
        ("smtp://mail.example.org/inbox", "after the host"),
        ("smtp://u@mail.example.org", "password"),
        ("smtp://mail.example.org?tls=yes", "starttls"),
        ("smtp://mail.example.org?tls", "URL"),
        ("smtps://mail.example.org?tls=starttls", "twice"),
        ("smtp://mail.example.org?timeout=0", "timeout"),
        ("smtp://mail.example.org?timeout=soon", "timeout"),
        ("smtp://mail.example.org?timeout=nan", "timeout"),
        ("smtp://mail.example.org?retries=3", "retries"),
    ],
)
def test_refuses_and_says_what_to_write(url: str, word: str) -> None:
    with pytest.raises(Refused, match=word) as refusal:
        from_url(url)
    assert refusal.value.code == "bad_smtp_url"
    assert "secret" not in refusal.value.message


def test_the_password_does_not_show() -> None:
    server = from_url("smtps://user:secret@mail.example.org")
    assert "secret" not in repr(server)


def test_djangos_settings() -> None:
    settings = from_url("smtps://user:secret@mail.example.org").django_settings()
    assert settings["EMAIL_BACKEND"] == "purring.plugins.channel.smtp.SmtpBackend"
    assert (settings["EMAIL_USE_SSL"], settings["EMAIL_USE_TLS"]) == (True, False)
    assert settings["EMAIL_PORT"] == 465
