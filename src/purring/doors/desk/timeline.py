# SPDX-License-Identifier: AGPL-3.0-or-later
"""A customer's or an invoice's timeline: the journal in words, newest first, with who did it and what was said.

Reads the journal alone (so that it is complete by construction) and looks up names, texts and messages in a fixed
number of queries. A kind it has no words for is shown by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.answers import told
from purring.doors.desk.desk import Desk
from purring.doors.desk.sayings import CHECKED_IN, CUSTOMER_FIELDS, DEBIT_OUTCOMES, OUTCOMES, STAGES, TASKS, label
from purring.facts.answers.models import AnswerFile
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.journal.about import names_another
from purring.facts.journal.models import Entry
from purring.facts.messages.models import Message
from purring.facts.organizations.models import User
from purring.facts.payments.models import Payment
from purring.followup.models import Reminder
from purring.kit.numbers import whole
from purring.kit.together import Question, together
from purring.language import formats
from purring.plugins.payment.registry import plugins

PAGE = 30

Telling = tuple[str, str, Lazy | str]
"""Icon, tone, sentence."""

TELLINGS: dict[str, Telling] = {
    "customer.added": ("person", "", _("Customer added")),
    "customer.changed": ("pen", "", _("Customer changed: {fields}")),
    "customer.excluded": ("close", "care", _("Left out of reminders")),
    "customer.included": ("go", "", _("Taken in again")),
    "contacts.replaced": ("person", "", _("Contacts changed")),
    "schedule.chosen": ("date", "", _("A schedule of their own was chosen")),
    "schedule.left": ("date", "", _("Follows the usual schedule again")),
    "contact.added": ("person", "", _("A person was added")),
    "contact.changed": ("person", "", _("A person changed: {fields}")),
    "contact.put_first": ("person", "", _("From now on written to first")),
    "contact.removed": ("person", "", _("A person was removed")),
    "contact.left": ("person", "care", _("Does not work there any more")),
    "remark.added": ("pen", "", _("Noted")),
    "remark.changed": ("pen", "", _("Note changed")),
    "remark.pinned": ("pen", "", _("Note pinned")),
    "remark.unpinned": ("pen", "", _("Note unpinned")),
    "remark.removed": ("close", "", _("A note was removed")),
    "document.kept": ("file", "", _("Document added")),
    "call.logged": ("phone", "", _("Called: {outcome}")),
    "call.logged.again": ("phone", "", _("Called: {outcome}. Calling again on {again_on}")),
    "draft.asked": ("pen", "", _("A language model was asked for a draft")),
    "message.wanted": ("mail", "", _("{Stage} written")),
    "message.wanted.anyway": ("mail", "care", _("{Stage} written, to be sent although the tone guard objects")),
    "message.taken_back": ("mail", "", _("Message taken back before it left")),
    "details.proposed": ("person", "care", _("They want to correct: {fields}")),
    "details.accepted": ("person", "", _("Their correction was accepted: {fields}")),
    "details.declined": ("person", "", _("Their correction was not taken over: {fields}")),
    "code.asked": ("letter", "", _("Asked on their page for a code to see everything")),
    "code.entered": ("check", "", _("Entered the code on their page")),
    "address.spoiled": ("alert", "care", _("An address does not work any more")),
    "invoice.recorded": ("invoices", "", _("Invoice {number} over {amount}, due {due}")),
    "invoice.completed": ("pen", "", _("Invoice {number}: details completed")),
    "invoice.corrected": ("pen", "", _("Invoice {number} corrected; it is due {due}")),
    "invoice.due_date_changed": ("date", "", _("Invoice {number} is now due {due}")),
    "invoice.credited": ("credit", "", _("Credit note of {amount} on invoice {number}")),
    "invoice.credit_cancelled": ("credit", "", _("Credit note of {amount} on invoice {number} cancelled")),
    "invoice.closed": ("close", "", _("Invoice {number} closed with {amount} open")),
    "invoice.reopened": ("go", "", _("Invoice {number} opened again")),
    "invoice.issued": ("file", "", _("{number} issued")),
    "credit_note.issued": ("file", "", _("Credit note {note} issued for invoice {number}")),
    "evidence.packed": ("journal", "", _("Evidence pack of invoice {number} made")),
    "document.attached": ("file", "", _("Document added to invoice {number}")),
    "payment.recorded": ("money", "good", _("Payment of {amount}")),
    "payment.pending": ("money", "", _("Payment of {amount} on its way")),
    "payment.failed": ("money", "alert", _("Payment of {amount} did not arrive")),
    "payment.reversed": ("money", "alert", _("{amount} went back")),
    "payment.unallocated": ("money", "", _("{amount} freed from invoice {number}")),
    "payment.moved_away": ("money", "care", _("Payment of {amount} went over to another customer, whose it was")),
    "payment.moved_here": ("money", "good", _("Payment of {amount} came over from another customer's account")),
    "refund.asked": ("money", "care", _("Refund of {amount} asked for")),
    "refund.confirmed": ("money", "", _("Refund of {amount} confirmed")),
    "refund.withdrawn": ("money", "", _("Refund of {amount} withdrawn")),
    "refund.sent": ("money", "", _("Refund of {amount} handed to the provider")),
    "refund.failed": ("alert", "alert", _("Refund of {amount} could not be sent")),
    "charges.pursue": ("credit", "", _("Invoice {number}: late charges are asked for")),
    "charges.aside": ("credit", "", _("Invoice {number}: late charges kept aside")),
    "charges.waive": ("credit", "", _("Invoice {number}: late charges waived")),
    "charges.waive_until": ("credit", "", _("Invoice {number}: late charges waived when paid by {until}")),
    "charges.usual": ("credit", "", _("Invoice {number}: late charges as usual again")),
    "charges.paid": ("money", "good", _("Late charges of invoice {number}: {charges} paid")),
    "charges.freed": ("money", "", _("Late charges of invoice {number}: {charges} freed again")),
    "charges.withdrawn": (
        "credit",
        "",
        _("The message that asked for late charges did not arrive; they were not asked"),
    ),
    "attempt.started": ("money", "", _("Began to pay {amount} on their page")),
    "attempt.failed": ("money", "care", _("Their payment of {amount} did not go through")),
    "attempt.ended": ("close", "", _("Their payment of {amount} was not finished")),
    "checkout.settled": ("check", "", _("A person has seen to it")),
    "checkout.discrepancy": ("alert", "alert", _("Something about money at the provider needs a person")),
    "mandate.given": ("money", "good", _("Automatic payment agreed")),
    "mandate.ended": ("close", "", _("Automatic payment ended")),
    "debit.planned": ("date", "", _("Automatic payment planned")),
    "debit.announced": ("mail", "", _("Automatic payment of {amount} announced")),
    "debit.tried": ("money", "", _("Automatic payment of {amount} tried")),
    "debit.left_out": ("skip", "", _("Invoice {number} is not taken automatically after all")),
    "debit.ended": ("check", "", _("Automatic payment: {outcome}")),
    "promise.recorded": ("promise", "", _("Promised to pay on {pay_on}")),
    "promise.withdrawn": ("promise", "", _("Promise withdrawn")),
    "promise.declined": ("promise", "", _("The day they asked for, {pay_on}, was declined")),
    "plan.agreed": ("promise", "", _("Payment plan agreed")),
    "plan.asked": ("promise", "care", _("Asked for a payment plan of their own")),
    "plan.declined": ("promise", "", _("The plan they asked for was declined")),
    "offers.kept": ("pen", "", _("What we offer them changed")),
    "discount.taken": ("credit", "good", _("Invoice {number}: paid early, discount of {amount} taken")),
    "discount.undone": ("credit", "care", _("Invoice {number}: the discount of {amount} fell with the payment")),
    "settlement.agreed": ("promise", "", _("Agreed: {amount} by {until} settles it")),
    "settlement.met": ("check", "good", _("The agreed {amount} came in; the rest is written off")),
    "settlement.undone": ("alert", "care", _("The agreed {amount} went back; all of it is asked for again")),
    "settlement.ended": ("close", "", _("The agreement on {amount} was taken back")),
    "plan.cancelled": ("promise", "", _("Payment plan cancelled")),
    "hold.placed": ("hold", "care", _("Put on hold until released")),
    "hold.placed.until": ("hold", "care", _("Put on hold until {until}")),
    "hold.released": ("go", "", _("Hold released")),
    "hold.placed.invoice": ("hold", "care", _("Invoice {number} put on hold until released")),
    "hold.placed.invoice.until": ("hold", "care", _("Invoice {number} put on hold until {until}")),
    "hold.released.invoice": ("go", "", _("Hold of invoice {number} released")),
    "dispute.opened": ("dispute", "care", _("Invoice {number} disputed")),
    "dispute.resolved": ("check", "", _("Dispute about invoice {number} resolved")),
    "reply.received": ("talk", "care", _("They wrote")),
    "reply.answered": ("talk", "", _("Their message was answered")),
    "answer.given": ("talk", "care", _("Answered on their page: {told}")),
    "answer.seen": ("check", "", _("Their answer was noted by a person")),
    "link.made": ("link", "", _("A link to pass on was made")),
    "link.revoked": ("close", "", _("A link was closed")),
    "links.revoked": ("close", "", _("All links were closed: {count}")),
    "link.visited": ("link", "", _("They looked at their page")),
    "address.restored": ("person", "", _("An address may be used again")),
    "conversation.held": ("phone", "", _("We spoke")),
    "check_in.answered": ("talk", "", _("Check-in answered: {answer}")),
    "check_in.asked": ("talk", "", _("We asked whether all is well")),
    "note.wanted": ("letter", "", _("{Stage} asked for")),
    "note.taken_back": ("letter", "", _("{Stage} taken back")),
    "repeat.started": ("date", "", _("A request that repeats was set up")),
    "reminder.sent": ("mail", "good", _("{Stage} sent to {address}")),
    "reminder.delivered": ("mail", "good", _("{Stage} delivered to {address}")),
    "reminder.unconfirmed": ("mail", "care", _("{Stage} to {address}: perhaps arrived")),
    "reminder.doubt_settled": ("mail", "", _("{Stage} to {address}: cleared up by a person")),
    "reminder.deferred": ("mail", "care", _("{Stage} could not leave yet; tried again")),
    "reminder.failed": ("alert", "alert", _("{Stage} could not be sent")),
    "reminder.withdrawn": ("mail", "", _("{Stage} withdrawn before it left")),
    "reminder.skipped": ("skip", "", _("{Stage} skipped")),
    "reminder.edited": ("pen", "", _("{Stage}: words edited")),
    "reminder.unedited": ("return", "", _("{Stage}: the usual words again")),
    "reminder.hurried": ("mail", "", _("{Stage}: to leave at once")),
    "reminder.unhurried": ("return", "", _("{Stage}: to leave at its usual hour after all")),
    "reminder.restored": ("return", "", _("{Stage} waits again")),
    "reminder.edited.anyway": ("pen", "care", _("{Stage}: words edited, to be sent although the tone guard objects")),
    "message.bounced": ("alert", "alert", _("A message came back")),
    "task.opened": ("info", "", _("For a person: {code}")),
    "task.done": ("check", "", _("Done by a person: {code}")),
    "task.reopened": ("return", "", _("Not done after all: {code}")),
    "need.put_off": ("date", "", _("Put off until {until}")),
    "need.back": ("return", "", _("No longer put off")),
    "mail.connected": ("mail", "", _("Mail account connected")),
    "mail.changed": ("mail", "", _("Mail account changed")),
    "mail.removed": ("mail", "care", _("Mail account disconnected")),
    "mail.tested": ("mail", "good", _("Test mail sent")),
    "sender.added": ("person", "", _("A person who signs was added")),
    "sender.changed": ("pen", "", _("A person who signs was changed")),
    "sender.removed": ("close", "", _("A person signs no more")),
    "days.closed": ("date", "", _("Days on which nothing leaves were added")),
    "days.opened": ("date", "", _("Days on which nothing leaves were taken back")),
    "sending.paused": ("hold", "care", _("Everything paused until {until}")),
    "sending.resumed": ("go", "", _("Everything goes on")),
    "alerts.changed": ("alert", "", _("Who is told of trouble was changed")),
}
HIDDEN = (
    "reminder.planned",
    "reminder.released",
    "payment.allocated",
    "charges.asked",
    "visit.ended",
    "attempt.paid",
    "attempt.pending",
    "attempt.open",
)
"""Machinery of an act that another entry tells."""


@dataclass(frozen=True)
class Moment:
    """One line of the timeline. `quote` is what was said or noted; `message` a message that can be opened."""

    at: datetime
    icon: str
    tone: str
    text: str
    who: str
    quote: str = ""
    message: Any = None
    files: Sequence[AnswerFile] = ()
    """What came with a customer's answer."""
    reply: int = 0
    """The id of a message of theirs, to be answered."""


