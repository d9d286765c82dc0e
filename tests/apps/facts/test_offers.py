# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is offered, agreed to and taken: plans inside and beyond the limits, a day put off, discounts for early payment,
a smaller sum, work instead of money."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from purring.core.errors import Refused
from purring.core.plans import Wish
from purring.facts.agreements.models import PaymentPlan
from purring.facts.checkout.attempts import Part, begin_attempt, open_page
from purring.facts.customers.models import Customer, Group
from purring.facts.invoices.issuing import issue_invoice
from purring.facts.invoices.models import CreditNote, Invoice, Issued
from purring.facts.journal.models import Entry
from purring.facts.messages.models import Message
from purring.facts.offers.actions import (
    Agreed,
    agree_proposal,
    agree_settlement,
    ask_for_plan,
    decline_proposal,
    defer,
    end_settlement,
    settle_in_kind,
)
from purring.facts.offers.early import prices, to_pay
from purring.facts.offers.models import Consent, DiscountTaken, OfferTerms, PlanProposal
from purring.facts.offers.terms import keep_terms, terms_of
from purring.facts.organizations.models import LegalEntity, Organization
from purring.facts.payments.actions import allocate_payment, record_payment, reverse_payment, unallocate_payment
from purring.facts.payments.many import NewPayment, record_payments
from purring.facts.payments.models import Credit, Payment
from purring.facts.payments.settling import closed_as
from purring.followup.invariants import INVARIANTS
from purring.plugins.payment import Back
from tests.apps.facts.cast import NOW, TODAY, TOLD, ana, bill, fjord
from tests.apps.facts.test_checkout import Counter, account_of, paid, wanted
from tests.apps.facts.till import Till

pytestmark = pytest.mark.django_db

LONG_AGO = TODAY - timedelta(400)
DATED: dict[str, Any] = {"on": TODAY, **TOLD}
USUAL: dict[str, Any] = {
    "whom": "all",
    "plan_most": 6,
    "plan_first_percent": 20,
    "plan_first_days": 14,
    "plan_last_days": 200,
    "plan_smallest": "10",
    "plan_rhythms": [],
    "deferral_days": 14,
    "ladder": [],
    "instalments_at_start": False,
    "autopay": False,
    "autopay_at_start": False,
}
LADDER = [[200, 10], [100, 20]]


def offer(organization: Organization, **values: Any) -> OfferTerms:
    """Terms of the organization that have been in force for long."""
    scope = {name: values.pop(name) for name in ("group", "customer") if name in values}
    made = keep_terms(organization, {**USUAL, **values}, **{**DATED, "on": LONG_AGO}, **scope)
    assert made
    return made


def agreed(key: str = "form 1") -> Agreed:
    return Agreed("I agree to pay on these days.", "en", key, "203.0.113.9", "Firefox", "f" * 64)


def pay(invoice: Invoice, amount: int, on: date = TODAY, **more: Any) -> Payment:
    return record_payment(invoice.customer, amount, invoice.currency, **{**DATED, "on": on, "invoice": invoice, **more})


def fresh(invoice: Invoice) -> Invoice:
    return (
        Invoice.objects.of(invoice.organization_id)
        .select_related("customer", "customer__organization")
        .get(pk=invoice.pk)
    )


def sound() -> None:
    """The stored facts agree with each other."""
    for name, broken in INVARIANTS:
        assert not list(broken(NOW)), name


