# SPDX-License-Identifier: AGPL-3.0-or-later
"""A draft of a person's own message by a language model, where the installation names one.

What goes to the model: the customer's message that is answered, what the person has typed, and of the chosen invoices
number, sum, open amount and due day. No address, no account, nothing of other customers. What comes back stands between
our greeting and closing as a draft: the tone guard judges it like any words, and a person reads, changes and sends it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from babel import Locale
from django.conf import settings

from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.messages.models import Message
from purring.followup.beginnings import EMPTY, Beginning, begin, manner_of
from purring.language import formats
from purring.language.drafter import Asked, conversation
from purring.plugins.drafting import ChatEndpoint

DRAFTED = "drafted"
"""What a message may begin with, beside those of `beginnings`."""
ASKED = "draft.asked"

Writer = Callable[[Sequence[Mapping[str, str]]], str]


def endpoint() -> ChatEndpoint | None:
    """The model of this installation, or None: then nothing speaks of drafts."""
    if not settings.DRAFT_URL:
        return None
    return ChatEndpoint(settings.DRAFT_URL, settings.DRAFT_MODEL, settings.DRAFT_KEY)


def begin_drafted(
    customer: Customer,
    invoices: list[Invoice],
    address: str,
    wish: str,
    *,
    today: date,
    now: datetime,
    actor: str,
    writer: Writer,
    reply_to: Message | None = None,
) -> Beginning:
    """A beginning in the model's words. Raises `Refused` when there is nothing to answer, `Trouble` when the model does
    not answer. That the model was asked is in the journal, by whom and about what, before anything leaves."""
    manner = manner_of(customer)
    asked = Asked(
        _by_name(manner["language"]),
        customer.formality == "formal" or manner["voice"] == "formal",
        _facts(invoices, today, formats.locale_for(manner["language"], manner["country"])),
        they_wrote=reply_to.text if reply_to and reply_to.direction == "in" else "",
        wish=wish,
    )
    messages = conversation(asked)
    data: dict[str, Any] = {"invoices": [row.pk for row in invoices], "answers": reply_to.pk if reply_to else None}
    write(customer.organization_id, ASKED, at=now, actor=actor, customer_id=customer.pk, **data)
    return begin(customer, EMPTY, [], address, today, reply_to, added=writer(messages))


def _by_name(language: str) -> str:
    """A language in English, with its country where it is written differently there: "European Portuguese"."""
    names = Locale.parse("en").languages
    return str(names.get(language.replace("-", "_")) or names.get(language.partition("-")[0]) or language)


def _facts(invoices: Sequence[Invoice], today: date, locale: str) -> list[str]:
    """What the model may say of the account, as the customer reads amounts and days."""
    lines = [f"Today is {formats.long_date(today, locale)}."]
    for row in invoices:
        opened = formats.money(row.balance, row.currency, locale)
        whole = formats.money(row.amount, row.currency, locale)
        lines.append(
            f"Invoice {row.number}: {whole}, of which {opened} is open, due on {formats.long_date(row.due, locale)}."
        )
    if not invoices:
        lines.append("No invoice is spoken of.")
    return lines
