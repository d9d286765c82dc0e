# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be done on a customer's or an invoice's page, and when it is offered. Routes are made from these tables,
each with the act's permission; the forms are in act_forms.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from purring.doors.desk import act_forms as f
from purring.doors.desk import charge_forms as c
from purring.doors.desk import day_forms as d
from purring.doors.desk import note_forms as n
from purring.doors.desk import offer_forms as o
from purring.doors.desk.permissions import Permission


@dataclass(frozen=True)
class Act:
    """One thing to do. `when` says whether it makes sense now, given the page's state."""

    key: str
    title: Lazy | str
    icon: str
    permission: Permission
    form: type[f.ActForm]
    button: Lazy | str
    when: Callable[[State], bool]
    text: Lazy | str = ""


@dataclass(frozen=True)
class State:
    """What the page knows about an account or an invoice, to offer only what fits."""

    open: bool = False
    held: bool = False
    excluded: bool = False
    disputed: bool = False
    promised: bool = False
    written_off: bool = False
    to_check: bool = False
    unanswered: bool = False
    charges: bool = False
    """The law gives something beside it, or something was asked."""
    charges_payable: bool = False
    noted: bool = False
    """A note that asks for no money waits for its day."""
    asked: bool = False
    """A check-in went out and has no answer yet."""
    planned: bool = False
    """A plan is in force."""
    plan_asked: bool = False
    """They asked for a plan beyond the limits."""
    day_asked: bool = False
    """They asked for a day so late that a person decides."""
    imported: bool = False
    """It was not issued here."""
    less_agreed: bool = False
    """A smaller sum was agreed for it."""


ALWAYS: Callable[[State], bool] = lambda state: True  # noqa: E731  # a name for the table below
FOLLOW_UP, BOOK = Permission.FOLLOW_UP, Permission.BOOK

INVOICE_ACTS = (
    Act("checked", _("It is in order"), "check", FOLLOW_UP, f.CheckedForm, _("Yes, go on"), lambda s: s.to_check and s.open,
        _("You have looked at it, and it may be asked for.")),
    Act("payment", _("Record a payment"), "money", BOOK, f.PaymentForm, _("Record"), lambda s: s.open),
    Act("promise", _("Note a promise"), "promise", FOLLOW_UP, f.PromiseForm, _("Note it"), lambda s: s.open),
    Act("release", _("Release the hold"), "go", FOLLOW_UP, f.ReleaseForm, _("Release"), lambda s: s.held,
        _("It is asked for again, from the next softest step.")),
    Act("hold", _("Put on hold"), "hold", FOLLOW_UP, f.HoldForm, _("Hold"), lambda s: s.open and not s.held),
    Act("resolve", _("Resolve the dispute"), "check", FOLLOW_UP, f.ResolveForm, _("Resolved"), lambda s: s.disputed),
    Act("dispute", _("Note a dispute"), "dispute", FOLLOW_UP, f.DisputeForm, _("Note it"),
        lambda s: s.open and not s.disputed),
    Act("due-date", _("Agree a new due date"), "date", BOOK, f.DueDateForm, _("Change"), lambda s: s.open),
    Act("complete", _("Complete details"), "pen", FOLLOW_UP, f.CompleteForm, _("Keep"), lambda s: s.open),
    Act("correct", _("Correct number or days"), "pen", BOOK, f.CorrectForm, _("Correct"), lambda s: s.open and s.imported,
        _("As it stands on the invoice itself. For a smaller amount record a credit note.")),
    Act("document", _("Add the PDF"), "file", FOLLOW_UP, f.DocumentForm, _("Add"), lambda s: s.open),
    Act("credit-note", _("Record a credit note"), "credit", BOOK, f.CreditNoteForm, _("Record"), lambda s: s.open),
    Act("late-charges", _("Decide about late charges"), "credit", BOOK, c.ChargesForm, _("Keep"), lambda s: s.charges,
        _("Messages ask for them from the firm reminder on, if the schedule says so.")),
    Act("pay-charges", _("Set money on account against late charges"), "money", BOOK, c.PayChargesForm, _("Set against them"),
        lambda s: s.charges_payable),
    Act("settle", _("Agree on a smaller sum"), "promise", BOOK, o.SettlementForm, _("Agree"),
        lambda s: s.open and not s.less_agreed, _("They pay it by a day, and the rest is written off. It counts as a promise.")),
    Act("end-settlement", _("Take the smaller sum back"), "close", BOOK, o.EndSettlementForm, _("Take it back"),
        lambda s: s.less_agreed),
    Act("in-kind", _("Take work or goods instead"), "credit", BOOK, o.InKindForm, _("Note it"), lambda s: s.open),
    Act("write-off", _("Write off the rest"), "close", BOOK, f.WriteOffForm, _("Write off"), lambda s: s.open,
        _("The rest is given up and not asked for any more. You can undo it.")),
    Act("void", _("It should not exist"), "close", BOOK, f.VoidForm, _("Void it"), lambda s: s.open and s.imported,
        _("For an invoice brought in by mistake. This stays; to ask for it again, enter it anew under another number.")),
    Act("reopen", _("Undo the write-off"), "go", BOOK, f.ReopenForm, _("Open again"), lambda s: s.written_off,
        _("The rest is asked for again.")),
)  # fmt: skip

