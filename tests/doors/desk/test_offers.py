# SPDX-License-Identifier: AGPL-3.0-or-later
"""What we offer, and what was agreed: settings for everybody, groups and customers; plans that a person makes, changes or
declines; lists of promises and plans; smaller sums and work instead of money."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from purring.core.plans import Wish
from purring.facts.agreements.actions import agree_plan, record_promise
from purring.facts.agreements.models import PaymentPlan
from purring.facts.customers.models import Customer, Group
from purring.facts.invoices.models import Invoice
from purring.facts.offers.actions import Agreed, ask_for_plan
from purring.facts.offers.models import OfferTerms, PlanProposal, Settlement
from purring.facts.offers.terms import KEPT, keep_terms, terms_of
from purring.facts.payments.actions import record_payment
from purring.facts.payments.models import Payment
from purring.followup.models import OwnMessage, Reminder

if TYPE_CHECKING:
    from django.test import Client

    from tests.doors.desk.cast import House

pytestmark = pytest.mark.django_db
TERMS = {
    "whom": "all", "plan_most": "6", "plan_rhythms": ["monthly"], "plan_first_percent": "20", "plan_first_days": "14",
    "plan_last_days": "200", "plan_smallest": "100", "deferral_days": "14", "percent_1": "2,5", "days_1": "10",
    "percent_2": "1", "days_2": "20", "percent_3": "", "days_3": "",
}  # fmt: skip


def fresh(invoice: Invoice) -> Invoice:
    return Invoice.objects.of(invoice.organization_id).get(pk=invoice.pk)


class TestTerms:
    def test_what_everybody_is_offered(self, house: House, client: Client) -> None:
        to = reverse("desk:settings-offers")
        assert "Skonto" not in client.get(to).content.decode()
        assert client.post(to, TERMS).status_code == 303
        terms = terms_of(house.customer(), house.today)
        assert (terms.plan_most, terms.plan_rhythms, terms.ladder) == (6, ["monthly"], [[250, 10], [100, 20]])
        page = client.get(to).content.decode()
        assert 'value="2.5"' in page

    @pytest.mark.parametrize(
        "wrong",
        [
            {"percent_1": "60"},
            {"percent_1": "x"},
            {"percent_2": "5"},
            {"days_2": ""},
            {"plan_most": "61"},
            {"plan_smallest": "-1"},
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_kept(self, client: Client, house: House, wrong: dict[str, str]) -> None:
        response = client.post(reverse("desk:settings-offers"), {**TERMS, **wrong})
        assert response.status_code == 422
        assert not OfferTerms.objects.of(house.organization).exists()

    def test_a_group_and_a_customer_have_their_own_until_they_have_not(self, house: House, client: Client) -> None:
        group = Group(organization=house.organization, name="Schools")
        group.save(force_insert=True)
        customer = house.customer(group=group)
        client.post(reverse("desk:settings-offers"), TERMS)
        client.post(reverse("desk:offers-group", args=[group.pk]), {**TERMS, "own": "on", "plan_most": "9"})
        assert terms_of(customer, house.today).plan_most == 9
        mine = reverse("desk:offers-customer", args=[customer.pk])
        client.post(mine, {**TERMS, "own": "on", "plan_most": "12"})
        assert terms_of(customer, house.today).plan_most == 12
        page = client.get(reverse("desk:settings-offers")).content.decode()
        assert "Schools" in page
        assert customer.name in page
        client.post(mine, {**TERMS, "plan_most": "12"})
        assert terms_of(customer, house.today).plan_most == 9

    def test_automatic_payment_is_offered_only_when_it_is_switched_on(self, house: House, client: Client) -> None:
        customer, page = house.customer(), reverse("desk:settings-offers")
        assert not terms_of(customer, house.today).autopay
        answer = client.post(page, {**TERMS, "autopay_at_start": "on"})
        assert answer.status_code == 422
        assert "only mention what is offered" in answer.content.decode()
        client.post(page, {**TERMS, "autopay": "on", "autopay_at_start": "on"})
        assert terms_of(customer, house.today).autopay
        client.post(reverse("desk:offers-customer", args=[customer.pk]), {**TERMS, "own": "on"})
        assert not terms_of(customer, house.today).autopay, "their own terms count as a whole"


class TestPlans:
    def test_a_person_agrees_on_a_plan_once(self, house: House, client: Client) -> None:
        customer = house.customer()
        house.invoice(customer, 90_000)
        form = {
            "plan-number": "3", "plan-rhythm": "monthly", "plan-first_on": house.today.isoformat(), "plan-first": "",
            "plan-currency": "NOK",
        }  # fmt: skip
        for _ in range(2):
            assert client.post(reverse("desk:customer-plan", args=[customer.pk]), form).status_code == 303
        plan = PaymentPlan.objects.of(house.organization).get()
        assert list(plan.instalments.values_list("amount", flat=True)) == [30_000] * 3
        page = client.get(reverse("desk:customer", args=[customer.pk])).content.decode()
        assert "0 of 3 paid" in page
        paper = client.get(reverse("desk:plan-paper", args=[plan.pk]))
        assert paper.content.startswith(b"%PDF")
        client.post(reverse("desk:customer-end-plan", args=[customer.pk]), {"end-plan-plan": str(plan.pk)})
        plan.refresh_from_db()
        assert plan.cancelled_at

    def test_what_they_asked_for_is_agreed_as_it_is_changed_or_declined(self, house: House, client: Client) -> None:
        for change, expected in ((None, 12), ("2026-05-20 500\n2026-06-20 400", 2)):
            customer, proposal = asked(house)
            to = reverse("desk:customer-agree-plan", args=[customer.pk])
            page = client.get(to)
            form = next(one["form"] for one in page.context["acts"] if one["open"])
            said = {f"agree-plan-{name}": form.initial[name] for name in ("proposal", "currency", "instalments")}
            if change:
                said["agree-plan-instalments"] = change
            assert client.post(to, said).status_code == 303
            assert client.post(to, said).status_code == 303  # a second click
            proposal.refresh_from_db()
            assert proposal.state == "agreed"
            assert proposal.plan
            assert proposal.plan.instalments.count() == expected
        customer, proposal = asked(house)
        said = {"decline-plan-proposal": proposal.pk, "decline-plan-reason": "spoke to them"}
        assert client.post(reverse("desk:customer-decline-plan", args=[customer.pk]), said).status_code == 303
        proposal.refresh_from_db()
        assert (proposal.state, proposal.reason) == ("declined", "spoke to them")
        assert not OwnMessage.objects.of(house.organization).exists(), "unticked, nothing is sent"

    def test_what_was_decided_is_sent_to_them_in_writing_once(self, house: House, client: Client) -> None:
        customer, proposal = asked(house)
        Customer.objects.of(house.organization).filter(pk=customer.pk).update(language="en")
        to = reverse("desk:customer-decline-plan", args=[customer.pk])
        said = {"decline-plan-proposal": proposal.pk, "decline-plan-reason": "", "decline-plan-tell": "on"}
        unkind = {**said, "decline-plan-reason": "You are a liar and we will sue you, you thief!"}
        answer = client.post(to, unkind)
        assert answer.status_code == 422
        assert "You are a liar" in answer.content.decode(), "what was typed is not lost"
        proposal.refresh_from_db()
        assert proposal.state == "open"
        for _ in range(2):
            assert client.post(to, said).status_code == 303
        own = OwnMessage.objects.of(house.organization).get()
        assert own.reply_to_id == proposal.message_id
        assert own.author_id
        assert own.note
        assert Reminder.objects.of(house.organization).get(note=own.note).own_text == own.text.strip()

    def test_what_they_agreed_to_stands_with_its_words(self, house: House, client: Client) -> None:
        customer = house.customer()
        page = reverse("desk:customer-consents", args=[customer.pk])
        assert "Nothing yet" in client.get(page).content.decode()
        keep_terms(
            house.organization,
            {**dict.fromkeys(KEPT, 0), "whom": "all", "plan_most": 6, "plan_first_days": 60, "plan_last_days": 300,
             "plan_smallest": "1", "plan_rhythms": [], "ladder": []},
            on=house.today, **house.told,
        )  # fmt: skip
        agreed = Agreed("3 of 300: I <agree>", "nb", "key-9", "192.0.2.77", "Firefox 140")
        wish = Wish(3, "monthly", house.today + timedelta(7))
        made = ask_for_plan(
            customer, [house.invoice(customer, 90_000)], wish, agreed, on=house.today, now=house.told["now"]
        )
        assert isinstance(made, PaymentPlan)
        with CaptureQueriesContext(connection) as queries:
            text = client.get(page).content.decode()
        assert len(queries) <= 15, len(queries)
        for shown in ("3 of 300: I &lt;agree&gt;", "192.0.2.77", "Firefox 140", "in force", "The plan as PDF"):
            assert shown in text

    @pytest.mark.parametrize("written", ["soon 500", "2026-05-20", "2026-05-20 500", "2020-01-01 900", "2026-05-20 0"])
    def test_instalments_that_are_none_are_told_at_their_field(
        self, house: House, client: Client, written: str
    ) -> None:
        customer, proposal = asked(house)
        said = {
            "agree-plan-proposal": proposal.pk, "agree-plan-currency": "NOK", "agree-plan-instalments": written,
        }  # fmt: skip
        assert client.post(reverse("desk:customer-agree-plan", args=[customer.pk]), said).status_code == 422
        assert not PaymentPlan.objects.of(house.organization).exists()


def asked(house: House) -> tuple[Customer, PlanProposal]:
    customer = house.customer()
    invoice = house.invoice(customer, 90_000)
    agreed = Agreed("I agree.", "en", f"form {customer.pk}")
    made = ask_for_plan(
        customer, [invoice], Wish(12, "monthly", house.today), agreed, on=house.today, now=house.told["now"]
    )
    assert isinstance(made, PlanProposal)
    return customer, made


class TestLists:
    def test_promises_due_broken_and_kept(self, house: House, client: Client) -> None:
        names = {"due": 7, "broken": -7, "kept": -7}
        for name, days in names.items():
            customer = house.customer(name)
            invoice = house.invoice(customer, 10_000, late=30)
            past = house.today - timedelta(20)
            record_promise(customer, house.today + timedelta(days), on=past, amount=4_000, currency="NOK", **house.told)
            if name == "kept":
                on = house.today - timedelta(7)
                record_payment(customer, 4_000, "NOK", on=on, invoice=invoice, **house.told)
        self.shows_alone(client, "promises", names)

    def test_plans_running_missed_and_paid(self, house: House, client: Client) -> None:
        for name, days in (("due", 3), ("broken", -3), ("kept", -3)):
            customer = house.customer(name)
            invoice = house.invoice(customer, 9_000)
            on = house.today - timedelta(20)
            first, last = (house.today + timedelta(days), 4_000), (house.today + timedelta(60), 5_000)
            agree_plan(customer, [invoice], [first, last], on=on, **house.told)
            if name == "kept":
                record_payment(customer, 9_000, "NOK", on=house.today, invoice=invoice, **house.told)
        paid_up = house.customer("due")  # the missed one was paid
        invoice = house.invoice(paid_up, 9_000)
        agree_plan(paid_up, [invoice], [first, last], on=on, **house.told)
        record_payment(paid_up, 4_000, "NOK", on=house.today, invoice=invoice, **house.told)
        self.shows_alone(client, "plans", {"due": 2, "broken": 1, "kept": 1})
        asked(house)
        page = client.get(reverse("desk:agreements"), {"what": "plans", "show": "asked"}).content.decode()
        assert "12 instalments" in page

    def shows_alone(self, client: Client, what: str, names: dict[str, Any]) -> None:
        for show in names:
            page = client.get(reverse("desk:agreements"), {"what": what, "show": show})
            rows = page.context["rows"]
            found = {(row.customer if what == "promises" else row.plan.customer).name for row in rows}
            assert found == {show}

    def test_long_lists_go_on_page_by_page(self, house: House, client: Client) -> None:
        customer = house.customer()
        house.invoice(customer)
        for day in range(60):
            record_promise(customer, house.today + timedelta(day // 2), on=house.today, **house.told)
        first = client.get(reverse("desk:agreements"))
        second = client.get(first.context["more"])
        found = [row.pk for page in (first, second) for row in page.context["rows"]]
        assert len(found) == len(set(found)) == 60


class TestLess:
    def test_a_smaller_sum_settles_it_and_can_be_taken_back(self, house: House, client: Client) -> None:
        customer = house.customer()
        invoice = house.invoice(customer, 90_000)
        until = (house.today + timedelta(9)).isoformat()
        form = {"settle-amount": "600", "settle-until": until, "settle-reason": "moved abroad"}
        to = reverse("desk:invoice-settle", args=[invoice.pk])
        for _ in range(2):
            assert client.post(to, form).status_code == 303
        assert Settlement.objects.of(house.organization).count() == 1
        assert client.post(reverse("desk:invoice-end-settlement", args=[invoice.pk])).status_code == 303
        assert client.post(to, form).status_code == 303
        record_payment(customer, 60_000, "NOK", on=house.today, invoice=invoice, **house.told)
        assert fresh(invoice).balance == 0
        assert client.get(reverse("desk:invoice", args=[invoice.pk])).status_code == 200

    def test_work_instead_of_money(self, house: House, client: Client) -> None:
        invoice = house.invoice(house.customer(), 90_000)
        form = {"in-kind-worth": "900", "in-kind-what": "a week of work", "in-kind-key": "k"}
        for _ in range(2):
            assert client.post(reverse("desk:invoice-in-kind", args=[invoice.pk]), form).status_code == 303
        assert fresh(invoice).balance == 0
        assert Payment.objects.of(house.organization).get().note == "a week of work"
