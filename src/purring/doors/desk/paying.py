# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a customer pays, in words for our own eyes. With few facts it says so."""

from __future__ import annotations

from babel.dates import get_day_names
from django.utils.translation import gettext, ngettext

from purring.insight.paying import ENOUGH, Habits


def told(habits: Habits, locale: str) -> list[str]:
    """Whole sentences, the most telling first; empty when nothing is known at all."""
    said = [_late(habits)] if habits.paid else []
    if habits.promised:
        text = ngettext("Kept %(kept)s of %(count)s promise.", "Kept %(kept)s of %(count)s promises.", habits.promised)
        said.append(text % {"kept": habits.kept, "count": habits.promised})
    if habits.weekday is not None:
        day = get_day_names("wide", "stand-alone", locale)[habits.weekday]
        said.append(gettext("Pays mostly on this day of the week: %(day)s.") % {"day": day})
    return said


def _late(habits: Habits) -> str:
    days = habits.days_late
    if days is None:
        text = ngettext(
            "%(count)s invoice paid so far: too few to say how they pay.",
            "%(count)s invoices paid so far: too few to say how they pay.",
            min(habits.paid, ENOUGH),
        )
        return text % {"count": habits.paid}
    if days == 0:
        return gettext("Usually pays on the due day.")
    if days < 0:
        text = ngettext(
            "Usually pays %(count)s day before the due day.", "Usually pays %(count)s days before the due day.", -days
        )
        return text % {"count": -days}
    text = ngettext(
        "Usually pays %(count)s day after the due day.", "Usually pays %(count)s days after the due day.", days
    )
    return text % {"count": days}
