# SPDX-License-Identifier: AGPL-3.0-or-later
"""A mail server that accepts all, keeps nothing and costs little: so a benchmark measures the client.

Not for tests: it does not check what it is told and promises 250 for what it throws away.
"""

from __future__ import annotations

import multiprocessing
import socket
from collections.abc import Iterator
from contextlib import contextmanager

EHLO = b"250-bench\r\n250-PIPELINING\r\n250-SIZE 50000000\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"


@contextmanager
def sink() -> Iterator[int]:
    """A sink in a process of its own; gives its port on 127.0.0.1."""
    listener = socket.create_server(("127.0.0.1", 0))
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(listener,), daemon=True)
    process.start()
    port: int = listener.getsockname()[1]
    listener.close()
    try:
        yield port
    finally:
        process.terminate()
        process.join()


def _serve(listener: socket.socket) -> None:
    while True:
        line, _ = listener.accept()
        with line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _converse(line)


def _converse(line: socket.socket) -> None:
    line.sendall(b"220 bench\r\n")
    waiting = b""
    in_data = False
    while True:
        if in_data:
            _, dot, after = waiting.rpartition(b"\r\n.\r\n")
            if dot:
                # One message at a time on a line: whatever ends in a dot is the whole of it.
                waiting, in_data = after, False
                line.sendall(b"250 2.0.0 thrown away\r\n")
                continue
        elif b"\n" in waiting:
            command, _, waiting = waiting.partition(b"\r\n")
            word = command[:4].upper()
            if word == b"DATA":
                line.sendall(b"354 go on\r\n")
                in_data = True
            elif word == b"EHLO":
                line.sendall(EHLO)
            elif word == b"QUIT":
                line.sendall(b"221 bye\r\n")
                return
            else:
                line.sendall(b"250 ok\r\n")
            continue
        chunk = line.recv(262_144)
        if not chunk:
            return
        waiting += chunk
