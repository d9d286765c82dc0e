# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sink keeps what it promised, whatever happens to it or to its clients."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from purring.core.errors import Refused
from purring.kit import mailsink

HEAD = b"From: a@example.org\r\nSubject: =?utf-8?b?YmzDpWLDpnI=?=\r\nMessage-ID: <1@x.example>\r\n"
MAIL = HEAD + b"\r\n.dot\r\nbye\r\n"


def test_keeps_messages_newest_first(tmp_path: Path) -> None:
    with mailsink.start(tmp_path) as sink, smtplib.SMTP("127.0.0.1", sink.port) as client:
        client.sendmail("a@example.org", ["b@example.org"], MAIL)
        client.sendmail("a@example.org", ["c@example.org", "d@example.org"], MAIL.replace(b"bye", b"again"))
        newest, oldest = mailsink.messages(tmp_path)
    assert newest.rcpt_to == ("c@example.org", "d@example.org")
    assert (oldest.subject, oldest.message_id, oldest.mail_from) == (
        "blåbær",
        "<1@x.example>",
        "a@example.org",
    )
    assert mailsink.read(tmp_path, oldest.id) == MAIL
    assert oldest.size == len(MAIL)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".eml", ".eml", ".json", ".json"]


def test_an_unfinished_message_is_not_kept(tmp_path: Path) -> None:
    with mailsink.start(tmp_path) as sink:
        with socket.create_connection(("127.0.0.1", sink.port)) as line:
            line.sendall(b"EHLO x\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\nhalf a mess")
            while b"354" not in line.recv(4096):
                pass
        with smtplib.SMTP("127.0.0.1", sink.port) as client:
            client.noop()
        assert mailsink.messages(tmp_path) == []


def test_too_large_a_message_is_refused(tmp_path: Path) -> None:
    with mailsink.start(tmp_path) as sink, smtplib.SMTP("127.0.0.1", sink.port) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == str(mailsink.SIZE_LIMIT_BYTES)
        assert "pipelining" in client.esmtp_features
        with pytest.raises(smtplib.SMTPSenderRefused):
            client.sendmail("a@x.example", ["b@x.example"], b"x" * (mailsink.SIZE_LIMIT_BYTES + 1))


@pytest.mark.parametrize("id", ["../secret", "", "0" * 19 + "-1-1", "x", "../" + "0" * 19 + "-1-1"])
def test_reads_nothing_but_its_own(tmp_path: Path, id: str) -> None:
    (tmp_path / "secret.eml").write_text("secret")
    (tmp_path / "box").mkdir()
    with pytest.raises(Refused):
        mailsink.read(tmp_path / "box", id)


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with mailsink.start(tmp_path) as sink, pytest.raises(OSError, match="address already in use"):
        mailsink.start(tmp_path, sink.port)
    sink.stop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_as_a_process_it_survives_its_end(tmp_path: Path, number: signal.Signals) -> None:
    source = str(Path(mailsink.__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, "-m", "purring.kit.mailsink", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
    )
    with process:
        assert process.stdout is not None
        port = int(process.stdout.readline().rpartition(":")[2])
        client = smtplib.SMTP("127.0.0.1", port)
        client.sendmail("a@example.org", ["b@example.org"], MAIL)
        process.send_signal(number)
        client.close()
    assert process.returncode == (0 if number == signal.SIGTERM else -number)
    assert [kept.rcpt_to for kept in mailsink.messages(tmp_path)] == [("b@example.org",)]
