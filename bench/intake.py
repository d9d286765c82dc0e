# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an import costs on SQLite: `python -m bench.intake [--rows 100000]`.

CPU and wall seconds for reading and storing a list of invoices, the same list again (nothing changes), and a list of
payments, one for every invoice. Baseline of the same run: the standard library's `csv` and one `executemany` per list
into a bare table, which checks nothing and knows nobody.
"""

from __future__ import annotations

import argparse
import csv
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
INVOICES = "number;customer;customer_ref;email;country;issued;due;amount;currency;description"
PAYMENTS = "date;amount;currency;invoice;payer"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        invoices, payments = _lists(Path(folder), rows)
        os.environ.pop("PURRING_DATABASE_URL", None)
        os.environ["PURRING_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "purring.config.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from purring.facts.organizations.actions import found_organization

        organization, _ = found_organization(
            "b", "Bench", "NO", language="en", currency="NOK", timezone="Europe/Oslo", now=NOW, actor="bench"
        )
        print(f"{rows:,} rows, seconds{'CPU':>14}{'wall':>8}{'times the baseline':>21}")
        for what, path in (("invoices", invoices), ("invoices again", invoices), ("payments", payments)):
            bare = _timed(lambda path=path: _bare(path))  # type: ignore[misc]
            cpu, wall = _timed(lambda path=path: _stored(organization, path))  # type: ignore[misc]
            print(f"{what:20}{cpu:14.1f}{wall:8.1f}{cpu / bare[0]:21.1f}", flush=True)


def _lists(folder: Path, rows: int) -> tuple[Path, Path]:
    invoices, payments = folder / "invoices.csv", folder / "payments.csv"
    with invoices.open("w", encoding="utf-8") as bills, payments.open("w", encoding="utf-8") as money:
        print(INVOICES, file=bills)
        print(PAYMENTS, file=money)
        for n in range(rows):
            who, issued = n % max(1, rows // 5), date(2026, 1, 1) + timedelta(n % 250)
            due = issued + timedelta(14)
            print(
                f"F-{n};Firma {who} AS;{who};post{who}@kunde.example;NO;{issued};{due};{n % 900 + 100}.50;NOK;Kaffe {n % 52}",
                file=bills,
            )
            paid = f"{n % 900 + 100}.50" if n % 3 else "50.00"
            print(f"{due};{paid};NOK;F-{n};Firma {who} AS", file=money)
    return invoices, payments


def _stored(organization: Any, path: Path) -> None:
    from purring.doors.intake import LocaleFacts, read
    from purring.doors.intake.storing import store

    locale = LocaleFacts(organization.language, organization.country, organization.currency)
    result = store(organization, read(path, locale=locale), now=NOW, actor="bench")
    assert not result.refused, result.refused[:3]


def _bare(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream, sqlite3.connect(":memory:") as database:
        lines = csv.reader(stream, delimiter=";")
        names = next(lines)
        database.execute(f"CREATE TABLE list ({', '.join(names)})")
        database.executemany(f"INSERT INTO list VALUES ({', '.join('?' * len(names))})", lines)


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    act()
    return time.process_time() - cpu, time.perf_counter() - wall


if __name__ == "__main__":
    main()
