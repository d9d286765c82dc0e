# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring backup`, `restore` and `migrate`: everything into one file, and back. See `archive` for what is in it."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from purring.core.errors import Refused
from purring.doors.cli import archive, moving, output
from purring.doors.cli.house import House
from purring.doors.cli.init import migrate_fresh
from purring.doors.cli.opening import has_database, moment, pending_migrations

KEPT_IN = "backups"


def backup_command(options: argparse.Namespace, house: House) -> int:
    """One moment of everything, while people work and rounds run. Never writes over a file."""
    house.start_django()
    _refuse_without_database(house)
    target = Path(options.file)
    size = archive.write(target, house.data_folder, house.secret_key(), moment())
    if options.json:
        output.document({"file": str(target), "bytes": size})
    else:
        output.say(f"everything is in {target} ({size // 1024 + 1:,} KB); it is as secret as your data")
    return 0


def restore_command(options: argparse.Namespace, house: House) -> int:
    """The state of the backup takes the place of what is there; that is kept as a backup of its own first."""
    house.start_django()
    source = Path(options.file)
    about = archive.read_about(source)
    folder = house.prepare_data_folder()
    with house.hold_data_folder():
        moving.refuse_unless_empty(about["database"])
        kept = _keep_first(house, "before-restore") if has_database() else None
        archive.bring_back(source, about, folder)
        migrate_fresh()
    if options.json:
        output.document({"file": str(source), "made_at": about["made_at"], "kept": str(kept) if kept else None})
        return 0
    output.say(f"restored from {source}, made {about['made_at']}, into {folder}")
    if kept:
        output.say(f"what was there before is kept in {kept}")
    output.say("look at it with: purring doctor")
    return 0


def migrate_command(options: argparse.Namespace, house: House) -> int:
    """Bring the database to this version, after a backup that is named."""
    house.start_django()
    _refuse_without_database(house)
    with house.hold_data_folder():
        waiting = pending_migrations()
        kept = _keep_first(house, "before-migrate")
        if waiting:
            migrate_fresh()
    if options.json:
        output.document({"backup": str(kept), "applied": waiting})
    else:
        output.say(f"backup: {kept}")
        output.say(f"{len(waiting)} steps done" if waiting else "the database is of this version already")
    return 0


def _keep_first(house: House, why: str) -> Path:
    now: datetime = moment()
    folder = house.data_folder / KEPT_IN
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"{why}-{now:%Y%m%d-%H%M%S}.purring"
    archive.write(target, house.data_folder, house.secret_key(), now)
    return target


def _refuse_without_database(house: House) -> None:
    if not has_database():
        raise Refused("not_initialised", f"there is no database in {house.data_folder} yet; begin with: purring init")
