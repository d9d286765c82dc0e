# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notes that ask for no money, and the statement that goes with the first mail of a month: never a second contact inside
the gap, never to somebody who is left alone, never twice."""

from __future__ import annotations

import io
from datetime import timedelta
from email import message_from_bytes, policy
from itertools import pairwise
from typing import Any

import pypdf
import pytest

from purring.core.errors import Refused
from purring.facts.agreements.actions import hold, record_promise
from purring.facts.agreements.models import CheckIn
from purring.facts.customers.actions import change_customer
from purring.facts.customers.models import Customer
from purring.facts.disputes.actions import open_dispute
from purring.facts.invoices.models import Attachment
from purring.facts.messages.models import Message
from purring.facts.messages.sources import source_of
from purring.facts.organizations.actions import change_organization
from purring.followup.first_asking import plan_requests
from purring.followup.models import GONE, Note, State
from purring.followup.notes import plan_notes, take_back_notes, want_note
from purring.kit import mailsink
from purring.kit.mailsink import Sink
from tests.apps.cast import Studio
from tests.apps.followup.test_papers import digest_of, issue

pytestmark = pytest.mark.django_db


def day(studio: Studio, sink: Sink) -> list[Any]:
    """All rounds of one day, twice, as they run in truth; the mails that arrived."""
    before = {kept.id for kept in mailsink.messages(sink.keeper.folder)}
    for _ in range(2):
        studio.plan()
        studio.plan_notices()
        plan_requests(studio.organization, studio.now)
        plan_notes(studio.organization, studio.now)
        studio.write(sink, any_hour=True)
    new = [kept.id for kept in mailsink.messages(sink.keeper.folder) if kept.id not in before]
    return [message_from_bytes(mailsink.read(sink.keeper.folder, key), policy=policy.default) for key in new]


def papers(mail: Any) -> list[str]:
    return [str(part.get_filename()) for part in mail.iter_attachments()]


def monthly(studio: Studio, wanted: bool = True) -> None:
    change_organization(studio.organization, monthly_statements=wanted, **studio.told)


# --- notes ------------------------------------------------------------------------------------------------------


def test_the_terms_go_to_a_new_customer_once(studio: Studio, sink: Sink) -> None:
    customer = studio.customer(closeness="new", terms_days=21)
    want_note(customer, "terms_note", **studio.told)
    (mail,) = day(studio, sink)
    assert "21" in mail.get_body(("plain",)).get_content()
    assert papers(mail) == []
    studio.later(days=30)
    assert day(studio, sink) == []
    assert studio.states() == ["sent"]
    assert not CheckIn.objects.of(studio.organization).exists(), "nothing was asked"


@pytest.mark.parametrize("kind", ["receipt", "satisfaction"])
def test_a_check_in_is_a_fact_once_it_went_out(studio: Studio, sink: Sink, kind: str) -> None:
    invoice = studio.invoice(late=-20)
    want_note(invoice.customer, kind, invoice=invoice, **studio.told)
    assert not CheckIn.objects.of(studio.organization).exists()
    (mail,) = day(studio, sink)
    assert "1" in mail.get_body(("plain",)).get_content()
    asked = CheckIn.objects.of(studio.organization).get()
    assert (asked.kind, asked.invoice_id, asked.answer) == (kind, invoice.pk, "")
    assert asked.asked_at == studio.now


def test_a_note_keeps_the_gap_and_is_nobodys_second_contact(studio: Studio, sink: Sink) -> None:
    invoice = studio.invoice(late=4)  # its reminder goes today
    want_note(invoice.customer, "receipt", **studio.told)
    assert len(day(studio, sink)) == 1
    assert [row.stage for row in studio.reminders(state__in=GONE)] == ["friendly"]
    for _ in range(12):
        studio.later(days=1)
        day(studio, sink)
    stages = [(row.stage, row.on) for row in studio.reminders(state__in=GONE)]
    assert [stage for stage, _ in stages].count("check_in") == 1
    assert all(later - earlier >= timedelta(5) for (_, earlier), (_, later) in pairwise(stages))


@pytest.mark.parametrize("why", ["excluded", "held", "disputed", "paid", "spoiled"])
def test_nobody_who_is_left_alone_is_asked(studio: Studio, sink: Sink, why: str) -> None:
    invoice = studio.invoice(late=-20)
    customer = invoice.customer
    want_note(customer, "receipt", invoice=invoice, **studio.told)
    if why in ("excluded", "held"):
        hold(customer, on=studio.today, exclusion=why == "excluded", **studio.told)
    elif why == "disputed":
        open_dispute(invoice, on=studio.today, **studio.told)
    elif why == "paid":
        studio.pay(invoice)
    else:
        from purring.facts.customers.actions import spoil_address

        spoil_address(customer, "ane1@kunde.example", "bounced", **studio.told)
    day(studio, sink)
    assert studio.reminders(stage="check_in", state__in=GONE) == []


def test_what_changes_while_it_waits_stops_it(studio: Studio, sink: Sink) -> None:
    invoice = studio.invoice(late=-20)
    want_note(invoice.customer, "receipt", invoice=invoice, **studio.told)
    plan_notes(studio.organization, studio.now)
    hold(invoice.customer, on=studio.today, **studio.told)
    studio.write(sink, any_hour=True)
    assert studio.states() == ["withdrawn"]


def test_taken_back_and_wanted_twice(studio: Studio, sink: Sink) -> None:
    customer = studio.customer()
    want_note(customer, "terms_note", **studio.told)
    with pytest.raises(Refused, match="already"):
        want_note(customer, "terms_note", **studio.told)
    with pytest.raises(Refused, match="nothing is open"):
        want_note(customer, "receipt", **studio.told)
    plan_notes(studio.organization, studio.now)
    assert take_back_notes(customer, **studio.told) == 1
    assert day(studio, sink) == []
    assert Note.objects.of(studio.organization).filter(ended_at=None).count() == 0


def test_it_waits_for_a_working_day_and_for_approval(studio: Studio, sink: Sink) -> None:
    change_organization(studio.organization, approves_each_day=True, **studio.told)
    studio.later(days=3)  # a Saturday
    want_note(studio.customer(), "terms_note", **studio.told)
    assert day(studio, sink) == []
    assert studio.reminders() == []
    studio.later(days=2)
    assert day(studio, sink) == []
    (row,) = studio.reminders()
    assert (row.state, row.stage) == (State.PLANNED, "terms_note")


# --- the monthly statement --------------------------------------------------------------------------------------


def test_the_first_mail_of_a_month_has_the_statement(studio: Studio, sink: Sink) -> None:
    monthly(studio)
    customer = studio.customer()
    issue(studio, customer=customer)
    (first,) = day(studio, sink)
    assert papers(first) == ["2026-0001.pdf", f"Kontoutskrift {studio.today}.pdf"]
    (_, statement) = first.iter_attachments()
    said = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(statement.get_content())).pages)
    assert "2026-0001" in said
    studio.later(days=19)
    (again,) = day(studio, sink)
    assert papers(again) == ["2026-0001.pdf"], "once a month"
    studio.later(days=16)
    (next_month,) = day(studio, sink)
    assert papers(next_month) == ["2026-0001.pdf", f"Kontoutskrift {studio.today}.pdf"]


def test_it_follows_the_customers_own_rule(studio: Studio, sink: Sink) -> None:
    monthly(studio)
    never = studio.invoice().customer
    change_customer(never, monthly_statement="no", **studio.told)
    (mail,) = day(studio, sink)
    assert papers(mail) == []
    monthly(studio, False)
    always = studio.invoice().customer
    change_customer(always, monthly_statement="yes", **studio.told)
    (mail,) = day(studio, sink)
    assert len(papers(mail)) == 1


@pytest.mark.parametrize("why", ["held", "promised", "disputed", "paid"])
def test_it_is_no_contact_of_its_own(studio: Studio, sink: Sink, why: str) -> None:
    monthly(studio)
    invoice = studio.invoice()
    if why == "held":
        hold(invoice.customer, on=studio.today, **studio.told)
    elif why == "promised":
        record_promise(invoice.customer, studio.today + timedelta(3), on=studio.today, **studio.told)
    elif why == "disputed":
        open_dispute(invoice, on=studio.today, **studio.told)
    else:
        studio.pay(invoice)
    assert all(papers(mail) == [] for mail in day(studio, sink)), "a thank-you has none"


def test_what_did_not_leave_was_not_given(studio: Studio, sink: Sink) -> None:
    monthly(studio)
    invoice = studio.invoice()
    studio.plan()
    from purring.plugins.channel import Delivery

    class Away:
        """A mail server that says: not now."""

        def prepare(self, outgoing: Any) -> Any:
            return studio_channel.prepare(outgoing)

        def open(self) -> Any:
            return self

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *args: object) -> None: ...

        def release(self, prepared: Any, permit: Any) -> Delivery:
            assert permit()
            return Delivery("deferred", "450 not now")

    from tests.apps.cast import mail_channel

    studio_channel = mail_channel(sink.port)
    studio.write(Away(), any_hour=True)  # type: ignore[arg-type]
    assert studio.states() == ["deferred"]
    studio.later(days=1)
    (mail,) = day(studio, sink)
    assert len(papers(mail)) == 1
    message = Message.objects.of(studio.organization).get()
    assert source_of(message, digest_of(message)), "the source can be had again, with the statement"
    assert invoice.customer.statements.count() == 2
    studio.later(days=45)
    day(studio, sink)
    kept = Attachment.objects.of(studio.organization).exclude(customer=None)
    assert [row.pk in message.attachment_ids for row in kept.order_by("id")].count(True) == 1, "what was said stays"
    assert kept.count() == 2, "and what went nowhere is let go"


def test_a_statement_that_cannot_be_printed_keeps_nothing_back(
    studio: Studio, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(customer: Customer, *told: Any) -> Any:
        raise RuntimeError("no ink")

    monkeypatch.setattr("purring.followup.monthly.statement_pdf", broken)
    monthly(studio)
    studio.invoice()
    (mail,) = day(studio, sink)
    assert papers(mail) == []
