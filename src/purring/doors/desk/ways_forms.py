# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms for the ways of being paid: an account at a provider, made from what its plug-in asks for, and the ways by hand.

Secrets go in and are never shown again: a field for one is always empty, and left empty it keeps what is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.core.money import is_currency
from purring.doors.desk.fields import DeskForm, amount_text, read_amount
from purring.facts.checkout.accounts import change_account, connect_account, shown_settings
from purring.facts.checkout.models import ProviderAccount
from purring.facts.checkout.ways import WITH_NUMBER, Way, keep_way
from purring.facts.organizations.models import LegalEntity
from purring.plugins.payment import Plugin

OWN = "own_"
"""Before the names of the plug-in's own fields."""
TEST_SERVER = "api_url"


class AccountForm(DeskForm):
    """Connect an account at a provider, or change one."""

    title = forms.CharField(
        label=_("What customers read"), max_length=80, required=False,
        help_text=_("Beside its button, such as “Card or wallet”. Empty: the provider's name."),
    )  # fmt: skip
    entity = forms.ChoiceField(label=_("For invoices of"), required=False)
    currencies = forms.CharField(
        label=_("Only for these currencies"),
        max_length=200,
        required=False,
        help_text=_("Such as EUR, NOK. Empty: for all."),
    )
    methods = forms.CharField(
        label=_("Only these ways of paying"), max_length=200, required=False,
        help_text=_("As the provider calls them, such as card, sepa_debit. Empty: all that your account there offers."),
    )  # fmt: skip
    least = forms.CharField(label=_("Offered from"), max_length=40, required=False)
    most = forms.CharField(label=_("Offered up to"), max_length=40, required=False)
    enabled = forms.BooleanField(label=_("Offered to customers"), required=False, initial=True)

    def __init__(self, *args: Any, plugin: Plugin, account: ProviderAccount | None = None, **kwargs: Any) -> None:
        self.plugin, self.account = plugin, account
        initial = self._initial(kwargs["desk"]) if account else {}
        super().__init__(*args, initial=initial, **kwargs)
        entities = LegalEntity.objects.of(self.desk.organization).order_by("-is_default", "name")
        self.fields["entity"].choices = [  # type: ignore[attr-defined]
            ("", gettext("all legal entities")), *((str(one.pk), one.name) for one in entities),
        ]  # fmt: skip
        own = {OWN + field.key: self._field(field) for field in plugin.FIELDS}
        self.fields = {**own, **self.fields}
        currency = self._limit_currency()
        for name in ("least", "most"):
            self.fields[name].help_text = gettext("In %(currency)s. Empty: no limit.") % {"currency": currency}
            self.fields[name].widget.attrs["inputmode"] = "decimal"

    def _field(self, field: Any) -> forms.CharField:
        kept = field.secret and self.account is not None
        hint = gettext("Kept, and never shown. Leave it empty to keep it.") if kept else field.hint
        attrs = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        widget: Any = forms.TextInput(attrs=attrs)
        if field.secret:
            widget = forms.PasswordInput(attrs={**attrs, "autocomplete": "new-password"}, render_value=False)
        required = field.required and not kept
        label = field.label if required or kept else gettext("%(label)s (if you have it)") % {"label": field.label}
        return forms.CharField(label=label, required=required, help_text=hint, max_length=500, widget=widget)

    def _limit_currency(self) -> str:
        """The currency that the limits are written in: the only one it is for, else the organization's."""
        only = self.account.currencies if self.account else []
        return str(only[0]) if len(only) == 1 else self.desk.organization.currency

    def _initial(self, desk: Any) -> dict[str, Any]:
        account = self.account
        assert account
        self.desk = desk
        currency = self._limit_currency()
        least, most = account.limits.get(currency) or (None, None)
        shown = {OWN + key: value for key, value in shown_settings(account).items()}
        return shown | {
            "title": account.title,
            "entity": str(account.entity_id or ""),
            "currencies": ", ".join(account.currencies),
            "methods": ", ".join(account.methods),
            "least": amount_text(least, currency, desk.organization) if least else "",
            "most": amount_text(most, currency, desk.organization) if most else "",
            "enabled": account.enabled,
        }

    @property
    def own(self) -> list[forms.BoundField]:
        """The plug-in's fields."""
        return [self[OWN + field.key] for field in self.plugin.FIELDS if field.key != TEST_SERVER]

    @property
    def for_trying(self) -> list[forms.BoundField]:
        """What only a test needs."""
        return [self[OWN + field.key] for field in self.plugin.FIELDS if field.key == TEST_SERVER]

    def clean_currencies(self) -> list[str]:
        codes = [
            one.strip().upper() for one in self.cleaned_data["currencies"].replace(";", ",").split(",") if one.strip()
        ]
        wrong = [one for one in codes if not is_currency(one)]
        if wrong:
            raise forms.ValidationError(
                gettext("%(code)s is not a currency; use codes such as EUR.") % {"code": wrong[0]}
            )
        return list(dict.fromkeys(codes))

    def clean_methods(self) -> list[str]:
        return list(dict.fromkeys(one.strip() for one in self.cleaned_data["methods"].split(",") if one.strip()))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in ("least", "most"):
            try:
                data[name] = (
                    read_amount(data[name], self._limit_currency(), self.desk.organization) if data.get(name) else None
                )
            except Refused as refused:
                self.refuse(Refused(refused.code, refused.message, field=name))
                data[name] = None
        if data["least"] and data["most"] and data["most"] < data["least"]:
            self.add_error("most", gettext("This is less than the least amount."))
        return data

    def run(self) -> bool:
        return self.attempt(self._keep)

    def _keep(self) -> None:
        data = self.cleaned_data
        given = {field.key: data[OWN + field.key].strip() for field in self.plugin.FIELDS}
        limits = dict(self.account.limits) if self.account else {}
        limits.pop(self._limit_currency(), None)
        if data["least"] or data["most"]:
            limits[self._limit_currency()] = [data["least"], data["most"]]
        entity = LegalEntity.objects.of(self.desk.organization).filter(pk=data["entity"] or 0).first()
        fields: dict[str, Any] = {"title": data["title"], "entity": entity}
        fields |= {"methods": data["methods"], "currencies": data["currencies"]}
        told: dict[str, Any] = {"now": self.desk.now, "actor": self.desk.actor}
        try:
            if self.account is None:
                self.account = connect_account(
                    self.desk.organization, self.plugin.NAME, given, account=ours(given), **fields, **told
                )
                if limits or not data["enabled"]:
                    change_account(self.account, limits=limits, enabled=data["enabled"], **told)
                return
            fields |= {"limits": limits, "enabled": data["enabled"], "account": ours(given)}
            change_account(self.account, given=given, **fields, **told)
        except Refused as refused:
            raise self._named(refused) from refused

    def _named(self, refused: Refused) -> Refused:
        """The refusal at the field of this form that it speaks of."""
        named = str(refused.params.get("field", ""))
        if OWN + named in self.fields:
            return Refused(refused.code, refused.message, field=OWN + named)
        return refused


