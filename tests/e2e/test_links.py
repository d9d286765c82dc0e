# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links in a real browser: a tap on "I will pay on …" in the mail itself, in three languages, and then it is quiet; and a
request made in one form, whose link opens on a phone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from purring.language.pages import Pages
from tests.e2e.studio import PHONE, begins, brings
from tests.e2e.test_first_day import Person, Purring, purring
from tests.support.axe import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

LANGUAGES = ("de", "fr", "nb")
NOT_OF_MAILS = ("landmark-one-main", "page-has-heading-one", "region")
"""Rules for pages; a mail is part of a mail program's."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Purring]:
    with purring(tmp_path_factory.mktemp("links")) as started:
        yield started


@pytest.fixture(scope="module")
def desk(browser: Browser, server: Purring, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """A business whose first reminders have left: one customer for each language, with an invoice that is overdue and
    one that is not."""
    folder = tmp_path_factory.mktemp("desk")
    lines = []
    for number, tag in enumerate(LANGUAGES):
        lines.append(f"26-{number}1;Kunde {tag};p{number}@x.example;01.04.2026;28.04.2026;1250,00;EUR;{tag}")
        lines.append(f"26-{number}2;Kunde {tag};p{number}@x.example;01.05.2026;28.08.2026;77,00;EUR;{tag}")
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    person = Person(context.new_page(), server.address, folder)
    begins(person)
    brings(person, folder, lines)
    person.opens("/")
    person.presses("Approve all 3")
    assert {row["state"] for row in server.run()["reminders"]} == {"sent"}
    yield person
    context.close()


def test_a_tap_in_the_mail_is_a_promise_and_then_it_is_quiet(
    browser: Browser, server: Purring, desk: Person, artefacts: Path
) -> None:
    pictures = artefacts / "links"
    pictures.mkdir(parents=True, exist_ok=True)
    for number, tag in enumerate(LANGUAGES):
        says = Pages(tag, "IE")
        context = browser.new_context(**PHONE, java_script_enabled=number == 0)
        reader = Person(context.new_page(), server.address, pictures)
        reader.opens("/mailbox/")
        reader.page.locator("a.row", has_text=f"p{number}@x.example").click()
        mail = reader.page.frame_locator("iframe")
        if number == 0:
            looked = context.new_page()
            looked.set_content(context.request.get(reader.page.url + "html/").text())
            assert [one for one in violations(looked) if not one.startswith(NOT_OF_MAILS)] == []
            looked.close()
        with context.expect_page() as opened:
            mail.get_by_role("link", name=says.say("answer_promise"), exact=True).click()
        page = Person(opened.value, server.address, pictures)
        page.page.wait_for_load_state("networkidle")
        page.sees(f"26-{number}1")
        assert f"26-{number}2" not in page.page.content(), "the link of a message shows its invoices alone"
        assert page.page.locator("[name=amount]").input_value()
        page.keeps_a_picture(f"{tag}-promise")
        page.page.locator("[name=day]").fill("2026-05-20")
        page.presses(says.say("send"))
        assert "2026" in page.page.locator("h1").inner_text()
        page.keeps_a_picture(f"{tag}-noted")
        assert not context.cookies()
        assert not page.complaints
        context.close()
    for _ in range(7):
        server.sleep(1)
        assert server.run()["reminders"] == []
    desk.opens("/customers/?q=Kunde+de")
    desk.page.locator("a.row", has_text="Kunde de").first.click()
    desk.sees("Promised to pay on 20 May 2026")


def test_a_request_in_one_form_and_its_link_on_a_phone(
    browser: Browser, server: Purring, desk: Person, artefacts: Path
) -> None:
    """Without JavaScript, in well under a minute of filling in."""
    pictures = artefacts / "links"
    pictures.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    desk.opens("/requests/new/")
    desk.fills(customer="Lena Vogel", email="lena@vogel.example", language="de", what="Tischleuchte", amount="85")
    desk.presses("Make the link")
    desk.presses("Make it all the same")  # the check found that there is no bank account yet
    assert time.monotonic() - started < 30
    address = desk.page.locator("#address").input_value()
    signed_in = browser.new_context(storage_state=desk.page.context.storage_state())  # axe-core needs scripts
    looked = signed_in.new_page()
    for to in (desk.page.url, server.address + "/requests/new/"):
        looked.goto(to)
        assert violations(looked) == [], to
    signed_in.close()
    assert desk.page.get_by_role("link", name="By WhatsApp").get_attribute("href")
    # A browser without a window says so, and would be taken for a program.
    agent = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
    context = browser.new_context(**PHONE, java_script_enabled=False, user_agent=agent)
    page = Person(context.new_page(), server.address, pictures)
    page.page.goto(address)
    page.sees("Tischleuchte")
    page.keeps_a_picture("shared")
    context.close()
    desk.page.reload()
    desk.sees("opened 1 time")
    desk.presses("Close it")
    context = browser.new_context(**PHONE)
    gone = context.new_page()
    answer = gone.goto(address)
    assert answer
    assert answer.status == 404
    context.close()
