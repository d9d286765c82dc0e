# SPDX-License-Identifier: AGPL-3.0-or-later
"""The forms of what a person can do with an account: payments, promises, holds, disputes, corrections.

Each is safe against a second click: it carries a key, or looks for its own trace first under the account's lock.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.fields import AmountField, DayField, DeskForm, amount_text, fresh_key
from purring.doors.desk.sayings import METHODS
from purring.facts.agreements.actions import hold, record_promise, release_holds, withdraw_promises
from purring.facts.customers.models import Customer
from purring.facts.disputes.actions import open_dispute, resolve_disputes
from purring.facts.invoices.actions import attach, change_due_date, change_invoice, correct_invoice
from purring.facts.invoices.models import CreditNote, Invoice, Issued
from purring.facts.invoices.papers import paper_of
from purring.facts.messages.actions import mark_answered, record_conversation, record_reply
from purring.facts.payments.actions import record_payment
from purring.facts.payments.crediting import issue_credit_note
from purring.facts.payments.settling import VOID, WRITE_OFF, close, closed_as, credit_note, reopen
from purring.followup.schedules import default_schedule


def locked_customer(customer: Customer) -> Customer:
    """The account, locked: two clicks come one after the other, and the second sees the first."""
    return Customer.objects.of(customer.organization_id).select_for_update().get(pk=customer.pk)


def open_invoices(customer: Customer) -> list[Invoice]:
    """The first open invoices of a customer, read once for all that one page shows."""
    if "open_invoices" not in customer.__dict__:
        found = customer.invoices.filter(settled_on=None).order_by("due", "id")[:200]
        customer.__dict__["open_invoices"] = list(found)
    known: list[Invoice] = customer.__dict__["open_invoices"]
    return known


def issued_here(invoice: Invoice) -> Issued | None:
    """What we issued ourselves for it, without its facts; read once for all that one page shows."""
    if "issued_by_us" not in invoice.__dict__:
        mine = Issued.objects.of(invoice.organization_id).filter(invoice=invoice).defer("facts")
        know_issued(invoice, mine.first())
    found: Issued | None = invoice.__dict__["issued_by_us"]
    return found


def know_issued(invoice: Invoice, issued: Issued | None) -> None:
    """A page has asked already: no form need ask again."""
    invoice.__dict__["issued_by_us"] = issued


class ActForm(DeskForm):
    """One act on a customer, perhaps on one of the customer's invoices."""

    done: ClassVar[Lazy | str] = ""
    """What the person reads afterwards."""

    def __init__(self, *args: Any, customer: Customer, invoice: Invoice | None = None, **kwargs: Any) -> None:
        self.customer, self.invoice = customer, invoice
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Fill in what can be known before."""

    def amount_currency(self) -> str:
        return self.invoice.currency if self.invoice else super().amount_currency()

    def perform(self) -> None:
        """The act itself, inside a transaction that holds the account's lock."""
        raise NotImplementedError

    def run(self) -> bool:
        def act() -> None:
            with transaction.atomic():
                self.customer = locked_customer(self.customer)
                self.perform()

        return self.attempt(act)

    @property
    def told(self) -> dict[str, Any]:
        """Who does it and when, as every act of the facts wants it."""
        return {"now": self.desk.now, "actor": self.desk.actor}


