# SPDX-License-Identifier: AGPL-3.0-or-later
"""Opening the database for a command, and reading what its options name: organization, day, amount."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from purring.core.errors import Refused
from purring.doors.cli.house import House

if TYPE_CHECKING:
    from purring.facts.organizations.models import Organization

ACTOR = "cli"


def open_database(house: House) -> None:
    """Load the applications. Refuses a database that is not there, or is of another version."""
    house.start_django()
    if not has_database():
        raise Refused("not_initialised", f"there is no database in {house.data_folder} yet; begin with: purring init")
    if unknown_steps(applied_steps()):
        raise Refused(
            "newer_database",
            "the database is of another version than this program, likely a newer one; use that version",
        )
    waiting = pending_migrations()
    if waiting:
        raise Refused(
            "not_migrated", f"the database is of an older version ({len(waiting)} steps); run: purring migrate"
        )


def pending_migrations() -> list[str]:
    """Migrations of this version that the database has not seen."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def applied_steps() -> list[str]:
    """Migrations the database has seen."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def unknown_steps(steps: list[str]) -> list[str]:
    """Those that this version has never heard of: another one made them, likely a later one."""
    from django.db.migrations.loader import MigrationLoader

    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    return [step for step in steps if step not in known]


def has_database() -> bool:
    """True when there is a database with our tables. Refuses one that cannot be reached."""
    from django.db import OperationalError, connection

    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not name.startswith((":memory:", "file:")) and not Path(name).is_file():
        return False
    try:
        return "organizations_organization" in connection.introspection.table_names()
    except OperationalError as error:
        words = " ".join(str(error).split())
        raise Refused("no_database", f"the database cannot be reached ({words}); see PURRING_DATABASE_URL") from None


def moment() -> datetime:
    """Now. The one place where the command line asks the clock."""
    return datetime.now(UTC)


def the_organization(slug: str | None) -> Organization:
    """The organization named, or the only one. Refuses `not_found` and `ambiguous`."""
    from purring.facts.organizations.models import Organization

    if slug:
        found = Organization.objects.filter(slug=slug).first()
        if found is None:
            raise Refused("not_found", f"there is no organization {slug}; there are: {_slugs()}", field="organization")
        return found
    some = list(Organization.objects.order_by("id")[:2])
    if not some:
        raise Refused("not_found", "there is no organization yet; begin with: purring init", field="organization")
    if len(some) > 1:
        raise Refused("ambiguous", f"there are several organizations, name one with --organization: {_slugs()}")
    return some[0]


def organizations(slug: str | None) -> list[Organization]:
    """The organization named, or all of them."""
    from purring.facts.organizations.models import Organization

    if slug or Organization.objects.count() < 2:
        return [the_organization(slug)]
    return list(Organization.objects.order_by("id"))


def _slugs() -> str:
    from purring.facts.organizations.models import Organization

    slugs = list(Organization.objects.order_by("slug").values_list("slug", flat=True)[:11])
    return ", ".join(slugs[:10]) + (", ..." if len(slugs) > 10 else "") or "none"


def day(text: str | None, option: str, default: date) -> date:
    """An ISO date of an option; the default when it is not given."""
    if text is None:
        return default
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Refused("bad_date", f"--{option}: {text!r} is not a date; write it like 2026-01-31", field=option)


def happened_on(text: str | None, today: date) -> date:
    """The day of a fact. A day ahead is allowed: east of the organization it is tomorrow already."""
    on = day(text, "on", today)
    if on > today + timedelta(days=1):
        raise Refused("bad_date", f"--on: {on} has not come yet; a fact lies on a day that has", field="on")
    return on
