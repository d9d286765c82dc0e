# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each place where SMTP can fail, over real sockets: the right state, and never one mail too many."""

from __future__ import annotations

import random
import shutil
import socket
import ssl
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, Protocol

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from purring.kit import mailsink
from purring.kit.mime_lint import lint
from purring.plugins.channel import Address, Attachment
from purring.plugins.channel.smtp import MailServer, SmtpBackend, SmtpChannel
from tests.plugins.channel.contract import ChannelContract, FarSide, Permission, outgoing, release
from tests.plugins.channel.rude import Manners, RudeSink
from tests.support import seeds
from tests.support.absent import absent

TIMEOUT = 0.4


class Serve(Protocol):
    def __call__(self, manners: Manners | None = None, **options: Any) -> Server: ...


class Server:
    """A rude sink and the channel that leads to it."""

    def __init__(self, folder: Path, manners: Manners | None = None, **options: Any) -> None:
        self.sink = RudeSink(folder, manners, **options)
        # Short only where silence is waited for: a busy machine may take its time over everything else.
        timeout = TIMEOUT if "silence" in repr(manners) else 10.0
        self.channel = SmtpChannel(MailServer("127.0.0.1", self.sink.port, timeout_seconds=timeout))

    def arrived(self) -> list[str]:
        return [kept.message_id.strip("<>").partition("@")[0] for kept in reversed(self.sink.received())]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def serve(folder: Path) -> Iterator[Serve]:
    servers: list[Server] = []

    def start(manners: Manners | None = None, **options: Any) -> Server:
        servers.append(Server(folder, manners, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.sink.stop()


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "one at a time"])
class TestContract(ChannelContract):
    @pytest.fixture
    def far(self, folder: Path, pipelining: bool) -> Iterator[FarSide]:
        server = Server(folder, Manners(pipelining=pipelining))
        yield server
        server.sink.stop()


# --- every place where it can break ----------------------------------------------------------------------

