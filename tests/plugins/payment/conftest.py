# SPDX-License-Identifier: AGPL-3.0-or-later
"""A shop of each vendor. Where the vendors' descriptions are at hand, every request and answer is held against them."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from tests.plugins.payment.vendors import specs
from tests.support.data import data_folder
from tests.support.providers.all import SHOPS
from tests.support.providers.shop import Reply, Request, Shop


@pytest.fixture(params=list(SHOPS))
def shop(request: pytest.FixtureRequest, rng: random.Random) -> Shop:
    now = datetime.now(UTC).replace(microsecond=0)
    made = SHOPS[request.param](rng, clock=lambda: now)
    folder = data_folder()

    def check(asked: Request, reply: Reply) -> None:
        if folder and asked.path != "/v1/oauth2/token" and reply.status < 300:
            specs(made.name, folder).check(asked, reply)

    made.check = check
    return made
