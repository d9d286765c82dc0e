# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names, options and help of every command. Imports nothing heavy, does nothing."""

from __future__ import annotations

import argparse
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "a complete sample business to look around in; its mails never leave this machine"),
    "init": ("init", "make the database and an organization in it; safe to repeat"),
    "serve": ("serve", "the web pages, with the daily rounds inside on SQLite"),
    "work": ("serve", "a worker process that runs the rounds (PostgreSQL)"),
    "import": (
        "importing",
        "invoices, customers and payments from CSV, XLSX or JSON; e-invoices; PDFs go to their invoices",
    ),
    "approve": ("follow", "approve what waits"),
    "record": ("record", "note a payment, promise, dispute, hold or reply"),
    "run": ("follow", "plan, write and release once"),
    "why": ("follow", "what happens next with an invoice, and why"),
    "rehearse": ("rehearse", "play a scenario file through the decision, day by day"),
    "tone": ("tone", "what is unkind, unclear or missing in a message, and better words"),
    "read-reply": ("read_reply", "what somebody answered: paid, will pay, a question, a bounce, ..."),
    "late-charges": ("late_charges", "what the law lets you ask beside an unpaid amount, with its rules"),
    "law": ("law", "bring in newer reference rates"),
    "reference": ("reference", "make a payment reference, or check one"),
    "qr": ("qr", "the QR code to pay an invoice with, as a picture"),
    "document": ("document", "an invoice, a letter or another paper as PDF, from a file of facts"),
    "backup": ("backup", "everything into one file: database, files, key"),
    "restore": ("backup", "everything back from such a file"),
    "migrate": ("backup", "bring the database to this version, after a backup"),
    "doctor": ("doctor", "check settings, database, mail, rounds and invariants"),
}
"""Command -> the module in this folder that has its function, and one line of help."""

LATE_CHARGES_NEEDED = ("currency", "amount", "due", "on")
"""Options without which there is no claim; a line of `--jsonl` carries them instead."""


class WrongUsage(Exception):
    """The command line itself is wrong: exit 2."""

    def __init__(self, message: str, code: str = "wrong_usage") -> None:
        super().__init__(message)
        self.code = code


class Parser(argparse.ArgumentParser):
    """argparse that raises instead of printing several lines and leaving."""

    def error(self, message: str) -> NoReturn:
        raise WrongUsage(f"{message}; see {self.prog} --help")


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command and its options. Raises `WrongUsage`; `--help` and `--version` print and leave."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.command:
        raise WrongUsage("say what to do; see purring --help")
    return options


def _parser() -> Parser:
    parser = Parser(prog="purring", description="Asks for the money you are owed: kindly, until it is paid or settled.")
    parser.add_argument("--version", action="version", version=f"purring {_version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    made = {
        name: commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False)
        for name, (_, text) in COMMANDS.items()
    }
    for name in ("demo", "serve"):
        made[name].add_argument("--port", type=_port, metavar="N", help="on 127.0.0.1 (default 8000; 0: any free one)")
    _init(made["init"])
    _import(made["import"])
    _follow(made)
    _record(made["record"])
    made["rehearse"].add_argument(
        "file", metavar="SCENARIO.json", nargs="?", help="a scenario file; - is standard input (the default of --jsonl)"
    )
    made["rehearse"].add_argument("--jsonl", action="store_true", help="one scenario per line, one result per line")
    _tone(made["tone"])
    _read_reply(made["read-reply"])
    _late_charges(made["late-charges"])
    _law(made["law"])
    _reference(made["reference"])
    _qr(made["qr"])
    _document(made["document"])
    for name in ("backup", "restore"):
        made[name].add_argument("file", metavar="FILE", help="the backup file")
    made["doctor"].add_argument("--verify", metavar="PACK", help="check an evidence pack")
    for name in made.keys() - {"demo", "serve", "work", "reference", "law"}:
        made[name].add_argument("--json", action="store_true", help="one JSON document on standard output")
    return parser


def _init(command: argparse.ArgumentParser) -> None:
    command.add_argument("--organization", metavar="SLUG", required=True, help="short name, such as fjord-design")
    command.add_argument("--name", metavar="N", required=True, help="the name customers know")
    command.add_argument("--country", metavar="CC", required=True, help="ISO 3166, such as NO")
    command.add_argument("--language", metavar="xx", help="of the business (default: the country's)")
    command.add_argument("--currency", metavar="XXX", help="ISO 4217 (default: the country's)")
    command.add_argument("--timezone", metavar="TZ", help="such as Europe/Oslo (default: the country's main one)")


