# SPDX-License-Identifier: AGPL-3.0-or-later
"""Payments as the desk shows them: what each is set against, where it came from, and what of all that needs a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk
from purring.doors.desk.fields import read_amount
from purring.doors.desk.sayings import SOURCES, label
from purring.facts.checkout.models import Discrepancy, Notice, ProviderAccount
from purring.facts.invoices.models import Invoice
from purring.facts.payments.models import Allocation, ChargeAllocation, Credit, Payment, Reversal
from purring.facts.refunds.actions import may_confirm
from purring.facts.refunds.models import UNDER_WAY, RefundRequest, RefundState
from purring.plugins.payment.registry import plugins

SHOWS: dict[str, Lazy | str] = {
    "all": _("Came in"),
    "open": _("To allocate"),
    "pending": _("On its way"),
    "returned": _("Went back"),
    "failed": _("Did not come"),
}
NEEDS = "needs"
MOST_NEEDS = 50


class Given(NamedTuple):
    """What of a payment an invoice and the charges beside it have."""

    invoice: Invoice
    amount: int
    charges: int

    @property
    def whole(self) -> int:
        return self.amount + self.charges


@dataclass
class Shown:
    """A payment with all that happened to it."""

    payment: Payment
    source: str
    given: list[Given] = field(default_factory=list)
    reversals: list[Reversal] = field(default_factory=list)
    rows: int = 0
    """How many rows say what became of it: together with its refunds a mark of how it stood when a page was made."""

    @property
    def returned(self) -> int:
        return sum(one.amount for one in self.reversals)

    @property
    def left(self) -> int:
        """On account: neither set against anything nor gone back."""
        if not self.payment.settled_on:
            return 0
        return self.payment.amount - self.returned - sum(one.whole for one in self.given)

    @property
    def pending(self) -> bool:
        return self.payment.settled_on is None and self.payment.failed_on is None


def rows_of(desk: Desk, show: str, wanted: str) -> QuerySet[Payment]:
    """The payments of a filter and a search, to be paged by falling id."""
    rows = Payment.objects.of(desk.organization).select_related("customer")
    if show == "open":
        with_credit = Credit.objects.of(desk.organization).filter(amount__gt=0).values("customer_id")
        rows = rows.filter(customer_id__in=with_credit, settled_on__isnull=False).filter(amount__gt=_used(desk))
    elif show == "pending":
        rows = rows.filter(settled_on=None, failed_on=None)
    elif show == "returned":
        rows = rows.filter(pk__in=Reversal.objects.of(desk.organization).values("payment_id"))
    elif show == "failed":
        rows = rows.filter(failed_on__isnull=False)
    return rows.filter(_search(desk, wanted)) if wanted else rows


def _used(desk: Desk) -> Any:
    """What a payment has given and what went back of it."""
    used: Any = 0
    tables: tuple[QuerySet[Any], ...] = (
        Allocation.objects.of(desk.organization),
        ChargeAllocation.objects.of(desk.organization),
        Reversal.objects.of(desk.organization),
    )
    for table in tables:
        own = table.filter(payment=OuterRef("pk")).order_by()
        used = used + Coalesce(Subquery(own.values("payment").annotate(sum=Sum("amount")).values("sum")), 0)
    return used


def _search(desk: Desk, wanted: str) -> Q:
    """By customer, number of an invoice it is for, reference, note, or the exact amount."""
    found = Q(customer__name__icontains=wanted) | Q(customer__ref=wanted) | Q(note__icontains=wanted)
    numbered = Invoice.objects.of(desk.organization).filter(number=wanted)
    given = Allocation.objects.of(desk.organization).filter(invoice__in=numbered)
    found |= Q(external_ref=wanted) | Q(invoice__in=numbered) | Q(pk__in=given.values("payment_id"))
    with suppress(Refused):
        found |= Q(amount=read_amount(wanted, desk.organization.currency, desk.organization))
    return found


def shown(desk: Desk, payments: Sequence[Payment], accounts: Mapping[str, str]) -> list[Shown]:
    """Payments with what became of them: three queries, however many. `accounts`: see `sources`."""
    made = {one.pk: Shown(one, source_of(one, accounts)) for one in payments}
    sums: dict[int, dict[Invoice, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    tables: tuple[QuerySet[Any], ...] = (
        Allocation.objects.of(desk.organization),
        ChargeAllocation.objects.of(desk.organization),
    )
    for at, table in enumerate(tables):
        rows = table.filter(payment_id__in=list(made))
        for row in rows.select_related("invoice").order_by("id"):
            sums[row.payment_id][row.invoice][at] += row.amount
            made[row.payment_id].rows += 1
    for key, by_invoice in sums.items():
        made[key].given = [Given(invoice, *parts) for invoice, parts in by_invoice.items() if any(parts)]
    for back in Reversal.objects.of(desk.organization).filter(payment_id__in=list(made)).order_by("id"):
        made[back.payment_id].reversals.append(back)
        made[back.payment_id].rows += 1
    return list(made.values())


def sources(desk: Desk) -> dict[str, str]:
    """What the organization calls each of its accounts at providers, by the source of their payments."""
    rows = ProviderAccount.objects.of(desk.organization).order_by("id")
    return {f"{one.provider}:{one.pk}": title_of(one) for one in rows.only("id", "provider", "title")}


def title_of(account: ProviderAccount) -> str:
    """The account as a person calls it."""
    known = plugins().get(account.provider)
    name = known.TITLE if known else account.provider
    return f"{name}: {account.title}" if account.title else name


def source_of(payment: Payment, accounts: Mapping[str, str]) -> str:
    return accounts.get(payment.source) or label(SOURCES, payment.source)


class Total(NamedTuple):
    """A sum in a currency."""

    amount: int
    currency: str


def on_account(desk: Desk) -> list[Total]:
    rows = Credit.objects.of(desk.organization).filter(amount__gt=0).order_by()
    sums = rows.values_list("currency").annotate(sum=Sum("amount")).order_by("-sum")
    return [Total(amount, currency) for currency, amount in sums]


def on_its_way(desk: Desk) -> list[Total]:
    rows = Payment.objects.of(desk.organization).filter(settled_on=None, failed_on=None).order_by()
    sums = rows.values_list("currency").annotate(sum=Sum("amount")).order_by("-sum")
    return [Total(amount, currency) for currency, amount in sums]


# -- what needs a person


REFUND_WAITS = Q(state__in=(RefundState.ASKED, RefundState.FAILED)) | Q(state=RefundState.CONFIRMED, by_hand=True)
"""Somebody has to decide about it, to pay it by hand, or to look into it."""


def refunds_waiting(desk: Desk) -> QuerySet[RefundRequest]:
    """Refunds that wait for a person."""
    rows = RefundRequest.objects.of(desk.organization).filter(REFUND_WAITS)
    return rows.select_related("payment__customer", "asked_by").order_by("id")


def discrepancies(desk: Desk) -> QuerySet[Discrepancy]:
    rows = Discrepancy.objects.of(desk.organization).filter(settled_at=None)
    return rows.select_related("account", "customer", "payment", "attempt").order_by("noticed_at", "id")


def troubled_notices(desk: Desk) -> QuerySet[Notice]:
    """Notices whose truth could not be asked for; they are tried again by themselves."""
    rows = Notice.objects.of(desk.organization).filter(look_at__isnull=False).exclude(error="")
    return rows.select_related("account").defer("body").order_by("look_at", "id")


def needs_count(desk: Desk) -> int:
    """How many things about money wait for a person."""
    return refunds_waiting(desk).count() + discrepancies(desk).count()


class Waiting(NamedTuple):
    """A refund and what this person may do about it."""

    refund: RefundRequest
    may_confirm: bool
    why_not: str


def waiting(desk: Desk, refunds: Sequence[RefundRequest]) -> list[Waiting]:
    made = []
    for one in refunds:
        asked = one.state == RefundState.ASKED
        allowed = asked and desk.may_book and may_confirm(one, desk.user)
        why_not = (
            gettext("You asked for it, so another person says yes.") if asked and not allowed and desk.may_book else ""
        )
        made.append(Waiting(one, allowed, why_not))
    return made


def spoken_for(refunds: Sequence[RefundRequest]) -> int:
    """What refunds that are under way will take."""
    return sum(one.amount for one in refunds if one.state in UNDER_WAY)
