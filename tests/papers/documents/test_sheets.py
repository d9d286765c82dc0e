# SPDX-License-Identifier: AGPL-3.0-or-later
"""Paper sizes, and addresses that stand in the window of the envelope."""

from __future__ import annotations

from typing import Any

import pytest

from purring.papers.documents.house import sheet_of, town_lines
from purring.papers.facts import Address
from tests.papers.documents.cast import Seen, invoice, invoice_object, plain_printer

INCH = 25.4


def at_home_in(country: str, **buyer: Any) -> Seen:
    made = invoice_object("en")
    made["seller"]["country"] = country
    made["buyer"] |= {"country": country} | buyer
    return Seen(plain_printer().pdf(invoice("en", **made)))


def test_din_5008_form_b() -> None:
    seen = at_home_in("DE", address={"lines": ["Hinterhaus", "Hauptstraße 1"], "postcode": "10115", "city": "Berlin"})
    assert seen.pdf[0].get_size() == pytest.approx((210 / INCH * 72, 297 / INCH * 72), abs=0.1)
    for words in ("Café Zürich & Söhne", "Ana Sörensen", "Hinterhaus", "Hauptstraße 1", "10115 Berlin"):
        left, top, right, bottom = seen.place(words)
        assert left >= 20 + 4
        assert right <= 105
        assert top >= 45 + 17.7 - 0.5, "below the return line"
        assert bottom <= 90
    left, top, _, bottom = seen.place("Lindenweg 4 ·")
    assert top >= 45
    assert bottom <= 45 + 17.7
    assert seen.place("Invoice 2026-0417")[1] >= 90, "the window shows nothing else"


def test_number_10_envelope_with_a_window() -> None:
    """Letter paper folded in three, 11/3 inches high, lying at the bottom of an envelope 9 1/2 by 4 1/8 inches."""
    seen = at_home_in(
        "US", address={"lines": ["77 Atlantic Street", "Suite 4"], "postcode": "ME 04101", "city": "Portland,"}
    )
    assert seen.pdf[0].get_size() == pytest.approx((8.5 * 72, 11 * 72), abs=0.1)
    top_of_window = (11 / 3 - 0.5 - 1.125) * INCH
    bottom_of_window = (11 / 3 - 0.5) * INCH
    for words in ("Café Zürich & Söhne", "Ana Sörensen", "77 Atlantic Street", "Suite 4", "Portland, ME 04101"):
        left, top, right, bottom = seen.place(words)
        assert left >= 0.875 * INCH, "however far to the left the sheet lies"
        assert right <= (5.375 - 1) * INCH, "however far to the right"
        assert top_of_window + 2 <= top
        assert bottom <= bottom_of_window - 1
    assert seen.place("Invoice 2026-0417")[1] >= bottom_of_window + 1
    assert seen.place("rechnung@brandt.example")[0] > 5 * INCH, "the sender's own address is not in the window"


def test_an_address_abroad_names_the_country() -> None:
    made = invoice_object("de")
    made["buyer"]["country"] = "FR"
    assert "FRANKREICH" in Seen(plain_printer().pdf(invoice("de", **made))).text
    assert "DEUTSCHLAND" not in Seen(plain_printer().pdf(invoice("de"))).text


@pytest.mark.parametrize(
    ("country", "lines"),
    [
        ("DE", ["1234 Ort"]),
        ("NO", ["1234 Ort"]),
        ("US", ["Ort 1234"]),
        ("GB", ["Ort", "1234"]),
        ("ZA", ["Ort", "1234"]),
        ("", ["1234 Ort"]),
    ],
)
def test_the_town_is_written_as_its_country_does(country: str, lines: list[str]) -> None:
    assert town_lines(Address((), "1234", "Ort"), country) == lines
    assert town_lines(Address((), "", "Ort"), country) == ["Ort"]
    assert town_lines(Address(), country) == []


def test_letter_countries() -> None:
    assert {country: sheet_of(country).width for country in ("US", "CA", "MX", "DE", "ZA", "BR", "")} == {
        "US": 215.9,
        "CA": 215.9,
        "MX": 215.9,
        "DE": 210,
        "ZA": 210,
        "BR": 210,
        "": 210,
    }


def test_a_very_long_address_pushes_the_text_down_and_covers_nothing() -> None:
    seen = at_home_in(
        "DE", name="Sehr lange Firma " * 12, address={"lines": ["Eine lange Zeile " * 8] * 8, "city": "Zuletzt"}
    )
    assert seen.place("Zuletzt")[3] < seen.place("Invoice 2026-0417")[1]
