# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rates that change by decree, newer ones from a file, and how old the data is."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from purring.core.errors import Refused
from purring.law.book import book
from purring.law.rate_file import OVERLAY, load
from purring.law.rates import micro_percent, packaged, percent_text
from purring.law.update import data_age, store
from tests.law.asking import charges, day

HEADER = "series,valid_from,rate,confidence,source,covered_to\n"
NEXT_HALF_YEAR = HEADER + "NO_STATUTORY,2027-01-01,12.50,high,regulation of December 2026,\n"


def rate_on(name: str, on: str, folder: Path | None = None) -> int:
    number = day(on).toordinal()
    return load(folder)[name].spans(number, number)[0].rate


def test_a_rate_holds_from_its_day_to_the_next() -> None:
    assert rate_on("NO_STATUTORY", "2026-06-30") == 12_000_000
    assert rate_on("NO_STATUTORY", "2026-07-01") == 12_250_000


@pytest.mark.parametrize(
    ("series", "on"),
    [
        ("NO_STATUTORY", "2018-12-31"),  # before the data
        ("NO_STATUTORY", "2027-01-01"),  # after it
        ("FR_LEGAL_PRO", "2026-07-01"),  # a known gap
        ("ZA_PRESCRIBED", "2026-11-22"),  # nobody has looked since
    ],
)
def test_an_unknown_rate_is_refused_and_never_carried_forward(series: str, on: str) -> None:
    with pytest.raises(Refused) as refused:
        rate_on(series, on)
    assert refused.value.code == "rate_unknown"
    assert refused.value.params["on"] == day(on)
    assert "law update" in refused.value.message


def test_a_rate_fixed_by_law_does_not_run_out() -> None:
    assert rate_on("CH_STATUTORY", "2060-01-01") == 5_000_000


def test_newer_rates_are_laid_over_the_packaged_ones(tmp_path: Path) -> None:
    news = store(tmp_path, NEXT_HALF_YEAR)
    assert news == ["NO_STATUTORY from 2027-01-01: 12.50, high", "NO_STATUTORY is now known up to 2027-06-30"]
    assert rate_on("NO_STATUTORY", "2027-06-30", tmp_path) == 12_500_000
    assert rate_on("NO_STATUTORY", "2026-12-31", tmp_path) == 12_250_000
    with pytest.raises(Refused):
        rate_on("NO_STATUTORY", "2027-01-01")
    found = charges(1_000, "2026-12-01", "2027-01-31", law="NO", kind="consumer", laws=book(tmp_path))
    assert [one.rate for one in found.interest.segments] == [12_250_000, 12_500_000]


def test_files_add_up_and_the_same_twice_is_nothing_new(tmp_path: Path) -> None:
    store(tmp_path, NEXT_HALF_YEAR)
    assert store(tmp_path, NEXT_HALF_YEAR) == []
    store(tmp_path, HEADER + "SE_STATUTORY,2027-01-01,10.50,high,example,\n")
    assert rate_on("NO_STATUTORY", "2027-03-01", tmp_path) == 12_500_000
    assert rate_on("SE_STATUTORY", "2027-03-01", tmp_path) == 10_500_000
    stored = (tmp_path / OVERLAY).read_text()
    assert len(stored.splitlines()) == 3, "only what is newer lies there"


def test_the_research_data_itself_brings_no_other_rate(tmp_path: Path, test_data: Path) -> None:
    """It has columns of its own. Of a few rows it is surer than the rules that use them, which is all that is new."""
    news = store(tmp_path, (test_data / "law" / "reference-rates.csv").read_text("utf-8"))
    changes = [re.fullmatch(r"\S+ from \S+ (\S+), \w+ \(was (\S+), \w+\)", line) for line in news]
    assert all(change and change[1] == change[2] for change in changes), news


def test_a_corrected_rate_says_what_it_was(tmp_path: Path) -> None:
    assert store(tmp_path, HEADER + "ES_B2B,2026-07-01,10.40,high,BOE,\n") == [
        "ES_B2B from 2026-07-01: 10.40, high (was 10.40, medium)"
    ]
    found = charges(1_000, "2026-07-01", "2026-08-31", law="ES", kind="business", laws=book(tmp_path))
    assert found.interest.confidence == "high"


def test_a_skipped_half_year_stays_a_gap(tmp_path: Path) -> None:
    store(tmp_path, HEADER + "NO_STATUTORY,2027-07-01,12.50,high,example,\n")
    assert rate_on("NO_STATUTORY", "2027-07-01", tmp_path) == 12_500_000
    with pytest.raises(Refused):
        rate_on("NO_STATUTORY", "2027-03-01", tmp_path)


