# SPDX-License-Identifier: AGPL-3.0-or-later
"""Purring as a process of its own for the browser's tests: real web server, SQLite, real SMTP into a local mailbox.

    python tests/e2e/server.py FOLDER NOW [own-mail]

prints `ready: PORT`, then obeys lines on its standard input: `run` runs today's rounds at once and prints one line of
JSON, `round NAME` runs the round of this name, `sleep N` lets N days pass, `link NAME` makes a link that shows a customer's first invoice and prints its path, `connect PROVIDER SETTINGS` connects an account there and prints it, `sink` prints
the port of the local mail server. With `own-mail` the installation has none: somebody connects a mailbox first. Its clock starts at
NOW (ISO 8601) and then goes on as usual.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path


class Clock:
    """The real clock, moved to where the test plays."""

    def __init__(self, start: datetime) -> None:
        from django.utils import timezone

        self._real = timezone.now
        self.offset = start - self._real()
        timezone.now = self.now

    def now(self) -> datetime:
        return self._real() + self.offset


def main() -> None:
    folder, start = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
    from purring.kit import mailsink

    sink = mailsink.start(folder / "mailbox")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purring.config.settings")
    os.environ |= {
        "PURRING_DATA": str(folder / "data"),
        "PURRING_SECRET_KEY": "k" * 60,
        "PURRING_VAULT_KEY": base64.urlsafe_b64encode(b"v" * 32).decode(),
    }
    if "own-mail" not in sys.argv[3:]:
        os.environ |= {"PURRING_SMTP_URL": sink.url, "PURRING_MAIL_FROM": "hello@studio.example"}
    (folder / "data").mkdir(exist_ok=True)
    import django

    django.setup()
    clock = Clock(start)
    from django.conf import settings
    from django.core.management import call_command
    from waitress import create_server

    settings.DEMO_MAILBOX = str(folder / "mailbox")
    call_command("migrate", verbosity=0)
    from purring.config.wsgi import application

    server = create_server(application, host="127.0.0.1", port=0, threads=4)
    settings.BASE_URL = f"http://127.0.0.1:{server.effective_port}"
    threading.Thread(target=server.run, daemon=True).start()
    print(f"ready: {server.effective_port}", flush=True)
    for line in sys.stdin:
        word, _, count = line.strip().partition(" ")
        if word == "sleep":
            clock.offset += timedelta(days=int(count))
        elif word == "run":
            print(json.dumps(run(clock.now())), flush=True)
        elif word == "round":
            print(json.dumps(one_round(count, clock.now())), flush=True)
        elif word == "link":
            print(json.dumps(link(count, clock.now())), flush=True)
        elif word == "sink":
            print(f"sink: {sink.port}", flush=True)
        elif word == "connect":
            provider, _, given = count.partition(" ")
            print(json.dumps(connect(provider, given, clock.now())), flush=True)


def run(now: datetime) -> object:
    """Today's rounds for the one organization, whatever the hour."""
    from purring.config.sender import sender_of
    from purring.facts.organizations.models import Organization
    from purring.followup.run import run_once

    organization = Organization.objects.get()
    return run_once(organization, organization.today(now), now, sender_of(organization))


def one_round(name: str, now: datetime) -> object:
    """One of the rounds of the house; whether it went well."""
    from purring.config.rounds import ROUNDS, run_round

    return run_round(next(one for one in ROUNDS if one.name == name), now)


def link(name: str, now: datetime) -> object:
    """The path of a link that shows the first of a customer's invoices."""
    from purring.facts.access.actions import make_link
    from purring.facts.access.tokens import new_token
    from purring.facts.customers.models import Customer

    customer = Customer.objects.everywhere("there is one organization").get(name=name)
    token = new_token()
    make_link(customer, token, invoices=[customer.invoices.order_by("due", "id")[0]], now=now, actor="test")
    return f"/pay/{token}/"


def connect(provider: str, given: str, now: datetime) -> object:
    """An account at a provider, its settings as JSON."""
    from purring.facts.checkout.accounts import connect_account
    from purring.facts.organizations.models import Organization

    organization = Organization.objects.get()
    account = connect_account(organization, provider, json.loads(given), title=provider.title(), now=now, actor="test")
    return {"account": account.pk, "token": account.token}


if __name__ == "__main__":
    main()
