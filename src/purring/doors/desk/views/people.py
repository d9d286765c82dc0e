# SPDX-License-Identifier: AGPL-3.0-or-later
"""People: who works here with which role, inviting, joining by an invitation, switching between organizations."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.accounts import accounts_can_mail
from purring.doors.desk.desk import SESSION_KEY, Desk, go_on, memberships
from purring.doors.desk.factors import has_factor, reset, with_factor
from purring.doors.desk.fields import sentence
from purring.doors.desk.invitations import accept, change_role, find_invitation, invite, remove
from purring.doors.desk.sayings import ROLES
from purring.doors.desk.settings_forms import InviteForm
from purring.facts.organizations.actions import change_organization
from purring.facts.organizations.models import Invitation, Membership, User
from purring.facts.sending.roads import by_road_of, mail_ready
from purring.kit.tenancy import reach

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def people(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who works here; an owner invites. The link is shown once, right after it was made."""
    form = InviteForm(request.POST or None, desk=desk)
    link = ""
    if request.method == "POST":
        made: list[str] = []

        def act() -> None:
            data = form.cleaned_data
            made.append(invite(desk.organization, data["email"], data["role"], now=desk.now, actor=desk.actor))

        if form.attempt(act):
            link = request.build_absolute_uri(reverse("desk:join", args=[made[0]]))
            _send(desk, form.cleaned_data["email"], link)
            form = InviteForm(desk=desk)
    members = Membership.objects.of(desk.organization).select_related("user").order_by("role", "user__email")
    invited = Invitation.objects.of(desk.organization).filter(accepted_at=None, expires_at__gt=desk.now)
    context = {
        "here": "settings",
        "tab": "people",
        "form": form,
        "link": link,
        "mailed": accounts_can_mail() or mail_ready(desk.organization),
        "members": members,
        "invited": invited.order_by("email"),
        "roles": ROLES,
        "with_factor": with_factor([member.user_id for member in members]),
    }
    return render(request, "desk/settings/people.html", context, status=422 if form.errors else 200)


def _send(desk: Desk, email: str, link: str) -> None:
    who = desk.user.name or desk.user.email
    subject = gettext("%(name)s invites you to Purring") % {"name": desk.organization.name}
    text = gettext(
        "Hello,\n\n%(who)s invites you to look after the invoices of %(name)s together.\n\n"
        "This link lets you in. It opens once and within two weeks:\n%(link)s\n"
    ) % {"who": who, "name": desk.organization.name, "link": link}
    by_road_of(desk.organization, EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [email])).send()


def set_role(request: HttpRequest, desk: Desk, member_id: int) -> HttpResponse:
    member = reach(Membership, desk.organization, pk=member_id)
    return _try(request, lambda: change_role(member, request.POST.get("role", ""), now=desk.now, actor=desk.actor))


def leave(request: HttpRequest, desk: Desk, member_id: int) -> HttpResponse:
    member = reach(Membership, desk.organization, pk=member_id)
    return _try(request, lambda: remove(member, now=desk.now, actor=desk.actor))


def reset_factor(request: HttpRequest, desk: Desk, member_id: int) -> HttpResponse:
    """A colleague who lost phone and key comes in with the password again."""
    member = reach(Membership, desk.organization, pk=member_id)
    return _try(request, lambda: reset(member, by=desk.user, now=desk.now, actor=desk.actor))


def ask_factor(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask everybody for a second factor, or no more. Whoever asks has one: nobody locks themselves out."""
    wanted = request.POST.get("wanted") == "yes"
    if wanted and not has_factor(desk.user):
        messages.info(request, gettext("Set up your own second factor first; then ask the others."))
        return go_on(request, reverse("mfa_index"))
    return _try(
        request,
        lambda: change_organization(desk.organization, second_factor=wanted, now=desk.now, actor=desk.actor),
    )


def take_back(request: HttpRequest, desk: Desk, invitation_id: int) -> HttpResponse:
    """An invitation is taken back: its link opens nothing any more."""
    Invitation.objects.of(desk.organization).filter(
        pk=reach(Invitation, desk.organization, pk=invitation_id).pk, accepted_at=None
    ).delete()
    return go_on(request, reverse("desk:people"))


def _try(request: HttpRequest, act: Any) -> HttpResponse:
    try:
        act()
        messages.success(request, gettext("Kept."))
    except Refused as refused:
        messages.error(request, sentence(refused.message))
    return go_on(request, reverse("desk:people"))


def switch(request: HttpRequest, user: User, organization_id: int) -> HttpResponse:
    """Sit down at another organization one belongs to; any other does not exist."""
    if organization_id not in {member.organization_id for member in memberships(user)}:
        raise Refused("not_found", "there is no such organization")
    request.session[SESSION_KEY] = organization_id
    return go_on(request, reverse("desk:today"))


class JoinForm(forms.Form):
    """A new colleague chooses a name and a password."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters; a short sentence is good."),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        self.email = email
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, name=self.cleaned_data.get("name", "")))
        return password


def join(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: signed in with that address at once, as a new person with a password, else by signing in."""
    now = timezone.now()
    try:
        invitation = find_invitation(token, now)
    except Refused as refused:
        return render(request, "desk/join_closed.html", {"why": sentence(refused.message)}, status=410)
    known = User.objects.filter(email=invitation.email).first()
    mine = isinstance(request.user, User) and request.user.email == invitation.email
    form = None if known else JoinForm(request.POST or None, email=invitation.email)
    if request.method == "POST" and known and mine:
        accept(invitation, known, now=now)
        return _in(request, invitation)
    if request.method == "POST" and form and form.is_valid():
        with transaction.atomic():
            user = User.objects.create_user(
                invitation.email, form.cleaned_data["password"], name=form.cleaned_data["name"]
            )
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
            accept(invitation, user, now=now)
        login(request, user, backend=BACKEND)
        return _in(request, invitation)
    context = {"invitation": invitation, "form": form, "mine": mine, "known": known, "role": ROLES[invitation.role]}
    return render(request, "desk/join.html", context, status=422 if form and form.errors else 200)


def _in(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    request.session[SESSION_KEY] = invitation.organization_id
    return go_on(request, reverse("desk:today"))
