# SPDX-License-Identifier: AGPL-3.0-or-later
"""A collector's morning with one customer: what they owe and how they pay, whom to talk to, what we note, writing to them,
and a call."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from purring.doors.desk.paying import told
from purring.facts.agreements.actions import record_promise
from purring.facts.customers.models import AddressTrouble, Contact, Remark
from purring.facts.customers.remarks import add_remark
from purring.facts.disputes.actions import open_dispute
from purring.facts.invoices.models import Attachment
from purring.facts.journal.models import Entry
from purring.facts.messages.actions import record_reply
from purring.facts.messages.models import Conversation
from purring.facts.payments.actions import record_payment
from purring.followup.models import OwnMessage, Reminder, Task
from purring.followup.schedules import default_schedule
from purring.followup.tasks import record_task
from purring.insight.paying import Habits

if TYPE_CHECKING:
    from django.test import Client

    from purring.facts.customers.models import Customer
    from tests.doors.desk.cast import House

pytestmark = pytest.mark.django_db
KIND = {"subject": "Saken", "text": "Hei Ane,\n\nvi ser på det i dag.\n\nHilsen Eva"}
GRAVE = {"subject": "Saken", "text": "Hei Ane,\n\nBetal nå. Vi vet hvor du bor.\n\nHilsen Eva"}


def url(name: str, *args: Any) -> str:
    return reverse(f"desk:{name}", args=args)


def seen(client: Client, customer: Customer, **query: str) -> str:
    return client.get(url("customer", customer.pk), query).content.decode().replace("\u00a0", " ")


def sent(response: Any) -> Any:
    assert response.status_code == 303, response.content.decode()
    return response


def email(customer: Customer) -> str:
    return str(customer.contacts.all()[0].email)


def a_pdf() -> bytes:
    """One blank page."""
    writer, made = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.write(made)
    return made.getvalue()


# --- what they owe, how they pay ------------------------------------------------------------------------------------


def test_what_is_open_is_told_by_currency_with_its_age(house: House, client: Client) -> None:
    customer = house.customer()
    house.invoice(customer, 100_000, late=-5)
    house.invoice(customer, 40_000, late=20)
    invoice = house.invoice(customer, 60_000, late=100)
    house.invoice(customer, 7_000, late=3, currency="EUR")
    open_dispute(invoice, amount=10_000, on=house.today, **house.told)
    page = seen(client, customer)
    assert "2 000,00 kr" in page
    assert "1 000,00 kr" in page, "what is over the due day"
    assert "1 to 30 days over" in page
    assert "91 days over and more" in page
    assert "Open EUR" in page
    assert "Disputed" in page
    assert "100,00 kr" in page


@pytest.mark.parametrize(
    ("habits", "said"),
    [
        (Habits(0, None, 0, 0, None), []),
        (Habits(2, None, 0, 0, None), ["2 invoices paid so far: too few to say how they pay."]),
        (Habits(9, 6, 4, 5, 4), ["Usually pays 6 days after the due day.", "Kept 4 of 5 promises.",
                                 "Pays mostly on this day of the week: Friday."]),
        (Habits(9, 0, 0, 0, None), ["Usually pays on the due day."]),
        (Habits(9, -1, 1, 1, None), ["Usually pays 1 day before the due day.", "Kept 1 of 1 promise."]),
    ],
)  # fmt: skip
def test_how_they_pay_in_words(habits: Habits, said: list[str]) -> None:
    assert told(habits, "en") == said


def test_how_they_pay_comes_from_what_they_did(house: House, client: Client) -> None:
    customer = house.customer()
    for at in range(6):
        invoice = house.invoice(customer, late=60 - at * 7)
        on = invoice.due + timedelta(8)
        record_payment(customer, invoice.amount, "NOK", on=on, invoice=invoice, **house.told)
    kept, broken = house.invoice(customer, late=70), house.invoice(customer, late=70)
    for invoice in (kept, broken):
        record_promise(
            customer, house.today - timedelta(10), on=house.today - timedelta(20), invoices=[invoice], **house.told
        )
    record_payment(customer, kept.amount, "NOK", on=house.today - timedelta(12), invoice=kept, **house.told)
    page = seen(client, customer)
    assert "Usually pays 8 days after the due day." in page
    assert "Kept 1 of 2 promises." in page
    assert "Pays mostly on this day of the week" in page


def test_the_next_step_says_when_and_why(house: House, client: Client) -> None:
    customer = house.customer()
    house.invoice(customer, late=-30)
    page = seen(client, customer)
    assert "Next: kind note before the due date" in page


# --- people, rules, notes -------------------------------------------------------------------------------------------


def person(**fields: str) -> dict[str, str]:
    return {"name": "Bo Dahl", "role": "payment", "email": "bo@kunde.example", "phone": "", **fields}


def test_a_person_comes_changes_is_first_leaves_and_is_back(house: House, client: Client) -> None:
    customer = house.customer()
    new = {f"person-{key}": value for key, value in person().items()}
    for _ in range(2):
        sent(client.post(url("customer-person-new", customer.pk), new))
    bo = customer.contacts.get(name="Bo Dahl")
    mine = url("customer-person", customer.pk, bo.pk)
    changed = {f"person{bo.pk}-{key}": value for key, value in person(phone="22 33 44 55").items()}
    sent(client.post(mine, changed))
    sent(client.post(mine, {"do": "first"}))
    assert [one.name for one in customer.contacts.order_by("position")] == ["Bo Dahl", "Ane Lie"]
    sent(client.post(mine, {"do": "left"}))
    assert set(AddressTrouble.objects.of(house.organization).values_list("address", "why")) == {
        ("bo@kunde.example", "left"), ("22 33 44 55", "left"),
    }  # fmt: skip
    assert "has left" in seen(client, customer)
    assert "Does not work there any more" in seen(client, customer)
    sent(client.post(mine, {"do": "back"}))
    assert not AddressTrouble.objects.of(house.organization).exists()
    sent(client.post(mine, {"do": "remove"}))
    assert customer.contacts.count() == 1


def test_a_wrong_address_comes_back_in_its_place(house: House, client: Client) -> None:
    customer = house.customer()
    new = {f"person-{key}": value for key, value in person(email="no address", name="Bo").items()}
    page = client.post(url("customer-person-new", customer.pk), new)
    assert page.status_code == 422
    assert 'value="no address"' in page.content.decode()
    nobody = {f"person-{key}": "" for key in person()} | {"person-role": "other"}
    assert (
        b"a name, an e-mail address or a phone number"
        in client.post(url("customer-person-new", customer.pk), nobody).content.lower()
    )


def test_the_same_person_of_another_customer_is_not_found(house: House, client: Client) -> None:
    one, other = house.customer(), house.customer("Other")
    contact = Contact.objects.of(house.organization).get(customer=other)
    assert client.get(url("customer-person", one.pk, contact.pk)).status_code == 404


RULES = {
    "language": ({"language": "fr"}, "Français"),
    "channel": ({"preferred_channel": "phone"}, "phone call"),
    "tone": ({"closeness": "personal", "formality": "informal"}, "personal · informal"),
    "terms": ({"terms_days": "21", "pay_run_days": "10, 25", "po_required": "on"}, "21 days · pays on 10, 25 · order number needed"),
    "method": ({"preferred_method": "card"}, "card"),
    "statement": ({"monthly_statement": "yes"}, "yes"),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_changed_in_its_place_and_nothing_else(house: House, client: Client, rule: str) -> None:
    customer = house.customer()
    sent_fields, said = RULES[rule]
    sent(
        client.post(
            url("customer-rule", customer.pk, rule), {f"rule-{key}": value for key, value in sent_fields.items()}
        )
    )
    assert said in seen(client, customer)
    (entry,) = Entry.objects.of(house.organization).filter(kind="customer.changed")
    assert set(entry.data["fields"]) <= set(sent_fields)


def test_a_wrong_rule_comes_back_with_what_was_typed(house: House, client: Client) -> None:
    customer = house.customer()
    page = client.post(url("customer-rule", customer.pk, "terms"), {"rule-pay_run_days": "44"})
    assert page.status_code == 422
    assert 'value="44"' in page.content.decode()
    assert client.get(url("customer-rule", customer.pk, "nonsense")).status_code == 404


def test_notes_are_pinned_changed_with_history_and_taken_away(house: House, client: Client) -> None:
    customer = house.customer()
    new = {"note-text": "Likes to be called", "note-key": "form"}
    for _ in range(2):
        sent(client.post(url("customer-note-new", customer.pk), new))
    remark = Remark.objects.of(house.organization).get()
    mine = url("customer-note", customer.pk, remark.pk)
    name = f"note{remark.pk}"
    sent(client.post(mine, {f"{name}-text": "Likes to be called before ten", f"{name}-pinned": "on"}))
    page = seen(client, customer, what="notes")
    assert "pinned" in page
    assert "Likes to be called before ten" in page
    assert "<blockquote>Likes to be called</blockquote>" in page, "the earlier words"
    assert client.post(mine, {f"{name}-text": " "}).status_code == 422
    sent(client.post(mine, {"do": "remove"}))
    assert client.get(mine).status_code == 404


def test_only_its_writer_or_a_manager_takes_a_note_away(house: House, client: Client) -> None:
    customer = house.customer()
    remark = add_remark(customer, "Mine", key="k", author_id=house.user("owner").pk, **house.told)
    collector = house.client("collector")
    assert collector.post(url("customer-note", customer.pk, remark.pk), {"do": "remove"}).status_code == 403
    assert "Take it away" not in seen(collector, customer)


def test_the_timeline_shows_what_one_looks_for(house: House, client: Client) -> None:
    customer = house.customer()
    invoice = house.invoice(customer)
    record_payment(customer, 500, "NOK", on=house.today, invoice=invoice, **house.told)
    record_reply(customer, "What is this?", **house.told)
    money = seen(client, customer, what="money").partition("What happened")[2]
    assert "Payment of" in money
    assert "What is this?" not in money
    words = seen(client, customer, what="messages").partition("What happened")[2]
    assert "What is this?" in words
    assert "Payment of" not in words
    part = client.get(url("customer", customer.pk), {"what": "money"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Payment of" in part


def test_a_long_timeline_pages_within_what_is_shown(house: House, client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("purring.doors.desk.timeline.PAGE", 2)
    customer = house.customer()
    for number in range(5):
        record_payment(customer, 100 + number, "NOK", on=house.today, **house.told)
        add_remark(customer, f"Note {number}", key=str(number), **house.told)
    page = seen(client, customer, what="money")
    assert "what=money&amp;before=" in page


def test_a_document_is_kept_with_the_customer_or_an_invoice(house: House, client: Client) -> None:
    customer = house.customer()
    invoice = house.invoice(customer)
    pdf = a_pdf()
    for chosen in ("", str(invoice.pk)):
        file = SimpleUploadedFile("order.pdf", pdf, "application/pdf")
        sent(client.post(url("customer-document-add", customer.pk), {"file": file, "invoice": chosen}))
    assert Attachment.objects.of(house.organization).filter(customer=customer, as_of=None).count() == 1
    assert invoice.attachments.count() == 1
    page = client.get(url("customer-documents", customer.pk)).content.decode()
    assert page.count("order.pdf") == 2
    bad = client.post(url("customer-document-add", customer.pk), {"file": SimpleUploadedFile("a.exe", b"MZ")})
    assert bad.status_code == 422


# --- writing --------------------------------------------------------------------------------------------------------


def message(customer: Customer, **fields: Any) -> dict[str, Any]:
    return {"address": email(customer), "key": "form", **KIND, **fields}


def test_an_empty_page_greets_in_their_language(house: House, client: Client) -> None:
    customer = house.customer(language="fr")
    page = client.get(url("customer-write", customer.pk)).content.decode()
    assert "Bonjour" in page
    assert email(customer) in page
    answer = client.get(url("customer-write", customer.pk), {"begin": "call_summary"}).content.decode()
    assert "Bonjour" in answer


def test_sent_twice_it_is_one_message_and_other_words_are_a_further_one(house: House, client: Client) -> None:
    customer = house.customer()
    house.invoice(customer)
    to = url("customer-write", customer.pk)
    for _ in range(2):
        sent(client.post(to, message(customer, do="send")))
    reminder = Reminder.objects.of(house.organization).get()
    assert (reminder.own_text, reminder.approved_by_id) == (KIND["text"], house.user("owner").pk)
    assert "On its way:" in seen(client, customer)
    again = client.post(to, message(customer, do="send", text="Something else"))
    assert again.status_code == 422
    assert "Something else" in again.content.decode(), "nothing typed is lost"
    assert 'value="form"' not in again.content.decode(), "it has a key of its own now"


def test_words_that_hurt_stay_until_the_person_says_so(house: House, client: Client) -> None:
    customer = house.customer()
    to = url("customer-write", customer.pk)
    page = client.post(to, message(customer, do="send", **GRAVE))
    assert page.status_code == 422
    assert "This may hurt" in page.content.decode()
    assert not Reminder.objects.of(house.organization).exists()
    sent(client.post(to, message(customer, do="send", anyway="yes", **GRAVE)))
    assert Entry.objects.of(house.organization).get(kind="message.wanted").data["overruled"]
    assert "although the tone guard objects" in seen(client, customer)


def test_while_writing_it_is_judged_and_kept(house: House, client: Client) -> None:
    customer = house.customer()
    to = url("customer-write-tone", customer.pk)
    shown = client.post(to, message(customer, **GRAVE), headers={"HX-Request": "true"}).content.decode()
    assert "Vi vet hvor du bor." in shown
    assert "Draft kept" in shown
    assert OwnMessage.objects.of(house.organization).get().text == GRAVE["text"]
    assert "A draft is kept:" in seen(client, customer)
    page = client.get(url("customer-write", customer.pk), {"key": "form"}).content.decode()
    assert "Vi vet hvor du bor." in page
    assert not Entry.objects.of(house.organization).filter(kind__startswith="message.").exists()


def test_a_beginning_never_takes_what_was_written(house: House, client: Client) -> None:
    customer = house.customer()
    invoice = house.invoice(customer)
    fields = message(customer, do="begin", begin="friendly", invoices=[invoice.pk], text="My own line.")
    to = sent(client.post(url("customer-write", customer.pk), fields))["Location"]
    own = OwnMessage.objects.of(house.organization).get()
    assert own.text.rstrip().endswith("My own line.")
    assert invoice.number in own.text
    assert "My own line." in client.get(to).content.decode()


def test_an_answer_stands_beside_what_they_wrote(house: House, client: Client) -> None:
    customer = house.customer()
    theirs = record_reply(customer, "Where is my copy?", **house.told)
    assert f"?reply={theirs.pk}" in seen(client, customer)
    page = client.get(url("customer-write", customer.pk), {"reply": theirs.pk}).content.decode()
    assert "Where is my copy?" in page
    sent(client.post(url("customer-write", customer.pk), message(customer, do="later", reply=theirs.pk)))
    own = OwnMessage.objects.of(house.organization).get()
    assert own.reply_to_id == theirs.pk
    assert Reminder.objects.of(house.organization).get().stage == "reply"


def test_taken_back_thrown_away_and_without_an_address(house: House, client: Client) -> None:
    customer = house.customer()
    to = url("customer-write", customer.pk)
    sent(client.post(to, message(customer, do="send")))
    back = sent(client.post(url("customer-write-back", customer.pk), {"key": "form"}))
    assert back["Location"].endswith("?key=form")
    sent(client.post(to, message(customer, do="away")))
    assert "A draft is kept" not in seen(client, customer)
    missing = client.post(to, message(customer, do="send", key="other", address=""))
    assert missing.status_code == 422
    assert b"choose a working e-mail address" in missing.content.lower()


def test_a_file_goes_along(house: House, client: Client) -> None:
    customer = house.customer()
    pdf = SimpleUploadedFile("order.pdf", a_pdf(), "application/pdf")
    sent(client.post(url("customer-write", customer.pk), message(customer, do="send", file=pdf)))
    own = OwnMessage.objects.of(house.organization).get()
    assert own.documents == [Attachment.objects.of(house.organization).get().pk]


def test_a_bad_file_loses_no_words(house: House, client: Client) -> None:
    customer = house.customer()
    bad = SimpleUploadedFile("order.pdf", b"MZ", "application/pdf")
    page = client.post(url("customer-write", customer.pk), message(customer, do="send", file=bad))
    assert page.status_code == 422
    assert "vi ser på det i dag." in page.content.decode()
    assert not Reminder.objects.of(house.organization).exists()


# --- a call ---------------------------------------------------------------------------------------------------------


def test_the_call_sheet_is_at_hand(house: House, client: Client) -> None:
    customer = house.customer(language="en")
    house.invoice(customer)
    page = client.get(url("customer-call", customer.pk)).content.decode()
    assert 'href="tel:+4722000000"' in page
    assert "May I speak to Ane Lie?" in page
    assert "On which day will you pay" in page


def call(**fields: str) -> dict[str, str]:
    return {"outcome": "reached", "key": "form", "number": "+47 22 00 00 00", "person": "Ane Lie", **fields}


def test_two_taps_log_a_call_and_close_its_task(house: House, client: Client) -> None:
    customer = house.customer()
    house.invoice(customer)
    record_task(house.organization, "call", customer_id=customer.pk, subjects=("x",), invoice_ids=[], why="call",
                today=house.today, **house.told)  # fmt: skip
    for _ in range(2):
        sent(client.post(url("customer-call", customer.pk), call(outcome="left_message")))
    spoken = Conversation.objects.of(house.organization).get()
    assert (spoken.outcome, spoken.person, spoken.number) == ("left_message", "Ane Lie", "+47 22 00 00 00")
    assert Task.objects.of(house.organization).get().done_at
    assert "Called: Left a message" in seen(client, customer, what="calls")


def test_what_was_agreed_becomes_facts(house: House, client: Client) -> None:
    customer = house.customer()
    invoice = house.invoice(customer)
    soon = (house.today + timedelta(3)).isoformat()
    fields = call(pay_on=soon, amount="500", disputed=str(invoice.pk), note="Half now", wrong_number="on")
    sent(client.post(url("customer-call", customer.pk), fields))
    promise = customer.promises.get()
    assert (promise.amount, promise.currency, promise.said_by_phone) == (50_000, "NOK", True)
    assert invoice.disputes.count() == 1
    assert AddressTrouble.objects.of(house.organization).get().address == "+47 22 00 00 00"


def test_a_promise_needs_somebody_who_gave_it(house: House, client: Client) -> None:
    customer = house.customer()
    house.invoice(customer)
    soon = (house.today + timedelta(3)).isoformat()
    page = client.post(url("customer-call", customer.pk), call(outcome="no_answer", pay_on=soon, note="They said"))
    assert page.status_code == 422
    assert "They said" in page.content.decode()
    assert not Conversation.objects.of(house.organization).exists()
    assert client.post(url("customer-call", customer.pk), call(amount="500")).status_code == 422


def test_a_written_summary_begins_with_what_was_promised(house: House, client: Client) -> None:
    customer = house.customer(language="en")
    house.invoice(customer)
    soon = (house.today + timedelta(3)).isoformat()
    response = sent(client.post(url("customer-call", customer.pk), call(pay_on=soon, then="summary")))
    page = client.get(response["Location"]).content.decode()
    assert "what we agreed" in page
    assert "8 May" in page


def test_who_writes_to_them_is_chosen_here_and_kept_by_the_page_with_everything(house: House, client: Client) -> None:
    from purring.facts.sending.identities import keep_identity

    customer = house.customer()
    keep_identity(house.organization, None, name="Eva Berg", **house.told)
    nora = keep_identity(house.organization, None, name="Nora Quinn", **house.told)
    sent(client.post(url("customer-rule", customer.pk, "sender"), {"rule-sender": str(nora.pk)}))
    customer.refresh_from_db()
    assert customer.sender_id == nora.pk
    page = client.get(url("customer-edit", customer.pk)).content.decode()
    assert f'<option value="{nora.pk}" selected>' in page, "saving all of it at once must not lose it"


def test_the_schedule_of_a_customer_is_changed_in_place(house: House, client: Client) -> None:
    from purring.followup.models import Assignment, Schedule

    customer = house.customer()
    usual = default_schedule(house.organization)
    gentle = Schedule(organization=house.organization, name="Mild", steps=usual.steps)
    gentle.save(force_insert=True)
    sent(client.post(url("customer-rule", customer.pk, "schedule"), {"rule-schedule": str(gentle.pk)}))
    assert Assignment.objects.of(house.organization).get(customer=customer).schedule_id == gentle.pk


# --- two people at once ---------------------------------------------------------------------------------------------


def stamp_on(page: str, name: str = "stamp") -> str:
    found = re.search(rf'name="{name}" value="([0-9a-f.]{{16,}})"', page)
    assert found, name
    return found[1]


def data_of(customer: Customer, **changed: str) -> dict[str, str]:
    """The form with everything, as its page has it."""
    there = {
        "name": customer.name, "kind": customer.kind, "country": customer.country, "language": customer.language,
        "closeness": customer.closeness, "city": customer.city,
    }  # fmt: skip
    return there | changed


def test_two_people_change_different_things_of_one_customer(house: House, client: Client) -> None:
    customer = house.customer()
    to = url("customer-edit", customer.pk)
    stamp = stamp_on(client.get(to).content.decode())
    sent(house.client("collector").post(to, data_of(customer, city="Bergen", pay_run_days="10, 25", stamp=stamp)))
    sent(client.post(to, data_of(customer, name="Kaffebar AS", stamp=stamp)))
    customer.refresh_from_db()
    assert (customer.name, customer.city, customer.pay_run_days) == ("Kaffebar AS", "Bergen", [10, 25])


def test_two_people_change_the_same_and_the_second_sees_it_first(house: House, client: Client) -> None:
    customer = house.customer()
    to = url("customer-edit", customer.pk)
    stamp = stamp_on(client.get(to).content.decode())
    colleague = house.user("collector")
    sent(house.client("collector").post(to, data_of(customer, city="Bergen", stamp=stamp)))
    mine = data_of(customer, name="Kaffebar AS", city="Oslo", stamp=stamp)
    answer = client.post(to, mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"{colleague.name or colleague.email} changed this meanwhile" in page
    assert page.count("There now: ") == 1
    assert "There now: Bergen" in page
    assert 'value="Kaffebar AS"' in page, "nothing that was typed is lost"
    customer.refresh_from_db()
    assert (customer.city, customer.name != "Kaffebar AS") == ("Bergen", True)
    sent(client.post(to, mine | {"stamp": stamp_on(page)}))
    customer.refresh_from_db()
    assert (customer.name, customer.city) == ("Kaffebar AS", "Oslo")


def test_a_rule_changed_meanwhile_is_shown_too_and_another_rule_is_no_matter(house: House, client: Client) -> None:
    customer = house.customer()
    page = client.get(url("customer", customer.pk)).content.decode()
    stamps = re.findall(r'name="rule-stamp" value="([0-9a-f.]+)"', page)
    language, channel = stamps[0], stamps[1]
    sent(client.post(url("customer-rule", customer.pk, "language"), {"rule-language": "de", "rule-stamp": language}))
    sent(
        client.post(
            url("customer-rule", customer.pk, "channel"), {"rule-preferred_channel": "letter", "rule-stamp": channel}
        )
    )
    again = client.post(url("customer-rule", customer.pk, "language"), {"rule-language": "fr", "rule-stamp": language})
    assert again.status_code == 422
    assert "You changed this meanwhile in another window" in again.content.decode()
    customer.refresh_from_db()
    assert customer.language == "de"


def test_two_people_change_the_people_of_one_customer(house: House, client: Client) -> None:
    """Each contact alone: who stays keeps its place and its id, and what points to it stays."""
    customer = house.customer()
    first = customer.contacts.get()
    page = client.get(url("customer-edit", customer.pk)).content.decode()
    stamp = stamp_on(page, f"person{first.pk}-stamp")
    prefix = f"person{first.pk}"
    colleague = house.client("collector")
    sent(colleague.post(url("customer-person-new", customer.pk), {"person-name": "Ida Vik", "person-role": "owner"}))
    to = url("customer-person", customer.pk, first.pk)
    mine = {
        f"{prefix}-name": "Ane Lie",
        f"{prefix}-role": "payment",
        f"{prefix}-email": first.email,
        f"{prefix}-stamp": stamp,
    }
    answer = client.post(to, mine | {"from": "edit"})
    assert answer["Location"] == url("customer-edit", customer.pk) + "#people"
    assert customer.contacts.values_list("pk", "name", "role")[0] == (first.pk, "Ane Lie", "payment")
    assert customer.contacts.count() == 2, "the colleague's stays"
    late = colleague.post(to, mine | {f"{prefix}-name": "Ane Li", f"{prefix}-role": "other"})
    page = late.content.decode()
    assert late.status_code == 422
    assert "There now: " in page
    assert 'value="Ane Li"' in page
    first.refresh_from_db()
    assert first.name == "Ane Lie"
    sent(colleague.post(to, mine | {f"{prefix}-name": "Ane Li", f"{prefix}-stamp": stamp_on(page, f"{prefix}-stamp")}))
    first.refresh_from_db()
    assert first.name == "Ane Li"
