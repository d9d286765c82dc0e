# SPDX-License-Identifier: AGPL-3.0-or-later
"""What customers answer by a button counts at once: the next decision sees it without being told, once, whoever presses
how often, and all of it is kept as evidence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from purring.doors.portal.labels import Labels, spoken
from purring.facts.agreements.actions import ask_check_in
from purring.facts.agreements.models import Hold, Promise
from purring.facts.answers.actions import MOST_A_DAY, give_answer
from purring.facts.customers.actions import replace_contacts
from purring.facts.disputes.actions import resolve_disputes
from purring.facts.disputes.models import Dispute
from purring.facts.journal.models import Entry
from purring.facts.messages.actions import mark_answered
from purring.facts.messages.models import Message
from purring.facts.payments.actions import record_payment
from purring.language.pages import ANSWERS
from tests.doors.desk.cast import House, found_house
from tests.doors.portal.visitor import Visitor, codes, decided, path_of, written_to

SAID: dict[str, dict[str, Any]] = {
    "received": {},
    "question": {"words": "Which order is it?"},
    "paid": {"day": "2026-05-04"},
    "promise": {"day": "2026-05-15", "amount": ""},
    "copy": {},
    "po": {"words": "PO 4711"},
    "dispute": {"words": "Two chairs are missing", "amount": ""},
    "plan": {"words": "300 a month"},
    "wrong_person": {"words": "Ask Kari in accounts"},
    "content": {},
    "not_content": {"words": "The door does not close"},
}


@pytest.fixture
def visitor(house: House) -> Visitor:
    return Visitor(house, house.customer(language="en"))


def only_code(visitor: Visitor) -> str:
    (code,) = codes(visitor.house, visitor.customer).values()
    return code


def chased(visitor: Visitor) -> bool:
    return decided(visitor.house, visitor.customer).contact is not None


# --- each answer and the decision ----------------------------------------------------------------------------


def test_a_promise_waits_for_its_day(visitor: Visitor) -> None:
    visitor.house.invoice(visitor.customer)
    assert chased(visitor)
    page = visitor.reads("promise", day="2026-05-15", amount="")
    assert "by 15 May 2026" in page
    assert "1250,00" in page.replace(" ", "")
    assert only_code(visitor) == "promised"
    promise = Promise.objects.of(visitor.house.organization).get()
    assert (promise.pay_on, promise.amount, promise.currency) == (date(2026, 5, 15), 125_000, "NOK")


def test_a_day_too_far_is_for_a_person(visitor: Visitor) -> None:
    visitor.house.invoice(visitor.customer)
    page = visitor.reads("promise", day="2026-08-01")
    assert Labels("en", "NO", "")["noted_plan"] in page
    assert only_code(visitor) == "awaiting_our_answer"
    assert not Promise.objects.of(visitor.house.organization).exists()
    assert "2026-08-01" in Message.objects.of(visitor.house.organization).get().text


def test_paid_is_silent_until_the_money_or_a_week(house: House, visitor: Visitor, later: Any) -> None:
    first, other = house.invoice(visitor.customer), house.invoice(visitor.customer, late=-20)
    visitor.answers("paid", day="2026-05-04", words="By bank", invoice=[first.pk])
    assert codes(house, visitor.customer)[first.number] == "held"
    assert codes(house, visitor.customer)[other.number] == "not_due"
    assert not chased(visitor)
    later(days=8)
    assert chased(visitor)


def test_a_dispute_of_a_part_leaves_the_rest(house: House, visitor: Visitor) -> None:
    house.invoice(visitor.customer)
    visitor.answers("dispute", words="Two chairs are missing", amount="250,00")
    contact = decided(house, visitor.customer).contact
    assert contact is not None
    assert sum(count.amount for count in contact.counts) == 100_000
    assert Dispute.objects.of(house.organization).get().reason == "Two chairs are missing"


def test_a_dispute_of_the_whole_stops_that_invoice_alone(house: House, visitor: Visitor) -> None:
    first, other = house.invoice(visitor.customer), house.invoice(visitor.customer)
    visitor.answers("dispute", words="Never ordered", amount="", invoice=first.pk)
    assert codes(house, visitor.customer)[first.number] == "disputed"
    contact = decided(house, visitor.customer).contact
    assert contact is not None
    assert [count.invoices for count in contact.counts] == [(other.number,)]


@pytest.mark.parametrize("kind", ["question", "copy", "po", "plan"])
def test_we_owe_an_answer(visitor: Visitor, kind: str) -> None:
    visitor.house.invoice(visitor.customer)
    visitor.answers(kind, **SAID[kind])
    assert only_code(visitor) == "awaiting_our_answer"
    mark_answered(visitor.customer, **visitor.house.told)
    assert chased(visitor)


def test_the_wrong_person_is_not_written_to(house: House, visitor: Visitor) -> None:
    house.invoice(visitor.customer)
    visitor.answers("wrong_person", words="Ask Kari")
    assert only_code(visitor) == "bad_address"
    replace_contacts(visitor.customer, [{"email": "kari@kunde.example"}], **house.told)
    assert written_to(house, visitor.customer) == "kari@kunde.example"


def test_of_two_people_the_one_written_to_is_meant(house: House, visitor: Visitor) -> None:
    house.invoice(visitor.customer)
    people = [{"email": "ane@kunde.example"}, {"email": "per@kunde.example", "phone": "+4711111111"}]
    replace_contacts(visitor.customer, people, **house.told)
    Message(
        organization=house.organization,
        customer=visitor.customer,
        channel="email",
        kind="friendly",
        address="per@kunde.example",
        text="Hello",
        at=house.told["now"],
    ).save(force_insert=True)
    assert visitor.answers("wrong_person").spoiled == ["+4711111111", "per@kunde.example"]
    assert written_to(house, visitor.customer) == "ane@kunde.example"


def test_check_ins(house: House, visitor: Visitor) -> None:
    house.invoice(visitor.customer)
    assert "answer/content/" not in visitor.client.get(path_of(house, visitor.customer)).content.decode()
    receipt = ask_check_in(visitor.customer, "receipt", **house.told)
    satisfaction = ask_check_in(visitor.customer, "satisfaction", **house.told)
    assert "answer/content/" in visitor.client.get(path_of(house, visitor.customer)).content.decode()
    visitor.answers("received")
    visitor.answers("not_content", words="The door does not close")
    receipt.refresh_from_db()
    satisfaction.refresh_from_db()
    assert (receipt.answer, satisfaction.answer) == ("yes", "no")
    assert only_code(visitor) == "awaiting_our_answer"


# --- once ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ANSWERS)
def test_the_same_form_twice_is_one_answer(visitor: Visitor, kind: str) -> None:
    visitor.house.invoice(visitor.customer)
    form = visitor.form(kind)
    first, second = (visitor.sends(kind, form=form, **SAID[kind]) for _ in range(2))
    assert first["Location"].split("?")[0] == second["Location"].split("?")[0]
    assert len(visitor.given()) == 1


def test_the_form_came_back_into_view_and_says_another_day(visitor: Visitor) -> None:
    """The browser's own way back shows the page as it was, with the same form."""
    visitor.house.invoice(visitor.customer)
    form = visitor.form("promise")
    for day in ("2026-05-15", "2026-05-20", "2026-05-20"):
        thanks = visitor.sends("promise", form=form, day=day, amount="")["Location"]
    assert (
        "5/20/26" in visitor.client.get(thanks).content.decode()
        or "20 May" in visitor.client.get(thanks).content.decode()
    )
    standing = Promise.objects.of(visitor.house.organization).filter(withdrawn_at=None)
    assert [str(one.pay_on) for one in standing] == ["2026-05-20"]
    assert len(visitor.given()) == 2


