# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms around sending: when and how much, a pause, days of our own, who signs, who is told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.core.money import to_text
from purring.doors.desk.fields import AmountField, DayField, DeskForm
from purring.doors.desk.settings_forms import SendingForm
from purring.facts.organizations.models import LegalEntity, Membership, Organization
from purring.facts.sending.alerts import recipients
from purring.facts.sending.identities import identities, keep_identity
from purring.facts.sending.models import AlertRecipient, Identity
from purring.followup.closed import close, pause

APPROVERS = [
    ("collector", _("anybody who writes to customers")),
    ("accountant", _("the accountant or an owner")),
    ("owner", _("an owner")),
]
ALERTS = {
    "rounds": _("the daily work has stopped"),
    "mail": _("the mail account takes no messages"),
    "doubt": _("a message may or may not have arrived"),
    "failed": _("a message could not be delivered"),
    "bank": _("a bank detail is missing"),
}


class RulesForm(SendingForm):
    """When messages leave, how many, and which of them wait for a yes."""

    approves_firm = forms.BooleanField(label=_("Firm and final messages wait for a yes"), required=False)
    approves_above = AmountField(label=_("Messages that ask for more than this wait for a yes"), required=False)
    approver = forms.ChoiceField(label=_("Who gives the yes"), choices=APPROVERS, required=False)
    most_a_day = forms.IntegerField(
        label=_("At most so many messages a day"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("Empty: no limit. What is more waits for the next day, which decides afresh."),
    )
    names = (
        *SendingForm.names, "approves_firm", "approves_above", "approver", "most_a_day",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approves_above"].help_text = gettext(
            "In %(currency)s, the same number in other currencies. Empty: no amount does."
        ) % {"currency": self.desk.organization.currency}
        self.fields["most_a_day"].widget.attrs["inputmode"] = "numeric"

    def amount_currency(self) -> str:
        return self.desk.organization.currency

    def clean_approver(self) -> str:
        return self.cleaned_data["approver"] or self.desk.organization.approver

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        above = data.get("approves_above")
        data["approves_above"] = to_text(above, self.amount_currency()) if isinstance(above, int) else ""
        return data


class PauseForm(DeskForm):
    """Everything rests until a day, with a word why."""

    until = DayField(label=_("Until"), help_text=_("The last silent day."))
    note = forms.CharField(
        label=_("Why"), max_length=200, required=False, help_text=_("Your colleagues read it on Today.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="pause", **kwargs)
        self.earliest("until", self.desk.today)

    def run(self) -> bool:
        def act() -> None:
            data = self.cleaned_data
            pause(self.desk.organization, data["until"], data["note"], now=self.desk.now, actor=self.desk.actor)

        return self.attempt(act)


class CloseForm(DeskForm):
    """Days of our own on which nothing leaves."""

    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))
    why = forms.CharField(label=_("What for"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="close", **kwargs)
        self.earliest("last", self.desk.today)

    def run(self) -> bool:
        def act() -> None:
            data = self.cleaned_data
            told: dict[str, Any] = {"now": self.desk.now, "actor": self.desk.actor}
            close(self.desk.organization, data["first"], data["last"], data["why"], **told)

        return self.attempt(act)


class IdentityForm(DeskForm):
    """A person who signs."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As your customers know it."))
    title = forms.CharField(label=_("Role"), max_length=120, required=False, help_text=_("Such as: owner, accounts."))
    reply_to = forms.EmailField(label=_("Answers go to"), required=False)
    signature = forms.CharField(
        label=_("A line below the name"),
        max_length=200,
        required=False,
        help_text=_("Such as: Monday to Thursday, 9 to 15. Empty: none."),
    )
    entity = forms.ChoiceField(label=_("For messages about invoices of"), required=False)
    is_usual = forms.BooleanField(label=_("Signs where nobody else is named"), required=False)
    names = ("name", "title", "reply_to", "signature", "is_usual")

    def __init__(self, *args: Any, desk: Any, identity: Identity | None = None, **kwargs: Any) -> None:
        self.identity = identity
        initial: dict[str, Any] = {name: getattr(identity, name) for name in self.names} if identity else {}
        initial["entity"] = str(identity.entity_id or "") if identity else ""
        if identity is None:  # the first person is who usually signs
            initial["is_usual"] = not any(one.is_usual for one in identities(desk.organization))
        super().__init__(*args, desk=desk, initial=initial, **kwargs)
        self.entities = {
            str(one.pk): one for one in LegalEntity.objects.of(desk.organization).order_by("-is_default", "name")
        }
        usual = next(iter(self.entities.values()), None)
        self.fields["reply_to"].help_text = (
            gettext("Empty: to %(address)s.") % {"address": usual.email}
            if usual and usual.email
            else gettext("Empty: to the address that messages come from.")
        )
        self.fields["entity"].choices = [  # type: ignore[attr-defined]
            ("", gettext("all legal entities")), *((key, one.name) for key, one in self.entities.items()),
        ]  # fmt: skip
        if len(self.entities) < 2:
            del self.fields["entity"]

    def run(self) -> bool:
        def act() -> None:
            data = self.cleaned_data
            fields = {name: data[name] for name in self.names}
            fields["entity"] = self.entities.get(data.get("entity") or "")
            told: dict[str, Any] = {"now": self.desk.now, "actor": self.desk.actor}
            self.identity = keep_identity(self.desk.organization, self.identity, **told, **fields)

        return self.attempt(act)


class AlertForm(forms.Form):
    """One person, and what they are told of."""

    use_required_attribute = False
    email = forms.EmailField(label=_("E-mail address"), required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Is told when"), required=False, widget=forms.CheckboxSelectMultiple, choices=list(ALERTS.items())
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("kinds") and not data.get("email") and "email" not in self.errors:
            self.add_error("email", ValidationError(gettext("Write the address of the person.")))
        return data


_Base = forms.formset_factory(AlertForm, extra=1, max_num=30, validate_max=True)


class AlertFormSet(_Base):  # type: ignore[valid-type,misc]
    """Everybody who is or could be told, with room for one more."""

    @classmethod
    def of(cls, organization: Organization, data: Any) -> AlertFormSet:
        told = recipients(organization)
        members = Membership.objects.of(organization).order_by("id").values_list("user__email", flat=True)
        chosen = AlertRecipient.objects.of(organization).order_by("email").values_list("email", flat=True)
        rows = [
            {"email": email, "kinds": list(told.get(email, ()))} for email in dict.fromkeys((*told, *chosen, *members))
        ]
        return cls(data, initial=rows, prefix="told", form_kwargs={"label_suffix": ""})

    def wanted(self) -> dict[str, list[str]]:
        """Kinds by address; who has nothing ticked is told nothing."""
        found: dict[str, list[str]] = {}
        for form in self.forms:
            data = form.cleaned_data
            if data.get("email") and data.get("kinds"):
                found.setdefault(data["email"].strip().lower(), []).extend(data["kinds"])
        return found
