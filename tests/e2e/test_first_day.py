# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole first day in a real browser: sign up, import, read, approve, see the message in the mailbox, record a
payment, and the next day there is silence. Once at a desk with htmx, once on a phone without any script."""

from __future__ import annotations

import atexit
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

TUESDAY = "2026-05-05T06:30:00+00:00"
LIST = """\
Invoice number;Customer;Contact person;E-mail;Issued;Due;Amount;Currency;Language
2026-101;Harbour Café;Ann Weaver;ann@harbour.example;01.04.2026;30.04.2026;1250,50;GBP;en
2026-102;Boulangerie Martin;Luc Martin;luc@martin.example;01.04.2026;29.04.2026;480,00;EUR;fr
2026-103;Nordlys Interiør;Ane Lie;ane@nordlys.example;20.04.2026;04.06.2026;9900,00;NOK;nb
2026-104;Nobody;;nobody@nowhere.example;20.04.2026;31.02.2026;10,00;GBP;en
"""
LOOKS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "color_scheme": "dark",
        "is_mobile": True,
        "java_script_enabled": False,
    },
}


class Purring:
    """The server process and its wire."""

    def __init__(self, folder: Path, *words: str) -> None:
        script = Path(__file__).with_name("server.py")
        source = script.parents[2] / "src"
        (folder / "data").mkdir(exist_ok=True)
        shutil.copy(_empty_database(), folder / "data")
        self.process = subprocess.Popen(
            [sys.executable, str(script), str(folder), TUESDAY, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**_environment(), "PYTHONPATH": str(source)},
        )
        self.port = int(self._line().removeprefix("ready: "))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self) -> dict[str, Any]:
        """Today's rounds; what they did."""
        self._say("run")
        found: dict[str, Any] = json.loads(self._line())
        return found

    def round(self, name: str) -> None:
        """One of the rounds of the house, which goes well."""
        self._say(f"round {name}")
        assert json.loads(self._line()) is True

    def sleep(self, days: int) -> None:
        self._say(f"sleep {days}")

    def link(self, name: str) -> str:
        """The path of a link that shows a customer's first invoice."""
        self._say(f"link {name}")
        return str(json.loads(self._line()))

    def sink(self) -> int:
        """The port of the local mail server. What an installation without one says in its terminal comes before."""
        self._say("sink")
        while not (line := self._line(blank=True)).startswith("sink: "):
            pass
        return int(line.removeprefix("sink: "))

    def connect(self, provider: str, settings: dict[str, str]) -> dict[str, Any]:
        """Connects an account at a provider; its id and the token of its notices."""
        self._say(f"connect {provider} {json.dumps(settings)}")
        found: dict[str, Any] = json.loads(self._line())
        return found

    def _say(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def _line(self, *, blank: bool = False) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line.strip() or (blank and line), "the server ended"
        return line.strip()


@cache
def _empty_database() -> Path:
    """A database with its tables, made once for all servers of this run: making one takes seconds."""
    source = Path(__file__).parents[2] / "src"
    folder = tempfile.mkdtemp(prefix="purring-e2e-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--skip-checks", "--verbosity", "0"],
        env={
            **_environment(),
            "PYTHONPATH": str(source),
            "PURRING_DATA": folder,
            "DJANGO_SETTINGS_MODULE": "purring.config.settings",
        },
        check=True,
    )
    return Path(folder, "purring.sqlite3")


def _environment() -> dict[str, str]:
    import os

    return {name: value for name, value in os.environ.items() if not name.startswith("PURRING_")}


@contextmanager
def purring(folder: Path, *words: str) -> Iterator[Purring]:
    server = Purring(folder, *words)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait(20)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Purring]:
    with purring(tmp_path) as started:
        yield started


