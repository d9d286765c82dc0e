# SPDX-License-Identifier: AGPL-3.0-or-later
"""Paying in instalments: the customer builds a plan, sees its days and amounts, and agrees to it, or asks for it where it
goes beyond what is agreed to at once.

A GET shows the plan that its fields describe and changes nothing; what is agreed to is what was shown (the form's token is
bound to it).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from purring.core import plans
from purring.core.calendar import working_days
from purring.core.errors import Refused
from purring.core.plans import Instalments, Wish
from purring.doors.portal.opening import Visit, closed, private, visit
from purring.doors.portal.paying import go
from purring.doors.portal.reading import read_money, written_money
from purring.facts.agreements.models import PaymentPlan
from purring.facts.checkout.mandates import mandate_of
from purring.facts.checkout.models import Mandate
from purring.facts.invoices.models import Invoice
from purring.facts.offers.actions import Agreed, ask_for_plan
from purring.facts.offers.models import Consent, PlanProposal
from purring.facts.offers.standing import PlanStanding, plan_paper, plans_standing
from purring.facts.offers.terms import limits_of, rhythms_of, terms_of
from purring.followup.confirming import confirm_plan
from purring.kit import forms
from purring.kit.downloads import download
from purring.kit.numbers import whole
from purring.language import formats

log = logging.getLogger("purring.portal")
FORM = "plan"
FURTHEST_FIRST_DAYS = 366
MOST_INVOICES = 200
UNTOLD = Wish(3, plans.RHYTHMS[-1], date.min)
"""What is suggested where nothing is offered without a person."""


@dataclass
class Draft:
    """The plan that a form describes, as it was written and as it was understood; `errors` by field."""

    number: str
    rhythm: str
    first: str
    first_on: str
    wish: Wish | None = None
    instalments: Instalments = ()
    inside: bool = False
    errors: dict[str, str] = field(default_factory=dict)


@csrf_exempt  # the token of the form does what the cookie would
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the plan that runs or waits for our answer, else builds one; POST agrees to it or asks for it."""
    found = visit(request, token)
    if found is None:
        return closed(request)
    running, waiting = running_plans(found), waiting_proposals(found)
    bound_up = {one.pk for standing in running for one in standing.invoices}
    free = [one for one in open_invoices(found) if one.pk not in bound_up]
    wanted = (request.POST or request.GET).get("currency", "")
    currencies = list(dict.fromkeys(one.currency for one in free))
    currency = wanted if wanted in currencies else currencies[0] if currencies else ""
    invoices = [one for one in free if one.currency == currency]
    asked_already = {one.pk for proposal in waiting for one in proposal.invoices.all()}
    if asked_already >= {one.pk for one in invoices} and request.method != "POST":
        invoices = []  # it waits for our answer
    if not invoices and not running and not waiting:
        return go(found, found.to("account"))
    if request.method == "POST" and not invoices:  # agreed to already
        return go(found, found.to("plan"))
    if request.method == "POST":
        return _agree(request, found, invoices, currency, running)
    draft = _read(request.GET, found, invoices, currency) if invoices else None
    return _page(
        request, found, invoices, currency, draft, running, waiting, [one for one in currencies if one != currency]
    )


def _agree(
    request: HttpRequest, found: Visit, invoices: Sequence[Invoice], currency: str, running: Sequence[PlanStanding]
) -> HttpResponse:
    draft = _read(request.POST, found, invoices, currency)
    key = ""
    if draft.wish:
        try:
            bound = _bound(found, invoices, draft.instalments)
            key = forms.read(FORM, request.POST.get("form", ""), bound, found.now)
        except Refused:
            draft.errors["page"] = found.words.say("pay_changed")
        if not request.POST.get("agreed"):
            draft.errors["agreed"] = found.words.say("required")
    if draft.errors or draft.wish is None:
        return _page(request, found, invoices, currency, draft, running, (), (), status=422)
    text, automatic = _consent_text(found, draft.instalments, currency), taken_by(found)
    if automatic and (automatic.instalments or request.POST.get("automatic")):
        how = "autopay_plan_on" if automatic.instalments else "autopay_plan_ask"
        text = f"{text}\n{found.words.say(how, way=automatic.label)}"
    else:
        automatic = None
    agreed = replace(agreed_here(request, found, key, text), automatic=automatic is not None)
    try:
        made = ask_for_plan(found.customer, invoices, draft.wish, agreed, on=found.today, now=found.now)
    except Refused as refused:
        draft.errors["page"] = found.words.say("try_later" if refused.code == "too_many" else "pay_changed")
        return _page(request, found, invoices, currency, draft, running, (), (), status=409)
    if isinstance(made, PaymentPlan):
        in_writing(confirm_plan, made, found)
    return go(found, found.to("plan"))


