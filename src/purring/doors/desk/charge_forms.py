# SPDX-License-Identifier: AGPL-3.0-or-later
"""The forms about late charges: what is to become of them, money on account that pays them, and what the business decides
about them as a whole."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.act_forms import ActForm
from purring.doors.desk.charges import charges_of
from purring.doors.desk.fields import AmountField, DayField, DeskForm, amount_text
from purring.doors.desk.sayings import CHARGE_CHOICES, CHARGE_ORDERS, LEAST_SURE
from purring.facts.charges.actions import handle_charges, pay_charges
from purring.facts.charges.models import Choice, Handling
from purring.facts.charges.policy import keep_policy, policy_of
from purring.facts.payments.actions import unapplied
from purring.facts.payments.models import ChargeAllocation, Payment


class PolicyForm(DeskForm):
    """What the business decides about late charges."""

    order = forms.ChoiceField(
        label=_("A payment for an invoice fills"), choices=list(CHARGE_ORDERS.items()), widget=forms.RadioSelect
    )
    least = forms.ChoiceField(
        label=_("Which charges a message may ask for"), choices=list(LEAST_SURE.items()), widget=forms.RadioSelect
    )
    understood = forms.BooleanField(
        label=_("I have looked at the rules, or asked somebody who knows the law there, and want it so."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        desk = kwargs["desk"]
        self.policy = policy_of(desk.organization.pk)
        super().__init__(*args, initial={"order": self.policy.order, "least": self.policy.least}, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        least = data.get("least", "high")
        if least not in ("high", self.policy.least) and not data.get("understood"):
            self.add_error("understood", gettext("Please say that this is wanted: it puts less sure sums on messages."))
        return data

    def run(self) -> bool:
        def act() -> None:
            keep_policy(
                self.desk.organization,
                order=self.cleaned_data["order"],
                least=self.cleaned_data["least"],
                now=self.desk.now,
                actor=self.desk.actor,
            )

        return self.attempt(act)


class ChargesForm(ActForm):
    """One choice for the charges beside an invoice."""

    done = _("Kept. The next message follows it.")
    choice = forms.ChoiceField(
        label=_("Late charges"), choices=list(CHARGE_CHOICES.items()), required=False, widget=forms.RadioSelect
    )
    until = DayField(label=_("Until"), required=False, help_text=_("Only where they are waived until a day."))
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def prepare(self) -> None:
        there = getattr(self.invoice, "charge_handling", None)
        self.initial.setdefault("choice", there.choice if there else "")
        self.initial.setdefault("until", there.until if there else None)
        self.earliest("until", self.desk.today)

    def perform(self) -> None:
        assert self.invoice
        data = self.cleaned_data
        choice = data["choice"]
        until = data["until"] if choice == Choice.WAIVE_UNTIL else None
        if choice == Choice.WAIVE_UNTIL and until is None:
            raise Refused("bad_date", gettext("name the day"), field="until")
        there = Handling.objects.of(self.desk.organization).filter(invoice=self.invoice).first()
        if ((there.choice, there.until) if there else ("", None)) != (choice, until):
            handle_charges(self.invoice, choice, until=until, reason=data["reason"], on=self.desk.today, **self.told)


class PayChargesForm(ActForm):
    """Money on account, set against what is asked beside the invoice; the oldest payment first."""

    done = _("Set against the late charges.")
    amount = AmountField(label=_("Amount"))
    paid_before = forms.IntegerField(widget=forms.HiddenInput)
    """What was paid on the charges when the page was shown: a second click finds more, and does nothing."""

    def prepare(self) -> None:
        assert self.invoice
        shown = self.invoice.__dict__.get("charges_shown") or charges_of(self.desk, self.invoice)
        beside, amount = shown.standing, min(shown.standing.open, shown.on_account)
        self.initial.setdefault("amount", amount_text(amount, self.invoice.currency, self.desk.organization))
        self.initial.setdefault("paid_before", beside.paid)

    def _payments(self) -> list[Payment]:
        assert self.invoice
        rows = Payment.objects.of(self.desk.organization).filter(
            customer=self.customer, currency=self.invoice.currency, settled_on__isnull=False
        )
        return list(rows.order_by("on", "id"))

    def perform(self) -> None:
        assert self.invoice
        given = ChargeAllocation.objects.of(self.desk.organization).filter(invoice=self.invoice)
        if sum(given.values_list("amount", flat=True)) != self.cleaned_data["paid_before"]:
            return
        left = self.cleaned_data["amount"]
        for payment in self._payments():
            if not left:
                break
            part = min(left, unapplied(payment))
            if part > 0:
                pay_charges(payment, self.invoice, part, on=self.desk.today, **self.told)
                left -= part
        if left:
            raise Refused("bad_amount", gettext("there is less money on account"), field="amount")
