# SPDX-License-Identifier: AGPL-3.0-or-later
"""docs/law.md says what the data says."""

from __future__ import annotations

from purring.law.book import book, countries, sources
from tests.support.data import ROOT
from tools import law_page

PAGE = law_page.page()


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "law.md").read_text("utf-8") == PAGE, "run `make docs`"


def test_it_is_honest() -> None:
    assert "not legal advice" in PAGE
    assert "purring law update FILE" in PAGE
    doubts = PAGE.partition("## Less than sure")[2].partition("\n## ")[0]
    for country in ("Ireland", "Portugal", "South Africa"):
        assert country in doubts


def test_every_country_and_every_source_stands_on_it() -> None:
    for code in countries():
        assert f"## {book().country(code).name}\n" in PAGE
    for key in sources():
        assert f"- `{key}` " in PAGE
