# SPDX-License-Identifier: AGPL-3.0-or-later
"""PayPal: orders that the payer approves on PayPal's page and we capture, refunds, disputes.

Source: PayPal's REST specifications (Orders v2, Payments v2, Disputes v1, Transaction Search v1). An approved order is
not paid: `complete` captures it. What is asked of `fetch`: an order's id, `capture:ID`, `refund:ID` or `dispute:ID`.
Whatever was asked, the truth is of the whole order with all refunds and disputes, so that two truths never contradict.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from purring.core.errors import Refused, Trouble
from purring.core.units import decimal_text, from_decimal, known_or_none
from purring.kit.http import Answer, Client
from purring.plugins.payment import Back, Field, Notice, Returned, Started, State, Truth, Wanted
from purring.plugins.payment.paypal.signature import Certificates, check_signature

NAME, TITLE = "paypal", "PayPal"
FIELDS = (
    Field("client_id", "Client ID"),
    Field("secret", "Secret", secret=True),
    Field("merchant_id", "Merchant ID", required=False, hint="payments to any other account are then refused"),
    Field("webhook_id", "ID of the webhook", required=False),
    Field("sandbox", "Sandbox", required=False, hint="yes, to try it with PayPal's sandbox"),
    Field("api_url", "Address of a test server", required=False),
)
LIVE_URL, SANDBOX_URL = "https://api-m.paypal.com", "https://api-m.sandbox.paypal.com"
MOST_PAGES = 5
MOST_DAYS = 31
"""Transaction Search looks back so far in one question."""
LAG = timedelta(hours=4)
"""A transaction shows there up to three hours after it happened."""

# PayPal, "Currency codes": these have no decimals there; all others two.
_WHOLE = frozenset({"HUF", "JPY", "TWD"})
_CAPTURES = {
    "COMPLETED": State.PAID,
    "PARTIALLY_REFUNDED": State.PAID,
    "REFUNDED": State.PAID,
    "PENDING": State.PENDING,
    "DECLINED": State.FAILED,
    "FAILED": State.FAILED,
}
_RANKS = (None, State.FAILED, State.PENDING, State.PAID)
_ORDERS = {"APPROVED": State.AGREED, "VOIDED": State.ENDED}
_OURS = frozenset({"RESOLVED_SELLER_FAVOUR", "RESOLVED_WITH_PAYOUT", "CANCELED_BY_BUYER", "DENIED"})
_LOCALES = {
    "nb": "no-NO",
    "pt-PT": "pt-PT",
    "pt-BR": "pt-BR",
    "af": "en-ZA",
    "en": "en-GB",
    "da": "da-DK",
    "sv": "sv-SE",
}


def connect(settings: Mapping[str, str]) -> PayPal:
    """Refuses `bad_settings` naming the field."""
    for name in ("client_id", "secret"):
        if not settings.get(name):
            raise Refused("bad_settings", f"PayPal needs the {name.replace('_', ' ')}", field=name)
    return PayPal(settings)


def is_live(settings: Mapping[str, str]) -> bool:
    """Unless it is the sandbox, or a test server."""
    return not _in_sandbox(settings) and not settings.get("api_url")


def _in_sandbox(settings: Mapping[str, str]) -> bool:
    return settings.get("sandbox", "").lower() in {"yes", "true", "1"}


@dataclass(slots=True)
class _Session:
    """A token of PayPal's, good for hours: kept for all who ask with the same credentials."""

    token: str = ""
    until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


@lru_cache(64)
def _session(url: str, client_id: str, secret: str) -> _Session:
    return _Session()


_CERTIFICATES = Certificates()


