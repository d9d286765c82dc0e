# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables over many pages, and what is too much."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from purring.core.errors import Refused
from purring.papers.documents.house import labels
from purring.papers.totals import totals
from tests.papers.documents.cast import Seen, invoice, paper_facts, plain_printer


def lines(count: int, rng: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "description": f"Position {at}" + ("\nmit zweiter Zeile" if rng.random() < 0.2 else ""),
            "quantity": str(rng.randint(1, 9)),
            "unit_price": f"{rng.randint(0, 900)}.{rng.randint(0, 99):02d}",
            "tax_rate": rng.choice(("19", "7")),
        }
        for at in range(1, count + 1)
    ]


def amount(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def test_heads_repeat_and_the_sum_is_carried_over(rng: random.Random) -> None:
    facts = invoice("de", lines=lines(rng.randint(60, 140), rng), paid="0.00")
    seen = Seen(plain_printer().pdf(facts))
    words, sum_of = labels("de"), totals(facts)
    forward = [re.findall(rf"{words['forward']} ([\d.,]+) €", text) for text in seen.texts]
    brought = [re.findall(rf"{words['brought']} ([\d.,]+) €", text) for text in seen.texts]
    with_lines = [text for text in seen.texts if "Position" in text]
    assert len(with_lines) > 2
    for text in with_lines:
        assert words["unit_price"] in text
    for this, following in pairwise(range(len(with_lines))):
        assert forward[this] == brought[following]
        last = max(int(at) for at in re.findall(r"Position (\d+)", seen.texts[this]))
        assert amount(forward[this][0]) == sum(sum_of.lines[:last])
    assert brought[0] == []
    assert forward[len(with_lines) - 1] == []
    positions = [int(at) for at in re.findall(r"Position (\d+)", seen.text)]
    assert positions == list(range(1, len(facts.lines) + 1))
    for at, text in enumerate(seen.texts, 1):
        assert f"Seite {at} von {len(seen.texts)}" in text


@pytest.mark.parametrize("count", range(9, 40, 3))
def test_the_way_to_pay_is_never_cut(count: int, rng: random.Random) -> None:
    seen = Seen(plain_printer().pdf(invoice("de", lines=lines(count, rng))))
    words = labels("de")
    with_box = [text for text in seen.texts if words["how_to_pay"] in text]
    assert len(with_box) == 1
    assert "DE89 3704 0044 0532 0130 00" in with_box[0]
    assert words["pay_online"] in with_box[0]


def test_eight_lines_stand_on_one_page(rng: random.Random) -> None:
    eight = [line | {"description": "Position"} for line in lines(8, rng)]
    assert plain_printer().pdf(invoice("de", lines=eight, paid="0.00")).pages == 1


def test_as_many_lines_as_are_taken(rng: random.Random) -> None:
    seen = Seen(plain_printer().pdf(invoice("de", lines=lines(2_000, rng))))
    assert seen.document.pages > 40
    assert "Position 2000" in seen.texts[-1] or "Position 2000" in seen.texts[-2]


def test_more_lines_are_refused(rng: random.Random) -> None:
    with pytest.raises(Refused) as refused:
        invoice("de", lines=lines(1, rng) * 10_000)
    assert refused.value.code == "too_many"
    assert "lines" in refused.value.message


def test_many_taxes_each_with_its_own_row() -> None:
    rates = ("19", "7", "5.5", "20", "21", "25", "10", "4")
    many = [{"description": f"Ware {rate}", "unit_price": "100.00", "tax_rate": rate} for rate in rates]
    many += [
        {"description": "Kurs", "unit_price": "50", "tax_category": "E", "exemption_reason": "§ 4 Nr. 21 UStG"},
        {"description": "Ausfuhr", "unit_price": "60", "tax_category": "G"},
    ]
    facts = invoice("de", lines=many, paid="0.00")
    seen = Seen(plain_printer().pdf(facts))
    for rate in rates:
        assert f"USt. {rate.replace('.', ',')} % auf 100,00 €" in seen.text
    assert "§ 4 Nr. 21 UStG" in seen.text
    assert "Ausfuhrlieferung" in seen.text
    assert totals(facts).net == 91_000
    assert "910,00 €" in seen.text


def test_prices_finer_than_a_cent_stay_fine() -> None:
    one = {"description": "Strom", "quantity": "1234.5", "unit": "KWH", "unit_price": "0.2847", "tax_rate": "19"}
    seen = Seen(plain_printer().pdf(invoice("de", lines=[one])))
    assert "0,2847" in seen.text
    assert "1.234,5 kWh" in seen.text
    assert Decimal("1234.5") * Decimal("0.2847") == Decimal("351.46215")
    assert "351,46" in seen.text


def test_a_timeline_of_many_events_repeats_its_head() -> None:
    from dataclasses import replace

    from purring.papers.documents import TimelineFacts

    facts = paper_facts("timeline", "en")
    assert isinstance(facts, TimelineFacts)
    seen = Seen(plain_printer().pdf(replace(facts, events=list(facts.events) * 30)))
    assert len(seen.texts) > 2
    assert all(labels("en")["proof"] in text for text in seen.texts)
    assert "abcd" not in seen.text
    assert "ab12ab12ab12" in seen.text
    assert "09:12 UTC+00:00" in seen.text
