# SPDX-License-Identifier: AGPL-3.0-or-later
"""A stand-in for Square: payment links, orders, payments, refunds, disputes, notices signed over address and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from purring.plugins.payment.square import Square
from tests.support.providers.shop import Back, Reply, Request, Sale, Shop, iso, reply
from tests.support.providers.wire import Wire

TOKEN, LOCATION, SIGNATURE_KEY = "EAAA-standin", "L88917AVBK2S5", "Ibxx_5AKakO-3qeNVR61Dw"
NOTICE_URL = "https://billing.example/notices/square"


class SquareShop(Shop):
    name, base_url = "square", "https://connect.squareupsandbox.com"
    notice_url = NOTICE_URL
    """Where its notices go: a part of what it signs."""

    def connect(self, **changed: str) -> Square:
        settings = {
            "access_token": TOKEN,
            "location_id": LOCATION,
            "signature_key": SIGNATURE_KEY,
            "notice_url": self.notice_url,
            "sandbox": "yes",
            **changed,
        }
        return Square(settings, client=Wire(self))

    def sale(self, ref: str) -> Sale:
        return self.sales[ref.partition(":")[0]]

    def sign(self, body: bytes, at: datetime) -> Mapping[str, str]:
        mark = hmac.new(SIGNATURE_KEY.encode(), self.notice_url.encode() + body, hashlib.sha256).digest()
        return {"x-square-hmacsha256-signature": base64.b64encode(mark).decode()}

    def idempotency_key(self, request: Request) -> str:
        return str(request.json().get("idempotency_key", "")) if request.method == "POST" else ""

    def key_reused(self) -> Reply:
        return problem(
            400, "IDEMPOTENCY_KEY_REUSED", "The idempotency key can only be retried with the same request data."
        )

    def route(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return problem(401, "UNAUTHORIZED", "This request could not be authorized.")
        match [request.method, *request.path.strip("/").split("/")[1:]]:
            case ["POST", "online-checkout", "payment-links"]:
                return self._open(request.json())
            case ["DELETE", "online-checkout", "payment-links", name]:
                return self._close(name)
            case ["GET", "orders", name] if name in self.sales:
                return reply(200, {"order": self._order(self.sales[name])})
            case ["GET", "payments"]:
                return self._page(request, "payments", [self._payment(s, one) for s in self._all() for one in names(s)])
            case ["GET", "payments", name] if sale := self._by_money(name):
                return reply(200, {"payment": self._payment(sale, name)})
            case ["POST", "refunds"]:
                return self._refund(request.json())
            case ["GET", "refunds"]:
                rows = [self._refunded(s, one) for s in self._all() for one in s.backs if not one.disputed]
                return self._page(request, "refunds", rows)
            case ["GET", "refunds", name] if found := self._by_back(name):
                return reply(200, {"refund": self._refunded(*found)})
            case ["GET", "disputes"]:
                rows = [self._disputed(s, one) for s in self._all() for one in s.backs if one.disputed]
                return self._page(request, "disputes", rows)
            case ["GET", "disputes", name] if found := self._by_back(name):
                return reply(200, {"dispute": self._disputed(*found)})
        return problem(404, "NOT_FOUND", f"Could not find {request.path}")

    def _open(self, body: dict[str, Any]) -> Reply:
        order = body["order"]
        item = order["line_items"][0]
        money, name = item["base_price_money"], self.fresh("ORD")
        back = body["checkout_options"]["redirect_url"]
        sale = Sale(
            name, money["amount"], money["currency"], order["reference_id"], item["name"], back, back, self.clock()
        )
        self.sales[name] = sale
        link = {
            "id": f"LNK{name}",
            "version": 1,
            "order_id": name,
            "url": f"https://sandbox.square.link/u/{name}",
            "created_at": iso(sale.at),
        }
        return reply(200, {"payment_link": link, "related_resources": {"orders": [self._order(sale)]}})

    def _close(self, name: str) -> Reply:
        sale = self.sales.get(name.removeprefix("LNK"))
        if sale is None or sale.stage == "ended":
            return problem(404, "NOT_FOUND", "Payment link not found.")
        if sale.stage in {"open", "failed"}:
            sale.stage = "ended"
        return reply(200, {"id": name, "cancelled_order_id": sale.name})

    def _refund(self, body: dict[str, Any]) -> Reply:
        sale, units = self._by_money(body["payment_id"]), body["amount_money"]["amount"]
        if sale is None:
            return problem(404, "NOT_FOUND", "Could not find payment")
        if units > sale.units - sale.gone():
            return problem(400, "REFUND_AMOUNT_INVALID", "The requested refund amount exceeds the amount available.")
        back = self.give_back(sale, units, "pending")
        self.tell("refunded", sale, back)
        return reply(200, {"refund": self._refunded(sale, back)})

    def _page(self, request: Request, name: str, rows: list[dict[str, Any]]) -> Reply:
        since = request.of("updated_at_begin_time")
        found = [
            one
            for one in rows
            if not since or datetime.fromisoformat(one["updated_at"]) >= datetime.fromisoformat(since)
        ]
        start, size = int(request.of("cursor", "0")), 50
        page: dict[str, Any] = {name: found[start : start + size]} if found else {}
        if start + size < len(found):
            page["cursor"] = str(start + size)
        return reply(200, page)

    def _all(self) -> Iterator[Sale]:
        yield from self.sales.values()

    def _by_money(self, name: str) -> Sale | None:
        return next((one for one in self.sales.values() if name in {one.money, *one.declined}), None)

    def _by_back(self, name: str) -> tuple[Sale, Back] | None:
        return next(((sale, one) for sale in self.sales.values() for one in sale.backs if one.name == name), None)

    # -- its objects

    def _order(self, sale: Sale) -> dict[str, Any]:
        money = {"amount": sale.units, "currency": sale.currency}
        order: dict[str, Any] = {
            "id": sale.name,
            "location_id": LOCATION,
            "reference_id": sale.key,
            "state": "CANCELED" if sale.stage == "ended" else "OPEN",
            "total_money": money,
            "created_at": iso(sale.at),
        }
        if sale.stage in {"pending", "paid"}:
            tender = {"id": sale.money, "payment_id": sale.money, "type": "CARD", "amount_money": money}
            order["tenders"] = [tender]
        return order

    def _payment(self, sale: Sale, name: str) -> dict[str, Any]:
        status = {"paid": "COMPLETED", "pending": "PENDING"}.get(sale.stage, "FAILED")
        if name != sale.money or name in sale.declined:
            status = "FAILED"
        at, units = iso(sale.moved_at or sale.at), {"amount": sale.units, "currency": sale.currency}
        last = max([sale.moved_at or sale.at, *(one.at for one in sale.backs)])
        payment: dict[str, Any] = {
            "id": name,
            "created_at": at,
            "updated_at": iso(last),
            "amount_money": units,
            "total_money": units,
            "status": status,
            "source_type": "CARD" if sale.method == "card" else "BANK_ACCOUNT",
            "location_id": LOCATION,
            "order_id": sale.name,
        }
        if status == "FAILED":
            payment["card_details"] = {"errors": [{"category": "PAYMENT_METHOD_ERROR", "code": "CARD_DECLINED"}]}
        elif status == "COMPLETED":
            fee = {"amount": sale.units // 50, "currency": sale.currency}
            payment["processing_fee"] = [{"type": "INITIAL", "amount_money": fee}]
        refunds = [one.name for one in sale.backs if not one.disputed]
        if refunds:
            payment["refund_ids"] = refunds
        return payment

    def _refunded(self, sale: Sale, back: Back) -> dict[str, Any]:
        states = {"done": "COMPLETED", "pending": "PENDING", "failed": "FAILED"}
        return {
            "id": back.name,
            "status": states[back.state],
            "location_id": LOCATION,
            "amount_money": {"amount": back.units, "currency": sale.currency},
            "payment_id": sale.money,
            "order_id": sale.name,
            "created_at": iso(back.at),
            "updated_at": iso(back.at),
        }

    def _disputed(self, sale: Sale, back: Back) -> dict[str, Any]:
        states = {"open": "EVIDENCE_REQUIRED", "lost": "LOST", "won": "WON"}
        return {
            "id": back.name,
            "dispute_id": back.name,
            "amount_money": {"amount": back.units, "currency": sale.currency},
            "reason": "NOT_AS_DESCRIBED",
            "state": states[back.state],
            "disputed_payment": {"payment_id": sale.money},
            "location_id": LOCATION,
            "created_at": iso(back.at),
            "updated_at": iso(back.at),
        }

    def tell(self, kind: str, sale: Sale, back: Back | None = None) -> None:
        if kind == "ended":
            return
        if back is None:
            name = sale.declined[-1] if kind == "failed" else sale.money
            word, thing, about = "payment", self._payment(sale, name), name
        elif back.disputed:
            word, thing, about = "dispute", self._disputed(sale, back), back.name
        else:
            word, thing, about = "refund", self._refunded(sale, back), back.name
        kinds = {
            "disputed": "dispute.created",
            "decided": f"{word}.state.updated" if word == "dispute" else f"{word}.updated",
        }
        self.send(
            {
                "merchant_id": "MLEFBHHSJGVHD",
                "type": kinds.get(kind, f"{word}.updated"),
                "event_id": self.fresh("ev-"),
                "created_at": iso(self.clock()),
                "data": {"type": word, "id": about, "object": {word: thing}},
            }
        )


def names(sale: Sale) -> list[str]:
    return [*sale.declined, *([sale.money] if sale.money and sale.money not in sale.declined else [])]


def problem(status: int, code: str, detail: str) -> Reply:
    return reply(status, {"errors": [{"category": "INVALID_REQUEST_ERROR", "code": code, "detail": detail}]})
