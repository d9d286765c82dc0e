# SPDX-License-Identifier: AGPL-3.0-or-later
"""The vendors' own descriptions, by name; read once in a run."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.support.providers.spec import Specs

FILES = {
    "paypal": (
        "paypal/checkout_orders_v2.json",
        "paypal/payments_payment_v2.json",
        "paypal/customer_disputes_v1.json",
        "paypal/reporting_transactions_v1.json",
    ),
    "square": ("square/api.trimmed.json", "square/api.json"),
    "stripe": ("stripe/spec3.2023-09-12.yaml",),
}


@cache
def specs(name: str, folder: Path) -> Specs:
    return Specs([folder / "api-specs" / file for file in FILES[name]])
