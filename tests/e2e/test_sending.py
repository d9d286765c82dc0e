# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sending in a real browser: mail is connected (a wrong password first), a test mail read, the owner signs, and the first
reminder leaves by the account. At a desk, and on a phone; one without JavaScript and in the dark."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.studio import begins, brings
from tests.e2e.test_first_day import Person, purring
from tests.support.axe import violations
from tests.support.mail_server import PASSWORD, USER, mail_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")]

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 780}, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PAGES = (
    "sending/", "mail/", "mail/connect/", "mail/connect/?provider=gmail", "mail/dns/", "senders/", "senders/new/",
    "sending/alerts/",
)  # fmt: skip


@pytest.mark.parametrize("look", ["desk", "phone"])
def test_from_a_wrong_password_to_the_first_reminder(
    browser: Browser, artefacts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    pictures = artefacts / "sending" / look
    pictures.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(**(DESK if look == "desk" else PHONE), locale="en-GB")
    with mail_server(tmp_path, monkeypatch) as far, purring(tmp_path) as server:
        person = Person(context.new_page(), server.address, pictures)
        begins(person)

        person.opens("/settings/mail/")
        person.keeps_a_picture("choose")
        person.follows("Another mail server")
        person.fills(
            address="eva@kaffehuset.no",
            username=USER,
            password="guess",
            host="127.0.0.1",
            port=str(far.port),
            tls="starttls",
        )
        person.presses("Try and connect")
        person.sees("User name or password are not right")
        person.keeps_a_picture("wrong-password")
        person.complaints.clear()  # the browser itself notes the 422
        person.fills(password=PASSWORD)
        person.presses("Try and connect")
        person.sees("Connected.")
        person.presses("Send a test mail")
        person.sees("works")
        person.keeps_a_picture("connected")
        assert far.mails[0][1] == ["eva@weaver.example"]

        person.opens("/settings/senders/new/")
        person.fills(name="Eva Weaver", title="owner", signature="Monday to Thursday")
        person.presses("Keep")
        person.sees("usual")
        person.keeps_a_picture("senders")

        person.opens("/settings/sending/")
        person.page.get_by_text("Add days").click()
        person.page.locator("[name=close-first]").fill("2026-12-24")
        person.page.locator("[name=close-last]").fill("2027-01-02")
        person.page.locator("[name=close-why]").fill("Christmas")
        person.presses("Add")
        person.sees("Christmas")
        person.keeps_a_picture("sending")

        for scheme in ("light", "dark") if look == "desk" else ("dark",):
            person.page.emulate_media(color_scheme=scheme)
            for path in PAGES:
                person.opens(f"/settings/{path}")
                for details in person.page.locator("details.act").all():
                    details.evaluate("element => element.open = true")
                person.keeps_a_picture(f"{scheme}-{path.strip('/').replace('/', '-').partition('?')[0]}")
                assert violations(person.page) == [], f"{path} in {scheme}"

        brings(person, tmp_path, ["W-1;Café Zürich;ana@zuerich.example;2026-04-01;2026-04-20;1250.00;EUR;en"])
        server.run()
        person.opens("/")
        person.presses("Approve 1 message")
        (sent,) = server.run()["reminders"]
        assert sent["state"] == "sent"
        source = far.mails[-1][2].decode()
        assert "Eva Weaver (Studio Weaver)" in source
        assert "Monday to Thursday" in source
        assert person.complaints == []
    context.close()


def test_without_javascript_everything_can_be_set(
    browser: Browser, artefacts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = artefacts / "sending" / "plain"
    pictures.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(**PHONE, java_script_enabled=False, color_scheme="dark", locale="en-GB")
    with mail_server(tmp_path, monkeypatch) as far, purring(tmp_path) as server:
        person = Person(context.new_page(), server.address, pictures)
        begins(person)
        person.opens("/settings/mail/connect/?provider=other")
        fields = {"address": USER, "username": USER, "password": PASSWORD, "host": "127.0.0.1", "port": str(far.port)}
        for name, value in fields.items():
            person.page.locator(f"[name={name}]").fill(value)
        person.page.get_by_role("button", name="Try and connect").click()
        person.sees("Connected.")
        person.opens("/settings/sending/")
        person.page.get_by_text("Pause everything").click()
        person.page.locator("[name=pause-until]").fill("2030-01-01")
        person.page.locator("[name=pause-note]").fill("We move house")
        person.page.get_by_role("button", name="Pause").click()
        person.sees("We move house")
        person.page.get_by_role("button", name="Go on now").click()
        person.sees("It goes on.")
    context.close()
