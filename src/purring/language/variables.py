# SPDX-License-Identifier: Apache-2.0
"""What a wording may name: the blocks, the plain variables, when a sentence is true, the small paragraphs.

`FIELDS` are the plain variables, `CONDITIONS` say when a sentence of ``sentences.txt`` is true and may be
said, `COMPOSED` are the paragraphs made of several such sentences. An absent fact is nil in a template
(never empty text or 0), so ``{% if po_number %}`` does what it says. ``wordings/README.md`` explains each to
authors. Not here: rendering (draft.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from purring.language import formats
from purring.language.safe_text import clean, unbroken
from purring.language.tags import LATE

if TYPE_CHECKING:
    from purring.language.draft import Draft

BLOCKS: Mapping[str, str] = {
    "greeting": "the greeting line",
    "details": "the short list: invoices, amounts, due dates, what has been paid, what is to pay",
    "button": "the button to pay (e-mail) or the line with the link; nothing without a link",
    "ways_to_pay": "the ways to pay, the preferred one first, with account and reference",
    "closing": "the closing formula and the sender",
    "proposal": "the instalments that are offered or agreed, one a line, and their sum",
}
"""Parts that are more than a sentence. In a wording they stand alone on their line."""


def _item_table(draft: Draft) -> list[dict[str, object]]:
    return [
        {
            "number": unbroken(item.number) or None,
            "description": clean(item.description) or None,
            "purchase_date": draft.day(item.purchased_on),
            "order_status": clean(item.order_status) or None,
            "po_number": unbroken(item.po_number) or None,
            "issued_date": draft.day(item.issued_on),
            "due_date": draft.day(item.due_on),
            "days_overdue": max(item.days_overdue, 0) or None,
            "amount": draft.money(item.amount_minor),
            "open_amount": draft.money(item.open_minor),
        }
        for item in draft.facts.items
    ]


def _payment_table(draft: Draft) -> list[dict[str, object]]:
    return [{"date": draft.day(p.on), "amount": draft.money(p.amount_minor)} for p in draft.history()]


def _sum(draft: Draft, name: str) -> str | None:
    total = sum(getattr(item, name) for item in draft.facts.items)
    return draft.money(total) if total else None


def _charges(draft: Draft, *, waived: bool) -> list[Any]:
    return [charge for charge in draft.facts.charges if (charge.waived_if_paid_by is not None) == waived]


def _charge_amount(draft: Draft, *, waived: bool) -> str | None:
    total = sum(charge.amount_minor for charge in _charges(draft, waived=waived))
    return draft.money(total) if total else None


def _due_amount(draft: Draft) -> str | None:
    """What was to be paid on the due day: without the charges, which came after it."""
    total = draft.facts.total_minor
    late = sum(charge.amount_minor for charge in _charges(draft, waived=False))
    return draft.money(total - late if total > late else total) if total else None


def _charge_text(draft: Draft, *, waived: bool) -> str | None:
    return next((_clause(charge.text) for charge in _charges(draft, waived=waived) if charge.text), None)


def _charge_name(draft: Draft, *, waived: bool) -> str | None:
    """The name the charges have in common; charges of several names are told without one."""
    names = {clean(charge.name) for charge in _charges(draft, waived=waived)}
    return (names.pop() or None) if len(names) == 1 else None


def _earlier(draft: Draft) -> tuple[date, ...]:
    """The days we wrote before, as far as they are known."""
    last = draft.facts.previous_on
    return draft.facts.earlier or ((last,) if last and draft.facts.previous == "silence" else ())


def _waived_by(draft: Draft) -> date:
    """The day by which payment lets every waivable charge fall away: the first of their days."""
    days: list[date] = [charge.waived_if_paid_by for charge in _charges(draft, waived=True)]
    return min(days)


def _with_charge(draft: Draft) -> str | None:
    """The total with the charges that fall away when it is paid in time: the other side of the arithmetic."""
    waived = sum(charge.amount_minor for charge in _charges(draft, waived=True))
    return draft.money(draft.facts.total_minor + waived) if waived else None


def _due_distance(draft: Draft, sign: int) -> int:
    return max(sign * draft.oldest.days_overdue, 0) if draft.oldest else 0


def _clause(text: str) -> str:
    """A clause given by a person, to stand inside a sentence of ours."""
    return clean(text, 300).rstrip(" .")


FIELDS: Mapping[str, Callable[[Draft], object]] = {
    # who
    "organization": lambda d: clean(d.facts.organization.name),
    "sender": lambda d: clean(d.facts.organization.sender_name),
    "sender_title": lambda d: clean(d.facts.organization.sender_title),
    "phone": lambda d: unbroken(d.facts.organization.phone),
    "email": lambda d: clean(d.facts.organization.reply_to or d.facts.organization.email),
    "customer": lambda d: d.address.company,
    "name": lambda d: d.address.shown,
    "given": lambda d: d.address.given,
    "family": lambda d: d.address.family,
    "full": lambda d: d.address.full,
    "title": lambda d: d.address.title,
    "to_person": lambda d: d.address.to_person,
    "formal": lambda d: d.formal,
    "informal": lambda d: not d.formal and d.facts.formality == "informal",
    "relation": lambda d: _clause(d.facts.relation),
    # what
    "count": lambda d: len(d.facts.items),
    "several": lambda d: len(d.facts.items) > 1,
    "items": _item_table,
    "number": lambda d: unbroken(d.facts.items[0].number) if d.facts.items else None,
    "numbers": lambda d: (
        formats.join([unbroken(item.number) for item in d.facts.items], d.locale) if d.facts.items else None
    ),
    "what": lambda d: clean(d.only.description) if d.only else None,
    "purchase_date": lambda d: d.day(d.only.purchased_on) if d.only else None,
    "order_status": lambda d: clean(d.only.order_status) if d.only else None,
    "po_number": lambda d: unbroken(d.only.po_number) if d.only else None,
    "issued_date": lambda d: d.day(d.only.issued_on) if d.only else None,
    "instalment": lambda d: d.only.instalment[0] if d.only and d.only.instalment else None,
    "instalment_count": lambda d: d.only.instalment[1] if d.only and d.only.instalment else None,
    # how much
    "amount": lambda d: d.money(d.facts.total_minor) if d.facts.total_minor else None,
    "due_amount": lambda d: _due_amount(d),
    "asked_now": lambda d: d.money(d.facts.asked_minor) if d.facts.asked_minor else None,
    "original_amount": lambda d: _sum(d, "amount_minor"),
    "paid_amount": lambda d: _sum(d, "paid_minor"),
    "disputed_amount": lambda d: _sum(d, "disputed_minor"),
    "credit_amount": lambda d: d.money(d.facts.credit_minor) if d.facts.credit_minor else None,
    "payments": _payment_table,
    "last_payment_date": lambda d: d.day(d.history()[-1].on) if d.facts.payments else None,
    "last_payment_amount": lambda d: d.money(d.history()[-1].amount_minor) if d.facts.payments else None,
    "received_amount": lambda d: d.money(d.facts.received.amount_minor) if d.facts.received else None,
    "received_date": lambda d: d.day(d.facts.received.on) if d.facts.received else None,
    # when
    "today": lambda d: d.day(d.facts.today),
    "due_date": lambda d: d.day(d.oldest.due_on) if d.oldest else None,
    "days_overdue": lambda d: _due_distance(d, 1),
    "days_left": lambda d: _due_distance(d, -1),
    "due_is_today": lambda d: "due_is_today" in d.situations,
    "same_due_date": lambda d: "same_due_date" in d.situations,
    "pay_by": lambda d: d.day(d.facts.asked_by),
    "terms_days": lambda d: d.facts.terms_days,
    "terms_text": lambda d: _clause(d.facts.terms_text),
    # how to pay
    "reference": lambda d: unbroken(d.facts.reference),
    "link": lambda d: d.facts.pay_link,
    # what was said
    "previous_date": lambda d: d.day(d.facts.previous_on),
    "agreement_date": lambda d: d.day(d.facts.agreement.on) if d.facts.agreement else None,
    "agreement_text": lambda d: _clause(d.facts.agreement.text) if d.facts.agreement else None,
    "agreement_pay_date": lambda d: d.day(d.facts.agreement.pay_on) if d.facts.agreement else None,
    "agreement_amount": lambda d: d.amount(d.facts.agreement.amount_minor) if d.facts.agreement else None,
    "promise_date": lambda d: d.day(d.facts.broken_promise.pay_on) if d.facts.broken_promise else None,
    "promise_amount": lambda d: d.amount(d.facts.broken_promise.amount_minor) if d.facts.broken_promise else None,
    # what is offered, what follows
    "instalments": lambda d: d.facts.instalments_offered,
    "discount_percent": lambda d: formats.percent(d.facts.discount.percent, d.locale) if d.facts.discount else None,
    "discount_until": lambda d: d.day(d.facts.discount.until) if d.facts.discount else None,
    "discount_amount": lambda d: d.money(d.facts.discount.amount_minor) if d.facts.discount else None,
    "days_to_discount": lambda d: (d.facts.discount.until - d.facts.today).days if d.facts.discount else None,
    "charge_amount": lambda d: _charge_amount(d, waived=False),
    "charge_text": lambda d: _charge_text(d, waived=False),
    "waived_amount": lambda d: _charge_amount(d, waived=True),
    "waived_text": lambda d: _charge_text(d, waived=True),
    "charge_name": lambda d: _charge_name(d, waived=False),
    "waived_name": lambda d: _charge_name(d, waived=True),
    "with_charge": lambda d: _with_charge(d),
    "waived_by": lambda d: d.day(_waived_by(d)) if _charges(d, waived=True) else None,
    "consequence_date": lambda d: d.day(d.facts.consequence.on) if d.facts.consequence else None,
    "consequence_text": lambda d: clean(d.facts.consequence.text, 300) if d.facts.consequence else None,
    "deferred_until": lambda d: d.day(d.facts.proposal.deferred_until),
    "in_kind": lambda d: _clause(d.facts.proposal.in_kind),
    "plan_count": lambda d: len(d.facts.proposal.instalments),
    "plan_first_date": lambda d: d.day(d.facts.proposal.instalments[0].on) if d.facts.proposal.instalments else None,
    "plan_first_amount": lambda d: (
        d.money(d.facts.proposal.instalments[0].amount_minor) if d.facts.proposal.instalments else None
    ),
    "plan_last_date": lambda d: d.day(d.facts.proposal.instalments[-1].on) if d.facts.proposal.instalments else None,
    # answers and calls
    "reply_date": lambda d: d.day(d.facts.replied_on),
    "answer_by": lambda d: d.day(d.facts.answer_by),
    "earlier_count": lambda d: len(_earlier(d)),
    "earlier_dates": lambda d: formats.join([d.day(on) or "" for on in _earlier(d)], d.locale) if _earlier(d) else None,
    "legal_text": lambda d: clean(d.facts.legal.text, 1200),
    "document": lambda d: clean(d.facts.legal.document),
    "place": lambda d: clean(d.facts.organization.place),
    "debit_date": lambda d: d.day(d.facts.debit.on) if d.facts.debit else None,
    "debit_way": lambda d: clean(d.facts.debit.way, 80) if d.facts.debit else None,
    "debit_again": lambda d: bool(d.facts.debit and d.facts.debit.again),
    "attachments": lambda d: len(d.facts.attachments),
    "extra": lambda d: {key: clean(value, 300) or None for key, value in d.facts.extra.items()},
}
"""Plain variables. Each gives text, a whole number, yes/no or a table, or nothing (nil)."""

CONDITIONS: Mapping[str, Callable[[Draft], object]] = {
    "broken_promise": lambda d: d.facts.broken_promise,
    "agreement": lambda d: d.facts.agreement and not d.facts.broken_promise,
    "after_received": lambda d: d.facts.previous == "received" and not d.facts.agreement and not d.facts.broken_promise,
    "after_silence": lambda d: (
        d.facts.previous == "silence" and d.facts.previous_on and not d.facts.agreement and not d.facts.broken_promise
    ),
    "part_paid": lambda d: d.value("paid_amount") and d.stage != "thank_you",
    "disputed_part": lambda d: d.value("disputed_amount"),
    "offer_instalments": lambda d: d.facts.instalments_offered > 1,
    "offer_discount": lambda d: d.facts.total_minor and d.facts.discount and d.facts.discount.until >= d.facts.today,
    "offer_autopay": lambda d: d.facts.autopay_offered and "short" not in d.situations,
    "confirm_receipt": lambda d: d.facts.confirm_receipt and "arrived" not in d.situations,
    "charge": lambda d: d.value("charge_amount"),
    "charge_waived": lambda d: d.facts.total_minor and d.value("waived_amount") and _waived_by(d) >= d.facts.today,
    "attached": lambda d: (
        d.facts.attachments and d.channel != "sms" and not ("short" in d.situations and d.stage in LATE)
    ),
    "way_out": lambda d: d.stage in LATE and not ("short" in d.situations and d.facts.instalments_offered > 1),
}
"""When a sentence may be said. A sentence that is not named here is always true."""

COMPOSED: Mapping[str, Callable[[Draft], tuple[str, ...]]] = {
    "background": lambda d: ("broken_promise", "agreement", "part_paid", "disputed_part"),
    "offers": lambda d: ("charge", "charge_waived", "offer_discount", "offer_instalments", "offer_autopay"),
    "follows": lambda d: (*_consequence(d), "way_out"),
}
"""Paragraphs of several sentences, each said only when true."""


def _consequence(draft: Draft) -> tuple[str, ...]:
    if draft.facts.consequence is None or draft.stage not in LATE:
        return ()
    return (f"consequence_{draft.facts.consequence.code}",)
