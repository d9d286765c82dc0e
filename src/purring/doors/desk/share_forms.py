# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form of a quick payment request: who, what for, how much, until when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from purring.core.money import to_text
from purring.doors.desk.checking import context_of
from purring.doors.desk.choices import currency_choices, language_choices
from purring.doors.desk.customer_forms import ref_from
from purring.doors.desk.fields import AmountField, DayField, DeskForm, fresh_key
from purring.doors.desk.invoice_forms import MOST_NAMES
from purring.facts.customers.actions import add_customer
from purring.facts.customers.models import USUAL_TERMS_DAYS, Customer
from purring.facts.invoices.actions import change_invoice
from purring.facts.invoices.issuing import issue_invoice, issued_with
from purring.facts.invoices.models import Invoice
from purring.facts.invoices.papers import facts_of, paper_of
from purring.facts.offers.early import early_payment
from purring.facts.organizations.models import LegalEntity
from purring.papers.preflight import Finding, check_request

KIND = "payment_request"


class Doubtful(Exception):
    """What the check found, for a person to look at."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__()
        self.findings = findings


class RequestForm(DeskForm):
    """A customer that is known, by name or reference, or somebody new with an e-mail address."""

    customer = forms.CharField(
        label=_("Who"), max_length=200, widget=forms.TextInput(attrs={"list": "names", "autocomplete": "off"})
    )
    email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("For somebody new; they are added as a customer.")
    )
    language = forms.ChoiceField(label=_("Language"), required=False, help_text=_("For somebody new."))
    what = forms.CharField(label=_("What for"), max_length=300)
    amount = AmountField(label=_("How much"))
    currency = forms.ChoiceField(label=_("Currency"))
    due = DayField(label=_("Until when"))
    entity = forms.ChoiceField(label=_("Billed by"), required=False)
    key = forms.CharField(max_length=32, widget=forms.HiddenInput)
    found: Customer | None = None

    def __init__(self, *args: Any, chosen: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organization, shown_in = self.desk.organization, get_language() or "en"
        self.fields["currency"].choices = currency_choices(shown_in)  # type: ignore[attr-defined]
        self.fields["language"].choices = language_choices(shown_in)  # type: ignore[attr-defined]
        self.initial.update(
            currency=organization.currency,
            language=organization.language,
            due=self.desk.today + timedelta(USUAL_TERMS_DAYS),
            key=fresh_key(),
        )
        if chosen:
            self.initial["customer"] = chosen.ref
        self.earliest("due", self.desk.today)
        entities = LegalEntity.objects.of(organization).order_by("-is_default", "name", "id")
        self.entities = {str(one.pk): one for one in entities}
        self.fields["entity"].choices = [(key, one.name) for key, one in self.entities.items()]  # type: ignore[attr-defined]
        if len(self.entities) < 2:
            del self.fields["entity"]

    @property
    def biller(self) -> LegalEntity | None:
        """Who bills: the chosen one, else the usual one."""
        chosen = str(self.cleaned_data.get("entity") or "")
        return self.entities.get(chosen) or next(iter(self.entities.values()), None)

    def names(self) -> list[tuple[str, str]]:
        """What is offered while one types: reference and name."""
        rows = Customer.objects.of(self.desk.organization).order_by("name")
        return list(rows.values_list("ref", "name")[:MOST_NAMES])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        said, rows = str(data.get("customer", "")).strip(), Customer.objects.of(self.desk.organization)
        known = list(rows.filter(ref=said)[:1]) or list(rows.filter(name__iexact=said)[:2]) if said else []
        if len(known) > 1:
            self.add_error("customer", gettext("Several customers have this name; write the reference of one."))
        elif known:
            self.found = known[0]
        elif said and not data.get("email") and "email" not in self.errors:
            self.add_error(
                "email", gettext("There is no customer of this name yet; with an e-mail address they are added.")
            )
        if data.get("due") and data["due"] < self.desk.today:
            self.add_error("due", gettext("Please give a day that is still to come."))
        if self.biller is None:
            self.add_error(None, gettext("First say in the settings who bills."))
        return data

    @property
    def made_before(self) -> Invoice | None:
        """The request of this very form, when a click before made it."""
        there = issued_with(self.desk.organization.pk, self.cleaned_data["key"])
        return there.invoice if there else None

    def make(self, *, confirmed: bool) -> Invoice:
        """The customer, if new, and the request, in one transaction. Raises `Doubtful`, and nothing is made, while a person
        has not confirmed what the check found."""
        data, entity = self.cleaned_data, self.biller
        told: dict[str, Any] = {"now": self.desk.now, "actor": self.desk.actor}
        assert entity
        with transaction.atomic():
            # Two presses come one by one, also for somebody who is only now added.
            LegalEntity.objects.of(self.desk.organization).select_for_update().get(pk=entity.pk)
            if there := self.made_before:
                return there
            customer = self.found or add_customer(
                self.desk.organization,
                ref=self._free_ref(),
                name=data["customer"].strip(),
                contacts=[{"email": data["email"]}],
                language=data["language"] or self.desk.organization.language,
                **told,
            )
            context = context_of(self.desk, customer)
            early = early_payment(customer, self.desk.today, data["due"])
            offered: dict[str, Any] = {"early_payment": early} if early else {}
            invoice = issue_invoice(
                customer, entity, self._lines(), key=data["key"], **self._document(), **offered, **told
            )
            issued = issued_with(self.desk.organization.pk, data["key"])
            assert issued
            if findings := check_request(facts_of(issued), context):
                if not confirmed:
                    raise Doubtful(findings)
                change_invoice(invoice, checked_at=self.desk.now, **told)
        paper_of(issued, **told)
        return invoice

    def _free_ref(self) -> str:
        """A reference made from the name that nobody has yet."""
        ref = ref_from(self.cleaned_data["customer"])
        taken = set(
            Customer.objects.of(self.desk.organization).filter(ref__startswith=ref).values_list("ref", flat=True)
        )
        return (
            ref
            if ref not in taken
            else next(f"{ref}-{n}" for n in range(2, len(taken) + 3) if f"{ref}-{n}" not in taken)
        )

    def _lines(self) -> list[dict[str, str]]:
        data = self.cleaned_data
        price = to_text(data["amount"], data["currency"])
        return [{"description": data["what"], "quantity": "1", "unit_price": price, "tax_rate": "0"}]

    def _document(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"kind": KIND, "issued": self.desk.today, "due": data["due"], "currency": data["currency"]}