class TestTerms:
    def test_the_nearest_terms_count_as_a_whole(self) -> None:
        org = fjord()
        group = Group(organization=org, name="Schools")
        group.save(force_insert=True)
        near, plain = ana(org, "C1", group=group), ana(org, "C2")
        offer(org, plan_most=3)
        offer(org, group=group, plan_most=6)
        assert [terms_of(one, TODAY).plan_most for one in (near, plain)] == [6, 3]
        offer(org, customer=near, plan_most=12)
        assert terms_of(near, TODAY).plan_most == 12
        keep_terms(org, None, customer=near, **DATED)
        assert terms_of(near, TODAY).plan_most == 6
        assert terms_of(near, TODAY - timedelta(1)).plan_most == 12

    def test_nothing_is_offered_until_somebody_says_so(self) -> None:
        terms = terms_of(ana(fjord()), TODAY)
        assert (terms.plan_most, terms.deferral_days, terms.ladder) == (0, 0, [])

    def test_the_same_again_is_kept_once(self) -> None:
        org = fjord()
        assert offer(org).pk == offer(org).pk
        assert Entry.objects.of(org).filter(kind="offers.kept").count() == 1

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"plan_most": 61}, "plan_most"),
            ({"plan_first_percent": 91}, "plan_first_percent"),
            ({"plan_smallest": "-1"}, "plan_smallest"),
            ({"plan_smallest": "NaN"}, "plan_smallest"),
            ({"plan_rhythms": ["daily"]}, "plan_rhythms"),
            ({"whom": "friends"}, "whom"),
            ({"ladder": [[100, 10], [200, 20]]}, "ladder"),
        ],
    )
    def test_what_cannot_be_offered(self, wrong: dict[str, Any], field: str) -> None:
        with pytest.raises(Refused) as refused:
            offer(fjord(), **wrong)
        assert refused.value.params["field"] == field


class TestPlans:
    def test_inside_the_limits_it_is_agreed_at_once_with_the_consent_as_evidence(self) -> None:
        customer = ana(fjord())
        offer(customer.organization)
        invoices = [bill(customer, "1"), bill(customer, "2", amount=5_000)]
        plan = ask_for_plan(customer, invoices, Wish(3, "monthly", TODAY), agreed(), on=TODAY, now=NOW)
        assert isinstance(plan, PaymentPlan)
        assert sum(plan.instalments.values_list("amount", flat=True)) == 15_000
        consent = Consent.objects.of(customer.organization).get()
        assert (consent.plan, consent.text, consent.address) == (plan, "I agree to pay on these days.", "203.0.113.9")
        again = ask_for_plan(customer, invoices, Wish(3, "monthly", TODAY), agreed(), on=TODAY, now=NOW)
        assert again == plan
        assert PaymentPlan.objects.of(customer.organization).count() == 1

    @pytest.mark.parametrize(
        ("terms", "wish"),
        [
            ({}, Wish(7, "weekly", TODAY)),
            ({"plan_most": 0}, Wish(2, "weekly", TODAY)),
            ({"whom": "consumer"}, Wish(2, "weekly", TODAY)),
            ({"plan_rhythms": ["weekly"]}, Wish(2, "monthly", TODAY)),
            ({}, Wish(2, "monthly", TODAY + timedelta(20))),
            ({"plan_smallest": "60"}, Wish(2, "weekly", TODAY)),
        ],
    )
    def test_beyond_them_a_person_decides_and_nothing_is_asked(self, terms: dict[str, Any], wish: Wish) -> None:
        customer = ana(fjord(), kind="business")
        offer(customer.organization, **terms)
        invoice = bill(customer)
        asked = ask_for_plan(customer, [invoice], wish, agreed(), on=TODAY, now=NOW)
        assert isinstance(asked, PlanProposal)
        assert not PaymentPlan.objects.of(customer.organization).exists()
        waiting = Message.objects.of(customer.organization).get(needs_answer=True, answered_at=None)
        assert waiting == asked.message
        plan = agree_proposal(asked, **DATED)
        assert plan.instalments.count() == wish.number
        waiting.refresh_from_db()
        assert waiting.answered_at == NOW
        with pytest.raises(Refused, match="decided already"):
            decline_proposal(asked, **TOLD)

    def test_a_person_changes_or_declines(self) -> None:
        customer = ana(fjord())
        invoice = bill(customer)
        one, two = (
            ask_for_plan(customer, [invoice], Wish(number, "monthly", TODAY), agreed(str(number)), on=TODAY, now=NOW)
            for number in (9, 8)
        )
        assert isinstance(one, PlanProposal)
        assert isinstance(two, PlanProposal)
        one.refresh_from_db()
        assert one.state == "declined"  # the second one took its place
        decline_proposal(two, reason="spoke to them", **TOLD)
        three = ask_for_plan(customer, [invoice], Wish(9, "monthly", TODAY), agreed("3"), on=TODAY, now=NOW)
        assert isinstance(three, PlanProposal)
        plan = agree_proposal(three, instalments=((TODAY, 4_000), (TODAY + timedelta(30), 6_000)), **DATED)
        assert plan.instalments.count() == 2
        assert Consent.objects.of(customer.organization).get(key="3").plan is None  # they agreed to other days

    def test_what_is_not_open_or_not_theirs(self) -> None:
        org = fjord()
        customer, other = ana(org), ana(org, "C2")
        paid, euros = bill(customer, "1"), bill(customer, "2")
        pay(paid, 10_000)
        crowns = bill(customer, "3", currency="NOK")
        for invoices in ([paid], [bill(other)], [euros, crowns], []):
            with pytest.raises(Refused):
                ask_for_plan(customer, invoices, Wish(2, "weekly", TODAY), agreed(), on=TODAY, now=NOW)

    def test_more_than_a_person_would_ask_in_a_day_is_not_taken(self) -> None:
        customer = ana(fjord())
        invoice = bill(customer)
        for number in range(20):
            ask_for_plan(customer, [invoice], Wish(2, "weekly", TODAY), agreed(str(number)), on=TODAY, now=NOW)
        with pytest.raises(Refused, match="so many plans"):
            ask_for_plan(customer, [invoice], Wish(2, "weekly", TODAY), agreed("more"), on=TODAY, now=NOW)


