# SPDX-License-Identifier: AGPL-3.0-or-later
"""A stand-in for Stripe: Checkout sessions, payment intents, charges, refunds, disputes, events, off-session charges."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from purring.plugins.payment.stripe import API_VERSION, Stripe
from tests.support.providers.shop import Back, Reply, Request, Sale, Shop, later, reply
from tests.support.providers.wire import Wire

KEY, SECRET = "sk_test_standin", "whsec_standin"
THREE = {"BHD", "JOD", "KWD", "OMR", "TND"}


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Stripe's form: `a[b][0]=c` as {"a": {"b": {"0": "c"}}}."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = name.replace("]", "").split("[")
        here = found
        for part in path:
            here = here.setdefault(part, {})
        here[last] = value
    return found


def seconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


class StripeShop(Shop):
    name, base_url = "stripe", "https://api.stripe.com"

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.events: list[dict[str, Any]] = []
        self.detached: list[str] = []
        self.needs_payer = False
        """Off-session charges are declined until the payer is there."""

    def connect(self, **changed: str) -> Stripe:
        return Stripe({"secret_key": KEY, "webhook_secret": SECRET, **changed}, client=Wire(self))

    def sale(self, ref: str) -> Sale:
        return self.sales[ref]

    def new_money(self, sale: Sale) -> str:
        """A session has one payment intent, however often the payer tries."""
        return sale.money or next(iter(sale.declined), "") or self.fresh("pi_")

    def sign(self, body: bytes, at: datetime) -> Mapping[str, str]:
        stamp = str(seconds(at))
        mark = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return {"stripe-signature": f"t={stamp},v1={mark}"}

    def idempotency_key(self, request: Request) -> str:
        return request.headers.get("idempotency-key", "")

    def key_reused(self) -> Reply:
        return problem(
            400, "Keys for idempotent requests can only be used with the same parameters", "idempotency_error"
        )

    def route(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return problem(401, "Invalid API Key provided")
        match [request.method, *request.path.strip("/").split("/")[1:]]:
            case ["POST", "checkout", "sessions"]:
                return self._open(nested(request.form()))
            case ["GET", "checkout", "sessions", name] if name in self.sales:
                return reply(200, self._session(self.sales[name], expand=True))
            case ["POST", "checkout", "sessions", name, "expire"] if name in self.sales:
                sale = self.sales[name]
                if sale.stage != "open":
                    return problem(
                        400, f"Only Checkout Sessions with a status in [open] can be expired; it is {sale.stage}"
                    )
                sale.stage = "ended"
                self.tell("ended", sale)
                return reply(200, self._session(sale))
            case ["GET", "payment_intents", name] if of := self._by_money(name):
                return reply(200, self._intent(of, name))
            case ["POST", "payment_intents"]:
                return self._charge_kept(nested(request.form()))
            case ["GET", "charges", name] if of := self._by_money(name.replace("ch_", "pi_")):
                return reply(200, self._charge(of))
            case ["POST", "refunds"]:
                return self._refund(nested(request.form()))
            case ["GET", "refunds"]:
                return self._list(request, [self._refunded(s, b) for s, b in self._backs(request) if not b.disputed])
            case ["GET", "disputes"]:
                return self._list(request, [self._disputed(s, b) for s, b in self._backs(request) if b.disputed])
            case ["GET", "events"]:
                since = int(request.of("created[gte]", "0"))
                return self._list(request, [one for one in reversed(self.events) if one["created"] >= since])
            case ["POST", "payment_methods", name, "detach"]:
                self.detached.append(name)
                return reply(200, {"id": name, "object": "payment_method"})
        return problem(404, f"No such resource: {request.path}")

    def _open(self, form: dict[str, Any]) -> Reply:
        price = form["line_items"]["0"]["price_data"]
        currency, units = price["currency"].upper(), int(price["unit_amount"])
        if currency in THREE and units % 10:
            return problem(400, "Invalid amount: the last digit must be 0")
        name = self.fresh("cs_test_")
        own = form["payment_intent_data"]["metadata"].get("purring", "")
        sale = Sale(
            name,
            units,
            currency,
            own,
            price["product_data"]["name"],
            form["success_url"],
            form["cancel_url"],
            self.clock(),
            keep="setup_future_usage" in form["payment_intent_data"],
        )
        self.sales[name] = sale
        return reply(200, self._session(sale))

    def _charge_kept(self, form: dict[str, Any]) -> Reply:
        sale = Sale(
            "", int(form["amount"]), form["currency"].upper(), form["metadata"]["purring"], "", "", "", self.clock()
        )
        sale.name = sale.money = self.new_money(sale)
        self.sales[sale.name] = sale
        if self.needs_payer:
            sale.stage, sale.money = "failed", ""
            sale.declined.append(sale.name)
            error = {"type": "card_error", "code": "authentication_required", "message": "The payer has to be there."}
            return reply(402, {"error": {**error, "payment_intent": self._intent(sale, sale.name)}})
        sale.stage, sale.moved_at = "paid", self.clock()
        self.tell("paid", sale)
        return reply(200, self._intent(sale, sale.name))

    def _refund(self, form: dict[str, Any]) -> Reply:
        sale, units = self._by_money(form["payment_intent"]), int(form["amount"])
        if sale is None or sale.stage != "paid":
            return problem(400, "This payment has no successful charge to refund")
        if units > sale.units - sale.gone():
            return problem(400, "Refund amount is greater than unrefunded amount on charge")
        back = self.give_back(sale, units, "done")
        self.tell("refunded", sale, back)
        return reply(200, self._refunded(sale, back))

    def _by_money(self, name: str) -> Sale | None:
        return next((one for one in self.sales.values() if name and name in {one.money, *one.declined}), None)

    def _backs(self, request: Request) -> list[tuple[Sale, Back]]:
        sale = self._by_money(request.of("payment_intent"))
        return [(sale, one) for one in sale.backs] if sale else []

    def _list(self, request: Request, rows: list[dict[str, Any]]) -> Reply:
        after = request.of("starting_after")
        start = next((at + 1 for at, one in enumerate(rows) if one["id"] == after), 0)
        page = rows[start : start + int(request.of("limit", "10"))]
        more = start + len(page) < len(rows)
        return reply(200, {"object": "list", "url": request.path, "has_more": more, "data": page})

    # -- its objects

    def _session(self, sale: Sale, *, expand: bool = False) -> dict[str, Any]:
        intent = sale.money or (sale.declined[-1] if sale.declined else "")
        done = sale.stage in {"pending", "paid"} or (sale.stage == "failed" and bool(sale.money))
        status = "expired" if sale.stage == "ended" else "complete" if done else "open"
        return {
            "id": sale.name,
            "object": "checkout.session",
            "amount_total": sale.units,
            "client_reference_id": sale.key,
            "currency": sale.currency.lower(),
            "created": seconds(sale.at),
            "expires_at": seconds(later(sale.at, 24)),
            "livemode": False,
            "metadata": {"purring": sale.key},
            "mode": "payment",
            "payment_intent": (self._intent(sale, intent) if expand else intent) if intent else None,
            "payment_status": "paid" if sale.stage == "paid" else "unpaid",
            "status": status,
            "url": f"https://checkout.stripe.com/c/pay/{sale.name}" if status == "open" else None,
        }

    def _intent(self, sale: Sale, name: str) -> dict[str, Any]:
        gone = {"failed": "requires_payment_method", "ended": "canceled"}.get(sale.stage, "requires_payment_method")
        status = {"paid": "succeeded", "pending": "processing"}.get(sale.stage, gone)
        error = {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}
        paid = sale.stage == "paid"
        return {
            "id": sale.money or name,
            "object": "payment_intent",
            "amount": sale.units,
            "amount_received": sale.units if paid else 0,
            "created": seconds(sale.at),
            "currency": sale.currency.lower(),
            "customer": "cus_1" if sale.keep else None,
            "last_payment_error": error if sale.stage == "failed" else None,
            "latest_charge": sale.money.replace("pi_", "ch_") if sale.stage in {"paid", "pending"} else None,
            "livemode": False,
            "metadata": {"purring": sale.key},
            "payment_method": "pm_1" if paid else None,
            "setup_future_usage": "off_session" if sale.keep else None,
            "status": status,
        }

    def _charge(self, sale: Sale) -> dict[str, Any]:
        kind = "card" if sale.method == "card" else "sepa_debit"
        details = {"card": {"brand": "visa", "last4": "4242"}, "sepa_debit": {"last4": "3000"}}
        fee = {
            "id": "txn_1",
            "object": "balance_transaction",
            "currency": sale.currency.lower(),
            "fee": sale.units // 50,
        }
        return {
            "id": sale.money.replace("pi_", "ch_"),
            "object": "charge",
            "amount": sale.units,
            "amount_refunded": sum(one.units for one in sale.backs if not one.disputed and one.state != "failed"),
            "balance_transaction": fee if sale.stage == "paid" else None,
            "created": seconds(sale.moved_at),
            "currency": sale.currency.lower(),
            "disputed": any(one.disputed for one in sale.backs),
            "livemode": False,
            "payment_intent": sale.money,
            "payment_method_details": {"type": kind, kind: details[kind]},
            "status": "succeeded" if sale.stage == "paid" else "pending",
        }

    def _refunded(self, sale: Sale, back: Back) -> dict[str, Any]:
        states = {"done": "succeeded", "pending": "pending", "failed": "failed"}
        return {
            "id": back.name,
            "object": "refund",
            "amount": back.units,
            "charge": sale.money.replace("pi_", "ch_"),
            "created": seconds(back.at),
            "currency": sale.currency.lower(),
            "payment_intent": sale.money,
            "status": states[back.state],
        }

    def _disputed(self, sale: Sale, back: Back) -> dict[str, Any]:
        return {
            "id": back.name,
            "object": "dispute",
            "amount": back.units,
            "charge": sale.money.replace("pi_", "ch_"),
            "created": seconds(back.at),
            "currency": sale.currency.lower(),
            "livemode": False,
            "payment_intent": sale.money,
            "status": "needs_response" if back.state == "open" else back.state,
        }

    def tell(self, kind: str, sale: Sale, back: Back | None = None) -> None:
        of_session = sale.name.startswith("cs_")
        thing = self._session(sale) if of_session else self._intent(sale, sale.name)
        if kind in {"refunded", "disputed", "decided"} and back:
            thing = self._disputed(sale, back) if back.disputed else self._refunded(sale, back)
            thing = self._charge(sale) if kind == "refunded" else thing
        kinds = {
            "paid": ["checkout.session.completed", "payment_intent.succeeded"],
            "pending": ["checkout.session.completed", "payment_intent.processing"],
            "failed": ["payment_intent.payment_failed"],
            "ended": ["checkout.session.expired"],
            "refunded": ["charge.refunded"],
            "disputed": ["charge.dispute.created"],
            "decided": ["charge.dispute.closed" if back and back.disputed else "charge.refund.updated"],
        }
        for one in kinds[kind]:
            if one.startswith("payment_intent."):
                thing = self._intent(sale, sale.money or sale.declined[-1])
            elif one.startswith("checkout.") and not of_session:
                continue
            event = {
                "id": self.fresh("evt_"),
                "object": "event",
                "api_version": API_VERSION,
                "created": seconds(self.clock().astimezone(UTC)),
                "livemode": False,
                "type": one,
                "data": {"object": thing},
            }
            self.events.append(event)
            self.send(event)


def problem(status: int, message: str, kind: str = "invalid_request_error") -> Reply:
    return reply(status, {"error": {"type": kind, "message": message}})
