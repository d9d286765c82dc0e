# SPDX-License-Identifier: AGPL-3.0-or-later
"""The country files: whole, made from the research data, and refused when they are not what the schema says."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from purring.core.errors import Refused
from purring.law.book import book, countries, sources
from purring.law.integrity import problems
from purring.law.model import Country
from purring.law.rates import packaged
from purring.law.reading import read
from tools import law_data

TWENTY_TWO = "AT AU BE BR CA CH DE DK ES FI FR GB IE IN IT MX NL NO PT SE US ZA".split()  # noqa: SIM905


def raw(code: str) -> Any:
    return json.loads((resources.files("purring.law") / "countries" / f"{code}.json").read_text("utf-8"))


def test_there_are_twenty_two_countries() -> None:
    assert list(countries()) == TWENTY_TWO


@pytest.mark.parametrize("code", TWENTY_TWO)
def test_every_country_file_is_whole(code: str) -> None:
    assert problems(book().country(code), packaged()) == []


def test_a_kingdom_has_two_names() -> None:
    assert book().country("UK") is book().country("GB")


def test_the_files_are_what_the_script_makes_of_the_research(test_data: Path) -> None:
    made = law_data.files(test_data / "law")
    for name, text in made.items():
        assert (law_data.LAW / name).read_text("utf-8") == text, f"run tools/law_data.py: {name}"
    lying = {f"countries/{path.name}" for path in (law_data.LAW / "countries").iterdir()}
    assert lying == {name for name in made if name.startswith("countries/")}


def test_nothing_of_the_research_is_surer_here_than_there(test_data: Path) -> None:
    research = json.loads((test_data / "law" / "late-payment-rules.json").read_text("utf-8"))
    order = ("high", "medium", "low")
    for rule in research["rules"]:
        name = law_data.KINDS[rule["id"].partition("-")[2]]
        kind = getattr(book().country(rule["country"]), name)
        for section, there in (("interest", kind.interest), ("reminder_fee", kind.fees)):
            wanted = rule[section].get("confidence")
            if wanted:
                assert order.index(there.basis.confidence) >= order.index(wanted), rule["id"]


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("business", "fees", "amount"), 38.0, "business.fees.amount: must be a decimal text"),
        (("business", "fees", "ground"), "habit", "business.fees.ground: 'habit' is none of"),
        (("business", "interest", "basis", "valid_from"), "2026-02-30", "must be a date"),
        (("business", "contact", "weekdays", "opens"), "8", "must be an hour"),
        (("business", "limitation", "years"), True, "must be int, not bool"),
        (("business", "presets"), {}, "business.presets: must be a list"),
        (("business", "surprise"), 1, "business.surprise: is not a known key"),
        (("business", "fees"), [], "business.fees: must be an object"),
        (("currency",), None, "currency: must be str"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_place(path: tuple[str, ...], value: Any, told: str) -> None:
    given = raw("NO")
    place = given
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(Refused) as refused:
        read(Country, given, "NO")
    assert told in refused.value.message
    assert refused.value.message.startswith("NO.")


def test_a_missing_field_is_named() -> None:
    given = raw("NO")
    del given["consumer"]["interest"]["basis"]["rule"]
    with pytest.raises(Refused, match=r"NO\.consumer\.interest\.basis\.rule: is missing"):
        read(Country, given, "NO")


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("interest", "series"), "NOWHERE", "there is no series NOWHERE"),
        (("interest", "basis", "sources"), ["GUESS"], "there is no source GUESS"),
        (("interest", "basis", "sources"), [], "no source"),
        (("interest", "basis", "rule"), "", "without a rule"),
        (("compensation", "why_not"), "", "no compensation, and no word why"),
        (("stages", "friendly"), "", "no name for friendly"),
        (("notices", 0, "texts", "nb"), "Betal nå, {boss}", "nobody fills {boss}"),
        (("notices", 0, "texts", "nb"), "Betal {principal}", "does not say the right to object"),
        (("notices", 0, "name"), "brev", "there is no notice 'inkassovarsel'"),
        (("presets", 0, "steps", 1, "days"), -30, "rising days"),
    ],
)
def test_what_the_schema_cannot_say_is_checked_too(path: tuple[Any, ...], value: Any, told: str) -> None:
    given = raw("NO")
    place = given["consumer"]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert any(told in problem for problem in problems(read(Country, given, "NO"), packaged()))


def test_no_source_names_the_workshop() -> None:
    for source in sources().values():
        assert "index id" not in f"{source.title} {source.where}"
        assert source.named