BEFORE = [
    # what the server does, state, whom it concerns, whole session
    (Manners(greeting="421 4.3.2 busy"), "deferred", "server", True),
    (Manners(greeting="554 5.7.1 go away"), "deferred", "server", True),
    (Manners(greeting="cut"), "deferred", "server", True),
    (Manners(greeting="silence"), "deferred", "server", True),
    (Manners(mail="451 4.3.0 later"), "deferred", "server", False),
    (Manners(mail="421 4.3.0 shutting down"), "deferred", "server", False),
    (Manners(mail="530 5.7.0 sign in first"), "deferred", "server", True),
    (Manners(mail="553 5.7.1 not your address"), "deferred", "sender", False),
    (Manners(mail="552 5.3.4 too big"), "failed", "message", False),
    (Manners(rcpt={"anna@example.org": "550 5.1.1 no such user"}), "failed", "recipient", False),
    (Manners(rcpt={"anna@example.org": "450 4.2.0 grey-listed"}), "deferred", "recipient", False),
    (Manners(rcpt={"anna@example.org": "554 5.7.1 relaying denied"}), "deferred", "sender", False),
    (Manners(rcpt={"anna@example.org": "cut"}), "deferred", "server", False),
    (Manners(data="451 4.3.0 later"), "deferred", "server", False),
    (Manners(data="554 5.6.0 no"), "failed", "message", False),
    (Manners(data="250 what"), "deferred", "server", False),
    (Manners(data="cut"), "deferred", "server", False),
    (Manners(data="silence"), "deferred", "server", False),
]
AFTER = [
    # what the server does, state, whether it kept the message
    (Manners(dot="slow"), "sent", True),
    (Manners(dot="cut"), "unconfirmed", True),
    (Manners(dot="silence"), "unconfirmed", True),
    (Manners(dot="nonsense"), "unconfirmed", True),
    (Manners(dot="354 what"), "unconfirmed", False),
    (Manners(dot="lose"), "unconfirmed", False),
    (Manners(body="cut"), "unconfirmed", False),
    (Manners(body="silence"), "unconfirmed", False),
    (Manners(dot="452 4.3.1 disk full"), "deferred", False),
    (Manners(dot="421 4.3.0 shutting down"), "deferred", False),
    (Manners(dot="554 5.7.1 looks like spam"), "failed", False),
]


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "one at a time"])
@pytest.mark.parametrize(("manners", "state", "about", "whole_session"), BEFORE, ids=lambda value: str(value)[:60])
def test_trouble_before_the_point_of_no_return(
    serve: Serve, manners: Manners, state: str, about: str, whole_session: bool, pipelining: bool
) -> None:
    server = serve(replace(manners, pipelining=pipelining))
    permit = Permission()
    delivery = release(server.channel, permit)
    assert (delivery.state, delivery.about, delivery.whole_session) == (state, about, whole_session)
    assert permit.calls == 0
    assert server.arrived() == []
    assert delivery.detail


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "one at a time"])
@pytest.mark.parametrize(("manners", "state", "kept"), AFTER, ids=lambda value: str(value)[:60])
def test_trouble_after_the_point_of_no_return(
    serve: Serve, manners: Manners, state: str, kept: bool, pipelining: bool
) -> None:
    """Whatever it was, the next message finds a line that is in step, and nothing arrives twice."""
    server = serve(replace(manners, pipelining=pipelining, times=1))
    with server.channel.open() as session:
        permit = Permission()
        assert session.release(server.channel.prepare(outgoing("m1")), permit).state == state
        assert permit.calls == 1
        assert session.release(server.channel.prepare(outgoing("m2")), Permission()).state == "sent"
    assert server.arrived() == (["m1", "m2"] if kept else ["m2"])


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "one at a time"])
@pytest.mark.parametrize(("manners", "state"), [case[:2] for case in BEFORE[4:]], ids=lambda value: str(value)[:60])
def test_the_next_message_finds_a_line_in_step(serve: Serve, manners: Manners, state: str, pipelining: bool) -> None:
    lost = any(
        "cut" in order or "silence" in order or order.startswith(("421", "250"))
        for order in (manners.mail, manners.data, *manners.rcpt.values())
    )
    server = serve(replace(manners, pipelining=pipelining, times=2 if lost else 1))
    with server.channel.open() as session:
        assert session.release(server.channel.prepare(outgoing("m1")), Permission()).state == state
        assert session.release(server.channel.prepare(outgoing("m2", "b@example.org")), Permission()).state == "sent"
    assert server.arrived() == ["m2"]
    assert server.sink.connections == (3 if lost else 1)


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        channel = SmtpChannel(MailServer("127.0.0.1", taken.getsockname()[1], timeout_seconds=TIMEOUT))
        permit = Permission()
        delivery = release(channel, permit)
    assert (delivery.state, delivery.whole_session, permit.calls) == ("deferred", True, 0)
    assert "127.0.0.1" in delivery.detail


def test_a_host_that_does_not_exist() -> None:
    delivery = release(SmtpChannel(MailServer("mail.invalid", 25, timeout_seconds=TIMEOUT)), Permission())
    assert (delivery.state, delivery.whole_session) == ("deferred", True)


def test_a_line_lost_once_is_found_again(serve: Serve) -> None:
    server = serve(Manners(data="cut", times=1))
    permit = Permission()
    assert release(server.channel, permit).state == "sent"
    assert (permit.calls, server.sink.connections, server.arrived()) == (1, 2, ["m1"])


def test_a_line_that_fell_asleep_is_found_again(serve: Serve) -> None:
    server = serve(timeout=0.1)
    with server.channel.open() as session:
        assert session.release(server.channel.prepare(outgoing("m1")), Permission()).state == "sent"
        threading.Event().wait(0.3)
        assert session.release(server.channel.prepare(outgoing("m2")), Permission()).state == "sent"
    assert server.arrived() == ["m1", "m2"]


def test_a_batch_takes_one_connection(serve: Serve) -> None:
    server = serve()
    with server.channel.open() as session:
        for n in range(30):
            assert session.release(server.channel.prepare(outgoing(f"m{n}")), Permission()).state == "sent"
    assert server.sink.connections == 1
    assert server.arrived() == [f"m{n}" for n in range(30)]


