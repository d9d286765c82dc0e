# SPDX-License-Identifier: AGPL-3.0-or-later
"""The forms about a day to pay that a customer asked for and that is further off than is noted without a person: agreed to,
perhaps as another day, or declined; both in writing."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.act_forms import ActForm
from purring.doors.desk.fields import DayField
from purring.doors.desk.offer_forms import DecliningForm, tell_field
from purring.facts.answers.actions import agree_day, decline_day, late_days
from purring.facts.answers.models import Answer
from purring.followup.confirming import agree_day_and_say, decline_day_and_say


class _OnDay(ActForm):
    """About the day that the customer asked for first."""

    asked = forms.IntegerField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        known = self.customer.__dict__.get("late_days")
        if known is None:
            known = late_days(self.desk.organization, self.customer).order_by("id")[:1]
        for first in known[:1]:
            self.initial.setdefault("asked", first.pk)
            self.shown(first)

    def shown(self, asked: Answer) -> None:
        """Fill in what follows from it."""

    def found(self) -> Answer | None:
        """What the form was made for; None when it is decided (a second click)."""
        rows = late_days(self.desk.organization, self.customer).filter(pk=self.cleaned_data["asked"])
        return rows.select_related("customer__organization", "message").first()


class AgreeDayForm(_OnDay):
    """Their day as it is, or another one."""

    done = _("The day is noted, and their message has its answer.")
    pay_on = DayField(label=_("They will pay on"), help_text=_("Change it if you have spoken about another day."))
    tell = tell_field()

    def shown(self, asked: Answer) -> None:
        self.initial.setdefault("pay_on", asked.day)
        self.earliest("pay_on", self.desk.today)

    def perform(self) -> None:
        asked, pay_on = self.found(), self.cleaned_data["pay_on"]
        if asked is None:
            return
        if self.cleaned_data["tell"]:
            agree_day_and_say(asked, today=self.desk.today, pay_on=pay_on, user_id=self.desk.user.pk, **self.told)
        else:
            agree_day(asked, on=self.desk.today, pay_on=pay_on, user_id=self.desk.user.pk, **self.told)


class DeclineDayForm(_OnDay, DecliningForm):
    def note(self, asked: Answer, said: str) -> None:
        decline_day(asked, reason=said, user_id=self.desk.user.pk, **self.told)

    def write(self, asked: Answer, said: str) -> None:
        decline_day_and_say(asked, today=self.desk.today, said=said, user_id=self.desk.user.pk, **self.told)
