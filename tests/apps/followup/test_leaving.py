# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the server said of a message is recorded with the next one's release; whatever happens to that one, it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from purring.facts.invoices.actions import attach
from purring.facts.invoices.models import Attachment
from purring.facts.journal.models import Entry
from purring.facts.messages.sources import source_of
from purring.followup import enclosing
from purring.followup.enclosing import Enclosures
from purring.followup.models import Reminder, State
from purring.followup.morning import skip_many
from purring.followup.saying import Document
from purring.kit.batches import fetch_bytes
from purring.kit.mailsink import Sink
from purring.plugins.channel import Prepared
from tests.apps.cast import Studio, mail_channel
from tests.endurance.telling import Telling

pytestmark = pytest.mark.django_db


def listening(sink: Sink, act: Callable[[int], object], at: str = "permitting") -> Telling:
    """The channel to the sink; `act` hears the number of each hand-over (from 1) at that moment of it."""
    count = Counter[str]()

    def hear(place: str, prepared: Prepared) -> None:
        count[place] += 1
        if place == at:
            act(count[place])

    return Telling(mail_channel(sink.port), hear)


def kinds(studio: Studio) -> list[str]:
    """The journal of releases and what came of them, in its order."""
    told = Entry.objects.of(studio.organization).filter(kind__in=("reminder.released", "reminder.sent")).order_by("id")
    return [entry.kind.removeprefix("reminder.") for entry in told]


def three(studio: Studio) -> list[Reminder]:
    for _ in range(3):
        studio.invoice()
    studio.plan()
    return list(Reminder.objects.of(studio.organization).order_by("send_after", "id"))


def test_at_most_the_newest_message_is_unrecorded(studio: Studio, sink: Sink) -> None:
    three(studio)
    seen: list[Counter[str]] = []
    studio.write(listening(sink, lambda _: seen.append(Counter(studio.states())), at="handing over"), any_hour=True)
    assert [states["released"] for states in seen] == [1, 1, 1]
    assert [states["sent"] for states in seen] == [0, 1, 2]
    assert studio.states() == ["sent"] * 3
    assert kinds(studio) == ["released", "sent"] * 3


def test_the_server_s_words_and_the_source_are_kept(studio: Studio, sink: Sink) -> None:
    for reminder in three(studio):
        assert reminder.message is None
    studio.write(sink, any_hour=True)
    for reminder in Reminder.objects.of(studio.organization).select_related("message"):
        entry = Entry.objects.of(studio.organization).get(kind="reminder.sent", customer_id=reminder.customer_id)
        assert "250" in reminder.detail
        assert reminder.detail.startswith(entry.data["detail"])
        assert reminder.message
        assert source_of(reminder.message, entry.data["source"])
        assert (reminder.lease, reminder.lease_until) == ("", None)


@pytest.mark.parametrize("refusal", ["changed", "taken"])
def test_a_next_one_that_may_not_leave_does_not_lose_it(studio: Studio, sink: Sink, refusal: str) -> None:
    first, second, third = three(studio)

    def act(number: int) -> None:
        if number == 2 and refusal == "changed":
            studio.pay(second.items.get().invoice)
        elif number == 2:
            skip_many(studio.organization, [second.pk], **studio.told)

    studio.write(listening(sink, act), any_hour=True)
    states = {one.pk: one.state for one in Reminder.objects.of(studio.organization)}
    assert (states[first.pk], states[third.pk]) == (State.SENT, State.SENT)
    assert states[second.pk] in (State.WITHDRAWN, State.SKIPPED)
    assert kinds(studio) == ["released", "sent"] * 2


def test_an_error_in_the_next_one_does_not_lose_it(studio: Studio, sink: Sink) -> None:
    first, *_ = three(studio)

    def act(number: int) -> None:
        if number == 2:
            raise RuntimeError("the worker breaks down")

    with pytest.raises(RuntimeError):
        studio.write(listening(sink, act, at="asking"), any_hour=True)
    first.refresh_from_db()
    assert first.state == State.SENT
    assert kinds(studio) == ["released", "sent"]


def test_what_a_person_settled_in_the_meantime_stands(studio: Studio, sink: Sink) -> None:
    first, *_ = three(studio)

    def act(number: int) -> None:
        if number == 2:
            Reminder.objects.of(studio.organization).filter(pk=first.pk).update(state=State.BOUNCED, detail="came back")

    studio.write(listening(sink, act), any_hour=True)
    first.refresh_from_db()
    assert (first.state, first.detail) == (State.BOUNCED, "came back")
    assert kinds(studio) == ["released", "released", "sent", "released", "sent"]


# --- what goes along -------------------------------------------------------------------------------------------------


def documents(studio: Studio, count: int, size: int) -> list[Document]:
    invoice = studio.invoice()
    for number in range(count):
        content = b"%PDF-1.4 " + str(number).encode() + b"x" * size
        attach(invoice, f"{number}.pdf", content, "application/pdf", **studio.told)
    rows = Attachment.objects.of(studio.organization).order_by("id")
    return [Document(row.pk, row.filename, row.content_type, row.size) for row in rows]


def test_bytes_are_read_ahead_as_far_as_there_is_room(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    each = documents(studio, 9, 1000)
    monkeypatch.setattr(enclosing, "AHEAD_BYTES", 4 * each[0].size)
    asked: list[int] = []

    def listening_fetch(model: type[Attachment], field: str, ids: list[int]) -> dict[int, bytes]:
        asked.append(len(ids))
        return fetch_bytes(model, field, ids)

    monkeypatch.setattr(enclosing, "fetch_bytes", listening_fetch)
    enclosures = Enclosures(each)
    for number, document in enumerate(each):
        (one,) = enclosures.of([document])
        assert (one.filename, one.content[:10]) == (f"{number}.pdf", b"%PDF-1.4 " + str(number).encode())
    assert asked == [4, 4, 1]
    assert enclosures.of([]) == ()


def test_out_of_order_unknown_or_gone_is_no_trouble(studio: Studio) -> None:
    first, second, third = documents(studio, 3, 10)
    enclosures = Enclosures([first, second])
    assert [one.filename for one in enclosures.of([second, first])] == ["1.pdf", "0.pdf"]
    assert [one.filename for one in enclosures.of([third])] == ["2.pdf"]
    Attachment.objects.of(studio.organization).filter(pk=second.id).delete()
    assert [one.filename for one in Enclosures([first, second]).of([first, second])] == ["0.pdf"]
