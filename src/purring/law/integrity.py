# SPDX-License-Identifier: Apache-2.0
"""What a schema cannot say about a country file: names that must lead somewhere, texts that must say what they must.

Run when the data is made and by the tests; the program itself trusts what it ships.
"""

from __future__ import annotations

from collections.abc import Iterator

from purring.core.errors import Refused
from purring.law.book import sources
from purring.law.model import Basis, Country, Kind, Notice
from purring.law.presets import holes_of, schedule_of
from purring.law.rates import Rates

HOLES = {
    "contact", "cost", "creditor", "creditor_address", "creditor_number", "customer", "days", "deadline", "due", "fee", "how_to_pay",
    "interest", "interest_from", "issued", "number", "principal", "rate", "total", "what",
}  # fmt: skip
"""The placeholders a notice may have."""
CHARGES = {"interest", "compensation", "fee"}
STAGES = ("friendly", "follow_up", "firm")
"""Stages every country has a name for."""


def problems(country: Country, rates: Rates) -> list[str]:
    """One line per problem; empty when the file is whole."""
    found = [f"{country.country}: {problem}" for problem in _country_problems(country)]
    kinds = [country.business, country.consumer, country.registered_small_business]
    for kind in kinds:
        if kind:
            found += [f"{kind.id}: {problem}" for problem in _kind_problems(kind, rates)]
    return found


def _country_problems(country: Country) -> Iterator[str]:
    for basis in (country.early_payment.basis, country.allocation.basis, country.working_day_shift.basis):
        yield from _basis_problems(basis)
    if country.allocation.order and country.allocation.order[-1] != "principal":
        yield "an order of payments that does not end with the principal"


def _kind_problems(kind: Kind, rates: Rates) -> Iterator[str]:
    interest, flat, fees = kind.interest, kind.compensation, kind.fees
    for basis in _bases(kind):
        yield from _basis_problems(basis)
    for series in (interest.series, interest.agreed.ceiling_series, flat.series, fees.series):
        if series and series not in rates:
            yield f"there is no series {series}"
    if not interest.series and not interest.why_not:
        yield "no statutory interest, and no word why"
    if not (flat.bands or flat.series or flat.why_not):
        yield "no compensation, and no word why"
    if fees.ground != "statute" and not fees.why_not:
        yield "no fee by statute, and no word why"
    if fees.ground != "none" and fees.amount is None and fees.series is None:
        yield "a fee without an amount"
    if missing := [stage for stage in STAGES if not kind.stages.get(stage)]:
        yield f"no name for {', '.join(missing)}"
    for language, names_there in kind.charge_names.items():
        for charge in names_there.keys() - CHARGES:
            yield f"there is no charge {charge!r} to be named in {language}"
    names = {notice.name for notice in kind.notices}
    for preset in kind.presets:
        try:
            schedule_of(preset)
        except Refused as refused:
            yield f"preset {preset.name}: {refused.message}"
        for task in preset.notices:
            if task.notice not in names:
                yield f"preset {preset.name}: there is no notice {task.notice!r}"
    if not any(preset.most_term_days is None for preset in kind.presets):
        yield "no preset for longer terms"
    for notice in kind.notices:
        if notice.scale and notice.scale not in {scale.name for scale in kind.scales}:
            yield f"{notice.name}: there is no scale {notice.scale!r}"
        yield from _text_problems(notice)


def _text_problems(notice: Notice) -> Iterator[str]:
    if not notice.texts:
        yield f"{notice.name} has no text"
    for language, text in notice.texts.items():
        holes = holes_of(text)
        for hole in holes - HOLES:
            yield f"{notice.name} in {language}: nobody fills {{{hole}}}"
        for content in notice.contents:
            if not set(content.holes) <= holes:
                yield f"{notice.name} in {language} does not say {content.what}"


def _bases(kind: Kind) -> Iterator[Basis]:
    yield from (kind.interest.basis, kind.interest.agreed.basis, kind.compensation.basis, kind.fees.basis)
    yield from (kind.contact.basis, kind.limitation.basis)
    yield from (letter.basis for letter in kind.letters)
    yield from (notice.basis for notice in kind.notices)
    yield from (scale.basis for scale in kind.scales)


def _basis_problems(basis: Basis) -> Iterator[str]:
    if not basis.named:
        yield "a fact without a rule"
    if not basis.sources:
        yield f"{basis.named}: no source"
    for key in basis.sources:
        if key not in sources():
            yield f"{basis.named}: there is no source {key}"
