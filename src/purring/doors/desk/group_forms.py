# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms for groups of customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.fields import DeskForm
from purring.facts.customers.groups import add_group, rename_group
from purring.facts.customers.models import Group
from purring.followup.models import Schedule
from purring.followup.schedules import assign


class GroupForm(DeskForm):
    """A group's name and the schedule its customers follow; `group` None: a new one."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Such as: schools, abroad, long-standing."))
    schedule = forms.ChoiceField(label=_("Schedule"), required=False)

    def __init__(
        self,
        *args: Any,
        schedules: Sequence[Schedule],
        group: Group | None = None,
        follows: int | None = None,
        **kwargs: Any,
    ) -> None:
        """`follows`: the schedule chosen for the group now."""
        self.group = group
        initial = {"name": group.name if group else "", "schedule": str(follows or "")}
        super().__init__(*args, initial=initial, prefix=f"group{group.pk if group else ''}", **kwargs)
        self.schedules = {str(row.pk): row for row in schedules}
        named = [(str(row.pk), row.name) for row in schedules if not row.is_default or row.pk == follows]
        self.fields["schedule"].choices = [("", gettext("the usual one")), *named]  # type: ignore[attr-defined]
        if not named:
            del self.fields["schedule"]
        if group:
            self.fields["name"].help_text = ""

    def run(self) -> bool:
        def act() -> None:
            told: dict[str, Any] = {"now": self.desk.now, "actor": self.desk.actor}
            with transaction.atomic():
                if self.group:
                    rename_group(self.group, self.cleaned_data["name"], **told)
                group = self.group or add_group(self.desk.organization, self.cleaned_data["name"], **told)
                chosen = self.cleaned_data.get("schedule")
                if "schedule" in self.fields and (self.group or chosen):
                    assign(self.schedules.get(chosen or ""), group=group, **told)

        return self.attempt(act)
