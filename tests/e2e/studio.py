# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the browser's stories have in common: a business that has just begun, its invoices brought in, and a phone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.e2e.test_first_day import Person

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True}
MOST_BYTES, MOST_REQUESTS = 60_000, 8
"""What a customer's page may weigh when it is opened first."""
HEAD = "Invoice number;Customer;E-mail;Issued;Due;Amount;Currency;Language"


def phone(browser: Browser, script: bool) -> BrowserContext:
    """A phone with JavaScript in the dark, or one without in the light."""
    return browser.new_context(**PHONE, java_script_enabled=script, color_scheme="dark" if script else "light")


def name_of(language: str, script: bool) -> str:
    """The customer of a language whose phone has JavaScript, or has none."""
    return f"{'Script' if script else 'Plain'} {language}"


def begins(desk: Person, country: str = "IE", language: str = "en") -> None:
    """Eva signs up with Studio Weaver."""
    desk.opens("/account/sign-up/")
    desk.fills(business="Studio Weaver", country=country, language=language, currency="EUR")
    desk.fills(email="eva@weaver.example", password1="a quiet morning")
    desk.presses("Begin")


def brings(desk: Person, folder: Path, lines: list[str]) -> None:
    """Invoices from a file, one line each, below the usual headings."""
    file = folder / "invoices.csv"
    file.write_text("\n".join([HEAD, *lines]))
    desk.opens("/import/")
    desk.page.set_input_files("#files", file)
    desk.presses("Look at it")
    desk.presses(f"Import {len(lines)} row{'' if len(lines) == 1 else 's'}")


def opens_customer(desk: Person, name: str) -> None:
    """The customer's page in the desk."""
    desk.opens(f"/customers/?q={name.replace(' ', '+')}")
    desk.page.locator("a.row", has_text=name).first.click()
    desk.page.wait_for_load_state("networkidle")


def link_of(desk: Person, name: str) -> str:
    """The path of what the customer sees; the installation does not know its port here."""
    opens_customer(desk, name)
    return urlsplit(str(desk.page.get_by_role("link", name="what they see").get_attribute("href"))).path
