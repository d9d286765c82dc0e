# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mail servers that are down, slow, rude or silent, and workers that are too late: nothing is said to be sent that was
not, nothing leaves twice, nothing is forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from purring.core.errors import Refused
from purring.facts.customers.models import AddressTrouble, Customer
from purring.facts.journal.models import Entry
from purring.facts.messages.models import Message
from purring.followup import writing
from purring.followup.deliveries import doubtful, record_bounce, settle_doubt, sweep
from purring.followup.drafting import LEASE, Sender
from purring.followup.models import Reminder, ReminderItem, State
from purring.followup.morning import skip_many
from purring.followup.planning import plan
from purring.kit.mailsink import Sink
from purring.plugins.channel import Prepared
from tests.apps.cast import ACTOR, Studio, mail_channel
from tests.endurance.telling import Telling
from tests.plugins.channel.rude import Manners, RudeSink

pytestmark = pytest.mark.django_db

RETRIES = (timedelta(minutes=6), timedelta(minutes=21), timedelta(minutes=61))


@contextmanager
def rude(tmp_path: Path, **manners: Any) -> Iterator[RudeSink]:
    sink = RudeSink(tmp_path / "mail", Manners(**manners))
    try:
        yield sink
    finally:
        sink.stop()


def mend(sink: RudeSink) -> None:
    """Manners return."""
    vars(sink.manners).update(vars(Manners()))


def arrived(sink: RudeSink) -> list[str]:
    return [kept.message_id.strip("<>") for kept in sink.received()]


def patience(manners: Manners) -> float:
    """Seconds: short only where silence is waited for."""
    return 0.3 if "silence" in repr(manners) else 10.0


def told(studio: Studio) -> Counter[str]:
    """How often each kind of entry stands in the journal."""
    return Counter(Entry.objects.of(studio.organization).values_list("kind", flat=True))


# --- the server misbehaves, at each place of the conversation ----------------------------------------------------------

NOT_NOW = {
    "busy from the start": {"greeting": "421 too busy"},
    "closed to us": {"greeting": "554 go away"},
    "hangs up at once": {"greeting": "cut"},
    "never greets": {"greeting": "silence"},
    "sender put off": {"mail": "451 later"},
    "wants a password": {"mail": "530 sign in first"},
    "sender refused": {"mail": "550 not you"},
    "line cut at the sender": {"mail": "cut"},
    "recipient put off": {"rcpt": {"ane1@kunde.example": "451 grey-listed"}},
    "relaying denied": {"rcpt": {"ane1@kunde.example": "550 5.7.1 relaying denied"}},
    "silent at the recipient": {"rcpt": {"ane1@kunde.example": "silence"}},
    "data put off": {"data": "451 disk full"},
    "line cut before the text": {"data": "cut"},
    "silent before the text": {"data": "silence"},
    "put off after the dot": {"dot": "451 try again"},
    "closing after the dot": {"dot": "421 closing"},
}


@pytest.mark.parametrize("manners", NOT_NOW.values(), ids=NOT_NOW.keys())
def test_not_now_means_later_and_then_once(studio: Studio, tmp_path: Path, manners: dict[str, Any]) -> None:
    invoice = studio.invoice()
    studio.plan()
    with rude(tmp_path, **manners) as sink:
        (outcome,) = studio.write(sink, timeout_seconds=patience(sink.manners))
        assert outcome.state == "deferred"
        (reminder,) = studio.reminders()
        assert (reminder.state, reminder.message, reminder.lease) == (State.DEFERRED, None, "")
        assert reminder.detail
        assert ReminderItem.objects.of(studio.organization).get().invoice_id == invoice.pk
        assert not Message.objects.of(studio.organization).exists()
        assert arrived(sink) == []
        assert studio.write(sink) == []  # not at once again
        mend(sink)
        for pause in RETRIES:
            studio.later(seconds=pause.total_seconds())
            studio.plan()
            studio.write(sink)
        (reminder,) = studio.reminders()
        assert reminder.state == State.SENT
        assert reminder.message is not None
        assert arrived(sink) == [reminder.message.message_id]


NEVER = {
    "no such person": ({"rcpt": {"ane1@kunde.example": "550 5.1.1 no such user"}}, "bad_address"),
    "mailbox gone": ({"rcpt": {"ane1@kunde.example": "553 unknown"}}, "bad_address"),
    "text refused": ({"dot": "554 5.6.0 I do not like the words"}, "check_message"),
    "data refused": ({"data": "554 not like this"}, "check_message"),
}


