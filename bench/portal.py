# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages of the portal a second, and how long visitors wait: `python -m bench.portal [--databases sqlite,postgres]`.

`purring serve` runs as it does for its users, on SQLite and on PostgreSQL; 50 visitors at once, each on a connection of
their own, open the page of their account (a link that shows three invoices), then documents; then a payment provider sends
as many notices, each signed and new. Baseline of the same run: a bare Django view that renders one small template, behind
the same web server with as many threads. Pages and notices a second of wall time; p50 and p95 in milliseconds; and the CPU of the
server and its database in milliseconds for one, which says the same however busy the machine is.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bench.processes import cpu_of_tree

VISITORS = 50
CUSTOMERS = 2_000
NOTICES = 3_000
WARM = 40
BROWSER = "Mozilla/5.0 (Linux; Android 15; Mobile) Firefox/140.0"
"""Visits by it are noted."""
SITE_KEY = "k" * 60
VAULT = "dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnY="
BARE = """
import sys
from django.conf import settings
settings.configure(
    SECRET_KEY="k", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": [
        ("django.template.loaders.cached.Loader", [("django.template.loaders.locmem.Loader", {"page.html":
        "<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1><ul>{% for row in rows %}<li>{{ row.0 }}: {{ row.1 }}</li>{% endfor %}</ul>"})])]}}],
)
import django
django.setup()
from django.shortcuts import render
from django.urls import path
from django.core.wsgi import get_wsgi_application
from waitress import create_server
def page(request):
    return render(request, "page.html", {"title": "To pay", "rows": [("Invoice %d" % at, 125000) for at in range(3)]})
urlpatterns = [path("", page)]
server = create_server(get_wsgi_application(), host="127.0.0.1", port=0, threads=8, ident=None)
print("serving: http://127.0.0.1:%s/" % server.effective_port, flush=True)
server.run()
"""


@dataclass(frozen=True)
class Asked:
    """One request that a visitor sends."""

    path: str
    body: bytes = b""
    headers: Any = None


@dataclass(frozen=True)
class Took:
    a_second: float
    p50: float
    p95: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.a_second:7.0f}/s  p50 {self.p50:6.0f} ms  p95 {self.p95:6.0f} ms  CPU {self.cpu:6.2f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="sqlite,postgres")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--load", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.load:
        _load(int(options.load[0]), Path(options.load[1]), float(options.load[2]))
        return
    with _running([sys.executable, "-c", BARE], dict(os.environ)) as (port, server):
        bare = visited(port, [Asked("/")], options.seconds, [server])
    print(f"{VISITORS} visitors at once, {os.cpu_count()} processors")
    print(f"{'bare Django view':34} {bare}")
    for database in options.databases.split(","):
        with tempfile.TemporaryDirectory() as folder, _database(database) as (address, keeper):
            environment = {
                **{name: value for name, value in os.environ.items() if not name.startswith("PURRING_")},
                "PURRING_DATA": folder,
                "PURRING_SECRET_KEY": SITE_KEY,
                "PURRING_VAULT_KEY": VAULT,
                **({"PURRING_DATABASE_URL": address} if address else {}),
            }
            made = subprocess.run(
                [sys.executable, "-c", "import bench.portal as one; one.seed()"],
                env={**environment, "DJANGO_SETTINGS_MODULE": "purring.config.settings"},
                capture_output=True,
                text=True,
            )
            if made.returncode:
                raise SystemExit(made.stderr)
            asked = json.loads((Path(folder) / "asked.json").read_text())
            with _running([sys.executable, "-m", "purring", "serve", "--port", "0"], environment) as (port, server):
                spent = [server, *keeper]
                visited(
                    port, [Asked(path) for path in asked["paths"][-WARM:]], 3, spent
                )  # what it loads once in its life
                account = visited(port, [Asked(path) for path in asked["paths"]], options.seconds, spent)
                papers = visited(port, [Asked(f"{path}documents/") for path in asked["paths"]], options.seconds, spent)
                sent = [Asked(asked["notice"], one["body"].encode(), one["headers"]) for one in asked["notices"]]
                notices = visited(port, sent, 0, spent)
            for name, took in (("account page", account), ("documents page", papers), ("notices stored", notices)):
                print(f"{database:10} {name:23} {took}   {took.cpu / bare.cpu:5.0f} times the bare view's CPU")


