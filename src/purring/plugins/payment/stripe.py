# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stripe: Checkout sessions on Stripe's own page, refunds, disputes, kept ways of paying.

Source: Stripe's API reference, version `API_VERSION`. The attempt's key stands in the metadata of session and payment, so
truth finds its way home from either. A session lives at most 24 hours, so ours is made when the payer presses "pay".
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from purring.core.errors import Refused, Trouble
from purring.core.money import exponent
from purring.core.units import inward, known_or_none, outward
from purring.kit.http import Answer, Client
from purring.plugins.payment import Back, Field, Kept, Notice, Returned, Started, State, Truth, Wanted

NAME, TITLE = "stripe", "Stripe"
FIELDS = (
    Field("secret_key", "Secret key", secret=True, hint="sk_live_… or a restricted key, rk_live_…"),
    Field("webhook_secret", "Signing secret of the webhook", secret=True, required=False, hint="whsec_…"),
    Field("api_url", "Address of a test server", required=False),
)
API_VERSION = "2025-09-30.clover"
API_URL = "https://api.stripe.com"
TOLERANCE_SECONDS = 300
MOST_PAGES = 5
KEY = "purring"
"""Name of our key in Stripe's metadata."""

# Stripe, "Supported currencies": decimals where they are not CLDR's. ISK and UGX count in hundredths for history's sake.
_WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THOUSANDTHS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
_CAME_TO_NOTHING = frozenset({"won", "warning_closed", "prevented"})
_KINDS = ("checkout.session.", "payment_intent.", "charge.", "refund.")


def connect(settings: Mapping[str, str]) -> Stripe:
    """Refuses `bad_settings` naming the field."""
    if not settings.get("secret_key", "").startswith(("sk_", "rk_")):
        raise Refused("bad_settings", "Stripe's secret key begins with sk_ or rk_", field="secret_key")
    return Stripe(settings)


def is_live(settings: Mapping[str, str]) -> bool:
    """Stripe's keys say which mode they are for."""
    return "_live_" in settings.get("secret_key", "")[:12] and not settings.get("api_url")


