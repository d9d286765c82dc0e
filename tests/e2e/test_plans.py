# SPDX-License-Identifier: AGPL-3.0-or-later
"""A payment plan in a real browser on a phone, with and without JavaScript: what the business offers is set at the desk, the
customer builds a plan and agrees, or asks for more than that and gets an answer, each in three languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from purring.language.pages import Pages
from tests.e2e.studio import begins, brings, link_of, name_of, opens_customer, phone
from tests.e2e.test_first_day import Person, purring
from tests.support.axe import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
INSIDE = ("de", "nb", "it")
"""Languages in which a plan is agreed to at once; in the others one is asked for."""
ASKED = (("fr", True), ("fr", False), ("es", True), ("sv", False))
PLAYED = (*((language, script) for language in INSIDE for script in (True, False)), *ASKED)
"""Language, and whether JavaScript runs."""
LATER = "Later en"
"""Who asks for a day that is far off."""


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
    lines.append(f"26-99;{LATER};p99@x.example;05.05.2026;25.05.2026;450,01;EUR;en")
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
    if language in INSIDE:
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


def test_a_day_that_is_far_off_is_declined_kindly(browser: Browser, business: Business, artefacts: Path) -> None:
    pictures = artefacts / "plans" / "late-day"
    pictures.mkdir(parents=True, exist_ok=True)
    say, desk = Pages("en", "DE").say, business.desk
    context = phone(browser, False)
    me = Person(context.new_page(), business.address, pictures)
    me.opens(business.link(LATER) + "answer/promise/")
    me.page.locator("[name=day]").fill("2026-08-20")
    me.presses(say("send"))
    me.sees(say("noted_plan"))
    for step, shown in (("asked", "asks to pay on"), ("decline", "That is so late")):
        if step == "asked":
            desk.opens("/agreements/?show=asked")
        else:
            desk.follows(LATER)
            desk.page.goto(desk.page.url.replace("agree-day", "decline-day"))
        desk.sees(shown)
        for width, scheme in ((1280, "light"), (390, "dark")):
            desk.page.set_viewport_size({"width": width, "height": 900})
            desk.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert violations(desk.page) == [], (step, width, scheme)
            assert desk.page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, (step, width)
            desk.page.screenshot(path=str(pictures / f"{step}-{width}-{scheme}.png"), full_page=True)
    desk.page.emulate_media(color_scheme="light")
    desk.page.set_viewport_size({"width": 1280, "height": 900})
    desk.page.locator("[name$=-reason]").locator("visible=true").fill("The print shop is to be paid in June.")
    desk.page.locator("form:has([name=decline-day-asked]) button").first.click()
    desk.page.wait_for_load_state("networkidle")
    desk.sees("was declined")
    desk.sees("The print shop is to be paid in June.")
    desk.page.screenshot(path=str(pictures / "declined.png"), full_page=True)
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
