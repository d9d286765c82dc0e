# SPDX-License-Identifier: AGPL-3.0-or-later
"""The story of one invoice: everything that was done about it, also what was agreed for several at once or for the whole
account, with who did it, and nothing that was only about another one."""

from __future__ import annotations

import html
import io
import json
import zipfile
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from purring.facts.agreements.actions import agree_plan, cancel_plan, hold, record_promise, release_one_hold
from purring.facts.invoices.models import Invoice
from purring.facts.messages.actions import log_call, record_conversation, record_reply
from purring.facts.messages.models import Message
from purring.facts.offers.actions import agree_settlement
from purring.facts.payments.actions import record_payment
from purring.followup.deliveries import record_bounce
from purring.followup.evidence import evidence_pack
from purring.followup.models import Reminder, State
from purring.followup.planning import plan
from purring.papers.documents.house import happenings
from purring.papers.evidence import JOURNAL
from tests.doors.desk.cast import House


def story(client: Client, invoice: Invoice) -> str:
    page = client.get(reverse("desk:invoice", args=[invoice.pk])).content.decode()
    return html.unescape(page[page.index('<ol class="timeline">') :])


def test_what_was_agreed_and_said_stands_with_the_invoice(house: House, client: Client) -> None:
    customer = house.customer()
    first, second = house.invoice(customer, number="2026-A"), house.invoice(customer, number="2026-B")
    told = house.told | {"actor": f"user:{house.user('accountant').pk}"}
    held = hold(customer, on=house.today, invoice=first, **told)
    release_one_hold(held, **told)
    record_promise(customer, house.today + timedelta(3), on=house.today, invoices=[second], **told)
    one = agree_plan(customer, [first], [(house.today + timedelta(9), 125_000)], on=house.today, **told)
    cancel_plan(one, **told)
    record_reply(customer, "Which order is this?", **told)
    record_conversation(customer, on=house.today, note="They look for it", **told)
    of_first, of_second = story(client, first), story(client, second)
    for said in (
        "2026-A put on hold until released",
        "Hold of invoice 2026-A",
        "Payment plan agreed",
        "plan cancelled",
    ):
        assert said in of_first
        assert said not in of_second
    assert "Promised to pay on" in of_second
    assert "Promised to pay on" not in of_first
    for said in ("Which order is this?", "They look for it"):
        assert said in of_first
        assert said in of_second
    assert "Accountant" in of_first


def test_a_message_that_came_back_is_told_where_it_was_told_as_sent(house: House, client: Client) -> None:
    customer = house.customer()
    invoice = house.invoice(customer)
    plan(house.organization, house.told["now"])
    message = Message(
        organization=house.organization, customer=customer, channel="email", kind="friendly", text="Please",
        address="ane@kunde.example", at=house.told["now"],
    )  # fmt: skip
    message.save(force_insert=True)
    Reminder.objects.of(house.organization).update(message=message, state=State.SENT)
    record_bounce(message, True, "550 no such user", **house.told)
    other = house.invoice(customer)
    assert "A message came back" in story(client, invoice)
    assert "A message came back" not in story(client, other)


def test_the_evidence_pack_tells_the_same(house: House) -> None:
    """A message that came back, a call and a smaller sum that was agreed are in it, each with a name; a promise about another
    invoice is not."""
    customer = house.customer()
    first, second = house.invoice(customer), house.invoice(customer)
    plan(house.organization, house.told["now"])
    message = Message(organization=house.organization, customer=customer, channel="email", kind="friendly", text="Please",
                      at=house.told["now"])  # fmt: skip
    message.save(force_insert=True)
    Reminder.objects.of(house.organization).update(message=message, state=State.SENT)
    record_bounce(message, False, "452 mailbox full", **house.told)
    record_promise(customer, house.today + timedelta(3), on=house.today, invoices=[second], **house.told)
    log_call(customer, "no_answer", on=house.today, **house.told)
    agree_settlement(customer, [first], 100_000, house.today + timedelta(9), on=house.today, **house.told)
    agree_settlement(customer, [second], 90_000, house.today + timedelta(9), on=house.today, **house.told)
    pack = zipfile.ZipFile(io.BytesIO(evidence_pack(first, **house.told).content))
    entries = [entry["body"] for entry in json.loads(pack.read(JOURNAL))["entries"]]
    kinds = {entry["kind"] for entry in entries}
    assert {"message.bounced", "call.logged", "settlement.agreed"} <= kinds
    assert sum(entry["kind"] == "settlement.agreed" for entry in entries) == 1
    promised = [entry["data"]["amount"] for entry in entries if entry["kind"] == "promise.recorded"]
    assert promised == [100_000], "the promise of the sum agreed for it, and not that of the other"
    assert kinds <= happenings("en").keys()


def test_what_was_said_after_it_was_paid_is_about_something_else(house: House, client: Client) -> None:
    customer = house.customer()
    paid = house.invoice(customer, late=40)
    record_payment(customer, 125_000, "NOK", on=house.today - timedelta(20), invoice=paid, **house.told)
    open_one = house.invoice(customer)
    record_reply(customer, "About the new one", **house.told)
    assert "About the new one" in story(client, open_one)
    assert "About the new one" not in story(client, paid)
