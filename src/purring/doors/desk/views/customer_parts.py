# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is changed in its place on a customer's page: a rule, a person, a note of ours; and the customer's documents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.act_forms import open_invoices
from purring.doors.desk.customer_forms import ContactForm, RemarkForm, RuleForm, Rules, changed_meanwhile
from purring.doors.desk.customer_page import Opened
from purring.doors.desk.desk import Desk, go_on
from purring.doors.desk.fields import DeskForm, sentence
from purring.doors.desk.paging import more_link, newest_first
from purring.doors.desk.views.customers import page
from purring.facts.charges.models import AskedCharge
from purring.facts.customers import people, remarks
from purring.facts.customers.models import Contact, Customer, Remark
from purring.facts.invoices.actions import attach, attach_to_customer
from purring.facts.invoices.models import Attachment, Invoice
from purring.facts.payments.statements import currencies_of
from purring.followup.own_messages import documents_of
from purring.kit.tenancy import reach
from purring.kit.uploads import checked

PAGE = 50


def _told(desk: Desk) -> dict[str, Any]:
    return {"now": desk.now, "actor": desk.actor}


def _back(request: HttpRequest, customer: Customer, place: str, said: str) -> HttpResponse:
    messages.success(request, said)
    return go_on(request, reverse("desk:customer", args=[customer.pk]) + place)


def rule(request: HttpRequest, desk: Desk, customer_id: int, rule: str) -> HttpResponse:
    """One of the rules that hold for this customer alone (R7)."""
    customer = reach(Customer, desk.organization, "group", pk=customer_id)
    if rule not in Rules.PARTS:
        raise Http404(rule)
    if request.method == "GET":
        return page(request, desk, customer, Opened(f"rule-{rule}"))
    form = RuleForm(request.POST, desk=desk, customer=customer, rule=rule, prefix="rule")
    if form.keep():
        return _back(request, customer, f"#rule-{rule}", gettext("Kept."))
    return page(request, desk, customer, Opened(f"rule-{rule}", form), status=422)


# --- people ---------------------------------------------------------------------------------------------------------


