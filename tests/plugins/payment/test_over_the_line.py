# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each provider over real sockets, with the payer's page between."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

import pytest

from purring.core.errors import Trouble
from purring.plugins.payment import Completing, State, Wanted
from purring.plugins.payment.registry import connect
from tests.support.providers import paypal, square, stripe
from tests.support.providers.all import SHOPS
from tests.support.providers.server import serve

SETTINGS: Mapping[str, Mapping[str, str]] = {
    "paypal": {"client_id": paypal.CLIENT_ID, "secret": paypal.SECRET, "sandbox": "yes"},
    "square": {"access_token": square.TOKEN, "location_id": square.LOCATION},
    "stripe": {"secret_key": stripe.KEY},
}


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_named: object) -> None:
        return None


def press(url: str, act: str) -> str:
    """Press a button of the payer's page; where it leads."""
    with pytest.raises(HTTPError) as caught:
        build_opener(Stay).open(Request(url, urlencode({"act": act}).encode()))
    assert caught.value.code == 303
    return str(caught.value.headers["location"])


@pytest.mark.parametrize("name", SHOPS)
def test_the_payer_s_way(name: str) -> None:
    shop = SHOPS[name]()
    with serve(shop) as house:
        provider = connect(name, {**SETTINGS[name], "api_url": house.url})
        wanted = Wanted("a" * 32, 50_00, "EUR", "Logo <b>", "1", "https://b.example/back", "https://b.example/no")
        started = provider.start(wanted)
        with urlopen(started.url) as page:
            assert "Logo &lt;b&gt;" in page.read().decode()
        press(started.url, "decline")
        assert press(started.url, "pay") == "https://b.example/back"
        truth = provider.fetch(started.ref)
        if isinstance(provider, Completing):
            assert truth.state is State.AGREED
            truth = provider.complete(started.ref, wanted.key)
        assert (truth.state, truth.amount, truth.key) == (State.PAID, 50_00, wanted.key)
        shop.moods.append("lost")
        with pytest.raises(Trouble):
            provider.fetch(started.ref)
