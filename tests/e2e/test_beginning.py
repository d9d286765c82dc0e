# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first five minutes in a real browser: from signing up to the first approved message in a real mailbox, with mistakes
in the file mended on its page. Once at a desk with htmx, once on a phone without any script.

What it takes, counted: 16 things typed or chosen and 10 presses.
  sign up: business, country, e-mail, password; Begin (1)
  bank: number, who signs; Keep and go on (2)
  invoices: the file; Look at it (3); two values mended; Try again (4); Import (5)
  words: a voice; Keep and go on (6)
  mail: the provider (7), address and server (or a password); Try and connect (8); Finish setting up (9). Nothing of this
        where the installation has a mail server
  first day: Approve (10)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.test_first_day import Person, Purring, purring
from tests.support.axe import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

LIST = """\
Invoice number;Customer;Contact person;E-mail;Issued;Due;Amount;Currency;Language;Remark
2026-101;Harbour Café;Ann Weaver;ann@harbour.example;01.04.2026;30.04.2026;1250,50;GBP;en;shelves
2026-102;Boulangerie Martin;Luc Martin;luc@@martin.example;01.04.2026;29.04.2026;480,00;EUR;fr;
2026-103;Nordlys Interiør;Ane Lie;ane@nordlys.example;20.04.2026;04.06.2026;9900,00;NOK;nb;
2026-104;Corner Shop;;hello@corner.example;20.04.2026;31.02.2026;10,00;GBP;en;
"""
LOOKS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 360, "height": 780}, "is_mobile": True, "java_script_enabled": False},
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Purring]:
    with purring(tmp_path, "own-mail") as started:
        yield started


def keeps(person: Person, name: str, script: bool = True) -> None:
    """A picture in both schemes; nothing wider than the screen, and, where the page may run a script to find it, nothing
    that keeps anybody out."""
    person.count += 1
    for scheme in ("dark", "light"):
        # Without motion: colours that still fade would be measured half-way.
        person.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        path = person.pictures / f"{person.count:02d}-{name}-{scheme}.png"
        person.page.screenshot(path=str(path), full_page=True, caret="initial")
        assert not script or violations(person.page) == [], (name, scheme)
    wide = person.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{name} is {wide} px wider than the screen"


def signs_up(person: Person, script: bool = True) -> None:
    person.opens("/account/sign-up/")
    keeps(person, "sign-up", script)
    person.fills(business="Studio Weaver", country="GB", email="eva@weaver.example", password1="a quiet morning")
    person.presses("Begin")


def mends(person: Person, **cells: str) -> None:
    for name, value in cells.items():
        line, at = name.removeprefix("line_").split("_cell_")
        person.page.locator(f"[name='file-0-line-{line}-cell-{at}']").fill(value)
    person.presses("Try again with these values")


@pytest.mark.parametrize("look", LOOKS)
def test_the_first_five_minutes(browser: Browser, server: Purring, artefacts: Path, tmp_path: Path, look: str) -> None:
    pictures = artefacts / "beginning" / look
    pictures.mkdir(parents=True, exist_ok=True)
    script = look == "desk"
    context = browser.new_context(**LOOKS[look], locale="en-GB")
    person = Person(context.new_page(), server.address, pictures)
    page = person.page

    signs_up(person, script)
    person.sees("Where the money goes")
    person.fills(scheme="iban", number="GB33BUKB20201555555556")
    if script:
        person.sees("This cannot be right")
    person.fills(number="GB33BUKB20201555555555", sender_name="Eva Weaver")
    if script:
        person.sees("BARCLAYS")
    keeps(person, "bank", script)
    person.presses("Keep and go on")

    person.sees("What is owed to you")
    keeps(person, "invoices", script)
    path = tmp_path / "invoices.csv"
    path.write_text(LIST)
    page.set_input_files("#files", path)
    person.presses("Look at it")
    person.sees("Import 2 rows")
    person.sees("1 April 2026")
    keeps(person, "file", script)
    mends(person, line_3_cell_3="luc@martin.example", line_5_cell_5="nonsense")
    person.sees("Import 3 rows")
    mends(person, line_5_cell_5="31.03.2026")
    person.sees("2026-03-31 is before")
    mends(person, line_5_cell_5="31.05.2026")
    person.sees("Import 4 rows")
    person.sees("2 values are as you corrected them")
    keeps(person, "file-mended", script)
    person.presses("Import 4 rows")

    person.sees("How you ask")
    person.opens("/begin/invoices/")
    keeps(person, "imported", script)
    person.presses("Take back")
    person.sees("Taken back: 4 invoices")
    page.set_input_files("#files", path)
    person.presses("Look at it")
    mends(person, line_3_cell_3="luc@martin.example", line_5_cell_5="31.05.2026")
    person.presses("Import 4 rows")

    person.sees("How you ask")
    page.locator("label[for=voice-warm]").click()
    if script:
        page.locator("#voice-warm:checked").wait_for()
        page.wait_for_load_state("networkidle")
    else:
        person.presses("Show me this choice")
    person.sees("We hope you are keeping well")
    person.sees("A kind note 3 days before the due date")
    keeps(person, "words", script)
    person.presses("Keep and go on")

    person.sees("Until then nothing leaves")
    keeps(person, "mail", script)
    person.follows("Another mail server")
    person.fills(address="eva@weaver.example", host="127.0.0.1", port=str(server.sink()), tls="none")
    person.presses("Try and connect")
    person.sees("Connected")
    person.follows("Finish setting up")

    person.sees("These are the messages")
    assert server.run()["reminders"] == [], "nothing leaves before the first yes"
    if script:
        page.locator(".letter").first.wait_for()
        person.sees("The next message could leave on")
    keeps(person, "first-day", script)
    person.opens("/customers/")
    person.follows("Finish setting up")
    person.sees("These are the messages")
    if script:
        page.wait_for_load_state("networkidle")
    person.presses("Approve all 2")
    person.sees("All set")
    keeps(person, "all-set", script)
    person.follows("On to Today")
    sent = server.run()["reminders"]
    assert sorted((row["to"], row["state"]) for row in sent) == [
        ("ann@harbour.example", "sent"),
        ("luc@martin.example", "sent"),
    ]
    person.opens("/mailbox/")
    page.locator("a.row", has_text="ann@harbour.example").click()
    person.sees("GB33BUKB20201555555555")
    person.sees("Eva Weaver")

    person.opens("/begin/invoices/")
    page.get_by_role("button", name="Take back").first.click()
    person.sees("has left already, so the import stays")
    for name in ("business", "mail"):
        person.opens(f"/begin/{name}/")
        keeps(person, f"{name}-again", script)
    assert person.complaints == []
    context.close()


def test_a_file_is_dropped_on_the_box(browser: Browser, server: Purring, artefacts: Path) -> None:
    pictures = artefacts / "beginning"
    pictures.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    person = Person(context.new_page(), server.address, pictures)
    signs_up(person)
    person.opens("/import/")
    person.page.evaluate(
        """text => {
            const carried = new DataTransfer();
            carried.items.add(new File([text], "dropped.csv", {type: "text/csv"}));
            const box = document.querySelector("[data-drop]");
            const say = kind => box.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: carried}));
            say("dragenter");
            if (!box.classList.contains("over")) throw new Error("the box does not light up");
            say("dragover");
            say("drop");
        }""",
        LIST,
    )
    person.sees("dropped.csv")
    person.sees("Import 2 rows")
    assert person.complaints == []
    context.close()
