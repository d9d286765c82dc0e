# SPDX-License-Identifier: AGPL-3.0-or-later
"""What happened, all of it: the journal as people read it, narrowed by who, what, whom and when.

Walked newest first along one index by time. A page looks at a bounded stretch of it, however rare what is asked for is:
when the stretch is over, the next page goes on behind it. So a million entries cost no index per question, and every
page takes the same short time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils import translation
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext

from purring.doors.desk.beginning import STEPS
from purring.doors.desk.choices import language_name
from purring.doors.desk.desk import Desk
from purring.doors.desk.exporting import Cell
from purring.doors.desk.log_sayings import LOG_NAMES, SAID, SETTING_FIELDS, kinds_of
from purring.doors.desk.narrowing import Narrowing
from purring.doors.desk.paging import SEPARATOR, Order
from purring.doors.desk.sayings import ROLES, WAYS, label
from purring.doors.desk.timeline import HIDDEN, Moment, Teller, Telling
from purring.facts.customers.models import Customer
from purring.facts.journal.models import LEFT, Entry
from purring.facts.organizations.models import Membership, User
from purring.followup.models import Reminder, Schedule
from purring.kit.numbers import whole
from purring.language import formats
from purring.plugins.payment.registry import plugins

PAGE = 40
STRETCH = 20_000
"""Entries that one page looks at, at most."""
AT_ONCE = 1_000
"""Entries of a file put into words together."""
NAMED = 50
"""Customers that a name may fit."""
PURRING, CUSTOMER, PROGRAM = "purring", "customer", "program"
ORDER = Order("at", datetime.fromisoformat, falling=True)


@dataclass(frozen=True)
class Filter(Narrowing):
    """Which entries. `who` is `user:7`, `purring`, `customer` or `program`; `what` one of `LOG_NAMES`; `whom` a customer's
    number or part of a name; `steps` brings the steps of an act that its own entry tells."""

    page: ClassVar[str] = "desk:audit"
    sorts: ClassVar[Mapping[str, tuple[Lazy | str, Order]]] = {"": ("", ORDER)}
    show: str = ""
    sort: str = ""
    q: str = ""
    who: str = ""
    what: str = ""
    whom: str = ""
    since: date | None = None
    until: date | None = None
    steps: str = ""

    @classmethod
    def of(cls, asked: QueryDict) -> Self:
        who = asked.get("who", "")
        if who not in (PURRING, CUSTOMER, PROGRAM) and whole(who.removeprefix("user:")) is None:
            who = ""
        what = asked.get("what", "")
        return cls(
            who=who,
            what=what if what in LOG_NAMES else "",
            whom=asked.get("whom", "").replace("\0", "").strip()[:100],
            since=_day(asked.get("since", "")),
            until=_day(asked.get("until", "")),
            steps="1" if asked.get("steps") else "",
        )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 < found.year < 9999 else None


@dataclass(frozen=True)
class Line:
    """One entry, with where it belongs."""

    entry: Entry
    moment: Moment
    customer: str
    invoice: str


@dataclass(frozen=True)
class Page:
    """`after` is the key of the next page; `searching`: this one stopped because its stretch was over, at `reached`."""

    lines: Sequence[Line]
    after: str
    searching: bool
    reached: datetime | None = None


def people(desk: Desk) -> list[tuple[str, str]]:
    """Who may have done something: the people who belong here, those who did, then the rest."""
    rows = Membership.objects.of(desk.organization).select_related("user").order_by("user__name", "user__email")
    named = [(f"user:{row.user_id}", row.user.name or row.user.email) for row in rows]
    left = Entry.objects.of(desk.organization).filter(kind__among=(LEFT,)).values_list("data", flat=True)
    gone = {data["user"] for data in left} - {row.user_id for row in rows}
    before = User.objects.filter(pk__in=gone).order_by("name", "email") if gone else ()
    word = gettext("%(name)s (has left)")
    named += [(f"user:{user.pk}", word % {"name": user.name or user.email}) for user in before]
    others = [
        (PURRING, gettext("Purring by itself")), (CUSTOMER, gettext("customers, on their page")),
        (PROGRAM, gettext("imports and command line")),
    ]  # fmt: skip
    return [*named, *others]


@dataclass(frozen=True)
class _Span:
    """Which stretch of time, newest first: from behind the entry `last` of the instant `top` (or before `top`) down to
    `floor` (behind the entry `first` of that instant). One bound each way: of two a database may walk along the wrong one."""

    top: datetime | None = None
    last: int = 0
    floor: datetime | None = None
    first: int = 0

    def rows(self, desk: Desk) -> QuerySet[Entry]:
        rows = Entry.objects.of(desk.organization)
        if self.top and self.last:
            rows = rows.filter(at__lte=self.top).filter(Q(at__lt=self.top) | Q(id__lt=self.last))
        elif self.top:
            rows = rows.filter(at__lt=self.top)
        if self.floor and self.first:
            rows = rows.filter(at__gte=self.floor).filter(Q(at__gt=self.floor) | Q(id__gt=self.first))
        elif self.floor:
            rows = rows.filter(at__gte=self.floor)
        return rows.order_by("-at", "-id")


def _span(desk: Desk, asked: Filter, after: str) -> _Span:
    """Where a page begins and where the days asked for end. A key that cannot be read begins at the front."""
    top = _begins(desk, asked.until + timedelta(1)) if asked.until else None
    floor = _begins(desk, asked.since) if asked.since else None
    value, _, key = after.replace("\0", "").rpartition(SEPARATOR)
    last = whole(key)
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return _Span(top, floor=floor)
    if not last or at.tzinfo is None or (top and at >= top):
        return _Span(top, floor=floor)
    return _Span(at, last, floor)


def _begins(desk: Desk, day: date) -> datetime:
    return datetime.combine(day, time(), desk.organization.zone).astimezone(UTC)


def _narrowed(desk: Desk, rows: QuerySet[Entry], asked: Filter, customers: list[int] | None) -> QuerySet[Entry]:
    """What is looked for among them."""
    if customers is not None:
        rows = rows.filter(customer_id__in=customers)
    if asked.who == PURRING:
        rows = rows.filter(actor__startswith="round:")
    elif asked.who == CUSTOMER:
        rows = rows.filter(actor="customer")
    elif asked.who == PROGRAM:
        rows = rows.filter(actor__in=("cli", "import"))
    elif asked.who:
        rows = rows.filter(actor=asked.who)
    if asked.what:
        rows = rows.filter(kind__in=kinds_of(asked.what))
    return rows if asked.steps else rows.exclude(kind__in=HIDDEN)


def _customers(desk: Desk, asked: Filter) -> list[int] | None:
    if not asked.whom:
        return None
    rows = Customer.objects.of(desk.organization).filter(Q(ref=asked.whom) | Q(name__icontains=asked.whom))
    return list(rows.values_list("pk", flat=True)[:NAMED])


def page(desk: Desk, asked: Filter, after: str, size: int = PAGE) -> Page:
    """A page of the log after a key, newest first."""
    customers = _customers(desk, asked)
    lines, key, stop = _found(desk, asked, customers, after, size)
    reached = stop.at if stop else None
    return Page(_lines(desk, lines), key, stop is not None, reached)


def _found(
    desk: Desk, asked: Filter, customers: list[int] | None, after: str, size: int
) -> tuple[list[Entry], str, Entry | None]:
    """Entries, the key to go on with, and the last one of the stretch when that is why it ends."""
    span, stop = _span(desk, asked, after), None
    if customers is None:  # a customer's entries have an index of their own
        stop = span.rows(desk).only("id", "at")[STRETCH : STRETCH + 1].first()
        if stop:
            span = replace(span, floor=stop.at, first=stop.pk)
    rows = span.rows(desk)
    found = list(_narrowed(desk, rows, asked, customers).select_related("text")[: size + 1])
    if len(found) > size:
        return found[:size], _key(found[size - 1]), None
    if stop is None:
        return found, "", None
    return found, f"{stop.at.isoformat()}{SEPARATOR}{stop.pk + 1}", stop


def _key(entry: Entry) -> str:
    return f"{entry.at.isoformat()}{SEPARATOR}{entry.pk}"


class _LogTeller(Teller):
    """Also what concerns no customer, and names what an entry is about."""

    tellings: Mapping[str, Telling] = SAID

    def __init__(self, desk: Desk, entries: Sequence[Entry]) -> None:
        super().__init__(desk, entries)
        org = desk.organization
        customers = {entry.customer_id for entry in entries if entry.customer_id}
        rows = Customer.objects.of(org).filter(id__in=customers)
        self.customers = dict(rows.values_list("id", "name")) if customers else {}
        schedules = {entry.data.get("schedule") for entry in entries if entry.kind.startswith("schedule.")} - {None}
        named = Schedule.objects.of(org).filter(id__in=schedules)
        self.schedules = dict(named.values_list("id", "name")) if schedules else {}

    def _people(self, entries: Sequence[Entry]) -> set[int]:
        named = {entry.data["user"] for entry in entries if isinstance(entry.data.get("user"), int)}
        return super()._people(entries) | named

    def line(self, entry: Entry) -> Line:
        customer = self.customers.get(entry.customer_id or 0, "")
        return Line(entry, self.tell(entry), customer, self.numbers.get(entry.invoice_id or 0, ""))

    def kind_of(self, entry: Entry) -> str:
        data = entry.data
        if entry.kind == "beginning.step" and data.get("said") == "later":
            return "beginning.step.later"
        if entry.kind == "list.by_mail" and not data.get("wanted"):
            return "list.by_mail.not"
        if entry.kind == "journal.checked" and data.get("wrong"):
            return "journal.checked.wrong"
        return super().kind_of(entry)

    def values(self, entry: Entry, reminder: Reminder | None) -> dict[str, str]:
        data = entry.data
        values = super().values(entry, reminder)
        values["member"] = self.users.get(data.get("user", 0), gettext("a former colleague"))
        values["role"] = label(ROLES, str(data.get("role", "")))
        values["schedule"] = self.schedules.get(data.get("schedule", 0), "…")
        if "step" in data:
            values["step"] = str(STEPS.get(str(data["step"]), data["step"]))
        if entry.kind in ("organization.changed", "entity.changed"):
            said = dict.fromkeys(label(SETTING_FIELDS, str(name)) for name in data.get("fields", ()))
            values["fields"] = ", ".join(said)
        if entry.kind == "wording.kept":
            values["language"] = language_name(str(data.get("language", "")), translation.get_language() or "en")
        values["way"] = label(WAYS, str(data.get("way", "")))
        provider = str(data.get("provider", ""))
        values["provider"] = plugins()[provider].TITLE if provider in plugins() else provider
        if entry.kind.startswith("group."):
            values |= {name: str(data.get(name, "…")) for name in ("name", "before")}
        for name in ("reminders", "holds"):
            if isinstance(data.get(name), list):
                values[name] = formats.quantity(Decimal(len(data[name])), self.desk.locale)
        for name in ("created", "updated", "refused", "invoices", "customers", "entries"):
            if isinstance(data.get(name), int):
                values[name] = formats.quantity(Decimal(data[name]), self.desk.locale)
        if isinstance(data.get("bytes"), int):
            values["size"] = filesizeformat(data["bytes"])
        return values


def _lines(desk: Desk, entries: Sequence[Entry]) -> list[Line]:
    teller = _LogTeller(desk, entries)
    return [teller.line(entry) for entry in entries]


# --- as a file --------------------------------------------------------------------------------------------------


def head() -> list[str]:
    return [
        gettext("Number"), gettext("When"), gettext("Who"), gettext("What happened"), gettext("Words"),
        gettext("Customer"), gettext("Invoice"), gettext("Kind"), gettext("Hash"),
    ]  # fmt: skip


def cells(desk: Desk, asked: Filter) -> Iterator[list[Cell]]:
    """Every entry that fits, newest first, in the language of whoever asked: rows leave after the request has ended."""
    language = translation.get_language() or "en"
    customers, after = _customers(desk, asked), ""
    while True:
        with translation.override(language):
            found, after, _stop = _found(desk, asked, customers, after, AT_ONCE)
            lines = _lines(desk, found)
        for line in lines:
            entry, moment = line.entry, line.moment
            yield [
                entry.seq, entry.at.astimezone(desk.organization.zone).isoformat(timespec="seconds"), moment.who,
                moment.text, moment.quote, line.customer, line.invoice, entry.kind, entry.hash,
            ]  # fmt: skip
        if not after:
            return


def chips(asked: Filter, offered: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What narrows, each with the address without it."""
    named: dict[str, Any] = dict(offered)
    said: list[tuple[str, str]] = []
    if asked.who:
        said.append((named.get(asked.who, gettext("a former colleague")), asked.link(who="")))
    if asked.what:
        said.append((label(LOG_NAMES, asked.what), asked.link(what="")))
    if asked.whom:
        said.append((f"“{asked.whom}”", asked.link(whom="")))
    if asked.steps:
        said.append((gettext("with the steps in between"), asked.link(steps="")))
    return said
