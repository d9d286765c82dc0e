# SPDX-License-Identifier: AGPL-3.0-or-later
"""Schedules at the desk: changed, made, copied, chosen, put back, removed; a contradiction is told at the step it is in, and
the rehearsal beside it moves with every change."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from purring.core.schedule import Schedule as CoreSchedule
from purring.facts.customers.models import Customer, Group
from purring.facts.invoices.models import Invoice
from purring.facts.journal.models import Entry
from purring.followup.models import Assignment, Reminder, Schedule
from purring.followup.planning import plan
from purring.followup.presets import find_preset, trades
from purring.followup.schedules import assign, default_schedule, read_steps, schedule_of
from purring.law.account import AccountLaw
from purring.law.book import countries
from tests.doors.desk.cast import House

pytestmark = pytest.mark.django_db

Step = tuple[object, str, str, object]
"""Days (negative: before the due date), stage, channel, again."""
HTMX = {"HTTP_HX_REQUEST": "true"}


def form(name: str, *steps: Step, **more: object) -> dict[str, Any]:
    """What the page sends: a row of fields for each step."""
    data: dict[str, object] = {
        "name": name,
        "min_days_between_contacts": 4,
        "promise_grace_days": 2,
        "minimum_balance": "",
        "working_days_only": "on",
        "steps-TOTAL_FORMS": len(steps),
        "steps-INITIAL_FORMS": 0,
    }
    for at, (days, stage, channel, again) in enumerate(steps):
        side = "before" if isinstance(days, int) and days < 0 else "on" if days == 0 else "after"
        shown = abs(days) if isinstance(days, int) else days
        fields = {"days": shown, "side": side, "stage": stage, "channel": channel, "repeat_every": again}
        data |= {f"steps-{at}-{field}": value for field, value in fields.items()}
    return {**data, **more}


def typed(page: str) -> dict[str, str]:
    """What a browser would send back of the editor: the values that stand in its fields."""
    document: Any = html.fromstring(page)
    return dict(document.get_element_by_id("editor").form_values())


LATE = {"stage": "friendly", "days": 9, "channel": "email"}


def kept(row: Any) -> Any:
    row.save(force_insert=True)
    return row


def editor(client: Client, to: str, sent: dict[str, Any], do: str, **headers: str) -> str:
    answer = client.post(to, {**sent, "do": do}, **headers)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def figure(page: str, word: str) -> int:
    """One of the rehearsal's numbers."""
    found = re.search(rf"<dt>{word}</dt><dd>(?:<[^>]+>≈</span> )?(\d+)</dd>", page)
    assert found, page
    return int(found[1])


GENTLE: tuple[Step, ...] = ((3, "friendly", "email", ""), (10, "follow_up", "email", ""), (30, "final", "email", ""))


def test_the_usual_schedule_is_changed_and_the_change_is_told(house: House, client: Client) -> None:
    usual = default_schedule(house.organization)
    to = reverse("desk:schedule", args=[usual.pk])
    assert "riendly reminder" in client.get(to).content.decode()
    sent = form(
        "Calm",
        (14, "firm", "phone", ""),
        (2, "friendly", "email", ""),
        ("", "final", "email", ""),
        (30, "final", "email", 20),
        minimum_balance="12,50",
    )
    assert client.post(to, sent).status_code == 303
    usual.refresh_from_db()
    assert usual.steps == [
        {"stage": "friendly", "days": 2, "channel": "email"},
        {"stage": "firm", "days": 14, "channel": "phone"},
        {"stage": "final", "days": 30, "channel": "email", "repeat_every": 20},
    ]
    assert (usual.name, usual.minimum_balance, usual.min_days_between_contacts) == ("Calm", "12.50", 4)
    (entry,) = Entry.objects.of(house.organization).filter(kind="schedule.changed")
    assert entry.data["fields"] == [
        "min_days_between_contacts",
        "minimum_balance",
        "name",
        "promise_grace_days",
        "steps",
    ]
    page = client.get(to).content.decode()
    assert 'value="12,50"' in page or 'value="12.50"' in page
    assert client.post(to, typed(page)).status_code == 303
    assert Entry.objects.of(house.organization).filter(kind="schedule.changed").count() == 1, "nothing was otherwise"


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([(3, "firm", "email", ""), (9, "friendly", "email", "")], "is softer than"),
        ([(3, "friendly", "email", ""), (9, "friendly", "email", "")], "stands twice"),
        ([(3, "friendly", "email", 5), (9, "firm", "email", "")], "only the last step may repeat"),
        ([(3, "friendly", "email", ""), (3, "firm", "email", "")], "on the same day"),
        ([("", "friendly", "email", "")], "at least one step"),
        ([("soon", "friendly", "email", "")], "whole number"),
    ],
)
def test_a_contradiction_changes_nothing_and_is_told(
    house: House, client: Client, steps: list[Step], said: str
) -> None:
    usual = default_schedule(house.organization)
    before = usual.steps
    to = reverse("desk:schedule", args=[usual.pk])
    answer = client.post(to, form("Another name", *steps))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page.lower()
    assert 'value="Another name"' in page
    assert "Once the steps fit together" in page
    usual.refresh_from_db()
    assert usual.steps == before
    live = client.post(f"{to}?do=rehearse", form("Another name", *steps), **HTMX)  # type: ignore[arg-type]
    assert "Once the steps fit together" in live.content.decode()


