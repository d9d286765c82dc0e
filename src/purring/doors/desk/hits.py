# SPDX-License-Identifier: AGPL-3.0-or-later
"""What search found, as the desk shows it: rows read anew, whatever their kind, in one statement."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.desk import Desk
from purring.facts.agreements.models import CheckIn, Promise
from purring.facts.answers.models import Answer
from purring.facts.customers.models import Contact, Customer, Remark
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Conversation, Message
from purring.facts.payments.models import Payment
from purring.followup.models import Reminder
from purring.insight.search.finding import Asked, Hit
from purring.insight.search.words import WORD, fold
from purring.kit.together import Question, together

AROUND = 70
"""Characters of a text that are shown before and behind what was found."""
ICONS = {
    "customer": "person", "invoice": "invoices", "payment": "money", "message": "mail", "conversation": "talk",
    "remark": "pen", "promise": "promise", "dispute": "dispute", "answer": "talk", "check_in": "talk",
}  # fmt: skip
WORDS: dict[str, Lazy | str] = {
    "remark": _("Note"), "conversation": _("Talk"), "promise": _("Promise"), "dispute": _("Dispute"), "answer": _("Answer"), "check_in": _("Answer"),
}  # fmt: skip
"""Of what kind a note is."""


@dataclass(frozen=True)
class Shown:
    """One hit: where it leads, what it is called, and beside it what tells it from others."""

    to: str
    icon: str
    title: SafeString
    note: SafeString
    amount: int | None = None
    currency: str = ""
    day: date | None = None
    word: Lazy | str = ""
    """Its state or kind in a word."""
    tone: str = ""


def shown(desk: Desk, hits: Sequence[Hit], asked: Asked) -> dict[tuple[str, int], Shown]:
    """The hits that are still there, by kind and id."""
    if not hits:
        return {}
    org = desk.organization
    ids: dict[str, list[int]] = defaultdict(list)
    for hit in hits:
        ids[hit.kind].append(hit.object_id)

    def rows(model: Any, kind: str) -> Any:
        return model.objects.of(org).filter(pk__in=ids[kind])

    sums = ("amount", "allocated", "credited", "forgiven", "currency", "due", "settled_on")
    customers, people, invoices, payments, messages, letters, *notes = together(
        Question(rows(Customer, "customer"), "id", "name", "ref", "city"),
        Question(Contact.objects.of(org).filter(customer_id__in=ids["customer"]), "customer_id", "name", "email", "phone"),
        Question(rows(Invoice, "invoice"), "id", "number", "customer__name", "po_number", "description", *sums),
        Question(rows(Payment, "payment"), "id", "customer__name", "external_ref", "note", "amount", "currency", "on"),
        Question(rows(Message, "message"), "id", "customer_id", "customer__name", "subject", "text", "direction", "at"),
        Question(Reminder.objects.of(org).filter(message_id__in=ids["message"]), "message_id", "id"),
        Question(rows(Remark, "remark").filter(removed_at=None), "id", "customer_id", "customer__name", "at", "text"),
        Question(rows(Conversation, "conversation"), "id", "customer_id", "customer__name", "on", "note"),
        Question(rows(Promise, "promise"), "id", "customer_id", "customer__name", "pay_on", "note"),
        Question(rows(Answer, "answer"), "id", "customer_id", "customer__name", "on", "words"),
        Question(rows(CheckIn, "check_in"), "id", "customer_id", "customer__name", "asked_at", "note"),
        Question(rows(Dispute, "dispute"), "id", "invoice_id", "invoice__customer__name", "opened_on", "reason", "outcome"),
    )  # fmt: skip
    found: dict[tuple[str, int], Shown] = {}
    who: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    for customer_id, *texts in people:
        who[customer_id].append(tuple(texts))
    for key, name, ref, city in customers:
        note = _joined(asked, ref, city, _person(asked, who[key]))
        found["customer", key] = Shown(_to("customer", key), ICONS["customer"], mark(name, asked), note)
    for (
        key,
        number,
        name,
        po_number,
        description,
        amount,
        allocated,
        credited,
        forgiven,
        currency,
        due,
        settled,
    ) in invoices:
        late = not settled and due < desk.today
        found["invoice", key] = Shown(
            _to("invoice", key), ICONS["invoice"], mark(number, asked),
            _joined(asked, name, po_number, excerpt(description, asked.words)), amount, currency, due,
            _("settled") if settled else _("overdue") if late else _("open"), "good" if settled else "care" if late else "",
        )  # fmt: skip
        if not settled and amount - allocated - credited - forgiven != amount:
            found["invoice", key] = Shown(
                **{
                    **vars(found["invoice", key]),
                    "amount": amount - allocated - credited - forgiven,
                    "word": _("part open"),
                }
            )
    for key, name, ref, note, amount, currency, on in payments:
        found["payment", key] = Shown(
            _to("payment", key), ICONS["payment"], mark(name, asked), _joined(asked, ref, note), amount, currency, on
        )
    reminders = dict(letters)
    for key, customer_id, name, subject, text, direction, at in messages:
        to = _to("reminder", reminders[key]) if key in reminders else _to("customer", customer_id)
        word = _("from them") if direction == "in" else ""
        about = mark(excerpt(text, asked.words), asked)
        note = format_html("{} · {}", name, about)
        found["message", key] = Shown(
            to, ICONS["message"], mark(subject or name, asked), note, day=_day(desk, at), word=word
        )
    for kind, told in zip(("remark", "conversation", "promise", "answer", "check_in"), notes[:-1], strict=True):
        for key, customer_id, name, on, text in told:
            said = mark(excerpt(text, asked.words), asked)
            found[kind, key] = Shown(
                _to("customer", customer_id), ICONS[kind], mark(name, asked), said, day=_day(desk, on), word=WORDS[kind]
            )
    for key, invoice_id, name, on, reason, outcome in notes[-1]:
        said = _joined(asked, excerpt(reason, asked.words), outcome)
        found["dispute", key] = Shown(
            _to("invoice", invoice_id), ICONS["dispute"], mark(name, asked), said, day=on, word=WORDS["dispute"]
        )
    return found


def _day(desk: Desk, at: date | datetime | None) -> date | None:
    return at.astimezone(desk.organization.zone).date() if isinstance(at, datetime) else at


def _to(name: str, key: int) -> str:
    return reverse(f"desk:{name}", args=[key])


def _person(asked: Asked, people: Iterable[tuple[str, ...]]) -> str:
    """The person through whom a customer was found, by name and address."""
    for texts in people:
        if any(_fits(word, asked.words) for text in texts for word in WORD.findall(text)):
            return ", ".join(text for text in texts if text)
    return ""


def _fits(word: str, wanted: Sequence[str]) -> bool:
    folded = fold(unicodedata.normalize("NFC", word))
    return any(folded.startswith(one) for one in wanted)


def _joined(asked: Asked, *texts: str) -> SafeString:
    return format_html_join(" · ", "{}", [(mark(text, asked),) for text in texts if text])


def mark(text: str, asked: Asked) -> SafeString:
    """The text with the words asked for marked."""
    parts, end = [], 0
    for found in WORD.finditer(text):
        if _fits(found[0], asked.words):
            parts.append(format_html("{}<mark>{}</mark>", text[end : found.start()], found[0]))
            end = found.end()
    return format_html("{}{}", format_html_join("", "{}", [(part,) for part in parts]), text[end:])


def excerpt(text: str, wanted: Sequence[str]) -> str:
    """A line of a text around the first word that fits."""
    flat = re.sub(r"\s+", " ", text).strip()
    at = next((found.start() for found in WORD.finditer(flat) if _fits(found[0], wanted)), 0)
    start = max(0, at - AROUND)
    if start:
        start = flat.find(" ", start, at) + 1 or start
    line = flat[start : at + AROUND]
    if at + AROUND < len(flat):
        line = f"{line.rsplit(' ', 1)[0]} …"
    return f"… {line}" if start else line
