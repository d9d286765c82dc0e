# SPDX-License-Identifier: AGPL-3.0-or-later
"""Square: payment links on Square's own page, refunds, disputes.

Source: Square's API reference, version `API_VERSION`. The attempt's key is the order's `reference_id`. A started attempt is
named "ORDER:LINK"; `fetch` also takes `payment:ID` (as do its own `changed_since` and notices) and `dispute:ID`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from purring.core.errors import Refused, Trouble
from purring.core.units import inward, known_or_none, outward
from purring.kit.http import Answer, Client
from purring.plugins.payment import Back, Field, Notice, Returned, Started, State, Truth, Wanted

NAME, TITLE = "square", "Square"
FIELDS = (
    Field("access_token", "Access token", secret=True),
    Field("location_id", "Location ID"),
    Field("signature_key", "Signature key of the webhook", secret=True, required=False),
    Field(
        "notice_url", "Address of the webhook", required=False, hint="exactly as entered at Square: it is signed too"
    ),
    Field("sandbox", "Sandbox", required=False, hint="yes, to try it with Square's sandbox"),
    Field("api_url", "Address of a test server", required=False),
)
LIVE_URL, SANDBOX_URL = "https://connect.squareup.com", "https://connect.squareupsandbox.com"
API_VERSION = "2025-10-16"
MOST_PAGES = 5
MOST_KEY = 45
OLDEST_NOTICE = timedelta(days=4)
"""Square repeats a notice for three days. Nothing in its signature is a time, so older ones are not taken."""

_WHOLE = frozenset({"JPY"})
_PAYMENTS = {
    "COMPLETED": State.PAID,
    "APPROVED": State.PENDING,
    "PENDING": State.PENDING,
    "CANCELED": State.FAILED,
    "FAILED": State.FAILED,
}
_RANKS = (State.OPEN, State.FAILED, State.PENDING, State.PAID)


def connect(settings: Mapping[str, str]) -> Square:
    """Refuses `bad_settings` naming the field."""
    for field in ("access_token", "location_id"):
        if not settings.get(field):
            raise Refused("bad_settings", f"Square needs the {field.replace('_', ' ')}", field=field)
    return Square(settings)


def is_live(settings: Mapping[str, str]) -> bool:
    """Unless it is the sandbox, or a test server."""
    return not _in_sandbox(settings) and not settings.get("api_url")


def _in_sandbox(settings: Mapping[str, str]) -> bool:
    return settings.get("sandbox", "").lower() in {"yes", "true", "1"}


class Square:
    """One location of one Square account."""

    name = NAME

    def __init__(self, settings: Mapping[str, str], client: Client | None = None) -> None:
        own = settings.get("api_url", "")
        self._sandbox = _in_sandbox(settings)
        self._client = client or Client(own or (SANDBOX_URL if self._sandbox else LIVE_URL), private=bool(own))
        self._token, self._location = settings["access_token"], settings["location_id"]
        self._signature_key, self._notice_url = settings.get("signature_key", ""), settings.get("notice_url", "")

    def start(self, wanted: Wanted) -> Started:
        item = {
            "name": wanted.description[:512],
            "quantity": "1",
            "base_price_money": {"amount": _outward(wanted.amount, wanted.currency), "currency": wanted.currency},
        }
        body: dict[str, Any] = {
            "idempotency_key": wanted.key,
            "order": {"location_id": self._location, "reference_id": wanted.key, "line_items": [item]},
            "checkout_options": {"redirect_url": wanted.return_url},
            "payment_note": wanted.reference[:500],
        }
        if wanted.email:
            body["pre_populated_data"] = {"buyer_email": wanted.email}
        link = self._ask("POST", "/v2/online-checkout/payment-links", body=body)["payment_link"]
        return Started(f"{link['order_id']}:{link['id']}", link["url"])

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        signed = self._notice_url.encode() + body
        wanted = base64.b64encode(hmac.new(self._signature_key.encode(), signed, hashlib.sha256).digest())
        given = headers.get("x-square-hmacsha256-signature", "").encode()
        if not self._signature_key or not hmac.compare_digest(wanted, given):
            raise Refused("bad_signature", "the notice does not carry Square's signature for this address")
        try:
            event = json.loads(body)
            at = datetime.fromisoformat(event["created_at"])
            kind, data = event["type"], event["data"]
            notice = Notice(event["event_id"], kind, _ref(kind, data), at=at, live=not self._sandbox)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refused("bad_notice", "the notice is signed, but no event of Square") from None
        if not now - OLDEST_NOTICE <= at <= now + timedelta(minutes=5):
            raise Refused("bad_signature", "the notice is too old, or from the future")
        return notice

    def fetch(self, ref: str) -> Truth:
        kind, _, name = ref.partition(":")
        if kind == "dispute":
            asked = self._ask("GET", f"/v2/disputes/{name}")["dispute"]
            return self._of_payment(asked["disputed_payment"]["payment_id"], disputes=[asked])
        if kind == "payment":
            return self._of_payment(name)
        order = self._ask("GET", f"/v2/orders/{kind}")["order"]
        if order.get("tenders"):
            return self._of_order(order, [], ref=ref)
        money = order["total_money"]
        state = State.ENDED if order.get("state") == "CANCELED" else State.OPEN
        return Truth(
            ref=ref,
            state=state,
            amount=_inward(money),
            currency=money["currency"],
            key=order.get("reference_id", ""),
            account=order.get("location_id", ""),
            live=not self._sandbox,
        )

    def refund(self, payment_ref: str, amount: int, currency: str, key: str) -> Returned:
        body = {
            "idempotency_key": key if len(key) <= MOST_KEY else hashlib.sha256(key.encode()).hexdigest()[:MOST_KEY],
            "payment_id": payment_ref,
            "amount_money": {"amount": _outward(amount, currency), "currency": currency},
        }
        return _refunded(self._ask("POST", "/v2/refunds", body=body)["refund"])

    def end(self, ref: str) -> None:
        link = ref.partition(":")[2]
        answer = self._send("DELETE", f"/v2/online-checkout/payment-links/{link}")
        if answer.status not in {200, 404}:
            _refuse(answer)

    def changed_since(self, moment: datetime) -> Iterable[str]:
        since = moment.isoformat(timespec="seconds")
        seen: dict[str, None] = {}
        query = [("location_id", self._location), ("updated_at_begin_time", since), ("sort_field", "UPDATED_AT")]
        for payment in self._pages("/v2/payments", "payments", query):
            seen.setdefault(f"payment:{payment['id']}")
        for refund in self._pages("/v2/refunds", "refunds", query):
            seen.setdefault(f"payment:{refund['payment_id']}")
        for dispute in self._disputes():
            if datetime.fromisoformat(dispute["updated_at"]) >= moment:
                seen.setdefault(f"payment:{dispute['disputed_payment']['payment_id']}")
        return list(seen)

    def _of_payment(self, name: str, *, disputes: Sequence[Mapping[str, Any]] = ()) -> Truth:
        payment = self._ask("GET", f"/v2/payments/{name}")["payment"]
        if not payment.get("order_id"):
            raise Trouble("Square names no order of this payment: it did not begin here", permanent=True)
        order = self._ask("GET", f"/v2/orders/{payment['order_id']}")["order"]
        return self._of_order(order, [payment], disputes=disputes)

    def _of_order(
        self,
        order: Mapping[str, Any],
        payments: list[dict[str, Any]],
        *,
        ref: str = "",
        disputes: Sequence[Mapping[str, Any]] = (),
    ) -> Truth:
        """The truth of the payment that counts: one that was declined says nothing once another came through."""
        known = {one["id"] for one in payments}
        tenders = [one.get("payment_id") or one["id"] for one in order.get("tenders", ())]
        payments += [self._ask("GET", f"/v2/payments/{one}")["payment"] for one in tenders if one not in known]
        payment = max(payments, key=lambda one: _RANKS.index(_PAYMENTS.get(one["status"], State.OPEN)))
        name, money = payment["id"], payment["amount_money"]
        state = _PAYMENTS.get(payment["status"], State.OPEN)
        refunds = [self._ask("GET", f"/v2/refunds/{one}")["refund"] for one in payment.get("refund_ids", ())]
        fees = [one["amount_money"] for one in payment.get("processing_fee", ())]
        back = [_refunded(one) for one in refunds if one["status"] not in {"REJECTED", "FAILED"}]
        if state is State.PAID:
            about = {_name(one): one for one in [*self._disputes(), *disputes]}.values()
            back += [_disputed(one) for one in about if _claims(one, name)]
        return Truth(
            ref=ref or order["id"],
            state=state,
            amount=_inward(money),
            currency=money["currency"],
            key=order.get("reference_id", ""),
            payment_ref=name if state in {State.PAID, State.PENDING} else "",
            paid_at=datetime.fromisoformat(payment["created_at"]) if state is State.PAID else None,
            method=str(payment.get("source_type", "")).lower(),
            fee=known_or_none(lambda: sum(_inward(one) for one in fees)) if fees else None,
            account=payment.get("location_id", ""),
            live=not self._sandbox,
            returned=back,
            why=_declined(payment),
        )

    def _disputes(self) -> Iterator[dict[str, Any]]:
        """Square tells a payment's disputes nowhere with the payment itself. None where the token may not see them."""
        try:
            yield from self._pages("/v2/disputes", "disputes", [("location_id", self._location)])
        except Refused:
            return

    def _pages(self, path: str, name: str, query: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
        cursor = ""
        for _ in range(MOST_PAGES):
            page = self._ask("GET", path, query=[*query, *([("cursor", cursor)] if cursor else [])])
            yield from page.get(name, ())
            if not page.get("cursor") or page["cursor"] == cursor:
                return
            cursor = page["cursor"]

    def _send(self, method: str, path: str, **more: Any) -> Answer:
        headers = {"authorization": f"Bearer {self._token}", "square-version": API_VERSION}
        return self._client.send(method, path, headers=headers, **more)

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        answer = self._send(method, path, **more)
        if answer.status != 200:
            _refuse(answer)
        found = answer.json()
        if not isinstance(found, dict):
            raise Trouble("Square answers something that is no object")
        return found


def _refuse(answer: Answer) -> None:
    try:
        error = answer.json()["errors"][0]
        words = str(error.get("detail") or error.get("code"))[:300]
    except (Trouble, KeyError, TypeError, IndexError):
        words = f"status {answer.status}"
    if answer.status in {401, 403}:
        raise Refused("bad_settings", f"Square does not take this access token: {words}", field="access_token")
    raise Trouble(f"Square: {words}", permanent=answer.status != 409)


def _ref(kind: str, data: Mapping[str, Any]) -> str:
    thing = data.get("object") or {}
    if kind.startswith("payment."):
        return f"payment:{thing['payment']['id']}"
    if kind.startswith("refund."):
        return f"payment:{thing['refund']['payment_id']}"
    if kind.startswith("dispute."):
        return f"dispute:{data['id']}"
    return ""


def _places(currency: str) -> int:
    return 0 if currency in _WHOLE else 2


def _outward(amount: int, currency: str) -> int:
    return outward(amount, currency, _places(currency))


def _inward(money: Mapping[str, Any]) -> int:
    return inward(int(money["amount"]), money["currency"], _places(money["currency"]))


def _refunded(refund: Mapping[str, Any]) -> Returned:
    on = datetime.fromisoformat(refund["created_at"]) if refund.get("created_at") else None
    return Returned(refund["id"], Back.REFUND, _inward(refund["amount_money"]), refund["status"] == "COMPLETED", on)


def _name(dispute: Mapping[str, Any]) -> str:
    return str(dispute.get("id") or dispute["dispute_id"])


def _claims(dispute: Mapping[str, Any], payment: str) -> bool:
    return dispute["disputed_payment"].get("payment_id") == payment and dispute["state"] not in {
        "WON",
        "INQUIRY_CLOSED",
    }


def _disputed(dispute: Mapping[str, Any]) -> Returned:
    on = datetime.fromisoformat(dispute["created_at"]) if dispute.get("created_at") else None
    done = dispute["state"] in {"LOST", "ACCEPTED"}
    return Returned(_name(dispute), Back.CHARGEBACK, _inward(dispute["amount_money"]), done, on)


def _declined(payment: Mapping[str, Any]) -> str:
    errors = (payment.get("card_details") or {}).get("errors") or [{}]
    return str(errors[0].get("detail") or errors[0].get("code") or "")
