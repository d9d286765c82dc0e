# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sums of an invoice, as EN 16931 computes them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.papers.facts import EarlyPayment, Line
from purring.papers.totals import early_discount, line_net, totals
from tests.papers.sample import invoice, line


def test_plain() -> None:
    sums = totals(invoice(paid="309.00"))
    assert (sums.net, sums.tax, sums.gross, sums.paid, sums.payable) == (110_000, 20_900, 130_900, 30_900, 100_000)
    assert (sums.charges, sums.asked) == (828, 100_828)
    assert sums.as_json() == {
        "net": "1100.00",
        "tax": "209.00",
        "gross": "1309.00",
        "paid": "309.00",
        "payable": "1000.00",
        "currency": "EUR",
    }


def test_tax_is_rounded_once_per_rate_never_per_line() -> None:
    sums = totals(invoice(lines=[line(unit_price="0.10", tax_rate="25")] * 3))  # 0.025 each, 0.075 together
    assert (sums.net, sums.tax) == (30, 8)


@pytest.mark.parametrize(
    ("price", "rate", "tax"), [("0.10", "5", 1), ("0.30", "5", 2), ("0.29", "5", 1), ("10.50", "19", 200)]
)
def test_half_a_cent_goes_up(price: str, rate: str, tax: int) -> None:
    assert totals(invoice(lines=[line(unit_price=price, tax_rate=rate)])).tax == tax


def test_what_came_back_is_rounded_away_from_zero_too() -> None:
    sums = totals(invoice(lines=[line(unit_price="0.10", tax_rate="5", quantity="-1")]))
    assert (sums.net, sums.tax) == (-10, -1)


def test_rates_and_categories_are_kept_apart() -> None:
    sums = totals(
        invoice(
            lines=[
                line(tax_rate="19"),
                line(tax_rate="7"),
                line(tax_rate="19.00", discount="10.00"),
                line(tax_rate="0", tax_category="E", exemption_reason="§ 4 Nr. 21 UStG"),
                line(tax_rate="0", tax_category="E"),
            ]
        )
    )
    assert [(one.category, str(one.rate), one.basis, one.tax) for one in sums.taxes] == [
        ("S", "19", 19_000, 3_610),
        ("S", "7", 10_000, 700),
        ("E", "0", 20_000, 0),
    ]
    assert sums.taxes[2].exemption_reason == "§ 4 Nr. 21 UStG"
    assert (sums.discounts, sums.net, sums.tax) == (1_000, 49_000, 4_310)


def test_no_tax_in_a_tax_free_category_whatever_the_rate_says() -> None:
    assert totals(invoice(lines=[line(tax_rate="19", tax_category="AE")])).tax == 0


@pytest.mark.parametrize(
    ("currency", "quantity", "price", "net"),
    [("EUR", "3", "0.335", 101), ("JPY", "3", "0.5", 2), ("KWD", "1", "1.2345", 1235), ("EUR", "0.333", "10", 333)],
)
def test_a_line_is_rounded_to_its_currency(currency: str, quantity: str, price: str, net: int) -> None:
    made = Line("Work", Decimal(price), quantity=Decimal(quantity))
    assert line_net(made, currency) == net


def test_early_payment() -> None:
    facts = invoice()
    assert early_discount(facts.early_payment[0], 130_900) == 2_618
    assert early_discount(EarlyPayment(Decimal("0.5"), facts.due), 100) == 1  # half a cent goes up


prices = st.decimals(min_value=0, max_value=10_000, places=4)
quantities = st.decimals(min_value=-1_000, max_value=1_000, places=3)
rates = st.sampled_from(["0", "5.5", "7", "19", "25"])


@given(rows=st.lists(st.tuples(prices, quantities, rates), min_size=1, max_size=8))
def test_sums_against_plain_decimal_arithmetic(rows: list[tuple[Decimal, Decimal, str]]) -> None:
    facts = invoice(lines=[line(unit_price=f"{p:f}", quantity=f"{q:f}", tax_rate=r) for p, q, r in rows])
    sums = totals(facts)
    cent = Decimal("0.01")
    nets = [(q * p).quantize(cent, ROUND_HALF_UP) for p, q, _ in rows]
    tax = sum(
        (
            sum((n for n, (_, _, r) in zip(nets, rows, strict=True) if r == rate), Decimal(0)) * Decimal(rate) / 100
        ).quantize(cent, ROUND_HALF_UP)
        for rate in {r for _, _, r in rows}
    )
    assert (Decimal(sums.net) / 100, Decimal(sums.tax) / 100) == (sum(nets), tax)
    assert sums.gross == sums.net + sums.tax == sums.payable
    assert sums.net == sum(sums.lines) == sum(one.basis for one in sums.taxes)
