# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sign-up and sign-in on top of allauth: sign-up is open until there is an owner, then only by invitation."""

from __future__ import annotations

import logging
import re
import smtplib
from collections.abc import Sequence
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import SignupForm
from allauth.core import context
from django import forms
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.console import EmailBackend as Terminal
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused, Trouble
from purring.doors.desk.choices import country_choices, currency_choices, language_choices, main_currency, main_language
from purring.doors.desk.founding import found, ownerless, ownerless_organization
from purring.facts.organizations.models import User
from purring.facts.sending.roads import OwnRoad, account_for
from purring.plugins.channel.smtp.backend import SmtpBackend
from purring.plugins.channel.smtp.server import from_url

logger = logging.getLogger(__name__)
_REGION = re.compile(r"\b[A-Za-z]{2,3}(?:-[A-Za-z]{4})?-([A-Z]{2})\b")


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's hooks."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return ownerless()

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """The new owner goes on setting up."""
        return reverse("desk:begin")


class SignUpForm(SignupForm):  # type: ignore[misc]
    """The first owner and the business, in one short form; language and currency follow from the country where nothing
    else is said. Where `purring init` made the business already, only the person is asked for."""

    business = forms.CharField(label=_("Name of your business"), max_length=200)
    country = forms.ChoiceField(label=_("Country"))
    language = forms.ChoiceField(label=_("Language of your business"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    field_order = ("business", "country", "language", "currency", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = ownerless_organization()
        self.fields["email"].widget.attrs = {"autocomplete": "email", "inputmode": "email"}
        self.fields["email"].label = _("Your e-mail address")
        self.fields["password1"].help_text = _("At least 10 characters; a short sentence is good.")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        if self.organization:
            for name in ("business", "country", "language", "currency"):
                del self.fields[name]
            return
        shown_in = get_language() or "en"
        self.fields["country"].choices = [("", _("Choose…")), *country_choices(shown_in)]
        self.fields["language"].choices = [("", _("your country's")), *language_choices(shown_in)]
        self.fields["currency"].choices = [("", _("your country's")), *currency_choices(shown_in)]
        self.initial.setdefault("country", _likely_country())
        self.fields["business"].widget.attrs = {"autocomplete": "organization"}
        self.fields["country"].widget.attrs = {"autocomplete": "country"}

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        try:
            made: tuple[User | None, HttpResponse | None] = super().try_save(request)
        except Refused:  # another first owner was quicker
            return None, redirect("account_signup")
        return made

    def save(self, request: HttpRequest) -> User:
        with transaction.atomic():
            user: User = super().save(request)
            data = self.cleaned_data
            found(
                user,
                self.organization,
                name=data.get("business", ""),
                country=data.get("country", ""),
                language=data.get("language") or main_language(data.get("country", "")) or "en",
                currency=data.get("currency") or main_currency(data.get("country", "")),
                now=timezone.now(),
            )
        return user


def _likely_country() -> str:
    """The country of the browser's first language that names one ("en-ZA"), or nothing."""
    request = getattr(context, "request", None)
    said = request.headers.get("Accept-Language", "") if request else ""
    region = _REGION.search(said)
    return region[1] if region and region[1] in dict(country_choices("en")) else ""


class AccountMail(BaseEmailBackend):
    """Account mails (verification, reset, invitation): by the mail server of the installation, else by the account of an
    organization the person belongs to, or shown in the terminal when there is neither.

    A mail server that fails does not fail the page: the person is told on it that no mail may come.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if settings.MAIL_SERVICE and not settings.SMTP_URL:
            return _by_service(email_messages)
        if not settings.SMTP_URL:
            return sum(_by_an_account(message) for message in email_messages)
        server = from_url(settings.SMTP_URL)
        backend = SmtpBackend.of(server)
        try:
            return backend.send_messages(email_messages) or 0
        except (OSError, smtplib.SMTPException) as error:
            logger.error("an account mail could not be handed over: %s", error)
            return 0


def _by_an_account(message: EmailMessage) -> int:
    """The installation has no way out: by the account of an organization the person belongs to, else in the terminal."""
    account = account_for(message.to[0]) if message.to else None
    if account is None:
        return Terminal().send_messages([message]) or 0
    message.from_email = account.address
    return OwnRoad(account).send_messages([message])


def _by_service(email_messages: Sequence[EmailMessage]) -> int:
    from anymail.exceptions import AnymailError  # with `requests` behind it, for the few who use a service

    from purring.plugins.channel.bigmail import BigMail

    try:
        return BigMail.from_setting(settings.MAIL_SERVICE).account_mail().send_messages(email_messages) or 0
    except (Refused, Trouble, AnymailError) as error:
        logger.error("an account mail could not be handed over: %s", type(error).__name__)
        return 0


def accounts_can_mail() -> bool:
    """False when links appear in the terminal. Refuses nothing: `doctor` judges the address."""
    try:
        if settings.SMTP_URL:
            return bool(from_url(settings.SMTP_URL))
        return bool(settings.MAIL_SERVICE)
    except Refused:
        return False
