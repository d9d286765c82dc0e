# SPDX-License-Identifier: AGPL-3.0-or-later
"""A morning at the desk: by keys alone at a desk with a screen, and by thumb on a phone without JavaScript. Read, approve,
skip, hold, put off, take back; then what was approved leaves, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.studio import PHONE, begins, brings, opens_customer
from tests.e2e.test_first_day import Person, Purring, purring
from tests.support.axe import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINES = [
    "M-1;Anker Café;ann@anker.example;01.04.2026;30.04.2026;1250,50;EUR;en",
    "M-2;Boulangerie Martin;luc@martin.example;01.04.2026;29.04.2026;480,00;EUR;fr",
    "M-3;Casa Sol;sol@casa.example;01.04.2026;28.04.2026;99,00;EUR;es",
    "M-4;Dahl Møbler;ane@dahl.example;01.04.2026;27.04.2026;7200,00;NOK;nb",
    "M-5;Ekke Bakkery;ekke@bakkery.example;01.04.2026;26.04.2026;310,00;EUR;af",
    "M-6;Fern Dental;fern@dental.example;20.04.2026;09.05.2026;640,00;EUR;en",
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Purring]:
    with purring(tmp_path) as started:
        yield started


def eva(browser: Browser, server: Purring, artefacts: Path, name: str, **look: Any) -> Person:
    pictures = artefacts / "morning" / name
    pictures.mkdir(parents=True, exist_ok=True)
    return Person(browser.new_context(**look, locale="en-GB").new_page(), server.address, pictures)


def stage(browser: Browser, server: Purring, artefacts: Path, folder: Path) -> Person:
    """Eva has begun, brought her invoices in, and somebody has a question."""
    desk = eva(browser, server, artefacts, "desk", viewport={"width": 1280, "height": 900}, color_scheme="light")
    begins(desk)
    brings(desk, folder, LINES)
    return desk


def rows(person: Person) -> list[str]:
    """The customers of what waits, as they stand on the page."""
    return [name.strip() for name in person.page.locator(".goes .row-title > a").all_inner_texts()]


def settled(person: Person) -> None:
    person.page.wait_for_load_state("networkidle")
    person.page.wait_for_timeout(150)


def focused(person: Person) -> str:
    return str(person.page.evaluate("document.activeElement.closest('[data-row]')?.innerText ?? ''"))


def to_row(person: Person, text: str) -> None:
    """By j and k alone: down, and up again."""
    for key in "j" * 20 + "k" * 20:
        person.page.keyboard.press(key)
        if text in focused(person):
            return
    raise AssertionError(f"no row of {text}")


def judged(person: Person, name: str) -> None:
    """A picture, and nothing that keeps anybody out, in light and dark."""
    for scheme in ("light", "dark"):
        person.page.emulate_media(color_scheme=scheme)
        person.keeps_a_picture(f"{name}-{scheme}")
        assert violations(person.page) == [], f"{name} {scheme}"


def test_a_morning_by_keys(browser: Browser, server: Purring, artefacts: Path, tmp_path: Path) -> None:
    desk = stage(browser, server, artefacts, tmp_path)
    keys = desk.page.keyboard
    assert server.run()["reminders"] == []
    desk.opens("/")
    desk.sees("Waiting for a yes:")
    assert len(rows(desk)) == 5
    judged(desk, "today")

    keys.press("?")
    desk.sees("next row, row before")
    judged(desk, "keys")
    keys.press("Escape")

    to_row(desk, "Boulangerie Martin")
    keys.press("Enter")
    desk.page.locator(".letter").first.wait_for()
    desk.sees("luc@martin.example")
    desk.keeps_a_picture("opened-in-place")
    keys.press("s")
    desk.sees("Skipped today: Boulangerie Martin")
    settled(desk)
    assert "Skipped today" in focused(desk), "the focus stays where the row was"
    keys.press("u")
    desk.page.locator(".goes", has_text="Boulangerie Martin").wait_for()
    settled(desk)
    assert "Boulangerie Martin" in focused(desk)
    keys.press("h")
    desk.sees("On hold until you release it: Boulangerie Martin")

    to_row(desk, "Casa Sol")
    keys.press("a")
    desk.sees("Approved: Casa Sol")
    settled(desk)
    keys.press("u")
    desk.page.locator(".goes", has_text="Casa Sol").wait_for()
    settled(desk)

    to_row(desk, "Dahl Møbler")
    keys.press("e")
    desk.sees("In your own words")
    desk.page.locator("#id_text").focus()
    keys.press("Control+End")
    keys.type("\nGod helg! jkashu?")
    desk.presses("Keep these words")
    desk.sees("as you wrote them")
    judged(desk, "message")
    keys.press("g")
    keys.press("t")
    desk.sees("your words")

    for name in ("Anker Café", "Dahl Møbler", "Ekke Bakkery"):
        to_row(desk, name)
        keys.press("x")
    desk.sees("3 messages · to 3 customers")
    judged(desk, "chosen")
    keys.press("Shift+A")
    desk.sees("3 messages approved.")
    sent = server.run()["reminders"]
    assert {row["to"] for row in sent} == {"ann@anker.example", "ane@dahl.example", "ekke@bakkery.example"}
    desk.page.keyboard.press("u")
    desk.sees("nothing to take back any more")
    keys.press("g")
    keys.press("c")
    desk.page.wait_for_url("**/customers/")
    desk.opens("/today/ahead/")
    judged(desk, "ahead")
    desk.opens("/today/gone/")
    judged(desk, "gone")
    assert desk.complaints == []
    desk.page.context.close()


def test_a_morning_by_thumb_without_javascript(
    browser: Browser, server: Purring, artefacts: Path, tmp_path: Path
) -> None:
    begun = stage(browser, server, artefacts, tmp_path)
    server.run()
    opens_customer(begun, "Fern Dental")
    begun.page.context.close()
    phone = eva(browser, server, artefacts, "phone", **PHONE, java_script_enabled=False, color_scheme="dark")
    phone.opens("/account/sign-in/")
    phone.fills(login="eva@weaver.example", password="a quiet morning")
    phone.page.locator("main button.button").first.click()
    phone.sees("Goes out")
    phone.keeps_a_picture("today")
    row = phone.page.locator(".goes", has_text="Boulangerie Martin")
    row.locator("details.menu > summary").click()
    phone.keeps_a_picture("menu")
    row.get_by_role("button", name="Skip today").click()
    phone.sees("Skipped today: Boulangerie Martin")
    assert "Boulangerie Martin" not in rows(phone)
    for name in ("Anker Café", "Casa Sol"):
        phone.page.locator(".goes", has_text=name).locator("input[type=checkbox]").check()
    phone.page.get_by_role("button", name="What is chosen").click()
    phone.sees("2 messages · to 2 customers")
    phone.keeps_a_picture("chosen")
    phone.page.get_by_role("button", name="Hold the customers").click()
    phone.sees("2 customers are on hold")
    phone.page.get_by_role("button", name="Undo").first.click()
    phone.sees("Taken back.")
    assert "Casa Sol" in rows(phone)
    phone.page.locator(".goes", has_text="Casa Sol").get_by_role("link", name="Read it").click()
    phone.sees("sol@casa.example")
    phone.keeps_a_picture("message")
    phone.page.get_by_role("button", name="Approve").click()
    phone.sees("Approved: Casa Sol")
    assert {row["to"] for row in server.run()["reminders"]} == {"sol@casa.example"}
    phone.opens("/today/ahead/")
    phone.keeps_a_picture("ahead")
    phone.page.context.close()
