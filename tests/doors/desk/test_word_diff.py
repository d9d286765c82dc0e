# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two texts compared: nothing is lost of either, and only what changed is marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from purring.doors.desk.mail_view import mail_view
from purring.doors.desk.word_diff import Stretch, compared

TEXTS = some.lists(some.lists(some.sampled_from(["Dear", "Ane", ",", "{{ amount }}", "pay", " "]), max_size=5), max_size=5).map(
    lambda lines: "\n".join(" ".join(line) for line in lines)
)  # fmt: skip


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_it(before: str, after: str) -> None:
    lines = compared(before, after)
    for kind, text in (("gone", before), ("new", after)):
        read = [
            "".join(one.text for one in line if one.kind in ("same", kind))
            for line in lines
            if not line or any(one.kind in ("same", kind) for one in line)
        ]
        assert [one for one in read if one] == [one for one in text.split("\n") if one]


@given(TEXTS)
def test_the_same_text_has_no_marks(text: str) -> None:
    assert all(one.kind == "same" for line in compared(text, text) for one in line)


def test_a_word_that_changed_is_marked_alone() -> None:
    assert compared("Could you pay {{ amount }} now?", "Could you pay {{ amount }} soon?") == [
        [
            Stretch("same", "Could you pay {{ amount }} "),
            Stretch("gone", "now"),
            Stretch("new", "soon"),
            Stretch("same", "?"),
        ]
    ]


def test_a_mail_on_a_page_has_nothing_to_run_to_load_or_to_follow() -> None:
    source = (
        '<html><body><td class="card"><script>x()</script><p onclick="x()" style="color:red">Hi &lt;b&gt;'
        '<a class="go" href="https://x.example">Pay</a><img src="https://x.example/p.png"></p></td></body></html>'
    )
    shown = mail_view(f"<table><tr>{source}</tr></table>")
    assert '<span class="go">Pay</span>' in shown
    assert "&lt;b&gt;" in shown
    for bad in ("onclick", "style", "href", "<img", "script", "x()", "x.example"):
        assert bad not in shown
