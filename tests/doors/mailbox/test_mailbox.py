# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demo's mailbox: what the local sink kept, as text, HTML and source; hostile HTML can do nothing."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from purring.kit import mailsink
from purring.kit.mime import Address, Attachment, compose

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DEMO_MAILBOX = str(tmp_path)
    settings.ROOT_URLCONF = "tests.doors.mailbox.urls"
    return tmp_path


def keep(folder: Path, html: str | None = "<p>Hei <b>Ane</b></p><script>alert(1)</script>") -> str:
    message = EmailMessage()
    message["From"] = "Eva <eva@solberg.example>"
    message["To"] = "ane@kunde.example"
    message["Subject"] = "Faktura 12: kan du ta en titt?"
    message.set_content("Hei Ane, <script>alert(2)</script>")
    if html:
        message.add_alternative(html, subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename='fak"tura\u00e5.pdf')
    return mailsink.Keeper(folder).keep("eva@solberg.example", ["ane@kunde.example"], message.as_bytes())


def test_empty() -> None:
    assert b"Nothing was sent yet" in Client().get("/mailbox/").content


def test_list_and_message(folder: Path) -> None:
    key = keep(folder)
    assert "Faktura 12" in Client().get("/mailbox/").content.decode()
    page = Client().get(f"/mailbox/{key}/").content.decode()
    assert "Hei Ane, &lt;script&gt;" in page
    assert f'src="/mailbox/{key}/html/"' in page
    assert Client().get(f"/mailbox/{key}/source/").content.startswith(b"From: Eva")


def test_its_html_can_do_nothing(folder: Path) -> None:
    response = Client().get(f"/mailbox/{keep(folder)}/html/")
    policy = response["Content-Security-Policy"]
    assert policy.endswith("sandbox allow-popups allow-popups-to-escape-sandbox")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert b"<b>Ane</b>" in response.content


def test_a_picture_that_travels_beside_the_html_is_shown_in_it(folder: Path) -> None:
    raw = compose(
        sender=Address("", "eva@solberg.example"),
        to=Address("", "ane@kunde.example"),
        subject="Faktura 12",
        text="Hei Ane",
        html='<p><img src="cid:l.1@solberg.example" alt="Solberg">Hei Ane</p>',
        message_id="<1@solberg.example>",
        date=datetime(2026, 5, 5, tzinfo=UTC),
        language="nb",
        pictures=[Attachment("logo.png", b"\x89PNG", "image/png", content_id="l.1@solberg.example")],
    )
    key = mailsink.Keeper(folder).keep("eva@solberg.example", ["ane@kunde.example"], raw)
    assert b'<img src="data:image/png;base64,iVBORw==" alt="Solberg">' in Client().get(f"/mailbox/{key}/html/").content
    assert b"logo.png" not in Client().get(f"/mailbox/{key}/").content, "it is no file of its own"


def test_attachments_are_saved_never_shown(folder: Path) -> None:
    response = Client().get(f"/mailbox/{keep(folder)}/attachments/0/")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="fak_tura_.pdf"'
    assert response.content == b"%PDF-1.4"


def test_what_is_not_there(folder: Path) -> None:
    key = keep(folder, html=None)
    for path in (f"{key}/html/", f"{key}/attachments/7/", "nonsense/", "..%2f..%2fetc%2fpasswd/", "nonsense/source/"):
        assert Client().get(f"/mailbox/{path}").status_code == 404, path


def test_only_the_demo_has_a_mailbox(settings: Any) -> None:
    from purring.config import urls

    def routed() -> bool:
        return any(str(entry.pattern) == "mailbox/" for entry in importlib.reload(urls).urlpatterns)

    assert routed()
    settings.DEMO_MAILBOX = ""
    assert not routed()
