# SPDX-License-Identifier: AGPL-3.0-or-later
"""May this step be taken now, and what must it say?"""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any

import pytest

from purring.core.calendar import working_days
from purring.core.errors import Refused
from purring.core.rehearse import rehearse
from purring.law.account import AccountLaw, LawFinder
from purring.law.book import book, countries
from purring.law.model import Hours, Preset
from purring.law.presets import notice_text, preset_for, schedule_of
from purring.law.steps import Contacted, Step, Verdict, check_step
from tests.law.asking import day

KINDS = ("business", "consumer")


def judged(country: str, kind: str, on: str, **more: Any) -> Verdict:
    given = {"stage": "firm", "channel": "email", **more}
    for name in ("due",):
        if name in given:
            given[name] = day(given[name])
    given["past_due"] = [day(text) for text in given.get("past_due", ())]
    given["earlier"] = [Contacted(day(text), channel) for text, channel in given.get("earlier", ())]
    return check_step(Step(country, kind, on=day(on), **given))


# --- Belgium: a free first letter, and time to pay ------------------------------------------------------------


def test_a_belgian_consumer_has_time_after_the_free_first_reminder() -> None:
    """Reminded on Tuesday 8 September: third working day Friday 11, fourteen days, so from the 25th on."""
    asked = {"due": "2026-09-01", "past_due": ["2026-09-08"]}
    early = judged("BE", "consumer", "2026-09-24", **asked)
    assert not early.allowed
    assert early.earliest_on == day("2026-09-25")
    assert early.rule == "BE-B2C: WER / CDE art. XIX.2"
    assert "2026-09-24" in early.why
    assert judged("BE", "consumer", "2026-09-25", **asked).allowed
    assert judged("BE", "consumer", "2026-09-15", stage="follow_up", **asked).allowed, "a soft word is free"
    assert not judged("BE", "consumer", "2026-09-15", stage="follow_up", with_fee=True, **asked).allowed
    assert judged("BE", "business", "2026-09-10", **asked).allowed


def test_nothing_firm_before_the_first_reminder() -> None:
    first = judged("BE", "unknown", "2026-09-20", due="2026-09-01")
    assert not first.allowed
    assert "free first reminder" in first.why


def test_what_the_first_reminder_must_say() -> None:
    first = judged("BE", "consumer", "2026-09-08", stage="friendly", due="2026-09-01")
    assert [content.holes for content in first.contents] == [
        ("principal", "cost"),
        ("creditor", "creditor_number"),
        ("what", "due"),
        ("days",),
    ]
    again = judged("BE", "consumer", "2026-09-15", stage="follow_up", due="2026-09-01", past_due=["2026-09-08"])
    assert again.contents == ()


def test_what_a_fee_letter_must_say() -> None:
    assert judged("NO", "consumer", "2026-09-15", due="2026-09-01").contents == ()
    said = judged("NO", "consumer", "2026-09-15", due="2026-09-01", with_fee=True).contents
    assert any("apart from the principal" in content.what for content in said)


# --- hours and pace ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "on", "at", "allowed"),
    [
        ("AU", "2026-09-09", "07:29", False),
        ("AU", "2026-09-09", "07:30", True),
        ("AU", "2026-09-09", "21:00", False),
        ("AU", "2026-09-12", "08:30", False),  # Saturday
        ("AU", "2026-09-12", "09:00", True),
        ("AU", "2026-12-25", "10:00", False),  # Christmas
        ("BE", "2026-09-09", "22:00", False),
        ("BE", "2026-09-13", "10:00", True),
        ("US", "2026-09-09", "07:59", False),
        ("CA", "2026-09-13", "12:59", False),  # Sunday
        ("CA", "2026-09-13", "13:00", True),
        ("DE", "2026-09-13", "23:00", True),  # nothing fixed by law; the house keeps its own hours
    ],
)
def test_hours_of_calls(country: str, on: str, at: str, allowed: bool) -> None:
    hour = time.fromisoformat(at)
    assert judged(country, "consumer", on, channel="phone", stage="friendly", at=hour).allowed is allowed
    assert judged(country, "consumer", on, channel="sms", stage="friendly", at=hour).allowed is allowed
    assert judged(country, "consumer", on, channel="email", stage="friendly", at=hour).allowed


def test_what_binds_others_is_advice() -> None:
    sunday = judged("NO", "consumer", "2026-09-13", channel="phone", stage="friendly")
    assert sunday.allowed
    assert sunday.advice
    assert judged("NO", "consumer", "2026-09-09", channel="phone", stage="friendly", at=time(10)).advice == ()


