# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the pages of paying show."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def dialled(number: str) -> str:
    """A phone number as an address of the phone: digits and the leading plus."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return f"+{digits}" if number.strip().startswith("+") else digits
