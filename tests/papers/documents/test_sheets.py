# SPDX-License-Identifier: AGPL-3.0-or-later
"""Paper sizes, and addresses that stand in the window of the envelope."""

from __future__ import annotations

from typing import Any

import pytest

from purring.core.errors import Refused
from purring.papers.documents import Brand, Printer
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


def in_window(country: str, window: str, **buyer: Any) -> Seen:
    made = invoice_object("en")
    made["seller"]["country"] = country
    made["buyer"] |= {"country": country} | buyer
    return Seen(Printer(Brand(window=window), fonts=()).pdf(invoice("en", **made)))


FOUR_LINES = {"address": {"lines": ["Hinterhaus", "Hauptstraße 1"], "postcode": "10115", "city": "Berlin"}}
READER = ("Café Zürich & Söhne", "Ana Sörensen", "Hinterhaus", "Hauptstraße 1", "10115 Berlin")


def test_din_5008_form_a() -> None:
    seen = in_window("DE", "high", **FOUR_LINES)
    for words in READER:
        left, top, right, bottom = seen.place(words)
        assert (left >= 20 + 4, right <= 105, top >= 27 + 17.7 - 0.5, bottom <= 72) == (True,) * 4, words
    assert 27 <= seen.place("Lindenweg 4 ·")[1] <= 27 + 17.7
    assert seen.place("Invoice 2026-0417")[1] >= 72


@pytest.mark.parametrize(("height", "width", "aside"), [(110, 220, 20), (114, 229, 12)], ids=["DL", "C5/6"])
@pytest.mark.parametrize("down", [0, 1], ids=["lying high", "lying low"])
@pytest.mark.parametrize("across", [0, 1], ids=["left", "right"])
def test_a_window_on_the_right(height: float, width: float, aside: float, down: int, across: int) -> None:
    """A4 folded in three, somewhere in the envelope: a window of 100 by 45 mm, 20 mm from the bottom."""
    seen = in_window("CH", "right", **FOUR_LINES)
    x, y = across * (width - 210), down * (height - 99)
    for words in READER:
        left, top, right, bottom = seen.place(words)
        assert left + x >= width - aside - 100
        assert right + x <= width - aside
        assert top + y >= height - 20 - 45
        assert bottom + y <= height - 20
    assert seen.place("Invoice 2026-0417")[1] + y >= height - 20 + 2
    assert seen.place("rechnung@brandt.example")[3] <= 45, "the sender stands above the window"


def test_france_has_its_window_on_the_right() -> None:
    assert (sheet_of("FR").layout, sheet_of("FR", "left").layout, sheet_of("DE").layout) == ("right", "left", "left")


def test_number_10_envelope_with_two_windows() -> None:
    seen = in_window(
        "US",
        "double",
        address={"lines": ["77 Atlantic Street", "Suite 4"], "postcode": "ME 04101", "city": "Portland,"},
    )
    lower, upper = (11 / 3 - 0.5) * INCH, (11 / 3 - 1.5) * INCH
    for words in ("Café Zürich & Söhne", "Ana Sörensen", "77 Atlantic Street", "Suite 4", "Portland, ME 04101"):
        left, top, right, bottom = seen.place(words)
        assert left >= 0.5 * INCH
        assert right <= 4 * INCH
        assert upper <= top
        assert bottom <= lower
    for words in ("Tischlerei Brandt GmbH", "Lindenweg 4"):
        left, top, right, bottom = seen.place(words)
        assert left >= 0.375 * INCH
        assert right <= 3.375 * INCH
        assert top >= (11 / 3 - 2.8125 - 0.875) * INCH
        assert bottom <= (11 / 3 - 2.8125) * INCH
    assert seen.place("Invoice 2026-0417")[1] >= lower + 1
    assert seen.place("rechnung@brandt.example")[0] > 4 * INCH


def test_an_unknown_envelope_is_refused() -> None:
    with pytest.raises(Refused, match="right"):
        Brand(window="round")
