# SPDX-License-Identifier: AGPL-3.0-or-later
"""In which language the desk speaks to the person who signed in. Customers are written to in theirs, whatever is chosen."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy

from purring.facts.organizations.models import User


class LanguageForm(forms.Form):
    """Each language under its own name, for whoever cannot read the present one."""

    language = forms.ChoiceField(
        choices=[("", gettext_lazy("your browser's language")), *settings.LANGUAGES],
        required=False,
        widget=forms.RadioSelect,
        label=gettext_lazy("Language of these pages"),
        help_text=gettext_lazy("Customers get their messages in their own language, whatever you choose here."),
    )


def language(request: HttpRequest, user: User) -> HttpResponse:
    form = LanguageForm(request.POST or None, initial={"language": user.language}, label_suffix="")
    if request.method != "POST" or not form.is_valid():
        return render(request, "desk/interface.html", {"form": form}, status=422 if request.method == "POST" else 200)
    user.language = form.cleaned_data["language"]
    user.save(update_fields=["language"])
    translation.activate(user.language or translation.get_language_from_request(request))
    messages.success(request, gettext("Kept."))
    return redirect("desk:interface")
