# SPDX-License-Identifier: Apache-2.0
"""References made of digits, as the banks of one country agreed on them.

Sources: Norway, Mastercard Payment Services "KID" (modulus 10 or 11, 2-25 digits); Sweden, Bankgirot "OCR-referens"
(Luhn, optional length digit, 2-25 digits); Denmark, "Faelles Indbetalingskort" (Luhn; card types 71 with 15 digits, 75 and
04 with 16); Finland, Finance Finland "Kotimaisen viitteen rakenneohje" (weights 7-3-1, 4-20 digits); Belgium, Febelfin
"gestructureerde mededeling" (modulo 97, 12 digits); Switzerland, Implementation Guidelines QR-bill (modulo 10 recursive,
27 digits, only with a QR-IBAN).
"""

from __future__ import annotations

import re

from stdnum import luhn
from stdnum.be import ogm_vcs
from stdnum.ch import esr

from purring.core.references.outcome import (
    Checked,
    bare,
    bare_digits,
    in_groups,
    is_digits,
    ok,
    refuse,
    wrong,
    wrong_check_digit,
)

KID_MOST = OCR_MOST = 25
VIITE_LEAST, VIITE_MOST = 4, 20
FIK_DIGITS = {"71": 15, "75": 16, "04": 16}
"""Danish card type -> digits of its payment number, check digit included."""

_FIK_LINE = re.compile(r"\+?(?P<card>[0-9]{2})<(?P<id>[0-9]*)(?:\+(?P<creditor>[0-9]{7,8})<?)?")


def _checked_digits(value: str, least: int, most: int) -> Checked | str:
    digits = bare(value)
    if not is_digits(digits):
        return wrong("characters", "it must be digits only")
    if not least <= len(digits) <= most:
        span = f"{least}" if least == most else f"{least} to {most}"
        return wrong("length", f"it must have {span} digits, not {len(digits)}", digits)
    return digits


# --- Norway -------------------------------------------------------------------------------------------------


def make_kid10(value: str) -> str:
    """The digits and their Luhn check digit. Raises `Refused` (`bad_reference`) for anything but 1-24 digits."""
    digits = bare_digits(value, KID_MOST - 1, "a KID")
    return digits + luhn.calc_check_digit(digits)


def check_kid10(value: str) -> Checked:
    digits = _checked_digits(value, 2, KID_MOST)
    if isinstance(digits, Checked):
        return digits
    return ok(digits, "the modulus 10 check digit holds") if luhn.is_valid(digits) else wrong_check_digit(digits)


def make_kid11(value: str) -> str:
    """The digits and their modulus 11 check digit, which may be `-` (for ten)."""
    digits = bare_digits(value, KID_MOST - 1, "a KID")
    return digits + _mod11(digits)


def check_kid11(value: str) -> Checked:
    kid = bare(value)
    if value.rstrip().endswith("-"):
        kid += "-"
    if not is_digits(kid.removesuffix("-")):
        return wrong("characters", "it must be digits only, at the end also a dash")
    if not 2 <= len(kid) <= KID_MOST:
        return wrong("length", f"it must have 2 to {KID_MOST} digits, not {len(kid)}", kid)
    return ok(kid, "the modulus 11 check digit holds") if _mod11(kid[:-1]) == kid[-1] else wrong_check_digit(kid)


def _mod11(digits: str) -> str:
    """Weights 2 to 7 from the right, again and again."""
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits)))
    return "0123456789-"[-total % 11]


# --- Sweden -------------------------------------------------------------------------------------------------


def make_bankgiro_ocr(value: str, *, length_digit: bool = False) -> str:
    """The digits, when wanted the length digit (of the whole, modulo 10), and the Luhn check digit."""
    digits = bare_digits(value, OCR_MOST - 2 if length_digit else OCR_MOST - 1, "an OCR reference")
    if length_digit:
        digits += str((len(digits) + 2) % 10)
    return digits + luhn.calc_check_digit(digits)


def check_bankgiro_ocr(value: str, *, length_digit: bool = False) -> Checked:
    """The Luhn digit; with `length_digit` also that the last digit but one tells the length."""
    digits = _checked_digits(value, 2, OCR_MOST)
    if isinstance(digits, Checked):
        return digits
    if not luhn.is_valid(digits):
        return wrong_check_digit(digits)
    if int(digits[-2]) != len(digits) % 10:
        if length_digit:
            return wrong("length", f"the length digit {digits[-2]} does not fit {len(digits)} digits", digits)
        return ok(digits, "the check digit holds")
    return ok(digits, "the check digit holds, and the digit before it is the length")


