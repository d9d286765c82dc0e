# SPDX-License-Identifier: AGPL-3.0-or-later
"""The forms about what is offered: the terms as a whole, plans that a person makes, changes or declines, a smaller sum,
work or goods instead of money."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.core.calendar import working_days
from purring.core.discounts import MOST_RUNGS
from purring.core.errors import Refused
from purring.core.plans import MOST_INSTALMENTS, RHYTHMS, Instalments, Wish, build
from purring.doors.desk.act_forms import ActForm, open_invoices
from purring.doors.desk.fields import AmountField, DayField, DeskForm, amount_text, fresh_key, read_amount
from purring.doors.desk.sayings import OFFERED_TO, RHYTHM_NAMES
from purring.facts.agreements.actions import agree_plan, cancel_plan
from purring.facts.agreements.models import PaymentPlan
from purring.facts.customers.models import Customer, Group
from purring.facts.offers.actions import (
    agree_proposal,
    agree_settlement,
    decline_proposal,
    end_settlement,
    settle_in_kind,
)
from purring.facts.offers.early import percent_text
from purring.facts.offers.models import OfferTerms, PlanProposal, Settlement
from purring.facts.offers.standing import plans_standing
from purring.facts.offers.terms import KEPT, keep_terms
from purring.followup.confirming import agree_and_say, confirm_plan, decline_and_say, settle_and_say


class TermsForm(DeskForm):
    """What is offered to everybody, or to one group or customer as terms of their own."""

    own = forms.BooleanField(label=_("Terms of their own (else what everybody is offered)"), required=False)
    whom = forms.ChoiceField(
        label=_("Plans and later days without asking a person, for"), choices=list(OFFERED_TO.items())
    )
    plan_most = forms.IntegerField(
        label=_("Instalments at most"),
        min_value=0,
        max_value=MOST_INSTALMENTS,
        help_text=_("0: a person agrees to every plan."),
    )
    plan_rhythms = forms.MultipleChoiceField(
        label=_("Paid"),
        choices=[(name, RHYTHM_NAMES[name]) for name in RHYTHMS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None ticked: all of them."),
    )
    plan_first_percent = forms.IntegerField(
        label=_("First payment, % of the whole at least"), min_value=0, max_value=90
    )
    plan_first_days = forms.IntegerField(label=_("First payment within days"), min_value=0, max_value=90)
    plan_last_days = forms.IntegerField(label=_("Last payment within days"), min_value=1, max_value=3660)
    plan_smallest = forms.CharField(
        label=_("Smallest instalment"), max_length=20, help_text=_("The same number in every currency.")
    )
    deferral_days = forms.IntegerField(
        label=_("Days a due date may be put off"),
        min_value=0,
        max_value=180,
        help_text=_("Once per invoice, from its due date. 0: a person decides."),
    )
    percent_1 = forms.CharField(label=_("Discount in %"), max_length=8, required=False)
    days_1 = forms.IntegerField(
        label=_("within days of the invoice's date"), min_value=0, max_value=180, required=False
    )
    percent_2 = forms.CharField(label=_("then, in %"), max_length=8, required=False)
    days_2 = forms.IntegerField(label=_("within days"), min_value=0, max_value=180, required=False)
    percent_3 = forms.CharField(label=_("then, in %"), max_length=8, required=False)
    days_3 = forms.IntegerField(label=_("within days"), min_value=0, max_value=180, required=False)
    instalments_at_start = forms.BooleanField(label=_("The first request already mentions instalments"), required=False)
    autopay = forms.BooleanField(
        label=_("Customers may agree to automatic payment when they pay"),
        required=False,
        help_text=_(
            "Each amount is then announced some days before, and taken on its due date. Their page offers it where a"
            " payment provider can keep a way of paying; they end it there with one press."
        ),
    )
    autopay_at_start = forms.BooleanField(
        label=_("The first request already mentions automatic payment"), required=False
    )

    def __init__(
        self,
        *args: Any,
        terms: OfferTerms,
        group: Group | None = None,
        customer: Customer | None = None,
        own: bool = True,
        **kwargs: Any,
    ) -> None:
        self.group, self.customer = group, customer
        initial = {name: getattr(terms, name) for name in KEPT if name != "ladder"} | {"own": own}
        for at, (percent, days) in enumerate(terms.ladder, 1):
            initial |= {f"percent_{at}": percent_text(percent), f"days_{at}": days}
        super().__init__(*args, initial=initial, **kwargs)
        if not group and not customer:
            del self.fields["own"]

    def clean_plan_smallest(self) -> str:
        return self._decimal("plan_smallest", 0, 10**9)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        ladder = []
        for at in range(1, MOST_RUNGS + 1):
            percent, days = data.get(f"percent_{at}"), data.get(f"days_{at}")
            if bool(percent) != (days is not None):
                self.add_error(f"percent_{at}", gettext("A discount needs a percentage and days."))
            elif percent and days is not None:
                try:
                    ladder.append([int(Decimal(self._decimal(f"percent_{at}", 0, 50)) * 100), days])
                except forms.ValidationError as wrong:
                    self.add_error(f"percent_{at}", wrong)
        data["ladder"] = ladder
        if data.get("autopay_at_start") and not data.get("autopay"):
            self.add_error("autopay", gettext("The first request can only mention what is offered."))
        return data

    def _decimal(self, name: str, least: int, most: int) -> str:
        """A number with at most two decimals, written with a dot or a comma."""
        try:
            number = Decimal(str(self.cleaned_data[name]).strip().replace(",", "."))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not least <= number <= most or number != number.quantize(Decimal("0.01")):
            raise forms.ValidationError(gettext("Write a number such as 2 or 2.5."))
        return f"{number.normalize():f}"

    def refuse(self, refused: Refused) -> None:
        if refused.params.get("field") == "ladder":
            refused = Refused(refused.code, refused.message, field="percent_1")
        super().refuse(refused)

    def run(self) -> bool:
        def act() -> None:
            data = self.cleaned_data
            own = data.get("own", True)
            keep_terms(
                self.desk.organization,
                {name: data[name] for name in KEPT} if own else None,
                on=self.desk.today,
                now=self.desk.now,
                actor=self.desk.actor,
                group=self.group,
                customer=self.customer,
            )

        return self.attempt(act)


def tell_field() -> forms.BooleanField:
    """Whether what is agreed leaves as a message too."""
    return forms.BooleanField(
        label=_("Send it to them in writing"),
        required=False,
        initial=True,
        help_text=_("In their language, within a few minutes. What was sent stands on this page."),
    )


class PlanForm(ActForm):
    """A plan that a person agrees on with the customer; it need not keep to the limits."""

    done = _("The plan is agreed. Each instalment is reminded of by itself, nothing else.")
    number = forms.IntegerField(label=_("Instalments"), min_value=1, max_value=MOST_INSTALMENTS)
    rhythm = forms.ChoiceField(label=_("Paid"), choices=[(name, RHYTHM_NAMES[name]) for name in RHYTHMS[::-1]])
    first_on = DayField(label=_("First payment on"))
    first = AmountField(label=_("First payment"), required=False, help_text=_("Empty: as much as the others."))
    currency = forms.ChoiceField(label=_("Currency"))
    tell = tell_field()

    def prepare(self) -> None:
        currencies = list(dict.fromkeys(row.currency for row in open_invoices(self.customer)))
        self.fields["currency"].choices = [(code, code) for code in currencies]  # type: ignore[attr-defined]
        if len(currencies) == 1:
            self.fields["currency"].widget = forms.HiddenInput()
        self.initial.setdefault("currency", currencies[0] if currencies else "")
        self.initial.setdefault("number", 3)
        self.initial.setdefault("first_on", self.desk.today)
        self.earliest("first_on", self.desk.today)

    def clean_first_on(self) -> date:
        day: date = self.cleaned_data["first_on"]
        if day < self.desk.today:
            raise forms.ValidationError(gettext("This day is past."))
        return day

    def perform(self) -> None:
        data = self.cleaned_data
        covered = [
            row
            for row in self.customer.invoices.filter(settled_on=None, currency=data["currency"]).order_by("due", "id")
            if row.issued <= self.desk.today
        ]
        if not covered:
            raise Refused("settled", gettext("nothing is open any more"))
        wish = Wish(data["number"], data["rhythm"], data["first_on"], data["first"] or None)
        made = build(sum(row.balance for row in covered), wish, working_days(self.customer.country))
        there = PaymentPlan.objects.of(self.desk.organization).filter(customer=self.customer, cancelled_at=None)
        for plan in there.prefetch_related("instalments", "invoices"):  # a second click finds the first one's plan
            same = tuple((one.due, one.amount) for one in plan.instalments.all()) == made
            if same and {one.pk for one in plan.invoices.all()} == {one.pk for one in covered}:
                return
        plan = agree_plan(self.customer, covered, made, on=self.desk.today, **self.told)
        if data["tell"]:
            confirm_plan(plan, today=self.desk.today, user_id=self.desk.user.pk, **self.told)


class _OnProposal(ActForm):
    """About the plan that the customer asked for first."""

    proposal = forms.IntegerField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        rows = PlanProposal.objects.of(self.desk.organization).filter(customer=self.customer)
        first = rows.filter(state="open").order_by("id").first()
        if first:
            self.initial.setdefault("proposal", first.pk)
            self.asked(first)

    def asked(self, proposal: PlanProposal) -> None:
        """Fill in what follows from it."""

    def found(self) -> PlanProposal | None:
        """The proposal the form was made for; None when it is decided (a second click)."""
        rows = PlanProposal.objects.of(self.desk.organization).filter(customer=self.customer, state="open")
        return rows.filter(pk=self.cleaned_data["proposal"]).first()


class AgreePlanForm(_OnProposal):
    """Their plan as it is, or with other days and sums."""

    done = _("The plan is agreed, and their message has its answer.")
    instalments = forms.CharField(
        label=_("Days and amounts"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line. Change them if you have spoken about it."),
    )
    currency = forms.CharField(widget=forms.HiddenInput)
    tell = tell_field()

    def asked(self, proposal: PlanProposal) -> None:
        self.initial.setdefault("currency", proposal.currency)
        self.initial.setdefault("instalments", self._text(proposal))

    def _text(self, proposal: PlanProposal) -> str:
        org = self.desk.organization
        return "\n".join(f"{day} {amount_text(amount, proposal.currency, org)}" for day, amount in proposal.instalments)

    def perform(self) -> None:
        proposal = self.found()
        if proposal is None:
            return
        written = self.cleaned_data["instalments"].replace("\r\n", "\n").strip()
        changed = None if written == self._text(proposal) else self._read(written, proposal)
        if self.cleaned_data["tell"]:
            agree_and_say(proposal, today=self.desk.today, instalments=changed, user_id=self.desk.user.pk, **self.told)
        else:
            agree_proposal(proposal, on=self.desk.today, instalments=changed, **self.told)

    def _read(self, written: str, proposal: PlanProposal) -> Instalments:
        made = []
        for line in written.splitlines()[:MOST_INSTALMENTS]:
            day, _space, amount = line.strip().partition(" ")
            try:
                made.append((date.fromisoformat(day), read_amount(amount, proposal.currency, self.desk.organization)))
            except (ValueError, Refused) as wrong:
                said = gettext("write “%(line)s” as a day and an amount, such as 2026-03-31 100")
                raise Refused("bad_plan", said % {"line": line.strip()[:40]}, field="instalments") from wrong
        return tuple(sorted(made))


class DecliningForm(ActForm):
    """Something they asked for cannot be: perhaps with a word of one's own, in writing or noted only."""

    done = _("Declined.")
    reason = forms.CharField(
        label=_("A word of your own"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands first in the message, in their language. Not sent: a note of what you told them."),
    )
    tell = tell_field()

    def found(self) -> Any:
        """What they asked for; None when it is decided."""
        raise NotImplementedError

    def note(self, asked: Any, said: str) -> None:
        raise NotImplementedError

    def write(self, asked: Any, said: str) -> None:
        raise NotImplementedError

    def perform(self) -> None:
        asked, said = self.found(), self.cleaned_data["reason"]
        if asked is None:
            return
        if not self.cleaned_data["tell"]:
            self.note(asked, said)
            return
        try:
            self.write(asked, said)
        except Refused as refused:
            raise Refused(refused.code, refused.message, field="reason") from refused


class DeclinePlanForm(_OnProposal, DecliningForm):
    def note(self, asked: PlanProposal, said: str) -> None:
        decline_proposal(asked, reason=said, **self.told)

    def write(self, asked: PlanProposal, said: str) -> None:
        decline_and_say(asked, today=self.desk.today, said=said, user_id=self.desk.user.pk, **self.told)


class EndPlanForm(ActForm):
    done = _("The plan has ended. The invoices are asked for as before it.")
    plan = forms.ChoiceField(label=_("Plan"))

    def prepare(self) -> None:
        known = self.customer.__dict__.get("standing_plans")
        if known is None:
            rows = PaymentPlan.objects.of(self.desk.organization).filter(customer=self.customer, cancelled_at=None)
            known = plans_standing(list(rows.order_by("-id")), self.desk.today)
        self.plans = {str(one.plan.pk): one.plan for one in known}
        self.fields["plan"].choices = [  # type: ignore[attr-defined]
            (str(one.plan.pk), ", ".join(row.number for row in one.invoices)) for one in known
        ]

    def perform(self) -> None:
        cancel_plan(self.plans[self.cleaned_data["plan"]], **self.told)


class SettlementForm(ActForm):
    done = _("Agreed. When the sum is in by that day, the rest is written off.")
    amount = AmountField(label=_("They pay"))
    until = DayField(label=_("Not later than"))
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)
    tell = tell_field()

    def prepare(self) -> None:
        self.earliest("until", self.desk.today)

    def perform(self) -> None:
        assert self.invoice
        data = self.cleaned_data
        running = Settlement.objects.of(self.desk.organization).filter(
            invoices=self.invoice, amount=data["amount"], until=data["until"], taken_on=None, ended_at=None
        )
        if running.exists():
            return
        about: Any = (self.customer, [self.invoice], data["amount"], data["until"])
        if data["tell"]:
            user_id = self.desk.user.pk
            settle_and_say(*about, today=self.desk.today, reason=data["reason"], user_id=user_id, **self.told)
        else:
            agree_settlement(*about, on=self.desk.today, reason=data["reason"], **self.told)


class EndSettlementForm(ActForm):
    done = _("Taken back. All of it is asked for again.")

    def perform(self) -> None:
        assert self.invoice
        rows = Settlement.objects.of(self.desk.organization).filter(invoices=self.invoice, taken_on=None, ended_at=None)
        for one in rows:
            end_settlement(one, **self.told)


class InKindForm(ActForm):
    done: ClassVar[Any] = _("Noted: it counts as a payment.")
    worth = AmountField(label=_("Worth"))
    what = forms.CharField(label=_("What you got"), max_length=300)
    key = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def prepare(self) -> None:
        self.initial.setdefault("key", fresh_key())

    def perform(self) -> None:
        assert self.invoice
        data = self.cleaned_data
        settle_in_kind(self.invoice, data["worth"], data["what"], on=self.desk.today, key=data["key"], **self.told)
