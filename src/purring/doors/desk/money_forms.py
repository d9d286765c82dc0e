# SPDX-License-Identifier: AGPL-3.0-or-later
"""The forms of what a person can do with one payment. Each carries a mark of how the payment stood when its page was made:
pressed twice, or in two tabs, it acts once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.act_forms import locked_customer, open_invoices
from purring.doors.desk.fields import AmountField, DayField, DeskForm, amount_text
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.payments.actions import (
    allocate_payment,
    fail_payment,
    move_payment,
    settle_payment,
    unallocate_payment,
    unapplied,
)
from purring.facts.payments.models import Payment
from purring.facts.refunds.actions import ask_refund
from purring.kit.tenancy import reach


def mark(payment: Payment, rows: int, refunds: int) -> str:
    """How a payment stands: whose it is, whether it is here, and how many rows say what became of it."""
    return f"{payment.customer_id}.{payment.settled_on}.{payment.failed_on}.{rows}.{refunds}"


def mark_of(payment: Payment) -> str:
    """The same, counted now."""
    rows = payment.allocations.count() + payment.charge_allocations.count() + payment.reversals.count()
    return mark(payment, rows, payment.refund_requests.count())


class MoneyForm(DeskForm):
    """One act on a payment."""

    done: ClassVar[Lazy | str] = ""
    seen = forms.CharField(max_length=100, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, payment: Payment, left: int = 0, **kwargs: Any) -> None:
        self.payment, self.left = payment, left
        self.stale = False
        """The payment was not any more what the page showed; nothing was done."""
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Fill in what can be known before."""

    def amount_currency(self) -> str:
        return self.payment.currency

    def perform(self) -> None:
        """The act itself, inside a transaction that holds the account's lock."""
        raise NotImplementedError

    def run(self) -> bool:
        def act() -> None:
            with transaction.atomic():
                locked_customer(self.payment.customer)
                self.payment = reach(Payment, self.desk.organization, pk=self.payment.pk)
                self.stale = self.cleaned_data["seen"] != mark_of(self.payment)
                if not self.stale:
                    self.perform()

        return self.attempt(act)

    @property
    def told(self) -> dict[str, Any]:
        """Who does it and when, as every act of the facts wants it."""
        return {"now": self.desk.now, "actor": self.desk.actor}


class AllocateForm(MoneyForm):
    """Against one invoice, all that fits or a part."""

    done = _("Set against the invoice.")
    invoice_id = forms.ChoiceField(label=_("Invoice"))
    amount = AmountField(label=_("Amount"))

    def prepare(self) -> None:
        self.open = {str(one.pk): one for one in self._open()}
        org = self.desk.organization
        self.fields["invoice_id"].choices = [  # type: ignore[attr-defined]
            (key, f"{one.number} · {amount_text(one.balance, one.currency, org)} {one.currency}")
            for key, one in self.open.items()
        ]
        if self.open:
            first = next(iter(self.open.values()))
            part = min(first.balance, self.left)
            self.initial.setdefault("amount", amount_text(part, self.payment.currency, org))

    def _open(self) -> list[Invoice]:
        return [one for one in open_invoices(self.payment.customer) if one.currency == self.payment.currency]

    def perform(self) -> None:
        invoice = self.open[self.cleaned_data["invoice_id"]]
        allocate_payment(self.payment, invoice, self.cleaned_data["amount"], on=self.desk.today, **self.told)


class ProposalForm(MoneyForm):
    """Against several invoices, in their order, as far as the money goes."""

    done = _("Set against the invoices.")
    invoices = forms.TypedMultipleChoiceField(coerce=int, widget=forms.MultipleHiddenInput)

    def prepare(self) -> None:
        self.open = {one.pk: one for one in open_invoices(self.payment.customer)}
        self.fields["invoices"].choices = [(key, one.number) for key, one in self.open.items()]  # type: ignore[attr-defined]

    def perform(self) -> None:
        for key in self.cleaned_data["invoices"]:
            left = unapplied(self.payment)
            invoice = reach(Invoice, self.desk.organization, pk=key)
            if left and invoice.balance:
                part = min(left, invoice.balance)
                allocate_payment(self.payment, invoice, part, on=self.desk.today, **self.told)


