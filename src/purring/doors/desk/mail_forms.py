# SPDX-License-Identifier: AGPL-3.0-or-later
"""Connecting a mail account: one form made from what the provider needs, tried out before it is kept.

Secrets go in and are never shown again; only what was typed a moment ago stands again beside an error.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused, Trouble
from purring.doors.desk.fields import DeskForm
from purring.doors.desk.mail_sayings import SECRETS, TLS, TRIED
from purring.facts.sending.accounts import channel_of, is_here, keep_account, merged, server_of
from purring.facts.sending.models import MailAccount
from purring.plugins.channel.providers import OTHER, Provider, guess
from purring.plugins.channel.smtp.trying import Tried, try_server

PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class MailForm(DeskForm):
    """Connect the account, or change the one that is there (`account`, of the same provider)."""

    address = forms.EmailField(
        label=_("Your messages come from"), help_text=_("People answer: use a mailbox you read.")
    )
    username = forms.CharField(
        label=_("User name"), max_length=254, required=False, widget=forms.TextInput(attrs=PLAIN),
        help_text=_("Empty: the address itself."),
    )  # fmt: skip
    host = forms.CharField(label=_("Mail server"), max_length=253, required=False, widget=forms.TextInput(attrs=PLAIN))
    port = forms.IntegerField(label=_("Port"), required=False, min_value=1, max_value=65535)
    tls = forms.ChoiceField(label=_("Encryption"), choices=TLS, required=False)

    def __init__(self, *args: Any, desk: Any, provider: Provider, account: MailAccount | None = None, **kwargs: Any):
        self.provider, self.account = provider, account
        self.tried: Tried | None = None
        """What came of the last try, when it did not go well."""
        initial: dict[str, Any] = {"host": provider.host, "port": provider.port or None, "tls": provider.tls}
        if "{" in provider.host:
            initial["host"] = ""
        own = guess(desk.user.email)
        if own is None or own.key == provider.key:
            initial["address"] = desk.user.email
        if account:
            names = ("address", "host", "port", "tls", "username")
            initial = {name: getattr(account, name) for name in names}
            if account.username == account.address:
                initial["username"] = ""
        super().__init__(*args, desk=desk, initial=initial, **kwargs)
        for name in provider.secrets:
            self.fields[name] = self._secret(name)
        if provider.service:
            for name in ("username", "host", "port", "tls"):
                del self.fields[name]

    def _secret(self, name: str) -> forms.CharField:
        kept = self.account is not None
        optional = kept or self.provider.key == OTHER
        typed = self.is_bound  # beside an error it stands again as it was typed; what is kept is never shown
        widget = forms.PasswordInput(attrs={**PLAIN, "autocomplete": "new-password"}, render_value=typed)
        hint = gettext("Kept, and never shown. Leave it empty to keep it.") if kept else ""
        return forms.CharField(
            label=str(SECRETS[name]), required=not optional, max_length=500, widget=widget, help_text=hint, strip=True
        )

    @property
    def own(self) -> list[forms.BoundField]:
        """What everybody fills in."""
        names = ["address", *(["username"] if self._asks_name else []), *self.provider.secrets]
        return [self[name] for name in names]

    @property
    def server(self) -> list[forms.BoundField]:
        """What stands already, for whoever needs it otherwise."""
        names = [*([] if self._asks_name else ["username"]), "host", "port", "tls"]
        return [self[name] for name in names if name in self.fields]

    @property
    def server_open(self) -> bool:
        """The server is asked for, or something is wrong with it."""
        return bool(self.server) and (self.provider.key == OTHER or any(field.errors for field in self.server))

    @property
    def _asks_name(self) -> bool:
        return "username" in self.fields and self.provider.username == "own"

    def run(self, *, anyway: bool = False) -> bool:
        """Try it and keep it; with `anyway` it is kept also when the try fails. False: the form says why."""
        return self.attempt(lambda: self._keep(anyway)) and not self.errors

    def _keep(self, anyway: bool) -> None:
        data = self.cleaned_data
        given = {name: data.get(name, "") for name in self.provider.secrets}
        fields: dict[str, Any] = {"provider": self.provider.key, "address": data["address"].strip()}
        if not self.provider.service:
            host = data.get("host") or self.provider.host_for(fields["address"])
            named = data.get("username") or (fields["address"] if given.get("password") or self.account else "")
            fields |= {"host": host.strip(), "username": named, "tls": data.get("tls") or self.provider.tls}
            fields["port"] = data.get("port") or self.provider.port or 0
        tried = self._try(fields, given)
        if tried and tried.code != "ok" and not anyway:
            self._say(tried)
            return
        told: dict[str, Any] = {"now": self.desk.now, "actor": self.desk.actor}
        code, said = (tried.code, tried.said) if tried else ("", "")
        self.account = keep_account(self.desk.organization, given, **fields, tried=code, detail=said, **told)

    def _try(self, fields: dict[str, Any], given: dict[str, str]) -> Tried | None:
        """None where only a message can tell: a mail service."""
        values = merged(self.account, self.provider.key, given, host=fields.get("host", ""))
        drawn = MailAccount(organization=self.desk.organization, token="", **fields)
        if self.provider.service:
            try:
                channel_of(drawn, values).open().__exit__(None, None, None)
            except Trouble as trouble:
                raise Refused("bad_settings", trouble.message) from trouble
            return None
        if not drawn.host:
            return Tried("unknown_host")
        if drawn.tls == "none" and values.get("password") and not is_here(drawn.host):
            return None  # keeping it is refused, with the reason
        return try_server(server_of(drawn, values), drawn.address)

    def _say(self, tried: Tried) -> None:
        self.tried = tried
        where, sentence = TRIED[tried.code]
        place = self.provider.secrets[0] if where == "secret" else where
        self.add_error(place if place in self.fields else None, str(sentence))


class TestMailForm(DeskForm):
    """A test mail to oneself."""

    to = forms.EmailField(label=_("Send a test mail to"))

    def __init__(self, *args: Any, desk: Any, **kwargs: Any) -> None:
        super().__init__(*args, desk=desk, initial={"to": desk.user.email}, **kwargs)
