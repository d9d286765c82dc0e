# SPDX-License-Identifier: AGPL-3.0-or-later
"""The outbound client: never into our own network, never after a redirect, bounded, and clear about what went wrong."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from purring.core.errors import Refused, Trouble
from purring.kit.http import Client


class _Other(BaseHTTPRequestHandler):
    """The other side: the path says how it behaves."""

    def do_GET(self) -> None:
        behaviour = self.path.strip("/").partition("?")[0]
        if behaviour == "silent":
            self.server.silence.wait(5)  # type: ignore[attr-defined]
            return
        status, headers, body = {
            "well": (200, {}, b'{"a": 1}'),
            "busy": (429, {"Retry-After": "17"}, b""),
            "busy-until": (503, {"Retry-After": "Wed, 21 Oct 2026 07:30:00 GMT"}, b""),
            "moved": (302, {"Location": "/well"}, b"moved"),
            "large": (200, {}, b"x" * 9_000_000),
            "prose": (200, {}, b"hello"),
        }[behaviour]
        self.send_response_only(status)
        self.send_header("Date", "Wed, 21 Oct 2026 07:28:00 GMT")
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def there() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Other)
    server.silence = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.silence.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


def test_a_plain_question(there: str) -> None:
    answer = Client(there, private=True).send("GET", "/well", query=[("q", "ø&=")])
    assert (answer.status, answer.json()) == (200, {"a": 1})


def test_a_form_is_escaped(there: str) -> None:
    answer = Client(there, private=True).send("POST", "/", form=[("a[b]", "1&c=2"), ("d", "å")])
    assert answer.body == b"a%5Bb%5D=1%26c%3D2&d=%C3%A5"


def test_a_redirect_is_not_followed(there: str) -> None:
    assert Client(there, private=True).send("GET", "/moved").status == 302


@pytest.mark.parametrize(("path", "seconds"), [("/busy", 17), ("/busy-until", 120)])
def test_trouble_tells_how_long_to_wait(path: str, seconds: int, there: str) -> None:
    with pytest.raises(Trouble) as trouble:
        Client(there, private=True).send("GET", path)
    assert (trouble.value.permanent, trouble.value.retry_after_seconds) == (False, seconds)


def test_too_large_or_no_answer_or_no_json_is_trouble(there: str) -> None:
    client = Client(there, private=True, timeout=0.3)
    with pytest.raises(Trouble, match="larger"):
        client.send("GET", "/large")
    with pytest.raises(Trouble):
        client.send("GET", "/silent")
    with pytest.raises(Trouble, match="no JSON"):
        client.send("GET", "/prose").json()


def test_nobody_there_is_trouble() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Trouble, match=r"127\.0\.0\.1"):
            Client(f"http://127.0.0.1:{taken.getsockname()[1]}", private=True).send("GET", "/")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "100.64.0.1", "::1", "fe80::1", "fd00::9", "0.0.0.0"],
)
def test_a_name_that_leads_into_our_own_network_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Refused) as refused:
        Client("https://provider.example").send("GET", "/")
    assert refused.value.code == "private_address"


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Refused):
        Client("https://provider.example").send("GET", "/")


@pytest.mark.parametrize("url", ["http://provider.example", "ftp://x.example", "https://", "provider.example"])
def test_only_https_without_being_told(url: str) -> None:
    with pytest.raises(Refused):
        Client(url)
