# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first five minutes: from who asks to the first messages with a person's yes. Each step is a page of its own that
can be left, skipped and opened again; what is done is read from the facts (`beginning`)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from purring.core.reasons import why_hold
from purring.doors.desk.banking import judge
from purring.doors.desk.begin_forms import VOICES, AskingForm, BankForm, HouseForm
from purring.doors.desk.beginning import LATER, STEPS, At, next_step, say, steps_of
from purring.doors.desk.choices import main_currency, main_language
from purring.doors.desk.desk import Desk, go_on, is_fragment
from purring.doors.desk.desk import say as tell
from purring.doors.desk.sayings import HOLD_CODES, SCHEMES, label
from purring.doors.desk.views.importing import brought
from purring.doors.desk.views.mail import title_of
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.sending.roads import address_of, mail_ready
from purring.followup.accounts import load_accounts
from purring.followup.approvals import waiting
from purring.followup.morning import approve_many
from purring.followup.planning import plan
from purring.followup.sampling import Sampling, sample_invoices
from purring.kit.numbers import whole
from purring.kit.zones import main_zone
from purring.plugins.channel.providers import providers

PLANNED_AT_ONCE = 2000
"""Up to so many open invoices a new schedule is decided at once, so that the person sees what it does."""
SHOWN = 30
STAYING_LOOKED_AT = 300
STAYING_SHOWN = 6
EXCERPT = 400
"""Characters of a message after which an excerpt ends with its paragraph."""


def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """On to where the person left; when nothing is left, what comes now."""
    steps = steps_of(desk)
    left = next_step(steps)
    if left and desk.organization.first_day_approved_at is None:
        return go_on(request, left.to)
    context: dict[str, Any] = {
        "open": [one for one in steps if not one.done],
        "address": address_of(desk.organization),
        "leaves": waiting(desk.organization, desk.today).exclude(approved_at=None).count(),
    }
    return _show(request, desk, "done", steps=steps, **context)


