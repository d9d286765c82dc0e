# SPDX-License-Identifier: AGPL-3.0-or-later
"""Labels, amounts and days of the customer's page, all in the page's own language."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template

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
