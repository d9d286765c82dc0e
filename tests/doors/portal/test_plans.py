# SPDX-License-Identifier: AGPL-3.0-or-later
"""Instalments, a later day and discounts on the customer's page: what is shown is what is agreed to, once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from purring.facts.agreements.models import PaymentPlan
from purring.facts.invoices.models import Invoice
from purring.facts.offers.models import Consent, PlanProposal
from purring.followup.models import OwnMessage

if TYPE_CHECKING:
    from tests.doors.desk.cast import House
    from tests.doors.portal.visitor import Visitor

pytestmark = pytest.mark.django_db
PLAIN = {"rhythm": "monthly", "first": "", "currency": "NOK"}


@pytest.fixture
def nils(house: House) -> Visitor:
    """A customer with two open invoices, whom six monthly instalments and fourteen more days are offered."""
    from purring.facts.offers.terms import keep_terms
    from tests.doors.portal.visitor import Visitor

    values: dict[str, Any] = {
        "whom": "all", "plan_most": 6, "plan_first_percent": 20, "plan_first_days": 14, "plan_last_days": 200,
        "plan_smallest": "10", "plan_rhythms": [], "deferral_days": 14, "ladder": [[200, 10]],
        "instalments_at_start": False, "autopay": False, "autopay_at_start": False,
    }  # fmt: skip
    keep_terms(house.organization, values, on=house.today - timedelta(90), **house.told)
    customer = house.customer(language="en")
    house.invoice(customer, late=4)
    house.invoice(customer, late=-20, issued=house.today - timedelta(2))
    return Visitor(house, customer)


def shown(nils: Visitor, path: str, **query: str) -> str:
    response = nils.client.get(path, query)
    assert response.status_code == 200, response
    assert not nils.client.cookies
    return response.content.decode().replace("\u00a0", " ")


def to(nils: Visitor, page: str) -> str:
    from tests.doors.portal.visitor import path_of

    return f"{path_of(nils.house, nils.customer)}{page}/"


def token_in(page: str) -> str:
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found, page
    return found[1]


def plans_of(nils: Visitor) -> list[PaymentPlan]:
    return list(PaymentPlan.objects.of(nils.house.organization))


def fields(nils: Visitor, **other: str) -> dict[str, str]:
    return {**PLAIN, "number": "3", "first_on": nils.house.today.isoformat(), **other}


def test_the_gentlest_plan_is_suggested_and_opening_changes_nothing(nils: Visitor) -> None:
    page = shown(nils, to(nils, "plan"))
    assert "6 of 6" in page
    assert "Agree to this plan" in page
    assert not plans_of(nils)


def test_shown_agreed_and_running(nils: Visitor) -> None:
    page = shown(nils, to(nils, "plan"), **fields(nils))
    form = {**fields(nils), "form": token_in(page), "agreed": "yes"}
    for _ in range(2):  # pressed twice
        response = nils.client.post(to(nils, "plan"), form)
        assert response.status_code == 303
    (plan,) = plans_of(nils)
    assert plan.instalments.count() == 3
    consent = Consent.objects.of(nils.house.organization).get()
    assert consent.plan == plan
    for day in plan.instalments.values_list("due", flat=True):
        assert f"{day.day} " in consent.text
    assert "0 of 3 instalments paid" in shown(nils, to(nils, "plan"))
    assert "0 of 3 instalments paid" in shown(nils, to(nils, "plan").removesuffix("plan/"))
    paper = nils.client.get(f"{to(nils, 'plan')}{plan.pk}.pdf")
    assert paper.content.startswith(b"%PDF")
    from tests.doors.portal.visitor import codes

    assert set(codes(nils.house, nils.customer).values()) == {"on_plan"}


def test_what_goes_further_is_asked_for_and_waits(nils: Visitor) -> None:
    page = shown(nils, to(nils, "plan"), **fields(nils, number="12"))
    assert "goes beyond what we can agree to at once" in page
    nils.client.post(to(nils, "plan"), {**fields(nils, number="12"), "form": token_in(page), "agreed": "yes"})
    assert not plans_of(nils)
    proposal = PlanProposal.objects.of(nils.house.organization).get()
    assert len(proposal.instalments) == 12
    assert "you get no reminder before you have our answer" in shown(nils, to(nils, "plan"))
    from tests.doors.portal.visitor import codes

    assert set(codes(nils.house, nils.customer).values()) == {"awaiting_our_answer"}


def test_without_consent_or_with_another_plan_than_was_shown_nothing_happens(nils: Visitor) -> None:
    page = shown(nils, to(nils, "plan"), **fields(nils))
    form = {**fields(nils), "form": token_in(page)}
    assert nils.client.post(to(nils, "plan"), form).status_code == 422
    assert nils.client.post(to(nils, "plan"), {**form, "agreed": "yes", "number": "4"}).status_code == 422
    assert nils.client.post(to(nils, "plan"), {**form, "agreed": "yes", "form": "x"}).status_code == 422
    assert not plans_of(nils)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("number", "many", "fill this in"),
        ("number", "61", "fill this in"),
        ("rhythm", "daily", "fill this in"),
        ("first_on", "2026-02-30", "still to come"),
        ("first_on", "2020-01-01", "still to come"),
        ("first", "999999", "an amount of up to"),
        ("first", "-5", "an amount of up to"),
    ],
)
def test_what_cannot_be_is_said_kindly_beside_its_field(nils: Visitor, name: str, value: str, said: str) -> None:
    page = shown(nils, to(nils, "plan"), **{**fields(nils), name: value})
    assert said in page
    assert 'name="agreed"' not in page


def test_a_link_of_one_message_plans_only_its_invoices(nils: Visitor) -> None:
    from purring.facts.access.actions import make_link
    from purring.facts.access.tokens import new_token

    first, *rest = Invoice.objects.of(nils.house.organization).filter(customer=nils.customer).order_by("id")
    assert rest
    token = new_token()
    make_link(nils.customer, token, invoices=[first], **nils.house.told)
    page = shown(nils, f"/pay/{token}/plan/")
    assert first.number in page
    assert not any(one.number in page for one in rest)


def test_a_later_day_once(nils: Visitor) -> None:
    page = shown(nils, to(nils, "later"))
    invoice = (
        Invoice.objects.of(nils.house.organization).filter(customer=nils.customer, due__gte=nils.house.today).get()
    )
    day = invoice.due + timedelta(14)
    form = {"form": token_in(page), "invoice": str(invoice.pk), "day": day.isoformat(), "agreed": "yes"}
    assert nils.client.post(to(nils, "later"), {**form, "day": (day + timedelta(1)).isoformat()}).status_code == 422
    response = nils.client.post(to(nils, "later"), form)
    assert response.status_code == 303
    assert "The new day is" in shown(nils, response["Location"])
    invoice.refresh_from_db()
    assert invoice.due == day
    again = nils.client.post(to(nils, "later"), {**form, "day": (day + timedelta(1)).isoformat()})
    assert again.status_code == 303
    invoice.refresh_from_db()
    assert invoice.due == day


def test_a_form_that_came_back_into_view_puts_off_another_invoice_too(nils: Visitor) -> None:
    house = nils.house
    house.invoice(nils.customer, late=-9, issued=house.today - timedelta(2))
    rows = Invoice.objects.of(house.organization).filter(customer=nils.customer, due__gte=house.today)
    form = {"form": token_in(shown(nils, to(nils, "later"))), "agreed": "yes"}
    days = {one.pk: one.due + timedelta(14) for one in rows}
    for key, day in days.items():
        for _ in range(2):
            said = {**form, "invoice": str(key), "day": day.isoformat()}
            assert "The new day is" in shown(nils, nils.client.post(to(nils, "later"), said)["Location"])
    assert {one.pk: one.due for one in rows.all()} == days
    assert Consent.objects.of(house.organization).filter(customer=nils.customer).count() == len(days)
    assert OwnMessage.objects.of(house.organization).filter(customer=nils.customer).count() == len(days)


def test_the_address_cannot_make_the_page_say_what_is_not_so(nils: Visitor) -> None:
    assert "The new day is" not in shown(nils, to(nils, "later"), agreed="2031-01-01")


def test_the_discount_stands_on_the_account_page(nils: Visitor) -> None:
    page = shown(nils, to(nils, "plan").removesuffix("plan/"))
    assert "instead of" in page
    assert "Pay in instalments" in page
    assert "Pay a little later" in page


@pytest.mark.parametrize("language", ["de", "nb", "fr", "it", "pt-BR"])
def test_every_page_in_other_languages(nils: Visitor, language: str) -> None:
    for page in ("plan", "later"):
        assert f'lang="{language}"' in shown(nils, to(nils, page), language=language)


def test_a_wrong_link_opens_nothing(nils: Visitor) -> None:
    for page in ("plan/", "plan/1.pdf", "later/"):
        assert nils.client.get(f"/pay/{'A' * 22}/{page}").status_code == 404


@pytest.mark.parametrize("ticked", [True, False])
def test_instalments_are_taken_automatically_only_where_that_was_agreed(nils: Visitor, ticked: bool) -> None:
    """Who has automatic payment is asked for each plan; the words that were shown are kept with it."""
    from purring.facts.checkout.models import Attempt, Mandate, ProviderAccount
    from purring.followup.models import OwnMessage

    org, now = nils.house.organization, nils.house.told["now"]
    assert "automatically" not in shown(nils, to(nils, "plan"))
    account = ProviderAccount(organization=org, provider="stripe", sealed="-", created_at=now, token="t")
    account.save(force_insert=True)
    attempt = Attempt(
        organization=org, account=account, customer=nils.customer, key="k", amount=1, currency="NOK", started_at=now,
        state="paid",
    )  # fmt: skip
    attempt.save(force_insert=True)
    Mandate(
        organization=org, account=account, customer=nils.customer, attempt=attempt, label="Visa 4242", text="I agree",
        language="en", agreed_at=now, given_at=now,
    ).save(force_insert=True)  # fmt: skip
    page = shown(nils, to(nils, "plan"), **fields(nils))
    assert "Take each instalment automatically on its day (Visa 4242)" in page
    said = fields(nils, form=token_in(page), agreed="yes", **({"automatic": "yes"} if ticked else {}))
    assert nils.client.post(to(nils, "plan"), said).status_code == 303
    consent = Consent.objects.of(org).get()
    assert consent.automatic is ticked
    assert ("automatically on its day (Visa 4242)" in consent.text) is ticked
    assert ("Each instalment is taken automatically on its day." in shown(nils, to(nils, "plan"))) is ticked
    assert OwnMessage.objects.of(org).get().author is None, "confirmed in writing, by nobody in person"
