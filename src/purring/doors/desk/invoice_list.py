# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of invoices: what an address asks for, as a filter; in which order; and each row with its state in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.core.money import is_currency
from purring.doors.desk.desk import Desk
from purring.doors.desk.fields import read_amount
from purring.doors.desk.narrowing import Narrowing
from purring.doors.desk.paging import Order
from purring.facts.agreements.models import Hold, PaymentPlan, Promise
from purring.facts.customers.models import Group
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Closure, Invoice
from purring.facts.organizations.models import LegalEntity
from purring.followup.models import Assignment, Schedule
from purring.insight.ageing import BOUNDS
from purring.insight.search.finding import Asked, fitting
from purring.kit.numbers import whole
from purring.kit.together import Question, together
from purring.language.formats import short_date

SHOWS: dict[str, Lazy | str] = {
    "open": pgettext_lazy("invoices", "Open"),
    "overdue": _("Overdue"),
    "held": _("On hold"),
    "promised": _("Promised"),
    "disputed": _("Disputed"),
    "plan": _("On a plan"),
    "settled": _("Paid"),
    "written_off": _("Written off"),
    "all": _("All"),
}
BANDS: dict[str, tuple[int, int | None]] = {
    "1-30": (1, BOUNDS[1]),
    "31-60": (BOUNDS[1] + 1, BOUNDS[2]),
    "61-90": (BOUNDS[2] + 1, BOUNDS[3]),
    "91": (BOUNDS[3] + 1, None),
}
"""Days over the due date, first and last."""
SORTS: dict[str, tuple[Lazy | str, Order]] = {
    "due": (_("Due first"), Order("due", date.fromisoformat)),
    "-due": (_("Due last"), Order("due", date.fromisoformat, falling=True)),
    "-amount": (_("Largest amount"), Order("amount", int, falling=True)),
    "amount": (_("Smallest amount"), Order("amount", int)),
    "number": (_("Number"), Order("number", str)),
}


@dataclass(frozen=True)
class Filter(Narrowing):
    """What is asked for; nothing in it is trusted, what makes no sense is left out."""

    page = "desk:invoices"
    sorts = SORTS

    show: str = "open"
    q: str = ""
    band: str = ""
    group: int | None = None
    entity: int | None = None
    schedule: int | None = None
    currency: str = ""
    least: str = ""
    most: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = "due"

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Filter:
        show, sort, currency = (str(asked.get(name, "")) for name in ("show", "sort", "currency"))
        band = str(asked.get("band", ""))
        return cls(
            show=show if show in SHOWS else "open",
            q=str(asked.get("q", "")).replace("\0", "").strip()[:100],
            band=band if band in BANDS else "",
            group=_id(asked.get("group")),
            entity=_id(asked.get("entity")),
            schedule=_id(asked.get("schedule")),
            currency=currency if is_currency(currency) else "",
            least=str(asked.get("least", "")).strip()[:30],
            most=str(asked.get("most", "")).strip()[:30],
            since=_day(asked.get("since")),
            until=_day(asked.get("until")),
            sort=sort if sort in SORTS else "due",
        )


def _id(text: Any) -> int | None:
    return whole(text)


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def rows_of(desk: Desk, asked: Filter) -> QuerySet[Invoice]:
    """The invoices that fit, in no order."""
    org = desk.organization
    rows = _shown(desk, asked.show)
    if asked.band:
        first, last = BANDS[asked.band]
        rows = rows.filter(due__lte=desk.today - timedelta(first))
        rows = rows.filter(due__gte=desk.today - timedelta(last)) if last else rows
    if asked.group:
        rows = rows.filter(customer__group_id=asked.group)
    if asked.entity:
        usual = LegalEntity.objects.of(org).filter(pk=asked.entity, is_default=True).exists()
        named = Q(entity_id=asked.entity)
        rows = rows.filter(named | Q(entity=None) if usual else named)
    if asked.currency:
        rows = rows.filter(currency=asked.currency)
    if asked.schedule:
        rows = rows.filter(_following(desk, asked.schedule))
    for text, lookup in ((asked.least, "amount__gte"), (asked.most, "amount__lte")):
        rows = rows.filter(**{lookup: minor}) if (minor := _minor(desk, text, asked.currency)) else rows
    if asked.since:
        rows = rows.filter(due__gte=asked.since)
    if asked.until:
        rows = rows.filter(due__lte=asked.until)
    if words := Asked.of(asked.q):
        found = Q(pk__in=fitting(org.pk, words, "invoice"))
        rows = rows.filter(found | Q(customer_id__in=fitting(org.pk, words, "customer")))
    elif asked.q:
        rows = rows.filter(number=asked.q)
    return rows