def test_steps_are_added_moved_and_taken_out_in_what_was_typed(house: House, client: Client) -> None:
    """Without a script as with one: buttons that send the form, and nothing typed is lost or kept."""
    usual = default_schedule(house.organization)
    before = usual.steps
    to = reverse("desk:schedule", args=[usual.pk])
    sent = typed(client.get(to).content.decode()) | {"name": "", "minimum_balance": "a lot", "steps-1-days": "many"}
    page = editor(client, to, sent, "add")
    assert "<html" in page
    now = typed(page)
    assert now["minimum_balance"] == "a lot"
    assert "many" in [value for name, value in now.items() if name.endswith("-days")]
    sent = typed(client.get(to).content.decode())
    now = typed(editor(client, to, sent, "later-1", **HTMX))
    assert (now["steps-1-days"], now["steps-1-side"]) == ("4", "after")
    now = typed(editor(client, to, now, "remove-4", **HTMX))
    assert now["steps-TOTAL_FORMS"] == "4"
    now = typed(editor(client, to, now, "add", **HTMX))
    assert (now["steps-4-days"], now["steps-4-stage"]) == ("28", "final")
    for _ in range(3):
        now = typed(editor(client, to, now, "later-0"))
    assert (now["steps-0-side"], now.get("steps-0-days", "")) == ("on", "")
    now = typed(editor(client, to, now, "later-0"))
    assert (now["steps-0-side"], now["steps-0-days"]) == ("after", "1")
    usual.refresh_from_db()
    assert usual.steps == before
    assert not Entry.objects.of(house.organization).filter(kind="schedule.changed").exists()


@pytest.mark.parametrize("do", ["", "nonsense", "remove-99", "later-x", "earlier-"])
def test_a_strange_button_keeps_nothing(house: House, client: Client, do: str) -> None:
    usual = default_schedule(house.organization)
    editor(client, reverse("desk:schedule", args=[usual.pk]), form("X", *GENTLE), do or "rehearse")
    usual.refresh_from_db()
    assert usual.name == "Gentle"


def test_the_rehearsal_moves_with_the_steps(house: House, client: Client) -> None:
    """What is shown is what the steps as typed would bring, and how it differs from what is kept."""
    late = house.customer("Late AS")
    house.invoice(late, late=4)
    house.invoice(late, late=-20)
    usual = default_schedule(house.organization)
    to = reverse("desk:schedule", args=[usual.pk])
    page = client.get(to).content.decode()
    messages = figure(page, "Messages")
    assert figure(page, "Invoices") == 2
    assert "Late AS" in page
    assert "With your change" not in page
    sent = typed(page)
    fewer = editor(client, to, {**sent, "steps-TOTAL_FORMS": "2"}, "rehearse", **HTMX)
    assert "<html" not in fewer
    assert figure(fewer, "Messages") < messages
    assert f"{messages - figure(fewer, 'Messages')} messages fewer" in fewer
    called = editor(client, to, {**sent, "steps-3-channel": "phone"}, "rehearse")
    assert figure(called, "Calls") >= 1
    assert not Reminder.objects.of(house.organization).exists()
    assert not Entry.objects.of(house.organization).filter(kind="schedule.changed").exists()


