# SPDX-License-Identifier: AGPL-3.0-or-later
"""The two short mails that the page itself sends: a code, and word to the old address that details are to be changed."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage

from purring.doors.portal.opening import Visit
from purring.facts.organizations.models import LegalEntity
from purring.facts.sending.roads import by_road_of


def send_code(found: Visit, address: str, code: str) -> bool:
    """False when it could not be handed over."""
    say = found.words.say
    text = [say("code_mail", code=code), say("code_mail_unasked")]
    return _send(found, address, say("code_subject", code=code), text)


def tell_old_address(found: Visit, address: str, wanted: Sequence[tuple[str, str]]) -> bool:
    """What somebody wants changed, to the address that is known. `wanted`: what it is called, and the new value."""
    say = found.words.say
    lines = "\n".join(f"{name}: {value or '–'}" for name, value in wanted)
    text = [f"{say('details_mail')}\n\n{lines}", say("details_mail_then")]
    return _send(found, address, say("details_mail_subject"), text)


def _send(found: Visit, address: str, subject: str, paragraphs: Sequence[str]) -> bool:
    name = found.organization.name
    entity = LegalEntity.objects.of(found.organization).order_by("-is_default", "id").first()
    mail = EmailMessage(
        subject=" ".join(subject.split()),
        body="\n\n".join([*paragraphs, name]) + "\n",
        from_email=formataddr((" ".join(name.split()), settings.DEFAULT_FROM_EMAIL)),
        to=[address],
        reply_to=[entity.email] if entity and entity.email else None,
        headers={"Auto-Submitted": "auto-generated", "Content-Language": found.words.language},
    )
    return bool(by_road_of(found.organization, mail).send())