def _minor(desk: Desk, text: str, currency: str) -> int | None:
    try:
        return read_amount(text, currency or desk.organization.currency, desk.organization) if text else None
    except Refused:
        return None


def _shown(desk: Desk, show: str) -> QuerySet[Invoice]:
    org = desk.organization
    rows = Invoice.objects.of(org)
    if show == "all":
        return rows
    if show in ("settled", "written_off"):
        given_up = Closure.objects.of(org).filter(undone_at=None).values("invoice_id")
        rows = rows.exclude(settled_on=None)
        return rows.filter(pk__in=given_up) if show == "written_off" else rows.exclude(forgiven__gt=0)
    rows = rows.filter(settled_on=None)
    if show == "overdue":
        return rows.filter(due__lt=desk.today)
    if show == "held":
        active = Q(released_at=None) & (Q(until=None) | Q(until__gte=desk.today))
        holds = Hold.objects.of(org).filter(active)
        return rows.filter(
            Q(pk__in=holds.filter(invoice__isnull=False).values("invoice_id"))
            | Q(customer_id__in=holds.filter(invoice=None).values("customer_id"))
        )
    if show == "promised":
        return rows.filter(pk__in=_promised(desk).values("invoices"))
    if show == "disputed":
        return rows.filter(pk__in=Dispute.objects.of(org).filter(resolved_at=None).values("invoice_id"))
    if show == "plan":
        return rows.filter(pk__in=PaymentPlan.objects.of(org).filter(cancelled_at=None).values("invoices"))
    return rows


def _promised(desk: Desk) -> QuerySet[Promise]:
    return Promise.objects.of(desk.organization).filter(withdrawn_at=None, pay_on__gte=desk.today)


def _following(desk: Desk, schedule: int) -> Q:
    """Invoices that follow a schedule: by themselves, else by their customer, its group, or because it is the usual one."""
    assigned = Assignment.objects.of(desk.organization)
    bills, customers = assigned.exclude(invoice=None), assigned.exclude(customer=None)
    groups = assigned.exclude(group=None)
    chosen = {"schedule_id": schedule}
    by_customer = Q(customer_id__in=customers.filter(**chosen).values("customer_id"))
    by_group = Q(customer__group_id__in=groups.filter(**chosen).values("group_id"))
    found = by_customer | (~Q(customer_id__in=customers.values("customer_id")) & by_group)
    if Schedule.objects.of(desk.organization).filter(pk=schedule, is_default=True).exists():
        no_group = Q(customer__group=None) | ~Q(customer__group_id__in=groups.values("group_id"))
        found |= ~Q(customer_id__in=customers.values("customer_id")) & no_group
    own = ~Q(pk__in=bills.values("invoice_id"))
    return Q(pk__in=bills.filter(**chosen).values("invoice_id")) | (own & found)


# --- a row ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """An invoice as the list shows it. `level` is 0 (not due) to 4, the oldest."""

    invoice: Invoice
    why: str
    states: Sequence[tuple[str, str]]
    """Words and their tones."""
    age: str
    level: int


def shown(desk: Desk, invoices: Sequence[Invoice], why: Mapping[int, str]) -> list[Row]:
    """The rows of a page: one statement for their states, however many."""
    org, ids = desk.organization, [row.pk for row in invoices]
    owners = {row.customer_id for row in invoices}
    active = Q(until=None) | Q(until__gte=desk.today)
    holds, promised, disputed, planned, closed = together(
        Question(Hold.objects.of(org).filter(active, released_at=None, customer_id__any_of=list(owners)), "invoice_id", "customer_id"),
        Question(_promised(desk).filter(invoices__in=ids), "invoices", "pay_on"),
        Question(Dispute.objects.of(org).filter(resolved_at=None, invoice_id__in=ids), "invoice_id"),
        Question(PaymentPlan.objects.of(org).filter(cancelled_at=None, invoices__in=ids), "invoices"),
        Question(Closure.objects.of(org).filter(undone_at=None, invoice_id__in=ids), "invoice_id", "kind"),
    )  # fmt: skip
    held = {invoice for invoice, _ in holds if invoice}
    excluded = {customer for invoice, customer in holds if not invoice}
    words = _Words(
        held,
        excluded,
        {key for key, _ in promised},
        {key for (key,) in disputed},
        {key for (key,) in planned},
        dict(closed),
    )
    return [Row(row, why.get(row.pk, ""), words.of(row), *age_of(row, desk.today)) for row in invoices]


