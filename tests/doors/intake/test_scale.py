# SPDX-License-Identifier: AGPL-3.0-or-later
"""A list of a hundred thousand invoices is read whole, in batches; `bench/intake.py` tells what it costs."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from purring.doors.intake import InvoiceRow, read
from tests.doors.intake.cast import NORWAY


@pytest.mark.slow
def test_a_hundred_thousand_invoices_are_read(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write(
            "Fakturanr;Kunde;Kundenr;E-post;Telefon;Land;Språk;Fakturadato;Forfall;Beløp;Valuta;Betalt;Tekst\n"
        )
        for n in range(100_000):
            issued = date(2025, 1, 1) + timedelta(days=n % 700)
            due = issued + timedelta(days=14)
            stream.write(
                f"F-{n};Bjørnås {n % 5000} AS;{n % 5000};post{n % 5000}@kafe.example;+47 22 00 11 {n % 90 + 10};Norge;norsk;"
                f"{issued:%d.%m.%Y};{due:%d.%m.%Y};{n % 90 + 1} {n % 900 + 100},50;NOK;0,00;Kaffe, uke {n % 52}\n"
            )
    reading = read(path, locale=NORWAY)
    assert reading.total == 100_000
    assert sum(len(batch) for batch in reading.batches(5000)) == 100_000
    assert isinstance(next(reading.rows()), InvoiceRow)
