# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long each page of the desk takes with large books: `python -m bench.desk [--databases sqlite,postgres] [--keep FOLDER]`.

A business with 100,000 invoices (a third of them open), 20,000 customers, 100,000 messages and 60,000 payments; its day is
planned, so that Today is as full as it gets. Then the owner opens every page there is (each route that answers GET, with
one of everything that a route can name), lists by their filters and orders, and searches. For each: wall and CPU
milliseconds (the best of three, CPU of this process alone), queries, kilobytes, and the CPU as a multiple of the baseline
of the same run, the bare page to sign in. What takes longer than 300 ms is marked; on a busy machine go by the CPU. Also printed: what taking everything
into the search costs, per 1,000 rows.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

CUSTOMERS, INVOICES, MESSAGES, PAYMENTS = 20_000, 100_000, 100_000, 60_000
BUSY = 300
"""Open invoices of one customer, whose page is opened."""
LIMIT_MS = 300
FILES = ("-csv", "-xlsx")
"""Whole lists to be saved: they leave row by row, and are no pages."""
RUNS = 3
MORNING = datetime(2026, 5, 5, 6, tzinfo=UTC)
"""A Tuesday, on which the day is planned: on a Sunday nothing would go out."""
SEARCHES = (
    "oslo han", "berg", "muller", "a", "in", "F-2026-0500", "20260500", "1 234,50", "invoice payment", "kari@kunde77",
    "scratched", "zzzz nothing", "regal september",
)  # fmt: skip
LISTS = {
    "invoices": (
        *(f"show={show}" for show in ("open", "overdue", "held", "promised", "disputed", "plan", "settled", "written_off", "all")),
        *(f"show={show}&sort={sort}" for show in ("open", "all") for sort in ("-due", "-amount", "amount", "number")),
        "band=31-60&currency=NOK", "least=1000&most=2000", "group=1", "schedule=1", "q=oslo", "q=kari berg&show=all", "q=a1",
        "show=all&after=2026-01-01%095000",
    ),
    "customers": (
        *(f"show={show}" for show in ("all", "owing", "overdue", "held", "unreachable", "new")), "sort=-name", "sort=-id",
        "q=oslo", "q=kari", "q=a1", "group=1", "language=nb", "after=Oslo%095000",
    ),
    "money": ("show=open", "show=pending", "show=returned", "show=failed", "show=needs", "q=kari", "q=1234.50"),
}  # fmt: skip
FIRST = (
    "Oslo",
    "Bergen",
    "Nord",
    "Fjell",
    "Müller",
    "Sørensen",
    "Café",
    "Kaffe",
    "Lie",
    "Dahl",
    "Becker",
    "Martín",
    "Ås",
    "Solberg",
)
SECOND = (
    "Handel",
    "Bygg",
    "Söhne",
    "Trading",
    "Design",
    "Transport",
    "Foods",
    "Elektro",
    "Hage",
    "Papir",
    "Verlag",
    "Marine",
)
THINGS = (
    "shelf",
    "board",
    "Regal",
    "delivery",
    "service",
    "September",
    "October",
    "paint",
    "oak",
    "repair",
    "consulting",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="sqlite")
    parser.add_argument("--keep", help="a folder for the SQLite database, used again when it is there")
    parser.add_argument("--size", type=float, default=1.0, help="of the books, as a part of the usual ones")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        _one(options.one, options.size)
        return
    for database in options.databases.split(","):
        with _place(database, options.keep) as environment:
            command = [sys.executable, "-m", "bench.desk", "--one", database, "--size", str(options.size)]
            if subprocess.run(command, env={**os.environ, **environment}).returncode:
                raise SystemExit(1)


@contextmanager
def _place(database: str, keep: str | None) -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as fresh:
        folder = Path(keep or fresh)
        folder.mkdir(parents=True, exist_ok=True)
        told = {"PURRING_DATA": str(folder), "PURRING_SECRET_KEY": "k" * 60, "PURRING_DATABASE_URL": ""}
        told["PURRING_VAULT_KEY"] = "dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnY="
        if database == "sqlite":
            yield told
            return
        from tests.support.postgres import Server

        server = Server.create()
        try:
            yield {**told, "PURRING_DATABASE_URL": server.create_database()}
        finally:
            server.destroy()


@dataclass(frozen=True)
class Took:
    name: str
    status: int
    wall: float
    cpu: float
    queries: int
    bytes: int