def visited(port: int, asked: Sequence[Asked], seconds: float, spending: Sequence[int]) -> Took:
    """What 50 visitors saw, each asking again as soon as the answer came; for so long, or (0) until all was asked once.
    They are a process of their own, so that the time they take is not the server's. `spending`: whose CPU counts."""
    before = sum(cpu_of_tree(one) for one in spending)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "work.json"
        rows = [{"path": one.path, "body": one.body.decode(), "headers": dict(one.headers or {})} for one in asked]
        work.write_text(json.dumps(rows))
        command = [sys.executable, "-m", "bench.portal", "--load", str(port), str(work), str(seconds)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    took = sorted(found["took"])
    assert not found["wrong"], found["wrong"]
    cpu = sum(cpu_of_tree(one) for one in spending) - before
    p50, p95 = took[len(took) // 2], took[min(len(took) - 1, len(took) * 95 // 100)]
    return Took(len(took) / found["wall"], p50 * 1000, p95 * 1000, cpu / len(took) * 1000)


def _load(port: int, work: Path, seconds: float) -> None:
    asked = json.loads(work.read_text())
    turn, lock = count(), threading.Lock()
    took: list[float] = []
    wrong: list[str] = []
    start = threading.Barrier(VISITORS + 1)
    end = 0.0

    def visitor() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        mine = []
        start.wait()
        while True:
            with lock:
                at = next(turn)
            if (seconds and time.monotonic() > end) or (not seconds and at >= len(asked)):
                break
            one = asked[at % len(asked)]
            began = time.monotonic()
            told = {"User-Agent": BROWSER, **one["headers"]}
            line.request("POST" if one["body"] else "GET", one["path"], one["body"].encode() or None, told)
            answer = line.getresponse()
            answer.read()
            mine.append(time.monotonic() - began)
            if answer.status != 200:
                wrong.append(f"{answer.status} {one['path']}")
        with lock:
            took.extend(mine)

    threads = [threading.Thread(target=visitor, daemon=True) for _ in range(VISITORS)]
    for one in threads:
        one.start()
    end = time.monotonic() + seconds
    began = time.monotonic()
    start.wait()
    for one in threads:
        one.join()
    print(json.dumps({"took": took, "wrong": wrong[:3], "wall": time.monotonic() - began}))


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """A server of its own process; its port, once it says so, and its process id."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    try:
        assert process.stdout
        for line in process.stdout:
            if found := re.search(r"serving: http://127\.0\.0\.1:(\d+)/", line):
                threading.Thread(target=process.stdout.read, daemon=True).start()
                yield int(found[1]), process.pid
                return
        raise SystemExit(f"{command[-3:]} did not begin to serve")
    finally:
        process.terminate()
        try:
            process.wait(60)  # a round may be at work
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _database(database: str) -> Iterator[tuple[str, list[int]]]:
    """Its address, and the process of its server; neither for SQLite."""
    if database == "sqlite":
        yield "", []
        return
    from tests.support.postgres import Server

    server = Server.create()
    try:
        assert server.process
        yield server.create_database(), [server.process.pid]
    finally:
        server.destroy()


def seed() -> None:
    """Customers with three open invoices and a payment each, a link for each, and notices that wait to be sent."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from purring.facts.access.models import Link
    from purring.facts.access.tokens import digest_of, new_token
    from purring.facts.checkout.accounts import connect_account
    from purring.facts.customers.models import Contact, Customer
    from purring.facts.invoices.models import Invoice
    from purring.facts.organizations.actions import found_organization
    from purring.facts.organizations.models import LegalEntity
    from purring.facts.payments.models import Allocation, Payment

    now = datetime.now(UTC)
    today = now.date()
    told: dict[str, Any] = {"now": now, "actor": "bench"}
    organization, _ = found_organization(
        "b", "Bench", "DE", language="de", currency="EUR", timezone="Europe/Berlin", **told
    )
    LegalEntity.objects.of(organization).update(
        accounts=[{"scheme": "iban", "number": "DE89370400440532013000", "bic": "COBADEFFXXX", "label": ""}]
    )
    customers = Customer.objects.everywhere("seeding").bulk_create(
        Customer(
            organization=organization, ref=f"C{at}", name=f"Customer {at}", country="DE", language="de", created_at=now
        )
        for at in range(CUSTOMERS)
    )
    Contact.objects.everywhere("seeding").bulk_create(
        Contact(organization=organization, customer=one, email=f"{one.ref}@x.example") for one in customers
    )
    invoices = Invoice.objects.everywhere("seeding").bulk_create(
        Invoice(
            organization=organization, customer=one, number=f"{one.ref}-{at}", issued=today - timedelta(30),
            due=today - timedelta(16 - at), known_on=today, amount=125_000, allocated=25_000 if at == 0 else 0,
            currency="EUR",
        )
        for one in customers
        for at in range(3)
    )  # fmt: skip
    first = invoices[::3]
    payments = Payment.objects.everywhere("seeding").bulk_create(
        Payment(
            organization=organization, customer=one.customer, invoice=one, amount=25_000, currency="EUR", on=today,
            method="transfer", source="manual", recorded_at=now, settled_on=today,
        )
        for one in first
    )  # fmt: skip
    Allocation.objects.everywhere("seeding").bulk_create(
        Allocation(organization=organization, payment=payment, invoice=one, amount=25_000, on=today)
        for payment, one in zip(payments, first, strict=True)
    )
    tokens = [new_token() for _ in customers]
    Link.objects.everywhere("seeding").bulk_create(
        Link(
            organization=organization, customer=one, digest=digest_of(token), purpose="message", made_at=now,
            invoices=[invoices[at * 3 + part].pk for part in range(3)], expires_at=now + timedelta(400),
        )
        for at, (one, token) in enumerate(zip(customers, tokens, strict=True))
    )  # fmt: skip
    address, sent = _notices(lambda settings: connect_account(organization, "stripe", settings, **told))
    asked = {"paths": [f"/pay/{token}/" for token in tokens], "notice": address, "notices": sent}
    (Path(os.environ["PURRING_DATA"]) / "asked.json").write_text(json.dumps(asked))


def _notices(connect: Callable[[dict[str, str]], Any]) -> tuple[str, list[dict[str, Any]]]:
    """An account at the stand-in of a provider, and what that would send to it."""
    from purring.plugins.payment import Wanted
    from tests.support.providers.stripe import KEY, SECRET, StripeShop

    account = connect({"secret_key": KEY, "webhook_secret": SECRET})
    shop = StripeShop(random.Random(1), clock=lambda: datetime.now(UTC))
    provider = shop.connect()
    while len(shop.notices) < NOTICES:
        key = f"{len(shop.notices):032x}"
        shop.pays(
            provider.start(Wanted(key, 50_00, "EUR", "Logo", "1", "https://x.example/r", "https://x.example/c")).ref
        )
    sent = [{"body": one.body.decode(), "headers": dict(one.headers)} for one in list(shop.notices)[:NOTICES]]
    return f"/notices/stripe/{account.token}/", sent


if __name__ == "__main__":
    main()
