# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person does on a customer's or an invoice's page, once and twice, rightly and wrongly."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from purring.facts.customers.groups import add_group
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.payments.models import Payment
from purring.followup.models import Reminder, State, Task
from purring.followup.planning import plan
from tests.doors.desk.cast import House


def key_of(client: Client, page: str, act: str) -> str:
    found = re.search(rf'name="{act}-key" value="([0-9a-f]+)"', client.get(page).content.decode())
    assert found
    return found[1]


def do(client: Client, invoice: Invoice, act: str, status: int = 303, **fields: Any) -> str:
    response = client.post(
        reverse(f"desk:invoice-{act}", args=[invoice.pk]), {f"{act}-{name}": value for name, value in fields.items()}
    )
    assert response.status_code == status, response.content.decode()
    invoice.refresh_from_db()
    return response.content.decode()


@pytest.fixture
def invoice(house: House) -> Invoice:
    return house.invoice(house.customer())


def test_a_payment_is_booked_once_however_often_the_form_is_sent(
    house: House, client: Client, invoice: Invoice
) -> None:
    page = reverse("desk:invoice", args=[invoice.pk])
    key = key_of(client, page, "payment")
    for _ in range(3):
        do(client, invoice, "payment", amount="500,50", on=house.today.isoformat(), method="transfer", note="", key=key)
    assert invoice.balance == 125_000 - 50_050
    assert Payment.objects.of(house.organization).count() == 1
    do(
        client,
        invoice,
        "payment",
        amount="500,50",
        on=house.today.isoformat(),
        method="cash",
        key=key_of(client, page, "payment"),
    )
    assert invoice.balance == 125_000 - 2 * 50_050


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "above zero"),
        ("-5", "above zero"),
        ("abc", "is not a number"),
        ("1,234", "more decimals"),
        ("99999999999999999", "larger than any amount"),
    ],
)
def test_an_amount_that_cannot_be_is_said_at_its_field(
    house: House, client: Client, invoice: Invoice, amount: str, said: str
) -> None:
    page = do(client, invoice, "payment", 422, amount=amount, on=house.today.isoformat(), method="cash", key="k")
    assert said in page
    assert 'aria-invalid="true"' in page
    assert not Payment.objects.of(house.organization).exists()


def test_a_payment_of_tomorrow_is_a_promise(house: House, client: Client, invoice: Invoice) -> None:
    tomorrow = house.today + timedelta(days=1)
    assert "has not come yet" in do(
        client, invoice, "payment", 422, amount="5", on=tomorrow.isoformat(), method="cash", key="k"
    )


def test_promise_hold_dispute_twice_is_once(house: House, client: Client, invoice: Invoice) -> None:
    customer = invoice.customer
    friday = (house.today + timedelta(days=3)).isoformat()
    for _ in range(2):
        do(client, invoice, "promise", pay_on=friday, note="said Ane")
        do(client, invoice, "hold", until=friday, reason="new buyer")
        do(client, invoice, "dispute", amount="100", reason="scratches")
    assert customer.promises.count() == 1
    assert customer.holds.count() == 1
    assert invoice.disputes.get().amount == 10_000
    do(client, invoice, "release")
    do(client, invoice, "resolve", outcome="polished")
    do(client, invoice, "resolve", outcome="polished")
    assert customer.holds.get().released_at
    assert invoice.disputes.get().outcome == "polished"


def test_a_promise_of_yesterday_is_refused_at_its_field(house: House, client: Client, invoice: Invoice) -> None:
    assert "is before" in do(client, invoice, "promise", 422, pay_on=(house.today - timedelta(days=1)).isoformat())


def test_new_due_date_credit_note_write_off(house: House, client: Client, invoice: Invoice) -> None:
    later = house.today + timedelta(days=10)
    for _ in range(2):
        do(client, invoice, "due-date", due=later.isoformat())
        do(client, invoice, "credit-note", amount="250", number="C-1", reason="late")
    assert (invoice.due, invoice.generation, invoice.credited) == (later, 1, 25_000)
    assert "with this number already" in do(client, invoice, "credit-note", 422, amount="30", number="C-1")
    for _ in range(2):
        do(client, invoice, "write-off", reason="gone")
    assert invoice.balance == 0
    for _ in range(2):
        do(client, invoice, "reopen")
    assert invoice.balance == 100_000


def test_a_document_must_be_a_pdf(client: Client, invoice: Invoice) -> None:
    to = reverse("desk:invoice-document", args=[invoice.pk])
    wrong = client.post(to, {"document-file": SimpleUploadedFile("x.pdf", b"MZ..")})
    assert wrong.status_code == 422
    assert b"not a PDF" in wrong.content
    assert client.post(to, {"document-file": SimpleUploadedFile("x.pdf", b"%PDF-1.7 x")}).status_code == 303
    kept = invoice.attachments.get()
    sent = client.get(reverse("desk:document", args=[kept.pk]))
    assert sent["Content-Disposition"].startswith("attachment")
    assert sent.content == b"%PDF-1.7 x"


