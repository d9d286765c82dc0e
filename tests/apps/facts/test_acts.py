# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every act on an account raises the customer's version in its transaction, has the next round look at it, and tells the
journal. An act that nobody wrote a case for fails here: what it forgot, a message could leave in spite of."""

from __future__ import annotations

import importlib.util
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

import purring.facts
from purring.core.plans import Wish
from purring.facts.access import actions as access
from purring.facts.access.tokens import new_token
from purring.facts.agreements import actions as agreements
from purring.facts.answers import actions as answers
from purring.facts.charges import actions as charges
from purring.facts.charges.models import AskedCharge
from purring.facts.codes import actions as codes
from purring.facts.customers import actions as customers
from purring.facts.customers import details, people, remarks
from purring.facts.customers.models import Customer
from purring.facts.disputes import actions as disputes
from purring.facts.invoices import actions as invoices
from purring.facts.invoices.models import Invoice
from purring.facts.journal.models import Entry
from purring.facts.messages import actions as messages
from purring.facts.messages.models import Message
from purring.facts.offers import actions as offers
from purring.facts.offers.terms import keep_terms
from purring.facts.organizations.models import User
from purring.facts.payments import actions as payments
from purring.facts.payments import many, settling
from purring.facts.refunds import actions as refunds
from tests.apps.facts.cast import TODAY, TOLD, ana, bill, fjord

pytestmark = pytest.mark.django_db

DATED = {"on": TODAY, **TOLD}
SOON = TODAY + timedelta(7)


@dataclass
class Stage:
    """A customer with an invoice, on whom an act is played."""

    ana: Customer
    invoice: Invoice


Act = Callable[[Stage], Callable[[], object]]
"""Prepares what must be there before, and returns the act itself."""


def told(act: Callable[..., object], *arguments: Any, **named: Any) -> Callable[[], object]:
    return lambda: act(*arguments, **{**TOLD, **named})


def pending(stage: Stage) -> Any:
    return payments.record_payment(stage.ana, 500, "EUR", invoice=stage.invoice, pending=True, **DATED)


def paid(stage: Stage, **named: Any) -> Any:
    return payments.record_payment(stage.ana, 500, "EUR", **{**DATED, **named})


def after(first: Callable[[], object], act: Callable[[], object]) -> Callable[[], object]:
    first()
    return act


def asked(stage: Stage) -> Message:
    """A letter that asked for a fee of 5.00 beside the invoice."""
    org = stage.ana.organization
    letter = Message(organization=org, customer=stage.ana, channel="email", kind="firm", text="Please", at=TOLD["now"])
    letter.save(force_insert=True)
    told: dict[str, Any] = {"kind": "fee", "amount": 500, "currency": "EUR", "rule": "the law", "on": TODAY}
    AskedCharge(organization=org, invoice=stage.invoice, message=letter, **told).save(force_insert=True)
    return letter


def paid_too_much(stage: Stage) -> Any:
    """A payment that settled the invoice, with 5.00 left on account."""
    return payments.record_payment(stage.ana, 10_500, "EUR", invoice=stage.invoice, **DATED)


def paid_beside(stage: Stage) -> Any:
    """A payment that was set against that fee."""
    asked(stage)
    payment = paid_too_much(stage)
    charges.pay_charges(payment, stage.invoice, 500, **DATED)
    return payment


def consent(stage: Stage) -> offers.Agreed:
    """Each customer has a form of their own."""
    return offers.Agreed("I agree.", "en", f"form of {stage.ana.ref}")


def asked_for_plan(stage: Stage) -> Any:
    """A proposal: nothing is offered without a person."""
    wish = Wish(3, "monthly", TODAY)
    return offers.ask_for_plan(stage.ana, [stage.invoice], wish, consent(stage), on=TODAY, now=TOLD["now"])


def may_be_put_off(stage: Stage) -> None:
    none = {"plan_most": 0, "plan_first_percent": 0, "plan_first_days": 0, "plan_last_days": 0, "plan_smallest": "0"}
    values: dict[str, Any] = {**none, "whom": "all", "plan_rhythms": [], "deferral_days": 30, "ladder": []}
    keep_terms(
        stage.ana.organization,
        {**values, "instalments_at_start": False, "autopay": False, "autopay_at_start": False},
        **DATED,
    )


def told_by_them(stage: Stage, kind: str, **said: Any) -> Callable[[], Any]:
    return lambda: answers.give_answer(
        stage.ana, kind, key=f"form {kind} {stage.ana.pk}", now=TOLD["now"], on=TODAY, **said
    )


def late_day(stage: Stage) -> Any:
    return told_by_them(stage, "promise", day=TODAY + timedelta(90))()[0]


def somebody() -> User:
    """A person of the desk."""
    return User.objects.get_or_create(email="eva@fjord.example")[0]


def refund(stage: Stage) -> Any:
    """A refund that somebody asked for."""
    return refunds.ask_refund(paid(stage), 200, user=somebody(), **TOLD)


def to_pay_back(stage: Stage) -> Any:
    """One that was confirmed, of money that came by hand."""
    return refunds.confirm_refund(refund(stage), user=somebody(), **TOLD)


def told_by_code(stage: Stage) -> Callable[[], str]:
    return lambda: codes.ask_code(stage.ana, f"ana@{stage.ana.ref.lower()}.example", now=TOLD["now"])


def enters(stage: Stage, code: str) -> Callable[[], Any]:
    return lambda: codes.enter_code(stage.ana, code, now=TOLD["now"])


def noted(stage: Stage) -> Any:
    return remarks.add_remark(stage.ana, "Likes tea", key="form", **TOLD)


def proposed(stage: Stage) -> Any:
    return details.propose_details(stage.ana, stage.ana.contacts.get(), {"city": "Bergen"}, key="form", **TOLD)


ACTS: dict[str, Act] = {
    "access.make_link": lambda s: told(access.make_link, s.ana, new_token()),
    "access.revoke_link": lambda s: told(access.revoke_link, access.make_link(s.ana, new_token(), **TOLD)),
    "access.revoke_links": lambda s: after(
        told(access.make_link, s.ana, new_token()), told(access.revoke_links, s.ana)
    ),
    "agreements.record_promise": lambda s: told(agreements.record_promise, s.ana, SOON, on=TODAY),
    "agreements.withdraw_promises": lambda s: after(
        told(agreements.record_promise, s.ana, SOON, on=TODAY), told(agreements.withdraw_promises, s.ana)
    ),
    "agreements.agree_plan": lambda s: told(agreements.agree_plan, s.ana, [s.invoice], [(SOON, 10_000)], on=TODAY),
    "agreements.cancel_plan": lambda s: told(
        agreements.cancel_plan, agreements.agree_plan(s.ana, [s.invoice], [(SOON, 10_000)], **DATED)
    ),
    "agreements.hold": lambda s: told(agreements.hold, s.ana, on=TODAY),
    "agreements.release_one_hold": lambda s: told(
        agreements.release_one_hold, agreements.hold(s.ana, on=TODAY, **TOLD)
    ),
    "agreements.release_holds": lambda s: after(
        told(agreements.hold, s.ana, on=TODAY), told(agreements.release_holds, s.ana)
    ),
    "agreements.ask_check_in": lambda s: told(agreements.ask_check_in, s.ana, "receipt"),
    "agreements.answer_check_in": lambda s: told(
        agreements.answer_check_in, agreements.ask_check_in(s.ana, "receipt", **TOLD), "yes"
    ),
    "answers.give_answer": lambda s: told_by_them(s, "question", words="Which order is it?"),
    "answers.see_answer": lambda s: told(answers.see_answer, told_by_them(s, "paid", day=TODAY)()[0]),
    "answers.agree_day": lambda s: told(answers.agree_day, late_day(s), on=TODAY),
    "answers.decline_day": lambda s: told(answers.decline_day, late_day(s)),
    "charges.handle_charges": lambda s: told(charges.handle_charges, s.invoice, "aside", on=TODAY),
    "charges.withdraw_asked": lambda s: told(charges.withdraw_asked, [asked(s)]),
    "charges.pay_charges": lambda s: after(
        lambda: asked(s), told(charges.pay_charges, paid_too_much(s), s.invoice, 500, on=TODAY)
    ),
    "charges.free_charges": lambda s: told(charges.free_charges, paid_beside(s), s.invoice, 200, on=TODAY),
    "codes.ask_code": lambda s: told_by_code(s),
    "codes.enter_code": lambda s: enters(s, told_by_code(s)()),
    "codes.end_visit": lambda s: lambda: codes.end_visit(enters(s, told_by_code(s)())(), now=TOLD["now"]),
    "customers.change_customer": lambda s: told(customers.change_customer, s.ana, note="likes tea"),
    "customers.replace_contacts": lambda s: told(customers.replace_contacts, s.ana, [{"email": "new@c1.example"}]),
    "customers.spoil_address": lambda s: told(customers.spoil_address, s.ana, "ana@c1.example", "bounced"),
    "details.propose_details": lambda s: lambda: proposed(s),
    "details.accept_details": lambda s: told(details.accept_details, proposed(s)),
    "details.decline_details": lambda s: told(details.decline_details, proposed(s)),
    "disputes.open_dispute": lambda s: told(disputes.open_dispute, s.invoice, on=TODAY),
    "disputes.resolve_disputes": lambda s: after(
        told(disputes.open_dispute, s.invoice, on=TODAY), told(disputes.resolve_disputes, s.invoice)
    ),
    "invoices.record_invoice": lambda s: lambda: bill(s.ana, "2"),
    "invoices.change_due_date": lambda s: told(invoices.change_due_date, s.invoice, SOON, today=TODAY),
    "invoices.change_invoice": lambda s: told(invoices.change_invoice, s.invoice, po_number="PO 7"),
    "invoices.correct_invoice": lambda s: told(
        invoices.correct_invoice, s.invoice, number="1a", issued=s.invoice.issued, due=SOON
    ),
    "invoices.attach": lambda s: told(invoices.attach, s.invoice, "1.pdf", b"%PDF-", "application/pdf"),
    "invoices.attach_to_customer": lambda s: told(
        invoices.attach_to_customer, s.ana, "1.pdf", b"%PDF-", "application/pdf"
    ),
    "messages.record_reply": lambda s: told(messages.record_reply, s.ana, "Hello"),
    "messages.mark_answered": lambda s: after(
        told(messages.record_reply, s.ana, "Hello"), told(messages.mark_answered, s.ana)
    ),
    "messages.record_conversation": lambda s: told(messages.record_conversation, s.ana, on=TODAY),
    "messages.log_call": lambda s: told(messages.log_call, s.ana, "no_answer", on=TODAY),
    "people.add_contact": lambda s: told(people.add_contact, s.ana, name="Bo"),
    "people.change_contact": lambda s: told(people.change_contact, s.ana.contacts.get(), name="Bo"),
    "people.put_first": lambda s: told(people.put_first, told(people.add_contact, s.ana, name="Bo")()),
    "people.remove_contact": lambda s: told(people.remove_contact, s.ana.contacts.get()),
    "people.has_left": lambda s: told(people.has_left, s.ana.contacts.get()),
    "people.is_back": lambda s: after(
        told(people.has_left, s.ana.contacts.get()), told(people.is_back, s.ana.contacts.get())
    ),
    "remarks.add_remark": lambda s: told(remarks.add_remark, s.ana, "Likes tea", key="form"),
    "remarks.change_remark": lambda s: told(remarks.change_remark, noted(s), "Likes coffee", pinned=False),
    "remarks.remove_remark": lambda s: told(remarks.remove_remark, noted(s)),
    "offers.ask_for_plan": lambda s: lambda: asked_for_plan(s),
    "offers.agree_proposal": lambda s: told(offers.agree_proposal, asked_for_plan(s), on=TODAY),
    "offers.decline_proposal": lambda s: told(offers.decline_proposal, asked_for_plan(s)),
    "offers.defer": lambda s: after(
        lambda: may_be_put_off(s), lambda: offers.defer(s.invoice, SOON, consent(s), on=TODAY, now=TOLD["now"])
    ),
    "offers.agree_settlement": lambda s: told(offers.agree_settlement, s.ana, [s.invoice], 6_000, SOON, on=TODAY),
    "offers.end_settlement": lambda s: told(
        offers.end_settlement, offers.agree_settlement(s.ana, [s.invoice], 6_000, SOON, **DATED)
    ),
    "offers.settle_in_kind": lambda s: told(offers.settle_in_kind, s.invoice, 500, "a cake", on=TODAY),
    "payments.record_payment": lambda s: lambda: paid(s, invoice=s.invoice),
    "payments.settle_payment": lambda s: told(payments.settle_payment, pending(s), on=TODAY),
    "payments.fail_payment": lambda s: told(payments.fail_payment, pending(s), on=TODAY),
    "payments.allocate_payment": lambda s: told(payments.allocate_payment, paid(s), s.invoice, 500, on=TODAY),
    "payments.unallocate_payment": lambda s: told(
        payments.unallocate_payment, paid(s, invoice=s.invoice), s.invoice, on=TODAY
    ),
    "payments.move_payment": lambda s: told(
        payments.move_payment,
        payments.record_payment(ana(s.ana.organization, "C2"), 500, "EUR", **DATED),
        s.ana,
        on=TODAY,
    ),
    "refunds.ask_refund": lambda s: told(refunds.ask_refund, paid(s), 500, user=somebody()),
    "refunds.confirm_refund": lambda s: told(refunds.confirm_refund, refund(s), user=somebody()),
    "refunds.withdraw_refund": lambda s: told(refunds.withdraw_refund, refund(s)),
    "refunds.record_paid_back": lambda s: told(refunds.record_paid_back, to_pay_back(s), on=TODAY),
    "payments.reverse_payment": lambda s: told(payments.reverse_payment, paid(s), 500, on=TODAY),
    "settling.credit_note": lambda s: told(settling.credit_note, s.invoice, 500, on=TODAY),
    "settling.cancel_credit_note": lambda s: told(
        settling.cancel_credit_note, settling.credit_note(s.invoice, 500, **DATED), on=TODAY
    ),
    "many.record_payments": lambda s: told(
        many.record_payments,
        s.ana.organization,
        [many.NewPayment(s.ana.pk, s.invoice, 500, "EUR", TODAY, "transfer", "file", "a:1", "")],
    ),
    "settling.close": lambda s: told(settling.close, s.invoice, settling.VOID, on=TODAY),
    "settling.reopen": lambda s: after(
        told(settling.close, s.invoice, settling.WRITE_OFF, on=TODAY), told(settling.reopen, s.invoice, on=TODAY)
    ),
}

NOT_ON_AN_ACCOUNT = {
    "customers.add_customer": "nothing was decided about somebody new",
    "customers.touch": "it is what the acts call",
    "answers.late_days": "a question",
    "codes.waiting_code": "a question",
    "codes.known_addresses": "a question",
    "codes.digits": "a question",
    "details.details_of": "a question",
    "details.open_proposal": "a question",
    "groups.add_group": "nobody is in a new group",
    "groups.rename_group": "what a group is called decides nothing",
    "groups.remove_group": "only of a group without customers",
    "invoices.start_repeat": "the request itself is recorded by its round, with `record_invoice`",
    "offers.deferral_until": "a question",
    "payments.unapplied": "a question",
    "refunds.may_confirm": "a question",
    "refunds.refundable": "a question",
    "refunds.claimed": "a question",
    "refunds.tell": "part of the acts around it",
    "settling.closed_as": "a question",
    "many.refuse_wrong": "a question",
    "settling.locked": "part of the acts around it",
    "settling.locked_many": "part of the acts around it",
    "settling.allocate_many": "part of the acts around it",
    "settling.save_sums": "part of the acts around it",
    "settling.allocate": "part of the acts around it",
    "settling.allocate_beside": "part of the acts around it",
    "settling.take_back": "part of the acts around it",
    "settling.change_credit": "part of the acts around it",
    "settling.refuse_unless_open": "part of the acts around it",
    "settling.refuse_if_closed": "part of the acts around it",
    "settling.refuse_if_paid": "part of the acts around it",
}
NO_ACCOUNT = ("journal", "organizations", "wordings")
"""Apps without a customer's facts."""


