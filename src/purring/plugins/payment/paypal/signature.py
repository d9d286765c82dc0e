# SPDX-License-Identifier: AGPL-3.0-or-later
"""PayPal's signature of a notice, checked here: RSA with SHA-256 over "id|time|webhook id|CRC-32 of the raw body".

The certificate comes from the address in the notice, which must be one of PayPal's own servers (asked over TLS, so nobody
else can answer), must be made out to PayPal's signer and be in force; authorities in the same file must vouch for it.
"""

from __future__ import annotations

import base64
import binascii
import re
import threading
import warnings
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlsplit

import certifi
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from purring.core.errors import Refused
from purring.kit.http import Client

SIGNER = "messageverificationcerts.paypal.com"
HOSTS = frozenset({"api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"})
PLACE = re.compile(r"/v1/notifications/certs/[\w-]{1,80}")
TOLERANCE_SECONDS = 3 * 86_400
"""A notice is repeated for three days and keeps its first time; its id keeps it from counting twice."""
AHEAD_SECONDS = 300
MOST_KEPT = 20
_BEGIN = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class _Signer:
    key: RSAPublicKey
    since: datetime
    until: datetime


class Certificates:
    """Certificates that signed, fetched once each. `roots`: PEM of the authorities that count (a test brings its own)."""

    def __init__(self, roots: bytes | None = None) -> None:
        self._roots = roots
        self._kept: dict[str, _Signer] = {}
        self._lock = threading.Lock()

    def key(self, url: str, now: datetime) -> RSAPublicKey:
        """The public key of a certificate address. Refuses one that is not PayPal's; `Trouble` when it is not there."""
        signer = self._kept.get(url)
        if signer is None:
            parts = urlsplit(url)
            if parts.scheme != "https" or parts.netloc not in HOSTS or not PLACE.fullmatch(parts.path):
                raise _wrong("its certificate is not PayPal's")
            signer = self._signer(self.load(parts.netloc, parts.path), now)
            with self._lock:
                if len(self._kept) >= MOST_KEPT:
                    self._kept.clear()
                self._kept[url] = signer
        if not signer.since <= now <= signer.until:
            raise _wrong("its certificate is not in force")
        return signer.key

    def _signer(self, pem: bytes, now: datetime) -> _Signer:
        try:
            chain = x509.load_pem_x509_certificates(pem)
        except ValueError:
            raise _wrong("its certificate cannot be read") from None
        first, key = chain[0], chain[0].public_key()
        if not isinstance(key, RSAPublicKey):
            raise _wrong("its certificate has another kind of key")
        if SIGNER not in _names(first):
            raise _wrong("its certificate is made out to somebody else")
        if len(chain) > 1:
            roots = x509.load_pem_x509_certificates(self._roots) if self._roots else _known_roots()
            store = Store(list(roots))
            policy = PolicyBuilder().store(store).time(now.astimezone(UTC).replace(tzinfo=None))
            try:
                policy.build_server_verifier(x509.DNSName(SIGNER)).verify(first, chain[1:])
            except VerificationError:
                raise _wrong("nobody vouches for its certificate") from None
        return _Signer(key, first.not_valid_before_utc, first.not_valid_after_utc)

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


def _names(certificate: x509.Certificate) -> set[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return set(found.value.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        return {str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)}


@cache
def _known_roots() -> Sequence[x509.Certificate]:
    """The authorities that browsers know. One that cannot be read any more is left out, and takes no other with it."""
    found = []
    with open(certifi.where(), "rb") as file:
        parts = file.read().split(_BEGIN)[1:]
    for part in parts:
        with suppress(ValueError), warnings.catch_warnings(action="ignore"):
            found.append(x509.load_pem_x509_certificate(_BEGIN + part))
    return found


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