class TakeOffForm(MoneyForm):
    done = _("Taken off again. The money waits on account.")
    invoice_id = forms.IntegerField(widget=forms.HiddenInput)

    def perform(self) -> None:
        invoice = reach(Invoice, self.desk.organization, pk=self.cleaned_data["invoice_id"])
        unallocate_payment(self.payment, invoice, on=self.desk.today, **self.told)


class MoveForm(MoneyForm):
    done = _("Moved. It waits on that customer's account.")
    customer = forms.CharField(
        label=_("To which customer"), max_length=200, help_text=_("Their number, or their name or the beginning of it.")
    )

    def clean_customer(self) -> Customer:
        wanted = self.cleaned_data["customer"].strip()
        rows = Customer.objects.of(self.desk.organization)
        named = rows.filter(Q(ref=wanted) | Q(name__iexact=wanted))
        found = list(named[:2]) or list(rows.filter(name__istartswith=wanted)[:2])
        if not found:
            raise forms.ValidationError(gettext("There is no customer by that name."))
        if len(found) > 1:
            raise forms.ValidationError(gettext("Several customers are called so; write the number."))
        return found[0]

    def perform(self) -> None:
        move_payment(self.payment, self.cleaned_data["customer"], on=self.desk.today, **self.told)


class RefundForm(MoneyForm):
    done = _("Asked for. Another person has to say yes before it leaves.")
    amount = AmountField(label=_("Amount"))
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def prepare(self) -> None:
        if self.left:
            self.initial.setdefault("amount", amount_text(self.left, self.payment.currency, self.desk.organization))

    def perform(self) -> None:
        data = self.cleaned_data
        ask_refund(self.payment, data["amount"], user=self.desk.user, reason=data["reason"], **self.told)


class ArrivedForm(MoneyForm):
    done = _("The payment is here.")
    on = DayField(label=_("Received on"))

    def prepare(self) -> None:
        self.initial.setdefault("on", self.desk.today)

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.desk.today:
            raise forms.ValidationError(gettext("This day has not come yet."))
        return on

    def perform(self) -> None:
        settle_payment(self.payment, on=self.cleaned_data["on"], **self.told)


class NotComeForm(MoneyForm):
    done = _("Noted. What it was for is asked for again.")

    def perform(self) -> None:
        fail_payment(self.payment, on=self.desk.today, **self.told)


@dataclass(frozen=True)
class PaymentState:
    """What the page knows about a payment, to offer only what fits."""

    left: int
    refundable: int
    settled: bool
    by_hand_and_pending: bool
    has_open_invoices: bool


@dataclass(frozen=True)
class MoneyAct:
    """One thing to do with a payment. `when` says whether it makes sense now."""

    key: str
    title: Lazy | str
    icon: str
    form: type[MoneyForm]
    button: Lazy | str
    when: Callable[[PaymentState], bool]
    text: Lazy | str = ""


MONEY_ACTS: Sequence[MoneyAct] = (
    MoneyAct("arrived", _("It has arrived"), "check", ArrivedForm, _("It is here"), lambda s: s.by_hand_and_pending),
    MoneyAct("not-come", _("It will not come"), "close", NotComeForm, _("It will not come"), lambda s: s.by_hand_and_pending),
    MoneyAct("allocate", _("Set against an invoice"), "invoices", AllocateForm, _("Set against it"),
        lambda s: s.left > 0 and s.has_open_invoices),
    MoneyAct("move", _("Move to another customer"), "person", MoveForm, _("Move"),
        lambda s: s.settled and (s.left > 0 or s.refundable > 0),
        _("All of it is taken off the invoices it was set against, which are then open again.")),
    MoneyAct("refund", _("Send money back"), "return", RefundForm, _("Ask for it"), lambda s: s.refundable > 0,
        _("What waits on account goes first; then what was set against invoices, which are then open again. If an invoice need not be paid after all, credit it first.")),
)  # fmt: skip