def public_functions() -> Iterator[str]:
    for app in pkgutil.iter_modules(purring.facts.__path__):
        if app.name in NO_ACCOUNT:
            continue
        for module in ("actions", "details", "groups", "many", "people", "remarks", "settling"):
            name = f"purring.facts.{app.name}.{module}"
            if importlib.util.find_spec(name) is None:
                continue
            for function, value in vars(importlib.import_module(name)).items():
                if inspect.isfunction(value) and value.__module__ == name and not function.startswith("_"):
                    yield f"{app.name if module == 'actions' else module}.{function}"


def test_every_act_has_its_case() -> None:
    found = set(public_functions())
    assert found == {*ACTS, *NOT_ON_AN_ACCOUNT}


@pytest.fixture
def stage() -> Stage:
    customer = ana(fjord())
    return Stage(customer, bill(customer))


@pytest.mark.parametrize("name", ACTS)
def test_it_raises_the_version(stage: Stage, name: str) -> None:
    act = ACTS[name](stage)
    rows = Customer.objects.of(stage.ana.organization)
    rows.update(look_on=None)
    before = rows.get(pk=stage.ana.pk).version
    entries = Entry.objects.of(stage.ana.organization).filter(customer_id=stage.ana.pk)
    written = entries.count()
    act()
    assert rows.get(pk=stage.ana.pk).version > before
    assert rows.get(pk=stage.ana.pk).look_on == customers.NOW
    assert entries.count() > written
