# SPDX-License-Identifier: AGPL-3.0-or-later
"""Templates that users edit: mistakes are placed, attacks end quickly and cheaply."""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.language.templates import MAX_SOURCE, BadTemplate, check_template, compile_template
from purring.language.wording import wording_for

ATTACKS = {
    "attributes": "{{ x.__class__ }}",
    "range": "{% assign a = (1..2000000000) %}",
    "range in a loop": "{% for i in (1..n) %}{% endfor %}",
    "range as argument": "{{ x | plus: (1..9) }}",
    "range in a case": "{% case x %}{% when (1..9) %}{% endcase %}",
    "append": "{{ 'a' | append: 'b' }}",
    "replace": "{{ text | replace: 'b', text }}",
    "join": "{{ many | join: text }}",
    "capture doubling": "{% capture s %}{{ s }}{{ s }}{% endcapture %}",
    "nested loops": "{% for a in many %}" * 3 + "." + "{% endfor %}" * 3,
    "big output": "{% for a in many %}" + "x" * 1000 + "{% endfor %}",
    "doubling": "{% assign n = 99 %}{% for a in many %}{% assign n = n | plus: n %}{% endfor %}{{ n }}",
    "times": "{{ 9 | times: 9 }}",
    "include": "{% include 'x' %}",
    "render": "{% render 'x' %}",
    "deep nesting": "{% if x %}" * 500 + "{% endif %}" * 500,
    "long source": "x" * (MAX_SOURCE + 1),
    "undefined": "{{ secret }}",
    "long number": "{{ " + "9" * 6000 + " | plus: 1 }}",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_refused_quickly_and_without_memory(name: str) -> None:
    started = time.process_time()
    tracemalloc.start()
    with pytest.raises(BadTemplate):
        compile_template(ATTACKS[name], "en").render(
            {"x": 5, "n": 10**9, "text": "b" * 2000, "many": list(range(4999))}
        )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.process_time() - started < 2
    assert peak < 40_000_000


def test_dotted_paths_without_end_do_no_harm() -> None:
    with pytest.raises(BadTemplate):
        compile_template("{{ x" + ".a" * 30_000 + " }}", "en").render({"x": 5})


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("first\n{% if x %}never closed", 2, 1),
        ("first\n second {{ x | foo }}", 2, 16),
        ("{% for i in l %}\n{% if i %}\n{% endfor %}", 2, 1),
        ("{% nonsense %}", 1, 4),
    ],
)
def test_a_mistake_is_told_with_line_and_column(source: str, line: int, column: int) -> None:
    with pytest.raises(BadTemplate) as caught:
        compile_template(source, "en")
    assert caught.value.line == line
    if column > 1 or "never" in source:
        assert caught.value.column == column


def test_a_misspelt_name_gets_the_nearest_known_one() -> None:
    problems = check_template("Hello\n{{ amuont }} and {{ number }}", {"amount", "number"})
    assert [(p.line, p.column, p.near) for p in problems] == [(2, 4, "amount")]
    assert check_template("{{ amount }}", {"amount"}) == []


def test_plural_filter_uses_the_languages_rule() -> None:
    template = compile_template('{{ n }} {{ n | plural: one: "jour", other: "jours" }}', "fr")
    assert [template.render({"n": n}) for n in (0, 1, 2)] == ["0 jour", "1 jour", "2 jours"]


def test_values_are_never_read_as_templates() -> None:
    assert compile_template("Hello {{ name }}", "en").render({"name": "{{ x }}{% if %}"}) == "Hello {{ x }}{% if %}"


@given(st.text(max_size=200))
def test_any_source_is_accepted_or_refused_with_its_place(source: str) -> None:
    for problem in check_template(source, {"a"}):
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message


PIECES = [
    *("x ", "\n", "{{ a }}", "{{ b | upfirst }}", "{{ d }}", "{{ f }}"),
    *("{% if a %}", "{%- if a %}", "{% if c %}", "{% unless d %}", "{% elsif e %}"),
    *("{% else %}", "{% endif %}", "{% endunless %}"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_plain_choices_are_the_same_without_liquid(pieces: list[str]) -> None:
    source = "".join(pieces)
    try:
        template = compile_template(source, "en")
    except BadTemplate:
        return
    values: dict[str, object] = {"a": "é", "b": "öl", "c": None, "d": False, "e": 0, "f": ""}
    assert template.render(values) == replace(template, _quick=None).render(values)


def test_most_wordings_need_no_liquid() -> None:
    templates = [entry.template for entries in wording_for("en").parts.values() for entry in entries]
    assert sum(template._quick is not None for template in templates) > 0.9 * len(templates)


@given(st.lists(st.sampled_from(["text ", "{{ a }}", "{{ b }}", "{{ c }}", "\n", "{{a}}"]), max_size=12))
def test_the_short_cut_for_plain_templates_changes_nothing(pieces: list[str]) -> None:
    values = {"a": "x", "b": 7, "c": None}
    source = "".join(pieces)
    slow = compile_template("{% if true %}" + source + "{% endif %}", "en").render(values)
    fast = compile_template(source, "en").render(values)
    assert fast == slow or not slow.strip()  # Liquid drops blocks of blanks
