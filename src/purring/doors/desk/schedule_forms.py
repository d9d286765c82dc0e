# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms for a schedule: its steps in rising days, and the rules of contact around them. A step is added, moved and taken
away in what was typed, valid or not, so that nothing is lost on the way."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.core.money import threshold_minor, to_text
from purring.core.schedule import STAGES as LADDER
from purring.doors.desk.desk import Desk
from purring.doors.desk.fields import AmountField, DeskForm, amount_text, sentence
from purring.doors.desk.sayings import CHANNELS, STAGES
from purring.doors.desk.steps import lint_words, preset_name
from purring.facts.sending.identities import identities
from purring.facts.sending.models import Identity
from purring.followup.models import Schedule
from purring.followup.presets import PresetSchedule
from purring.followup.schedule_lints import contradictions
from purring.followup.schedules import GENTLE_STEPS, KEPT, keep_schedule, read_steps
from purring.kit.numbers import whole

_PATH = re.compile(r"steps\[(\d+)\]\.(\w+)")
BEFORE, ON, AFTER = "before", "on", "after"
Row = dict[str, Any]


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
    preset = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    """How the stored schedule was when the page was opened."""
    names = ("name", "min_days_between_contacts", "promise_grace_days", "working_days_only", "charges", "preset")

    def __init__(self, *args: Any, schedule: Schedule | None, **kwargs: Any) -> None:
        self.schedule = schedule
        super().__init__(*args, **kwargs)

    def clean_charges(self) -> str:
        return self.cleaned_data["charges"] or "none"

    def kept_fields(self, steps: StepFormSet) -> Row:
        """Everything as a schedule keeps it; the name is empty while it is wrong."""
        currency = self.desk.organization.currency
        fields = {name: self.cleaned_data.get(name, "") for name in self.names}
        fields["minimum_balance"] = to_text(self.cleaned_data.get("minimum_balance") or 0, currency)
        fields["steps"] = steps.rows()
        return fields

    def run(self, steps: StepFormSet) -> bool:
        """Keep the schedule; a refusal about a step is shown at that step."""
        if not self.is_valid():
            return False
        if self.schedule and self.cleaned_data["seen"] and self.cleaned_data["seen"] != digest(self.schedule):
            self.data = {**self.data.dict(), "seen": digest(self.schedule)}  # type: ignore[attr-defined]  # a QueryDict
            told = gettext(
                "Somebody else changed this schedule meanwhile: see its history. Keep once more to put yours in place."
            )
            self.add_error(None, told)
            return False
        try:
            self.schedule = keep_schedule(
                self.desk.organization,
                self.schedule,
                now=self.desk.now,
                actor=self.desk.actor,
                **self.kept_fields(steps),
            )
        except Refused as refused:
            if not steps.refuse(refused):
                self.refuse(refused)
            return False
        return True


def digest(schedule: Schedule) -> str:
    """A short mark of everything a person can change in a schedule."""
    kept = json.dumps({name: getattr(schedule, name) for name in KEPT}, sort_keys=True)
    return hashlib.sha256(kept.encode()).hexdigest()[:16]


