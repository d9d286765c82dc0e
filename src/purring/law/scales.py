# SPDX-License-Identifier: Apache-2.0
"""Sums that depend on the principal: the Dutch staffel, the Belgian ceiling of damages clauses."""

from __future__ import annotations

from fractions import Fraction

from purring.core.errors import Refused
from purring.core.money import exponent
from purring.law.model import Kind, Scale


def find_scale(kind: Kind, name: str) -> Scale:
    """A scale by its name; refuses (`unknown_scale`) another."""
    for scale in kind.scales:
        if scale.name == name:
            return scale
    raise Refused("unknown_scale", f"{kind.id} has no scale {name!r}", value=name)


def scale_amount(scale: Scale, principal: int, currency: str) -> int:
    """The sum for a principal, both in minor units; rounded down."""
    if principal <= 0:
        raise Refused("bad_amount", "the principal must be more than zero", field="principal")
    one = 10 ** exponent(currency)
    exact = Fraction(0)
    for band in scale.bands:
        if principal > band.above * one:
            exact = Fraction(band.flat * one) + (principal - Fraction(band.above * one)) * Fraction(band.percent) / 100
    if scale.least is not None:
        exact = max(exact, Fraction(scale.least * one))
    if scale.most is not None:
        exact = min(exact, Fraction(scale.most * one))
    return int(exact)
