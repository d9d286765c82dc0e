# SPDX-License-Identifier: AGPL-3.0-or-later
"""The components of the desk as template tags; each is described in templates/desk/README.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from babel.dates import format_skeleton, format_time
from django import template
from django.forms import BoundField, CheckboxInput, HiddenInput, RadioSelect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from purring.doors.desk import refusals, sayings
from purring.doors.desk.choices import country_name, language_name
from purring.doors.desk.icons import ICONS
from purring.facts.charges.accruing import law_book
from purring.facts.customers.models import Customer
from purring.kit.numbers import whole
from purring.language import formats
from purring.law.book import countries

register = template.Library()
_ISO_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
LABELS: Mapping[str, sayings.Labels] = {
    "stage": sayings.STAGES,
    "channel": sayings.CHANNELS,
    "state": sayings.STATES,
    "hold": sayings.HOLD_CODES,
    "role": sayings.ROLES,
    "role_note": sayings.ROLE_NOTES,
    "method": sayings.METHODS,
    "contact_role": sayings.CONTACT_ROLES,
    "scheme": sayings.SCHEMES,
    "closeness": sayings.CLOSENESS,
    "kind": sayings.KINDS,
    "task": sayings.TASKS,
    "charge": sayings.CHARGES,
    "charge_choice": sayings.CHARGE_CHOICES,
    "confidence": sayings.CONFIDENCES,
    "hole": sayings.NOTICE_HOLES,
    "way": sayings.WAYS,
    "discrepancy": sayings.DISCREPANCIES,
    "discrepancy_advice": sayings.DISCREPANCY_ADVICE,
    "refund": sayings.REFUND_STATES,
    "proposal": sayings.PROPOSALS,
}


def _locale(context: template.Context) -> str:
    desk = context.get("desk")
    return desk.locale if desk else formats.locale_for(get_language() or "en")


@register.simple_tag(takes_context=True)
def money(context: template.Context, minor: int, currency: str) -> SafeString:
    """An amount of minor units with its currency, as the reader writes it."""
    return format_html('<span class="money">{}</span>', formats.money(minor, currency, _locale(context)))


@register.simple_tag(takes_context=True)
def day(context: template.Context, value: date | None, style: str = "short") -> SafeString:
    """A day; `style` is short, long, near (today, tomorrow, yesterday, else short and without this year), or weekday (as
    near, with the day of the week)."""
    if value is None:
        return SafeString("")
    locale = _locale(context)
    desk = context.get("desk")
    text = formats.long_date(value, locale) if style == "long" else formats.short_date(value, locale)
    if style == "near" and desk:
        text = _near(value, desk.today, locale)
    elif style == "weekday" and desk:
        far = abs((value - desk.today).days) > 1
        at = datetime(value.year, value.month, value.day)
        text = format_skeleton("MMMEd", at, locale=locale) if far else _near(value, desk.today, locale)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


def _near(value: date, today: date, locale: str) -> str:
    distance = (value - today).days
    named = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}
    if distance in named:
        return named[distance]
    if value.year == today.year:
        return format_skeleton("MMMd", datetime(value.year, value.month, value.day), locale=locale)
    return formats.short_date(value, locale)


@register.simple_tag(takes_context=True)
def moment(context: template.Context, value: datetime | None, style: str = "") -> SafeString:
    """Day and time in the organization's time zone; `style` "hour" is the time alone, "soon" the time of today and the day
    of others."""
    if value is None:
        return SafeString("")
    desk = context.get("desk")
    local = value.astimezone(desk.organization.zone) if desk else value
    locale = _locale(context)
    text = format_time(local, "short", locale=locale)
    if style == "soon" and desk and local.date() != desk.today:
        text = _near(local.date(), desk.today, locale)
    elif style not in ("hour", "soon"):
        text = f"{formats.short_date(local.date(), locale)}, {text}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), text)


@register.filter
def say(code: str, labels: str) -> str:
    """The label of a code: `{{ reminder.stage|say:"stage" }}`."""
    return sayings.label(LABELS[labels], code)


@register.filter
def country(code: str) -> str:
    """The country's name: `{{ customer.country|country }}`."""
    return country_name(code, get_language() or "en")


@register.filter
def language(tag: str) -> str:
    """The language's name: `{{ customer.language|language }}`."""
    return language_name(tag, get_language() or "en")


@register.filter
def tone(state: str) -> str:
    """The colour of a message's state, for `badge`."""
    return sayings.STATE_TONES.get(state, "")


