# SPDX-License-Identifier: AGPL-3.0-or-later
"""The check before the first reminder of what was imported: where the money and the message would go, too."""

from __future__ import annotations

import pytest

from purring.facts.customers.actions import change_customer, replace_contacts
from purring.facts.invoices.actions import change_invoice
from purring.facts.organizations.models import LegalEntity
from purring.followup.entities import change_entity
from purring.followup.models import Reminder, Task
from purring.followup.why import why_invoice
from tests.apps.cast import Studio

pytestmark = pytest.mark.django_db


def entity(studio: Studio, number: str) -> LegalEntity:
    accounts = [{"scheme": "no", "number": number, "bic": "", "label": ""}]
    entities = LegalEntity.objects.of(studio.organization)
    if entities.filter(is_default=True).update(accounts=accounts):
        return entities.get(is_default=True)
    return entities.create(
        organization=studio.organization, name="Studio AS", country="NO", accounts=accounts, is_default=True
    )


def waiting(studio: Studio) -> list[str]:
    return list(
        Reminder.objects.of(studio.organization).filter(state="planned").values_list("customer__ref", flat=True)
    )


def tasks(studio: Studio) -> list[tuple[str, str]]:
    open_ones = Task.objects.of(studio.organization).filter(done_at=None)
    return sorted((task.code, task.why) for task in open_ones)


def test_a_slip_in_the_address_is_seen_before_a_stranger_is_written_to(studio: Studio) -> None:
    customer = studio.customer(contacts=[{"name": "Ane Lie", "email": "ane@gmial.com"}])
    invoice = studio.invoice(customer)
    studio.plan()
    assert waiting(studio) == []
    assert tasks(studio) == [
        (
            "check_invoice",
            "I1 should be looked at before the first reminder: the e-mail address looks like a typing error",
        )
    ]
    assert "typing error" in str(why_invoice(invoice, studio.today))
    replace_contacts(customer, [{"name": "Ane Lie", "email": "ane@gmail.com"}], **studio.told)
    studio.plan()
    assert waiting(studio) == ["C1"]


@pytest.mark.parametrize(
    ("number", "held"),
    [
        ("DE136695977", True),  # the check digit is wrong
        ("DE136695976", False),
        ("NO 923 609 016 MVA", False),
        ("12/345/67890", False),  # a register's own, without a country before it
        ("", False),
    ],
)
def test_a_tax_number_that_cannot_be_one_is_seen(studio: Studio, number: str, held: bool) -> None:
    studio.invoice(studio.customer(vat_id=number))
    studio.plan()
    assert (waiting(studio) == []) is held


def test_days_that_cannot_be_right_are_seen(studio: Studio) -> None:
    customer = studio.customer()
    studio.invoice(customer, issued=studio.today.replace(year=1926))
    studio.plan()
    assert waiting(studio) == []
    assert "one of its dates cannot be right" in tasks(studio)[0][1]


def test_what_a_person_has_looked_at_goes_on(studio: Studio) -> None:
    invoice = studio.invoice(studio.customer(vat_id="DE136695977"))
    studio.plan()
    change_invoice(invoice, checked_at=studio.now, **studio.told)
    studio.plan()
    assert waiting(studio) == ["C1"]


def test_a_wrong_account_of_ours_is_one_task_and_everybody_waits(studio: Studio) -> None:
    ours = entity(studio, "8601 11 17948")
    for _ in range(3):
        studio.invoice()
    studio.plan()
    assert waiting(studio) == []
    ((code, why),) = tasks(studio)
    assert code == "check_account"
    assert why.startswith("one of your bank accounts does not look right")
    change_entity(ours, accounts=[{**ours.accounts[0], "number": "8601 11 17947"}], **studio.told)
    assert tasks(studio) == []
    studio.plan()
    assert waiting(studio) == ["C1", "C2", "C3"]


def test_another_entitys_account_does_not_matter(studio: Studio) -> None:
    entity(studio, "8601 11 17947")
    accounts = [{"scheme": "iban", "number": "DE89370400440532013001", "bic": "", "label": ""}]
    other = LegalEntity.objects.of(studio.organization).create(
        organization=studio.organization, name="Studio GmbH", country="DE", accounts=accounts
    )
    studio.invoice()
    studio.invoice(entity=other)
    studio.plan()
    assert waiting(studio) == ["C1"]


def test_a_changed_customer_is_checked_again(studio: Studio) -> None:
    customer = studio.customer()
    studio.invoice(customer)
    change_customer(customer, vat_id="DE136695977", **studio.told)
    studio.plan()
    assert waiting(studio) == []