class TestDeferral:
    def test_once_within_the_days_and_not_further(self) -> None:
        customer = ana(fjord())
        offer(customer.organization)
        invoice = bill(customer, due=TODAY + timedelta(2))
        with pytest.raises(Refused, match="cannot be put off"):
            defer(invoice, TODAY + timedelta(17), agreed(), on=TODAY, now=NOW)
        defer(invoice, TODAY + timedelta(16), agreed(), on=TODAY, now=NOW)
        assert fresh(invoice).due == TODAY + timedelta(16)
        assert Consent.objects.of(customer.organization).get().invoice_id == invoice.pk
        defer(invoice, TODAY + timedelta(16), agreed(), on=TODAY, now=NOW)  # the same form once more
        with pytest.raises(Refused, match="cannot be put off"):
            defer(invoice, TODAY + timedelta(20), agreed("form 2"), on=TODAY, now=NOW)

    def test_not_what_is_long_due_nor_where_it_is_not_offered(self) -> None:
        customer = ana(fjord())
        offer(customer.organization)
        with pytest.raises(Refused):
            defer(bill(customer, due=TODAY - timedelta(14)), TODAY, agreed(), on=TODAY, now=NOW)
        offer(customer.organization, deferral_days=0)
        with pytest.raises(Refused):
            defer(bill(customer, "2"), TODAY + timedelta(1), agreed(), on=TODAY, now=NOW)


