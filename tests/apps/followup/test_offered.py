# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first messages say what is offered: less for paying early, instalments, automatic payment. Later ones do not."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from purring.facts.checkout.accounts import connect_account
from purring.facts.invoices.issuing import issue_invoice
from purring.facts.offers.terms import keep_terms
from purring.facts.organizations.models import LegalEntity
from purring.followup.first_asking import plan_requests
from purring.kit import mailsink
from purring.kit.mailsink import Sink
from tests.apps.cast import Studio

pytestmark = pytest.mark.django_db
NOTHING: dict[str, Any] = {
    "whom": "all", "plan_most": 0, "plan_first_percent": 0, "plan_first_days": 14, "plan_last_days": 200,
    "plan_smallest": "0", "plan_rhythms": [], "deferral_days": 0, "ladder": [],
    "instalments_at_start": False, "autopay": False, "autopay_at_start": False,
}  # fmt: skip


def first_words(studio: Studio, sink: Sink, **terms: Any) -> str:
    """The text of the first request, with these terms."""
    keep_terms(studio.organization, {**NOTHING, **terms}, on=studio.today - timedelta(1), **studio.told)
    line = {"description": "A logo", "unit_price": "1000.00"}
    entity = LegalEntity.objects.of(studio.organization).get()
    due = studio.today + timedelta(30)
    issue_invoice(
        studio.customer(language="en"), entity, [line], issued=studio.today, due=due, currency="NOK",
        kind="payment_request", **studio.told,
    )  # fmt: skip
    plan_requests(studio.organization, studio.now)
    studio.plan()
    studio.write(sink, any_hour=True)
    (kept,) = mailsink.messages(sink.keeper.folder)
    message = message_from_bytes(mailsink.read(sink.keeper.folder, kept.id), policy=policy.default)
    part = message.get_body(("plain",))
    assert part
    return str(part.get_content()).replace("\u00a0", " ").replace("\n", " ")


def test_a_discount_with_its_day_and_its_sum(studio: Studio, sink: Sink) -> None:
    said = first_words(studio, sink, ladder=[[200, 10]])
    assert "980,00" in said
    assert "2%" in said.replace(" %", "%")


def test_instalments_within_the_limits(studio: Studio, sink: Sink) -> None:
    assert "4 instalments" in first_words(studio, sink, plan_most=4, instalments_at_start=True)


def test_automatic_payment_where_an_account_can(studio: Studio, sink: Sink) -> None:
    connect_account(studio.organization, "stripe", {"secret_key": "sk_test_1"}, **studio.told)
    assert "automatic payment" in first_words(studio, sink, autopay=True, autopay_at_start=True)


def test_nothing_that_is_not_offered(studio: Studio, sink: Sink) -> None:
    said = first_words(studio, sink, plan_most=4, autopay=True, autopay_at_start=True)
    for word in ("instalments", "automatic", "off:"):
        assert word not in said
