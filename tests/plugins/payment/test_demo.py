# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demo's provider keeps to the protocol, moves no money, and is not there outside the demo."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purring.core.errors import Refused, Trouble
from purring.plugins.payment import Charging, Kept, Provider, State, Wanted, demo, registry

WANTED = Wanted(
    "0" * 32, 50_00, "EUR", "Two lamps", "1001", "http://127.0.0.1:8123/pay/x/", "http://127.0.0.1:8123/pay/y/"
)


@pytest.fixture
def till(tmp_path: Path) -> demo.Demo:
    return demo.connect({"folder": str(tmp_path)})


def test_it_is_a_provider_that_can_charge(till: demo.Demo) -> None:
    assert isinstance(till, Provider)
    assert isinstance(till, Charging)
    assert isinstance(demo.FIELDS[0].label, str)


def test_its_page_is_on_the_demo_itself_and_made_once(till: demo.Demo) -> None:
    started = till.start(WANTED)
    assert started.url == f"http://127.0.0.1:8123/demo-pay/{WANTED.key}/"
    till.pays(started.ref)
    till.start(replace(WANTED, amount=1))
    assert till.fetch(started.ref).amount == 50_00


def test_paid_and_refunded_once(till: demo.Demo) -> None:
    ref = till.start(WANTED).ref
    assert till.fetch(ref).state is State.OPEN
    till.declines(ref)
    assert till.fetch(ref).state is State.FAILED
    till.pays(ref)
    truth = till.fetch(ref)
    assert (truth.state, truth.payment_ref, truth.key) == (State.PAID, ref, WANTED.key)
    for _ in range(2):
        assert till.refund(ref, 20_00, "EUR", "again").amount == 20_00
    assert [one.amount for one in till.fetch(ref).returned] == [20_00]
    with pytest.raises(Trouble, match="more than was paid"):
        till.refund(ref, 30_01, "EUR", "too much")
    till.end(ref)
    assert till.fetch(ref).state is State.PAID, "what is paid stays paid"
    assert list(till.changed_since(datetime.now(UTC) - timedelta(minutes=1))) == [ref]


def test_a_closed_page_takes_nothing(till: demo.Demo) -> None:
    ref = till.start(WANTED).ref
    till.end(ref)
    till.pays(ref)
    assert till.fetch(ref).state is State.ENDED
    assert till.fetch("../../etc/passwd").state is State.ENDED


def test_a_kept_way_is_charged_once(till: demo.Demo) -> None:
    ref = till.start(replace(WANTED, keep=True)).ref
    till.pays(ref)
    kept = till.fetch(ref).kept
    assert kept
    assert kept.label == demo.WAY
    later = replace(WANTED, key="1" * 32)
    assert till.charge(kept, later).paid_at == till.charge(Kept("way", "other"), later).paid_at


def test_only_the_demo_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_brought", {})
    assert "demo" not in registry.plugins()
    with pytest.raises(Refused, match="no payment provider demo"):
        registry.connect("demo", {"folder": str(tmp_path)})
    registry.bring_in(demo)
    assert registry.connect("demo", {"folder": str(tmp_path)}).name == "demo"
    with pytest.raises(Refused, match="own folder"):
        registry.connect("demo", {"folder": str(tmp_path / "elsewhere")})
