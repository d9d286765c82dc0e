# SPDX-License-Identifier: AGPL-3.0-or-later
"""The engines as processes: they plan and send by themselves, survive what happens around them, and end when told to."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from purring.kit.mailsink import messages
from tests.endurance.conftest import ROOT, Ground
from tests.endurance.stage import SENDER
from tests.plugins.channel.rude import Manners, RudeSink
from tests.support.postgres import Server

pytestmark = pytest.mark.slow

ROUNDS = {
    "bulk", "check", "export", "import", "import-over", "index", "index-over", "list", "sweep", "repeats", "plan", "write", "checkout", "autopay", "refunds", "seal", "sample", "watch",
}  # fmt: skip
END_SECONDS = 20


def wait_until(question: Callable[[], object], what: str, seconds: float = 120) -> None:
    give_up_at = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < give_up_at, f"waited {seconds} seconds in vain: {what}"
        time.sleep(0.2)


def arrived(ground: Ground) -> list[str]:
    return [kept.rcpt_to[0] for kept in messages(ground.mail)]


@contextmanager
def working(ground: Ground) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process as on a real machine; whatever happens, it is gone afterwards."""
    worker = subprocess.Popen([sys.executable, "-m", "purring", "work"], env=ground.environ, cwd=ROOT)
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def test_the_embedded_engine_sends_and_stops(ground: Ground) -> None:
    ground.send_through(ground.url, SENDER)
    ground.play("living", "found", "--customers", 5)
    found = ground.play("living", "run")
    assert found["states"] == {"sent": 5}
    assert found["beats"] == dict.fromkeys(ROUNDS, True)
    assert found["stopped"]
    assert found["seconds to stop"] < END_SECONDS
    assert len(set(arrived(ground))) == len(arrived(ground)) == 5


@pytest.mark.postgres
def test_a_worker_survives_a_restart_of_its_database(ground: Ground, mortal_postgres_server: Server) -> None:
    server = mortal_postgres_server
    ground.use(server.create_database())
    ground.send_through(ground.url, SENDER)
    ground.play("living", "found", "--customers", 5)
    with working(ground) as worker:
        wait_until(lambda: len(arrived(ground)) == 5, "the first messages")
        server.stop(signal.SIGQUIT)
        time.sleep(2)
        server.start()
        ground.play("living", "owe", "--customers", 5)
        wait_until(lambda: len(arrived(ground)) == 10, "the messages after the restart")
        assert worker.poll() is None
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(END_SECONDS) == 0
    assert len(set(arrived(ground))) == 10
    found = ground.play("living", "tell")
    assert found["states"] == {"sent": 10}
    assert {"sweep", "plan", "write", "seal"} <= set(found["beats"])


@pytest.mark.postgres
@pytest.mark.endurance
def test_what_a_killed_worker_had_in_hand_is_taken_up_by_the_next(ground: Ground, postgres_url: str) -> None:
    """With the real lease: its jobs are rescued, its claims freed, and the message it was handing over is in doubt."""
    ground.use(postgres_url)
    with RudeSink(ground.mail, Manners(dot="slow")) as slow:
        ground.send_through(slow.url, SENDER)
        ground.play("living", "found", "--customers", 60)
        with working(ground):
            wait_until(lambda: len(arrived(ground)) > 10, "the first messages")
        with working(ground) as second:
            wait_until(lambda: len(set(arrived(ground))) >= 59, "the others", seconds=400)
            wait_until(lambda: "released" not in ground.play("living", "tell")["states"], "the sweep", seconds=400)
            second.send_signal(signal.SIGTERM)
            assert second.wait(END_SECONDS) == 0
    states = ground.play("living", "tell")["states"]
    assert len(set(arrived(ground))) == len(arrived(ground))
    assert states["sent"] + states.get("unconfirmed", 0) == 60
    assert len(arrived(ground)) >= states["sent"]