def test_customer_acts(house: House, client: Client, invoice: Invoice) -> None:
    customer = invoice.customer
    page = reverse("desk:customer", args=[customer.pk])

    def act(name: str, **fields: Any) -> None:
        response = client.post(
            reverse(f"desk:customer-{name}", args=[customer.pk]),
            {f"{name}-{key}": value for key, value in fields.items()},
        )
        assert response.status_code == 303, response.content.decode()

    for _ in range(2):
        act("exclude", reason="friend")
        act("spoke", on=house.today.isoformat(), note="nice chat")
        act("reply", text="where is it?")
    assert customer.holds.filter(exclusion=True).count() == 1
    assert customer.conversations.count() == 1
    assert customer.messages.count() == 1
    shown = client.get(page).content.decode()
    assert "Left out of all reminders" in shown
    assert "wait for our answer" in shown
    assert "where is it?" in shown
    act("include")
    act("answered")
    act(
        "payment",
        invoice_id="",
        amount="10",
        currency="NOK",
        on=house.today.isoformat(),
        method="cash",
        key=key_of(client, page, "payment"),
    )
    assert customer.credits.get().amount == 1_000
    act("promise", pay_on=house.today.isoformat())
    act("withdraw-promise")
    assert customer.promises.get().withdrawn_at


def test_new_customer_and_rules(house: House, client: Client) -> None:
    data = {
        "name": "Ny Kunde",
        "kind": "business",
        "country": "NO",
        "language": "nb",
        "contact": "Per",
        "email": "per@ny.example",
    }
    assert 'name="group"' not in client.get(reverse("desk:customer-new")).content.decode(), "there is none to choose"
    group = add_group(house.organization, "Friends", **house.told)
    assert client.post(reverse("desk:customer-new"), {**data, "group": group.pk + 1}).status_code == 422
    data["group"] = str(group.pk)
    assert client.post(reverse("desk:customer-new"), data).status_code == 303
    again = client.post(reverse("desk:customer-new"), data)
    assert again.status_code == 422
    assert b"already" in again.content
    customer = Customer.objects.of(house.organization).get(ref="ny-kunde")
    assert customer.group == group
    to = reverse("desk:customer-edit", args=[customer.pk])
    form = {
        **{"name": "Ny Kunde AS", "kind": "business", "country": "NO", "language": "nb", "closeness": "personal"},
        **{"pay_run_days": "25, 10", "po_required": "on", "terms_days": "14"},
    }
    assert client.post(to, form).status_code == 303
    customer.refresh_from_db()
    assert (customer.name, customer.pay_run_days, customer.po_required) == ("Ny Kunde AS", [10, 25], True)
    assert list(customer.contacts.values_list("name", flat=True)) == ["Per"], "people are changed one by one"
    wrong = client.post(to, {**form, "pay_run_days": "40"})
    assert wrong.status_code == 422


def test_reminders_approve_skip_edit_hold(house: House, client: Client) -> None:
    for name in ("En", "To", "Tre", "Fire"):
        house.invoice(house.customer(name))
    plan(house.organization, house.told["now"])
    one, two, three, four = Reminder.objects.of(house.organization).order_by("id")
    words = client.get(reverse("desk:reminder", args=[one.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "Snekker Solberg" in words
    assert "<html" not in words
    client.post(reverse("desk:reminder-approve", args=[one.pk]))
    client.post(reverse("desk:reminder-skip", args=[two.pk]))
    client.post(reverse("desk:reminder-skip", args=[two.pk]))
    client.post(reverse("desk:reminder-hold", args=[three.pk]))
    edited = client.post(reverse("desk:reminder-words", args=[four.pk]), {"subject": "Hei", "text": "Kjære deg"})
    assert edited.status_code == 303
    assert "Kjære deg" in client.get(reverse("desk:reminder", args=[four.pk])).content.decode()
    for row in (one, two, four):
        row.refresh_from_db()
    assert one.approved_at
    assert two.state == State.SKIPPED
    assert four.own_text == "Kjære deg"
    assert three.customer.holds.count() == 1


def test_approving_all_is_what_was_seen(house: House, client: Client) -> None:
    house.invoice(house.customer("En"))
    plan(house.organization, house.told["now"])
    seen = Reminder.objects.of(house.organization).get()
    house.invoice(house.customer("To"))
    plan(house.organization, house.told["now"])
    assert client.post(reverse("desk:approve"), {"newest": seen.pk}).status_code == 303
    approved = Reminder.objects.of(house.organization).exclude(approved_at=None)
    assert [row.pk for row in approved] == [seen.pk]
    house.organization.refresh_from_db()
    assert house.organization.first_day_approved_at


def test_doubt_is_settled_by_a_person(house: House, client: Client) -> None:
    house.invoice(house.customer())
    plan(house.organization, house.told["now"])
    Reminder.objects.of(house.organization).update(state=State.UNCONFIRMED)
    reminder = Reminder.objects.of(house.organization).get()
    assert "may or may not have arrived" in client.get(reverse("desk:today")).content.decode()
    client.post(reverse("desk:reminder-settle", args=[reminder.pk]), {"arrived": "yes"})
    client.post(reverse("desk:reminder-settle", args=[reminder.pk]), {"arrived": "no"})
    reminder.refresh_from_db()
    assert reminder.state == State.SENT


def test_a_task_is_done_once(house: House, client: Client) -> None:
    house.invoice(house.customer(po_required=True))
    plan(house.organization, house.told["now"])
    task = Task.objects.of(house.organization).get()
    for _ in range(2):
        client.post(reverse("desk:task-done", args=[task.pk]))
    task.refresh_from_db()
    assert task.done_by == house.user("owner")


def test_with_htmx_the_row_says_so_in_its_place(house: House, client: Client) -> None:
    house.invoice(house.customer("En"))
    plan(house.organization, house.told["now"])
    reminder = Reminder.objects.of(house.organization).get()
    for said in ("Skipped today", "does not wait any more"):
        page = client.post(reverse("desk:reminder-skip", args=[reminder.pk]), headers={"HX-Request": "true"})
        assert said in page.content.decode()
        assert "<html" not in page.content.decode()
