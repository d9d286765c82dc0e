# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person's own message can begin with, in the customer's language: an empty page with greeting and closing, the
wording of a stage, or an answer of the objection playbook. A beginning is text to go on from; nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple, cast

from purring.core.calendar import working_days
from purring.core.errors import Refused
from purring.facts.agreements.models import Promise
from purring.facts.customers.models import Contact, Customer
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Conversation, Message, Outcome
from purring.facts.organizations.models import LegalEntity
from purring.facts.sending.identities import Signers
from purring.facts.sending.models import Identity
from purring.followup.linking import Linking
from purring.followup.own_wordings import own_wordings
from purring.followup.saying import debtor_facts, item_of, language_for, pay_by, sender_facts
from purring.kit.together import Question, together
from purring.language import facts as say
from purring.language.answering import compose_answer
from purring.language.compose import compose
from purring.language.tags import CASES, LATE, Stage, Voice

EMPTY = "empty"
STAGES: tuple[str, ...] = ("courtesy", "friendly", "follow_up", "firm", "final", "thank_you")
"""Wordings that a person may begin with; the others follow from a fact."""
_PAGE = {"reply": "== subject\n{{ organization }}\n\n== message\n{{ greeting }}\n\n{{ closing }}\n"}


class Beginning(NamedTuple):
    """Words to go on from."""

    subject: str
    text: str


def begin(
    customer: Customer,
    what: str,
    invoices: list[Invoice],
    address: str,
    today: date,
    reply_to: Message | None = None,
    *,
    added: str = "",
) -> Beginning:
    """`what`: `empty` (with `added` between greeting and closing), a stage, or a case of the playbook. Refuses
    (`no_wording`) what cannot be said in the language."""
    manner = manner_of(customer)
    facts = facts_about(customer, invoices, address, today, replied_on=day_of(customer, reply_to))
    if what in STAGES and what != "thank_you" and not invoices:
        raise Refused("no_wording", "this beginning speaks of open invoices, and none is chosen", field="invoices")
    if what in STAGES:
        facts = replace(linked(customer, invoices, facts, cast(Stage, what)), answers=())
    if what in CASES:
        words = compose_answer(what, facts, **manner)
    elif what in STAGES:
        if what in LATE:
            facts = replace(facts, pay_by=pay_by(today, working_days(customer.country)))
        words = compose(cast(Stage, what), "email", facts, **manner)
    else:
        words = compose_answer("other", facts, **{**manner, "own": _PAGE}, added=added)
    return Beginning(_subject(words.subject if what != EMPTY else "", reply_to), words.text.strip() + "\n")


def _subject(subject: str, reply_to: Message | None) -> str:
    """In a thread, the subject of the thread."""
    if reply_to is None or not reply_to.subject:
        return subject
    return reply_to.subject if reply_to.subject.lower().startswith("re:") else f"Re: {reply_to.subject}"[:300]


def manner_of(customer: Customer) -> dict[str, Any]:
    """How the house speaks to the customer, as `compose` and `compose_answer` want it: language, country, voice, own texts."""
    organization = customer.organization
    language = language_for(customer.language, organization.language, country=customer.country)
    return {
        "language": language,
        "country": customer.country or None,
        "voice": cast(Voice, organization.voice),
        "own": own_wordings(organization, language),
    }


def linked(
    customer: Customer, invoices: Sequence[Invoice], facts: say.MessageFacts, stage: Stage = "friendly"
) -> say.MessageFacts:
    """With the link to the customer's page and the ways to pay these invoices; the link opens once it has left."""
    linking = Linking(customer.organization, preview=True)
    link = linking.link([one.pk for one in invoices])
    return linking.put(facts, link, stage, "email", {one.entity_id for one in invoices})


def day_of(customer: Customer, reply_to: Message | None) -> date | None:
    """The day on which their message came, where the customer is answered."""
    if reply_to is None or reply_to.direction != "in":
        return None
    return reply_to.at.astimezone(customer.organization.zone).date()


def people_of(customer: Customer) -> list[Contact]:
    """The customer's people in the order in which they are written to, read once for all that one page shows."""
    if "people" not in customer.__dict__:
        customer.__dict__["people"] = list(customer.contacts.order_by("position", "id"))
    known: list[Contact] = customer.__dict__["people"]
    return known


def facts_about(
    customer: Customer, invoices: list[Invoice], address: str, today: date, *, replied_on: date | None = None
) -> say.MessageFacts:
    """What may be said to a customer about these open invoices, all of one currency."""
    organization = customer.organization
    people = list(customer.contacts.order_by("position", "id"))
    person = next(
        (one for one in people if address and address in (one.email, one.phone)), people[0] if people else None
    )
    asked = _asked(customer, today)
    sender = _sender(customer, invoices, asked)
    currency = invoices[0].currency if invoices else organization.currency
    items = tuple(item_of(invoice, today, invoice.balance) for invoice in invoices if invoice.currency == currency)
    return say.MessageFacts(
        today=today,
        organization=sender,
        customer=debtor_facts(customer, person),
        currency=currency,
        items=items,
        total_minor=sum(item.open_minor for item in items),
        reference=(invoices[0].reference or invoices[0].number) if len(items) == 1 else "",
        ways=(say.WayToPay("transfer"),) if sender.accounts else (),
        closeness=cast(say.Closeness, customer.closeness),
        formality=cast(say.Formality, customer.formality or "none"),
        agreement=_agreement(asked),
        replied_on=replied_on,
    )


class _Asked(NamedTuple):
    """Rows behind the facts, read together."""

    entities: list[LegalEntity]
    signers: list[Identity]
    promises: list[Promise]
    spoken: list[Conversation]


def _asked(customer: Customer, today: date) -> _Asked:
    org = customer.organization_id
    promises = Promise.objects.of(org).filter(customer=customer, withdrawn_at=None, pay_on__gte=today)
    spoken = Conversation.objects.of(org).filter(customer=customer, on=today, outcome=Outcome.REACHED)
    return _Asked(
        *together(
            Question(LegalEntity.objects.of(org).order_by("-is_default", "id")),
            Question(Identity.objects.of(org).filter(removed_at=None)),
            Question(promises.order_by("-id")[:1]),
            Question(spoken.order_by("-id")[:1]),
        )
    )


def _agreement(asked: _Asked) -> say.Agreement | None:
    """What they promised last and still stands, so that a summary of a call can say it."""
    for promised in asked.promises:
        on, pay_on = promised.said_on, promised.pay_on
        return say.Agreement(on, promised.said_by_phone, pay_on=pay_on, amount_minor=promised.amount)
    return say.Agreement(asked.spoken[0].on, True) if asked.spoken else None


def _sender(customer: Customer, invoices: list[Invoice], asked: _Asked) -> say.Organization:
    """Who asks, and who signs for them."""
    wanted = next((invoice.entity_id for invoice in invoices if invoice.entity_id), None)
    entity = next((one for one in asked.entities if one.pk == wanted), asked.entities[0] if asked.entities else None)
    person = Signers(asked.signers).of(entity.pk if entity else None, customer.sender_id)
    return sender_facts(customer.organization, entity, person)
