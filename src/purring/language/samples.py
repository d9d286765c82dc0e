# SPDX-License-Identifier: Apache-2.0
"""Believable facts in many situations, per language, for the preview and the tests. Never sent to anybody.

The names and phrases of a language stand in ``wordings/<tag>/sample.txt``; without that file the English
ones are used. Everything is relative to one fixed day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from importlib import resources
from types import MappingProxyType
from typing import Any

from purring.language.facts import (
    Agreement,
    BankAccount,
    BrokenPromise,
    Charge,
    Consequence,
    Contact,
    Customer,
    Discount,
    Instalment,
    Item,
    Legal,
    Line,
    MessageFacts,
    Organization,
    Payment,
    Proposal,
    WayToPay,
)
from purring.language.tags import ASKING, LATE, Stage
from purring.language.wording import resolve

TODAY = date(2026, 3, 16)
DAYS_OVERDUE: Mapping[str, int] = MappingProxyType(
    {"request": -14, "courtesy": -3, "due_today": 0, "friendly": 3, "follow_up": 12, "firm": 24, "final": 38}
)


def sample_lacks(language: str) -> list[str]:
    """Keys of English's ``sample.txt`` that a language folder does not have, one line each."""
    folder = resources.files("purring.language") / "wordings"
    own = folder / language / "sample.txt"
    there = _words(own.read_text("utf-8")) if own.is_file() else {}
    return [
        f"sample.txt: {key}" for key in _words((folder / "en" / "sample.txt").read_text("utf-8")) if key not in there
    ]


def _words(source: str) -> dict[str, str]:
    lines = (line.partition(":") for line in source.splitlines() if line.strip() and not line.startswith("#"))
    return {key.strip(): text.strip() for key, _, text in lines}


def sample_words(language: str) -> dict[str, str]:
    """The sample names and phrases of a language."""
    folder = resources.files("purring.language") / "wordings"
    source = (folder / "en" / "sample.txt").read_text("utf-8")
    own = folder / (resolve(language) or "en") / "sample.txt"
    if own.is_file():
        source += "\n" + own.read_text("utf-8")
    return _words(source)


def _standard(stage: Stage, language: str) -> MessageFacts:
    words = sample_words(language)
    overdue = DAYS_OVERDUE.get(stage, 5)
    due = TODAY - timedelta(days=overdue)
    late = stage in LATE
    item = Item(
        number="2026-0117",
        due_on=due,
        amount_minor=124_500,
        open_minor=124_500,
        days_overdue=overdue,
        description=words["description"],
        purchased_on=due - timedelta(days=30),
        order_status=words["order_status"],
        po_number="PO-88",
        issued_on=due - timedelta(days=14),
        lines=(
            Line(words["line"], Decimal(200), 600, 120_000),
            Line(words["line_2"], Decimal(1), 4_500, 4_500),
        ),
    )
    return MessageFacts(
        today=TODAY,
        organization=Organization(
            name=words["organization"],
            sender_name=words["sender"],
            sender_title=words["sender_title"],
            phone=words["phone"],
            email=words["email"],
            address_lines=(words["address"],),
            accounts=(BankAccount(words["account"], bic=words["bic"], bank=words["bank"]),),
            place=words["place"],
        ),
        customer=Customer(
            words["company"],
            "business",
            Contact(words["given"], words["family"], gender="f"),
            (words["customer_address"],),
        ),
        currency=words["currency"],
        items=() if stage == "terms_note" else (item,),
        total_minor=124_500 if stage in ASKING else 0,
        reference="" if stage == "terms_note" else words["reference"],
        pay_link="https://pay.example/r/7f3k2m" if stage in ASKING else "",
        relation=words["relation"],
        pay_by=TODAY + timedelta(days=7) if late else None,
        previous="silence" if late else "none",
        previous_on=TODAY - timedelta(days=9) if late else None,
        received=Payment(TODAY - timedelta(days=1), 124_500, "transfer") if stage == "thank_you" else None,
        consequence=Consequence("call", TODAY + timedelta(days=9)) if late else None,
        attachments=("2026-0117.pdf",) if stage not in ("thank_you", "terms_note") else (),
        terms_days=14,
        terms_text=words["terms_text"] if stage == "terms_note" else "",
    )


def _several(facts: MessageFacts, words: dict[str, str]) -> MessageFacts:
    if not facts.items:
        return facts
    first = facts.items[0]
    second = replace(
        first,
        number="2026-0124",
        description=words["description_2"],
        amount_minor=38_000,
        open_minor=18_000,
        paid_minor=20_000,
        due_on=first.due_on + timedelta(days=2),
        days_overdue=first.days_overdue - 2,
    )
    third = replace(
        first,
        number="2026-0131",
        description=words["description_3"],
        amount_minor=9_950,
        open_minor=9_950,
        po_number="",
        due_on=first.due_on + timedelta(days=2),
        days_overdue=first.days_overdue - 2,
    )
    items = (first, second, third)
    return replace(
        facts,
        items=items,
        total_minor=sum(item.open_minor for item in items) if facts.total_minor else 0,
        attachments=tuple(f"{item.number}.pdf" for item in items) if facts.attachments else (),
    )


