# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which law stands between the business and each customer, and what that law must know of earlier contacts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

from purring.core.facts import Account
from purring.facts.charges.accruing import Creditors, law_book
from purring.facts.messages.models import Conversation
from purring.facts.organizations.models import Organization
from purring.followup.models import GONE, Reminder, State
from purring.law.account import AccountLaw

SPOKEN = (*GONE, State.BOUNCED)
"""States of reminders that used up the contact budget of their day."""
COUNTED_DAYS = 30
"""The longest time in which a law counts contacts."""


class Debtor(Protocol):
    """What of a customer decides which law it is."""

    @property
    def id(self) -> int: ...
    @property
    def country(self) -> str: ...
    @property
    def kind(self) -> str: ...


class Laws:
    """The laws between an organization and a batch of its customers. Earlier contacts are loaded only where they can
    forbid a further one."""

    def __init__(self, organization: Organization, customers: Sequence[Debtor], today: date) -> None:
        self.book = law_book()
        self.creditor = Creditors(organization).usual
        counts: dict[tuple[str, str], bool] = {}
        counted = []
        for customer in customers:
            kind = (customer.country, customer.kind)
            if kind not in counts:
                counts[kind] = AccountLaw(self.creditor, *kind, book=self.book).counts_contacts
            if counts[kind]:
                counted.append(customer.id)
        self._contacts = _contacts(organization.pk, counted, today) if counted else {}

    def of(self, customer: Debtor, account: Account) -> AccountLaw:
        """The law of one customer, on the facts of the account."""
        contacts = self._contacts.get(customer.id, ())
        return AccountLaw(self.creditor, customer.country, customer.kind, account, contacts, self.book)


def _contacts(org: int, ids: Sequence[int], today: date) -> dict[int, list[tuple[date, str]]]:
    """(day, channel) of every contact of these weeks, oldest first; what the staff said counts as a call."""
    since = today - timedelta(COUNTED_DAYS)
    said: dict[int, list[tuple[date, str]]] = defaultdict(list)
    reminders = Reminder.objects.of(org).filter(customer_id__any_of=ids, on__gt=since, state__in=SPOKEN, payment=None)
    for customer_id, on, channel in reminders.values_list("customer_id", "on", "channel"):
        said[customer_id].append((on, channel))
    spoken = Conversation.objects.of(org).filter(customer_id__any_of=ids, on__gt=since)
    for customer_id, on in spoken.values_list("customer_id", "on"):
        said[customer_id].append((on, "phone"))
    for contacts in said.values():
        contacts.sort()
    return said
