# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a day of following up costs: `python -m bench.followup [--sizes 10000,100000] [--databases sqlite,postgres]`.

For each number of open invoices (one overdue invoice per customer, as others are measured) and each database: CPU seconds
per 1,000 for planning, for a whole reminder (decided twice, worded, checked, durably recorded, sent over SMTP to a sink
on this machine) without an attachment and with a stored 60 KB PDF, for a day on which nothing is due; and peak memory.
CPU counts this process and the database server, not the sink. Baselines of the same run: one SQL statement that selects
and inserts what is due; a bare loop over the standard library's `email` and `smtplib`. Every case runs in a process of its own.
What a process loads once in its life (the holidays of the world, the wordings of a language, how each question is put to the
database: half a second) is loaded before, by the day of another, very small organization.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from bench.mailsink_fast import sink
from bench.processes import cpu_of_tree

TODAY = date(2026, 3, 4)
NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
WRITTEN = 2_000
FIRST = 5
"""Invoices of the organization whose day is planned before."""
PDF = b"%PDF-1.4\n" + os.urandom(60 * 1024 - 9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,50000,100000,1000000")
    parser.add_argument("--databases", default="sqlite,postgres")
    parser.add_argument("--one", nargs=2, metavar=("DATABASE", "SIZE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(_one(options.one[0], int(options.one[1]))))
        return
    head = f"{'database':9}{'open':>9} | {'plan':>6} {'SQL':>7} | {'write':>6} {'+PDF':>6} {'stdlib':>7} {'+PDF':>6} | {'nothing due':>12} | {'MB':>5}"
    print("CPU seconds per 1,000 (nothing due: seconds for all; MB: peak memory)")
    print(head)
    costs: dict[tuple[str, int], dict[str, float]] = {}
    for database in options.databases.split(","):
        for size in map(int, options.sizes.split(",")):
            done = subprocess.run(
                [sys.executable, "-m", "bench.followup", "--one", database, str(size)], capture_output=True, text=True
            )
            if done.returncode:
                print(f"{database:9}{size:>9,} | failed: {done.stderr.strip().splitlines()[-1:]}")
                continue
            one: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
            costs[database, size] = one
            print(
                f"{database:9}{size:>9,} | {one['plan']:6.3f} {one['sql']:7.4f} | {one['write']:6.2f} {one['write_pdf']:6.2f}"
                f" {one['stdlib']:7.2f} {one['stdlib_pdf']:6.2f} | {one['nothing']:12.4f} | {one['mb']:5.0f}",
                flush=True,
            )
    for database in options.databases.split(","):
        if (database, 1000) in costs and (database, 50_000) in costs:
            for what in ("plan", "write", "write_pdf"):
                ratio = costs[database, 50_000][what] / costs[database, 1000][what]
                print(f"{database}: {what} of one invoice among 50,000 costs {ratio:.2f} times one among 1,000")


def _one(database: str, size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, _database(database, folder) as server:
        os.environ["PURRING_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "purring.config.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return _Case(size, server).run()


@contextmanager
def _database(database: str, folder: str) -> Iterator[int | None]:
    """The process id of the database server, None for SQLite."""
    os.environ.pop("PURRING_DATABASE_URL", None)
    if database == "sqlite":
        yield None
        return
    from tests.support.postgres import Server

    server = Server.create()
    try:
        os.environ["PURRING_DATABASE_URL"] = server.create_database()
        assert server.process
        yield server.process.pid
    finally:
        from django.db import connections

        connections.close_all()
        server.destroy()


class _Case:
    def __init__(self, size: int, server: int | None) -> None:
        self.size = size
        self.server = server

    def cpu(self, act: Callable[[], Any]) -> float:
        before = time.process_time() + cpu_of_tree(self.server)
        act()
        return time.process_time() + cpu_of_tree(self.server) - before

    def run(self) -> dict[str, float]:
        from django.db import connection

        from purring.core.calendar import working_days
        from purring.facts.organizations.actions import found_organization
        from purring.facts.organizations.models import Organization
        from purring.followup.models import Reminder
        from purring.followup.planning import plan

        other, self.organization = (
            found_organization(
                slug, "Bench", "NO", language="en", currency="NOK", timezone="Europe/Oslo", now=NOW, actor="bench"
            )[0]
            for slug in ("a", "b")
        )
        Organization.objects.update(first_day_approved_at=NOW)
        self.organization.refresh_from_db()
        self._seed(self.organization.pk, 1, self.size)
        self._seed(other.pk, self.size + 1, self.size + FIRST)
        working_days("NO").shift(TODAY)
        plan(other, NOW, today=TODAY)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("analyze")
        per_1000 = 1000 / self.size
        result = {"sql": self._one_statement() * per_1000}
        result["plan"] = self.cpu(lambda: plan(self.organization, NOW, today=TODAY)) * per_1000
        planned = Reminder.objects.of(self.organization).count()
        assert planned == self.size, planned
        result["nothing"] = self.cpu(lambda: plan(self.organization, NOW, today=TODAY))
        written = min(WRITTEN, (self.size - 1) // 2)
        with sink() as port:
            self._write(port, 1)
            result["write"] = self._write(port, written)
            self._attach(written)
            result["write_pdf"] = self._write(port, written)
            result["stdlib"] = self._stdlib(port, written, b"")
            result["stdlib_pdf"] = self._stdlib(port, written, PDF)
        result["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return result

    def _seed(self, org: int, first: int, last: int) -> None:
        """Customers of these numbers with one contact and one invoice each, three days past due."""
        from django.db import connection

        numbers = f"with recursive n(i) as (select {first} union all select i + 1 from n where i < {last}) "
        due = TODAY - timedelta(3)
        empty_list = "'[]'::jsonb" if connection.vendor == "postgresql" else "'[]'"
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into customers_customer (id, organization_id, ref, name, kind, country, language, timezone, address_lines,"
                " postcode, city, vat_id, po_required, pay_run_days, preferred_channel, preferred_method, closeness, formality,"
                " note, version, look_on, created_at) "
                + numbers
                + f"select i, {org}, 'C' || i, 'Customer ' || i, 'business', 'NO', 'en', '', '', '', '', '', false, {empty_list},"
                " '', '', 'regular', '', '', 0, %s, %s from n",
                [date(2000, 1, 1), NOW],
            )
            cursor.execute(
                "insert into customers_contact (organization_id, customer_id, name, given_name, family_name, title, gender, email,"
                " phone, role, position) "
                + numbers
                + f"select {org}, i, 'Kari Berg', 'Kari', 'Berg', '', 'f', 'kari' || i || '@customer.example', '', 'billing', 0 from n"
            )
            cursor.execute(
                "insert into invoices_invoice (id, organization_id, customer_id, kind, number, description, issued, due, amount,"
                " currency, allocated, credited, forgiven, po_number, order_status, reference, pay_link, known_on, generation) "
                + numbers
                + f"select i, {org}, i, 'invoice', 'I' || i, 'Design work', %s, %s, 125000, 'NOK', 0, 0, 0, '', '', '', '', %s, 0 from n",
                [due - timedelta(14), due, due - timedelta(14)],
            )

    def _one_statement(self) -> float:
        """The floor: one statement that selects what is due and inserts it."""
        from django.db import connection, transaction

        def act() -> None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "create table bench_due as select id, customer_id, amount from invoices_invoice where 1 = 0"
                )
                cursor.execute(
                    "insert into bench_due select id, customer_id, amount from invoices_invoice"
                    " where settled_on is null and due <= %s",
                    [TODAY],
                )

        with transaction.atomic():
            cost = self.cpu(act)
            transaction.set_rollback(True)
        return cost

    def _write(self, port: int, count: int) -> float:
        from purring.followup.drafting import Sender
        from purring.followup.writing import write
        from purring.plugins.channel.smtp import SmtpChannel
        from purring.plugins.channel.smtp.server import from_url

        sender = Sender("post@bench.example", {"email": SmtpChannel(from_url(f"smtp://127.0.0.1:{port}"))})
        outcomes: list[Any] = []
        cost = self.cpu(
            lambda: outcomes.extend(write(self.organization, NOW, sender, today=TODAY, any_hour=True, most=count))
        )
        assert len(outcomes) >= count, len(outcomes)
        assert all(outcome.state == "sent" for outcome in outcomes), outcomes[:3]
        return cost * 1000 / len(outcomes)

    def _attach(self, count: int) -> None:
        """A 60 KB PDF for each of the next ones."""
        from purring.facts.invoices.actions import attach
        from purring.facts.invoices.models import Invoice
        from purring.followup.models import Reminder

        waiting = Reminder.objects.of(self.organization).filter(state="planned").order_by("send_after", "id")
        ids = list(waiting.values_list("items__invoice_id", flat=True)[: count + 100])
        for invoice in Invoice.objects.of(self.organization).filter(id__in=ids):
            attach(invoice, "invoice.pdf", PDF + str(invoice.pk).encode(), "application/pdf", now=NOW, actor="bench")

    def _stdlib(self, port: int, count: int, pdf: bytes) -> float:
        """The floor that a script would have: `email` and `smtplib`, nothing decided, nothing recorded."""
        text = "Hello Kari Berg,\n\nwe cannot see a payment for invoice I1 yet.\n\n" * 8

        def act() -> None:
            with smtplib.SMTP("127.0.0.1", port) as line:
                for number in range(count):
                    mail = EmailMessage()
                    mail["From"], mail["To"] = "post@bench.example", f"kari{number}@customer.example"
                    mail["Subject"] = f"Invoice I{number} from Bench: could you have a look?"
                    mail.set_content(text)
                    mail.add_alternative(f"<p>{text}</p>" * 5, subtype="html")
                    if pdf:
                        mail.add_attachment(pdf, maintype="application", subtype="pdf", filename="invoice.pdf")
                    line.send_message(mail)

        return self.cpu(act) * 1000 / count


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main()
