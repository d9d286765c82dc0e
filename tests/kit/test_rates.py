# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who fails too often waits; nobody else does, and it costs a bounded amount of memory."""

from __future__ import annotations

from purring.kit.rates import Failures


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def failures(most: int = 10_000) -> tuple[Failures, Clock]:
    clock = Clock()
    return Failures(burst=3, seconds=10, most=most, clock=clock), clock


def fail(found: Failures, address: str, times: int) -> None:
    for _ in range(times):
        found.add(address)


def test_it_waits_after_too_many_and_may_again_later() -> None:
    found, clock = failures()
    fail(found, "192.0.2.1", 2)
    assert not found.too_many("192.0.2.1")
    fail(found, "192.0.2.1", 50)  # more than the limit is not held against it for longer
    assert found.too_many("192.0.2.1")
    assert not found.too_many("192.0.2.2")
    clock.now = 9.9
    assert found.too_many("192.0.2.1")
    clock.now = 10.1
    assert not found.too_many("192.0.2.1")
    fail(found, "192.0.2.1", 1)
    assert found.too_many("192.0.2.1")


def test_a_network_of_ipv6_is_one_address_and_a_mapped_one_is_its_ipv4() -> None:
    found, _ = failures()
    for last in range(3):
        found.add(f"2001:db8:0:1::{last}")
    assert found.too_many("2001:db8:0:1:ffff::1")
    assert not found.too_many("2001:db8:0:2::1")
    fail(found, "::ffff:192.0.2.1", 3)
    assert found.too_many("192.0.2.1")


def test_what_is_no_address_is_one_place() -> None:
    found, _ = failures()
    for nonsense in ("", "unix:", "1.2.3.4.5"):
        found.add(nonsense)
    assert found.too_many("whatever")
    assert len(found) == 1


def test_memory_is_bounded_and_the_oldest_is_forgotten() -> None:
    found, _ = failures(most=5)
    fail(found, "192.0.2.0", 3)
    for last in range(1, 200):
        found.add(f"192.0.2.{last}")
        assert len(found) <= 5
    assert not found.too_many("192.0.2.0")
