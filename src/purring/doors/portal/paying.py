# SPDX-License-Identifier: AGPL-3.0-or-later
"""Paying: the page that asks how much and how, the way to the provider's page, and the ways by hand.

The provider is asked outside of any transaction, under the attempt's own key; the same form sent twice, and the same wish
in two tabs, is one attempt (`facts/checkout/attempts.py`). Coming back is `returning`'s.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from purring.core.discounts import Price
from purring.core.errors import Refused, Trouble
from purring.doors.portal.opening import Visit, closed, private, visit
from purring.doors.portal.pay_forms import PART, Wish, first_wish, read_wish
from purring.doors.portal.payable import Block, Choice, Due, blocks, cheaper, choices, way_title
from purring.doors.portal.statement import OpenInvoice, Statement, statement
from purring.doors.portal.transferring import transfer
from purring.facts.checkout.accounts import provider_of
from purring.facts.checkout.attempts import begin_attempt, open_page, split
from purring.facts.checkout.mandates import Consent, can_keep, mandate_of
from purring.facts.checkout.models import Attempt, AttemptState, Mandate, ProviderAccount
from purring.facts.checkout.ways import TRANSFER, ways_of
from purring.facts.invoices.models import Invoice
from purring.facts.offers.terms import terms_of
from purring.kit import forms
from purring.kit.numbers import whole
from purring.plugins.payment import Wanted

log = logging.getLogger("purring.portal")
FORM = "pay"
MOST_DESCRIPTION = 120


@dataclass(frozen=True)
class Offer:
    """The beginning of paying on the account's page: one block and where its page is."""

    block: Block
    to: str
    to_part: str
    ways: Sequence[Choice]


@dataclass(frozen=True)
class PayOffer:
    """What the account's page shows of paying (`portal/parts/pay.html`)."""

    offers: Sequence[Offer]
    mandate: Mandate | None
    to_autopay: str
    early: Mapping[int, Sequence[Price]]
    """What paying early takes off, by invoice."""

    @property
    def several(self) -> bool:
        return len(self.offers) > 1

    @property
    def bank_shown(self) -> bool:
        """Whether bank details belong on the page: where a transfer is offered, or nothing else is."""
        keys = {way.key for offer in self.offers for way in offer.ways}
        return TRANSFER in keys or not keys


def pay_offer(found: Visit, owed: Statement) -> PayOffer:
    """For the account's page: a button for each currency and legal entity that is owed something."""
    early = cheaper(found, owed)
    offers = [
        Offer(block, to, f"{to}{'&' if '?' in to else '?'}what={PART}", choices(found, block, block.total))
        for block in blocks(found, owed, early)
        for to in [_page_of(found, block)]
    ]
    mandate = mandate_of(found.customer) if found.there.mandate else None
    return PayOffer(offers, mandate, found.to("autopay"), early)


@csrf_exempt  # the token of the form does what the cookie would
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: str, currency: str, entity_id: int) -> HttpResponse:
    """GET asks how much and how, POST leads to the provider's page or to what the way by hand needs."""
    found = visit(request, token)
    if found is None:
        return closed(request)
    block = _block(found, currency, entity_id)
    if block is None or not block.dues:
        return go(found, found.to("account"))
    if request.method != "POST":
        wish = first_wish(request, found, block, choices(found, block, block.total))
        return _ask(request, found, block, wish)
    wish = read_wish(request, found, block)
    key = ""
    try:
        key = forms.read(FORM, request.POST.get("form", ""), _bound(found, block), found.now)
    except Refused:
        wish.errors.setdefault("page", found.words.say("try_later"))
    if wish.errors or wish.choice is None:
        return _ask(request, found, block, wish, status=422)
    if wish.choice.account is None:
        query = {"invoice": [one.pk for one in wish.dues], "amount": wish.amount}
        to = found.to("way", *_place(block), wish.choice.key)
        return go(found, f"{to}{'&' if '?' in to else '?'}{urlencode(query, doseq=True)}")
    return _lead(request, found, block, wish, wish.choice.account, key)


@require_safe
def by_hand(request: HttpRequest, token: str, currency: str, entity_id: int, kind: str) -> HttpResponse:
    """What a way by hand needs: account, reference and code; the number to call; where to bring it."""
    found = visit(request, token)
    if found is None:
        return closed(request)
    block = _block(found, currency, entity_id)
    if block is None or not block.dues:
        return go(found, found.to("account"))
    way = next((one for one in ways_of(block.entity) if one.kind == kind and one.enabled), None)
    if way is None:
        return go(found, _page_of(found, block))
    wanted = set(request.GET.getlist("invoice")[:1000])
    dues = [one for one in block.dues if str(one.pk) in wanted] or list(block.dues)
    most = sum(one.asked for one in dues)
    given = whole(request.GET.get("amount")) or 0
    amount = given if 0 < given <= most else most
    invoices = _first(dues, amount)
    context = {
        "w": found.words,
        "organization": found.organization,
        "entity": block.entity,
        "way": way,
        "title": way_title(kind, found.words.language),
        "howto": found.words.say(f"howto_{kind}"),
        "amount_to_pay": amount,
        "currency": currency,
        "invoices": invoices,
        "transfer": transfer(found, block.entity, invoices, amount, currency) if kind == TRANSFER else None,
        "references": list(dict.fromkeys(one.reference for one in invoices)),
        "to_paid": found.to("answer", "paid"),
        "back": _page_of(found, block),
    }
    return private(render(request, "portal/way.html", context), found.words.language)


