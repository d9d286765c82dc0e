# SPDX-License-Identifier: AGPL-3.0-or-later
"""An invoice of our own in a real browser: the letterhead, the form, what the check says, the paper, and the first
message that carries it. Once at a desk, once on a phone without any script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.studio import begins
from tests.e2e.test_first_day import LOOKS, Person, Purring, purring

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 30"><circle cx="15" cy="15" r="13" fill="#7a3b2e"/>
<text x="34" y="21" font-size="18" fill="#7a3b2e">Weaver</text></svg>"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Purring]:
    with purring(tmp_path) as started:
        yield started


@pytest.mark.parametrize("look", LOOKS)
def test_from_letterhead_to_mailbox(
    browser: Browser, server: Purring, artefacts: Path, tmp_path: Path, look: str
) -> None:
    pictures = artefacts / "own-papers" / look
    pictures.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(**LOOKS[look], locale="en-GB")
    person = Person(context.new_page(), server.address, pictures)
    begins(person, "DE")

    person.opens("/settings/letterhead/")
    bad = tmp_path / "logo.svg"
    bad.write_text(LOGO.replace("</svg>", "<script>1</script></svg>"))
    person.page.set_input_files("[name=logo]", bad)
    person.presses("Keep and look at it")
    person.sees("script")
    person.keeps_a_picture("a-logo-refused")
    person.complaints.clear()  # the browser itself notes the 422
    good = tmp_path / "good.svg"
    good.write_text(LOGO)
    person.page.set_input_files("[name=logo]", good)
    person.page.locator("[name=colour]").fill("#7a3b2e")
    person.fills(footer="Thank you for your trust.", e_invoice="en16931")
    person.presses("Keep and look at it")
    person.sees("Kept.")
    person.fills(language="de")
    person.presses("Show")
    person.keeps_a_picture("letterhead")

    person.opens("/customers/new/")
    person.fills(name="Café Zürich", contact="Ana Sörensen", email="ana@zuerich.example", country="DE", language="fr")
    person.presses("Add")
    person.page.locator(".head details.dots summary").click()
    person.follows("New invoice")
    person.page.locator("[name=lines-0-description]").fill("Tresen aus Eiche")
    person.page.locator("[name=lines-0-unit_price]").fill("1.100,00")
    person.page.locator("[name=lines-0-tax_rate]").fill("19")
    person.keeps_a_picture("new-invoice")
    person.presses("Look at it")
    person.keeps_a_picture("looked-at")
    person.sees("1.309,00")
    person.presses("Issue it")
    person.sees("2026-0001 is issued")
    person.keeps_a_picture("issued")
    with person.page.expect_download() as download:
        person.page.get_by_role("link", name="E-invoice (UBL)").click()
    assert b"<cbc:ID>2026-0001</cbc:ID>" in Path(download.value.path()).read_bytes()

    server.run()
    person.opens("/")
    person.presses("Approve 1 message")
    (sent,) = server.run()["reminders"]
    assert (sent["stage"], sent["state"], sent["to"]) == ("request", "sent", "ana@zuerich.example")
    person.opens("/mailbox/")
    person.page.locator("a.row", has_text="ana@zuerich.example").click()
    person.sees("2026-0001.pdf")
    person.keeps_a_picture("message")

    person.opens("/invoices/")
    person.follows("Café Zürich")
    person.page.get_by_text("More that can be done").click()
    person.page.locator("#act-credit-note summary").click()
    person.page.locator("#act-credit-note [name=credit-note-amount]").fill("119,00")
    person.keeps_a_picture("credit-note")
    person.page.locator("#act-credit-note").get_by_role("button").click()
    person.sees("C-2026-0001.pdf")
    person.keeps_a_picture("credited")
    person.follows("Café Zürich")
    with person.page.expect_download() as download:
        person.page.get_by_role("link", name="PDF", exact=True).click()
    statement = Path(download.value.path()).read_bytes()
    assert statement.startswith(b"%PDF")
    (pictures / "statement.pdf").write_bytes(statement)
    assert person.complaints == []
    context.close()