def test_a_gap_hides_nothing_that_is_known(tmp_path: Path) -> None:
    assert store(tmp_path, HEADER + "NO_STATUTORY,2026-07-01,,,,\n") == []
    assert rate_on("NO_STATUTORY", "2026-07-01", tmp_path) == 12_250_000


def test_a_rate_that_changes_on_any_day_is_known_as_far_as_is_said(tmp_path: Path) -> None:
    store(tmp_path, HEADER + "ZA_PRESCRIBED,2027-01-01,11.00,high,Gazette,2027-02-28\n")
    assert rate_on("ZA_PRESCRIBED", "2027-02-28", tmp_path) == 11_000_000
    with pytest.raises(Refused):
        rate_on("ZA_PRESCRIBED", "2027-03-01", tmp_path)
    with pytest.raises(Refused):
        rate_on("ZA_PRESCRIBED", "2026-12-01", tmp_path)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("XX_RATE,2027-01-01,5,high,a,", "no series"),
        ("NO_STATUTORY,2027-02-30,5,high,a,", "not a date"),
        ("NO_STATUTORY,1.1.2027,5,high,a,", "not a date"),
        ("NO_STATUTORY,2027-01-01,five,high,a,", "not a number"),
        ("NO_STATUTORY,2027-01-01,1225,high,a,", "not believed"),
        ("NO_STATUTORY,2027-01-01,12.5,certain,a,", "confidence"),
        ("NO_STATUTORY,2027-01-01,12.5,high,,", "source"),
        ("NO_PURREGEBYR,2027-01-01,-3,high,a,", "more than zero"),
        ("NO_STATUTORY,2027-01-01,12.5,high,a,2026-12-31", "before"),
        ("CH_STATUTORY,2027-01-01,6,high,a,2027-12-31", "leave covered_to empty"),
        ("NO_STATUTORY,2027-01-01,12,high,a,\nNO_STATUTORY,2027-01-01,13,high,a,", "twice"),
        ('NO_STATUTORY,2027-01-01,12,high,"a', "CSV"),
        ("", "no row"),
    ],
)
def test_a_bad_line_refuses_the_whole_file(row: str, told: str, tmp_path: Path) -> None:
    good = "SE_STATUTORY,2027-01-01,10,high,a,\n" if row else ""
    with pytest.raises(Refused, match=told) as refused:
        store(tmp_path, HEADER + good + row + "\n")
    assert refused.value.code == "bad_rates"
    assert refused.value.message.startswith("line ")
    assert not (tmp_path / OVERLAY).exists()


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="confidence, source"):
        store(tmp_path, "series,valid_from,rate\nNO_STATUTORY,2027-01-01,12\n")


def test_a_damaged_file_in_the_data_folder_is_told(tmp_path: Path) -> None:
    file = tmp_path / OVERLAY
    file.parent.mkdir()
    file.write_text("what is this")
    with pytest.raises(Refused, match="reference-rates"):
        book(tmp_path)


def test_the_age_of_the_data(tmp_path: Path) -> None:
    assert data_age(day("2026-11-21")).ok
    assert data_age(day("2026-12-17")).ok
    late = data_age(day("2026-12-18"))
    assert not late.ok
    assert "law update" in late.detail
    assert not data_age(day("2027-01-01")).ok
    store(tmp_path, NEXT_HALF_YEAR)
    newer = data_age(day("2027-01-01"), load(tmp_path))
    assert newer.ok
    assert newer.known_until == day("2027-06-30")
    assert "SE_STATUTORY" in newer.detail


def test_rates_are_read_and_shown_exactly() -> None:
    for text in ("12.25", "-0.88", "10.00", "0.105", "5.00"):
        assert percent_text(micro_percent(text)) == text
    for bad in ("12,25", "1e3", "", "12.25%", "٣", "--1", "1.2345678"):
        with pytest.raises(Refused):
            micro_percent(bad)


def test_spans_cover_each_day_once() -> None:
    first, last = day("2021-07-01").toordinal(), day("2026-06-30").toordinal()
    tried = 0
    for series in packaged():
        try:
            spans = series.spans(first, last)
        except Refused:
            continue  # a gap within
        tried += 1
        assert (spans[0].first, spans[-1].last) == (first, last)
        assert all(before.last + 1 == after.first for before, after in pairwise(spans))
        assert all(before.rate != after.rate for before, after in pairwise(spans))
    assert tried > 30
