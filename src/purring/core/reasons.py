# SPDX-License-Identifier: Apache-2.0
"""Why: one sentence for every answer. A reason is a code and its facts; the sentences are data, so that another
language is another table of the same keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from purring.core.answers import Answer, Contact, Wanted
from purring.core.money import to_text

Sentences = Mapping[str, str]

ENGLISH: Sentences = {
    "send_before": "{days} before the due date of {invoice}",
    "send_due_today": "{invoice} is due today",
    "send_due_shifted": "the first working day after the due date of {invoice}",
    "send_after": "{days} after the due date of {invoice}",
    "send_repeated": "{days} after the due date of {invoice}, asked again",
    "send_broken_promise": "{reason}; promised for {pay_on} and not received",
    "settled": "nothing is open",
    "excluded": "the customer is excluded from reminders",
    "held": "on hold until released",
    "held_until": "on hold until {until}",
    "disputed": "disputed; waiting for the dispute to be resolved",
    "on_plan": "on a payment plan; each instalment is reminded by itself",
    "promised": "promised for {pay_on}",
    "promised_grace": "promised for {pay_on}, {grace} of grace",
    "pending_payment": "a payment is on its way",
    "awaiting_our_answer": "the customer wrote and waits for our answer",
    "to_check": "a person should look at it first: {problem}",
    "problem_purchase_order_missing": "the customer needs a purchase order number on it",
    "problem_check_invoice": "the same was asked for under another number",
    "problem_check_days": "one of its dates cannot be right",
    "problem_check_account": "the bank account to pay to does not look right",
    "problem_check_tax_number": "the customer's tax number does not look right",
    "problem_check_address": "the e-mail address looks like a typing error",
    "final_reached": "the last stage went out on {on}; a person takes over",
    "not_due": "no step is due yet",
    "next": "next: {stage} by {channel} on {day}",
    "credit_on_account": "{credit} {currency} on account covers what would be asked; match it first",
    "below_minimum": "{asked} {currency} is below the minimum of {minimum} {currency}",
    "bad_address": "the last address for {channel} did not work",
    "no_address": "there is no address for {channel}",
    "delivery_failed": "sending failed for now; tried again next round",
    "data_stale": "the bank data is not fresh until after {until}",
    "budget": "contacted on {last}; the next contact may go after {until}",
    "quiet_day": "{on} is not a working day for the customer",
    "closed_until": "we are closed until {closed}",
    "paused": "everything is paused until {until}",
    "paused_note": "everything is paused until {until}: {note}",
    "approval": "waiting for approval",
    "unlawful": "the law does not allow it now: {rule}",
    "first_asking": "{invoice} itself: it is asked for the first time",
    "thank_you": "thank you for the payment of {on}",
    "note": "somebody here asked for it",
    "announced": "{invoices}: automatic payment is announced",
    "task_check_message": "a message for {invoices} could not leave as it is",
    "task_call": "call the customer about {invoices}",
    "task_bad_address": "messages to {address} do not arrive",
    "task_no_address": "there is no address for {channel}",
    "task_dispute": "{invoices} is disputed",
    "task_promise_broken_twice": "a second promise for {invoices} was not kept",
    "task_data_stale": "bank data is not fresh; nothing goes out until it is",
    "task_final_reached": "all stages have gone out for {invoices}, still open",
    "task_unmatched_receipt": "{credit} {currency} on account is not matched to an invoice",
    "task_wrong_person": "{address} is not the right person",
    "task_purchase_order_missing": "the customer needs a purchase order number on {invoices}",
    "task_check_invoice": "{invoices} should be looked at before the first reminder: {problem}",
    "task_check_account": "one of your bank accounts does not look right; {invoices} and maybe others wait for it",
    "task_charges_open": "{invoices} is paid; {asked} {currency} asked beside it are still open: ask for them, waive them, or keep them aside",
    "lint_no_wording": "there is no wording for {stage} in {language}",
    "lint_no_address": "{customer} has no address for {channel}",
    "lint_too_many_contacts": "{contacts} contacts with {customer} in the {window} days from {on}",
    "lint_gap": "{stage} stands {apart} days after {before}, and contacts keep {gap} days apart",
    "lint_repeat": "{stage} repeats every {every} days, and contacts keep {gap} days apart",
    "stage_courtesy": "courtesy",
    "stage_due_today": "due today",
    "stage_friendly": "friendly",
    "stage_follow_up": "follow up",
    "stage_firm": "firm",
    "stage_final": "final",
    "channel_email": "email",
    "channel_sms": "sms",
    "channel_letter": "letter",
    "channel_phone": "phone",
}

_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]  # fmt: skip


def english_date(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


def english_days(days: int) -> str:
    return ("one day" if days == 1 else f"{days} days") if days else "no day"


class Telling(NamedTuple):
    """How reasons are said in one language."""

    sentences: Sentences
    """By code, with the same fields as the English ones."""
    show_date: Callable[[date], str]
    show_days: Callable[[int], str]


IN_ENGLISH = Telling(ENGLISH, english_date, english_days)


def tell(code: str, params: Mapping[str, Any], telling: Telling = IN_ENGLISH) -> str:
    """The sentence of a reason. Amounts in `params` are minor units beside `currency`; they are shown as decimal text."""
    sentences = telling.sentences
    if code == "held" and params.get("until"):
        code = "held_until"
    elif code == "promised" and params.get("grace"):
        code = "promised_grace"
    elif code == "quiet_day" and params.get("closed"):
        code = "closed_until"
    elif code == "paused" and params.get("note"):
        code = "paused_note"
    shown: dict[str, Any] = {}
    for name, value in params.items():
        if isinstance(value, date):
            value = telling.show_date(value)
        elif name in ("days", "grace"):
            value = telling.show_days(value)
        elif name in ("credit", "asked", "minimum"):
            value = to_text(value, params["currency"])
        elif name == "problem":
            value = sentences.get(f"problem_{value}", str(value).replace("_", " "))
        elif name in ("stage", "before", "channel"):
            value = sentences.get(f"{'channel' if name == 'channel' else 'stage'}_{value}", str(value))
        elif isinstance(value, tuple):
            value = ", ".join(value)
        shown[name] = value
    return sentences[code].format_map(shown)


def why_hold(answer: Answer, telling: Telling = IN_ENGLISH) -> str:
    """Why nothing goes out for an invoice."""
    return tell(answer.code, answer.params, telling)


def why_send(contact: Contact, today: date, telling: Telling = IN_ENGLISH) -> str:
    """Why this contact goes out today."""
    days = (today - contact.due).days
    if days < 0:
        code = "send_before"
    elif days == 0:
        code = "send_due_today"
    elif contact.stage == "due_today":
        code = "send_due_shifted"
    else:
        code = "send_repeated" if contact.repeated else "send_after"
    reason = tell(code, {"days": abs(days), "invoice": contact.oldest}, telling)
    if contact.broken_promise:
        return tell("send_broken_promise", {"reason": reason, "pay_on": contact.broken_promise.pay_on}, telling)
    return reason


def why_task(wanted: Wanted, telling: Telling = IN_ENGLISH) -> str:
    """Why a person is asked to do something."""
    return tell(f"task_{wanted.code}", {"invoices": wanted.invoices, **wanted.params}, telling)