GROUPS: dict[str, tuple[str, ...]] = {
    "messages": ("reminder.", "message.", "reply.", "answer.", "note.", "check_in."),
    "money": (
        "invoice.", "credit_note.", "payment.", "refund.", "charges.", "attempt.", "checkout.", "mandate.", "debit.",
        "discount.", "repeat.",
    ),
    "agreements": ("promise.", "plan.", "hold.", "dispute.", "settlement.", "offers.", "customer.excluded", "customer.included"),
    "calls": ("call.", "conversation."),
    "visits": ("link.visited", "code."),
    "notes": ("remark.",),
    "tasks": ("task.",),
    "changes": ("customer.", "contact", "details.", "address.", "document.", "link.made", "link.revoked", "links."),
}  # fmt: skip
"""Which entries (by how their kind begins) belong together, for those who look for something."""


def of_customer(
    desk: Desk, customer: Customer, before: int | None = None, group: str = ""
) -> tuple[list[Moment], int | None]:
    """A page of the customer's timeline older than entry `before`, and the key of the next page; of one group, or all."""
    rows = Entry.objects.of(desk.organization).filter(customer_id=customer.pk)
    if begins := GROUPS.get(group):
        rows = rows.filter(reduce(or_, (Q(kind__startswith=begin) for begin in begins)))
    return _page(desk, rows, before)


