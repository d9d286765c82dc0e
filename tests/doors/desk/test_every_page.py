# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every page of the desk as it looks, in two languages, light and dark, at a desk and on a phone: half of the eight in a
normal run, all of them in `make endurance`. Nothing keeps anybody out, nothing runs over the edge, and a picture of each is
kept to be looked at. A new route cannot be forgotten: the pages are those of the routes themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from purring.doors.desk.permissions import Permission
from tests.doors.desk.test_permissions import address, desk_routes, ids_of, routes
from tests.support import seeds
from tests.support.axe import settle, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Response

    from tests.doors.desk.cast import House

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LANGUAGES = {"en": "en-GB", "fr": "fr-FR"}
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
SCHEMES = ("light", "dark")
USUAL = {"en": (("desk", "light"), ("phone", "dark")), "fr": (("desk", "dark"), ("phone", "light"))}
"""The looks of a normal run: each page is seen at both widths and in both schemes in two languages, half of the eight."""
ALL = tuple(product(SIZES, SCHEMES))
SIGN_IN = ("account_", "mfa_", "usersessions_")
LACKING = {"desk:import-look", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes"}
"""Shows a file that somebody has just given, or what a second factor brings; here there is none, and the page says so."""
_WIDTHS = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
_AT_THE_END = """(where) => {
    document.body.style.position = where && 'relative';
    for (const one of document.querySelectorAll('body *'))
        if (where ? getComputedStyle(one).position === 'fixed' : one.style.position) one.style.position = where;
}"""
"""What stays at the window's edge stands at the page's in a picture of all of it."""
_OUTSIDE = """(() => [...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right >
    document.documentElement.clientWidth + 1).slice(-3).map(one => one.outerHTML.slice(0, 90)))()"""


@pytest.fixture(scope="module", autouse=True)
def _beside_the_browser() -> Iterator[None]:
    """Its event loop lives in this thread, see `browser`; the pages are served by another."""
    with pytest.MonkeyPatch.context() as here:
        here.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.mark.scales
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page(language: str, house: House, live_server: Any, browser: Browser, artefacts: Path) -> None:
    looks = ALL if seeds.profile() == "endurance" else USUAL[language]
    judged = looks if looks is ALL or language == "en" else ()  # the same page in another language has the same colours
    pictures = {look: artefacts / "every-page" / "-".join((language, *look)) for look in looks}
    for folder in pictures.values():
        folder.mkdir(parents=True, exist_ok=True)
    cookie = signed_in(house)
    mine, nobodys = (browser.new_context(locale=LANGUAGES[language], reduced_motion="reduce") for _ in range(2))
    mine.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page, stranger, wrong, seen = mine.new_page(), nobodys.new_page(), [], 0
    for name, to in pages_of(house).items():
        looked = page
        if (answer := opened(page, live_server.url + to)) is None:
            continue
        if name.startswith(SIGN_IN) and urlsplit(page.url).path == "/":  # it leads away whoever is signed in
            looked = stranger
            if (answer := opened(stranger, live_server.url + to)) is None:
                continue
        if (answer.status == 200) == (name in LACKING):
            wrong.append(f"{name}: {answer.status}")
        looks = looks[::-1]  # a page begins as the one before ended: nothing to lay out anew
        for look in looks:
            show(looked, *look)
            wrong += [f"{name}, {look}: {one}" for one in (violations(looked) if look in judged else ())]
            whole, window = looked.evaluate(_WIDTHS)
            if whole > window:
                wrong.append(f"{name}, {look}: {whole} pixels wide: {looked.evaluate(_OUTSIDE)}")
            file = pictures[look] / f"{name.replace(':', '-')}.jpeg"
            looked.evaluate(_AT_THE_END, "absolute")
            looked.screenshot(path=file, type="jpeg", quality=70, full_page=True)
            looked.evaluate(_AT_THE_END, "")
        seen += 1
    mine.close()
    nobodys.close()
    assert wrong == []
    assert seen > 90


def pages_of(house: House) -> dict[str, str]:
    """Name and address of what can be opened: the desk's routes, and those of signing in."""
    ids = ids_of(house)
    pages = {name: address(name, route, ids) for name, route in desk_routes() if shown(route)}
    for name, _ in routes():
        if name.startswith(SIGN_IN):
            with suppress(NoReverseMatch):  # one of a key's own
                pages[name] = reverse(name)
    return pages


def signed_in(house: House) -> str:
    """The session of somebody who has just given their password and whose address is known, so that nothing asks for either."""
    from allauth.account.models import EmailAddress

    client, owner = house.client(), house.user("owner")
    EmailAddress.objects.create(user=owner, email=owner.email, primary=True, verified=True)
    client.post(reverse("account_reauthenticate"), {"password": "a quiet morning"})
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def show(page: Page, size: str, scheme: Any) -> None:
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme)
    settle(page)


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
