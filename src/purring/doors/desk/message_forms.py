# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form of a message that a person writes to a customer, and what it can begin with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.act_forms import open_invoices
from purring.doors.desk.fields import DeskForm, fresh_key
from purring.doors.desk.sayings import CASES, STAGES, label
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.followup.beginnings import EMPTY
from purring.followup.beginnings import STAGES as BEGINNINGS
from purring.followup.drafted import DRAFTED
from purring.followup.models import OwnMessage
from purring.followup.own_messages import addresses, documents_of
from purring.language import formats
from purring.plugins.drafting import ChatEndpoint

MOST_DOCUMENTS = 30


class MessageForm(DeskForm):
    """To whom, what, about which invoices, with which documents. `kept` takes what is there, complete or not."""

    address = forms.ChoiceField(label=_("To"), required=False)
    subject = forms.CharField(label=_("Subject"), max_length=300, required=False)
    text = forms.CharField(
        label=_("Message"), max_length=20_000, required=False, strip=False, widget=forms.Textarea(attrs={"rows": 16})
    )
    invoices = forms.MultipleChoiceField(
        label=_("About these invoices"), required=False, widget=forms.CheckboxSelectMultiple
    )
    documents = forms.MultipleChoiceField(label=_("Goes along"), required=False, widget=forms.CheckboxSelectMultiple)
    file = forms.FileField(
        label=_("Another file"),
        required=False,
        help_text=_("A PDF or a picture, 10 MB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.webp"}),
    )
    key = forms.CharField(max_length=32, widget=forms.HiddenInput, required=False)
    reply = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, customer: Customer, own: OwnMessage | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        people = addresses(customer)
        self.open = {row.pk: row for row in open_invoices(customer)}
        papers = list(documents_of(customer).select_related("invoice")[:MOST_DOCUMENTS])
        self.choices("address", [(email, f"{name} <{email}>" if name else email) for email, name in people.items()])
        self.choices(
            "invoices",
            [
                (str(key), f"{row.number} · {formats.money(row.balance, row.currency, self.desk.locale)}")
                for key, row in self.open.items()
            ],
        )
        named = [(row, f"{row.invoice.number} · {row.filename}" if row.invoice else row.filename) for row in papers]
        self.choices("documents", [(str(row.pk), name) for row, name in named])
        if own:
            for name in ("address", "subject", "text", "key"):
                self.initial[name] = getattr(own, name)
            for name in ("invoices", "documents"):
                self.initial[name] = [str(one) for one in getattr(own, name)]
            self.initial["reply"] = own.reply_to_id
        self.initial.setdefault("key", fresh_key())

    def choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def listen(self, address: str) -> None:
        """Have it kept, and the words judged, while they are written."""
        asks = {
            "hx-post": address,
            "hx-target": "#tone",
            "hx-include": "closest form",
            "hx-sync": "closest form:replace",
        }
        for name in ("address", "subject", "text", "invoices", "documents"):
            when = "input changed delay:600ms, change" if name in ("subject", "text") else "change"
            self.fields[name].widget.attrs.update(asks | {"hx-trigger": when})

    @property
    def kept(self) -> dict[str, Any]:
        """What can be kept of it as a draft, whatever is still missing."""
        data = self.cleaned_data
        raw = self.data
        return {
            "address": data.get("address", ""),
            "subject": data.get("subject", str(raw.get("subject", ""))[:300]),
            "text": data.get("text", str(raw.get("text", ""))),
            "invoices": [int(one) for one in data.get("invoices", [])],
            "documents": [int(one) for one in data.get("documents", [])],
        }

    def chosen(self) -> list[Invoice]:
        """The invoices it is about, of the first one's currency."""
        rows = [self.open[key] for key in self.kept["invoices"] if key in self.open]
        return [row for row in rows if row.currency == rows[0].currency]


def beginnings(model: ChatEndpoint | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a message can begin with, in groups: nothing, what they said, a wording of ours, or a draft of the model."""
    cases = [(key, str(name)) for key, name in CASES.items()]
    stages = [(key, label(STAGES, key)) for key in BEGINNINGS]
    groups = [
        (gettext("Empty"), [(EMPTY, gettext("greeting and closing"))]),
        (gettext("An answer, when …"), cases),
        (gettext("Our words for a"), stages),
    ]
    if model:
        groups.append((gettext("A draft to go on from"), [(DRAFTED, gettext("by %(model)s") % {"model": model.model})]))
    return groups