def test_what_is_said_beside_a_step(house: House, client: Client) -> None:
    """Hurry, a gap that cannot be kept, a channel that is not there; and the law where the customers are."""
    house.customer("Bakker", country="BE", kind="consumer")
    usual = default_schedule(house.organization)
    steps: list[Step] = [(1, "friendly", "email", ""), (3, "firm", "email", ""), (12, "final", "sms", "")]
    page = editor(client, reverse("desk:schedule", args=[usual.pk]), form("X", *steps), "rehearse", **HTMX)
    assert "Only 2 days after the step before it" in page
    assert "So firm, so soon" in page
    assert "Nothing is set up here to send by text message" in page
    assert page.count("The law does not allow it for customers in Belgium (private person)") == 2
    assert page.count('hx-swap-oob="true"') == 3
    group = kept(Group(organization=house.organization, name="Belgians"))
    Customer.objects.of(house.organization).filter(name="Bakker").update(group=group)
    own = kept(Schedule(organization=house.organization, name="Own", steps=usual.steps))
    assign(own, group=group, **house.told)
    page = editor(client, reverse("desk:schedule", args=[usual.pk]), form("X", *steps), "rehearse", **HTMX)
    assert "The law does not allow it" not in page, "they follow another"


def test_a_schedule_of_their_own(house: House, client: Client) -> None:
    default_schedule(house.organization)
    sent = form("Lighter", (10, "friendly", "email", ""))
    assert client.post(reverse("desk:schedule-new"), sent).status_code == 303
    lighter = Schedule.objects.of(house.organization).get(name="Lighter")
    assert client.post(reverse("desk:schedule-new"), sent).status_code == 303, "a second click is the same act"
    assert Schedule.objects.of(house.organization).filter(name="Lighter").count() == 1
    customer = house.customer()
    assign(lighter, customer=customer, **house.told)
    page = client.get(reverse("desk:schedule", args=[lighter.pk])).content.decode()
    assert "1 customer, group or invoice follows it." in page
    other = form("Lighter", (11, "friendly", "email", ""))
    assert client.post(reverse("desk:schedule-new"), other).status_code == 422
    assert client.post(reverse("desk:schedule-remove", args=[lighter.pk])).status_code == 303
    assert not Assignment.objects.of(house.organization).exists()


def test_presets_stand_side_by_side_and_fill_in(house: House, client: Client) -> None:
    page = client.get(reverse("desk:schedule-presets")).content.decode()
    assert "Norway, business" in page
    assert "Clubs, associations, courses" in page
    assert page.count('class="chart step-line"') >= 4 + len(trades())
    assert "Belgium, business" in client.get(reverse("desk:schedule-presets"), {"country": "BE"}).content.decode()
    filled = client.get(reverse("desk:schedule-new"), {"preset": "trade-public"}).content.decode()
    sent = typed(filled)
    assert sent["name"] == "Authorities, schools and hospitals"
    assert "The steps are as they were there." in filled
    assert client.post(reverse("desk:schedule-new"), sent).status_code == 303
    made = Schedule.objects.of(house.organization).get(preset="trade-public")
    assert made.steps == find_preset("trade-public").steps
    to = reverse("desk:schedule", args=[made.pk])
    moved = editor(client, to, {**sent, "steps-1-days": "12"}, "earlier-0")
    assert "Friendly reminder: 10 days after the due date → 12 days after the due date" in moved
    again = typed(client.get(to, {"preset": "trade-public"}).content.decode())
    assert again["steps-1-days"] == "10"
    assert client.get(reverse("desk:schedule-new"), {"preset": "nonsense"}).status_code == 404


