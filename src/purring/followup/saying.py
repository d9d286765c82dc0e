# SPDX-License-Identifier: AGPL-3.0-or-later
"""From rows to the facts of a message: what it is about, who writes to whom, what was said and paid before.

Loads what a whole batch needs in a fixed number of queries; `facts` then makes the values for one contact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, cast

from purring.core.answers import Contact
from purring.core.calendar import Calendar
from purring.facts.agreements.models import CheckIn
from purring.facts.customers.models import USUAL_TERMS_DAYS, Customer
from purring.facts.customers.models import Contact as Person
from purring.facts.invoices.models import Attachment, Invoice, InvoiceLine
from purring.facts.messages.models import Conversation, Message
from purring.facts.organizations.logos import address_of, size_of
from purring.facts.organizations.models import LegalEntity, Organization
from purring.facts.payments.models import Allocation, Payment
from purring.facts.sending.identities import Signers
from purring.facts.sending.models import Identity
from purring.followup.accounts import Loaded
from purring.followup.schedules import Followed
from purring.kit.batches import Ids
from purring.kit.together import FEW, Question, answers
from purring.language import facts as say
from purring.language.compose import LANGUAGES, spoken_in
from purring.language.tags import normalise

ASKED_WITHIN_DAYS = 7
"""From `follow_up` on a message asks for payment within a week, moved to a working day."""

Stage = Any


class InvoiceWords(NamedTuple):
    """What of an invoice's row a message can say."""

    id: int
    customer_id: int
    entity_id: int | None
    number: str
    description: str
    issued: date
    due: date
    purchased_on: date | None
    amount: int
    allocated: int
    credited: int
    po_number: str
    order_status: str
    reference: str
    pay_link: str
    currency: str


class Document(NamedTuple):
    """A stored attachment, without its bytes."""

    id: int
    filename: str
    content_type: str
    size: int
    """Bytes."""


class LastMail(NamedTuple):
    """The last mail to a customer."""

    message_id: str
    kind: str
    at: datetime


class Instalment(NamedTuple):
    """One of a plan, in words: which, of how many, when, how much."""

    number: int
    of: int
    due: date
    amount: int


def _as_instalment(one: Instalment, invoices: Sequence[Any], still_open: int, today: date) -> tuple[say.Item, ...]:
    return (
        say.Item(
            number=", ".join(invoice.number for invoice in invoices),
            due_on=one.due,
            amount_minor=one.amount,
            open_minor=still_open,
            days_overdue=(today - one.due).days,
            paid_minor=one.amount - still_open,
            instalment=(one.number, one.of),
        ),
    )


def item_of(invoice: Invoice | InvoiceWords, today: date, open_minor: int) -> say.Item:
    """An invoice with all that is told of it, and what is still open of it."""
    return say.Item(
        number=invoice.number,
        due_on=invoice.due,
        amount_minor=invoice.amount,
        open_minor=open_minor,
        days_overdue=(today - invoice.due).days,
        paid_minor=invoice.allocated + invoice.credited,
        description=invoice.description,
        purchased_on=invoice.purchased_on,
        order_status=invoice.order_status,
        po_number=invoice.po_number,
        issued_on=invoice.issued,
    )


