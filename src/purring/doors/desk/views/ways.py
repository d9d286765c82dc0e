# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings, "Ways to be paid": accounts at payment providers, and the ways by hand of each legal entity."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from purring.core.errors import Refused, Trouble
from purring.doors.desk.desk import Desk, go_on
from purring.doors.desk.fields import sentence
from purring.doors.desk.money import title_of
from purring.doors.desk.views.settings import kept, show
from purring.doors.desk.ways_forms import AccountForm, WayForm, found_text
from purring.facts.checkout.accounts import change_account, notice_address, provider_of
from purring.facts.checkout.models import Notice, ProviderAccount
from purring.facts.checkout.notices import let_go, look_again, lost_notices
from purring.facts.checkout.ways import TRANSFER, ways_of
from purring.facts.organizations.models import LegalEntity
from purring.kit.tenancy import reach
from purring.plugins.payment.registry import plugin, plugins

ASKED_ABOUT = timedelta(days=1)
MOST_LOST = 20


def listing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is connected, what can be, and the ways by hand."""
    lost = Notice.objects.of(desk.organization).filter(account=OuterRef("pk"), look_at=None).exclude(error="")
    rows = ProviderAccount.objects.of(desk.organization).select_related("entity").order_by("id")
    rows = rows.annotate(lost=Exists(lost))
    entities = LegalEntity.objects.of(desk.organization).order_by("-is_default", "name")
    context: dict[str, Any] = {
        "accounts": [{"account": one, "title": title_of(one), "address": notice_address(one)} for one in rows],
        "plugins": list(plugins().values()),
        "entities": [{"entity": one, "ways": ways_of(one)} for one in entities],
    }
    return show(request, "ways", "ways", **context)


def connect(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A new account; `provider` says where."""
    found = plugins().get(request.GET.get("provider", ""))
    if found is None:
        return go_on(request, reverse("desk:ways"))
    form = AccountForm(request.POST or None, desk=desk, plugin=found)
    if request.method == "POST" and form.run():
        assert form.account
        messages.success(
            request, gettext("Connected. Now enter the address for notices at the provider, and check it.")
        )
        return go_on(request, reverse("desk:way-account", args=[form.account.pk]))
    return _form(request, form, title=found.TITLE)


def change(request: HttpRequest, desk: Desk, account_id: int) -> HttpResponse:
    account = reach(ProviderAccount, desk.organization, pk=account_id)
    try:
        found = plugin(account.provider)
    except Refused:
        return show(request, "way_gone", "ways", account=account)
    form = AccountForm(request.POST or None, desk=desk, plugin=found, account=account)
    if request.method == "POST" and form.run():
        return kept(request, "desk:way-account", account.pk)
    lost = list(lost_notices(account)[: MOST_LOST + 1])
    return _form(
        request,
        form,
        title=title_of(account),
        account=account,
        address=notice_address(account),
        lost=lost[:MOST_LOST],
        more_lost=len(lost) > MOST_LOST,
    )


def _form(request: HttpRequest, form: AccountForm, **context: Any) -> HttpResponse:
    return show(request, "way_account", "ways", 422 if request.method == "POST" else 200, form=form, **context)


def check(request: HttpRequest, desk: Desk, account_id: int) -> HttpResponse:
    """Ask the provider something harmless, and say what came of it."""
    account = reach(ProviderAccount, desk.organization, pk=account_id)
    try:
        found = list(provider_of(account).changed_since(desk.now - ASKED_ABOUT))
    except Refused as refused:
        messages.warning(request, sentence(refused.message))
    except Trouble as trouble:
        told = gettext("The provider did not answer as it should: %(why)s") % {"why": trouble.message}
        messages.warning(request, sentence(told))
    else:
        messages.success(request, found_text(len(found)))
    return go_on(request, reverse("desk:way-account", args=[account.pk]))


def notices(request: HttpRequest, desk: Desk, account_id: int) -> HttpResponse:
    """About notices that nothing came of: ask once more, or note that a person looked."""
    account = reach(ProviderAccount, desk.organization, pk=account_id)
    told: Any = {"now": desk.now, "actor": desk.actor}
    if request.POST.get("do") == "seen":
        let_go(account, **told)
        messages.success(request, gettext("Noted."))
    else:
        look_again(account, **told)
        messages.success(request, gettext("They are asked about again within a minute."))
    return go_on(request, reverse("desk:way-account", args=[account.pk]))


def switch(request: HttpRequest, desk: Desk, account_id: int) -> HttpResponse:
    """Offer it, or do not offer it any more. What was begun there is looked after all the same."""
    account = reach(ProviderAccount, desk.organization, pk=account_id)
    wanted = request.POST.get("enabled") == "yes"
    if account.enabled != wanted:
        change_account(account, enabled=wanted, now=desk.now, actor=desk.actor)
    return kept(request, "desk:ways")


def by_hand(request: HttpRequest, desk: Desk, entity_id: int) -> HttpResponse:
    """The ways by hand of one legal entity, each a form of its own."""
    entity = reach(LegalEntity, desk.organization, pk=entity_id)
    sent = request.POST.get("kind", "")
    forms = [
        WayForm(request.POST if way.kind == sent else None, desk=desk, entity=entity, way=way)
        for way in ways_of(entity)
    ]
    for form in forms:
        if form.way.kind == sent and form.run():
            return kept(request, "desk:ways-by-hand", entity.pk)
    status = 422 if request.method == "POST" else 200
    has_account = any(one.get("number") for one in entity.accounts)
    context = {"entity": entity, "forms": forms, "transfer": TRANSFER, "has_account": has_account}
    return show(request, "ways_by_hand", "ways", status, **context)