def test_files_that_are_too_large_do_not_take_the_words_with_them(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("purring.doors.portal.answering.MOST_SENT", 1_000)
    visitor.house.invoice(visitor.customer)
    photo = SimpleUploadedFile("photo.jpg", b"x" * 5_000, "image/jpeg")
    refused = visitor.sends("dispute", words="Two chairs are missing", amount="12,5", file=photo)
    assert refused.status_code == 413
    page = refused.content.decode()
    assert "Two chairs are missing" in page
    assert 'value="12,5"' in page
    assert not visitor.given()


@pytest.mark.parametrize("kind", ANSWERS)
def test_two_tabs_are_one_answer(visitor: Visitor, kind: str) -> None:
    house = visitor.house
    house.invoice(visitor.customer)
    forms = [visitor.form(kind) for _ in range(2)]
    pages = [visitor.client.get(visitor.sends(kind, form=form, **SAID[kind])["Location"]) for form in forms]
    assert len(visitor.given()) == 1
    rows = [model.objects.of(house.organization).count() for model in (Promise, Hold, Dispute, Message)]
    assert sum(rows) <= 1
    again = Labels("en", "NO", "")["noted_again"]
    assert again not in pages[0].content.decode()
    assert again in pages[1].content.decode()


def test_asked_again_after_our_answer_it_is_a_new_one(visitor: Visitor) -> None:
    visitor.house.invoice(visitor.customer)
    visitor.answers("copy")
    mark_answered(visitor.customer, **visitor.house.told)
    visitor.answers("copy")
    assert len(visitor.given()) == 2
    assert only_code(visitor) == "awaiting_our_answer"


# --- another answer takes the place of the first -------------------------------------------------------------


def test_a_new_promise_takes_the_place_of_the_old(house: House, visitor: Visitor) -> None:
    house.invoice(visitor.customer)
    first = visitor.answers("promise", day="2026-05-30")
    second = visitor.answers("promise", day="2026-05-08")
    first.refresh_from_db()
    assert first.replaced_by == second
    (standing,) = visitor.customer.promises.filter(withdrawn_at=None)
    assert standing.pay_on == date(2026, 5, 8)


@pytest.mark.parametrize("mistake", ["paid", "dispute", "wrong_person"])
def test_pressed_by_mistake(house: House, visitor: Visitor, mistake: str) -> None:
    house.invoice(visitor.customer)
    visitor.answers(mistake, **SAID[mistake])
    visitor.answers("promise", day="2026-05-06")
    assert only_code(visitor) == "promised"
    assert not Hold.objects.of(house.organization).filter(released_at=None).exists()
    assert not Dispute.objects.of(house.organization).filter(resolved_at=None).exists()
    assert not visitor.customer.address_troubles.exists()


def test_a_part_in_dispute_stands_beside_a_promise_for_the_rest(house: House, visitor: Visitor) -> None:
    house.invoice(visitor.customer)
    for kinds in (("dispute", "promise"), ("promise", "dispute")):
        for kind in kinds:
            visitor.answers(kind, words="Scratched", day="2026-05-08", amount="200")
    assert visitor.customer.promises.filter(withdrawn_at=None).exists()
    assert Dispute.objects.of(house.organization).filter(resolved_at=None).count() == 1


def test_an_answer_about_one_invoice_leaves_what_was_said_about_two(house: House, visitor: Visitor) -> None:
    first, other = house.invoice(visitor.customer), house.invoice(visitor.customer)
    visitor.answers("promise", day="2026-05-15", amount="", invoice=[first.pk, other.pk])
    visitor.answers("paid", day="2026-05-04", invoice=[first.pk])
    assert codes(house, visitor.customer) == {first.number: "held", other.number: "promised"}


def test_what_staff_ended_stays_ended(house: House, visitor: Visitor) -> None:
    invoice = house.invoice(visitor.customer)
    answer = visitor.answers("dispute", **SAID["dispute"])
    resolve_disputes(invoice, outcome="Explained", **house.told)
    visitor.answers("paid", day="2026-05-04")
    assert answer.disputes.get().outcome == "Explained"


# --- evidence ------------------------------------------------------------------------------------------------


def test_it_is_kept_as_evidence(house: House, visitor: Visitor) -> None:
    invoice = house.invoice(visitor.customer)
    answer = visitor.answers("dispute", words="Two chairs are missing", amount="250")
    assert (answer.address, answer.agent, len(answer.link)) == ("127.0.0.1", "", 64)
    entry = Entry.objects.of(house.organization).get(kind="answer.given")
    assert (entry.actor, entry.invoice_id, entry.text.text) == ("customer", invoice.pk, "Two chairs are missing")
    assert entry.data["answer"] == "dispute"
    assert entry.data["amount"] == 25_000
    assert entry.data["link"] == answer.link
    assert "chairs" not in str(entry.data)


# --- doors that stay closed ----------------------------------------------------------------------------------


def test_opening_a_button_changes_nothing(house: House, visitor: Visitor) -> None:
    house.invoice(visitor.customer)
    for kind in ANSWERS:
        with CaptureQueriesContext(connection) as found:
            response = visitor.client.get(visitor.to(kind))
        assert response.status_code == 200
        assert all(query["sql"].lstrip().upper().startswith("SELECT") for query in found)
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]
        assert "<script" not in response.content.decode()
        assert not response.cookies
    assert not visitor.given()


