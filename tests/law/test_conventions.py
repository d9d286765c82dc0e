# SPDX-License-Identifier: AGPL-3.0-or-later
"""Terms, names, lapse of claims, the order of payments: what is usual where."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from purring.law.book import book, countries
from purring.law.conventions import (
    HOUSE_ORDER,
    Ahead,
    ahead_of_principal,
    allocate,
    limitation,
    payable_until,
)
from tests.law.asking import day


def test_stages_have_their_local_names() -> None:
    names = {code: book().kind(code, "business").stages for code in ("NO", "DE", "FR", "ZA")}
    assert names["NO"]["legal_notice"] == "inkassovarsel"
    assert names["DE"]["friendly"] == "Zahlungserinnerung"
    assert names["FR"]["legal_notice"] == "mise en demeure"
    assert "vriendelike herinnering" in names["ZA"]["friendly"]


def test_every_country_knows_its_terms_and_its_discount() -> None:
    for code in countries():
        country = book().country(code)
        assert country.business.terms.usual
        assert country.early_payment.name
        assert country.early_payment.tax


def test_a_german_claim_lapses_three_years_after_the_end_of_its_year() -> None:
    kind = book().kind("DE", "business")
    assert limitation(kind, day("2023-05-10"), day("2026-06-01")).on == day("2026-12-31")
    soon = limitation(kind, day("2023-05-10"), day("2026-11-21"))
    assert (soon.soon, soon.lapsed) == (True, False)
    assert limitation(kind, day("2022-05-10"), day("2026-01-01")).lapsed


def test_a_french_consumer_is_free_after_two_years() -> None:
    kind = book().kind("FR", "consumer")
    assert limitation(kind, day("2024-02-29"), day("2026-02-28")).lapsed is False
    assert limitation(kind, day("2024-02-29"), day("2026-03-01")).lapsed is True


def test_where_it_depends_on_the_state_no_day_is_named() -> None:
    lapse = limitation(book().kind("US", "business"), day("2020-01-01"), day("2026-01-01"))
    assert (lapse.on, lapse.soon, lapse.lapsed) == (None, False, False)
    assert "state" in lapse.note


def test_a_due_date_moves_past_days_off_in_both_places() -> None:
    assert payable_until(day("2026-05-30"), "DE") == day("2026-06-01")
    assert payable_until(day("2026-05-01"), "US") == day("2026-05-01")
    assert payable_until(day("2026-05-01"), "US", "NO") == day("2026-05-04")


def test_the_law_fills_costs_first_and_the_house_the_principal() -> None:
    owed = {"costs": 40_00, "interest": 10_00, "principal": 1_000_00}
    law = book().country("DE").allocation.order
    assert allocate(60_00, owed, law) == {"costs": 40_00, "interest": 10_00, "principal": 10_00, "rest": 0}
    assert allocate(60_00, owed) == {"principal": 60_00, "interest": 0, "costs": 0, "rest": 0}
    assert not book().country("DE").allocation.mandatory


@given(
    st.integers(0, 10**9),
    st.fixed_dictionaries({part: st.integers(0, 10**8) for part in HOUSE_ORDER}),
    st.permutations(HOUSE_ORDER),
)
def test_a_payment_is_filled_in_to_the_last_cent(amount: int, owed: dict[str, int], order: list[str]) -> None:
    filled = allocate(amount, owed, order)
    assert sum(filled.values()) == amount
    assert all(0 <= filled[part] <= owed[part] for part in owed)
    assert filled["rest"] == max(0, amount - sum(owed.values()))


def test_what_comes_before_the_principal_needs_every_law_and_enough_certainty() -> None:
    def ahead(*codes: str, least: str = "high") -> Ahead:
        return ahead_of_principal([book().country(code) for code in codes], least)

    assert ahead("DE") == (("costs", "interest"), "BGB § 367")
    assert ahead("DE", "BR") == (("interest",), "BGB § 367 + CC art. 354")
    assert ahead("DE", "NO") == ahead("NO") == ahead() == ((), "")
    assert ahead("SE").parts == ()
    assert ahead("SE", least="medium").parts == ("interest",)
    for code in countries():
        law = book().country(code).allocation
        assert not law.order or law.order[-1] == "principal"
        assert (law.basis.confidence == "low") == (not law.order), "an order is known with its rule, or not at all"


def test_charges_have_their_names_of_the_place() -> None:
    assert book().charge_name("NO", "consumer", "fee", "nb") == "purregebyr"
    assert book().charge_name("CH", "business", "fee", "it-CH") == "spese di richiamo"
    assert book().charge_name("NL", "business", "interest", "nl") == "wettelijke handelsrente"
    assert book().charge_name("NL", "consumer", "interest", "nl") == "wettelijke rente"
    assert book().charge_name("NO", "business", "fee", "de") == ""
