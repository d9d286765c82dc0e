# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each answer does at once: it becomes the fact that the decision sees. And whether that fact still stands, and how
a later answer takes it back. For the acts; every function runs in their transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from purring.core.errors import Refused
from purring.facts.agreements.actions import answer_check_in, hold, record_promise
from purring.facts.agreements.models import CheckIn
from purring.facts.answers.models import Answer
from purring.facts.customers.actions import spoil_address
from purring.facts.customers.models import AddressTrouble
from purring.facts.disputes.actions import open_dispute
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.messages.models import Message
from purring.language.pages import Pages

CUSTOMER = "customer"
"""Who the journal names."""
LOOKED_FOR_DAYS = 7
"""Money that was said to be paid is waited for this long."""
FURTHEST_PROMISE_DAYS = 30
"""A later day is for a person to agree to."""
OWED = ("question", "copy", "po", "plan", "not_content")
"""One of us answers; nothing is asked before that."""
ABOUT_OPEN = ("paid", "promise", "dispute", "plan")
"""Mean nothing where nothing is open."""
UNDO = ("paid", "promise", "dispute", "wrong_person")
"""What a later answer takes back. What waits for a person waits on, but for a late day that they name anew."""
RIGHT_PERSON = ("received", "paid", "promise", "dispute", "plan")
"""Whoever says this is not the wrong person."""


def take_effect(answer: Answer, invoices: Sequence[Invoice]) -> None:
    """Make the facts of a new answer and remember them with it."""
    if answer.kind in OWED:
        _owe(answer)
    if effect := _EFFECTS.get(answer.kind):
        effect(answer, invoices)
    answer.save()


def _paid(answer: Answer, invoices: Sequence[Invoice]) -> None:
    until = answer.on + timedelta(LOOKED_FOR_DAYS)
    reason = _label(answer)
    for invoice in invoices:
        placed = hold(
            answer.customer, on=answer.on, now=answer.at, actor=CUSTOMER, invoice=invoice, until=until, reason=reason
        )
        answer.holds.add(placed)


def _promise(answer: Answer, invoices: Sequence[Invoice]) -> None:
    assert answer.day
    if answer.day > answer.on + timedelta(FURTHEST_PROMISE_DAYS):
        _owe(answer)
        return
    answer.promise = record_promise(
        answer.customer,
        answer.day,
        on=answer.on,
        now=answer.at,
        actor=CUSTOMER,
        invoices=invoices,
        amount=answer.amount,
        currency=answer.currency,
    )


def _dispute(answer: Answer, invoices: Sequence[Invoice]) -> None:
    for invoice in invoices:
        opened = open_dispute(
            invoice, on=answer.on, now=answer.at, actor=CUSTOMER, amount=answer.amount, reason=answer.words
        )
        answer.disputes.add(opened)


def _wrong_person(answer: Answer, invoices: Sequence[Invoice]) -> None:
    """The person last written to is never written to again, by mail or phone; without any message, the first contact."""
    customer = answer.customer
    contacts = list(customer.contacts.order_by("position", "id"))
    last = (
        Message.objects.of(answer.organization_id)
        .filter(customer=customer, direction="out")
        .exclude(address="")
        .order_by("-at")
        .first()
    )
    meant = [one for one in contacts if last and last.address in (one.email, one.phone)] or contacts[:1]
    spoiled = {address for one in meant for address in (one.email, one.phone) if address}
    troubles = AddressTrouble.objects.of(answer.organization_id).filter(customer=customer)
    answer.spoiled = sorted(spoiled - set(troubles.values_list("address", flat=True)))
    for address in answer.spoiled:
        spoil_address(customer, address, "wrong_person", now=answer.at, actor=CUSTOMER)


def _received(answer: Answer, invoices: Sequence[Invoice]) -> None:
    _check_in(answer, "receipt", "yes")


def _content(answer: Answer, invoices: Sequence[Invoice]) -> None:
    _check_in(answer, "satisfaction", "yes" if answer.kind == "content" else "no")


def _check_in(answer: Answer, kind: str, said: str) -> None:
    asked = asked_check_in(answer.organization_id, answer.customer_id, kind)
    if asked:
        answer.check_in = asked
        answer_check_in(asked, said, now=answer.at, actor=CUSTOMER, note=answer.words[:500])