# --- Denmark ------------------------------------------------------------------------------------------------


def make_fik(value: str, *, card: str = "71") -> str:
    """The payment number of a card type: zeros in front, the Luhn digit at the end. See `fik_line` for the whole."""
    if card not in FIK_DIGITS:
        raise refuse(f"card type {card} carries no payment number; use one of {', '.join(FIK_DIGITS)}")
    size = FIK_DIGITS[card]
    digits = bare_digits(value, size - 1, "a FIK payment number").zfill(size - 1)
    return digits + luhn.calc_check_digit(digits)


def check_fik(value: str) -> Checked:
    """A payment number, or the whole line of the card `+71<000000012345674+12345678<`."""
    plain = bare(value)
    line = _FIK_LINE.fullmatch(plain)
    if line:
        if line["card"] not in FIK_DIGITS:
            return wrong("form", f"card type {line['card']} carries no payment number that could be checked")
        size, digits = FIK_DIGITS[line["card"]], line["id"]
    elif is_digits(plain):
        size, digits = (15 if len(plain) <= 15 else 16), plain
    else:
        return wrong("characters", "it must be digits only, or a line such as +71<000000012345674+12345678<")
    if not 2 <= len(digits) <= size:
        return wrong("length", f"it must have {size} digits, not {len(digits)}", digits)
    digits = digits.zfill(size)
    return ok(digits, "the check digit holds") if luhn.is_valid(digits) else wrong_check_digit(digits)


def fik_line(payment_number: str, creditor: str) -> str:
    """The line that is printed and typed: card type by length, payment number, creditor number of 8 digits."""
    card = "71" if len(payment_number) == 15 else "75"
    return f"+{card}<{payment_number}+{bare(creditor)}<"


# --- Finland ------------------------------------------------------------------------------------------------


def make_viite(value: str) -> str:
    """At least three digits and their 7-3-1 check digit. Zeros in front do not count and are left out."""
    digits = bare_digits(value, VIITE_MOST - 1, "a viitenumero").lstrip("0")
    if len(digits) < VIITE_LEAST - 1:
        raise refuse(f"a viitenumero needs at least {VIITE_LEAST - 1} digits, zeros in front not counted")
    return digits + _weights_731(digits)


def check_viite(value: str) -> Checked:
    digits = _checked_digits(value, VIITE_LEAST, VIITE_MOST)
    if isinstance(digits, Checked):
        return digits
    digits = digits.lstrip("0")
    if len(digits) < VIITE_LEAST:
        return wrong("length", f"it must have at least {VIITE_LEAST} digits, zeros in front not counted", digits)
    fits = _weights_731(digits[:-1]) == digits[-1]
    return ok(digits, "the 7-3-1 check digit holds") if fits else wrong_check_digit(digits)


def _weights_731(digits: str) -> str:
    return str(-sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(digits))) % 10)


# --- Belgium ------------------------------------------------------------------------------------------------


def make_ogm(value: str) -> str:
    """Ten digits (zeros in front) and their two check digits."""
    digits = bare_digits(value, 10, "a structured communication").zfill(10)
    if not int(digits):
        raise refuse("a structured communication cannot be all zeros")
    return digits + ogm_vcs.calc_check_digits(digits)


def check_ogm(value: str) -> Checked:
    digits = _checked_digits(bare(value, also="+*"), 12, 12)
    if isinstance(digits, Checked):
        return digits
    return ok(digits, "the modulo 97 check digits hold") if ogm_vcs.is_valid(digits) else wrong_check_digit(digits)


def print_ogm(reference: str) -> str:
    return f"+++{ogm_vcs.format(reference)}+++"


# --- Switzerland --------------------------------------------------------------------------------------------


def make_qrr(value: str) -> str:
    """26 digits (zeros in front) and the modulo 10 recursive check digit."""
    digits = bare_digits(value, 26, "a QR reference").zfill(26)
    if not int(digits):
        raise refuse("a QR reference cannot be all zeros")
    return digits + esr.calc_check_digit(digits)


def check_qrr(value: str) -> Checked:
    digits = _checked_digits(value, 27, 27)
    if isinstance(digits, Checked):
        return digits
    if not int(digits):
        return wrong("form", "it cannot be all zeros", digits)
    fits = esr.calc_check_digit(digits[:-1]) == digits[-1]
    return ok(digits, "the modulo 10 recursive check digit holds") if fits else wrong_check_digit(digits)


def print_qrr(reference: str) -> str:
    return in_groups(reference, 5, from_right=True)
