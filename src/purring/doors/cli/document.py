# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring document`: a paper as PDF from a file of facts, without database and settings; or the evidence pack of an invoice."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from purring.core.errors import Refused
from purring.core.money import to_text
from purring.doors.cli import given, output
from purring.doors.cli.arguments import WrongUsage
from purring.doors.cli.house import House
from purring.doors.cli.opening import ACTOR, moment, open_database, the_organization
from purring.papers.documents import Finding, Printer
from purring.papers.facts import PAPERS, Facts, InvoiceFacts, StatementFacts, read_facts
from purring.papers.payment_reference import payment_reference
from purring.papers.totals import totals


def document_command(options: argparse.Namespace, house: House) -> int:
    """Writes the file, then tells its sums. Exit 1 when there is something to report about it."""
    if options.paper == "evidence":
        return _evidence(options, house)
    if options.paper not in PAPERS:
        raise WrongUsage(f"{options.paper!r} is no paper; use one of {' '.join(PAPERS)} evidence")
    if options.number or not options.facts or not options.output:
        raise WrongUsage(f"write it as: purring document {options.paper} --facts FACTS.json -o FILE.pdf")
    facts = read_facts(options.paper, given.json_file(options.facts))
    content, pages, findings = _made(facts, options)
    out = Path(options.output)
    _write(out, content)
    sums, reference = _sums(facts), _reference(facts)
    if options.json:
        told = [{"field": one.field, "code": one.code, "why": one.why} for one in findings]
        output.document({"pages": pages, "reference": reference, "totals": sums, "findings": told, "file": str(out)})
    else:
        output.say(f"{out}: {sums['payable']} {sums['currency']}" + (f", reference {reference}" if reference else ""))
        for one in findings:
            output.warn(f"purring: {one.field}: {one.why}")
    return 1 if findings else 0


def _evidence(options: argparse.Namespace, house: House) -> int:
    """The evidence pack of an invoice in the database. Tells the digest that shows later that it is this one."""
    if not options.number or options.facts or not options.output:
        raise WrongUsage("write it as: purring document evidence NUMBER -o FILE.zip")
    open_database(house)
    from purring.followup.evidence import evidence_pack
    from purring.followup.why import find_invoice

    invoice = find_invoice(the_organization(options.organization), options.number, options.customer)
    pack = evidence_pack(invoice, now=moment(), actor=ACTOR, language=options.language or "")
    out = Path(options.output)
    _write(out, pack.content)
    if options.json:
        told = {"file": str(out), "manifest": pack.digest, "messages": pack.messages, "sources": pack.sources}
        output.document(told)
    else:
        output.say(f"{out}: {pack.messages} messages, {pack.sources} of them with their source")
        output.say(f"its manifest has the SHA-256 {pack.digest}; purring doctor --verify {out}")
    return 0


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise Refused("unwritable", f"{out} cannot be written: {error.strerror}") from None


def _made(facts: Facts, options: argparse.Namespace) -> tuple[bytes, int, tuple[Finding, ...]]:
    if options.e_invoice and not isinstance(facts, InvoiceFacts):
        raise WrongUsage(
            f"--e-invoice: a {options.paper} is no invoice; only invoices and credit notes carry their data"
        )
    if options.e_invoice == "ubl":
        from purring.papers.einvoice import write_ubl

        assert isinstance(facts, InvoiceFacts)
        return write_ubl(facts), 0, ()
    made = Printer().pdf(
        facts, language=options.language or "", e_invoice="en16931" if options.e_invoice == "facturx" else ""
    )
    return made.pdf, made.pages, made.findings


def _sums(facts: Facts) -> dict[str, Any]:
    if not isinstance(facts, StatementFacts):
        return totals(facts if isinstance(facts, InvoiceFacts) else facts.invoice).as_json()
    columns = {
        "gross": sum(row.amount for row in facts.invoices),
        "paid": sum(row.paid for row in facts.invoices),
        "payable": sum(row.balance for row in facts.invoices),
    }
    return {name: to_text(minor, facts.currency) for name, minor in columns.items()} | {"currency": facts.currency}


def _reference(facts: Facts) -> str:
    if isinstance(facts, StatementFacts):
        return facts.reference
    return payment_reference(facts if isinstance(facts, InvoiceFacts) else facts.invoice).bare
