# SPDX-License-Identifier: AGPL-3.0-or-later
"""What needs a person, as one queue: what stops most stands first, many of a kind are one group, and what was put off is
not here until its day.

A fixed number of questions, however much there is: a thin row of everything, then the whole of what is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.answers import MEANING, Told, told
from purring.doors.desk.desk import Desk
from purring.doors.desk.money import Total, discrepancies, refunds_waiting
from purring.doors.desk.sayings import TASK_ICONS, TASKS, label
from purring.facts.answers.models import Answer, AnswerFile
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Message
from purring.followup.deliveries import doubtful
from purring.followup.models import PutOff, Reminder, Task
from purring.kit.numbers import whole
from purring.kit.tenancy import reach
from purring.kit.together import Question, together

AT_MOST = 3_000
"""So many of a kind are counted; beyond that there are "more than"."""
SINGLY = 4
"""So many of a kind stand singly in the queue; more are one group that opens."""
PAGE = 25


class Kind(NamedTuple):
    """A kind of need: `rank` says what it stops (0: everything, 1: they wait for us, 2: asking them, 3: it is to be decided)."""

    rank: int
    icon: str
    label: Lazy | str
    note: Lazy | str
    """What happens until, or when, somebody does it."""


DOUBT, REPLY, ANSWER, MONEY = "doubt", "reply", "answer", "money"
NO_TASKS = (DOUBT, REPLY, ANSWER)
_PLAIN = Kind(3, "info", "", "")
KINDS: dict[str, Kind] = {
    REPLY: Kind(1, "talk", _("They wait for our answer"), _("Nothing else is sent to them before it.")),
    ANSWER: Kind(1, "talk", _("They answered on their page"), ""),
    DOUBT: Kind(
        1,
        "mail",
        _("Perhaps arrived"),
        _(
            "It may or may not have arrived, and is not sent again by itself. Ask them, or look for it in your mail server."
        ),
    ),
    "data_stale": Kind(0, "money", "", _("Nothing is asked for until the payments of these days are known.")),
    "check_account": Kind(0, "money", "", _("Nothing is asked for that would be paid into it.")),
    "check_invoice": Kind(2, "invoices", "", _("It is not asked for until you have looked.")),
    "check_message": Kind(2, "mail", "", _("It did not leave. The next working day decides afresh.")),
    "bad_address": Kind(2, "mail", "", _("A message came back or could not be delivered. Nobody is written to there.")),
    "no_address": Kind(2, "mail", "", _("Without one nothing can be sent to them.")),
    "wrong_person": Kind(2, "person", "", _("This person is not written to any more.")),
    "purchase_order_missing": Kind(2, "invoices", "", _("They cannot pay without it, so they are not asked.")),
    "dispute": Kind(3, "dispute", "", _("That part is not asked for until it is resolved.")),
}
"""What differs from a plain task."""


def kind_of(code: str) -> Kind:
    kind = KINDS.get(code, _PLAIN)
    if kind.label:
        return kind
    return kind._replace(label=label(TASKS, code), icon=TASK_ICONS.get(code, kind.icon))


class Thin(NamedTuple):
    """One need, before it is shown."""

    subject: str
    code: str
    key: int
    customer_id: int | None
    since: date | datetime


@dataclass(frozen=True)
class Need:
    """One need as it is shown. `thing` is the task, message, answer or reminder itself."""

    subject: str
    code: str
    kind: Kind
    customer: Customer | None
    since: date | datetime
    thing: Any
    open: list[Total]
    """What the customer owes in all."""
    invoices: list[tuple[int, str]] = field(default_factory=list)
    """Id and number of what it is about."""
    then: tuple[Lazy | str, str] | None = None
    """Its one next act: what it is called, and where it is done."""

    @property
    def named(self) -> list[tuple[int, str]]:
        """The invoices that the sentence beside does not name itself."""
        said = getattr(self.thing, "why", "")
        return [(key, number) for key, number in self.invoices if number not in said]


@dataclass
class Group:
    """All needs of one kind; `rows` are those that are shown."""

    code: str
    kind: Kind
    count: int
    open: list[Total]
    rows: list[Need] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """There are more than were counted."""
        return self.count >= AT_MOST


@dataclass
class Queue:
    """Everything that needs a person today."""

    groups: list[Group]
    money: int
    """Things about money, which have a page of their own."""
    put_off: int

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups) + self.money


def queue(desk: Desk) -> Queue:
    """The queue, with the first of every kind that has few."""
    thin, put_off, money = _thin(desk)
    by_code: dict[str, list[Thin]] = defaultdict(list)
    for one in thin:
        by_code[one.code].append(one)
    owed = _owed(desk, {one.customer_id for one in thin if one.customer_id})
    groups = []
    shown: list[Thin] = []
    for code, ones in by_code.items():
        ids = {one.customer_id for one in ones if one.customer_id}
        groups.append(Group(code, kind_of(code), len(ones), _total(owed, ids)))
        if len(ones) <= SINGLY:
            shown += _in_order(desk, ones, owed)
    needs = {need.subject: need for need in _whole(desk, shown, owed)}
    for group in groups:
        group.rows = [needs[one.subject] for one in shown if one.code == group.code and one.subject in needs]
    own = desk.organization.currency
    groups.sort(key=lambda group: (group.kind.rank, -_in(group.open, own), group.code))
    return Queue(groups, money, put_off)


def page_of(desk: Desk, code: str, after: int = 0) -> tuple[list[Need], int]:
    """The needs of one kind, a page of them; and where the next page begins (0: that was all)."""
    ones = [one for one in _thin(desk)[0] if one.code == code]
    owed = _owed(desk, {one.customer_id for one in ones if one.customer_id})
    ordered = _in_order(desk, ones, owed)
    more = after + PAGE if len(ordered) > after + PAGE else 0
    return _whole(desk, ordered[after : after + PAGE], owed), more


def subject_of(desk: Desk, subject: str) -> tuple[Any, int | None]:
    """The thing that a subject names, and its customer. Refuses `not_found`."""
    what, _colon, key = subject.partition("-")
    models: dict[str, Any] = {"task": Task, REPLY: Message, ANSWER: Answer, DOUBT: Reminder}
    number = whole(key)
    if what not in models or number is None:
        raise Refused("not_found", f"there is no {subject}")
    thing = reach(models[what], desk.organization, pk=number)
    return thing, thing.customer_id


def later(desk: Desk) -> list[tuple[PutOff, Need]]:
    """What was put off, the soonest first."""
    rows = list(_put_off(desk).select_related("by").order_by("until", "id")[:200])
    ones = [one for one in _everything(desk) if one.subject in {row.subject for row in rows}]
    owed = _owed(desk, {one.customer_id for one in ones if one.customer_id})
    needs = {need.subject: need for need in _whole(desk, ones, owed)}
    return [(row, needs[row.subject]) for row in rows if row.subject in needs]


# --- the thin rows ----------------------------------------------------------------------------------------------


def _put_off(desk: Desk) -> QuerySet[PutOff]:
    return PutOff.objects.of(desk.organization).filter(until__gt=desk.today)


def unseen(rows: QuerySet[Answer]) -> QuerySet[Answer]:
    """Of these answers those that nobody has looked at yet. Money that has come needs no look."""
    rows = rows.filter(seen_at=None, replaced_by=None, kind__in=MEANING)
    return rows.exclude(Q(kind="paid") & ~Q(invoices__settled_on=None))


def _thin(desk: Desk) -> tuple[list[Thin], int, int]:
    """Everything that is not put off; how much is; and how many things about money there are."""
    off, refunds, odd, *found = _asked(
        desk,
        Question(_put_off(desk), "subject"),
        Question(refunds_waiting(desk).select_related(None), "id"),
        Question(discrepancies(desk).select_related(None), "id"),
    )
    aside = {subject for (subject,) in off}
    thin = _gathered(found)
    kept = [one for one in thin if one.subject not in aside]
    return kept, len(thin) - len(kept), len(refunds) + len(odd)


def _everything(desk: Desk) -> list[Thin]:
    return _gathered(_asked(desk))


def _asked(desk: Desk, *more: Question) -> list[list[Any]]:
    org = desk.organization
    tasks = Task.objects.of(org).filter(done_at=None).order_by("opened_on", "id")
    replies = Message.objects.of(org).filter(needs_answer=True, answered_at=None).order_by("at", "id")
    return together(
        *more,
        Question(tasks[:AT_MOST], "code", "id", "customer_id", "opened_on"),
        Question(replies[:AT_MOST], "id", "customer_id", "at"),
        Question(unseen(Answer.objects.of(org)).distinct().order_by("id")[:AT_MOST], "id", "customer_id", "at"),
        Question(doubtful(org)[:AT_MOST], "id", "customer_id", "on"),
    )


def _gathered(found: Sequence[list[Any]]) -> list[Thin]:
    tasks, replies, answered, doubts = found
    thin = [Thin(f"task-{key}", code, key, customer_id, day) for code, key, customer_id, day in tasks]
    for code, rows in ((REPLY, replies), (ANSWER, answered), (DOUBT, doubts)):
        thin += [Thin(f"{code}-{key}", code, key, customer_id, since) for key, customer_id, since in rows]
    return thin


# --- what it stops ----------------------------------------------------------------------------------------------

Owed = dict[int, list[Total]]


def _owed(desk: Desk, ids: set[int]) -> Owed:
    """What these customers owe, by currency."""
    if not ids:
        return {}
    rows = Invoice.objects.of(desk.organization).filter(customer_id__any_of=list(ids), settled_on=None).order_by()
    balance = F("amount") - F("allocated") - F("credited") - F("forgiven")
    owed: Owed = defaultdict(list)
    for customer_id, currency, total in rows.values_list("customer_id", "currency").annotate(total=Sum(balance)):
        owed[customer_id].append(Total(total, currency))
    return owed


def _total(owed: Owed, ids: Iterable[int]) -> list[Total]:
    sums: dict[str, int] = defaultdict(int)
    for key in ids:
        for total in owed.get(key, ()):
            sums[total.currency] += total.amount
    return sorted((Total(amount, currency) for currency, amount in sums.items()), reverse=True)


def _in(totals: Iterable[Total], currency: str) -> int:
    """What of it is in the business's own currency: amounts in different ones cannot be compared."""
    return sum(total.amount for total in totals if total.currency == currency)