def _partly(facts: MessageFacts, **item_changes: Any) -> MessageFacts:
    if not facts.items:
        return facts
    item = replace(facts.items[0], **item_changes)
    return replace(facts, items=(item,), total_minor=item.open_minor if facts.total_minor else 0)


def _same_day(facts: MessageFacts, *, instalment: bool) -> MessageFacts:
    """All items due on the day of the first, as invoices or as instalments of one plan."""
    items = tuple(
        replace(
            item,
            due_on=facts.items[0].due_on,
            days_overdue=facts.items[0].days_overdue,
            instalment=(index, 5) if instalment else None,
        )
        for index, item in enumerate(facts.items, 2)
    )
    return replace(facts, items=items)


def sample_facts(situation: str, stage: Stage, language: str) -> MessageFacts:
    """Facts for one of `SITUATION_NAMES` at one stage."""
    words = sample_words(language)
    facts = _standard(stage, language)
    contact = facts.customer.contact
    assert contact is not None
    paid_on = TODAY - timedelta(days=20)
    by_situation: dict[str, dict[str, Any]] = {
        "received": {"previous": "received", "previous_on": TODAY - timedelta(days=6)},
        "woman_formal": {"formality": "formal"},
        "man_formal": {
            "formality": "formal",
            "customer": replace(facts.customer, contact=replace(contact, given_name="Jan", gender="m")),
        },
        "unknown_formal": {
            "formality": "formal",
            "customer": replace(facts.customer, contact=replace(contact, gender="unknown")),
        },
        "titled_formal": {
            "formality": "formal",
            "customer": replace(facts.customer, contact=replace(contact, title=words["title"])),
        },
        "informal": {"formality": "informal", "closeness": "personal"},
        "company_only": {"customer": replace(facts.customer, contact=None)},
        "consumer": {
            "customer": Customer(f"{words['given']} {words['family']}", "consumer"),
            "closeness": "new",
        },
        "long_standing": {"closeness": "long_standing"},
        "agreement_by_phone": {"agreement": Agreement(paid_on, True, words["agreement_text"])},
        "agreement_in_writing": {"agreement": Agreement(paid_on, pay_on=TODAY, amount_minor=50_000)},
        "broken_promise": {"broken_promise": BrokenPromise(TODAY - timedelta(days=4), 124_500)},
        "broken_promise_without_amount": {"broken_promise": BrokenPromise(TODAY - timedelta(days=4))},
        "options": {
            "instalments_offered": 3,
            "discount": Discount(Decimal("2.5"), TODAY + timedelta(days=6), 121_388),
        },
        "charge_waived": {
            "charges": (Charge("agreed", 4_000, words["charge_text"], TODAY + timedelta(days=7)),),
            "consequence": None,
        },
        "discount_ending": {"discount": Discount(Decimal("2.5"), TODAY + timedelta(days=2), 121_388)},
        "charge_by_law_waived": {
            "charges": (
                Charge("compensation", 4_000, waived_if_paid_by=TODAY + timedelta(days=7), name=words["charge_name"]),
            ),
            "consequence": None,
        },
        "autopay": {"autopay_offered": True, "instalments_offered": 3},
        "confirm_receipt": {"confirm_receipt": True},
        "house_with_stop": {"organization": replace(facts.organization, name=words["organization_with_stop"])},
        "surname_only": {"customer": replace(facts.customer, contact=Contact(family_name=words["family"], gender="f"))},
        "bare_surname": {"customer": replace(facts.customer, contact=Contact(family_name=words["family"]))},
        "part_agreed": {"agreement": Agreement(paid_on, True, pay_on=TODAY + timedelta(days=2), amount_minor=50_000)},
        "answers": {
            "answers": tuple(
                (code, f"https://pay.example/a/{code}") for code in ("received", "question", "paid", "promise", "plan")
            ),
            "page_link": "https://pay.example/a/",
        },
        "legal": {"legal": Legal(words["legal_text"])},
        "transfer_preferred": {
            "preferred_method": "transfer",
            "ways": (WayToPay("online"), WayToPay("transfer"), WayToPay("cash", words["way_note"])),
        },
        "no_ways": {"pay_link": "", "organization": replace(facts.organization, accounts=())},
        "no_account": {
            "pay_link": "",
            "organization": replace(facts.organization, accounts=()),
            "ways": (WayToPay("transfer"), WayToPay("cheque")),
        },
        "no_link": {"pay_link": "", "ways": (WayToPay("transfer"), WayToPay("cheque"))},
        "bare": {
            "organization": Organization(words["organization"], accounts=facts.organization.accounts),
            "pay_link": "",
            "previous": "none",
            "previous_on": None,
            "pay_by": None,
            "consequence": None,
            "attachments": (),
            "relation": "",
            "reference": "",
        },
    }
    changes = by_situation.get(situation, {})
    for code in ("colleague", "pause", "prepay", "charge"):
        if situation == f"consequence_{code}" and facts.consequence is not None:
            changes = {"consequence": replace(facts.consequence, code=code)}
    facts = replace(facts, **changes)
    if situation == "several":
        return _several(facts, words)
    if situation == "part_paid":
        facts = _partly(facts, open_minor=84_500, paid_minor=40_000)
        return replace(facts, payments=(Payment(paid_on, 40_000, "card"),))
    if situation == "disputed_part":
        return _partly(facts, open_minor=100_000, disputed_minor=24_500)
    if situation == "instalment":
        return _partly(facts, instalment=(2, 5), amount_minor=24_900, open_minor=24_900, lines=())
    if situation == "several_instalments":
        return _same_day(_several(facts, words), instalment=True)
    if situation == "several_on_one_day":
        return _same_day(_several(facts, words), instalment=False)
    if situation == "fell_due_before" and stage == "due_today":
        return _partly(facts, due_on=TODAY - timedelta(days=2), days_overdue=2)
    if situation == "credit" and facts.total_minor:
        return replace(facts, credit_minor=10_000, total_minor=facts.total_minor - 10_000)
    if situation == "charge_asked" and facts.total_minor:
        charge = Charge("fee", 1_500, words["charge_text"])
        return replace(facts, charges=(charge,), total_minor=facts.total_minor + 1_500)
    if situation == "remaining" and stage == "thank_you":
        return replace(facts, total_minor=84_500, received=Payment(TODAY, 40_000, "card"))
    if situation == "satisfaction":
        return replace(facts, check_in="satisfaction")
    if situation == "bare" and facts.items:
        item = facts.items[0]
        bare = Item(item.number, item.due_on, item.amount_minor, item.open_minor, item.days_overdue)
        return replace(facts, items=(bare,))
    return facts


