# SPDX-License-Identifier: AGPL-3.0-or-later
"""A morning at the desk: what needs a person, what goes out, what came in; with every act taken back again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from purring.facts.messages.actions import record_reply
from purring.facts.organizations.models import User
from purring.facts.payments.actions import record_payment
from purring.followup.list_by_mail import tell
from purring.followup.models import PutOff, Reminder, State, Task
from purring.followup.planning import plan
from tests.doors.desk.cast import House, found_house


def morning(house: House, *names: str, **fields: Any) -> list[Reminder]:
    """A message to each of these customers waits."""
    for name in names:
        house.invoice(house.customer(name), **fields)
    plan(house.organization, house.told["now"])
    return list(Reminder.objects.of(house.organization).order_by("id"))


def needed(house: House, code: str, *names: str, amount: int = 0) -> list[Task]:
    made = []
    for name in names:
        customer = house.customer(name)
        if amount:
            house.invoice(customer, amount, late=-30)
        task = Task(organization=house.organization, customer=customer, code=code, why="because", opened_on=house.today)
        task.save(force_insert=True)
        made.append(task)
    return made


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def today(client: Client, **query: Any) -> str:
    return text_of(client.get(reverse("desk:today"), query))


def act(client: Client, name: str, *args: object, fragment: bool = False, **fields: Any) -> str:
    """Do it by script (`fragment`), or as a plain form: then what Today says next."""
    to = reverse(f"desk:{name}", args=args)
    if fragment:
        return client.post(to, fields, headers={"HX-Request": "true"}).content.decode()
    response = client.post(to, fields)
    assert response.status_code == 303, response.content.decode()
    return client.get(response["Location"]).content.decode()


def for_(days: str) -> dict[str, Any]:
    """How long something is put off by one press."""
    return {"for": days}


def undo_in(page: str) -> int:
    found = re.search(r"/today/undo/(\d+)/", page)
    assert found, page
    return int(found[1])


ACTS: list[tuple[str, dict[str, str], str]] = [
    ("reminder-approve", {}, "Approved"),
    ("reminder-skip", {}, "Skipped today"),
    ("reminder-hold", {}, "On hold"),
    ("reminder-send", {}, "when their hours begin"),
]


def shape(row: Reminder) -> tuple[Any, ...]:
    row.refresh_from_db()
    items = tuple(row.items.order_by("invoice_id").values_list("invoice_id", "stage", "amount"))
    return row.state, row.approved_at, row.send_after, row.own_text, items


@pytest.mark.parametrize("fragment", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize(("name", "fields", "said"), ACTS, ids=[name for name, *_ in ACTS])
def test_each_act_is_taken_back_from_the_note_it_leaves(
    house: House, client: Client, name: str, fields: dict[str, str], said: str, fragment: bool
) -> None:
    (row,) = morning(house, "Kaffe")
    before = shape(row)
    page = act(client, name, row.pk, fragment=fragment, **fields)
    assert said in page.replace("\u202f", " ")
    assert shape(row) != before
    back = act(client, "undo", undo_in(page), fragment=fragment)
    assert "Read it" in back
    assert shape(row) == before
    again = act(client, "undo", undo_in(page), fragment=fragment)
    assert "nothing to take back" in again or name == "reminder-hold"
    assert shape(row) == before


@pytest.mark.parametrize("name", ["reminder-approve", "reminder-skip", "reminder-hold", "reminder-send"])
def test_what_has_left_refuses_kindly(house: House, client: Client, name: str) -> None:
    (row,) = morning(house, "Kaffe")
    Reminder.objects.of(house.organization).update(state=State.SENT)
    assert "not wait any more" in act(client, name, row.pk)
    assert "not wait any more" in act(client, name, row.pk, fragment=True)
    assert not row.customer.holds.exists()


def test_the_bulk_says_what_it_means_before_and_what_it_did_after(house: House, client: Client) -> None:
    rows = morning(house, "En", "To", "Tre")
    chosen = [row.pk for row in rows[:2]]
    said = text_of(client.get(reverse("desk:chosen"), {"reminder": chosen}))
    assert "2 messages · to 2 customers · 2 500,00 kr" in said.replace("\u00a0", " ")
    act(house.client("accountant"), "reminder-approve", rows[0].pk)
    page = act(client, "chosen-act", reminder=chosen, do="approve")
    assert "1 message approved. 1 had been dealt with meanwhile" in page
    assert "Taken back." in act(client, "undo", undo_in(page))
    for row in rows:
        row.refresh_from_db()
    assert [row.approved_at is not None for row in rows] == [True, False, False]


@pytest.mark.parametrize(
    ("do", "first"),
    [("approve", "2 messages approved"), ("skip", "2 messages skipped"), ("hold", "2 customers are on")],
)
def test_a_double_click_is_one_act(house: House, client: Client, do: str, first: str) -> None:
    chosen = [row.pk for row in morning(house, "En", "To")]
    page = act(client, "chosen-act", reminder=chosen, do=do)
    assert first in page
    assert "2 had been dealt with" in act(client, "chosen-act", reminder=chosen, do=do)
    assert "Taken back." in act(client, "undo", undo_in(page))
    assert "nothing to take back" in act(client, "undo", undo_in(page))


def test_all_of_today_is_what_was_there(house: House, client: Client) -> None:
    newest = morning(house, "En", "To")[-1].pk
    morning(house, "Tre")
    assert "2 messages" in text_of(client.get(reverse("desk:chosen"), {"all": newest}))
    assert "2 messages skipped" in act(client, "chosen-act", all=newest, do="skip")
    assert Reminder.objects.of(house.organization).filter(state=State.PLANNED).count() == 1


def test_one_customer_is_one_group_and_pages_go_on(
    house: House, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("purring.doors.desk.going.SHOWN", 2)
    rows = morning(house, "En", "To", "Tre")
    payment = record_payment(rows[0].customer, 500, "NOK", on=house.today, **house.told)
    thanks = Reminder(
        organization=house.organization,
        customer=rows[0].customer,
        payment=payment,
        on=house.today,
        stage="thank_you",
        channel="email",
        language="nb",
        currency="NOK",
        asked=0,
        why="they paid",
        send_after=house.told["now"] + timedelta(hours=9),
        planned_at=house.told["now"],
    )
    thanks.save(force_insert=True)
    page = client.get(reverse("desk:today")).content.decode()
    shown = re.findall(r'id="words-(\d+)"', page)
    more = re.search(r'href="(/\?after=[^"]+)"', page)
    assert more
    rest = client.get(more[1].replace("&amp;", "&"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in rest
    found = [*shown, *re.findall(r'id="words-(\d+)"', rest)]
    assert sorted(found) == sorted(str(row.pk) for row in [*rows, thanks])
    at = found.index(str(rows[0].pk))
    assert found[at + 1] == str(thanks.pk)
    assert "to 3 customers" in page


def test_the_message_is_opened_as_its_reader_gets_it(house: House, client: Client) -> None:
    from purring.facts.invoices.actions import attach

    invoice = house.invoice(house.customer("Kaffe", language="fr"))
    attach(invoice, "facture.pdf", b"%PDF-1.4", "application/pdf", **house.told)
    plan(house.organization, house.told["now"])
    row = Reminder.objects.of(house.organization).get()
    words = client.get(reverse("desk:reminder", args=[row.pk]), headers={"HX-Request": "true"}).content.decode()
    assert 'lang="fr' in words
    assert "Ane Lie" in words
    assert row.address in words
    assert "facture.pdf" in words
    look = client.get(reverse("desk:reminder-look", args=[row.pk]))
    assert "sandbox" in look["Content-Security-Policy"]
    assert invoice.number in look.content.decode()


def test_own_words_are_taken_back(house: House, client: Client) -> None:
    (row,) = morning(house, "Kaffe")
    act(client, "reminder-words", row.pk, subject="Hei", text="Kjære deg, hvordan går det?")
    assert "The usual words will leave" in act(client, "reminder-usual", row.pk)
    row.refresh_from_db()
    assert (row.own_subject, row.own_text) == ("", "")


def test_the_yes_may_be_somebody_elses_to_give(house: House) -> None:
    rows = morning(house, "Kaffe")
    house.organization.approver = "owner"
    house.organization.save()
    collector = house.client("collector")
    assert "Somebody else here gives the yes" in today(collector)
    assert "gives the yes" in act(collector, "reminder-approve", rows[0].pk)
    assert "gives the yes" in act(collector, "chosen-act", reminder=[rows[0].pk], do="approve")
    rows[0].refresh_from_db()
    assert rows[0].approved_at is None


# --- what needs a person ----------------------------------------------------------------------------------------


def test_what_stops_most_stands_first_and_many_are_one(house: House, client: Client) -> None:
    needed(house, "final_reached", "Liten", amount=10_000)
    needed(house, "call", *(f"Ring {number}" for number in range(6)), amount=50_000)
    needed(house, "bad_address", "Adresse", amount=1_000)
    record_reply(house.customer("Spør"), "Hvor er den?", **house.told)
    Task(organization=house.organization, code="data_stale", why="old", opened_on=house.today).save()
    page = today(client)
    order = ["Bring the bank data", "Spør", "Adresse", "Call them 6", "Liten"]
    places = [page.index(word) for word in order]
    assert places == sorted(places), page
    assert "Ring 1" not in page
    assert "Needs you 10" in page
    assert text_of(client.get(reverse("desk:needs", args=["call"]))).count("Ring ") == 6
    assert client.get(reverse("desk:needs", args=["nonsense"])).status_code == 404


def test_a_group_pages(house: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("purring.doors.desk.needs.PAGE", 4)
    needed(house, "call", *(f"Ring {number}" for number in range(6)))
    first = client.get(reverse("desk:needs", args=["call"]), headers={"HX-Request": "true"}).content.decode()
    more = re.search(r'href="([^"]+after=4)"', first)
    assert more
    assert first.count("Ring ") + text_of(client.get(more[1])).count("Ring ") >= 6


def test_not_today_comes_back_by_itself(house: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    (task,) = needed(house, "call", "Kaffe")
    page = act(client, "later-wait", f"task-{task.pk}", **for_("days"))
    assert "Not today: it is back on" in page
    assert "Call them" not in page
    assert "1 put off" in today(client)
    listed = text_of(client.get(reverse("desk:later")))
    assert "Kaffe" in listed
    assert "Owner" in listed
    assert "Call them" in act(client, "undo", undo_in(page))
    act(client, "later-wait", f"task-{task.pk}", until=(house.today + timedelta(2)).isoformat())
    assert PutOff.objects.of(house.organization).get().until == house.today + timedelta(2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 5, 7, 6, tzinfo=UTC))
    assert "Call them" in today(client)


@pytest.mark.parametrize("until", ["2026-05-05", "2026-02-30", "", "x"])
def test_a_day_that_is_not_ahead_is_told(house: House, client: Client, until: str) -> None:
    (task,) = needed(house, "call", "Kaffe")
    assert "Choose a day from tomorrow on" in act(client, "later-wait", f"task-{task.pk}", until=until)
    assert not PutOff.objects.of(house.organization).exists()


@pytest.mark.parametrize("subject", ["task-999", "nothing-1", "task-x", "reply-1"])
def test_what_is_not_there_cannot_be_put_off(client: Client, subject: str) -> None:
    response = client.post(reverse("desk:later-wait", args=[subject]), {"for": "week"})
    assert response.status_code == 404


def test_brought_back_now(house: House, client: Client) -> None:
    (task,) = needed(house, "call", "Kaffe")
    for _ in range(2):
        act(client, "later-wait", f"task-{task.pk}", **for_("week"))
    assert "Call them" not in today(client)
    for _ in range(2):
        assert "Call them" in act(client, "later-back", f"task-{task.pk}")


def test_a_task_done_by_mistake_is_open_again(house: House, client: Client) -> None:
    (task,) = needed(house, "call", "Kaffe")
    page = act(client, "task-done", task.pk, fragment=True)
    assert "Call them" not in today(client)
    act(client, "undo", undo_in(page))
    assert "Call them" in today(client)


# --- what came in -----------------------------------------------------------------------------------------------


def test_what_came_in_is_there_until_it_was_read(house: House, client: Client) -> None:
    customer = house.customer("Kaffe")
    house.invoice(customer, late=-30)
    for _ in range(8):
        house.customer("Ny")
    record_payment(customer, 57_600, "NOK", on=house.today, **house.told)
    page = client.get(reverse("desk:today")).content.decode()
    assert "9 new customers" in page
    assert "Paid 576,00" in page.replace("\u00a0", " ")
    newest = re.search(r'/today/seen/.*?name="newest" value="(\d+)"', page, re.S)
    assert newest
    record_reply(customer, "Takk!", **house.told)
    page = act(client, "seen", newest=newest[1])
    assert "Wrote to us" in page
    assert "Paid 576" not in page
    act(client, "seen", newest="1")
    assert "Paid 576" not in client.get(reverse("desk:today")).content.decode()
    other = house.client("accountant").get(reverse("desk:today")).content.decode()
    assert "Paid 576,00" in other.replace("\u00a0", " "), "each person reads for themselves"


def test_done_for_today(house: House, client: Client) -> None:
    rows = morning(house, "Kaffe")
    Reminder.objects.of(house.organization).filter(pk=rows[0].pk).update(state=State.SENT)
    page = today(client)
    assert "Done for today" in page
    assert "1 message has gone out" in page


# --- the days ahead, and others ---------------------------------------------------------------------------------


def test_tomorrow_and_its_words(house: House, client: Client) -> None:
    soon = house.invoice(house.customer("Snart"), late=-4)
    morning(house, "Nå")
    page = text_of(client.get(reverse("desk:ahead")))
    assert "Snart" in page
    assert "Nå" not in page
    words = client.get(reverse("desk:ahead-words", args=[soon.customer_id]), headers={"HX-Request": "true"})
    assert soon.number in words.content.decode()
    for day in ("2026-05-05", "2026-06-05", "x"):
        assert client.get(reverse("desk:ahead"), {"day": day}).status_code == 404


def test_another_organizations_entries_and_subjects_do_not_exist(house: House, client: Client) -> None:
    other = found_house("other", "Other")
    (row,) = morning(other, "Fremd")
    (task,) = needed(other, "call", "Fremd")
    page = act(other.client(), "reminder-skip", row.pk)
    assert client.post(reverse("desk:undo", args=[undo_in(page)])).status_code == 404
    assert client.post(reverse("desk:later-wait", args=[f"task-{task.pk}"]), {"for": "week"}).status_code == 404
    assert "Fremd" not in today(client)
    assert "0 had" not in act(client, "chosen-act", reminder=[row.pk], do="hold")
    assert User.objects.count() >= 2
    assert not row.customer.holds.exists()


def test_more_of_everything_is_not_more_queries(house: House, client: Client) -> None:
    from tests.doors.desk.test_pages import queries_of

    def fill(mark: str, many: int) -> None:
        for code in ("call", "bad_address", "final_reached"):
            needed(house, code, *(f"{code} {mark} {number}" for number in range(many)), amount=1_000)
        morning(house, *(f"{mark} {number}" for number in range(many)))
        for number in range(many):
            record_reply(house.customer(f"R {mark} {number}"), "Hei", **house.told)
            record_payment(house.customer(f"P {mark} {number}"), 100, "NOK", on=house.today, **house.told)

    fill("a", 1)
    few = {name: queries_of(client, reverse(f"desk:{name}")) for name in ("today", "later", "ahead")}
    fill("b", 7)
    many = {name: queries_of(client, reverse(f"desk:{name}")) for name in ("today", "later", "ahead")}
    assert max(many.values()) <= 15, many
    assert all(many[name] <= few[name] for name in ("later", "ahead")), (few, many)
    assert queries_of(client, reverse("desk:needs", args=["call"])) <= 15


# --- the list by mail -------------------------------------------------------------------------------------------


def mailed(house: House, mailoutbox: list[Any]) -> str:
    """The round tells whoever wishes it; the path of the link in the mail."""
    tell(house.told["now"] + timedelta(hours=1), lambda token: f"https://purring.example/morning/{token}/")
    found = re.search(r"https://purring\.example(/morning/\S+/)", mailoutbox[-1].body)
    assert found
    return found[1]


@pytest.fixture
def wished(house: House, client: Client) -> House:
    """Two messages wait, and the owner wishes to have the list by mail."""
    morning(house, "En", "To")
    assert "The list comes by mail" in act(client, "by-mail", wish="yes")
    house.organization.refresh_from_db()
    owner = house.user("owner")
    owner.language = "en"
    owner.save()
    return house


def test_the_list_comes_once_a_morning_to_who_wishes_it(wished: House, mailoutbox: list[Any]) -> None:
    early = wished.told["now"] - timedelta(hours=3)
    assert tell(early, str) == 0
    mailed(wished, mailoutbox)
    mail = mailoutbox[0]
    assert mail.to == ["owner@snekker.example"]
    assert "2 messages wait for your yes" in mail.subject
    assert "En: " in mail.body
    assert tell(wished.told["now"], str) == 0
    assert len(mailoutbox) == 1
    assert "does not come by mail any more" in act(wished.client(), "by-mail", wish="no")


def test_the_link_approves_what_is_ticked_of_its_list_and_nothing_else(wished: House, mailoutbox: list[Any]) -> None:
    to = mailed(wished, mailoutbox)
    morning(wished, "Tre")
    stranger = Client()
    page = stranger.get(to).content.decode()
    assert "Snekker Solberg" in page
    assert "Tre" not in text_of(stranger.get(to))
    rows = list(Reminder.objects.of(wished.organization).order_by("id"))
    assert not any(row.approved_at for row in rows), "opening it changes nothing"
    for _ in range(2):
        assert stranger.post(to, {"reminder": [rows[0].pk, rows[2].pk, "x"]}).status_code == 303
    page = text_of(stranger.get(to))
    assert "1 message of this list has its yes" in page
    rows = list(Reminder.objects.of(wished.organization).order_by("id"))
    assert [row.approved_by_id for row in rows] == [wished.user("owner").pk, None, None]


@pytest.mark.parametrize("spoiled", ["day", "token", "role", "gone"])
def test_the_link_ends(wished: House, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch, spoiled: str) -> None:
    to = mailed(wished, mailoutbox)
    mine = wished.user("owner").memberships.all()
    if spoiled == "day":
        monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 5, 6, 6, tzinfo=UTC))
    elif spoiled == "token":
        to = to.replace("/morning/W", "/morning/X")
    elif spoiled == "role":
        mine.update(role="read_only")
    else:
        mine.delete()
    for method in ("get", "post"):
        assert getattr(Client(), method)(to).status_code == 404
    assert not Reminder.objects.of(wished.organization).exclude(approved_at=None).exists()
