# SPDX-License-Identifier: AGPL-3.0-or-later
"""A mail server that delivers nothing: it keeps every message in a folder, for the demo and for tests.

A message is on disk (file and folder synced) before the client hears 250, so what a client was promised
survives `kill -9` and power loss. Each message is `ID.eml` with `ID.json` (envelope, subject) beside it; the
`.eml` appears last and whole. Listens on 127.0.0.1 only, asks for no password. Not for the internet.

    python -m purring.kit.mailsink FOLDER [--port N]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from email.parser import BytesHeaderParser
from email.policy import default
from itertools import count
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from purring.core.errors import Refused

HOST = "127.0.0.1"
SIZE_LIMIT_BYTES = 25_000_000
_ID = re.compile(r"[0-9]{19,20}-[0-9]{1,7}-[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Received:
    """One kept message. `id` sorts by arrival; `received_at` is seconds since 1970 (UTC)."""

    id: str
    received_at: float
    mail_from: str
    rcpt_to: tuple[str, ...]
    subject: str
    message_id: str
    size: int


def messages(folder: Path | str) -> list[Received]:
    """What the folder holds, newest first."""
    names = sorted((path.stem for path in Path(folder).glob("*.eml") if _ID.fullmatch(path.stem)), reverse=True)
    found = []
    for name in names:
        record = json.loads((Path(folder) / f"{name}.json").read_text())
        found.append(Received(**{**record, "rcpt_to": tuple(record["rcpt_to"])}))
    return found


def read(folder: Path | str, id: str) -> bytes:
    """The source of one message. Raises `Refused` (`unknown_message`) if there is none by that id."""
    path = Path(folder) / f"{id}.eml"
    if not _ID.fullmatch(id) or not path.is_file():
        raise Refused("unknown_message", "There is no such message.", field="id")
    return path.read_bytes()


class Keeper:
    """Writes messages into a folder, durably. Also aiosmtpd's handler."""

    def __init__(self, folder: Path | str, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._clock_ns = clock_ns
        self._numbers = count()

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # aiosmtpd reads its commands one by one from a buffer, so it may be sent several at once.
        return [responses[0], "250-PIPELINING", *responses[1:]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content
        assert content is not None
        # In the loop's own thread on purpose: a client that goes away cannot cancel it half-way.
        return f"250 2.0.0 kept as {self.keep(envelope.mail_from or '', envelope.rcpt_tos, content)}"

    def keep(self, mail_from: str, rcpt_to: Sequence[str], content: bytes) -> str:
        """Store one message and return its id, when it is safe on disk."""
        now = self._clock_ns()
        id = f"{now:019d}-{os.getpid()}-{next(self._numbers)}"
        head = BytesHeaderParser(policy=default).parsebytes(content.partition(b"\r\n\r\n")[0])
        record = Received(
            id=id,
            received_at=now / 1e9,
            mail_from=mail_from,
            rcpt_to=tuple(rcpt_to),
            subject=str(head["Subject"] or ""),
            message_id=str(head["Message-ID"] or "").strip(),
            size=len(content),
        )
        self._write(f"{id}.json", json.dumps(asdict(record)).encode())
        self._write(f"{id}.eml", content)
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return id

    def _write(self, name: str, content: bytes) -> None:
        whole = self.folder / name
        part = self.folder / f".{name}.part"
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(whole)


class Sink:
    """The server in a thread of its own. `port` is the one it listens on; `stop` ends it, as does `with`."""

    _trouble: OSError | None = None

    def __init__(self, keeper: Keeper, port: int = 0) -> None:
        self.keeper = keeper
        self.port = port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mailsink", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._trouble is not None:
            self._thread.join()
            raise self._trouble

    def __enter__(self) -> Sink:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    def protocol(self) -> SMTP:
        """One connection's conversation; tests replace it with one of bad manners."""
        return SMTP(self.keeper, **self.options())

    def options(self) -> dict[str, Any]:
        return {
            "data_size_limit": SIZE_LIMIT_BYTES,
            "enable_SMTPUTF8": True,
            "hostname": "localhost",
            "ident": "keeps everything, delivers nothing",
            "loop": self._loop,
        }

    def stop(self) -> None:
        """Stop listening and drop every connection. Safe to call twice."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            server = self._loop.run_until_complete(
                self._loop.create_server(self.protocol, HOST, self.port, reuse_address=True)
            )
        except OSError as error:
            self._trouble = error
            self._loop.close()
            self._ready.set()
            return
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            for task in (tasks := asyncio.all_tasks(self._loop)):
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.close()


def start(folder: Path | str, port: int = 0) -> Sink:
    """A sink into `folder` on 127.0.0.1 (port 0: any free one). Raises OSError if the port is taken."""
    return Sink(Keeper(folder), port)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until SIGTERM or Ctrl-C; prints `mailsink: smtp://127.0.0.1:PORT` when ready."""
    parser = argparse.ArgumentParser(prog="python -m purring.kit.mailsink", description="Keeps mail in a folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with start(options.folder, options.port) as sink:
        print(f"mailsink: {sink.url}", flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
