# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked before one act is done to many rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.fields import DayField, DeskForm, fresh_key
from purring.facts.customers.models import Group
from purring.followup.models import Schedule


class BulkForm(DeskForm):
    """`key` makes sending it twice the same; `count` is how many the person was told."""

    key = forms.CharField(max_length=32, widget=forms.HiddenInput)
    count = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", fresh_key())
        self.prepare()

    def prepare(self) -> None:
        """Choices from the organization's own rows."""

    def arguments(self) -> dict[str, Any]:
        """What the act is told."""
        return {}


class BulkHoldForm(BulkForm):
    until = DayField(label=_("Until"), required=False, help_text=_("The last silent day. Empty: until you release it."))
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def prepare(self) -> None:
        self.earliest("until", self.desk.today)

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until and until < self.desk.today:
            raise forms.ValidationError(gettext("This day is past."))
        return until

    def arguments(self) -> dict[str, Any]:
        until = self.cleaned_data["until"]
        return {"until": until.isoformat() if until else "", "reason": self.cleaned_data["reason"]}


class BulkReleaseForm(BulkForm):
    pass


class BulkWriteOffForm(BulkForm):
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class BulkScheduleForm(BulkForm):
    schedule = forms.TypedChoiceField(label=_("Schedule"), coerce=int, empty_value=None, required=False)

    def prepare(self) -> None:
        rows = Schedule.objects.of(self.desk.organization).order_by("-is_default", "name").values_list("id", "name")
        field: Any = self.fields["schedule"]
        field.choices = [("", gettext("none of its own: as the customer")), *((key, name) for key, name in rows)]

    def arguments(self) -> dict[str, Any]:
        return {"schedule": self.cleaned_data["schedule"]}


class BulkGroupForm(BulkForm):
    group = forms.TypedChoiceField(label=_("Group"), coerce=int, empty_value=None, required=False)

    def prepare(self) -> None:
        rows = Group.objects.of(self.desk.organization).order_by("name").values_list("id", "name")
        field: Any = self.fields["group"]
        field.choices = [("", gettext("no group")), *((key, name) for key, name in rows)]
        if not rows:
            field.help_text = gettext("There is no group yet. An owner makes them in the settings, under Groups.")

    def arguments(self) -> dict[str, Any]:
        return {"group": self.cleaned_data["group"]}


FORMS: dict[str, type[BulkForm]] = {
    "hold": BulkHoldForm,
    "release": BulkReleaseForm,
    "write_off": BulkWriteOffForm,
    "schedule": BulkScheduleForm,
    "group": BulkGroupForm,
}
