# SPDX-License-Identifier: AGPL-3.0-or-later
"""The customer's pages in a real browser on a phone: every page is open to everybody (axe-core, light and dark), light on the
road, and from this host alone; and the way from a link over its documents and a code to all invoices and one's details."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from purring.language.pages import ANSWERS, Pages
from tests.e2e.studio import MOST_BYTES, MOST_REQUESTS, PHONE, begins, brings, phone
from tests.e2e.test_first_day import Person, Purring, purring
from tests.support.axe import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Response

pytestmark = pytest.mark.browser

NAMES = {"en": "Harbour Kitchen", "de": "Wirtshaus Lamm", "nb": "Nordlys", "fr": "Boulangerie Martin"}
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><rect width="90" height="30" rx="6" fill="#ff8a00"/></svg>'
HEBREW = "נגריית כהן"
PAGE = re.compile(r"/pay/[^/]+/(?:[\w./-]+/)?$")


@pytest.fixture(scope="module")
def business(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Purring, Path]]:
    folder = tmp_path_factory.mktemp("portal")
    lines = []
    people = [*NAMES.items(), *((f"{tag}", f"{name} 2") for tag, name in NAMES.items()), ("en", HEBREW)]
    for number, (language, name) in enumerate(people):
        for invoice in range(3):
            due = f"{26 + invoice}.04.2026"
            lines.append(f"26-{number}{invoice};{name};p{number}@x.example;01.04.2026;{due};1250,00;EUR;{language}")
    with purring(folder) as server:
        context = browser.new_context(locale="en-GB")
        desk = Person(context.new_page(), server.address, folder)
        begins(desk)
        brings(desk, folder, lines)
        arranges(desk, folder)
        server.connect("stripe", {"secret_key": "sk_test_1", "webhook_secret": "whsec_1"})
        context.close()
        yield server, folder


def arranges(desk: Person, folder: Path) -> None:
    """What the pages of paying and agreeing need: a bank account, terms; and the look of the house."""
    desk.opens("/settings/billing/")
    desk.page.locator("select[name$='-scheme']").first.select_option("iban")
    desk.page.locator("input[name$='-number']").first.fill("DE89370400440532013000")
    desk.page.locator("[name=email]").fill("eva@weaver.example")
    desk.page.locator("[name=phone]").fill("+353 91 555 0109")
    desk.presses("Keep")
    desk.opens("/settings/offers/")
    desk.fills(plan_most="4", plan_first_percent="10", deferral_days="14", percent_1="2", days_1="10")
    desk.presses("Keep")
    desk.opens("/settings/letterhead/")
    (folder / "logo.svg").write_text(LOGO)
    desk.page.set_input_files("[name=logo]", folder / "logo.svg")
    desk.page.locator("[name=colour]").fill("#ff8a00")
    desk.presses("Keep and look at it")


class Road:
    """What comes over the wire: bytes and requests of the page that is open."""

    def __init__(self, page: Page, host: str) -> None:
        self.host, self.sizes = host, list[int]()
        page.on("response", self._came)

    def _came(self, response: Response) -> None:
        address = urlsplit(response.url)
        if address.scheme == "data":
            return
        assert address.netloc == self.host, response.url
        sizes = response.request.sizes()
        if size := sizes["responseBodySize"] + sizes["responseHeadersSize"]:  # else it lay in the browser already
            self.sizes.append(size)

    def begin(self) -> None:
        self.sizes.clear()

    def check(self, where: str) -> None:
        assert 0 < len(self.sizes) <= MOST_REQUESTS, (where, len(self.sizes))
        assert sum(self.sizes) <= MOST_BYTES, (where, sum(self.sizes))


def code_from(folder: Path, since: float) -> str:
    """The code in the newest mail."""
    for _ in range(100):
        mails = [one for one in (folder / "mailbox").rglob("*.eml") if one.stat().st_mtime >= since]
        for one in sorted(mails, key=lambda one: one.stat().st_mtime, reverse=True):
            message = message_from_bytes(one.read_bytes(), policy=default)
            body = message.get_body(("plain",))
            found = re.search(r"\b\d{6}\b", body.get_content() if body else "")
            if found:
                return found[0]
        time.sleep(0.1)
    raise AssertionError("no code came")


def comes_in(page: Page, folder: Path, says: Pages) -> None:
    """Asks for a code, reads it in the mail, enters it."""
    since = time.time() - 1
    page.get_by_role("button", name=says.say("more_send")).click()
    page.wait_for_load_state("networkidle")
    page.locator("[name=code]").fill(code_from(folder, since))
    page.get_by_role("button", name=says.say("continue"), exact=True).click()
    page.wait_for_load_state("networkidle")


def test_what_keeps_people_out_is_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(
        "<html lang=en><title>x</title><main><h1>x</h1><img src=x><input><p style='color:#bbb'>Hard to read</p></main>"
    )
    assert {line.split(":")[0] for line in violations(page)} >= {"image-alt", "label", "color-contrast"}
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "de", "nb", "right-to-left"])
def test_every_page_is_open_to_everybody_and_light(
    browser: Browser, business: tuple[Purring, Path], artefacts: Path, language: str
) -> None:
    """Walks over every page that a page leads to, first by the link, then with the code."""
    server, folder = business
    name, spoken = (HEBREW, "en") if language == "right-to-left" else (NAMES[language], language)
    says = Pages(spoken, "IE")
    pictures = artefacts / "portal" / language
    pictures.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(**PHONE)
    person = Person(context.new_page(), server.address, pictures)
    page, road = person.page, Road(person.page, urlsplit(server.address).netloc)
    link = server.link(name)
    few = ("", "documents", "history", "more", "plan", "answer/promise") if name == HEBREW else ()
    walked = walk(person, road, link, dark=language == "en", only=few)
    assert {"", "documents", "history", "more", "plan"} <= walked
    if not few:
        assert {f"answer/{kind}" for kind in ANSWERS[:9]} <= walked
        assert "later" in walked
        assert sum(path.startswith("pay/") for path in walked) >= 1
    assert context.cookies() == []

    person.opens(link + "more/")
    look_at(person, road, "code-asked", lambda: page.get_by_role("button", name=says.say("more_send")).click())
    page.locator("[name=code]").fill("1")
    look_at(person, road, "code-wrong", lambda: page.locator("form .button").first.click())
    page.locator("[name=code]").fill(code_from(folder, time.time() - 30))
    page.locator("form .button").first.click()
    walked = walk(person, road, link, dark=language == "en", only=("", "details", "documents", "history"))
    assert "details" in walked
    person.opens(link + "details/")
    page.locator("[name='contact.phone']").fill("?")
    look_at(person, road, "details-wrong", lambda: page.locator("form .button").first.click())
    assert [cookie["name"] for cookie in context.cookies()] == ["purring_visit"]
    person.opens(link + "answer/question/")
    page.evaluate("() => document.querySelector('[name=words]').removeAttribute('required')")
    look_at(person, road, "question-empty", lambda: page.locator("form .button").first.click())
    page.locator("[name=words]").fill("Which order is it?")
    look_at(person, road, "noted", lambda: page.locator("form .button").first.click())
    person.opens("/pay/nothing/")
    look_at(person, road, "closed", lambda: page.reload())
    assert not [line for line in person.complaints if not re.search(r"\b4\d\d\b", line)]
    context.close()


def walk(person: Person, road: Road, link: str, *, dark: bool, only: tuple[str, ...] = ()) -> set[str]:
    """Opens every page under the link that is led to; the paths under it."""
    waiting, seen = [link], set[str]()
    while waiting:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        look_at(person, road, path.removeprefix(link).strip("/") or "account", lambda to=path: person.opens(to), dark)
        found = person.page.eval_on_selector_all("a[href]", "links => links.map(one => new URL(one.href).pathname)")
        under = [to for to in found if to.startswith(link) and PAGE.fullmatch(to)]
        waiting += [to for to in under if not only or to.removeprefix(link).strip("/") in only]
    return {path.removeprefix(link).strip("/") for path in seen}


def look_at(person: Person, road: Road, name: str, act: Any, dark: bool = False) -> None:
    """Does it, and looks at the page that comes."""
    person.page.emulate_media(color_scheme="light")
    person.page.wait_for_load_state("networkidle")  # what the page before still asked for is not this one's
    road.begin()
    act()
    person.page.wait_for_load_state("networkidle")
    road.check(name)
    person.keeps_a_picture(name.replace("/", "-"))
    assert violations(person.page) == [], name
    assert person.page.locator("script").count() == 0
    if dark:
        person.page.emulate_media(color_scheme="dark")
        assert violations(person.page) == [], f"{name}, dark"
        person.keeps_a_picture(f"{name.replace('/', '-')}-dark")


@pytest.mark.parametrize(
    ("language", "script"), [("de", False), ("nb", True), ("fr", False)], ids=["de-plain", "nb-javascript", "fr-plain"]
)
def test_from_a_link_to_everything(
    browser: Browser, business: tuple[Purring, Path], artefacts: Path, language: str, script: bool
) -> None:
    server, folder = business
    name, says = f"{NAMES[language]} 2", Pages(language, "IE")
    pictures = artefacts / "portal" / f"journey-{language}"
    pictures.mkdir(parents=True, exist_ok=True)
    context = phone(browser, script)
    me = Person(context.new_page(), server.address, pictures)
    link = server.link(name)
    me.opens(link)
    numbers = set(re.findall(r"26-\d\d", me.page.content()))
    assert len(numbers) == 1, "one invoice, as the message said"
    me.keeps_a_picture("link")
    me.follows(says.say("continue"))
    me.sees(says.say("more_text"))
    comes_in(me.page, folder, says)
    assert len(set(re.findall(r"26-\d\d", me.page.content()))) == 3
    me.keeps_a_picture("everything")
    with me.page.expect_download() as download:
        me.page.get_by_role("link", name=says.say("document_statement")).click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    me.follows(says.say("correct_details"))
    assert me.page.locator("[name=language]").input_value() == language
    me.page.locator("[name='contact.name']").fill("Kari Moe")
    me.page.locator("[name=city]").fill("Bergen")
    me.page.locator("[name=channel]").select_option("phone")
    me.presses(says.say("save"))
    me.sees(says.say("details_asked"))
    me.keeps_a_picture("details-asked")
    me.follows(says.say("back"))
    me.presses(says.say("sign_out"))
    me.sees(says.say("signed_out"))
    assert len(set(re.findall(r"26-\d\d", me.page.content()))) == 1
    assert context.cookies() == []
    assert me.complaints == []
    context.close()

    context = browser.new_context(viewport={"width": 1280, "height": 900})
    desk = Person(context.new_page(), server.address, pictures)
    desk.opens("/")
    desk.fills(login="eva@weaver.example", password="a quiet morning")
    desk.page.locator("main button.button").first.click()
    desk.page.wait_for_load_state("networkidle")
    row = desk.page.locator("li", has_text=name)
    row.get_by_role("link", name="See what they want changed").click()
    desk.sees("Bergen")
    desk.page.screenshot(path=str(pictures / "desk-details.png"))
    desk.presses("Accept")
    desk.sees("Kari Moe")
    context.close()