class Saying:
    """Everything a batch of messages may say."""

    def __init__(
        self,
        organization: Organization,
        customer_ids: Iterable[int],
        invoice_ids: Iterable[int],
        followed: Followed | None = None,
    ) -> None:
        """`followed`: the schedules, where a step may name who signs."""
        self.organization, self.followed = organization, followed
        org, customers, invoices = organization.pk, Ids(customer_ids), Ids(invoice_ids)
        people = Person.objects.of(org).filter(customer_id__any_of=customers)
        lines = InvoiceLine.objects.of(org).filter(invoice_id__any_of=invoices).order_by("invoice_id", "position")
        given = Allocation.objects.of(org).filter(invoice_id__any_of=invoices, amount__gt=0).order_by("on", "id")
        kept = Attachment.objects.of(org).filter(invoice_id__any_of=invoices).order_by("id")
        said = Message.objects.of(org).filter(customer_id__any_of=customers, direction="out", channel="email")
        received = CheckIn.objects.of(org).filter(customer_id__any_of=customers, kind="receipt", answer="yes")
        calls = Conversation.objects.of(org).filter(customer_id__any_of=customers, outcome="reached").order_by("on")
        found = answers(
            [
                Question(LegalEntity.objects.of(org)),
                Question(Customer.objects.of(org).filter(id__any_of=customers)),
                Question(people.order_by("customer_id", "position", "id")),
                Question(Invoice.objects.of(org).filter(id__any_of=invoices), *InvoiceWords._fields),
                Question(lines, "invoice_id", "description", "quantity", "unit_price", "total"),
                Question(given, "invoice_id", "on", "amount", "payment__method"),
                Question(kept, "invoice_id", *Document._fields),
                Question(said.order_by("id"), "customer_id", *LastMail._fields),
                Question(received, "customer_id"),
                Question(calls, "customer_id", "on"),
                Question(Identity.objects.of(org).filter(removed_at=None)),
            ],
            few=len(customers.all) <= FEW,
        )
        entities, rows, persons, invoice_rows, line_rows, paid, documents, mails, confirmed, spoken, signers = found
        self.entities: dict[int, LegalEntity] = {entity.pk: entity for entity in entities}
        self.default_entity = next((e for e in self.entities.values() if e.is_default), None)
        self._senders: dict[tuple[int | None, int | None], say.Organization] = {}
        self.signers = Signers(signers)
        self.customers: dict[int, Customer] = {row.pk: row for row in rows}
        self.people: dict[int, list[Person]] = defaultdict(list)
        for person in persons:
            self.people[person.customer_id].append(person)
        self.invoices = {row[0]: InvoiceWords(*row) for row in invoice_rows}
        self.lines: dict[int, list[say.Line]] = defaultdict(list)
        for invoice_id, description, quantity, unit, total in line_rows:
            self.lines[invoice_id].append(say.Line(description, quantity, total if unit is None else unit, total))
        self.paid: dict[int, list[say.Payment]] = defaultdict(list)
        for invoice_id, on, amount, method in paid:
            self.paid[invoice_id].append(say.Payment(on, amount, _method(method)))
        self.documents: dict[int, list[Document]] = defaultdict(list)
        for invoice_id, *document in documents:
            self.documents[invoice_id].append(Document(*document))
        self.last = {customer_id: LastMail(*mail) for customer_id, *mail in mails}
        self.received = {customer_id for (customer_id,) in confirmed}
        self.spoken: dict[int, date] = dict(spoken)

    def language_of(self, customer_id: int) -> str:
        """The customer's language if it can be written, else the organization's, else English."""
        customer = self.customers[customer_id]
        return language_for(customer.language, self.organization.language, country=customer.country)

    def attached(self, invoice_ids: Iterable[int]) -> list[Document]:
        """The documents that go along with these invoices."""
        return [document for invoice_id in invoice_ids for document in self.documents.get(invoice_id, ())]

    def previous_id(self, customer_id: int) -> str:
        """Message-ID of the last mail to the customer, or empty."""
        return self.last[customer_id].message_id if customer_id in self.last else ""

    def facts(
        self, one: Loaded, contact: Contact, today: date, charges: tuple[say.Charge, ...] = ()
    ) -> say.MessageFacts:
        """What a reminder of this contact may say; `charges` stand beside what it asks for."""
        customer = self.customers[one.customer.id]
        invoice_ids = [one.invoice_ids[ref] for ref in contact.invoices]
        first = self.invoices[invoice_ids[0]]
        counted = [counted for invoice in one.account.invoices for counted in invoice.counted]
        previous: say.Previous = "none"
        if counted:
            previous = "received" if customer.pk in self.received else "silence"
        last = max((counted_one.on for counted_one in counted), default=None)
        broken = contact.broken_promise
        spoken_on = self.spoken.get(customer.pk)
        signer = (
            self.followed.signer(first.id, customer.pk, customer.group_id, contact.stage) if self.followed else None
        )
        agreement = (
            say.Agreement(on=spoken_on, by_phone=True) if spoken_on and (not last or spoken_on >= last) else None
        )
        return say.MessageFacts(
            today=today,
            organization=self.sender(first.entity_id, customer, signer),
            customer=self.debtor(customer, contact.to),
            currency=contact.currency,
            items=tuple(self._items(one, contact, today)),
            total_minor=contact.asked + sum(one.amount_minor for one in charges if one.waived_if_paid_by is None),
            credit_minor=sum(count.amount for count in contact.counts) - contact.asked,
            reference=(first.reference or first.number) if len(invoice_ids) == 1 else "",
            pay_link=first.pay_link if len(invoice_ids) == 1 else "",
            ways=self._ways(first),
            preferred_method=_method(customer.preferred_method),
            closeness=cast(say.Closeness, customer.closeness),
            formality=cast(say.Formality, customer.formality or "none"),
            pay_by=pay_by(today, one.calendar) if contact.stage in ("follow_up", "firm", "final") else None,
            payments=tuple(payment for key in invoice_ids for payment in self.paid.get(key, ())),
            previous=previous,
            previous_on=last,
            agreement=agreement,
            broken_promise=say.BrokenPromise(broken.pay_on, broken.amount) if broken else None,
            consequence=say.Consequence("colleague") if contact.stage in ("firm", "final") else None,
            attachments=tuple(document.filename for document in self.attached(invoice_ids)),
            charges=charges,
        )

    def thanks(self, payment: Payment, to: str, still_open: int, today: date) -> say.MessageFacts:
        """What a thank-you for a payment may say."""
        customer = self.customers[payment.customer_id]
        invoice = self.invoices.get(payment.invoice_id or 0)
        items: tuple[say.Item, ...] = ()
        if invoice:
            items = (
                say.Item(
                    number=invoice.number,
                    due_on=invoice.due,
                    amount_minor=invoice.amount,
                    open_minor=still_open,
                    days_overdue=(today - invoice.due).days,
                    paid_minor=invoice.allocated,
                    description=invoice.description,
                    issued_on=invoice.issued,
                ),
            )
        return say.MessageFacts(
            today=today,
            organization=self.sender(invoice.entity_id if invoice else None, customer),
            customer=self.debtor(customer, to),
            currency=payment.currency,
            items=items,
            total_minor=still_open,
            ways=self._ways(invoice) if invoice and still_open else (),
            closeness=cast(say.Closeness, customer.closeness),
            formality=cast(say.Formality, customer.formality or "none"),
            received=say.Payment(payment.on, payment.amount, _method(payment.method)),
        )

    def note(self, customer_id: int, kind: str, to: str, invoice_ids: Sequence[int], today: date) -> say.MessageFacts:
        """What a note on terms, or a check-in about these invoices, may say."""
        customer = self.customers[customer_id]
        invoices = [self.invoices[key] for key in invoice_ids]
        entity_id = invoices[0].entity_id if invoices else None
        is_terms = kind == "terms_note"
        days = USUAL_TERMS_DAYS if customer.terms_days is None else customer.terms_days
        return say.MessageFacts(
            today=today,
            organization=self.sender(entity_id, customer),
            customer=self.debtor(customer, to),
            currency=invoices[0].currency if invoices else self.organization.currency,
            items=tuple(
                item_of(invoice, today, invoice.amount - invoice.allocated - invoice.credited) for invoice in invoices
            ),
            ways=(say.WayToPay("transfer"),) if is_terms and self.sender(entity_id).accounts else (),
            preferred_method=_method(customer.preferred_method),
            closeness=cast(say.Closeness, customer.closeness),
            formality=cast(say.Formality, customer.formality or "none"),
            attachments=() if is_terms else tuple(one.filename for one in self.attached(invoice_ids)),
            check_in="satisfaction" if kind == "satisfaction" else "receipt",
            terms_days=days if is_terms else None,
        )

    def announcement(
        self,
        customer_id: int,
        amounts: Mapping[int, int],
        debit: say.Debit,
        to: str,
        today: date,
        instalment: Instalment | None = None,
    ) -> say.MessageFacts:
        """What the announcement of an automatic payment may say; `amounts` by invoice id, or together for an instalment."""
        customer = self.customers[customer_id]
        invoices = [self.invoices[key] for key in amounts]
        return say.MessageFacts(
            today=today,
            organization=self.sender(invoices[0].entity_id, customer),
            customer=self.debtor(customer, to),
            currency=invoices[0].currency,
            items=_as_instalment(instalment, invoices, sum(amounts.values()), today)
            if instalment
            else tuple(
                say.Item(
                    number=invoice.number,
                    due_on=invoice.due,
                    amount_minor=invoice.amount,
                    open_minor=amounts[invoice.id],
                    days_overdue=(today - invoice.due).days,
                    paid_minor=invoice.allocated + invoice.credited,
                    description=invoice.description,
                    po_number=invoice.po_number,
                    issued_on=invoice.issued,
                )
                for invoice in invoices
            ),
            total_minor=sum(amounts.values()),
            closeness=cast(say.Closeness, customer.closeness),
            formality=cast(say.Formality, customer.formality or "none"),
            debit=debit,
        )

    def _items(self, one: Loaded, contact: Contact, today: date) -> Iterable[say.Item]:
        disputed = {invoice.ref: invoice.disputed for invoice in one.account.invoices}
        plans = {plan.ref: plan for plan in one.account.plans}
        for count in contact.counts:
            invoice = self.invoices[one.invoice_ids[count.invoices[0]]]
            due, amount, which = invoice.due, invoice.amount, None
            paid, number = invoice.allocated + invoice.credited, invoice.number
            if count.plan is not None and count.instalment is not None:
                instalments = plans[count.plan].instalments
                due, amount = instalments[count.instalment].due, instalments[count.instalment].amount
                which = (count.instalment + 1, len(instalments))
                paid, number = amount - count.amount, ", ".join(count.invoices)
            yield say.Item(
                number=number,
                due_on=due,
                amount_minor=amount,
                open_minor=count.amount,
                days_overdue=(today - due).days,
                paid_minor=paid,
                disputed_minor=0 if which else min(disputed[count.invoices[0]], amount),
                description=invoice.description,
                purchased_on=invoice.purchased_on,
                order_status=invoice.order_status,
                po_number=invoice.po_number,
                issued_on=invoice.issued,
                lines=tuple(self.lines.get(invoice.id, ())),
                instalment=which,
            )

    def sender(
        self, entity_id: int | None, customer: Customer | None = None, signer: int | None = None
    ) -> say.Organization:
        """Who asks: the legal entity with its accounts and addresses, and the person who signs: the one the customer knows,
        else `signer` of the schedule's step, else the usual one."""
        entity = self.entities.get(entity_id or 0) or self.default_entity
        person = self.signers.of(entity.pk if entity else None, customer.sender_id if customer else None, signer)
        key = (entity_id, person.pk if person else None)
        if key not in self._senders:
            self._senders[key] = sender_facts(self.organization, entity, person)
        return self._senders[key]

    def person(self, customer_id: int, address: str | None) -> Person | None:
        """The contact this address belongs to, else the first one."""
        people = self.people.get(customer_id, [])
        return next((p for p in people if address and address in (p.email, p.phone)), people[0] if people else None)

    def debtor(self, customer: Customer, address: str | None) -> say.Customer:
        return debtor_facts(customer, self.person(customer.pk, address))

    def _ways(self, invoice: InvoiceWords) -> tuple[say.WayToPay, ...]:
        ways: list[say.WayToPay] = []
        if invoice.pay_link:
            ways.append(say.WayToPay("online"))
        if self.sender(invoice.entity_id).accounts:
            ways.append(say.WayToPay("transfer"))
        return tuple(ways)


