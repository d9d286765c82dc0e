# SPDX-License-Identifier: AGPL-3.0-or-later
"""A bank account as a person types it: what kind is usual where they are, whether it can be right, and whose bank it is."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import get_language, gettext

from purring.doors.desk.choices import Choices, country_name
from purring.doors.desk.sayings import SCHEMES, label
from purring.papers.facts import Account
from purring.papers.preflight import check_account

USUAL = {
    "NO": "no", "ZA": "za", "US": "us", "GB": "gb", "AU": "au", "CA": "ca", "SE": "bankgiro", "IN": "upi", "BR": "pix",
}  # fmt: skip
"""The kind of account that customers of a country pay to; IBAN anywhere else."""


class Judged(NamedTuple):
    good: bool
    text: str


def usual_scheme(country: str) -> str:
    return USUAL.get(country, "iban")


def scheme_choices(country: str) -> Choices:
    """Kinds of account, the usual one of the country first."""
    first = usual_scheme(country)
    return [(code, label(SCHEMES, code)) for code in sorted(SCHEMES, key=lambda code: (code != first, code != "iban"))]


def judge(scheme: str, number: str) -> Judged:
    """Whether the number can be right, in one line. It asks nobody: form, check digits, and the register of banks."""
    found = list(check_account(Account(scheme, number), "account"))
    kind = label(SCHEMES, scheme)
    if found:
        said = gettext("This cannot be right as %(kind)s. Compare it with your bank's own paper.")
        return Judged(False, said % {"kind": kind})
    bank = _bank_of(number) if scheme == "iban" else ""
    return Judged(True, bank or gettext("It can be right: %(kind)s.") % {"kind": kind})


def _bank_of(number: str) -> str:
    """Bank and country of a valid IBAN."""
    from schwifty import IBAN  # the register of banks is large: only when an account is typed

    iban = IBAN("".join(number.split()))
    name = iban.bank_name or (str(iban.bic) if iban.bic else "")
    country = country_name(iban.country_code, get_language() or "en")
    return f"{name}, {country}" if name else country