def of_invoice(
    desk: Desk, invoice: Invoice, before: int | None = None, asked: Mapping[int, int | None] | None = None
) -> tuple[list[Moment], int | None]:
    """The same for what speaks of one invoice: its own entries, the reminders that asked for it (`asked`, their ids with
    those of their messages, where they are known), and what was agreed and said about the account while it was open."""
    if asked is None:
        asked = dict(invoice.reminder_items.values_list("reminder_id", "reminder__message_id"))
    rows = Entry.objects.of(desk.organization).filter(customer_id=invoice.customer_id)
    about = Q(invoice_id=invoice.pk) | Q(kind__startswith="reminder.", data__reminder__in=list(asked))
    since = datetime.combine(invoice.issued, time.min, desk.organization.zone)
    for begin in OF_THE_ACCOUNT:
        about |= Q(invoice_id=None, kind__startswith=begin, at__gte=since)
    messages = {message for message in asked.values() if message}
    return _page(desk, rows.filter(about), before, lambda entry: _speaks_of(entry, invoice, messages, desk))


OF_THE_ACCOUNT = (
    "promise.", "plan.", "settlement.", "hold.", "answer.", "reply.", "conversation.", "call.", "message.bounced",
    "customer.excluded", "customer.included",
)  # fmt: skip
"""What is said of a customer as a whole, or of several invoices at once, and belongs to the story of each."""


