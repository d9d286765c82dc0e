# SPDX-License-Identifier: Apache-2.0
"""The parts a message is made of, in order, before they become text or HTML.

Both forms are made from the same parts, so they always say the same. Lists (details, ways to pay, signature)
are built here from facts and the language's labels; sentences come from the wording. Not here: how it looks.
"""

from __future__ import annotations

import re

from purring.language import formats
from purring.language.draft import Draft
from purring.language.ending import answers, closing
from purring.language.facts import BankAccount, Item, Method, Payment
from purring.language.safe_text import clean, unbroken
from purring.language.shapes import Button, Closing, Part, Row, Rows, Text, Way, Ways

_BLOCK = re.compile("\ue000([a-z_]+)\ue001")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_SPACES = re.compile("[ \t\n]+")  # ordinary spaces only: no-break spaces stay
_LINK_METHODS = ("online", "card")
_MOST_PAYMENTS_LISTED = 4


def parts_of(draft: Draft, body: str) -> list[Part]:
    """The parts of a rendered wording: its paragraphs, and the blocks where it names them."""
    with_button = "\ue000button\ue001" in body and _button(draft) is not None
    found: list[Part] = []
    for paragraph in _PARAGRAPH.split(body.strip()):
        for index, piece in enumerate(_BLOCK.split(paragraph)):
            if index % 2:
                part = _block(draft, piece, with_button)
                if part is not None:
                    found.append(part)
            elif text := _SPACES.sub(" ", piece).strip(" "):
                found.append(Text(text))
    return _with_added(draft, _begun(found))


def _begun(parts: list[Part]) -> list[Part]:
    """After a greeting without a comma the text begins with a large letter (Swiss German, where German goes on
    small)."""
    match parts:
        case [Text(greeting), Text(first), *rest] if not greeting.endswith(","):
            return [Text(greeting), Text(first[:1].upper() + first[1:]), *rest]
    return parts


def _with_added(draft: Draft, parts: list[Part]) -> list[Part]:
    """What the law adds stands after the lists, the answer buttons below all that is said, before the closing; no
    wording need name them."""
    closings = [index for index, part in enumerate(parts) if isinstance(part, Closing)]
    end = closings[0] if closings else len(parts)
    if buttons := answers(draft):
        parts = [*parts[:end], buttons, *parts[end:]]
    if legal := clean(draft.facts.legal.text, 1200):
        lists = [index for index, part in enumerate(parts) if isinstance(part, (Rows, Button, Ways))]
        at = lists[-1] + 1 if lists else end
        parts = [*parts[:at], Text(legal), *parts[at:]]
    return parts


def _block(draft: Draft, name: str, with_button: bool) -> Part | None:
    if name == "greeting":
        return Text(draft.say("greeting"))
    if name == "details":
        rows = details(draft)
        return Rows(tuple(rows)) if rows else None
    if name == "button":
        return _button(draft)
    if name == "ways_to_pay":
        return _ways(draft, with_button)
    if name == "proposal":
        return _proposal(draft)
    return closing(draft)


# -- the list of details ---------------------------------------------------------------------------------


def details(draft: Draft) -> list[Row]:
    """The list of what the message is about, as the stage needs it."""
    if draft.stage == "terms_note" or draft.case == "wrong_person":
        return []
    items = sorted(draft.facts.items, key=lambda item: item.due_on)
    if draft.stage == "thank_you":
        return _thank_you_rows(draft, items)
    if draft.stage == "check_in":
        return [row for item in items for row in _about(draft, item)]
    rows = _one(draft, items[0]) if len(items) == 1 else [_many_row(draft, item) for item in items]
    return rows + _sums(draft, items)


def _about(draft: Draft, item: Item) -> list[Row]:
    rows = [Row(*_named(draft, item))]
    for label, value in (
        ("for_what", clean(item.description)),
        ("purchased_on", draft.day(item.purchased_on)),
        ("order_status", clean(item.order_status)),
        ("po_number", unbroken(item.po_number)),
    ):
        if value:
            rows.append(Row(draft.label(label), value))
    return rows


def _named(draft: Draft, item: Item) -> tuple[str, str]:
    if item.instalment is None:
        return draft.label("invoice"), unbroken(item.number)
    number, of = item.instalment
    return draft.label("instalment"), draft.label("instalment_of", k=number, n=of, number=unbroken(item.number))