def test_two_messages_in_a_row_without_a_reason_of_their_own_stop_the_batch(serve: Serve) -> None:
    server = serve(Manners(data="cut"))
    with server.channel.open() as session:
        first = session.release(server.channel.prepare(outgoing("m1")), Permission())
        second = session.release(server.channel.prepare(outgoing("m2")), Permission())
    assert (first.whole_session, second.whole_session) == (False, True)


def test_bad_addresses_in_a_row_do_not_stop_the_batch(serve: Serve) -> None:
    server = serve(Manners(rcpt={"a@example.org": "550 5.1.1 no", "b@example.org": "550 5.1.1 no"}))
    with server.channel.open() as session:
        for to in ("a@example.org", "b@example.org"):
            delivery = session.release(server.channel.prepare(outgoing(to=to)), Permission())
            assert (delivery.state, delivery.whole_session) == ("failed", False)
        assert session.release(server.channel.prepare(outgoing("m3")), Permission()).state == "sent"
    assert server.sink.commands.count("RSET") == 2


def test_data_taken_for_nobody_ends_with_a_lone_dot(serve: Serve) -> None:
    """RFC 2920: with pipelining a server may say 354 although it refused the recipient."""
    manners = Manners(rcpt={"x@example.org": "550 5.1.1 no such user"}, takes_data_anyway=True)
    server = serve(manners)
    with server.channel.open() as session:
        permit = Permission()
        delivery = session.release(server.channel.prepare(outgoing(to="x@example.org")), permit)
        assert (delivery.state, delivery.about, permit.calls) == ("failed", "recipient", 0)
        assert session.release(server.channel.prepare(outgoing("m2")), Permission()).state == "sent"
    assert server.sink.commands == ["MAIL", "lone dot", "RSET", "MAIL"]
    assert server.arrived() == ["m2"]


def test_a_refusal_counts_even_if_the_server_hangs_up_after_it(serve: Serve) -> None:
    server = serve(Manners(rcpt={"anna@example.org": "550 5.1.1 no"}, data="cut"))
    delivery = release(server.channel, Permission())
    assert (delivery.state, delivery.about) == ("failed", "recipient")


def test_too_large_a_message_is_not_even_tried(serve: Serve) -> None:
    server = serve(data_size_limit=20_000)
    permit = Permission()
    big = replace(outgoing(), attachments=(Attachment("big.pdf", b"x" * 20_000),))
    delivery = release(server.channel, permit, big)
    assert (delivery.state, delivery.about, permit.calls) == ("failed", "message", 0)
    assert "20000" in delivery.detail
    assert server.sink.commands == []


def test_an_address_outside_ascii_needs_a_server_that_takes_it(serve: Serve) -> None:
    modern, old = serve(), serve(enable_SMTPUTF8=False)
    message = outgoing(to="jürgen@example.org")
    assert release(old.channel, Permission(), message).state == "failed"
    assert modern.sink.received() == []
    assert release(modern.channel, Permission(), message).state == "sent"
    assert modern.sink.received()[0].rcpt_to == ("jürgen@example.org",)
    elsewhere = replace(outgoing(), reply_to=Address("", "jürgen@example.org"))
    assert release(old.channel, Permission(), elsewhere).state == "failed"


def test_what_arrives_is_what_was_prepared(serve: Serve, folder: Path) -> None:
    server = serve()
    prepared = server.channel.prepare(replace(outgoing(), return_path="bounce@perspektive.example"))
    with server.channel.open() as session:
        session.release(prepared, Permission())
    (kept,) = server.sink.received()
    raw = mailsink.read(folder, kept.id)
    assert raw == prepared.raw
    assert lint(raw) == []
    assert (kept.mail_from, kept.rcpt_to) == ("bounce@perspektive.example", ("anna@example.org",))
    message = message_from_bytes(raw, policy=default)
    assert message["Subject"] == "Rechnung 17 über 1.235,56 €"
    assert message["References"] == "<m0@perspektive.example>"


ORDERS = {
    "greeting": ["421 busy", "cut"],
    "mail": ["451 later", "550 not your address", "421 bye", "cut"],
    "rcpt": ["550 5.1.1 no", "450 later", "554 5.7.1 denied", "cut"],
    "data": ["451 later", "554 no", "250 what", "cut"],
    "body": ["cut"],
    "dot": ["cut", "lose", "nonsense", "354 what", "452 full", "421 bye", "554 spam"],
}


