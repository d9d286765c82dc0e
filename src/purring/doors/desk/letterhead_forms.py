# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form of a letterhead: logo, colour, typeface, the text below, and what goes inside the PDF."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.fields import DeskForm
from purring.facts.organizations.actions import keep_letterhead
from purring.facts.organizations.models import Letterhead
from purring.papers.documents.brand import FACES

PROFILES = [
    ("", _("None: a PDF to read")),
    ("en16931", _("Factur-X / ZUGFeRD, profile EN 16931 (the usual choice)")),
    ("basic", _("Factur-X / ZUGFeRD, profile BASIC")),
    ("xrechnung", _("XRechnung, for German authorities")),
]


WINDOWS = [
    ("", _("as is usual in your country")),
    ("left", _("window on the left (DIN 5008 form B; US no. 10)")),
    ("high", _("window on the left, higher up (DIN 5008 form A)")),
    ("right", _("window on the right (France, Switzerland)")),
    ("double", _("two windows (US no. 10)")),
]


class LetterheadForm(DeskForm):
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.svg"}),
        help_text=_("PNG, JPEG or SVG, at most 1 MB. Fitted into 52 by 18 mm."),
    )
    in_mails = forms.BooleanField(
        label=_("Show the logo in e-mails"),
        required=False,
        help_text=_("Small, above the words. Messages you write yourself leave without it."),
    )
    no_logo = forms.BooleanField(label=_("Take the logo away"), required=False)
    colour = forms.CharField(
        label=_("Colour"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("Darkened on text as far as it must to be read."),
    )
    font = forms.ChoiceField(label=_("Typeface"), choices=[(code, family) for code, (family, _files) in FACES.items()])
    window = forms.ChoiceField(label=_("Envelopes"), choices=WINDOWS, required=False)
    footer = forms.CharField(
        label=_("Text below every paper"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Opening hours, a thank-you, what your law wants said. On papers issued from now on."),
    )
    e_invoice = forms.ChoiceField(label=_("E-invoice inside the PDF"), choices=PROFILES, required=False)
    bank_references = forms.BooleanField(
        label=_("Make the bank's own references (KID, OCR, FIK)"),
        required=False,
        help_text=_("Only with an agreement with your bank; without one it sends the money back."),
    )
    names = ("in_mails", "colour", "font", "window", "footer", "e_invoice", "bank_references")

    def __init__(self, *args: Any, letterhead: Letterhead, **kwargs: Any) -> None:
        self.letterhead = letterhead
        super().__init__(*args, initial={name: getattr(letterhead, name) for name in self.names}, **kwargs)
        if not letterhead.logo:
            del self.fields["no_logo"]

    def run(self) -> bool:
        def act() -> None:
            fields: dict[str, Any] = {name: self.cleaned_data[name] for name in self.names}
            fields["footer"] = fields["footer"].replace("\r\n", "\n").strip()
            if self.cleaned_data.get("no_logo"):
                fields["logo"] = None
            if upload := self.cleaned_data["logo"]:
                fields["logo"] = upload.read()
            keep_letterhead(self.letterhead, now=self.desk.now, actor=self.desk.actor, **fields)

        return self.attempt(act)

    def refuse(self, refused: Refused) -> None:
        """The library names the part as `path`, and begins its line with it."""
        part = str(refused.params.get("path", ""))
        super().refuse(Refused(refused.code, refused.message.removeprefix(f"{part}: "), field=part))
