# SPDX-License-Identifier: AGPL-3.0-or-later
"""The way out that the settings describe."""

from __future__ import annotations

from typing import Any

import pytest

from purring.config.sender import sender
from purring.plugins.channel.bigmail import BigMail
from purring.plugins.channel.smtp import SmtpChannel


@pytest.fixture(autouse=True)
def _afresh() -> Any:
    sender.cache_clear()
    yield
    sender.cache_clear()


def test_messages_leave_by_the_service_or_by_the_server_that_is_set(settings: Any) -> None:
    settings.MAIL_FROM, settings.SMTP_URL, settings.MAIL_SERVICE = "ola@fjord.example", "", ""
    assert sender() is None
    settings.SMTP_URL = "smtp://127.0.0.1:2525"
    sender.cache_clear()
    assert isinstance(sender().channels["email"], SmtpChannel)  # type: ignore[union-attr]
    settings.MAIL_SERVICE = "resend?api_key=secret"
    sender.cache_clear()
    email = sender().channels["email"]  # type: ignore[union-attr]
    assert isinstance(email, BigMail)
    assert email.idempotent
    settings.MAIL_FROM = ""
    sender.cache_clear()
    assert sender() is None
