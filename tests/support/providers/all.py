# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every stand-in, for tests that hold for all providers alike."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.providers.paypal import PayPalShop
from tests.support.providers.shop import Shop
from tests.support.providers.square import SquareShop
from tests.support.providers.stripe import StripeShop

SHOPS: Mapping[str, type[Shop]] = {"paypal": PayPalShop, "square": SquareShop, "stripe": StripeShop}