class PaymentForm(ActForm):
    done = _("The payment is recorded.")
    amount = AmountField(label=_("Amount"))
    on = DayField(label=_("Received on"))
    method = forms.ChoiceField(
        label=_("How"), choices=[(code, METHODS[code]) for code in METHODS if code != "imported"]
    )
    pending = forms.BooleanField(label=_("On its way, not on the account yet"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    key = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def prepare(self) -> None:
        self.initial.setdefault("on", self.desk.today)
        self.initial.setdefault("key", fresh_key())
        if self.invoice:
            self.initial.setdefault(
                "amount", amount_text(self.invoice.balance, self.invoice.currency, self.desk.organization)
            )
            self.fields["amount"].label = gettext("Amount in %(currency)s") % {"currency": self.invoice.currency}

    def clean_on(self) -> Any:
        if self.cleaned_data["on"] > self.desk.today:
            raise forms.ValidationError(gettext("This day has not come yet. For a promise, note a promise."))
        return self.cleaned_data["on"]

    def meant(self) -> Invoice | None:
        return self.invoice

    def perform(self) -> None:
        data, invoice = self.cleaned_data, self.meant()
        record_payment(
            self.customer,
            data["amount"],
            self.amount_currency(),
            on=data["on"],
            invoice=invoice,
            pending=data["pending"],
            method=data["method"],
            source="desk",
            external_ref=data["key"],
            note=data["note"],
            **self.told,
        )


class CustomerPaymentForm(PaymentForm):
    """A payment on the customer's page: for one of the open invoices, or on account."""

    invoice_id = forms.ChoiceField(label=_("For"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    field_order = ("invoice_id", "amount", "currency", "on", "method", "pending", "note", "key")

    def prepare(self) -> None:
        super().prepare()
        self.open = {str(row.pk): row for row in open_invoices(self.customer)}
        names = [(key, f"{row.number} · {amount_text(row.balance, row.currency, self.desk.organization)} {row.currency}")
                 for key, row in self.open.items()]  # fmt: skip
        self.fields["invoice_id"].choices = [*names, ("", gettext("on account, not for one invoice"))]  # type: ignore[attr-defined]
        if self.open:
            key, first = next(iter(self.open.items()))
            self.initial.setdefault("invoice_id", key)
            self.initial.setdefault("currency", first.currency)
            self.initial.setdefault("amount", amount_text(first.balance, first.currency, self.desk.organization))
        currencies = dict.fromkeys([*(row.currency for row in self.open.values()), self.desk.organization.currency])
        self.fields["currency"].choices = [(code, code) for code in currencies]  # type: ignore[attr-defined]

    def meant(self) -> Invoice | None:
        return self.open.get(self.cleaned_data["invoice_id"])


class PromiseForm(ActForm):
    done = _("The promise is noted. Nothing is sent about it until the day has passed.")
    pay_on = DayField(label=_("They will pay on"))
    said_by_phone = forms.BooleanField(label=_("Said by phone"), required=False)
    note = forms.CharField(label=_("What was said"), max_length=300, required=False)

    def prepare(self) -> None:
        self.earliest("pay_on", self.desk.today)

    def perform(self) -> None:
        data = self.cleaned_data
        same = self.customer.promises.filter(
            pay_on=data["pay_on"], said_on=self.desk.today, withdrawn_at=None, note=data["note"]
        )
        if self.invoice:
            same = same.filter(invoices=self.invoice)
        if not same.exists():
            record_promise(
                self.customer,
                data["pay_on"],
                on=self.desk.today,
                invoices=[self.invoice] if self.invoice else None,
                said_by_phone=data["said_by_phone"],
                note=data["note"],
                **self.told,
            )


class WithdrawPromiseForm(ActForm):
    done = _("The promise is withdrawn.")

    def perform(self) -> None:
        grace_days = default_schedule(self.customer.organization).promise_grace_days
        withdraw_promises(self.customer, grace_days=grace_days, **self.told)


class HoldForm(ActForm):
    done = _("On hold. Nothing is sent until then.")
    until = DayField(label=_("Until"), required=False, help_text=_("The last silent day. Empty: until you release it."))
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def prepare(self) -> None:
        self.earliest("until", self.desk.today)

    def perform(self) -> None:
        data = self.cleaned_data
        there = self.customer.holds.filter(
            released_at=None, exclusion=False, invoice=self.invoice, until=data["until"], reason=data["reason"]
        )
        if not there.exists():
            hold(
                self.customer,
                on=self.desk.today,
                invoice=self.invoice,
                until=data["until"],
                reason=data["reason"],
                **self.told,
            )


class ReleaseForm(ActForm):
    done = _("Released. The next working day decides afresh.")

    def perform(self) -> None:
        release_holds(self.customer, invoice=self.invoice, **self.told)


class ExcludeForm(ActForm):
    done = _("Left out. This customer gets no reminders until you take them in again.")
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def perform(self) -> None:
        if not self.customer.holds.filter(released_at=None, exclusion=True).exists():
            hold(self.customer, on=self.desk.today, exclusion=True, reason=self.cleaned_data["reason"], **self.told)


class IncludeForm(ActForm):
    done = _("Taken in again.")

    def perform(self) -> None:
        release_holds(self.customer, exclusion=True, **self.told)


class DisputeForm(ActForm):
    done = _("The dispute is noted. The disputed part is not asked for.")
    amount = AmountField(label=_("Disputed part"), required=False, help_text=_("Empty: all of it."))
    reason = forms.CharField(label=_("What they say"), widget=forms.Textarea(attrs={"rows": 3}), required=False)

    def perform(self) -> None:
        assert self.invoice
        data = self.cleaned_data
        amount = data["amount"] or None
        if not self.invoice.disputes.filter(resolved_at=None, amount=amount, reason=data["reason"]).exists():
            open_dispute(self.invoice, on=self.desk.today, amount=amount, reason=data["reason"], **self.told)


class ResolveForm(ActForm):
    done = _("The dispute is resolved.")
    outcome = forms.CharField(label=_("How it was resolved"), max_length=300, required=False)

    def perform(self) -> None:
        assert self.invoice
        resolve_disputes(self.invoice, outcome=self.cleaned_data["outcome"], **self.told)


class DueDateForm(ActForm):
    done = _("The invoice has a new due date and starts afresh from there.")
    due = DayField(label=_("New due date"))

    def prepare(self) -> None:
        self.earliest("due", self.desk.today)

    def perform(self) -> None:
        assert self.invoice
        if self.invoice.due != self.cleaned_data["due"]:
            change_due_date(self.invoice, self.cleaned_data["due"], today=self.desk.today, **self.told)


class CreditNoteForm(ActForm):
    """Of an invoice of ours a credit note is issued, with number and paper; of any other one it is recorded."""

    done = _("The credit note is there.")
    amount = AmountField(label=_("Amount"))
    number = forms.CharField(label=_("Number of the credit note"), max_length=60)
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)
    key = forms.CharField(max_length=32, widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        assert self.invoice
        self.ours = issued_here(self.invoice) is not None
        self.initial.setdefault("key", fresh_key())
        if self.ours:
            del self.fields["number"]
            self.fields["amount"].label = gettext("Amount with tax")
            self.initial.setdefault(
                "amount", amount_text(self.invoice.amount, self.invoice.currency, self.desk.organization)
            )

    def perform(self) -> None:
        assert self.invoice
        data = self.cleaned_data
        if self.ours:
            issue_credit_note(
                self.invoice,
                data["amount"],
                on=self.desk.today,
                reason=data["reason"],
                key=data["key"],
                **self.told,
            )
            return
        known = CreditNote.objects.of(self.desk.organization).filter(
            invoice=self.invoice, number=data["number"], cancelled_at=None
        )
        if there := known.first():
            if there.amount != data["amount"]:
                raise Refused("duplicate", gettext("there is a credit note with this number already"), field="number")
            return
        credit_note(
            self.invoice,
            data["amount"],
            on=self.desk.today,
            number=data["number"],
            reason=data["reason"],
            **self.told,
        )

    def run(self) -> bool:
        """The paper is printed after the number is taken."""
        if not super().run():
            return False
        if self.ours and (
            made := Issued.objects.of(self.desk.organization).filter(key=self.cleaned_data["key"]).first()
        ):
            paper_of(made, **self.told)
        return True


class WriteOffForm(ActForm):
    done = _("Written off. It is not asked for any more.")
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def perform(self) -> None:
        assert self.invoice
        if closed_as(self.invoice) != WRITE_OFF:
            close(self.invoice, WRITE_OFF, on=self.desk.today, reason=self.cleaned_data["reason"], **self.told)


class ReopenForm(ActForm):
    done = _("The invoice is open again.")

    def perform(self) -> None:
        assert self.invoice
        if closed_as(self.invoice):
            reopen(self.invoice, on=self.desk.today, **self.told)


class CompleteForm(ActForm):
    done = _("Kept.")
    po_number = forms.CharField(label=_("Purchase order number"), max_length=60, required=False)
    reference = forms.CharField(
        label=_("Payment reference"), max_length=60, required=False, help_text=_("Empty: the invoice number.")
    )
    order_status = forms.CharField(label=_("State of the order or delivery"), max_length=200, required=False)
    description = forms.CharField(label=_("What it is for"), max_length=500, required=False)

    def prepare(self) -> None:
        for name in self.fields:
            self.initial.setdefault(name, getattr(self.invoice, name))

    def perform(self) -> None:
        assert self.invoice
        change_invoice(self.invoice, **self.told, **self.cleaned_data)


class CorrectForm(ActForm):
    """For what was brought in wrongly; what we issued ourselves is corrected by a credit note."""

    done = _("Corrected. With another due date it starts afresh from there.")
    number = forms.CharField(label=_("Number"), max_length=60)
    issued = DayField(label=_("Issued on"))
    due = DayField(label=_("Due on"))
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def prepare(self) -> None:
        for name in ("number", "issued", "due"):
            self.initial.setdefault(name, getattr(self.invoice, name))

    def perform(self) -> None:
        assert self.invoice
        correct_invoice(self.invoice, **self.told, **self.cleaned_data)


class VoidForm(ActForm):
    done = _("Void. It is not asked for any more.")
    reason = forms.CharField(label=_("Why"), max_length=300)

    def perform(self) -> None:
        assert self.invoice
        if closed_as(self.invoice) != VOID:
            close(self.invoice, VOID, on=self.desk.today, reason=self.cleaned_data["reason"], **self.told)


class DocumentForm(ActForm):
    done = _("The document is kept and goes along with messages.")
    file = forms.FileField(label=_("PDF of the invoice"), widget=forms.ClearableFileInput(attrs={"accept": ".pdf"}))

    def perform(self) -> None:
        assert self.invoice
        upload = self.cleaned_data["file"]
        content = upload.read()
        if not content.startswith(b"%PDF"):
            raise Refused("bad_file", gettext("this is not a PDF"), field="file")
        attach(self.invoice, upload.name, content, "application/pdf", **self.told)


class CheckedForm(ActForm):
    done = _("Thank you. The invoice goes on.")

    def perform(self) -> None:
        assert self.invoice
        if not self.invoice.checked_at:
            change_invoice(self.invoice, checked_at=self.desk.now, **self.told)


class SpokeForm(ActForm):
    done = _("Noted.")
    on = DayField(label=_("When"))
    note = forms.CharField(label=_("What was said"), widget=forms.Textarea(attrs={"rows": 3}))

    def prepare(self) -> None:
        self.initial.setdefault("on", self.desk.today)

    def perform(self) -> None:
        data = self.cleaned_data
        if not self.customer.conversations.filter(on=data["on"], note=data["note"]).exists():
            record_conversation(self.customer, on=data["on"], note=data["note"], **self.told)


class ReplyForm(ActForm):
    done = _("Noted. Nothing is sent until you have answered.")
    text = forms.CharField(label=_("What they wrote"), widget=forms.Textarea(attrs={"rows": 4}))

    def perform(self) -> None:
        waiting = self.customer.messages.filter(direction="in", needs_answer=True, answered_at=None)
        if not waiting.filter(text=self.cleaned_data["text"]).exists():
            record_reply(self.customer, self.cleaned_data["text"], **self.told)


class AnsweredForm(ActForm):
    done = _("Good. Reminders go on.")

    def perform(self) -> None:
        mark_answered(self.customer, **self.told)
