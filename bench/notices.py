# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notices of payment providers checked and read a second, beside the least that any check costs.

    python -m bench.notices [--notices N]

Baselines, over the same bytes in the same run: one HMAC-SHA256 of the standard library and a JSON reading for Stripe and
Square; one RSA check of the `cryptography` library and a JSON reading for PayPal. Times are process CPU, best of three.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from purring.plugins.payment import Provider, Wanted
from tests.support.providers.all import SHOPS
from tests.support.providers.paypal import signer
from tests.support.providers.shop import Sent

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def notices(name: str, count: int) -> tuple[Provider, Sequence[Sent]]:
    shop = SHOPS[name](random.Random(1), clock=lambda: NOW)
    provider = shop.connect()
    while len(shop.notices) < count:
        key = f"{len(shop.notices):032x}"
        shop.pays(
            provider.start(Wanted(key, 50_00, "EUR", "Logo", "1", "https://x.example/r", "https://x.example/c")).ref
        )
    return provider, shop.notices[:count]


def seconds(work: Callable[[], object]) -> float:
    took = []
    for _ in range(3):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return min(took)


def bare(name: str, sent: Sequence[Sent]) -> Callable[[], object]:
    if name != "paypal":
        return lambda: [(hmac.new(b"k", one.body, hashlib.sha256).hexdigest(), json.loads(one.body)) for one in sent]
    private = signer()[0]
    public = private.public_key()
    signed = [(private.sign(one.body, PKCS1v15(), SHA256()), one.body) for one in sent]
    return lambda: [(public.verify(mark, body, PKCS1v15(), SHA256()), json.loads(body)) for mark, body in signed]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notices", type=int, default=2_000)
    count = parser.parse_args().notices
    for name in SHOPS:
        provider, sent = notices(name, count)
        ours = seconds(lambda p=provider, s=sent: [p.read_notice(one.headers, one.body, NOW) for one in s])  # type: ignore[misc]
        least = seconds(bare(name, sent))
        print(f"{name:7} {count / ours:9.0f} notices/s   bare {count / least:9.0f}/s   ratio {ours / least:.2f}")


if __name__ == "__main__":
    main()
