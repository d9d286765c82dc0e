# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person's own words to a customer: they arrive once, in the thread they answer, with what was chosen to go along; and
they stay here as soon as the account they were written about is another one."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from purring.core.errors import Refused
from purring.facts.agreements.actions import hold, record_promise
from purring.facts.customers.actions import spoil_address
from purring.facts.customers.models import Customer
from purring.facts.invoices.actions import attach, attach_to_customer
from purring.facts.journal.models import Entry
from purring.facts.messages.actions import log_call, record_reply
from purring.facts.messages.models import Message
from purring.facts.organizations.actions import add_member, change_organization
from purring.facts.organizations.models import User
from purring.followup.approvals import approve
from purring.followup.beginnings import EMPTY, STAGES, begin
from purring.followup.calls import call_again, record_call, sheet_of
from purring.followup.models import OwnMessage, Task
from purring.followup.own_messages import (
    drafts,
    findings,
    follow_messages,
    keep_draft,
    take_back,
    throw_away,
    want_message,
)
from purring.followup.tasks import record_task
from purring.kit import mailsink
from purring.kit.mailsink import Sink
from purring.language.calling import CallSheet
from purring.language.tags import CASES
from purring.plugins.channel import Prepared
from tests.apps.cast import Studio, mail_channel

pytestmark = pytest.mark.django_db

KIND = "Hei Ane,\n\nvi ser på saken og kommer tilbake i morgen.\n\nVennlig hilsen\nStudio Nord"
RUDE = "Hei Ane,\n\nbetal nå, ellers tar vi deg til retten. Du er en løgner.\n\nStudio Nord"


def written(studio: Studio, customer: Customer, text: str = KIND, key: str = "form", **fields: Any) -> OwnMessage:
    reply_to = fields.pop("reply_to", None)
    address = customer.contacts.all()[0].email
    fields = {"address": address, "subject": "Om saken", "text": text, **fields}
    return keep_draft(customer, key, now=studio.now, author_id=None, reply_to=reply_to, **fields)


def wants(studio: Studio, own: OwnMessage, **how: Any) -> Any:
    return want_message(own, today=studio.today, **studio.told, **how)


def follow(studio: Studio) -> int:
    return follow_messages(studio.organization, studio.now)


def mails(sink: Sink) -> list[Any]:
    kept = mailsink.messages(sink.keeper.folder)
    return [message_from_bytes(mailsink.read(sink.keeper.folder, one.id), policy=policy.default) for one in kept]


def test_it_arrives_once_with_its_paper_in_the_thread_it_answers(studio: Studio, sink: Sink) -> None:
    invoice = studio.invoice()
    customer = invoice.customer
    paper = attach(invoice, "faktura.pdf", b"%PDF-1.4 one", "application/pdf", **studio.told)
    photo = attach_to_customer(customer, "bilde.pdf", b"%PDF-1.4 two", "application/pdf", **studio.told)
    theirs = record_reply(customer, "Hva er dette for?", **studio.told)
    Message.objects.of(studio.organization).filter(pk=theirs.pk).update(message_id="question@kunde.example")
    theirs.refresh_from_db()
    own = written(studio, customer, invoices=[invoice.pk], documents=[paper.pk, photo.pk], reply_to=theirs)
    assert wants(studio, own).pk == wants(studio, own).pk, "a second click is the same message"
    for _ in range(2):
        studio.write(sink)
        follow(studio)
    (mail,) = mails(sink)
    assert "kommer tilbake i morgen" in mail.get_body(("plain",)).get_content()
    assert mail["In-Reply-To"] == "<question@kunde.example>"
    assert "Auto-Submitted" not in mail
    assert [part.get_filename() for part in mail.iter_attachments()] == ["faktura.pdf", "bilde.pdf"]
    theirs.refresh_from_db()
    assert theirs.answered_at, "what it answers is answered"
    own.refresh_from_db()
    assert own.ended_at
    assert studio.states() == ["sent"]


