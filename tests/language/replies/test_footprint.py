# SPDX-License-Identifier: AGPL-3.0-or-later
"""What reading takes of a machine: it has to fit beside all else on a small one."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.data import ROOT

MOST_MEGABYTES = 200
# Not getrusage: its peak is that of the process that started this one, when that was larger.
PROGRAM = """
import json
from datetime import date
from pathlib import Path
from purring.language.replies.reading import read_reply
mails = [json.loads(line) for path in sorted(Path("corpora/replies/train").glob("*.jsonl")) for line in path.open(encoding="utf-8")]
for mail in mails:
    read_reply(mail["text"], said_on=date.fromisoformat(mail["said_on"]), timezone=mail["timezone"])
status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
print(len({mail["language"] for mail in mails}), kilobytes // 1024)
"""


def test_reading_in_all_languages_stays_small() -> None:
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    languages, megabytes = map(int, done.stdout.split())
    assert languages == 12
    assert megabytes < MOST_MEGABYTES
