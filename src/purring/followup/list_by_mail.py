# SPDX-License-Identifier: AGPL-3.0-or-later
"""The morning's list by mail, for people who wish it (R22): what waits for a yes today, with a link under which it can be
read and approved without signing in.

The link is signed and names one person, one day and the newest message that was on the list: what is decided later is not
behind it, and when the day is over nothing is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext, ngettext

from purring.core.errors import Refused
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Membership, Organization, User
from purring.facts.sending.roads import by_road_of
from purring.followup.approvals import may_approve, needs_approval, to_approve
from purring.followup.models import ListByMail, Reminder
from purring.language import formats

SALT = "purring.morning"
BEFORE = timedelta(hours=2)
"""The list comes this long before the sending hours begin, or as soon after as there is one."""
NAMED = 20
"""Messages that the mail names; the page shows all."""
ACTOR = "round:list"


class Link(NamedTuple):
    """What a link stands for."""

    organization: Organization
    user: User
    role: str
    day: date
    newest: int

    def waiting(self) -> QuerySet[Reminder]:
        """What of the list waits for a yes now."""
        return to_approve(self.organization, self.day).filter(pk__lte=self.newest)


def token_of(organization: Organization, user: User, day: date, newest: int) -> str:
    return signing.dumps([organization.pk, user.pk, day.isoformat(), newest], salt=SALT)


def read_token(token: str, now: datetime) -> Link:
    """Refuses `not_found` what we did not sign, a person who may not approve any more, and the list of another day."""
    try:
        organization_id, user_id, day, newest = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Refused("not_found", "this link is not known") from None
    mine = Membership.objects.of(organization_id).filter(user_id=user_id).select_related("user", "organization")
    member = mine.first()
    if member is None or not member.user.is_active or not may_approve(member.organization, member.role):
        raise Refused("not_found", "this link is not known")
    if member.organization.today(now).isoformat() != day:
        raise Refused("not_found", "this link was for another day")
    return Link(member.organization, member.user, member.role, date.fromisoformat(day), newest)


@transaction.atomic
def wish(organization: Organization, user: User, wanted: bool, *, now: datetime, actor: str) -> None:
    """Whether the person has the list by mail from now on."""
    rows = ListByMail.objects.of(organization).filter(user=user)
    if wanted == rows.exists():
        return
    if wanted:
        ListByMail(organization=organization, user=user).save(force_insert=True)
    else:
        rows.delete()
    write(organization.pk, "list.by_mail", at=now, actor=actor, user=user.pk, wanted=wanted)


def tell(now: datetime, address: Callable[[str], str]) -> int:
    """Send the list of the day to whoever wishes it and has not had it; how many. `address` makes a link of a token."""
    told = 0
    rows = ListByMail.objects.everywhere("the lists of all organizations").select_related("organization", "user")
    for row in rows.order_by("id"):
        organization = row.organization
        day = organization.today(now)
        opens = datetime.combine(day, organization.sending_from, organization.zone) - BEFORE
        if row.told_on == day or organization.planned_on != day or now < opens or not needs_approval(organization):
            continue
        member = Membership.objects.of(organization).filter(user=row.user).first()
        if member is None or not may_approve(organization, member.role):
            continue
        newest = to_approve(organization, day).order_by().aggregate(newest=Max("id"))["newest"]
        if newest and _claimed(row, day):
            told += _send(row, organization, row.user, day, newest, now, address)
    return told


def _claimed(row: ListByMail, day: date) -> bool:
    """True for one of several workers."""
    mine = ListByMail.objects.of(row.organization_id).filter(pk=row.pk)
    return bool(mine.filter(Q(told_on=None) | Q(told_on__lt=day)).update(told_on=day))


def _send(
    row: ListByMail,
    organization: Organization,
    user: User,
    day: date,
    newest: int,
    now: datetime,
    address: Callable[[str], str],
) -> int:
    link = address(token_of(organization, user, day, newest))
    try:
        with translation.override(user.language or organization.language):
            by_road_of(organization, _mail(organization, user, day, newest, link)).send()
    except Exception:  # it is tried again with the next round; the trouble is told by it
        ListByMail.objects.of(organization).filter(pk=row.pk).update(told_on=row.told_on)
        raise
    write(organization.pk, "list.mailed", at=now, actor=ACTOR, user=user.pk, newest=newest)
    return 1


def _mail(organization: Organization, user: User, day: date, newest: int, link: str) -> EmailMessage:
    rows = to_approve(organization, day).filter(pk__lte=newest).select_related("customer")
    count = rows.count()
    locale = formats.locale_for(translation.get_language() or "en", organization.country)
    lines = [
        f"- {row.customer.name}: {formats.money(row.asked, row.currency, locale)}"
        if row.asked
        else f"- {row.customer.name}"
        for row in rows[:NAMED]
    ]
    if count > NAMED:
        more = ngettext("- and %(count)s more", "- and %(count)s more", count - NAMED)
        lines.append(more % {"count": count - NAMED})
    subject = ngettext(
        "%(count)s message waits for your yes: %(name)s", "%(count)s messages wait for your yes: %(name)s", count
    )
    text = gettext(
        "Hello,\n\nthis would go out today:\n\n%(lines)s\n\nRead and approve it here:\n%(link)s\n\n"
        "The link is yours alone and works until this evening. Nothing leaves before somebody says yes.\n"
    )
    said = {"count": count, "name": organization.name}
    sender = settings.DEFAULT_FROM_EMAIL
    return EmailMessage(
        " ".join((subject % said).split()), text % {"lines": "\n".join(lines), "link": link}, sender, [user.email]
    )


def approved_of(link: Link) -> int:
    """How many of the list have their yes and wait for their hour, or have gone."""
    rows = Reminder.objects.of(link.organization).filter(on=link.day, pk__lte=link.newest)
    return rows.exclude(approved_at=None).count()
