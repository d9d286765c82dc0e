# SPDX-License-Identifier: AGPL-3.0-or-later
"""All organizations of one person at a glance: what needs a person, what goes out today, what is overdue, what may come this
week, and what stands still.

The only page that looks across organizations. It begins with the person's own memberships and asks for those organizations
alone; one that wants a second factor the person does not have yet stays closed. A fixed number of questions, however many
organizations there are. What is counted is what each organization's own pages count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.factors import has_factor
from purring.doors.desk.money import REFUND_WAITS, Total
from purring.doors.desk.needs import ANSWER, DOUBT, REPLY, unseen
from purring.facts.answers.models import Answer
from purring.facts.checkout.models import Discrepancy
from purring.facts.messages.models import Message
from purring.facts.organizations.models import Membership, Organization, User
from purring.facts.refunds.models import RefundRequest
from purring.facts.sending.models import MailAccount
from purring.facts.sending.roads import house_can_mail
from purring.followup.approvals import asking
from purring.followup.models import WAITING, PutOff, Reminder, State, Task
from purring.insight.outlook import Days, in_short
from purring.kit.tenancy import OrganizationManager

WHY = "a person's own organizations"


class Word(NamedTuple):
    """A state of an organization, in a word; `kind` as of a badge. With `until` it is paused to that day."""

    text: Lazy | str
    kind: str
    until: date | None = None


@dataclass
class House:
    """One organization of the person. `closed`: it asks for a second factor first, so nothing of it is here."""

    member: Membership
    closed: bool
    needs: int = 0
    goes: int = 0
    """Messages of today that have not left."""
    yes: int = 0
    """How many of those wait for a person's yes."""
    overdue: list[Total] = field(default_factory=list)
    expected: list[Total] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)

    @property
    def organization(self) -> Organization:
        return self.member.organization


def houses(user: User, members: Sequence[Membership], now: datetime) -> list[House]:
    """Everything of these memberships of the person, in their order."""
    open_, days = _open(user, members, now)
    needs, going = needing(days), _going(open_, days)
    short, words = in_short(days), _words(open_, days)
    overdue = _by_owner({book: one.overdue for book, one in short.items()})
    expected = _by_owner({book: one.coming for book, one in short.items()})
    made = []
    for member in members:
        key = member.organization_id
        if key in days:
            goes, yes = going.get(key, (0, 0))
            made.append(
                House(member, False, needs.get(key, 0), goes, yes, overdue[key], expected[key], words.get(key, []))
            )
        else:
            made.append(House(member, True))
    return made


def elsewhere(user: User, members: Sequence[Membership], now: datetime) -> list[House]:
    """For the bar: only what needs a person."""
    days = _open(user, members, now)[1]
    needs = needing(days)
    return [House(one, one.organization_id not in days, needs.get(one.organization_id, 0)) for one in members]


def _open(user: User, members: Sequence[Membership], now: datetime) -> tuple[list[Organization], dict[int, date]]:
    """The organizations that are open to the person as they came in, and the today of each."""
    assert all(member.user_id == user.pk for member in members)
    asks = any(member.organization.second_factor for member in members)
    secure = not asks or has_factor(user)
    open_ = [member.organization for member in members if secure or not member.organization.second_factor]
    return open_, {one.pk: one.today(now) for one in open_}


def _of(rows: OrganizationManager[Any], days: Days) -> QuerySet[Any]:
    return rows.everywhere(WHY).filter(organization_id__in=list(days))


