# SPDX-License-Identifier: Apache-2.0
"""Payment references: make one, check one, find them in what a bank hands on.

    make("rf", "539007547034")                 -> "RF18539007547034"
    check("ogm", "+++090/9337/55493+++").valid -> True
    printed("viite", "1234561")                -> "12 34561"
    find("betaling KID 1234 5674 takk", ("kid10",))

References are exchanged bare (no blanks, capitals) and printed in the groups of their scheme. A check digit proves that a
number was typed right, not that it is a reference: one number in ten passes modulus 10. What is found in a text is
a candidate to look up, never a proof.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from purring.core.errors import Refused
from purring.core.references import creditor, national, short
from purring.core.references.finding import find, near
from purring.core.references.outcome import Checked, Found, in_groups

__all__ = ["SCHEMES", "Checked", "Found", "Scheme", "check", "find", "make", "near", "printed", "scheme"]


class Scheme(NamedTuple):
    """How one kind of reference is made, checked and printed."""

    make: Callable[[str], str]
    check: Callable[[str], Checked]
    print: Callable[[str], str]


def _fours(reference: str) -> str:
    return in_groups(reference, 4)


def _whole(reference: str) -> str:
    return reference


def _fives(reference: str) -> str:
    return in_groups(reference, 5, from_right=True)


def _dashed(reference: str) -> str:
    return in_groups(reference, 4, mark="-")


_SCHEMES = {
    "rf": Scheme(creditor.make_rf, creditor.check_rf, _fours),
    "kid10": Scheme(national.make_kid10, national.check_kid10, _whole),
    "kid11": Scheme(national.make_kid11, national.check_kid11, _whole),
    "qrr": Scheme(national.make_qrr, national.check_qrr, national.print_qrr),
    "scor": Scheme(creditor.make_rf, creditor.check_rf, _fours),
    "ogm": Scheme(national.make_ogm, national.check_ogm, national.print_ogm),
    "viite": Scheme(national.make_viite, national.check_viite, _fives),
    "bankgiro_ocr": Scheme(national.make_bankgiro_ocr, national.check_bankgiro_ocr, _whole),
    "fik": Scheme(national.make_fik, national.check_fik, _whole),
    "short": Scheme(short.make_short, short.check_short, _dashed),
}
SCHEMES = tuple(_SCHEMES)


def scheme(name: str) -> Scheme:
    """Raises `Refused` (`unknown_scheme`) for a name that is not in `SCHEMES`."""
    if name not in _SCHEMES:
        raise Refused("unknown_scheme", f"{name!r} is no reference scheme; use one of {', '.join(SCHEMES)}")
    return _SCHEMES[name]


def make(name: str, value: str) -> str:
    """The bare reference of a scheme for a value such as an invoice number.

    Raises `Refused`: `unknown_scheme`, `bad_reference` (wrong signs, too long), `too_long`.
    """
    return scheme(name).make(value)


def check(name: str, value: str) -> Checked:
    """Whether a reference as typed, blanks and all, holds. Raises `Refused`: `unknown_scheme`, `too_long`."""
    return scheme(name).check(value)


def printed(name: str, reference: str) -> str:
    """A valid bare reference in the groups its scheme is printed in."""
    return scheme(name).print(reference)
