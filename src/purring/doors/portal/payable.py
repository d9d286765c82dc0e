# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be paid from the customer's page, and how: for each currency and each legal entity that is owed, the open
invoices with what is taken off for paying early and the charges asked beside them, and the ways that are offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from purring.core.discounts import Price
from purring.core.errors import Refused
from purring.doors.portal.opening import Visit
from purring.doors.portal.statement import OpenInvoice, Statement
from purring.facts.checkout.accounts import offered
from purring.facts.checkout.models import AttemptPart, AttemptState, ProviderAccount
from purring.facts.checkout.ways import CASH, CHEQUE, MOBILE, PHONE, TRANSFER, Way, accounts_for, offered_ways
from purring.facts.offers.early import prices
from purring.facts.organizations.models import LegalEntity
from purring.facts.payments.models import Payment
from purring.papers.documents.house import labels
from purring.plugins.payment.registry import plugin

_PAPER_KEY = {TRANSFER: "transfer", MOBILE: "mobile", CASH: "cash", CHEQUE: "cheque", PHONE: "phone"}


@dataclass(frozen=True)
class Choice:
    """One way of paying as the customer chooses it: by a provider's account, or by hand."""

    key: str
    """`account-12`, or the kind of a way by hand."""
    title: str
    account: ProviderAccount | None = None
    way: Way | None = None


@dataclass(frozen=True)
class Due:
    """One invoice as it can be paid today. Amounts in minor units."""

    invoice: OpenInvoice
    amount: int
    """Pays the invoice itself: what is open, less what is taken off for paying early."""
    discount: int = 0
    until: date | None = None
    """The last day of the discount."""

    @property
    def pk(self) -> int:
        return self.invoice.pk

    @property
    def charges(self) -> int:
        """What is asked beside it; nothing of what falls away when it is paid in time."""
        return 0 if self.invoice.charges_waived_by else self.invoice.charges_open

    @property
    def asked(self) -> int:
        """All that is to be paid for it now."""
        return self.amount + self.charges


@dataclass(frozen=True)
class Block:
    """What one payment can be for: one currency, one legal entity."""

    currency: str
    entity: LegalEntity
    dues: Sequence[Due]
    """That can be paid now, the oldest first."""
    coming: Sequence[OpenInvoice]
    """Money for these is on its way; they cannot be paid a second time meanwhile."""

    @property
    def total(self) -> int:
        return sum(one.asked for one in self.dues)


def cheaper(found: Visit, owed: Statement) -> dict[int, tuple[Price, ...]]:
    """What paying early takes off each invoice of a statement, by invoice."""
    return prices([row for row in owed.rows if row.balance], found.today, found.customer)


def blocks(found: Visit, owed: Statement, cheaper: Mapping[int, Sequence[Price]]) -> list[Block]:
    """What a statement shows, in the order of the page."""
    if not owed.rows:
        return []
    on_its_way = _on_its_way(found) if found.there.on_its_way else frozenset()
    entities = {one.pk: one for one in owed.all_entities}
    usual = next(iter(entities))
    grouped: dict[tuple[str, int], tuple[list[Due], list[OpenInvoice]]] = {}
    for section in owed.sections:
        for invoice in section.invoices:
            due = _due(invoice, cheaper.get(invoice.pk, ()))
            dues, coming = grouped.setdefault((section.currency, invoice.entity or usual), ([], []))
            if invoice.pk in on_its_way:
                coming.append(invoice)
            elif due.asked:
                dues.append(due)
    return [
        Block(currency, entities[entity], dues, coming)
        for (currency, entity), (dues, coming) in grouped.items()
        if dues or coming
    ]


def _due(invoice: OpenInvoice, offers: Sequence[Price]) -> Due:
    best = max(offers, key=lambda one: one.discount, default=None)
    return Due(invoice, best.amount, best.discount, best.until) if best else Due(invoice, invoice.balance)


def choices(found: Visit, block: Block, amount: int) -> list[Choice]:
    """The ways offered for an amount, the one the customer usually takes first."""
    ways = [
        Choice(f"account-{one.pk}", title, account=one)
        for one in offered(found.organization, block.currency, [block.entity.pk])
        if within(one, block.currency, amount) and (title := title_of(one))
    ]
    has_account = bool(accounts_for(block.entity, block.currency, found.customer.country))
    for way in offered_ways(block.entity):
        if way.kind != TRANSFER or has_account:
            ways.append(Choice(way.kind, way_title(way.kind, found.words.language), way=way))
    preferred = found.customer.preferred_method
    return sorted(ways, key=lambda one: not _fits(one, preferred))


def within(account: ProviderAccount, currency: str, amount: int) -> bool:
    """Whether an amount lies within the account's limits for its currency."""
    least, most = account.limits.get(currency) or (None, None)
    return (least is None or amount >= least) and (most is None or amount <= most)


def title_of(account: ProviderAccount) -> str:
    """What the customer reads; empty for a provider that is not installed any more."""
    try:
        return account.title or plugin(account.provider).TITLE
    except Refused:
        return ""


def way_title(kind: str, language: str) -> str:
    """A way by hand in the reader's language."""
    name = labels(language)[f"method_{_PAPER_KEY[kind]}"]
    return name[:1].upper() + name[1:]


def _fits(choice: Choice, preferred: str) -> bool:
    if not preferred:
        return False
    if choice.account is None:
        return choice.key == preferred
    methods = [str(one).lower() for one in choice.account.methods]
    if preferred == "direct_debit":
        return any("debit" in one for one in methods)
    return preferred in ("card", "online", choice.account.provider) and (not methods or preferred in methods)


def _on_its_way(found: Visit) -> set[int]:
    org = found.organization
    parts = AttemptPart.objects.of(org).filter(attempt__customer=found.customer, attempt__state=AttemptState.PENDING)
    meant = Payment.objects.of(org).filter(
        customer=found.customer, settled_on=None, failed_on=None, invoice__isnull=False
    )
    return set(parts.values_list("invoice_id", flat=True).union(meant.values_list("invoice_id", flat=True)))
