# SPDX-License-Identifier: Apache-2.0
"""The creditor reference of ISO 11649 (`RF18 5390 0754 7034`), called SCOR on a Swiss QR-bill."""

from __future__ import annotations

import re

from stdnum.iso7064 import mod_97_10

from purring.core.references.outcome import Checked, bare, ok, refuse, wrong, wrong_check_digit

MOST = 25
_FORM = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")


def make_rf(value: str) -> str:
    """`RF`, two check digits (ISO 7064 mod 97-10) and the letters and digits of the value, at most 21.

    Raises `Refused` (`bad_reference`) for anything else.
    """
    body = bare(value, also="_:,#")
    if not (body.isascii() and body.isalnum()):
        raise refuse(f"a creditor reference is made of letters A to Z and digits, and {value.strip()!r} is not")
    if len(body) > MOST - 4:
        raise refuse(f"a creditor reference takes at most {MOST - 4} letters and digits, not {len(body)}")
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def check_rf(value: str) -> Checked:
    plain = bare(value, also=":,")
    if not plain.startswith("RF"):
        return wrong("form", "it must begin with RF and two check digits")
    if not (plain.isascii() and plain.isalnum()):
        return wrong("characters", "it must be letters A to Z and digits only")
    if not 5 <= len(plain) <= MOST:
        return wrong("length", f"it must have 5 to {MOST} letters and digits, not {len(plain)}", plain)
    # 00, 01 and 99 would compute, but the standard never makes them: they stand for 97, 98 and 02.
    if not _FORM.fullmatch(plain) or not "02" <= plain[2:4] <= "98" or not mod_97_10.is_valid(plain[4:] + plain[:4]):
        return wrong_check_digit(plain)
    return ok(plain, "the check digits hold (ISO 11649)")
