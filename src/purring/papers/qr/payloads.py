# SPDX-License-Identifier: Apache-2.0
"""What stands in the QR codes: one function per standard, from an invoice's facts to the payload text.

All ask for the payable amount and raise `Refused` (with `path` where a fact is the cause) for what the standard does not take:
`no_account`, `bad_account`, `wrong_currency`, `nothing_to_pay`, `too_large`, `missing`. Texts that are too long
are shortened, never numbers. The Swiss payload is in `purring.papers.qr.swiss`.
"""

from __future__ import annotations

import binascii
from urllib.parse import quote

from purring.core import references
from purring.papers.facts import InvoiceFacts
from purring.papers.payment_reference import payment_reference
from purring.papers.qr.accounts import czech_iban, pix_key, sepa_iban, upi_address
from purring.papers.qr.text import ascii_only, needed, one_line, payable_text, shortened

EPC_MOST_BYTES, EPC_LARGEST_VERSION = 331, 13


def epc(facts: InvoiceFacts) -> str:
    """SEPA credit transfer (European Payments Council, EPC069-12, version 002): name 70, text 140 characters, 331 bytes.

    A creditor reference goes into the structured field; any other reference, or the invoice's number, into the text.
    """
    account, number = sepa_iban(facts.seller)
    amount = payable_text(facts, "EUR", 99_999_999_999)
    structured, text = _remittance(facts)
    name = shortened(facts.seller.name, 70)
    while True:
        lines = ("BCD", "002", "1", "SCT", one_line(account.bic), name, number, f"EUR{amount}", "", structured, text)
        payload = "\n".join(lines).rstrip("\n")
        spare = EPC_MOST_BYTES - len(payload.encode())
        if spare >= 0:
            return payload
        if len(name) > 20:  # only letters of several bytes come here: the name gives way first, references stay whole
            name = name[:-1].rstrip()
        else:
            text = text[:-1].rstrip()


def _remittance(facts: InvoiceFacts) -> tuple[str, str]:
    """Structured and unstructured; the standard takes one of them."""
    reference = payment_reference(facts)
    if reference.scheme in ("rf", "scor"):
        return reference.bare, ""
    if reference.scheme == "viite":  # banks in Finland take both as the same reference
        return references.make("rf", reference.bare), ""
    return "", shortened(reference.printed, 140)


def link(facts: InvoiceFacts) -> str:
    """The payment link itself."""
    return needed(facts.payment_link, "payment_link", "is missing, and this QR code is made of it")


def upi(facts: InvoiceFacts) -> str:
    """India (NPCI, UPI Linking Specifications 1.6): name 99, note 50, reference 35 characters."""
    address = upi_address(facts.seller)
    amount = payable_text(facts, "INR", 10**15)
    reference = payment_reference(facts)
    tr = "".join(sign for sign in reference.bare if sign.isascii() and sign.isalnum())[:35]
    fields = {
        "pa": address,
        "pn": shortened(facts.seller.name, 99),
        "am": amount,
        "cu": "INR",
        "tn": shortened(facts.number, 50),
        "tr": tr,
    }
    return "upi://pay?" + "&".join(f"{key}={quote(value, safe='@')}" for key, value in fields.items() if value)


def pix(facts: InvoiceFacts) -> str:
    """Brazil (Banco Central, Manual de Padrões para Iniciação do Pix; a static BR Code after EMVCo MPM).

    Plain ASCII: name 25, city 15, transaction id 25 letters and digits; what does not fit as an id is `***`.
    """
    account, key = pix_key(facts.seller)
    amount = payable_text(facts, "BRL", 10**12 - 1)
    name = needed(shortened(ascii_only(facts.seller.name), 25), "seller.name", "Pix needs it in Latin letters")
    city = shortened(ascii_only(account.city or facts.seller.address.city), 15)
    needed(city, "seller.accounts.city", "Pix needs the payee's city")
    reference = "".join(sign for sign in payment_reference(facts).bare if sign.isascii() and sign.isalnum())
    return emv(
        ("00", "01"),
        ("26", _fields(("00", "br.gov.bcb.pix"), ("01", key))),
        ("52", "0000"),
        ("53", "986"),
        ("54", amount),
        ("58", "BR"),
        ("59", name),
        ("60", city),
        ("62", _fields(("05", reference if 0 < len(reference) <= 25 else "***"))),
    )


def emv(*fields: tuple[str, str]) -> str:
    """Fields of an EMVCo merchant code (ASCII, each at most 99 long), sealed with their CRC-16/CCITT-FALSE."""
    body = _fields(*fields) + "6304"
    return body + f"{binascii.crc_hqx(body.encode('ascii'), 0xFFFF):04X}"


def emv_holds(payload: str) -> bool:
    """Whether the checksum at the end of an EMVCo payload holds."""
    return payload[-8:-4] == "6304" and f"{binascii.crc_hqx(payload[:-4].encode(), 0xFFFF):04X}" == payload[-4:]


def _fields(*fields: tuple[str, str]) -> str:
    return "".join(f"{key}{len(value):02d}{value}" for key, value in fields)


def spayd(facts: InvoiceFacts) -> str:
    """Czech Republic (Czech Banking Association, Short Payment Descriptor 1.0): message 60, name 35 characters.

    A reference of up to ten digits is the variable symbol, any other stands in the message. `*` and what is not ASCII
    are percent-encoded.
    """
    account, number = czech_iban(facts.seller)
    reference = payment_reference(facts)
    symbol = "".join(sign for sign in reference.bare if sign not in " -/")
    is_symbol = symbol.isascii() and symbol.isdigit() and len(symbol) <= 10
    message = facts.number if is_symbol or reference.bare == facts.number else f"{reference.printed} {facts.number}"
    fields = {
        "ACC": number + (f"+{account.bic}" if account.bic else ""),
        "AM": payable_text(facts, "CZK", 999_999_999),
        "CC": "CZK",
        "DT": facts.due.strftime("%Y%m%d"),
        "MSG": shortened(message, 60),
        "RN": shortened(facts.seller.name, 35),
        "X-VS": symbol if is_symbol else "",
    }
    return "SPD*1.0*" + "*".join(f"{key}:{quote(value, safe=' :/+-.,@()')}" for key, value in fields.items() if value)
