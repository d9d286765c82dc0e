# SPDX-License-Identifier: AGPL-3.0-or-later
"""The day of a business: planning, approval, the hours in which messages leave, thank-yous, and what a person may change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from zoneinfo import ZoneInfo

import pytest

from purring.core.errors import Refused
from purring.facts.agreements.actions import hold, record_promise
from purring.facts.disputes.actions import open_dispute
from purring.facts.invoices.models import Invoice
from purring.facts.journal.models import Entry
from purring.facts.organizations.actions import change_organization
from purring.facts.payments.actions import reverse_payment
from purring.followup.approvals import approve, edit, needs_approval, waiting
from purring.followup.models import ReminderItem, State, Task
from purring.followup.morning import skip_many
from purring.followup.run import run_once
from purring.followup.schedules import change_schedule, default_schedule
from purring.kit.mailsink import Sink, messages, read
from purring.plugins.channel import Prepared
from tests.apps.cast import NOON, Studio, at, found_studio, mail_channel
from tests.endurance.telling import Telling

pytestmark = pytest.mark.django_db


def mails(sink: Sink) -> list[EmailMessage]:
    """What arrived, oldest first."""
    folder = sink.keeper.folder
    return [message_from_bytes(read(folder, kept.id), policy=default) for kept in reversed(messages(folder))]


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


def asked(studio: Studio) -> list[tuple[date, str, str]]:
    return [(one.on, one.stage, str(one.state)) for one in studio.reminders()]


# --- planning ----------------------------------------------------------------------------------------------------------


def test_planning_again_changes_nothing(studio: Studio) -> None:
    studio.invoice()
    studio.invoice(late=-30)
    first = studio.plan()
    assert (first.decided, first.reminders) == (2, 1)
    rows = studio.reminders()
    again = studio.plan()
    assert (again.decided, again.reminders, again.withdrawn) == (0, 0, 0)
    for customer in {row.customer for row in rows}:
        customer.look_on = studio.today
        customer.save()
    again = studio.plan()
    assert (again.decided, again.reminders) == (1, 0)
    assert [row.pk for row in studio.reminders()] == [row.pk for row in rows]


def test_nobody_is_looked_at_for_nothing(studio: Studio) -> None:
    """An invoice due in a month is looked at again when its first step comes, not every day."""
    invoice = studio.invoice(late=-30)
    studio.plan()
    invoice.customer.refresh_from_db()
    assert invoice.customer.look_on == invoice.due - timedelta(days=3)
    studio.later(days=20)
    assert studio.plan().decided == 0


def test_a_day_later_the_intention_is_decided_afresh(studio: Studio) -> None:
    invoice = studio.invoice()
    studio.plan()
    studio.later(days=1)
    studio.plan()
    assert asked(studio) == [
        (studio.today - timedelta(days=1), "friendly", "withdrawn"),
        (studio.today, "friendly", "planned"),
    ]
    assert ReminderItem.objects.of(studio.organization).get().invoice_id == invoice.pk


def test_an_outage_only_delays(studio: Studio, sink: Sink) -> None:
    """Three weeks of silence: the first round afterwards says the first stage, no stage is left out, none comes twice."""
    studio.invoice(late=2)
    studio.later(days=21)
    stages = []
    for _ in range(40):
        studio.plan()
        stages += [studio.reminders()[-1].stage for _ in studio.write(sink)]
        studio.plan()
        assert studio.write(sink) == []
        studio.later(days=1)
    assert stages == ["friendly", "follow_up", "firm", "final"]


@pytest.mark.parametrize("what", ["pay", "promise", "hold", "dispute"])
def test_a_fact_takes_the_intention_back(studio: Studio, what: str) -> None:
    invoice = studio.invoice()
    studio.plan()
    if what == "pay":
        studio.pay(invoice)
    elif what == "promise":
        record_promise(invoice.customer, studio.today + timedelta(days=5), on=studio.today, **studio.told)
    elif what == "hold":
        hold(invoice.customer, on=studio.today, **studio.told)
    else:
        open_dispute(invoice, on=studio.today, **studio.told)
    assert studio.plan().withdrawn == 1
    (reminder,) = studio.reminders()
    assert reminder.state == State.WITHDRAWN
    assert reminder.detail
    assert not ReminderItem.objects.of(studio.organization).exists()


def test_while_paused_nothing_is_planned_and_nothing_leaves(studio: Studio, sink: Sink) -> None:
    studio.invoice()
    studio.plan()
    change_organization(studio.organization, paused_until=studio.today + timedelta(days=1), **studio.told)
    assert studio.plan().decided == 0
    assert studio.write(sink) == []
    studio.later(days=2)
    studio.plan()
    assert [outcome.state for outcome in studio.write(sink)] == ["sent"]


def test_a_call_is_a_task_and_counts_as_said(studio: Studio, sink: Sink) -> None:
    change_schedule(
        default_schedule(studio.organization),
        steps=[{"stage": "friendly", "days": 3, "channel": "phone"}, {"stage": "firm", "days": 10, "channel": "email"}],
    )
    invoice = studio.invoice()
    studio.plan()
    assert studio.write(sink) == []
    task = Task.objects.of(studio.organization).get()
    assert (task.code, list(task.invoices.all())) == ("call", [invoice])
    assert asked(studio) == [(studio.today, "friendly", "sent")]
    for _ in range(7):
        studio.later(days=1)
        studio.plan()
        studio.write(sink)
    assert [stage for _, stage, _ in asked(studio)] == ["friendly", "firm"]


# --- approval ----------------------------------------------------------------------------------------------------------


def test_nothing_leaves_before_a_person_has_approved_the_first_day(db: None, sink: Sink) -> None:
    studio = found_studio(approved=False)
    studio.invoice()
    studio.plan()
    assert needs_approval(studio.organization)
    assert studio.write(sink) == []
    assert studio.write(sink, any_hour=True) == []
    assert waiting(studio.organization).count() == 1
    assert approve(studio.organization, **studio.told) == 1
    assert len(studio.write(sink)) == 1
    studio.invoice()
    studio.plan()
    assert len(studio.write(sink)) == 1  # from then on by itself


def test_who_approves_each_day_is_asked_each_day(studio: Studio, sink: Sink) -> None:
    change_organization(studio.organization, approves_each_day=True, **studio.told)
    first, second = studio.invoice(), studio.invoice()
    studio.plan()
    assert studio.write(sink) == []
    (yes,) = studio.reminders(customer=first.customer)
    approve(studio.organization, reminder_ids=[yes.pk], **studio.told)
    assert [outcome.customer for outcome in studio.write(sink)] == [first.customer.ref]
    (no,) = studio.reminders(customer=second.customer)
    assert no.state == State.PLANNED


def test_a_yes_is_for_what_was_seen(studio: Studio, sink: Sink) -> None:
    """Another sum is another message: it needs its own yes."""
    change_organization(studio.organization, approves_each_day=True, **studio.told)
    invoice = studio.invoice()
    studio.plan()
    approve(studio.organization, **studio.told)
    studio.invoice(invoice.customer, late=5)
    studio.plan()
    assert studio.write(sink) == []


def test_skipped_today_and_decided_again_tomorrow(studio: Studio, sink: Sink) -> None:
    studio.invoice()
    studio.plan()
    (reminder,) = studio.reminders()
    assert skip_many(studio.organization, [reminder.pk], **studio.told).number == 1
    studio.plan()
    assert studio.write(sink) == []
    studio.later(days=1)
    studio.plan()
    assert [outcome.state for outcome in studio.write(sink)] == ["sent"]
    assert skip_many(studio.organization, [studio.reminders()[-1].pk], **studio.told)[:3] == (0, 0, 1)


def test_a_persons_own_words_leave_as_they_are(studio: Studio, sink: Sink) -> None:
    studio.invoice()
    studio.plan()
    (reminder,) = studio.reminders()
    edit(reminder, "Kaffe?", "Hei Ane,\n\nskal vi ta en kaffe? <3", **studio.told)
    studio.plan()
    studio.write(sink)
    (mail,) = mails(sink)
    assert mail["Subject"] == "Kaffe?"
    assert text(mail).strip() == "Hei Ane,\n\nskal vi ta en kaffe? <3"
    html = mail.get_body(("html",))
    assert html
    assert "&lt;3" in html.get_content()


def test_own_words_do_not_leave_when_the_facts_have_changed(studio: Studio, sink: Sink) -> None:
    invoice = studio.invoice()
    studio.plan()
    (reminder,) = studio.reminders()
    edit(reminder, "", "Please pay 1,250 kroner.", **studio.told)
    studio.pay(invoice, 25_000)
    (outcome,) = studio.write(sink)
    assert outcome.state == "skipped"
    assert mails(sink) == []
    assert studio.tasks() == ["check_message"]


# --- thank-yous --------------------------------------------------------------------------------------------------------


def test_a_payment_is_thanked_for_once(studio: Studio, sink: Sink) -> None:
    invoice = studio.invoice()
    studio.pay(invoice)
    for _ in range(3):
        studio.plan_notices()
        studio.write(sink)
        studio.later(days=1)
    (mail,) = mails(sink)
    assert mail["To"].addresses[0].addr_spec == "ane1@kunde.example"
    (reminder,) = studio.reminders()
    assert (reminder.stage, reminder.asked, reminder.state) == ("thank_you", 0, "sent")


def test_a_thank_you_waits_for_a_server_that_is_away_and_leaves_once(studio: Studio, sink: Sink) -> None:
    studio.pay(studio.invoice())
    studio.plan_notices()
    port, keeper = sink.port, sink.keeper
    sink.stop()
    (outcome,) = studio.write(sink)
    assert outcome.state == "deferred"
    studio.later(days=1)
    with Sink(keeper, port) as back:
        for _ in range(2):
            studio.plan_notices()
            studio.write(back)
        assert len(mails(back)) == 1


def test_money_that_went_back_is_not_thanked_for(studio: Studio, sink: Sink) -> None:
    invoice = studio.invoice()
    payment = studio.pay(invoice)
    studio.plan_notices()
    reverse_payment(payment, payment.amount, on=studio.today, **studio.told)
    (outcome,) = studio.write(sink)
    assert outcome.state == "withdrawn"
    assert mails(sink) == []


def test_payments_of_the_past_are_not_thanked_for(studio: Studio) -> None:
    invoice = studio.invoice()
    studio.pay(invoice, 1_000, source="import")
    assert studio.plan_notices() == 0


# --- hours -------------------------------------------------------------------------------------------------------------


def test_messages_leave_in_the_sending_hours(studio: Studio, sink: Sink) -> None:
    studio.now = at(6)
    for _ in range(20):
        studio.invoice()
    studio.plan()
    moments = [one.send_after.astimezone(ZoneInfo("Europe/Oslo")) for one in studio.reminders()]
    assert all(time(9) <= moment.time() < time(11) for moment in moments)
    assert len(set(moments)) == 20
    assert max(moments) - min(moments) > timedelta(minutes=45)  # spread as a person would
    studio.now = at(8, 59)
    assert studio.write(sink) == []
    sent = 0
    for minute in range(0, 121, 10):
        studio.now = at(9) + timedelta(minutes=minute)
        sent += len(studio.write(sink))
        assert sent == sum(moment <= studio.now for moment in moments)
    assert sent == 20


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ({"timezone": "Asia/Tokyo"}, "Asia/Tokyo"),
        ({"country": "US"}, "America/New_York"),
        ({"country": "US", "timezone": "America/Los_Angeles"}, "America/Los_Angeles"),
        ({"country": ""}, "Europe/Oslo"),
    ],
)
def test_the_hours_are_the_customers(studio: Studio, place: dict[str, str], zone: str) -> None:
    change_organization(studio.organization, sending_from=time(14), sending_until=time(14, 30), **studio.told)
    studio.invoice(studio.customer(**place))
    studio.plan()
    (reminder,) = studio.reminders()
    local = reminder.send_after.astimezone(ZoneInfo(zone))
    assert local.date() == studio.today
    assert time(14) <= local.time() < time(14, 30)


def test_after_a_bad_morning_messages_may_leave_until_five(studio: Studio, sink: Sink) -> None:
    studio.invoice()
    studio.plan()
    studio.now = at(16, 59)
    assert [outcome.state for outcome in studio.write(sink)] == ["sent"]


def test_in_the_evening_nothing_leaves_and_the_next_day_decides(studio: Studio, sink: Sink) -> None:
    studio.invoice()
    studio.plan()
    studio.now = at(17, 1)
    assert [outcome.state for outcome in studio.write(sink)] == ["withdrawn"]
    studio.now = at(12, day=NOON.date() + timedelta(days=1))
    studio.plan()
    assert [outcome.state for outcome in studio.write(sink)] == ["sent"]


def test_the_same_customer_is_written_to_at_the_same_moment_whenever_it_is_planned(studio: Studio) -> None:
    invoice = studio.invoice()
    studio.plan()
    (before,) = studio.reminders()
    studio.invoice(invoice.customer, late=5)
    studio.plan()
    (after,) = studio.reminders()
    assert (after.asked, after.send_after) == (250_000, before.send_after)


# --- by hand -----------------------------------------------------------------------------------------------------------


def test_a_dry_run_tells_and_stores_nothing(studio: Studio) -> None:
    invoice = studio.invoice()
    entries = Entry.objects.of(studio.organization).count()
    told = run_once(studio.organization, studio.today, studio.now, None, dry_run=True)
    assert [one["invoices"] for one in told["reminders"]] == [[invoice.number]]
    assert studio.reminders() == []
    assert Entry.objects.of(studio.organization).count() == entries


def test_a_future_day_is_only_for_dry_runs(studio: Studio) -> None:
    tomorrow = studio.today + timedelta(days=1)
    with pytest.raises(Refused, match="future"):
        run_once(studio.organization, tomorrow, studio.now, None)
    run_once(studio.organization, tomorrow, studio.now, None, dry_run=True)


def test_a_message_says_what_is_asked_and_in_which_thread(studio: Studio, sink: Sink) -> None:
    """From the first friendly word to the next stage: one thread, each about the sum of its day."""
    invoice = studio.invoice(number="2026-17")
    for day in range(8):
        studio.now = datetime(2026, 3, 4 + day, 11, tzinfo=UTC)
        studio.plan()
        studio.write(sink)
        if day == 0:
            studio.pay(Invoice.objects.of(studio.organization).get(pk=invoice.pk), 25_000)
    first, second = mails(sink)
    assert "2026-17" in text(first)
    assert "1 250,00" in text(first).replace("\xa0", " ")
    assert "1 000,00" in text(second).replace("\xa0", " ")
    assert second["In-Reply-To"] == first["Message-ID"]


def test_words_edited_while_the_message_is_being_written_leave(studio: Studio, sink: Sink) -> None:
    studio.invoice()
    studio.plan()
    (reminder,) = studio.reminders()

    def hear(place: str, prepared: Prepared) -> None:
        if place == "permitting":
            edit(reminder, "Kaffe?", "Skal vi ta en kaffe?", **studio.told)

    studio.write(Telling(mail_channel(sink.port), hear))
    studio.write(sink)
    assert [mail["Subject"] for mail in mails(sink)] == ["Kaffe?"]
