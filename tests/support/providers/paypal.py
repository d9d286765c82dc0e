# SPDX-License-Identifier: AGPL-3.0-or-later
"""A stand-in for PayPal: orders, captures, refunds, disputes, transaction search, notices signed with a certificate of ours."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from purring.core.errors import Refused
from purring.plugins.payment.paypal import PayPal
from purring.plugins.payment.paypal.signature import SIGNER, Certificates
from tests.support.providers.shop import Back, Reply, Request, Sale, Shop, iso, reply
from tests.support.providers.wire import Wire

CLIENT_ID, SECRET, TOKEN, WEBHOOK_ID, MERCHANT = "client", "secret", "A21AA-token", "4JH86294D6297924G", "GQPRNN2APYDRS"
CERT_URL = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-standin"
WHOLE = {"HUF", "JPY", "TWD"}


@cache
def signer() -> tuple[rsa.RSAPrivateKey, bytes, bytes]:
    """A private key, its certificate with an authority between (PEM), and the root (PEM)."""
    root_key, between_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(3))
    root = certificate("Root", root_key, "Root", root_key, authority=True)
    between = certificate("Between", between_key, "Root", root_key, authority=True)
    leaf = certificate(SIGNER, key, "Between", between_key)
    pem = [one.public_bytes(Encoding.PEM) for one in (leaf, between, root)]
    return key, pem[0] + pem[1], pem[2]


def certificate(
    name: str,
    key: rsa.RSAPrivateKey,
    issuer: str,
    by: rsa.RSAPrivateKey,
    *,
    authority: bool = False,
    until: datetime = datetime(2040, 1, 1, tzinfo=UTC),
) -> x509.Certificate:
    def called(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    use = x509.KeyUsage(not authority, False, False, False, False, authority, authority, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(use, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if not authority:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return made.sign(by, SHA256())


class Held(Certificates):
    """Certificates that are here already; `asked` counts how often one was fetched."""

    def __init__(self, roots: bytes, pem: bytes) -> None:
        super().__init__(roots)
        self.pem, self.asked = pem, 0

    def load(self, host: str, path: str) -> bytes:
        self.asked += 1
        if path not in CERT_URL:
            raise Refused("bad_signature", "PayPal does not know its certificate")
        return self.pem


class PayPalShop(Shop):
    name, base_url = "paypal", "https://api-m.sandbox.paypal.com"
    may_see_disputes = True

    def connect(self, **changed: str) -> PayPal:
        settings = {"client_id": CLIENT_ID, "secret": SECRET, "webhook_id": WEBHOOK_ID, "sandbox": "yes", **changed}
        _, pem, root = signer()
        return PayPal(settings, client=Wire(self), certificates=Held(root, pem), clock=self.clock)

    def sale(self, ref: str) -> Sale:
        return self.sales[ref]

    def new_money(self, sale: Sale) -> str:
        return self.fresh("CAP")

    def approves(self, ref: str) -> None:
        """The payer agrees on PayPal's page; nothing is taken yet."""
        sale = self.sale(ref)
        sale.stage = "agreed"
        self.tell("agreed", sale)

    def sign(self, body: bytes, at: datetime) -> Mapping[str, str]:
        name, stamp = self.fresh("tr-"), iso(at)
        text = f"{name}|{stamp}|{WEBHOOK_ID}|{zlib.crc32(body)}".encode()
        return {
            "paypal-transmission-id": name,
            "paypal-transmission-time": stamp,
            "paypal-transmission-sig": base64.b64encode(signer()[0].sign(text, padding.PKCS1v15(), SHA256())).decode(),
            "paypal-auth-algo": "SHA256withRSA",
            "paypal-cert-url": CERT_URL,
        }

    def idempotency_key(self, request: Request) -> str:
        return request.headers.get("paypal-request-id", "")

    def key_reused(self) -> Reply:
        return problem(422, "DUPLICATE_REQUEST_ID", "The value of PayPal-Request-Id header has already been used")

    def route(self, request: Request) -> Reply:
        if request.path == "/v1/oauth2/token":
            basic = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
            if request.headers.get("authorization") != f"Basic {basic}":
                return reply(401, {"error": "invalid_client", "error_description": "Client Authentication failed"})
            return reply(200, {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 32400})
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return reply(401, {"error": "invalid_token", "error_description": "Token signature verification failed"})
        match [request.method, *request.path.strip("/").split("/")[1:]]:
            case ["POST", "checkout", "orders"]:
                return self._open(request.json())
            case ["GET", "checkout", "orders", name] if name in self.sales:
                return reply(200, self._order(self.sales[name]))
            case ["POST", "checkout", "orders", name, "capture"] if name in self.sales:
                return self._capture_now(self.sales[name])
            case ["GET", "payments", "captures", name] if sale := self._by_money(name):
                return reply(200, self._captured(sale, name))
            case ["POST", "payments", "captures", name, "refund"] if sale := self._by_money(name):
                return self._refund(sale, request.json())
            case ["GET", "payments", "refunds", name] if found := self._by_back(name):
                return reply(200, self._refunded(*found))
            case ["GET", "customer", "disputes"]:
                return self._disputes(request)
            case ["GET", "customer", "disputes", name] if found := self._by_back(name):
                return reply(200, self._disputed(*found))
            case ["GET", "reporting", "transactions"]:
                return self._search(request)
        return reply(404, {"name": "RESOURCE_NOT_FOUND", "message": "The specified resource does not exist."})

    def _open(self, body: dict[str, Any]) -> Reply:
        unit = body["purchase_units"][0]
        currency, value = unit["amount"]["currency_code"], unit["amount"]["value"]
        if len(value.partition(".")[2]) > (0 if currency in WHOLE else 2):
            return problem(
                422, "DECIMAL_PRECISION", "The value of the field should not be more than two decimal places."
            )
        context = body["payment_source"]["paypal"]["experience_context"]
        name = self.fresh("ORD")
        self.sales[name] = Sale(
            name,
            int(value.replace(".", "")),
            currency,
            unit["custom_id"],
            unit["description"],
            context["return_url"],
            context["cancel_url"],
            self.clock(),
        )
        return reply(200, self._order(self.sales[name]))

    def _capture_now(self, sale: Sale) -> Reply:
        if sale.stage in {"paid", "pending"}:
            return problem(422, "ORDER_ALREADY_CAPTURED", "Order already captured.")
        if sale.stage != "agreed":
            return problem(422, "ORDER_NOT_APPROVED", "Payer has not yet approved the Order for payment.")
        if sale.method == "refused":
            sale.method = "card"
            return problem(422, "INSTRUMENT_DECLINED", "The instrument presented was declined.")
        sale.stage, sale.money, sale.moved_at = "paid", self.new_money(sale), self.clock()
        self.tell("paid", sale)
        return reply(201, self._order(sale))

    def _refund(self, sale: Sale, body: dict[str, Any]) -> Reply:
        units = int(body["amount"]["value"].replace(".", ""))
        if units > sale.units - sale.gone():
            return problem(
                422, "REFUND_AMOUNT_EXCEEDED", "The refund amount must be less than or equal to the capture."
            )
        back = self.give_back(sale, units, "done")
        self.tell("refunded", sale, back)
        return reply(201, self._refunded(sale, back))

    def _disputes(self, request: Request) -> Reply:
        if not self.may_see_disputes:
            return reply(403, {"name": "NOT_AUTHORIZED", "message": "Insufficient permissions."})
        wanted, since = request.of("disputed_transaction_id"), request.of("update_time_after")
        rows = [
            self._disputed(sale, one)
            for sale in self.sales.values()
            for one in sale.backs
            if one.disputed and wanted in {"", sale.money} and iso(one.at) >= since
        ]
        keep = ("dispute_id", "create_time", "update_time", "reason", "status", "dispute_amount")
        return reply(200, {"items": [{name: one[name] for name in keep} for one in rows]})

    def _search(self, request: Request) -> Reply:
        since, until = (datetime.fromisoformat(request.of(name)) for name in ("start_date", "end_date"))
        if until - since > timedelta(days=31):
            return problem(400, "INVALID_REQUEST", "Date range is greater than 31 days")
        rows = []
        for sale in self.sales.values():
            if sale.moved_at and since <= sale.moved_at <= until and sale.money:
                rows.append({"transaction_id": sale.money, "transaction_event_code": "T0006"})
            rows += [
                {
                    "transaction_id": one.name,
                    "transaction_event_code": "T1107",
                    "paypal_reference_id": sale.money,
                    "paypal_reference_id_type": "TXN",
                }
                for one in sale.backs
                if since <= one.at <= until
            ]
        details = [{"transaction_info": one} for one in rows]
        size, page = int(request.of("page_size")), int(request.of("page"))
        pages = max(1, -(-len(details) // size))
        return reply(
            200, {"transaction_details": details[(page - 1) * size :][:size], "page": page, "total_pages": pages}
        )

    def _by_money(self, name: str) -> Sale | None:
        return next((one for one in self.sales.values() if name in {one.money, *one.declined}), None)

    def _by_back(self, name: str) -> tuple[Sale, Back] | None:
        return next(((sale, one) for sale in self.sales.values() for one in sale.backs if one.name == name), None)

    # -- its objects

    def _money(self, units: int, currency: str) -> dict[str, str]:
        value = str(units) if currency in WHOLE else f"{units // 100}.{units % 100:02d}"
        return {"currency_code": currency, "value": value}

    def _order(self, sale: Sale) -> dict[str, Any]:
        status = {
            "open": "PAYER_ACTION_REQUIRED",
            "agreed": "APPROVED",
            "pending": "COMPLETED",
            "paid": "COMPLETED",
            "ended": "VOIDED",
        }
        names = [*sale.declined, *([sale.money] if sale.money and sale.money not in sale.declined else [])]
        payments: dict[str, Any] = {
            "captures": [without(self._captured(sale, one), "supplementary_data") for one in names]
        }
        refunds = [self._refunded(sale, one) for one in sale.backs if not one.disputed]
        if refunds:
            payments["refunds"] = refunds
        unit: dict[str, Any] = {
            "reference_id": "default",
            "amount": self._money(sale.units, sale.currency),
            "payee": {"merchant_id": MERCHANT},
            "description": sale.title,
            "custom_id": sale.key,
        }
        if names:
            unit["payments"] = payments
        return {
            "id": sale.name,
            "intent": "CAPTURE",
            "status": status.get(sale.stage, "COMPLETED"),
            "purchase_units": [unit],
            "create_time": iso(sale.at),
            "links": [
                link("self", f"/v2/checkout/orders/{sale.name}"),
                {
                    "rel": "payer-action",
                    "href": f"https://www.sandbox.paypal.com/checkoutnow?token={sale.name}",
                    "method": "GET",
                },
            ],
        }

    def _captured(self, sale: Sale, name: str) -> dict[str, Any]:
        status = {"paid": "COMPLETED", "pending": "PENDING"}.get(sale.stage, "DECLINED")
        if name != sale.money or name in sale.declined:
            status = "DECLINED"
        elif status == "COMPLETED" and sale.gone():
            status = "REFUNDED" if sale.gone() == sale.units else "PARTIALLY_REFUNDED"
        at = iso(sale.moved_at or sale.at)
        return {
            "id": name,
            "status": status,
            "amount": self._money(sale.units, sale.currency),
            "final_capture": True,
            "custom_id": sale.key,
            "seller_receivable_breakdown": {
                "gross_amount": self._money(sale.units, sale.currency),
                "paypal_fee": self._money(sale.units // 50, sale.currency),
                "net_amount": self._money(sale.units - sale.units // 50, sale.currency),
            },
            "supplementary_data": {"related_ids": {"order_id": sale.name}},
            "links": [link("self", f"/v2/payments/captures/{name}"), link("up", f"/v2/checkout/orders/{sale.name}")],
            "create_time": at,
            "update_time": at,
        }

    def _refunded(self, sale: Sale, back: Back) -> dict[str, Any]:
        states = {"done": "COMPLETED", "pending": "PENDING", "failed": "FAILED"}
        return {
            "id": back.name,
            "amount": self._money(back.units, sale.currency),
            "status": states[back.state],
            "links": [
                link("self", f"/v2/payments/refunds/{back.name}"),
                link("up", f"/v2/payments/captures/{sale.money}"),
            ],
            "create_time": iso(back.at),
            "update_time": iso(back.at),
        }

    def _disputed(self, sale: Sale, back: Back) -> dict[str, Any]:
        found: dict[str, Any] = {
            "dispute_id": back.name,
            "create_time": iso(back.at),
            "update_time": iso(back.at),
            "disputed_transactions": [{"seller_transaction_id": sale.money, "seller": {"merchant_id": MERCHANT}}],
            "reason": "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED",
            "status": "UNDER_REVIEW" if back.state == "open" else "RESOLVED",
            "dispute_amount": self._money(back.units, sale.currency),
        }
        if back.state == "lost":
            amount = self._money(back.units, sale.currency)
            found["dispute_outcome"] = {"outcome_code": "RESOLVED_BUYER_FAVOUR", "amount_refunded": amount}
        elif back.state == "won":
            found["dispute_outcome"] = {"outcome_code": "RESOLVED_SELLER_FAVOUR"}
        return found

    def tell(self, kind: str, sale: Sale, back: Back | None = None) -> None:
        if kind == "ended":
            return  # PayPal sends nothing when an order expires
        kinds = {
            "agreed": "CHECKOUT.ORDER.APPROVED",
            "paid": "PAYMENT.CAPTURE.COMPLETED",
            "pending": "PAYMENT.CAPTURE.PENDING",
            "failed": "PAYMENT.CAPTURE.DENIED",
            "refunded": "PAYMENT.CAPTURE.REFUNDED",
            "disputed": "CUSTOMER.DISPUTE.CREATED",
            "decided": "CUSTOMER.DISPUTE.RESOLVED" if back and back.disputed else "PAYMENT.CAPTURE.REFUNDED",
        }
        if back:
            thing = self._disputed(sale, back) if back.disputed else self._refunded(sale, back)
        elif kind == "agreed":
            thing = self._order(sale)
        else:
            thing = self._captured(sale, sale.declined[-1] if kind == "failed" else sale.money)
        self.send(
            {
                "id": self.fresh("WH-"),
                "event_version": "1.0",
                "create_time": iso(self.clock()),
                "event_type": kinds[kind],
                "resource": thing,
            }
        )


def without(thing: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: each for key, each in thing.items() if key != name}


def link(rel: str, path: str) -> dict[str, str]:
    return {"href": f"https://api.sandbox.paypal.com{path}", "rel": rel, "method": "GET"}


def problem(status: int, issue: str, description: str) -> Reply:
    name = "UNPROCESSABLE_ENTITY" if status == 422 else "INVALID_REQUEST"
    return reply(
        status,
        {"name": name, "message": "It cannot be done.", "details": [{"issue": issue, "description": description}]},
    )
