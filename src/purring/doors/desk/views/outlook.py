# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ageing and outlook: how old what is open is, who owes most, how long it takes, and what may come in the next weeks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.dates import format_skeleton
from babel.numbers import format_compact_decimal
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from purring.core.money import exponent
from purring.doors.desk.desk import Desk
from purring.doors.desk.drawing import Column, columns, legend
from purring.insight.ageing import Band, ageing, on_account, owing_most
from purring.insight.dso import Point, trend
from purring.insight.outlook import LEAST_PAID, Week, outlook


def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One currency at a time; `currency` chooses among those in which something is open."""
    by_currency = ageing(desk.organization, desk.today)
    known = list(by_currency)
    wanted = request.GET.get("currency", "")
    currency = wanted if wanted in known else known[0]
    bands = by_currency[currency]
    points = trend(desk.organization, currency, desk.today)
    ahead = outlook(desk.organization, currency, desk.today)
    rows = [{"band": band, "name": _name(band)} for band in bands]
    whole = sum(band.amount for band in bands)
    context = {
        "here": "money",
        "currency": currency,
        "currencies": known,
        "bands": rows,
        "whole": whole,
        "overdue": whole - bands[0].amount,
        "on_account": on_account(desk.organization, currency),
        "ageing_chart": _of_bands(desk, bands, currency),
        "owing": owing_most(desk.organization, currency, desk.today),
        "points": points,
        "now": points[-1] if points else None,
        "trend_chart": _of_points(desk, points),
        "outlook": ahead,
        "least_paid": LEAST_PAID,
        "outlook_chart": _of_weeks(desk, ahead.weeks, currency),
        "outlook_legend": legend([("first", gettext("promised")), ("second", gettext("expected"))]),
        "any": bool(points),
    }
    return render(request, "desk/outlook.html", context)


def _name(band: Band) -> str:
    if band.least is None:
        return gettext("not due")
    if band.most is None:
        return gettext("over %(days)s days") % {"days": band.least - 1}
    return gettext("%(least)s to %(most)s days") % {"least": band.least, "most": band.most}


def _short(desk: Desk, minor: int, currency: str) -> str:
    """A rounded amount that fits over a column; the exact one stands in the table."""
    if not minor:
        return ""
    amount = round(Decimal(minor).scaleb(-exponent(currency)))
    return format_compact_decimal(amount, locale=desk.locale, fraction_digits=1 if amount >= 1000 else 0)


def _of_bands(desk: Desk, bands: list[Band], currency: str) -> Any:
    kinds = ("first", "care-1", "care-2", "care-3", "care-4")
    short = [
        gettext("not due"),
        *(f"{band.least}–{band.most}" for band in bands[1:-1]),
        f"> {(bands[-1].least or 1) - 1}",
    ]
    made = [
        Column(name, _short(desk, band.amount, currency), [(kind, band.amount)])
        for name, kind, band in zip(short, kinds, bands, strict=True)
    ]
    return columns(made, gettext("What is open, by days over the due date; the numbers stand in the table below"))


def _of_points(desk: Desk, points: list[Point]) -> Any:
    made = [
        Column(
            format_skeleton("MMM", point.on, locale=desk.locale).rstrip("."),
            "" if point.days is None else str(point.days),
            [("first", point.days or 0)],
        )
        for point in points
    ]
    return columns(
        made, gettext("Days sales outstanding at the end of each month; the numbers stand in the table below")
    )


def _of_weeks(desk: Desk, weeks: list[Week], currency: str) -> Any:
    made = [
        Column(
            format_skeleton("Md", week.begins, locale=desk.locale),
            _short(desk, week.promised + week.expected, currency),
            [("first", week.promised), ("second", week.expected)],
        )
        for week in weeks
    ]
    return columns(made, gettext("Promised and expected money by week; the numbers stand in the table below"))
