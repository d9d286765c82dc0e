# SPDX-License-Identifier: AGPL-3.0-or-later
"""The backup file: a compressed tar of the database, the keys, `.env`, own wordings and a page about them.

SQLite is copied page by page inside one read transaction, PostgreSQL by its own `pg_dump`: both are one moment, and
neither stops anybody. Attachments lie in the database, so nothing can be out of step with it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

from purring.core.errors import Refused, Trouble
from purring.doors.cli import moving
from purring.doors.cli.opening import applied_steps, unknown_steps

WORDINGS = "wordings"
WORDING = re.compile(rf"{WORDINGS}/[\w-]+/[\w-]+/\w+\.txt", re.ASCII)
"""An own wording file: `wordings/<organization>/<language>/<file>.txt`."""
ABOUT, KEY, VAULT_KEY = "purring.json", "secret-key", "vault-key"
DOTENV, FROM_BACKUP = ".env", ".env.from-backup"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
FORMAT = 1
COMPRESSION_LEVEL = 3
MOST_ABOUT_BYTES = 65_536


def write(target: Path, data_folder: Path, key: str, now: datetime) -> int:
    """Write the backup and return its size. The file appears whole or not at all; refuses one that exists."""
    if target.exists():
        raise Refused("exists", f"{target} exists; choose another name, nothing is written over", field="file")
    if not target.parent.is_dir():
        raise Refused("no_folder", f"there is no folder {target.parent}; make it first", field="file")
    part = target.parent / f".{target.name}.{os.getpid()}.part"
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".purring-backup-") as scratch:
            dump = Path(scratch) / DATABASE[connection.vendor]
            _dump(dump)
            about = {
                "format": FORMAT,
                "version": _version(),
                "made_at": now.isoformat(timespec="seconds"),
                "database": connection.vendor,
                "steps": applied_steps(),
                "sha256": _sha256(dump),
            }
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                with tarfile.open(fileobj=file, mode="w:gz", compresslevel=COMPRESSION_LEVEL) as tar:
                    _add(tar, ABOUT, json.dumps(about, indent=1).encode(), now)
                    if key:
                        _add(tar, KEY, key.encode(), now)
                    if settings.VAULT_KEYS:
                        _add(tar, VAULT_KEY, ",".join(settings.VAULT_KEYS).encode(), now)
                    if (data_folder / DOTENV).is_file():
                        _add(tar, DOTENV, (data_folder / DOTENV).read_bytes(), now)
                    for wording in sorted((data_folder / WORDINGS).glob("*/*/*.txt")):
                        _add(tar, wording.relative_to(data_folder).as_posix(), wording.read_bytes(), now)
                    tar.add(dump, dump.name)
                file.flush()
                os.fsync(file.fileno())
        os.link(part, target)  # never over a file that appeared meanwhile
    except FileExistsError:
        raise Refused(
            "exists", f"{target} exists; choose another name, nothing is written over", field="file"
        ) from None
    except OSError as error:
        raise Trouble(f"the backup could not be written: {error.strerror or error}") from None
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


def _add(tar: tarfile.TarFile, name: str, content: bytes, now: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(content), 0o600, int(now.timestamp())
    tar.addfile(member, io.BytesIO(content))


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        copy = sqlite3.connect(target)
        try:
            connection.connection.backup(copy)
        finally:
            copy.close()
        return
    _client("pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--file={target}")


def _client(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on our database. The password goes by environment, never as an argument."""
    found = shutil.which(program)
    if found is None:
        raise Refused("no_client", f"{program} is not on this machine; install it: apt install postgresql-client")
    there = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = os.environ | {name: str(there[key]) for name, key in names.items() if there[key]}
    done = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Trouble(f"{program} failed: {last}")


