# SPDX-License-Identifier: AGPL-3.0-or-later
"""CPU per mail on our side of the wire: writing it and handing it over, beside the standard library's way.

    python -m bench.mail [--messages N]

Both write the same mail (text, HTML, subject and names that are not ASCII) and speak to the same sink over
loopback on one kept connection. Times are process CPU, the best of three runs; the ratio is what travels
from one machine to another, so it is taken within one run.
"""

from __future__ import annotations

import argparse
import random
import smtplib
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.headerregistry import Address as LibraryAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bench.mailsink_fast import sink
from purring.kit.mime import base64_lines
from purring.plugins.channel import Address, Attachment, Outgoing, prepare_mail
from purring.plugins.channel.smtp import MailServer, SmtpChannel

TEXT = 4 * (
    "Liebe Frau Müller,\n\nam 3. November war unsere Rechnung RE-2026-10017 über 1.235,56 € fällig.\n"
    "Vielleicht ist sie untergegangen; sie liegt noch einmal bei. Wenn etwas nicht stimmt,\nantworten Sie.\n"
)
HTML = (
    '<p style="margin:0 0 16px;color:#222">Liebe Frau Müller, am 3. November war unsere Rechnung '
    "RE-2026-10017 über 1.235,56 € fällig. Vielleicht ist sie untergegangen.</p>\n" * 22
)
PDF = random.Random(1).randbytes(60 * 1024)
DATE = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
MESSAGE = Outgoing(
    key="bench",
    sender=Address("Perspektive Studio – Büro", "billing@perspektive.example"),
    to=Address("Jana Müller", "jana@example.org"),
    reply_to=Address("", "reply+5f2c@perspektive.example"),
    subject="Rechnung RE-2026-10017 über 1.235,56 € – eine kleine Erinnerung",
    text=TEXT,
    html=HTML,
    message_id="<5f2c@perspektive.example>",
    in_reply_to="<4e1b@perspektive.example>",
    date=DATE,
    language="de",
)
ATTACHED = (Attachment("RE-2026-10017.pdf", PDF),)
STORED = (Attachment("RE-2026-10017.pdf", encoded=base64_lines(PDF)),)


def library_mail(message: Outgoing) -> bytes:
    """The same mail as the standard library writes it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = LibraryAddress(message.sender.name, addr_spec=message.sender.email)
    mail["To"] = LibraryAddress(message.to.name, addr_spec=message.to.email)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.date)
    mail["Message-ID"] = message.message_id
    if message.reply_to is not None:
        mail["Reply-To"] = message.reply_to.email
    mail["In-Reply-To"] = mail["References"] = message.in_reply_to
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    for attachment in message.attachments:
        mail.add_attachment(attachment.content, maintype="application", subtype="pdf", filename=attachment.filename)
    return mail.as_bytes()


def cpu_per_message(run: Callable[[int], None], messages: int) -> float:
    """CPU seconds of this process per message, the best of three runs."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        run(messages)
        best = min(best, (time.process_time() - start) / messages)
    return best


def ours(port: int, message: Outgoing, *, write: bool) -> Callable[[int], None]:
    def run(messages: int) -> None:
        with SmtpChannel(MailServer("127.0.0.1", port)).open() as session:
            prepared = prepare_mail(message)
            for _ in range(messages):
                delivery = session.release(prepare_mail(message) if write else prepared, lambda: True)
                assert delivery.state == "sent", delivery

    return run


def library(port: int, message: Outgoing, *, write: bool) -> Callable[[int], None]:
    def run(messages: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            # Without this each message would wait 40 ms, in this client as in ours.
            assert client.sock is not None
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw = library_mail(message)
            for _ in range(messages):
                client.sendmail(message.sender.email, [message.to.email], library_mail(message) if write else raw)

    return run


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.mail", description="CPU per mail, client side.")
    parser.add_argument("--messages", type=int, default=1_000)
    messages: int = parser.parse_args(arguments).messages
    with_pdf, with_stored = replace(MESSAGE, attachments=ATTACHED), replace(MESSAGE, attachments=STORED)
    sizes = len(prepare_mail(MESSAGE).raw) / 1000, len(prepare_mail(with_pdf).raw) / 1000
    print(f"mail {sizes[0]:.1f} kB, with PDF {sizes[1]:.1f} kB; CPU µs per mail, {messages} mails")
    print(f"{'':44}{'ours':>9}{'library':>9}{'ratio':>8}")
    with sink() as port:
        for name, our_message, library_message, write in (
            ("hand over, already written", MESSAGE, MESSAGE, False),
            ("hand over, already written, 60 kB PDF", with_pdf, with_pdf, False),
            ("write and hand over", MESSAGE, MESSAGE, True),
            ("write and hand over, 60 kB PDF", with_pdf, with_pdf, True),
            ("write and hand over, stored 60 kB PDF", with_stored, with_pdf, True),
        ):
            we = cpu_per_message(ours(port, our_message, write=write), messages) * 1e6
            they = cpu_per_message(library(port, library_message, write=write), max(messages // 5, 1)) * 1e6
            print(f"{name:44}{we:9.0f}{they:9.0f}{they / we:7.1f}x", flush=True)


if __name__ == "__main__":
    main()
