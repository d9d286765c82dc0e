# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of customers: what an address asks for, in which order, and each row with what they owe and what comes next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.http import QueryDict
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.choices import language_name
from purring.doors.desk.desk import Desk
from purring.doors.desk.narrowing import Narrowing
from purring.doors.desk.paging import Order
from purring.facts.agreements.models import Hold
from purring.facts.customers.models import AddressTrouble, Contact, Customer, Group
from purring.facts.invoices.models import Invoice
from purring.followup.models import WAITING, Reminder
from purring.insight.ageing import OPEN
from purring.insight.search.finding import Asked, fitting
from purring.kit.numbers import whole
from purring.kit.together import Question, together

SHOWS: dict[str, Lazy | str] = {
    "all": _("All"),
    "owing": _("Who owe"),
    "overdue": _("Overdue"),
    "held": _("On hold"),
    "unreachable": _("No address"),
    "new": _("New"),
}
NEW_DAYS = 30
SORTS: dict[str, tuple[Lazy | str, Order]] = {
    "name": (_("By name"), Order("name", str)),
    "-name": (_("By name, from the end"), Order("name", str, falling=True)),
    "-id": (_("Newest here"), Order("id", int, falling=True)),
}


@dataclass(frozen=True)
class Filter(Narrowing):
    page = "desk:customers"
    sorts = SORTS

    show: str = "all"
    q: str = ""
    group: int | None = None
    language: str = ""
    sort: str = "name"

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Filter:
        show, sort, group = (str(asked.get(name, "")) for name in ("show", "sort", "group"))
        show = "owing" if asked.get("owing") and not show else show
        return cls(
            show=show if show in SHOWS else "all",
            q=str(asked.get("q", "")).replace("\0", "").strip()[:100],
            group=whole(group),
            language=str(asked.get("language", ""))[:12],
            sort=sort if sort in SORTS else "name",
        )


def read_query(query: str) -> Filter:
    """The filter of an address's query, as it was kept or carried along."""
    return Filter.of(QueryDict(query))


def rows_of(desk: Desk, asked: Filter) -> QuerySet[Customer]:
    """The customers that fit, in no order."""
    org = desk.organization
    rows = Customer.objects.of(org)
    own = Invoice.objects.of(org).filter(customer=OuterRef("pk"), settled_on=None)
    if asked.show == "owing":
        rows = rows.filter(Exists(own))
    elif asked.show == "overdue":
        rows = rows.filter(Exists(own.filter(due__lt=desk.today)))
    elif asked.show == "held":
        active = Q(released_at=None) & (Q(until=None) | Q(until__gte=desk.today))
        rows = rows.filter(pk__in=Hold.objects.of(org).filter(active, invoice=None).values("customer_id"))
    elif asked.show == "unreachable":
        spoiled = AddressTrouble.objects.of(org).filter(customer=OuterRef("customer"), address=OuterRef("email"))
        works = Contact.objects.of(org).filter(~Q(email=""), ~Exists(spoiled), customer=OuterRef("pk"))
        rows = rows.filter(~Exists(works))
    elif asked.show == "new":
        since = datetime.combine(desk.today, datetime.min.time(), desk.organization.zone) - timedelta(NEW_DAYS)
        rows = rows.filter(created_at__gte=since)
    if asked.group:
        rows = rows.filter(group_id=asked.group)
    if asked.language:
        rows = rows.filter(language=asked.language)
    if words := Asked.of(asked.q):
        rows = rows.filter(pk__in=fitting(org.pk, words, "customer"))
    elif asked.q:
        rows = rows.filter(name__istartswith=asked.q)
    return rows