def language_for(*tags: str, country: str = "") -> str:
    """The first of these languages that can be written, as it is spoken in the customer's country; else English."""
    return next((known for tag in tags if (known := normalise(spoken_in(tag, country))) in LANGUAGES), "en")


def debtor_facts(customer: Customer, person: Person | None) -> say.Customer:
    """The customer as a message names it, and the person it is for, if known by name."""
    contact = None
    if person and (person.name or person.family_name):
        gender = person.gender if person.gender in ("f", "m") else "unknown"
        contact = say.Contact(
            person.given_name, person.family_name, person.name, person.title, cast(say.Gender, gender)
        )
    return say.Customer(customer.name, cast(say.CustomerKind, customer.kind), contact, _postal(customer))


def _logo_of(entity: LegalEntity) -> say.Logo | None:
    return say.Logo(address_of(entity.mail_logo), *size_of(entity.mail_logo)) if entity.mail_logo else None


def sender_facts(
    organization: Organization, entity: LegalEntity | None, person: Identity | None = None
) -> say.Organization:
    """Who asks: the legal entity with its accounts and addresses, and the person who signs (None: as the entity says)."""
    if entity is None:
        return say.Organization(organization.name, sender_name=person.name if person else "")
    answers_to = (person.reply_to if person else "") or entity.email
    return say.Organization(
        name=entity.name,
        sender_name=person.name if person else entity.sender_name,
        sender_title=person.title if person else entity.sender_title,
        signature=person.signature if person else "",
        phone=entity.phone,
        email=answers_to,
        reply_to=answers_to,
        address_lines=_postal(entity),
        place=entity.city,
        accounts=tuple(
            say.BankAccount(a["number"], a.get("label", ""), a.get("bic") or "")
            for a in entity.accounts
            if a.get("number")
        ),
        legal_footer=" · ".join(part for part in (entity.registration, entity.vat_id) if part),
        logo=_logo_of(entity),
    )


def _postal(party: LegalEntity | Customer) -> tuple[str, ...]:
    """Street and place as they stand on an envelope."""
    place = " ".join(part for part in (party.postcode, party.city) if part)
    return tuple(line for line in (*party.address_lines.splitlines(), place) if line.strip())


_METHODS = {"transfer", "card", "direct_debit", "cash", "cheque", "phone", "mobile", "online"}


def _method(name: str) -> say.Method | None:
    return cast(say.Method, name) if name in _METHODS else None


def pay_by(today: date, calendar: Calendar) -> date:
    """The day by which a message from `follow_up` on asks to be paid."""
    return calendar.shift(today + timedelta(ASKED_WITHIN_DAYS))
