# SPDX-License-Identifier: AGPL-3.0-or-later
"""Inviting colleagues: a link that opens once, whose token is only in the mail (and shown to the owner); its hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.facts.journal.actions import write
from purring.facts.organizations.actions import add_member, sit_at
from purring.facts.organizations.keys import revoke_keys_of
from purring.facts.organizations.models import Invitation, Membership, Organization, Role, User

VALID = timedelta(days=14)
SAME_PRESS = timedelta(seconds=20)
"""Asked for twice within this time, the same invitation is one: a double click."""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(organization: Organization, email: str, role: str, *, by: User, now: datetime, actor: str) -> str:
    """A fresh invitation (it takes the place of an open one to the same address); its token, which is kept nowhere. Empty
    when the very same was made a moment ago: its link is on its way.

    Refuses somebody who belongs already.
    """
    email = email.strip().lower()
    if role not in Role.values:
        raise Refused("unknown_role", f"{role} is not a role", field="role")
    if Membership.objects.of(organization).filter(user__email=email).exists():
        raise Refused("member", f"{email} belongs already", field="email")
    there = Invitation.objects.of(organization).select_for_update().filter(email=email, accepted_at=None)
    if there.filter(role=role, invited_by=by, sent_at__gt=now - SAME_PRESS).exists():
        return ""
    there.delete()
    token = secrets.token_urlsafe(32)
    Invitation(
        organization=organization,
        email=email,
        role=role,
        token_hash=_hash(token),
        invited_by=by,
        sent_at=now,
        expires_at=now + VALID,
    ).save(force_insert=True)
    write(organization.pk, "member.invited", at=now, actor=actor, text=email, role=role)
    return token


@transaction.atomic
def invite_again(invitation: Invitation, *, by: User, now: datetime, actor: str) -> str:
    """A new link for an invitation that was lost or ran out; the earlier one opens nothing any more. Empty when one was
    made a moment ago.

    Refuses (`used`) one that was accepted or taken back meanwhile, and somebody who came in by another way.
    """
    rows = Invitation.objects.of(invitation.organization_id).select_for_update()
    held = rows.filter(pk=invitation.pk, accepted_at=None).first()
    if held is None:
        raise Refused("used", gettext("this invitation was used or taken back meanwhile"))
    if Membership.objects.of(held.organization_id).filter(user__email=held.email).exists():
        raise Refused("member", f"{held.email} belongs already", field="email")
    if held.sent_at and held.sent_at > now - SAME_PRESS:
        return ""
    token = secrets.token_urlsafe(32)
    held.token_hash, held.invited_by, held.sent_at, held.expires_at = _hash(token), by, now, now + VALID
    held.save(update_fields=["token_hash", "invited_by", "sent_at", "expires_at"])
    write(held.organization_id, "member.invited", at=now, actor=actor, text=held.email, role=held.role)
    return token


@transaction.atomic
def take_back(invitation: Invitation, *, now: datetime, actor: str) -> None:
    """Its link opens nothing any more. One that was accepted meanwhile stays what it is."""
    gone, _ = Invitation.objects.of(invitation.organization_id).filter(pk=invitation.pk, accepted_at=None).delete()
    if gone:
        write(
            invitation.organization_id,
            "member.uninvited",
            at=now,
            actor=actor,
            text=invitation.email,
            role=invitation.role,
        )


def find_invitation(token: str, now: datetime) -> Invitation:
    """The open invitation of a token. Refuses one that is not there, was used or has expired."""
    rows = Invitation.objects.everywhere("the token names the organization").select_related("organization")
    found = rows.filter(token_hash=_hash(token), accepted_at=None, expires_at__gt=now).first()
    if found is None:
        raise Refused("bad_invitation", "this invitation was used, is too old, or is not complete")
    return found


@transaction.atomic
def accept(invitation: Invitation, user: User, *, now: datetime) -> Membership:
    """The person joins; the second click finds them in."""
    rows = Invitation.objects.of(invitation.organization_id).select_for_update()
    held = rows.filter(pk=invitation.pk, accepted_at=None).first()
    there = Membership.objects.of(invitation.organization_id).filter(user=user).first()
    if held is None and there is None:
        raise Refused("bad_invitation", "this invitation was used already")
    if held:
        held.accepted_at = now
        held.save(update_fields=["accepted_at"])
    sit_at(user, invitation.organization_id)
    return there or add_member(invitation.organization, user, invitation.role, now=now, actor=f"user:{user.pk}")


@transaction.atomic
def change_role(member: Membership, role: str, *, now: datetime, actor: str) -> None:
    """Refuses to leave an organization without an owner."""
    if role not in Role.values:
        raise Refused("unknown_role", f"{role} is not a role", field="role")
    _keep_an_owner(member, becomes=role)
    if member.role != role:
        member.role = role
        member.save(update_fields=["role"])
        write(member.organization_id, "member.changed", at=now, actor=actor, user=member.user_id, role=role)


@transaction.atomic
def remove(member: Membership, *, now: datetime, actor: str) -> None:
    """The person no longer belongs, and the keys they made open nothing any more. Refuses to leave an organization without
    an owner."""
    _keep_an_owner(member, becomes="")
    revoke_keys_of(member, now=now, actor=actor)
    write(member.organization_id, "member.removed", at=now, actor=actor, user=member.user_id)
    member.delete()


def _keep_an_owner(member: Membership, becomes: str) -> None:
    owners = Membership.objects.of(member.organization_id).select_for_update().filter(role=Role.OWNER)
    if member.role == Role.OWNER and becomes != Role.OWNER and {row.pk for row in owners} == {member.pk}:
        raise Refused("last_owner", "somebody has to stay the owner; make another person owner first")
