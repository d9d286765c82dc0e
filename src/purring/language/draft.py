# SPDX-License-Identifier: Apache-2.0
"""One message in the making: the facts, the situations that hold, and the words that come of them.

Not here: what each variable stands for (variables.py), lists and layout (parts.py).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal

from purring.core.errors import Refused
from purring.language import formats
from purring.language.facts import Item, MessageFacts, Payment
from purring.language.salutation import Address, Style, address
from purring.language.tags import Case, Channel, Stage, Voice
from purring.language.templates import BadTemplate, Template, compile_template, nearest, unknown_name, unknown_names
from purring.language.variables import BLOCKS, COMPOSED, CONDITIONS, FIELDS
from purring.language.wording import Wording

_OPEN, _CLOSE = "\ue000", "\ue001"  # private use: `clean` keeps them out of every fact
_BUSY = object()


Purpose = Stage | Literal["reply", "call", "autopay"]
"""What is being written: a message of a stage, an answer, what to say on the phone, or that money is taken soon."""

DISCOUNT_ENDS_WITHIN_DAYS = 3
"""From this many days before its end on, a discount is mentioned as ending."""


class Draft:
    """Facts of one message together with its language, locale and wording."""

    stage: Purpose
    channel: Channel
    facts: MessageFacts
    locale: str
    money: Callable[[int], str]
    formal: bool
    situations: frozenset[str]
    address: Address
    case: Case | None
    """Which of the customer's remarks is answered, when the purpose is an answer."""

    def __init__(
        self,
        stage: Purpose,
        channel: Channel,
        facts: MessageFacts,
        wording: Wording,
        locale: str,
        variant: int,
        voice: Voice,
        case: Case | None = None,
    ) -> None:
        self.stage = stage
        self.channel = channel
        self.facts = facts
        self.wording = wording
        self.locale = locale
        self.variant = variant
        self.money = formats.money_formatter(locale, facts.currency)
        self.date = formats.short_date if channel == "sms" else formats.long_date
        self._values: dict[str, object] = {}
        self.case = case
        self.formal = facts.formality == "formal" or (voice == "formal" and facts.formality != "informal")
        self.situations = self._base_situations(voice) | ({case} if case else set())
        style: Style = "given" if self.label("greeting_style") == "given" else "surname"
        self.address = address(facts, style, wording.language, formal=self.formal)
        self.situations |= self.address.situations

    def _base_situations(self, voice: Voice) -> frozenset[str]:
        facts = self.facts
        items = facts.items
        found: set[str] = {self.stage, self.channel, facts.closeness, "several" if len(items) > 1 else "single"}
        if self.stage == "check_in":
            found.add(facts.check_in)
        else:
            found.add("received" if facts.previous == "received" else "silence")
        paid = items and all(item.paid_minor for item in items)
        if facts.previous == "received" or facts.agreement or facts.broken_promise or paid:
            found.add("arrived")
        if voice in ("warm", "direct"):
            found.add(voice)
        if self.formal or facts.formality != "none":
            found.add("formal" if self.formal else "informal")
        if facts.customer.kind != "unknown":
            found.add(facts.customer.kind)
        if any(item.paid_minor for item in items):
            found.add("partly_paid")
        if self.stage == "thank_you":
            found.add("remaining" if facts.total_minor > 0 else "settled")
        if any(item.days_overdue > 0 for item in items):
            found.add("overdue")
        if self.oldest and self.oldest.due_on == facts.today and self.channel != "letter":  # read days later
            found.add("due_is_today")
        if len({item.due_on for item in items}) == 1:
            found.add("same_due_date")
        if items and all(item.instalment for item in items):
            found.add("plan")
        if facts.discount is not None and (facts.discount.until - facts.today).days <= DISCOUNT_ENDS_WITHIN_DAYS:
            found.add("discount_ending")
        if facts.agreement is not None and facts.agreement.by_phone:
            found.add("by_phone")
        region = self.locale.rpartition("_")[2]
        if len(region) == 2 and region.isupper():
            found.add(region)
        return frozenset(found)

    def shorten(self) -> None:
        """From here on without the lesser sentences, and with the wordings made for little room."""
        self.situations |= {"short"}
        self._values.clear()

    def label(self, name: str, /, **values: object) -> str:
        """A short text of labels.txt with its values; "" when the language has none."""
        template = self._spelt(self.wording.pick(name, self.situations))
        return template.render(values) if template is not None else ""

    def page(self, name: str, count: int | None = None, /, **values: object) -> str:
        """A short text of pages.txt, in the plural form for `count` when there is one; "" when there is none."""
        if count is None:
            return self.label(f"pages/{name}", **values)
        return self.counted(f"pages/{name}", count, **values)

    def counted(self, name: str, count: int, /, **values: object) -> str:
        """A label in the plural form that fits `count`."""
        template = self._spelt(self.wording.pick(name, self.situations | {formats.plural(count, self.locale)}))
        return template.render({"count": count, **values}) if template is not None else ""

    def part(self, name: str) -> Template | None:
        """The wording of a part: the stage file's own, else the common one."""
        stage_part = self.wording.pick(f"{self.stage}/{name}", self.situations, self.variant)
        return self._spelt(stage_part or self.wording.pick(name, self.situations, self.variant))

    def _spelt(self, template: Template | None) -> Template | None:
        if template is None or self.locale not in formats.SPELT:
            return template
        if (source := formats.spelt(template.source, self.locale)) == template.source:
            return template
        return compile_template(source, self.wording.language, template.first_line, template.file)

    def render(self, template: Template) -> str:
        """A template with everything it names put in. Raises `BadTemplate` for a name nobody knows."""
        return template.render({name: self.value(name, template) for name in template.names})

    def say(self, name: str) -> str:
        """One sentence, or "" when it is not true here or the language has none."""
        condition = CONDITIONS.get(name)
        if condition is not None and not condition(self):
            return ""
        template = self.part(name)
        return self.render(template).strip() if template is not None else ""

    def value(self, name: str, where: Template | None = None) -> object:
        """What a variable stands for: a block, a fact, a composed paragraph, a sentence or a label."""
        if name in self._values:
            known = self._values[name]
            if known is _BUSY:
                line, file = (where.first_line, where.file) if where else (1, "")
                raise BadTemplate(f"the sentence {name!r} contains itself", line, 1, None, file)
            return known
        self._values[name] = _BUSY
        value = self._values[name] = self._find(name, where)
        return value

    def _find(self, name: str, where: Template | None) -> object:
        if name in BLOCKS:
            return f"{_OPEN}{name}{_CLOSE}"
        field = FIELDS.get(name)
        if field is not None:
            return field(self) or None
        if name in COMPOSED:
            return " ".join(filter(None, map(self.say, COMPOSED[name](self)))) or None
        if name in CONDITIONS or self.part(name) is not None:
            return self.say(name) or None
        raise _unknown(name, self.wording, where)

    def day(self, day: date | None) -> str | None:
        """A day in words, or None."""
        return None if day is None else self.date(day, self.locale)

    def amount(self, minor: int | None) -> str | None:
        """An amount in words, or None."""
        return None if minor is None else self.money(minor)

    @property
    def only(self) -> Item | None:
        """The invoice, when the message is about exactly one."""
        return self.facts.items[0] if len(self.facts.items) == 1 else None

    @property
    def oldest(self) -> Item | None:
        """The item due first."""
        return min(self.facts.items, key=lambda item: item.due_on, default=None)

    def history(self) -> tuple[Payment, ...]:
        """Payments so far, oldest first."""
        return tuple(sorted(self.facts.payments, key=lambda payment: payment.on))


def known_names(wording: Wording) -> set[str]:
    """Every name a wording of this language may use."""
    own = (part for part in wording.parts if not part.startswith("pages/"))
    common = {part.rpartition("/")[2] for part in own} - {"message", "subject", "sms", "letter"}
    return {*BLOCKS, *FIELDS, *COMPOSED, *CONDITIONS, *common}


def _unknown(name: str, wording: Wording, where: Template | None) -> Refused:
    known = known_names(wording)
    if where is None:
        return BadTemplate(unknown_name(name, nearest(name, known)), 1, 1, nearest(name, known))
    problem = next(found for found in unknown_names(where, known) if f"{name!r}" in found.message)
    return BadTemplate(problem.message, problem.line, problem.column, problem.near, where.file)
