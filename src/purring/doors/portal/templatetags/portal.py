# SPDX-License-Identifier: AGPL-3.0-or-later
"""Labels, amounts and days of the customer's page, all in the page's own language."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template

from purring.doors.portal.look import Look, look_of
from purring.language import formats

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: template.Context, key: str, **values: Any) -> str:
    """A label with its values; days are written out."""
    words = context["w"]
    shown = {k: formats.long_date(v, words.locale) if isinstance(v, date) else v for k, v in values.items()}
    return str(words.say(key, **shown))


@register.simple_tag(takes_context=True)
def amount(context: template.Context, minor: int, currency: str) -> str:
    return formats.money(minor, currency, context["w"].locale)


@register.filter
def charge(labels: dict[str, str], kind: str) -> str:
    """What a kind of charge is called."""
    return labels[f"charge_{kind}"]


@register.simple_tag(takes_context=True)
def long_day(context: template.Context, day: date) -> str:
    """A day written out."""
    return formats.long_date(day, context["w"].locale)


@register.simple_tag(takes_context=True)
def look(context: template.Context) -> Look | None:
    """The colour and the logo of the house whose page this is; none where the link opens nothing."""
    match = context["request"].resolver_match if "request" in context else None
    organization = context.get("organization")
    if not organization or not match:
        return None
    first = next(iter(context["statement"].all_entities), None) if "statement" in context else None
    return look_of(organization, match.kwargs["token"], first if first and first.is_default else None)