def _on(days: Days, lookup: str) -> Q:
    """A condition on each organization's own day: there are three at most at one moment."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for key, day in days.items():
        by_day[day].append(key)
    found = Q()
    for day, keys in by_day.items():
        found |= Q(organization_id__in=keys, **{lookup: day})
    return found


# --- what needs a person: as `needs.queue` counts it, in one statement ------------------------------------------


def needing(days: Days) -> dict[int, int]:
    """How many things need a person, by organization; where nothing does, it is not named."""
    if not days:
        return {}
    parts = [
        _kept(_of(Task.objects, days).filter(done_at=None), "task", days),
        _kept(_of(Message.objects, days).filter(needs_answer=True, answered_at=None), REPLY, days),
        _kept(unseen(_of(Answer.objects, days)), ANSWER, days),
        _kept(_of(Reminder.objects, days).filter(state=State.UNCONFIRMED), DOUBT, days),
        _of(RefundRequest.objects, days).filter(REFUND_WAITS),
        _of(Discrepancy.objects, days).filter(settled_at=None),
    ]
    counted = [
        rows.order_by().values_list("organization_id").annotate(count=Count("pk", distinct=True)) for rows in parts
    ]
    sums: dict[int, int] = defaultdict(int)
    for key, count in counted[0].union(*counted[1:], all=True):
        sums[key] += count
    return dict(sums)


def _kept(rows: QuerySet[Any], what: str, days: Days) -> QuerySet[Any]:
    """Without what was put off to a later day."""
    off = PutOff.objects.everywhere(WHY).filter(
        _on(days, "until__gt"), organization_id=OuterRef("organization_id"), subject=OuterRef("subject_")
    )
    subject = Concat(Value(f"{what}-"), Cast("pk", models.CharField()), output_field=models.CharField())
    kept: QuerySet[Any] = rows.annotate(subject_=subject).filter(~Exists(off))
    return kept


# --- the rest ---------------------------------------------------------------------------------------------------


def _going(open_: Sequence[Organization], days: Days) -> dict[int, tuple[int, int]]:
    """Messages of today that wait, and how many of them for a yes."""
    if not days:
        return {}
    by_rule: dict[tuple[Any, ...], list[Organization]] = defaultdict(list)
    for one in open_:
        rule = one.first_day_approved_at is None, one.approves_each_day, one.approves_firm, one.approves_above
        by_rule[rule].append(one)
    wanted = Q(pk__in=[])
    for ones in by_rule.values():
        rules = asking(ones[0])
        if rules is not None:
            wanted |= rules & Q(organization_id__in=[one.pk for one in ones])
    rows = Reminder.objects.everywhere(WHY).filter(_on(days, "on"), state__among=WAITING).order_by()
    counts = rows.values_list("organization_id").annotate(
        goes=Count("pk"), yes=Count("pk", filter=wanted & Q(approved_at=None))
    )
    return {key: (goes, yes) for key, goes, yes in counts}


def _by_owner(sums: Mapping[tuple[int, str], int]) -> defaultdict[int, list[Total]]:
    found: defaultdict[int, list[Total]] = defaultdict(list)
    for (key, currency), amount in sums.items():
        if amount:
            found[key].append(Total(amount, currency))
    for totals in found.values():
        totals.sort(key=lambda total: (-total.amount, total.currency))
    return found


def _words(open_: Sequence[Organization], days: Days) -> dict[int, list[Word]]:
    """What stands still, or is about to."""
    if not days:
        return {}
    accounts = dict(_of(MailAccount.objects, days).values_list("organization_id", "trouble"))
    by_house = house_can_mail()
    found: dict[int, list[Word]] = defaultdict(list)
    for one in open_:
        if one.paused_until and one.paused_until >= days[one.pk]:
            found[one.pk].append(Word("", "care", one.paused_until))
        if one.first_day_approved_at is None:
            found[one.pk].append(Word(_("being set up"), ""))
        elif one.pk not in accounts and not by_house:
            found[one.pk].append(Word(_("no mail account"), "alert"))
        if accounts.get(one.pk):
            found[one.pk].append(Word(_("mail is refused"), "alert"))
    return found


# --- their order ------------------------------------------------------------------------------------------------


def _in_own(house: House, totals: Sequence[Total]) -> tuple[str, int]:
    """Amounts in different currencies cannot be compared: by currency, then by amount."""
    own = house.organization.currency
    return own, -sum(total.amount for total in totals if total.currency == own)


SORTS: dict[str, Callable[[House], Any]] = {
    "needs": lambda house: -house.needs,
    "name": lambda house: 0,
    "goes": lambda house: -house.goes,
    "overdue": lambda house: _in_own(house, house.overdue),
    "expected": lambda house: _in_own(house, house.expected),
}
"""By name where they are equal. The first one holds where nothing is chosen."""
USUAL = "needs"


def in_order(found: Sequence[House], sort: str) -> list[House]:
    """By one column; closed ones last."""
    by = SORTS[sort if sort in SORTS else USUAL]
    return sorted(found, key=lambda one: (one.closed, by(one), one.organization.name.casefold(), one.member.pk))


def added(sums: Sequence[Sequence[Total]]) -> list[Total]:
    """Totals of several organizations, each currency for itself."""
    found: dict[str, int] = defaultdict(int)
    for totals in sums:
        for total in totals:
            found[total.currency] += total.amount
    return sorted((Total(amount, currency) for currency, amount in found.items()), reverse=True)