def _import(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", metavar="FILE", nargs="+", help="lists, and PDFs named after their invoices")
    _organization(command)
    command.add_argument("--map", metavar="FILE", help='JSON, column header to field: {"Fakt.nr": "number"}')
    command.add_argument("--dry-run", action="store_true", help="tell what would be stored, store nothing")
    command.add_argument("--all-or-nothing", action="store_true", help="store nothing when a row is refused")


def _follow(made: dict[str, Parser]) -> None:
    for name, meaning in (("approve", "the day approved"), ("run", "this run's today"), ("why", "the day asked for")):
        made[name].add_argument("--on", metavar="DATE", help=f"{meaning} (default: today)")
        _organization(made[name])
    made["run"].add_argument("--dry-run", action="store_true", help="tell what would happen, store and send nothing")
    made["why"].add_argument("number", metavar="NUMBER", help="the invoice's number")
    made["why"].add_argument("--customer", metavar="REF", help="whose, when several have that number")
    for name in ("run", "why", "rehearse"):
        made[name].add_argument("--language", metavar="xx", default="en", help="of the reasons (default en)")


def _record(command: argparse.ArgumentParser) -> None:
    facts = command.add_subparsers(dest="fact", metavar="FACT", required=True, parser_class=Parser)
    texts = {
        "payment": "money came in, or is on its way",
        "promise": "the customer said when they will pay",
        "dispute": "the customer does not accept an invoice, or a part of it",
        "hold": "do not write for now",
        "reply": "the customer wrote; reminders wait for our answer",
    }
    made = {
        name: facts.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False)
        for name, text in texts.items()
    }
    for name, one in made.items():
        wanted = None if name == "dispute" else "?"
        one.add_argument("invoice", metavar="INVOICE", nargs=wanted, help="the invoice's number")
        one.add_argument("--customer", metavar="REF", help="whose invoice; without INVOICE: the customer as a whole")
        one.add_argument("--on", metavar="DATE", help="the day it happened (default: today)")
        _organization(one)
        one.add_argument("--json", action="store_true", help="one JSON document on standard output")
    made["payment"].add_argument("--amount", metavar="A", required=True, help="in major units, such as 1250.50")
    made["payment"].add_argument("--pending", action="store_true", help="announced, not arrived yet")
    made["payment"].add_argument("--method", metavar="M", default="", help="transfer, card, cash, ...")
    made["promise"].add_argument("--pay-on", metavar="DATE", required=True, help="the promised day")
    made["promise"].add_argument("--amount", metavar="A", help="the promised amount, when only a part")
    made["promise"].add_argument("--invoices", metavar="N", nargs="+", help="further invoices it covers")
    for name in ("payment", "promise"):
        made[name].add_argument("--currency", metavar="XXX", help="(default: the invoice's)")
    made["dispute"].add_argument("--amount", metavar="A", help="the disputed part (default: all of it)")
    made["hold"].add_argument("--until", metavar="DATE", help="the last silent day (default: until released)")
    for name in ("dispute", "hold"):
        made[name].add_argument("--reason", metavar="TEXT", default="", help="why")
    made["reply"].add_argument("--text", metavar="TEXT", default="", help="what they wrote; - reads standard input")


