# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts around answers by button: one is given, a person has looked at it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Model, QuerySet
from django.db.models.functions import Coalesce

from purring.core.errors import Refused
from purring.facts.agreements.actions import record_promise
from purring.facts.agreements.models import Promise
from purring.facts.answers.effects import ABOUT_OPEN, CUSTOMER, UNDO, makes_void, stands, take_back, take_effect
from purring.facts.answers.models import Answer, AnswerFile
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.messages.models import Message
from purring.kit.uploads import Upload
from purring.language.pages import ANSWERS

MOST_A_DAY = 40
"""Answers of one customer; more come from no person."""
LOOKED_BACK = 40
"""Earlier answers that a new one is compared with."""


@dataclass(frozen=True, slots=True)
class Trail:
    """Where an answer came from: network address, browser, SHA-256 of the link's token."""

    address: str = ""
    agent: str = ""
    link: str = ""


@transaction.atomic
def give_answer(
    customer: Customer,
    kind: str,
    *,
    key: str,
    now: datetime,
    on: date,
    invoices: Sequence[Invoice] = (),
    words: str = "",
    day: date | None = None,
    amount: int | None = None,
    files: Sequence[Upload] = (),
    trail: Trail | None = None,
) -> tuple[Answer, bool]:
    """The customer pressed a button and confirmed it: it takes effect at once. The answer, and whether it is new: the same
    form twice, or the same said again while it still counts, is one answer. A form that came back into view and says
    something else now is another one.

    `invoices`: what it speaks of; none means all that is open. `amount`, in minor units, belongs to a promise or to the
    dispute of one invoice. A later answer about the same invoices takes the place of an earlier one.
    """
    if kind not in ANSWERS:
        raise Refused("bad_answer", f"there is no answer {kind!r}", field="kind")
    trail = trail or Trail()
    touch(customer.organization_id, [customer.pk])  # first: it locks the account, so that two tabs come one by one
    mine = Answer.objects.of(customer.organization_id)
    hashes = [hashlib.sha256(file.content).hexdigest() for file in files]
    if known := mine.filter(key=key).first():
        if known.customer_id != customer.pk or _says(known, kind, invoices, words, day, amount, hashes):
            return known, False
        key = f"{key}-{mine.filter(key__startswith=key).count()}"
    about = _about(customer, kind, invoices, on)
    currency = _currency(about) if amount is not None else ""
    _refuse_wrong(kind, about, day, amount, on)
    said = [kind, sorted(one.pk for one in about), words, day and day.isoformat(), amount]
    digest = hashlib.sha256(json.dumps([*said, hashes]).encode()).hexdigest()
    earlier = list(mine.filter(customer=customer, replaced_by=None).order_by("-id")[:LOOKED_BACK])
    for one in earlier:
        if one.digest == digest and (one.kind in UNDO or one.message_id or one.on == on) and stands(one, on):
            return one, False
    if mine.filter(customer=customer, on=on).count() >= MOST_A_DAY:
        raise Refused("too_many", "so many answers in one day cannot be taken; please write to us")
    answer = Answer(
        organization_id=customer.organization_id,
        customer=customer,
        kind=kind,
        words=words,
        day=day,
        amount=amount,
        currency=currency,
        on=on,
        at=now,
        address=trail.address[:45],
        agent=trail.agent[:300],
        link=trail.link,
        key=key,
        digest=digest,
    )
    answer.save(force_insert=True)
    answer.invoices.set(about)
    for file, sha256 in zip(files, hashes, strict=True):
        AnswerFile(
            organization_id=customer.organization_id,
            answer=answer,
            filename=file.filename,
            content_type=file.content_type,
            sha256=sha256,
            size=len(file.content),
            content=file.content,
        ).save(force_insert=True)
    write(
        customer.organization_id,
        "answer.given",
        at=now,
        actor=CUSTOMER,
        customer_id=customer.pk,
        invoice_id=about[0].pk if len(about) == 1 else None,
        text=words,
        given=answer.pk,
        answer=kind,
        invoices=[one.pk for one in about],
        day=day and day.isoformat(),
        amount=amount,
        currency=currency,
        files=hashes,
        link=trail.link,
    )
    for one in earlier:
        if makes_void(answer, one):
            take_back(one, answer)
            one.replaced_by = answer
            one.save(update_fields=["replaced_by"])
    take_effect(answer, about)
    return answer, True


def _says(
    given: Answer,
    kind: str,
    invoices: Sequence[Invoice],
    words: str,
    day: date | None,
    amount: int | None,
    hashes: Sequence[str],
) -> bool:
    """Whether an answer says just this."""
    if (given.kind, given.words, given.day, given.amount) != (kind, words, day, amount):
        return False
    named = {*given.invoices.values_list("pk", flat=True)}
    kept = list(given.files.order_by("id").values_list("sha256", flat=True))
    return kept == list(hashes) and (not invoices or named == {one.pk for one in invoices})


