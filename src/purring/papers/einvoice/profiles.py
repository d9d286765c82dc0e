# SPDX-License-Identifier: Apache-2.0
"""The dialects of EN 16931 that are written here, and how each names itself (BT-24, BT-23, Factur-X metadata)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from purring.core.errors import Refused

Syntax = Literal["cii", "ubl"]
SYNTAXES: tuple[Syntax, ...] = ("cii", "ubl")

EN16931 = "urn:cen.eu:en16931:2017"
BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
"""The one business process of Peppol BIS Billing; XRechnung 3 names it too."""


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    specification: str
    """BT-24."""
    process: str = ""
    """BT-23; empty: not named."""
    conformance_level: str = ""
    """`fx:ConformanceLevel` of a hybrid PDF; empty: not made for one."""
    holds_contacts: bool = True
    """False for BASIC, which has no contacts, account names, BIC, supporting documents or item descriptions."""


_CII = (
    Profile("basic", f"{EN16931}#compliant#urn:factur-x.eu:1p0:basic", conformance_level="BASIC", holds_contacts=False),
    Profile("en16931", EN16931, conformance_level="EN 16931"),
    Profile("xrechnung", f"{EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", BILLING, "XRECHNUNG"),
)
_UBL = (
    Profile("peppol", f"{EN16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", BILLING),
    Profile("en16931", EN16931),
    Profile("xrechnung", f"{EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", BILLING),
)
_BY_NAME: dict[Syntax, dict[str, Profile]] = {
    "cii": {profile.name: profile for profile in _CII},
    "ubl": {profile.name: profile for profile in _UBL},
}


def profile_names(syntax: Syntax) -> tuple[str, ...]:
    """The names that `find_profile` knows."""
    return tuple(_BY_NAME[syntax])


def find_profile(syntax: Syntax, name: str) -> Profile:
    """The profile of a syntax by its name. Refuses (`unknown_profile`) another."""
    if found := _BY_NAME[syntax].get(name):
        return found
    known = ", ".join(profile_names(syntax))
    raise Refused("unknown_profile", f"{name!r} is not a profile of {syntax.upper()}; use one of {known}", value=name)
