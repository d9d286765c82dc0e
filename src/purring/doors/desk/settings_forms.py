# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of the settings pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.choices import country_choices, currency_choices, language_choices, timezone_choices
from purring.doors.desk.fields import DeskForm
from purring.doors.desk.sayings import ROLE_NOTES, ROLES, SCHEMES
from purring.facts.organizations.actions import change_organization
from purring.facts.organizations.models import LegalEntity
from purring.followup.entities import add_entity, change_entity
from purring.kit.numbers import whole
from purring.papers.facts import Account
from purring.papers.preflight import check_account


class OrganizationForm(DeskForm):
    """Fields of the organization's own row, changed as they are."""

    names: tuple[str, ...] = ()

    def __init__(self, *args: Any, desk: Any, **kwargs: Any) -> None:
        initial = {name: getattr(desk.organization, name) for name in self.names}
        super().__init__(*args, desk=desk, initial=initial, **kwargs)

    def run(self) -> bool:
        def act() -> None:
            change_organization(
                self.desk.organization,
                now=self.desk.now,
                actor=self.desk.actor,
                **{name: self.cleaned_data[name] for name in self.names},
            )

        return self.attempt(act)


class BusinessForm(OrganizationForm):
    name = forms.CharField(label=_("Name of your business"), max_length=200)
    country = forms.ChoiceField(label=_("Country"))
    language = forms.ChoiceField(label=_("Language"), help_text=_("For customers whose own language is not known."))
    currency = forms.ChoiceField(label=_("Currency"))
    timezone = forms.ChoiceField(label=_("Time zone"))
    voice = forms.ChoiceField(
        label=_("How your messages sound"),
        choices=[("warm", _("warm")), ("neutral", _("friendly and plain")), ("formal", _("formal"))],
    )
    names = ("name", "country", "language", "currency", "timezone", "voice")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown_in = get_language() or "en"
        self.fields["country"].choices = country_choices(shown_in)  # type: ignore[attr-defined]
        self.fields["language"].choices = language_choices(shown_in)  # type: ignore[attr-defined]
        self.fields["currency"].choices = currency_choices(shown_in)  # type: ignore[attr-defined]
        zones = timezone_choices()
        own = self.desk.organization.timezone
        self.fields["timezone"].choices = zones if own in dict(zones) else [(own, own), *zones]  # type: ignore[attr-defined]