def _speaks_of(entry: Entry, invoice: Invoice, messages: Collection[int], desk: Desk) -> bool:
    """Whether an entry of the account is about this invoice: it names it, or names none, while the invoice was open."""
    if entry.invoice_id or entry.kind.startswith("reminder."):
        return True
    if entry.kind == "message.bounced":
        return entry.data.get("message") in messages
    if entry.data.get("invoice") or entry.data.get("invoices"):
        return not names_another(entry, invoice.pk)
    return invoice.settled_on is None or desk.organization.today(entry.at) <= invoice.settled_on


def of_payment(desk: Desk, payment: Payment, before: int | None = None) -> tuple[list[Moment], int | None]:
    """The same for what speaks of one payment, since it stands with its customer."""
    rows = Entry.objects.of(desk.organization).filter(customer_id=payment.customer_id, data__payment=payment.pk)
    return _page(desk, rows, before)


def _page(
    desk: Desk, rows: QuerySet[Entry], before: int | None, fits: Callable[[Entry], bool] | None = None
) -> tuple[list[Moment], int | None]:
    rows = rows.exclude(kind__in=HIDDEN).select_related("text").order_by("-id")
    if before:
        rows = rows.filter(id__lt=before)
    found = filter(fits, rows.iterator(chunk_size=200)) if fits else rows[: PAGE + 1]
    entries = list(islice(found, PAGE + 1))
    shown = entries[:PAGE]
    teller = Teller(desk, shown)
    return [teller.tell(entry) for entry in shown], shown[-1].pk if len(entries) > PAGE else None


