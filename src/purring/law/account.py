# SPDX-License-Identifier: Apache-2.0
"""The law as the decision and the rehearsal ask for it: one object per customer and day.

`AccountLaw` implements `purring.core.lawful.ChargingLaw`, `LawFinder` its `LawOf`. Countries without law data forbid
nothing and grant nothing: then only the principal is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from purring.core.calendar import ONE_DAY
from purring.core.errors import Refused
from purring.core.facts import Account
from purring.core.lawful import Charge, Debt
from purring.core.scenario import Customer, Organization
from purring.core.schedule import RANK, Schedule
from purring.law import book as law_book
from purring.law.book import ALIASES, LawBook, countries
from purring.law.charges import late_charges
from purring.law.claim import Claim
from purring.law.model import Hours, Kind
from purring.law.rates import CONFIDENCES
from purring.law.steps import FIRM_STAGES, Contacted, Step, check_step, hours_for


class AccountLaw:
    """The law between a creditor and one customer, on the facts of one day.

    `creditor`, `debtor`: country codes; `kind`: of the customer. `account` tells when each invoice was first
    reminded of; `contacts` is every contact so far (day, channel), oldest first. `least` is the confidence from which
    on something is asked: below `high` only when the business said so.
    """

    def __init__(
        self,
        creditor: str,
        debtor: str,
        kind: str,
        account: Account | None = None,
        contacts: Sequence[tuple[date, str]] = (),
        book: LawBook | None = None,
        least: str = "high",
    ) -> None:
        self.creditor = ALIASES.get(creditor, creditor)
        self.debtor = ALIASES.get(debtor, debtor)
        self.customer_kind = kind
        self.account = account
        self.contacts = contacts
        self.book = book or law_book.book()
        self._doubt = CONFIDENCES.index(least)
        known = self.debtor in countries()
        self._both_known = known and self.creditor in countries()
        rules: Kind | None = self.book.kind(self.debtor, kind) if known else None
        self._rules = rules if rules and (rules.pause or rules.contact.binding) else None
        """None when nothing in this law can forbid a message or call."""

    def forbids(self, stage: str, channel: str, today: date, counted_on: date | None) -> str | None:
        """The rule that forbids this contact today, or None. `counted_on`: the day the last stage went out."""
        if self._rules is None:
            return None
        step = Step(
            country=self.debtor,
            kind=self.customer_kind,
            stage=stage,
            channel=channel,
            on=today,
            due=today - ONE_DAY if RANK[stage] >= RANK["friendly"] else None,  # these stages come after the due date
            earlier=[Contacted(on, by) for on, by in self.contacts],
            past_due=self._first_reminder(counted_on),
        )
        verdict = check_step(step, self.book)
        return None if verdict.allowed else f"{verdict.why} ({verdict.rule})"

    def _first_reminder(self, counted_on: date | None) -> list[date]:
        """When the ladder whose last stage went out on that day was first reminded of; the latest of several."""
        account = self.account
        if account is None or counted_on is None:
            return [counted_on] if counted_on else []
        ladders = [invoice.counted for invoice in account.invoices]
        ladders += [one.counted for plan in account.plans for one in plan.instalments]
        firsts = [
            min((one.on for one in ladder if RANK[one.stage] >= RANK["friendly"]), default=counted_on)
            for ladder in ladders
            if ladder and ladder[-1].on == counted_on
        ]
        return [max(firsts, default=counted_on)]

    def hours(self, channel: str, day: date) -> Hours | None:
        """Within which hours this law lets the customer be called or texted on a day; None when it does not say."""
        return hours_for(self._rules, channel, day) if self._rules else None

    @property
    def counts_contacts(self) -> bool:
        """True when earlier contacts can make this law forbid a further one."""
        contact = self._rules.contact if self._rules else None
        return bool(contact and contact.binding and (contact.most_in_7_days or contact.most_in_30_days))

    def charges_of_each(self, debts: Sequence[Debt], today: date) -> list[tuple[Charge, ...]]:
        """What a firm message of today may ask beside each principal: only what is sure enough.

        One letter carries one fee, however many invoices it asks for; it stands beside the invoice that was asked
        for with most letters. Nothing is asked where a rate is not known.
        """
        each: list[tuple[Charge, ...]] = [() for _ in debts]
        if not self._both_known:
            return each
        fees: list[Charge] = []
        place = 0
        for at, debt in enumerate(debts):
            try:
                found = late_charges(self.claim(debt, today), self.book)
            except Refused as refused:
                if refused.code in ("rate_unknown", "bad_date"):
                    continue
                raise
            each[at] = tuple(
                Charge(kind, item.amount, debt.currency, item.rule, item.confidence)
                for kind, item in (("interest", found.interest), ("compensation", found.compensation))
                if item.amount and self._sure(item.confidence)
            )
            asked = [fee for fee in found.fees if self._sure(fee.confidence) and fee.earliest_on <= today]
            asked = asked[debt.fees_elsewhere :]
            if len(asked) > len(fees):
                fees = [Charge("fee", fee.amount, debt.currency, fee.rule, fee.confidence) for fee in asked]
                place = at
        if fees:
            each[place] += tuple(fees)
        return each

    def charge_name(self, charge: str, language: str) -> str:
        """What a charge is called where the customer is, in a language; empty when the data has no name."""
        return self.book.charge_name(self.debtor, self.customer_kind, charge, language)

    def _sure(self, confidence: str) -> bool:
        return CONFIDENCES.index(confidence) <= self._doubt

    def claim(self, debt: Debt, today: date) -> Claim:
        """The debt as a claim of the creditor on this customer, on a day."""
        return Claim(
            amount=debt.amount,
            currency=debt.currency,
            due=debt.due,
            on=today,
            kind=self.customer_kind,
            creditor=self.creditor,
            debtor=self.debtor,
            issued=debt.issued,
            reminders=debt.reminders,
            paid=debt.paid,
        )

    def unlawful_steps(self, schedule: Schedule) -> list[tuple[str, str]]:
        """Steps that cannot be lawful as the schedule has them: (stage, why)."""
        pause = self._rules.pause if self._rules else None
        if pause is None or not schedule.overdue:
            return []
        first = schedule.overdue[0]
        found = []
        for step in schedule.overdue:
            if step.stage not in FIRM_STAGES:
                continue
            if step is first:
                found.append((step.stage, f"a free first reminder has to come before it ({pause.basis.named})"))
            elif step.days - first.days < pause.days:
                why = f"{step.days - first.days} days after the first reminder are fewer than {pause.days}"
                found.append((step.stage, f"{why} ({pause.basis.named})"))
        return found


class LawFinder:
    """Finds the law between a business and its customers, with one law book."""

    def __init__(self, book: LawBook | None = None) -> None:
        self.book = book or law_book.book()

    def __call__(
        self,
        organization: Organization,
        customer: Customer,
        account: Account | None,
        contacts: Sequence[tuple[date, str]],
    ) -> AccountLaw:
        return AccountLaw(organization.country, customer.country, customer.kind, account, contacts, self.book)