def _tone(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", nargs="?", help="the message as text; - is standard input")
    command.add_argument("--language", metavar="xx", help="of the message (default: detected)")
    command.add_argument("--stage", metavar="S", help="courtesy, due_today, friendly, follow_up, firm, final, ...")
    command.add_argument("--channel", metavar="C", help="email, sms or letter (default email)")
    command.add_argument("--facts", metavar="FACTS.json", help="names, amount, due date, ... to compare with")
    command.add_argument("--subject", metavar="S", help="the subject, read too")
    command.add_argument("--jsonl", action="store_true", help="one object per line of standard input, one result each")


def _read_reply(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", nargs="?", help="a mail (.eml) or its text; - is standard input")
    command.add_argument(
        "--raw", action="store_true", help="the whole mail as it came, headers and all (always for .eml)"
    )
    command.add_argument("--language", metavar="xx", help="of the reply (default: detected)")
    command.add_argument(
        "--said-on", metavar="DATE", help="the day it was written (default: the mail's date, else today)"
    )
    command.add_argument("--timezone", metavar="TZ", help="the writer's, such as Europe/Oslo (default: UTC)")
    command.add_argument("--jsonl", action="store_true", help='{"text"} or {"raw"} per line, one result per line')


def _reference(command: argparse.ArgumentParser) -> None:
    acts = command.add_subparsers(dest="act", metavar="make|check", required=True, parser_class=Parser)
    texts = {"make": "make the reference of a number", "check": "say whether a reference holds"}
    for name, text in texts.items():
        one = acts.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False)
        wanted = None if name == "make" else "?"
        one.add_argument(
            "scheme", metavar="SCHEME", nargs=wanted, help="rf kid10 kid11 qrr scor ogm viite bankgiro_ocr fik short"
        )
        one.add_argument("value", metavar="VALUE", nargs=wanted, help="a number, or the reference as it was typed")
        one.add_argument("--json", action="store_true", help="one JSON document on standard output")
        one.set_defaults(jsonl=False)
    acts.choices["check"].add_argument(
        "--jsonl", action="store_true", help='{"scheme", "value"} per line, one result per line'
    )


def _qr(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--kind", metavar="K", help="epc, swiss, link, upi, pix or spayd (default: what fits the facts)"
    )
    command.add_argument(
        "--facts", metavar="FACTS.json", required=True, help="the invoice's facts; - is standard input"
    )
    command.add_argument("-o", dest="output", metavar="FILE", required=True, help="a picture, .svg or .png")


def _document(command: argparse.ArgumentParser) -> None:
    papers = "invoice, credit_note, payment_request, reminder, statement, receipt, plan or evidence"
    command.add_argument("paper", metavar="PAPER", help=papers)
    command.add_argument("number", metavar="NUMBER", nargs="?", help="of the invoice (evidence only)")
    command.add_argument("--facts", metavar="FACTS.json", help="what it is made from; - is standard input")
    command.add_argument("-o", dest="output", metavar="FILE", help="where it is written, such as invoice.pdf")
    command.add_argument(
        "--e-invoice", choices=("facturx", "ubl"), help="the invoice's data inside the PDF, or instead of it as XML"
    )
    command.add_argument("--language", metavar="xx", help="of the paper (default: the buyer's)")
    command.add_argument("--customer", metavar="REF", help="evidence: whose invoice, when several have that number")
    _organization(command)


def _late_charges(command: argparse.ArgumentParser) -> None:
    command.add_argument("--law", metavar="CC", help="the governing law, when it was agreed")
    command.add_argument("--creditor", metavar="CC", help="without --law: country of the creditor, and")
    command.add_argument("--debtor", metavar="CC", help="of the debtor; the lower of each item counts")
    command.add_argument("--kind", choices=("business", "consumer", "unknown"), help="of the debtor (default unknown)")
    command.add_argument("--currency", metavar="XXX", help="ISO 4217")
    command.add_argument("--amount", metavar="A", help="the principal in major units, such as 1250.50")
    command.add_argument("--due", metavar="D", help="the due date")
    command.add_argument("--on", metavar="D", help="the day asked about, itself counted")
    command.add_argument("--issued", metavar="D", help="when the invoice went out")
    command.add_argument("--agreed-rate", metavar="R", help="percent a year agreed in the contract")
    command.add_argument("--calendar-due-date-agreed", action="store_true", help="the contract names the due date")
    command.add_argument(
        "--reminder-on", metavar="D", action="append", help="a reminder, or demand, went out; may be repeated"
    )
    command.add_argument("--paid", metavar="AMOUNT:D", action="append", help="a part payment; may be repeated")
    command.add_argument("--prefer", choices=("compensation", "fees"), help="where they exclude each other")
    command.add_argument("--msme", action="store_true", help="India: the creditor is a registered small business")
    command.add_argument("--jsonl", action="store_true", help="one object per line of standard input, one result each")


def _law(command: argparse.ArgumentParser) -> None:
    acts = command.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=Parser)
    update = acts.add_parser("update", help="check and store newer rates from a CSV file", allow_abbrev=False)
    update.add_argument("file", metavar="FILE", help="columns series, valid_from, rate, confidence, source, covered_to")
    update.add_argument("--json", action="store_true", help="one JSON document on standard output")


def _organization(command: argparse.ArgumentParser) -> None:
    command.add_argument("--organization", metavar="SLUG", help="needed when there are several")


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port number")


def _version() -> str:
    try:
        return version("purring")
    except PackageNotFoundError:
        return "unpacked"
