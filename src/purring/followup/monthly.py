# SPDX-License-Identifier: AGPL-3.0-or-later
"""The monthly statement: where it is switched on, the first mail of each month to a customer has the account's statement
with it. It is no contact of its own, so it knows no rule of its own: who may be written to is decided as ever.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction

from purring.facts.charges.stated import charge_lines
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Attachment
from purring.facts.invoices.papers import paper_language
from purring.facts.messages.models import Message
from purring.facts.organizations.models import Organization
from purring.facts.payments.statements import statement_pdf
from purring.followup.saying import Document
from purring.papers.documents.house import labels

log = logging.getLogger("purring.papers")
UNSENT_KEPT = timedelta(days=1)
"""A statement whose message never left is let go after this; another worker may still have it in hand before."""


def wants_statements(customer: Customer, organization: Organization) -> bool:
    """The customer's own rule, else the organization's."""
    own = customer.monthly_statement
    return own == "yes" or (organization.monthly_statements and own != "no")


def still_due(organization: Organization, customers: Iterable[Customer], today: date) -> set[int]:
    """The customers (ids) who want one and have not had this month's yet. What a message carried tells it, so that one
    that was taken back, or never left, was not given."""
    ids = [customer.pk for customer in customers if wants_statements(customer, organization)]
    if not ids:
        return set()
    began = today.replace(day=1)
    kept = Attachment.objects.of(organization).filter(customer_id__in=ids, as_of__gte=began)
    statements = set(kept.values_list("id", flat=True))
    if not statements:
        return set(ids)
    since = datetime.combine(began, time(), organization.zone)
    said = Message.objects.of(organization).filter(customer_id__in=ids, direction="out", at__gte=since)
    given = {
        key for key, carried in said.values_list("customer_id", "attachment_ids") if statements.intersection(carried)
    }
    return set(ids) - given


class Statements:
    """The statements for one batch of messages. Each is printed when its message is worded: a fact that came after the
    account was read is in neither, as the release then says no."""

    def __init__(self, organization: Organization, customers: Iterable[Customer], today: date, now: datetime) -> None:
        self._organization, self._today, self._now = organization, today, now
        self._due = still_due(organization, customers, today)

    def of(self, customer: Customer, currency: str) -> list[Document]:
        """What goes along with a mail to the customer about this currency: the statement, or nothing. One that cannot be
        printed is logged, and the words go out without it."""
        if customer.pk not in self._due:
            return []
        try:
            customer.organization = self._organization
            made = statement_pdf(customer, self._today, currency, charge_lines(customer, self._today, currency))
            title = labels(paper_language(customer.language, self._organization))["statement"]
            kept = _keep(customer, f"{title} {self._today}.pdf", made.pdf, self._today, self._now)
        except Exception:  # a paper that cannot be printed must not keep the words from being sent
            log.exception("the statement of %s cannot be printed", customer.ref)
            return []
        self._due.discard(customer.pk)
        return [Document(kept.pk, kept.filename, kept.content_type, kept.size)]


@transaction.atomic
def _keep(customer: Customer, filename: str, content: bytes, as_of: date, now: datetime) -> Attachment:
    """The same bytes once; those of earlier days that went nowhere are let go. It tells nothing new about the account,
    whose version stays."""
    org = customer.organization_id
    mine = Attachment.objects.of(org).filter(customer=customer)
    sha256 = hashlib.sha256(content).hexdigest()
    if kept := mine.filter(sha256=sha256).first():
        return kept
    carried = (
        Message.objects.of(org).filter(customer=customer, direction="out").values_list("attachment_ids", flat=True)
    )
    old = mine.filter(as_of__lt=as_of - UNSENT_KEPT)
    if unsent := set(old.values_list("id", flat=True)):
        old.filter(id__in=unsent.difference(*carried)).delete()
    kept = Attachment(
        organization_id=org,
        customer=customer,
        as_of=as_of,
        filename=filename[-200:],
        content_type="application/pdf",
        sha256=sha256,
        size=len(content),
        content=content,
        added_at=now,
    )
    kept.save(force_insert=True)
    return kept