def asked_check_in(organization_id: int, customer_id: int, kind: str) -> CheckIn | None:
    """The last check-in of this kind that waits for its answer."""
    rows = CheckIn.objects.of(organization_id).filter(customer_id=customer_id, kind=kind, answer="")
    return rows.select_related("customer").order_by("-id").first()


def _owe(answer: Answer) -> None:
    """A message that came in and waits for ours."""
    said = [_label(answer)]
    if answer.day:
        said.append(answer.day.isoformat())
    message = Message(
        organization_id=answer.organization_id,
        customer=answer.customer,
        direction="in",
        channel="page",
        kind="reply",
        address="",
        text="\n\n".join([" ".join(said), answer.words] if answer.words else [" ".join(said)]),
        at=answer.at,
        needs_answer=True,
    )
    message.save(force_insert=True)
    answer.message = message


def _label(answer: Answer) -> str:
    """The button, in the words of the house."""
    return _pages(answer.customer.organization.language).say(f"answer_{answer.kind}").rstrip(" …")


@lru_cache(16)
def _pages(language: str) -> Pages:
    try:
        return Pages(language)
    except Refused:
        return Pages("en")


_EFFECTS: dict[str, Callable[[Answer, Sequence[Invoice]], None]] = {
    "received": _received,
    "paid": _paid,
    "promise": _promise,
    "dispute": _dispute,
    "wrong_person": _wrong_person,
    "content": _content,
    "not_content": _content,
}


def stands(answer: Answer, on: date) -> bool:
    """Whether what the answer said still counts, so that saying it again adds nothing."""
    if answer.message_id and answer.message and not answer.promise_id:
        return answer.message.answered_at is None
    if answer.kind == "paid":
        return answer.holds.filter(released_at=None, until__gte=on).exists()
    if answer.kind == "promise":
        kept = answer.promise
        return kept is not None and kept.withdrawn_at is None and kept.pay_on >= on
    if answer.kind == "dispute":
        return answer.disputes.filter(resolved_at=None).exists()
    return True


def makes_void(later: Answer, earlier: Answer) -> bool:
    """Whether a later answer takes the place of an earlier one: only where it speaks of all that the earlier one named.

    A dispute of a part stands beside a promise for the rest, whichever came first."""
    if earlier.kind not in UNDO or later.kind not in RIGHT_PERSON + UNDO:
        return False
    if earlier.kind == "wrong_person":
        return later.kind in RIGHT_PERSON
    if later.kind not in ("paid", "promise", "dispute"):
        return False
    if later.kind != earlier.kind and any(one.kind == "dispute" and one.amount for one in (later, earlier)):
        return False
    named = {*earlier.invoices.values_list("id", flat=True)}
    return named <= {*later.invoices.values_list("id", flat=True)}


def take_back(earlier: Answer, later: Answer) -> None:
    """End what the earlier answer made and nobody has ended since."""
    now = later.at
    customer, ended = earlier.customer, dict[str, int]()
    if earlier.promise_id:
        changed = customer.promises.filter(pk=earlier.promise_id, withdrawn_at=None).update(withdrawn_at=now)
        ended["promise.withdrawn"] = changed
    elif earlier.kind == "promise" and earlier.message_id:  # a late day that nobody has decided about
        asked = customer.messages.filter(pk=earlier.message_id, answered_at=None)
        ended["promise.withdrawn"] = asked.update(answered_at=now)
    ended["hold.released"] = earlier.holds.filter(released_at=None).update(released_at=now)
    ended["dispute.resolved"] = earlier.disputes.filter(resolved_at=None).update(
        resolved_at=now, outcome=_label(later)[:300]
    )
    troubles = customer.address_troubles.filter(why="wrong_person", address__in=earlier.spoiled)
    ended["address.restored"] = troubles.delete()[0]
    for kind, count in ended.items():
        if count:
            write(
                earlier.organization_id,
                kind,
                at=now,
                actor=CUSTOMER,
                customer_id=customer.pk,
                count=count,
                given=earlier.pk,
            )
