# SPDX-License-Identifier: AGPL-3.0-or-later
"""Telling people that something has stopped: rounds that do not beat, mail that is refused, messages in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext, ngettext

from purring.facts.checkout.models import ProviderAccount
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import LegalEntity, Organization
from purring.facts.sending.accounts import account_of
from purring.facts.sending.alerts import KINDS, recipients
from purring.facts.sending.roads import by_road_of, house_can_mail
from purring.followup.deliveries import doubtful
from purring.followup.models import Beat, Reminder, State

LATE_FACTOR = 5
AT_LEAST = timedelta(minutes=10)
TOLD_AGAIN_AFTER = timedelta(days=1)


def stopped_rounds(now: datetime, rhythms: Sequence[tuple[str, int]]) -> list[str]:
    """One line for each round that failed or has not finished for five times its rhythm (and ten minutes)."""
    beats = {beat.round: beat for beat in Beat.objects.all()}
    lines = []
    for name, every in rhythms:
        beat = beats.get(name)
        patience = max(timedelta(seconds=every * LATE_FACTOR), AT_LEAST)
        if beat is None:
            continue
        if beat.error and beat.failed_since and now - beat.failed_since > AT_LEAST:
            lines.append(f'the round "{name}" fails: {beat.error}')
        elif (last := beat.finished_at or beat.started_at) and now - last > patience:
            lines.append(f'the round "{name}" has not finished since {last:%d %B %H:%M} UTC')
    return lines


class Worry(NamedTuple):
    """Something a person should know: of which kind (`facts.sending.alerts`), and a line about it."""

    kind: str
    line: str


def worries(organization: Organization, now: datetime, rhythms: Sequence[tuple[str, int]]) -> list[Worry]:
    """Everything the owner should know now."""
    found = [Worry("rounds", line) for line in stopped_rounds(now, rhythms)]
    if line := _mail_trouble(organization, now):
        found.append(Worry("mail", line))
    if count := doubtful(organization).count():
        said = ngettext(
            "%(count)s message may or may not have arrived; please look at it at the desk",
            "%(count)s messages may or may not have arrived; please look at them at the desk",
            count,
        )
        found.append(Worry("doubt", said % {"count": count}))
    since = now - timedelta(days=1)
    if count := Reminder.objects.of(organization).filter(state=State.FAILED, ended_at__gte=since).count():
        said = ngettext(
            "%(count)s message could not be delivered since yesterday",
            "%(count)s messages could not be delivered since yesterday",
            count,
        )
        found.append(Worry("failed", said % {"count": count}))
    found += [
        Worry("bank", gettext("%(name)s has no bank account, so its messages cannot say where to pay") % {"name": name})
        for name in _without_account(organization)
    ]
    return found


def _mail_trouble(organization: Organization, now: datetime) -> str:
    """What stops the mail account, once it has been so for a while; empty when it is well."""
    account = account_of(organization)
    if account and account.trouble_since and now - account.trouble_since > AT_LEAST:
        said = gettext("the mail account %(address)s has taken no messages since %(since)s: %(why)s")
        since = f"{account.trouble_since:%Y-%m-%d %H:%M} UTC"
        return said % {"address": account.address, "since": since, "why": account.trouble}
    if account is None:
        today = organization.today(now)
        stuck = Reminder.objects.of(organization).filter(state=State.DEFERRED, on=today, attempts__gt=1).first()
        if stuck:
            return gettext("messages wait, because the mail server says: %(why)s") % {"why": stuck.detail}
    return ""


def _without_account(organization: Organization) -> list[str]:
    """Legal entities that ask for money and can nowhere be paid."""
    names = []
    for entity in LegalEntity.objects.of(organization).order_by("id"):
        if any(one.get("number") for one in entity.accounts):
            continue
        mine = Q(entity=entity) | Q(entity=None) if entity.is_default else Q(entity=entity)
        if ProviderAccount.objects.of(organization).filter(Q(entity=None) | Q(entity=entity), enabled=True).exists():
            continue
        if Invoice.objects.of(organization).filter(mine, settled_on=None).exists():
            names.append(entity.name)
    return names


def tell_owners(now: datetime, rhythms: Sequence[tuple[str, int]]) -> int:
    """Whoever is to be told is told by mail, of each kind of worry at most once a day; how many organizations were told."""
    told = 0
    for organization in Organization.objects.order_by("id"):
        since = now - TOLD_AGAIN_AFTER
        before = Entry.objects.of(organization).filter(kind="owner.told", at__gt=since).values_list("data", flat=True)
        known = {kind for data in before for kind in data.get("kinds", KINDS)}
        fresh = [worry for worry in worries(organization, now, rhythms) if worry.kind not in known]
        if not fresh:
            continue
        for email, kinds in recipients(organization).items():
            if mine := [worry.line for worry in fresh if worry.kind in kinds]:
                _mail(organization, email, mine)
        kinds_told = sorted({worry.kind for worry in fresh})
        with transaction.atomic():  # only once it has left: a mail server that is away must not swallow the warning
            write(organization.pk, "owner.told", at=now, actor="round:watch", count=len(fresh), kinds=kinds_told)
        told += 1
    return told


def _mail(organization: Organization, email: str, lines: Sequence[str]) -> None:
    text = "\n".join(f"- {line}" for line in lines)
    subject = gettext("Purring needs you: %(name)s") % {"name": organization.name}
    body = gettext(
        "Hello,\n\nsomething in Purring needs a person:\n\n%(lines)s\n\nNothing is lost, and nothing is sent twice.\n"
    )
    mail = EmailMessage(" ".join(subject.split()), body % {"lines": text}, settings.DEFAULT_FROM_EMAIL, [email])
    # The installation's own mail server first: the organization's account may be what the worry is about.
    (mail if house_can_mail() else by_road_of(organization, mail)).send()
