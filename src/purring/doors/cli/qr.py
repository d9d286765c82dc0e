# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring qr`: the QR code of an invoice's facts as a picture. Needs no database and no settings."""

from __future__ import annotations

import argparse
from pathlib import Path

from purring.core.errors import Refused
from purring.doors.cli import given, output
from purring.doors.cli.arguments import WrongUsage
from purring.doors.cli.house import House
from purring.papers.facts import InvoiceFacts, read_invoice
from purring.papers.qr import Qr, make_qr, qr_for
from purring.papers.qr.slip import slip_svg
from purring.papers.qr.swiss import swiss_bill


def qr_command(options: argparse.Namespace, house: House) -> int:
    """The Swiss code as SVG is the whole payment part with its receipt; as PNG it is the code alone."""
    out = Path(options.output)
    if out.suffix.lower() not in (".svg", ".png"):
        raise WrongUsage(f"-o {options.output}: name a file that ends in .svg or .png")
    facts = read_invoice(given.json_file(options.facts))
    code = make_qr(options.kind, facts) if options.kind else _fitting(facts)
    content = code.png() if out.suffix.lower() == ".png" else _svg(code, facts).encode()
    try:
        out.write_bytes(content)
    except OSError as error:
        raise Refused("unwritable", f"{out} cannot be written: {error.strerror}") from None
    if options.json:
        output.document({"kind": code.kind, "payload": code.payload, "file": str(out)})
    else:
        output.say(f"{out}: {code.kind}")
    return 0


def _fitting(facts: InvoiceFacts) -> Qr:
    code = qr_for(facts)
    if code is None:
        why = "no QR code fits the seller's accounts and the currency, and there is no payment link"
        raise Refused("no_code", f"{why}; add payment_link, or name a --kind to learn what it needs")
    return code


def _svg(code: Qr, facts: InvoiceFacts) -> str:
    if code.kind == "swiss":
        return slip_svg(swiss_bill(facts), facts.buyer.language or "en")
    return code.svg(f"QR: {facts.seller.name}, {facts.number}")
