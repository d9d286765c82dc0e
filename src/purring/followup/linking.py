# SPDX-License-Identifier: AGPL-3.0-or-later
"""The link that goes with a message: to the customer's page with the invoices the message is about, and to each answer.

Not here: storing it, which happens in the transaction of the release (`releasing`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, NamedTuple

from purring.facts.access.tokens import PREVIEW, address_of, new_token
from purring.facts.checkout.accounts import offered
from purring.facts.organizations.models import Organization
from purring.language.buttons import buttons_for
from purring.language.facts import MessageFacts, WayToPay
from purring.language.tags import Channel, Stage


class MessageLink(NamedTuple):
    """The link of one message: its token, and the ids of the invoices it shows (none: all that is open)."""

    token: str
    shows: tuple[int, ...]

    def put_into(self, text: str) -> str:
        """Words that were made for a look beforehand, with this link in them."""
        return text.replace(address_of(PREVIEW), address_of(self.token))


class Linking:
    """Makes the links of one batch. In a preview they open nothing."""

    def __init__(self, organization: Organization, *, preview: bool) -> None:
        self._organization, self._preview = organization, preview
        self._online: dict[tuple[str, frozenset[int | None]], bool] = {}

    def link(self, shows: Iterable[int]) -> MessageLink:
        """A new link to these invoices."""
        return MessageLink(PREVIEW if self._preview else new_token(), tuple(shows))

    def put(
        self,
        facts: MessageFacts,
        link: MessageLink,
        stage: Stage | Literal["autopay"],
        channel: Channel,
        entities: Iterable[int | None],
    ) -> MessageFacts:
        """The facts with the page and the answers. Where invoices of these legal entities are paid online, or there is
        no room for more than one link, the page is also where to pay, unless the invoice has a link of its own."""
        page = address_of(link.token)
        pay_link, ways = facts.pay_link, facts.ways
        if facts.total_minor > 0 and not pay_link:
            if self._paid_online(facts.currency, frozenset(entities)):
                pay_link, ways = page, (WayToPay("online"), *ways)
            elif channel == "sms":
                pay_link = page
        answers = tuple((code, f"{page}answer/{code}/") for code in buttons_for(stage, facts))
        return replace(facts, page_link=page, pay_link=pay_link, ways=ways, answers=answers)

    def _paid_online(self, currency: str, entities: frozenset[int | None]) -> bool:
        key = currency, entities
        if key not in self._online:
            self._online[key] = bool(offered(self._organization, currency, list(entities)))
        return self._online[key]
