# SPDX-License-Identifier: AGPL-3.0-or-later
"""What came of a call, in two taps; and what was said, for whoever has a moment more."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.act_forms import ActForm, open_invoices
from purring.doors.desk.fields import AmountField, DayField, fresh_key
from purring.doors.desk.sayings import OUTCOMES
from purring.facts.agreements.actions import record_promise
from purring.facts.customers.actions import spoil_address
from purring.facts.disputes.actions import open_dispute
from purring.facts.messages.models import Conversation, Outcome
from purring.followup.calls import record_call


class CallForm(ActForm):
    """One call. What was agreed becomes the same facts as anywhere: a promise, a dispute, an address that is wrong."""

    outcome = forms.ChoiceField(label=_("What came of it"), choices=list(OUTCOMES.items()), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What was said"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    pay_on = DayField(label=_("They will pay on"), required=False)
    amount = AmountField(label=_("How much"), required=False, help_text=_("Empty: all that is open."))
    again_on = DayField(label=_("Call again on"), required=False)
    disputed = forms.ChoiceField(label=_("Something is not right with"), required=False)
    wrong_number = forms.BooleanField(label=_("This number is wrong"), required=False)
    number = forms.CharField(max_length=40, widget=forms.HiddenInput, required=False)
    person = forms.CharField(max_length=200, widget=forms.HiddenInput, required=False)
    key = forms.CharField(max_length=32, widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        self.initial.setdefault("key", fresh_key())
        for name in ("pay_on", "again_on"):
            self.earliest(name, self.desk.today)
        self.open = {str(row.pk): row for row in open_invoices(self.customer)}
        names = [(key, f"{row.number} · {row.description[:60]}".strip(" ·")) for key, row in self.open.items()]
        self.fields["disputed"].choices = [("", gettext("nothing")), *names]  # type: ignore[attr-defined]
        if not self.open:
            for name in ("pay_on", "amount", "disputed"):
                del self.fields[name]

    def amount_currency(self) -> str:
        first = next(iter(self.open.values()), None)
        return first.currency if first else self.desk.organization.currency

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("amount") and not data.get("pay_on") and "amount" not in self.errors:
            self.add_error("pay_on", gettext("On which day will they pay it?"))
        agreed = data.get("pay_on") or data.get("disputed")
        if agreed and data.get("outcome") not in (None, Outcome.REACHED):
            self.add_error("outcome", gettext("A promise or a complaint comes from somebody you spoke to."))
        return data

    def perform(self) -> None:
        data, today = self.cleaned_data, self.desk.today
        key = data["key"]
        if key and Conversation.objects.of(self.desk.organization).filter(key=key).exists():
            return
        if data["again_on"] and data["again_on"] < today:
            raise Refused("bad_date", gettext("this day is over"), field="again_on")
        record_call(
            self.customer,
            data["outcome"],
            on=today,
            user_id=self.desk.user.pk,
            person=data["person"],
            number=data["number"],
            note=data["note"],
            again_on=data["again_on"],
            key=key,
            **self.told,
        )
        if pay_on := data.get("pay_on"):
            currency = self.amount_currency()
            record_promise(
                self.customer,
                pay_on,
                on=today,
                invoices=[row for row in self.open.values() if row.currency == currency],
                amount=data.get("amount") or None,
                currency=currency if data.get("amount") else "",
                said_by_phone=True,
                note=data["note"][:300],
                **self.told,
            )
        if invoice := self.open.get(data.get("disputed", "")):
            open_dispute(invoice, on=today, reason=data["note"], **self.told)
        if data["wrong_number"] and data["number"]:
            spoil_address(self.customer, data["number"], "wrong_person", **self.told)
