# SPDX-License-Identifier: Apache-2.0
"""A short reference that people can read, say and type, for countries whose banks have none (`K7P4-M9XR`).

**Signs.** 23 of them: eight digits and fifteen consonants. Of each group that people mix up (0 O Q D, 1 I L, 2 Z, 5 S,
6 G, 8 B) it has one, and the others are understood as that one; U and V are left out. There is no vowel, so no word can
come out.

**Shape.** A letter, a digit, three or more signs, the check sign: 6 to 18 signs in all, which fits the reference fields of
British, South African and American banks. The second sign being a digit keeps words from looking like references.

**Check sign.** Count the places from the right, beginning with 1, and let a sign's value be its index in `SIGNS`; the
sum of place x value is a multiple of 23. Since 23 is prime and the places from 1 to 18 are different numbers that 23
does not divide, (a) one wrong sign changes the sum by place x difference of values, never a multiple of 23, and (b) two
signs exchanged, neighbours or not, change it by difference of places x difference of values, never a multiple of 23
either. So every single substitution and every exchange of two signs is caught; a lost or added sign, and anything else,
slips by once in 23.

**Body.** The value (an invoice number) is read as a number in bijective base 10 (digits only) or 36, doubled, plus one
for base 36; then written in base 15, 8 and 23. So two values that differ in a letter, a digit or a zero in front never
share a reference; blanks, dashes and the like do not count.
"""

from __future__ import annotations

from purring.core.references.outcome import Checked, bare, is_digits, ok, refuse, wrong

LETTERS = "CDFHJKLMNPRTWXY"
DIGITS = "23456789"
SIGNS = DIGITS + LETTERS
LEAST, MOST = 6, 18
_UNDERSTOOD = str.maketrans("0OQ1IBSZG", "DDDLL8526")
_ALSO = "_:,#"


def make_short(value: str) -> str:
    """The reference of a value: an invoice number, a customer number. Raises `Refused` (`bad_reference`)."""
    body = bare(value, also=_ALSO)
    if not (body.isascii() and body.isalnum()):
        raise refuse(f"a short reference is made from letters A to Z and digits, and {value.strip()!r} is not")
    number = 2 * _bijective(body, 10) if is_digits(body) else 2 * _bijective(body, 36) + 1
    rest = ""
    number, first = divmod(number, len(LETTERS))
    number, second = divmod(number, len(DIGITS))
    while number or len(rest) < LEAST - 3:
        number, sign = divmod(number, len(SIGNS))
        rest += SIGNS[sign]
    made = LETTERS[first] + DIGITS[second] + rest
    if len(made) >= MOST:
        raise refuse(f"{value.strip()!r} is too long for a short reference; about 14 letters or 22 digits fit")
    return made + SIGNS[-_weighted(made, 2) % len(SIGNS)]


def check_short(value: str) -> Checked:
    plain = understood(value)
    if not all(sign in SIGNS for sign in plain):
        return wrong("characters", f"it must be made of {SIGNS}")
    if not LEAST <= len(plain) <= MOST:
        return wrong("length", f"it must have {LEAST} to {MOST} signs, not {len(plain)}", plain)
    if plain[0] not in LETTERS or plain[1] not in DIGITS:
        return wrong("form", "it must begin with a letter and a digit", plain)
    if _weighted(plain, 1) % len(SIGNS):
        return wrong("check_digit", "the check sign does not fit the rest; look for a typing error", plain)
    return ok(plain, "the check sign holds")


def understood(value: str) -> str:
    """The bare reference, with the signs people confuse put right."""
    return bare(value, also=_ALSO).translate(_UNDERSTOOD)


def _weighted(signs: str, from_place: int) -> int:
    return sum(place * SIGNS.index(sign) for place, sign in enumerate(reversed(signs), from_place))


def _bijective(text: str, base: int) -> int:
    """Texts to whole numbers from 1 on, no two the same: digits count from 1, so that a zero in front counts."""
    number = 0
    for sign in text:
        number = number * base + int(sign, base) + 1
    return number
