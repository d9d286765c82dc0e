# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one client that leaves the house: bounded, never into our own network, never following anybody anywhere."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from purring.core.errors import Refused, Trouble
from purring.kit import http
from purring.kit.http import Client


class Odd(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        match self.path:
            case "/away":
                self._say(302, b"", location="http://169.254.169.254/latest/meta-data/")
            case "/busy":
                self._say(429, b"{}", **{"retry-after": "17"})
            case "/date":
                later = {"retry-after": "Sun, 22 Nov 2026 09:05:00 GMT", "date": "Sun, 22 Nov 2026 09:00:00 GMT"}
                self._say(503, b"", **later)
            case "/large":
                self._say(200, b"x" * 200_000)
            case "/hangup":
                self.close_connection = True
            case _:
                self._say(200, b"{} and more")

    def _say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_it_follows_nobody(odd: str) -> None:
    assert Client(odd, private=True).send("GET", "/away").status == 302


def test_it_tells_how_long_to_wait(odd: str) -> None:
    for path, seconds in (("/busy", 17), ("/date", 300)):
        with pytest.raises(Trouble) as caught:
            Client(odd, private=True).send("GET", path)
        assert caught.value.retry_after_seconds == seconds
        assert not caught.value.permanent


def test_an_answer_may_not_be_larger_than_expected(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_BYTES", 100_000)
    with pytest.raises(Trouble, match="larger") as caught:
        Client(odd, private=True).send("GET", "/large")
    assert caught.value.permanent


def test_an_answer_may_not_take_for_ever(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LONGEST_READ_SECONDS", -1.0)
    with pytest.raises(Trouble, match="too long"):
        Client(odd, private=True).send("GET", "/large")


def test_what_is_no_json_and_who_hangs_up_is_trouble(odd: str) -> None:
    client = Client(odd, private=True)
    with pytest.raises(Trouble, match="no JSON"):
        client.send("GET", "/").json()
    with pytest.raises(Trouble):
        client.send("GET", "/hangup")
    with pytest.raises(Trouble):
        Client("http://127.0.0.1:1", private=True).send("GET", "/")


@pytest.mark.parametrize("url", ["http://api.stripe.com", "ftp://x.example", "https://", "", "javascript:alert(1)"])
def test_only_over_tls(url: str) -> None:
    with pytest.raises(Refused) as caught:
        Client(url)
    assert caught.value.code == "bad_settings"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.9",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "0.0.0.0",
    ],
)
def test_a_name_that_leads_into_our_own_network_leads_nowhere(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One such address among several is enough; nothing is connected to."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    answers = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443)),
        (family, socket.SOCK_STREAM, 6, "", (address, 443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: answers)
    monkeypatch.setattr(socket, "create_connection", lambda *_args, **_named: pytest.fail("it was connected"))
    with pytest.raises(Refused) as caught:
        Client("https://rebind.example").send("GET", "/")
    assert caught.value.code == "private_address"