def test_pace_in_australia_counts_every_contact() -> None:
    earlier = [("2026-09-01", "email"), ("2026-09-03", "sms"), ("2026-09-05", "email")]
    full = judged("AU", "business", "2026-09-07", stage="friendly", earlier=earlier)
    assert not full.allowed
    assert full.earliest_on == day("2026-09-08")
    assert "3 contacts in 7 days" in full.why
    assert judged("AU", "business", "2026-09-08", stage="friendly", earlier=earlier).allowed
    ten = [(str(day("2026-09-01") + timedelta(3 * at)), "email") for at in range(10)]
    month = judged("AU", "business", "2026-09-30", stage="friendly", earlier=ten)
    assert (month.allowed, month.earliest_on) == (False, day("2026-10-01"))


def test_pace_in_america_counts_calls() -> None:
    calls = [(f"2026-09-0{at}", "phone") for at in range(1, 8)]
    assert not judged("US", "consumer", "2026-09-07", channel="phone", earlier=calls).allowed
    assert judged("US", "consumer", "2026-09-07", channel="email", earlier=calls).allowed
    assert judged("US", "consumer", "2026-09-08", channel="phone", earlier=calls).allowed


# --- legal notices -------------------------------------------------------------------------------------------------


def test_a_legal_notice_is_sent_by_a_person() -> None:
    machine = judged("NO", "consumer", "2026-09-15", due="2026-09-01", notice="inkassovarsel")
    assert not machine.allowed
    assert "a person sends it" in machine.why
    person = judged("NO", "consumer", "2026-09-15", due="2026-09-01", notice="inkassovarsel", by_person=True)
    assert person.allowed
    assert any("object" in content.what for content in person.contents)


def test_a_legal_notice_has_its_day_and_its_number() -> None:
    early = judged("ZA", "consumer", "2026-09-15", due="2026-09-01", notice="section 129 notice", by_person=True)
    assert (early.allowed, early.earliest_on) == (False, day("2026-10-01"))
    twice = judged(
        "SE", "business", "2026-09-15", due="2026-09-01", notice="inkassokrav", by_person=True, notices_sent=1
    )
    assert not twice.allowed
    assert "only once" in twice.why


def test_unknown_names_are_refused() -> None:
    with pytest.raises(Refused, match="inkassovarsel"):
        judged("NO", "consumer", "2026-09-15", notice="brev", by_person=True)
    with pytest.raises(Refused, match="PL"):
        judged("PL", "consumer", "2026-09-15")


def all_notices() -> list[tuple[str, str, str]]:
    laws = book()
    return [
        (code, kind, notice.name) for code in countries() for kind in KINDS for notice in laws.kind(code, kind).notices
    ]


@pytest.mark.parametrize(("code", "kind", "name"), all_notices())
def test_the_text_of_every_notice_says_what_it_must(code: str, kind: str, name: str) -> None:
    notice = next(one for one in book().kind(code, kind).notices if one.name == name)
    for language in notice.texts:
        holes = {hole for content in notice.contents for hole in content.holes}
        values = {
            hole: f"<{hole}>" for hole in (*holes, "customer", "issued", "contact", "how_to_pay", "total", "cost")
        }
        values |= {hole: f"<{hole}>" for hole in ("creditor", "number", "what", "due", "principal", "deadline", "days")}
        text = notice_text(notice, language, values)
        assert all(f"<{hole}>" in text for hole in holes)
        assert "{" not in text
        with pytest.raises(Refused, match=sorted(holes)[0]):
            notice_text(notice, language, {**values, sorted(holes)[0]: ""})
    with pytest.raises(Refused, match="not written in"):
        notice_text(notice, "xx", {})


def test_the_dutch_letter_has_the_words_that_hold_in_court() -> None:
    notice = next(one for one in book().kind("NL", "consumer").notices if one.name == "veertiendagenbrief")
    assert "binnen vijftien dagen nadat deze brief bij u is bezorgd" in notice.texts["nl"]
    assert notice.wait_days == 18


# --- presets -------------------------------------------------------------------------------------------------------


def every_preset() -> list[tuple[str, str, Preset]]:
    laws = book()
    return [(code, kind, one) for code in countries() for kind in KINDS for one in laws.kind(code, kind).presets]