@pytest.mark.parametrize(("manners", "task"), NEVER.values(), ids=NEVER.keys())
def test_refused_for_good_was_not_said_and_asks_a_person(
    studio: Studio, tmp_path: Path, manners: dict[str, Any], task: str
) -> None:
    studio.invoice()
    studio.plan()
    with rude(tmp_path, **manners) as sink:
        (outcome,) = studio.write(sink)
        assert outcome.state == "failed"
        (reminder,) = studio.reminders()
        assert (reminder.state, reminder.message) == (State.FAILED, None)
        assert not ReminderItem.objects.of(studio.organization).exists()
        assert studio.tasks() == [task]
        assert AddressTrouble.objects.of(studio.organization).exists() == (task == "bad_address")
        assert told(studio)["reminder.failed"] == 1
        studio.later(days=1)
        studio.plan()
        mend(sink)
        studio.write(sink)
        # A bad address is never used again. Words that a server refused may be better tomorrow: the stage is still due.
        assert len(arrived(sink)) == (0 if task == "bad_address" else 1)


def test_a_second_contact_is_written_to_when_the_first_address_is_bad(studio: Studio, tmp_path: Path) -> None:
    people = [{"name": "Ane Lie", "email": "gone@kunde.example"}, {"name": "Bo Dahl", "email": "bo@kunde.example"}]
    studio.invoice(studio.customer(contacts=people))
    studio.plan()
    with rude(tmp_path, rcpt={"gone@kunde.example": "550 5.1.1 no such user"}) as sink:
        studio.write(sink)
        studio.later(days=1)
        studio.plan()
        studio.write(sink)
        (kept,) = sink.received()
    assert kept.rcpt_to == ("bo@kunde.example",)
    assert [(one.state, one.stage) for one in studio.reminders()] == [("failed", "friendly"), ("sent", "friendly")]


DOUBTFUL = {
    "line cut within the text": ({"body": "cut"}, 0),
    "lost after the dot": ({"dot": "lose"}, 0),
    "line cut after it was kept": ({"dot": "cut"}, 1),
    "silent after it was kept": ({"dot": "silence"}, 1),
    "nonsense after it was kept": ({"dot": "hello"}, 1),
}


