# SPDX-License-Identifier: AGPL-3.0-or-later
"""A schedule is changed in a real browser with its rehearsal beside it: at a desk and on a phone with htmx, and on a phone
without any script. Every page of it is open to everybody (axe-core, light and dark)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.studio import PHONE, begins, brings
from tests.e2e.test_first_day import Person, purring
from tests.support.axe import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser
DUE = ("30.04.2026", "02.05.2026", "20.05.2026")


@dataclass
class Studio:
    address: str
    seated: BrowserContext
    """The owner's browser, signed in."""


@pytest.fixture(scope="module")
def studio(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("studio")
    lines = [
        f"26-{at}{nth};{name};p{at}@x.example;01.04.2026;{due};450,00;EUR;en"
        for at, name in enumerate(("Harbour", "Quay"))
        for nth, due in enumerate(DUE)
    ]
    with purring(folder) as server:
        context = browser.new_context(locale="en-GB")
        desk = Person(context.new_page(), server.address, folder)
        begins(desk)
        brings(desk, folder, lines)
        yield Studio(server.address, context)
        context.close()


def sits(browser: Browser, studio: Studio, folder: Path, *, phone: bool, script: bool) -> Person:
    """The owner at another device."""
    look = PHONE if phone else {"viewport": {"width": 1280, "height": 900}}
    context = browser.new_context(
        **look,
        locale="en-GB",
        java_script_enabled=script,
        color_scheme="dark" if phone else "light",
        reduced_motion="reduce",  # colours that are still on their way are no colours to judge
        storage_state=studio.seated.storage_state(),
    )
    folder.mkdir(parents=True, exist_ok=True)
    return Person(context.new_page(), studio.address, folder)


def messages(person: Person) -> int:
    """The rehearsal's first number."""
    return int(person.page.locator("#rehearsal dd").first.inner_text())


def ours(person: Person) -> list[str]:
    """What the console complained of. Not the style attributes that axe-core leaves behind and htmx carries over: that pages
    have none of their own is a test of the desk."""
    return [line for line in person.complaints if "inline style" not in line]


def edits_the_usual_one(person: Person) -> None:
    person.opens("/settings/schedules/")
    person.follows("Change and rehearse")
    person.sees("Rehearsal: the next 60 days")


def in_both_lights(person: Person, name: str) -> None:
    person.keeps_a_picture(name)
    for scheme in ("dark", "light"):
        person.page.emulate_media(color_scheme=scheme)
        assert violations(person.page) == [], (name, scheme)


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_a_schedule_is_changed_with_its_rehearsal_beside_it(
    browser: Browser, studio: Studio, artefacts: Path, device: str
) -> None:
    from playwright.sync_api import expect  # not installed where the browser's stories are left out

    me = sits(browser, studio, artefacts / "schedules" / device, phone=device == "phone", script=True)
    page = me.page
    edits_the_usual_one(me)
    before = messages(me)
    assert before > 0
    in_both_lights(me, "as-kept")

    page.locator("[name=steps-4-days]").fill("90")  # a final notice that nobody would read within 60 days
    page.get_by_text("With your change").wait_for()
    me.sees("90 days after the due date")
    assert messages(me) < before
    assert page.evaluate("document.activeElement.name") == "steps-4-days", "nobody is thrown out of a field"
    page.locator("[name=steps-2-days]").fill("5")
    page.get_by_text("Only 2 days after the step before it").wait_for()
    in_both_lights(me, "changed")
    page.locator("[name=steps-2-stage]").select_option("courtesy")
    page.get_by_text("Once the steps fit together").wait_for()
    me.sees("is softer than the")
    page.locator("[name=steps-2-stage]").select_option("follow_up")
    page.get_by_text("With your change").wait_for()

    page.locator("button[value=remove-4]").click()
    page.locator("[name=steps-4-days]").wait_for(state="detached")
    me.presses("Add a step")
    page.locator("[name=steps-4-days]").wait_for()
    page.locator("button[value=later-4]").click()
    expect(page.locator("[name=steps-4-days]")).to_have_value("29")
    page.locator("a[href*='stage=firm']").click()
    page.locator(".step-text .letter").wait_for()
    in_both_lights(me, "what-it-says")

    me.fills(name=f"Calm {device}")
    me.presses("Keep")
    me.sees("29 days after the due date")
    me.follows("History")
    me.sees("Final notice: 35 days after the due date → 29 days after the due date")
    in_both_lights(me, "history")
    me.presses("As it was before this")
    me.sees("It is as it was before that change")
    assert ours(me) == []


def test_the_same_on_a_phone_without_a_script(browser: Browser, studio: Studio, artefacts: Path) -> None:
    me = sits(browser, studio, artefacts / "schedules" / "plain", phone=True, script=False)
    edits_the_usual_one(me)
    before = messages(me)
    me.page.locator("[name=steps-4-days]").fill("90")
    me.presses("Rehearse")
    assert messages(me) < before
    me.sees("With your change")
    me.keeps_a_picture("rehearsed")
    me.page.locator("button[value=remove-4]").click()
    me.presses("Add a step")
    me.page.locator("button[value=later-4]").click()
    assert me.page.locator("[name=steps-4-days]").input_value() == "29"
    me.page.locator("[name=steps-1-days]").fill("21")
    me.presses("Keep")
    me.sees("is softer than the")
    assert me.page.locator("[name=steps-1-days]").input_value() == "21", "nothing typed is lost"
    me.keeps_a_picture("contradiction")
    me.page.locator("[name=steps-1-days]").fill("4")
    me.presses("Keep")
    me.sees("4 days after the due date")


def test_a_new_one_is_chosen_for_a_customer(browser: Browser, studio: Studio, artefacts: Path) -> None:
    me = sits(browser, studio, artefacts / "schedules" / "new", phone=False, script=True)
    page = me.page
    me.opens("/settings/schedules/")
    in_both_lights(me, "all")
    me.follows("A new schedule")
    in_both_lights(me, "presets")
    page.locator("a[href$='preset=trade-freelance']").click()
    me.sees("Played on everyone who follows the usual one")
    in_both_lights(me, "new")
    me.presses("Keep")
    page.locator("section", has_text="Freelance work").get_by_role("link", name="Who follows it").click()
    page.locator("#q").press_sequentially("har", delay=40)
    page.locator("#matches li", has_text="Harbour").get_by_role("button").click()
    me.sees("Harbour follows it now")
    in_both_lights(me, "people")
    me.presses("No longer")
    me.sees("Harbour follows the usual one again")
    me.opens("/settings/schedules/words/?stage=final&channel=letter&language=fr")
    in_both_lights(me, "words")
    assert ours(me) == []
