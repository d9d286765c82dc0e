# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one does with a list as a whole: keep it under a name, take it along as a file, do one act to many of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.core.money import to_text
from purring.doors.desk import customer_list, invoice_list
from purring.doors.desk.desk import Desk, go_on, is_fragment
from purring.doors.desk.exporting import Cell, as_csv, as_xlsx
from purring.doors.desk.fields import fresh_key, sentence
from purring.doors.desk.list_forms import FORMS, BulkForm
from purring.doors.desk.paging import ordered
from purring.doors.desk.permissions import Permission
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.followup.lists.models import Bulk, SavedList
from purring.followup.lists.saving import save as keep
from purring.followup.lists.working import ask, pause, stop, take_back, work
from purring.followup.lists.working import go_on as go_on_with
from purring.insight.ageing import OPEN
from purring.kit.numbers import whole
from purring.kit.tenancy import reach

AT_ONCE = 50
"""Rows done while the person waits; the round goes on with the others."""
PAGES = ("invoices", "customers")
MOST_SHOWN = 8
"""Names of what was chosen, before an act."""


@dataclass(frozen=True)
class Offer:
    """One act on many rows, as the desk offers it."""

    act: str
    page: str
    button: Lazy | str
    icon: str
    permission: Permission
    title: Lazy | str
    text: Lazy | str
    yes: Lazy | str


OFFERS = {
    one.act: one
    for one in (
        Offer("hold", "invoices", _("Hold"), "hold", Permission.FOLLOW_UP, _("Put on hold"),
              _("Nothing is asked for them until then. You can undo it."), _("Hold them")),
        Offer("release", "invoices", _("Release"), "go", Permission.FOLLOW_UP, _("Release the hold"),
              _("They are asked for again, from the next softest step. You can undo it."), _("Release them")),
        Offer("schedule", "invoices", _("Schedule"), "date", Permission.FOLLOW_UP, _("Choose a schedule"),
              _("For these invoices alone, whatever their customers follow. You can undo it."), _("Choose it")),
        Offer("write_off", "invoices", _("Write off"), "close", Permission.BOOK, _("Write off the rest"),
              _("The rest is given up and not asked for any more. You can undo it."), _("Write them off")),
        Offer("group", "customers", _("Group"), "customers", Permission.FOLLOW_UP, _("Put into a group"),
              _("A group may follow a schedule of its own. You can undo it."), _("Move them")),
    )
}  # fmt: skip


def offers(desk: Desk, page: str) -> list[Offer]:
    return [one for one in OFFERS.values() if one.page == page and desk.may(one.permission)]


# --- kept under a name ------------------------------------------------------------------------------------------