def business(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = HouseForm(request.POST or None, desk=desk)
    if request.method == "POST" and form.run():
        return _on(request, desk, "business")
    return _show(request, desk, "business", form=form, status=_status(request))


def guess(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is usual in the country that was just chosen; everything else stays as it is in the form."""
    data = request.POST.copy()
    country = data.get("country", "")
    data["currency"] = main_currency(country)
    data["timezone"] = main_zone(country) or data.get("timezone", "")
    data["language"] = main_language(country) or data.get("language", "")
    return render(request, "desk/begin/usual.html", {"form": HouseForm(data, desk=desk)})


def bank(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = BankForm(request.POST or None, desk=desk)
    if request.method == "POST" and form.run():
        return _on(request, desk, "bank")
    number = form.initial["number"]
    judged = judge(form.initial["scheme"], number) if number and not form.is_bound else None
    return _show(request, desk, "bank", form=form, judged=judged, status=_status(request))


def bank_check(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the number as it stands in the form can be. Nothing is kept."""
    scheme, number = request.POST.get("scheme", ""), " ".join(request.POST.get("number", "").split())[:60]
    judged = judge(scheme, number) if number and scheme in SCHEMES else None
    return render(request, "desk/begin/bank_said.html", {"judged": judged})


def invoices(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Bring a file, or make one request by hand."""
    some = Invoice.objects.of(desk.organization).exists()
    return _show(request, desk, "invoices", some=some, begins=True, **brought(desk))


def words(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How messages sound and when they come, shown for a real customer. "look" shows what is chosen and keeps nothing."""
    form = AskingForm(request.POST or None, desk=desk)
    looks = request.method == "POST" and request.POST.get("do") == "look"
    if request.method == "POST" and not looks and form.run():
        if len(Invoice.objects.of(desk.organization).filter(settled_on=None)[: PLANNED_AT_ONCE + 1]) <= PLANNED_AT_ONCE:
            plan(desk.organization, desk.now)
        return _on(request, desk, "words")
    context = {"form": form, **_asking(request, desk, form)}
    if is_fragment(request):
        return render(request, "desk/begin/asking.html", context)
    return _show(request, desk, "words", status=200 if looks else _status(request), **context)


def _asking(request: HttpRequest, desk: Desk, form: AskingForm) -> dict[str, Any]:
    """The voices with the same message each, the schedules, and the chosen one with the words of its steps."""
    voice, key = form.chosen("voice"), form.chosen("schedule")
    samples = sample_invoices(desk.organization)
    chosen = request.POST.get("sample", "")
    invoice = next((one for one in samples if str(one.pk) == chosen), samples[0] if samples else None)
    one = form.offered[key]
    sampling = Sampling(desk.organization, invoice, desk.today) if invoice else None
    shown = sampling.steps(one.steps, voice) if sampling else [None] * len(one.steps)
    return {
        "voices": [
            {"code": code, "name": names[0], "note": names[1], "here": code == voice, "words": _excerpt(sampling, code)}
            for code, names in VOICES.items()
        ],
        "offers": [
            {"offer": each, "here": each.key == key, "sentence": each.sentence(desk.locale)}
            for each in form.offered.values()
        ],
        "timeline": list(zip(one.words, shown, strict=True)),
        "invoice": invoice,
        "samples": samples,
        "to": sampling.to if sampling else "",
    }


def _excerpt(sampling: Sampling | None, voice: str) -> dict[str, str]:
    """How a friendly reminder begins in this voice."""
    said = sampling.say("friendly", "email", sampling.due + timedelta(3), voice) if sampling else None
    if said is None:
        return {}
    kept = ""
    for paragraph in said.text.split("\n\n"):
        if paragraph.startswith("- ") or len(kept) > EXCERPT:  # the details are the same in every voice
            break
        kept = f"{kept}\n\n{paragraph}".strip()
    return {"subject": said.subject, "text": kept, "language": said.language}


def mail(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Through which mailbox messages leave; connecting one has its own page, and every page leads back here."""
    known = [(one.key, title_of(one)) for one in providers().values() if not one.service]
    ready, address = mail_ready(desk.organization), address_of(desk.organization)
    return _show(request, desk, "mail", ready=ready, address=address, providers=known)


def first_day(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Exactly what would go out next, whole; why the others stay; and the yes to it (R23)."""
    organization = desk.organization
    if request.method == "POST":
        newest = whole(request.POST.get("newest")) or 0
        seen = waiting(organization, desk.today).filter(approved_at=None, pk__lte=newest)
        with transaction.atomic():
            ids = list(seen.values_list("id", flat=True))
            told: dict[str, Any] = {"now": desk.now, "actor": desk.actor}
            found = approve_many(organization, ids, user_id=desk.user.pk, first=True, **told)
        count = found.number
        said = ngettext("%(count)s message approved.", "%(count)s messages approved.", count) % {"count": count}
        tell(request, said if count else gettext("Approved."), undo=found.entry)
        return go_on(request, reverse("desk:begin"))
    rows = waiting(organization, desk.today)
    known = rows.aggregate(total=Count("id"), newest=Max("id"))
    steps = steps_of(desk, "first-day")
    done = {one.name for one in steps if one.done}
    context = {
        "going": list(rows.select_related("customer")[:SHOWN]),
        "total": known["total"],
        "newest": known["newest"] or 0,
        "planned": organization.planned_on == desk.today,
        "some": "invoices" in done,
        "ready": "mail" in done,
    }
    return _show(request, desk, "first_day", "first-day", steps=steps, **context)


def staying(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Why the others stay, and when the next message could leave: a part of the first day's page, or a page."""
    groups, earliest = _staying(desk)
    context: dict[str, Any] = {"staying": groups, "earliest": earliest}
    if is_fragment(request):
        return render(request, "desk/begin/staying.html", context)
    return _show(request, desk, "staying_page", "first-day", **context)


@dataclass(frozen=True)
class Staying:
    """Invoices that stay for one reason, with one of them as an example."""

    label: str
    count: int
    example: str
    why: str


def _staying(desk: Desk) -> tuple[list[Staying], date | None]:
    """Why the other invoices stay, the largest groups first, of a bounded number of customers; and the next day on which
    something could go out."""
    organization = desk.organization
    owing = Invoice.objects.of(organization).filter(settled_on=None).values("customer_id")
    keys = Customer.objects.of(organization).filter(pk__in=owing).order_by("pk").values_list("pk", flat=True)
    ids = list(keys[:STAYING_LOOKED_AT])
    counts: Counter[str] = Counter()
    examples: dict[str, tuple[str, str]] = {}
    days: set[date] = set()
    for one in load_accounts(organization, ids, desk.today, few=True).values() if ids else ():
        decision = one.decide(desk.today)
        if decision.look_again_on and decision.look_again_on > desk.today and not decision.contact:
            days.add(decision.look_again_on)
        for answer in decision.answers.values():
            if answer.code not in ("send", "settled", "approval"):
                counts[answer.code] += 1
                examples.setdefault(answer.code, (one.customer.name, why_hold(answer)))
    found = [
        Staying(label(HOLD_CODES, code), count, *examples[code])
        for code, count in islice(counts.most_common(), STAYING_SHOWN)
    ]
    return found, min(days, default=None)


def later(request: HttpRequest, desk: Desk, step: str) -> HttpResponse:
    """Not now: on to the next step; it can be opened again at any time."""
    say(desk.organization, step, LATER, now=desk.now, actor=desk.actor)
    return _on(request, desk, step)


def _on(request: HttpRequest, desk: Desk, name: str) -> HttpResponse:
    """To the next step that is left, as seen from this one."""
    left = next_step(steps_of(desk), after=name)
    return go_on(request, left.to if left else reverse("desk:begin"))


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200


def _show(
    request: HttpRequest,
    desk: Desk,
    page: str,
    step: str = "",
    status: int = 200,
    steps: list[At] | None = None,
    **context: Any,
) -> HttpResponse:
    """A page of setting up with its progress line."""
    name = step or page
    line = steps or steps_of(desk, name)
    number = next((at for at, one in enumerate(line, 1) if one.here), 0)
    context |= {"here": "begin", "steps": line, "number": number, "count": len(STEPS), "step": name}
    return render(request, f"desk/begin/{page}.html", context, status=status)
