# SPDX-License-Identifier: AGPL-3.0-or-later
"""Legal notices: every country's text is filled in for a person, with named gaps; none is ever sent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from purring.core.errors import Refused
from purring.facts.charges.models import AskedCharge
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Message
from purring.facts.organizations.models import LegalEntity, Organization
from purring.followup.models import Reminder
from purring.followup.notices import GAP, deadline_of, ready_notices
from purring.law.book import book, countries
from tests.apps.facts.cast import NOW, ana, bill, fjord

pytestmark = pytest.mark.django_db
DUE, TODAY = date(2026, 1, 15), date(2026, 3, 5)


def late(organization: Organization, country: str, kind: str) -> Invoice:
    """An invoice in the customer's own money, seven weeks late."""
    customer = ana(organization, f"{country}-{kind}", country=country, kind=kind, language="en")
    currency = book().country(country).currency
    return bill(customer, f"{country}{kind}", 100_000, DUE, currency=currency, description="A table of oak")


def house() -> Organization:
    organization = fjord(currency="NOK")
    LegalEntity.objects.of(organization).update(
        accounts=[{"number": "8601 11 17947"}],
        email="post@fjord.example",
        registration="NO 987 654 325",
        address_lines="Havnegata 2",
        postcode="9008",
        city="Tromsø",
    )
    return organization


@pytest.mark.parametrize("kind", ["business", "consumer"])
def test_every_text_is_filled_in(kind: str) -> None:
    organization = house()
    for country in countries():
        invoice = late(organization, country, kind)
        rules = book().kind(country, kind)
        for notice in rules.notices:
            for language in notice.texts:
                ready = next(one for one in ready_notices(invoice, TODAY, language) if one.notice == notice)
                assert ready.language == language
                assert "{" not in ready.text
                assert invoice.number in ready.text
                assert (GAP in ready.text) == bool(ready.missing)
                assert set(ready.missing) <= {"interest", "interest_from", "rate", "fee", "total", "cost"}, country
        assert deadlines_hold(country, kind)
    assert not Message.objects.of(organization).exists()
    assert not Reminder.objects.of(organization).exists()


def deadlines_hold(country: str, kind: str) -> bool:
    """No notice gives less time than its law wants."""
    rules = book().kind(country, kind)
    return all(
        deadline_of(notice, TODAY, country) >= TODAY + timedelta(notice.deadline_days) for notice in rules.notices
    )


def test_a_norwegian_notice_says_what_is_owed_and_by_when() -> None:
    (notice, _) = ready_notices(late(house(), "NO", "business"), TODAY)
    assert notice.notice.name == "inkassovarsel"
    text = notice.text.replace("\u00a0", " ")
    for said in ("NObusiness", "A table of oak", "1 000,00 kr", "8601 11 17947", "post@fjord.example"):
        assert said in text
    assert notice.missing == ()
    assert notice.verdict.allowed


def test_what_the_facts_do_not_tell_is_a_gap() -> None:
    organization = fjord(currency="NOK")
    (notice, _) = ready_notices(late(organization, "NO", "business"), TODAY)
    assert "how_to_pay" in notice.missing
    assert GAP in notice.text


def test_a_damages_clause_nobody_agreed_is_not_claimed() -> None:
    """Its ceiling is known, but only a person knows whether the contract has such a clause."""
    (belgian, *_) = ready_notices(late(house(), "BE", "consumer"), TODAY, "nl")
    assert "cost" in belgian.missing
    (dutch, *_) = ready_notices(late(house(), "NL", "consumer"), TODAY)
    assert "€ 150,00 aan incassokosten" in dutch.text.replace("\u00a0", " ")


def test_a_creditor_is_named_with_the_address_where_the_law_wants_it() -> None:
    for country, kind in (("FI", "consumer"), ("BR", "business"), ("GB", "consumer")):
        (notice, *_) = ready_notices(late(house(), country, kind), TODAY)
        assert "Havnegata 2, 9008 Tromsø" in notice.text


def test_no_notice_bears_a_fee_that_is_not_known_or_excluded() -> None:
    invoice = late(house(), "NO", "business")
    (_, demand) = ready_notices(invoice, TODAY)
    assert "gebyr 113,00" in demand.text
    (_, later) = ready_notices(invoice, date(2027, 1, 4))
    assert "fee" in later.missing, "the law may have changed by then"
    said = Message(organization=invoice.organization, customer=invoice.customer, channel="email", kind="firm", at=NOW)
    said.save(force_insert=True)
    AskedCharge(
        organization=invoice.organization, invoice=invoice, message=said, kind="compensation", amount=46_000,
        currency="NOK", rule="r", on=TODAY,
    ).save(force_insert=True)  # fmt: skip
    (_, beside) = ready_notices(invoice, TODAY)
    assert "gebyr 0,00" in beside.text


def test_too_early_is_told() -> None:
    (notice, _) = ready_notices(late(house(), "NO", "business"), DUE)
    assert not notice.verdict.allowed
    assert "2026-01-16" in notice.verdict.why


def test_no_law_no_notice() -> None:
    customer = ana(house(), country="PL")
    with pytest.raises(Refused, match="no law data"):
        ready_notices(bill(customer, due=DUE), TODAY)
