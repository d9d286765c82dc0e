# SPDX-License-Identifier: AGPL-3.0-or-later
"""A collector finds things and works through lists: with a keyboard on a desk, with a thumb on a phone, without script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.studio import PHONE, begins, brings
from tests.e2e.test_first_day import Person, Purring, purring
from tests.support.axe import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PAGES = ("/search/?q=oslo", "/invoices/?show=overdue&least=100", "/customers/", "/invoices/bulk/?act=hold&all=1")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Purring]:
    with purring(tmp_path_factory.mktemp("lists")) as started:
        yield started


@pytest.fixture(scope="module")
def desk(browser: Browser, server: Purring, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    folder = tmp_path_factory.mktemp("desk")
    names = ("Oslo Handel", "Müller & Söhne", "Café Lune", "Bergen Bygg")
    lines = [
        f"26-{at};{name};p{at}@x.example;01.04.2026;28.04.2026;{at}250,00;EUR;en" for at, name in enumerate(names, 1)
    ]
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900}, color_scheme="light")
    person = Person(context.new_page(), server.address, folder)
    begins(person)
    brings(person, folder, lines)
    yield person
    context.close()


def test_slash_a_few_letters_and_enter(desk: Person, artefacts: Path) -> None:
    page = desk.page
    desk.opens("/")
    page.keyboard.press("/")
    page.keyboard.type("mull")
    page.locator("#find-hits .hit", has_text="Müller").first.wait_for()
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/*/")
    desk.sees("Müller & Söhne")
    page.keyboard.press("/")
    page.keyboard.type("4 250,00")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=4+250*")
    desk.sees("26-4")
    page.keyboard.press("/")
    page.keyboard.type("oslo")
    page.locator("#find-hits .hit").first.wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#find-hits .hit").count() == 0


def test_some_are_held_and_it_is_undone(desk: Person) -> None:
    page = desk.page
    desk.opens("/invoices/")
    assert not page.get_by_role("button", name="Hold").is_visible(), "nothing is chosen yet"
    page.get_by_label("Choose 26-1 of Oslo Handel").check()
    page.get_by_label("Choose 26-3 of Café Lune").check()
    page.get_by_role("button", name="Hold").click()
    desk.sees("Put on hold")
    page.get_by_role("button", name="Hold them (2)").click()
    desk.sees("2 invoices changed.")
    desk.opens("/invoices/?show=held")
    assert page.locator(".ledger > li").count() == 2
    page.go_back()
    page.get_by_role("button", name="Undo").click()
    desk.sees("2 are as they were before.")


def test_a_list_is_kept_and_taken_along(desk: Person) -> None:
    page = desk.page
    desk.opens("/invoices/?show=overdue&least=2000")
    page.get_by_text("Keep, take along").click()
    page.get_by_label("Keep this list as").fill("Large and late")
    page.get_by_role("button", name="Keep", exact=True).click()
    desk.opens("/invoices/")
    page.get_by_role("link", name="Large and late").click()
    page.wait_for_load_state("networkidle")
    assert page.locator(".ledger > li").count() == 3
    page.get_by_text("Keep, take along").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").click()
    assert saved.value.suggested_filename.endswith(".csv")


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_people_out(
    browser: Browser, server: Purring, desk: Person, artefacts: Path, scheme: str, small: bool
) -> None:
    shape = PHONE if small else {"viewport": {"width": 1280, "height": 900}}
    kept = desk.page.context.storage_state()
    context = browser.new_context(**shape, color_scheme=scheme, java_script_enabled=True, storage_state=kept)  # type: ignore[arg-type]
    pictures = artefacts / "lists"
    pictures.mkdir(parents=True, exist_ok=True)
    person = Person(context.new_page(), server.address, pictures)
    for at, path in enumerate(PAGES):
        person.opens(path)
        assert violations(person.page) == [], path
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not person.page.evaluate(wide), path
        person.keeps_a_picture(f"{at}-{scheme}-{'phone' if small else 'desk'}")
    context.close()


def test_without_script(browser: Browser, server: Purring, desk: Person) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=desk.page.context.storage_state())
    person = Person(context.new_page(), server.address, Path("."))
    person.opens("/")
    person.page.get_by_role("searchbox", name="Search everything").fill("cafe")
    person.page.keyboard.press("Enter")
    person.sees("Café Lune")
    person.opens("/invoices/")
    person.page.get_by_label("Choose 26-2").check()
    person.page.get_by_role("button", name="Release").click()
    person.page.get_by_role("button", name="Release them (1)").click()
    person.sees("1 was so already.")
    context.close()
