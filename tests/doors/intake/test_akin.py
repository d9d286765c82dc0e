# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which names mean one customer, where the e-mail address is the same."""

from __future__ import annotations

import pytest

from purring.doors.intake.akin import akin


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ACME Ltd", "ACME Limited"),
        ("Nordlys Kafé", "Nordlys"),
        ("Nordmann, Ola", "Ola Nordmann"),
        ("O. Nordmann", "Ola Nordmann"),
        ("Café Zürich & Söhne", "Cafe Zurich und Soehne GmbH"),
        ("Kystbaren A/S", "Kystbaren AS"),
        ("Bäckerei Müller", "Baeckerei Müller"),
        ("Peterson Plumbing", "Petersen Plumbing"),
        ("AG", "AG"),
        ("", "Nordlys"),
        ("東京商事", "東京商事"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert akin(one, other)
    assert akin(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nordlys AS", "Sørlys AS"),
        ("Nordlys Kafé AS", "Sørlys Kafé AS"),
        ("Ola Nordmann", "Kari Nordmann"),
        ("Fjord Design", "Snekker Solberg"),
        ("AS", "GmbH"),
        ("Boutique A", "Boutique B"),
        ("東京商事", "大阪商事"),
    ],
)
def test_names_of_two(one: str, other: str) -> None:
    assert not akin(one, other)
    assert not akin(other, one)
