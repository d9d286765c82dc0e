# SPDX-License-Identifier: AGPL-3.0-or-later
"""Amounts go out and come home unchanged, whatever number of decimals a currency has here and at the provider."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.core.errors import Refused, Trouble
from purring.core.money import exponent
from purring.core.units import decimal_text, from_decimal, inward, known_or_none, outward
from purring.plugins.payment import Wanted
from tests.support.providers.all import SHOPS

CURRENCIES = ("EUR", "JPY", "KWD", "ISK", "HUF", "UGX", "CLP", "TND", "USD", "TWD", "KRW")
SMALLEST = {
    ("stripe", "KWD"): 10,
    ("stripe", "TND"): 10,
    ("paypal", "KWD"): 10,
    ("paypal", "TND"): 10,
    ("paypal", "HUF"): 100,
    ("paypal", "TWD"): 100,
    ("square", "KWD"): 10,
    ("square", "TND"): 10,
}
"""Of our minor units, where a provider counts coarser than we do."""
AMOUNTS = st.integers(1, 10**9)


@given(AMOUNTS, st.sampled_from(CURRENCIES), st.integers(0, 4))
def test_what_goes_out_comes_home(amount: int, currency: str, places: int) -> None:
    if places < exponent(currency) and amount % 10 ** (exponent(currency) - places):
        with pytest.raises(Refused, match="decimals only"):
            outward(amount, currency, places)
        return
    units = outward(amount, currency, places)
    assert inward(units, currency, places) == amount
    text = decimal_text(amount, currency, places)
    assert from_decimal(text, currency) == amount
    assert Decimal(text).scaleb(exponent(currency)) == amount
    assert len(text.partition(".")[2]) == places


@given(st.text(max_size=12) | st.none() | st.floats() | st.binary(max_size=3))
def test_a_text_that_is_no_amount_is_trouble_and_nothing_else(text: object) -> None:
    read = known_or_none(lambda: from_decimal(text, "EUR"))
    if read is None:
        with pytest.raises(Trouble, match="cannot be read"):
            from_decimal(text, "EUR")
    else:
        assert Decimal(str(text)).scaleb(2) == read


@pytest.mark.parametrize("name", SHOPS)
@given(amount=AMOUNTS, currency=st.sampled_from(CURRENCIES))
def test_through_each_provider(name: str, amount: int, currency: str) -> None:
    """The same amount in the truth, the refund and what is left; or a clear refusal before anything is asked."""
    shop = SHOPS[name]()
    provider = shop.connect()
    wanted = Wanted("k", amount, currency, "Logo", "1", "https://x.example/r", "https://x.example/c")
    if amount % SMALLEST.get((name, currency), 1):
        with pytest.raises(Refused, match="decimals only"):
            provider.start(wanted)
        assert not shop.sales
        return
    ref = provider.start(wanted).ref
    shop.pays(ref)
    truth = provider.fetch(ref)
    assert (truth.amount, truth.currency) == (amount, currency)
    assert provider.refund(truth.payment_ref, amount, currency, "r").amount == amount
    assert sum(one.amount for one in provider.fetch(ref).returned) == amount
