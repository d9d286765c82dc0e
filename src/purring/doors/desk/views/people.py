# SPDX-License-Identifier: AGPL-3.0-or-later
"""People: who works here with which role, what each role may do, inviting and joining by an invitation."""

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
from purring.doors.desk import invitations
from purring.doors.desk.accounts import accounts_can_mail
from purring.doors.desk.desk import SESSION_KEY, Desk, go_on
from purring.doors.desk.factors import has_factor, reset, with_factor
from purring.doors.desk.fields import sentence
from purring.doors.desk.invitations import accept, change_role, find_invitation, invite, invite_again, remove
from purring.doors.desk.role_words import said
from purring.doors.desk.sayings import ROLES
from purring.doors.desk.settings_forms import InviteForm
from purring.doors.desk.shown_once import not_kept, put_by, take_out
from purring.facts.organizations.actions import change_organization
from purring.facts.organizations.models import Invitation, Membership, User
from purring.facts.sending.roads import by_road_of, mail_ready
from purring.kit.tenancy import reach

FRESH = "invitation"
"""Of the session: the link that was made last, until it has been shown."""
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def people(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who works here; an owner invites. A link is shown once, on the page after it was made."""
    form = InviteForm(request.POST or None, desk=desk)
    if request.method == "POST":
        made: list[str] = []

        def act() -> None:
            data = form.cleaned_data
            told: dict[str, Any] = {"by": desk.user, "now": desk.now, "actor": desk.actor}
            made.append(invite(desk.organization, data["email"], data["role"], **told))

        if form.attempt(act):
            return _invited(request, desk, form.cleaned_data["email"], made[0])
    members = Membership.objects.of(desk.organization).select_related("user").order_by("role", "user__email")
    invited = Invitation.objects.of(desk.organization).filter(accepted_at=None).select_related("invited_by")
    fresh = take_out(request, desk, FRESH)
    context = {
        "here": "settings",
        "tab": "people",
        "form": form,
        "link": fresh.get("link", ""),
        "mailed": fresh.get("mailed", False),
        "members": members,
        "invited": invited.order_by("email"),
        "roles": ROLES,
        "with_factor": with_factor([member.user_id for member in members]),
    }
    page = render(request, "desk/settings/people.html", context, status=422 if form.errors else 200)
    return not_kept(page) if fresh else page


def _invited(request: HttpRequest, desk: Desk, email: str, token: str) -> HttpResponse:
    """Send the link and go back to the page, which shows it once. Without a token the invitation is under way already."""
    if token:
        link = request.build_absolute_uri(reverse("desk:join", args=[token]))
        left = _send(desk, email, link) and (accounts_can_mail() or mail_ready(desk.organization))
        put_by(request, desk, FRESH, link=link, mailed=left)
    return go_on(request, reverse("desk:people"))


def roles(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What each role may do here, for everybody who works here."""
    context = {
        "here": "settings",
        "tab": "people" if desk.may_manage else "overview",
        "roles": ROLES,
        "rows": said(desk.organization),
    }
    return render(request, "desk/settings/roles.html", context)


def _send(desk: Desk, email: str, link: str) -> bool:
    """Whether the mail was handed over."""
    who = desk.user.name or desk.user.email
    subject = gettext("%(name)s invites you to Purring") % {"name": desk.organization.name}
    text = gettext(
        "Hello,\n\n%(who)s invites you to look after the invoices of %(name)s together.\n\n"
        "This link lets you in. It opens once and within two weeks:\n%(link)s\n"
    ) % {"who": who, "name": desk.organization.name, "link": link}
    mail = by_road_of(desk.organization, EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [email]))
    return bool(mail.send())


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


def send_again(request: HttpRequest, desk: Desk, invitation_id: int) -> HttpResponse:
    """A new link by mail, for two more weeks; the earlier one opens nothing any more."""
    invitation = reach(Invitation, desk.organization, pk=invitation_id)
    try:
        token = invite_again(invitation, by=desk.user, now=desk.now, actor=desk.actor)
    except Refused as refused:
        messages.error(request, sentence(refused.message))
        return go_on(request, reverse("desk:people"))
    return _invited(request, desk, invitation.email, token)


def take_back(request: HttpRequest, desk: Desk, invitation_id: int) -> HttpResponse:
    """An invitation is taken back: its link opens nothing any more."""
    invitation = reach(Invitation, desk.organization, pk=invitation_id)
    return _try(request, lambda: invitations.take_back(invitation, now=desk.now, actor=desk.actor))


def _try(request: HttpRequest, act: Any) -> HttpResponse:
    try:
        act()
        messages.success(request, gettext("Kept."))
    except Refused as refused:
        messages.error(request, sentence(refused.message))
    return go_on(request, reverse("desk:people"))


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
    """Accept an invitation: signed in at once with the account one has, as a new person with a password, else by signing in."""
    now = timezone.now()
    try:
        invitation = find_invitation(token, now)
    except Refused as refused:
        return render(request, "desk/join_closed.html", {"why": sentence(refused.message)}, status=410)
    known = User.objects.filter(email=invitation.email).first()
    me = request.user if isinstance(request.user, User) else None
    # The link was mailed to this address. Who has an account of that address is the only one it lets in; else whoever
    # opens it, with the account they are signed in with.
    mine = me is not None and (known is None or known.pk == me.pk)
    form = None if known or me else JoinForm(request.POST or None, email=invitation.email)
    if request.method == "POST" and me and mine:
        accept(invitation, me, now=now)
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
    context = {"invitation": invitation, "form": form, "mine": mine, "me": me, "role": ROLES[invitation.role]}
    return render(request, "desk/join.html", context, status=422 if form and form.errors else 200)


def _in(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    request.session[SESSION_KEY] = invitation.organization_id
    return go_on(request, reverse("desk:today"))