def _one(draft: Draft, item: Item) -> list[Row]:
    rows = _about(draft, item)
    if draft.stage == "request" or "info_request" in draft.situations:
        if item.issued_on is not None:
            rows.append(Row(draft.label("issued_on"), draft.day(item.issued_on) or ""))
        for line in item.lines:
            quantity = formats.quantity(line.quantity, draft.locale).replace(" ", formats.NBSP)
            price, total = draft.money(line.unit_price_minor), draft.money(line.total_minor)
            value = draft.label("line", quantity=quantity, unit_price=price, total=total)
            rows.append(Row(clean(line.description), value))
    rows.append(Row(draft.label("due_on"), _due(draft, item, "due_value", "overdue_value")))
    return rows


def _due(draft: Draft, item: Item, plain: str, overdue: str) -> str:
    moved = draft.facts.proposal.deferred_until if draft.stage == "reply" else None
    day = draft.day(moved or item.due_on)
    if item.days_overdue > 0 and not moved:
        return draft.counted(overdue, item.days_overdue, date=day)
    return draft.label(plain, date=day)


def _many_row(draft: Draft, item: Item) -> Row:
    about, number = draft.label("invoice"), unbroken(item.number)
    notes = [_due(draft, item, "item_due", "item_overdue")]
    if item.description:
        notes.insert(0, clean(item.description, 80))
    if item.po_number:
        notes.append(draft.label("item_po", number=unbroken(item.po_number)))
    if item.paid_minor:
        notes.append(draft.label("item_paid", amount=draft.money(item.paid_minor)))
    if item.disputed_minor:
        notes.append(draft.label("item_disputed", amount=draft.money(item.disputed_minor)))
    title = draft.label("item_title", label=about, number=number)
    if item.instalment is not None:
        k, n = item.instalment
        title = draft.label("item_instalment", k=k, n=n, number=number)
    return Row(draft.label("item_row", title=title, notes=", ".join(notes)), draft.money(item.open_minor))


def _sums(draft: Draft, items: list[Item]) -> list[Row]:
    facts = draft.facts
    rows = []
    original, open_now = sum(i.amount_minor for i in items), sum(i.open_minor for i in items)
    if len(items) == 1:
        if original != facts.total_minor:
            rows.append(Row(draft.label("original"), draft.money(original)))
        rows += _payment_rows(draft, items[0])
        if items[0].disputed_minor:
            rows.append(Row(draft.label("disputed"), draft.money(-items[0].disputed_minor)))
    elif open_now != facts.total_minor:
        rows.append(Row(draft.label("sum"), draft.money(open_now)))
    if facts.credit_minor:
        rows.append(Row(draft.label("credit"), draft.money(-facts.credit_minor)))
    for charge in facts.charges:
        if charge.waived_if_paid_by is None:
            name = clean(charge.name) or draft.label(f"charge_{charge.kind}")
            name = name[:1].upper() + name[1:]
            rows.append(Row(name, draft.money(charge.amount_minor)))
    if facts.asked_minor != facts.total_minor:
        rows.append(Row(draft.label("remaining"), draft.money(facts.total_minor)))
        rows.append(Row(draft.label("agreed_now"), draft.money(facts.asked_minor), strong=True))
    elif facts.total_minor:
        label = "sum" if draft.stage == "autopay" else "to_pay"
        rows.append(Row(draft.label(label), draft.money(facts.total_minor), strong=True))
    return rows


def _proposal(draft: Draft) -> Rows | None:
    """The instalments of the proposal and their sum."""
    plan = draft.facts.proposal.instalments
    if not plan:
        return None
    rows = [
        Row(draft.page("plan_row", k=index, n=len(plan), date=draft.day(one.on)), draft.money(one.amount_minor))
        for index, one in enumerate(plan, 1)
    ]
    return Rows((*rows, Row(draft.label("sum"), draft.money(sum(one.amount_minor for one in plan)), strong=True)))