def read_about(source: Path) -> dict[str, Any]:
    """What the backup says about itself. Refuses a file that is none, or is of a later format, or another database's."""
    try:
        with tarfile.open(source, "r:gz") as tar:
            first = tar.next()
            if first is None or first.name != ABOUT or first.size > MOST_ABOUT_BYTES:
                raise Refused("not_a_backup", f"{source} is not a backup of Purring", field="file")
            content = tar.extractfile(first)
            about = json.loads(content.read()) if content else {}
    except FileNotFoundError:
        raise Refused("not_found", f"there is no file {source}", field="file") from None
    except (OSError, EOFError, tarfile.TarError, ValueError, zlib.error):
        raise Refused("not_a_backup", f"{source} is not a backup of Purring, or is incomplete", field="file") from None
    if not isinstance(about, dict) or about.get("format") != FORMAT or about.get("database") not in DATABASE:
        raise Refused("not_a_backup", f"{source} was made by a later version; upgrade first", field="file")
    if about["database"] == "postgresql" and connection.vendor != "postgresql":
        raise Refused(
            "other_database",
            f"{source} is of PostgreSQL, and this is SQLite; set PURRING_DATABASE_URL to a PostgreSQL and restore there",
        )
    steps = about.get("steps", [])
    if not isinstance(steps, list) or unknown_steps(steps):
        raise Refused(
            "newer_backup", f"{source} was made by a later version of the program; upgrade first", field="file"
        )
    return about


def bring_back(source: Path, about: dict[str, Any], data_folder: Path) -> None:
    """Put database, keys and `.env` of the backup in place. Checked whole before the first thing is touched. A backup of
    SQLite goes into an empty PostgreSQL as well.

    Where there is a `.env` already, the one of the backup is laid beside it as `.env.from-backup`.
    """
    with tempfile.TemporaryDirectory(dir=data_folder, prefix=".purring-restore-") as scratch:
        files = _unpack(source, Path(scratch))
        dump = files.get(DATABASE[about["database"]])
        if dump is None or _sha256(dump) != about.get("sha256"):
            raise Refused("damaged", f"{source} is damaged: its database is not what was written", field="file")
        if about["database"] != connection.vendor:
            moving.move_in(dump)
        elif about["database"] == "sqlite":
            _replace_sqlite(dump)
        else:
            _client(
                "pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction",
                f"--dbname={connection.settings_dict['NAME']}", str(dump),
            )  # fmt: skip
        for name in (KEY, VAULT_KEY):
            if name in files:
                _place(files[name], data_folder / name)
        if DOTENV in files:  # the settings of this place are not undone by those of another
            there = data_folder / DOTENV
            _place(files[DOTENV], data_folder / FROM_BACKUP if there.exists() else there)
        for name, file in files.items():
            if WORDING.fullmatch(name):
                (data_folder / name).parent.mkdir(parents=True, exist_ok=True)
                _place(file, data_folder / name)
    connections.close_all()


def _place(file: Path, target: Path) -> None:
    os.chmod(file, 0o600)
    os.replace(file, target)


def _unpack(source: Path, scratch: Path) -> dict[str, Path]:
    """The members by name; nothing but plain files of the names we know."""
    wanted = {KEY, VAULT_KEY, DOTENV, *DATABASE.values()}
    files: dict[str, Path] = {}
    try:
        with tarfile.open(source, "r:gz") as tar:
            for member in tar:
                known = member.name in wanted or WORDING.fullmatch(member.name)
                content = tar.extractfile(member) if member.isfile() and known else None
                if content:
                    files[member.name] = scratch / member.name.replace("/", "_")
                    with files[member.name].open("wb") as file:
                        shutil.copyfileobj(content, file, 1 << 20)
    except (EOFError, tarfile.TarError, zlib.error):
        raise Refused("damaged", f"{source} is incomplete or damaged", field="file") from None
    except OSError as error:
        raise Refused("damaged", f"{source} cannot be unpacked: {error.strerror or error}", field="file") from None
    return files


def _replace_sqlite(dump: Path) -> None:
    """Copy the pages into the database in one transaction: readers see the old state or the new one."""
    connection.ensure_connection()
    copy = sqlite3.connect(dump)
    try:
        if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise Refused("damaged", "the database in the backup is damaged", field="file")
        copy.backup(connection.connection)
    except sqlite3.DatabaseError as error:
        raise Refused("damaged", f"the database in the backup cannot be read ({error})", field="file") from None
    finally:
        copy.close()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _version() -> str:
    try:
        return version("purring")
    except PackageNotFoundError:
        return "unpacked"