@require_safe
def paper(request: HttpRequest, token: str, plan_id: int) -> HttpResponse:
    """A plan as PDF."""
    found = visit(request, token)
    if found is None:
        return closed(request)
    standing = next((one for one in running_plans(found, ended=True) if one.plan.pk == plan_id), None)
    if standing is None:
        return closed(request)
    pdf = plan_paper(standing).pdf
    return private(download(pdf, f"plan-{standing.plan.since}.pdf", "application/pdf"), found.words.language)


def open_invoices(found: Visit) -> list[Invoice]:
    """What the visit shows of what is open, the oldest due first."""
    rows = Invoice.objects.of(found.organization).filter(
        customer=found.customer, settled_on=None, issued__lte=found.today
    )
    if found.invoices is not None:
        rows = rows.filter(pk__in=found.invoices)
    return list(rows.order_by("due", "id")[:MOST_INVOICES])


def running_plans(found: Visit, *, ended: bool = False) -> list[PlanStanding]:
    """The plans in force whose invoices the visit shows, with something still to pay; with `ended` every one there was."""
    rows = PaymentPlan.objects.of(found.organization).filter(customer=found.customer)
    if not ended:
        rows = rows.filter(cancelled_at=None, invoices__settled_on=None).distinct()
    standing = plans_standing(list(rows.select_related("customer__organization").order_by("id")), found.today)
    return [one for one in standing if all(found.shows(invoice.pk) for invoice in one.invoices)]


def waiting_proposals(found: Visit) -> list[PlanProposal]:
    """What the customer asked for and nobody has decided yet."""
    rows = PlanProposal.objects.of(found.organization).filter(customer=found.customer, state="open")
    waiting = list(rows.prefetch_related("invoices").order_by("id"))
    return [one for one in waiting if all(found.shows(invoice.pk) for invoice in one.invoices.all())]


def _read(said: Any, found: Visit, invoices: Sequence[Invoice], currency: str) -> Draft:
    """What the form describes; as it first opens, the gentlest plan that is agreed to at once."""
    total = sum(one.balance for one in invoices)
    terms = terms_of(found.customer, found.today)
    limits = limits_of(terms, found.customer, currency)
    calendar, rhythms = working_days(found.customer.country), rhythms_of(terms)
    if "number" not in said:
        first_on = calendar.shift(found.today + timedelta(7))
        wish = plans.gentlest(total, limits, found.today, calendar, rhythms) or _suggested(UNTOLD, first_on, total)
        first = written_money(wish.first, currency, found) if wish.first else ""
        draft = Draft(str(wish.number), wish.rhythm, first, wish.first_on.isoformat())
    else:
        written = [str(said.get(name, "")).strip()[:40] for name in ("number", "rhythm", "first", "first_on")]
        draft = Draft(written[0], written[1], written[2], written[3])
    wish_or_none = _wish(draft, found, currency, total)
    if wish_or_none is None:
        return draft
    try:
        draft.instalments = plans.build(total, wish_or_none, calendar, plans.last_day(limits, found.today))
    except Refused as refused:
        at = str(refused.params.get("field", "number"))
        most = formats.money(total, currency, found.words.locale)
        draft.errors[at] = found.words.say("bad_amount", amount=most) if at == "first" else found.words.say("required")
        return draft
    draft.wish = wish_or_none
    allowed = limits.most > 1 and wish_or_none.rhythm in rhythms
    draft.inside = allowed and not plans.beyond(draft.instalments, limits, found.today)
    return draft


def _suggested(wish: Wish, first_on: date, total: int) -> Wish:
    """The usual suggestion from a day on; a tiny sum has no three instalments."""
    return wish._replace(first_on=first_on, number=min(wish.number, total))


