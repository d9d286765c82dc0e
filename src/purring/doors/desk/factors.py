# SPDX-License-Identifier: AGPL-3.0-or-later
"""Second factors and passkeys on top of allauth: secrets are sealed, an organization may ask everyone for one, and an owner
helps a colleague who lost theirs."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Membership, Organization, User
from purring.facts.sending.roads import by_road_of
from purring.kit.vault import seal, unseal

PLACE = "second factor"
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts; recovery codes only replace one of these."""


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's hooks: what it stores is sealed with the keys of the vault."""

    def encrypt(self, text: str) -> str:
        return seal(PLACE, {"text": text})

    def decrypt(self, encrypted_text: str) -> str:
        return str(unseal(PLACE, encrypted_text)["text"])

    def get_totp_issuer(self) -> str:
        return "Purring"


def has_factor(user: User) -> bool:
    """Whether the person comes in with more than a password."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def with_factor(user_ids: list[int]) -> set[int]:
    """Those of these people who have one."""
    found = Authenticator.objects.filter(user_id__in=user_ids, type__in=FACTORS)
    return set(found.values_list("user_id", flat=True))


def is_missing(organization: Organization, user: User) -> bool:
    """Whether the organization asks everybody for one and this person has none yet."""
    return organization.second_factor and not has_factor(user)


def reset(member: Membership, *, by: User, now: datetime, actor: str) -> None:
    """A colleague lost phone and key: the second factors are taken away and the person is told.

    Refuses one's own (`not_yours`), and a person who works elsewhere, too (`works_elsewhere`): another business relies on
    the same sign-in, and its people did not ask.
    """
    if member.user_id == by.pk:
        raise Refused("not_yours", gettext("use a recovery code, or ask another owner"))
    theirs = Membership.objects.everywhere("whether others rely on this sign-in").filter(user_id=member.user_id)
    if theirs.exclude(organization_id=member.organization_id).exists():
        raise Refused(
            "works_elsewhere",
            gettext("this person works for another business, too; they need one of their recovery codes"),
        )
    with transaction.atomic():
        gone, _ = Authenticator.objects.filter(user_id=member.user_id).delete()
        if not gone:
            return
        write(member.organization_id, "member.factor_reset", at=now, actor=actor, user=member.user_id)
        transaction.on_commit(lambda: _tell(member, by))


def _tell(member: Membership, by: User) -> None:
    organization = member.organization
    text = gettext(
        "Hello,\n\n%(who)s took the second factor off your sign-in for %(name)s. Your password lets you in; please set up a "
        "new one then.\n\nIf you did not ask for this, call %(who)s at once.\n"
    ) % {"who": by.name or by.email, "name": organization.name}
    subject = gettext("Your second factor was taken off")
    by_road_of(organization, EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [member.user.email])).send(
        fail_silently=True
    )
