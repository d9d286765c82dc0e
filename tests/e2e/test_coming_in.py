# SPDX-License-Identifier: AGPL-3.0-or-later
"""Coming in with more than a password, in a real browser with a virtual authenticator: a passkey is added, signs in alone,
and the code from an app is asked for where a password came first. Once at a desk in the light, once on a dark phone."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.doors.desk.test_factors import code_of
from tests.e2e.studio import begins
from tests.e2e.test_first_day import Person, Purring, purring
from tests.support.axe import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

LOOKS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "is_mobile": True},
}
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def sees_a_good_page(person: Person, name: str) -> None:
    assert violations(person.page) == []
    person.keeps_a_picture(name)


@pytest.mark.parametrize("look", LOOKS)
def test_a_passkey_and_a_code(browser: Browser, tmp_path: Path, artefacts: Path, look: str) -> None:
    pictures = artefacts / "coming-in" / look
    pictures.mkdir(parents=True, exist_ok=True)
    with purring(tmp_path) as server:
        comes_in(browser, server, pictures, look)


def comes_in(browser: Browser, server: Purring, pictures: Path, look: str) -> None:
    context = browser.new_context(**LOOKS[look], locale="en-GB")
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    # A passkey belongs to a name; an address in numbers has none.
    eva = Person(page, f"http://localhost:{server.port}", pictures)
    begins(eva)

    eva.opens("/account/second-factor/")
    eva.sees("A password can be guessed")
    sees_a_good_page(eva, "nothing-yet")
    eva.follows("Add a passkey")
    eva.fills(password="a quiet morning")
    eva.presses("Go on")
    eva.page.get_by_label("Sign in with it alone").check()
    eva.fills(name="My phone")
    sees_a_good_page(eva, "add-a-passkey")
    eva.presses("Add it")
    eva.page.wait_for_url(lambda address: not address.endswith("/add/"))
    eva.page.wait_for_load_state("networkidle")
    eva.opens("/account/second-factor/webauthn/")
    eva.sees("My phone")
    sees_a_good_page(eva, "passkeys")

    eva.opens("/account/second-factor/totp/activate/")
    secret = eva.page.locator(".secret").inner_text()
    sees_a_good_page(eva, "code-from-an-app")
    eva.fills(code=code_of(secret))
    eva.presses("Turn it on")
    eva.opens("/account/second-factor/")
    sees_a_good_page(eva, "both")
    eva.opens("/account/second-factor/recovery-codes/")
    assert eva.page.locator(".codes li").count() == 10
    sees_a_good_page(eva, "recovery-codes")
    eva.opens("/account/devices/")
    sees_a_good_page(eva, "devices")

    eva.opens("/settings/what-happened/")
    eva.presses("Check the chain")
    eva.sees("New entries are sealed every minute.")
    eva.page.get_by_text("Filter", exact=True).click()
    sees_a_good_page(eva, "what-happened")
    eva.opens("/settings/everything/")
    eva.presses("Make the file")
    sees_a_good_page(eva, "everything-wanted")
    server.round("export")
    eva.page.get_by_role("button", name="Download").wait_for()  # by itself
    sees_a_good_page(eva, "everything")
    with eva.page.expect_download() as waiting:
        eva.presses("Download")
    with zipfile.ZipFile(waiting.value.path()) as book:
        assert "csv/people.csv" in book.namelist()

    a_colleague_who_only_looks(browser, eva, pictures, look)
    context.clear_cookies()
    eva.opens("/account/sign-in/")
    sees_a_good_page(eva, "sign-in")
    eva.presses("Sign in with a passkey")
    eva.page.wait_for_url(lambda address: "sign-in" not in address)
    eva.opens("/settings/")
    eva.sees("Studio Weaver")

    context.clear_cookies()
    eva.opens("/account/sign-in/")
    eva.fills(login="eva@weaver.example", password="a quiet morning")
    eva.page.get_by_role("button", name="Sign in", exact=True).click()
    eva.sees("One thing more")
    sees_a_good_page(eva, "one-thing-more")
    eva.fills(code="000000")
    eva.page.get_by_role("button", name="Sign in", exact=True).click()
    eva.sees("Incorrect code")
    sees_a_good_page(eva, "wrong-code")
    eva.presses("Use a passkey")
    eva.page.wait_for_url("**/")
    eva.opens("/settings/")
    eva.sees("Studio Weaver")
    assert not eva.complaints


def a_colleague_who_only_looks(browser: Browser, eva: Person, pictures: Path, look: str) -> None:
    """Comes in by an invitation, finds no act that the role may not do, is told so kindly where an address leads to one,
    and may record a payment from the moment an owner makes them the accountant."""
    eva.opens("/settings/people/")
    eva.fills(email="ola@weaver.example")
    eva.page.get_by_label("read only").check()
    eva.presses("Invite")
    link = eva.page.locator(".secret").inner_text()
    context = browser.new_context(**LOOKS[look], locale="en-GB")
    ola = Person(context.new_page(), eva.address, pictures)
    ola.page.goto(link)
    sees_a_good_page(ola, "joins")
    ola.fills(name="Ola", password="an even calmer morning")
    ola.presses("Join")
    ola.opens("/customers/")
    assert ola.page.get_by_role("link", name="New customer").count() == 0
    assert ola.page.get_by_role("link", name="Import", exact=True).count() == 0
    ola.opens("/invoices/new/")
    ola.sees("This is for another role")
    sees_a_good_page(ola, "another-role")
    eva.opens("/settings/people/")
    row = eva.page.locator("li.row", has_text="ola@weaver.example")
    row.locator("select").select_option("accountant")
    row.get_by_role("button", name="Change").click()
    eva.sees("Kept.")
    ola.opens("/invoices/new/")
    ola.sees("New invoice or payment request")
    context.close()