def owed_by(desk: Desk, customer_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """What customers owe: per customer a list of {currency, open, since, count} where something is open."""
    owed: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Invoice.objects.of(desk.organization).filter(customer_id__in=customer_ids, settled_on=None)
    sums = rows.values("customer_id", "currency").annotate(open=Sum(OPEN), since=Min("due"), count=Count("id"))
    for row in sums.order_by("currency"):
        owed[row["customer_id"]].append(dict(row))
    return owed


@dataclass(frozen=True)
class Row:
    customer: Customer
    owed: Sequence[dict[str, Any]]
    states: Sequence[tuple[str, str]]
    coming: Reminder | None
    """What waits to go out to them."""
    pays: str
    """How they pay, in a few words; empty where nothing is known yet."""
    late: str


MOST_PAID = 12
"""Of the last invoices of a customer, from which it is said how they pay."""


def shown(desk: Desk, customers: Sequence[Customer]) -> list[Row]:
    org, ids = desk.organization, [row.pk for row in customers]
    active = Q(until=None) | Q(until__gte=desk.today)
    owed = owed_by(desk, ids)
    spoiled = AddressTrouble.objects.of(org).filter(customer=OuterRef("customer"), address=OuterRef("email"))
    works = Contact.objects.of(org).filter(~Q(email=""), ~Exists(spoiled), customer_id__in=ids)
    paid = Invoice.objects.of(org).filter(customer_id__in=ids, settled_on__isnull=False, forgiven=0, allocated__gt=0)
    paid = paid.filter(settled_on__gte=desk.today - timedelta(400))
    held, coming, reachable, habits = together(
        Question(Hold.objects.of(org).filter(active, released_at=None, invoice=None, customer_id__in=ids), "customer_id", "exclusion"),
        Question(Reminder.objects.of(org).filter(customer_id__in=ids, state__in=WAITING, payment=None).order_by("on", "id")),
        Question(works.order_by().values("customer_id").distinct(), "customer_id"),
        Question(paid.order_by("-settled_on")[: MOST_PAID * max(1, len(ids))], "customer_id", "due", "settled_on"),
    )  # fmt: skip
    days: dict[int, list[int]] = defaultdict(list)
    for customer_id, due, settled in habits:
        if len(days[customer_id]) < MOST_PAID:
            days[customer_id].append((settled - due).days)
    next_one: dict[int, Reminder] = {}
    for reminder in coming:
        next_one.setdefault(reminder.customer_id, reminder)
    holds: dict[int, bool] = {}
    for customer_id, exclusion in held:
        holds[customer_id] = holds.get(customer_id, False) or exclusion
    with_address = {key for (key,) in reachable}
    return [
        Row(
            row, owed[row.pk], _states(row, holds, with_address), next_one.get(row.pk), _pays(days[row.pk]),
            _late(owed[row.pk], desk.today),
        )
        for row in customers
    ]  # fmt: skip


def _states(row: Customer, holds: Mapping[int, bool], with_address: set[int]) -> list[tuple[str, str]]:
    found = []
    if row.pk in holds:
        found.append((gettext("left out") if holds[row.pk] else gettext("on hold"), "care"))
    if row.pk not in with_address:
        found.append((gettext("no address"), "alert"))
    return found


def _pays(days: Sequence[int]) -> str:
    """The usual case, by the median of the last ones."""
    if len(days) < 3:
        return ""
    usual = sorted(days)[len(days) // 2]
    if usual <= 0:
        return gettext("pays on time")
    return ngettext("usually pays %(days)d day late", "usually pays %(days)d days late", usual) % {"days": usual}


def _late(owed: Sequence[dict[str, Any]], today: date) -> str:
    days = max(((today - row["since"]).days for row in owed), default=0)
    return ngettext("oldest %(days)d day late", "oldest %(days)d days late", days) % {"days": days} if days > 0 else ""


def choices(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    """For the selects; nothing where there is no choice."""
    org = desk.organization
    groups, languages = together(
        Question(Group.objects.of(org).order_by("name")[:200], "id", "name"),
        Question(Customer.objects.of(org).order_by().values("language").distinct()[:30], "language"),
    )
    return {
        "group": [(str(key), name) for key, name in groups],
        "language": [(tag, language_name(tag, desk.locale[:2])) for (tag,) in languages] if len(languages) > 1 else [],
    }


def chips(asked: Filter, offered: Mapping[str, Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    """What narrows the list, in words, each with the link that takes it away."""
    found = []
    for name, none in (("group", None), ("language", "")):
        if value := getattr(asked, name):
            found.append((dict(offered[name]).get(str(value), str(value)), asked.link(**{name: none})))
    return found
