# SPDX-License-Identifier: AGPL-3.0-or-later
"""What we offer: terms for everybody, a group or a customer. And what was agreed: plans and promises in lists."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from purring.doors.desk.desk import Desk, is_fragment
from purring.doors.desk.offer_forms import TermsForm
from purring.doors.desk.paging import more_link, page_of
from purring.doors.desk.views.papers import download
from purring.doors.desk.views.settings import kept, show
from purring.facts.agreements.models import Instalment, PaymentPlan, Promise
from purring.facts.answers.actions import late_days
from purring.facts.customers.models import Customer, Group
from purring.facts.invoices.models import Invoice
from purring.facts.offers.early import custom_of
from purring.facts.offers.models import OfferTerms, PlanProposal
from purring.facts.offers.standing import plan_paper, plans_standing
from purring.facts.offers.terms import terms_book
from purring.facts.payments.models import Allocation
from purring.followup.schedules import default_schedule
from purring.kit.tenancy import reach

PAGE = 50
PROMISES: dict[str, Lazy | str] = {
    "due": pgettext_lazy("promises", "Due"),
    "broken": _("Broken"),
    "kept": _("Kept"),
    "asked": _("Asked for"),
}
PLANS: dict[str, Lazy | str] = {"due": _("Running"), "broken": _("Missed"), "kept": _("Paid"), "asked": _("Asked for")}


def terms(
    request: HttpRequest, desk: Desk, group_id: int | None = None, customer_id: int | None = None
) -> HttpResponse:
    """The terms of everybody, or of one group or customer."""
    group = reach(Group, desk.organization, pk=group_id) if group_id else None
    customer = reach(Customer, desk.organization, pk=customer_id) if customer_id else None
    mine = OfferTerms.objects.of(desk.organization).filter(group=group, customer=customer)
    last = mine.order_by("-since", "-id").first()
    own = last is not None and not last.as_usual
    here = last if own and last else _usual(desk, customer)
    form = TermsForm(request.POST or None, desk=desk, terms=here, group=group, customer=customer, own=own)
    if request.method == "POST" and form.run():
        name = f"desk:offers-{'group' if group else 'customer'}" if group or customer else "desk:settings-offers"
        return kept(request, name, *[one.pk for one in (group, customer) if one])
    custom = custom_of(desk.organization.country)
    context: dict[str, Any] = {
        "form": form,
        "group": group,
        "customer": customer,
        "since": last.since if last else None,
        "custom": custom,
        "groups": list(Group.objects.of(desk.organization).order_by("name")[:200]),
        "own": _own_terms(desk),
    }
    return show(request, "offers", "offers", 422 if request.method == "POST" else 200, **context)


def _usual(desk: Desk, customer: Customer | None) -> OfferTerms:
    """What holds without terms of their own."""
    if customer:
        return terms_book([customer]).of(customer, desk.today)
    rows = OfferTerms.objects.of(desk.organization).filter(group=None, customer=None)
    return rows.order_by("-since", "-id").first() or OfferTerms(organization=desk.organization, since=desk.today)


def _own_terms(desk: Desk) -> list[OfferTerms]:
    """Groups and customers that have terms of their own now."""
    rows = OfferTerms.objects.of(desk.organization).exclude(group=None, customer=None)
    newer = rows.filter(group=OuterRef("group"), customer=None, id__gt=OuterRef("id"))
    newer_own = rows.filter(customer=OuterRef("customer"), group=None, id__gt=OuterRef("id"))
    last = rows.exclude(Exists(newer)).exclude(Exists(newer_own)).filter(as_usual=False)
    return list(last.select_related("group", "customer").order_by("group__name", "customer__name", "id")[:200])


def agreements(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Promises and plans, by their day."""
    what = "plans" if request.GET.get("what") == "plans" else "promises"
    shows = PLANS if what == "plans" else PROMISES
    wanted = request.GET.get("show", "")
    state = wanted if wanted in shows else "due"
    after = request.GET.get("after", "")
    if what == "promises" and state == "asked":
        days = late_days(desk.organization).select_related("customer").prefetch_related("invoices")
        found_days, key = page_of(days, ("customer_id", "id"), after, PAGE, int)
        rows: list[Any] = list(found_days)
    elif what == "promises":
        promises = _promises(desk, state).select_related("customer").prefetch_related("invoices")
        found, key = page_of(promises, ("pay_on", "id"), after, PAGE, date.fromisoformat)
        rows = list(found)
    elif state == "asked":
        asked = PlanProposal.objects.of(desk.organization).filter(state="open").annotate(at=F("consent__at"))
        proposals, key = page_of(asked.select_related("customer"), ("customer_id", "id"), after, PAGE, int)
        rows = list(proposals)
    else:
        plans = _plans(desk, state).select_related("customer")
        found_plans, key = page_of(plans, ("next_on", "id"), after, PAGE, date.fromisoformat)
        rows = list(plans_standing(found_plans, desk.today))
    context = {
        "here": "customers",
        "what": what,
        "show": state,
        "shows": shows,
        "rows": rows,
        "waiting": PlanProposal.objects.of(desk.organization).filter(state="open").count(),
        "waiting_days": late_days(desk.organization).count(),
        "more": more_link(reverse("desk:agreements"), request.GET, key),
    }
    return render(request, "desk/agreements_rows.html" if is_fragment(request) else "desk/agreements.html", context)