CUSTOMER_ACTS = (
    Act("answered", _("We have answered"), "check", FOLLOW_UP, f.AnsweredForm, _("Answered"), lambda s: s.unanswered and not s.plan_asked and not s.day_asked,
        _("Their message has its answer; reminders go on.")),
    Act("agree-plan", _("Agree to their plan"), "promise", FOLLOW_UP, o.AgreePlanForm, _("Agree"), lambda s: s.plan_asked,
        _("As they asked for it, or with other days and sums.")),
    Act("decline-plan", _("Decline their plan"), "close", FOLLOW_UP, o.DeclinePlanForm, _("Decline"), lambda s: s.plan_asked),
    Act("agree-day", _("Agree to their day"), "promise", FOLLOW_UP, d.AgreeDayForm, _("Agree"), lambda s: s.day_asked,
        _("As they asked for it, or another day. It counts as a promise.")),
    Act("decline-day", _("Decline their day"), "close", FOLLOW_UP, d.DeclineDayForm, _("Decline"), lambda s: s.day_asked,
        _("Reminders go on as if it had not been asked for.")),
    Act("payment", _("Record a payment"), "money", BOOK, f.CustomerPaymentForm, _("Record"), ALWAYS),
    Act("withdraw-promise", _("Withdraw the promise"), "promise", FOLLOW_UP, f.WithdrawPromiseForm, _("Withdraw"),
        lambda s: s.promised, _("Reminders go on as if it had not been given.")),
    Act("promise", _("Note a promise"), "promise", FOLLOW_UP, f.PromiseForm, _("Note it"), lambda s: s.open),
    Act("plan", _("Agree on a payment plan"), "date", FOLLOW_UP, o.PlanForm, _("Agree"), lambda s: s.open and not s.plan_asked,
        _("Over everything that is open. It takes the place of any plan there is.")),
    Act("end-plan", _("End the payment plan"), "close", FOLLOW_UP, o.EndPlanForm, _("End it"), lambda s: s.planned),
    Act("release", _("Release the hold"), "go", FOLLOW_UP, f.ReleaseForm, _("Release"), lambda s: s.held,
        _("Reminders go on, from the next softest step.")),
    Act("hold", _("Put on hold"), "hold", FOLLOW_UP, f.HoldForm, _("Hold"), lambda s: not s.held),
    Act("spoke", _("We spoke"), "phone", FOLLOW_UP, f.SpokeForm, _("Note it"), ALWAYS),
    Act("reply", _("They wrote to us"), "talk", FOLLOW_UP, f.ReplyForm, _("Note it"), ALWAYS),
    Act("check-in-answer", _("They answered our question"), "talk", FOLLOW_UP, n.CheckInAnswerForm, _("Note it"),
        lambda s: s.asked, _("If something is wrong, the invoice counts as disputed and reminders wait.")),
    Act("terms-note", _("Send the note on terms"), "letter", FOLLOW_UP, n.TermsNoteForm, _("Send it"),
        lambda s: not s.excluded and not s.noted, _("For a new customer: how payment works with you. It asks for nothing.")),
    Act("check-in", _("Ask whether all is well"), "talk", FOLLOW_UP, n.CheckInForm, _("Ask"),
        lambda s: not s.excluded and not s.noted, _("A question, not a request. Silence blocks nothing.")),
    Act("take-back-note", _("Do not send the note"), "close", FOLLOW_UP, n.TakeBackNotesForm, _("Take it back"),
        lambda s: s.noted),
    Act("include", _("Take in again"), "go", FOLLOW_UP, f.IncludeForm, _("Take in"), lambda s: s.excluded,
        _("The customer gets reminders again.")),
    Act("exclude", _("Leave out of reminders"), "close", FOLLOW_UP, f.ExcludeForm, _("Leave out"),
        lambda s: not s.excluded, _("No reminders at all, until you take them in again.")),
)  # fmt: skip