class SendingForm(OrganizationForm):
    sending_from = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    sending_until = forms.TimeField(label=_("Until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    approves_each_day = forms.BooleanField(label=_("A person approves each day before anything leaves"), required=False)
    monthly_statements = forms.BooleanField(
        label=_("The first mail of each month has the statement of account with it"),
        required=False,
        help_text=_(
            "It is no message of its own: who is left alone is left alone. Each customer can have a rule of their own."
        ),
    )
    autopay_days = forms.IntegerField(
        label=_("Automatic payments are announced this many days before"), required=False, min_value=1, max_value=30
    )
    autopay_retries = forms.CharField(
        label=_("One that fails is tried again after so many days"),
        required=False,
        max_length=40,
        help_text=_("Counted from the first try, such as 3, 7. Empty: not tried again; reminders begin the day after."),
    )
    names: tuple[str, ...] = (
        "sending_from", "sending_until", "approves_each_day", "monthly_statements", "autopay_days", "autopay_retries",
    )  # fmt: skip

    def __init__(self, *args: Any, desk: Any, **kwargs: Any) -> None:
        super().__init__(*args, desk=desk, **kwargs)
        self.initial["autopay_retries"] = ", ".join(str(days) for days in desk.organization.autopay_retries)

    def clean_autopay_days(self) -> int:
        return int(self.cleaned_data["autopay_days"] or self.desk.organization.autopay_days)

    def clean_autopay_retries(self) -> list[int]:
        """Whole days, rising."""
        given = [part.strip() for part in str(self.cleaned_data["autopay_retries"]).split(",") if part.strip()]
        days = [days if (days := whole(part)) is not None and days < 100 else 0 for part in given]
        if len(days) > 5 or any(not 0 < day <= 30 for day in days) or days != sorted(set(days)):
            raise forms.ValidationError(gettext("Give up to five days of 1 to 30, rising, such as 3, 7."))
        return days

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        start, end = data.get("sending_from"), data.get("sending_until")
        if start and end and end <= start:
            self.add_error("sending_until", gettext("This is not after the beginning."))
        return data


class EntityForm(DeskForm):
    name = forms.CharField(label=_("Legal name"), max_length=200)
    country = forms.ChoiceField(label=_("Country"))
    address_lines = forms.CharField(label=_("Address"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    registration = forms.CharField(label=_("Registration number"), max_length=60, required=False)
    vat_id = forms.CharField(label=_("VAT number"), max_length=30, required=False)
    sender_name = forms.CharField(
        label=_("Who signs"), max_length=120, required=False, help_text=_("The person your customers know.")
    )
    sender_title = forms.CharField(label=_("Their role"), max_length=120, required=False)
    email = forms.EmailField(label=_("Answers go to"), required=False)
    phone = forms.CharField(label=_("Phone for questions"), max_length=40, required=False)
    names = (
        "name", "country", "address_lines", "postcode", "city", "registration", "vat_id", "sender_name",
        "sender_title", "email", "phone",
    )  # fmt: skip

    def __init__(self, *args: Any, entity: LegalEntity, **kwargs: Any) -> None:
        self.entity = entity
        super().__init__(*args, initial={name: getattr(entity, name) for name in self.names}, **kwargs)
        self.fields["country"].choices = country_choices(get_language() or "en")  # type: ignore[attr-defined]

    def run(self, accounts: Any) -> bool:
        def act() -> None:
            with transaction.atomic():
                told: dict[str, Any] = {"now": self.desk.now, "actor": self.desk.actor}
                fields = {**{name: self.cleaned_data[name] for name in self.names}, "accounts": accounts.rows()}
                if self.entity._state.adding:
                    self.entity = self._made(fields, told)
                    return
                others = LegalEntity.objects.of(self.desk.organization).exclude(pk=self.entity.pk)
                if others.filter(name=self.cleaned_data["name"]).exists():
                    raise Refused("duplicate", gettext("another entity has this name"), field="name")
                change_entity(self.entity, **told, **fields)

        return self.attempt(act)

    def _made(self, fields: dict[str, Any], told: dict[str, Any]) -> LegalEntity:
        """The new one; sent twice with the same words, it is one."""
        there = LegalEntity.objects.of(self.desk.organization).filter(name=fields["name"]).first()
        if there and all(getattr(there, name) == value for name, value in fields.items()):
            return there
        return add_entity(self.desk.organization, **told, **fields)


class AccountForm(forms.Form):
    """One bank account."""

    scheme = forms.ChoiceField(label=_("Kind"), choices=list(SCHEMES.items()))
    number = forms.CharField(label=_("Number"), max_length=60, required=False)
    bic = forms.CharField(label=_("BIC"), max_length=11, required=False)
    label = forms.CharField(label=_("Called"), max_length=60, required=False)

    def clean_number(self) -> str:
        return " ".join(str(self.cleaned_data["number"]).split())

    def clean(self) -> dict[str, Any]:
        """A slip in the number would send everybody's money elsewhere, so it is found here."""
        data = super().clean() or {}
        if data.get("scheme") and data.get("number"):
            account = Account(data["scheme"], data["number"], data.get("bic") or "")
            for finding in check_account(account, "account"):
                self.add_error(finding.field.removeprefix("account."), f"{finding.why} {finding.remedy}")
        return data


_Base = forms.formset_factory(AccountForm, extra=1, can_delete=True, max_num=10, validate_max=True)


class AccountFormSet(_Base):  # type: ignore[valid-type,misc]
    """The entity's accounts, with room for one more."""

    @classmethod
    def of(cls, entity: LegalEntity, data: Any) -> AccountFormSet:
        rows = [{name: account.get(name) or "" for name in AccountForm.base_fields} for account in entity.accounts]
        return cls(data, initial=rows, prefix="accounts", form_kwargs={"label_suffix": ""})

    def rows(self) -> list[dict[str, str]]:
        """The accounts as the entity keeps them."""
        rows = []
        for form in self.forms:
            data = {**form.cleaned_data}
            if data and not data.pop("DELETE", False) and data["number"]:
                rows.append(data)
        return rows


class InviteForm(DeskForm):
    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(
        label=_("Role"),
        widget=forms.RadioSelect,
        initial="collector",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(code, f"{ROLES[code]}: {ROLE_NOTES[code]}") for code in ROLES]  # type: ignore[attr-defined]
