# SPDX-License-Identifier: AGPL-3.0-or-later
"""Deciding a second time, and wording: from a claimed intention to a message that is ready to be prepared.

Nothing is stored here and nothing leaves; what may not leave any more comes back as a reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any, NamedTuple

from purring.core.answers import HOLD_CODES, SETTLED, Contact, Count
from purring.core.errors import Refused
from purring.core.reasons import why_hold
from purring.facts.checkout.models import Debit
from purring.facts.invoices.models import Attachment
from purring.facts.messages.models import Message
from purring.facts.organizations.models import Organization
from purring.followup import courtesy, debits
from purring.followup.accounts import Loaded, load_accounts
from purring.followup.charging import Asking, Charging, charges_of, is_stated, said_charges
from purring.followup.debit_parts import amounts_of, is_ours
from purring.followup.intentions import NewItem, Stored, first_reason, make_items, same_contact, stored_items
from purring.followup.linking import Linking, MessageLink
from purring.followup.models import Note, Reminder
from purring.followup.monthly import Statements
from purring.followup.notes import RECEIPT, TERMS, in_the_way, stage_of
from purring.followup.offered import Offered
from purring.followup.own_messages import PERSONAL, read_own, still_true
from purring.followup.own_wordings import let_stand, own_wordings
from purring.followup.saying import Document, Instalment, Saying, pay_by
from purring.followup.schedules import Followed
from purring.kit.batches import Ids
from purring.language.announcing import check_announcement, compose_announcement
from purring.language.check import Finding, check_words
from purring.language.compose import Words, compose
from purring.language.facts import Debit as Said
from purring.language.facts import MessageFacts
from purring.language.formats import locale_for
from purring.language.layout import as_plain_html
from purring.plugins.channel import Address, Channel

LEASE = timedelta(seconds=300)
"""Longer than the longest hand-over, so that nobody else takes a message that is still being spoken."""


@dataclass
class Sender:
    """From whom and through what: the address messages carry, and the channels that are set up."""

    address: str
    channels: dict[str, Channel]
    lease: timedelta = LEASE
    still: Callable[[], bool] | None = None
    """Whether this is still the way out: an account may be changed or taken away while messages leave by it."""
    tell: Callable[[str, datetime], None] | None = None
    """Told after each pass why nothing was taken, or "" when something was."""


class Draft(NamedTuple):
    """A message ready to be prepared, with everything its release needs."""

    reminder: Reminder
    one: Loaded
    language: str
    """The language of the wording, `nb`; the words themselves carry the regional tag, `nb-NO`."""
    words: Words
    facts: MessageFacts
    to: Address
    contact: Contact | None
    """None for a thank-you."""
    items: list[NewItem] | None
    """What it counts for, when that differs from the stored intention; None when it is the same."""
    documents: list[Document]
    """What goes along."""
    previous: str
    """Message-ID of the last mail to this customer, so that mail programs show one thread."""
    link: MessageLink
    askings: tuple[Asking, ...] = ()
    """The charges it asks for beside the invoices."""

    @property
    def stage(self) -> str:
        return self.contact.stage if self.contact else "thank_you"


_SILENT = frozenset(HOLD_CODES[: HOLD_CODES.index("final_reached")])
"""Answers that silence an invoice whatever would be said."""


class NotNow(Exception):
    """The intention may not leave any more, and why; it is withdrawn and decided afresh."""


class Drafting:
    """Drafts for one batch. Without a sender (a preview) any channel can be worded."""

    def __init__(
        self, organization: Organization, batch: list[Reminder], today: date, sender: Sender | None, followed: Followed
    ) -> None:
        self.organization, self.today, self.sender = organization, today, sender
        ids = {reminder.customer_id for reminder in batch}
        self.loaded = load_accounts(organization, ids, today, followed)
        invoice_ids = {key for one in self.loaded.values() for key in one.invoice_ids.values()}
        invoice_ids |= {r.payment.invoice_id for r in batch if r.payment and r.payment.invoice_id}
        self.saying = Saying(organization, ids, invoice_ids, followed)
        self.charging = Charging(organization, self.loaded, today)
        self.offered = Offered(organization, self.saying.customers.values(), invoice_ids, today)
        self.linking = Linking(organization, preview=sender is None)
        self.variants = variants(organization, ids)
        self.items = stored_items(organization, [reminder.pk for reminder in batch])
        personal = {reminder.pk: read_own(reminder) for reminder in batch if reminder.note_id}
        self.own = {key: own for key, own in personal.items() if own is not None}
        self.statements: Statements | None = None
        """Set by the round that sends: the monthly statements that go along. A preview keeps none."""
        self.wordings: Callable[[str], Mapping[str, str] | None] = cache(partial(own_wordings, organization))
        """The users' own wording files by language, looked for once in each batch; a look at texts that are being written
        sets others."""
        self.judges = True
        """Refuse words that would not leave. A look at texts that are being written shows them all the same."""

    def documents(self, batch: Iterable[Reminder]) -> list[Document]:
        """What is likely to go along, in the order of the batch."""
        found: list[Document] = []
        for reminder in batch:
            found += self.enclosed(reminder)
            items = self.items.get(reminder.pk, ())
            found += self.saying.attached(
                dict.fromkeys([reminder.request_id] if reminder.request_id else [invoice for invoice, *_ in items])
            )
        return found

    def draft(self, reminder: Reminder) -> Draft:
        """The message of one intention. Raises `NotNow`, or `Refused` when a person must look at it."""
        one = self.loaded[reminder.customer_id]
        if reminder.payment_id:
            return self._thanks(reminder, one)
        if reminder.request:
            return self._request(reminder, one, reminder.request.number)
        if reminder.note and reminder.note.kind == PERSONAL:
            return self._personal(reminder, one)
        if reminder.note:
            return self._note(reminder, one, reminder.note)
        if reminder.debit:
            return self._announcement(reminder, one, reminder.debit)
        decision = one.decide(self.today)
        contact = decision.contact
        if contact is None:
            raise NotNow(first_reason(decision))
        stored: list[Stored] = self.items.get(reminder.pk, [])
        same = same_contact(reminder, stored, contact, one)
        if reminder.own_text and not same:
            raise Refused("facts_changed", "the facts changed since the message was edited; please read it again")
        if self.sender and contact.channel not in self.sender.channels:
            raise Refused("no_channel", f"sending by {contact.channel} is not set up")
        invoice_ids = [one.invoice_ids[ref] for ref in contact.invoices]
        link = self.linking.link(invoice_ids)
        contact, words, facts, askings = self._with_charges(reminder, one, contact, link)
        documents = self._documents(one, contact, invoice_ids)
        draft = self._ready(reminder, one, words, facts, contact.to or "", contact, documents, link)
        return draft._replace(items=None if same else make_items(self.organization, one, contact), askings=askings)

    def _ready(
        self,
        reminder: Reminder,
        one: Loaded,
        words: Words,
        facts: MessageFacts,
        to: str,
        contact: Contact | None,
        documents: list[Document],
        link: MessageLink,
    ) -> Draft:
        """The draft of words to an address, in the thread of the last mail; it counts for what its intention says."""
        customer_id = one.customer.id
        return Draft(
            reminder,
            one,
            self.saying.language_of(customer_id),
            words,
            facts,
            self._to(customer_id, to),
            contact,
            None,
            documents,
            self.saying.previous_id(customer_id),
            link,
        )

    def _with_charges(
        self, reminder: Reminder, one: Loaded, contact: Contact, link: MessageLink
    ) -> tuple[Contact, Words, MessageFacts, tuple[Asking, ...]]:
        """The words with the charges they ask for. A person's own words, and a wording that does not speak of charges,
        ask for none."""
        language = self.saying.language_of(one.customer.id)
        until = pay_by(self.today, one.calendar)
        askings = () if reminder.own_text else self.charging.of(one, contact, until, language)
        facts = self.saying.facts(one, contact, self.today, said_charges(askings))
        facts = self.offered.put(
            facts, contact.stage, one.customer.id, [one.invoice_ids[ref] for ref in contact.invoices]
        )
        words, facts = self._words(reminder, contact.stage, contact.channel, facts, one, link)
        if askings and not is_stated(words, facts):
            askings, facts = (), self.saying.facts(one, contact, self.today)
            words, facts = self._words(reminder, contact.stage, contact.channel, facts, one, link)
        return contact._replace(charges=charges_of(askings)), words, facts, askings

    def _request(self, reminder: Reminder, one: Loaded, number: str) -> Draft:
        answer = one.decide(self.today).answers.get(number)
        invoice = next((invoice for invoice in one.account.invoices if invoice.ref == number), None)
        to = one.account.reach["email"].to
        if answer is None or invoice is None or answer.code in _SILENT:
            raise NotNow(why_hold(answer or SETTLED))
        if not to:
            raise Refused("no_address", f"there is no e-mail address of {one.customer.name} to send {number} to")
        contact = Contact(
            stage="request",
            channel="email",
            to=to,
            currency=invoice.currency,
            asked=invoice.balance,
            invoices=(number,),
            counts=(Count((number,), None, None, "request", invoice.balance),),
            oldest=number,
            due=invoice.due,
            repeated=False,
            broken_promise=None,
        )
        link = self.linking.link([one.invoice_ids[number]])
        facts = self.saying.facts(one, contact, self.today)
        facts = self.offered.put(facts, "request", one.customer.id, [one.invoice_ids[number]])
        words, facts = self._words(reminder, "request", "email", facts, one, link)
        documents = self._documents(one, contact, [one.invoice_ids[number]])
        return self._ready(reminder, one, words, facts, to, contact, documents, link)

    def _documents(self, one: Loaded, contact: Contact, invoice_ids: list[int]) -> list[Document]:
        """What goes along with a mail that asks: the invoices' documents, and the monthly statement."""
        if contact.channel != "email":
            return []
        statement = (
            self.statements.of(self.saying.customers[one.customer.id], contact.currency) if self.statements else []
        )
        return [*self.saying.attached(invoice_ids), *statement]

    def _note(self, reminder: Reminder, one: Loaded, note: Note) -> Draft:
        if answer := in_the_way(one, note, self.today):
            raise NotNow(why_hold(answer))
        ids = [note.invoice_id] if note.invoice_id else list(one.invoice_ids.values()) if note.kind == RECEIPT else []
        if set(ids) - set(one.invoice_ids.values()) or (note.kind == RECEIPT and not ids):
            raise NotNow(why_hold(SETTLED))
        stage, to = stage_of(note.kind), one.account.reach["email"].to or ""
        link = self.linking.link(ids)
        facts = self.saying.note(one.customer.id, note.kind, to, ids, self.today)
        words, facts = self._words(reminder, stage, "email", facts, one, link)
        contact = _asking_nothing(stage, to, facts.currency, 0, self.today)
        documents = [] if note.kind == TERMS else self.saying.attached(ids)
        return self._ready(reminder, one, words, facts, to, contact, documents, link)

    def _personal(self, reminder: Reminder, one: Loaded) -> Draft:
        """A person's own message: their words about an account that is still as it was, in the thread they answer."""
        own = self.own.get(reminder.pk)
        if own is None:
            raise NotNow("its words are gone")
        still_true(own, one)
        if not reminder.own_text:
            reminder.own_subject, reminder.own_text = own.subject, own.text
        ids = [key for key in own.invoices if key in one.invoice_ids.values()]
        facts = self.saying.note(one.customer.id, RECEIPT, own.address, ids, self.today)
        language = self.saying.language_of(one.customer.id)
        locale = locale_for(language, one.customer.country or None)
        link = self.linking.link(ids)
        blank = Words(reminder.own_subject, reminder.own_text, "", locale.replace("_", "-"), locale)
        words = edited(blank, reminder, link)
        contact = _asking_nothing(reminder.stage, own.address, facts.currency, 0, self.today)
        draft = self._ready(reminder, one, words, facts, own.address, contact, self.enclosed(reminder), link)
        answered = own.reply_to.message_id if own.reply_to else ""
        return draft._replace(previous=answered or draft.previous)

    def enclosed(self, reminder: Reminder) -> list[Document]:
        """What a person chose to go along with their own message."""
        own = self.own.get(reminder.pk)
        if own is None or not own.documents:
            return []
        rows = Attachment.objects.of(self.organization).filter(pk__in=own.documents).order_by("id")
        return [Document(*row) for row in rows.values_list(*Document._fields)]

    def _announcement(self, reminder: Reminder, one: Loaded, debit: Debit) -> Draft:
        """What is taken soon, and when, in words that ask for nothing. Parts that something else silences are not taken,
        so they are not announced: then it is decided afresh."""
        answers = one.decide(self.today).answers
        parts = [part for part in debit.parts.select_related("invoice") if not part.left_out]
        whole = all(is_ours(one, debit, part, answers, self.today) for part in parts)
        if answer := debits.in_the_way(one, self.today, debit.currency):
            raise NotNow(why_hold(answer))
        if not parts or not whole or debit.ended_at or debit.mandate.ended_at:
            raise NotNow("something else was found with the customer, or it is settled; decided afresh")
        to = one.account.reach["email"].to or ""
        taken = amounts_of(one, debit)
        amounts = {part.invoice_id: taken[part.pk] for part in parts if taken[part.pk]}
        said = Said(
            debits.taken_on(debit, self.today, self.organization),
            debit.mandate.label,
            bool(self.organization.autopay_retries),
        )
        link = self.linking.link(list(amounts))
        if not amounts:
            raise NotNow(why_hold(SETTLED))
        facts = self.saying.announcement(one.customer.id, amounts, said, to, self.today, _which(debit))
        facts = self.linking.put(
            facts, link, "autopay", "email", {self.saying.invoices[key].entity_id for key in amounts}
        )
        language = self.saying.language_of(one.customer.id)
        own = self.wordings(language)
        words = compose_announcement(
            facts,
            language,
            country=one.customer.country or None,
            voice=self.organization.voice,  # type: ignore[arg-type]
            own=own,
        )
        if reminder.own_text:
            words = edited(words, reminder, link)
        elif self.judges:
            _refuse_wrong_words(check_announcement(words, facts))
            if own:
                allowed = let_stand(self.organization, language, "autopay", "email")
                courtesy.refuse_unkind_wording(words, "autopay", "email", facts, allowed)
            else:
                courtesy.refuse_unkind_facts(words, facts)
        contact = _asking_nothing("autopay", to, debit.currency, sum(amounts.values()), debit.due)
        return self._ready(reminder, one, words, facts, to, contact, self.saying.attached(amounts), link)

    def _thanks(self, reminder: Reminder, one: Loaded) -> Draft:
        payment = reminder.payment
        assert payment is not None
        to = one.account.reach["email"].to
        if one.account.excluded or not to or payment.reversals.exists():
            raise NotNow("no thank-you: the customer is excluded, has no address, or the payment went back")
        if payment.customer_id != reminder.customer_id:
            raise NotNow("no thank-you: the payment was moved to another customer, whose it is")
        number = next((ref for ref, key in one.invoice_ids.items() if key == payment.invoice_id), None)
        still_open = next((invoice.balance for invoice in one.account.invoices if invoice.ref == number), 0)
        link = self.linking.link([payment.invoice_id] if payment.invoice_id else [])
        facts = self.saying.thanks(payment, to, still_open, self.today)
        words, facts = self._words(reminder, "thank_you", "email", facts, one, link)
        return self._ready(reminder, one, words, facts, to, None, [], link)

    def _words(
        self, reminder: Reminder, stage: Any, channel: Any, facts: MessageFacts, one: Loaded, link: MessageLink
    ) -> tuple[Words, MessageFacts]:
        """The words, and the facts with the link that they say."""
        entities = {self.saying.invoices[key].entity_id for key in link.shows if key in self.saying.invoices}
        facts = self.linking.put(facts, link, stage, channel, entities)
        language = self.saying.language_of(one.customer.id)
        own = self.wordings(language)
        words = compose(
            stage,
            channel,
            facts,
            language,
            country=one.customer.country or None,
            variant=self.variants.get((one.customer.id, stage), 0),
            voice=self.organization.voice,  # type: ignore[arg-type]
            own=own,
        )
        if reminder.own_text:
            return edited(words, reminder, link), facts
        if self.judges:
            _refuse_wrong_words(check_words(words, facts, stage, channel))
            if own:
                allowed = let_stand(self.organization, language, stage, channel)
                courtesy.refuse_unkind_wording(words, stage, channel, facts, allowed)
            else:
                courtesy.refuse_unkind_facts(words, facts)
        return words, facts

    def imagined(self, reminder: Reminder, contact: Contact) -> tuple[Words, MessageFacts]:
        """The words that this contact would have, whether or not it may be made now."""
        one = self.loaded[reminder.customer_id]
        link = self.linking.link([one.invoice_ids[ref] for ref in contact.invoices])
        _, words, facts, _ = self._with_charges(reminder, one, contact, link)
        return words, facts

    def said(
        self, reminder: Reminder, stage: str, channel: str, facts: MessageFacts, ids: Iterable[int]
    ) -> tuple[Words, MessageFacts]:
        """The words of a message that asks for nothing, made of these facts and about these invoices."""
        return self._words(reminder, stage, channel, facts, self.loaded[reminder.customer_id], self.linking.link(ids))

    def _to(self, customer_id: int, address: str) -> Address:
        person = self.saying.person(customer_id, address)
        name = person.name if person and person.name else self.saying.customers[customer_id].name
        return Address(name, address)