def _promises(desk: Desk, state: str) -> QuerySet[Promise]:
    """Due: the day with its grace has not passed and something of it is open. Broken: it has, and neither was the
    promised sum received by then nor is everything settled. Kept: the others."""
    grace = timedelta(default_schedule(desk.organization).promise_grace_days)
    last_day = desk.today - grace
    rows = Promise.objects.of(desk.organization).filter(withdrawn_at=None)
    invoices = Invoice.objects.of(desk.organization)
    open_ones = invoices.filter(promises=OuterRef("pk"), settled_on=None)
    covered = invoices.filter(promises=OuterRef(OuterRef("pk")))
    received = (
        Allocation.objects.of(desk.organization)
        .filter(
            invoice_id__in=covered.values("pk"),
            payment__on__gte=OuterRef("said_on"),
            payment__on__lte=OuterRef("pay_on") + grace,
        )
        .order_by()
        .values("organization_id")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    rows = rows.annotate(is_open=Exists(open_ones), received=Coalesce(Subquery(received), 0))
    paid = Q(is_open=False) | Q(amount__isnull=False, received__gte=F("amount"))
    if state == "due":
        return rows.exclude(paid).filter(pay_on__gte=last_day)
    if state == "broken":
        return rows.exclude(paid).filter(pay_on__lt=last_day)
    return rows.filter(paid)


def _plans(desk: Desk, state: str) -> QuerySet[PaymentPlan]:
    """Plans in force by the day of the first instalment that is not paid; paid ones by their last day."""
    rows = PaymentPlan.objects.of(desk.organization).filter(cancelled_at=None)
    is_open = Exists(Invoice.objects.of(desk.organization).filter(plans=OuterRef("pk"), settled_on=None))
    parts = Instalment.objects.of(desk.organization).filter(plan=OuterRef("pk"))
    if state == "kept":
        last = Subquery(parts.order_by("-number").values("due")[:1])
        return rows.annotate(is_open=is_open, next_on=last).filter(is_open=False)
    owed = (
        Invoice.objects.of(desk.organization)
        .filter(plans=OuterRef(OuterRef("pk")))
        .order_by()
        .values("organization_id")
        .annotate(sum=Sum(F("amount") - F("credited") - F("forgiven") - F("allocated")))
        .values("sum")
    )
    # What is owed is the plan's tail: an instalment is paid when those after it come to at least that much.
    later = (
        Instalment.objects.of(desk.organization)
        .filter(plan=OuterRef("plan"), number__gt=OuterRef("number"))
        .order_by()
        .values("plan")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    unpaid = parts.annotate(after=Coalesce(Subquery(later), 0), owed=Subquery(owed)).filter(owed__gt=F("after"))
    rows = rows.annotate(is_open=is_open, next_on=Subquery(unpaid.order_by("number").values("due")[:1]))
    rows = rows.filter(is_open=True, next_on__isnull=False)
    return rows.filter(next_on__lt=desk.today) if state == "broken" else rows.filter(next_on__gte=desk.today)


def paper(request: HttpRequest, desk: Desk, plan_id: int) -> HttpResponse:
    """A plan as PDF."""
    plan = reach(PaymentPlan, desk.organization, pk=plan_id)
    (standing,) = plans_standing([plan], desk.today)
    return download(plan_paper(standing).pdf, f"plan-{plan.since}-{plan.pk}.pdf", "application/pdf")
