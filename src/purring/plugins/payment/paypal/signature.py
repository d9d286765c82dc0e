# SPDX-License-Identifier: AGPL-3.0-or-later
"""PayPal's signature of a notice, checked here: RSA with SHA-256 over "id|time|webhook id|CRC-32 of the raw body".

The certificate comes from the address in the notice, which must be PayPal's, and must be vouched for by a known authority.
"""

from __future__ import annotations

import base64
import binascii
import re
import threading
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

import certifi
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from purring.core.errors import Refused
from purring.kit.http import Client

SIGNER = "messageverificationcerts.paypal.com"
PLACE = re.compile(r"/v1/notifications/certs/[\w-]{1,80}")
TOLERANCE_SECONDS = 3 * 86_400
"""A notice is repeated for three days and keeps its first time; its id keeps it from counting twice."""
AHEAD_SECONDS = 300
MOST_KEPT = 20


class Certificates:
    """Certificates that signed, fetched once each. `roots`: PEM of the authorities that count (a test brings its own)."""

    def __init__(self, roots: bytes | None = None) -> None:
        self._roots = roots
        self._kept: dict[str, Sequence[x509.Certificate]] = {}
        self._lock = threading.Lock()

    def key(self, url: str, now: datetime) -> RSAPublicKey:
        """The public key of a certificate address. Refuses one that is not PayPal's; `Trouble` when it is not there."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme != "https" or not host.endswith(".paypal.com") or not PLACE.fullmatch(parts.path):
            raise _wrong("its certificate is not PayPal's")
        chain = self._chain(url, host, parts.path)
        roots = x509.load_pem_x509_certificates(self._roots or _known_roots())
        verifier = PolicyBuilder().store(Store(roots)).time(now.astimezone(UTC).replace(tzinfo=None))
        try:
            verifier.build_server_verifier(x509.DNSName(SIGNER)).verify(chain[0], list(chain[1:]))
        except VerificationError:
            raise _wrong("nobody vouches for its certificate") from None
        key = chain[0].public_key()
        if not isinstance(key, RSAPublicKey):
            raise _wrong("its certificate has another kind of key")
        return key

    def _chain(self, url: str, host: str, path: str) -> Sequence[x509.Certificate]:
        with self._lock:
            if url in self._kept:
                return self._kept[url]
        body = self.load(host, path)
        try:
            chain = x509.load_pem_x509_certificates(body)
        except ValueError:
            raise _wrong("its certificate cannot be read") from None
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[url] = chain
        return chain

    def load(self, host: str, path: str) -> bytes:
        """Fetch a certificate file from PayPal."""
        client = Client(f"https://{host}")
        try:
            answer = client.send("GET", path)
        finally:
            client.close()
        if answer.status != 200:
            raise _wrong("PayPal does not know its certificate")
        return answer.body


def _known_roots() -> bytes:
    with open(certifi.where(), "rb") as file:
        return file.read()


def check_signature(
    headers: Mapping[str, str], body: bytes, webhook_id: str, now: datetime, certificates: Certificates
) -> None:
    """Refuses `bad_signature` unless PayPal signed these very bytes for our webhook, lately."""
    name, stamp = headers.get("paypal-transmission-id", ""), headers.get("paypal-transmission-time", "")
    if not (webhook_id and name and headers.get("paypal-auth-algo", "").upper() == "SHA256WITHRSA"):
        raise _wrong("it is not signed in PayPal's way, or no webhook ID is set")
    try:
        age = (now - datetime.fromisoformat(stamp)).total_seconds()
        signature = base64.b64decode(headers.get("paypal-transmission-sig", ""), validate=True)
    except (ValueError, TypeError, binascii.Error):
        raise _wrong("its time or signature cannot be read") from None
    if not -AHEAD_SECONDS <= age <= TOLERANCE_SECONDS:
        raise _wrong("its time is too far from now")
    signed = f"{name}|{stamp}|{webhook_id}|{zlib.crc32(body)}".encode()
    try:
        certificates.key(headers.get("paypal-cert-url", ""), now).verify(signature, signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        raise _wrong("the signature is of something else") from None


def _wrong(why: str) -> Refused:
    return Refused("bad_signature", f"the notice does not count as PayPal's: {why}")