def ours(given: Mapping[str, str]) -> str:
    """The provider's own id of the account, where it is among the settings: money of any other is not booked."""
    return given.get("merchant_id") or given.get("location_id") or ""


TEXT_HINTS = {
    "transfer": _("What else to know. Empty: nothing."),
    "mobile": _("Such as the app's name."),
    "cash": _("Where, and when you are there."),
    "cheque": _("Payable to whom, and where it is sent."),
    "phone": _("When somebody answers."),
}


class WayForm(DeskForm):
    """One way by hand of one legal entity."""

    enabled = forms.BooleanField(label=_("Offered to customers"), required=False)
    number = forms.CharField(label=_("Number"), max_length=60, required=False)
    text = forms.CharField(label=_("In your words, as the customer reads it"), max_length=300, required=False)

    def __init__(self, *args: Any, entity: LegalEntity, way: Way, **kwargs: Any) -> None:
        self.entity, self.way = entity, way
        initial = {"enabled": way.enabled, "number": way.number, "text": way.text}
        super().__init__(*args, initial=initial, prefix=way.kind, **kwargs)
        self.fields["text"].help_text = TEXT_HINTS[way.kind]
        if way.kind not in WITH_NUMBER:
            del self.fields["number"]
        elif way.kind == "mobile":
            self.fields["number"].label = gettext("Number to pay to")
        else:
            self.fields["number"].label = gettext("Number to call")

    def run(self) -> bool:
        def act() -> None:
            data = self.cleaned_data
            keep_way(
                self.entity,
                self.way.kind,
                enabled=data["enabled"],
                number=data.get("number", ""),
                text=data["text"],
                now=self.desk.now,
                actor=self.desk.actor,
            )

        return self.attempt(act)


def found_text(count: int) -> str:
    """What a harmless question to the provider brought."""
    if not count:
        return gettext("It answers, and the keys are right. Nothing happened there in the last day.")
    return gettext("It answers, and the keys are right.") + " " + ngettext(
        "%(count)s thing changed there in the last day.", "%(count)s things changed there in the last day.", count
    ) % {"count": count}  # fmt: skip
