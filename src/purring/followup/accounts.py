# SPDX-License-Identifier: AGPL-3.0-or-later
"""From rows to the facts the decision takes: whole batches of customers in a fixed number of queries."""

from __future__ import annotations

import calendar as months
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from purring.core.answers import Decision
from purring.core.calendar import Calendar, working_days
from purring.core.decide import decide
from purring.core.facts import Account, Counted, Hold, Instalment, Invoice, Plan, Promise, Reach
from purring.core.schedule import Schedule
from purring.facts.organizations.actions import data_stale_until
from purring.facts.organizations.models import Organization
from purring.followup import preflight
from purring.followup.account_rows import AccountRows, CustomerFacts, OpenInvoice, Rows
from purring.followup.closed import times, with_closed
from purring.followup.governing import Laws
from purring.followup.models import Task
from purring.followup.schedules import Followed
from purring.law.account import AccountLaw


class Loaded(NamedTuple):
    """One account ready to be decided, with the keys to find its rows again."""

    customer: CustomerFacts
    account: Account
    schedule: Schedule
    law: AccountLaw
    calendar: Calendar
    """Of the customer's country, with our own closed days in it."""
    invoice_ids: dict[str, int]
    """By number, which is the invoice's ref in the account."""
    instalment_ids: dict[tuple[str, int], int]
    """By plan ref and instalment number."""
    occurrences: dict[tuple[int | None, int, int, str], int]
    """(instalment, invoice, generation, stage) -> how often it was recorded before, bounced ones included."""

    def decide(self, today: date, **changed: Any) -> Decision:
        """Decide, with some facts of the account replaced if need be."""
        account = self.account._replace(**changed) if changed else self.account
        return decide(account, self.schedule, self.law, self.calendar, today)


def load_accounts(
    organization: Organization,
    customer_ids: Iterable[int],
    today: date,
    followed: Followed | None = None,
    *,
    few: bool | None = None,
) -> dict[int, Loaded]:
    """The accounts of these customers on a day, by customer id. `few`: as a page asks, all in a few statements; None: as
    their number suggests."""
    followed = followed or Followed(organization)
    rows = AccountRows(organization.pk, customer_ids, few=few)
    reach = _Reach(rows)
    laws = Laws(organization, rows.customers, today)
    closed = times(organization)
    stale = data_stale_until(organization, today)
    stale_raised = (
        stale
        and Task.objects.of(organization).filter(code="data_stale", subject=str(organization.data_checked_on)).exists()
    )

    doubtful = {entity: preflight.doubtful_account(accounts) for entity, accounts in rows.accounts.items()}
    loaded = {}
    for customer in rows.customers:
        invoices = rows.invoices.get(customer.id, ())
        numbers = {row.id: row.number for row in invoices}
        reached = reach.of(customer)
        problems = preflight.problems(
            invoices,
            po_required=customer.po_required,
            vat_id=customer.vat_id,
            email=reached["email"].to or "",
            doubtful=doubtful,
        )
        own_holds = rows.holds.get(customer.id, ())
        schedule = followed.of_customer(customer.id, customer.group_id)
        known = frozenset(
            (code, subject)
            for code, subject, done_at in rows.tasks.get(customer.id, ())
            if code != "no_address" or not done_at
        )
        account = Account(
            customer=customer.ref,
            invoices=tuple(
                Invoice(
                    row.number,
                    row.issued,
                    row.due,
                    row.currency,
                    row.balance,
                    row.known_on,
                    tuple(
                        Counted(item.stage, item.on)
                        for item in rows.items.get(row.id, ())
                        if item.instalment_id is None and item.gone and item.generation == row.generation
                    ),
                    row.generation,
                    rows.disputed.get(row.id, 0),
                    row.id in rows.pending or customer.id in rows.pending.get(None, ()),
                    pay_run_day(row.due, customer.pay_run_days) if customer.pay_run_days else None,
                    problems.get(row.id),
                    followed.of_invoice(row.id),
                )
                for row in invoices
            ),
            reach=reached,
            promises=_promises(rows, customer.id, numbers, schedule.grace_days),
            holds=tuple(
                Hold(numbers[invoice_id] if invoice_id else None, until)
                for invoice_id, until, exclusion in own_holds
                if not exclusion and (invoice_id is None or invoice_id in numbers)
            ),
            plans=tuple(
                _core_plan(rows, key, since, numbers)
                for key, since in rows.plans.get(customer.id, ())
                if any(invoice_id in numbers for (invoice_id,) in rows.in_plans.get(key, ()))
            ),
            credit=rows.credits.get(customer.id, {}),
            last_contact_on=rows.last_contact.get(customer.id),
            excluded=any(exclusion for _, _, exclusion in own_holds),
            awaiting_our_answer=customer.id in rows.unanswered,
            preferred_channel=customer.preferred_channel or None,
            data_stale_until=stale,
            raised=known | {("data_stale", "")} if stale_raised else known,
        )
        loaded[customer.id] = Loaded(
            customer,
            account,
            schedule,
            laws.of(customer, account),
            with_closed(working_days(customer.country), closed),
            {number: key for key, number in numbers.items()},
            {
                (plan_ref(key), number): instalment_id
                for key, _ in rows.plans.get(customer.id, ())
                for number, (instalment_id, _, _) in enumerate(rows.instalments.get(key, ()))
            },
            _occurrences(invoices, rows.items),
        )
    return loaded


