# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms for a schedule: its steps in rising days, and the rules of contact around them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.core.money import to_text
from purring.core.schedule import STAGES as LADDER
from purring.doors.desk.fields import AmountField, DeskForm, sentence
from purring.doors.desk.sayings import CHANNELS, STAGES
from purring.followup.models import Schedule
from purring.followup.presets import PresetSchedule
from purring.followup.schedules import GENTLE_STEPS, keep_schedule

_PATH = re.compile(r"steps\[(\d+)\]\.(\w+)")


class ScheduleForm(DeskForm):
    name = forms.CharField(label=_("Name"), max_length=100)
    min_days_between_contacts = forms.IntegerField(
        label=_("Days between two messages to one customer, at least"), min_value=1, max_value=90, initial=5
    )
    promise_grace_days = forms.IntegerField(
        label=_("Days of grace for a promise"), min_value=0, max_value=30, initial=1
    )
    minimum_balance = AmountField(
        label=_("Smallest sum worth a message"),
        required=False,
        help_text=_("The same number in every currency. Empty: any sum."),
    )
    working_days_only = forms.BooleanField(
        label=_("Only on working days of the customer's country"), required=False, initial=True
    )
    charges = forms.ChoiceField(
        label=_("Late charges"),
        choices=[
            ("none", _("ask for none")),
            (
                "lawful",
                _(
                    "from the firm reminder on, ask for what the law surely gives; it falls away when all is paid in time"
                ),
            ),
        ],
        widget=forms.RadioSelect,
        required=False,
        initial="none",
    )
    names = ("name", "min_days_between_contacts", "promise_grace_days", "working_days_only", "charges")

    def __init__(
        self, *args: Any, schedule: Schedule | None, preset: PresetSchedule | None = None, **kwargs: Any
    ) -> None:
        self.schedule = schedule
        initial: dict[str, Any] = {}
        if preset:
            initial = {"name": preset.name, "min_days_between_contacts": preset.min_days_between_contacts}
        if schedule:
            initial = {name: getattr(schedule, name) for name in self.names}
            initial["minimum_balance"] = schedule.minimum_balance if Decimal(schedule.minimum_balance) else ""
        super().__init__(*args, initial=initial, **kwargs)

    def clean_charges(self) -> str:
        return self.cleaned_data["charges"] or "none"

    def run(self, steps: StepFormSet) -> bool:
        """Keep the schedule; a refusal about a step is shown at that step."""
        if not self.is_valid():
            return False
        currency = self.desk.organization.currency
        fields = {name: self.cleaned_data[name] for name in self.names}
        fields["minimum_balance"] = to_text(self.cleaned_data["minimum_balance"] or 0, currency)
        fields["steps"] = steps.rows()
        try:
            self.schedule = keep_schedule(
                self.desk.organization, self.schedule, now=self.desk.now, actor=self.desk.actor, **fields
            )
        except Refused as refused:
            if not steps.refuse(refused):
                self.refuse(refused)
            return False
        return True


class StepForm(forms.Form):
    """One step. Days before the due date are negative; a step without days is none."""

    days = forms.IntegerField(label=_("Days from the due date"), min_value=-60, max_value=400, required=False)
    stage = forms.ChoiceField(label=_("What"), choices=[(stage, STAGES[stage]) for stage in LADDER])
    channel = forms.ChoiceField(label=_("How"), choices=list(CHANNELS.items()))
    repeat_every = forms.IntegerField(label=_("Again every … days"), min_value=1, max_value=365, required=False)


_Base = forms.formset_factory(StepForm, extra=2, max_num=20, validate_max=True)


class StepFormSet(_Base):  # type: ignore[valid-type,misc]
    """The steps in the order of their days, with room for two more."""

    @classmethod
    def of(cls, schedule: Schedule | None, data: Any, preset: PresetSchedule | None = None) -> StepFormSet:
        steps = schedule.steps if schedule else preset.steps if preset else GENTLE_STEPS
        return cls(data, initial=[dict(step) for step in steps], prefix="steps", form_kwargs={"label_suffix": ""})

    def _filled(self) -> list[forms.Form]:
        filled = [form for form in self.forms if form.cleaned_data.get("days") is not None]
        return sorted(filled, key=lambda form: form.cleaned_data["days"])

    def rows(self) -> list[dict[str, Any]]:
        """The steps as a schedule keeps them."""
        return [
            {name: value for name, value in form.cleaned_data.items() if value is not None} for form in self._filled()
        ]

    def refuse(self, refused: Refused) -> bool:
        """Show the refusal at the step it names; False when it names none."""
        place = _PATH.fullmatch(str(refused.params.get("path", "")))
        if place is None:
            return False
        self._filled()[int(place[1])].add_error(place[2], sentence(refused.message))
        return True
