# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is found, and by which of its words. A new kind of thing that people look for is one row in `SOURCES`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import models

from purring.facts.agreements.models import CheckIn, Promise
from purring.facts.answers.models import Answer
from purring.facts.customers.models import Contact, Customer, Remark
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Conversation, Message
from purring.facts.payments.models import Payment
from purring.insight.search.words import amount_word

CUSTOMERS, INVOICES, PAYMENTS, MESSAGES, NOTES = GROUPS = ("customer", "invoice", "payment", "message", "note")
MOST_TEXT = 20_000
"""Characters of a text that are looked at."""


class Words(NamedTuple):
    """What a row is found by: its name or number, and the rest."""

    name: str
    rest: Sequence[str]
    amounts: Sequence[str] = ()


@dataclass(frozen=True)
class Source:
    """`fields`: what its words are made of; when one changes, its entry is made anew. `parts`: rows of another table
    whose words count with it, as (model, name of the foreign key, fields)."""

    kind: str
    group: str
    model: type[models.Model]
    fields: tuple[str, ...]
    read: Callable[[Any, Sequence[Any]], Words]
    parts: tuple[type[models.Model], str, tuple[str, ...]] | None = None

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def words_of(self, ids: Sequence[int]) -> dict[int, tuple[int, Words]]:
        """Organization and words of the rows with these ids that are still there, locked against change meanwhile."""
        rows = self.model._default_manager.everywhere("the index is of all").filter(pk__in=ids)  # type: ignore[attr-defined]
        rows = rows.select_for_update(skip_locked=True).only("organization_id", *self.fields)
        parts: dict[int, list[Any]] = defaultdict(list)
        found = list(rows)
        if self.parts:
            model, key, _ = self.parts
            belonging = model._default_manager.everywhere("the index is of all").filter(**{f"{key}__in": ids})  # type: ignore[attr-defined]
            for part in belonging:
                parts[getattr(part, key)].append(part)
        return {row.pk: (row.organization_id, self.read(row, parts[row.pk])) for row in found}


def _customer(row: Customer, contacts: Sequence[Contact]) -> Words:
    rest = [row.ref, row.postcode, row.city, row.address_lines, row.vat_id, row.note]
    for contact in contacts:
        rest += [contact.name, contact.given_name, contact.family_name, contact.email, contact.phone]
        rest += _digits(contact.phone)
    return Words(row.name, rest)


def _digits(phone: str) -> list[str]:
    """A telephone number in one piece, with and without what stands first (the country, or the town)."""
    parts = ["".join(char for char in part if char.isdigit()) for part in phone.split()]
    return ["".join(parts), "".join(parts[1:])]


def _invoice(row: Invoice, _: Sequence[Any]) -> Words:
    rest = [row.reference, row.po_number, row.description[:MOST_TEXT], row.order_status]
    return Words(row.number, rest, [amount_word(row.amount, row.currency)])


def _payment(row: Payment, _: Sequence[Any]) -> Words:
    return Words(row.external_ref, [row.note, row.method], [amount_word(row.amount, row.currency)])


def _message(row: Message, _: Sequence[Any]) -> Words:
    return Words(row.subject, [row.address, row.text[:MOST_TEXT]])


def _remark(row: Remark, _: Sequence[Any]) -> Words:
    return Words("", [] if row.removed_at else [row.text[:MOST_TEXT]])


def _only(field: str) -> Callable[[Any, Sequence[Any]], Words]:
    return lambda row, _: Words("", [getattr(row, field)[:MOST_TEXT]])


PEOPLE = ("name", "given_name", "family_name", "email", "phone")
SOURCES: dict[str, Source] = {
    one.kind: one
    for one in (
        Source(
            "customer", CUSTOMERS, Customer, ("name", "ref", "postcode", "city", "address_lines", "vat_id", "note"),
            _customer, (Contact, "customer_id", PEOPLE),
        ),
        Source("invoice", INVOICES, Invoice, ("number", "reference", "po_number", "description", "order_status", "amount", "currency"), _invoice),
        Source("payment", PAYMENTS, Payment, ("external_ref", "note", "method", "amount", "currency"), _payment),
        Source("message", MESSAGES, Message, ("subject", "address", "text"), _message),
        Source("remark", NOTES, Remark, ("text", "removed_at"), _remark),
        Source("conversation", NOTES, Conversation, ("note",), _only("note")),
        Source("promise", NOTES, Promise, ("note",), _only("note")),
        Source("dispute", NOTES, Dispute, ("reason", "outcome"), lambda row, _: Words("", [row.reason, row.outcome])),
        Source("answer", NOTES, Answer, ("words",), _only("words")),
        Source("check_in", NOTES, CheckIn, ("note",), _only("note")),
    )
}  # fmt: skip
