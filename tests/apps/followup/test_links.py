# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every message carries its own link and its answers; the link is there with the release and not before."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from purring.facts.access.models import Link
from purring.facts.access.tokens import PREVIEW, address_of, is_token
from purring.facts.access.visits import find_link
from purring.facts.checkout.accounts import connect_account
from purring.facts.messages.models import Message
from purring.followup.approvals import approve, edit
from purring.followup.linking import Linking
from purring.followup.preview import words_of
from purring.kit.mailsink import Sink
from purring.kit.mailsink import messages as kept_by
from purring.kit.mailsink import read as source_of
from purring.language.compose import compose
from purring.language.pages import ANSWERS
from purring.language.samples import sample_facts
from tests.apps.cast import Studio
from tests.plugins.channel.rude import Manners, RudeSink

pytestmark = pytest.mark.django_db
_TOKEN = re.compile(r"/pay/([^/\s\"]+)/")


def said(studio: Studio) -> list[Message]:
    return list(Message.objects.of(studio.organization).filter(direction="out").order_by("id"))


def links(studio: Studio) -> list[Link]:
    return list(Link.objects.of(studio.organization).order_by("id"))


def tokens(text: str) -> set[str]:
    return set(_TOKEN.findall(text))


def answers(text: str) -> list[str]:
    """The codes of the buttons, in order."""
    return re.findall(r"/answer/(\w+)/", text)


def test_the_link_shows_the_invoices_of_its_message(studio: Studio, sink: Sink) -> None:
    customer = studio.customer()
    first, second = studio.invoice(customer), studio.invoice(customer, late=5)
    later = studio.invoice(customer, late=-60)
    other = studio.invoice()
    studio.plan()
    studio.write(sink)
    for message in said(studio):
        (token,) = tokens(message.text) | tokens(message.html)
        assert is_token(token)
        link = find_link(token)
        assert link
        assert (link.message_id, link.customer_id, link.purpose) == (message.pk, message.customer_id, "message")
        assert (link.made_at, link.expires_at) == (studio.now, studio.now + timedelta(days=400))
        about = {first.pk, second.pk} if message.customer_id == customer.pk else {other.pk}
        assert set(link.invoices) == about
        assert later.pk not in link.invoices
    assert len(links(studio)) == len(said(studio)) == 2
    stored = [message.html for message in said(studio)]
    mails = [
        message_from_bytes(source_of(sink.keeper.folder, one.id), policy=default) for one in kept_by(sink.keeper.folder)
    ]
    bodies = [str(mail.get_body(("html",)).get_content()) for mail in mails]  # type: ignore[union-attr]
    assert sorted(map(tokens, bodies), key=str) == sorted(map(tokens, stored), key=str)


def test_each_message_has_its_own(studio: Studio, sink: Sink) -> None:
    studio.invoice()
    for _ in range(2):
        studio.plan()
        studio.write(sink)
        studio.later(days=14)
    assert len(said(studio)) == len(links(studio)) == 2
    assert tokens(said(studio)[0].text) != tokens(said(studio)[1].text)


def test_approved_yesterday_it_gets_its_link_when_it_leaves(studio: Studio, sink: Sink) -> None:
    studio.invoice()
    studio.plan()
    (reminder,) = studio.reminders()
    approve(studio.organization, reminder_ids=[reminder.pk], now=studio.now, actor="test")
    looked = words_of(reminder, studio.now)
    assert tokens(looked.text) == tokens(looked.html) == {PREVIEW}
    assert links(studio) == []
    studio.later(seconds=600)
    studio.write(sink)
    (message,) = said(studio)
    (token,) = tokens(message.text)
    assert is_token(token)
    assert message.text == looked.text.replace(address_of(PREVIEW), address_of(token))


def test_a_persons_own_words_keep_the_link_they_saw(studio: Studio, sink: Sink) -> None:
    studio.invoice()
    studio.plan()
    (reminder,) = studio.reminders()
    words = words_of(reminder, studio.now)
    edit(
        reminder,
        words.subject,
        f"Dear <Ane>,\n\nhow are you? See {address_of(PREVIEW)}.\n\nEva",
        now=studio.now,
        actor="test",
    )
    studio.write(sink)
    (message,) = said(studio)
    (token,) = tokens(message.text)
    assert find_link(token) == links(studio)[0]
    assert f'See <a href="{address_of(token)}">{address_of(token)}</a>.' in message.html
    assert "Dear &lt;Ane&gt;," in message.html


