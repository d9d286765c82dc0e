# SPDX-License-Identifier: AGPL-3.0-or-later
"""The evidence pack of one invoice: what happened, with which words, what became of them, and how to check it.

Everything comes from rows and the journal. A mail is put in as a source (`.eml`) only when it has the digest that the
journal noted when it was handed over; of any other one the words are put in, and it is said so.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q

from purring.core.chain import GENESIS
from purring.core.errors import Refused
from purring.core.money import to_text
from purring.facts.invoices.issuing import buyer_facts, seller_facts
from purring.facts.invoices.models import Invoice, Issued
from purring.facts.invoices.papers import facts_of, paper_language, printer_of, ubl_of
from purring.facts.invoices.telling import tell
from purring.facts.journal.about import names_another
from purring.facts.journal.actions import body_of, head, seal
from purring.facts.journal.models import Entry, EntryText
from purring.facts.messages.models import DeliveryEvent, Message
from purring.facts.messages.sources import source_of
from purring.facts.organizations.actions import letterhead_of
from purring.facts.organizations.models import LegalEntity, User
from purring.followup.models import Reminder
from purring.kit.mime import safe_filename
from purring.language.formats import locale_for, long_date, money
from purring.papers.documents import Event, TimelineFacts
from purring.papers.documents.house import happenings, labels
from purring.papers.evidence import JOURNAL, readme, write_pack
from purring.papers.facts import InvoiceFacts, read_invoice

ABOUT_THE_ACCOUNT = (
    "promise",
    "plan",
    "hold",
    "reply",
    "conversation",
    "call",
    "settlement",
    "dispute",
    "payment",
    "address",
    "check_in",
    "answer",
)
"""Entries about the customer as a whole that belong to the story of an invoice, by the noun of their kind."""
MONEY = ("amount", "allocated", "asked", "charges")
"""What of an entry's data is minor units, the first there is; other numbers are keys of rows, which say nothing to people."""
DAYS = {"due": "due", "pay_on": "date", "until": "date"}
"""What of an entry's data is a day, and the label it goes by."""
ANSWERED = ("reminder.sent", "reminder.failed", "reminder.deferred", "reminder.unconfirmed", "message.bounced")
"""Entries that cite what the receiving system said, in its words."""


class Pack(NamedTuple):
    content: bytes
    digest: str
    """SHA-256 of its manifest, as the journal has it too."""
    messages: int
    sources: int
    """Messages whose source is in it, byte for byte."""


def evidence_pack(invoice: Invoice, *, now: datetime, actor: str, language: str = "") -> Pack:
    """The pack as a ZIP. The journal notes that it was made, with the digest of its manifest. The timeline speaks `language`,
    else that of the organization, which is the one to show it."""
    spoken = paper_language(language, invoice.organization)
    org = invoice.organization_id
    while seal(org):
        pass
    entries = _entries(invoice)
    reminders = _reminders(invoice)
    files = _documents(invoice)
    told, sources = _messages(invoice, entries, reminders, files)
    seq, hashed = head(org)
    files[JOURNAL] = _json({"head": {"seq": seq, "hash": hashed}, "entries": list(_chained(org, entries))})
    files["messages.json"] = _json(told)
    files["timeline.pdf"] = _timeline(invoice, entries, reminders, spoken)
    files["README.txt"] = readme(spoken, invoice.number, now.date()).encode()
    about = {
        "organization": invoice.organization.slug,
        "invoice": invoice.number,
        "customer": invoice.customer.ref,
        "open": to_text(invoice.balance, invoice.currency),
        "currency": invoice.currency,
        "made_at": now.isoformat(),
        "journal_head": {"seq": seq, "hash": hashed},
    }
    content, digest = write_pack(files, about)
    with transaction.atomic():
        tell(invoice, "evidence.packed", now, actor, manifest=digest)
    return Pack(content, digest, len(told), sources)