class StepForm(forms.Form):
    """One step. A step without days is none."""

    days = forms.IntegerField(label=_("Days"), min_value=0, max_value=400, required=False)
    side = forms.ChoiceField(
        label=_("The due date"),
        choices=[
            (BEFORE, _("days before")),
            (ON, _("on the due day")),
            (AFTER, _("days after")),
        ],
        initial=AFTER,
    )
    stage = forms.ChoiceField(label=_("What"), choices=[(stage, STAGES[stage]) for stage in LADDER])
    channel = forms.ChoiceField(label=_("How"), choices=list(CHANNELS.items()))
    repeat_every = forms.IntegerField(label=_("Again every … days"), min_value=1, max_value=365, required=False)
    sender = forms.TypedChoiceField(label=_("Signed by"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, signers: Sequence[Identity] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if signers:
            choices = [("", _("who usually signs")), *((one.pk, str(one)) for one in signers)]
            self.fields["sender"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["sender"]

    def signed_days(self) -> int | None:
        """Days from the due date, negative before it; None for a step that is none (or wrong)."""
        days, side = self.cleaned_data.get("days"), self.cleaned_data.get("side")
        if side == ON:
            return 0
        return None if days is None else -days if side == BEFORE else days

    def row(self) -> Row:
        """The step as a schedule keeps it."""
        made: Row = {"stage": self.cleaned_data["stage"], "days": self.signed_days()}
        for name in ("channel", "repeat_every", "sender"):
            if self.cleaned_data.get(name) is not None:
                made[name] = self.cleaned_data[name]
        return made


_Base = forms.formset_factory(StepForm, extra=0, max_num=20, validate_max=True)
_FIELDS = ("days", "side", "stage", "channel", "repeat_every", "sender")


class StepFormSet(_Base):  # type: ignore[valid-type,misc]
    """The steps in the order of their days."""

    @classmethod
    def of(cls, typed: Any, signers: Sequence[Identity] = ()) -> StepFormSet:
        """What was typed, or what the page begins with (`begun`)."""
        return cls(typed, prefix="steps", form_kwargs={"label_suffix": "", "signers": signers})

    @cached_property
    def filled(self) -> list[tuple[int, StepForm, Row]]:
        """The steps that are steps, in rising days: each with its place on the page, and as a schedule keeps it. Read once:
        what is said afterwards about a step does not unmake it."""
        found = [
            (at, form, form.row())
            for at, form in enumerate(self.forms)
            if form.is_valid() and form.signed_days() is not None
        ]
        return sorted(found, key=lambda one: one[2]["days"])

    def rows(self) -> list[Row]:
        """The steps as a schedule keeps them."""
        return [row for _, _, row in self.filled]

    def fits(self) -> bool:
        """Whether the steps can be a schedule; what contradicts is said at the step."""
        if not self.is_valid():
            return False
        places = [form for _, form, _ in self.filled]
        found = contradictions(read_steps(self.rows()))
        for one in found:
            if one.step is None:
                self._non_form_errors.append(lint_words(one))
            else:
                places[one.step].add_error(_FIELD_OF.get(one.code, "stage"), lint_words(one))
        return not found

    def refuse(self, refused: Refused) -> bool:
        """Show the refusal at the step it names; False when it names none."""
        place = _PATH.fullmatch(str(refused.params.get("path", "")))
        if place is None:
            return False
        self.filled[int(place[1])][1].add_error(place[2], sentence(refused.message))
        return True


_FIELD_OF = {"same_day": "side", "repeat_not_last": "repeat_every"}


def _shown(step: Mapping[str, Any]) -> Row:
    """A stored step as its form shows it."""
    side = BEFORE if step["days"] < 0 else AFTER if step["days"] else ON
    return {**step, "days": abs(step["days"]) if step["days"] else None, "side": side}


# --- changing what was typed -------------------------------------------------------------------------------------


def changed(posted: Any, do: str) -> Any:
    """The posted form after one of its buttons: `add`, `remove-2`, `earlier-2`, `later-2`, and the steps in their order.
    Whatever was typed is kept as it was typed."""
    try:
        number = min(int(posted.get("steps-TOTAL_FORMS", "0")), 20)
    except ValueError:
        number = 0
    rows = [{name: posted.get(f"steps-{at}-{name}", "") for name in _FIELDS} for at in range(number)]
    act, _, place = do.partition("-")
    at = next((index for index in range(len(rows)) if index == whole(place)), None)
    if act == "add" and len(rows) < 20:
        rows.append(_next_step(rows))
    elif act == "remove" and at is not None:
        del rows[at]
    elif act in ("earlier", "later") and at is not None:
        _move(rows[at], -1 if act == "earlier" else 1)
    rows.sort(key=_place)
    made = posted.copy()
    for name in [name for name in made if name.startswith("steps-")]:
        del made[name]
    made["steps-TOTAL_FORMS"], made["steps-INITIAL_FORMS"] = str(len(rows)), "0"
    for index, row in enumerate(rows):
        for name, value in row.items():
            made[f"steps-{index}-{name}"] = value
    return made


def _signed(row: Mapping[str, str]) -> int | None:
    if row["side"] == ON:
        return 0
    days = whole(row["days"].strip())
    return -days if days is not None and row["side"] == BEFORE else days


def _place(row: Mapping[str, str]) -> int:
    """What is no day yet stands at the end."""
    days = _signed(row)
    return 1000 if days is None else days


def _move(row: Row, by: int) -> None:
    days = _signed(row)
    if days is not None and -60 <= days + by <= 400:
        row |= {name: str(value or "") for name, value in _shown({"days": days + by}).items()}


def _next_step(rows: Sequence[Mapping[str, str]]) -> Row:
    """A week after the last, one stage firmer."""
    last = max((days for row in rows if (days := _signed(row)) is not None), default=-4)
    used = [LADDER.index(row["stage"]) for row in rows if row["stage"] in LADDER]
    stage = LADDER[min(max(used, default=1) + 1, len(LADDER) - 1)]
    return {
        **dict.fromkeys(_FIELDS, ""),
        "days": str(max(last + 7, 1)),
        "side": AFTER,
        "stage": stage,
        "channel": "email",
    }


def begun(
    desk: Desk, schedule: Schedule | None, preset: PresetSchedule | None = None, like: Schedule | None = None
) -> QueryDict:
    """What a page begins with, as it would be typed: a stored schedule, a copy of one, or what a preset says in its place."""
    source = like or schedule
    typed: Row = {"min_days_between_contacts": 5, "promise_grace_days": 1, "working_days_only": True, "charges": "none"}
    steps: Sequence[Mapping[str, Any]] = GENTLE_STEPS
    if source:
        typed = {name: getattr(source, name) for name in ScheduleForm.names}
        minimum = threshold_minor(source.minimum_balance, desk.organization.currency)
        if minimum:
            typed["minimum_balance"] = amount_text(minimum, desk.organization.currency, desk.organization)
        steps = source.steps
    if like:
        typed["name"] = gettext("%(name)s, copy") % {"name": like.name}
    if schedule:
        typed["seen"] = digest(schedule)
    if preset:
        typed |= {"min_days_between_contacts": preset.min_days_between_contacts, "preset": preset.key}
        steps = preset.steps
        if schedule is None:
            typed["name"] = preset_name(preset)
    shown = [_shown(step) for step in steps]
    typed |= {f"steps-{at}-{name}": value for at, step in enumerate(shown) for name, value in step.items()}
    typed |= {"steps-TOTAL_FORMS": len(shown), "steps-INITIAL_FORMS": 0}
    made = QueryDict(mutable=True)
    for name, value in typed.items():
        if value is not None and value is not False and value != "":
            made[name] = "on" if value is True else str(value)
    return made


def desk_signers(desk: Desk) -> list[Identity]:
    """Who may sign a step."""
    return identities(desk.organization)
