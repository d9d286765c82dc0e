# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form that makes an API key, and how a kept one stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.fields import DayField, DeskForm, fresh_key
from purring.doors.desk.sayings import ROLE_NOTES, ROLES
from purring.facts.organizations.keys import make_key, may_give
from purring.facts.organizations.models import Role

STANDS: Mapping[str, tuple[Lazy, str]] = {
    "": (_("in use"), "good"),
    "revoked": (_("revoked"), ""),
    "expired": (_("over"), "care"),
    "maker_left": (_("its maker has left"), "care"),
    "maker_fell": (_("its maker may no longer do this"), "care"),
}
"""By what `closed_by` says: a word, and its tone."""


class KeyForm(DeskForm):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("The program it is for, so that you know it again.")
    )
    role = forms.ChoiceField(label=_("What it may do"), widget=forms.RadioSelect, initial=Role.READ_ONLY)
    last_day = DayField(label=_("Last day"), required=False, help_text=_("Empty: it works until you revoke it."))
    key = forms.CharField(max_length=32, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = may_give(self.desk.role)
        self.fields["role"].choices = [(code, f"{ROLES[code]}: {ROLE_NOTES[code]}") for code in given]  # type: ignore[attr-defined]
        self.earliest("last_day", self.desk.today)
        self.initial.setdefault("key", fresh_key())

    def run(self) -> str | None:
        """The key, empty when this form made one already; None when the form is wrong."""
        made: list[str] = []

        def act() -> None:
            data, desk = self.cleaned_data, self.desk
            told: dict[str, Any] = {"by": desk.user, "now": desk.now, "actor": desk.actor}
            last_day, form = data["last_day"], data["key"] or fresh_key()
            made.append(make_key(desk.organization, data["name"], data["role"], form=form, last_day=last_day, **told))

        return made[0] if self.attempt(act) else None
