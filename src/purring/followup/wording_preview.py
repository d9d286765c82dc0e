# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a message would read with texts that are being written: to a sample customer, or to a real one with the facts of
now. Nothing is stored and nothing leaves.

A real customer's message is made by `drafting`, as the round makes it, so that what is shown is what would leave.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, cast

from purring.core.answers import Contact, Count
from purring.core.errors import Refused
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import LegalEntity, Organization
from purring.facts.payments.models import Payment
from purring.facts.sending.identities import Signers, identities
from purring.followup import saying
from purring.followup.accounts import Loaded
from purring.followup.calls import facts_of_call
from purring.followup.drafting import Drafting, NotNow
from purring.followup.models import WAITING, Reminder
from purring.followup.own_wordings import with_changes
from purring.followup.schedules import Followed
from purring.language.alone import page_text, spoken_text
from purring.language.announcing import compose_announcement
from purring.language.answering import compose_answer
from purring.language.compose import Words, compose
from purring.language.facts import Debit, MessageFacts
from purring.language.samples import TODAY, sample_answer_facts, sample_facts
from purring.language.sections import ALONE, Piece, built_in, only, part_of, sections
from purring.language.sms import MAX_SEGMENTS, segments
from purring.language.tags import ASKING, STAGES, Case, Channel, Stage, Voice
from purring.language.wording import built_in_source, resolve

Own = Mapping[str, str] | None
USUAL_STAGE: Stage = "friendly"
_BY_SITUATION = {"received": "received", "remaining": "remaining", "satisfaction": "satisfaction"}


@dataclass(frozen=True)
class Look:
    """What to look at: a text in a language, with these changes (heading -> text), in the organization's voice or another.
    `version` is the heading to be shown; empty: the one that would be taken. `stage` and `channel` are of the message that
    a shared sentence is shown in."""

    language: str
    piece: Piece
    changes: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    voice: str = ""
    stage: str = ""
    channel: str = ""

    @property
    def alone(self) -> bool:
        """Whether it stands for itself, in no message."""
        return self.piece.file in ALONE

    @property
    def purpose(self) -> str:
        """The stage it is shown in, `reply` or `autopay`."""
        file = self.piece.file
        return file if file in (*STAGES, "reply", "autopay") else self.stage or USUAL_STAGE

    @property
    def by(self) -> Channel:
        shown = self.piece.channel or self.channel or "email"
        return cast(Channel, "email" if self.purpose in ("reply", "autopay") else shown)

    @property
    def case(self) -> Case:
        return cast(Case, self.piece.situation or "already_paid")

    def own(self, organization: Organization) -> Own:
        """Own wording files as they would be with the changes, and with the version to be shown alone in its part."""
        file = self.piece.file
        own = with_changes(organization, self.language, {file: self.changes} if self.changes else {})
        if not self.version:
            return own
        mine = (own or {}).get(file, "")
        there = any(one.heading == self.version for one in sections(file, mine))
        source = mine if there else built_in_source(self.language, file)
        return {**(own or {}), file: only(file, source, self.version)}


def sample_words(
    organization: Organization, look: Look, situation: str = "standard", signed: Mapping[str, str] | None = None
) -> tuple[Words, MessageFacts]:
    """The words to a sample customer, from the organization's own address; `signed` are other values of a signature
    (sender_name, sender_title, phone, email). Raises `Refused` (`bad_template`)."""
    facts = _sample(organization, look, _BY_SITUATION.get(look.piece.situation, situation), signed or {})
    return _compose(organization, _as_typed(organization, look, facts), facts), facts


def _as_typed(organization: Organization, look: Look, facts: MessageFacts) -> Look:
    """The look at the first text of a short message that is being written and has grown too long: the short wording would
    leave in its place, and who writes would see neither what they typed nor where it is too long."""
    if look.piece.channel != "sms" or look.version or not look.changes:
        return look
    file = look.piece.file
    mine = (with_changes(organization, look.language, {}) or {}).get(file, "")
    there = {one.heading: one.text for one in (*built_in(file, look.language), *sections(file, mine))}
    for heading, text in look.changes.items():
        if part_of(heading) == "sms" and "short" not in heading.split() and text and text != there.get(heading):
            alone = replace(look, version=heading)
            if segments(_compose(organization, alone, facts).text) > MAX_SEGMENTS:
                return alone
    return look


def _sample(organization: Organization, look: Look, situation: str, signed: Mapping[str, str]) -> MessageFacts:
    purpose = look.purpose
    if purpose == "reply":
        facts = sample_answer_facts(situation if situation in ("several", "company_only") else "offered", look.language)
    else:
        facts = sample_facts(situation, purpose if purpose in STAGES else USUAL_STAGE, look.language)
    if purpose == "autopay":
        facts = replace(facts, debit=Debit(TODAY + timedelta(4), "Visa 4242", True), pay_link="", pay_by=None)
    entity = LegalEntity.objects.of(organization).filter(is_default=True).first()
    if entity:
        for name, value in signed.items():
            setattr(entity, name, value)
    usual = Signers(identities(organization)).of(entity.pk if entity else None, None) if not signed else None
    sender = saying.sender_facts(organization, entity, usual)
    known = {name: getattr(sender, name) or getattr(facts.organization, name) for name in ("accounts", "place")}
    return replace(facts, organization=replace(sender, **known))


def _compose(organization: Organization, look: Look, facts: MessageFacts, country: str = "") -> Words:
    if look.alone:
        return words_alone(organization, look, facts, country)
    told: dict[str, Any] = {
        "country": country or organization.country,
        "voice": cast(Voice, look.voice or organization.voice),
        "own": look.own(organization),
    }
    if look.purpose == "reply":
        return compose_answer(look.case, facts, look.language, **told)
    if look.purpose == "autopay":
        return compose_announcement(facts, look.language, **told)
    return compose(cast(Stage, look.purpose), look.by, facts, look.language, **told)