def test_no_form_of_ours_no_answer(house: House, visitor: Visitor, later: Any) -> None:
    house.invoice(visitor.customer)
    neighbour = Visitor(house, house.customer("Kunde To"))
    house.invoice(neighbour.customer)
    old = visitor.form("received")
    for form in (
        "nothing",
        old[:-1] + ("A" if old[-1] != "A" else "B"),
        neighbour.form("received"),
        visitor.form("copy"),
    ):
        response = visitor.sends("received", form=form)
        assert response.status_code == 422
        assert Labels("en", "NO", "")["try_later"] in response.content.decode()
    later(days=2)
    assert visitor.sends("received", form=old).status_code == 422
    assert not visitor.given()


def test_invoices_of_others_and_settled_ones_are_not_spoken_of(house: House, visitor: Visitor) -> None:
    mine, paid = house.invoice(visitor.customer), house.invoice(visitor.customer)
    record_payment(visitor.customer, 125_000, "NOK", on=house.today, invoice=paid, **house.told)
    other = house.invoice(house.customer("Kunde To"))
    foreign = found_house("nabo", "Naboen")
    theirs = foreign.invoice(foreign.customer())
    answer = visitor.answers("paid", day="2026-05-04", invoice=[paid.pk, other.pk, theirs.pk])
    assert list(answer.invoices.all()) == [mine]
    assert Hold.objects.everywhere("a test").count() == 1


