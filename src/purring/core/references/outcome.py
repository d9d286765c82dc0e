# SPDX-License-Identifier: Apache-2.0
"""What a check and a search say, and how a text becomes the bare reference."""

from __future__ import annotations

from typing import NamedTuple

from purring.core.errors import Refused

MOST = 200
"""Characters of a reference as typed, blanks and all; more is no reference in any scheme."""


class Checked(NamedTuple):
    """The outcome of a check."""

    valid: bool
    code: str
    """`ok`, `characters`, `length`, `form`, `check_digit`."""
    why: str
    """One English sentence."""
    reference: str
    """Bare, as computers exchange it; empty when the shape is wrong."""


class Found(NamedTuple):
    """A reference in a text."""

    scheme: str
    reference: str
    """Bare."""
    start: int
    end: int
    """Where it stands, in code points of the text."""
    valid: bool
    """False: it has the shape, but a typing error."""
    whole: bool
    """False: cut out of a longer run of signs."""


def ok(reference: str, why: str) -> Checked:
    return Checked(True, "ok", why, reference)


def wrong(code: str, why: str, reference: str = "") -> Checked:
    return Checked(False, code, why, reference)


def wrong_check_digit(reference: str) -> Checked:
    return wrong("check_digit", "the check digit does not fit the rest; look for a typing error", reference)


def refuse(why: str) -> Refused:
    """`make` cannot make a reference of this."""
    return Refused("bad_reference", why)


def bare(value: str, also: str = "") -> str:
    """Without blanks, dashes, dots and slashes (and the signs in `also`), in capitals."""
    if len(value) > MOST:
        raise Refused("too_long", f"{len(value):,} characters are too many for a reference; at most {MOST}")
    return "".join(sign for sign in value if not sign.isspace() and sign not in "-./" and sign not in also).upper()


def bare_digits(value: str, most: int, what: str) -> str:
    """The digits a reference is made of; refuses anything else, none at all, and more than `most`."""
    digits = bare(value)
    if not is_digits(digits):
        raise refuse(f"{what} is made of digits only, and {value.strip()!r} is not; give a number such as 20260417")
    if len(digits) > most:
        raise refuse(f"{what} takes at most {most} digits before its check digit, not {len(digits)}")
    return digits


def is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def in_groups(text: str, size: int, *, from_right: bool = False, mark: str = " ") -> str:
    """Cut into groups, the odd one last or (`from_right`) first: ("1234567", 5, from_right=True) -> "12 34567"."""
    first = len(text) % size if from_right else 0
    groups = [text[:first]] if first else []
    return mark.join([*groups, *(text[at : at + size] for at in range(first, len(text), size))])
