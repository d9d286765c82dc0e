# SPDX-License-Identifier: Apache-2.0
"""From the terms of an e-invoice to the facts of an invoice, as the plain object that `purring.papers.facts` reads.

What the facts have no place for stays in the terms. Charges and allowances on the whole become lines of their own (an
allowance one of negative quantity), so that the sums stay right. Whatever had to be changed is a finding.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from babel.core import get_global

from purring.core.money import is_currency, to_text
from purring.papers.einvoice.amounts_read import read_minor
from purring.papers.einvoice.contract_lines import lines_of
from purring.papers.einvoice.findings import Finding
from purring.papers.einvoice.payment_terms import early_payments
from purring.papers.einvoice.tables import account_schemes
from purring.papers.einvoice.term_values import day, identifier, one_line, text
from purring.papers.einvoice.terms import Terms
from purring.papers.einvoice.xml_text import number_text

_CREDIT_NOTES = frozenset(("81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"))
"""UNTDID 1001 codes that ask for nothing but give back."""
_MOST_ACCOUNTS = 100


def contract_of(terms: Terms, findings: list[Finding]) -> dict[str, Any]:
    """The facts as a plain object; whether they are complete is for `purring.papers.facts.read_facts` to say."""
    currency = one_line(terms, "BT-5").upper()
    if not is_currency(currency):
        findings.append(
            Finding("no_currency", "error", "currency", f"{currency or 'nothing'!r} is no currency.", "Ask the sender.")
        )
        currency = ""
    issued = day(terms, "BT-2")
    discounts = early_payments(text(terms, "BT-20"), issued) if issued else []
    seller, buyer = _group(terms, "BG-4"), _group(terms, "BG-7")
    preceding = [one_line(one, "BT-25") for one in terms.get("BG-3", ())]
    made: dict[str, Any] = {
        "kind": "credit_note" if one_line(terms, "BT-3") in _CREDIT_NOTES else "invoice",
        "seller": _seller(seller, terms, findings),
        "buyer": _buyer(buyer, terms, findings),
        "number": one_line(terms, "BT-1"),
        "corrects": preceding[0] if preceding else None,
        "issued": issued.isoformat() if issued else None,
        "due": _due(terms, issued, findings),
        "delivered": _iso(day(terms, "BT-72")),
        "deliver_to_country": _country(terms, "BT-80"),
        "currency": currency or None,
        "order": one_line(terms, "BT-13"),
        "note": "\n".join(note for one in terms.get("BG-1", ()) if (note := text(one, "BT-22"))),
        "payment_link": _payment_link(terms),
        "lines": lines_of(terms, currency, findings) if currency else [],
        "paid": _paid(terms, currency, findings),
        "early_payment": [{"percent": number_text(one.percent), "until": one.until.isoformat()} for one in discounts],
        "reference": _reference(terms),
    }
    tidied: dict[str, Any] = _tidy(made)
    return tidied


def _seller(party: Terms, terms: Terms, findings: list[Finding]) -> dict[str, Any]:
    country = _country(party, "BT-40")
    endpoint, email = _endpoint(party, "BT-34", one_line(party, "BT-43"))
    registration = identifier(party, "BT-30")
    if registration.get("scheme") == "0184":
        registration["value"] = registration["value"].removeprefix("DK")
    return {
        "name": one_line(party, "BT-27") or one_line(party, "BT-28"),
        "address": _address(party, ("BT-35", "BT-36", "BT-162"), "BT-38", "BT-37"),
        "country": country,
        "vat_id": one_line(party, "BT-31") or _tax_number(party),
        "registration": registration.get("value"),
        "accounts": _accounts(terms, country, findings),
        "endpoint": endpoint,
        "email": email,
        "phone": one_line(party, "BT-42"),
    }


def _tax_number(party: Terms) -> str:
    """A national tax number; Norwegians and Swedes write words there too ("Foretaksregisteret")."""
    told = party.get("BT-32", [])
    numbers = (one_line({"": one}, "") for one in (told if isinstance(told, list) else [told]))
    return next((one for one in numbers if any(sign.isdigit() for sign in one)), "")


def _buyer(party: Terms, terms: Terms, findings: list[Finding]) -> dict[str, Any]:
    endpoint, email = _endpoint(party, "BT-49", one_line(party, "BT-58"))
    return {
        "name": one_line(party, "BT-44") or one_line(party, "BT-45"),
        "contact": one_line(party, "BT-56"),
        "address": _address(party, ("BT-50", "BT-51", "BT-163"), "BT-53", "BT-52"),
        "country": _country(party, "BT-55"),
        "vat_id": one_line(party, "BT-48"),
        "reference": one_line(terms, "BT-10"),
        "email": email,
        "endpoint": endpoint,
    }


def _address(party: Terms, lines: tuple[str, ...], postcode: str, city: str) -> dict[str, Any]:
    found = [line for term in lines if (line := one_line(party, term))]
    return {"lines": found, "postcode": one_line(party, postcode), "city": one_line(party, city)}


def _endpoint(party: Terms, term: str, email: str) -> tuple[dict[str, str] | None, str]:
    """The electronic address and the mail address; one that is only the other (scheme EM) is not told twice."""
    found = identifier(party, term)
    scheme, address = found.get("scheme", ""), found.get("value", "")
    if scheme == "EM" and email in ("", address):
        return None, address
    return ({"scheme": scheme, "id": address} if scheme and address else None), email


def _accounts(terms: Terms, country: str | None, findings: list[Finding]) -> list[dict[str, str]]:
    made = []
    for means in terms.get("BG-16", ())[:_MOST_ACCOUNTS]:
        number, bic = identifier(means, "BT-84").get("value", ""), one_line(means, "BT-86")
        if not number:
            continue
        scheme = _scheme(number, one_line(means, "BT-82"), bic, country)
        if scheme is None:
            findings.append(
                Finding(
                    *("account_not_taken", "warning", "seller.accounts"),
                    f"The account {number} is of a kind that is not known here; it is left out.",
                    "Add it by hand if you want to pay or print it.",
                )
            )
            continue
        account = {"scheme": scheme, "number": number}
        if bic and not bic.startswith("SE:"):
            account["bic"] = bic
        if account not in made:
            made.append(account)
    return made


def _scheme(number: str, label: str, branch: str, country: str | None) -> str | None:
    from stdnum import iban

    if iban.is_valid(number):
        return "iban"
    if branch.startswith("SE:"):
        return "bankgiro" if branch == "SE:BANKGIRO" else None
    schemes = {name: scheme for name, scheme in account_schemes().items() if scheme.text}
    named = next((name for name, scheme in schemes.items() if scheme.text == label), None)
    return named or next((name for name, scheme in schemes.items() if scheme.country == country), None)


def _reference(terms: Terms) -> str:
    reference = one_line(terms, "BT-83")
    return reference[3:] if re.fullmatch("71#[0-9]{15}", reference) else reference  # a Danish FIK slip


def _due(terms: Terms, issued: date | None, findings: list[Finding]) -> str | None:
    due = day(terms, "BT-9")
    if due or not issued:
        return _iso(due)
    words = text(terms, "BT-20").strip()
    told = f" It says: {words[:200]}" if words else ""
    findings.append(
        Finding(
            *("no_due_date", "warning", "due"),
            f"No date to pay by; the date of the invoice is taken.{told}",
            "Enter the date that was agreed.",
        )
    )
    return issued.isoformat()


def _paid(terms: Terms, currency: str, findings: list[Finding]) -> str | None:
    if not currency or "BT-113" not in terms:
        return None
    paid = read_minor(one_line(terms, "BT-113"), currency)
    if paid is None or paid < 0:
        findings.append(
            Finding(
                *("paid_not_taken", "error", "paid"),
                f"What is paid already ({one_line(terms, 'BT-113')}) cannot be taken; nothing is taken as paid.",
                "Enter what was paid.",
            )
        )
        return None
    return to_text(paid, currency)


def _payment_link(terms: Terms) -> str | None:
    """The link our own invoices carry; another supporting document is not taken for one."""
    for one in terms.get("BG-24", ()):
        if one_line(one, "BT-122") == "payment-link" and one_line(one, "BT-124").startswith(("https://", "http://")):
            return one_line(one, "BT-124")
    return None


def _country(terms: Terms, term: str) -> str | None:
    code = one_line(terms, term).upper()
    code = {"EL": "GR", "UK": "GB", "XI": "GB", "1A": "XK"}.get(code, code)
    return code if code in get_global("territory_languages") else None


def _group(terms: Terms, term: str) -> Terms:
    found = terms.get(term) or [{}]
    group: Terms = found[0]
    return group


def _iso(found: date | None) -> str | None:
    return found.isoformat() if found else None


def _tidy(value: Any) -> Any:
    """Without keys that say nothing."""
    if isinstance(value, dict):
        tidied = {key: _tidy(one) for key, one in value.items()}
        return {key: one for key, one in tidied.items() if one not in (None, "", [], {})}
    return [_tidy(one) for one in value] if isinstance(value, list) else value