def _about(customer: Customer, kind: str, invoices: Sequence[Invoice], on: date) -> list[Invoice]:
    """What the answer speaks of: open invoices, as they stand now."""
    if any(one.customer_id != customer.pk for one in invoices):
        raise Refused("not_found", "this invoice is not the customer's", field="invoices")
    rows = Invoice.objects.of(customer.organization_id).filter(customer=customer, settled_on=None, issued__lte=on)
    if invoices:
        rows = rows.filter(pk__in=[one.pk for one in invoices])
    about = list(rows.order_by("due", "id"))
    if not about and kind in ABOUT_OPEN:
        raise Refused("settled", "nothing of it is open any more", field="invoices")
    return about


def _currency(about: Sequence[Invoice]) -> str:
    currencies = {one.currency for one in about}
    if len(currencies) != 1:
        raise Refused("bad_amount", "an amount is in one currency", field="amount")
    return currencies.pop()


def _refuse_wrong(kind: str, about: Sequence[Invoice], day: date | None, amount: int | None, on: date) -> None:
    if kind == "promise" and (day is None or day < on):
        raise Refused("bad_date", "a promise names a day to come", field="day")
    if kind == "paid" and day and day > on:
        raise Refused("bad_date", "this day has not come yet", field="day")
    if amount is None:
        return
    if kind not in ("promise", "dispute") or (kind == "dispute" and len(about) != 1):
        raise Refused("bad_amount", "an amount belongs to a promise, or to the dispute of one invoice", field="amount")
    if not 0 < amount <= sum(one.balance for one in about):
        raise Refused("bad_amount", "more than zero, and at most what is open", field="amount")


@transaction.atomic
def see_answer(answer: Answer, *, now: datetime, actor: str, user_id: int | None = None) -> None:
    """A person has looked at it; it is no longer shown as new."""
    changed = (
        Answer.objects.of(answer.organization_id)
        .filter(pk=answer.pk, seen_at=None)
        .update(seen_at=now, seen_by_id=user_id)
    )
    if changed:
        touch(answer.organization_id, [answer.customer_id])
        write(
            answer.organization_id, "answer.seen", at=now, actor=actor, customer_id=answer.customer_id, given=answer.pk
        )


def late_days(organization: Model | int, customer: Customer | None = None) -> QuerySet[Answer]:
    """Days to pay on that customers (or one) asked for, so far away that a person decides, and nobody has yet."""
    waiting = Message.objects.of(organization).filter(needs_answer=True, answered_at=None)
    waiting = waiting.filter(customer=customer) if customer else waiting
    # Found by the few messages that wait: most answers have no promise, and an index on that would be walked whole.
    rows = Answer.objects.everywhere("by messages of the organization").filter(message__in=waiting.values("pk"))
    rows = rows.filter(kind="promise")
    return rows.alias(kept=Coalesce("promise_id", 0), newer=Coalesce("replaced_by_id", 0)).filter(kept=0, newer=0)


@transaction.atomic
def agree_day(
    asked: Answer, *, on: date, now: datetime, actor: str, pay_on: date | None = None, user_id: int | None = None
) -> Promise:
    """A person agrees to a late day, or to another one (`pay_on`) that was spoken about: it is a promise like any other,
    of what is still open. Refuses one that is decided (`decided`) or settled (`settled`), and a past day (`bad_date`)."""
    asked = _undecided(asked)
    still_open = list(asked.invoices.filter(settled_on=None).order_by("due", "id"))
    if not still_open:
        raise Refused("settled", "nothing of it is open any more")
    owed = sum(one.balance for one in still_open)
    day = pay_on or asked.day
    assert day
    asked.promise = record_promise(
        asked.customer,
        day,
        on=on,
        now=now,
        actor=actor,
        invoices=still_open,
        amount=asked.amount if asked.amount is not None and asked.amount <= owed else None,
        currency=asked.currency,
    )
    _decide(asked, now, user_id)
    return asked.promise


@transaction.atomic
def decline_day(asked: Answer, *, now: datetime, actor: str, reason: str = "", user_id: int | None = None) -> None:
    """A person has answered that it cannot be that late; the invoices' own ladders go on. Refuses one that is decided."""
    asked = _undecided(asked)
    _decide(asked, now, user_id)
    write(
        asked.organization_id,
        "promise.declined",
        at=now,
        actor=actor,
        customer_id=asked.customer_id,
        text=reason,
        given=asked.pk,
        pay_on=asked.day and asked.day.isoformat(),
        invoices=list(asked.invoices.values_list("pk", flat=True)),
    )


def _undecided(asked: Answer) -> Answer:
    touch(asked.organization_id, [asked.customer_id])
    found = (
        late_days(asked.organization_id, asked.customer)
        .select_related("customer", "message")
        .filter(pk=asked.pk)
        .first()
    )
    if found is None:
        raise Refused("decided", "this was decided already")
    return found


def _decide(asked: Answer, now: datetime, user_id: int | None) -> None:
    asked.seen_at, asked.seen_by_id = now, user_id
    asked.save(update_fields=["promise", "seen_at", "seen_by"])
    if asked.message_id:
        asked.customer.messages.filter(pk=asked.message_id, answered_at=None).update(answered_at=now)
