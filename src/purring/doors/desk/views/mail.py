# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings, "Sending", mail account: connect it, try it, send a test mail, and the DNS lines that make others believe it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language, gettext

from purring.core.errors import Refused, Trouble
from purring.doors.desk.desk import Desk, go_on
from purring.doors.desk.fields import sentence
from purring.doors.desk.mail_forms import MailForm, TestMailForm
from purring.doors.desk.mail_sayings import DNS, HINTS, OTHER_TITLE, TRIED
from purring.doors.desk.views.settings import show
from purring.facts.sending.accounts import account_of, note_test, note_try, remove_account, server_of
from purring.facts.sending.models import MailAccount
from purring.facts.sending.roads import house_can_mail, send_test
from purring.kit import maildns
from purring.plugins.channel.providers import OTHER, Provider, guess, provider, providers
from purring.plugins.channel.smtp.trying import try_server


def title_of(one: Provider) -> str:
    """The provider's own name."""
    return one.title or str(OTHER_TITLE)


def mail(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Where messages leave, and whether that works."""
    return _page(request, desk, TestMailForm(desk=desk))


def _page(request: HttpRequest, desk: Desk, form: TestMailForm, status: int = 200) -> HttpResponse:
    account = account_of(desk.organization)
    context: dict[str, Any] = {"account": account, "form": form, "sub": "mail"}
    if account is None:
        context |= {"house": house_can_mail(), "house_address": settings.MAIL_FROM, **_choice()}
    else:
        known = provider(account.provider)
        said = TRIED[account.tried][1] if account.tried in TRIED else ""
        context |= {"title": title_of(known), "known": known, "said": said}
    return show(request, "mail", "sending", status, **context)


def _choice() -> dict[str, Any]:
    """Mailboxes and services to choose from."""
    rows = [(one.key, title_of(one), one.service) for one in providers().values()]
    return {
        "mailboxes": [(key, title) for key, title, service in rows if not service and key != OTHER],
        "services": [(key, title) for key, title, service in rows if service],
    }


def connect(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Connect an account, or change the one that is there; `provider` says where."""
    account = account_of(desk.organization)
    key = request.GET.get("provider", "") or (account.provider if account and "change" in request.GET else "")
    if key not in providers():
        return show(request, "mail_choose", "sending", sub="mail", account=account, **_choice())
    known = providers()[key]
    there = account if account and account.provider == key else None
    form = MailForm(request.POST or None, desk=desk, provider=known, account=there)
    if request.method == "POST" and form.run(anyway=request.POST.get("anyway") == "yes"):
        told = gettext("Connected. Now send a test mail to yourself.")
        messages.success(request, told)
        return go_on(request, reverse("desk:mail"))
    context: dict[str, Any] = {"form": form, "title": title_of(known), "hint": HINTS.get(key, ""), "known": known}
    context |= {"account": there, "replaces": account if account and not there else None, "sub": "mail"}
    response = show(request, "mail_connect", "sending", 422 if request.method == "POST" else 200, **context)
    add_never_cache_headers(response)  # what was typed a moment ago stands in it
    return response


def try_again(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Sign in once more, and say what came of it."""
    if (account := account_of(desk.organization)) is None:
        return go_on(request, reverse("desk:mail"))
    if provider(account.provider).service:
        messages.info(request, gettext("Only a message can tell with a mail service: send a test mail to yourself."))
        return go_on(request, reverse("desk:mail"))
    try:
        tried = try_server(server_of(account), account.address)
    except Refused as refused:
        messages.warning(request, sentence(refused.message))
        return go_on(request, reverse("desk:mail"))
    note_try(account, tried.code, tried.said, now=desk.now)
    if tried.code == "ok":
        messages.success(request, gettext("It answers, and user name and password are right."))
    else:
        messages.warning(request, str(TRIED[tried.code][1]))
    return go_on(request, reverse("desk:mail"))


def test(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One mail to oneself, by the very road of real messages."""
    account = account_of(desk.organization)
    form = TestMailForm(request.POST, desk=desk)
    if account is None:
        return go_on(request, reverse("desk:mail"))
    if not form.is_valid():
        return _page(request, desk, form, 422)
    why = _send(account, form.cleaned_data["to"], desk)
    if why:
        form.add_error(None, why)
        return _page(request, desk, form, 422)
    note_test(account, form.cleaned_data["to"], now=desk.now, actor=desk.actor)
    said = gettext("Sent to %(address)s. Look whether it arrives, and not among the unwanted mail.")
    messages.success(request, said % {"address": form.cleaned_data["to"]})
    return go_on(request, reverse("desk:mail"))


def _send(account: MailAccount, to: str, desk: Desk) -> str:
    """Why the test mail did not leave; empty when it was taken."""
    subject = gettext("A test from Purring: %(name)s") % {"name": desk.organization.name}
    text = gettext(
        "Hello,\n\nthis mail took the same way as the messages to your customers. If you can read it, they leave.\n\n"
        "Look at the sender's name and address: that is what your customers see.\n"
    )
    try:
        delivery = send_test(account, to, subject, text, get_language() or "en", desk.now)
    except (Refused, Trouble) as error:
        return sentence(error.message)
    return "" if delivery.state == "sent" else delivery.detail


def remove(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Let the account go: messages leave as the installation does it, if it does."""
    if remove_account(desk.organization, now=desk.now, actor=desk.actor):
        messages.success(request, gettext("The mail account is disconnected; its password is deleted."))
    return go_on(request, reverse("desk:mail"))


# --- DNS ----------------------------------------------------------------------------------------------------------


def dns(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The lines to add to the domain, and, when asked, what is there now."""
    account = account_of(desk.organization)
    address = account.address if account else settings.MAIL_FROM if house_can_mail() else ""
    if not address:
        return go_on(request, reverse("desk:mail"))
    domain = address.rpartition("@")[2].lower()
    known = provider(account.provider) if account else provider(OTHER)
    context: dict[str, Any] = {"address": address, "domain": domain, "sub": "mail", "looked": "look" in request.GET}
    if guess(address) is not None:
        context["foreign"] = True
    elif maildns.is_reserved(domain):
        context["reserved"] = True
    else:
        context |= _lines(address, domain, known, named_of(known, account), looked=context["looked"])
    return show(request, "mail_dns", "sending", **context)


def named_of(known: Provider, account: MailAccount | None) -> tuple[str, ...]:
    """What the SPF entry has to name: what the provider says; for a server of one's own, the server."""
    if known.spf or account is None or known.key != OTHER or not account.host:
        return known.spf
    return (f"a:{account.host}",)


def _lines(address: str, domain: str, known: Provider, named: tuple[str, ...], *, looked: bool) -> dict[str, Any]:
    found = {one.what: one for one in maildns.look(domain, named=named, selectors=known.selectors)} if looked else {}
    spf, dkim, dmarc = found.get("spf"), found.get("dkim"), found.get("dmarc")
    there = spf.texts if spf else ()
    rows: list[dict[str, Any]] = [
        {
            "what": "SPF",
            "for": gettext("Says which servers may send for %(domain)s.") % {"domain": domain},
            "name": domain,
            "line": maildns.spf_line(there, named) if named else "",
            "found": spf,
        },
        {
            "what": "DKIM",
            "for": gettext(
                "Your provider signs each message; the key stands in DNS. Your provider gives you the line."
            ),
            "name": dkim.name if dkim and dkim.texts else f"…._domainkey.{domain}",
            "line": "",
            "found": dkim,
        },
        {
            "what": "DMARC",
            "for": gettext("Says what others do with mail that only looks as if it were yours."),
            "name": f"_dmarc.{domain}",
            "line": maildns.dmarc_line(address),
            "found": dmarc,
        },
    ]
    for row in rows:
        one = row["found"]
        row["said"] = DNS.get((one.what, one.code), "") if one else ""
    return {"rows": rows, "offline": bool(found) and all(one.code == "unknown" for one in found.values())}
