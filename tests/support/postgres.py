# SPDX-License-Identifier: AGPL-3.0-or-later
"""A PostgreSQL server that the tests start for themselves, on a free port, in a temporary folder.

Never a server that already runs. Durable as in real life (fsync stays on), gone afterwards. PostgreSQL
refuses to run as root, so root hands it to the user `postgres` or `nobody`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

import psycopg
import pytest
from psycopg import sql

from tests.support.absent import absent

HOW_TO_GET_IT = "apt install postgresql"
START_ATTEMPTS = 10
START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 30


def programs() -> Path | None:
    """The folder with `initdb` and `postgres`, newest version first, or None."""
    debian = Path("/usr/lib/postgresql")
    versions = [p for p in debian.glob("*/bin") if (p / "initdb").exists() and (p / "postgres").exists()]
    if versions:
        return max(versions, key=lambda p: float(p.parent.name))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@dataclass
class Server:
    """One PostgreSQL cluster. `owner` may create databases but is no superuser, as in real life."""

    bin: Path
    folder: Path
    port: int
    password: str
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @classmethod
    def create(cls) -> Server:
        """A new cluster, started. Raises RuntimeError with the server's own words when it cannot."""
        found = programs()
        if found is None:
            raise RuntimeError(f"no PostgreSQL on this machine: {HOW_TO_GET_IT}")
        folder = Path(tempfile.mkdtemp(prefix="purring-postgres-", dir=_reachable_temporary_folder()))
        server = cls(bin=found, folder=folder, port=0, password=secrets.token_hex(16))
        try:
            server._initialise()
            server.start()
            with server._connect_as_superuser() as connection:
                connection.execute(
                    sql.SQL("create role purring login createdb password {}").format(sql.Literal(server.password))
                )
        except BaseException:
            server.destroy()
            raise
        return server

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://purring:{self.password}@127.0.0.1:{self.port}/{database}"

    def create_database(self) -> str:
        """The URL of a new, empty database that belongs to `purring`."""
        name = f"purring_{secrets.token_hex(6)}"
        with self._connect_as_superuser() as connection:
            connection.execute(sql.SQL("create database {} owner purring").format(sql.Identifier(name)))
        return self.url(name)

    def drop_database(self, url: str) -> None:
        name = url.rsplit("/", 1)[1]
        with self._connect_as_superuser() as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def start(self) -> None:
        """Start, or start again after `stop` (then on the same port).

        Tried a few times: the free port may be taken by then, and after SIGKILL the old server's children
        may need a moment to notice and go.
        """
        again = self.port != 0
        for _ in range(START_ATTEMPTS):
            self.port = self.port if again else _free_port()
            self.process = self._spawn()
            if self._wait_until_ready():
                return
            time.sleep(0.2)
        raise RuntimeError(f"PostgreSQL did not start:\n{self.log()[-2000:]}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT closes orderly, SIGQUIT at once, SIGKILL as a crash would; all wait for its end."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def destroy(self) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "log").read_text(errors="replace")
        return ""

    def _initialise(self) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        if user := _unprivileged_user():
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            os.chown(password_file, user.pw_uid, user.pw_gid)
        made = subprocess.run(
            [
                self.bin / "initdb",
                f"--pgdata={self.folder / 'cluster'}",
                "--username=postgres",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "--no-instructions",
            ],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self._environment(),
            **_as_unprivileged(),
        )
        password_file.unlink()
        if made.returncode:
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")

    def _spawn(self) -> subprocess.Popen[bytes]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "on",
            "max_connections": "100",
            "log_min_messages": "warning",
        }
        arguments = [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self.bin / "postgres", "-D", self.folder / "cluster", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self._environment(),
                start_new_session=True,  # Ctrl-C in the terminal reaches the tests, which then stop it
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
                **_as_unprivileged(),
            )

    def _wait_until_ready(self) -> bool:
        """True when it answers, False when it has ended by itself (for example: the port was taken)."""
        assert self.process is not None
        give_up_at = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < give_up_at:
            if self.process.poll() is not None:
                return False
            try:
                self._connect_as_superuser().close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        raise RuntimeError(f"PostgreSQL did not answer in {START_TIMEOUT_SECONDS} s:\n{self.log()[-2000:]}")

    def _connect_as_superuser(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            password=self.password,
            dbname="postgres",
            autocommit=True,
            connect_timeout=10,
        )

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "LC_ALL": "C",
            "TZ": "UTC",
        }


def _running() -> Iterator[Server]:
    if programs() is None:
        absent("no PostgreSQL on this machine", HOW_TO_GET_IT)
    server = Server.create()
    yield server
    server.destroy()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A running server for this process's whole session (each xdist worker has its own)."""
    yield from _running()


@pytest.fixture
def mortal_postgres_server() -> Iterator[Server]:
    """A server for one test that stops, kills or restarts it."""
    yield from _running()


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """The URL of an empty database of this test's own."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom root hands the server to; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("PostgreSQL does not run as root, and there is no user postgres or nobody")


class _Identity(TypedDict):
    """The arguments of subprocess that choose who a program runs as; None: who we are."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None


def _as_unprivileged() -> _Identity:
    user = _unprivileged_user()
    if user is None:
        return {"user": None, "group": None, "extra_groups": None}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _reachable_temporary_folder() -> str:
    """A temporary folder that the server's user may enter too (root's own TMPDIR may be closed to it)."""
    chosen = Path(tempfile.gettempdir()).resolve()
    if _unprivileged_user() is None or all(p.stat().st_mode & 0o001 for p in (chosen, *chosen.parents)):
        return str(chosen)
    return "/tmp"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end_with_parent() -> None:
    """In the server's process, before it starts: ask Linux to end it when the tests are killed outright."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, int(signal.SIGQUIT))