class TestDiscounts:
    def test_paid_within_its_day_the_rest_is_credited(self) -> None:
        customer = ana(fjord())
        offer(customer.organization, ladder=LADDER)
        invoice = bill(customer, issued=TODAY - timedelta(5), due=TODAY + timedelta(25))
        price = to_pay(invoice, TODAY)
        assert (price.amount, price.discount) == (9_800, 200)
        assert [one.amount for one in prices([invoice], TODAY)[invoice.pk]] == [9_800, 9_900]
        pay(invoice, 9_800)
        settled = fresh(invoice)
        assert (settled.balance, settled.credited, settled.settled_on) == (0, 200, TODAY)
        taken = DiscountTaken.objects.of(customer.organization).get()
        assert taken.credit_note.reason == "Discount 2 %"
        told = Entry.objects.of(customer.organization).get(kind="discount.taken").data
        assert (told["amount"], told["tax"]) == (200, "the tax base falls when it is taken")
        sound()

    def test_a_cent_too_little_or_a_day_too_late_is_a_part_payment(self) -> None:
        customer = ana(fjord())
        offer(customer.organization, ladder=LADDER)
        little, late = (
            bill(customer, number, issued=TODAY - timedelta(5), due=TODAY + timedelta(25)) for number in ("1", "2")
        )
        pay(little, 9_799)
        assert fresh(little).balance == 201
        until = to_pay(late, TODAY).until
        assert until
        pay(late, 9_800, on=until + timedelta(1))
        assert fresh(late).balance == 200
        pay(late, 100, on=until + timedelta(2))  # still within the second rung: one percent
        assert fresh(late).balance == 0

    def test_by_a_list_by_hand_from_account_and_when_a_pending_one_arrives_late(self) -> None:
        customer = ana(fjord())
        org = customer.organization
        offer(org, ladder=[[200, 10]])
        one, two, three = (bill(customer, str(number), issued=TODAY, due=TODAY + timedelta(30)) for number in range(3))
        record_payments(org, [NewPayment(customer.pk, one, 9_800, "EUR", TODAY, "", "file", "a", "")], **TOLD)
        on_account = record_payment(customer, 9_800, "EUR", **DATED)
        allocate_payment(on_account, two, 9_800, **DATED)
        pending = pay(three, 9_800, pending=True)
        from purring.facts.payments.actions import settle_payment

        settle_payment(pending, **{**DATED, "on": TODAY + timedelta(15)})
        assert [fresh(invoice).balance for invoice in (one, two, three)] == [0, 0, 0]
        sound()

    def test_money_that_goes_back_takes_the_discount_with_it(self) -> None:
        customer = ana(fjord())
        offer(customer.organization, ladder=[[200, 10]])
        invoice = bill(customer, issued=TODAY, due=TODAY + timedelta(30))
        payment = pay(invoice, 9_800)
        reverse_payment(payment, 9_800, **DATED)
        assert fresh(invoice).balance == 10_000
        again = pay(invoice, 9_800, external_ref="second")
        assert fresh(invoice).balance == 0
        unallocate_payment(again, fresh(invoice), **DATED)
        assert fresh(invoice).balance == 10_000
        assert DiscountTaken.objects.of(customer.organization).filter(undone_at=None).count() == 0
        sound()

    def test_what_was_offered_with_an_invoice_stays_offered(self) -> None:
        customer = ana(fjord())
        offer(customer.organization, ladder=[[200, 30]])
        invoice = bill(customer, issued=TODAY - timedelta(3), due=TODAY + timedelta(30))
        keep_terms(customer.organization, USUAL, **DATED)
        later = bill(customer, "2", issued=TODAY, due=TODAY + timedelta(30))
        assert to_pay(invoice, TODAY).discount == 200
        assert to_pay(later, TODAY).discount == 0

    @pytest.mark.parametrize("tax_rate", ["0", "7.7", "25"])
    def test_of_an_invoice_of_ours_a_numbered_credit_note_lowers_the_tax(self, tax_rate: str) -> None:
        customer = ana(fjord(country="DE"), country="DE", language="de")
        invoice = issued_here(customer, [("100.00", tax_rate)])
        price = to_pay(invoice, TODAY)
        pay(invoice, price.amount)
        note = CreditNote.objects.of(customer.organization).get()
        assert fresh(invoice).balance == 0
        assert note.number
        assert note.reason == "Skonto 2 %"
        told = Issued.objects.of(customer.organization).get(credit_note=note).facts
        assert told["lines"][0]["tax_rate"] == tax_rate

    def test_several_rates_share_the_discount(self) -> None:
        customer = ana(fjord(country="DE"), country="DE", language="de")
        invoice = issued_here(customer, [("80.00", "19"), ("20.00", "7"), ("33.33", "19")])
        pay(invoice, to_pay(invoice, TODAY).amount)
        note = CreditNote.objects.of(customer.organization).get()
        lines = Issued.objects.of(customer.organization).get(credit_note=note).facts["lines"]
        assert {line["tax_rate"] for line in lines} == {"19", "7"}
        assert fresh(invoice).balance == 0
        sound()

    def test_an_invoice_of_ours_without_a_discount_on_it_has_none(self) -> None:
        customer = ana(fjord(country="DE"), country="DE")
        offer(customer.organization, ladder=[[200, 10]])
        assert to_pay(issued_here(customer, [("100.00", "19")], early_payment=None), TODAY).discount == 0

    def test_paid_at_a_provider_and_charged_back(self) -> None:
        studio = fjord()
        counter = Counter(Till(random.Random(1)), account_of(studio), ana(studio))
        offer(studio, ladder=LADDER)
        for share in (1, 2):  # one invoice, and two at once
            invoices = [counter.bill(10_000, issued=TODAY, due=TODAY + timedelta(30)) for _ in range(share)]
            parts = [Part(one, to_pay(one, TODAY).amount) for one in invoices]
            attempt = begin_attempt(counter.account, counter.customer, parts, now=counter.now)
            open_page(attempt, counter.till, wanted(attempt), counter.now)
            counter.till.happens(attempt.ref, counter.now, **paid(attempt.key))
            counter.hears()
            counter.hears()  # the same told again changes nothing
            assert [fresh(one).balance for one in invoices] == [0] * share
            counter.till.gives_back(attempt.ref, counter.now, 9_800 * share, why=Back.CHARGEBACK)
            counter.hears()
            assert [fresh(one).balance for one in invoices] == [10_000] * share
        assert not counter.codes()
        sound()


