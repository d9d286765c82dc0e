# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money: what came in, what needs a person, one payment with everything that can be done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.doors.desk import money, timeline
from purring.doors.desk.act_forms import open_invoices
from purring.doors.desk.desk import Desk, done, go_on, is_fragment
from purring.doors.desk.fields import sentence
from purring.doors.desk.money_forms import (
    MONEY_ACTS,
    MoneyAct,
    MoneyForm,
    PaymentState,
    ProposalForm,
    TakeOffForm,
    mark,
)
from purring.doors.desk.paging import more_link, newest_first
from purring.facts.checkout.discrepancies import settle_discrepancy
from purring.facts.checkout.models import Booking, Discrepancy
from purring.facts.payments.models import Payment
from purring.facts.payments.proposals import proposals
from purring.facts.refunds.actions import claimed, confirm_refund, record_paid_back, withdraw_refund
from purring.facts.refunds.models import RefundRequest, RefundState
from purring.facts.refunds.sending import send
from purring.kit.numbers import whole
from purring.kit.tenancy import reach

PAGE = 50


def listing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Payments, the newest first; `show` filters, `q` searches."""
    show = request.GET.get("show", "all")
    if show == money.NEEDS:
        return _needs(request, desk)
    show = show if show in money.SHOWS else "all"
    wanted = request.GET.get("q", "").strip()[:100]
    found, key = newest_first(money.rows_of(desk, show, wanted), request.GET.get("after", ""), PAGE)
    context = {
        **_frame(desk, show, wanted),
        "rows": money.shown(desk, found, money.sources(desk)),
        "more": more_link(reverse("desk:money"), request.GET, key),
        "any": bool(found) or bool(wanted) or show != "all" or bool(request.GET.get("after")),
    }
    return render(request, "desk/money_rows.html" if is_fragment(request) else "desk/money.html", context)


def _needs(request: HttpRequest, desk: Desk) -> HttpResponse:
    refunds = list(money.refunds_waiting(desk)[: money.MOST_NEEDS])
    context = {
        **_frame(desk, money.NEEDS, ""),
        "waiting": money.waiting(desk, refunds),
        "discrepancies": list(money.discrepancies(desk)[: money.MOST_NEEDS]),
        "notices": list(money.troubled_notices(desk)[: money.MOST_NEEDS]),
    }
    return render(request, "desk/money_needs.html", context)


def _frame(desk: Desk, show: str, wanted: str) -> dict[str, Any]:
    return {
        "here": "money",
        "show": show,
        "shows": money.SHOWS,
        "q": wanted,
        "needs": money.needs_count(desk),
        "on_account": money.on_account(desk),
        "on_its_way": money.on_its_way(desk),
    }


def one(request: HttpRequest, desk: Desk, payment_id: int) -> HttpResponse:
    payment = _reach(desk, payment_id)
    if is_fragment(request) and "before" in request.GET:
        return render(request, "desk/parts/timeline.html", _timeline(request, desk, payment))
    return _page(request, desk, payment)


def act(request: HttpRequest, desk: Desk, payment_id: int, act: MoneyAct) -> HttpResponse:
    """One act of the payment's page; a GET shows the page with its form open."""
    payment = _reach(desk, payment_id)
    if request.method == "GET":
        return _page(request, desk, payment, act.key)
    form = act.form(request.POST, desk=desk, payment=payment, prefix=act.key)
    if form.run():
        return _said(request, form)
    return _page(request, desk, _reach(desk, payment_id), act.key, form, status=422)


def propose(request: HttpRequest, desk: Desk, payment_id: int) -> HttpResponse:
    """Take a proposal."""
    return _simply(request, desk, payment_id, ProposalForm)


def take_off(request: HttpRequest, desk: Desk, payment_id: int) -> HttpResponse:
    """Take it off one invoice again."""
    return _simply(request, desk, payment_id, TakeOffForm)


def _simply(request: HttpRequest, desk: Desk, payment_id: int, made: type[MoneyForm]) -> HttpResponse:
    """An act with nothing to fill in: what is wrong is told above the page."""
    payment = _reach(desk, payment_id)
    form = made(request.POST, desk=desk, payment=payment)
    if form.run():
        return _said(request, form)
    told = " ".join(str(one) for errors in form.errors.values() for one in errors)
    messages.warning(request, told or gettext("This payment has changed meanwhile; this is how it stands now."))
    return go_on(request, reverse("desk:payment", args=[payment.pk]))


def _said(request: HttpRequest, form: MoneyForm) -> HttpResponse:
    if form.stale:
        messages.info(request, gettext("This payment has changed meanwhile; this is how it stands now."))
    else:
        messages.success(request, str(form.done))
    return go_on(request, reverse("desk:payment", args=[form.payment.pk]))


