# SPDX-License-Identifier: AGPL-3.0-or-later
"""Trying a mail server says what is wrong, against real servers; the presets are whole."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from purring.plugins.channel.providers import OTHER, guess, provider, providers
from purring.plugins.channel.smtp.server import MailServer
from purring.plugins.channel.smtp.trying import CODES, Tried, try_server
from tests.support.mail_server import PASSWORD, USER, House, mail_server

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


def of(house: House, tls: str = "starttls", password: str = PASSWORD) -> MailServer:
    return MailServer("127.0.0.1", house.port, USER, password, tls)  # type: ignore[arg-type]


def tried(server: MailServer) -> Tried:
    return try_server(server, USER, patience=2)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_right_password_is_taken_and_nothing_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    with mail_server(tmp_path, monkeypatch, tls) as house:
        assert tried(of(house, tls)) == Tried("ok")
        assert house.signed_in == [USER]
        assert house.mails == []


def test_a_wrong_password_and_a_sender_that_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(tmp_path, monkeypatch) as house:
        answer = tried(of(house, password="guess"))
        assert answer.code == "wrong_password"
        assert "535" in answer.said
        assert "guess" not in answer.said
        house.refuses_sender = True
        assert tried(of(house)).code == "sender"


def test_the_encryption_that_was_chosen_is_the_wrong_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(tmp_path, monkeypatch, "starttls") as house:
        assert tried(of(house, "implicit")).code == "not_encrypted"
    with mail_server(tmp_path, monkeypatch, "none") as house:
        assert tried(of(house, "starttls")).code == "no_starttls"
        assert house.signed_in == [], "no password went over an open line"


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_nobody_vouches_for_or_for_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    with mail_server(tmp_path, monkeypatch, tls, trusted=False) as house:
        assert tried(of(house, tls)).code == "certificate"
        assert house.signed_in == []
    with mail_server(tmp_path, monkeypatch, tls, name="mail.other.example") as house:
        assert tried(of(house, tls)).code == "certificate"


def test_nobody_there_a_name_that_is_none_and_something_else_that_answers() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = MailServer("127.0.0.1", port, USER, PASSWORD, "starttls")
    assert tried(here).code == "closed"
    assert tried(replace(here, host="there is no such host.invalid")).code == "unknown_host"
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        threading.Thread(target=_speak, args=(other, b"HTTP/1.1 200 secret inside\r\n"), daemon=True).start()
        answer = tried(replace(here, port=port))
    assert answer == Tried("not_mail"), "what is not a mail server is not quoted"


def _speak(listening: socket.socket, words: bytes) -> None:
    line, _ = listening.accept()
    with line:
        line.sendall(words)


def test_a_server_that_says_nothing() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        here = MailServer("127.0.0.1", silent.getsockname()[1], USER, PASSWORD, "starttls")
        assert try_server(here, USER, patience=0.3).code == "no_answer"


def test_every_provider_can_be_connected() -> None:
    for key, one in providers().items():
        assert one.key == key
        assert one.service or key == OTHER or (one.host and one.port in (465, 587)), key
        assert one.tls == ("implicit" if one.port == 465 else one.tls), key
        assert one.secrets
    assert provider("xneelo").host_for("ola@kaffe.co.za") == "mail.kaffe.co.za"
    assert provider("gone since").key == OTHER
    found = guess("ingrid@GMAIL.com")
    assert found is not None
    assert found.key == "gmail"
    assert guess("ola@studio.example") is None
    assert len(set(CODES)) == len(CODES)
