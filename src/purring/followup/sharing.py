# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person says who passes a link on: a subject, a mail and a short message, in the customer's words and language.

Nothing leaves from here: the person sends it, from their own mail program or telephone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import cast

from purring.core.errors import Refused
from purring.facts.customers.models import AddressTrouble
from purring.facts.invoices.models import Invoice
from purring.facts.offers.early import prices
from purring.facts.organizations.models import LegalEntity
from purring.facts.sending.identities import Signers, identities
from purring.followup.own_wordings import own_wordings
from purring.followup.saying import debtor_facts, language_for, sender_facts
from purring.language import facts as say
from purring.language.compose import Words, compose
from purring.language.facts import Discount
from purring.language.tags import Channel, Stage, Voice


@dataclass(frozen=True)
class Shared:
    """Words around a link."""

    language: str
    subject: str
    text: str
    """For a mail."""
    short: str
    """For a text message or a chat."""
    email: str
    phone: str
    """Where the customer is reached; empty when not known, or when it does not work."""


def shared_words(invoice: Invoice, entity: LegalEntity | None, address: str, today: date) -> Shared:
    """The words that ask for an open invoice, billed by this entity, with this link. Refuses (`settled`) when nothing of
    it is open."""
    customer = invoice.customer
    organization = customer.organization
    if not invoice.balance:
        raise Refused("settled", "nothing of it is open any more")
    troubles = AddressTrouble.objects.of(organization).filter(customer=customer)
    spoiled = set(troubles.values_list("address", flat=True))
    people = list(customer.contacts.order_by("position", "id"))
    email = next((one.email for one in people if one.email and one.email not in spoiled), "")
    phone = next((one.phone for one in people if one.phone and one.phone not in spoiled), "")
    person = next((one for one in people if email and one.email == email), people[0] if people else None)
    signs = Signers(identities(organization)).of(entity.pk if entity else None, customer.sender_id)
    sender = sender_facts(organization, entity, signs)
    item = say.Item(
        number=invoice.number,
        due_on=invoice.due,
        amount_minor=invoice.amount,
        open_minor=invoice.balance,
        days_overdue=(today - invoice.due).days,
        paid_minor=invoice.amount - invoice.balance,
        description=invoice.description,
        purchased_on=invoice.purchased_on,
        order_status=invoice.order_status,
        po_number=invoice.po_number,
        issued_on=invoice.issued,
    )
    ways = [say.WayToPay("online"), *([say.WayToPay("transfer")] if sender.accounts else [])]
    facts = say.MessageFacts(
        today=today,
        organization=sender,
        customer=debtor_facts(customer, person),
        currency=invoice.currency,
        items=(item,),
        total_minor=invoice.balance,
        reference=invoice.reference or invoice.number,
        pay_link=address,
        ways=tuple(ways),
        closeness=cast(say.Closeness, customer.closeness),
        formality=cast(say.Formality, customer.formality or "none"),
    )
    early = prices([invoice], today)[invoice.pk] if invoice.balance == invoice.amount else ()
    best = early[0] if early else None
    if best and best.until and invoice.due >= today:
        facts = replace(facts, discount=Discount(Decimal(best.percent) / 100, best.until, best.amount))
    language = language_for(customer.language, organization.language, country=customer.country)
    stage: Stage = "request" if invoice.due >= today else "friendly"

    def said(channel: Channel) -> Words:
        return compose(
            stage,
            channel,
            facts,
            language,
            country=customer.country or None,
            voice=cast(Voice, organization.voice),
            own=own_wordings(organization, language),
        )

    mail = said("email")
    return Shared(mail.language, mail.subject, mail.text, said("sms").text, email, phone)
