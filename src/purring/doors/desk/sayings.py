# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the desk calls things: stages, channels, states, answers, roles, ways to pay. Labels only; the sentences of
"why" come from the decision."""

from __future__ import annotations

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

Labels = dict[str, Lazy | str]

NOTES: Labels = {
    "terms_note": _("The note on terms"),
    "receipt": _("The question whether our invoices arrived"),
    "satisfaction": _("The question whether they are content"),
}
STAGES: Labels = {
    "request": _("first request"),
    "courtesy": _("kind note before the due date"),
    "due_today": _("note on the due day"),
    "friendly": _("friendly reminder"),
    "follow_up": _("follow-up"),
    "firm": _("firm reminder"),
    "final": _("final notice"),
    "thank_you": _("thank-you"),
    "terms_note": _("note on terms"),
    "check_in": _("check-in"),
    "autopay": _("note on an automatic payment"),
    "reply": _("answer"),
    "personal": _("message of ours"),
}
OUTCOMES: Labels = {
    "reached": _("We spoke"),
    "left_message": _("Left a message"),
    "no_answer": _("Nobody answered"),
}
"""What came of a call."""
DEBIT_OUTCOMES: Labels = {
    "paid": _("paid"),
    "failed": _("it could not be taken"),
    "settled": _("paid in another way meanwhile"),
    "in_the_way": _("something stood in the way, nothing was taken"),
    "not_said": _("it was not announced in time, nothing was taken"),
    "mandate_over": _("the agreement had ended, nothing was taken"),
}
"""What became of an automatic payment."""
CHECKED_IN: Labels = {"yes": _("yes, all is well"), "no": _("no, something is wrong")}
"""What was answered to a check-in."""
CASES: Labels = {
    "promise_to_pay": _("they will pay"),
    "already_paid": _("they say it is paid"),
    "not_received": _("it did not reach them"),
    "copy_request": _("they want a copy"),
    "info_request": _("they want to know more"),
    "po_request": _("they need an order number on it"),
    "dispute": _("something is not right"),
    "not_satisfied": _("they are not satisfied"),
    "cannot_pay_all": _("they cannot pay all of it"),
    "plan_request": _("they ask for instalments"),
    "plan_agreed": _("a plan was agreed"),
    "plan_declined": _("their plan cannot be agreed to"),
    "day_declined": _("their day cannot be agreed to"),
    "day_agreed": _("a later day was agreed"),
    "sum_agreed": _("a smaller sum was agreed"),
    "hardship": _("they are out of money"),
    "hardship_short": _("money is short for some weeks"),
    "hardship_lasting": _("money is short for long"),
    "wrong_person": _("they are the wrong person"),
    "approval_pending": _("it waits for approval there"),
    "pay_run": _("they pay on fixed days"),
    "pays_late": _("they usually pay late"),
    "call_request": _("they want to be called"),
    "call_summary": _("what was agreed by phone"),
    "refusal": _("they will not pay"),
    "hostile": _("they are angry"),
    "insolvency": _("they are insolvent"),
    "stop_contact": _("they want no more messages"),
    "acknowledgement": _("it arrived"),
    "other": _("anything else"),
}
"""What a customer may have said: the objection playbook."""
TIMELINE: Labels = {
    "": _("Everything"),
    "messages": _("Messages"),
    "money": _("Money"),
    "agreements": _("Agreements"),
    "calls": _("Calls"),
    "visits": _("Visits"),
    "notes": _("Notes"),
    "tasks": _("Tasks"),
    "changes": _("Changes"),
}
"""What of the timeline is shown."""
ANSWERS: Labels = {
    "received": _("received, all in order"),
    "question": _("a question"),
    "paid": _("has paid"),
    "promise": _("will pay"),
    "copy": _("wants a copy"),
    "po": _("needs an order number or another detail on it"),
    "dispute": _("something is not right"),
    "plan": _("needs more time, or instalments"),
    "wrong_person": _("is not the right person"),
    "content": _("is content"),
    "not_content": _("is not content"),
}
"""What customers say by the buttons."""
CHANNELS: Labels = {
    "email": _("e-mail"),
    "sms": _("text message"),
    "letter": _("letter"),
    "phone": _("phone call"),
}
STATES: Labels = {
    "planned": _("planned"),
    "released": _("leaving"),
    "sent": _("sent"),
    "unconfirmed": _("perhaps arrived"),
    "deferred": _("tried again soon"),
    "failed": _("could not be sent"),
    "bounced": _("came back"),
    "delivered": _("delivered"),
    "withdrawn": _("withdrawn"),
    "skipped": _("skipped"),
}
STATE_TONES = {
    "sent": "good",
    "delivered": "good",
    "unconfirmed": "care",
    "deferred": "care",
    "failed": "alert",
    "bounced": "alert",
}
HOLD_CODES: Labels = {
    "settled": _("paid"),
    "excluded": _("left out"),
    "held": _("on hold"),
    "disputed": _("disputed"),
    "on_plan": _("payment plan"),
    "promised": _("promised"),
    "pending_payment": _("payment on its way"),
    "awaiting_our_answer": _("waits for our answer"),
    "to_check": _("to check"),
    "final_reached": _("over to a person"),
    "not_due": _("not due"),
    "credit_on_account": _("money on account"),
    "below_minimum": _("small amount"),
    "bad_address": _("address does not work"),
    "no_address": _("no address"),
    "delivery_failed": _("sending failed"),
    "data_stale": _("bank data is old"),
    "budget": _("contacted lately"),
    "quiet_day": _("day off"),
    "approval": _("waits for approval"),
    "unlawful": _("not allowed now"),
}
CHARGES: Labels = {
    "interest": _("Late interest"),
    "compensation": _("Compensation for late payment"),
    "fee": _("Reminder fee"),
}
CHARGE_CHOICES: Labels = {
    "": _("ask, and let them fall away when all is paid in time"),
    "pursue": _("ask for them as part of the sum"),
    "aside": _("keep them aside, ask for none"),
    "waive": _("waive them"),
    "waive_until": _("waive them when all is paid by a day"),
}
NOTICE_HOLES: Labels = {
    "what": _("what it is for"),
    "creditor_address": _("our address"),
    "creditor_number": _("our registration number"),
    "how_to_pay": _("how to pay"),
    "contact": _("whom to ask"),
    "interest": _("interest"),
    "interest_from": _("the first day of interest"),
    "rate": _("the rate"),
    "fee": _("the fee"),
    "cost": _("the collection cost"),
    "total": _("the whole sum"),
}
CHARGE_ORDERS: Labels = {
    "principal": _("the invoice first; what is over waits on account"),
    "law": _("late charges that were asked for first, where the law of both countries has it so"),
}
LEAST_SURE: Labels = {
    "high": _("only what is sure"),
    "medium": _("also what is likely"),
    "low": _("also what is doubtful"),
}
CONFIDENCES: Labels = {
    "high": _("sure"),
    "medium": _("likely"),
    "low": _("doubtful"),
}
ROLES: Labels = {
    "owner": _("Owner"),
    "accountant": _("Accountant"),
    "collector": _("Collector"),
    "read_only": _("Read only"),
}
ROLE_NOTES: Labels = {
    "owner": _("everything, with settings and people"),
    "accountant": _("follows up, books payments, imports, credits and writes off"),
    "collector": _("follows up: approves, holds, notes promises and disputes"),
    "read_only": _("looks, changes nothing"),
}
METHODS: Labels = {
    "transfer": _("bank transfer"),
    "card": _("card"),
    "cash": _("cash"),
    "cheque": _("cheque"),
    "mobile": _("mobile payment"),
    "direct_debit": _("direct debit"),
    "phone": _("by phone"),
    "imported": _("imported"),
    "other": _("other"),
}
WAYS: Labels = {
    "transfer": _("Bank transfer"),
    "mobile": _("Payment app"),
    "cash": _("Cash"),
    "cheque": _("Cheque"),
    "phone": _("By phone"),
}
DISCREPANCIES: Labels = {
    "wrong_amount": _("another amount came than was asked for"),
    "wrong_currency": _("it came in another currency than was asked for"),
    "other_account": _("the provider names another account than yours"),
    "test_money": _("test money came where real money was asked for"),
    "unknown_attempt": _("a payment that nobody here started"),
    "paid_twice": _("more came than was still open"),
    "disputed": _("the payer disputes it"),
    "came_back": _("money that had gone back is here again"),
    "unreadable": _("the provider's answer cannot be read"),
}
DISCREPANCY_ADVICE: Labels = {
    "wrong_amount": _("It waits on the customer's account. Set it against the invoice, or send it back."),
    "wrong_currency": _("It waits on the customer's account. Send it back, or agree with them what it pays."),
    "other_account": _(
        "Nothing was booked. Look at your provider whose money it is, and whether the account entered here is right."
    ),
    "test_money": _(
        "Nothing was booked. Ask the customer to pay once more; the way of paying they saw was in test mode."
    ),
    "unknown_attempt": _("Nothing was booked. Look at your provider who paid; record it here by hand if it is yours."),
    "paid_twice": _("The rest waits on the customer's account. Set it against another invoice, or send it back."),
    "disputed": _("Answer at your provider before its deadline. Nothing changes here until it is decided."),
    "came_back": _(
        "The invoice was opened again when it went back. Look at your provider, and record the money by hand if it stayed."
    ),
    "unreadable": _("It is asked for again by itself. If it stays like this, look at your provider."),
}
"""What a person does about it."""
REFUND_STATES: Labels = {
    "asked": _("waits for a second yes"),
    "confirmed": _("confirmed"),
    "sent": _("on its way back"),
    "done": _("gone back"),
    "withdrawn": _("not sent"),
    "failed": _("could not be sent"),
}
REFUND_TONES = {"asked": "care", "failed": "alert"}
SOURCES: Labels = {
    "desk": _("recorded at the desk"),
    "manual": _("recorded by hand"),
    "import": _("imported"),
    "file": _("from a file"),
    "bank": _("from the bank"),
}
PROPOSALS: Labels = {
    "named": _("It names this"),
    "amount": _("The same amount is open"),
    "sum": _("Together they come to this amount"),
    "other_customer": _("It names an invoice of another customer"),
    "all": _("Everything that is open"),
    "oldest": _("The oldest first"),
}
RHYTHM_NAMES: Labels = {"weekly": _("every week"), "fortnightly": _("every two weeks"), "monthly": _("every month")}
OFFERED_TO: Labels = {"all": _("everybody"), "business": _("businesses"), "consumer": _("private people")}
KINDS: Labels = {"business": _("business"), "consumer": _("private person"), "unknown": _("not known")}
CLOSENESS: Labels = {
    "new": _("new"),
    "regular": _("regular"),
    "long_standing": _("long-standing"),
    "personal": _("personal"),
}
FORMALITY: Labels = {"": _("as the language does it"), "formal": _("formal"), "informal": _("informal")}
CUSTOMER_FIELDS: Labels = {
    "name": _("name"),
    "kind": _("kind"),
    "country": _("country"),
    "language": _("language"),
    "timezone": _("time zone"),
    "group": _("group"),
    "group_id": _("group"),
    "sender": _("who writes to them"),
    "sender_id": _("who writes to them"),
    "address_lines": _("address"),
    "postcode": _("postcode"),
    "city": _("city"),
    "vat_id": _("VAT number"),
    "terms_days": _("days to pay"),
    "po_required": _("order number needed"),
    "pay_run_days": _("days on which they pay"),
    "preferred_channel": _("how we write"),
    "preferred_method": _("how they pay"),
    "closeness": _("how close we are"),
    "formality": _("form of address"),
    "monthly_statement": _("monthly statement"),
    "note": _("note"),
    "email": _("e-mail address"),
    "phone": _("phone"),
    "role": _("role"),
    "title": _("title"),
    "given_name": _("first name"),
    "family_name": _("family name"),
    "gender": _("greeting"),
}
"""What of a customer or a contact was changed, in a sentence of the timeline."""
CONTACT_ROLES: Labels = {
    "payment": _("pays"),
    "billing": _("billing"),
    "owner": _("owner"),
    "other": _("other"),
}
SCHEMES: Labels = {
    "iban": _("IBAN"),
    "no": _("Norwegian account number"),
    "za": _("South African account"),
    "us": _("US account"),
    "gb": _("UK account"),
    "au": _("Australian account"),
    "ca": _("Canadian account"),
    "bankgiro": _("Bankgiro"),
    "fik": _("FIK"),
    "upi": _("UPI"),
    "pix": _("Pix"),
}

TASKS: Labels = {
    "call": _("Call them"),
    "bad_address": _("Find a working address"),
    "no_address": _("Add an address"),
    "dispute": _("Look into a dispute"),
    "promise_broken_twice": _("Talk about a broken promise"),
    "data_stale": _("Bring the bank data up to date"),
    "final_reached": _("Decide how to go on"),
    "unmatched_receipt": _("Match money on account"),
    "wrong_person": _("Find the right person"),
    "purchase_order_missing": _("Add the purchase order number"),
    "check_invoice": _("Look at an invoice first"),
    "check_account": _("Correct a bank account"),
    "check_message": _("Read a message that could not leave"),
    "charges_open": _("Decide about late charges"),
    "details": _("They want to correct their details"),
}
TASK_ICONS = {
    "call": "phone",
    "bad_address": "mail",
    "no_address": "mail",
    "wrong_person": "person",
    "details": "person",
    "dispute": "dispute",
    "unmatched_receipt": "money",
    "charges_open": "credit",
    "promise_broken_twice": "promise",
}


def label(labels: Labels, code: str) -> str:
    """The label of a code; an unknown code is shown as it is, with spaces."""
    return str(labels.get(code) or code.replace("_", " "))
