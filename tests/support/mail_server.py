# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real mail server on this machine that wants a password and speaks TLS, with a certificate made for the test."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "post@studio.example", "a quiet word"


class House:
    """What the server took, and whom it believed."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], bytes]] = []
        self.signed_in: list[str] = []
        self.connections = 0
        self.password = PASSWORD
        self.refuses_sender = False
        self.port = 0

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, mail_options: list[str]
    ) -> str:  # fmt: skip
        if self.refuses_sender:
            return "550 5.7.1 not your address"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.content)))
        return "250 2.0.0 taken"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        login, password = data.login.decode(), data.password.decode()
        if (login, password) == (USER, self.password):
            self.signed_in.append(login)
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False)


class _Counting(SMTP):
    def connection_made(self, transport: Any) -> None:
        if transport.get_extra_info("sslcontext") is None:  # STARTTLS makes the same connection once more
            self.event_handler.connections += 1
        super().connection_made(transport)


def make_certificate(folder: Path, name: str = "127.0.0.1") -> tuple[Path, Path]:
    """A certificate of its own authority for a name or an address, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    try:
        called: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        called = x509.DNSName(name)
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([called]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private


async def _end(listening: asyncio.Server) -> None:
    listening.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def mail_server(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    tls: str = "starttls",
    *,
    name: str = "127.0.0.1",
    trusted: bool = True,
) -> Iterator[House]:
    """A server that takes mail after signing in. `tls`: `implicit`, `starttls`, or `none` (then it offers no STARTTLS, and
    lets people sign in all the same). `trusted`: this process believes its certificate, for this `name`."""
    certificate, key = make_certificate(folder, name)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    house = House()
    options: dict[str, Any] = {"authenticator": house.authenticate, "auth_required": True, "auth_require_tls": False}
    if tls == "starttls":
        options |= {"tls_context": context, "auth_require_tls": True}
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    async def listen() -> asyncio.Server:
        implicit = context if tls == "implicit" else None
        return await loop.create_server(
            lambda: _Counting(house, hostname="mail.test", loop=loop, **options), "127.0.0.1", 0, ssl=implicit
        )  # fmt: skip

    listening = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    house.port = listening.sockets[0].getsockname()[1]
    try:
        yield house
    finally:
        asyncio.run_coroutine_threadsafe(_end(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
