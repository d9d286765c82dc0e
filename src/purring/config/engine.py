# SPDX-License-Identifier: AGPL-3.0-or-later
"""What makes the rounds go: a thread of the one process on SQLite, procrastinate's workers on PostgreSQL.

Both only say "run this round now". Everything that must survive a crash is in the tables the rounds work on, so an
engine that dies loses seconds, never a message.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import signal
import threading
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connections
from django.utils import timezone

from purring.config.rounds import FIRST, ROUNDS, due, run_round
from purring.core.errors import Refused

log = logging.getLogger("purring.engine")
TICK_SECONDS = 1.0


def lock_data_folder(folder: Path) -> IO[str]:
    """Be the only process that runs rounds on this SQLite folder. Keep the file open; refuses when another has it."""
    handle = (folder / "running.lock").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise Refused(
            "already_running", f"another purring process is running on {folder}; stop it first, or use PostgreSQL"
        ) from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


class Embedded(threading.Thread):
    """The rounds inside the web process: one after another, each at its rhythm."""

    def __init__(self) -> None:
        super().__init__(name="rounds", daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        last: dict[str, datetime] = {}
        run_round(FIRST, timezone.now())
        while not self.stopping.is_set():
            for one in ROUNDS:
                now = timezone.now()
                if not self.stopping.is_set() and due(one, last.get(one.name), now):
                    last[one.name] = now
                    run_round(one, now)
            self.stopping.wait(TICK_SECONDS)
        connections.close_all()

    def stop(self, timeout_seconds: float = 60.0) -> None:
        """Let the round that runs finish, and end."""
        self.stopping.set()
        self.join(timeout_seconds)


# --- PostgreSQL ---------------------------------------------------------------------------------------------------


def _round_of(name: str) -> None:
    run_round(next(one for one in ROUNDS if one.name == name), timezone.now())


def register(app: Any) -> None:
    """Give procrastinate one periodic task per round; called by its Django app when it is ready."""
    for one in ROUNDS:
        cron = _cron(one.every)

        def task(timestamp: int, name: str = one.name) -> None:
            _round_of(name)

        made = app.task(name=f"purring.{one.name}", queueing_lock=one.name, lock=one.name, queue="rounds")(task)
        app.periodic(cron=cron)(made)
    app.periodic(cron="* * * * *")(
        app.task(name="purring.rescue", queueing_lock="rescue", queue="rounds", pass_context=True)(_rescue)
    )
    app.periodic(cron="17 3 * * *")(
        app.task(name="purring.forget", queueing_lock="forget", queue="rounds", pass_context=True)(_forget)
    )


def _cron(every_seconds: int) -> str:
    """A cron line; the sixth field is seconds."""
    if every_seconds < 60:
        return f"* * * * * */{every_seconds}"
    minutes = every_seconds // 60
    return f"*/{minutes} * * * *" if minutes < 60 else "0 * * * *"


async def _rescue(context: Any, timestamp: int) -> None:
    """Jobs of a worker that died are taken up again; one whose twin waits already is dropped."""
    from procrastinate.exceptions import UniqueViolation
    from procrastinate.jobs import Status

    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=30):
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await manager.finish_job_by_id_async(job_id=job.id, status=Status.ABORTED, delete_job=True)


async def _forget(context: Any, timestamp: int) -> None:
    await context.app.job_manager.delete_old_jobs(nb_hours=24, include_failed=True)


def run_worker() -> None:
    """Work until SIGTERM or SIGINT. Survives a restart of the database, which ends procrastinate's own worker."""
    if not settings.ON_POSTGRESQL:
        raise Refused("needs_postgresql", "workers need PostgreSQL; on SQLite `purring serve` runs the rounds itself")
    asyncio.run(_work())


async def _work() -> None:
    from procrastinate.contrib.django import app

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    pause_seconds = 1.0
    while not stop.is_set():
        started = loop.time()
        try:
            with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
                async with working.open_async():
                    worker = asyncio.ensure_future(
                        working.run_worker_async(
                            queues=["rounds"], concurrency=4, delete_jobs="successful", install_signal_handlers=False
                        )
                    )
                    stopped = asyncio.ensure_future(stop.wait())
                    await asyncio.wait({worker, stopped}, return_when=asyncio.FIRST_COMPLETED)
                    stopped.cancel()
                    if stop.is_set():
                        worker.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await worker
        except Exception:
            log.exception("the worker stopped")
        if not stop.is_set():
            pause_seconds = 1.0 if loop.time() - started > 60 else min(pause_seconds * 2, 30.0)
            log.warning("the worker starts again in %.0f seconds", pause_seconds)
            await asyncio.sleep(pause_seconds)
