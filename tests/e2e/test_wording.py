# SPDX-License-Identifier: AGPL-3.0-or-later
"""Saying it in one's own words, in a real browser: a mistake, a remark of the tone guard, the preview in two languages, the
message that leaves, and back. Once at a desk with JavaScript, once on a phone without."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from tests.e2e.studio import begins, brings, phone
from tests.e2e.test_first_day import LOOKS, Person, Purring, purring
from tests.support import axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

FRIENDLY = "/settings/wording/text/?language={}&text=friendly.email"
SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
FIELD = "textarea[data-heading='message 1']"
WRONG = "We cannot see {{ amuont }} yet."
HURTING = "You are an idiot."
INVOICES = [
    "26-1;Harbour Café;ann@harbour.example;01.04.2026;30.04.2026;1250,00;EUR;en",
    "26-2;Nordlys Interiør;ane@nordlys.example;01.04.2026;30.04.2026;900,00;EUR;nb",
]


class Writer(Person):
    """Somebody who changes what customers read."""

    script = True

    @property
    def text(self) -> str:
        return self.page.locator(FIELD).input_value()

    def writes(self, text: str) -> None:
        """Types it, and has it looked at: by itself, or by the button where there is no script."""
        self.page.locator(FIELD).fill(text)
        if not self.script:
            self.presses("Preview")
        else:
            self.page.wait_for_timeout(600)
            self.page.wait_for_load_state("networkidle")

    def finds_it_open_to_all(self, name: str) -> None:
        """A picture, and nothing that keeps people out, in the light and in the dark."""
        self.keeps_a_picture(name)
        if not self.script:
            return
        for width, scheme in product((390, 1280), SCHEMES):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert axe.violations(self.page) == [], (name, width, scheme)


@pytest.mark.parametrize("look", ["desk", "phone"])
def test_in_ones_own_words(browser: Browser, artefacts: Path, tmp_path: Path, look: str) -> None:
    pictures = artefacts / "wording" / look
    pictures.mkdir(parents=True, exist_ok=True)
    with purring(tmp_path) as server:
        context = (
            phone(browser, script=False) if look == "phone" else browser.new_context(**LOOKS["desk"], locale="en-GB")
        )
        writer = Writer(context.new_page(), server.address, pictures)
        writer.script = look == "desk"
        begins(writer)
        brings(writer, tmp_path, INVOICES)
        tell(writer, server)
        refusals = [line for line in writer.complaints if "422" not in line]  # a refusal, which the browser notes too
        assert refusals == []
        context.close()


def tell(writer: Writer, server: Purring) -> None:
    writer.opens("/settings/wording/")
    writer.sees("All texts are built in.")
    writer.finds_it_open_to_all("all-texts")
    writer.opens(FRIENDLY.format("nb"))
    writer.sees("Vi kan ikke se at")
    writer.opens(FRIENDLY.format("en"))
    built_in = writer.text

    writer.writes(built_in.replace("We cannot see", f"{WRONG} We cannot see"))
    writer.sees("Line 3, column ")
    writer.sees("Did you mean “amount”?")
    writer.finds_it_open_to_all("a-mistake")
    writer.presses("Keep these words")
    writer.sees("Nothing is kept yet: there is a mistake in it.")
    assert WRONG in writer.text, "nothing that was typed is lost"

    writer.writes(built_in.replace("Could you have a look?", HURTING))
    writer.sees("This may hurt")
    writer.finds_it_open_to_all("a-remark")
    writer.presses("Take it out")
    assert HURTING not in writer.text

    opening = "This is a little sign from the studio."
    writer.writes(writer.text.replace("We cannot see", f"{opening} We cannot see"))
    writer.sees(opening)
    if writer.script:
        writer.page.locator(FIELD).press("Control+End")
        writer.page.locator(".strip [data-insert='{{ number }}']").click()
        assert writer.text.endswith("{{ closing }}{{ number }}")
        writer.page.locator(FIELD).fill(writer.text.removesuffix("{{ number }}"))
    writer.page.get_by_label("or to a customer of yours").fill("harbour")
    writer.writes(writer.text)
    writer.sees("As Harbour Café would read it today.")
    writer.sees("26-1")
    writer.presses("Keep these words")
    writer.sees("Kept. Messages leave with these words from now on.")
    writer.finds_it_open_to_all("kept")

    writer.opens("/")
    writer.presses("Approve all 2")
    assert sorted(row["state"] for row in server.run()["reminders"]) == ["sent", "sent"]
    writer.opens("/mailbox/")
    writer.page.locator("a.row", has_text="ann@harbour.example").click()
    writer.sees(opening)

    writer.opens(FRIENDLY.format("en"))
    writer.page.locator("summary", has_text="Compare with the built-in text").click()
    writer.sees(opening)
    writer.finds_it_open_to_all("compared")
    writer.presses("Take the built-in text again")
    writer.sees("Taken back.")
    assert writer.text == built_in
    writer.opens("/settings/wording/voice/")
    writer.finds_it_open_to_all("tone-and-signature")