def _entries(invoice: Invoice) -> list[Entry]:
    reminders = _reminders(invoice)
    asked = [reminder.pk for reminder in reminders]
    messages = [reminder.message_id for reminder in reminders if reminder.message_id]
    nouns = Q(kind="message.bounced", data__message__in=messages)
    for noun in ABOUT_THE_ACCOUNT:
        nouns |= Q(invoice_id=None, kind__startswith=f"{noun}.")
    about = Q(invoice_id=invoice.pk) | Q(kind__startswith="reminder.", data__reminder__in=asked) | nouns
    rows = Entry.objects.of(invoice.organization_id).filter(about, customer_id=invoice.customer_id)
    told = rows.exclude(seq=None).select_related("text").order_by("seq")
    return [entry for entry in told if not names_another(entry, invoice.pk)]


def _reminders(invoice: Invoice) -> list[Reminder]:
    about = Q(items__invoice=invoice) | Q(request=invoice) | Q(payment__invoice=invoice) | Q(note__invoice=invoice)
    rows = Reminder.objects.of(invoice.organization_id).filter(about).distinct()
    return list(rows.select_related("message").order_by("id"))


def _chained(organization_id: int, entries: list[Entry]) -> Iterable[dict[str, Any]]:
    """Entries with the hash before each, so that every hash can be made again."""
    before = {0: GENESIS} | dict(
        Entry.objects.of(organization_id)
        .filter(seq__in=[(entry.seq or 1) - 1 for entry in entries])
        .values_list("seq", "hash")
    )
    for entry in entries:
        told: dict[str, Any] = {
            "at": entry.at.isoformat(),
            "previous": before[(entry.seq or 1) - 1],
            "hash": entry.hash,
            "body": body_of(entry),
        }
        kept: EntryText | None = getattr(entry, "text", None)
        yield told | ({"salt": kept.salt, "text": kept.text} if kept else {})


def _documents(invoice: Invoice) -> dict[str, bytes]:
    files = {
        f"documents/{kept.pk}-{safe_filename(kept.filename)}": bytes(kept.content) for kept in invoice.attachments.all()
    }
    mine = Q(invoice=invoice) | Q(credit_note__invoice=invoice)
    for issued in Issued.objects.of(invoice.organization_id).filter(mine).order_by("id"):
        name = f"documents/{safe_filename(issued.facts['number'])}"
        files[f"{name}-facts.json"] = _json(issued.facts)
        if issued.facts["kind"] != "payment_request":
            with contextlib.suppress(Refused):  # what no e-invoice can say
                files[f"{name}-ubl.xml"] = ubl_of(issued)
    return files


def _messages(
    invoice: Invoice, entries: list[Entry], reminders: list[Reminder], files: dict[str, bytes]
) -> tuple[list[dict[str, Any]], int]:
    """What was said, with what became of it; adds the files. How many of them are sources."""
    org = invoice.organization_id
    digests = {entry.data["reminder"]: entry.data["source"] for entry in entries if entry.data.get("source")}
    said = {reminder.message.pk: reminder for reminder in reminders if reminder.message}
    began = invoice.issued - timedelta(1)
    replies = Q(customer_id=invoice.customer_id, direction="in", at__date__gte=began)
    rows = Message.objects.of(org).filter(Q(pk__in=said) | replies).order_by("at", "id")
    told: list[dict[str, Any]] = []
    sources = 0
    for number, message in enumerate(rows, 1):
        reminder = said.get(message.pk)
        digest = digests.get(reminder.pk, "") if reminder else ""
        source = source_of(message, digest)
        name = f"messages/{number:04}.{'eml' if source else 'txt'}"
        files[name] = source or _words(message)
        sources += source is not None
        later = DeliveryEvent.objects.of(org).filter(message=message).order_by("at", "id")
        told.append(
            {
                "file": name,
                "source": "as handed over" if source else "not kept: the words only",
                "direction": message.direction,
                "channel": message.channel,
                "kind": message.kind,
                "address": message.address,
                "at": message.at.isoformat(),
                "message_id": message.message_id,
                "state": reminder.state if reminder else "received",
                "answer": reminder.detail if reminder else "",
                "reported": [
                    {"at": one.at.isoformat(), "what": one.kind, "permanent": one.permanent, "detail": one.detail}
                    for one in later
                ],
            }
        )
    return told, sources