@pytest.mark.parametrize(("code", "kind", "preset"), every_preset(), ids=lambda one: getattr(one, "name", one))
@pytest.mark.parametrize("due", ["2026-01-15", "2026-06-05", "2026-08-29"])
def test_presets_are_lawful_step_by_step(code: str, kind: str, preset: Preset, due: str) -> None:
    """Played by the rehearsal with the law in force, and each step asked by itself on the day it went."""
    schedule = {
        "steps": [{"stage": s.stage, "days": s.days, "channel": s.channel} for s in preset.steps],
        "min_days_between_contacts": preset.min_days_between_contacts,
        "charges": "lawful",
    }
    currency = book().country(code).currency
    first = day(due) - timedelta(40)
    played = rehearse(
        {
            "start": first.isoformat(),
            "end": (day(due) + timedelta(70)).isoformat(),
            "organization": {"name": "A", "country": code, "language": "en", "timezone": "UTC", "currency": currency},
            "schedule": schedule,
            "customers": [
                {"ref": "C", "name": "C", "kind": kind, "contacts": [{"email": "c@b.example", "phone": "+1"}]}
            ],
            "invoices": [
                {
                    "ref": "I",
                    "customer": "C",
                    "issued": first.isoformat(),
                    "due": due,
                    "amount": "500.00",
                    "currency": currency,
                }
            ],
        },
        law_of=LawFinder(),
    )
    assert played["findings"] == []
    acts = [row for row in played["timeline"] if row["action"] == "send" or row.get("code") == "call"]
    assert [row.get("stage", "call") for row in acts] == [
        "call" if step.channel == "phone" else step.stage for step in preset.steps
    ]
    assert not [row for row in played["timeline"] if row.get("code") == "unlawful"]
    _ask_each(code, kind, due, acts)
    for task in preset.notices:
        on = day(due) + timedelta(task.days)
        past = [day(row["on"]) for row in acts if row["on"] > due]
        step = Step(code, kind, "final", "letter", on, due=day(due), notice=task.notice, by_person=True, past_due=past)
        assert check_step(step).allowed


def _ask_each(code: str, kind: str, due: str, acts: list[dict[str, Any]]) -> None:
    earlier: list[Contacted] = []
    past: list[date] = []
    for row in acts:
        channel = row.get("channel", "phone")
        on = day(row["on"])
        stage = row.get("stage", "firm")
        step = Step(code, kind, stage, channel, on, due=day(due), at=time(10), earlier=earlier, past_due=past)
        assert check_step(step).allowed, row
        earlier.append(Contacted(on, channel))
        if on > day(due):
            past.append(on)


@pytest.mark.parametrize(("code", "kind", "preset"), every_preset(), ids=lambda one: getattr(one, "name", one))
def test_presets_leave_time_for_the_money_to_arrive(code: str, kind: str, preset: Preset) -> None:
    """Longer terms: three bank days after the (moved) due date, at Easter too; Finland's Christmas is longer than any
    schedule can know. Terms up to a week: the custom of two or three days."""
    first = next(step.days for step in preset.steps if step.days > 0)
    if preset.most_term_days is not None:
        assert preset.most_term_days == 7
        assert 2 <= first <= 3
        return
    calendar = working_days(code)
    due = day("2025-01-01")
    while due < day("2027-12-01"):
        arrived = calendar.shift(due)
        for _ in range(3):
            arrived = calendar.shift(arrived + timedelta(1))
        christmas = due.month == 12 and due.day >= 19
        assert christmas or calendar.shift(due + timedelta(first)) >= arrived, due
        due += timedelta(1)


@pytest.mark.parametrize(("code", "kind", "preset"), every_preset(), ids=lambda one: getattr(one, "name", one))
def test_presets_grow_firmer_slowly_and_call_in_time(code: str, kind: str, preset: Preset) -> None:
    overdue = [step for step in preset.steps if step.days > 0]
    assert all(after.days - before.days >= 5 for before, after in pairwise(overdue))
    calls = [at for at, step in enumerate(overdue) if step.channel == "phone"]
    known = kind == "business" or book().kind(code, kind).contact.calls_known
    assert calls == ([2] if known else []), "after two unanswered messages, before the last"
    assert all(task.days > overdue[-1].days for task in preset.notices)


def test_the_preset_follows_the_terms() -> None:
    kind = book().kind("NO", "business")
    assert preset_for(kind, 7).name == "short"
    assert preset_for(kind, 8).name == "standard"
    assert [step.stage for step in schedule_of(preset_for(kind, 30)).steps] == [
        "courtesy",
        "friendly",
        "follow_up",
        "firm",
        "final",
    ]


def test_hours_to_text_within() -> None:
    law = AccountLaw("AU", "AU", "consumer")
    sunday, monday = day("2026-03-01"), day("2026-03-02")
    assert law.hours("sms", sunday) == Hours(time(9), time(21))
    assert law.hours("phone", monday) == Hours(time(7, 30), time(21))
    assert law.hours("email", monday) is None
    assert AccountLaw("NO", "NO", "consumer").hours("sms", monday) is None, "not in force there"
