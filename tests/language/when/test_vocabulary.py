# SPDX-License-Identifier: AGPL-3.0-or-later
"""The vocabularies are whole: each meaning is one we know, and no language lacks what the others can say."""

from __future__ import annotations

import time
import tomllib
from importlib.resources import files

import pytest

from purring.language.when.saying import MEANINGS
from purring.language.when.vocabulary import LANGUAGES, vocabulary

NAMES = sorted({tag.partition("-")[0] for tag in LANGUAGES})
EVERYWHERE = """day 0,day 1,day_after,day 2,day -1,day -2,in,in -1,weekday coming,weekday this,weekday next,weekday last,weekday week 1,
weekday week -1,weekday plus 1,weekdays,week 0,week 0 end,week 1,week 1 start,week 1 middle,week 1 end,week -1,weekend 0,weekend 0 before,
weekend 0 after,month 0,month 0 middle,month 0 end,month 1,month 1 start,month 1 end,month 1 first,month -1,dom,dom 0,dom 1,dom -1,named whole,
named start,named middle,named end,nth_week,week_number,year 0 end,feast,feast before,feast after,none vague,none pay_day,block"""


def read(name: str) -> dict[str, dict[str, object]]:
    data = tomllib.loads(files("purring.language.when").joinpath(f"vocabulary/{name}.toml").read_text("utf-8"))
    assert isinstance(data, dict)
    return data


@pytest.mark.parametrize("name", ["common", *NAMES])
def test_every_meaning_is_known(name: str) -> None:
    for meaning in read(name)["days"]:
        assert meaning.split()[0] in MEANINGS or meaning == "block", meaning


@pytest.mark.parametrize("name", NAMES)
def test_every_language_can_say_what_the_others_can(name: str) -> None:
    lacking = {meaning.strip() for meaning in EVERYWHERE.split(",")} - set(read(name)["days"])
    assert lacking == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_vocabulary_is_ready_in_a_moment(language: str) -> None:
    vocabulary.cache_clear()
    start = time.process_time()
    vocabulary(language)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feast_has_a_day(language: str) -> None:
    words = vocabulary(language)
    for feast in read(language.partition("-")[0])["feasts"]:
        assert feast in words.feasts, feast
