# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money at the desk: what came in is found, set against what it is for, taken off, moved, and sent back by two people; and
who may not, cannot."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from purring.facts.checkout.accounts import connect_account
from purring.facts.checkout.models import Discrepancy
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.payments.actions import record_payment, unapplied
from purring.facts.payments.models import Payment
from purring.facts.refunds.models import RefundRequest
from tests.doors.desk.cast import House


def money(house: House, customer: Customer, amount: int = 125_000, **more: Any) -> Payment:
    return record_payment(customer, amount, "NOK", on=house.today, **{**house.told, **more})


def look(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(f"desk:{name}", args=args), query)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def seen(client: Client, payment: Payment) -> str:
    found = re.search(r'name="(?:\w+-)?seen" value="([^"]+)"', look(client, "payment", payment.pk))
    assert found
    return found[1]


def do(client: Client, payment: Payment, act: str, status: int = 303, **fields: Any) -> str:
    fields.setdefault("seen", seen(client, payment))
    prefix = "" if act in ("propose", "take-off") else f"{act}-"
    given = {f"{prefix}{name}": value for name, value in fields.items()}
    response = client.post(reverse(f"desk:payment-{act}", args=[payment.pk]), given)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def now(invoice: Invoice) -> Invoice:
    return Invoice.objects.of(invoice.organization_id).get(pk=invoice.pk)