def _one(database: str, size: float) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "purring.config.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.urls import reverse
    from django.utils import timezone

    settings.ALLOWED_HOSTS = ["*"]
    timezone.now = lambda: MORNING
    call_command("migrate", verbosity=0)
    from tests.doors.desk.cast import House
    from tests.doors.desk.test_permissions import address, desk_routes

    organization, ids = _books(size)
    house = House(organization)
    owner = _owner(house)
    _open(owner, reverse("account_login"))
    asked = []
    for name, route in desk_routes():
        if "GET" in route.callback.methods and route.callback.permission.value not in ("public", "signed_in"):
            asked.append((name.removeprefix("desk:"), address(name, route, ids)))
    asked += [
        (f"{page}?{query}", f"{reverse(f'desk:{page}')}?{query}") for page, some in LISTS.items() for query in some
    ]
    for words in SEARCHES:
        asked.append((f"search?q={words}", f"{reverse('desk:search')}?q={words}"))
        asked.append((f"search while typing {words}", f"{reverse('desk:search')}?q={words}&typing=1"))
    for group in ("customer", "invoice", "payment", "message", "note"):
        asked.append((f"search?q=in&in={group}", f"{reverse('desk:search')}?q=in&in={group}"))
    bare = _look("sign-in page (baseline)", reverse("account_login"), _nobody())
    found = sorted((_look(name, to, owner) for name, to in asked), key=lambda took: -took.wall)
    print(f"{database}: {'page':46} {'wall ms':>8} {'CPU ms':>8} {'times':>6} {'queries':>8} {'KB':>7}")
    for took in [*found, bare]:
        mark = " <- too slow" if took.wall > LIMIT_MS else "" if took.status < 400 else f" <- {took.status}"
        print(
            f"{'':8}{took.name:46.46} {took.wall:8.1f} {took.cpu:8.1f} {took.cpu / bare.cpu:6.1f} {took.queries:8} {took.bytes / 1024:7.1f}{mark}"
        )
    seen = [took for took in found if not took.name.endswith(FILES)]
    slow = [took for took in seen if took.wall > LIMIT_MS]
    dear = [took for took in seen if took.cpu > LIMIT_MS]
    print(
        f"{database}: {len(seen)} pages; above {LIMIT_MS} ms by the clock {len(slow)}, by CPU {len(dear)} "
        f"({', '.join(took.name for took in dear) or 'none'}); most queries {max(took.queries for took in seen)}"
    )


def _owner(house: Any) -> Any:
    from django.test import Client

    from purring.facts.organizations.models import Membership

    client = Client()
    member = Membership.objects.of(house.organization).filter(role="owner").select_related("user").first()
    assert member
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _nobody() -> Any:
    from django.test import Client

    return Client()


def _open(client: Any, to: str) -> Any:
    typing = {"HX-Request": "true", "HX-Target": "find-hits"} if "typing=1" in to else {}
    response = client.get(to, headers=typing)
    for _ in response.streaming_content if response.streaming else ():
        pass
    return response