@register.filter
def refund_tone(state: str) -> str:
    """The colour of a refund's state, for `badge`."""
    return sayings.REFUND_TONES.get(state, "")


register.filter("told", refusals.told)
register.filter("law_words", refusals.law_words)
register.filter("law_rule", refusals.law_rule)


@register.filter
def law_answer(answer: str, locale: str) -> str:
    """What the law has against something, with its days as the reader writes them: `{{ denied.why|law_answer:desk.locale }}`."""
    said = refusals.law_answer(answer)
    return _ISO_DAY.sub(lambda found: formats.short_date(date.fromisoformat(found[0]), locale), said)


@register.filter
def channel_icon(channel: str) -> str:
    return {"email": "mail", "phone": "phone", "sms": "sms"}.get(channel, "letter")


@register.filter
def call_hours(customer: Customer) -> str:
    """When and how often the customer may be called, by the law of the place, or nothing where it does not say."""
    if customer.country not in countries():
        return ""
    contact = law_book().kind(customer.country, customer.kind).contact
    if contact.basis.confidence == "low" or not contact.calls_known:
        return ""
    word = gettext("Calls there, by law") if contact.binding else gettext("Calls there, as a good custom")
    return f"{word}: {refusals.law_words(contact.note)} ({refusals.law_rule(contact.basis.named)})"


@register.filter
def undo_entry(tags: str) -> int | None:
    """The journal entry by which the act of a note can be undone: `{{ message.extra_tags|undo_entry }}`."""
    return whole(tags.removeprefix("undo-")) if tags else None


@register.simple_tag(takes_context=True)
def sums(context: template.Context, totals: Iterable[Any]) -> SafeString:
    """Amounts of several currencies, one after the other; `totals` as `money.Total`."""
    locale = _locale(context)
    spans = [(formats.money(one.amount, one.currency, locale),) for one in totals]
    return format_html_join(" · ", '<span class="money">{}</span>', spans)


@register.filter
def dial(number: str) -> str:
    """A phone number as a `tel:` link takes it: digits, and a plus in front."""
    return ("+" if number.strip().startswith("+") else "") + "".join(char for char in number if char.isdigit())


@register.filter
def upfirst(text: str) -> str:
    """The first letter as a capital, the rest untouched."""
    return text[:1].upper() + text[1:]


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing; always beside words, so it is hidden from screen readers."""
    return mark_safe(  # drawings are ours, see icons.py
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{ICONS[name]}</svg>'
    )


@register.simple_tag
def badge(text: str, tone: str = "") -> SafeString:
    """A short state in a word; `tone` is good, care, alert or nothing."""
    return format_html('<span class="badge {}">{}</span>', tone, text)


@register.inclusion_tag("desk/parts/field.html")
def field(bound: BoundField, label: str = "") -> dict[str, Any]:
    """One field of a form: label, control, help, what is wrong."""
    widget = bound.field.widget
    attrs: dict[str, Any] = {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    described = [
        f"{bound.auto_id}-{part}" for part, there in (("help", bound.help_text), ("wrong", bound.errors)) if there
    ]
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if widget.attrs.get("placeholder") == bound.label:
        attrs["placeholder"] = False  # says nothing that the label does not
    shape = "plain"
    if isinstance(widget, HiddenInput):
        shape = "hidden"
    elif isinstance(widget, CheckboxInput):
        shape = "check"
    elif isinstance(widget, RadioSelect):
        shape = "choices"
    return {"field": bound, "control": bound.as_widget(attrs=attrs), "shape": shape, "label": label or bound.label}


@register.inclusion_tag("desk/parts/why.html")
def why(sentence: str, kind: str = "") -> dict[str, Any]:
    """The sentence that says why something is said or not; `kind` is go, stop or nothing."""
    return {"sentence": refusals.told(sentence), "kind": kind}


@register.inclusion_tag("desk/parts/empty.html")
def empty(title: str, text: str = "", link: str = "", action: str = "", calm: bool = False) -> dict[str, Any]:
    """Nothing is here, and what that means or what to do first."""
    return {"title": title, "text": text, "link": link, "action": action, "calm": calm}


@register.inclusion_tag("desk/parts/button.html")
def button(
    text: str, tone: str = "", icon: str = "", name: str = "", value: str = "", small: bool = False
) -> dict[str, Any]:
    """The button that sends its form; `tone` is quiet, plain or alert, the main one has none."""
    return {"text": text, "tone": tone, "icon": icon, "name": name, "value": value, "small": small}
