# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page a payer of the demo is sent to, as a provider's own would be. It says that no money moves. Routed only in the
demo; its address is the attempt's random key, and nothing here is worth more than that."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from purring.core.errors import Refused
from purring.facts.checkout.accounts import provider_of
from purring.facts.checkout.models import Attempt
from purring.language import formats
from purring.plugins.payment import State
from purring.plugins.payment.demo import NAME, Demo, Sale


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, ref: str) -> HttpResponse:
    till, sale = _open(ref)
    pressed = request.POST.get("act", "") if request.method == "POST" else ""
    if pressed == "cancel":
        return _to(sale.cancel_url)
    if pressed == "decline":
        till.declines(ref)
        return _to(request.path)
    if pressed == "pay":
        till.pays(ref)
    if pressed or sale.state == State.PAID:
        return _to(sale.return_url)
    money = formats.money(sale.amount, sale.currency, "en_GB")
    response = render(request, "demopay/page.html", {"sale": sale, "money": money})
    response["Cache-Control"] = "no-store"
    return response


def _open(ref: str) -> tuple[Demo, Sale]:
    attempts = Attempt.objects.everywhere("the page of a demo's payment has its attempt's random key")
    attempt = attempts.filter(key=ref, account__provider=NAME).select_related("account").first()
    try:
        till = provider_of(attempt.account) if attempt else None
    except Refused as refused:
        raise Http404(refused.message) from refused
    sale = till.sale(ref) if isinstance(till, Demo) else None
    if not isinstance(till, Demo) or sale is None:
        raise Http404("there is no such page")
    return till, sale


def _to(address: str) -> HttpResponse:
    response = HttpResponse(status=303)
    response["Location"] = address
    return response
