# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form of one more organization. What follows from the country need not be said."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.choices import country_choices, currency_choices, language_choices, main_currency, main_language
from purring.doors.desk.fields import DeskForm


class FoundForm(DeskForm):
    name = forms.CharField(label=_("Name of your business"), max_length=200)
    country = forms.ChoiceField(label=_("Country"))
    language = forms.ChoiceField(label=_("Language of your business"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown_in = get_language() or "en"
        choices = {
            "country": [("", _("Choose…")), *country_choices(shown_in)],
            "language": [("", _("your country's")), *language_choices(shown_in)],
            "currency": [("", _("your country's")), *currency_choices(shown_in)],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        self.initial.setdefault("country", self.desk.organization.country)
        self.fields["name"].widget.attrs["autocomplete"] = "organization"
        self.fields["country"].widget.attrs["autocomplete"] = "country"

    @property
    def told(self) -> dict[str, str]:
        """What was filled in, and what follows from the country where nothing else was said."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "country": data["country"],
            "language": data["language"] or main_language(data["country"]) or "en",
            "currency": data["currency"] or main_currency(data["country"]),
        }