class PayPal:
    """One PayPal account."""

    name = NAME

    def __init__(
        self,
        settings: Mapping[str, str],
        client: Client | None = None,
        certificates: Certificates | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        own = settings.get("api_url", "")
        self._sandbox = _in_sandbox(settings)
        self._client = client or Client(own or (SANDBOX_URL if self._sandbox else LIVE_URL), private=bool(own))
        self._who = (settings["client_id"], settings["secret"])
        self._webhook_id = settings.get("webhook_id", "")
        self._certificates = certificates or _CERTIFICATES
        self._clock = clock
        self._session = _session(self._client.base_url, *self._who)

    def start(self, wanted: Wanted) -> Started:
        context = {
            "return_url": wanted.return_url,
            "cancel_url": wanted.cancel_url,
            "user_action": "PAY_NOW",
            "shipping_preference": "NO_SHIPPING",
        }
        if wanted.language:
            context["locale"] = _LOCALES.get(wanted.language, f"{wanted.language}-{wanted.language.upper()}")
        places = 0 if wanted.currency in _WHOLE else 2
        amount = decimal_text(wanted.amount, wanted.currency, places)
        unit = {
            "custom_id": wanted.key,
            "description": wanted.description[:127],
            "amount": {"currency_code": wanted.currency, "value": amount},
        }
        body: dict[str, Any] = {"intent": "CAPTURE", "purchase_units": [unit]}
        body["payment_source"] = {"paypal": {"experience_context": context}}
        if wanted.email:
            body["payment_source"]["paypal"]["email_address"] = wanted.email
        order = self._ask("POST", "/v2/checkout/orders", body=body, key=wanted.key)
        links = {one.get("rel"): one.get("href") for one in order.get("links", ())}
        url = links.get("payer-action") or links.get("approve")
        if not url:
            raise Trouble("PayPal names no page for the payer")
        return Started(order["id"], url)

    def complete(self, ref: str, key: str) -> Truth:
        order = self._ask("GET", f"/v2/checkout/orders/{ref}")
        if order["status"] != "APPROVED":
            return self._of_order(order)
        tries = len((order["purchase_units"][0].get("payments") or {}).get("captures", ()))  # declined ones
        answer = self._send("POST", f"/v2/checkout/orders/{ref}/capture", body={}, key=f"{key}-capture-{tries}")
        if answer.status == 422 and _issue(answer) == "ORDER_ALREADY_CAPTURED":
            return self.fetch(ref)
        if answer.status == 422 and _issue(answer) in {"INSTRUMENT_DECLINED", "PAYER_ACTION_REQUIRED"}:
            return self._of_order(order, state=State.FAILED, why=_words(answer))
        return self._of_order(_good(answer))

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        check_signature(headers, body, self._webhook_id, now, self._certificates)
        try:
            event = json.loads(body)
            kind, thing = event["event_type"], event["resource"]
            at = datetime.fromisoformat(event["create_time"])
            return Notice(event["id"], kind, _ref(kind, thing), at=at, live=not self._sandbox)
        except (ValueError, KeyError, TypeError):
            raise Refused("bad_notice", "the notice is signed, but no event of PayPal") from None

    def fetch(self, ref: str) -> Truth:
        kind, _, name = ref.rpartition(":")
        if kind == "dispute":
            kind, name = (
                "capture",
                self._ask("GET", f"/v1/customer/disputes/{name}")["disputed_transactions"][0]["seller_transaction_id"],
            )
        if kind == "refund":
            kind, name = "capture", _refunded_capture(self._ask("GET", f"/v2/payments/refunds/{name}"))
        if kind == "capture":
            name = _order_of(self._ask("GET", f"/v2/payments/captures/{name}"))
            if not name:
                raise Trouble("PayPal names nothing that was paid here", permanent=True)
        answer = self._send("GET", f"/v2/checkout/orders/{name}")
        if answer.status == 404:  # an order that nobody approved is forgotten after some days
            return Truth(name, State.ENDED, 0, "")
        return self._of_order(_good(answer))

    def refund(self, payment_ref: str, amount: int, currency: str, key: str) -> Returned:
        places = 0 if currency in _WHOLE else 2
        body = {
            "amount": {"currency_code": currency, "value": decimal_text(amount, currency, places)},
            "custom_id": key,
        }
        return _refunded(self._ask("POST", f"/v2/payments/captures/{payment_ref}/refund", body=body, key=key))

    def end(self, ref: str) -> None:
        """An order cannot be closed at PayPal; one that nobody captures takes no money, and it expires by itself."""

    def changed_since(self, moment: datetime) -> Iterable[str]:
        now = self._clock()
        start = max(moment - LAG, now - timedelta(days=MOST_DAYS))
        query = [
            ("start_date", _stamp(start)),
            ("end_date", _stamp(max(now, start + timedelta(seconds=1)))),
            ("fields", "transaction_info"),
            ("page_size", "100"),
        ]
        seen: dict[str, None] = {}
        for page in range(1, MOST_PAGES + 1):
            found = self._ask("GET", "/v1/reporting/transactions", query=[*query, ("page", str(page))])
            for one in found.get("transaction_details", ()):
                about = one["transaction_info"]
                back = about.get("paypal_reference_id_type") == "TXN"  # a refund or reversal names what it undoes
                name = about.get("paypal_reference_id") if back else about.get("transaction_id")
                if name:
                    seen.setdefault(f"capture:{name}")
            if page >= int(found.get("total_pages", 1)):
                break
        for dispute in self._disputes([("update_time_after", _stamp(start))]):
            seen.setdefault(f"capture:{dispute['disputed_transactions'][0]['seller_transaction_id']}")
        return list(seen)

    def _of_order(self, order: dict[str, Any], *, state: State | None = None, why: str = "") -> Truth:
        unit = order["purchase_units"][0]
        payments = unit.get("payments") or {}
        captures = payments.get("captures") or [{}]
        capture = max(captures, key=lambda one: _RANKS.index(_CAPTURES.get(one.get("status", ""))))
        asked = capture.get("amount") or unit["amount"]
        currency = asked["currency_code"]
        amount = from_decimal(asked["value"], currency)
        found = state or _CAPTURES.get(capture.get("status", ""), State.OPEN)
        if not state and found in {State.OPEN, State.FAILED}:  # declined once, it may be approved again
            found = _ORDERS.get(order["status"], found)
        fee = (capture.get("seller_receivable_breakdown") or {}).get("paypal_fee") or {}
        moved = found in {State.PAID, State.PENDING}
        back = [_refunded(one) for one in payments.get("refunds", ()) if _stands(one)]
        if found is State.PAID:
            back += self._disputed(capture["id"], amount - sum(one.amount for one in back if one.done))
        return Truth(
            ref=order["id"],
            state=found,
            amount=amount,
            currency=currency,
            key=unit.get("custom_id") or capture.get("custom_id") or "",
            payment_ref=capture.get("id", "") if moved else "",
            paid_at=_moment(capture.get("create_time")) if found is State.PAID else None,
            method="paypal",
            fee=known_or_none(lambda: from_decimal(fee["value"], currency))
            if fee.get("currency_code") == currency
            else None,
            account=(unit.get("payee") or {}).get("merchant_id", ""),
            live=not self._sandbox,
            returned=back,
            why=why or (capture.get("status_details") or {}).get("reason", ""),
        )

    def _disputed(self, capture: str, left: int) -> list[Returned]:
        """Claims on a payment. A claim that was settled by a refund stands among the refunds: it does not count twice."""
        back = []
        for dispute in self._disputes([("disputed_transaction_id", capture)]):
            one = _dispute(dispute)
            if one and left > 0:
                back.append(replace(one, amount=min(one.amount, left)))
                left -= back[-1].amount if one.done else 0
        return back

    def _disputes(self, query: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
        """Whole disputes; none where the app has no right to see them."""
        answer = self._send("GET", "/v1/customer/disputes", query=[*query, ("page_size", "50")])
        if answer.status in {403, 404}:
            return
        for one in _good(answer).get("items", ()):
            yield self._ask("GET", f"/v1/customer/disputes/{one['dispute_id']}")

    def _send(self, method: str, path: str, *, key: str = "", **more: Any) -> Answer:
        headers = {"authorization": f"Bearer {self._sign_in()}", "prefer": "return=representation"}
        if key:
            headers["paypal-request-id"] = key
        answer = self._client.send(method, path, headers=headers, **more)
        if answer.status == 401:
            self._session.until = 0.0
            raise Trouble("PayPal has ended our session; it is asked again")
        return answer

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        return _good(self._send(method, path, **more))

    def _sign_in(self) -> str:
        kept = self._session
        with kept.lock:
            if time.monotonic() < kept.until:
                return kept.token
            basic = "Basic " + base64.b64encode(":".join(self._who).encode()).decode()
            form = [("grant_type", "client_credentials")]
            answer = self._client.send("POST", "/v1/oauth2/token", headers={"authorization": basic}, form=form)
            if answer.status in {400, 401, 403}:
                raise Refused("bad_settings", "PayPal does not take this client ID and secret", field="secret")
            found = _good(answer)
            kept.token = found["access_token"]
            kept.until = time.monotonic() + max(0, int(found.get("expires_in", 0)) - 60)
            return kept.token


def _good(answer: Answer) -> dict[str, Any]:
    if answer.status not in {200, 201}:
        if answer.status == 403:
            raise Refused("bad_settings", f"PayPal does not allow this: {_words(answer)}", field="client_id")
        raise Trouble(f"PayPal: {_words(answer)}", permanent=answer.status != 409)
    found = answer.json()
    if not isinstance(found, dict):
        raise Trouble("PayPal answers something that is no object")
    return found


def _problem(answer: Answer) -> dict[str, Any]:
    try:
        found = answer.json()
    except Trouble:
        return {}
    return found if isinstance(found, dict) else {}


def _issue(answer: Answer) -> str:
    details = _problem(answer).get("details") or [{}]
    return str(details[0].get("issue", ""))


def _words(answer: Answer) -> str:
    problem = _problem(answer)
    details = problem.get("details") or [{}]
    said = details[0].get("description") or problem.get("message") or problem.get("error_description")
    return str(said or f"status {answer.status}")[:300]


def _ref(kind: str, thing: Mapping[str, Any]) -> str:
    if kind.startswith("CHECKOUT.ORDER."):
        return str(thing.get("id") or "")
    if kind in {"PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED"}:
        return f"refund:{thing['id']}"
    if kind.startswith("PAYMENT.CAPTURE."):
        return _order_of(thing) or f"capture:{thing['id']}"
    if kind.startswith("CUSTOMER.DISPUTE."):
        return f"dispute:{thing['dispute_id']}"
    return ""


def _stands(refund: Mapping[str, Any]) -> bool:
    return refund.get("status") not in {"FAILED", "CANCELLED"}


def _refunded(refund: Mapping[str, Any]) -> Returned:
    amount = from_decimal(refund["amount"]["value"], refund["amount"]["currency_code"])
    done = refund.get("status", "COMPLETED") == "COMPLETED"
    return Returned(refund["id"], Back.REFUND, amount, done, _moment(refund.get("create_time")))


def _order_of(capture: Mapping[str, Any]) -> str:
    related = (capture.get("supplementary_data") or {}).get("related_ids") or {}
    return str(related.get("order_id") or _up(capture, "/orders/"))


def _refunded_capture(refund: Mapping[str, Any]) -> str:
    found = _up(refund, "/captures/")
    if not found:
        raise Trouble("PayPal does not say which payment was refunded", permanent=True)
    return found


def _up(thing: Mapping[str, Any], kind: str) -> str:
    """The id of what a thing belongs to, from its link."""
    ups = [str(one["href"]) for one in thing.get("links", ()) if one.get("rel") == "up"]
    return next((one.rpartition("/")[2] for one in ups if kind in one), "")


def _dispute(dispute: Mapping[str, Any]) -> Returned | None:
    """None when it was decided for us. A buyer's may be over less than was claimed."""
    outcome = dispute.get("dispute_outcome") or {}
    code = outcome.get("outcome_code", "")
    if code in _OURS:
        return None
    done = code in {"RESOLVED_BUYER_FAVOUR", "ACCEPTED"}
    value = (outcome.get("amount_refunded") if done else None) or dispute["dispute_amount"]
    amount = from_decimal(value["value"], value["currency_code"])
    return Returned(dispute["dispute_id"], Back.CHARGEBACK, amount, done, _moment(dispute.get("create_time")))


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