def test_a_copy_begins_where_the_other_stands(house: House, client: Client) -> None:
    usual = default_schedule(house.organization)
    sent = typed(client.get(reverse("desk:schedule-new"), {"like": usual.pk}).content.decode())
    assert sent["name"] == "Gentle, copy"
    assert client.post(reverse("desk:schedule-new"), sent).status_code == 303
    copy = Schedule.objects.of(house.organization).get(name="Gentle, copy")
    assert (copy.steps, copy.is_default) == (usual.steps, False)


def test_history_tells_who_and_what_and_puts_back(house: House, client: Client) -> None:
    usual = default_schedule(house.organization)
    to = reverse("desk:schedule", args=[usual.pk])
    before = {"name": usual.name, "steps": usual.steps}
    assert client.post(to, form("Calm", *GENTLE)).status_code == 303
    assert client.post(to, form("Calmer", *GENTLE[:2])).status_code == 303
    past = client.get(reverse("desk:schedule-past", args=[usual.pk])).content.decode()
    assert "Name: Calm → Calmer" in past
    assert "Final notice left out" in past
    assert "Follow-up: 10 days" not in past
    assert "Owner" in past
    first = Entry.objects.of(house.organization).filter(kind="schedule.changed").earliest("pk")
    revert = reverse("desk:schedule-revert", args=[usual.pk])
    assert client.post(revert, {"entry": first.pk}).status_code == 303
    usual.refresh_from_db()
    assert {"name": usual.name, "steps": usual.steps} == before
    assert Entry.objects.of(house.organization).filter(kind="schedule.changed").count() == 3
    client.post(revert, {"entry": first.pk})
    assert Entry.objects.of(house.organization).filter(kind="schedule.changed").count() == 3, "once is enough"
    for entry in ("", "x", "999999"):
        assert client.post(revert, {"entry": entry}).status_code == 303
    usual.refresh_from_db()
    assert usual.steps == before["steps"]