def _in_order(desk: Desk, ones: Iterable[Thin], owed: Owed) -> list[Thin]:
    own = desk.organization.currency
    return sorted(ones, key=lambda one: (-_in(owed.get(one.customer_id or 0, ()), own), str(one.since), one.key))


# --- the whole rows ---------------------------------------------------------------------------------------------


def _whole(desk: Desk, ones: Sequence[Thin], owed: Owed) -> list[Need]:
    """These needs with all that a row shows, in their order."""
    if not ones:
        return []
    org = desk.organization
    ids: dict[str, list[int]] = defaultdict(list)
    for one in ones:
        ids[one.subject.partition("-")[0]].append(one.key)
    of_tasks = Task.invoices.through._default_manager.filter(task_id__in=ids["task"])
    of_answers = Answer.invoices.through._default_manager.filter(answer_id__in=ids[ANSWER])
    files = AnswerFile.objects.of(org).filter(answer_id__in=ids[ANSWER]).defer("content").order_by("id")
    tasks, replies, answered, doubts, customers, links, told_links, kept = together(
        Question(Task.objects.of(org).filter(pk__in=ids["task"])),
        Question(Message.objects.of(org).filter(pk__in=ids[REPLY])),
        Question(Answer.objects.of(org).filter(pk__in=ids[ANSWER])),
        Question(Reminder.objects.of(org).filter(pk__in=ids[DOUBT])),
        Question(Customer.objects.of(org).filter(pk__in={one.customer_id for one in ones if one.customer_id})),
        Question(of_tasks.order_by("invoice__due", "invoice_id"), "task_id", "invoice_id", "invoice__number"),
        Question(of_answers.order_by("invoice__due", "invoice_id"), "answer_id", "invoice_id", "invoice__number"),
        Question(files),
    )
    things: dict[str, Any] = {}
    for what, rows in (("task", tasks), (REPLY, replies), (ANSWER, answered), (DOUBT, doubts)):
        things |= {f"{what}-{row.pk}": row for row in rows}
    invoices: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for what, links_of in (("task", links), (ANSWER, told_links)):
        for key, invoice_id, number in links_of:
            invoices[f"{what}-{key}"].append((invoice_id, number))
    came: dict[int, list[AnswerFile]] = defaultdict(list)
    for file in kept:
        came[file.answer_id].append(file)
    people = {customer.pk: customer for customer in customers}
    needs = []
    for one in ones:
        thing = things.get(one.subject)
        if thing is None:
            continue
        customer = people.get(one.customer_id or 0)
        about = invoices[one.subject]
        if one.code == ANSWER:
            thing = _as_told(desk, thing, came[thing.pk])
        then = _then(desk, one, thing, customer, about)
        debts = owed.get(one.customer_id or 0, [])
        needs.append(Need(one.subject, one.code, kind_of(one.code), customer, one.since, thing, debts, about, then))
    return needs