def person_new(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    customer = reach(Customer, desk.organization, "group", pk=customer_id)
    if request.method == "GET":
        return page(request, desk, customer, Opened("person"))
    form = ContactForm(request.POST, prefix="person", label_suffix="")
    if _ran(form, lambda data: people.add_contact(customer, **data, **_told(desk))):
        return _to_people(request, customer, gettext("Added."))
    return page(request, desk, customer, Opened("person", form), status=422)


def person(request: HttpRequest, desk: Desk, customer_id: int, contact_id: int) -> HttpResponse:
    """One person: keep what was changed, write to them first, they have left, they are back, take them out."""
    customer = reach(Customer, desk.organization, "group", pk=customer_id)
    contact = reach(Contact, desk.organization, "customer", pk=contact_id, customer=customer)
    what = f"person-{contact.pk}"
    if request.method == "GET":
        return page(request, desk, customer, Opened(what))
    acts = {
        "first": (people.put_first, gettext("From now on written to first.")),
        "left": (people.has_left, gettext("Noted. Their addresses are not used any more.")),
        "back": (people.is_back, gettext("Their addresses may be used again.")),
        "remove": (people.remove_contact, gettext("Taken out.")),
    }
    if chosen := acts.get(request.POST.get("do", "")):
        act, said = chosen
        act(contact, **_told(desk))
        return _to_people(request, customer, said)
    form = ContactForm.of(contact, request.POST)
    if _ran(form, lambda data: people.change_contact(contact, **data, **_told(desk))):
        return _to_people(request, customer, gettext("Kept."))
    if form.is_valid():  # as it is: only what is stored has changed
        form.look_again(contact, changed_meanwhile(desk, customer))
    return page(request, desk, customer, Opened(what, form), status=422)


def _to_people(request: HttpRequest, customer: Customer, said: str) -> HttpResponse:
    """Back to the people of the page they were changed on."""
    messages.success(request, said)
    name = "customer-edit" if request.POST.get("from") == "edit" else "customer"
    return go_on(request, reverse(f"desk:{name}", args=[customer.pk]) + "#people")


def _ran(form: forms.Form, act: Any) -> bool:
    """False when the form is wrong, which it then says; or when what it was made from has changed meanwhile."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except Refused as refused:
        if refused.code == "changed_meanwhile":
            return False
        named = str(refused.params.get("field", ""))
        form.add_error(named if named in form.fields else None, sentence(refused.message))
        return False
    return True


# --- notes ----------------------------------------------------------------------------------------------------------


def note_new(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    customer = reach(Customer, desk.organization, "group", pk=customer_id)
    if request.method == "GET":
        return page(request, desk, customer, Opened("note"))
    form = RemarkForm(request.POST, desk=desk, prefix="note")

    def act() -> None:
        data = form.cleaned_data
        key = data["key"] or str(form.initial["key"])
        who = desk.user.pk
        remarks.add_remark(customer, data["text"], key=key, pinned=data["pinned"], author_id=who, **_told(desk))

    if form.attempt(act):
        return _back(request, customer, "#notes", gettext("Noted."))
    return page(request, desk, customer, Opened("note", form), status=422)


def note(request: HttpRequest, desk: Desk, customer_id: int, remark_id: int) -> HttpResponse:
    """A note of ours: other words, pinned or not, or away. Its writer and whoever manages may take it away."""
    customer = reach(Customer, desk.organization, "group", pk=customer_id)
    remark = reach(Remark, desk.organization, pk=remark_id, customer=customer, removed_at=None)
    what = f"note-{remark.pk}"
    if request.method == "GET":
        return page(request, desk, customer, Opened(what))
    if request.POST.get("do") == "remove":
        if not (desk.may_manage or remark.author_id == desk.user.pk):
            return render(request, "desk/forbidden.html", {"desk": desk}, status=403)
        remarks.remove_remark(remark, **_told(desk))
        return _back(request, customer, "#notes", gettext("The note is away."))
    form = RemarkForm.of(remark, request.POST, desk=desk)

    def act() -> None:
        remarks.change_remark(remark, form.cleaned_data["text"], pinned=form.cleaned_data["pinned"], **_told(desk))

    if form.attempt(act):
        return _back(request, customer, "#notes", gettext("Kept."))
    return page(request, desk, customer, Opened(what, form), status=422)


# --- documents ------------------------------------------------------------------------------------------------------


class DocumentForm(DeskForm):
    """A file to be kept: with one of the invoices, or with the customer."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A PDF or a picture, 10 MB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.webp"}),
    )
    invoice = forms.ChoiceField(label=_("Belongs to"), required=False)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        self.open = {str(row.pk): row for row in open_invoices(customer)}
        names = [(key, row.number) for key, row in self.open.items()]
        self.fields["invoice"].choices = [("", gettext("the customer as a whole")), *names]  # type: ignore[attr-defined]

    def run(self) -> bool:
        def act() -> None:
            given = self.cleaned_data["file"]
            file = checked(given.read(), given.name)
            told = _told(self.desk)
            if invoice := self.open.get(self.cleaned_data["invoice"]):
                attach(invoice, file.filename, file.content, file.content_type, **told)
            else:
                attach_to_customer(self.customer, file.filename, file.content, file.content_type, **told)

        return self.attempt(act)


def documents(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    """Everything ever attached or issued, the newest first, and what was asked beside the invoices."""
    customer = reach(Customer, desk.organization, "group", pk=customer_id)
    return _documents(request, desk, customer, DocumentForm(desk=desk, customer=customer))


def document_add(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    customer = reach(Customer, desk.organization, "group", pk=customer_id)
    form = DocumentForm(request.POST, request.FILES, desk=desk, customer=customer)
    if form.run():
        messages.success(request, gettext("The document is kept."))
        return go_on(request, reverse("desk:customer-documents", args=[customer.pk]))
    return _documents(request, desk, customer, form, status=422)


def _documents(
    request: HttpRequest, desk: Desk, customer: Customer, form: DocumentForm, status: int = 200
) -> HttpResponse:
    rows, key = newest_first(documents_of(customer).select_related("invoice"), request.GET.get("after", ""), PAGE)
    asked = AskedCharge.objects.of(desk.organization).filter(
        invoice_id__in=Invoice.objects.of(desk.organization).filter(customer=customer).values("pk")
    )
    context = {
        "here": "customers",
        "customer": customer,
        "rows": [{"kept": row, "size": _size(row)} for row in rows],
        "charges": asked.select_related("invoice").order_by("-id")[:PAGE],
        "currencies": currencies_of(customer),
        "form": form,
        "more": more_link(reverse("desk:customer-documents", args=[customer.pk]), request.GET, key),
    }
    return render(request, "desk/customer_documents.html", context, status=status)


def _size(kept: Attachment) -> str:
    """In a unit that people read."""
    if kept.size < 1024 * 1024:
        kilo = max(round(kept.size / 1024), 1)
        return ngettext("%(count)s kB", "%(count)s kB", kilo) % {"count": kilo}
    mega = round(kept.size / 1024 / 1024)
    return ngettext("%(count)s MB", "%(count)s MB", mega) % {"count": mega}