class TestTheInbox:
    def test_filters_and_search(self, house: House, client: Client) -> None:
        kaffe, nord = house.customer(), house.customer("Nordlys")
        invoice = house.invoice(kaffe, number="26-777")
        money(house, kaffe, invoice=invoice)
        money(house, nord, 4_200, note="for the lamp")
        money(house, nord, 999, pending=True)
        rows = {show: look(client, "money", show=show).count('class="row"') for show in ("all", "open", "pending")}
        assert rows == {"all": 3, "open": 1, "pending": 1}
        for wanted, count in (("nordlys", 2), ("26-777", 1), ("42", 1), ("lamp", 1), ("nobody", 0)):
            assert look(client, "money", q=wanted).count('class="row"') == count, wanted
        assert "nothing has" not in look(client, "money", show="failed")

    def test_newest_first_by_key(self, house: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("purring.doors.desk.views.money.PAGE", 2)
        keys = [money(house, house.customer(), 100 + n).pk for n in range(5)]
        found, to = [], reverse("desk:money")
        for _ in range(5):
            html = client.get(to).content.decode()
            found += [int(key) for key in re.findall(r'class="row" href="/money/(\d+)/"', html)]
            more = re.search(r'href="([^"]+after=[^"]+)"', html)
            if not more:
                break
            to = more[1].replace("&amp;", "&")
        assert found == keys[::-1]
        assert client.get(reverse("desk:money"), {"after": "9" * 30}).status_code == 200

    def test_what_needs_a_person(self, house: House, client: Client) -> None:
        account = connect_account(house.organization, "stripe", {"secret_key": "sk_test_1"}, **house.told)
        odd = Discrepancy(
            organization=house.organization, account=account, code="disputed", ref="d", noticed_at=house.told["now"]
        )
        odd.save(force_insert=True)
        page = look(client, "money", show="needs")
        assert "The payer disputes it" in page
        assert "before its deadline" in page
        to = reverse("desk:discrepancy-seen", args=[odd.pk])
        assert [client.post(to).status_code for _ in range(2)] == [303, 303]
        assert "Nothing needs you" in look(client, "money", show="needs")


class TestFindingItsPlace:
    def test_a_proposal_twice_and_off_again(self, house: House, client: Client) -> None:
        customer = house.customer()
        one, two = house.invoice(customer, 5_000, late=9), house.invoice(customer, 2_000)
        payment = money(house, customer, 7_000)
        assert "Together they come to this amount" in look(client, "payment", payment.pk)
        mark = seen(client, payment)
        for _ in range(2):
            do(client, payment, "propose", seen=mark, invoices=[one.pk, two.pk])
        assert (now(one).balance, now(two).balance, unapplied(payment)) == (0, 0, 0)
        mark = seen(client, payment)
        for _ in range(2):
            do(client, payment, "take-off", seen=mark, invoice_id=one.pk)
        assert (now(one).balance, unapplied(payment)) == (5_000, 5_000)

    def test_a_part_against_one_invoice(self, house: House, client: Client) -> None:
        customer = house.customer()
        invoice = house.invoice(customer, 5_000)
        payment = money(house, customer, 7_000)
        page = do(client, payment, "allocate", 422, invoice_id=invoice.pk, amount="70,01")
        assert "More than this payment has left" in page
        do(client, payment, "allocate", invoice_id=invoice.pk, amount="12,50")
        assert now(invoice).balance == 3_750
        assert "still open there" in look(client, "payment", payment.pk)

    def test_to_another_customer(self, house: House, client: Client) -> None:
        wrong, right = house.customer("Solli"), house.customer("Solberg", ref="S-7")
        invoice = house.invoice(right, 5_000, number="26-900")
        payment = money(house, wrong, 5_000, note="26-900")
        assert "It names an invoice of another customer: Solberg" in look(client, "payment", payment.pk)
        for wanted, told in (("Sol", "Several customers"), ("Berg", "no customer by that name")):
            assert told in do(client, payment, "move", 422, customer=wanted)
        do(client, payment, "move", customer="S-7")
        payment.refresh_from_db()
        assert payment.customer_id == right.pk
        assert invoice.number in look(client, "payment", payment.pk)
        assert "came over" in look(client, "customer", right.pk)

    def test_money_on_its_way_that_was_noted_by_hand(self, house: House, client: Client) -> None:
        customer = house.customer()
        invoice = house.invoice(customer, 5_000)
        first, second = (money(house, customer, 5_000, pending=True, invoice=invoice) for _ in range(2))
        do(client, second, "not-come")
        do(client, first, "arrived", on=house.today.isoformat())
        assert now(invoice).balance == 0
        assert "did not come" in look(client, "payment", second.pk)


class TestSendingBack:
    def test_two_people(self, house: House, client: Client) -> None:
        other = house.client("accountant")
        payment = money(house, house.customer(), 5_000, method="cash")
        mark = seen(client, payment)
        for _ in range(2):
            do(client, payment, "refund", seen=mark, amount="20", reason="one chair less")
        refund = RefundRequest.objects.of(house.organization).get()
        assert "Yes, send it back" not in look(client, "payment", payment.pk)
        assert "Yes, send it back" in look(other, "money", show="needs")
        for who, state in ((client, "asked"), (other, "confirmed"), (other, "confirmed")):
            assert who.post(reverse("desk:refund-confirm", args=[refund.pk])).status_code == 303
            refund.refresh_from_db()
            assert refund.state == state
        for _ in range(2):
            other.post(reverse("desk:refund-paid-back", args=[refund.pk]))
        assert unapplied(payment) == 3_000
        assert "Refund of 20,00" in look(client, "payment", payment.pk)

    def test_not_after_all(self, house: House, client: Client) -> None:
        payment = money(house, house.customer(), 5_000)
        do(client, payment, "refund", amount="50", reason="")
        refund = RefundRequest.objects.of(house.organization).get()
        client.post(reverse("desk:refund-withdraw", args=[refund.pk]))
        refund.refresh_from_db()
        assert refund.state == "withdrawn"
        assert "Send money back" in look(client, "payment", payment.pk)


@pytest.mark.parametrize("role", ["collector", "read_only"])
def test_who_does_not_book_sees_and_touches_nothing(house: House, role: str) -> None:
    customer = house.customer()
    house.invoice(customer, 5_000)
    payment = money(house, customer, 5_000)
    client = house.client(role)
    page = look(client, "payment", payment.pk)
    assert "Send money back" not in page
    assert "It may be for" not in page
    assert '<form method="post" action="/money/' not in page


def test_ageing_and_outlook(house: House, client: Client) -> None:
    assert "Nothing to tell yet" in look(client, "outlook")
    for late in (-5, 5, 45, 200):
        house.invoice(house.customer(f"Kunde {late}"), 100_000 + late, late=late)
    page = look(client, "outlook")
    for told in ("31 to 60 days", "Kunde 200", "count-back method", '<svg class="chart"', "1\u00a0000,45\u00a0kr"):
        assert told in page, told