class Person:
    """Somebody at a browser, who keeps a picture of every page."""

    def __init__(self, page: Page, address: str, pictures: Path) -> None:
        self.page, self.address, self.pictures = page, address, pictures
        self.count = 0
        self.complaints: list[str] = []
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def opens(self, path: str) -> None:
        self.page.goto(self.address + path)

    def fills(self, **fields: str) -> None:
        for name, value in fields.items():
            field = self.page.locator(f"[name={name!r}]").locator("visible=true")
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def presses(self, text: str) -> None:
        self.page.get_by_role("button", name=text).locator("visible=true").first.click()
        self.page.wait_for_load_state("networkidle")

    def follows(self, text: str) -> None:
        self.page.get_by_role("link", name=text).locator("visible=true").first.click()
        self.page.wait_for_load_state("networkidle")

    def sees(self, text: str) -> None:
        self.page.get_by_text(re.compile(re.escape(text))).locator("visible=true").first.wait_for(timeout=10_000)

    def keeps_a_picture(self, name: str) -> None:
        self.count += 1
        self.page.screenshot(path=str(self.pictures / f"{self.count:02d}-{name}.png"), full_page=True)
        wide = self.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} is {wide} px wider than the screen"


@pytest.mark.parametrize("look", LOOKS)
def test_the_first_day(browser: Browser, server: Purring, artefacts: Path, tmp_path: Path, look: str) -> None:
    pictures = artefacts / "first-day" / look
    pictures.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(**LOOKS[look], locale="en-GB")
    person = Person(context.new_page(), server.address, pictures)

    person.opens("/account/sign-up/")
    person.fills(business="Studio Weaver", country="GB", language="en", currency="GBP")
    person.fills(email="eva@weaver.example", password1="a quiet morning")
    person.keeps_a_picture("sign-up")
    person.presses("Begin")
    person.follows("Go to the desk")
    person.sees("begin with your open invoices")
    person.keeps_a_picture("nothing-yet")

    person.opens("/import/")
    path = tmp_path / "invoices.csv"
    path.write_text(LIST)
    person.page.set_input_files("#files", path)
    person.keeps_a_picture("import")
    person.presses("Look at it")
    person.sees("Is this right?")
    person.sees("Line 5")
    person.keeps_a_picture("import-look")
    person.presses("Import 3 rows")
    person.sees("31.02.2026")
    person.keeps_a_picture("import-done")
    person.follows("On to Today")

    person.sees("This is the first day")
    person.sees("Harbour Café")
    person.sees("Boulangerie Martin")
    assert server.run()["reminders"] == [], "nothing leaves before the first yes"
    person.keeps_a_picture("today")
    person.follows("Read it")
    person.page.locator(".letter").first.wait_for()
    person.keeps_a_picture("the-exact-words")
    person.opens("/")
    person.presses("Approve all 2")
    person.sees("2 messages approved")
    sent = server.run()["reminders"]
    assert sorted((row["to"], row["state"]) for row in sent) == [
        ("ann@harbour.example", "sent"),
        ("luc@martin.example", "sent"),
    ]

    person.opens("/mailbox/")
    person.sees("ann@harbour.example")
    person.keeps_a_picture("mailbox")
    person.page.locator("a.row", has_text="ann@harbour.example").click()
    person.sees("2026-101")
    person.page.frame_locator("iframe").get_by_text("2026-101").first.wait_for(state="attached")
    person.keeps_a_picture("message")
    person.page.goto(person.page.url + "html/")
    person.keeps_a_picture("message-html")

    person.opens("/invoices/")
    person.keeps_a_picture("invoices")
    person.follows("Harbour Café")
    person.page.locator("#act-payment summary").click()
    person.keeps_a_picture("invoice")
    person.page.locator("#act-payment").get_by_role("button", name="Record").click()
    person.sees("The payment is recorded")
    person.sees("settled")
    person.keeps_a_picture("paid")
    person.follows("Harbour Café")
    person.sees("Friendly reminder sent to ann@harbour.example")
    person.keeps_a_picture("customer")

    server.sleep(1)
    next_day = server.run()
    assert [row for row in next_day["reminders"] if row["stage"] != "thank_you"] == []
    person.opens("/")
    person.sees("Done for today")
    person.keeps_a_picture("next-day")
    assert person.complaints == []
    context.close()