def _words(message: Message) -> bytes:
    lines = [
        f"Date: {message.at.isoformat()}",
        f"With: {message.address}",
        f"Subject: {message.subject}",
        "",
        message.text,
    ]
    return "\n".join(lines).encode()


def _timeline(invoice: Invoice, entries: list[Entry], reminders: list[Reminder], language: str) -> bytes:
    org = invoice.organization
    issued = Issued.objects.of(org).filter(invoice=invoice).first()
    facts = replace(facts_of(issued) if issued else _as_facts(invoice), paid=invoice.amount - invoice.balance)
    by_id = {reminder.pk: reminder for reminder in reminders}
    users = {f"user:{user.pk}": user.name or user.email for user in User.objects.filter(memberships__organization=org)}
    tells = _Teller(language, by_id, users)
    events = [
        Event(
            at=entry.at.astimezone(org.zone),
            what=tells.what(entry),
            who=tells.who(entry.actor),
            details=tells.details(entry),
            proof=entry.hash,
        )
        for entry in entries
    ]
    entity = invoice.entity or LegalEntity.objects.of(org).order_by("-is_default", "id")[0]
    return printer_of(letterhead_of(entity)).pdf(TimelineFacts(facts, events), language=language).pdf


class _Teller:
    """Entries in the words of one language: everything a row of the timeline says, but names and what people wrote."""

    def __init__(self, language: str, reminders: Mapping[int, Reminder], users: Mapping[str, str]) -> None:
        self._said, self._labels = happenings(language), labels(language)
        self._locale = locale_for(language)
        self._reminders, self._users = reminders, users

    def what(self, entry: Entry) -> str:
        return self._said.get(entry.kind) or self._said["other"]

    def who(self, actor: str) -> str:
        if actor.startswith("round:"):
            return "Purring"
        if actor.startswith("user:"):
            return self._users.get(actor) or self._said["who.staff"]
        return self._said.get(f"who.{actor}", actor)

    def details(self, entry: Entry) -> list[str]:
        """What an entry says besides its kind. Its keys and codes are in the pack's journal, where nothing is left out."""
        said: list[str] = []
        data = entry.data
        if reminder := self._reminders.get(data.get("reminder", 0)):
            way = " · ".join(one for one in (self._said.get(reminder.channel, ""), reminder.address) if one)
            said.append(" · ".join(one for one in (self._said.get(reminder.stage, ""), way) if one))
        elif isinstance(data.get("stage"), str):
            said.append(self._said.get(data["stage"], data["stage"]))
        if data.get("number"):
            said.append(f"{self._labels['number']} {data['number']}")
        currency = data.get("currency")
        for name in MONEY:
            if currency and isinstance(data.get(name), int) and data[name]:
                said.append(money(data[name], currency, self._locale))
                break
        for name, label in DAYS.items():
            if isinstance(data.get(name), str):
                said.append(f"{self._labels[label]} {long_date(date.fromisoformat(data[name]), self._locale)}")
        if data.get("answer") in ("yes", "no"):
            said.append(self._said[data["answer"]])
        if entry.kind in ANSWERED and data.get("detail"):
            said.append(str(data["detail"]))
        kept: EntryText | None = getattr(entry, "text", None)
        return [*said, *([kept.text[:1000]] if kept and kept.text else [])]


def _as_facts(invoice: Invoice) -> InvoiceFacts:
    """An invoice that was not issued here, as far as it is known: one line with its amount."""
    entity = invoice.entity or LegalEntity.objects.of(invoice.organization_id).order_by("-is_default", "id")[0]
    return read_invoice(
        {
            "seller": seller_facts(entity),
            "buyer": buyer_facts(invoice.customer) | {"language": None},
            "number": invoice.number,
            "issued": invoice.issued.isoformat(),
            "due": invoice.due.isoformat(),
            "currency": invoice.currency,
            "lines": [
                {
                    "description": invoice.description or invoice.number,
                    "unit_price": to_text(invoice.amount, invoice.currency),
                    "tax_category": "O",
                }
            ],
        }
    )


def _json(content: object) -> bytes:
    return json.dumps(content, indent=1, ensure_ascii=False).encode()