def _payment_rows(draft: Draft, item: Item) -> list[Row]:
    payments = draft.history()
    if payments and len(payments) <= _MOST_PAYMENTS_LISTED and sum(p.amount_minor for p in payments) == item.paid_minor:
        return [Row(draft.label("received_so_far"), _payment(draft, payment)) for payment in payments]
    if not item.paid_minor:
        return []
    value = draft.money(item.paid_minor)
    if payments:
        value = draft.label("received_last", amount=value, last=_payment(draft, payments[-1]))
    return [Row(draft.label("received_so_far"), value)]


def _payment(draft: Draft, payment: Payment) -> str:
    method = draft.label(f"paid_by_{payment.method}") if payment.method else ""
    name = "payment_with_method" if method else "payment"
    values = {"amount": draft.money(payment.amount_minor), "date": draft.day(payment.on)}
    return draft.label(name, **values, method=method) if method else draft.label(name, **values)


def _thank_you_rows(draft: Draft, items: list[Item]) -> list[Row]:
    facts = draft.facts
    rows = []
    if facts.received is not None:
        rows.append(Row(draft.label("received"), _payment(draft, facts.received)))
    rows += [Row(*_named(draft, item)) for item in items if item.instalment is not None]
    invoices = [unbroken(item.number) for item in items if item.instalment is None]
    if invoices:
        rows.append(Row(draft.label("invoice" if len(invoices) == 1 else "invoices"), ", ".join(invoices)))
    if facts.total_minor > 0:
        rows.append(Row(draft.label("remaining"), draft.money(facts.total_minor), strong=True))
    return rows


# -- how to pay ------------------------------------------------------------------------------------------


def _methods(draft: Draft) -> list[Method]:
    facts = draft.facts
    methods: list[Method] = [way.method for way in facts.ways]
    if facts.pay_link and not any(method in _LINK_METHODS for method in methods):
        methods.insert(0, "online")
    if facts.organization.accounts and "transfer" not in methods:
        methods.append("transfer")
    if not facts.pay_link and "online" in methods:
        methods.remove("online")
    if facts.preferred_method in methods:
        methods.remove(facts.preferred_method)
        methods.insert(0, facts.preferred_method)
    return methods


def _button(draft: Draft) -> Button | None:
    methods = _methods(draft)
    if not draft.facts.pay_link or draft.channel != "email" or not methods or methods[0] not in _LINK_METHODS:
        return None
    facts, amount = draft.facts, draft.value("amount")
    whole = amount and facts.asked_minor == facts.total_minor  # the link is for the whole, not for an agreed part
    return Button(draft.label("pay_amount", amount=amount) if whole else draft.label("pay"), facts.pay_link)


def _ways(draft: Draft, with_button: bool) -> Ways | None:
    facts = draft.facts
    notes = {way.method: clean(way.note, 300) for way in facts.ways}
    ways = []
    reference_said = False
    for method in _methods(draft):
        lines = [notes[method]] if notes.get(method) else []
        link = facts.pay_link if method in _LINK_METHODS else ""
        if link and with_button and not lines:
            continue
        if method == "transfer":
            lines += [_account(draft, account) for account in facts.organization.accounts]
            if facts.reference:
                lines.append(draft.label("row", label=draft.label("reference"), value=unbroken(facts.reference)))
                reference_said = True
            if not (facts.organization.accounts or notes.get(method)):
                lines.insert(0, draft.say("see_invoice"))
        title = draft.label(f"method_{method}", organization=clean(facts.organization.name))
        ways.append(Way(title, tuple(lines), "" if with_button else link, method != "transfer"))
    if not ways and not with_button:
        ways.append(Way(draft.say("see_invoice"), ()))
    if facts.reference and not reference_said:
        ways.append(Way(draft.label("row", label=draft.label("reference"), value=unbroken(facts.reference)), ()))
    if not ways:
        return None
    return Ways(draft.label("other_ways" if with_button else "how_to_pay"), tuple(ways))


def _account(draft: Draft, account: BankAccount) -> str:
    extras = [f"BIC{formats.NBSP}{unbroken(account.bic)}"] if account.bic else []
    extras += [clean(text) for text in (account.bank, account.branch) if text]
    label = clean(account.label) or ("IBAN" if account.is_iban else draft.label("account"))
    value = unbroken(account.number) + (f" ({', '.join(extras)})" if extras else "")
    return draft.label("row", label=label, value=value)