def save(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep the list one looks at."""
    page = request.POST.get("page", "")
    if page not in PAGES:
        raise Http404
    query = _query(page, request.POST.get("query", ""))
    for_all = bool(request.POST.get("for_all")) and desk.may_follow_up
    name = request.POST.get("name", "")
    to = f"{reverse(f'desk:{page}')}?{query}" if query else reverse(f"desk:{page}")
    try:
        keep(desk.organization, page, name, query, owner=None if for_all else desk.user)
    except Refused as refused:
        messages.error(request, sentence(refused.message))
    else:
        messages.success(request, gettext("Kept as “%(name)s”.") % {"name": name.strip()})
    return go_on(request, to)


def remove(request: HttpRequest, desk: Desk, list_id: int) -> HttpResponse:
    """One's own list, or one of all."""
    kept = reach(SavedList, desk.organization, pk=list_id)
    if kept.owner_id not in (None, desk.user.pk) or (kept.owner_id is None and not desk.may_follow_up):
        raise Refused("not_found", "there is no such list")
    to = reverse(f"desk:{kept.page}")
    kept.delete()
    messages.success(request, gettext("The list is removed; nothing in it has changed."))
    return go_on(request, to)


def _query(page: str, text: str) -> str:
    """Only what the page itself understands."""
    asked = QueryDict(text[:1000], mutable=True)
    asked.pop("after", None)
    read = invoice_list.read_query if page == "invoices" else customer_list.read_query
    parts = QueryDict(mutable=True)
    parts.update(read(asked.urlencode()).parts)
    return parts.urlencode()


# --- as a file --------------------------------------------------------------------------------------------------


def export_invoices(request: HttpRequest, desk: Desk, kind: str) -> HttpResponseBase:
    """The list as it is filtered, whole, as `csv` or `xlsx`."""
    asked = invoice_list.Filter.of(request.GET)
    head = [
        gettext("Customer number"), gettext("Customer"), gettext("Invoice"), gettext("Issued"), gettext("Due"),
        gettext("Days late"), gettext("Amount"), gettext("Open"), gettext("Currency"), gettext("Paid on"),
        gettext("Their order"), gettext("What it is for"),
    ]  # fmt: skip
    write = as_csv if kind == "csv" else as_xlsx
    return write(f"{gettext('invoices')}-{desk.today.isoformat()}", head, _invoice_cells(desk, asked))


def _invoice_cells(desk: Desk, asked: invoice_list.Filter) -> Iterator[list[Cell]]:
    rows = ordered(invoice_list.rows_of(desk, asked), asked.order).select_related("customer")
    for row in rows.iterator(chunk_size=1000):
        late = (desk.today - row.due).days
        yield [
            row.customer.ref, row.customer.name, row.number, row.issued, row.due,
            late if late > 0 and not row.settled_on else None,
            (to_text(row.amount, row.currency),), (to_text(row.balance, row.currency),), row.currency, row.settled_on,
            row.po_number, row.description,
        ]  # fmt: skip


def export_customers(request: HttpRequest, desk: Desk, kind: str) -> HttpResponseBase:
    """Customers with what they owe, one row for each currency."""
    asked = customer_list.Filter.of(request.GET)
    head = [
        gettext("Customer number"), gettext("Customer"), gettext("Group"), gettext("Language"), gettext("City"),
        gettext("Open"), gettext("Currency"), gettext("Oldest due"),
    ]  # fmt: skip
    write = as_csv if kind == "csv" else as_xlsx
    return write(f"{gettext('customers')}-{desk.today.isoformat()}", head, _customer_cells(desk, asked))


def _customer_cells(desk: Desk, asked: customer_list.Filter) -> Iterator[list[Cell]]:
    rows = ordered(customer_list.rows_of(desk, asked), asked.order).select_related("group")
    some: list[Customer] = []
    for row in rows.iterator(chunk_size=500):
        some.append(row)
        if len(some) == 500:
            yield from _owing_cells(desk, some)
            some = []
    yield from _owing_cells(desk, some)


def _owing_cells(desk: Desk, customers: list[Customer]) -> Iterator[list[Cell]]:
    owed = customer_list.owed_by(desk, [row.pk for row in customers])
    for row in customers:
        who: list[Cell] = [row.ref, row.name, row.group.name if row.group else "", row.language, row.city]
        if not owed[row.pk]:
            yield [*who, None, None, None]
        for one in owed[row.pk]:
            yield [*who, (to_text(one["open"], one["currency"]),), one["currency"], one["since"]]


# --- one act on many --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """Rows chosen one by one, or all that fit a filter. `query` and `ids` are as the address has them."""

    rows: QuerySet[Any]
    ids: list[int]
    query: str
    all: bool

    @classmethod
    def of(cls, desk: Desk, offer: Offer, asked: QueryDict) -> Chosen:
        everything = bool(asked.get("all"))
        query = _query(offer.page, asked.get("query", ""))
        ids = [key for one in asked.getlist("ids")[:500] if (key := whole(one)) is not None]
        rows: QuerySet[Any]
        if offer.page == "customers":
            rows = Customer.objects.of(desk.organization)
            if everything:
                rows = customer_list.rows_of(desk, customer_list.read_query(query))
        else:
            rows = Invoice.objects.of(desk.organization)
            if everything:
                rows = invoice_list.rows_of(desk, invoice_list.read_query(query))
            rows = rows.filter(settled_on=None)
        return cls(rows if everything else rows.filter(pk__in=ids), ids, query, everything)


def bulk(request: HttpRequest, desk: Desk, page: str) -> HttpResponse:
    """GET says what it would be done to, how many and how much; POST does it."""
    told = request.POST if request.method == "POST" else request.GET
    offer = OFFERS.get(told.get("act", ""))
    back = reverse(f"desk:{page}")
    if offer is None or offer.page != page:
        return go_on(request, back)
    if not desk.may(offer.permission):
        return render(request, "desk/forbidden.html", {"desk": desk}, status=403)
    chosen = Chosen.of(desk, offer, told)
    back = f"{back}?{chosen.query}" if chosen.query else back
    count, sums = _counted(offer, chosen)
    if not count:
        messages.warning(request, gettext("Choose at least one row that is still open."))
        return go_on(request, back)
    kind = FORMS[offer.act]
    if request.method == "POST":
        form = kind(request.POST, desk=desk)
        if known := Bulk.objects.of(desk.organization).filter(key=request.POST.get("key", "-")).first():
            return go_on(request, reverse("desk:bulk", args=[known.pk]))
        if form.is_valid():
            if form.cleaned_data["count"] == count:
                return _begin(request, desk, offer, chosen, form)
            form = kind({**request.POST.dict(), "count": count}, desk=desk)
            form.is_valid()
            form.add_error(None, gettext("Meanwhile the list has changed: look at the number once more."))
    else:
        form = kind(desk=desk, initial={"count": count})
    context = {
        "here": page, "offer": offer, "form": form, "chosen": chosen, "count": count, "sums": sums, "back": back,
        "some": list(chosen.rows.order_by("pk")[:MOST_SHOWN]), "others": max(0, count - MOST_SHOWN), "page": page,
    }  # fmt: skip
    return render(request, "desk/bulk_ask.html", context, status=422 if request.method == "POST" else 200)


def _counted(offer: Offer, chosen: Chosen) -> tuple[int, list[dict[str, Any]]]:
    if offer.page == "customers":
        return chosen.rows.count(), []
    rows = chosen.rows.order_by().values("currency").annotate(count=Count("id"), open=Sum(OPEN)).order_by("currency")
    sums = [dict(row) for row in rows]
    return sum(row["count"] for row in sums), sums


def _begin(request: HttpRequest, desk: Desk, offer: Offer, chosen: Chosen, form: BulkForm) -> HttpResponse:
    order = "pk" if offer.page == "customers" else "customer_id"
    ids = list(chosen.rows.order_by(order, "pk").values_list("pk", flat=True).distinct())
    try:
        made = ask(
            desk.organization, offer.act, ids, {**form.arguments(), "query": chosen.query},
            key=form.cleaned_data["key"], user=desk.user, now=desk.now,
        )  # fmt: skip
    except Refused as refused:
        messages.error(request, sentence(refused.message))
        return go_on(request, reverse(f"desk:{offer.page}"))
    work(made, desk.now, AT_ONCE)
    return go_on(request, reverse("desk:bulk", args=[made.pk]))


def bulk_one(request: HttpRequest, desk: Desk, bulk_id: int) -> HttpResponse:
    """How far it is, what was refused and why, and the way back; a POST lets it wait, go on or end."""
    made = reach(Bulk, desk.organization, "undoes", "undone_by", "by", pk=bulk_id)
    offer = OFFERS[made.act]
    if request.method == "POST":
        if not desk.may(offer.permission):
            return render(request, "desk/forbidden.html", {"desk": desk}, status=403)
        what = request.POST.get("do", "")
        told: dict[str, Any] = {"now": desk.now, "actor": desk.actor}
        if what == "pause":
            pause(made, **told)
        elif what == "stop":
            stop(made, **told)
        elif what == "go-on" and go_on_with(made, **told):
            work(made, desk.now, AT_ONCE)
        return go_on(request, reverse("desk:bulk", args=[made.pk]))
    query = (made.undoes or made).arguments.get("query", "")
    back = f"{reverse(f'desk:{offer.page}')}?{query}" if query else reverse(f"desk:{offer.page}")
    total, same = len(made.ids), made.done - made.changed - len(made.refused)
    context = {
        "here": offer.page, "bulk": made, "offer": offer, "total": total, "back": back, "same": same,
        "said": _said(made), "refused": _refused(desk, offer, made), "key": fresh_key(),
        "may_turn": desk.may(offer.permission),
        "may_undo": bool(made.ended_at and made.changed and not made.undoes_id and not hasattr(made, "undone_by"))
        and desk.may(offer.permission),
    }  # fmt: skip
    return render(request, "desk/bulk_state.html" if is_fragment(request) else "desk/bulk.html", context)


def _said(made: Bulk) -> str:
    number = {"number": made.changed}
    if made.undoes_id:
        return ngettext("%(number)d is as it was before.", "%(number)d are as they were before.", made.changed) % number
    if made.act == "group":
        return ngettext("%(number)d customer changed.", "%(number)d customers changed.", made.changed) % number
    return ngettext("%(number)d invoice changed.", "%(number)d invoices changed.", made.changed) % number


def _refused(desk: Desk, offer: Offer, made: Bulk) -> list[dict[str, Any]]:
    ids = [key for key, _ in made.refused[:50]]
    model: Any = Customer if offer.page == "customers" else Invoice
    rows = model.objects.of(desk.organization).in_bulk(ids) if ids else {}
    name = "desk:customer" if offer.page == "customers" else "desk:invoice"
    return [
        {"name": str(rows.get(key, key)), "to": reverse(name, args=[key]), "why": sentence(why)}
        for key, why in made.refused[:50]
    ]


def bulk_undo(request: HttpRequest, desk: Desk, bulk_id: int) -> HttpResponse:
    """The opposite, for every row that was changed."""
    made = reach(Bulk, desk.organization, pk=bulk_id)
    if not desk.may(OFFERS[made.act].permission):
        return render(request, "desk/forbidden.html", {"desk": desk}, status=403)
    try:
        back = take_back(made, key=fresh_key(), user=desk.user, now=desk.now)
    except Refused as refused:
        messages.error(request, sentence(refused.message))
        return go_on(request, reverse("desk:bulk", args=[made.pk]))
    work(back, desk.now, AT_ONCE)
    return go_on(request, reverse("desk:bulk", args=[back.pk]))