def _which(debit: Debit) -> Instalment | None:
    """The instalment of a plan that a debit takes."""
    one = debit.instalment
    return Instalment(one.number + 1, one.plan.instalments.count(), one.due, one.amount) if one else None


def _asking_nothing(stage: str, to: str, currency: str, amount: int, due: date) -> Contact:
    """A mail that speaks of an amount, or of none, and asks for nothing."""
    return Contact(
        stage=stage,
        channel="email",
        to=to,
        currency=currency,
        asked=amount,
        invoices=(),
        counts=(),
        oldest="",
        due=due,
        repeated=False,
        broken_promise=None,
    )


def _refuse_wrong_words(findings: Iterable[Finding]) -> None:
    """Words that would say something wrong, or leave something out, wait for a person."""
    if blocking := [finding.message for finding in findings if finding.blocking]:
        raise Refused("words", "; ".join(blocking))


def edited(words: Words, reminder: Reminder, link: MessageLink) -> Words:
    """A person's words for this one message: as text, and as plain paragraphs in HTML, with the links that they kept.
    Raises `Refused` when they may hurt and nobody overruled it."""
    text = link.put_into(reminder.own_text)
    subject = reminder.own_subject or words.subject
    made = Words(subject, text, as_plain_html(text, subject, words.language), words.language, words.locale)
    courtesy.refuse_unkind(made, reminder)
    return made


def variants(organization: Organization, ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """How often each stage went to each customer: the choice among its wordings."""
    counts: dict[tuple[int, str], int] = defaultdict(int)
    rows = Message.objects.of(organization).filter(customer_id__any_of=Ids(ids), direction="out")
    for customer_id, kind in rows.values_list("customer_id", "kind"):
        counts[customer_id, kind] += 1
    return counts
