# SPDX-License-Identifier: AGPL-3.0-or-later
"""The forms of what is said without asking for money: the note on terms, whether all arrived well, and the answer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.act_forms import ActForm, open_invoices
from purring.doors.desk.sayings import CHECKED_IN
from purring.facts.agreements.models import CheckIn
from purring.followup.notes import RECEIPT, SATISFACTION, TERMS, note_answer, take_back_notes, want_note


class TermsNoteForm(ActForm):
    done = _("It goes out on the next working day on which nothing else is said to them.")

    def perform(self) -> None:
        if not self.customer.notes.filter(kind=TERMS, ended_at=None).exists():
            want_note(self.customer, TERMS, **self.told)


class CheckInForm(ActForm):
    done = _("It goes out on the next working day on which nothing else is said to them.")
    kind = forms.ChoiceField(
        label=_("What we ask"),
        choices=[(RECEIPT, _("Did our invoices arrive?")), (SATISFACTION, _("Are you content with our work?"))],
    )
    invoice_id = forms.ChoiceField(label=_("About"), required=False)

    def prepare(self) -> None:
        self.open = {str(row.pk): row for row in open_invoices(self.customer)}
        names = [(key, f"{row.number} · {row.description[:60]}".strip(" ·")) for key, row in self.open.items()]
        self.fields["invoice_id"].choices = [("", gettext("everything that is open")), *names]  # type: ignore[attr-defined]

    def perform(self) -> None:
        kind = self.cleaned_data["kind"]
        if not self.customer.notes.filter(kind=kind, ended_at=None).exists():
            want_note(self.customer, kind, invoice=self.open.get(self.cleaned_data["invoice_id"]), **self.told)


class TakeBackNotesForm(ActForm):
    done = _("Taken back.")

    def perform(self) -> None:
        take_back_notes(self.customer, **self.told)


class CheckInAnswerForm(ActForm):
    done = _("Noted.")
    answer = forms.ChoiceField(label=_("What they said"), choices=list(CHECKED_IN.items()))
    note = forms.CharField(label=_("In their words"), max_length=500, required=False)

    def perform(self) -> None:
        asked = (
            CheckIn.objects.of(self.desk.organization).filter(customer=self.customer, answer="").order_by("id").last()
        )
        if asked:
            data = self.cleaned_data
            note_answer(asked, data["answer"], note=data["note"], today=self.desk.today, **self.told)
