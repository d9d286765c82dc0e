# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who follows which schedule: as rows of a page, a search for whom to add, and what one customer's page says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from purring.doors.desk.desk import Desk
from purring.doors.desk.step_line import step_line
from purring.doors.desk.steps import in_words
from purring.facts.customers.models import Customer, Group
from purring.facts.invoices.models import Invoice
from purring.followup.models import Assignment, Schedule
from purring.kit.together import Question, together

SHOWN = 20


class Found(NamedTuple):
    """Somebody who may be added: what it is, its id, and what follows now."""

    what: str
    key: int
    name: str
    note: str


def listed(rows: Sequence[Assignment]) -> list[dict[str, Any]]:
    """Each with its name, where it leads, and what it is."""
    shown = []
    for row in rows:
        if row.group:
            members = gettext("group")
            shown.append({"what": "group", "key": row.group_id, "name": row.group.name, "note": members, "to": ""})
        elif row.customer:
            to = reverse("desk:customer", args=[row.customer_id])
            shown.append(
                {
                    "what": "customer",
                    "key": row.customer_id,
                    "name": row.customer.name,
                    "note": row.customer.ref,
                    "to": to,
                }
            )
        elif row.invoice:
            to = reverse("desk:invoice", args=[row.invoice_id])
            note = row.invoice.customer.name
            shown.append({"what": "invoice", "key": row.invoice_id, "name": row.invoice.number, "note": note, "to": to})
    return shown


def found(desk: Desk, schedule: Schedule, wanted: str) -> list[Found]:
    """Customers and open invoices whose name or number begins with the words; one more than is shown."""
    org = desk.organization
    own = Assignment.objects.of(org).filter(schedule=schedule)
    customers = Customer.objects.of(org).filter(Q(name__istartswith=wanted) | Q(ref__istartswith=wanted))
    invoices = Invoice.objects.of(org).filter(settled_on=None, number__istartswith=wanted)
    people, bills = together(
        Question(
            customers.exclude(pk__in=own.exclude(customer=None).values("customer_id")).order_by("name", "id")[
                : SHOWN + 1
            ],
            "id",
            "name",
            "ref",
        ),
        Question(
            invoices.exclude(pk__in=own.exclude(invoice=None).values("invoice_id")).order_by("number", "id")[
                : SHOWN + 1
            ],
            "id",
            "number",
            "customer__name",
        ),
    )
    made = [Found("customer", key, name, ref) for key, name, ref in people]
    return made + [Found("invoice", key, number, name) for key, number, name in bills]


def groups_of(desk: Desk, schedule: Schedule) -> list[dict[str, Any]]:
    """Groups that do not follow it, with what they follow."""
    own = Assignment.objects.of(desk.organization).exclude(group=None)
    rows = Group.objects.of(desk.organization).exclude(pk__in=own.filter(schedule=schedule).values("group_id"))
    others = dict(own.exclude(schedule=schedule).values_list("group_id", "schedule__name"))
    made = []
    for group in rows.annotate(members=Count("customers")).order_by("name"):
        members: int = group.members
        note = ngettext("%(count)s customer", "%(count)s customers", members) % {"count": members}
        if group.pk in others:
            note = gettext("%(note)s, now “%(schedule)s”") % {"note": note, "schedule": others[group.pk]}
        made.append({"key": group.pk, "name": group.name, "note": note})
    return made


def schedule_of(desk: Desk, customer: Customer) -> dict[str, Any]:
    """For a customer's page (`desk/parts/schedule_of.html`): the schedule they follow, and why this one. One statement."""
    org = desk.organization
    assigned = Assignment.objects.of(org).filter(Q(customer=customer) | Q(group=customer.group_id, group__isnull=False))
    bills = Assignment.objects.of(org).filter(invoice__customer=customer, invoice__settled_on=None)
    chosen, usual, invoices, schedules = together(
        Question(assigned, "customer_id", "schedule_id"),
        Question(Schedule.objects.of(org).filter(is_default=True), "id"),
        Question(bills.order_by("invoice__number")[:SHOWN], "invoice_id", "invoice__number", "schedule__name"),
        Question(Schedule.objects.of(org).filter(Q(is_default=True) | Q(pk__in=assigned.values("schedule_id")))),
    )
    by_id = {row.pk: row for row in schedules}
    own = next((key for person, key in chosen if person), None)
    group = next((key for person, key in chosen if not person), None)
    followed = by_id.get(own or group or (usual[0][0] if usual else 0))
    if own:
        why = gettext("chosen for this customer")
    elif group:
        why = gettext("chosen for their group")
    else:
        why = gettext("the usual one")
    return {
        "schedule": followed,
        "why": why,
        "steps": in_words(followed) if followed else [],
        "line": step_line(followed.steps) if followed else "",
        "invoices": [{"id": key, "number": number, "schedule": name} for key, number, name in invoices],
    }