class Stripe:
    """One Stripe account."""

    name = NAME

    def __init__(self, settings: Mapping[str, str], client: Client | None = None) -> None:
        own = settings.get("api_url", "")
        self._client = client or Client(own or API_URL, private=bool(own))
        self._key = settings["secret_key"]
        self._webhook_secret = settings.get("webhook_secret", "")

    def start(self, wanted: Wanted) -> Started:
        form = [
            ("mode", "payment"),
            ("client_reference_id", wanted.key),
            ("success_url", wanted.return_url),
            ("cancel_url", wanted.cancel_url),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", wanted.currency.lower()),
            ("line_items[0][price_data][unit_amount]", str(_outward(wanted.amount, wanted.currency))),
            ("line_items[0][price_data][product_data][name]", wanted.description[:250]),
            (f"metadata[{KEY}]", wanted.key),
            (f"payment_intent_data[metadata][{KEY}]", wanted.key),
            ("payment_intent_data[description]", wanted.reference[:1000]),
            *((f"payment_method_types[{at}]", one) for at, one in enumerate(wanted.methods)),
        ]
        if wanted.email:
            form.append(("customer_email", wanted.email))
        if wanted.language:
            form.append(("locale", _LOCALES.get(wanted.language, wanted.language[:2])))
        if wanted.keep:
            form += [("payment_intent_data[setup_future_usage]", "off_session"), ("customer_creation", "always")]
        session = self._ask("POST", "/v1/checkout/sessions", form=form, key=wanted.key)
        return Started(session["id"], session["url"], _moment(session.get("expires_at")))

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        _check_signature(headers.get("stripe-signature", ""), body, self._webhook_secret, now)
        try:
            event = json.loads(body)
            kind, thing = event["type"], event["data"]["object"]
            at = _moment(event["created"])
            return Notice(event["id"], kind, _ref(kind, thing), event.get("account") or "", event.get("livemode"), at)
        except (ValueError, KeyError, TypeError):
            raise Refused("bad_notice", "the notice is signed, but no event of Stripe") from None

    def fetch(self, ref: str) -> Truth:
        if ref.startswith("cs_"):
            session = self._ask("GET", f"/v1/checkout/sessions/{ref}", query=[("expand[]", "payment_intent")])
            return self._of_session(session)
        if ref.startswith("ch_"):
            ref = self._ask("GET", f"/v1/charges/{ref}").get("payment_intent") or ""
        if not ref.startswith("pi_"):
            raise Trouble("Stripe names nothing that was paid here", permanent=True)
        return self._of_payment(self._ask("GET", f"/v1/payment_intents/{ref}"))

    def refund(self, payment_ref: str, amount: int, currency: str, key: str) -> Returned:
        form = [("payment_intent", payment_ref), ("amount", str(_outward(amount, currency))), (f"metadata[{KEY}]", key)]
        return _refunded(self._ask("POST", "/v1/refunds", form=form, key=key))

    def end(self, ref: str) -> None:
        answer = self._send("POST", f"/v1/checkout/sessions/{ref}/expire", form=[])
        if answer.status not in {200, 400, 404}:  # 400: it is complete or expired already
            _refuse(answer)

    def changed_since(self, moment: datetime) -> Iterable[str]:
        query = [("created[gte]", str(int(moment.timestamp()))), ("limit", "100")]
        seen: dict[str, None] = {}
        for event in self._pages("/v1/events", query):
            kind = str(event.get("type", ""))
            ref = _ref(kind, event["data"]["object"]) if kind.startswith(_KINDS) else ""
            if ref:
                seen.setdefault(ref)
        return list(seen)

    def charge(self, kept: Kept, wanted: Wanted) -> Truth:
        form = [
            ("amount", str(_outward(wanted.amount, wanted.currency))),
            ("currency", wanted.currency.lower()),
            ("customer", kept.payer),
            ("payment_method", kept.ref),
            ("off_session", "true"),
            ("confirm", "true"),
            ("description", wanted.reference[:1000]),
            (f"metadata[{KEY}]", wanted.key),
        ]
        answer = self._send("POST", "/v1/payment_intents", form=form, key=wanted.key)
        if answer.status == 402:  # declined, or the payer's bank wants to see the payer
            error = answer.json()["error"]
            return self._of_payment(error["payment_intent"], why=str(error.get("message", "declined")))
        return self._of_payment(_good(answer))

    def forget(self, kept: Kept) -> None:
        answer = self._send("POST", f"/v1/payment_methods/{kept.ref}/detach", form=[])
        if answer.status not in {200, 400, 404}:
            _refuse(answer)

    def _of_session(self, session: dict[str, Any]) -> Truth:
        payment = session.get("payment_intent")
        if isinstance(payment, dict) and payment["status"] in {"succeeded", "processing"}:
            return self._of_payment(payment, ref=session["id"])
        state = {"open": State.OPEN, "expired": State.ENDED}.get(session["status"], State.PENDING)
        if state is State.PENDING and isinstance(payment, dict) and payment["status"] == "requires_payment_method":
            state = State.FAILED
        currency = session["currency"].upper()
        error = (payment.get("last_payment_error") if isinstance(payment, dict) else None) or {}
        return Truth(
            ref=session["id"],
            state=state,
            amount=_inward(session["amount_total"], currency),
            currency=currency,
            key=session.get("client_reference_id") or "",
            live=session.get("livemode"),
            why=str(error.get("message", "")),
        )

    def _of_payment(self, payment: dict[str, Any], *, ref: str = "", why: str = "") -> Truth:
        currency = payment["currency"].upper()
        state = _PAYMENT_STATES.get(payment["status"], State.FAILED if why else State.OPEN)
        charge = self._charge(payment) if state in {State.PAID, State.PENDING} else {}
        paid = state is State.PAID
        amount = payment["amount_received"] if paid else payment["amount"]
        error = payment.get("last_payment_error") or {}
        return Truth(
            ref=ref or payment["id"],
            state=state,
            amount=_inward(amount, currency),
            currency=currency,
            key=(payment.get("metadata") or {}).get(KEY, ""),
            payment_ref=payment["id"] if state in {State.PAID, State.PENDING} else "",
            paid_at=_moment(charge.get("created")) if paid else None,
            method=str((charge.get("payment_method_details") or {}).get("type", "")),
            fee=_fee(charge, currency),
            live=payment.get("livemode"),
            returned=self._returned(payment["id"], charge),
            kept=_kept(payment, charge) if paid else None,
            why=why or str(error.get("message", "")),
        )

    def _charge(self, payment: dict[str, Any]) -> dict[str, Any]:
        charge = payment.get("latest_charge")
        if not charge:
            return {}
        ref = charge if isinstance(charge, str) else charge["id"]
        return self._ask("GET", f"/v1/charges/{ref}", query=[("expand[]", "balance_transaction")])

    def _returned(self, payment_ref: str, charge: dict[str, Any]) -> Sequence[Returned]:
        back: list[Returned] = []
        query = [("payment_intent", payment_ref), ("limit", "100")]
        if charge.get("amount_refunded"):
            refunds = self._pages("/v1/refunds", query)
            back += [_refunded(one) for one in refunds if one["status"] not in {"failed", "canceled"}]
        if charge.get("disputed"):
            back += [
                _disputed(one) for one in self._pages("/v1/disputes", query) if one["status"] not in _CAME_TO_NOTHING
            ]
        return back

    def _pages(self, path: str, query: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
        after: list[tuple[str, str]] = []
        for _ in range(MOST_PAGES):
            page = self._ask("GET", path, query=[*query, *after])
            yield from page["data"]
            if not page.get("has_more") or not page["data"] or [("starting_after", page["data"][-1]["id"])] == after:
                return
            after = [("starting_after", page["data"][-1]["id"])]

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        form: Sequence[tuple[str, str]] | None = None,
        key: str = "",
    ) -> Answer:
        headers = {"authorization": f"Bearer {self._key}", "stripe-version": API_VERSION}
        if key:
            headers["idempotency-key"] = key
        return self._client.send(method, path, headers=headers, query=query, form=form)

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        return _good(self._send(method, path, **more))