def wanted_of(found: Visit, attempt: Attempt, account: ProviderAccount, numbers: Sequence[str]) -> Wanted:
    """What the provider is asked for: nothing about the customer but what they pay."""
    said = found.words.say("invoice") if len(numbers) == 1 else ""
    description = f"{said} {', '.join(numbers)}".strip()
    return Wanted(
        key=attempt.key,
        amount=attempt.amount,
        currency=attempt.currency,
        description=_shortened(f"{found.organization.name} · {description}", MOST_DESCRIPTION),
        reference=_shortened(" ".join(numbers), 60),
        return_url=settings.BASE_URL + found.to("paid", attempt.key),
        cancel_url=settings.BASE_URL + found.to("stopped", attempt.key),
        language=found.words.language,
        methods=tuple(account.methods),
        keep=attempt.keep,
    )


def go(found: Visit, to: str) -> HttpResponse:
    """Onwards with GET."""
    response = HttpResponseRedirect(to)
    response.status_code = 303
    return private(response, found.words.language)


def _lead(
    request: HttpRequest, found: Visit, block: Block, wish: Wish, account: ProviderAccount, key: str
) -> HttpResponse:
    """To the provider's page. In trouble the page is shown again with the other ways: nothing is lost."""
    mine = Invoice.objects.of(found.organization).filter(customer=found.customer)
    rows = list(mine.filter(pk__in=[one.pk for one in wish.dues]))
    try:
        parts = split(rows, wish.amount, {one.pk: (one.amount, one.charges) for one in wish.dues})
        consent = None
        if wish.keep and may_keep(found) and can_keep(account):
            address, agent = request.META.get("REMOTE_ADDR", ""), request.headers.get("User-Agent", "")
            consent = Consent(consent_text(found), found.words.language, address, agent, instalments=True)
        attempt = begin_attempt(account, found.customer, parts, now=found.now, form_key=key, consent=consent)
    except Refused as refused:
        log.info("an attempt was not begun: %s", refused.message)
        said = "payment_started" if refused.code == "on_its_way" else "pay_changed"
        return _again(request, found, wish, block, said, 409)
    if attempt.state != AttemptState.OPEN:  # the same form once more, after its money moved
        return go(found, found.to("paid", attempt.key))
    try:
        numbers = [part.invoice.number for part in parts]
        url = open_page(attempt, provider_of(account), wanted_of(found, attempt, account, numbers), found.now)
    except (Refused, Trouble) as error:
        log.warning("account %s gave no page: %s", account.pk, error.message)
        return _again(request, found, wish, block, "try_later", 503)
    return go(found, url)


def consent_text(found: Visit) -> str:
    """What the payer agrees to, word for word as it stands on the page."""
    return " ".join(map(found.words.say, ("autopay_consent", "autopay_text", "autopay_plan")))


def may_keep(found: Visit) -> bool:
    """Whether automatic payment is offered to this customer, who has none yet."""
    return mandate_of(found.customer) is None and terms_of(found.customer, found.today).autopay


def _again(request: HttpRequest, found: Visit, wish: Wish, block: Block, said: str, status: int) -> HttpResponse:
    fresh = _block(found, block.currency, block.entity.pk)
    if fresh is None or not fresh.dues:
        return go(found, found.to("account"))
    wish.errors["page"] = found.words.say(said)
    return _ask(request, found, fresh, wish, status)


def _ask(request: HttpRequest, found: Visit, block: Block, wish: Wish, status: int = 200) -> HttpResponse:
    ways = choices(found, block, min(wish.amount, block.total) if "amount" not in wish.errors else block.total)
    keeps = may_keep(found)
    context: dict[str, Any] = {
        "w": found.words,
        "organization": found.organization,
        "customer": found.customer,
        "owed": block,
        "wish": wish,
        "ways": ways,
        "keepers": [one.key for one in ways if keeps and one.account and can_keep(one.account)],
        "form": forms.token(FORM, _bound(found, block), found.now),
        "back": found.to("account"),
    }
    response = private(render(request, "portal/pay.html", context, status=status), found.words.language)
    # A form's way on to the provider's page counts as the form's own target: browsers hold it against this policy.
    secure = settings.BASE_URL.startswith("https:")
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
        f"form-action 'self' https:{'' if secure else ' http:'}"
    )
    return response


def _block(found: Visit, currency: str, entity_id: int) -> Block | None:
    owed = statement(found.customer, found.today, found.words.language, found.invoices)
    return next(
        (one for one in blocks(found, owed, cheaper(found, owed)) if _place(one) == (currency, str(entity_id))), None
    )


def _place(block: Block) -> tuple[str, str]:
    return block.currency, str(block.entity.pk)


def _page_of(found: Visit, block: Block) -> str:
    return found.to("pay", *_place(block))


def _bound(found: Visit, block: Block) -> list[str]:
    """What a form's token is good for: this link and this page."""
    return [found.link_digest, *_place(block)]


def _first(dues: Sequence[Due], amount: int) -> list[OpenInvoice]:
    """The invoices that an amount reaches, the oldest first."""
    reached = []
    for one in dues:
        if amount <= 0:
            break
        reached.append(one.invoice)
        amount -= one.asked
    return reached


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip(" ,") + "…"
