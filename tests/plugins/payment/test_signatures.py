# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signatures of notices, against what the vendors published themselves."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from purring.core.errors import Refused
from purring.plugins.payment.paypal.signature import SIGNER, Certificates, check_signature
from purring.plugins.payment.square import connect as square
from purring.plugins.payment.stripe import connect as stripe
from tests.support.providers.paypal import CERT_URL, WEBHOOK_ID, Held, PayPalShop, certificate, signer
from tests.support.providers.stripe import SECRET, StripeShop

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def vectors(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "api-specs/vectors/webhook_signatures.json").read_text())
    return found


def code_of(caught: pytest.ExceptionInfo[Refused]) -> str:
    return caught.value.code


class TestStripe:
    def test_its_own_vector(self, test_data: Path) -> None:
        """The signature counts; the body is no whole event, and that is all that is wrong with it."""
        told = vectors(test_data)["stripe"]
        provider = stripe({"secret_key": "sk_test_1", "webhook_secret": told["secret"]})
        headers = {"stripe-signature": f"t={told['timestamp']},v1={told['v1']}"}
        moment = datetime.fromtimestamp(told["timestamp"], UTC)
        for off, code in ((0, "bad_notice"), (300, "bad_notice"), (301, "bad_signature"), (-301, "bad_signature")):
            with pytest.raises(Refused) as caught:
                provider.read_notice(headers, told["body"].encode(), moment + timedelta(seconds=off))
            assert code_of(caught) == code

    def test_while_the_secret_changes_there_are_two_and_one_is_enough(self) -> None:
        shop = StripeShop()
        body = b'{"id": "evt_1", "type": "x", "created": 1, "data": {"object": {}}}'
        header = shop.sign(body, NOW)["stripe-signature"]
        both = header.replace(",v1=", f",v1={'0' * 64},v1=")
        assert shop.connect().read_notice({"stripe-signature": both}, body, NOW).id == "evt_1"
        for bad in (header.replace("v1=", "v0="), header + ",t=1", header.partition(",")[2]):
            with pytest.raises(Refused) as caught:
                stripe({"secret_key": "sk_x", "webhook_secret": SECRET}).read_notice(
                    {"stripe-signature": bad}, body, NOW
                )
            assert code_of(caught) == "bad_signature"


def test_square_s_own_vector(test_data: Path) -> None:
    told = vectors(test_data)["square"]
    body, headers = told["body"].encode(), {"x-square-hmacsha256-signature": told["signature"]}
    given = {"access_token": "t", "location_id": "l", "signature_key": told["signature_key"]}
    then = datetime(2022, 7, 13, 20, 31, tzinfo=UTC)
    notice = square({**given, "notice_url": told["notification_url"]}).read_notice(headers, body, then)
    assert (notice.id, notice.ref) == ("ac3ac95b-f97d-458c-a6e6-18981597e05f", "")
    with pytest.raises(Refused) as caught:  # the address is signed too
        square({**given, "notice_url": told["notification_url"] + "/"}).read_notice(headers, body, then)
    assert code_of(caught) == "bad_signature"


class TestPayPal:
    def signed(self, shop: PayPalShop) -> tuple[dict[str, str], bytes]:
        body = '{"id":"WH-1","note":"schön"}'.encode()
        return dict(shop.sign(body, NOW)), body

    def certificates(self, pem: bytes | None = None) -> Held:
        _, own, root = signer()
        return Held(root, pem or own)

    def test_what_is_signed_is_what_paypal_published(self, test_data: Path) -> None:
        told = json.loads((test_data / "api-specs/paypal/webhook_vector_2015.json").read_text())
        checksum = zlib.crc32(told["event_body"].encode())
        text = f"{told['transmission_id']}|{told['timestamp']}|{told['webhook_id']}|{checksum}"
        assert text == told["signed_string"]

    def test_the_certificate_is_fetched_once(self) -> None:
        headers, body = self.signed(PayPalShop())
        held = self.certificates()
        for _ in range(3):
            check_signature(headers, body, WEBHOOK_ID, NOW, held)
        assert held.asked == 1

    @pytest.mark.parametrize(
        "url",
        [
            CERT_URL.replace("https", "http"),
            CERT_URL.replace("api.sandbox.paypal.com", "evil.example"),
            CERT_URL.replace("api.sandbox.paypal.com", "api.paypal.com.evil.example"),
            CERT_URL.replace("api.sandbox.paypal.com", "api.paypal.com@evil.example"),
            CERT_URL.replace("api.sandbox.paypal.com", "api.paypal.com:8443"),
            CERT_URL + "/../../x",
            CERT_URL + "?x=1/",
            "https://api.paypal.com/",
            "file:///etc/passwd",
            "",
        ],
    )
    def test_from_nowhere_else(self, url: str) -> None:
        headers, body = self.signed(PayPalShop())
        held = self.certificates()
        if url.endswith("?x=1/"):  # what follows the path is not sent on
            check_signature({**headers, "paypal-cert-url": url}, body, WEBHOOK_ID, NOW, held)
            return
        with pytest.raises(Refused) as caught:
            check_signature({**headers, "paypal-cert-url": url}, body, WEBHOOK_ID, NOW, held)
        assert code_of(caught) == "bad_signature"
        assert held.asked == 0

    def test_only_a_certificate_that_counts(self) -> None:
        headers, body = self.signed(PayPalShop())
        key = signer()[0]
        stranger = rsa.generate_private_key(65537, 2048)
        authority = certificate("Elsewhere", stranger, "Elsewhere", stranger, authority=True)
        expired = datetime(2025, 1, 1, tzinfo=UTC)
        bad = [
            [certificate(SIGNER, key, "Elsewhere", stranger), authority],
            [certificate("www.paypal.com", key, "Elsewhere", stranger)],
            [certificate(SIGNER, key, "Elsewhere", stranger, until=expired)],
            [certificate(SIGNER, stranger, "Elsewhere", stranger)],
        ]
        for chain in bad:
            held = self.certificates(b"".join(one.public_bytes(Encoding.PEM) for one in chain))
            with pytest.raises(Refused) as caught:
                check_signature(headers, body, WEBHOOK_ID, NOW, held)
            assert code_of(caught) == "bad_signature"
        with pytest.raises(Refused):
            check_signature(headers, body, WEBHOOK_ID, NOW, self.certificates(b"no certificate"))
        with pytest.raises(Refused):
            check_signature(headers, body, "another webhook", NOW, self.certificates())

    def test_the_known_authorities_do_not_vouch_for_ours(self) -> None:
        headers, body = self.signed(PayPalShop())

        class Known(Certificates):
            def load(self, host: str, path: str) -> bytes:
                return signer()[1]

        with pytest.raises(Refused, match="vouches"):
            check_signature(headers, body, WEBHOOK_ID, NOW, Known())