def confirm(request: HttpRequest, desk: Desk, refund_id: int) -> HttpResponse:
    """The second yes; what a provider sends is sent at once, and if that fails, by the round."""
    refund = _refund(desk, refund_id)
    try:
        refund = confirm_refund(refund, user=desk.user, now=desk.now, actor=desk.actor)
    except Refused as refused:
        messages.warning(request, sentence(refused.message))
        return _back(request, refund)
    if refund.send_at:
        send(refund, desk.now, clock=timezone.now)
        refund = _refund(desk, refund_id)
    said = {
        RefundState.DONE: gettext("Sent, and gone back."),
        RefundState.SENT: gettext("The provider has it; it shows here when the money has left."),
        RefundState.FAILED: gettext("It could not be sent; the reason stands beside it."),
    }
    by_hand = gettext("Confirmed. Pay it back, then note the day here.")
    later = gettext("Confirmed. The provider does not answer just now; it is sent as soon as it does.")
    messages.success(request, said.get(RefundState(refund.state)) or (by_hand if refund.by_hand else later))
    return _back(request, refund)


def withdraw(request: HttpRequest, desk: Desk, refund_id: int) -> HttpResponse:
    refund = _refund(desk, refund_id)
    try:
        withdraw_refund(refund, now=desk.now, actor=desk.actor)
        messages.success(request, gettext("It is not sent."))
    except Refused as refused:
        messages.warning(request, sentence(refused.message))
    return _back(request, refund)


def paid_back(request: HttpRequest, desk: Desk, refund_id: int) -> HttpResponse:
    """Somebody has paid it back by hand, today."""
    refund = _refund(desk, refund_id)
    try:
        record_paid_back(refund, on=desk.today, now=desk.now, actor=desk.actor)
        messages.success(request, gettext("Noted as paid back."))
    except Refused as refused:
        messages.warning(request, sentence(refused.message))
    return _back(request, refund)


def _back(request: HttpRequest, refund: RefundRequest) -> HttpResponse:
    return go_on(request, reverse("desk:payment", args=[refund.payment_id]))


def looked_into(request: HttpRequest, desk: Desk, discrepancy_id: int) -> HttpResponse:
    found = reach(Discrepancy, desk.organization, pk=discrepancy_id)
    settle_discrepancy(found, user_id=desk.user.pk, now=desk.now, actor=desk.actor)
    return done(request, gettext("Noted, thank you."), f"{reverse('desk:money')}?show={money.NEEDS}")


def _refund(desk: Desk, refund_id: int) -> RefundRequest:
    return reach(RefundRequest, desk.organization, pk=refund_id)


def _reach(desk: Desk, payment_id: int) -> Payment:
    rows = Payment.objects.of(desk.organization).select_related("customer", "invoice")
    found = rows.filter(pk=payment_id).first()
    return found or reach(Payment, desk.organization, pk=payment_id)  # which says that there is none


def _page(
    request: HttpRequest,
    desk: Desk,
    payment: Payment,
    opened: str = "",
    form: MoneyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    booking = Booking.objects.of(desk.organization).filter(payment=payment).select_related("account").first()
    accounts = {payment.source: money.title_of(booking.account)} if booking else {}
    (shown,) = money.shown(desk, [payment], accounts)
    refunds = list(payment.refund_requests.select_related("asked_by", "confirmed_by").order_by("-id"))
    for one in refunds:
        one.payment = payment
    seen = mark(payment, shown.rows, len(refunds))
    here = payment.amount - shown.returned if payment.settled_on else 0
    claims = claimed(payment) if booking else 0
    refundable = max(here - money.spoken_for(refunds) - claims, 0)
    book = desk.may_book
    open_ = open_invoices(payment.customer) if book and shown.left > 0 else []
    state = PaymentState(
        left=shown.left,
        refundable=refundable,
        settled=payment.settled_on is not None,
        by_hand_and_pending=shown.pending and booking is None,
        has_open_invoices=any(one.currency == payment.currency for one in open_),
    )
    offered = []
    for offer in MONEY_ACTS:
        if not book or not (offer.when(state) or offer.key == opened):
            continue
        likely = min(shown.left, refundable) or refundable if offer.key == "refund" else shown.left
        initial = {"seen": seen, "customer": request.GET.get("to", "")}
        fresh = offer.form(desk=desk, payment=payment, left=likely, prefix=offer.key, initial=initial)
        own = form if form and offer.key == opened else fresh
        to = reverse(f"desk:payment-{offer.key}", args=[payment.pk])
        offered.append({"act": offer, "form": own, "open": offer.key == opened, "to": to})
    context = {
        "here": "money",
        "shown": shown,
        "payment": payment,
        "customer": payment.customer,
        "booking": booking,
        "refunds": money.waiting(desk, refunds),
        "claims": claims,
        "discrepancies": [*money.discrepancies(desk).filter(payment=payment)],
        "proposals": proposals(payment, shown.left, open_) if book else [],
        "seen": seen,
        "acts": offered,
        **_timeline(request, desk, payment),
    }
    return render(request, "desk/payment.html", context, status=status)


def _timeline(request: HttpRequest, desk: Desk, payment: Payment) -> dict[str, Any]:
    moments, older = timeline.of_payment(desk, payment, whole(request.GET.get("before")))
    link = f"{reverse('desk:payment', args=[payment.pk])}?before={older}" if older else ""
    return {"moments": moments, "older": link}
