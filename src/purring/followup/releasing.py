# SPDX-License-Identifier: AGPL-3.0-or-later
"""The conditional release of one message, and what became of it: the few statements everything rests on.

`permit` is asked by the channel at the last moment before the point of no return. It commits only if the account's
version is the one the message was written from, together with the message, what it counts for, and the journal.
Written as plain SQL, because it runs once for every message that ever leaves.

Every round locks the account first and its reminders after it, so that two rounds never wait for each other. And every
end that is recorded here asks whether the intention is still ours: a hand-over may outlast its lease, and what another
worker or a person has decided meanwhile stands. Only what became of the message before (`leaving`) is recorded without
its account: nobody holds a reminder that has left while waiting for another customer's account.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from purring.core import reasons
from purring.facts.access.models import Link
from purring.facts.access.tokens import digest_of as digest_of_token
from purring.facts.access.tokens import expiry
from purring.facts.charges.models import AskedCharge
from purring.facts.customers.actions import NOW, spoil_address
from purring.facts.customers.models import Customer
from purring.facts.journal.actions import COLUMNS as JOURNAL_COLUMNS
from purring.facts.journal.models import Entry
from purring.facts.messages.models import Message
from purring.facts.messages.sources import digest_of, head_of
from purring.facts.organizations.models import Organization
from purring.followup.charging import Asking
from purring.followup.drafting import Draft, Sender
from purring.followup.intentions import NewItem
from purring.followup.leaving import ACTOR, DONE, DONE_ENTRY, Left, end_with, run_prepared
from purring.followup.models import WAITING, Reminder, ReminderItem, State
from purring.followup.tasks import record_task
from purring.kit.batches import insert_row, insert_rows, moment
from purring.plugins.channel import Delivery

MESSAGE_COLUMNS = (
    "organization", "customer", "direction", "channel", "kind", "address", "language", "subject", "text", "html",
    "attachment_ids", "message_id", "in_reply_to", "headers", "at", "needs_answer",
)  # fmt: skip
ASKED_COLUMNS = (
    "organization", "invoice", "message", "kind", "amount", "paid_before", "currency", "rule", "confidence", "on",
    "generation", "waived_by",
)  # fmt: skip
LINK_COLUMNS = (
    "organization", "customer", "digest", "purpose", "invoices", "message", "made_at", "expires_at", "revoked_at",
    "opened", "last_opened_at",
)  # fmt: skip
CHANGED, TAKEN = "changed", "taken"


_RELEASE = """WITH unchanged AS (
  SELECT id FROM customers_customer WHERE id = %(customer)s AND organization_id = %(org)s AND version = %(version)s
    FOR UPDATE
), locked AS (
  SELECT id, organization_id, lease, state FROM followup_reminder
  WHERE id = %(reminder)s AND (SELECT count(*) FROM unchanged) >= 0 FOR UPDATE
), mine AS (
  SELECT id FROM locked
  WHERE organization_id = %(org)s AND lease = %(lease)s AND state IN ('planned', 'deferred')
), account AS (
  UPDATE customers_customer SET version = version + 1, look_on = %(look_on)s
  WHERE id = (SELECT id FROM unchanged) AND EXISTS (SELECT 1 FROM mine) RETURNING id
), said AS (
  INSERT INTO correspondence_message (organization_id, customer_id, direction, channel, kind, address, language,
    subject, text, html, attachment_ids, message_id, in_reply_to, headers, at, needs_answer)
  SELECT %(org)s, id, 'out', %(channel)s, %(stage)s, %(address)s, %(language)s, %(subject)s, %(text)s, %(html)s,
    %(attachments)s::jsonb, %(message_id)s, %(previous)s, %(headers)s, %(at)s::timestamptz, false FROM account
  RETURNING id
), linked AS (
  INSERT INTO access_link (organization_id, customer_id, digest, purpose, invoices, message_id, made_at, expires_at,
    revoked_at, opened, last_opened_at)
  SELECT %(org)s, %(customer)s, %(link)s, 'message', %(shows)s::jsonb, id, %(at)s::timestamptz,
    %(link_until)s::timestamptz, NULL, 0, NULL FROM said
), gone AS (
  UPDATE followup_reminder SET state = 'released', released_at = %(at)s::timestamptz, message_id = said.id,
    lease_until = %(lease_until)s, attempts = attempts + 1, stage = %(own_stage)s, channel = %(channel)s,
    address = %(address)s, currency = %(currency)s, asked = %(asked)s, language = %(own_language)s
  FROM said WHERE followup_reminder.id = %(reminder)s
)"""
_ENTRY = """SELECT %(org)s, %(at)s::timestamptz, %(actor)s, 'reminder.released', %(customer)s,
    jsonb_build_object('reminder', %(reminder)s::bigint, 'message', said.id), '', '' FROM said"""
_PERMIT = """{parts}, told AS (
  INSERT INTO journal_entry (organization_id, at, actor, kind, customer_id, data, text_digest, hash)
  {entries}
)
SELECT (SELECT count(*) FROM mine), (SELECT id FROM said)
"""
_PERMIT_FIRST = _PERMIT.format(parts=_RELEASE, entries=_ENTRY)
_PERMIT_NEXT = _PERMIT.format(parts=f"{_RELEASE}, {DONE}", entries=f"{DONE_ENTRY}\n  UNION ALL {_ENTRY}")
"""The same with what became of the message before."""


class Release:
    """One message on its way out."""

    def __init__(self, organization: Organization, draft: Draft, message_id: str, sender: Sender, today: date) -> None:
        self.organization, self.draft, self.message_id = organization, draft, message_id
        self.sender, self.today = sender, today
        self.message: int | None = None
        self.source = b""
        """The mail as it is handed over; its head is stored with the words."""
        self.refused = ""
        """Why `permit` said no: the account `changed`, or another worker has `taken` the intention."""
        self.recorded = False
        """The message before was recorded along with this one."""

    def permit(self, at: datetime, before: Left | None = None) -> bool:
        """True, committed, only if nothing about the account changed since it was read. What became of the message
        `before` is stored in the same commit; `recorded` tells whether it was."""
        if connection.vendor == "postgresql" and self.draft.items is None and not self.draft.askings:
            return self._permit_at_once(at, before)
        with transaction.atomic(), connection.cursor() as cursor:
            if not self._claim_account(cursor):
                self.refused = CHANGED
            elif not self._store(cursor, at, end_with(cursor, before) if before else []):
                self.refused, self.message = TAKEN, None
                transaction.set_rollback(True)
        self.recorded = not self.refused
        return not self.refused

    def _permit_at_once(self, at: datetime, before: Left | None) -> bool:
        """The same in one statement, prepared once per connection: on PostgreSQL each statement costs a round trip."""
        draft, reminder, words = self.draft, self.draft.reminder, self.draft.words
        contact = draft.contact
        values = {
            "org": self.organization.pk,
            "customer": reminder.customer_id,
            "version": draft.one.customer.version,
            "look_on": NOW,
            "reminder": reminder.pk,
            "lease": reminder.lease,
            "channel": reminder.channel,
            "stage": draft.stage,
            "own_stage": contact.stage if contact else reminder.stage,
            "address": draft.to.email,
            "language": words.language[:12],
            "own_language": draft.language,
            "subject": words.subject[:300],
            "text": words.text,
            "html": words.html,
            "attachments": json.dumps([document.id for document in draft.documents]),
            "message_id": self.message_id,
            "previous": draft.previous,
            "headers": head_of(self.source),
            "at": at,
            "lease_until": at + self.sender.lease,
            "currency": contact.currency if contact else reminder.currency,
            "asked": contact.asked if contact else reminder.asked,
            "link": digest_of_token(draft.link.token),
            "shows": json.dumps(draft.link.shows),
            "link_until": expiry(at),
            "actor": ACTOR,
        }
        found = (
            run_prepared(_PERMIT_NEXT, {**values, **before.values()}) if before else run_prepared(_PERMIT_FIRST, values)
        )
        mine, self.message = found or (0, None)
        self.recorded = True
        if self.message is None:
            self.refused = CHANGED if mine else TAKEN
        return not self.refused

    def _claim_account(self, cursor: Any) -> bool:
        customer = self.draft.one.customer
        cursor.execute(
            "UPDATE customers_customer SET version = version + 1, look_on = %s"
            " WHERE id = %s AND organization_id = %s AND version = %s",
            [connection.ops.adapt_datefield_value(NOW), customer.id, self.organization.pk, customer.version],
        )
        return bool(cursor.rowcount)

    def _store(self, cursor: Any, at: datetime, entries: list[tuple[Any, ...]]) -> bool:
        """Store the message and what goes with it, `entries` of the journal among it; False when it is not ours any more."""
        draft, reminder, words = self.draft, self.draft.reminder, self.draft.words
        org = self.organization.pk
        self.message = insert_row(
            cursor,
            Message,
            MESSAGE_COLUMNS,
            (
                org, reminder.customer_id, "out", reminder.channel, draft.stage, draft.to.email, words.language[:12],
                words.subject[:300], words.text, words.html, [document.id for document in draft.documents], self.message_id, draft.previous,
                head_of(self.source), at, False,
            ),
        )  # fmt: skip
        digest = digest_of_token(draft.link.token)
        row = (
            org, reminder.customer_id, digest, "message", draft.link.shows, self.message, at, expiry(at), None, 0, None
        )  # fmt: skip
        insert_row(cursor, Link, LINK_COLUMNS, row)
        stage, channel, address = reminder.stage, reminder.channel, draft.to.email
        currency, asked = reminder.currency, reminder.asked
        if draft.contact:
            stage, channel, currency, asked = (
                draft.contact.stage, draft.contact.channel, draft.contact.currency, draft.contact.asked
            )  # fmt: skip
        cursor.execute(
            "UPDATE followup_reminder SET state = 'released', released_at = %s, message_id = %s, lease_until = %s,"
            " attempts = attempts + 1, stage = %s, channel = %s, address = %s, currency = %s, asked = %s, language = %s"
            " WHERE id = %s AND organization_id = %s AND lease = %s AND state IN ('planned', 'deferred')",
            [
                moment(at), self.message, moment(at + self.sender.lease), stage, channel, address, currency, asked,
                draft.language, reminder.pk, org, reminder.lease,
            ],
        )  # fmt: skip
        if not cursor.rowcount:
            return False
        if draft.items is not None:
            cursor.execute("DELETE FROM followup_reminderitem WHERE reminder_id = %s", [reminder.pk])
            rows = [(reminder.pk, *item) for item in draft.items]
            insert_rows(ReminderItem, ("reminder", *NewItem._fields), rows)
        if draft.askings:
            insert_rows(AskedCharge, ASKED_COLUMNS, [self._asked(asking) for asking in draft.askings])
            told = [[asking.invoice_id, asking.charge.kind, asking.charge.amount] for asking in draft.askings]
            entries = [*entries, self._entry("charges.asked", at, message=self.message, charges=told)]
        entries = [*entries, self._entry("reminder.released", at, message=self.message)]
        insert_rows(Entry, JOURNAL_COLUMNS, entries)
        return True

    def _asked(self, asking: Asking) -> tuple[Any, ...]:
        charge = asking.charge
        return (
            self.organization.pk, asking.invoice_id, self.message, charge.kind, charge.amount, asking.paid_before,
            charge.currency, charge.rule[:300], charge.confidence, self.today, asking.generation, asking.waived_by,
        )  # fmt: skip

    # --- afterwards ---------------------------------------------------------------------------------------------

    def left(self, delivery: Delivery, at: datetime) -> Left:
        """It left: what the other side said, to be recorded."""
        assert self.message is not None
        reminder = self.draft.reminder
        return Left(
            self.organization.pk, reminder.customer_id, reminder.pk, self.message, delivery.state, delivery.detail,
            digest_of(self.source), at,
        )  # fmt: skip

    def failed(self, delivery: Delivery, at: datetime) -> None:
        """Refused for good: it was not said. A bad address is never used again, and a person is asked."""
        reminder = self.draft.reminder
        with transaction.atomic(), connection.cursor() as cursor:
            customer = Customer.objects.of(self.organization).select_for_update().get(pk=reminder.customer_id)
            if not self._ours(cursor):
                return
            self._take_back(cursor)
            cursor.execute("DELETE FROM followup_reminderitem WHERE reminder_id = %s", [reminder.pk])
            self._end(cursor, State.FAILED.value, delivery.detail, at)
            address = self.draft.to.email
            bad_address = delivery.about == "recipient"
            if bad_address:
                spoil_address(customer, address, "bounced", now=at, actor=ACTOR)
            record_task(
                self.organization,
                "bad_address" if bad_address else "check_message",
                customer_id=reminder.customer_id,
                subjects=(address[:120] if bad_address else str(reminder.pk),),
                invoice_ids=list(self.draft.one.invoice_ids.values()),
                why=reasons.tell("task_bad_address", {"address": address}) if bad_address else delivery.detail,
                today=self.today,
                now=at,
                actor=ACTOR,
            )

    def not_accepted(self, detail: str, at: datetime, until: datetime) -> None:
        """ "Not now": the words are taken back, the intention stays and is tried again at `until`."""
        if self.message is None:
            defer(self.draft.reminder, detail, until)
            return
        with transaction.atomic(), connection.cursor() as cursor:
            if self._ours(cursor):
                self._take_back(cursor)
                self._journal(cursor, "reminder.deferred", at, detail=detail[:200])
                _defer(Reminder.objects.of(self.organization).filter(pk=self.draft.reminder.pk), detail, until)

    def _ours(self, cursor: Any) -> bool:
        """True, locked, while nobody else has decided about it: by our lease before the release, then by our words."""
        reminder = self.draft.reminder
        key: str | int = reminder.lease if self.message is None else self.message
        if self.message is None:
            ours = "lease = %s AND state IN ('planned', 'deferred')"
        else:
            ours = "message_id = %s AND state IN ('released', 'unconfirmed')"
        lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
        cursor.execute(
            f"SELECT id FROM followup_reminder WHERE id = %s AND organization_id = %s AND {ours}{lock}",
            [reminder.pk, self.organization.pk, key],
        )
        return cursor.fetchone() is not None

    def _take_back(self, cursor: Any) -> None:
        if self.message is not None:
            cursor.execute("UPDATE followup_reminder SET message_id = NULL WHERE id = %s", [self.draft.reminder.pk])
            cursor.execute("DELETE FROM charges_askedcharge WHERE message_id = %s", [self.message])
            cursor.execute("DELETE FROM access_link WHERE digest = %s", [digest_of_token(self.draft.link.token)])
            cursor.execute("DELETE FROM correspondence_message WHERE id = %s", [self.message])
            self.message = None

    def _end(self, cursor: Any, state: str, detail: str, at: datetime) -> None:
        cursor.execute(
            "UPDATE followup_reminder SET state = %s, detail = %s, ended_at = %s, lease = '', lease_until = NULL"
            " WHERE id = %s AND organization_id = %s",
            [state, detail[:500], moment(at), self.draft.reminder.pk, self.organization.pk],
        )
        self._journal(cursor, f"reminder.{state}", at, detail=detail[:200])

    def _journal(self, cursor: Any, kind: str, at: datetime, **data: Any) -> None:
        insert_row(cursor, Entry, JOURNAL_COLUMNS, self._entry(kind, at, **data))

    def _entry(self, kind: str, at: datetime, **data: Any) -> tuple[Any, ...]:
        reminder = self.draft.reminder
        return (
            self.organization.pk, at, ACTOR, kind, reminder.customer_id, None, {"reminder": reminder.pk, **data}, "", ""
        )  # fmt: skip


def defer(reminder: Reminder, detail: str, until: datetime) -> None:
    """Passing trouble before the release: the intention stays and is tried again at `until`, if it is still ours."""
    mine = Reminder.objects.of(reminder.organization_id).filter(pk=reminder.pk, lease=reminder.lease, state__in=WAITING)
    _defer(mine, detail, until, attempts=reminder.attempts + 1)


def _defer(rows: QuerySet[Reminder], detail: str, until: datetime, **more: Any) -> None:
    rows.update(
        state=State.DEFERRED,
        detail=detail[:500],
        released_at=None,
        lease="",
        lease_until=None,
        send_after=until,
        **more,
    )
