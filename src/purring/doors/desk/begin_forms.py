# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of the first five minutes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.urls import reverse_lazy
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.banking import judge, scheme_choices, usual_scheme
from purring.doors.desk.beginning import DONE, say
from purring.doors.desk.choices import country_choices, currency_choices, language_choices, timezone_choices
from purring.doors.desk.fields import DeskForm
from purring.doors.desk.settings_forms import OrganizationForm
from purring.doors.desk.steps import StepWords, in_words
from purring.facts.organizations.actions import change_organization
from purring.facts.organizations.models import LegalEntity
from purring.followup.entities import change_entity
from purring.followup.models import Schedule
from purring.followup.presets import USUAL, PresetSchedule, presets_of
from purring.followup.schedules import GENTLE_STEPS, default_schedule, keep_schedule
from purring.language.formats import join

AS_IT_IS = "own"
VOICES = {
    "warm": (_("Warm"), _("like somebody they know well")),
    "neutral": (_("Friendly and plain"), _("kind, and to the point")),
    "formal": (_("Formal"), _("polite, with more distance")),
}


class HouseForm(OrganizationForm):
    """Who asks, and where: a change of country brings what is usual there."""

    name = forms.CharField(label=_("Name of your business"), max_length=200)
    country = forms.ChoiceField(label=_("Country"))
    language = forms.ChoiceField(label=_("Language"), help_text=_("For customers whose own language is not known."))
    currency = forms.ChoiceField(label=_("Currency"))
    timezone = forms.ChoiceField(label=_("Time zone"))
    names = ("name", "country", "language", "currency", "timezone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown_in = get_language() or "en"
        zones, own = timezone_choices(), self.desk.organization.timezone
        choices = {
            "country": country_choices(shown_in),
            "language": language_choices(shown_in),
            "currency": currency_choices(shown_in),
            "timezone": zones if own in dict(zones) else [(own, own), *zones],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        asks = {"hx-post": reverse_lazy("desk:begin-guess"), "hx-target": "#usual", "hx-include": "closest form"}
        self.fields["country"].widget.attrs.update({**asks, "hx-trigger": "change"})

    def run(self) -> bool:
        """The legal entity that bills goes along as long as nobody named it otherwise."""

        def act() -> None:
            desk, data = self.desk, self.cleaned_data
            before = {name: getattr(desk.organization, name) for name in ("name", "country")}
            with transaction.atomic():
                told: dict[str, Any] = {"now": desk.now, "actor": desk.actor}
                change_organization(desk.organization, **told, **{name: data[name] for name in self.names})
                entity = _entity(desk)
                fields = {
                    name: data[name] for name, was in before.items() if getattr(entity, name) == was != data[name]
                }
                change_entity(entity, **told, **fields)

        return self.attempt(act)


class BankForm(DeskForm):
    """Where the money goes, who signs, and where answers go."""

    scheme = forms.ChoiceField(label=_("Kind of account"))
    number = forms.CharField(label=_("Number"), max_length=60)
    sender_name = forms.CharField(
        label=_("Who signs"), max_length=120, required=False, help_text=_("The person your customers know.")
    )
    email = forms.EmailField(label=_("Answers go to"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entity = _entity(self.desk)
        account = (self.entity.accounts or [{}])[0]
        country = self.entity.country or self.desk.organization.country
        self.initial = {
            "scheme": account.get("scheme") or usual_scheme(country),
            "number": account.get("number", ""),
            "sender_name": self.entity.sender_name or self.desk.user.name,
            "email": self.entity.email or self.desk.user.email,
        }
        self.fields["scheme"].choices = scheme_choices(country)  # type: ignore[attr-defined]
        self.fields["number"].widget.attrs.update({"autocomplete": "off", "spellcheck": "false"})
        asks = {
            "hx-post": reverse_lazy("desk:begin-bank-check"),
            "hx-target": "#bank-said",
            "hx-include": "closest form",
            "hx-trigger": "input changed delay:400ms, change",
        }
        for name in ("scheme", "number"):
            self.fields[name].widget.attrs.update(asks)

    def clean_number(self) -> str:
        return " ".join(str(self.cleaned_data["number"]).split())

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("scheme") and data.get("number"):
            judged = judge(data["scheme"], data["number"])
            if not judged.good:
                self.add_error("number", judged.text)
        return data

    def run(self) -> bool:
        def act() -> None:
            desk, data = self.desk, self.cleaned_data
            first = {"scheme": data["scheme"], "number": data["number"], "bic": "", "label": ""}
            accounts = [dict(one) for one in self.entity.accounts]
            if not accounts or (accounts[0].get("scheme"), accounts[0].get("number")) != (
                data["scheme"],
                data["number"],
            ):
                accounts[:1] = [first]
            fields = {"accounts": accounts, "sender_name": data["sender_name"], "email": data["email"]}
            change_entity(self.entity, now=desk.now, actor=desk.actor, **fields)

        return self.attempt(act)


def _entity(desk: Any) -> LegalEntity:
    """The legal entity that bills where nothing else is said."""
    found = LegalEntity.objects.of(desk.organization).order_by("-is_default", "id").first()
    assert found is not None, "an organization is founded with one"
    return found


class Offered:
    """One schedule to choose: in plain words, with its steps."""

    def __init__(
        self, key: str, title: str, steps: list[dict[str, Any]], gap: int, preset: PresetSchedule | None
    ) -> None:
        self.key, self.title, self.steps, self.gap, self.preset = key, title, steps, gap, preset

    @property
    def words(self) -> list[StepWords]:
        return in_words(Schedule(steps=self.steps))

    def sentence(self, locale: str) -> str:
        """When messages come: "a kind note 3 days before the due date, then 3, 10 and 21 days after it"."""
        days = [step["days"] for step in self.steps]
        before, after = [-day for day in days if day < 0], [day for day in days if day >= 0]
        if before and after:
            said = gettext("A kind note %(before)s before the due date, then reminders %(after)s after it.")
        elif after:
            said = gettext("Reminders %(after)s after the due date.")
        else:
            said = gettext("A kind note %(before)s before the due date.")
        return said % {"before": _in_days(before, locale), "after": _in_days(after, locale)}


def _in_days(days: list[int], locale: str) -> str:
    """Several numbers of days: "3, 10 and 21 days"."""
    if not days:
        return ""
    return ngettext("%(days)s day", "%(days)s days", days[-1]) % {"days": join([str(day) for day in days], locale)}


class AskingForm(DeskForm):
    """How messages sound, and when they come."""

    voice = forms.ChoiceField(choices=[(code, names[0]) for code, names in VOICES.items()])
    schedule = forms.ChoiceField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.usual = default_schedule(self.desk.organization)
        self.offered = {one.key: one for one in self._offers()}
        self.fields["schedule"].choices = [(key, one.title) for key, one in self.offered.items()]  # type: ignore[attr-defined]
        now = next((key for key, one in self.offered.items() if one.steps == self.usual.steps), USUAL)
        voice = self.desk.organization.voice
        self.initial = {"voice": voice if voice in VOICES else "neutral", "schedule": now}

    def _offers(self) -> list[Offered]:
        found = [Offered(USUAL, gettext("Gentle, as everywhere"), GENTLE_STEPS, 5, None)]
        kinds = {"business": gettext("For businesses here"), "consumer": gettext("For private people here")}
        for preset in presets_of(self.desk.organization.country):
            if preset.most_term_days is None and preset.kind in kinds:
                gap = preset.min_days_between_contacts
                if all(one.steps != preset.steps for one in found):
                    found.append(Offered(preset.key, kinds[preset.kind], preset.steps, gap, preset))
        if not any(one.steps == self.usual.steps for one in found):
            gap = self.usual.min_days_between_contacts
            found.insert(0, Offered(AS_IT_IS, gettext("As it is now"), self.usual.steps, gap, None))
        return found

    def chosen(self, name: str) -> str:
        """What is chosen in the form as it stands, else what is kept."""
        said = self.data.get(name, "") if self.is_bound else ""
        known = self.offered if name == "schedule" else VOICES
        return said if said in known else str(self.initial[name])

    def run(self) -> bool:
        def act() -> None:
            desk, data = self.desk, self.cleaned_data
            told: dict[str, Any] = {"now": desk.now, "actor": desk.actor}
            one = self.offered[data["schedule"]]
            with transaction.atomic():
                change_organization(desk.organization, voice=data["voice"], **told)
                if one.key != AS_IT_IS:
                    preset = one.preset.key if one.preset else ""
                    fields: dict[str, Any] = {
                        "steps": one.steps,
                        "min_days_between_contacts": one.gap,
                        "preset": preset,
                    }
                    keep_schedule(desk.organization, self.usual, name=self.usual.name, **fields, **told)
                say(desk.organization, "words", DONE, **told)

        return self.attempt(act)
