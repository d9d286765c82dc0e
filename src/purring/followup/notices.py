# SPDX-License-Identifier: AGPL-3.0-or-later
"""Legal notices, ready for a person to read, complete and send: the lawful text of the customer's country, filled in.

No machine sends one. What the facts do not tell stays a gap in the text and is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from babel.numbers import format_decimal

from purring.core.calendar import working_days
from purring.core.errors import Refused
from purring.core.money import to_minor
from purring.facts.charges.accruing import accrued, law_book
from purring.facts.charges.models import AskedCharge
from purring.facts.charges.policy import policy_of
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import LegalEntity
from purring.followup.models import GONE, ReminderItem
from purring.language import formats
from purring.law.claim import Charges
from purring.law.days import working_day_after
from purring.law.model import Kind, Notice
from purring.law.presets import holes_of, notice_text
from purring.law.rates import CONFIDENCES, MICRO
from purring.law.scales import find_scale, scale_amount
from purring.law.steps import Step, Verdict, check_step

GAP = "……"
"""Stands in the text for what a person has to fill in."""


class ReadyNotice(NamedTuple):
    """One notice with its text. `missing` are the placeholders nobody could fill."""

    notice: Notice
    language: str
    languages: tuple[str, ...]
    text: str
    missing: tuple[str, ...]
    verdict: Verdict


def ready_notices(invoice: Invoice, today: date, language: str = "") -> list[ReadyNotice]:
    """The notices of the customer's country and kind, in `language` where they are written in it, else in the customer's,
    else in the first there is. Refuses `unknown_country` where there is no law data."""
    customer = invoice.customer
    book = law_book()
    country, kind = book.country(customer.country).country, book.kind(customer.country, customer.kind)
    sent = ReminderItem.objects.of(invoice.organization_id).filter(invoice=invoice, reminder__state__in=GONE)
    past_due = sorted({on for on in sent.values_list("reminder__on", flat=True) if on > invoice.due})
    try:
        law: Charges | None = accrued(invoice, today)
    except Refused:
        law = None  # a rate is not known: the interest stays a gap
    least = policy_of(invoice.organization_id).least
    found = []
    for notice in kind.notices:
        chosen = _language(notice, language, customer.language)
        values = _values(invoice, notice, kind, law, chosen, today, least)
        holes = holes_of(notice.texts[chosen])
        missing = tuple(sorted(hole for hole in holes if not values.get(hole)))
        filled: dict[str, str] = defaultdict(lambda: GAP, {hole: text for hole, text in values.items() if text})
        step = Step(
            country, customer.kind, "final", "letter", today, invoice.due, notice=notice.name, by_person=True,
            past_due=past_due,
        )  # fmt: skip
        text = notice_text(notice, chosen, {hole: filled[hole] for hole in holes})
        found.append(ReadyNotice(notice, chosen, tuple(notice.texts), text, missing, check_step(step, book)))
    return found


def _asked_compensation(invoice: Invoice) -> bool:
    """The flat compensation was asked for already; where it takes the place of fees, no notice bears one any more."""
    asked = AskedCharge.objects.of(invoice.organization_id).filter(invoice=invoice, withdrawn_at=None)
    return asked.filter(kind="compensation").exists()


def _is_sure(confidence: str, least: str) -> bool:
    return CONFIDENCES.index(confidence) <= CONFIDENCES.index(least)


def _language(notice: Notice, *wanted: str) -> str:
    """The first wish the notice is written in (`fr` also for `fr-BE`), else its first language."""
    for tag in wanted:
        for known in notice.texts:
            if tag and tag.partition("-")[0] == known.partition("-")[0]:
                return known
    return next(iter(notice.texts))


def _values(
    invoice: Invoice, notice: Notice, kind: Kind, law: Charges | None, language: str, today: date, least: str
) -> Mapping[str, str]:
    customer, currency = invoice.customer, invoice.currency
    entity = invoice.entity or LegalEntity.objects.of(invoice.organization_id).filter(is_default=True).first()
    locale = formats.locale_for(language, customer.country)
    holes = holes_of(notice.texts[language])

    def money(minor: int) -> str:
        return formats.money(minor, currency, locale)

    def day(value: date) -> str:
        return formats.long_date(value, locale)

    own_currency = law_book().country(customer.country).currency == currency
    fee: int | None = None
    until = kind.fees.basis.valid_to
    if notice.fee is not None:
        known = own_currency and (until is None or today <= until)
        fee = to_minor(str(notice.fee), currency) if known else None
        if kind.compensation.instead_of_fees and _asked_compensation(invoice):
            fee = 0
    elif law:
        fee = sum(one.amount for one in law.fees if _is_sure(one.confidence, least) and one.earliest_on <= today)
    interest = law.interest.amount if law and _is_sure(law.interest.confidence, least) else None
    total: int | None = invoice.balance
    for hole, part in (("interest", interest), ("fee", fee)):
        if hole in holes:
            total = None if total is None or part is None else total + part
    rates = dict.fromkeys(segment.rate for segment in law.interest.segments) if law else {}
    cost = None
    if notice.scale and own_currency and invoice.balance:
        scale = find_scale(kind, notice.scale)
        cost = None if scale.needs_agreement else scale_amount(scale, invoice.balance, currency)
    return {
        "creditor": entity.name if entity else invoice.organization.name,
        "creditor_address": _address(entity),
        "creditor_number": (entity.registration or entity.vat_id) if entity else "",
        "customer": customer.name,
        "number": invoice.number,
        "what": invoice.description,
        "issued": day(invoice.issued),
        "due": day(invoice.due),
        "principal": money(invoice.balance),
        "interest": "" if interest is None else money(interest),
        "interest_from": day(law.interest.first) if law and law.interest.first else "",
        "rate": " / ".join(format_decimal(Decimal(rate) / MICRO, format="0.00##", locale=locale) for rate in rates),
        "fee": "" if fee is None else money(fee),
        "cost": "" if cost is None else money(cost),
        "total": "" if total is None else money(total),
        "days": str(notice.deadline_days),
        "deadline": day(deadline_of(notice, today, customer.country)),
        "how_to_pay": how_to_pay(invoice, entity),
        "contact": contact_of(entity),
    }


def deadline_of(notice: Notice, today: date, country: str) -> date:
    """The last day to pay of a notice that goes out today: never shorter than the law wants, with its margin for
    delivery, and on a working day of the customer."""
    if notice.deadline_kind == "working":
        last = date.fromordinal(working_day_after(working_days(country), today.toordinal(), notice.deadline_days))
    else:
        last = today + timedelta(notice.deadline_days)
    last = max(last, today + timedelta(notice.wait_days))
    return working_days(country).shift(last)


def how_to_pay(invoice: Invoice, entity: LegalEntity | None) -> str:
    """The first account with the invoice's reference, or nothing."""
    account = next((one for one in entity.accounts if one.get("number")), None) if entity else None
    return f"{account['number']} ({invoice.reference or invoice.number})" if account else ""


def _address(entity: LegalEntity | None) -> str:
    if entity is None:
        return ""
    town = f"{entity.postcode} {entity.city}".strip()
    return ", ".join(part for part in (*entity.address_lines.splitlines(), town) if part)


def contact_of(entity: LegalEntity | None) -> str:
    """Whom to ask at a legal entity: name, e-mail, phone, as far as they are known."""
    if entity is None:
        return ""
    return ", ".join(part for part in (entity.sender_name, entity.email, entity.phone) if part)