def _wish(draft: Draft, found: Visit, currency: str, total: int) -> Wish | None:
    say = found.words.say
    number = whole(draft.number) or 0
    if not 1 <= number <= plans.MOST_INSTALMENTS:
        draft.errors["number"] = say("required")
    if draft.rhythm not in plans.RHYTHMS:
        draft.errors["rhythm"] = say("required")
    first_on = day_in(draft.first_on)
    if first_on is None or not 0 <= (first_on - found.today).days <= FURTHEST_FIRST_DAYS:
        draft.errors["first_on"] = say("bad_date")
    first = read_money(draft.first, currency, found) if draft.first else None
    if draft.first and (first is None or not 0 < first <= total):
        draft.errors["first"] = say("bad_amount", amount=formats.money(total, currency, found.words.locale))
    if draft.errors or first_on is None:
        return None
    return Wish(number, draft.rhythm, first_on, first)


def _page(
    request: HttpRequest,
    found: Visit,
    invoices: Sequence[Invoice],
    currency: str,
    draft: Draft | None,
    running: Sequence[PlanStanding],
    waiting: Sequence[PlanProposal],
    others: Sequence[str],
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "w": found.words,
        "organization": found.organization,
        "invoices": invoices,
        "currency": currency,
        "total": sum(one.balance for one in invoices),
        "draft": draft,
        "rhythms": [(name, found.words.say(f"plan_{name}")) for name in plans.RHYTHMS],
        "today": found.today,
        "running": [(one, found.to("plan-paper", str(one.plan.pk))) for one in running],
        "automatically": automatically([one.plan.pk for one in running], found) if running else set(),
        "waiting": [(one, [(date.fromisoformat(day), amount) for day, amount in one.instalments]) for one in waiting],
        "others": [(one, with_query(found.to("plan"), f"currency={one}")) for one in others],
        "taken_by": taken_by(found) if draft or running else None,
        "automatic": request.POST.get("automatic") == "yes",
        "here": found.to("plan"),
        "language": found.chosen,
        "form": forms.token(FORM, _bound(found, invoices, draft.instalments), found.now) if draft else "",
        "back": found.to("account"),
    }
    return private(render(request, "portal/plan.html", context, status=status), found.words.language)


def _bound(found: Visit, invoices: Sequence[Invoice], instalments: Instalments) -> list[str]:
    """What a form's token is good for: this link, and the plan as it was shown."""
    shown = [f"{day.isoformat()} {amount}" for day, amount in instalments]
    return [found.link_digest, ",".join(str(one.pk) for one in invoices), *shown]


def _consent_text(found: Visit, instalments: Instalments, currency: str) -> str:
    """What the customer agrees to, word for word as it stands on the page."""
    locale, count = found.words.locale, len(instalments)
    rows = [
        f"{found.words.say('plan_row', k=at, n=count, date=day)}: {formats.money(amount, currency, locale)}"
        for at, (day, amount) in enumerate(instalments, 1)
    ]
    return "\n".join([*rows, found.words.say("plan_consent")])


def taken_by(found: Visit) -> Mandate | None:
    """The automatic payment there is, which can take the instalments too."""
    return mandate_of(found.customer)


def automatically(plans: Sequence[int], found: Visit) -> set[int]:
    """The plans whose instalments are taken automatically."""
    mandate = taken_by(found)
    if mandate is None:
        return set()
    if mandate.instalments:
        return {*plans}
    agreed = Consent.objects.of(found.organization).filter(plan__in=plans, automatic=True)
    return {key for key in agreed.values_list("plan_id", flat=True) if key}


def in_writing(confirm: Callable[..., Any], made: Any, found: Visit) -> None:
    """What was just agreed also comes by mail. It is agreed whether or not that can be said."""
    try:
        confirm(made, today=found.today, now=found.now, actor="customer")
    except Refused as refused:
        log.info("what was agreed is not confirmed in writing: %s", refused.message)
    except Exception:  # whatever putting it into words breaks with: the visitor has agreed, and the log knows
        log.exception("what was agreed is not confirmed in writing")


def agreed_here(request: HttpRequest, found: Visit, key: str, text: str) -> Agreed:
    address, agent = request.META.get("REMOTE_ADDR", ""), request.headers.get("User-Agent", "")
    return Agreed(text, found.words.language, key, address, agent, found.link_digest)


def day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def with_query(address: str, query: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{query}"
