# SPDX-License-Identifier: AGPL-3.0-or-later
"""What came in since a person last looked: payments, promises, answers, replies, disputes, bounces, new customers. Read from
the journal; many of a kind are one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from purring.doors.desk.answers import told
from purring.doors.desk.desk import Desk
from purring.facts.customers.models import Customer
from purring.facts.journal.models import Entry
from purring.followup.models import ReadUpTo
from purring.kit.together import Question
from purring.language import formats

LOOKED_AT = 20_000
"""Newest entries of the journal that are looked at: what is older than those has long been read elsewhere."""
SINGLY = 5
"""So many of a kind stand singly; more are one line."""
SHOWN = 200


@dataclass(frozen=True)
class Kind:
    """How one kind of entry is told, singly and counted, and the list that shows all of it."""

    icon: str
    tone: str
    line: Lazy | str
    counted: Any
    page: str


KINDS: dict[str, Kind] = {
    "payment.recorded": Kind(
        "money",
        "good",
        _("Paid %(amount)s"),
        ngettext_lazy("%(count)d payment", "%(count)d payments", "count"),
        "money",
    ),
    "payment.reversed": Kind(
        "money",
        "alert",
        _("%(amount)s went back"),
        ngettext_lazy("%(count)d payment went back", "%(count)d payments went back", "count"),
        "money",
    ),
    "payment.failed": Kind(
        "money",
        "alert",
        _("Their payment did not arrive"),
        ngettext_lazy("%(count)d payment did not arrive", "%(count)d payments did not arrive", "count"),
        "money",
    ),
    "promise.recorded": Kind(
        "promise",
        "good",
        _("Promises to pay on %(pay_on)s"),
        ngettext_lazy("%(count)d promise", "%(count)d promises", "count"),
        "agreements",
    ),
    "plan.agreed": Kind(
        "promise",
        "good",
        _("A payment plan was agreed"),
        ngettext_lazy("%(count)d payment plan", "%(count)d payment plans", "count"),
        "agreements",
    ),
    "mandate.given": Kind(
        "money",
        "good",
        _("Agreed to automatic payment"),
        ngettext_lazy("%(count)d agreed to automatic payment", "%(count)d agreed to automatic payment", "count"),
        "agreements",
    ),
    "answer.given": Kind(
        "talk",
        "",
        _("Answered: %(told)s"),
        ngettext_lazy("%(count)d answer", "%(count)d answers", "count"),
        "customers",
    ),
    "reply.received": Kind(
        "talk", "", _("Wrote to us"), ngettext_lazy("%(count)d reply", "%(count)d replies", "count"), "customers"
    ),
    "dispute.opened": Kind(
        "dispute",
        "care",
        _("Something is not right with an invoice"),
        ngettext_lazy("%(count)d dispute", "%(count)d disputes", "count"),
        "invoices",
    ),
    "message.bounced": Kind(
        "alert",
        "alert",
        _("A message came back"),
        ngettext_lazy("%(count)d message came back", "%(count)d messages came back", "count"),
        "gone",
    ),
    "customer.added": Kind(
        "person",
        "",
        _("New customer"),
        ngettext_lazy("%(count)d new customer", "%(count)d new customers", "count"),
        "customers",
    ),
}
TOLD_OTHERWISE = ("promise", "dispute", "paid")
"""Answers whose effect is an entry of its own, or stands among what needs a person."""


@dataclass(frozen=True)
class Line:
    """One line: what, who, when, where it opens."""

    icon: str
    tone: str
    text: str
    to: str
    at: datetime | None = None
    who: str = ""


@dataclass
class Arrived:
    """What came in, newest first."""

    lines: list[Line] = field(default_factory=list)
    since: datetime | None = None
    """The moment up to which it was read before; None: never, then since yesterday."""
    newest: int = 0
    """The newest entry among it."""
    payments: int = 0


def read_up_to(desk: Desk) -> Question:
    """How far the person has read, and when."""
    return Question(ReadUpTo.objects.of(desk.organization).filter(user=desk.user), "entry_id", "at")


def arrived(desk: Desk, read: Sequence[tuple[int, datetime]]) -> Arrived:
    """What came in since the person said that they had read it (`read`, the answer to `read_up_to`), or since yesterday."""
    org = desk.organization
    found = Arrived(since=read[0][1] if read else None)
    rows = Entry.objects.of(org).filter(id__gt=_floor(org.pk), kind__in=KINDS)
    if read:
        rows = rows.filter(id__gt=read[0][0])
    else:
        yesterday = desk.today - timedelta(days=1)
        rows = rows.filter(at__gte=datetime.combine(yesterday, time(), org.zone))
    fields = ("id", "at", "kind", "customer_id", "invoice_id", "data")
    entries = [
        entry
        for entry in rows.order_by("-id").values_list(*fields)[:LOOKED_AT]
        if not (entry[2] == "answer.given" and entry[5].get("answer") in TOLD_OTHERWISE)
    ]
    if not entries:
        return found
    found.newest = entries[0][0]
    by_kind: dict[str, int] = defaultdict(int)
    for entry in entries:
        by_kind[entry[2]] += 1
    found.payments = by_kind["payment.recorded"]
    singly = [entry for entry in entries if by_kind[entry[2]] <= SINGLY][:SHOWN]
    names = _names(desk, {entry[3] for entry in singly if entry[3]})
    counted: set[str] = set()
    for entry in entries:
        _, at, kind, customer_id, _invoice, data = entry
        if by_kind[kind] <= SINGLY:
            found.lines.append(_line(desk, kind, at, customer_id, data, names))
        elif kind not in counted:
            counted.add(kind)
            one = KINDS[kind]
            text = one.counted % {"count": by_kind[kind]}
            found.lines.append(Line(one.icon, one.tone, text, reverse(f"desk:{one.page}"), at))
    return found


def read_everything(desk: Desk, newest: int) -> None:
    """The person has read what came in up to this entry; never less than they had before."""
    rows = ReadUpTo.objects.of(desk.organization)
    mine, new = rows.get_or_create(
        organization=desk.organization, user=desk.user, defaults={"entry_id": newest, "at": desk.now}
    )
    if not new:
        rows.filter(pk=mine.pk, entry_id__lte=newest).update(entry_id=newest, at=desk.now)


def _floor(organization_id: int) -> Any:
    """The entry below which nothing is looked at."""
    keys = Entry.objects.of(organization_id).order_by("-id").values("id")
    return Coalesce(Subquery(keys[LOOKED_AT : LOOKED_AT + 1]), Value(0))


def _names(desk: Desk, ids: set[int]) -> dict[int, str]:
    rows = Customer.objects.of(desk.organization).filter(pk__in=ids)
    return dict(rows.values_list("id", "name")) if ids else {}


def _line(
    desk: Desk, kind: str, at: datetime, customer_id: int | None, data: dict[str, Any], names: dict[int, str]
) -> Line:
    one = KINDS[kind]
    currency = str(data.get("currency") or desk.organization.currency)
    values = {"amount": "", "pay_on": "", "told": ""}
    if isinstance(data.get("amount"), int):
        values["amount"] = formats.money(data["amount"], currency, desk.locale)
    if isinstance(data.get("pay_on"), str):
        values["pay_on"] = formats.short_date(date.fromisoformat(data["pay_on"]), desk.locale)
    if "answer" in data:
        values["told"] = told(data, desk.locale, currency)
    to = reverse(f"desk:{one.page}")
    if kind.startswith("payment.") and isinstance(data.get("payment"), int):
        to = reverse("desk:payment", args=[data["payment"]])
    elif customer_id:
        to = reverse("desk:customer", args=[customer_id])
    return Line(one.icon, one.tone, str(one.line) % values, to, at, names.get(customer_id or 0, ""))
