# SPDX-License-Identifier: Apache-2.0
"""The rules of one kind of customer made ready for working out: decimal texts become whole numbers, once."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from purring.core.calendar import WorkingDays, working_days
from purring.core.money import exponent
from purring.law.book import ALIASES, LawBook
from purring.law.claim import Denied
from purring.law.model import Basis, Kind
from purring.law.rates import CONFIDENCES, MICRO, Series


class Amount(NamedTuple):
    """A band: from `start` on (above it, when `above`), `amount`."""

    start: int
    amount: int
    above: bool


class Rule:
    """One `Kind` for claims in one currency. Immutable; shared by all claims."""

    __slots__ = (
        "agreed_doubt", "agreed_rule", "bands", "calendar", "ceiling_series", "ceilings", "code", "compensation_doubt",
        "compensation_rule", "compensation_series", "compensation_since", "currency", "fee_amount", "fee_doubt",
        "fee_most_in_all", "fee_rule", "fee_series", "fee_since", "fee_until", "interest_doubt", "interest_rule", "kind",
        "no_compensation", "no_fees", "no_interest", "series", "sources",
    )  # fmt: skip

    def __init__(self, code: str, kind: Kind, law_currency: str, claim_currency: str, book: LawBook) -> None:
        self.code = code
        self.kind = kind
        self.currency = claim_currency
        self.calendar: WorkingDays = working_days(code)
        same = law_currency == claim_currency
        self._interest(kind, book)
        self._compensation(kind, book, same, law_currency)
        self._fees(kind, book, same, law_currency)
        keys = (*kind.interest.basis.sources, *kind.compensation.basis.sources, *kind.fees.basis.sources)
        self.sources = tuple(dict.fromkeys(keys))

    def _interest(self, kind: Kind, book: LawBook) -> None:
        interest = kind.interest
        self.interest_rule = cited(kind, interest.basis)
        self.interest_doubt = doubt(interest.basis)
        self.series: Series | None = book.rates[interest.series] if interest.series else None
        agreed = interest.agreed
        self.agreed_rule = cited(kind, agreed.basis)
        self.agreed_doubt = doubt(agreed.basis)
        self.ceilings = tuple(
            (
                self._minor(one.up_to) if one.up_to is not None else None,
                int(one.percent * MICRO) if one.percent is not None else None,
            )
            for one in agreed.ceilings
        )
        self.ceiling_series = book.rates[agreed.ceiling_series] if agreed.ceiling_series else None
        self.no_interest = Denied("interest", interest.why_not, self.interest_rule) if not self.series else None

    def _compensation(self, kind: Kind, book: LawBook, same: bool, law_currency: str) -> None:
        flat = kind.compensation
        self.compensation_rule = cited(kind, flat.basis)
        self.compensation_doubt = doubt(flat.basis)
        self.compensation_since = flat.basis.valid_from.toordinal()
        self.compensation_series = book.rates[flat.series] if flat.series else None
        self.bands = tuple(Amount(self._minor(b.start), self._minor(b.amount), b.above) for b in flat.bands)
        why = flat.why_not
        if not why and not same:
            why = _other_currency(law_currency, self.currency)
        self.no_compensation = Denied("compensation", why, self.compensation_rule) if why else None

    def _fees(self, kind: Kind, book: LawBook, same: bool, law_currency: str) -> None:
        fees = kind.fees
        self.fee_rule = cited(kind, fees.basis)
        self.fee_doubt = doubt(fees.basis)
        self.fee_since = fees.basis.valid_from.toordinal()
        self.fee_until = fees.basis.valid_to.toordinal() if fees.basis.valid_to else None
        self.fee_series = book.rates[fees.series] if fees.series else None
        self.fee_amount = self._minor(fees.amount) if fees.amount is not None else None
        self.fee_most_in_all = self._minor(fees.most_in_all) if fees.most_in_all is not None else None
        why = fees.why_not if fees.ground == "none" else ""
        if not why and not same:
            why = _other_currency(law_currency, self.currency)
        self.no_fees = Denied("fee", why, self.fee_rule) if why else None

    def minor_of(self, text: str) -> int:
        """Minor units of an amount of a series."""
        return self._minor(Decimal(text))

    def _minor(self, amount: Decimal) -> int:
        return int(amount * 10 ** exponent(self.currency))


def cited(kind: Kind, basis: Basis) -> str:
    """How a rule is named: its id and the statute, such as ``NO-B2B: forsinkelsesrenteloven § 3 a``."""
    return f"{kind.id}: {basis.named}"


def doubt(basis: Basis) -> int:
    return CONFIDENCES.index(basis.confidence)


def _other_currency(law: str, claim: str) -> str:
    return f"the amount is fixed in {law}, the claim is in {claim}; nothing is converted"


def compiled(book: LawBook, code: str, kind: str, currency: str, registered: bool) -> Rule:
    """The rule of a country for a kind of customer and a currency, made once per law book."""
    code = ALIASES.get(code, code)
    key = (code, kind, currency, registered)
    rule = book.made.get(key)
    if rule is None:
        rule = Rule(code, book.kind(code, kind, registered=registered), book.country(code).currency, currency, book)
        book.made[key] = rule
    assert isinstance(rule, Rule)
    return rule
