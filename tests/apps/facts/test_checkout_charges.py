# SPDX-License-Identifier: AGPL-3.0-or-later
"""A payer pays late charges along with the invoice, or the invoice alone; money fills what it was meant for, once."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from purring.core.errors import Refused
from purring.facts.charges.actions import handle_charges
from purring.facts.charges.asked import standing
from purring.facts.checkout import looking
from purring.facts.checkout.attempts import Part, begin_attempt, open_page, split
from purring.facts.checkout.models import Attempt, Discrepancy, ProviderAccount
from purring.facts.invoices.models import Invoice
from purring.facts.payments.actions import record_payment, unapplied
from purring.facts.payments.models import Payment
from purring.plugins.payment import State
from tests.apps.facts.cast import TODAY, TOLD
from tests.apps.facts.test_charge_order import ask, beside, late_one, sound
from tests.apps.facts.test_checkout import account_of, wanted
from tests.apps.facts.till import Till

pytestmark = pytest.mark.django_db
NOW = TOLD["now"]


@dataclass
class Sale:
    """EUR 1,000.00 with a fee of EUR 40.00 asked beside it, and somebody who pays."""

    invoice: Invoice
    account: ProviderAccount
    till: Till

    def pays(self, amount: int) -> Attempt:
        asked = {self.invoice.pk: (self.invoice.balance, standing([self.invoice], TODAY)[self.invoice.pk].open)}
        attempt = begin_attempt(self.account, self.invoice.customer, split([self.invoice], amount, asked), now=NOW)
        open_page(attempt, self.till, wanted(attempt), NOW)
        return attempt

    def arrives(self, attempt: Attempt) -> None:
        paid = {"state": State.PAID, "payment_ref": f"money-{attempt.key}", "paid_at": NOW}
        self.till.happens(attempt.ref, NOW, **paid)
        for _ in range(2):
            looking.look_at_attempt(attempt, self.till, lambda: NOW)
        self.invoice.refresh_from_db()

    @property
    def left(self) -> tuple[int, int, int]:
        """Open of the invoice, paid beside it, on account."""
        on_account = sum(unapplied(one) for one in Payment.objects.of(self.invoice.organization_id))
        return self.invoice.balance, beside(self.invoice), on_account

    def codes(self) -> list[str]:
        return list(Discrepancy.objects.of(self.invoice.organization_id).values_list("code", flat=True))


def sale(order: str = "principal") -> Sale:
    invoice = late_one(order=order)
    ask(invoice, compensation=40_00)
    return Sale(invoice, account_of(invoice.organization), Till(random.Random(1)))


@pytest.mark.parametrize("order", ["principal", "law"])
def test_all_of_it(order: str) -> None:
    on = sale(order)
    attempt = on.pays(1_040_00)
    part = attempt.parts.get()
    assert (part.amount, part.charges) == (1_000_00, 40_00)
    on.arrives(attempt)
    assert on.left == (0, 40_00, 0)
    assert (on.codes(), sound()) == ([], [])


@pytest.mark.parametrize(("order", "left"), [("principal", (0, 0, 0)), ("law", (40_00, 40_00, 0))])
def test_the_invoice_alone_fills_as_the_business_decided(order: str, left: tuple[int, int, int]) -> None:
    on = sale(order)
    attempt = on.pays(1_000_00)
    assert attempt.parts.get().charges == 0
    on.arrives(attempt)
    assert on.left == left
    assert (on.codes(), sound()) == ([], [])


def test_a_part_leaves_the_charges_for_the_end() -> None:
    on = sale()
    attempt = on.pays(1_010_00)
    assert (attempt.parts.get().amount, attempt.parts.get().charges) == (1_000_00, 10_00)
    on.arrives(attempt)
    assert on.left == (0, 10_00, 0)


def test_charges_of_a_paid_invoice() -> None:
    on = sale()
    record_payment(on.invoice.customer, 1_000_00, "EUR", invoice=on.invoice, on=TODAY, **TOLD)
    on.invoice.refresh_from_db()
    attempt = on.pays(40_00)
    on.arrives(attempt)
    assert on.left == (0, 40_00, 0)


def test_given_up_meanwhile_it_waits_on_account_for_a_person() -> None:
    on = sale()
    attempt = on.pays(1_040_00)
    handle_charges(on.invoice, "waive", on=TODAY, **TOLD)
    on.arrives(attempt)
    assert on.left == (0, 0, 40_00)
    assert on.codes() == ["paid_twice"]


def test_not_more_than_is_asked() -> None:
    on = sale()
    for parts in ([Part(on.invoice, 0, 40_01)], [Part(on.invoice, 0, 0)], [Part(on.invoice, -1, 2)]):
        with pytest.raises(Refused):
            begin_attempt(on.account, on.invoice.customer, parts, now=NOW)
    with pytest.raises(Refused):
        on.pays(1_040_01)
