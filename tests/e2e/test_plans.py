# SPDX-License-Identifier: AGPL-3.0-or-later
"""A payment plan in a real browser on a phone, in three languages, with and without JavaScript: what the business offers is
set at the desk, the customer builds a plan and agrees, or asks for more than that and gets an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from purring.language.pages import Pages
from tests.e2e.studio import begins, brings, link_of, name_of, opens_customer, phone
from tests.e2e.test_first_day import Person, purring

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
PLAYED = tuple((language, script) for language in ("de", "nb", "fr") for script in (True, False))
"""Language, and whether JavaScript runs."""


@dataclass
class Business:
    address: str
    desk: Person

    def opens(self, name: str) -> None:
        opens_customer(self.desk, name)

    def link(self, name: str) -> str:
        return link_of(self.desk, name)


@pytest.fixture(scope="module")
def business(browser: Browser, tmp_path_factory: pytest.TempPathFactory, artefacts: Path) -> Iterator[Business]:
    folder = tmp_path_factory.mktemp("business")
    pictures = artefacts / "plans" / "desk"
    pictures.mkdir(parents=True, exist_ok=True)
    lines = []
    for number, (language, script) in enumerate(PLAYED):
        name = name_of(language, script)
        for invoice in range(2):
            lines.append(f"26-{number}{invoice};{name};p{number}@x.example;05.05.2026;25.05.2026;450,01;EUR;{language}")
    with purring(folder) as server:
        context = browser.new_context(locale="en-GB")
        desk = Person(context.new_page(), server.address, pictures)
        begins(desk, "DE", "de")
        desk.opens("/settings/offers/")
        desk.fills(plan_most="4", plan_first_percent="10", deferral_days="14", percent_1="2", days_1="10")
        desk.keeps_a_picture("offers")
        desk.presses("Keep")
        brings(desk, folder, lines)
        yield Business(server.address, desk)
        context.close()


@pytest.mark.parametrize(("language", "script"), PLAYED, ids=[f"{a}-{'script' if b else 'plain'}" for a, b in PLAYED])
def test_a_plan_on_a_phone(browser: Browser, business: Business, artefacts: Path, language: str, script: bool) -> None:
    pictures = artefacts / "plans" / f"{language}-{'javascript' if script else 'plain'}"
    pictures.mkdir(parents=True, exist_ok=True)
    name, say = name_of(language, script), Pages(language, "DE").say
    context = phone(browser, script)
    me = Person(context.new_page(), business.address, pictures)
    path = business.link(name)

    me.opens(path)
    me.keeps_a_picture("account")
    me.follows(say("defer_title"))
    me.keeps_a_picture("later")
    me.follows(say("back"))
    me.follows(say("plan_title"))
    me.sees(say("plan_accept"))
    me.fills(number="12")
    me.presses(say("plan_show"))
    me.sees(say("plan_outside"))
    me.keeps_a_picture("outside")
    if language != "fr":
        me.fills(number="3")
        me.presses(say("plan_show"))
        me.keeps_a_picture("inside")
        me.page.locator("[name=agreed]").check()
        me.presses(say("plan_accept"))
        me.sees(say("plan_running", paid=0, count=3))
        me.keeps_a_picture("running")
    else:
        me.page.locator("[name=agreed]").check()
        me.presses(say("plan_ask"))
        me.sees(say("noted_plan"))
        me.keeps_a_picture("asked")
        business.opens(name)
        business.desk.keeps_a_picture("proposal")
        business.desk.page.goto(business.desk.page.url.rstrip("/") + "/agree-plan/")
        business.desk.page.locator("[name$=instalments]").locator("visible=true").wait_for()
        business.desk.page.locator("form:has([name$=instalments]) button").first.click()
        business.desk.page.wait_for_load_state("networkidle")
        business.desk.sees("The plan is agreed")
        business.desk.keeps_a_picture("agreed")
        me.opens(path)
        me.sees(say("plan_running", paid=0, count=12))
        me.keeps_a_picture("running")
    with me.page.expect_download() as saved:
        me.page.goto(business.address + path + "plan/")
        me.page.locator("a[href$='.pdf']").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF")
    assert not context.cookies()
    assert not me.complaints
    context.close()


def test_the_desk_on_a_phone(business: Business) -> None:
    """Nothing is wider than the screen."""
    desk = business.desk
    desk.page.set_viewport_size({"width": 390, "height": 844})
    for name, path in (
        ("offers", "/settings/offers/"),
        ("promises", "/agreements/"),
        ("plans", "/agreements/?what=plans"),
    ):
        desk.opens(path)
        desk.keeps_a_picture(f"phone-{name}")
    business.opens(name_of("de", False))
    desk.keeps_a_picture("phone-customer")
