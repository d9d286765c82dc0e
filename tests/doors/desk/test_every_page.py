# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every page of the desk as it looks: in two languages, light at a desk and dark on a phone. Nothing keeps anybody out,
nothing runs over the edge, and a picture of each is kept to be looked at. A new route cannot be forgotten: the pages are
those of the routes themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from purring.doors.desk.permissions import Permission
from tests.doors.desk.test_permissions import address, desk_routes, ids_of
from tests.support.axe import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Response

    from tests.doors.desk.cast import House

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS: dict[str, dict[str, Any]] = {
    "en-desk-light": {"locale": "en-GB", "viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "fr-phone-dark": {
        "locale": "fr-FR",
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "color_scheme": "dark",
    },
}
UPLOADED = {"desk:import-look"}
"""Shows a file that somebody has just given; here nobody has, so it is the page that says so."""
_WIDTHS = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
_OUTSIDE = """(() => [...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right >
    document.documentElement.clientWidth + 1).slice(-3).map(one => one.outerHTML.slice(0, 90)))()"""


@pytest.fixture(scope="module", autouse=True)
def _beside_the_browser() -> Iterator[None]:
    """Its event loop lives in this thread, see `browser`; the pages are served by another."""
    with pytest.MonkeyPatch.context() as here:
        here.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.mark.parametrize("look", LOOKS)
def test_every_page(look: str, house: House, live_server: Any, browser: Browser, artefacts: Path) -> None:
    pages = {
        name: address(name, route, ids) for ids in [ids_of(house)] for name, route in desk_routes() if shown(route)
    }
    folder = artefacts / "every-page" / look
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(**LOOKS[look])
    cookie = house.client().cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page, wrong, seen = context.new_page(), [], 0
    for name, to in pages.items():
        if (answer := opened(page, live_server.url + to)) is None:
            continue
        if answer.status != 200 and name not in UPLOADED:
            wrong.append(f"{name}: {answer.status}")
        page.screenshot(path=folder / f"{name.replace(':', '-')}.png", full_page=True)
        wrong += [f"{name}: {one}" for one in violations(page)]
        whole, window = page.evaluate(_WIDTHS)
        if whole > window:
            wrong.append(f"{name}: {whole} pixels wide: {page.evaluate(_OUTSIDE)}")
        seen += 1
    context.close()
    assert wrong == []
    assert seen > 80


def opened(page: Page, address: str) -> Response | None:
    """The page, or None for a file, a part of a page, and the mail itself (mails have tests of their own)."""
    from playwright.sync_api import Error

    try:
        answer = page.goto(address)
    except Error as error:
        if "Download is starting" in error.message:
            return None
        raise
    assert answer is not None
    whole = answer.headers.get("content-type", "").startswith("text/html") and "<html" in answer.text()
    return answer if whole and "sandbox" not in answer.headers.get("content-security-policy", "") else None


def shown(route: Any) -> bool:
    callback = route.callback
    return "GET" in callback.methods and callback.permission is not Permission.PUBLIC
