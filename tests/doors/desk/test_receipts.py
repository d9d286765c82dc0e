# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money taken at the desk, in cash, by cheque or by phone: it is recorded with how it came, and has its receipt."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from purring.facts.payments.models import Payment

if TYPE_CHECKING:
    from tests.doors.desk.cast import House

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "printed"),
    [("cash", "kontant"), ("cheque", "sjekk"), ("phone", "over telefon"), ("transfer", "bankoverføring")],
)
def test_taken_by_hand_and_receipted(house: House, method: str, printed: str) -> None:
    invoice = house.invoice(house.customer(), 125_000)
    client = house.client("accountant")
    form = {
        "payment-amount": "400",
        "payment-on": house.today.isoformat(),
        "payment-method": method,
        "payment-key": "k",
    }
    for _ in range(2):  # pressed twice
        assert client.post(f"/invoices/{invoice.pk}/payment/", form).status_code == 303
    payment = Payment.objects.of(house.organization).get()
    assert (payment.amount, payment.method) == (40_000, method)
    to = f"/money/{payment.pk}/receipt.pdf"
    assert to in client.get(f"/invoices/{invoice.pk}/").content.decode()
    text = PdfReader(io.BytesIO(client.get(to).content)).pages[0].extract_text().replace("\u00a0", " ")
    assert printed in text
    assert "400,00" in text
    assert "850,00" in text, "what is left"


def test_money_that_paid_nothing_yet_has_no_receipt(house: House) -> None:
    from purring.facts.payments.actions import record_payment

    payment = record_payment(house.customer(), 100, "NOK", on=house.today, **house.told)
    response = house.client().get(f"/money/{payment.pk}/receipt.pdf")
    assert (response.status_code, response["Location"]) == (303, f"/money/{payment.pk}/")
