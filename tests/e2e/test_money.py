# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money at the desk in a real browser: the owner connects a provider, a customer pays, the inbox shows it, one person asks for
a refund and another confirms it, and the invoice is asked for again, kindly."""

from __future__ import annotations

import random
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.studio import PHONE, begins, brings
from tests.e2e.test_first_day import TUESDAY, Person, purring
from tests.support.axe import violations
from tests.support.providers import stripe
from tests.support.providers.server import serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

START = datetime.fromisoformat(TUESDAY)
INVOICE = "26-1;Haus Linde;linde@x.example;01.04.2026;28.04.2026;1250,00;EUR;en"


def test_from_the_keys_to_the_refund(browser: Browser, artefacts: Path, tmp_path: Path) -> None:
    pictures = artefacts / "money"
    pictures.mkdir(parents=True, exist_ok=True)
    offset = START - datetime.now(START.tzinfo)
    shop = stripe.StripeShop(random.Random(1))
    shop.clock = lambda: datetime.now(START.tzinfo) + offset
    with purring(tmp_path) as server, serve(shop) as house:
        desk_context = browser.new_context(locale="en-GB")
        desk = Person(desk_context.new_page(), server.address, pictures)
        begins(desk)
        brings(desk, tmp_path, [INVOICE])

        desk.opens("/settings/ways/")
        desk.follows("Stripe")
        desk.fills(own_secret_key=stripe.KEY, own_webhook_secret=stripe.SECRET, title="Card")
        desk.page.locator("summary", has_text="test server").click()
        desk.fills(own_api_url=house.url)
        desk.presses("Connect")
        desk.sees("test: no money moves")
        assert stripe.KEY not in desk.page.content()
        house.deliver_to = server.address + re.sub(r"^\w+://[^/]+", "", desk.page.locator(".secret").inner_text())
        desk.presses("Check it")
        desk.sees("the keys are right")
        desk.keeps_a_picture("connected")
        assert violations(desk.page) == []

        desk.opens("/settings/people/")
        desk.fills(email="ole@weaver.example")
        desk.page.locator("[name=role][value=accountant]").check()
        desk.presses("Invite")
        invitation = desk.page.locator(".secret").inner_text()

        other_context = browser.new_context(**PHONE, color_scheme="dark")
        ole = Person(other_context.new_page(), server.address, pictures)
        ole.opens(re.sub(r"^\w+://[^/]+", "", invitation))
        ole.fills(name="Ole Hagen", password="another quiet morning")
        ole.page.locator("main button.button").first.click()
        ole.page.wait_for_load_state("networkidle")

        desk.opens("/customers/?q=Linde")
        desk.page.locator("a.row").first.click()
        link = str(desk.page.get_by_role("link", name="what they see").get_attribute("href"))
        phone = browser.new_context(**PHONE)
        customer = Person(phone.new_page(), server.address, pictures)
        customer.opens(re.sub(r"^\w+://[^/]+", "", link))
        customer.page.locator(".pay a.button").first.click()
        customer.page.locator("[name=what][value=all]").check()
        customer.page.locator("[name=method][value^=account-]").first.check()
        customer.presses("Continue")
        customer.page.locator("button[value=pay]").click()
        customer.page.wait_for_load_state("networkidle")
        phone.close()

        desk.opens("/money/")
        desk.sees("Haus Linde")
        desk.page.locator("a.row", has_text="26-1").first.click()
        desk.sees("Stripe: Card")
        desk.page.locator("summary", has_text="Send money back").click()
        desk.fills(**{"refund-amount": "250.00", "refund-reason": "One chair less"})
        desk.presses("Ask for it")
        desk.sees("another person says yes")
        assert desk.page.get_by_role("button", name="Yes, send it back").count() == 0
        desk.keeps_a_picture("refund-asked")
        assert violations(desk.page) == []

        ole.opens("/")
        ole.follows("1 thing about money needs you")
        ole.sees("One chair less")
        ole.keeps_a_picture("refund-to-confirm")
        ole.presses("Yes, send it back")
        ole.sees("Sent, and gone back.")
        ole.keeps_a_picture("refunded")
        assert violations(ole.page) == []
        assert [back.units for sale in shop.sales.values() for back in sale.backs] == [250_00]

        desk.opens("/invoices/?q=26-1")
        desk.page.locator("a.row").first.click()
        desk.sees("€250.00")
        assert "friendly" in desk.page.locator("#why").inner_text().lower()
        desk.keeps_a_picture("asked-again")
        for number, path in enumerate(("/money/", "/money/outlook/", "/money/?show=needs", "/settings/ways/")):
            for one in (desk, ole) if path.startswith("/money") else (desk,):
                one.opens(path)
                one.page.wait_for_load_state("networkidle")
                assert violations(one.page) == [], path
                one.page.screenshot(
                    path=str(pictures / f"page-{number}-{'desk' if one is desk else 'phone'}.png"), full_page=True
                )
                assert one.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        assert [line for line in [*desk.complaints, *ole.complaints] if "422" not in line] == []
        desk_context.close()
        other_context.close()
