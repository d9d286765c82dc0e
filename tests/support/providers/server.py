# SPDX-License-Identifier: AGPL-3.0-or-later
"""A stand-in behind a real server: its API, the page its payers are sent to, and notices that set out over HTTP.

with serve(StripeShop()) as house:
    settings = {"secret_key": KEY, "webhook_secret": SECRET, "api_url": house.url}
    house.deliver_to = "http://127.0.0.1:8000/…"      # where notices go; None: they wait in shop.notices
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from urllib.request import Request as Outgoing
from urllib.request import urlopen

from tests.support.providers.paypal import PayPalShop
from tests.support.providers.shop import NoAnswer, Request, Sent, Shop

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{vendor} (a stand-in)</title><h1>{vendor}</h1><p>A stand-in: no money moves.</p><p>{title}: {units} {currency}</p>
<form method="post">{buttons}</form></html>"""
ACTS = ("pay", "debit", "decline", "cancel")


@dataclass
class House:
    """A shop that is open: where it is, and where its notices go."""

    shop: Shop
    url: str
    deliver_to: str | None = None
    lock: Lock = field(default_factory=Lock)

    def deliver(self, sent: Sent) -> int:
        """One delivery of one notice; the status it was answered with."""
        assert self.deliver_to
        headers = {"content-type": "application/json", **sent.headers}
        with urlopen(Outgoing(self.deliver_to, sent.body, headers), timeout=10) as answer:
            return int(answer.status)

    def deliver_all(self, rng: random.Random | None = None) -> None:
        """Every notice so far; with chance given, one to five times each and in any order."""
        waiting = list(self.shop.notices)
        if rng:
            waiting = [one for one in waiting for _ in range(rng.randint(1, 5))]
            rng.shuffle(waiting)
        for sent in waiting:
            self.deliver(sent)


@contextmanager
def serve(shop: Shop) -> Iterator[House]:
    """Open the shop on a free port of this machine. Addresses of its payer's page lead there too."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    house = House(shop, f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = handler(house)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield house
    finally:
        server.shutdown()
        server.server_close()


def handler(house: House) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        do_POST = do_DELETE = do_GET

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if parts.path.startswith("/pay/"):
                return self._page(parts.path.rpartition("/")[2], body)
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                with house.lock:
                    request = Request(self.command, parts.path, parse_qsl(parts.query), headers, body)
                    reply = house.shop.answer(request)
            except NoAnswer:
                self.close_connection = True
                return None
            text = own_page(reply.body, house)
            return self._say(reply.status, text, dict(reply.headers))

        def _page(self, name: str, body: bytes) -> None:
            sale = house.shop.sales.get(name)
            if sale is None:
                return self._say(404, b"no such page", {})
            if self.command != "POST":
                buttons = "".join(f'<button name="act" value="{act}">{act}</button> ' for act in ACTS)
                texts = {"title": escape(sale.title), "units": sale.units, "currency": sale.currency}
                page = PAGE.format(vendor=house.shop.name.title(), buttons=buttons, **texts)
                return self._say(200, page.encode(), {"content-type": "text/html; charset=utf-8"})
            act = parse_qs(body.decode()).get("act", ["cancel"])[0]
            with house.lock:
                back = payer_acts(house.shop, name, act)
            return self._say(303, b"", {"location": back})

        def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response_only(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


def payer_acts(shop: Shop, name: str, act: str) -> str:
    """What the payer pressed, and where they are sent then."""
    sale = shop.sales[name]
    if act == "cancel":
        return sale.cancel_url
    if act == "decline":
        shop.declines(name)
        return f"/pay/{name}"
    if act == "debit":
        shop.promises(name)
    elif isinstance(shop, PayPalShop):
        shop.approves(name)
    else:
        shop.pays(name)
    return sale.return_url


def own_page(body: bytes, house: House) -> bytes:
    """The vendor's address of the payer's page, led here."""
    try:
        found = json.loads(body)
    except ValueError:
        return body
    if isinstance(found, dict):
        for thing in (found, found.get("payment_link") or {}):
            name = thing.get("order_id") if thing is not found else thing.get("id")
            if thing.get("url") and name:
                thing["url"] = f"{house.url}/pay/{name}"
        for link in found.get("links", ()) if isinstance(found.get("links"), list) else ():
            if link.get("rel") == "payer-action":
                link["href"] = f"{house.url}/pay/{found['id']}"
    return json.dumps(found).encode()