_LOCALES = {"pt-PT": "pt", "pt-BR": "pt-BR", "af": "en"}
"""Stripe's page speaks no Afrikaans."""

_PAYMENT_STATES = {
    "succeeded": State.PAID,
    "processing": State.PENDING,
    "canceled": State.ENDED,
    "requires_payment_method": State.FAILED,
}


def _good(answer: Answer) -> dict[str, Any]:
    if answer.status != 200:
        _refuse(answer)
    found = answer.json()
    if not isinstance(found, dict):
        raise Trouble("Stripe answers something that is no object")
    return found


def _refuse(answer: Answer) -> None:
    try:
        words = str(answer.json()["error"]["message"])
    except (Trouble, KeyError, TypeError):
        words = f"status {answer.status}"
    if answer.status in {401, 403}:
        raise Refused("bad_settings", f"Stripe does not take this key: {words}", field="secret_key")
    if answer.status == 409:  # the same key is being worked on this moment
        raise Trouble(f"Stripe: {words}")
    raise Trouble(f"Stripe: {words}", permanent=True)


def _check_signature(header: str, body: bytes, secret: str, now: datetime) -> None:
    """Stripe's scheme v1: hex HMAC-SHA256 of "time.body"; several v1 while a secret changes. Both clocks' sides count."""
    pairs = [part.strip().partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in pairs if name == "t" and value.isascii() and value.isdigit()]
    signatures = [value for name, _, value in pairs if name == "v1"]
    if secret and len(stamps) == 1 and abs(now.timestamp() - int(stamps[0][:15])) <= TOLERANCE_SECONDS:
        wanted = hmac.new(secret.encode(), stamps[0].encode() + b"." + body, hashlib.sha256).hexdigest()
        if any(hmac.compare_digest(wanted.encode(), one.encode()) for one in signatures):
            return
    raise Refused("bad_signature", "the notice does not carry Stripe's signature of this moment")


def _ref(kind: str, thing: Mapping[str, Any]) -> str:
    if kind.startswith(("checkout.session.", "payment_intent.")):
        return str(thing.get("id") or "")
    if kind.startswith(("charge.", "refund.")):
        return str(thing.get("payment_intent") or thing.get("charge") or "")
    return ""


def _places(currency: str) -> int:
    return 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2


def _outward(amount: int, currency: str) -> int:
    units = outward(amount, currency, _places(currency))
    if _places(currency) == 3 and units % 10:  # "the last digit of a three-decimal amount must be 0"
        raise Refused("not_offered", f"Stripe takes {currency} with two decimals only", field="amount")
    return units


def _inward(amount: int, currency: str) -> int:
    exponent(currency)
    return inward(int(amount), currency, _places(currency))


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None


def _fee(charge: Mapping[str, Any], currency: str) -> int | None:
    booked = charge.get("balance_transaction")
    if not isinstance(booked, dict) or booked.get("currency", "").upper() != currency:
        return None  # settled in another currency: not comparable
    return known_or_none(lambda: _inward(booked["fee"], currency))


def _refunded(refund: Mapping[str, Any]) -> Returned:
    currency = str(refund["currency"]).upper()
    amount = _inward(refund["amount"], currency)
    return Returned(refund["id"], Back.REFUND, amount, refund["status"] == "succeeded", _moment(refund.get("created")))


def _disputed(dispute: Mapping[str, Any]) -> Returned:
    currency = str(dispute["currency"]).upper()
    amount = _inward(dispute["amount"], currency)
    return Returned(
        dispute["id"], Back.CHARGEBACK, amount, dispute["status"] == "lost", _moment(dispute.get("created"))
    )


def _kept(payment: Mapping[str, Any], charge: Mapping[str, Any]) -> Kept | None:
    if payment.get("setup_future_usage") != "off_session" or not payment.get("payment_method"):
        return None
    details = charge.get("payment_method_details") or {}
    kind = str(details.get("type", ""))
    known = details.get(kind) or {}
    name = str(known.get("brand") or kind).replace("_", " ").title()
    method, payer = payment["payment_method"], payment.get("customer") or ""
    ref = method if isinstance(method, str) else method["id"]
    return Kept(ref, f"{name} {known.get('last4') or ''}".strip(), payer if isinstance(payer, str) else payer["id"])