def _as_told(desk: Desk, given: Answer, files: list[AnswerFile]) -> dict[str, Any]:
    day = given.day and given.day.isoformat()
    data = {"answer": given.kind, "amount": given.amount, "currency": given.currency, "day": day}
    told_ = Told(given, told(data, desk.locale, desk.organization.currency), MEANING[given.kind])
    return {"told": told_, "files": files}


def _then(
    desk: Desk, one: Thin, thing: Any, customer: Customer | None, about: Sequence[tuple[int, str]]
) -> tuple[Lazy | str, str] | None:
    """The one next act of a need."""
    if one.code in (REPLY, "call") and customer and not desk.may_follow_up:
        return _("Open their page"), reverse("desk:customer", args=[customer.pk])
    if one.code == REPLY and customer:
        return _("Read and answer"), f"{reverse('desk:customer-write', args=[customer.pk])}?reply={one.key}"
    if one.code == "call" and customer:
        return _("Open the call sheet"), reverse("desk:customer-call", args=[customer.pk])
    if one.code == "data_stale":
        return _("Import payments"), reverse("desk:import")
    if one.code == "check_account":
        return _("Correct the account"), reverse("desk:settings-billing")
    if one.code == "check_message" and (about_message := whole(thing.subject)) is not None:
        return _("Read it"), reverse("desk:reminder", args=[about_message])
    if customer is None:
        return None
    if one.code in ("bad_address", "no_address", "wrong_person"):
        return _("Correct the address"), reverse("desk:customer", args=[customer.pk]) + "#people"
    if one.code == "details":
        return _("See what they want changed"), reverse("desk:customer-details", args=[customer.pk])
    if one.code == "unmatched_receipt":
        return _("See what it may be for"), reverse("desk:money") + "?show=open"
    if one.code == "final_reached" and about:
        return _("Read the legal notice"), reverse("desk:notices", args=[about[0][0]])
    if one.code == "charges_open" and about:
        return _("Decide"), reverse("desk:charges", args=[about[0][0]])
    if one.code in ("dispute", "check_invoice", "purchase_order_missing") and about:
        return _("Look at the invoice"), reverse("desk:invoice", args=[about[0][0]])
    if one.code == "promise_broken_twice":
        return _("Open their page"), reverse("desk:customer", args=[customer.pk])
    return None
