# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring demo`: a sample business, complete, in a data folder of its own. Its mails go into a mailbox on this machine.

What the environment says about mail, database and key is set aside: nothing of the demo can reach anybody.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import socket
from pathlib import Path

from purring.doors.cli import output
from purring.doors.cli.house import House
from purring.doors.cli.init import DEMO_MARKER, migrate_fresh
from purring.doors.cli.opening import applied_steps, has_database, moment, pending_migrations, unknown_steps
from purring.doors.cli.serve import HOST, PORT, ending_cleanly, is_free, listen, rounds_inside

DATABASE = "purring.sqlite3"
SENDER = "invoices@purring-demo.example"
TRIED_PORTS = 20


def demo_command(options: argparse.Namespace, house: House) -> int:
    """Serve the sample business until SIGTERM or Ctrl-C. The second time it is there already."""
    folder = demo_folder(os.environ.get("PURRING_DATA", ""), house.data_folder)
    base = f"http://{HOST}:{_port(options.port)}"
    set_aside(folder, base)
    with contextlib.ExitStack() as stack:
        house.prepare_data_folder()
        password = keep_password(folder)

        from purring.kit import mailsink

        mailbox = folder / "mailbox"
        sink = stack.enter_context(mailsink.start(mailbox))
        os.environ["PURRING_SMTP_URL"] = sink.url
        house.start_django()
        stack.enter_context(house.hold_data_folder())

        from django.conf import settings

        settings.DEMO_MAILBOX = str(mailbox)
        _away_with_another_version(folder)
        migrate_fresh()
        _empty_unless_seeded(mailbox)
        business = house.seed_demo(password, mailbox, moment(), _tell_progress)
        _take_payments(folder / "payments")
        _play_today(house)
        server = listen(house, int(base.rsplit(":", 1)[1]))
        stack.enter_context(rounds_inside(house))
        stack.enter_context(ending_cleanly())
        output.say(f"desk: {base}/")
        output.say(f"portal: {base}{business.portal_path}")
        output.say(f"mailbox: {base}/mailbox/")
        output.say(f"sign-in: {business.email} {password}")
        server.run()
    return 0


def demo_folder(chosen: str, data_folder: Path) -> Path:
    """The folder named by PURRING_DATA, if it is empty or a demo's; never one with real data, nor the default one."""
    if not chosen or ((data_folder / DATABASE).exists() and not (data_folder / DEMO_MARKER).exists()):
        return data_folder / "demo"
    return data_folder


def set_aside(folder: Path, base_url: str) -> None:
    """Nothing that was set for real work reaches the demo."""
    for name in [name for name in os.environ if name.startswith("PURRING_")]:
        del os.environ[name]
    os.environ["PURRING_DATA"] = str(folder)
    os.environ["PURRING_BASE_URL"] = base_url
    os.environ["PURRING_MAIL_FROM"] = SENDER


def keep_password(folder: Path) -> str:
    """The sign-in of this folder: random, the same each time."""
    path = folder / DEMO_MARKER
    if path.exists():
        return str(json.loads(path.read_text())["password"])
    password = secrets.token_urlsafe(9)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"password": password}, file)
    return password


def _away_with_another_version(folder: Path) -> None:
    """Sample data is made anew rather than carried from version to version."""
    from django.db import connection

    if not has_database() or not (unknown_steps(applied_steps()) or pending_migrations()):
        return
    connection.close()
    for path in folder.glob(f"{DATABASE}*"):
        path.unlink()
    output.warn("the sample data is of another version; it is made anew")


def _empty_unless_seeded(mailbox: Path) -> None:
    """Mails of a seeding that was broken off go with it."""
    from purring.facts.organizations.models import Organization

    if not Organization.objects.exists():
        for path in mailbox.iterdir():
            path.unlink()


def _tell_progress(done: int, of: int) -> None:
    output.warn(f"making the sample businesses, once: {done} of {of}")


def _take_payments(folder: Path) -> None:
    """Every sample business can be paid by a provider that moves no money; it is known to this process alone."""
    from purring.facts.checkout.accounts import connect_account
    from purring.facts.checkout.models import ProviderAccount
    from purring.facts.organizations.models import Organization
    from purring.plugins.payment import demo, registry

    folder.mkdir(mode=0o700, exist_ok=True)
    registry.bring_in(demo)
    for organization in Organization.objects.order_by("id"):
        if not ProviderAccount.objects.of(organization).filter(provider=demo.NAME).exists():
            connect_account(organization, demo.NAME, {"folder": str(folder)}, now=moment(), actor="demo")


def _play_today(house: House) -> None:
    """Today's rounds of every organization, whatever the hour."""
    from purring.facts.organizations.models import Organization
    from purring.followup.run import run_once

    for organization in Organization.objects.order_by("id"):
        now = moment()
        run_once(organization, organization.today(now), now, house.sender(organization), clock=moment)


def _port(wanted: int | None) -> int:
    """The port asked for; without a wish the usual one, or the next that is free."""
    if wanted:
        return wanted
    usual = range(PORT, PORT + TRIED_PORTS) if wanted is None else ()
    for port in usual:
        if is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
