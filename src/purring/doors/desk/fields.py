# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every form of the desk is made of: amounts as people write them, days, and a place to show a refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.core.money import exponent, to_minor, to_text
from purring.doors.desk.desk import Desk
from purring.doors.desk.refusals import told
from purring.doors.intake.locale import LocaleFacts
from purring.doors.intake.numbers import NumberColumn, read_number
from purring.facts.organizations.models import Organization


def locale_facts(organization: Organization) -> LocaleFacts:
    """How numbers and dates are written where the organization is."""
    return LocaleFacts(organization.language, organization.country, organization.currency)


def read_amount(text: str, currency: str, organization: Organization) -> int:
    """Minor units of an amount as people there write it: 1 250,50 or 1,250.50. Refuses what is unclear or not above zero."""
    column = NumberColumn(locale_facts(organization))
    number = column.settle(read_number(text.strip()), text.strip())
    minor = to_minor(_trimmed(number.text(), currency), currency)
    if minor <= 0:
        raise Refused("bad_amount", gettext("write an amount above zero"))
    return minor


def _trimmed(text: str, currency: str) -> str:
    """Without zeros behind the currency's decimals: 12.500 EUR is 12.50."""
    whole, dot, fraction = text.partition(".")
    places = exponent(currency)
    if dot and len(fraction) > places and not fraction[places:].strip("0"):
        fraction = fraction[:places]
    return f"{whole}.{fraction}" if fraction else whole


def amount_text(minor: int, currency: str, organization: Organization) -> str:
    """An amount to be changed in a field: no grouping, the mark of the place."""
    return to_text(minor, currency).replace(".", locale_facts(organization).decimal_mark or ".")


def sentence(message: str) -> str:
    """A refusal's line as a sentence for a page, in its reader's language."""
    text = told(message)
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


class AmountField(forms.CharField):
    """An amount in a currency the form knows (`form.amount_currency()`); cleaned to minor units by the form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})


class DayField(forms.DateField):
    """A day, by the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)


class DeskForm(forms.Form):
    """A form at a desk: it knows for whom, reads amounts, and shows a refusal at the field it speaks of."""

    use_required_attribute = True

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        self.desk = desk
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def amount_currency(self) -> str:
        """The currency of the amounts in this form."""
        return str(self.cleaned_data.get("currency") or self.desk.organization.currency)

    def clean(self) -> dict[str, Any]:
        for name, field in self.fields.items():
            if isinstance(field, AmountField) and self.cleaned_data.get(name):
                try:
                    self.cleaned_data[name] = read_amount(
                        self.cleaned_data[name], self.amount_currency(), self.desk.organization
                    )
                except Refused as refused:
                    self.add_error(name, sentence(refused.message))
        return self.cleaned_data

    def refuse(self, refused: Refused) -> None:
        """Show why at the field the refusal names, else above the form."""
        named = str(refused.params.get("field", ""))
        self.add_error(named if named in self.fields else None, ValidationError(sentence(refused.message)))

    def attempt(self, act: Callable[[], Any]) -> bool:
        """Run the act of a valid form; False when the form was wrong or the act refused, and the form says why."""
        if not self.is_valid():
            return False
        try:
            act()
        except Refused as refused:
            if refused.code == "not_found":
                raise
            self.refuse(refused)
            return False
        return True

    def earliest(self, name: str, day: date) -> None:
        self.fields[name].widget.attrs["min"] = day.isoformat()


def fresh_key() -> str:
    """A key that makes sending the same form twice the same act."""
    return uuid4().hex