class Teller:
    """Puts entries into words, with everything they name looked up at once."""

    tellings: Mapping[str, Telling] = TELLINGS

    def __init__(self, desk: Desk, entries: Sequence[Entry]) -> None:
        self.desk = desk
        org = desk.organization
        invoice_ids = {entry.invoice_id or _held(entry) for entry in entries} - {0}
        reminder_ids = {entry.data["reminder"] for entry in entries if "reminder" in entry.data}
        user_ids = self._people(entries) - {desk.user.pk}
        given = [entry.data["given"] for entry in entries if entry.kind == "answer.given" and entry.data["files"]]
        reminders = Reminder.objects.of(org).filter(id__in=reminder_ids)
        files = AnswerFile.objects.of(org).filter(answer_id__in=given).defer("content")
        numbers, reminded, messages, answered, users = together(
            Question(Invoice.objects.of(org).filter(id__in=invoice_ids), "id", "number"),
            Question(reminders),
            Question(Message.objects.of(org).filter(reminders__in=reminder_ids)),
            Question(files.order_by("id")),
            Question(User.objects.filter(id__in=user_ids)),
        )
        self.numbers = dict(numbers)
        self.reminders: dict[int, Reminder] = {reminder.pk: reminder for reminder in reminded}
        texts = {message.pk: message for message in messages}
        for reminder in reminded:
            reminder.message = texts.get(reminder.message_id)
        self.files: dict[int, list[AnswerFile]] = {}
        for file in answered:
            self.files.setdefault(file.answer_id, []).append(file)
        self.users = {user.pk: _name(user) for user in (desk.user, *users)}

    def _people(self, entries: Sequence[Entry]) -> set[int]:
        return {int(entry.actor[5:]) for entry in entries if entry.actor.startswith("user:")}

    def kind_of(self, entry: Entry) -> str:
        """The kind, or what of it a sentence of its own is for."""
        kind = entry.kind
        if kind == "reminder.edited" and entry.data.get("overruled"):
            kind = "reminder.edited.anyway"
        if kind == "message.wanted" and entry.data.get("overruled"):
            kind = "message.wanted.anyway"
        if kind == "call.logged" and entry.data.get("again_on"):
            kind = "call.logged.again"
        if kind in ("hold.placed", "hold.released") and _held(entry):
            kind += ".invoice"
        if entry.kind == "hold.placed" and entry.data.get("until"):
            kind += ".until"
        return kind

    def tell(self, entry: Entry) -> Moment:
        reminder = self.reminders.get(entry.data.get("reminder", 0))
        kind = self.kind_of(entry)
        icon, tone, words = self.tellings.get(kind, ("journal", "", entry.kind.replace(".", " ").replace("_", " ")))
        text = str(words).format_map(_Shown(self.values(entry, reminder)))
        quote = entry.text.text if hasattr(entry, "text") else ""
        message = reminder.message if reminder and entry.kind in ("reminder.sent", "reminder.unconfirmed") else None
        files = self.files.get(entry.data["given"], ()) if entry.kind == "answer.given" else ()
        reply = int(entry.data.get("message", 0)) if entry.kind == "reply.received" else 0
        said = text[:1].upper() + text[1:]
        return Moment(entry.at, icon, tone, said, self.who(entry.actor), quote, message, files, reply)

    def values(self, entry: Entry, reminder: Reminder | None) -> dict[str, str]:
        locale, data = self.desk.locale, entry.data
        values = {"number": self.numbers.get(entry.invoice_id or _held(entry), str(data.get("number", "")))}
        values["note"] = str(data.get("number", ""))
        currency = data.get("currency") or self.desk.organization.currency
        if isinstance(data.get("amount"), int):
            freed = entry.kind == "payment.unallocated"  # its amount is the whole payment's
            values["amount"] = formats.money(-data["allocated"] if freed else data["amount"], currency, locale)
        if isinstance(data.get("charges"), int):
            values["charges"] = formats.money(abs(data["charges"]), currency, locale)
        for name in ("due", "pay_on", "until", "again_on"):
            if isinstance(data.get(name), str):
                values[name] = formats.short_date(date.fromisoformat(data[name]), locale)
        if isinstance(data.get("stage"), str):
            said = label(STAGES, data["stage"])
            values["Stage"] = said[:1].upper() + said[1:]
        if reminder:
            said = label(STAGES, reminder.stage)
            values["Stage"] = said[:1].upper() + said[1:]
            values["address"] = reminder.address
        if "answer" in data:
            values["told"] = told(data, locale, currency)
        if "fields" in data:
            values["fields"] = ", ".join(label(CUSTOMER_FIELDS, str(name)) for name in data["fields"])
        values["code"] = label(TASKS, str(data.get("code", "")))
        values["count"] = str(data.get("count", ""))
        values["answer"] = label(CHECKED_IN, str(data.get("answer", "")))
        outcomes = OUTCOMES if entry.kind == "call.logged" else DEBIT_OUTCOMES
        values["outcome"] = label(outcomes, str(data.get("outcome", "")))
        return values

    def who(self, actor: str) -> str:
        if actor.startswith("user:"):
            return self.users.get(int(actor[5:]), gettext("a former colleague"))
        if actor.startswith("round:"):
            return "Purring"
        provider, _, key = actor.partition(":")
        if whole(key) is not None and provider in plugins():
            return plugins()[provider].TITLE
        named = {"cli": gettext("command line"), "import": gettext("import"), "customer": gettext("the customer")}
        return named.get(actor, actor)


def _held(entry: Entry) -> int:
    """The invoice that a hold is about; 0: none, or another kind of entry."""
    return int(entry.data.get("invoice") or 0) if entry.kind.startswith("hold.") else 0


class _Shown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _name(user: User) -> str:
    return user.name or user.email
