# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a message of today asks beside the principal: from `firm` on, where the schedule says so, what is surely right
(or sure enough for the business), less what was paid of it.

Nothing beside a plan or a disputed invoice, nothing where money went back, nothing a person set aside or waived. The
rehearsal follows the same rules (`purring.core.rehearse`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple, cast

from purring.core.answers import Contact
from purring.core.lawful import Charge, Debt, together
from purring.core.schedule import RANK
from purring.facts.charges.accruing import Creditors
from purring.facts.charges.asked import paid_beside
from purring.facts.charges.debts import Known, known_debts
from purring.facts.charges.models import Choice, Handling
from purring.facts.charges.policy import policy_of
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import Organization
from purring.followup.accounts import Loaded
from purring.language import facts as say
from purring.language import formats
from purring.language.compose import Words
from purring.law.account import AccountLaw
from purring.law.conventions import PART_OF

UNASKED_BY = ("phone", "sms")
"""A call asks for nothing in writing, and a text message has no room to set charges apart from the principal."""


class Asking(NamedTuple):
    """One charge a message asks for beside one invoice."""

    invoice_id: int
    generation: int
    charge: Charge
    waived_by: date | None
    """It falls away when everything is paid by this day."""
    paid_before: int = 0
    """What was paid of it before; the charge is the rest."""
    name: str = ""
    """What it is called where the customer is, in the language of the message; empty: the general name."""


class Charging:
    """The charges of a batch of messages. Loads nothing for customers whose schedules ask for none."""

    def __init__(self, organization: Organization, loaded: Mapping[int, Loaded], today: date) -> None:
        self.today = today
        ids = [
            one.invoice_ids[invoice.ref]
            for one in loaded.values()
            for invoice in one.account.invoices
            if (invoice.schedule or one.schedule).charges == "lawful"
            and any(RANK[step.stage] >= RANK["firm"] for step in (invoice.schedule or one.schedule).steps)
        ]
        self._invoices: dict[int, Invoice] = {}
        if ids:
            rows = list(Invoice.objects.of(organization).filter(id__any_of=ids))
            self._invoices = {row.pk: row for row in rows}
            self._known: dict[int, Known] = known_debts(organization.pk, rows)
            self._creditors = Creditors(organization)
            chosen = Handling.objects.of(organization).filter(invoice_id__any_of=ids)
            self._handling = {one.invoice_id: one for one in chosen}
            self._least = policy_of(organization.pk).least
            self._paid = paid_beside(organization.pk, [key for key, one in self._known.items() if one.debt.reminders])

    def of(self, one: Loaded, contact: Contact, pay_by: date | None, language: str) -> tuple[Asking, ...]:
        """What this contact asks for. `pay_by`: paid by that day, charges nobody decided about fall away. `language`:
        that of the message, for the names."""
        if not self._invoices or contact.channel in UNASKED_BY:
            return ()
        debts = self._debts(one, contact)
        found: list[Asking] = []
        by_creditor: dict[str, list[int]] = defaultdict(list)
        for key in debts:
            by_creditor[self._creditors.of(self._invoices[key].entity_id)].append(key)
        with_fee = False
        for creditor, keys in by_creditor.items():
            law = AccountLaw(creditor, one.customer.country, one.customer.kind, book=one.law.book, least=self._least)
            each = law.charges_of_each([debts[key] for key in keys], self.today)
            for key, own in zip(keys, each, strict=True):
                waived_by = self._waived_by(key, pay_by)
                # one letter has one fee, whoever billed
                asked = [charge for charge in own if charge.kind != "fee" or not with_fee]
                for charge, paid in unpaid(asked, self._paid.get(key, 0)):
                    name = law.charge_name(charge.kind, language)
                    found.append(Asking(key, self._invoices[key].generation, charge, waived_by, paid, name))
            with_fee = with_fee or any(asking.charge.kind == "fee" for asking in found)
        return tuple(found)

    def _debts(self, one: Loaded, contact: Contact) -> dict[int, Debt]:
        invoices = {invoice.ref: invoice for invoice in one.account.invoices}
        debts = {}
        for count in contact.counts:
            invoice = invoices[count.invoices[0]]
            key = one.invoice_ids[invoice.ref]
            known = self._known.get(key)
            if count.plan or RANK[count.stage] < RANK["firm"] or invoice.disputed or known is None or known.went_back:
                continue
            if (handling := self._handling.get(key)) and handling.choice in (Choice.ASIDE, Choice.WAIVE):
                continue
            debts[key] = known.debt
        return debts

    def _waived_by(self, invoice_id: int, pay_by: date | None) -> date | None:
        handling = self._handling.get(invoice_id)
        if handling is None:
            return pay_by
        until = handling.until
        return until if until and until >= self.today else None


def unpaid(charges: Sequence[Charge], paid: int) -> list[tuple[Charge, int]]:
    """What is left of charges of which so much was paid, and what was paid of each. Money fills cost before interest. One
    that is paid is not asked again; what paid it is told with the next of its kind, so that nothing is lost in the sums."""
    left = paid
    parts: dict[int, int] = {}
    for at in sorted(range(len(charges)), key=lambda at: PART_OF[charges[at].kind] != "costs"):
        parts[at] = min(left, charges[at].amount)
        left -= parts[at]
    found: list[tuple[Charge, int]] = []
    before: dict[str, int] = defaultdict(int)
    for at, charge in enumerate(charges):
        rest = charge.amount - parts[at]
        before[charge.kind] += parts[at]
        if rest:
            found.append((charge._replace(amount=rest), before.pop(charge.kind)))
    return found


def charges_of(askings: Collection[Asking]) -> tuple[Charge, ...]:
    """The charges of the whole message, one row per item."""
    each: dict[int, list[Charge]] = defaultdict(list)
    for asking in askings:
        each[asking.invoice_id].append(asking.charge)
    return together(list(each.values()))


def said_charges(askings: Collection[Asking]) -> tuple[say.Charge, ...]:
    """The same for the words: one sum per kind and day by which it falls away."""
    sums: dict[tuple[str, str, date | None], int] = defaultdict(int)
    for asking in askings:
        sums[asking.charge.kind, asking.name, asking.waived_by] += asking.charge.amount
    return tuple(
        say.Charge(
            cast(Literal["interest", "compensation", "fee"], kind), amount, waived_if_paid_by=waived_by, name=name
        )
        for (kind, name, waived_by), amount in sums.items()
    )


def is_stated(words: Words, facts: say.MessageFacts) -> bool:
    """True when the words give the sums of the charges: only what was said was asked."""
    text = _plain(words.text)
    for waived in (True, False):
        total = sum(one.amount_minor for one in facts.charges if (one.waived_if_paid_by is not None) == waived)
        if total and _plain(formats.money(total, facts.currency, words.locale)) not in text:
            return False
    return True


def _plain(text: str) -> str:
    return " ".join(text.split())