def test_two_people_do_not_overwrite_each_other_unseen(house: House, client: Client) -> None:
    usual = default_schedule(house.organization)
    to = reverse("desk:schedule", args=[usual.pk])
    mine, theirs = (typed(client.get(to).content.decode()) for _ in range(2))
    assert client.post(to, {**theirs, "name": "Theirs"}).status_code == 303
    answer = client.post(to, {**mine, "name": "Mine"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Somebody else changed this schedule meanwhile" in page
    assert 'value="Mine"' in page
    assert client.post(to, typed(page)).status_code == 303
    usual.refresh_from_db()
    assert usual.name == "Mine"


def test_who_follows_it_is_shown_searched_added_and_taken_off(house: House, client: Client) -> None:
    own = kept(Schedule(organization=house.organization, name="Own", steps=[LATE]))
    group = kept(Group(organization=house.organization, name="Schools"))
    customer = house.customer("Nordlys", group=group)
    invoice = house.invoice(house.customer("Sollys"), number="Z-77")
    to, choose = (reverse(f"desk:{name}", args=[own.pk]) for name in ("schedule-people", "schedule-choose"))
    assert "It is chosen for nobody in particular." in client.get(to).content.decode()
    assert "Nordlys" in client.get(to, {"q": "nord"}).content.decode()
    assert "Z-77" in client.get(to, {"q": "z-7"}, **HTMX).content.decode()  # type: ignore[arg-type]
    before = dict(Customer.objects.of(house.organization).values_list("pk", "version"))
    targets: list[tuple[str, Any]] = [("group", group), ("customer", customer), ("invoice", invoice)]
    for what, row in targets:
        for _ in range(2):
            assert client.post(choose, {"what": what, "key": row.pk}).status_code == 303
    page = client.get(to).content.decode()
    assert all(name in page for name in ("Schools", "Nordlys", "Z-77"))
    assert Entry.objects.of(house.organization).filter(kind="schedule.chosen").count() == 3
    now = dict(Customer.objects.of(house.organization).values_list("pk", "version"))
    assert now[customer.pk] == before[customer.pk] + 2
    assert now[invoice.customer_id] == before[invoice.customer_id] + 1
    fetched = Invoice.objects.of(house.organization).select_related("organization", "customer").get(pk=invoice.pk)
    assert [step.days for step in schedule_of(fetched).steps] == [9]
    for what, row in targets:
        client.post(choose, {"what": what, "key": row.pk, "do": "leave"})
    assert not Assignment.objects.of(house.organization).exists()
    assert client.post(choose, {"what": "moon", "key": "1"}).status_code == 422
    assert client.post(choose, {"what": "customer", "key": "99999"}).status_code == 404


def test_leaving_takes_nothing_from_another_schedule(house: House, client: Client) -> None:
    """An old page: what somebody chose meanwhile stays."""
    one, two = (kept(Schedule(organization=house.organization, name=name, steps=[LATE])) for name in ("One", "Two"))
    customer = house.customer()
    assign(two, customer=customer, **house.told)
    client.post(reverse("desk:schedule-choose", args=[one.pk]), {"what": "customer", "key": customer.pk, "do": "leave"})
    assert Assignment.objects.of(house.organization).get().schedule_id == two.pk


def test_what_a_step_says(house: House, client: Client) -> None:
    customer = house.customer("Kaffe")
    invoice = house.invoice(customer, late=12)
    to = reverse("desk:schedule-words")
    sample = client.get(to, {"stage": "firm", "channel": "email", "language": "nb"}).content.decode()
    assert 'lang="nb' in sample
    real = client.get(to, {"stage": "firm", "channel": "email", "language": "nb", "customer": "kaf"}).content.decode()
    assert invoice.number in real
    assert "There is no customer" in client.get(to, {"stage": "firm", "customer": "Qx"}).content.decode()
    part = client.get(to, {"stage": "friendly", "channel": "email"}, **HTMX).content.decode()  # type: ignore[arg-type]
    assert "<html" not in part
    assert "<form" not in part, "it opens inside another form"
    assert client.get(to, {"stage": "moon"}).status_code == 200


def test_a_changed_schedule_takes_back_what_was_said_by_the_old_one(house: House, client: Client) -> None:
    """Words that were made from the old steps do not leave."""
    customer = house.customer()
    house.invoice(customer, late=4)
    plan(house.organization, house.told["now"])
    version = Customer.objects.of(house.organization).get(pk=customer.pk).version
    to = reverse("desk:schedule", args=[default_schedule(house.organization).pk])
    client.post(to, form("Later", (20, "friendly", "email", "")))
    assert Customer.objects.of(house.organization).get(pk=customer.pk).version > version
    plan(house.organization, house.told["now"])
    assert Reminder.objects.of(house.organization).get().state == "withdrawn"


def test_the_usual_one_stays(house: House, client: Client) -> None:
    usual = default_schedule(house.organization)
    client.post(reverse("desk:schedule-remove", args=[usual.pk]))
    assert "Everyone needs a schedule" in client.get(reverse("desk:schedules")).content.decode()
    assert Schedule.objects.of(house.organization).filter(pk=usual.pk).exists()


@pytest.mark.parametrize("role", ["collector", "accountant", "read_only"])
def test_only_the_owner_changes_schedules(house: House, role: str) -> None:
    usual = default_schedule(house.organization)
    colleague = Client()
    colleague.force_login(house.user(role))
    assert colleague.get(reverse("desk:schedules")).status_code == 200
    assert colleague.get(reverse("desk:schedule", args=[usual.pk])).status_code == 403
    people = colleague.get(reverse("desk:schedule-people", args=[usual.pk])).content.decode()
    assert reverse("desk:schedule-choose", args=[usual.pk]) not in people
    past = reverse("desk:schedule-past", args=[usual.pk])
    assert "As it was before" not in colleague.get(past).content.decode()


def test_the_trades_are_lawful_everywhere() -> None:
    """Each schedule by trade may be chosen in every country the law data knows, for the customers it is made for."""
    for preset in trades():
        schedule = CoreSchedule(read_steps(preset.steps), min_days_between_contacts=preset.min_days_between_contacts)
        for country in countries():
            assert not AccountLaw(country, country, preset.kind).unlawful_steps(schedule), (preset.key, country)
        apart = [b.days - a.days for a, b in zip(schedule.steps, schedule.steps[1:], strict=False)]
        assert min(apart) >= preset.min_days_between_contacts or preset.trade == "subscription", preset.key