SITUATION_NAMES: tuple[str, ...] = (
    "standard",
    "several",
    "received",
    "part_paid",
    "agreement_by_phone",
    "agreement_in_writing",
    "broken_promise",
    "broken_promise_without_amount",
    "options",
    "charge_waived",
    "charge_asked",
    "credit",
    "disputed_part",
    "instalment",
    "discount_ending",
    "charge_by_law_waived",
    "autopay",
    "confirm_receipt",
    "answers",
    "legal",
    "transfer_preferred",
    "no_link",
    "no_ways",
    "no_account",
    "several_on_one_day",
    "several_instalments",
    "fell_due_before",
    "woman_formal",
    "man_formal",
    "unknown_formal",
    "titled_formal",
    "informal",
    "company_only",
    "surname_only",
    "bare_surname",
    "house_with_stop",
    "part_agreed",
    "consumer",
    "long_standing",
    "consequence_colleague",
    "consequence_pause",
    "consequence_prepay",
    "consequence_charge",
    "satisfaction",
    "remaining",
    "bare",
)


ANSWER_SITUATIONS: tuple[str, ...] = ("plain", "offered", "several", "company_only", "formal")
"""Plain: only what a reminder knows. Offered: with a new day, instalments, a discount, something in kind."""


def sample_answer_facts(situation: str, language: str) -> MessageFacts:
    """Facts for an answer to a customer or for a call, in one of `ANSWER_SITUATIONS`."""
    words = sample_words(language)
    known = {"several": "several", "company_only": "company_only", "formal": "woman_formal"}
    facts = sample_facts(known.get(situation, "standard"), "follow_up", language)
    facts = replace(facts, consequence=None, previous="silence", replied_on=TODAY - timedelta(days=1))
    if situation != "offered":
        return facts
    days = [TODAY + timedelta(days=30 * step) for step in (0, 1, 2)]
    return replace(
        facts,
        earlier=(TODAY - timedelta(days=18), TODAY - timedelta(days=9)),
        answer_by=TODAY + timedelta(days=3),
        agreement=Agreement(TODAY - timedelta(days=1), True, pay_on=TODAY + timedelta(days=10), amount_minor=124_500),
        discount=Discount(Decimal("2.5"), TODAY + timedelta(days=6), 121_388),
        instalments_offered=3,
        proposal=Proposal(tuple(Instalment(day, 41_500) for day in days), TODAY + timedelta(days=30), words["in_kind"]),
    )