def test_it_is_a_contact_and_the_reminder_of_the_day_waits(studio: Studio, sink: Sink) -> None:
    studio.later(hours=-4)  # eight o'clock: reminders leave later in the morning
    invoice = studio.invoice(late=4)
    studio.plan()
    wants(studio, written(studio, invoice.customer))
    for _ in range(3):
        studio.write(sink)
        studio.plan()
        studio.later(hours=2)
    assert len(mails(sink)) == 1


def test_neither_a_hold_nor_an_answer_owed_stops_what_a_person_says(studio: Studio, sink: Sink) -> None:
    customer = studio.invoice().customer
    hold(customer, on=studio.today, **studio.told)
    record_reply(customer, "Ring meg.", **studio.told)
    wants(studio, written(studio, customer))
    studio.write(sink)
    assert len(mails(sink)) == 1


def test_what_they_write_after_it_left_still_waits(studio: Studio, sink: Sink) -> None:
    customer = studio.invoice().customer
    first = record_reply(customer, "Where is my copy?", **studio.told)
    wants(studio, written(studio, customer, reply_to=first))
    studio.write(sink)
    later = record_reply(customer, "And the other one?", **studio.told)
    follow(studio)
    assert list(customer.messages.filter(needs_answer=True, answered_at=None)) == [later]


