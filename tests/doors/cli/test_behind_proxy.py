# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a reverse proxy says of the visitor is believed only when `PURRING_TRUSTED_PROXIES` names it."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any, cast

import pytest

from purring.doors.cli.house import House
from purring.doors.cli.serve import listen

TOLD = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "pay.example"}


class Echo:
    """A house whose pages tell what they were told."""

    def web_application(self) -> Callable[..., Any]:
        def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            start("200 OK", [("Content-Type", "application/json")])
            seen = {name: environ.get(name) for name in ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST")}
            forwarded = [name for name in environ if name.startswith("HTTP_X_FORWARDED")]
            return [json.dumps(seen | {"forwarded": forwarded}).encode()]

        return application


def seen_with(trusted: tuple[str, ...], settings: Any) -> dict[str, Any]:
    settings.TRUSTED_PROXIES = trusted
    server = listen(cast(House, Echo()), 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        request = urllib.request.Request(f"http://127.0.0.1:{server.effective_port}/", headers=TOLD)
        with urllib.request.urlopen(request, timeout=30) as answer:
            seen: dict[str, Any] = json.load(answer)
            return seen
    finally:
        server.trigger.pull_trigger(server.close)  # in the thread that waits on its sockets
        thread.join(10)


@pytest.mark.parametrize("trusted", ["127.0.0.1", "localhost"])
def test_a_trusted_proxy_is_believed(trusted: str, settings: Any) -> None:
    """And only its own word: what stood in the header before it came from the visitor."""
    seen = seen_with((trusted,), settings)
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"], seen["HTTP_HOST"]) == ("198.51.100.7", "https", "pay.example")


@pytest.mark.parametrize("trusted", [(), ("10.0.0.5",)])
def test_nobody_else_is(trusted: tuple[str, ...], settings: Any) -> None:
    seen = seen_with(trusted, settings)
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("127.0.0.1", "http")
    assert seen["HTTP_HOST"].startswith("127.0.0.1:")
    assert seen["forwarded"] == []