def test_foreign_and_mutated_links(house: House, visitor: Visitor) -> None:
    house.invoice(visitor.customer)
    to = visitor.to("received")
    form = visitor.form("received")
    for bad in (to.replace("/pay/", "/pay/x"), to[:20] + "A" + to[20:], "/pay/x/answer/received/"):
        assert Client().get(bad).status_code == 404
        assert Client().post(bad, {"form": form}).status_code == 404
    assert Client().get(to.replace("received", "refuse")).status_code == 404
    neighbour = Visitor(house, house.customer("Kunde To"))
    house.invoice(neighbour.customer)
    thanks = neighbour.sends("received")["Location"]
    key = thanks.rstrip("/").rsplit("/", 1)[1]
    assert visitor.client.get(f"{path_of(house, visitor.customer)}noted/{key}/").status_code == 404
    assert not visitor.given()


def test_nothing_open_any_more(house: House, visitor: Visitor) -> None:
    invoice = house.invoice(visitor.customer)
    form = visitor.form("promise")
    record_payment(visitor.customer, 125_000, "NOK", on=house.today, invoice=invoice, **house.told)
    response = visitor.sends("promise", form=form, **SAID["promise"])
    assert (response.status_code, response["Location"]) == (303, path_of(house, visitor.customer))
    assert not visitor.given()


@pytest.mark.parametrize(
    ("kind", "said", "text"),
    [
        ("promise", {"day": "2026-05-04"}, "bad_date"),
        ("promise", {"day": "soon"}, "required"),
        ("promise", {"day": "2026-05-15", "amount": "1250.01"}, "bad_amount"),
        ("promise", {"day": "2026-05-15", "amount": "-3"}, "bad_amount"),
        ("promise", {"day": "2026-05-15", "amount": "9" * 39}, "bad_amount"),
        ("paid", {"day": "2026-05-06"}, "required"),
        ("question", {"words": " "}, "required"),
        ("dispute", {"words": "No", "amount": "0"}, "bad_amount"),
    ],
)
def test_what_cannot_be(visitor: Visitor, kind: str, said: dict[str, str], text: str) -> None:
    visitor.house.invoice(visitor.customer)
    response = visitor.sends(kind, **said)
    assert response.status_code == 422
    shown = response.content.decode().replace("\u00a0", " ")
    assert Labels("en", "NO", "").say(text, amount="NOK 1,250.00").split(" NOK")[0] in shown
    assert not visitor.given()


def test_nobody_answers_so_often(house: House, visitor: Visitor) -> None:
    house.invoice(visitor.customer)
    for number in range(MOST_A_DAY):
        give_answer(
            visitor.customer, "question", key=str(number), words=str(number), now=house.told["now"], on=house.today
        )
    response = visitor.sends("question", words="And now?")
    assert response.status_code == 422
    assert len(visitor.given()) == MOST_A_DAY


def test_what_they_write_stays_text(house: House, visitor: Visitor) -> None:
    house.invoice(visitor.customer)
    page = visitor.reads("question", words="<script>alert(1)</script>")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("language", spoken())
def test_every_page_speaks(house: House, language: str) -> None:
    visitor = Visitor(house, house.customer(language=language, country=""))
    invoices = [house.invoice(visitor.customer).pk for _ in range(2)]
    for kind in ANSWERS:
        page = visitor.client.get(visitor.to(kind)).content.decode()
        assert f'<html lang="{language}"' in page
        assert "{" not in page
        assert "aria-labelledby" not in page or 'id="question"' in page
    thanks = visitor.reads("promise", day=(house.today + timedelta(5)).isoformat(), invoice=invoices)
    assert f'<html lang="{language}"' in thanks
    assert "{" not in thanks
