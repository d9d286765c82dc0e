# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keys with which programs come in: making one, taking it back, and what one opens.

A key is `purr_`, ten letters by which it is known, and forty drawn at random, so that it is found by whoever looks for
secrets where none should be. Those forty are 238 bits: nobody guesses them, with or without the digest, so a plain SHA-256
keeps them and a slow hash would only slow every call. A key may never do more than the person who made it may now.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from purring.core.errors import Refused
from purring.facts.journal.actions import write
from purring.facts.organizations.models import ApiKey, Membership, Organization, Role, User

LETTERS = string.ascii_letters + string.digits
KNOWN_BY, SECRET = 10, 40
"""Letters of each part."""
SHAPE = re.compile(rf"purr_([0-9A-Za-z]{{{KNOWN_BY}}})_[0-9A-Za-z]{{{SECRET}}}")
MOST = 50
"""Keys of one organization that open something."""
NOTED_EVERY = timedelta(hours=1)
"""That a key was used is written down so often, at most."""
RANK = {role: place for place, role in enumerate(reversed(Role.values))}
"""The more a role may, the higher."""


class Caller(NamedTuple):
    """Who a key says is calling; `actor` is how the journal names them."""

    key: ApiKey
    organization: Organization
    role: str
    actor: str


def may_give(role: str) -> list[str]:
    """The roles that a key made by somebody of this role may have, those that may most first."""
    return [one for one in Role.values if RANK[one] <= RANK.get(role, -1)]


@transaction.atomic
def make_key(
    organization: Organization,
    name: str,
    role: str,
    *,
    form: str,
    by: User,
    now: datetime,
    actor: str,
    last_day: date | None = None,
) -> str:
    """A new key, which is kept nowhere. Empty when this very `form` made one already.

    Refuses a role that may more than who makes it (`too_high`), a last day that is over (`past_day`), and one key too many
    (`too_many`).
    """
    locked = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    mine = Membership.objects.of(locked).filter(user=by).values_list("role", flat=True).first()
    if role not in may_give(mine or ""):
        raise Refused("too_high", "a key may do at most what the person who makes it may", field="role")
    if last_day and last_day < locked.today(now):
        raise Refused("past_day", "that day is over; choose a later one or none", field="last_day")
    there = ApiKey.objects.of(locked)
    if there.filter(form=form).exists():
        return ""
    open_ones = there.filter(Q(last_day=None) | Q(last_day__gte=locked.today(now)), revoked_at=None)
    if open_ones.count() >= MOST:
        raise Refused("too_many", f"{MOST} keys are enough; revoke one that is not used any more")
    public_id = _drawn(KNOWN_BY)
    text = f"purr_{public_id}_{_drawn(SECRET)}"
    key = ApiKey(
        organization=locked,
        name=name,
        role=role,
        public_id=public_id,
        digest=_digest(text),
        last_day=last_day,
        form=form,
        made_at=now,
        made_by=by,
    )
    key.save(force_insert=True)
    write(locked.pk, "key.made", at=now, actor=actor, text=name, key=key.pk, role=role)
    return text


@transaction.atomic
def revoke_key(key: ApiKey, *, by: User | None, now: datetime, actor: str) -> bool:
    """It opens nothing any more, for good. False when it was revoked before."""
    rows = ApiKey.objects.of(key.organization_id).filter(pk=key.pk, revoked_at=None)
    revoked = bool(rows.update(revoked_at=now, revoked_by=by))
    if revoked:
        write(key.organization_id, "key.revoked", at=now, actor=actor, text=key.name, key=key.pk, role=key.role)
    return revoked


def revoke_keys_of(member: Membership, *, now: datetime, actor: str) -> None:
    """Who no longer belongs leaves no key behind, not even one that would open again when they come back."""
    for key in ApiKey.objects.of(member.organization_id).filter(made_by_id=member.user_id, revoked_at=None):
        revoke_key(key, by=None, now=now, actor=actor)


def closed_by(key: ApiKey, makers_role: str, today: date) -> str:
    """Why it opens nothing: `revoked`, `expired`, `maker_left` or `maker_fell`; empty while it opens. `makers_role` is what
    the person who made it has here now, empty for nobody."""
    if key.revoked_at:
        return "revoked"
    if key.last_day and key.last_day < today:
        return "expired"
    if not makers_role:
        return "maker_left"
    return "maker_fell" if key.role not in may_give(makers_role) else ""


_CLOSED = {
    "revoked": "this key was revoked",
    "expired": "the last day of this key is over",
    "maker_left": "the person who made this key does not belong here any more",
    "maker_fell": "the person who made this key may no longer do what the key may",
}


def key_of(text: str, *, now: datetime) -> Caller:
    """Who calls with this key. Refuses (`unknown_key`) what is none, and one that opens nothing any more with the reason that
    `closed_by` gives. Notes that it was used."""
    shape = SHAPE.fullmatch(text)
    rows = ApiKey.objects.everywhere("the key names the organization").select_related("organization")
    key = rows.filter(public_id=shape[1]).first() if shape else None
    if key is None or not hmac.compare_digest(key.digest, _digest(text)):
        raise Refused("unknown_key", "this is not a key of this house")
    organization = key.organization
    if why := closed_by(key, roles_of([key]).get(key.made_by_id or 0, ""), organization.today(now)):
        raise Refused(why, _CLOSED[why])
    if key.used_at is None or key.used_at <= now - NOTED_EVERY:
        ApiKey.objects.of(organization).filter(pk=key.pk).update(used_at=now)
    return Caller(key, organization, key.role, f"key:{key.pk}")


def roles_of(keys: Iterable[ApiKey]) -> dict[int, str]:
    """The roles that the people who made these keys, all of one organization, have there now, by their ids."""
    found = list(keys)
    if not found:
        return {}
    rows = Membership.objects.of(found[0].organization_id).filter(user__in={key.made_by_id for key in found})
    return dict(rows.values_list("user_id", "role"))


def _drawn(letters: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(letters))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