@pytest.mark.parametrize("manners", [{"dot": "451 try again"}, {"dot": "554 no"}, {"data": "cut"}], ids=str)
def test_what_was_not_said_left_no_link(studio: Studio, tmp_path: Path, manners: dict[str, Any]) -> None:
    studio.invoice()
    studio.plan()
    sink = RudeSink(tmp_path / "mail", Manners(**manners))
    try:
        studio.write(sink)
    finally:
        sink.stop()
    assert said(studio) == []
    assert links(studio) == []


def test_the_link_costs_one_statement_and_on_postgresql_none(studio: Studio, sink: Sink) -> None:
    for _ in range(3):
        studio.invoice()
    studio.plan()
    with CaptureQueriesContext(connection) as found:
        studio.write(sink)
    storing = [query["sql"] for query in found if "access_link" in query["sql"]]
    assert all("INSERT INTO" in one for one in storing)
    assert len(storing) == (3 if connection.vendor == "sqlite" else 0)  # there it is part of the release's own
    assert len(links(studio)) == 3


# --- answers ----------------------------------------------------------------------------------------------------------


def test_buttons_fit_what_it_is_about(studio: Studio, sink: Sink) -> None:
    studio.invoice(studio.customer(kind="business"), late=4)
    studio.plan()
    studio.write(sink)
    (message,) = said(studio)
    assert answers(message.text) == answers(message.html) == ["paid", "promise", "plan", "dispute", "copy"]
    assert set(answers(message.text)) <= set(ANSWERS)
    (token,) = tokens(message.text)
    lines = [line for line in message.text.splitlines() if "/pay/" in line]
    assert len(lines) == 6  # five answers, and the way to everything else
    assert lines[-1].endswith(address_of(token))


def test_a_thank_you_asks_nothing(studio: Studio, sink: Sink) -> None:
    invoice = studio.invoice()
    studio.pay(invoice)
    studio.plan_notices()
    studio.write(sink)
    (message,) = said(studio)
    assert message.kind == "thank_you"
    assert answers(message.text) == answers(message.html) == []
    (token,) = tokens(message.text)
    link = find_link(token)
    assert link
    assert link.invoices == [invoice.pk]


def test_where_it_is_paid_online_the_page_is_where_to_pay(studio: Studio, sink: Sink) -> None:
    told: dict[str, Any] = {"now": studio.now, "actor": "test"}
    given = {"secret_key": "sk_test_x", "webhook_secret": "whsec_x"}
    connect_account(studio.organization, "stripe", given, currencies=["NOK"], **told)
    studio.invoice()
    studio.invoice(currency="EUR")
    studio.plan()
    studio.write(sink)
    paid = {message.customer_id: 'class="go"' in message.html for message in said(studio)}
    assert list(paid.values()) == [True, False]


def test_an_invoice_with_a_link_of_its_own_keeps_it(studio: Studio, sink: Sink) -> None:
    studio.invoice(pay_link="https://pay.elsewhere.example/7")
    studio.plan()
    studio.write(sink)
    (message,) = said(studio)
    assert 'href="https://pay.elsewhere.example/7"' in message.html
    assert len(tokens(message.text)) == 1


def test_in_a_text_message_the_page_is_where_to_pay(studio: Studio) -> None:
    """There is room for one link."""
    linking = Linking(studio.organization, preview=False)
    link = linking.link([1])
    address = address_of(link.token)
    facts = sample_facts("standard", "friendly", "nb")
    facts = replace(facts, pay_link="", currency="NOK")
    put = linking.put(facts, link, "friendly", "sms", [None])
    assert put.pay_link == address
    said = compose("friendly", "sms", put, "nb").text
    assert said.count("/pay/") == 1
    assert address in said
    assert not answers(said)
