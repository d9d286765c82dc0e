# SPDX-License-Identifier: AGPL-3.0-or-later
"""One customer in a real browser, at a desk and on a phone: a call with a promise, its written summary, a message that the
tone guard stops and a kinder one that arrives, a note, a new person. On the phone nothing runs in the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.studio import begins, brings, opens_customer
from tests.e2e.test_first_day import LOOKS, Person, Purring, purring
from tests.support.axe import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
LINES = ["26-1;Harbour Cafe;ann@harbour.example;01.04.2026;20.04.2026;1250,50;EUR;en"]
UNKIND = "Hello Ann,\n\nPay at once. We know where you live.\n\nEva"
KIND = "Hello Ann,\n\nthank you for the call. Here is the copy you asked for.\n\nWarm regards,\nEva"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Purring]:
    with purring(tmp_path) as started:
        yield started


# The browser itself notes a form that came back, a draft that was overtaken by its sending, and the styles of axe-core.
NOTED = ("422", "htmx:afterRequest", "htmx:sendAbort", "inline style")


def is_easy(person: Person, name: str) -> None:
    """A picture, not wider than the screen, in which axe-core finds nothing, in the light and in the dark."""
    person.keeps_a_picture(name)
    for scheme in ("light", "dark"):
        person.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert violations(person.page) == [], (name, scheme)


@pytest.mark.parametrize("look", LOOKS)
def test_a_morning_with_one_customer(
    browser: Browser, server: Purring, artefacts: Path, tmp_path: Path, look: str
) -> None:
    pictures = artefacts / "customer" / look
    pictures.mkdir(parents=True, exist_ok=True)
    script = LOOKS[look].get("java_script_enabled", True)
    context = browser.new_context(**LOOKS[look], locale="en-GB")
    eva = Person(context.new_page(), server.address, pictures)
    begins(eva)
    brings(eva, tmp_path, LINES)
    opens_customer(eva, "Harbour Cafe")
    page, home = eva.page, eva.page.url.partition("#")[0].removeprefix(server.address)
    if script:
        is_easy(eva, "customer")

    # Somebody to talk to, with a number.
    page.goto(server.address + home + "people/#people")
    eva.fills(**{"person-name": "Bo Weaver", "person-role": "payment", "person-phone": "+353 91 555 01 23"})
    page.locator("#person-new button").click()
    eva.sees("Bo Weaver")

    # A call, with what was agreed.
    eva.follows("Call")
    eva.sees("Say who you are")
    if script:
        is_easy(eva, "call")
    assert page.locator("a[href='tel:+353915550123']").count() == 1
    page.get_by_label("We spoke").check()
    page.get_by_text("What was said and agreed").click()
    eva.fills(note="Half of it on Friday", pay_on="2026-05-08", amount="600")
    eva.presses("Note it and write the summary")
    assert "what we agreed" in page.locator("[name=subject]").input_value()
    assert "8 May" in page.locator("[name=text]").input_value()

    # Words that may hurt are stopped, kinder ones arrive.
    eva.fills(subject="Our call", text=UNKIND)
    if script:
        page.locator("[name=text]").press("End")
        page.locator("[name=text]").type(" ")
        eva.sees("This may hurt")
        eva.sees("Draft kept")
        is_easy(eva, "unkind")
    eva.presses("Send now")
    eva.sees("This may hurt")
    assert page.locator("[name=text]").input_value().strip() == UNKIND
    eva.keeps_a_picture("stopped")
    eva.fills(text=KIND)
    eva.presses("Send now")
    eva.sees("It leaves within a minute")
    eva.sees("On its way:")
    server.run()
    arrived = page.request.get(server.address + "/mailbox/").text()
    assert arrived.count("Our call") == 1
    server.run()
    assert page.request.get(server.address + "/mailbox/").text().count("Our call") == 1

    # A note for ourselves, pinned.
    eva.opens(home + "notes/")
    page.locator("[name=note-text]").fill("Likes to be called before ten")
    page.locator("#note-new [name=note-pinned]").check()
    page.locator("#note-new button").click()
    eva.sees("Likes to be called before ten")
    eva.sees("pinned")

    # A rule in its place.
    page.goto(server.address + home + "rules/tone/#rule-tone")
    page.locator("[name=rule-closeness]").select_option("personal")
    page.locator("#rule-tone button").click()
    page.wait_for_load_state("networkidle")
    assert "personal" in page.locator("#rule-tone summary").inner_text()

    # Everything is in the one timeline, and what one looks for is found.
    if not script:
        eva.opens(home)
    page.locator("nav.tabs a", has_text="Calls").click()
    page.locator("nav.tabs a[aria-current]", has_text="Calls").wait_for()
    eva.sees("Half of it on Friday")
    assert page.locator("#timeline .timeline > li").count() == 1
    eva.sees("Called: We spoke")
    eva.opens(home + "documents/")
    if script:
        is_easy(eva, "documents")
        eva.opens(home)
        is_easy(eva, "customer-later")
    else:
        eva.opens(home)
        eva.keeps_a_picture("customer-later")
    assert [line for line in eva.complaints if not any(one in line for one in NOTED)] == []
    context.close()