def _look(name: str, to: str, client: Any) -> Took:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        response = _open(client, to)
    count = len(queries)
    best = (1e9, 1e9)
    for _ in range(RUNS):
        wall, cpu = time.perf_counter(), time.process_time()
        _open(client, to)
        took = (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000
        best = min(best, took)
        if wall and took[0] > 3000:
            break  # slow enough to be told
    length = 0 if response.streaming else len(response.content)
    return Took(name, response.status_code, *best, count, length)


def _books(size: float) -> tuple[Any, dict[str, object]]:
    """The organization with its books and one of everything; made once in a kept folder."""
    from django.conf import settings

    from purring.facts.organizations.models import Organization

    kept = Path(settings.DATA_FOLDER) / "bench-desk.json"
    if kept.is_file() and Organization.objects.exists():
        ids: dict[str, object] = json.loads(kept.read_text())
        return Organization.objects.get(pk=str(ids["organization_id"])), ids
    from django.db import connection

    from purring.facts.organizations.actions import approve_first_day
    from purring.followup.planning import plan
    from purring.insight.search.indexing import take_in_all
    from purring.insight.search.models import SearchEntry
    from purring.kit.batches import sample
    from tests.doors.desk.cast import found_house
    from tests.doors.desk.test_permissions import ids_of

    house = found_house()
    ids = ids_of(house)
    busy = _fill(house.organization, size)
    sample()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    began = time.process_time()
    take_in_all()
    rows = SearchEntry.objects.everywhere("counting").count()
    print(
        f"search: {rows:,} rows taken in, CPU {(time.process_time() - began) * 1000 / rows * 1000:.0f} ms per 1,000",
        flush=True,
    )
    approve_first_day(house.organization, now=MORNING, actor="bench")
    plan(house.organization, MORNING)
    sample()
    ids |= {"customer_id": busy}
    kept.write_text(json.dumps(ids))
    return house.organization, ids


def _fill(organization: Any, size: float) -> int:
    """Customers, contacts, invoices, payments, messages, promises, disputes, holds and their journal; the busy customer."""
    from purring.facts.agreements.models import Hold, Promise
    from purring.facts.customers.models import Contact, Customer, Group
    from purring.facts.disputes.models import Dispute
    from purring.facts.invoices.models import Invoice
    from purring.facts.journal.models import Entry
    from purring.facts.messages.models import Message
    from purring.facts.payments.models import Allocation, Payment

    now, chance = MORNING, random.Random(7)
    today, org = now.date(), {"organization": organization}
    many = {name: int(count * size) for name, count in
            {"customer": CUSTOMERS, "invoice": INVOICES, "message": MESSAGES, "payment": PAYMENTS}.items()}  # fmt: skip
    group = Group.objects.of(organization).first()

    def store(model: Any, rows: Iterator[Any] | list[Any]) -> list[Any]:
        made: list[Any] = model.objects.everywhere("filling the books").bulk_create(rows, batch_size=2000)
        return made

    customers = store(Customer, [
        Customer(**org, ref=f"B{at}", name=f"{chance.choice(FIRST)} {chance.choice(SECOND)} {at}", country="NO",
                 language=chance.choice(("nb", "en", "de")), city=chance.choice(FIRST), created_at=now - timedelta(chance.randrange(900)),
                 group=group if at % 40 == 0 else None, look_on=date(2000, 1, 1))
        for at in range(many["customer"])
    ])  # fmt: skip
    store(Contact, [
        Contact(**org, customer=one, name=f"Kari {chance.choice(FIRST)}", email=f"kari@kunde{one.pk}.example", phone=f"+47 {one.pk:08d}")
        for one in customers
    ])  # fmt: skip
    busy = customers[len(customers) // 2]
    invoices = []
    for at in range(many["invoice"]):
        owner = busy if at < BUSY else customers[chance.randrange(len(customers))]
        open_now = at < BUSY or at % 3 == 0
        due = today - timedelta(chance.randrange(-25, 100) if open_now else chance.randrange(30, 700))
        amount = chance.randrange(5_000, 900_000)
        invoices.append(Invoice(
            **org, customer=owner, number=f"F-{due.year}-{at:06d}", issued=due - timedelta(14), due=due, known_on=due - timedelta(14),
            amount=amount, currency="EUR" if at % 9 == 0 else "NOK", allocated=0 if open_now else amount,
            settled_on=None if open_now else min(today, due + timedelta(chance.randrange(-5, 40))), checked_at=now,
            po_number=f"PO-{at * 7}" if at % 4 == 0 else "", description=" ".join(chance.choices(THINGS, k=4)),
        ))  # fmt: skip
    invoices = store(Invoice, invoices)
    paid: list[Any] = [one for one in invoices if one.settled_on][: many["payment"]]
    payments = store(Payment, [
        Payment(**org, customer_id=one.customer_id, invoice=one, amount=one.amount, currency=one.currency, on=one.settled_on,
                method="transfer", source="bank", external_ref=f"E2E{one.pk}", note=one.number, recorded_at=now, settled_on=one.settled_on)
        for one in paid
    ])  # fmt: skip
    store(Allocation, [
        Allocation(**org, payment=payment, invoice=one, amount=one.amount, on=one.settled_on)
        for payment, one in zip(payments, paid, strict=True)
    ])  # fmt: skip
    body = (
        "Dear Kari,\n\ncould it be that invoice {number} was overlooked? It was due some days ago. "
        + "We thank you for your trust. " * 25
    )
    store(Message, (
        Message(**org, customer_id=one.customer_id, direction="in" if at % 12 == 0 else "out", channel="email", kind="friendly",
                address="kari@kunde.example", language="en", subject=f"Invoice {one.number} from Snekker",
                text=body.format(number=one.number) + " ".join(chance.choices(THINGS, k=6)), at=now - timedelta(chance.randrange(600)))
        for at, one in ((at, invoices[at % len(invoices)]) for at in range(many["message"]))
    ))  # fmt: skip
    store(Entry, (
        Entry(**org, at=now, actor="import", kind="invoice.recorded", customer_id=one.customer_id, invoice_id=one.pk,
              data={"number": one.number, "amount": one.amount, "currency": one.currency, "due": one.due.isoformat()})
        for one in invoices
    ))  # fmt: skip
    open_ones = [one for one in invoices if not one.settled_on]
    store(
        Hold,
        [
            Hold(**org, customer_id=one.customer_id, invoice=one, since=today, reason="asked for time")
            for one in open_ones[1000::70]
        ],
    )
    store(
        Dispute,
        [Dispute(**org, invoice=one, opened_on=today, reason="A scratched board") for one in open_ones[1001::90]],
    )
    promises = store(Promise, [
        Promise(**org, customer_id=one.customer_id, said_on=today, pay_on=today + timedelta(9), note="after the holidays") for one in open_ones[1002::60]
    ])  # fmt: skip
    for promise, one in zip(promises, open_ones[1002::60], strict=True):
        promise.invoices.add(one)
    return int(busy.pk)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main()
