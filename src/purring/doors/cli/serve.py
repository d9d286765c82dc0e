# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring serve` and `purring work`: the processes that stay.

The web server listens on 127.0.0.1 only; whoever wants it in the open puts a reverse proxy with HTTPS in front.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from purring.core.errors import Refused
from purring.doors.cli import output
from purring.doors.cli.house import House
from purring.doors.cli.opening import open_database

if TYPE_CHECKING:
    from waitress.server import BaseWSGIServer

HOST = "127.0.0.1"
PORT = 8000
THREADS = 8
MOST_BODY_BYTES = 64 * 1024 * 1024


def serve_command(options: argparse.Namespace, house: House) -> int:
    """Serve until SIGTERM or Ctrl-C; on SQLite the rounds run inside."""
    open_database(house)
    from django.conf import settings

    port = PORT if options.port is None else options.port
    with contextlib.ExitStack() as stack:
        if not settings.ON_POSTGRESQL:
            stack.enter_context(house.hold_data_folder())
        server = listen(house, port)
        if not settings.ON_POSTGRESQL:
            stack.enter_context(rounds_inside(house))
        stack.enter_context(ending_cleanly())
        output.say(f"serving: http://{HOST}:{server.effective_port}/")
        server.run()
    return 0


def work_command(options: argparse.Namespace, house: House) -> int:
    """Run rounds until told to end."""
    open_database(house)
    house.work()
    return 0


def listen(house: House, port: int) -> BaseWSGIServer:
    """The web server, bound and ready; `run` serves. Refuses a port that is taken."""
    from django.conf import settings
    from waitress import create_server

    # The other end is always this machine, so one question is enough: is its proxy to be believed?
    behind_proxy = bool({"127.0.0.1", "localhost"} & set(settings.TRUSTED_PROXIES))
    proxy: dict[str, Any] = {}
    if behind_proxy:
        headers = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
        proxy = {"trusted_proxy": HOST, "trusted_proxy_count": 1, "trusted_proxy_headers": headers}
    try:
        return create_server(
            house.web_application(),
            host=HOST,
            port=port,
            threads=THREADS,
            ident=None,
            clear_untrusted_proxy_headers=True,
            max_request_body_size=MOST_BODY_BYTES,
            **proxy,
        )
    except OSError as error:
        raise Refused(
            "port_taken", f"port {port} cannot be used ({error.strerror}); choose another with --port"
        ) from None


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def rounds_inside(house: House) -> Iterator[None]:
    """The rounds in a thread of this process; at the end the one that runs may finish."""
    rounds = house.rounds()
    rounds.start()
    try:
        yield
    finally:
        rounds.stop()


@contextlib.contextmanager
def ending_cleanly() -> Iterator[None]:
    """SIGTERM and SIGINT end the server's loop, with exit 0; what stands around it is closed in order."""

    def end(number: int, frame: object) -> NoReturn:
        raise SystemExit(0)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