CHANGES = {
    "a payment": lambda studio, invoice: studio.pay(invoice, 100),
    "a promise": lambda studio, invoice: record_promise(
        invoice.customer, studio.today + timedelta(3), on=studio.today, **studio.told
    ),
    "a message of theirs": lambda studio, invoice: record_reply(invoice.customer, "Vent!", **studio.told),
    "never again": lambda studio, invoice: hold(invoice.customer, on=studio.today, exclusion=True, **studio.told),
    "a broken address": lambda studio, invoice: spoil_address(
        invoice.customer, "ane1@kunde.example", "bounced", **studio.told
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_when_the_account_changes_it_stays_and_is_a_draft_again(studio: Studio, sink: Sink, change: Any) -> None:
    invoice = studio.invoice()
    own = written(studio, invoice.customer)
    wants(studio, own)
    change(studio, invoice)
    studio.write(sink)
    assert mails(sink) == []
    follow(studio)
    (again,) = drafts(invoice.customer)
    assert (again.pk, again.text, bool(again.came_back)) == (own.pk, KIND, True)
    assert "check_message" in studio.tasks()


def test_read_again_and_sent_again_it_leaves_and_the_task_is_done(studio: Studio, sink: Sink) -> None:
    invoice = studio.invoice()
    own = written(studio, invoice.customer)
    wants(studio, own)
    studio.pay(invoice, 100)
    studio.write(sink)
    follow(studio)
    wants(studio, own)
    studio.write(sink)
    assert len(mails(sink)) == 1
    assert not Task.objects.of(studio.organization).filter(code="check_message", done_at=None).exists()


def test_what_changes_nothing_about_the_account_does_not_stop_it(studio: Studio, sink: Sink) -> None:
    invoice = studio.invoice()
    wants(studio, written(studio, invoice.customer))
    attach(invoice, "faktura.pdf", b"%PDF-1.4", "application/pdf", **studio.told)
    studio.write(sink)
    assert len(mails(sink)) == 1


def test_a_payment_while_it_is_being_handed_over_keeps_it_here(studio: Studio, sink: Sink) -> None:
    """The payment is committed after the words were decided, before the mail server has the final dot."""
    invoice = studio.invoice()
    wants(studio, written(studio, invoice.customer))
    channel = mail_channel(sink.port)

    class Late:
        """The channel, with somebody who pays at the worst moment."""

        paid = False

        def __getattr__(self, name: str) -> Any:
            return getattr(channel, name)

        def prepare(self, outgoing: Any) -> Prepared:
            if not self.paid:
                self.paid = True
                studio.pay(invoice)
            return channel.prepare(outgoing)

    studio.write(Late())
    studio.write(sink)
    assert mails(sink) == []
    follow(studio)
    assert drafts(invoice.customer).exists()


def test_words_that_hurt_need_a_yes_that_is_kept(studio: Studio, sink: Sink) -> None:
    customer = studio.invoice().customer
    own = written(studio, customer, RUDE)
    assert any(one.severity == "block" for one in findings(own))
    with pytest.raises(Refused) as refused:
        wants(studio, own)
    assert refused.value.code == "unkind"
    assert studio.reminders() == []
    wants(studio, own, overrule=True)
    told = Entry.objects.of(studio.organization).get(kind="message.wanted")
    assert told.data["overruled"]
    studio.write(sink)
    assert len(mails(sink)) == 1


def test_what_cannot_leave_is_refused_before(studio: Studio) -> None:
    customer = studio.invoice().customer
    cases: list[tuple[dict[str, Any], str]] = [
        ({"text": "  "}, "bad_text"),
        ({"subject": " "}, "bad_text"),
        ({"address": "stranger@x.example"}, "bad_address"),
        ({"invoices": [987654]}, "bad_invoice"),
        ({"documents": [987654]}, "bad_document"),
    ]
    for number, (fields, code) in enumerate(cases):
        with pytest.raises(Refused) as refused:
            wants(studio, written(studio, customer, key=str(number), **fields))
        assert refused.value.code == code, fields
    hold(customer, on=studio.today, exclusion=True, **studio.told)
    with pytest.raises(Refused) as refused:
        wants(studio, written(studio, customer))
    assert refused.value.code == "excluded"


def test_taken_back_it_is_a_draft_and_after_it_left_it_is_not(studio: Studio, sink: Sink) -> None:
    customer = studio.invoice().customer
    own = written(studio, customer)
    wants(studio, own)
    assert take_back(own, **studio.told)
    studio.write(sink)
    assert mails(sink) == []
    wants(studio, own)
    studio.write(sink)
    assert not take_back(own, **studio.told)
    follow(studio)
    with pytest.raises(Refused):
        written(studio, customer)
    throw_away(written(studio, customer, key="other"), now=studio.now)
    assert not drafts(customer).exists()


def test_where_somebody_else_says_yes_it_waits_for_them(studio: Studio, sink: Sink) -> None:
    change_organization(studio.organization, approves_each_day=True, approver="owner", **studio.told)
    user = User.objects.create_user("col@studio.example", "a quiet morning", name="Col")
    add_member(studio.organization, user, "collector", **studio.told)
    customer = studio.invoice().customer
    reminder = wants(studio, written(studio, customer), user_id=user.pk)
    studio.write(sink)
    assert mails(sink) == []
    approve(studio.organization, reminder_ids=[reminder.pk], **studio.told)
    studio.write(sink)
    assert len(mails(sink)) == 1


def test_at_their_good_hour_it_waits_for_a_working_hour(studio: Studio, sink: Sink) -> None:
    studio.later(days=2, hours=9)  # a Friday evening
    customer = studio.invoice().customer
    reminder = wants(studio, written(studio, customer), good_hour=True)
    assert (reminder.on - studio.today).days == 3
    assert studio.write(sink) == []
    studio.later(days=3, hours=-4)
    studio.write(sink)
    assert len(mails(sink)) == 1


def test_what_did_not_leave_on_its_day_leaves_on_the_next(studio: Studio, sink: Sink) -> None:
    wants(studio, written(studio, studio.invoice(late=-20).customer))
    studio.later(days=1)
    follow(studio)
    studio.write(sink)
    assert len(mails(sink)) == 1


@pytest.mark.parametrize("language", ["en", "af", "fr", "es", "nb"])
def test_every_beginning_can_be_sent_as_it_is(studio: Studio, language: str) -> None:
    customer = studio.customer(language=language)
    invoice = studio.invoice(customer)
    for what in (EMPTY, *STAGES, *CASES):
        found = begin(customer, what, [invoice], "ane1@kunde.example", studio.today)
        assert "Studio Nord" in found.text, what
        assert found.subject or what == EMPTY
        own = written(studio, customer, found.text)
        assert not [one for one in findings(own) if one.severity == "block"], what


def test_a_beginning_in_a_thread_has_its_subject(studio: Studio) -> None:
    customer = studio.invoice().customer
    theirs = record_reply(customer, "Hva?", **studio.told)
    theirs.subject = "Faktura 7"
    assert begin(customer, "empty", [], "", studio.today, theirs).subject == "Re: Faktura 7"
    theirs.subject = "Re: Faktura 7"
    assert begin(customer, "dispute", [], "", studio.today, theirs).subject == "Re: Faktura 7"


# --- calls ------------------------------------------------------------------------------------------------------


def asked_to_call(studio: Studio, customer: Customer) -> Task:
    record_task(
        studio.organization, "call", customer_id=customer.pk, subjects=("friendly",), invoice_ids=[], why="call",
        today=studio.today, **studio.told,
    )  # fmt: skip
    return Task.objects.of(studio.organization).get(code="call")


@pytest.mark.parametrize(("outcome", "done"), [("reached", True), ("left_message", True), ("no_answer", False)])
def test_a_call_closes_its_task_unless_nobody_answered(studio: Studio, outcome: str, done: bool) -> None:
    customer = studio.invoice().customer
    task = asked_to_call(studio, customer)
    record_call(customer, outcome, on=studio.today, **studio.told)
    task.refresh_from_db()
    assert bool(task.done_at) == done


@pytest.mark.parametrize(("outcome", "waits"), [("reached", True), ("left_message", True), ("no_answer", False)])
def test_a_call_is_a_contact_unless_nobody_answered(studio: Studio, sink: Sink, outcome: str, waits: bool) -> None:
    customer = studio.invoice(late=4).customer
    log_call(customer, outcome, on=studio.today, **studio.told)
    studio.plan()
    studio.write(sink, any_hour=True)
    assert bool(mails(sink)) != waits


def test_a_message_left_is_no_agreement(studio: Studio, sink: Sink) -> None:
    """Words may say "as we agreed on the telephone" only when somebody was spoken to."""
    invoice = studio.invoice(studio.customer(language="en"), late=12)
    log_call(invoice.customer, "left_message", on=studio.today - timedelta(10), **studio.told)
    studio.plan()
    studio.write(sink, any_hour=True)
    (mail,) = mails(sink)
    assert (
        "phone" not in mail.get_body(("plain",)).get_content().lower().replace("telephone", "phone").split("regards")[0]
    )


def test_call_again_makes_a_task_on_its_day_once(studio: Studio) -> None:
    customer = studio.invoice().customer
    task = asked_to_call(studio, customer)
    for _ in range(2):
        record_call(
            customer, "no_answer", on=studio.today, again_on=studio.today + timedelta(2), key="form", **studio.told
        )
    assert customer.conversations.count() == 1
    task.refresh_from_db()
    assert task.done_at
    assert call_again(studio.organization, studio.now) == 0
    studio.later(days=2)
    assert call_again(studio.organization, studio.now) == 1
    assert call_again(studio.organization, studio.now) == 0


def test_nobody_calls_again_who_has_nothing_to_ask(studio: Studio) -> None:
    invoice = studio.invoice()
    log_call(invoice.customer, "no_answer", on=studio.today, again_on=studio.today, **studio.told)
    studio.pay(invoice)
    assert call_again(studio.organization, studio.now) == 0


def test_the_sheet_says_what_is_open(studio: Studio) -> None:
    invoice = studio.invoice(studio.customer(language="en"))
    sheet = sheet_of(invoice.customer, [invoice], studio.today)
    assert isinstance(sheet, CallSheet)
    assert "1250" in sheet.title.replace("\u00a0", "")
    assert sheet.points[0].key == "opening"
    assert sheet.objections