def issued_here(customer: Customer, lines: list[tuple[str, str]], **facts: Any) -> Invoice:
    until = (TODAY + timedelta(10)).isoformat()
    entity = LegalEntity.objects.of(customer.organization).get()
    entity.country = customer.organization.country
    entity.vat_id = "DE123456788"
    entity.save()
    return issue_invoice(
        customer,
        entity,
        [
            {
                "description": "Chair",
                "unit_price": price,
                "tax_rate": rate,
                **({"tax_category": "Z"} if rate == "0" else {}),
            }
            for price, rate in lines
        ],
        kind="invoice",
        issued=TODAY,
        due=TODAY + timedelta(30),
        currency="EUR",
        **{**TOLD, "early_payment": [{"percent": "2", "until": until}], **facts},
    )


class TestSettlements:
    def test_when_the_agreed_sum_is_in_the_rest_is_given_up(self) -> None:
        customer = ana(fjord())
        one, two = bill(customer, "1"), bill(customer, "2")
        made = agree_settlement(customer, [one, two], 12_000, TODAY + timedelta(10), reason="hardship", **DATED)
        assert customer.promises.get().amount == 12_000
        pay(one, 10_000)
        assert fresh(two).balance == 10_000
        payment = pay(two, 2_000)
        assert fresh(two).balance == 0
        assert closed_as(fresh(two)) == "write_off"
        made.refresh_from_db()
        assert made.taken_on == TODAY
        reverse_payment(payment, 2_000, **DATED)
        assert fresh(two).balance == 10_000
        sound()

    def test_too_late_or_ended_it_is_a_part_payment(self) -> None:
        customer = ana(fjord())
        one, two = bill(customer, "1"), bill(customer, "2")
        late = agree_settlement(customer, [one], 6_000, TODAY + timedelta(1), **DATED)
        with pytest.raises(Refused, match="agreed for one of these already"):
            agree_settlement(customer, [one], 5_000, TODAY + timedelta(1), **DATED)
        pay(one, 6_000, on=TODAY + timedelta(2))
        assert fresh(one).balance == 4_000
        ended = agree_settlement(customer, [two], 6_000, TODAY + timedelta(1), **DATED)
        end_settlement(ended, **TOLD)
        pay(two, 6_000)
        assert fresh(two).balance == 4_000
        assert late.taken_on is None

    def test_work_instead_of_money_is_a_payment_that_says_so(self) -> None:
        customer = ana(fjord())
        invoice = bill(customer)
        for _ in range(2):
            settle_in_kind(invoice, 4_000, "two days of carpentry", key="form", **DATED)
        assert fresh(invoice).balance == 6_000
        assert (
            Payment.objects.of(customer.organization).get().source,
            Credit.objects.of(customer.organization).count(),
        ) == ("in_kind", 0)
        for worth, what in ((6_001, "more"), (0, "nothing"), (100, " ")):
            with pytest.raises(Refused):
                settle_in_kind(fresh(invoice), worth, what, **DATED)


def test_a_repeat_says_the_discount_on_its_paper() -> None:
    from purring.facts.invoices.models import Issued, Repeat
    from purring.facts.invoices.rounds import make_repeats

    customer = ana(fjord())
    offer(customer.organization, ladder=LADDER)
    Repeat(
        organization=customer.organization, customer=customer, description="Rent", amount=100_00, currency="EUR",
        every_months=1, day_of_month=TODAY.day, next_on=TODAY, terms_days=30, number_prefix="R-",
    ).save(force_insert=True)  # fmt: skip
    assert make_repeats(NOW) == 1
    (issued,) = Issued.objects.of(customer.organization)
    assert [one["percent"] for one in issued.facts["early_payment"]] == ["2", "1"]
