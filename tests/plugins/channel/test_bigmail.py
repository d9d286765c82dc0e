# SPDX-License-Identifier: AGPL-3.0-or-later
"""The big mail services, stood in for by a local HTTP server that answers as ordered."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.utils import parseaddr
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from anymail.backends.postmark import PostmarkPayload

from purring.core.errors import Refused, Trouble
from purring.plugins.channel import Attachment, Outgoing
from purring.plugins.channel.bigmail import BigMail
from tests.plugins.channel.contract import ChannelContract, FarSide, Permission, outgoing, release

TIMEOUT = 0.4


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Service:
    """One mail service.

    `orders`: what to do with the next requests: a status, `cut`, `silence`, `nonsense`, `lost answer` (accept
    and cut); then politely. `accepted` maps idempotency keys to answers, as Resend does.
    """

    name: str
    requests: list[Request] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    accepted: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                request = Request(self.path, dict(self.headers), json.loads(self.rfile.read(length)))
                service.answer(self, request)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.ended = threading.Event()
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def channel(self) -> BigMail:
        url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        secret = {"postmark": "server_token", "resend": "api_key"}[self.name]
        return BigMail(self.name, api_url=url, timeout=TIMEOUT, **{secret: "secret-key"})

    def arrived(self) -> list[str]:
        return list(self.keys)

    def answer(self, handler: BaseHTTPRequestHandler, request: Request) -> None:
        self.requests.append(request)
        order = self.orders.pop(0) if self.orders else ""
        if order.isdigit():
            return self.say(handler, int(order), {"ErrorCode": 1, "Message": "no", "message": "no"})
        if order == "silence":
            self.ended.wait(TIMEOUT * 2)
        if order in ("cut", "silence"):
            handler.close_connection = True
            return None
        if order == "nonsense":
            return self.say(handler, 200, "what?")
        key = request.headers.get("Idempotency-Key")
        if key is None or key not in self.accepted:
            name = next(value for header, value in self.mail_headers(request).items() if header.lower() == "message-id")
            self.keys.append(name.strip("<>").partition("@")[0])
            self.accepted[key or name] = f"id-{len(self.keys)}"
        if order == "lost answer":
            handler.close_connection = True
            return None
        receipt = self.accepted[key or list(self.accepted)[-1]]
        said = {
            "id": receipt,
            "ErrorCode": 0,
            "Message": "OK",
            "MessageID": receipt,
            "To": request_to(request),
        }
        return self.say(handler, 200, said)

    def mail_headers(self, request: Request) -> dict[str, str]:
        if self.name == "postmark":
            return {entry["Name"]: entry["Value"] for entry in request.body["Headers"]}
        headers: dict[str, str] = request.body["headers"]
        return headers

    def say(self, handler: BaseHTTPRequestHandler, status: int, answer: object) -> None:
        content = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def stop(self) -> None:
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()


def request_to(request: Request) -> str:
    to = request.body.get("To") or request.body["to"]
    return to if isinstance(to, str) else to[0]


def serving(name: str) -> Iterator[Service]:
    service = Service(name)
    yield service
    service.stop()


@pytest.fixture
def postmark() -> Iterator[Service]:
    yield from serving("postmark")


@pytest.fixture
def resend() -> Iterator[Service]:
    yield from serving("resend")


class TestContract(ChannelContract):
    @pytest.fixture(params=["postmark", "resend"])
    def far(self, request: pytest.FixtureRequest) -> Iterator[FarSide]:
        yield from serving(request.param)


def test_the_setting_names_the_service_and_its_options() -> None:
    channel = BigMail.from_setting("mailgun?api_key=a%26b&sender_domain=fjord.example")
    assert (channel.service, channel.options) == ("mailgun", {"api_key": "a&b", "sender_domain": "fjord.example"})


@pytest.mark.parametrize(
    "text", ["?api_key=s3cret", "mailgun?s3cret", "mail gun?a=s3cret", "../x?a=s3cret", "x?a b=s3cret"]
)
def test_a_setting_that_cannot_be_read_is_refused_without_its_secret(text: str) -> None:
    with pytest.raises(Refused) as refused:
        BigMail.from_setting(text)
    assert "s3cret" not in refused.value.message


@pytest.mark.parametrize(
    ("order", "state", "about", "whole_session"),
    [
        ("429", "deferred", "server", True),
        ("500", "deferred", "server", True),
        ("503", "deferred", "server", True),
        ("401", "deferred", "server", True),
        ("403", "deferred", "server", True),
        ("400", "failed", "message", False),
        ("413", "failed", "message", False),
        ("502", "unconfirmed", "", False),
        ("504", "unconfirmed", "", False),
        ("409", "unconfirmed", "", False),
        ("cut", "unconfirmed", "", False),
        ("silence", "unconfirmed", "", False),
        ("lost answer", "unconfirmed", "", False),
        ("nonsense", "unconfirmed", "", False),
    ],
)
def test_each_answer_has_its_state(postmark: Service, order: str, state: str, about: str, whole_session: bool) -> None:
    postmark.orders = [order]
    permit = Permission()
    delivery = release(postmark.channel, permit)
    assert (delivery.state, delivery.about, delivery.whole_session) == (state, about, whole_session)
    assert (permit.calls, len(postmark.requests)) == (1, 1)
    assert "secret-key" not in delivery.detail


def with_a_picture() -> Outgoing:
    html = '<p><img class="logo" src="cid:l.1@x.example" width="9" height="9" alt="Büro"></p><p>Liebe Anna</p>'
    picture = Attachment("logo.png", b"\x89PNG....", "image/png", content_id="l.1@x.example")
    return replace(outgoing(), html=html, pictures=(picture,))


def test_what_the_html_shows_goes_along(postmark: Service, resend: Service) -> None:
    for service in (postmark, resend):
        assert release(service.channel, Permission(), with_a_picture()).state == "sent"
    shown, enclosed = postmark.requests[0].body["Attachments"]
    assert (shown["ContentID"], shown["ContentType"]) == ("cid:l.1@x.example", "image/png")
    assert base64.b64decode(shown["Content"]) == b"\x89PNG...."
    assert "ContentID" not in enclosed
    assert [one.get("content_id") for one in resend.requests[0].body["attachments"]] == ["l.1@x.example", None]


def test_a_service_that_carries_no_pictures_gets_the_words(monkeypatch: pytest.MonkeyPatch, postmark: Service) -> None:
    """As Brevo."""

    def none(payload: PostmarkPayload, attachment: Any) -> None:
        if attachment.inline:
            payload.unsupported_feature("inline attachments")

    monkeypatch.setattr(PostmarkPayload, "make_attachment", none)
    permit = Permission()
    assert release(postmark.channel, permit, replace(with_a_picture(), attachments=())).state == "sent"
    assert (permit.calls, postmark.requests[0].body["HtmlBody"]) == (1, "<p></p><p>Liebe Anna</p>")


@pytest.mark.parametrize("order", ["cut", "silence", "lost answer", "nonsense", "502"])
def test_with_an_idempotency_key_an_unclear_answer_is_asked_again(resend: Service, order: str) -> None:
    resend.orders = [order]
    permit = Permission()
    delivery = release(resend.channel, permit)
    assert (delivery.state, permit.calls) == ("sent", 1)
    assert resend.arrived() == ["m1"]
    first, second = resend.requests
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == "m1"
    assert first.body == second.body


def test_it_asks_three_times_then_says_so(resend: Service) -> None:
    resend.orders = ["cut"] * 9
    assert release(resend.channel, Permission()).state == "unconfirmed"
    assert len(resend.requests) == 3


def test_a_second_release_of_the_same_key_has_no_second_effect(resend: Service) -> None:
    assert resend.channel.idempotent
    assert {release(resend.channel, Permission()).receipt for _ in range(2)} == {"id-1"}
    assert resend.arrived() == ["m1"]


def test_no_service_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        channel = BigMail("postmark", api_url=f"http://127.0.0.1:{taken.getsockname()[1]}/", server_token="x")
        delivery = release(channel, Permission())
    assert (delivery.state, delivery.whole_session) == ("deferred", True)


def test_a_refused_recipient(postmark: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    inactive = {
        "ErrorCode": 406,
        "Message": "Found inactive addresses: anna@example.org. Inactive recipients are",
    }

    def answer(handler: BaseHTTPRequestHandler, request: Request) -> None:
        postmark.say(handler, 422, inactive)

    monkeypatch.setattr(postmark, "answer", answer)
    delivery = release(postmark.channel, Permission())
    assert (delivery.state, delivery.about) == ("failed", "recipient")


def test_what_the_service_is_given(postmark: Service) -> None:
    release(postmark.channel, Permission(), replace(outgoing(), headers=(("X-Note", "1"),)))
    (request,) = postmark.requests
    body = request.body
    assert body["Subject"] == "Rechnung 17 über 1.235,56 €"
    assert parseaddr(body["From"]) == ("Perspektive Büro", "billing@perspektive.example")
    assert body["ReplyTo"] == "reply+m1@perspektive.example"
    assert body["TextBody"].startswith("Liebe Anna")
    assert body["HtmlBody"] == "<p>Liebe Anna</p>"
    assert base64.b64decode(body["Attachments"][0]["Content"]) == b"%PDF-1.7 example"
    headers = {entry["Name"]: entry["Value"] for entry in body["Headers"]}
    assert headers["In-Reply-To"] == headers["References"] == "<m0@perspektive.example>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Note"] == "1"


@pytest.mark.parametrize("name", ["nosuchservice", "console", "postmark"])
def test_a_service_that_is_not_set_up_is_told_at_once(name: str) -> None:
    with pytest.raises(Trouble, match=name) as trouble:
        BigMail(name).open()
    assert trouble.value.permanent
