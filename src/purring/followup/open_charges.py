# SPDX-License-Identifier: AGPL-3.0-or-later
"""Charges that are still open when the invoice itself is paid: a person decides, and has a courteous text to send by hand.

No machine writes about a paid invoice. What falls away because it was paid in time, and what was waived or kept aside,
is no task.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from purring.core import reasons
from purring.facts.charges.accruing import law_book
from purring.facts.charges.asked import Standing, standing
from purring.facts.charges.models import AskedCharge
from purring.facts.customers.models import Contact
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import LegalEntity, Organization
from purring.followup.models import PLANNING, Task
from purring.followup.notices import contact_of, how_to_pay
from purring.followup.tasks import finish_task, open_tasks, record_task
from purring.language import formats
from purring.language.compose import LANGUAGES, normalise

CODE = "charges_open"
LATELY = timedelta(days=60)
"""How far back a payment may lie of which a round has not heard yet."""


class ReadyText(NamedTuple):
    """The text, complete."""

    language: str
    to: str
    """E-mail address of the first contact, or empty."""
    subject: str
    text: str


def follow_open_charges(organization: Organization, today: date, now: datetime) -> int:
    """A task for each paid invoice beside which charges are still asked, once; it is done when nothing is open any more.
    How many are new. Two queries on a day on which there is nothing of the kind."""
    mine = Invoice.objects.of(organization).select_related("customer").order_by("id")
    asked = AskedCharge.objects.of(organization).filter(
        withdrawn_at=None, invoice__settled_on__gte=today - LATELY, invoice__allocated__gt=0, invoice__forgiven=0
    )
    paid = list(asked.order_by().values_list("invoice_id", flat=True).distinct())
    there = dict(Task.objects.of(organization).filter(code=CODE).values_list("subject", "done_at"))
    waiting = [int(subject) for subject, done_at in there.items() if done_at is None]
    if not (set(paid).difference(map(int, there)) or waiting):
        return 0
    rows = list(mine.filter(id__any_of=sorted({*paid, *waiting})))
    beside = standing(rows, today)
    made = 0
    closed = []
    for invoice in rows:
        still_open = 0 if invoice.balance else beside[invoice.pk].open
        if not still_open:
            closed.append(str(invoice.pk))
        elif str(invoice.pk) not in there:
            about = {"invoices": (invoice.number,), "asked": still_open, "currency": invoice.currency}
            made += record_task(
                organization,
                CODE,
                customer_id=invoice.customer_id,
                subjects=(str(invoice.pk),),
                invoice_ids=[invoice.pk],
                why=reasons.tell("task_charges_open", about),
                today=today,
                now=now,
                actor=PLANNING,
            )
    for task in open_tasks(organization).filter(code=CODE, subject__in=closed):
        finish_task(task, now=now, actor=PLANNING)
    return made


def open_charges_text(invoice: Invoice, today: date, language: str = "") -> ReadyText | None:
    """The text to send by hand, in `language`, else the customer's, else the organization's, else English. None unless the
    invoice is paid and charges beside it are open."""
    beside = standing([invoice], today)[invoice.pk]
    if invoice.balance or not beside.open:
        return None
    customer, organization = invoice.customer, invoice.organization
    wishes = map(normalise, (language, customer.language, organization.language, "en"))
    tag = next(wish for wish in wishes if wish in LANGUAGES)
    words = _texts()[tag]
    locale = formats.locale_for(tag, customer.country)
    entity = invoice.entity or LegalEntity.objects.of(organization).filter(is_default=True).first()
    person = Contact.objects.of(organization).filter(customer=customer).order_by("position", "id").first()
    values = {
        "name": (person.name if person else "") or customer.name,
        "number": invoice.number,
        "due": formats.long_date(invoice.due, locale),
        "lines": "\n".join(_lines(invoice, beside, tag, locale)),
        "total": formats.money(beside.open, invoice.currency, locale),
        "how_to_pay": how_to_pay(invoice, entity),
        "contact": contact_of(entity),
        "sender": (entity.sender_name or entity.name) if entity else organization.name,
    }
    kept = [line for line in words["text"].strip().splitlines() if not _is_gap(line, values)]
    text = "\n".join(kept).format_map(values)
    return ReadyText(tag, person.email if person else "", words["subject"].format_map(values), text)


def _lines(invoice: Invoice, beside: Standing, tag: str, locale: str) -> list[str]:
    """One line for each kind, then what was paid of them."""
    customer = invoice.customer
    sums: dict[str, int] = defaultdict(int)
    for charge in beside.asked:
        sums[charge.kind] += charge.whole
    law = law_book()
    lines = []
    for kind, amount in sums.items():
        name = law.charge_name(customer.country, customer.kind, kind, tag) or _texts()[tag][kind]
        lines.append(_line(name, formats.money(amount, invoice.currency, locale)))
    if beside.paid:
        lines.append(_line(_texts()[tag]["received"], formats.money(-beside.paid, invoice.currency, locale)))
    return lines


def _line(name: str, amount: str) -> str:
    return f"- {name[:1].upper()}{name[1:]}: {amount}"


def _is_gap(line: str, values: dict[str, str]) -> bool:
    holes = [hole for hole in values if f"{{{hole}}}" in line]
    return bool(holes) and not any(values[hole] for hole in holes)


@lru_cache(1)
def _texts() -> dict[str, dict[str, str]]:
    text = (resources.files("purring.followup") / "open_charges.toml").read_text("utf-8")
    return tomllib.loads(text)