def _occurrences(rows: Sequence[OpenInvoice], items: Rows) -> dict[tuple[int | None, int, int, str], int]:
    counts: dict[tuple[int | None, int, int, str], int] = {}
    for row in rows:
        for item in items.get(row.id, ()):
            generation = item.generation if item.instalment_id is None else 0
            key = (item.instalment_id, item.invoice_id, generation, item.stage)
            counts[key] = counts.get(key, 0) + 1
    return counts


class _Reach:
    """Working addresses per channel for a batch of customers."""

    def __init__(self, rows: AccountRows) -> None:
        self.contacts, self.spoiled = rows.contacts, rows.spoiled

    def of(self, customer: CustomerFacts) -> dict[str, Reach]:
        contacts = self.contacts.get(customer.id, ())
        place = " ".join(part for part in (customer.postcode, customer.city) if part)
        letter = ", ".join([*customer.address_lines.splitlines(), place] if customer.address_lines and place else ())
        return {
            "email": self._first(customer.id, [email for email, _ in contacts if email]),
            "sms": self._first(customer.id, [phone for _, phone in contacts if phone]),
            "letter": self._first(customer.id, [letter] if letter else []),
        }

    def _first(self, customer_id: int, addresses: list[str]) -> Reach:
        for address in addresses:
            if not self.spoiled or (customer_id, address) not in self.spoiled:
                return Reach(address)
        return Reach(None, spoiled=bool(addresses))


def plan_ref(key: int) -> str:
    """A plan's ref in the account."""
    return f"plan{key}"


def _core_plan(rows: AccountRows, key: int, since: date, numbers: dict[int, str]) -> Plan:
    counted: dict[int, dict[tuple[str, date], None]] = defaultdict(dict)
    invoice_ids = [invoice_id for (invoice_id,) in rows.in_plans[key]]
    for invoice_id in invoice_ids:
        for item in rows.items.get(invoice_id, ()):
            if item.instalment_id and item.gone:
                counted[item.instalment_id][item.stage, item.on] = None
    return Plan(
        plan_ref(key),
        since,
        tuple(numbers[invoice_id] for invoice_id in invoice_ids if invoice_id in numbers),
        tuple(
            Instalment(due, amount, tuple(Counted(*pair) for pair in sorted(counted[own], key=lambda pair: pair[1])))
            for own, due, amount in rows.instalments.get(key, ())
        ),
    )


def _promises(rows: AccountRows, customer_id: int, numbers: dict[int, str], grace_days: int) -> tuple[Promise, ...]:
    made = []
    grace = timedelta(grace_days)
    for key, said_on, pay_on, amount in rows.promises.get(customer_id, ()):
        covered = [invoice_id for (invoice_id,) in rows.promised.get(key, ())]
        refs = frozenset(numbers[invoice_id] for invoice_id in covered if invoice_id in numbers)
        if refs:
            received = sum(
                paid
                for invoice_id in covered
                for on, paid in rows.received.get(invoice_id, ())
                if said_on <= on <= pay_on + grace
            )
            made.append(Promise(said_on, pay_on, refs, amount, received))
    return tuple(made)


def pay_run_day(due: date, days_of_month: Sequence[int]) -> date:
    """The first pay run on or after the due date; a day a month does not have is its last."""
    for ahead in range(3):
        index = due.year * 12 + due.month - 1 + ahead
        year, month = divmod(index, 12)
        last = months.monthrange(year, month + 1)[1]
        for day in sorted({min(day, last) for day in days_of_month}):
            candidate = date(year, month + 1, day)
            if candidate >= due:
                return candidate
    return due
