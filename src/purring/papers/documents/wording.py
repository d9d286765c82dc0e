# SPDX-License-Identifier: Apache-2.0
"""The words of a reminder letter, from the language library: the same wordings as every other message, without the lists
that the paper shows itself (the invoice in its row, and how to pay)."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from purring.core.calendar import working_days
from purring.language import facts as say
from purring.language.compose import normalise, said_as, written_tag
from purring.language.draft import Draft
from purring.language.formats import locale_for, typography
from purring.language.parts import parts_of
from purring.language.shapes import Closing, Text
from purring.language.tags import Stage, Voice
from purring.language.wording import wording_for
from purring.papers.documents.letter import Words
from purring.papers.facts import ReminderFacts
from purring.papers.totals import totals

PAY_WITHIN_DAYS = 7
"""From `follow_up` on a letter asks for payment within a week, moved to a working day."""
LATE_STAGES = ("follow_up", "firm", "final")


def letter_words(facts: ReminderFacts, language: str, voice: Voice = "neutral") -> Words:
    """The letter of a stage. Raises `Refused` (`no_wording`) for a language or stage without one."""
    invoice = facts.invoice
    wording = wording_for(normalise(language))
    locale = locale_for(written_tag(language, wording), invoice.buyer.country or invoice.seller.country)
    said = _said(facts)
    draft = Draft(said_as(cast(Stage, facts.stage), "letter", said), "letter", said, wording, locale, 0, voice)
    body = draft.part("letter") or draft.part("message")
    assert body, "a language that can be chosen has every stage"
    texts: list[str] = []
    closing: list[str] = []
    for part in parts_of(draft, draft.render(body)):
        if isinstance(part, Text):
            texts.append(typography(part.text, locale))
        elif isinstance(part, Closing):
            closing = [typography("\n".join((part.formula, *part.signature)), locale)]
    return Words(texts[0], texts[1:], closing)


def _said(facts: ReminderFacts) -> say.MessageFacts:
    invoice = facts.invoice
    sums, seller, buyer = totals(invoice), invoice.seller, invoice.buyer
    today = invoice.due + timedelta(days=facts.days_overdue)
    late = facts.stage in LATE_STAGES
    item = say.Item(
        number=invoice.number,
        due_on=invoice.due,
        amount_minor=sums.gross,
        open_minor=max(sums.payable, 0),
        days_overdue=facts.days_overdue,
        paid_minor=sums.paid,
        order_status=invoice.status,
        po_number=buyer.reference,
        issued_on=invoice.issued,
    )
    return say.MessageFacts(
        today=today,
        organization=say.Organization(
            seller.name,
            phone=seller.phone,
            email=seller.email,
            reply_to=seller.email,
            place=seller.address.city,
            accounts=tuple(say.BankAccount(account.number) for account in seller.accounts[:1]),
        ),
        customer=say.Customer(
            buyer.name,
            "business" if buyer.vat_id else "unknown",
            say.Contact(full_name=buyer.contact) if buyer.contact else None,
        ),
        currency=invoice.currency,
        items=(item,),
        total_minor=max(sums.payable, 0),
        ways=(say.WayToPay("transfer"),) if seller.accounts else (),
        pay_by=working_days(buyer.country or seller.country).shift(today + timedelta(PAY_WITHIN_DAYS))
        if late
        else None,
        previous="silence" if late else "none",
        consequence=say.Consequence("colleague") if facts.stage in ("firm", "final") else None,
    )
