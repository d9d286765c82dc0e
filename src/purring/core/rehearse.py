# SPDX-License-Identifier: Apache-2.0
"""Play a scenario file day by day through the decision, and tell what would be sent, and why not.

`rehearse(parsed_json)` returns the document of the contract (`timeline`, `invoices`, `findings`) as plain
JSON values. Refuses a bad file with `Refused`, whose `params["path"]` is the place in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from purring.core import reasons
from purring.core.answers import SEND, Answer, Contact, Decision
from purring.core.calendar import ONE_DAY, working_days
from purring.core.decide import decide
from purring.core.facts import Account
from purring.core.lawful import NO_LAW, ChargingLaw, Debt, LawOf, together
from purring.core.money import to_text
from purring.core.scenario import Event, Scenario, read_scenario
from purring.core.schedule import RANK, Schedule
from purring.core.world import Booked, World

Row = dict[str, Any]
HasWording = Callable[[str, str, str], bool]
"""(language, stage, channel) -> is there a wording?"""

MOST_CONTACTS = 4
CONTACTS_WINDOW_DAYS = 30


def rehearse(
    value: object,
    *,
    law_of: LawOf = NO_LAW,
    has_wording: HasWording | None = None,
    telling: reasons.Telling = reasons.IN_ENGLISH,
) -> dict[str, Any]:
    """Play the scenario. `law_of` brings the law in; `has_wording` lets the lint `no_wording` look for missing languages;
    `telling` is the language of the reasons."""
    return Rehearsal(read_scenario(value), law_of, has_wording, telling).play()


class Rehearsal:
    """One run through the days of one scenario."""

    def __init__(
        self, scenario: Scenario, law_of: LawOf, has_wording: HasWording | None, telling: reasons.Telling
    ) -> None:
        self.scenario = scenario
        self.world = World(scenario)
        self.law_of = law_of
        self.has_wording = has_wording
        self.telling = telling
        self.timeline: list[Row] = []
        self.answers: dict[str, str] = {}
        self.contacts: dict[str, list[tuple[date, str]]] = {customer.ref: [] for customer in scenario.customers}
        self.spoken: dict[str, list[date]] = {}
        """By customer: the days on which the staff spoke with them."""
        self.receipts: dict[str, list[tuple[int, date]]] = {}
        self.charged: dict[str, list[tuple[date, bool]]] = {}
        """By invoice: the days of messages that asked for charges on it, and whether their fee stood beside another."""
        self.lints: dict[tuple[str, str, str], Row] = {}

    def play(self) -> dict[str, Any]:
        events = list(self.scenario.events)
        while events and events[0].on < self.scenario.start:
            self._happen(events.pop(0))
        self.world.new_tasks.clear()
        self.world.new_payments.clear()
        self._end_of_day()
        today = self.scenario.start
        while today <= self.scenario.end:
            while events and events[0].on == today:
                self._happen(events.pop(0))
            if not (self.world.outage_until and today <= self.world.outage_until):
                self._round(today)
            self._end_of_day()
            today += ONE_DAY
        result = {"timeline": self.timeline, "invoices": self._invoices(), "findings": self._findings()}
        for event in events:  # after the end: judged like the others, and without effect on the result
            self.world.happen(event)
        return result

    def _happen(self, event: Event) -> None:
        """Let it take effect, and note what the law asks about: days on which money came in or the staff spoke."""
        bill = self.world.bills.get(event.fields.get("invoice", ""))
        before = bill.paid if bill else 0
        self.world.happen(event)
        if bill and bill.paid != before:
            self.receipts.setdefault(bill.new.ref, []).append((bill.paid - before, event.on))
        if event.type == "contact_made":
            self.spoken.setdefault(event.fields["customer"], []).append(event.on)

    def _law(self, ref: str, account: Account) -> ChargingLaw:
        """The law of one customer; a word of the staff counts as a call."""
        contacts = sorted([*self.contacts[ref], *((on, "phone") for on in self.spoken.get(ref, ()))])
        return self.law_of(self.scenario.organization, self.world.debtors[ref].who, account, contacts)

    def _end_of_day(self) -> None:
        """Trouble with sending concerns only what was to leave that day."""
        for debtor in self.world.debtors.values():
            debtor.delivery = ""

    # --- one day ------------------------------------------------------------------------------------------

    def _round(self, today: date) -> None:
        tasks, payments = self.world.new_tasks, self.world.new_payments
        self.world.new_tasks, self.world.new_payments = [], []
        general: list[Row] = []
        rows: list[Row] = []
        for ref in self.world.debtors:
            own = [
                _task(
                    today,
                    ref,
                    task.code,
                    task.invoices,
                    reasons.tell(f"task_{task.code}", {"invoices": task.invoices, **task.params}, self.telling),
                )
                for task in tasks
                if task.customer == ref
            ]
            thanks = self._thank(ref, [booked for booked in payments if booked.customer == ref], today)
            decision, more = self._decide(ref, today)
            sends: list[Row] = []
            for wanted in decision.tasks:
                why = reasons.why_task(wanted, self.telling)
                if wanted.code == "data_stale":
                    self.world.stale_raised = True
                    general.append(_task(today, None, wanted.code, wanted.invoices, why))
                    continue
                self.world.debtors[ref].raised.update((wanted.code, subject) for subject in wanted.subjects)
                own.append(_task(today, ref, wanted.code, wanted.invoices, why))
            if decision.contact:
                self._contact(ref, decision.contact, today, own, sends)
            rows += own + more + thanks + sends + self._holds(ref, decision.answers, today)
        self.timeline += general + rows

    def _decide(self, ref: str, today: date) -> tuple[Decision, list[Row]]:
        """The decision, with what a failing delivery of the day makes of it."""
        debtor = self.world.debtors[ref]
        calendar = working_days(debtor.who.country)
        account = self.world.account(ref, today)
        law = self._law(ref, account)
        decision = decide(account, self.world.schedule, law, calendar, today)
        if decision.contact and self.world.schedule.charges == "lawful":
            decision = decision._replace(contact=self._with_charges(decision.contact, law, today))
        contact = decision.contact
        if debtor.delivery != "permanent" or not contact or not contact.to:
            return decision, []
        self.world.spoil(ref, contact.to)
        answer = Answer("bad_address", {"channel": contact.channel})
        answers = {k: answer if v is SEND else v for k, v in decision.answers.items()}
        why = reasons.tell("task_bad_address", {"address": contact.to}, self.telling)
        row = _task(today, ref, "bad_address", contact.invoices, why)
        return decision._replace(contact=None, answers=answers), [row]

    def _with_charges(self, contact: Contact, law: ChargingLaw, today: date) -> Contact:
        """A letter or e-mail asks for charges from `firm` on, for the invoices that have come that far themselves.

        Nothing beside a plan or a disputed invoice, and nothing where money was sent back: a person looks at those.
        """
        if contact.channel in ("phone", "sms"):  # a text message has no room to set charges apart from the principal
            return contact
        debts: dict[str, Debt] = {}
        for count in contact.counts:
            bill = self.world.bills[count.invoices[0]]
            receipts = self.receipts.get(bill.new.ref, [])
            reversed_once = any(amount < 0 for amount, _ in receipts)
            if count.plan or RANK[count.stage] < RANK["firm"] or bill.disputed or reversed_once:
                continue
            went_out = {counted.on for counted in bill.counted}  # what bounced is not in there
            debts[bill.new.ref] = Debt(
                amount=bill.new.amount - sum(bill.credits),
                currency=bill.new.currency,
                issued=bill.new.issued,
                due=bill.due,
                paid=tuple(receipts),
                reminders=tuple(on for on, _ in self.charged.get(bill.new.ref, ()) if on in went_out),
                fees_elsewhere=sum(other for on, other in self.charged.get(bill.new.ref, ()) if on in went_out),
            )
        each = law.charges_of_each(list(debts.values()), today)
        fee_at = {ref for ref, own in zip(debts, each, strict=True) if any(charge.kind == "fee" for charge in own)}
        for ref, own in zip(debts, each, strict=True):
            if own:
                self.charged.setdefault(ref, []).append((today, bool(fee_at - {ref})))
        return contact._replace(charges=together(each))

    def _thank(self, ref: str, payments: list[Booked], today: date) -> list[Row]:
        """A thank-you for each booked payment, unless the customer is excluded or has no address."""
        debtor = self.world.debtors[ref]
        to = next((reach.to for reach in debtor.reach().values() if reach.to), None)
        if not payments or debtor.excluded or not to:
            return []
        self.world.thanked(ref, to, today)
        return [
            {
                "on": today.isoformat(),
                "customer": ref,
                "action": "thank",
                "invoices": list(booked.invoices),
                "amounts": {booked.currency: to_text(booked.amount, booked.currency)},
            }
            for booked in payments
        ]

    def _contact(self, ref: str, contact: Contact, today: date, tasks: list[Row], sends: list[Row]) -> None:
        language = self.world.debtors[ref].who.language
        why = reasons.why_send(contact, today, self.telling)
        if contact.channel == "phone":
            tasks.append(_task(today, ref, "call", contact.invoices, why))
        else:
            sends.append(
                {
                    "on": today.isoformat(),
                    "customer": ref,
                    "action": "send",
                    "stage": contact.stage,
                    "channel": contact.channel,
                    "to": contact.to,
                    "language": language,
                    "invoices": list(contact.invoices),
                    "amounts": {contact.currency: to_text(contact.asked, contact.currency)},
                    "charges": [
                        {
                            "kind": charge.kind,
                            "amount": to_text(charge.amount, charge.currency),
                            "currency": charge.currency,
                            "rule": charge.rule,
                        }
                        for charge in contact.charges
                    ],
                    "why": why,
                }
            )
            if self.has_wording and not self.has_wording(language, contact.stage, contact.channel):
                lacking = {"stage": contact.stage, "language": language}
                self._lint("no_wording", ref, contact.stage, reasons.tell("lint_no_wording", lacking, self.telling))
        self.contacts[ref].append((today, contact.channel))
        self.world.contact_went_out(ref, contact, today)

    def _holds(self, ref: str, answers: dict[str, Answer], today: date) -> list[Row]:
        """One row per code for the invoices whose answer changed today."""
        rows: dict[str, Row] = {}
        for invoice, answer in answers.items():
            code = answer.code
            changed = self.answers.get(invoice) != code
            self.answers[invoice] = code
            if code == "no_address":
                channel = answer.params["channel"]
                why = reasons.tell("lint_no_address", {"customer": ref, "channel": channel}, self.telling)
                self._lint("no_address", ref, str(channel), why, step=False)
            if code == "unlawful":
                self._lint("step_unlawful", ref, "", reasons.why_hold(answer, self.telling), step=False)
            if not changed or code in ("send", "settled", "not_due"):
                continue
            row = rows.get(code)
            until = answer.params.get("until")
            if row is None:
                row = rows[code] = {
                    "on": today.isoformat(),
                    "customer": ref,
                    "action": "hold",
                    "code": code,
                    "invoices": [],
                }
                if until:
                    row["until"] = until.isoformat()
                row["why"] = reasons.why_hold(answer, self.telling)
            elif until and row.get("until", "") < until.isoformat():
                row["until"] = until.isoformat()
            row["invoices"].append(invoice)
        return list(rows.values())

    # --- the end --------------------------------------------------------------------------------------------

    def _invoices(self) -> list[Row]:
        return [
            {
                "ref": bill.new.ref,
                "balance": to_text(bill.balance, bill.new.currency),
                "state": bill.state,
                "stage": bill.counted[-1].stage if bill.counted else None,
                "reminders": bill.reminders,
            }
            for bill in self.world.bills.values()
        ]

    def _lint(self, code: str, customer: str | None, key: str, why: str, *, step: bool = True) -> None:
        row: Row = {"code": code}
        if customer:
            row["customer"] = customer
        if step:
            row["step"] = key
        self.lints.setdefault((code, customer or "", key), {**row, "why": why})

    def _findings(self) -> list[Row]:
        for ref, contacts in self.contacts.items():
            _lint_contacts(self, ref, [on for on, _ in contacts])
        for schedule in self.world.schedules:
            _lint_gaps(self, schedule)
            for customer in self.scenario.customers:
                law = self.law_of(self.scenario.organization, customer, None, ())
                for stage, why in law.unlawful_steps(schedule):
                    self._lint("step_unlawful", customer.ref, stage, why)
        return list(self.lints.values())


def _lint_contacts(run: Rehearsal, ref: str, days: Sequence[date]) -> None:
    for last in range(MOST_CONTACTS, len(days)):
        first = last - MOST_CONTACTS
        if (days[last] - days[first]).days < CONTACTS_WINDOW_DAYS:
            within = sum(days[first] <= day and (day - days[first]).days < CONTACTS_WINDOW_DAYS for day in days)
            found = {"contacts": within, "customer": ref, "window": CONTACTS_WINDOW_DAYS, "on": days[first]}
            why = reasons.tell("lint_too_many_contacts", found, run.telling)
            run._lint("too_many_contacts", ref, "", why, step=False)
            return


def _lint_gaps(run: Rehearsal, schedule: Schedule) -> None:
    for before, step in zip(schedule.steps, schedule.steps[1:], strict=False):
        apart = step.days - before.days
        if apart < schedule.gap_days:
            found = {"stage": step.stage, "apart": apart, "before": before.stage, "gap": schedule.gap_days}
            why = reasons.tell("lint_gap", found, run.telling)
            run._lint("gap_too_small", None, step.stage, why)
    if schedule.repeat_every is not None and schedule.repeat_every < schedule.gap_days:
        stage = schedule.steps[-1].stage
        found = {"stage": stage, "every": schedule.repeat_every, "gap": schedule.gap_days}
        why = reasons.tell("lint_repeat", found, run.telling)
        run._lint("gap_too_small", None, stage, why)


def _task(today: date, customer: str | None, code: str, invoices: Sequence[str], why: str) -> Row:
    return {
        "on": today.isoformat(),
        "customer": customer,
        "action": "task",
        "code": code,
        "invoices": list(invoices),
        "why": why,
    }
