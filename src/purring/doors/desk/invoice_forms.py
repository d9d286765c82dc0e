# SPDX-License-Identifier: AGPL-3.0-or-later
"""The forms of a new invoice or payment request: its head, and its lines with their tax."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.choices import currency_choices
from purring.doors.desk.desk import Desk
from purring.doors.desk.fields import DayField, DeskForm, fresh_key, locale_facts, sentence
from purring.doors.intake.numbers import NumberColumn, read_number
from purring.facts.customers.models import USUAL_TERMS_DAYS, Customer
from purring.facts.invoices.models import Issued
from purring.facts.offers.early import early_payment
from purring.facts.organizations.models import LegalEntity, Organization

MOST_NAMES = 500
"""Customers offered while one types; any other is found by name or reference."""
KINDS = [("invoice", _("Invoice")), ("payment_request", _("Payment request (no invoice)"))]
UNITS = [
    ("C62", _("pieces")), ("HUR", _("hours")), ("DAY", _("days")), ("MON", _("months")), ("KGM", _("kg")), ("MTR", _("m")),
    ("MTK", _("m²")), ("KMT", _("km")), ("LTR", _("l")),
]  # fmt: skip
CATEGORIES = [
    ("", _("as the rate says")),
    ("Z", _("zero rate")),
    ("E", _("exempt")),
    ("AE", _("reverse charge")),
    ("K", _("to another EU country")),
    ("G", _("export")),
    ("O", _("outside of tax")),
]
_PATH = re.compile(r"lines\[(\d+)\]\.?(\w*)")


def read_decimal(text: str, organization: Organization) -> str:
    """A number as people there write it, with a point. Refuses what is unclear."""
    column = NumberColumn(locale_facts(organization))
    return column.settle(read_number(text.strip()), text.strip()).text()


class InvoiceForm(DeskForm):
    kind = forms.ChoiceField(label=_("What"), choices=KINDS)
    customer = forms.CharField(
        label=_("Customer"), max_length=200, widget=forms.TextInput(attrs={"list": "names", "autocomplete": "off"})
    )
    entity = forms.ChoiceField(label=_("Billed by"))
    issued = DayField(label=_("Dated"))
    due = DayField(label=_("Due"), required=False, help_text=_("Empty: by the customer's terms."))
    delivered = DayField(label=_("Delivered or done on"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    order = forms.CharField(label=_("Their order number"), max_length=60, required=False)
    note = forms.CharField(
        label=_("Note on the paper"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    reference = forms.CharField(
        label=_("Payment reference"),
        max_length=60,
        required=False,
        help_text=_("Empty: made from the number, in the way of your bank."),
    )
    key = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, desk: Desk, chosen: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, desk=desk, **kwargs)
        self.found: Customer | None = None
        entities = LegalEntity.objects.of(desk.organization).order_by("-is_default", "name")
        self.entities = {str(one.pk): one for one in entities}
        self.fields["entity"].choices = [(key, one.name) for key, one in self.entities.items()]  # type: ignore[attr-defined]
        self.fields["currency"].choices = currency_choices(get_language() or "en")  # type: ignore[attr-defined]
        self.initial.update(issued=desk.today, currency=desk.organization.currency, key=fresh_key())
        self.initial["entity"] = next(iter(self.entities), "")
        if chosen:
            self.initial["customer"] = chosen.ref

    def names(self) -> list[tuple[str, str]]:
        """What is offered while one types: reference and name."""
        rows = Customer.objects.of(self.desk.organization).order_by("name")
        return list(rows.values_list("ref", "name")[:MOST_NAMES])

    def clean_customer(self) -> str:
        said = str(self.cleaned_data["customer"])
        rows = Customer.objects.of(self.desk.organization)
        found = list(rows.filter(ref=said)[:1]) or list(rows.filter(name__iexact=said)[:2])
        if not found:
            raise forms.ValidationError(gettext("There is no customer with this name or reference."))
        if len(found) > 1:
            raise forms.ValidationError(gettext("Several customers have this name; write the reference of one."))
        self.found = found[0]
        return said

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.found and data.get("issued") and not data.get("due"):
            terms = self.found.terms_days
            data["due"] = data["issued"] + timedelta(USUAL_TERMS_DAYS if terms is None else terms)
        return data

    @property
    def customer_found(self) -> Customer:
        assert self.found
        return self.found

    @property
    def entity_chosen(self) -> LegalEntity:
        return self.entities[self.cleaned_data["entity"]]

    def document(self) -> dict[str, Any]:
        """What `draft_facts` and `issue_invoice` take, besides customer, entity and lines."""
        data = self.cleaned_data
        told: dict[str, Any] = {name: data[name] for name in ("kind", "issued", "due", "currency")}
        if data["delivered"]:
            told["delivered"] = data["delivered"].isoformat()
        if data["order"]:
            told["buyer"] = {"reference": data["order"]}
        told |= {name: data[name].replace("\r\n", "\n") for name in ("note", "reference") if data[name]}
        if early := early_payment(self.customer_found, data["issued"], data["due"]):
            told["early_payment"] = early  # an agreed discount must stand on the invoice
        return told


class LineForm(forms.Form):
    """One line. A line without description and price is none. Numbers are read as people there write them."""

    description = forms.CharField(label=_("What"), max_length=500, required=False)
    quantity = forms.CharField(label=_("How many"), max_length=20, required=False)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, required=False)
    unit_price = forms.CharField(label=_("Price of one, without tax"), max_length=20, required=False)
    discount = forms.CharField(label=_("Discount, an amount"), max_length=20, required=False)
    tax_rate = forms.CharField(label=_("Tax in %"), max_length=8, required=False)
    tax_category = forms.ChoiceField(label=_("Kind of tax"), choices=CATEGORIES, required=False)
    exemption_reason = forms.CharField(label=_("Why no tax"), max_length=200, required=False)
    NUMBERS = ("quantity", "unit_price", "discount", "tax_rate")

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        self.organization = organization
        super().__init__(*args, **kwargs)
        for name in self.NUMBERS:
            self.fields[name].widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    @property
    def filled(self) -> bool:
        data = self.cleaned_data
        return bool(data.get("description") or data.get("unit_price"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if not (data.get("description") or data.get("unit_price")):
            return data
        for name in self.NUMBERS:
            if data.get(name):
                try:
                    data[name] = read_decimal(data[name], self.organization)
                except Refused as refused:
                    self.add_error(name, sentence(refused.message))
        for name in ("description", "unit_price"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, gettext("This is still missing."))
        return data

    def line(self) -> dict[str, str]:
        """As the invoice facts have it."""
        data = self.cleaned_data
        told = {name: data[name] for name in self.fields if data.get(name)}
        return {"quantity": "1", "tax_rate": "0"} | told


_Base = forms.formset_factory(LineForm, extra=0, max_num=100, validate_max=True)
ROWS = 3
"""Lines offered at first, and with every "more lines"."""


class LineFormSet(_Base):  # type: ignore[valid-type,misc]
    """The lines, with room for more."""

    @classmethod
    def of(cls, organization: Organization, data: Any) -> LineFormSet:
        rate = "" if data else last_rate(organization)
        blank = [{"quantity": "1", "tax_rate": rate} for _ in range(ROWS)]
        return cls(data, initial=blank, prefix="lines", form_kwargs={"label_suffix": "", "organization": organization})

    def _filled(self) -> list[LineForm]:
        return [form for form in self.forms if form.filled]

    def rows(self) -> list[dict[str, str]]:
        return [form.line() for form in self._filled()]

    def refuse(self, refused: Refused) -> bool:
        """Show the refusal at the line it names; False when it names none."""
        place = _PATH.match(str(refused.params.get("path", "")))
        if place is None:
            return False
        form = self._filled()[int(place[1])]
        text = refused.message.removeprefix(f"{refused.params['path']}: ")
        form.add_error(place[2] if place[2] in form.fields else None, sentence(text))
        return True


def last_rate(organization: Organization) -> str:
    """The tax rate of the last document issued here: most businesses have one."""
    last = Issued.objects.of(organization).order_by("-id").first()
    return str(last.facts["lines"][0].get("tax_rate", "")) if last else ""
