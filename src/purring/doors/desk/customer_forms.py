# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms for a customer's data, rules and contacts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.utils.functional import Promise as Lazy
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.choices import country_choices, language_choices, timezone_choices
from purring.doors.desk.desk import Desk
from purring.doors.desk.fields import DeskForm, fresh_key
from purring.doors.desk.sayings import CHANNELS, CLOSENESS, CONTACT_ROLES, FORMALITY, KINDS, METHODS
from purring.facts.customers.actions import add_customer, change_customer
from purring.facts.customers.models import Contact, Customer, Group, Remark
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import User
from purring.facts.sending.models import Identity
from purring.followup.models import Assignment, Schedule
from purring.followup.schedules import assign
from purring.kit.numbers import whole
from purring.kit.together import Question


class PersonFields(DeskForm):
    """What both forms ask about who the customer is."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()))
    country = forms.ChoiceField(label=_("Country"))
    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown_in = get_language() or "en"
        self.fields["country"].choices = country_choices(shown_in)  # type: ignore[attr-defined]
        languages = language_choices(shown_in)
        known = self.initial.get("language")
        if known and known not in dict(languages):
            languages = [*languages, (known, known)]
        self.fields["language"].choices = languages  # type: ignore[attr-defined]


class NewCustomerForm(PersonFields):
    ref = forms.CharField(
        label=_("Reference"),
        max_length=60,
        required=False,
        help_text=_("Your customer number. Empty: made from the name."),
    )
    contact = forms.CharField(label=_("Contact person"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    group = forms.ChoiceField(label=_("Group"), required=False)
    field_order = ("name", "contact", "email", "phone", "kind", "country", "language", "group", "ref")
    made: Customer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organization = self.desk.organization
        self.initial.setdefault("kind", "business")
        self.initial.setdefault("country", organization.country)
        self.initial.setdefault("language", organization.language)
        groups = Group.objects.of(organization).order_by("name", "id").values_list("id", "name")
        self.fields["group"].choices = [("", gettext("no group")), *((str(key), name) for key, name in groups)]  # type: ignore[attr-defined]
        if not groups:
            del self.fields["group"]

    def run(self) -> bool:
        def act() -> None:
            data = self.cleaned_data
            person = {"name": data["contact"], "email": data["email"], "phone": data["phone"]}
            self.made = add_customer(
                self.desk.organization,
                ref=data["ref"] or ref_from(data["name"]),
                name=data["name"],
                contacts=[person] if any(person.values()) else [],
                kind=data["kind"],
                country=data["country"],
                language=data["language"],
                group_id=int(data.get("group") or 0) or None,
                now=self.desk.now,
                actor=self.desk.actor,
            )

        return self.attempt(act)


def ref_from(name: str) -> str:
    """A short reference from a name: letters and digits of its words."""
    return "-".join(re.findall(r"\w+", name.lower()))[:40] or "customer"


class CustomerForm(PersonFields):
    """Data and rules of a customer. `field_names` are the model's own fields, changed as they are."""

    timezone = forms.ChoiceField(label=_("Time zone"), required=False)
    address_lines = forms.CharField(label=_("Address"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    terms_days = forms.IntegerField(
        label=_("Days to pay"),
        min_value=0,
        max_value=365,
        required=False,
        help_text=_("As agreed with them; empty: as each invoice says."),
    )
    po_required = forms.BooleanField(label=_("Needs a purchase order number on invoices"), required=False)
    pay_run_days = forms.CharField(
        label=_("Pays on these days of the month"),
        required=False,
        help_text=_("For example 10, 25. 31 is the last day."),
    )
    preferred_channel = forms.ChoiceField(
        label=_("Write by"), required=False, choices=[("", _("as the schedule says")), *CHANNELS.items()]
    )
    preferred_method = forms.ChoiceField(
        label=_("Pays by"),
        required=False,
        choices=[
            ("", _("no preference")),
            *((code, METHODS[code]) for code in METHODS if code not in ("imported", "other")),
        ],
    )
    closeness = forms.ChoiceField(label=_("How close we are"), choices=list(CLOSENESS.items()))
    formality = forms.ChoiceField(label=_("Form of address"), choices=list(FORMALITY.items()), required=False)
    group = forms.ChoiceField(label=_("Group"), required=False)
    schedule = forms.ChoiceField(label=_("Schedule"), required=False)
    sender = forms.ChoiceField(
        label=_("Who writes to them"),
        required=False,
        help_text=_("The person they know. Their name stands below messages."),
    )
    monthly_statement = forms.ChoiceField(
        label=_("Statement with the first mail of a month"),
        required=False,
        choices=[("", _("as for everybody")), ("yes", _("yes")), ("no", _("no"))],
    )
    note = forms.CharField(label=_("Note to ourselves"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    stamp = forms.CharField(max_length=400, widget=forms.HiddenInput, required=False)
    """What each field was made from, so that two people do not undo each other's changes unseen."""

    field_names = (
        "name", "kind", "country", "language", "timezone", "address_lines", "postcode", "city", "terms_days",
        "po_required", "pay_run_days", "preferred_channel", "preferred_method", "closeness", "formality",
        "monthly_statement", "note",
    )  # fmt: skip

    def __init__(self, *args: Any, customer: Customer, known: Sequence[list[Any]] | None = None, **kwargs: Any) -> None:
        """`known`: the answers to `questions`, where a page has asked them already."""
        self.customer = customer
        super().__init__(*args, initial=self._stored(customer), **kwargs)
        self.fields["timezone"].choices = [("", gettext("the country's")), *timezone_choices()]  # type: ignore[attr-defined]
        schedules, assigned, signers, groups = known or [one.alone() for one in self.questions(customer)]
        own = next(iter(assigned), None)
        self.initial["schedule"] = str(own.schedule_id) if own else ""
        named = [
            (str(row.pk), row.name) for row in schedules if not row.is_default or (own and own.schedule_id == row.pk)
        ]
        self.fields["schedule"].choices = [("", gettext("the usual one")), *named]  # type: ignore[attr-defined]
        self.schedules = {str(row.pk): row for row in schedules}
        self.initial["sender"] = str(customer.sender_id or "")
        self.fields["sender"].choices = [("", gettext("the usual one")), *((str(key), name) for key, name in signers)]  # type: ignore[attr-defined]
        if not signers:
            del self.fields["sender"]
        self.initial["group"] = str(customer.group_id or "")
        self.fields["group"].choices = [("", gettext("no group")), *((str(key), name) for key, name in groups)]  # type: ignore[attr-defined]
        if not groups:
            del self.fields["group"]
        self.initial["stamp"] = self.stamp_of(self.fields)

    def _stored(self, customer: Customer) -> dict[str, Any]:
        initial = {name: getattr(customer, name) for name in self.field_names}
        initial["pay_run_days"] = ", ".join(str(day) for day in customer.pay_run_days)
        initial["sender"] = str(customer.sender_id or "")
        initial["group"] = str(customer.group_id or "")
        return initial

    def stamp_of(self, names: Iterable[str]) -> str:
        """Of what is stored in these fields, field by field."""
        return ".".join(_digest(name, self.initial.get(name)) for name in sorted(names) if name != "stamp")

    @staticmethod
    def questions(customer: Customer) -> list[Question]:
        """The schedules there are, which one this customer follows, who may sign, and the groups."""
        org = customer.organization_id
        own = Assignment.objects.of(org).filter(customer=customer)
        signers = Identity.objects.of(org).filter(removed_at=None).order_by("name", "id")
        groups = Group.objects.of(org).order_by("name", "id")
        return [
            Question(Schedule.objects.of(org).order_by("name")),
            Question(own[:1]),
            Question(signers, "id", "name"),
            Question(groups, "id", "name"),
        ]

    def clean_pay_run_days(self) -> list[int]:
        days = sorted({int(word) for word in re.findall(r"\d{1,4}", self.cleaned_data["pay_run_days"])})
        if any(not 1 <= day <= 31 for day in days):
            raise forms.ValidationError(gettext("Days of the month lie between 1 and 31."))
        return days

    def keep_rules(self) -> None:
        """What stands in this form, of all that a customer has. In the caller's transaction. What somebody else changed since
        the form was made stays, unless it was changed here too: then it refuses, with what is there now beside the field."""
        self._look_again()
        told: dict[str, Any] = {"now": self.desk.now, "actor": self.desk.actor}
        names = [name for name in self.field_names if name in self.cleaned_data]
        changed = {name: self.cleaned_data[name] for name in names}
        if "sender" in self.cleaned_data:
            changed["sender_id"] = int(self.cleaned_data["sender"] or 0) or None
        if "group" in self.cleaned_data:
            changed["group_id"] = int(self.cleaned_data["group"] or 0) or None
        change_customer(self.customer, **told, **changed)
        if "schedule" in self.cleaned_data and self.cleaned_data["schedule"] != self.initial["schedule"]:
            assign(self.schedules.get(self.cleaned_data["schedule"]), customer=self.customer, **told)

    def _look_again(self) -> None:
        org = self.customer.organization_id
        there = Customer.objects.of(org).select_for_update().get(pk=self.customer.pk)
        there.organization = self.desk.organization
        own = Assignment.objects.of(org).filter(customer=there).first()
        self.customer = there
        self.initial.update(self._stored(there), schedule=str(own.schedule_id) if own else "")
        names = sorted(name for name in self.fields if name != "stamp")
        seen = self.cleaned_data.get("stamp", "")
        before = seen.split(".")
        if not seen or len(before) != len(names):
            return
        clashes = []
        for name, made_from in zip(names, before, strict=True):
            typed, now = (_digest(name, value) for value in (self[name].value(), self.initial.get(name)))
            if now not in (made_from, typed):
                if typed == made_from:
                    del self.cleaned_data[name]  # not touched here: theirs stays
                else:
                    clashes.append(name)
        if not clashes:
            return
        self.data = _with(self.data, self.add_prefix("stamp"), self.stamp_of(self.fields))  # sent again, it is meant
        for name in clashes:
            self.add_error(name, gettext("There now: %(value)s") % {"value": self._now(name) or gettext("nothing")})
        raise Refused("changed_meanwhile", changed_meanwhile(self.desk, there))

    def _now(self, name: str) -> str:
        field, value = self.fields[name], self.initial.get(name)
        if isinstance(field, forms.BooleanField):
            return gettext("yes") if value else gettext("no")
        choices = dict(getattr(field, "choices", ()))
        return str(choices.get("" if value is None else str(value), value if value is not None else ""))

    def run(self) -> bool:
        def act() -> None:
            with transaction.atomic():
                self.keep_rules()

        return self.attempt(act)


def _plain(value: Any) -> str:
    """As a field sends it: nothing, no and an empty text are the same."""
    return "" if value in (None, False) else "on" if value is True else str(value).replace("\r\n", "\n").strip()


def _digest(name: str, value: Any) -> str:
    return hashlib.sha256(f"{name}={_plain(value)}".encode()).hexdigest()[:8]


def _with(data: Any, name: str, value: str) -> Any:
    """What was sent, with another value in one place."""
    changed = data.copy()
    changed[name] = value
    return changed


def changed_meanwhile(desk: Desk, customer: Customer) -> str:
    """That it was changed, and by whom, as far as the journal knows."""
    kinds = ("customer.changed", "schedule.chosen", "schedule.left", "contact.changed", "contact.put_first")
    entries = Entry.objects.of(desk.organization).filter(customer_id=customer.pk, kind__in=kinds)
    actor = entries.order_by("-id").values_list("actor", flat=True).first() or ""
    if actor == desk.actor:
        return gettext("You changed this meanwhile in another window. Look again, and keep what is right.")
    key = whole(actor.removeprefix("user:"))
    user = User.objects.filter(pk=key).first() if key is not None else None
    if user is None:
        return gettext("Somebody changed this meanwhile. Look again, and keep what is right.")
    text = gettext("%(name)s changed this meanwhile. Look again, and keep what is right.")
    return text % {"name": user.name or user.email}


class Rules:
    """What holds for this customer alone, each changed in its place: one form, shown in parts."""

    PARTS: ClassVar[dict[str, tuple[Lazy | str, tuple[str, ...]]]] = {
        "language": (_("Language"), ("language",)),
        "channel": (_("Write by"), ("preferred_channel",)),
        "tone": (_("Tone"), ("closeness", "formality")),
        "group": (_("Group"), ("group",)),
        "schedule": (_("Schedule"), ("schedule",)),
        "sender": (_("Who writes"), ("sender",)),
        "terms": (_("Terms"), ("terms_days", "pay_run_days", "po_required")),
        "method": (_("Pays by"), ("preferred_method",)),
        "statement": (_("Monthly statement"), ("monthly_statement",)),
    }

    def __init__(
        self,
        desk: Desk,
        customer: Customer,
        known: Sequence[list[Any]],
        opened: str = "",
        form: RuleForm | None = None,
    ) -> None:
        self.form = CustomerForm(desk=desk, customer=customer, known=known, prefix="rule")
        self.opened = opened.removeprefix("rule-") if opened.startswith("rule-") else ""
        self.sent = form

    def rows(self) -> list[dict[str, Any]]:
        """Each rule with its name, what it says now, and its fields."""
        found = []
        for key, (name, fields) in self.PARTS.items():
            shown = self.sent if self.sent and key == self.opened else self.form
            bound = [shown[field] for field in fields if field in shown.fields]
            if bound:
                said = [text for field in fields if field in self.form.fields and (text := self._said(field))]
                row = {"key": key, "name": name, "fields": bound, "form": shown, "open": key == self.opened}
                row["stamp"] = shown["stamp"].value() if shown is self.sent else shown.stamp_of(fields)
                found.append({**row, "said": " · ".join(said)})
        return found

    def _said(self, name: str) -> str:
        field, value = self.form.fields[name], self.form.initial.get(name)
        if name == "terms_days":
            if value is None:
                return gettext("as each invoice says")
            return ngettext("%(count)s day", "%(count)s days", value) % {"count": value}
        if name == "pay_run_days":
            return gettext("pays on %(days)s") % {"days": value} if value else ""
        if name == "po_required":
            return gettext("order number needed") if value else ""
        if name == "formality" and not value:
            return ""
        choices = dict(field.choices)  # type: ignore[attr-defined]
        return str(choices.get("" if value is None else str(value), value or ""))


class RuleForm(CustomerForm):
    """One of the rules, sent alone."""

    def __init__(self, *args: Any, rule: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name, fields = Rules.PARTS[rule]
        for name in list(self.fields):
            if name not in (*fields, "stamp"):
                del self.fields[name]
        self.initial["stamp"] = self.stamp_of(fields)

    def keep(self) -> bool:
        def act() -> None:
            with transaction.atomic():
                self.keep_rules()

        return self.attempt(act)


class RemarkForm(DeskForm):
    """What we note for ourselves."""

    text = forms.CharField(label=_("Note"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    pinned = forms.BooleanField(label=_("Pin it on top"), required=False)
    key = forms.CharField(max_length=32, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", fresh_key())

    @classmethod
    def of(cls, remark: Remark, data: Any = None, *, desk: Desk) -> RemarkForm:
        initial = {"text": remark.text, "pinned": remark.pinned}
        return cls(data, desk=desk, initial=initial, prefix=f"note{remark.pk}")


class ContactForm(forms.Form):
    """One person. Names in parts are used for greetings; the whole name for addressing."""

    @classmethod
    def of(cls, contact: Contact, data: Any = None) -> ContactForm:
        """Of one person, to be changed in place."""
        initial = {name: getattr(contact, name) for name in cls.base_fields if name != "stamp"}
        initial["stamp"] = contact.stamp
        return cls(data, initial=initial, prefix=f"person{contact.pk}", label_suffix="")

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    title = forms.CharField(label=_("Title"), max_length=40, required=False)
    given_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=100, required=False)
    gender = forms.ChoiceField(
        label=_("Greeted as"), choices=[("", _("no gender")), ("f", _("a woman")), ("m", _("a man"))], required=False
    )
    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=list(CONTACT_ROLES.items()))
    stamp = forms.CharField(max_length=16, widget=forms.HiddenInput, required=False)

    def look_again(self, contact: Contact, said: str) -> None:
        """Somebody else changed the person: say what is there now beside what differs; sent again, it is meant."""
        self.data = _with(self.data, self.add_prefix("stamp"), contact.stamp)
        for name, typed in list(self.cleaned_data.items()):
            there = str(getattr(contact, name, typed))
            if there != typed:
                value = dict(getattr(self.fields[name], "choices", ())).get(there, there) or gettext("nothing")
                self.add_error(name, gettext("There now: %(value)s") % {"value": value})
        self.add_error(None, said)