@pytest.mark.parametrize(("manners", "kept"), DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_no_clear_word_after_the_release_is_a_doubt(
    studio: Studio, tmp_path: Path, manners: dict[str, Any], kept: int
) -> None:
    studio.invoice()
    studio.plan()
    with rude(tmp_path, **manners) as sink:
        (outcome,) = studio.write(sink, timeout_seconds=patience(sink.manners))
        assert outcome.state == "unconfirmed"
        (reminder,) = studio.reminders()
        assert list(doubtful(studio.organization)) == [reminder]
        assert reminder.message is not None  # its words are kept, so that a person can see what may have arrived
        assert told(studio)["reminder.unconfirmed"] == 1
        assert len(arrived(sink)) == kept
        mend(sink)
        for _ in range(6):  # never again by itself: the next stage is ten days after the due date
            studio.later(days=1)
            sweep(studio.now)
            studio.plan()
            studio.write(sink)
        assert [(one.stage, one.state) for one in studio.reminders()] == [
            ("friendly", "unconfirmed"),
            ("follow_up", "sent"),
        ]
        assert len(arrived(sink)) == kept + 1


def test_a_slow_server_is_waited_for(studio: Studio, tmp_path: Path) -> None:
    studio.invoice()
    studio.plan()
    with rude(tmp_path, dot="slow") as sink:
        (outcome,) = studio.write(sink)
    assert outcome.state == "sent"


def test_what_is_wrong_with_one_stops_nobody_else(studio: Studio, tmp_path: Path) -> None:
    for _ in range(3):
        studio.invoice()
    studio.plan()
    (first, *_) = studio.reminders()
    with rude(tmp_path, rcpt={first.address: "451 grey-listed"}) as sink:
        outcomes = studio.write(sink)
        assert Counter(outcome.state for outcome in outcomes) == {"deferred": 1, "sent": 2}
        assert sink.connections == 1


@pytest.mark.parametrize(
    "manners", [{"greeting": "554 go away"}, {"mail": "530 sign in first"}, {"mail": "550 not you"}]
)
def test_trouble_with_the_whole_server_ends_the_batch(studio: Studio, tmp_path: Path, manners: dict[str, Any]) -> None:
    for _ in range(6):
        studio.invoice()
    studio.plan()
    with rude(tmp_path, **manners) as sink:
        outcomes = studio.write(sink)
        assert [outcome.state for outcome in outcomes] == ["deferred"] * 6
        assert sink.connections == 1
        assert sink.commands.count("MAIL") <= 2
    assert set(studio.states()) == {"deferred"}


def test_no_server_at_all(studio: Studio, sink: Sink) -> None:
    for _ in range(3):
        studio.invoice()
    studio.plan()
    sink.stop()
    assert [outcome.state for outcome in studio.write(sink)] == ["deferred"] * 3


# --- something happens between the draft and the dot -------------------------------------------------------------------


def meanwhile(sink: Sink, act: Callable[[], object], at: str = "permitting") -> Telling:
    """The channel to the sink; at that moment of every hand-over, something happens."""

    def hear(place: str, prepared: Prepared) -> None:
        if place == at:
            act()

    return Telling(mail_channel(sink.port), hear)


def test_money_that_comes_in_at_the_last_moment_stops_the_message(studio: Studio, tmp_path: Path) -> None:
    invoice = studio.invoice()
    studio.plan()
    with rude(tmp_path) as sink:
        (outcome,) = studio.write(meanwhile(sink, lambda: studio.pay(invoice)))
        assert outcome.state == "withdrawn"
        assert arrived(sink) == []
        assert not Message.objects.of(studio.organization).exists()
        assert not ReminderItem.objects.of(studio.organization).exists()
        studio.plan()
        assert studio.write(sink) == []
    assert studio.states() == ["withdrawn"]


def test_a_fact_that_only_changes_the_sum_makes_a_fresh_message(studio: Studio, tmp_path: Path) -> None:
    invoice = studio.invoice()
    studio.plan()
    with rude(tmp_path) as sink:
        studio.write(meanwhile(sink, lambda: studio.pay(invoice, 25_000)))
        assert arrived(sink) == []
        studio.plan()
        (outcome,) = studio.write(sink)
        assert outcome.state == "sent"
        assert len(arrived(sink)) == 1
    (reminder,) = studio.reminders()
    assert reminder.asked == 100_000


def test_skipped_at_the_last_moment(studio: Studio, tmp_path: Path) -> None:
    studio.invoice()
    studio.plan()
    (reminder,) = studio.reminders()
    with rude(tmp_path) as sink:
        studio.write(meanwhile(sink, lambda: skip_many(studio.organization, [reminder.pk], **studio.told)))
        assert arrived(sink) == []
    assert studio.states() == ["skipped"]


# --- a worker that lost its lease --------------------------------------------------------------------------------------


def taken(studio: Studio) -> None:
    """Another worker has taken the intention, and is about to write it."""
    Reminder.objects.of(studio.organization).update(lease="another")


def sent_by_another(studio: Studio) -> None:
    """Another worker took it, and has sent it already."""
    Reminder.objects.of(studio.organization).update(state=State.SENT, lease="", lease_until=None, detail="250 ok")
    Customer.objects.of(studio.organization).update(version=99)


def the_row(studio: Studio) -> tuple[str, str, int]:
    (reminder,) = studio.reminders()
    return str(reminder.state), reminder.lease, reminder.items.count()


def test_what_another_worker_has_taken_is_left_alone(studio: Studio, tmp_path: Path) -> None:
    studio.invoice()
    studio.plan()
    with rude(tmp_path) as sink:
        assert studio.write(meanwhile(sink, lambda: taken(studio))) == []
        assert arrived(sink) == []
    assert the_row(studio) == ("planned", "another", 1)


@pytest.mark.parametrize(
    "manners", [{}, {"greeting": "554 go away"}, {"rcpt": {"ane1@kunde.example": "550 5.1.1 no such user"}}],
    ids=["would send", "would put off", "would give up"],
)  # fmt: skip
def test_what_another_worker_has_sent_stays_sent(studio: Studio, tmp_path: Path, manners: dict[str, Any]) -> None:
    """A slow worker comes too late, with whatever its server says: what was sent is not withdrawn, and not sent again."""
    studio.invoice()
    studio.plan()
    with rude(tmp_path, **manners) as sink:
        studio.write(meanwhile(sink, lambda: sent_by_another(studio), at="asking"))
        assert arrived(sink) == []
    assert the_row(studio) == ("sent", "", 1)
    assert studio.tasks() == []


def test_what_is_not_due_any_more_is_not_withdrawn_by_a_late_worker(studio: Studio, sink: Sink) -> None:
    """Two in a batch: while the first is handed over, the second one's invoice is paid after another worker wrote it."""
    studio.invoice()
    studio.invoice()
    studio.plan()
    studio.now = studio.now.replace(hour=17)  # both would be withdrawn: their hours are over

    def hear(place: str, prepared: Prepared) -> None:
        raise AssertionError("nothing leaves in the evening")

    claimed = writing.claim(studio.organization, studio.now, studio.today, 10, LEASE, any_hour=False)
    sent_by_another(studio)
    sender = Sender("post@studio.example", {"email": Telling(mail_channel(sink.port), hear)})
    run = writing.Run(studio.organization, studio.now, studio.today, sender, False, lambda: studio.now)
    run.batch(claimed)
    assert studio.states() == ["sent", "sent"]
    assert run.outcomes == []


# --- the sweep, and how doubts end -------------------------------------------------------------------------------------


def die(*_: object) -> None:
    """The worker ends here; what it had not committed is gone."""
    raise KeyboardInterrupt


@pytest.mark.parametrize("place", ["asking", "permitting"])
def test_a_worker_that_dies_before_the_release_leaves_it_to_the_next(
    studio: Studio, tmp_path: Path, place: str
) -> None:
    studio.invoice()
    studio.plan()
    with rude(tmp_path) as sink:
        with pytest.raises(KeyboardInterrupt):
            studio.write(meanwhile(sink, die, at=place))
        assert studio.write(sink) == []  # it may still be alive
        studio.later(seconds=LEASE.total_seconds() + 1)
        assert sweep(studio.now) == (1, 0)
        (outcome,) = studio.write(sink)
        assert outcome.state == "sent"
        assert len(arrived(sink)) == 1


def test_a_worker_that_dies_after_the_release_leaves_a_doubt(studio: Studio, tmp_path: Path) -> None:
    studio.invoice()
    studio.plan()
    with rude(tmp_path) as sink:
        with pytest.raises(KeyboardInterrupt):
            studio.write(meanwhile(sink, die, at="handing over"))
        assert sweep(studio.now) == (0, 0)
        studio.later(seconds=LEASE.total_seconds() + 1)
        assert sweep(studio.now) == (0, 1)
        assert sweep(studio.now) == (0, 0)
        assert studio.write(sink) == []
        assert arrived(sink) == []
    assert [one.state for one in doubtful(studio.organization)] == ["unconfirmed"]
    assert told(studio)["reminder.unconfirmed"] == 1


def doubt(studio: Studio, tmp_path: Path) -> Reminder:
    studio.invoice()
    studio.plan()
    with rude(tmp_path, dot="lose") as sink:
        studio.write(sink)
    (reminder,) = studio.reminders()
    return reminder


def test_a_person_finds_that_it_arrived(studio: Studio, tmp_path: Path) -> None:
    reminder = doubt(studio, tmp_path)
    settle_doubt(reminder, True, **studio.told)
    assert studio.states() == ["sent"]
    assert not doubtful(studio.organization).exists()
    with pytest.raises(Refused, match="not in doubt"):
        settle_doubt(reminder, False, **studio.told)


def test_a_person_finds_that_it_did_not_arrive_and_it_is_said_again(studio: Studio, tmp_path: Path) -> None:
    settle_doubt(doubt(studio, tmp_path), False, **studio.told)
    with rude(tmp_path) as sink:
        for _ in range(5):  # the day it may have arrived still counts for the gap between two contacts
            studio.later(days=1)
            studio.plan()
            studio.write(sink)
        assert len(arrived(sink)) == 1
    assert [(one.stage, one.state) for one in studio.reminders()] == [("friendly", "bounced"), ("friendly", "sent")]
    occurrences = ReminderItem.objects.of(studio.organization).order_by("id").values_list("occurrence", flat=True)
    assert list(occurrences) == [0, 1]


def test_a_message_that_comes_back_spoils_the_address(studio: Studio, tmp_path: Path) -> None:
    studio.invoice()
    studio.plan()
    with rude(tmp_path) as sink:
        studio.write(sink)
    (reminder,) = studio.reminders()
    assert reminder.message is not None
    record_bounce(reminder.message, True, "550 no such user", **studio.told)
    assert studio.states() == ["bounced"]
    assert studio.tasks() == ["bad_address"]
    studio.later(days=6)
    assert plan(studio.organization, studio.now).reminders == 0


LATE_WORDS = {"took it": ({}, "sent", 1), "put it off": ({"dot": "451 later"}, "deferred", 0)}


@pytest.mark.parametrize(("manners", "state", "kept"), LATE_WORDS.values(), ids=LATE_WORDS.keys())
def test_a_server_that_answers_after_the_sweep_ends_the_doubt(
    studio: Studio, tmp_path: Path, manners: dict[str, Any], state: str, kept: int
) -> None:
    studio.invoice()
    studio.plan()
    with rude(tmp_path, **manners) as sink:
        studio.write(meanwhile(sink, lambda: sweep(studio.now + LEASE * 2), at="recording"))
        assert studio.states() == [state]
        assert len(arrived(sink)) == kept
    assert told(studio)["reminder.unconfirmed"] == 1
    assert told(studio)[f"reminder.{state}"] == 1


def test_what_a_person_has_settled_meanwhile_stands(studio: Studio, tmp_path: Path) -> None:
    studio.invoice()
    studio.plan()
    (reminder,) = studio.reminders()

    def sweep_and_settle() -> None:
        sweep(studio.now + LEASE * 2)
        settle_doubt(reminder, True, now=studio.now, actor=ACTOR)

    with rude(tmp_path, dot="451 later") as sink:
        studio.write(meanwhile(sink, sweep_and_settle, at="recording"))
    (reminder,) = studio.reminders()
    assert reminder.state == State.SENT
    assert reminder.message is not None