@pytest.mark.scales
def test_random_trouble_never_loses_or_doubles_a_message(serve: Serve, rng: random.Random) -> None:
    """What is called sent arrived once; what may be tried again never arrived; doubt is called doubt."""
    server = serve()
    manners = server.sink.manners
    states: dict[str, str] = {}
    with server.channel.open() as session:
        for n in range(seeds.count("mail_troubles", normal=600, endurance=50_000)):
            for place in ORDERS:
                setattr(manners, place, {} if place == "rcpt" else "")
            manners.pipelining = rng.random() < 0.5
            manners.times = rng.choice([0, 1, 2, -1])
            for place in rng.sample(list(ORDERS), rng.randint(0, 2)):
                order = rng.choice(ORDERS[place])
                setattr(manners, place, {"anna@example.org": order} if place == "rcpt" else order)
            permit = Permission(answer=rng.random() < 0.9)
            delivery = session.release(server.channel.prepare(outgoing(f"m{n}")), permit)
            states[f"m{n}"] = delivery.state
            assert permit.calls == (1 if delivery.state in ("sent", "unconfirmed") else permit.calls) <= 1
            assert (delivery.state == "withdrawn") == (permit.calls == 1 and not permit.answer)
    arrived = Counter(server.arrived())
    assert set(arrived.values()) == {1}
    for key, state in states.items():
        if state == "sent":
            assert arrived[key] == 1
        elif state != "unconfirmed":
            assert arrived[key] == 0, state
    assert set(states.values()) == {"sent", "unconfirmed", "deferred", "failed", "withdrawn"}


# --- TLS and sign-in ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, crt = folder / "key.pem", folder / "crt.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(key), "-out", str(crt)]
    if shutil.which("openssl") is None:
        absent("openssl", "install the package openssl")
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return crt, key


def signing_in(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"user", b"pass word")
    return AuthResult(success=good, handled=False)


def test_starttls_and_sign_in(serve: Serve, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server = serve(tls_context=context, authenticator=signing_in, auth_required=True)
    safe = MailServer("localhost", server.sink.port, "user", "pass word", "starttls", 5.0)
    # Not trusted: we do not speak to it at all.
    delivery = release(SmtpChannel(safe), Permission())
    assert (delivery.state, delivery.whole_session) == ("deferred", True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    assert release(SmtpChannel(safe), Permission()).state == "sent"
    delivery = release(SmtpChannel(replace(safe, password="wrong")), Permission())
    assert (delivery.state, delivery.whole_session) == ("deferred", True)
    assert "user name and password" in delivery.detail
    assert "wrong" not in delivery.detail
    delivery = release(SmtpChannel(replace(safe, username="", password="")), Permission())
    assert (delivery.state, delivery.about, delivery.whole_session) == ("deferred", "server", True)
    assert server.arrived() == ["m1"]


def test_starttls_is_never_left_out(serve: Serve) -> None:
    server = serve()
    wanted = MailServer("127.0.0.1", server.sink.port, tls="starttls", timeout_seconds=5.0)
    delivery = release(SmtpChannel(wanted), Permission())
    assert (delivery.state, delivery.whole_session) == ("deferred", True)
    assert server.arrived() == []


# --- as an ordinary Django backend -------------------------------------------------------------------------


def test_sends_account_mails_like_any_backend(serve: Serve) -> None:
    from django.core.mail import EmailMessage

    server = serve()
    backend = SmtpBackend(
        host="127.0.0.1",
        port=server.sink.port,
        username="",
        password="",
        use_tls=False,
        use_ssl=False,
        timeout=5,
        ssl_keyfile="",
        ssl_certfile="",
    )
    mails = [
        EmailMessage("Welcome", "Hello", "desk@perspektive.example", ["a@example.org"], connection=backend)
        for _ in range(2)
    ]
    assert backend.send_messages(mails) == 2
    assert [kept.subject for kept in server.sink.received()] == ["Welcome", "Welcome"]
    assert server.sink.connections == 1
