# SPDX-License-Identifier: AGPL-3.0-or-later
"""The answer buttons in a real browser on a phone, in three languages, with and without JavaScript: a promise, a dispute
with a photo, the wrong person; and the desk sees each at once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from purring.language.pages import Pages
from tests.e2e.studio import MOST_BYTES, MOST_REQUESTS, begins, brings, link_of, name_of, opens_customer, phone
from tests.e2e.test_first_day import Person, Purring, purring

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "fr", "nb")


@dataclass
class Business:
    """A business with one customer for each language and for each state of JavaScript."""

    server: Purring
    desk: Person

    def customer(self, language: str, script: bool) -> str:
        """The name of one of them."""
        return name_of(language, script)

    def opens(self, name: str) -> None:
        opens_customer(self.desk, name)

    def link(self, name: str) -> str:
        return link_of(self.desk, name)


@pytest.fixture(scope="module")
def business(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    folder = tmp_path_factory.mktemp("business")
    lines = []
    for number, (language, script) in enumerate((tag, script) for tag in LANGUAGES for script in (True, False)):
        name = name_of(language, script)
        for invoice in range(3):
            due = f"{28 - invoice}.04.2026"
            lines.append(f"26-{number}{invoice};{name};p{number}@x.example;01.04.2026;{due};1250,00;EUR;{language}")
    with purring(folder) as server:
        context = browser.new_context(locale="en-GB")
        desk = Person(context.new_page(), server.address, folder)
        begins(desk)
        brings(desk, folder, lines)
        yield Business(server, desk)
        context.close()


@dataclass
class Customer:
    """Somebody with a phone and the link."""

    person: Person
    says: Pages
    requests: list[int]

    @property
    def page(self) -> Page:
        return self.person.page

    def taps(self, kind: str) -> None:
        self.requests.clear()
        self.page.get_by_role("link", name=self.says.say(f"answer_{kind}"), exact=True).click()
        self.page.wait_for_load_state("networkidle")
        assert len(self.requests) <= MOST_REQUESTS
        assert sum(self.requests) <= MOST_BYTES

    def sends(self) -> None:
        self.person.presses(self.says.say("send"))

    def reads(self, key: str, **values: object) -> None:
        self.person.sees(self.says.say(key, **values))

    def goes_back(self) -> None:
        self.person.follows(self.says.say("back"))


@pytest.mark.parametrize("script", [True, False], ids=["javascript", "plain"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_on_a_phone(
    browser: Browser, business: Business, artefacts: Path, tmp_path: Path, language: str, script: bool
) -> None:
    pictures = artefacts / "answers" / f"{language}-{'javascript' if script else 'plain'}"
    pictures.mkdir(parents=True, exist_ok=True)
    name = business.customer(language, script)
    context = phone(browser, script)
    me = Customer(Person(context.new_page(), business.server.address, pictures), Pages(language, "IE"), [])
    me.page.on("requestfinished", lambda done: me.requests.append(done.sizes()["responseBodySize"]))
    me.person.opens(business.link(name))
    me.page.wait_for_load_state("networkidle")
    assert len(me.requests) <= MOST_REQUESTS
    assert sum(me.requests) <= MOST_BYTES
    me.person.keeps_a_picture("account")

    me.taps("promise")
    me.person.keeps_a_picture("promise")
    me.page.locator("[name=invoice]").nth(2).uncheck()
    me.page.locator("[name=day]").fill("2026-05-15")
    me.page.locator("[name=amount]").fill("9999")
    me.sends()
    assert me.page.locator("[name=amount]").get_attribute("aria-invalid") == "true"
    me.person.keeps_a_picture("promise-too-much")
    assert not me.page.locator("[name=invoice]").nth(2).is_checked()
    me.page.locator("[name=amount]").fill("")
    me.sends()
    me.person.sees("26-")
    me.person.keeps_a_picture("promise-noted")
    me.reads("noted_undo")
    business.opens(name)
    business.desk.sees("Promised to pay on")
    me.goes_back()

    me.taps("dispute")
    bad = tmp_path / "photo.jpg"
    bad.write_text("<script>alert(1)</script>")
    me.page.locator("[name=invoice]").nth(2).check()
    me.page.locator("[name=words]").fill("Two chairs are missing")
    me.page.locator("[name=amount]").fill("250")
    me.page.set_input_files("[name=file]", bad)
    me.sends()
    assert me.page.locator("[name=file]").get_attribute("aria-invalid") == "true"
    assert me.page.locator("[name=words]").input_value() == "Two chairs are missing"
    me.person.keeps_a_picture("dispute-bad-file")
    drawn = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(drawn, "JPEG")
    bad.write_bytes(drawn.getvalue())
    me.page.set_input_files("[name=file]", bad)
    me.sends()
    me.reads("noted_dispute")
    me.person.keeps_a_picture("dispute-noted")
    business.opens(name)
    business.desk.sees("Two chairs are missing")
    with business.desk.page.expect_download() as download:
        business.desk.page.get_by_role("link", name="photo.jpg").first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"\xff\xd8\xff")
    business.desk.opens("/")
    business.desk.sees("omething is not right")
    business.desk.page.screenshot(path=str(pictures / "desk-today.png"), full_page=True)
    me.goes_back()
    me.reads("disputed")

    me.taps("wrong_person")
    me.page.locator("[name=words]").fill("Kari, accounts")
    me.person.keeps_a_picture("wrong-person")
    me.sends()
    me.reads("noted_wrong_person")
    business.opens(name)
    business.desk.sees("does not work")
    business.desk.page.screenshot(path=str(pictures / "desk-customer.png"), full_page=True)
    assert context.cookies() == []
    assert [line for line in me.person.complaints if "422" not in line] == []
    context.close()