def customer_words(
    organization: Organization, look: Look, customer: Customer, today: date
) -> tuple[Words, MessageFacts]:
    """The words that this customer would read now, in the language of the text. Of a message that waits for them exactly
    its words. Refuses (`nothing_to_say`) when there is nothing the message could be about, and `bad_template`."""
    if look.alone:
        facts = facts_of_call(customer, _open_ones(customer), today)
        return words_alone(organization, look, facts, customer.country), facts
    sounding = copy.copy(organization)
    sounding.voice = look.voice or organization.voice
    if look.piece.channel == "sms":
        look = _as_typed(organization, look, _sample(organization, look, "standard", {}))
    waits = Reminder.objects.of(organization).filter(customer=customer, state__in=WAITING, own_text="")
    mine = {"stage": look.purpose, "channel": look.by}
    reminder = waits.filter(**mine).select_related("payment", "request", "note", "debit").order_by("on").first()
    payment = None
    if reminder is None:
        reminder = Reminder(organization=organization, customer=customer, pk=0, on=today, **mine)
        if look.purpose == "thank_you":
            payment = Payment.objects.of(organization).filter(customer=customer).order_by("-on", "-id").first()
            reminder.payment = payment
    drafting = Drafting(sounding, [reminder], today, None, Followed(organization))
    drafting.judges = False
    drafting.wordings = lambda _: look.own(organization)
    row = drafting.saying.customers[customer.pk]
    row.language = look.language
    if reminder.pk:
        try:
            draft = drafting.draft(reminder)
            return draft.words, draft.facts
        except (NotNow, Refused) as refused:
            if isinstance(refused, Refused) and refused.code == "bad_template":
                raise
    return _imagined(drafting, look, reminder, row, payment, today)


def words_alone(organization: Organization, look: Look, facts: MessageFacts, country: str = "") -> Words:
    """A text that stands for itself, in all its forms."""
    voice, own = cast(Voice, look.voice or organization.voice), look.own(organization)
    told: dict[str, Any] = {"country": country or organization.country, "own": own}
    if look.piece.file == "pages":
        said, locale = page_text(look.piece, look.version, facts, look.language, **told)
    else:
        said, locale = spoken_text(look.piece, facts, look.language, voice=voice, **told)
    return Words("", "\n".join(said), "", locale.replace("_", "-"), locale)


def _open_ones(customer: Customer) -> list[Invoice]:
    """The open invoices of one currency, those that are due first."""
    rows = list(customer.invoices.filter(settled_on=None).order_by("due", "id")[:20])
    if not rows:
        raise Refused("nothing_to_say", "nothing is open with this customer")
    return [row for row in rows if row.currency == rows[0].currency]


def _imagined(
    drafting: Drafting, look: Look, reminder: Reminder, customer: Customer, payment: Payment | None, today: date
) -> tuple[Words, MessageFacts]:
    one, purpose = drafting.loaded[customer.pk], look.purpose
    to = one.account.reach["email"].to or ""
    if purpose == "thank_you":
        if payment is None:
            raise Refused("nothing_to_say", "no payment came from this customer yet")
        still_open = next((i.balance for i in one.account.invoices if one.invoice_ids[i.ref] == payment.invoice_id), 0)
        facts = drafting.saying.thanks(payment, to, still_open, today)
        return drafting.said(reminder, purpose, look.by, facts, [payment.invoice_id] if payment.invoice_id else [])
    if purpose in ("terms_note", "check_in"):
        kind = purpose if purpose == "terms_note" else look.piece.situation or "receipt"
        ids = [] if purpose == "terms_note" else list(one.invoice_ids.values())
        facts = drafting.saying.note(customer.pk, kind, to, ids, today)
        return drafting.said(reminder, purpose, look.by, facts, ids)
    contact = _contact(one, purpose if purpose in ASKING else "follow_up", look.by)
    if purpose in ASKING:
        return drafting.imagined(reminder, contact)
    if purpose == "autopay":
        amounts = {one.invoice_ids[count.invoices[0]]: count.amount for count in contact.counts}
        soon = Debit(today + timedelta(drafting.organization.autopay_days), "Visa 4242", True)
        facts = drafting.saying.announcement(customer.pk, amounts, soon, to, today)
    else:
        facts = replace(drafting.saying.facts(one, contact, today), replied_on=today, consequence=None, pay_by=None)
    return _compose(drafting.organization, look, facts, customer.country), facts


def _contact(one: Loaded, stage: str, channel: str) -> Contact:
    """As if everything of one currency that is open, or all of it that is overdue, were asked for now."""
    open_now = [invoice for invoice in one.account.invoices if invoice.balance > 0]
    if not open_now:
        raise Refused("nothing_to_say", "nothing is open with this customer")
    oldest = min(open_now, key=lambda invoice: (invoice.due, invoice.ref))
    same = [invoice for invoice in open_now if invoice.currency == oldest.currency]
    about = [invoice for invoice in same if invoice.due <= oldest.due] if stage in ("request", "courtesy") else same
    return Contact(
        stage=stage,
        channel=channel,
        to=one.account.reach["email"].to or "",
        currency=oldest.currency,
        asked=sum(invoice.balance for invoice in about),
        invoices=tuple(invoice.ref for invoice in about),
        counts=tuple(Count((invoice.ref,), None, None, stage, invoice.balance) for invoice in about),
        oldest=oldest.ref,
        due=oldest.due,
        repeated=False,
        broken_promise=None,
    )


def known_language(tag: str, organization: Organization) -> str:
    """The language asked for, if it can be written, else the organization's."""
    return resolve(tag) or resolve(organization.language) or "en"