@dataclass(frozen=True)
class _Words:
    held: set[int]
    excluded: set[int]
    promised: set[int]
    disputed: set[int]
    planned: set[int]
    closed: dict[int, str]

    def of(self, row: Invoice) -> list[tuple[str, str]]:
        if row.settled_on:
            kind = self.closed.get(row.pk)
            if kind:
                return [(gettext("written off") if kind == "write_off" else gettext("void"), "")]
            return [(gettext("credited") if row.credited and not row.allocated else gettext("paid"), "good")]
        found = []
        if row.pk in self.disputed:
            found.append((gettext("disputed"), "care"))
        if row.pk in self.held or row.customer_id in self.excluded:
            found.append((gettext("on hold"), "care"))
        if row.pk in self.planned:
            found.append((gettext("on a plan"), "good"))
        elif row.pk in self.promised:
            found.append((gettext("promised"), "good"))
        if row.balance != row.amount:
            found.append((gettext("part open"), ""))
        return found


def age_of(row: Invoice, today: date) -> tuple[str, int]:
    """In words and as a level, so that the colour says nothing that the words do not."""
    if row.settled_on:
        return "", 0
    days = (today - row.due).days
    if days < 0:
        return ngettext("due in %(days)d day", "due in %(days)d days", -days) % {"days": -days}, 0
    if days == 0:
        return gettext("due today"), 0
    level = next((at + 1 for at, (_, last) in enumerate(BANDS.values()) if last is None or days <= last), 4)
    return ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}, level


# --- what can be chosen -----------------------------------------------------------------------------------------


LOOKED_AT = 1000
"""Open invoices in which currencies are looked for."""


def choices(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    """For the selects, in one statement; a currency is offered when it is in use by what is due latest."""
    org = desk.organization
    latest = Invoice.objects.of(org).filter(settled_on=None).order_by("-due", "-id").values("pk")[:LOOKED_AT]
    groups, entities, schedules, currencies = together(
        Question(Group.objects.of(org).order_by("name")[:200], "id", "name"),
        Question(LegalEntity.objects.of(org).order_by("name")[:100], "id", "name"),
        Question(Schedule.objects.of(org).order_by("-is_default", "name")[:100], "id", "name"),
        Question(Invoice.objects.of(org).filter(pk__in=latest).order_by().values("currency").distinct(), "currency"),
    )  # fmt: skip
    return {
        "group": _pairs(groups),
        "entity": _pairs(entities) if len(entities) > 1 else [],
        "schedule": _pairs(schedules) if len(schedules) > 1 else [],
        "currency": [(code, code) for (code,) in currencies] if len(currencies) > 1 else [],
    }


def _pairs(rows: Iterable[tuple[int, str]]) -> list[tuple[str, str]]:
    return [(str(key), name) for key, name in rows]


def chips(desk: Desk, asked: Filter, offered: Mapping[str, Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    """What narrows the list, in words, each with the link that takes it away."""
    found: list[tuple[str, str]] = []

    def add(text: str, **without: Any) -> None:
        found.append((text, asked.link(**without)))

    if asked.band:
        add(band_name(asked.band), band="")
    for name in ("group", "entity", "schedule", "currency"):
        value = getattr(asked, name)
        if value:
            label = dict(offered[name]).get(str(value), str(value))
            add(label, **{name: "" if name == "currency" else None})
    if asked.least:
        add(gettext("from %(amount)s") % {"amount": asked.least}, least="")
    if asked.most:
        add(gettext("up to %(amount)s") % {"amount": asked.most}, most="")
    if asked.since:
        add(gettext("due from %(day)s") % {"day": _told(desk, asked.since)}, since=None)
    if asked.until:
        add(gettext("due until %(day)s") % {"day": _told(desk, asked.until)}, until=None)
    return found


def _told(desk: Desk, day: date) -> str:
    return short_date(day, desk.locale)


def band_name(code: str) -> str:
    first, last = BANDS[code]
    if last is None:
        return gettext("more than %(days)d days late") % {"days": first - 1}
    return gettext("%(first)d to %(last)d days late") % {"first": first, "last": last}


def wrong(desk: Desk, asked: Filter) -> dict[str, str]:
    """Amounts that cannot be read, by field: said beside them, and the list is shown without."""
    bad = {}
    for name in ("least", "most"):
        text = getattr(asked, name)
        if text and _minor(desk, text, asked.currency) is None:
            bad[name] = gettext("This is not an amount.")
    return bad


def read_query(query: str) -> Filter:
    """The filter of an address's query, as it was kept or carried along."""
    return Filter.of(QueryDict(query))
