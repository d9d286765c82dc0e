# SPDX-License-Identifier: AGPL-3.0-or-later
"""Everything is found from a few letters of it, by whoever may see it, and as it is now."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from purring.facts.agreements.actions import record_promise
from purring.facts.customers.actions import add_customer, change_customer, replace_contacts
from purring.facts.customers.models import Contact, Customer
from purring.facts.disputes.actions import open_dispute, resolve_disputes
from purring.facts.invoices.actions import change_invoice, record_invoice
from purring.facts.messages.actions import record_conversation, record_reply
from purring.facts.messages.models import Conversation, Message
from purring.facts.payments.actions import record_payment
from purring.insight.search import watching
from purring.insight.search.finding import Asked, best, page
from purring.insight.search.indexing import take_in, take_in_all, waiting
from purring.insight.search.models import SearchEntry
from purring.insight.search.sources import SOURCES
from purring.insight.search.words import asked_amounts
from tests.apps.facts.cast import TODAY, TOLD, ana, bill, fjord

pytestmark = pytest.mark.django_db


def found(organization: Any, question: str, group: str = "customer") -> list[int]:
    take_in_all()
    return [hit.object_id for hit in best(organization.pk, Asked.of(question), 20).get(group, [])]


def named(organization: Any, name: str, **fields: Any) -> Customer:
    fields = {"ref": f"R{Customer.objects.of(organization).count()}", **fields}
    return add_customer(organization, name=name, **TOLD, **fields)


class TestWords:
    @pytest.mark.parametrize(
        ("name", "question"),
        [
            ("Oslo Handel AS", "oslo han"),
            ("Oslo Handel AS", "handel"),
            ("Müller & Söhne", "muller"),
            ("Müller & Söhne", "mueller"),
            ("Müller & Söhne", "MÜLLER söh"),
            ("Sørensen", "sorensen"),
            ("Sørensen", "soerens"),
            ("Łódź Meble", "lodz"),
            ("Straße 9", "strasse"),
            ("Café L'Été", "cafe ete"),
            ("Ærø Fæge", "aero"),
            ("Жуков и сын", "жук"),
            ("山田商店", "山田"),
            ("A-1/Nord", "a1nord"),
        ],
    )
    def test_a_name_is_found(self, name: str, question: str) -> None:
        house = fjord()
        customer = named(house, name)
        named(house, "Quite another")
        assert found(house, question) == [customer.pk]

    @pytest.mark.parametrize(
        "question", ["", " ", "x", "&", '"', "oslo*", "NOT oslo", "'); drop", "a" * 500, "\x00ab", "ø' | 'q"]
    )
    def test_no_question_breaks_it(self, question: str) -> None:
        house = fjord()
        named(house, "Berg")
        assert found(house, question) == []

    def test_every_word_must_fit(self) -> None:
        house = fjord()
        named(house, "Oslo Handel")
        assert found(house, "oslo bergen") == []


class TestAmounts:
    @pytest.mark.parametrize(
        "question",
        [
            "1 234,50",
            "1.234,50",
            "1,234.50",
            "1234.5",
            "1234,50",
            "1'234.50",
            "1\u00a0234,50",
            "1234.50 kr",
            "€ 1.234,50",
        ],
    )
    def test_an_amount_in_any_writing(self, question: str) -> None:
        house = fjord()
        invoice = bill(ana(house), "F-1", 123_450)
        bill(ana(house, "C2"), "F-2", 123_400)
        assert found(house, question, "invoice") == [invoice.pk]

    def test_thousands_or_decimals(self) -> None:
        assert asked_amounts("1.234") == ["x1234", "x1d234"]
        assert asked_amounts("12.50") == ["x12d5"]
        assert asked_amounts("1,234,567") == ["x1234567"]
        assert asked_amounts("1250") == ["x1250"]
        assert asked_amounts("invoice of 3 may") == []

    def test_currencies_have_their_own_decimals(self) -> None:
        house = fjord()
        yen = bill(ana(house), "F-1", 1250, currency="JPY")
        assert found(house, "1,250", "invoice") == [yen.pk]


class TestEverything:
    def test_all_kinds(self) -> None:
        house = fjord()
        customer = named(
            house, "Berg", contacts=[{"name": "Kari Lie", "email": "kari@berg.example", "phone": "+47 22 33 44 55"}]
        )
        invoice = record_invoice(
            customer, number="F-2026/0012", issued=TODAY, due=TODAY, amount=9900, currency="EUR", po_number="PO-77x",
            description="Zwei Regale", **TOLD,
        )  # fmt: skip
        payment = record_payment(
            customer, 4200, "EUR", on=TODAY, note="Sammelzahlung", external_ref="E2E-9", source="bank", **TOLD
        )
        record_reply(customer, "The parcel was wet.", **TOLD)
        record_promise(customer, TODAY, on=TODAY, note="pays by giro", **TOLD)
        record_conversation(customer, on=TODAY, note="Spoke with the bookkeeper", **TOLD)
        open_dispute(invoice, on=TODAY, reason="Scratched board", **TOLD)
        for question in ("kari lie", "kari@berg", "223344", "+47 22 33", customer.ref, "berg"):
            assert found(house, question) == [customer.pk], question
        for question in ("f-2026/0012", "F20260012", "2026-0012", "po-77", "regal", "99,00"):
            assert found(house, question, "invoice") == [invoice.pk], question
        for question in ("sammel", "e2e-9", "42.00"):
            assert found(house, question, "payment") == [payment.pk], question
        assert found(house, "parcel wet", "message")
        for question in ("giro", "bookkeeper", "scratched"):
            assert len(found(house, question, "note")) == 1, question

    def test_names_stand_before_texts(self) -> None:
        house = fjord()
        begins, within = named(house, "Berg"), named(house, "Ole Berg")
        named(house, "Haus", note="beside the berg")
        assert found(house, "berg")[:2] == [begins.pk, within.pk]


class TestNow:
    """What is shown is what is so; an entry follows its row by itself, even when SQL changes it."""

    def test_a_new_name(self) -> None:
        house = fjord()
        customer = named(house, "Berg")
        assert found(house, "berg")
        change_customer(customer, name="Dahl", **TOLD)
        assert found(house, "berg") == []
        assert found(house, "dahl") == [customer.pk]
        Customer.objects.of(house).update(name="Foss")
        assert found(house, "foss") == [customer.pk]

    def test_new_people(self) -> None:
        house = fjord()
        customer = ana(house)
        assert found(house, "ana berg")
        replace_contacts(customer, [{"name": "Per Moe"}], **TOLD)
        assert found(house, "ana berg") == []
        assert found(house, "per moe") == [customer.pk]
        Contact.objects.of(house).update(name="Tor Vik")
        assert found(house, "tor vik") == [customer.pk]

    def test_an_invoice_completed_and_a_dispute_resolved(self) -> None:
        house = fjord()
        invoice = bill(ana(house))
        open_dispute(invoice, on=TODAY, reason="late", **TOLD)
        take_in_all()
        change_invoice(invoice, po_number="NEW-9", **TOLD)
        resolve_disputes(invoice, outcome="agreed on a rebate", **TOLD)
        assert found(house, "new-9", "invoice") == [invoice.pk]
        assert len(found(house, "rebate", "note")) == 1

    def test_what_is_erased_is_gone(self) -> None:
        house = fjord()
        customer = ana(house)
        record_conversation(customer, on=TODAY, note="secret words", **TOLD)
        message = record_reply(customer, "private matters", **TOLD)
        assert found(house, "secret", "note")
        Conversation.objects.of(house).delete()
        Message.objects.of(house).filter(pk=message.pk).update(text="")
        assert not SearchEntry.objects.of(house).filter(text__contains="secret").exists()
        assert found(house, "secret", "note") == found(house, "private", "message") == []
        assert not SearchEntry.objects.of(house).filter(text__contains="private").exists()

    def test_facts_without_words_mark_nothing(self) -> None:
        """Counting versions, recording money and releasing messages must not cost the index anything."""
        house = fjord()
        customer = ana(house)
        invoice = bill(customer)
        take_in_all()
        record_payment(customer, 100, "EUR", on=TODAY, invoice=invoice, **TOLD)
        assert {kind for kind, _ in waiting(100)} == {"payment"}

    def test_what_a_late_transaction_left_behind(self) -> None:
        house = fjord()
        one, other = named(house, "First"), named(house, "Second")
        take_in()
        SearchEntry.objects.of(house).filter(kind="customer", object_id=one.pk).delete()
        assert found(house, "first") == [one.pk]
        assert other.pk > one.pk


class TestTenancy:
    def test_another_organizations_rows_never_appear(self) -> None:
        ours, theirs = fjord("ours"), fjord("theirs")
        mine, other = named(ours, "Oslo Handel"), named(theirs, "Oslo Handel")
        bill(other, "F-1", 4200)
        assert found(ours, "oslo") == [mine.pk]
        assert found(theirs, "oslo") == [other.pk]
        assert found(ours, "42.00", "invoice") == []
        assert found(ours, f"o{theirs.pk}gcustomer") == []
        assert page(ours.pk, Asked.of("oslo"), "customer", f"b--{10**6}", 5)[0] == []


class TestPages:
    @pytest.mark.parametrize("size", [1, 2, 3, 50])
    def test_every_hit_once(self, size: int) -> None:
        house = fjord()
        names = ["Berg", "Berg", "Bergen Bygg", "Ole Berg", "Ida Berg", "Berglund"]
        everyone = {named(house, name).pk for name in names}
        take_in_all()
        seen, after = [], ""
        for _ in range(10):
            hits, after = page(house.pk, Asked.of("berg"), "customer", after, size)
            seen += [hit.object_id for hit in hits]
            if not after:
                break
        assert sorted(seen) == sorted(everyone)

    @pytest.mark.parametrize("after", ["x", "a-", "b-", "b--x", "a-berg-", f"b--{10**30}", "a-\x00-1"])
    def test_a_strange_cursor(self, after: str) -> None:
        house = fjord()
        named(house, "Berg")
        take_in_all()
        page(house.pk, Asked.of("berg"), "customer", after, 5)


def test_every_source_is_watched() -> None:
    """A migration that builds a table anew on SQLite drops its triggers: they come back after it."""
    house = fjord()
    customer = named(house, "Berg")
    take_in_all()
    watching.unwatch(connection)
    Customer.objects.of(house).update(name="Dahl")
    assert found(house, "dahl") == []
    watching.watch(connection)
    Customer.objects.of(house).update(name="Foss")
    assert found(house, "foss") == [customer.pk]
    assert set(SOURCES) >= {"customer", "invoice", "payment", "message"}
