# SPDX-License-Identifier: AGPL-3.0-or-later
"""The desk a request sits at: who, for which organization, with which role, at which moment.

`page` is the only way to make a route of the desk: it declares the permission, finds the organization, and turns a
`Refused("not_found")` into 404, so that another organization's id does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone, translation
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.doors.desk.factors import is_missing
from purring.doors.desk.permissions import Permission, may
from purring.facts.organizations.models import Membership, Organization, User
from purring.followup.approvals import may_approve
from purring.language.formats import locale_for

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]
SESSION_KEY = "organization"


@dataclass(frozen=True)
class Desk:
    """`now` is read once per request. `others` are the person's memberships elsewhere, `member` is the one here."""

    user: User
    organization: Organization
    role: str
    now: datetime
    others: list[Membership] = field(default_factory=list)
    member: Membership | None = None

    @property
    def all(self) -> list[Membership]:
        """All the person belongs to, this one first."""
        return [self.member, *self.others] if self.member else list(self.others)

    @property
    def today(self) -> date:
        return self.organization.today(self.now)

    @property
    def actor(self) -> str:
        return f"user:{self.user.pk}"

    @property
    def locale(self) -> str:
        """CLDR locale in which money and dates are written for this person."""
        return locale_for(translation.get_language() or "en", self.organization.country)

    def may(self, permission: Permission) -> bool:
        return may(self.role, permission)

    @property
    def may_follow_up(self) -> bool:
        return self.may(Permission.FOLLOW_UP)

    @property
    def may_book(self) -> bool:
        return self.may(Permission.BOOK)

    @property
    def may_manage(self) -> bool:
        return self.may(Permission.MANAGE)

    @property
    def may_audit(self) -> bool:
        return self.may(Permission.AUDIT)

    @property
    def may_export(self) -> bool:
        return self.may(Permission.EXPORT)

    @property
    def may_approve(self) -> bool:
        """Whether the role may give the yes that messages wait for."""
        return self.may_follow_up and may_approve(self.organization, self.role)


def memberships(user: User) -> list[Membership]:
    """Everything the person belongs to, by the organization's name."""
    mine = Membership.objects.everywhere("a person's own memberships").filter(user=user)
    return list(mine.select_related("organization").order_by("organization__name", "id"))


def sit_down(request: HttpRequest, user: User) -> Desk | None:
    """The desk of this request: the organization chosen in this browser, else the one the person chose last anywhere, else
    the first. None without any membership."""
    mine = memberships(user)
    if not mine:
        return None
    chosen = request.session.get(SESSION_KEY)
    by_id = {member.organization_id: member for member in mine}
    at = by_id.get(chosen or 0) or by_id.get(user.sat_at_id or 0) or mine[0]
    others = [member for member in mine if member is not at]
    return Desk(user, at.organization, at.role, timezone.now(), others, at)


def page(
    pattern: str,
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    name: str,
    permission: Permission,
    methods: str = "GET",
) -> URLPattern:
    """A route with its declared permission and methods ("GET", "POST" or "GET POST").

    With LOOK and above the view gets `(request, desk, …)`, with SIGNED_IN `(request, user, …)`, with PUBLIC `(request, …)`.
    """
    allowed = methods.split()

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        method = "GET" if request.method == "HEAD" else request.method
        if method not in allowed:
            return HttpResponseNotAllowed(allowed)
        _without_nul(request)
        if permission is Permission.PUBLIC:
            return _found(view, request, *args, **kwargs)
        user = request.user
        if not isinstance(user, User):
            return redirect_to_login(request.get_full_path())
        if user.language:
            translation.activate(user.language)
        if permission is Permission.SIGNED_IN:
            return _found(view, request, user, *args, **kwargs)
        desk = sit_down(request, user)
        if desk is None:
            return render(request, "desk/nowhere.html", status=403)
        if is_missing(desk.organization, user):
            return ask_for_factor(request, desk.organization)
        request.desk = desk  # type: ignore[attr-defined]  # for the context processor
        if not desk.may(permission):
            return render(request, "desk/forbidden.html", {"desk": desk}, status=403)
        return _found(view, request, desk, *args, **kwargs)

    guarded.permission = permission  # type: ignore[attr-defined]
    guarded.methods = allowed  # type: ignore[attr-defined]
    return path(pattern, guarded, name=name)


def _without_nul(request: HttpRequest) -> None:
    """The sign that no keyboard makes, and that PostgreSQL refuses in a text, is left out of what was sent."""
    for name in ("GET", "POST"):
        given: QueryDict = getattr(request, name)
        if any("\0" in value for _, values in given.lists() for value in values):
            clean = QueryDict(mutable=True)
            for key, values in given.lists():
                clean.setlist(key.replace("\0", ""), [str(value).replace("\0", "") for value in values])
            setattr(request, name, clean)


def ask_for_factor(request: HttpRequest, organization: Organization) -> HttpResponse:
    """On to where a second factor is set up, with the reason."""
    text = gettext("%(name)s asks everybody for a second factor. Set yours up first.")
    messages.info(request, text % {"name": organization.name})
    return redirect("mfa_index")


def _found(view: View, *args: Any, **kwargs: Any) -> HttpResponseBase:
    try:
        return view(*args, **kwargs)
    except Refused as refused:
        if refused.code == "not_found":
            raise Http404(refused.message) from refused
        if refused.code == "not_approver":
            return render(args[0], "desk/forbidden.html", {"desk": args[1]}, status=403)
        raise


def is_fragment(request: HttpRequest) -> bool:
    """True when htmx asks for a part of the page (and not for the whole again from its history)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def done(request: HttpRequest, text: str, to: str, *, ok: bool = True, undo: int | None = None) -> HttpResponse:
    """After an act on one row of a list: with htmx the row says so in its place; else the page is shown again, saying so.
    `undo`: the entry of the journal by which the act can be undone; the note then carries the button."""
    if is_fragment(request):
        return render(request, "desk/parts/done.html", {"text": text, "ok": ok, "undo": undo})
    say(request, text, ok=ok, undo=undo)
    return go_on(request, to)


def say(request: HttpRequest, text: str, *, ok: bool = True, undo: int | None = None) -> None:
    """A note on the next page, with the way back of the act it tells of."""
    tags = f"undo-{undo}" if undo else ""
    (messages.success if ok else messages.warning)(request, text, extra_tags=tags)


def go_on(request: HttpRequest, to: str) -> HttpResponse:
    """After a POST: to this page, by redirect for browsers, by htmx's header for htmx."""
    if is_fragment(request):
        return HttpResponse(headers={"HX-Redirect": to})
    return HttpResponse(status=303, headers={"Location": to})
