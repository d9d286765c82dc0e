# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every state of the customer's pages that a link alone does not lead to: forms with what is wrong in them, thanks, the ways
by hand, coming back from the provider paid, stopped and not through, automatic payment, a plan that runs, the code, closed
links. Each is open to everybody (axe-core) on a phone and on a desktop, in light and in dark, and light on the road."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from purring.language.pages import Pages
from tests.e2e.studio import MOST_BYTES, MOST_REQUESTS, begins, brings, link_of, phone
from tests.e2e.test_first_day import TUESDAY, Person, Purring, purring
from tests.e2e.test_portal import code_from
from tests.support.axe import violations
from tests.support.providers import stripe
from tests.support.providers.all import SHOPS
from tests.support.providers.server import House, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOOKS = [
    (size, scheme)
    for size in ({"width": 390, "height": 844}, {"width": 1280, "height": 900})
    for scheme in ("light", "dark")
]
START = datetime.fromisoformat(TUESDAY)
ASKING = ("question", "paid", "promise", "po", "dispute", "plan")
"""Answers that have something to fill in wrongly."""
HANDS = ("transfer", "cash", "cheque", "phone", "mobile")


@dataclass
class Business:
    server: Purring
    folder: Path
    house: House
    account: int
    links: dict[str, str]


@pytest.fixture(scope="module")
def business(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    folder = tmp_path_factory.mktemp("states")
    names = ("Pays", "Plans", "Answers")
    lines = [
        f"26-{at}{part};{name};p{at}@x.example;01.04.2026;{26 + part}.04.2026;1250,00;EUR;en"
        for at, name in enumerate(names)
        for part in range(2)
    ]
    with ExitStack() as stack:
        server = stack.enter_context(purring(folder))
        offset = START - datetime.now(START.tzinfo)
        house = stack.enter_context(serve(SHOPS["stripe"](random.Random(1))))
        house.shop.clock = lambda: datetime.now(START.tzinfo) + offset
        context = browser.new_context(locale="en-GB")
        desk = Person(context.new_page(), server.address, folder)
        begins(desk)
        brings(desk, folder, lines)
        desk.opens("/settings/billing/")
        desk.page.locator("[name$=-number]").first.fill("IE29 AIBK 9311 5212 3456 78")
        desk.page.locator("[name=phone]").fill("+353 91 555 0109")
        desk.presses("Keep")
        desk.opens("/settings/offers/")
        desk.fills(plan_most="4", plan_first_percent="10", deferral_days="14")
        desk.page.locator("[name=autopay]").check()
        desk.presses("Keep")
        desk.opens("/settings/ways/")
        desk.page.locator("a[href*='by-hand']").first.click()
        for kind in HANDS[1:]:
            form = desk.page.locator(f"form:has(input[name=kind][value={kind}])")
            form.locator("[name$=-enabled]").check()
            for number in form.locator("[name$=-number]").all():
                number.fill("+353 91 555 0109")
            form.locator("button").first.click()
            desk.page.wait_for_load_state("networkidle")
        secrets = {"secret_key": stripe.KEY, "webhook_secret": stripe.SECRET, "api_url": house.url}
        account = server.connect("stripe", secrets)["account"]
        links = {name: link_of(desk, name) for name in names}
        yield Business(server, folder, house, account, links)
        context.close()


class Walk:
    """One phone; each state is looked at as it comes."""

    def __init__(self, browser: Browser, business: Business, name: str, pictures: Path) -> None:
        pictures.mkdir(parents=True, exist_ok=True)
        self.context = phone(browser, True)
        self.person = Person(self.context.new_page(), business.server.address, pictures)
        self.page: Page = self.person.page
        self.page.set_default_timeout(60_000)
        self.link = business.links[name]
        self.host = urlsplit(business.server.address).netloc
        self.seen: list[str] = []
        self.sizes: list[int] = []
        self.page.on("requestfinished", lambda done: self._came(done.url, done.sizes()["responseBodySize"]))

    def _came(self, address: str, size: int) -> None:
        if urlsplit(address).netloc == self.host:
            self.sizes.append(size)

    def to(self, path: str) -> None:
        self.page.set_viewport_size({"width": 390, "height": 844})
        self.person.opens(self.link + path)
        self.page.wait_for_load_state("networkidle")

    def sends(self) -> None:
        """Without the browser's own check: what is wrong is said by the page."""
        self.page.evaluate("() => document.querySelectorAll('form').forEach(one => one.noValidate = true)")
        self.page.locator("form[method=post] button").last.click()
        self.page.wait_for_load_state("networkidle")

    def state(self, name: str, act: Callable[[], object], *, wrong: bool = False) -> None:
        """Does it, and looks at what comes; `wrong`: at least one field says what is wrong with it."""
        self.sizes.clear()
        act()
        self.page.wait_for_load_state("networkidle")
        assert 0 < len(self.sizes) <= MOST_REQUESTS, (name, len(self.sizes))
        assert sum(self.sizes) <= MOST_BYTES, (name, sum(self.sizes))
        assert urlsplit(self.page.url).netloc == self.host, (name, self.page.url)
        if wrong:
            assert self.page.locator(".error").count(), name
        for size, scheme in LOOKS:
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert violations(self.page) == [], (name, size["width"], scheme)
            wide = self.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, (name, size["width"], "wider than the screen")
        self.person.keeps_a_picture(name)
        self.seen.append(name)

    def on_the_phone(self, name: str) -> None:
        """Pictures of what is there, as a phone shows it."""
        self.page.set_viewport_size({"width": 390, "height": 844})
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            self.person.keeps_a_picture(f"{name}-phone-{scheme}")


def test_paying_and_coming_back(browser: Browser, business: Business, artefacts: Path) -> None:
    walk = Walk(browser, business, "Pays", artefacts / "portal-states")
    says, page = Pages("en", "IE"), walk.page
    walk.to("")
    pay = urlsplit(str(page.locator(".pay a.button").first.get_attribute("href"))).path.removeprefix(walk.link)
    card = f"[name=method][value=account-{business.account}]"

    def chooses(what: str, amount: str = "", keep: bool = False, at: str = pay) -> None:
        walk.to(at)
        page.locator(f"[name=what][value={what}]").check()
        if what == "part":
            page.locator("[name=amount]").fill(amount)
        if what == "chosen":
            for one in page.locator("[name=invoice]").all():
                one.uncheck()
        page.locator(card).check()
        if keep:
            page.locator("[name=keep]").check()

    for name, what in (("amount", "part"), ("invoices", "chosen")):
        chooses(what, "many")
        walk.state(f"pay-wrong-{name}", walk.sends, wrong=True)
    walk.to(pay)
    page.evaluate("() => document.querySelectorAll('[name=method]').forEach(one => one.checked = false)")
    walk.state("pay-wrong-method", walk.sends, wrong=True)
    for kind in HANDS:
        walk.state(f"by-hand-{kind}", partial(walk.to, f"{pay}{kind}/"))
    for language in ("en", "de"):  # money on its way, and money that did not come
        pay_in = f"{pay}?language={language}"
        chooses("part", "50", at=pay_in)
        walk.sends()
        sale = page.url.rpartition("/")[2]
        walk.state(f"returned-pending-{language}", lambda: page.locator("button[value=debit]").click())
        walk.on_the_phone(f"returned-pending-{language}")
        reads = Pages(language, "IE").say
        assert reads("payment_started") in page.get_by_role("status").inner_text()
        with business.house.lock:
            business.house.shop.bounces(sale)
        walk.state(f"returned-failed-{language}", lambda: page.reload())
        walk.on_the_phone(f"returned-failed-{language}")
        assert reads("payment_failed") in page.get_by_role("status").inner_text()
        assert page.get_by_role("link", name=reads("choose_method")).is_visible()
    chooses("part", "100")
    walk.sends()
    walk.state("stopped", lambda: page.locator("button[value=cancel]").click())
    chooses("part", "100", keep=True)
    walk.sends()
    walk.state("returned-paid", lambda: page.locator("button[value=pay]").click())
    assert says.say("payment_received", amount="€100.00") in page.get_by_role("status").inner_text().replace(
        "\u00a0", " "
    )
    walk.state("account-with-automatic-payment", lambda: walk.to(""))
    walk.state("autopay", lambda: walk.to("autopay/"))
    page.evaluate("() => { document.querySelector('form [name=form]').value = 'x' }")
    walk.state("autopay-wrong", walk.sends, wrong=True)
    walk.state("autopay-ended", walk.sends)
    assert walk.context.cookies() == []
    walk.context.close()


def test_plans_and_later_days(browser: Browser, business: Business, artefacts: Path) -> None:
    walk = Walk(browser, business, "Plans", artefacts / "portal-states")
    page = walk.page
    walk.state("plan-wrong-number", lambda: walk.to("plan/?number=0&rhythm=x&first_on=soon&first=much"), wrong=True)
    walk.to("later/")
    walk.state("later-wrong", walk.sends, wrong=True)
    page.locator("[name=day]").fill(str(page.locator("[name=day]").get_attribute("max")))
    page.locator("[name=agreed]").check()
    walk.state("later-noted", walk.sends)
    walk.to("plan/")
    walk.state("plan-wrong-consent", walk.sends, wrong=True)
    page.locator("[name=agreed]").check()
    walk.state("plan-running", walk.sends)
    assert page.get_by_text(Pages("en", "IE").say("autopay_plan_on")).count() == 0
    assert page.get_by_role("status").inner_text().startswith("Your plan: 0 of")
    walk.state("account-with-a-plan", lambda: walk.to(""))
    walk.context.close()


def test_answers_codes_and_closed_links(browser: Browser, business: Business, artefacts: Path) -> None:
    walk = Walk(browser, business, "Answers", artefacts / "portal-states")
    page = walk.page
    for kind in ASKING:
        walk.to(f"answer/{kind}/")
        for field in page.locator("textarea:visible, input[type=date]:visible").all():
            field.fill("")
        walk.state(f"answer-{kind}-wrong", walk.sends, wrong=True)
    for kind in ("received", "question", "copy", "promise", "dispute", "wrong_person"):
        walk.to(f"answer/{kind}/")
        for field in page.locator("textarea:visible").all():
            field.fill("Two chairs are missing")
        for field in page.locator("input[type=date]:visible").all():
            field.fill("2026-05-15")
        walk.state(f"noted-{kind}", walk.sends)
    walk.to("plan/?number=12&rhythm=monthly&first_on=2026-05-20&first=")
    page.locator("[name=agreed]").check()
    walk.state("plan-asked", walk.sends)
    walk.state("account-after-answers", lambda: walk.to(""))
    for name, path in (("closed", "/pay/nothing/"), ("closed-mutated", walk.link[:-3] + "xx/")):
        walk.state(name, partial(walk.person.opens, path))
    walk.context.close()


def test_the_code_and_what_it_opens(browser: Browser, business: Business, artefacts: Path) -> None:
    walk = Walk(browser, business, "Pays", artefacts / "portal-states")
    page = walk.page
    walk.to("more/")
    since = time.time() - 1
    walk.state("code-asked", walk.sends)
    page.locator("[name=code]").fill("1")
    walk.state("code-wrong", lambda: page.locator("form:has([name=code]) button").first.click(), wrong=True)
    page.locator("[name=code]").fill(code_from(business.folder, since))
    walk.state("account-known", lambda: page.locator("form:has([name=code]) button").first.click())
    walk.to("details/")
    page.locator("[name='contact.phone']").fill("?")
    page.locator("[name='contact.email']").fill("no address")
    walk.state("details-wrong", walk.sends, wrong=True)
    page.locator("[name='contact.phone']").fill("+353 91 555 0110")
    page.locator("[name='contact.email']").fill("new@x.example")
    walk.state("details-asked", walk.sends)
    walk.to("")
    walk.state("signed-out", lambda: page.locator("form[action*='leave'] button").click())
    walk.context.close()
