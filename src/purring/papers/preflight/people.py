# SPDX-License-Identifier: Apache-2.0
"""Who asks and who is asked: tax numbers, e-mail addresses, language."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from importlib.resources import files

from purring.papers.facts import InvoiceFacts
from purring.papers.preflight.finding import Finding
from purring.papers.preflight.money import VAT_COUNTRIES
from purring.papers.preflight.record import Context

_LOCAL = re.compile(r"[^\s@\"(),:;<>\[\]\\.]+(?:\.[^\s@\"(),:;<>\[\]\\.]+)*")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_HOME = {"EL": "GR", "XI": "GB", "LI": "CH"}
"""Prefixes of tax numbers that are not the code of the country whose rule they follow."""
_KINDS = {"CH": ("vat", "uid"), "NO": ("mva", "orgnr")}
"""Where a business may also write its register number."""


def check_people(facts: InvoiceFacts, context: Context) -> Iterator[Finding]:
    for who, party in (("seller", facts.seller), ("buyer", facts.buyer)):
        if party.vat_id and not vat_id_holds(party.vat_id, party.country):
            why = f"{party.vat_id} is not a valid tax number."
            yield Finding(f"{who}.vat_id", "vat_id_invalid", why, "Look for a typing error.")
        if party.email:
            yield from check_email(party.email, f"{who}.email", context.dead_domains)
    if context.language and facts.buyer.language and _plain(context.language) != _plain(facts.buyer.language):
        why = f"The message is in {context.language}, and the customer reads {facts.buyer.language}."
        yield Finding("buyer.language", "other_language", why, "Choose the customer's language.")


def vat_id_holds(number: str, country: str) -> bool:
    """Whether a tax number keeps its country's form and check digits; True where no rule is known.

    The country is that of the number's prefix when it has one, else `country` (ISO 3166, may be empty).
    """
    from stdnum import get_cc_module

    plain = "".join(sign for sign in number.upper() if sign.isalnum())
    prefix = plain[:2]
    home = prefix if prefix in _HOME or prefix in VAT_COUNTRIES else country
    home = _HOME.get(home, home)
    rules = [rule for kind in _KINDS.get(home, ("vat",)) if (rule := get_cc_module(home, kind))]
    return not rules or any(rule.is_valid(form) for rule in rules for form in (plain, plain.removeprefix(prefix)))


def check_email(address: str, field: str, dead_domains: Collection[str] = ()) -> Iterator[Finding]:
    """Whether an address can be one, and is not a known slip of the keyboard or of a domain that takes no mail."""
    local, _, domain = address.rpartition("@")
    if not (_LOCAL.fullmatch(local) and len(local) <= 64 and _DOMAIN.fullmatch(domain) and len(address) <= 254):
        yield Finding(field, "email_invalid", f"{address} is not an e-mail address.", "Correct it.")
    elif meant := _mistyped().get(domain.lower()):
        yield Finding(
            field, "email_mistyped", f"{domain} looks like a typing error for {meant}.", "Look whether it is right."
        )
    elif domain.lower() in dead_domains:
        yield Finding(field, "email_dead_domain", f"{domain} takes no mail.", "Ask for another address.")


@lru_cache(1)
def _mistyped() -> dict[str, str]:
    """Typed -> meant."""
    text = files("purring.papers.preflight").joinpath("data/mistyped_domains.json").read_text("utf-8")
    return {typed: meant for meant, slips in json.loads(text).items() for typed in slips}


def _plain(language: str) -> str:
    """Norwegian has two names for the same pages."""
    return {"no": "nb"}.get(language.split("-")[0], language.split("-")[0])
