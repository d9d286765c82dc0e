# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts around codes: one is asked for, entered, and the visit it opened ends. Sending it is the door's."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from purring.core.errors import Refused
from purring.facts.codes.models import Code
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.journal.actions import write

DIGITS = 6
GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 5
MOST_AN_HOUR = 3
"""With the tries: fifteen guesses an hour among a million codes."""
CUSTOMER = "customer"
"""Who the journal names."""


@transaction.atomic
def ask_code(customer: Customer, address: str, *, now: datetime, link: str = "") -> str:
    """A new code for one of the customer's known addresses, to be sent there and nowhere else; earlier ones open nothing
    any more. Refuses an address that is not known (`unknown_address`) and a fourth code within an hour (`too_many`)."""
    touch(customer.organization_id, [customer.pk])  # first: it locks the account, so that two presses come one by one
    if address not in known_addresses(customer):
        raise Refused("unknown_address", "codes go only to addresses we know", field="address")
    mine = Code.objects.of(customer.organization_id).filter(customer=customer)
    if mine.filter(asked_at__gt=now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise Refused("too_many", "three codes within an hour are enough; please wait a while")
    code, salt = "".join(secrets.choice("0123456789") for _ in range(DIGITS)), secrets.token_hex(16)
    asked = Code(
        organization_id=customer.organization_id,
        customer=customer,
        address=address,
        digest=_digest(code, salt),
        salt=salt,
        asked_at=now,
        expires_at=now + GOOD_FOR,
        link=link,
    )
    asked.save(force_insert=True)
    write(
        customer.organization_id,
        "code.asked",
        at=now,
        actor=CUSTOMER,
        customer_id=customer.pk,
        text=address,
        code=asked.pk,
        link=link,
    )
    return code


def waiting_code(customer: Customer, now: datetime) -> Code | None:
    """The newest code, while it can still be entered."""
    newest = Code.objects.of(customer.organization_id).filter(customer=customer).order_by("-id").first()
    good = newest and newest.used_at is None and newest.expires_at > now and newest.tries < MOST_TRIES
    return newest if good else None


@transaction.atomic
def enter_code(customer: Customer, said: str, *, now: datetime) -> Code | None:
    """The visit that the right code opens, once. None when it is wrong, which counts, or when none is waiting."""
    code = waiting_code(customer, now)
    if code is None:
        return None
    mine = Code.objects.of(customer.organization_id).filter(pk=code.pk, used_at=None, tries__lt=MOST_TRIES)
    if not mine.update(tries=F("tries") + 1):  # counted first: guesses sent at the same moment count each
        return None
    if not constant_time_compare(code.digest, _digest(digits(said), code.salt)):
        return None
    if not Code.objects.of(customer.organization_id).filter(pk=code.pk, used_at=None).update(used_at=now):
        return None
    code.used_at = now
    touch(customer.organization_id, [customer.pk])
    write(
        customer.organization_id,
        "code.entered",
        at=now,
        actor=CUSTOMER,
        customer_id=customer.pk,
        code=code.pk,
        link=code.link,
    )
    return code


@transaction.atomic
def end_visit(code: Code, *, now: datetime) -> None:
    """The visitor signs out: the visit is over in every browser."""
    org = code.organization_id
    if Code.objects.of(org).filter(pk=code.pk, ended_at=None).update(ended_at=now):
        touch(org, [code.customer_id])
        write(org, "visit.ended", at=now, actor=CUSTOMER, customer_id=code.customer_id, code=code.pk)


def known_addresses(customer: Customer) -> list[str]:
    """E-mail addresses of the customer's people that work, in the order in which they are written to."""
    spoiled = set(customer.address_troubles.values_list("address", flat=True))
    people = customer.contacts.exclude(email="").order_by("position", "id").values_list("email", flat=True)
    return [address for address in dict.fromkeys(people) if address not in spoiled]


def digits(said: str) -> str:
    """What was typed without spaces and dashes, in whichever digits the keyboard has."""
    return "".join(str(unicodedata.digit(sign)) for sign in said[:40] if sign.isdecimal())


def _digest(code: str, salt: str) -> str:
    return salted_hmac(f"purring.code.{salt}", code, algorithm="sha256").hexdigest()
